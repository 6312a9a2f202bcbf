"""Slope from elevation on a metric grid."""

from __future__ import annotations

import numpy as np

HALO_PX = 2
"""Rows of elevation that slope needs beyond its own: one for the window, one to fill gaps in that one."""


def slope_deg(elevation_m: np.ndarray, pixel_size_m: float) -> np.ndarray:
    """Slope in degrees, float32 of the same shape, after Horn (1981, Proc. IEEE 69, 14-47), 3 x 3 pixels.

    Beyond the edge the surface goes on straight. Gaps beside a valid pixel take the mean of their valid
    neighbours; a gap's own slope is NaN. Each pixel depends on the 5 x 5 round it alone, so a strip read with
    `HALO_PX` more rows gives the very numbers of the whole.
    """
    z = np.pad(_fill_gaps(elevation_m), 1, mode="reflect", reflect_type="odd") if min(elevation_m.shape) > 1 else None
    if z is None:
        return np.where(np.isnan(elevation_m), np.float32(np.nan), np.float32(0))
    along = z[:-2] + 2 * z[1:-1] + z[2:]
    across = z[:, :-2] + 2 * z[:, 1:-1] + z[:, 2:]
    east, south = along[:, 2:] - along[:, :-2], across[2:] - across[:-2]
    rise = np.hypot(east, south, out=east)
    rise /= np.float32(8 * pixel_size_m)
    slope = np.degrees(np.arctan(rise, out=rise), out=rise)
    np.copyto(slope, np.float32(np.nan), where=np.isnan(elevation_m))
    return slope


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
