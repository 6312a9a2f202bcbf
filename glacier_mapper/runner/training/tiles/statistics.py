"""What the values of each band are like over the training tiles, gathered tile by tile."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ....core.branches import BRANCH_ROLES, LOGARITHMIC, Branch
from .tile import FloatImage, Tile

SAMPLE_PX = 4096
"""Values of a tile that percentiles are taken from, evenly spread; the other figures are of all."""
TINY = 1e-6


@dataclass(frozen=True)
class BandStatistics:
    """Of one band's valid values in physical units; NaN where `count` is 0. `p01` and `p99` are percentiles.

    `log10` holds the same of log10(x + 1e-6) for backscatter.
    """

    role: str
    count: int
    minimum: float
    maximum: float
    mean: float
    std: float
    p01: float
    p99: float
    log10: BandStatistics | None = None

    def to_json(self) -> dict[str, Any]:
        """As a JSON object; None stands for NaN."""
        values = {key: None if isinstance(one, float) and math.isnan(one) else one for key, one in vars(self).items()}
        return {**values, "log10": self.log10.to_json() if self.log10 else None}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> BandStatistics:
        """Back from `to_json`."""
        values = {key: math.nan if one is None else one for key, one in data.items() if key != "log10"}
        return cls(**values, log10=cls.from_json(data["log10"]) if data.get("log10") else None)


Statistics = dict[Branch, tuple[BandStatistics, ...]]


@dataclass
class _Gathered:
    """Count, extremes, mean and sum of squared deviations so far, and a sample."""

    count: int = 0
    low: float = math.inf
    high: float = -math.inf
    mean: float = 0.0
    squares: float = 0.0
    sample: list[npt.NDArray[np.float32]] = field(default_factory=list)

    def add(self, image: FloatImage) -> None:
        """Take in a band, NaN = no data (after Chan, Golub and LeVeque 1983)."""
        values = image[np.isfinite(image)]
        if not values.size:
            return
        self.sample.append(values[:: -(-values.size // SAMPLE_PX)])
        exact = values.astype(np.float64)
        mean, count = float(exact.mean()), values.size
        away, total = mean - self.mean, self.count + count
        self.squares += float(((exact - mean) ** 2).sum()) + away**2 * self.count * count / total
        self.mean += away * count / total
        self.low, self.high = min(self.low, float(exact.min())), max(self.high, float(exact.max()))
        self.count = total

    def told(self, role: str, log10: BandStatistics | None = None) -> BandStatistics:
        """What was gathered."""
        if not self.count:
            return BandStatistics(role, 0, *(math.nan,) * 6, log10)
        p01, p99 = np.percentile(np.concatenate(self.sample).astype(np.float64), (1, 99))
        std = math.sqrt(self.squares / self.count)
        return BandStatistics(role, self.count, self.low, self.high, self.mean, std, float(p01), float(p99), log10)


def gather(branches: Iterable[Branch], tiles: Iterable[Tile]) -> Statistics:
    """The statistics of each branch's bands over the tiles."""
    plain = {branch: [_Gathered() for _ in BRANCH_ROLES[branch]] for branch in branches}
    logs = {branch: [_Gathered() for _ in bands] for branch, bands in plain.items() if branch in LOGARITHMIC}
    for tile in tiles:
        for branch, bands in plain.items():
            for at, image in enumerate(tile.inputs[branch]):
                bands[at].add(image)
                if branch in logs:
                    with np.errstate(invalid="ignore", divide="ignore"):
                        logs[branch][at].add(np.log10(image + np.float32(TINY)))
    return {branch: tuple(_told(branch, at, plain, logs) for at in range(len(plain[branch]))) for branch in plain}


def _told(
    branch: Branch, at: int, plain: dict[Branch, list[_Gathered]], logs: dict[Branch, list[_Gathered]]
) -> BandStatistics:
    role = BRANCH_ROLES[branch][at].value
    return plain[branch][at].told(role, logs[branch][at].told(role) if branch in logs else None)


def statistics_to_json(statistics: Statistics) -> dict[str, Any]:
    """As a JSON object."""
    return {branch.value: [one.to_json() for one in bands] for branch, bands in statistics.items()}


def statistics_from_json(data: dict[str, Any]) -> Statistics:
    """Back from `statistics_to_json`."""
    return {Branch(name): tuple(BandStatistics.from_json(one) for one in bands) for name, bands in data.items()}
