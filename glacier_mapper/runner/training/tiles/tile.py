"""A tile of a data set: what a network sees of a piece of ground, and what is known of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ....core.branches import Branch

FloatImage = npt.NDArray[np.float32]
LabelImage = npt.NDArray[np.uint8]

OTHER, GLACIER, DEBRIS, UNKNOWN = 0, 1, 2, 255
CLASSES: dict[int, str] = {
    OTHER: "other", GLACIER: "glacier", DEBRIS: "debris-covered glacier", UNKNOWN: "not known",
}  # fmt: skip
"""What the values of a label mean."""

TRAIN, VALIDATION, TEST, GUARD = "train", "validation", "test", "guard"
"""The parts of a data set; tiles under GUARD lie too near another part and belong to none."""


@dataclass(frozen=True)
class TileRecord:
    """Where a tile lies and which part it belongs to.

    `row_px` and `col_px` are its upper left pixel in its scene, `bounds_m` (xmin, ymin, xmax, ymax) in `crs`,
    `region` a code of `branches.REGION_CODES` or a name that was given, `class_px` the pixels of each class. `world`
    names the made-up ground of a simulated scene, "" is the Earth: tiles of two worlds are no neighbours.
    """

    name: str
    scene: str
    region: str
    split: str
    row_px: int
    col_px: int
    bounds_m: tuple[float, float, float, float]
    crs: str
    pixel_size_m: float
    longitude_deg: float
    latitude_deg: float
    class_px: tuple[int, int, int, int] = (0, 0, 0, 0)
    world: str = ""

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {**asdict(self), "bounds_m": list(self.bounds_m), "class_px": list(self.class_px)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> TileRecord:
        """Back from `to_json`. Raises KeyError, TypeError for what is none."""
        return cls(**{**data, "bounds_m": tuple(data["bounds_m"]), "class_px": tuple(data["class_px"])})


@dataclass(frozen=True)
class Tile:
    """A tile's pixels.

    `inputs` hold by branch float32 (bands, rows, cols) in physical units, bands as `branches.BRANCH_ROLES`, NaN = no
    data; every branch of the data set is there. `label` is uint8 (rows, cols) with the values of `CLASSES`.
    """

    name: str
    region: str
    inputs: dict[Branch, FloatImage]
    label: LabelImage
    record: TileRecord | None = None


def class_counts(label: LabelImage) -> tuple[int, int, int, int]:
    """The pixels of a label by class, in the order of `CLASSES`."""
    counts = np.bincount(label.ravel(), minlength=256)
    other, glacier, debris, unknown = (int(counts[value]) for value in CLASSES)
    return other, glacier, debris, unknown
