"""The first question to a server: the package's own sample, whose answer is known, else patches of noise."""

from __future__ import annotations

import math
import zipfile
import zlib
from dataclasses import dataclass

import numpy as np

from ...core.model_errors import ModelError
from .base import Feeds, FloatImage
from .package import Package

PROBE_TOLERANCE = 0.05
"""What reduced precision may cost a probability; other weights differ by more."""
PREFIX = "input_"


@dataclass(frozen=True)
class Probe:
    """A batch of one patch, the answer that it should get (None: unknown), and how near that must come."""

    feeds: Feeds
    answer: FloatImage | None = None
    tolerance: float = PROBE_TOLERANCE

    @property
    def bytes_each(self) -> int:
        """What a patch takes on its way."""
        return sum(array.nbytes for array in self.feeds.values())

    def repeated(self, count: int) -> Feeds:
        """The patch `count` times."""
        return {name: np.repeat(array, count, axis=0) for name, array in self.feeds.items()}

    def difference(self, found: FloatImage) -> float:
        """The largest difference from the known answer, 0 where none is known; NaN counts as infinite."""
        if self.answer is None or self.answer.shape != found.shape:
            return 0.0
        largest = float(np.abs(self.answer - found).max(initial=0.0))
        return largest if math.isfinite(largest) else math.inf


def probe_of(package: Package, shapes: dict[str, list[int]]) -> Probe:
    """The golden sample of the package where it fits the inputs' `shapes`, else noise between 0 and 1."""
    golden = _golden(package, shapes)
    if golden is not None:
        return golden
    rng, side = np.random.default_rng(0), package.card.tiling.patch_px
    feeds = {}
    for name, (_, length, *sides) in shapes.items():
        size = [1, length, *(side if one < 0 else one for one in sides)]
        noise = rng.random(size, dtype=np.float32)
        feeds[name] = noise if sides else noise / noise.sum()
    return Probe(feeds)


def _golden(package: Package, shapes: dict[str, list[int]]) -> Probe | None:
    try:
        path = package.verified_golden()
    except ModelError:  # a changed sample proves nothing
        return None
    if path is None or not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as file:
            feeds = {name: np.asarray(file[PREFIX + name], np.float32) for name in shapes}
            answer, tolerance = np.asarray(file["output"], np.float32), float(file["tolerance"])
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error):
        return None
    fits = all(
        array.ndim == len(shapes[name]) and array.shape[0] == 1
        and all(wanted in (-1, size) for wanted, size in zip(shapes[name], array.shape))
        for name, array in feeds.items()
    )  # fmt: skip
    return Probe(feeds, answer, tolerance) if fits else None
