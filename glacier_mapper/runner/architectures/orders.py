"""What the commands import-keras and export ask for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from ...core.branches import Branch
from ...core.errors import InvalidParameterError
from ...core.model_card import Location, NoData
from ...core.package_names import name_of_folder


@dataclass(frozen=True)
class WeightsExport:
    """Weights of the project's own training (.npz), and the package that they are to become.

    `inputs` are the branches in the network's order. `stats` is a JSON file that scales them (`scaling.py`). Empty
    texts stand for what the architecture's own description says; an empty `name` for one made of the
    folder's. `no_data` is how the network was shown gaps in its training; a network of all branches takes "nan" alone.
    `mc_dropout` asks for an ensemble of so many masks of the network's dropout, drawn from `seed`; 0 for the network.
    """

    is_published: ClassVar[bool] = False
    """Whether the weights are the published ones: that says how gaps are shown to them and what is known of them."""

    weights: str
    architecture: str
    out: str
    inputs: tuple[Branch, ...]
    location: Location = Location.NONE
    stats: str = ""
    name: str = ""
    title: str = ""
    licence: str = ""
    citation: str = ""
    overwrite: bool = False
    no_data: NoData | None = None
    mc_dropout: int = 0
    seed: int = 0

    @property
    def package_name(self) -> str:
        """The model's name; without one, made of the folder's."""
        return self.name or name_of_folder(Path(self.out).absolute().name)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> WeightsExport:
        """From the params of the method `export`. Raises KeyError, InvalidParameterError."""
        drawn = {name: int(data.get(name) or 0) for name in ("mc_dropout", "seed")}
        return cls(**_common(data), no_data=_no_data(data.get("no_data") or ""), **drawn)


@dataclass(frozen=True)
class KerasImport(WeightsExport):
    """A Keras weight file (.h5) of a published network, and the package that it is to become.

    `calibration` is a JSON file of confidence calibrations, `calibration_name` one of those in it; without a name it
    is the one that belongs to the network.
    """

    is_published: ClassVar[bool] = True

    calibration: str = ""
    calibration_name: str = ""

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> KerasImport:
        """From the params of the method `import_keras`. Raises KeyError, InvalidParameterError."""
        return cls(**_common(data), **_texts(data, ("calibration", "calibration_name")))


def _common(data: dict[str, Any]) -> dict[str, Any]:
    inputs = data.get("inputs") or ()
    listed = [one.strip() for one in inputs.split(",")] if isinstance(inputs, str) else list(inputs)
    return {
        "weights": str(data["weights"]),
        "architecture": str(data["architecture"]),
        "out": str(data["out"]),
        "inputs": tuple(_branch(one) for one in listed),
        "location": _location(data.get("location") or ""),
        "overwrite": bool(data.get("overwrite", False)),
        **_texts(data, ("stats", "name", "title", "licence", "citation")),
    }


def _texts(data: dict[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    return {name: str(data.get(name) or "") for name in names}


def _branch(name: Any) -> Branch:
    try:
        return Branch(name)
    except ValueError as exc:
        known = ", ".join(branch.value for branch in Branch)
        raise InvalidParameterError(name="an input", value=name, expected=f"one of {known}") from exc


def _location(name: Any) -> Location:
    try:
        return Location(name)
    except ValueError as exc:
        known = "region, coordinates, or empty for none"
        raise InvalidParameterError(name="location", value=name, expected=known) from exc


def _no_data(name: Any) -> NoData | None:
    try:
        return NoData(name) if name else None
    except ValueError as exc:
        known = ", ".join(one.value for one in NoData)
        raise InvalidParameterError(name="no_data", value=name, expected=f"one of {known}, or empty") from exc
