"""Slope from elevation on a metric grid."""

from __future__ import annotations

import numpy as np

_ROWS_AT_ONCE = 32
HALO_PX = 2
"""Rows of elevation that slope needs beyond its own: one for the window, one to fill gaps in that one."""


def slope_deg(elevation_m: np.ndarray, pixel_size_m: float) -> np.ndarray:
    """Slope in degrees, float32 of the same shape, after Horn (1981, Proc. IEEE 69, 14-47), 3 x 3 pixels.

    Beyond the edge the surface goes on straight. Gaps beside a valid pixel take the mean of their valid
    neighbours; a gap's own slope is NaN. Each pixel depends on the 5 x 5 round it alone, so a strip read with
    `HALO_PX` more rows gives the very numbers of the whole.
    """
    if min(elevation_m.shape) < 2:
        return np.where(np.isnan(elevation_m), np.float32(np.nan), np.float32(0))
    z = np.pad(_fill_gaps(elevation_m), 1, mode="reflect", reflect_type="odd")
    slope = np.empty_like(elevation_m)
    for row in range(0, len(slope), _ROWS_AT_ONCE):
        _horn(z[row : row + _ROWS_AT_ONCE + 2], pixel_size_m, slope[row : row + _ROWS_AT_ONCE])
    np.copyto(slope, np.float32(np.nan), where=np.isnan(elevation_m))
    return slope


def _horn(z: np.ndarray, pixel_size_m: float, slope: np.ndarray) -> None:
    """Fill `slope` (rows, cols) from `z` (rows + 2, cols + 2), a few rows that stay in a core's cache."""
    along = z[:-2] + z[2:]
    along += 2 * z[1:-1]
    across = z[:, :-2] + z[:, 2:]
    across += 2 * z[:, 1:-1]
    east, south = along[:, 2:] - along[:, :-2], across[2:] - across[:-2]
    np.multiply(east, east, out=east)
    east += np.multiply(south, south, out=south)
    np.sqrt(east, out=east)
    east *= np.float32(1.0 / (8.0 * pixel_size_m))
    np.degrees(np.arctan(east, out=east), out=slope)


def _fill_gaps(elevation_m: np.ndarray) -> np.ndarray:
    gaps = np.isnan(elevation_m)
    if not gaps.any():
        return elevation_m
    values = np.pad(np.where(gaps, np.float32(0), elevation_m), 1)
    valid = np.pad(~gaps, 1).astype(np.float32)
    rows, cols = elevation_m.shape
    total, count = np.zeros_like(elevation_m), np.zeros_like(elevation_m)
    for down in range(3):
        for right in range(3):
            total += values[down : down + rows, right : right + cols]
            count += valid[down : down + rows, right : right + cols]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(gaps, total / count, elevation_m)
