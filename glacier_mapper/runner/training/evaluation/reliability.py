"""Whether probabilities are frequencies: reliability table, expected calibration error, Brier score.

With bins of equal width over 0..1, ECE = sum over bins of (pixels in the bin / all pixels) x |frequency of glacier in
the bin - mean probability in it| (standards: 5.5).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

BINS = 15

Sums = npt.NDArray[np.float64]


def _zeros() -> Sums:
    return np.zeros(BINS, np.float64)


@dataclass(frozen=True)
class Reliability:
    """Per bin: pixels, sum of their probabilities, and how many of them came true; and the sum of squared errors."""

    pixels: Sums = field(default_factory=_zeros)
    probability: Sums = field(default_factory=_zeros)
    true: Sums = field(default_factory=_zeros)
    squared_error: float = 0.0

    def __add__(self, other: Reliability) -> Reliability:
        return Reliability(
            self.pixels + other.pixels, self.probability + other.probability, self.true + other.true,
            self.squared_error + other.squared_error,
        )  # fmt: skip

    @property
    def ece(self) -> float | None:
        """The expected calibration error, 0..1; None without pixels."""
        total = self.pixels.sum()
        return float(np.abs(self.true - self.probability).sum() / total) if total else None

    @property
    def brier(self) -> float | None:
        """The mean squared error of the probabilities; None without pixels."""
        total = self.pixels.sum()
        return float(self.squared_error / total) if total else None

    def table(self) -> list[dict[str, Any]]:
        """A row a bin: its borders, pixels, mean probability and frequency of glacier, None where it is empty."""
        rows = []
        for at in range(BINS):
            pixels = self.pixels[at]
            rows.append({
                "low": at / BINS,
                "high": (at + 1) / BINS,
                "pixels": int(pixels),
                "probability": float(self.probability[at] / pixels) if pixels else None,
                "frequency": float(self.true[at] / pixels) if pixels else None,
            })
        return rows


def reliability(probability: npt.NDArray[np.float32], true: npt.NDArray[np.bool_]) -> Reliability:
    """Of probabilities 0..1 and whether each came true, both (n,)."""
    exact = probability.astype(np.float64)
    bins = np.minimum((exact * BINS).astype(np.intp), BINS - 1)
    return Reliability(
        np.bincount(bins, minlength=BINS).astype(np.float64),
        np.bincount(bins, weights=exact, minlength=BINS),
        np.bincount(bins, weights=true, minlength=BINS),
        float(((exact - true) ** 2).sum()),
    )


def of_confidence(probability: npt.NDArray[np.float32], true: npt.NDArray[np.bool_]) -> Reliability:
    """The same of the probability of the class that was chosen, and whether the choice was right."""
    mapped = probability > 0.5
    return reliability(np.where(mapped, probability, 1 - probability), mapped == true)
