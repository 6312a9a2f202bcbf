"""What the dock shows, saved in the project and restored when it is opened again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from qgis.core import QgsProject

from ..core.choice import BandChoice
from ..core.errors import InvalidParameterError
from ..core.request import BandRatioSettings, NetworkSettings, OutlineSettings, check_device
from ..core.roles import Role
from ..core.scaling_choice import AUTO_SCALING, SCALINGS
from ..core.settings import with_values

SCOPE = "GlacierMapper"


@dataclass(frozen=True)
class ProjectState:
    """The analyst's choices in one project.

    `choices` None means that nothing was ever corrected by hand: roles are to be guessed. `dock_open` None
    means that the project says nothing about the dock, `model` "" that it says nothing about models and their
    settings. `device` is a device's name or a server's address, without anything that opens the server. `scaling` is of
    the image, `classes` asks for classes.tif.
    """

    choices: tuple[BandChoice, ...] | None = None
    model: str = ""
    band_ratio: BandRatioSettings = field(default_factory=BandRatioSettings)
    outlines: OutlineSettings = field(default_factory=OutlineSettings)
    dock_open: bool | None = None
    network: NetworkSettings = field(default_factory=NetworkSettings)
    device: str = ""
    scaling: str = AUTO_SCALING
    classes: bool = False

    @property
    def is_saved(self) -> bool:
        """Whether the project says anything about models and their settings."""
        return bool(self.model)


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
        self._write("network", json.dumps(asdict(state.network), sort_keys=True))
        self._write("device", state.device)
        self._write("scaling", "" if state.scaling == AUTO_SCALING else state.scaling)
        self._write("classes", "1" if state.classes else "")
        if state.dock_open is not None:
            self.save_dock(state.dock_open)

    def save_dock(self, is_open: bool) -> None:
        """Put in only whether the dock is open."""
        self._write("dock_open", "1" if is_open else "0")

    def load(self) -> ProjectState:
        """The state in the project; choices of layers that are gone are dropped."""
        dock_open = self._read("dock_open")
        return ProjectState(
            choices=self._load_choices(),
            model=self._read("model"),
            band_ratio=with_values(BandRatioSettings(), _mapping(self._read("band_ratio"))),
            outlines=with_values(OutlineSettings(), _mapping(self._read("outlines"))),
            dock_open=dock_open == "1" if dock_open else None,
            network=with_values(NetworkSettings(), _mapping(self._read("network"))),
            device=_device(self._read("device")),
            scaling=_scaling(self._read("scaling")),
            classes=self._read("classes") == "1",
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


def _choice_json(choice: BandChoice) -> dict[str, Any]:
    return {"role": choice.role.value, "layer": choice.layer_id, "band": choice.band}


def _choice(data: Any) -> BandChoice | None:
    try:
        return BandChoice(Role(data["role"]), str(data["layer"]), int(data["band"]))
    except (KeyError, TypeError, ValueError):
        return None


def _device(text: str) -> str:
    """A device that a request takes, else nothing."""
    try:
        check_device(text or "auto")
    except InvalidParameterError:
        return ""
    return text


def _scaling(text: str) -> str:
    """A scaling that can be chosen, else the automatic one."""
    return text if text in SCALINGS else AUTO_SCALING


def _json(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return None


def _mapping(text: str) -> dict[str, Any]:
    saved = _json(text)
    return saved if isinstance(saved, dict) else {}
