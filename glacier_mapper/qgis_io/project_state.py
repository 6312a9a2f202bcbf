"""What the dock shows, saved in the project and restored when it is opened again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from qgis.core import QgsProject

from ..core.choice import BandChoice
from ..core.errors import InvalidParameterError
from ..core.request import BandRatioSettings, OutlineSettings
from ..core.roles import Role

SCOPE = "GlacierMapper"


@dataclass(frozen=True)
class ProjectState:
    """The analyst's choices in one project.

    `choices` None means that nothing was ever corrected by hand: roles are to be guessed. `dock_open` None
    means that the project says nothing about the dock.
    """

    choices: tuple[BandChoice, ...] | None = None
    model: str = "band-ratio"
    band_ratio: BandRatioSettings = field(default_factory=BandRatioSettings)
    outlines: OutlineSettings = field(default_factory=OutlineSettings)
    dock_open: bool | None = None


class ProjectStateStore:
    """Writes and reads a ProjectState. A value that can't be read is left at its default, the others stay."""

    def __init__(self, project: QgsProject) -> None:
        self._project = project

    def save(self, state: ProjectState) -> None:
        """Put the state into the project, which becomes dirty only where something changed."""
        if state.choices is not None:
            self._write("roles", json.dumps([_choice_json(choice) for choice in state.choices]))
        self._write("model", state.model)
        self._write("band_ratio", json.dumps(asdict(state.band_ratio), sort_keys=True))
        self._write("outlines", json.dumps(asdict(state.outlines), sort_keys=True))
        if state.dock_open is not None:
            self._write("dock_open", "1" if state.dock_open else "0")

    def load(self) -> ProjectState:
        """The state in the project; choices of layers that are gone are dropped."""
        dock_open = self._read("dock_open")
        return ProjectState(
            choices=self._load_choices(),
            model=self._read("model") or ProjectState.model,
            band_ratio=_settings(BandRatioSettings, self._read("band_ratio")),
            outlines=_settings(OutlineSettings, self._read("outlines")),
            dock_open=dock_open == "1" if dock_open else None,
        )

    def clear(self) -> None:
        """Forget everything."""
        self._project.removeEntry(SCOPE, "/")

    def _load_choices(self) -> tuple[BandChoice, ...] | None:
        saved = _json(self._read("roles"))
        if not isinstance(saved, list):
            return None
        choices = [choice for choice in map(_choice, saved) if choice is not None]
        return tuple(choice for choice in choices if self._project.mapLayer(choice.layer_id) is not None)

    def _write(self, key: str, value: str) -> None:
        if self._read(key) != value:
            self._project.writeEntry(SCOPE, key, value)

    def _read(self, key: str) -> str:
        value, found = self._project.readEntry(SCOPE, key, "")
        return value if found else ""


def same_choices(one: Sequence[BandChoice], other: Sequence[BandChoice]) -> bool:
    """Whether both give the same bands the same roles, in whatever order."""
    return set(one) == set(other)


def _choice_json(choice: BandChoice) -> dict[str, Any]:
    return {"role": choice.role.value, "layer": choice.layer_id, "band": choice.band}


def _choice(data: Any) -> BandChoice | None:
    try:
        return BandChoice(Role(data["role"]), str(data["layer"]), int(data["band"]))
    except (KeyError, TypeError, ValueError):
        return None


def _json(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return None


def _settings(kind: type, text: str) -> Any:
    """Key by key, so that one bad value does not take the others with it."""
    saved = _json(text)
    settings = kind()
    for one in fields(kind) if isinstance(saved, dict) else ():
        if one.name in saved:
            settings = _with(settings, one.name, saved[one.name])
    return settings


def _with(settings: Any, name: str, value: Any) -> Any:
    """`settings` with one value changed, or as it was when the value does not fit."""
    default = getattr(type(settings)(), name)
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    optional = value is None and (default is None or name in _OPTIONAL)
    same_kind = number if default is None or isinstance(default, (int, float)) else type(value) is type(default)
    if not (optional or same_kind):
        return settings
    try:
        return type(settings)(**{**asdict(settings), name: value})
    except InvalidParameterError:
        return settings


_OPTIONAL = frozenset({"threshold", "min_blue", "max_ndwi", "max_ndvi", "max_temperature_k"})
"""The settings of the band ratio where None means automatic, or that the rule is off."""
