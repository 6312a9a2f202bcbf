"""A view cut in parts: one to learn from, one that stays aside for measuring, and between them one for calibration.

The cuts are straight, from one edge of the view to the other, so that few pixels are lost between the parts: there a
strip of a guard distance belongs to none. Of the four edges the one is taken whose part has most nearly its share of
both glacier and other ground.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..tiles import DEBRIS, GLACIER, OTHER, UNKNOWN
from ..tiles.cutting import Window
from ..tiles.tile import LabelImage

ASIDE, CALIBRATED = 0.25, 0.15
"""The shares of the known glacier that are kept aside, and that calibrate where there is enough."""
LEAST_PX = 300
"""Pixels of glacier and of other ground that each part must have."""
CALIBRATION_PX = 5000
"""The same of the part that calibrates."""
GUARD_M, GUARD_SHARE, LEAST_GUARD_PX = 500.0, 0.04, 8
"""What lies between two parts: so many metres, but no more than a share of the view, and some pixels at least."""
LARGEST_ASIDE_PX = 2048
"""The longest side of what is mapped for measuring."""

Lines = npt.NDArray[np.int64]


class Parts(NamedTuple):
    """Boxes of a view. `calibrated` is None where there is too little for one."""

    taught: Window
    calibrated: Window | None
    aside: Window


class _Cut(NamedTuple):
    """A way to cut, and how far it is from what was wanted; lines are counted from the edge that is kept aside."""

    aside_to: int
    calibrated: tuple[int, int] | None
    taught_from: int
    miss: float


def cut(label: LabelImage, pixel_m: float) -> Parts | None:
    """The parts of a view by its label; None where no way leaves enough in each."""
    for with_calibration in (True, False):
        found = [
            (option, axis, from_end)
            for axis in (0, 1)
            for from_end in (False, True)
            if (option := _cut(*_lines(label, axis, from_end), _guard_px(label.shape[axis], pixel_m),
                               with_calibration)) is not None
        ]  # fmt: skip
        if found:
            option, axis, from_end = min(found, key=lambda one: one[0].miss)
            return _parts(label, option, axis, from_end)
    return None


def _guard_px(size: int, pixel_m: float) -> int:
    return max(LEAST_GUARD_PX, round(min(GUARD_M / pixel_m, GUARD_SHARE * size)))


def _lines(label: LabelImage, axis: int, from_end: bool) -> tuple[Lines, Lines]:
    """The known pixels of glacier and of other ground in each line, the line at the edge in question first."""
    ice = np.count_nonzero((label == GLACIER) | (label == DEBRIS), axis=1 - axis)
    other = np.count_nonzero(label == OTHER, axis=1 - axis)
    return (ice[::-1], other[::-1]) if from_end else (ice, other)


def _cut(ice: Lines, other: Lines, guard: int, with_calibration: bool) -> _Cut | None:
    total = ice.sum()
    if not total:
        return None

    def reach(first: int, share: float) -> int:
        """The line up to which lines from `first` on hold a share of the glacier."""
        return first + int(np.searchsorted(np.cumsum(ice[first:]), share * total)) + 1

    def enough(first: int, last: int, least: int = LEAST_PX) -> bool:
        return ice[first:last].sum() >= least and other[first:last].sum() >= least

    aside_to = reach(0, ASIDE)
    calibrated, taught_from = None, aside_to + guard
    if with_calibration:
        calibrated = aside_to + guard, reach(aside_to + guard, CALIBRATED)
        taught_from = calibrated[1] + guard
    if not (enough(0, aside_to) and enough(taught_from, len(ice))):
        return None
    if calibrated is not None and not enough(*calibrated, CALIBRATION_PX):
        return None
    taught = ice[taught_from:].sum() / total
    miss = abs(ice[:aside_to].sum() / total - ASIDE) + abs(other[:aside_to].sum() / other.sum() - ASIDE) + (1 - taught)
    return _Cut(aside_to, calibrated, taught_from, float(miss))


def _parts(label: LabelImage, option: _Cut, axis: int, from_end: bool) -> Parts:
    size, across = label.shape[axis], label.shape[1 - axis]

    def box(first: int, last: int) -> Window:
        start, stop = (size - last, size - first) if from_end else (first, last)
        return Window(start, 0, stop - start, across) if axis == 0 else Window(0, start, across, stop - start)

    calibrated = box(*option.calibrated) if option.calibrated else None
    return Parts(box(option.taught_from, size), calibrated, _trimmed(label, box(0, option.aside_to)))


def _trimmed(label: LabelImage, box: Window) -> Window:
    """The box without margins in which nothing is known, and its richest piece where it is larger than is mapped."""
    known = label[box.row : box.row + box.rows, box.col : box.col + box.cols] != UNKNOWN
    row, rows = _span(known.sum(axis=1))
    col, cols = _span(known[row : row + rows].sum(axis=0))
    return Window(box.row + row, box.col + col, rows, cols)


def _span(counts: Lines) -> tuple[int, int]:
    """The first line and the number of lines that hold what there is, or the most in so many lines as are allowed."""
    there = np.flatnonzero(counts)
    first, last = int(there[0]), int(there[-1]) + 1
    if last - first > LARGEST_ASIDE_PX:
        sums = np.concatenate([[0], np.cumsum(counts)])
        first = int(np.argmax(sums[LARGEST_ASIDE_PX:] - sums[:-LARGEST_ASIDE_PX]))
        last = first + LARGEST_ASIDE_PX
    return first, last - first


def known_px(label: LabelImage, box: Window) -> tuple[int, int]:
    """The known pixels of glacier and of other ground in a box."""
    part = label[box.row : box.row + box.rows, box.col : box.col + box.cols]
    return int(np.isin(part, (GLACIER, DEBRIS)).sum()), int((part == OTHER).sum())
