"""The automatic threshold of the band-ratio model, from a sample of the scene.

Analysts choose the lowest threshold at which noise in shadow does not yet start, by eye, within a range that
hardly moves from scene to scene (standards 7.1). The same here: the histogram of the index over pixels that
pass every other rule has a mode of rock below and one of snow and ice above; the threshold is the lowest point
between them inside the published range (the mode method of Prewitt and Mendelsohn 1966). Where there are not two
modes with a valley between them there is nothing to find, and the published default is taken.
"""

from __future__ import annotations

import math
import os
import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from ...core.request import MapRequest
from .base import FloatImage
from .spectral import Index

BINS = 400
SMOOTHING_BINS = 4.0
MIN_SHARE = 0.005
"""The smallest share of the sampled pixels beyond the range that counts as a class."""
MAX_VALLEY = 0.8
"""The valley must be lower than this share of the lower of the two modes."""
RATIO_RANGE = (0.2, 50.0)


@dataclass(frozen=True)
class Threshold:
    """The threshold found; `found` is False where the default was taken."""

    value: float
    found: bool


Found = TypeVar("Found")


class ThresholdMemory(Generic[Found]):
    """What was found in scenes last, so that a second click on the same view computes at once. Thread-safe."""

    def __init__(self, size: int = 16) -> None:
        self._size = size
        self._found: OrderedDict[Hashable, Found] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Found | None:
        """What was found under `key`, None when it is not known (any more) or the key is None."""
        with self._lock:
            return None if key is None else self._found.get(key)

    def put(self, key: Hashable, found: Found) -> None:
        """Remember, and forget the oldest; a key of None is not remembered."""
        with self._lock:
            if key is not None:
                self._found[key] = found
                while len(self._found) > self._size:
                    self._found.popitem(last=False)


def scene_key(request: MapRequest) -> Hashable:
    """What must be the same for two requests to see the same pixels: files and their state, bands, scalings, view."""
    states = []
    for path in sorted({source.path for source in request.sources}):
        try:
            state = os.stat(path)
            states.append((path, state.st_mtime_ns, state.st_size))
        except OSError:
            states.append((path, 0, 0))
    return (tuple(states), request.sources, request.extent)


class IndexHistogram:
    """Counts of an index, filled strip by strip; ratios are binned in their logarithm."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.low, self.high = (
            (math.log(RATIO_RANGE[0]), math.log(RATIO_RANGE[1])) if index.is_ratio else (-1.0, 1.0)
        )
        self.counts: npt.NDArray[np.int64] = np.zeros(BINS, np.int64)
        self.pixels = 0

    def add(self, value: FloatImage, passed: npt.NDArray[np.bool_] | None) -> None:
        """Count the finite values, of those only the ones that `passed` the rules."""
        finite = np.isfinite(value)
        self.pixels += int(np.count_nonzero(finite))
        kept = value[finite if passed is None else finite & passed]
        if self.index.is_ratio:
            kept = np.log(kept)
        scaled = (kept - np.float32(self.low)) * np.float32(BINS / (self.high - self.low))
        bins = np.clip(scaled, 0, BINS - 1).astype(np.int64)
        self.counts += np.bincount(bins, minlength=BINS)

    def centres(self) -> npt.NDArray[np.float64]:
        """The middle of each bin, in the unit that is binned."""
        width = (self.high - self.low) / BINS
        return self.low + width * (np.arange(BINS) + 0.5)


def find_threshold(histogram: IndexHistogram) -> Threshold:
    """The valley of the histogram inside the index's published range, or the published default."""
    index = histogram.index
    low, high = (math.log(t) for t in index.published) if index.is_ratio else index.published
    centres = histogram.centres()
    inside = (centres >= low) & (centres <= high)
    below, above = centres < low, centres > high
    least = max(1.0, MIN_SHARE * histogram.pixels)
    if min(histogram.counts[below].sum(), histogram.counts[above].sum()) < least:
        return Threshold(index.default, found=False)
    smooth = _smooth(histogram.counts)
    valley = int(np.flatnonzero(inside)[np.argmin(smooth[inside])])
    lower_mode = min(smooth[:valley].max(), smooth[valley + 1 :].max())
    if smooth[valley] > MAX_VALLEY * lower_mode:
        return Threshold(index.default, found=False)
    value = math.exp(centres[valley]) if index.is_ratio else float(centres[valley])
    return Threshold(round(min(max(value, index.published[0]), index.published[1]), 3), found=True)


def _smooth(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """A Gaussian of SMOOTHING_BINS."""
    reach = int(4 * SMOOTHING_BINS)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / SMOOTHING_BINS) ** 2)
    return np.convolve(counts, kernel / kernel.sum(), mode="same")
