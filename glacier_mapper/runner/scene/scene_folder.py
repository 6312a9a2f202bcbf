"""A folder of scenes: images with their terrain, radar, labels and debris beside them, and how they are split.

    NAME_img.tif         bands with descriptions
    NAME_dem.tif         elevation; NAME_co_pol.tif, NAME_cross_pol.tif, NAME_coherence.tif likewise, where they are
    NAME_label.tif       1 glacier, 2 debris-covered glacier where told apart, 0 other, anything else not known
    NAME_debris.tif      1 where the glacier is covered by debris
    split.json           {"train": [NAME, ...], "validation": [...], ...}
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from ...core.branches import BRANCH_ROLES, Branch
from ...core.errors import InvalidParameterError, MissingFileError
from ...core.request import BandSource
from ...core.roles import Role
from .describe import guess_sources
from .raster_file import inspect

IMAGE, TERRAIN, LABEL, DEBRIS = "_img.tif", "_dem.tif", "_label.tif", "_debris.tif"
RADAR: dict[str, tuple[Role, Role]] = {
    "_co_pol.tif": (Role.CO_POL, Role.CO_POL_2),
    "_cross_pol.tif": (Role.CROSS_POL, Role.CROSS_POL_2),
    "_coherence.tif": (Role.COHERENCE, Role.COHERENCE_2),
}
"""The roles of the bands of a radar raster, by the end of its name: one orbit, then the other."""
SPLIT_FILE = "split.json"

Split = dict[str, tuple[str, ...]]
"""The scenes' names by the part that they belong to."""


@dataclass(frozen=True)
class SceneFiles:
    """A scene's files; `terrain`, `label` and `debris` are None where there are none.

    `branches` are those whose bands are offered, empty for all that are there.
    """

    image: Path
    terrain: Path | None = None
    label: Path | None = None
    debris: Path | None = None
    radar: tuple[Path, ...] = ()
    branches: tuple[Branch, ...] = ()

    @property
    def name(self) -> str:
        """What messages, tables and cards call it."""
        return self.image.name[: -len(IMAGE)]

    def sources(self) -> tuple[BandSource, ...]:
        """The bands with the roles that they seem to play; a radar raster's by its name. Raises InputError kinds."""
        found = guess_sources([str(path) for path in (self.image, self.terrain) if path])
        taken = {source.role for source in found}
        every = (*found, *(source for path in self.radar for source in _orbits(path) if source.role not in taken))
        offered = {role for branch in self.branches or Branch for role in BRANCH_ROLES[branch]}
        return tuple(source for source in every if source.role in offered)


def _orbits(path: Path) -> list[BandSource]:
    """The bands of a radar raster. Raises UnreadableRasterError."""
    roles = next(roles for tail, roles in RADAR.items() if path.name.endswith(tail))
    count = min(inspect(str(path)).count, len(roles))
    return [BandSource(roles[at], str(path), at + 1, layer=path.name) for at in range(count)]


def find_scenes(folder: str) -> list[SceneFiles]:
    """The scenes in a folder, by name. Raises InvalidParameterError when there is none."""
    images = sorted(Path(folder).glob(f"*{IMAGE}"))
    if not images:
        raise InvalidParameterError(name="scenes", value=folder, expected=f"a folder with files *{IMAGE}")
    return [_scene(image) for image in images]


def _scene(image: Path) -> SceneFiles:
    terrain, label, debris = (_beside(image, tail) for tail in (TERRAIN, LABEL, DEBRIS))
    radar = (_beside(image, tail) for tail in RADAR)
    return SceneFiles(image, terrain, label, debris, tuple(path for path in radar if path))


def _beside(image: Path, tail: str) -> Path | None:
    path = image.with_name(image.name[: -len(IMAGE)] + tail)
    return path if path.is_file() else None


def read_split(path: str | Path) -> Split:
    """The split that a split.json names. Raises MissingFileError, InvalidParameterError."""
    source = Path(path)
    if not source.is_file():
        raise MissingFileError(path=str(source))
    try:
        data = json.loads(source.read_text(encoding="utf-8"))
        split = {str(part): tuple(str(name) for name in _listed(names)) for part, names in data.items()}
    except (OSError, ValueError, AttributeError, TypeError) as exc:
        expected = '{"train": [names of scenes], "validation": [...], ...}'
        raise InvalidParameterError(name="split", value=f"{source.name} ({exc})", expected=expected) from exc
    _check_split(split, source)
    return split


def _listed(names: object) -> list[object]:
    if not isinstance(names, list):
        raise TypeError("a part is no list")
    return names


def _check_split(split: Split, source: Path) -> None:
    names = [name for part in split.values() for name in part]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        expected = f"such that each scene stands in it once; {', '.join(twice)} does not"
        raise InvalidParameterError(name="split", value=source.name, expected=expected)


def scenes_of_part(folder: str, part: str) -> list[SceneFiles]:
    """The scenes of a part of the split.json in `folder`; all of them for the part "".

    Raises InvalidParameterError for a part or a scene that is not there, MissingFileError without split.json.
    """
    scenes = find_scenes(folder)
    if not part:
        return scenes
    split = read_split(Path(folder) / SPLIT_FILE)
    if not split.get(part):
        raise InvalidParameterError(name="split", value=part, expected=f"one of {', '.join(split)}")
    lacking = sorted(set(split[part]) - {scene.name for scene in scenes})
    if lacking:
        expected = f"a part whose scenes are in {folder}; {', '.join(lacking)} is not"
        raise InvalidParameterError(name="split", value=part, expected=expected)
    return [scene for scene in scenes if scene.name in split[part]]
