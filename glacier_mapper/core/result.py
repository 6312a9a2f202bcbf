"""What a mapping gives back."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from .grid import Grid

PROBABILITY_FILE = "probability.tif"
CONFIDENCE_FILE = "confidence.tif"
CLASSES_FILE = "classes.tif"
MODEL_UNCERTAINTY_FILE = "model_uncertainty.tif"
OUTLINES_FILE = "outlines.gpkg"
REPORT_FILE = "report.json"


@dataclass(frozen=True)
class MapResult:
    """The products of a mapping, all in `out_dir` on `grid`.

    `probability.tif` and `confidence.tif` are cloud-optimised GeoTIFF, float32, 0..1, no data NaN. `classes.tif`, where
    it was asked for (else `classes` is ""), is uint8: 0 other, 1 glacier, 2 debris where the model tells it apart, 255
    no data. `model_uncertainty.tif`, of models of several networks (else `model_uncertainty` is ""), is float32: how
    far the networks disagree, in bits, 0..1, no data NaN.
    `notes` are sentences for the user (a rule skipped, a scaling taken) as Message JSON.
    """

    out_dir: str
    probability: str
    confidence: str
    outlines: str
    report: str
    grid: Grid
    outline_count: int
    area_km2: float
    seconds: float
    threshold: float | None = None
    notes: list[dict[str, Any]] = field(default_factory=list)
    classes: str = ""
    model_uncertainty: str = ""

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {**asdict(self), "grid": self.grid.to_json()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> MapResult:
        """Back from `to_json`."""
        return cls(**{**data, "grid": Grid.from_json(data["grid"])})


@dataclass(frozen=True)
class Estimate:
    """What a mapping would cost, before the click. `seconds` is None where nothing was measured yet.

    `is_measuring` says that the network is just being measured on this machine, so that the next estimate may know.
    `notes` say how the numbers of the layers will be taken, as Message JSON.
    """

    device: str
    grid: Grid
    tiles: int
    seconds: float | None
    memory_mb: int
    disk_mb: int
    notes: list[dict[str, Any]] = field(default_factory=list)
    is_measuring: bool = False

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {**asdict(self), "grid": self.grid.to_json()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Estimate:
        """Back from `to_json`."""
        return cls(**{**data, "grid": Grid.from_json(data["grid"])})


@dataclass(frozen=True)
class Preview:
    """A quick look: `path` is a float32 GeoTIFF of probability at a coarser pixel, `threshold` what was used."""

    path: str
    threshold: float
    index: str
    histogram: list[int]
    histogram_range: tuple[float, float]
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Preview:
        """Back from `to_json`."""
        low, high = data["histogram_range"]
        return cls(**{**data, "histogram_range": (float(low), float(high))})
