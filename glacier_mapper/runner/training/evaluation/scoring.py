"""All that is measured of a map against the truth, in a form that adds up over scenes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from ..tiles.tile import DEBRIS, GLACIER, UNKNOWN
from .boundary import Distances, boundary_distances
from .counts import Counts, count, ratio
from .reliability import Reliability, of_confidence, reliability

THRESHOLD = 0.5


def _none() -> Distances:
    return np.empty(0, np.float32)


@dataclass(frozen=True)
class Score:
    """Of one scene or several.

    `clean` and `debris` share the pixels out: each pixel of ice counts for its own kind, any other one for the kind of
    the ice nearest to it, so that they add up to `counts`; None where debris is not told apart. `distances_px` and
    `distances_m` are of the boundaries. `unmapped` counts known pixels that the map has nothing for; they are left out
    of all else.
    """

    counts: Counts = Counts()
    clean: Counts | None = None
    debris: Counts | None = None
    calibration: Reliability = field(default_factory=Reliability)
    confidence: Reliability = field(default_factory=Reliability)
    distances_px: Distances = field(default_factory=_none)
    distances_m: Distances = field(default_factory=_none)
    unmapped: int = 0
    mapped_km2: float = 0.0
    true_km2: float = 0.0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.counts + other.counts, _sum(self.clean, other.clean), _sum(self.debris, other.debris),
            self.calibration + other.calibration, self.confidence + other.confidence,
            np.concatenate([self.distances_px, other.distances_px]),
            np.concatenate([self.distances_m, other.distances_m]),
            self.unmapped + other.unmapped, self.mapped_km2 + other.mapped_km2, self.true_km2 + other.true_km2,
        )  # fmt: skip

    def figures(self) -> dict[str, float | int | None]:
        """The figures by name; None where nothing defines one. See `FIGURES`."""
        counts = self.counts
        bias = ratio(self.mapped_km2 - self.true_km2, self.true_km2)
        values: dict[str, float | int | None] = {
            "iou": counts.iou, "f1": counts.f1, "precision": counts.precision, "recall": counts.recall,
            "ece": self.calibration.ece, "ece_confidence": self.confidence.ece, "brier": self.calibration.brier,
            "false_positive_share": counts.false_positive_share,
            "area_bias_percent": None if bias is None else 100 * bias,
            "mapped_km2": self.mapped_km2, "true_km2": self.true_km2,
            "boundary_mean_px": _mean(self.distances_px), "boundary_p95_px": _p95(self.distances_px),
            "boundary_mean_m": _mean(self.distances_m), "boundary_p95_m": _p95(self.distances_m),
            "pixels": counts.total, "unmapped_share": ratio(self.unmapped, self.unmapped + counts.total),
        }  # fmt: skip
        for name, part in (("clean", self.clean), ("debris", self.debris)):
            if part is not None:
                values |= {f"{name}_iou": part.iou, f"{name}_recall": part.recall, f"{name}_pixels": part.true}
        return values

    @property
    def is_negative(self) -> bool:
        """Whether there is no glacier in what is known."""
        return self.counts.true == 0


FIGURES = {
    "iou": "hits / (hits + false positives + misses)",
    "f1": "2 hits / (2 hits + false positives + misses)",
    "precision": "hits / mapped",
    "recall": "hits / true",
    "ece": "expected calibration error of the probability of glacier, 15 bins of equal width",
    "ece_confidence": "the same of the probability of the class that was chosen",
    "brier": "mean squared error of the probability of glacier",
    "false_positive_share": "false positives / pixels that are no glacier",
    "area_bias_percent": "100 x (mapped area - true area) / true area",
    "boundary": "distances between boundary pixels, from each to the nearest of the other map, both ways together",
    "clean_iou": "hits on clean ice / (clean ice + false positives nearer to clean than to debris-covered ice)",
    "debris_iou": "the same of debris-covered ice; a false positive counts for the kind of ice nearest to it",
    "debris_recall": "hits on debris-covered ice / debris-covered ice",
    "pooled": "all pixels of all scenes counted together; mean and std are over scenes, or regions, that have a figure",
    "negative scenes": "scenes without a glacier pixel in their label",
}
"""What each figure is."""


def score(
    probability: npt.NDArray[np.float32], label: npt.NDArray[np.uint8], pixel_m: float, tells_debris: bool
) -> Score:
    """Measure a map (rows, cols), NaN = nothing mapped, on a label of `tile.CLASSES`; mapped is above 0.5.

    `tells_debris` says that the label tells debris-covered ice from clean.
    """
    finite = np.isfinite(probability)
    known = (label != UNKNOWN) & finite
    chance, true = probability[known], np.isin(label[known], (GLACIER, DEBRIS))
    mapped = chance > THRESHOLD
    parts: list[Counts | None] = [None, None]
    if tells_debris:
        kinds = kind_of_ice(label)[known]
        parts = [count(mapped[kinds == kind], true[kinds == kind]) for kind in (GLACIER, DEBRIS)]
    counts = count(mapped, true)
    distances = boundary_distances(finite & (probability > THRESHOLD), np.isin(label, (GLACIER, DEBRIS)), known)
    km2 = (pixel_m / 1000) ** 2
    return Score(
        counts, *parts, reliability(chance, true), of_confidence(chance, true), distances,
        distances * np.float32(pixel_m), int(np.count_nonzero((label != UNKNOWN) & ~finite)),
        counts.mapped * km2, counts.true * km2,
    )  # fmt: skip


def kind_of_ice(label: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """GLACIER or DEBRIS for each pixel, shape of `label`: of the ice nearest to it, GLACIER where there is none."""
    ice = np.isin(label, (GLACIER, DEBRIS))
    if not (label == DEBRIS).any():
        return np.full(label.shape, GLACIER, np.uint8)
    nearest = ndimage.distance_transform_edt(~ice, return_distances=False, return_indices=True)
    return label[tuple(nearest)]


def pooled(scores: Iterable[Score]) -> Score:
    """Scores added up."""
    return reduce(add, scores, Score())


def spread(figures: Sequence[dict[str, Any]]) -> dict[str, dict[str, float | None]]:
    """Mean and sample standard deviation of each figure over those that have it; {"mean": {...}, "std": {...}}."""
    names = list(dict.fromkeys(name for row in figures for name in row))
    mean: dict[str, float | None] = {}
    std: dict[str, float | None] = {}
    for name in names:
        values = [row[name] for row in figures if row.get(name) is not None]
        mean[name] = float(np.mean(values)) if values else None
        std[name] = float(np.std(values, ddof=1)) if len(values) > 1 else None
    return {"mean": mean, "std": std}


def _sum(first: Counts | None, second: Counts | None) -> Counts | None:
    if first is None or second is None:
        return first or second
    return first + second


def _mean(distances: Distances) -> float | None:
    return float(distances.mean(dtype=np.float64)) if distances.size else None


def _p95(distances: Distances) -> float | None:
    return float(np.percentile(distances.astype(np.float64), 95)) if distances.size else None
