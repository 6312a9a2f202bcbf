"""From a request to the parts of a scene: files, grid, scalings, groups of bands."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...core.errors import NoLayersError, NoOverlapError
from ...core.grid import Grid
from ...core.guess import guess_roles
from ...core.messages import QT_TRANSLATE_NOOP, Message
from ...core.request import BandSource, MapRequest
from ...core.roles import OPTICAL_ROLES, ROLE_LABELS, SECOND_ORBIT, Role
from ...core.scaling import Scaling
from .bands import BandGroup, place_on
from .decode import Decoder
from .gaps import is_float
from .gridding import choose_grid, meets
from .plausible import Odd
from .projections import code_of
from .raster_file import RasterFile, inspect
from .resolve import resolve

OUTSIDE = QT_TRANSLATE_NOOP("scene", "{layer} does not cover the view and is not used.")
OTHER_ROLE = QT_TRANSLATE_NOOP(
    "scene", "{layer}, band {band} of {count}, is taken for “{role}”, but looks like “{guess}”. Please check."
)
UNSURE_ROLE = QT_TRANSLATE_NOOP(
    "scene", "{layer}, band {band} of {count}, is taken for “{role}”, though nothing in the file says so. Please check."
)
REPROJECTED = QT_TRANSLATE_NOOP("scene", "The image is in {crs}, which is not in metres; it is mapped in {grid_crs}.")


@dataclass(frozen=True)
class Parts:
    """What a scene is made of; `sources` and `scalings` hold only what is used."""

    grid: Grid
    sources: dict[Role, BandSource]
    scalings: dict[Role, Scaling]
    groups: tuple[BandGroup, ...]
    notes: list[Message]


def assemble(request: MapRequest) -> Parts:
    """Inspect the files, choose the grid, find the scalings.

    Raises MissingFileError, UnreadableRasterError, MissingCrsError, NoOverlapError, InvalidExtentError.
    """
    files = _inspect_all(request.sources)
    main = [s for s in request.sources if s.role in OPTICAL_ROLES] or list(request.sources)
    labels = ", ".join(dict.fromkeys(source.label for source in main))
    main_files = list({source.path: files[source.path] for source in main}.values())
    grid = choose_grid(main_files, request.extent, labels)
    notes = _reprojection_note(main_files[0], grid)
    sources, scalings, odd = {}, {}, dict[str, Odd]()
    for source in _covering(request.sources, files, grid, notes):
        found = resolve(source, files[source.path])
        notes += [note for note in (found.note, _doubt(source, files[source.path])) if note and note not in notes]
        if found.scaling:
            sources[source.role], scalings[source.role] = found.source, found.scaling
            if found.odd:
                odd[source.label] = max(found.odd, odd.get(source.label, found.odd), key=lambda one: abs(one.median))
    notes += [worst.note(layer) for layer, worst in odd.items()]
    if not sources:
        raise NoLayersError()
    return Parts(grid, sources, scalings, _grouped(sources, scalings, files, grid), notes)


def _inspect_all(sources: Sequence[BandSource]) -> dict[str, RasterFile]:
    files: dict[str, RasterFile] = {}
    for source in sources:
        path = os.fspath(source.path)
        if path not in files:
            files[path] = inspect(path)
            files[path].need_crs()
        files[path].need_band(source.band)
    return files


def _doubt(source: BandSource, file: RasterFile) -> Message | None:
    """What speaks against the role of a band that is no optical one: what the file says, or bands beside it.

    A file that says nothing is no reason to doubt the analyst who named the band.
    """
    if source.role in OPTICAL_ROLES:
        return None
    roles = {guess.band: guess.role for guess in guess_roles([file.describe(band) for band in file.data_bands])}
    role, guess = SECOND_ORBIT.get(source.role, source.role), roles.get(source.band)
    count = len(file.data_bands)
    if guess is role or (count == 1 and guess not in OPTICAL_ROLES):
        return None
    label = Message(ROLE_LABELS[source.role]).to_json()
    details = {"layer": source.label, "band": source.band, "role": label, "count": count}
    if guess is None and source.by_hand:
        return None
    if guess is None:
        return Message(UNSURE_ROLE, details, to_check=True)
    return Message(OTHER_ROLE, {**details, "guess": Message(ROLE_LABELS[guess]).to_json()}, to_check=True)


def _reprojection_note(file: RasterFile, grid: Grid) -> list[Message]:
    own = code_of(file.need_crs())
    return [] if own == grid.crs else [Message(REPROJECTED, {"crs": own, "grid_crs": grid.crs})]


def _covering(
    sources: Sequence[BandSource], files: dict[str, RasterFile], grid: Grid, notes: list[Message]
) -> list[BandSource]:
    """The sources that meet the grid. An optical one that does not is an error, another is left out and said."""
    meeting = {path: meets(grid, file) for path, file in files.items()}
    for source in sources:
        if meeting[source.path]:
            continue
        if source.role in OPTICAL_ROLES:
            raise NoOverlapError(layers=source.label)
        notes.append(Message(OUTSIDE, {"layer": source.label}, to_check=True))
    return [source for source in sources if meeting[source.path]]


def _grouped(
    sources: dict[Role, BandSource], scalings: dict[Role, Scaling], files: dict[str, RasterFile], grid: Grid
) -> tuple[BandGroup, ...]:
    """Bands of one file together: those of one type where it is not warped, of one no-data number where it is.

    Of what is warped, a band of floats is alone.
    """
    places = {path: place_on(grid, file) for path, file in files.items()}
    together: dict[tuple[str, str | float | None, int], list[Role]] = {}
    for role, source in sources.items():
        direct, file = places[source.path] is not None, files[source.path]
        kind = file.dtypes[source.band - 1] if direct else scalings[role].nodata
        alone = source.band if not direct and is_float(file, source.band) else 0
        together.setdefault((source.path, kind, alone), []).append(role)
    groups = []
    for (path, kind, _), roles in together.items():
        direct = places[path] is not None
        dtype, nodata = (str(kind), None) if direct else ("float32", scalings[roles[0]].nodata)
        used = [scalings[role] if direct else replace(scalings[role], nodata=None) for role in roles]
        decoders = tuple(Decoder.of(scaling, dtype) for scaling in used)
        bands = tuple(sources[role].band for role in roles)
        groups.append(BandGroup(files[path], grid, tuple(roles), bands, decoders, nodata, places[path]))
    return tuple(groups)
