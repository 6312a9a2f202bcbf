"""Pixels counted by what was mapped and what is true, and the figures that follow from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Counts:
    """True positives, false positives, false negatives, true negatives. Figures are None where nothing defines them."""

    hits: int = 0
    false: int = 0
    missed: int = 0
    others: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.hits + other.hits, self.false + other.false, self.missed + other.missed, self.others + other.others
        )

    @property
    def total(self) -> int:
        """All pixels."""
        return self.hits + self.false + self.missed + self.others

    @property
    def true(self) -> int:
        """Pixels that are glacier."""
        return self.hits + self.missed

    @property
    def mapped(self) -> int:
        """Pixels that were mapped as glacier."""
        return self.hits + self.false

    @property
    def precision(self) -> float | None:
        """The share of what was mapped that is glacier."""
        return ratio(self.hits, self.mapped)

    @property
    def recall(self) -> float | None:
        """The share of glacier that was mapped."""
        return ratio(self.hits, self.true)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall."""
        return ratio(2 * self.hits, self.mapped + self.true)

    @property
    def iou(self) -> float | None:
        """What was mapped and is glacier, over what was mapped or is glacier."""
        return ratio(self.hits, self.hits + self.false + self.missed)

    @property
    def false_positive_share(self) -> float | None:
        """False positives over all pixels that are no glacier."""
        return ratio(self.false, self.false + self.others)

    @property
    def area_bias_percent(self) -> float | None:
        """How much more area was mapped than there is."""
        share = ratio(self.mapped - self.true, self.true)
        return None if share is None else 100 * share


def ratio(part: float, whole: float) -> float | None:
    """A quotient, None over zero."""
    return part / whole if whole else None


def count(mapped: Mask, true: Mask) -> Counts:
    """The counts of two masks of one shape, or of pixels picked from them."""
    hits = int(np.count_nonzero(mapped & true))
    all_mapped, all_true = int(np.count_nonzero(mapped)), int(np.count_nonzero(true))
    return Counts(hits, all_mapped - hits, all_true - hits, mapped.size - all_mapped - all_true + hits)
