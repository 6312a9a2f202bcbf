"""Names of outlines in the form of a GLIMS glacier ID."""

from __future__ import annotations

import math
from collections.abc import Collection


def glims_id(lon_deg: float, lat_deg: float) -> str:
    """The 14 characters `GnnnnnnEnnnnn[NS]`: millidegrees east of Greenwich, then of latitude.

    West longitudes count on beyond 180 (standards: 3.3). Raises ValueError when the place is not on Earth.
    """
    if not (math.isfinite(lon_deg) and math.isfinite(lat_deg) and -90 <= lat_deg <= 90):
        raise ValueError(f"no place on Earth: {lon_deg}, {lat_deg}")
    east = round((lon_deg % 360.0) * 1000) % 360_000
    return f"G{east:06d}E{round(abs(lat_deg) * 1000):05d}{'N' if lat_deg >= 0 else 'S'}"


def unique_glims_id(lon_deg: float, lat_deg: float, taken: Collection[str]) -> str:
    """An ID that is not in `taken`: the place's own, or else that of the nearest free millidegree cell.

    Cells are tried ring by ring, each ring from its south-west corner on, so the answer is repeatable.
    """
    for radius in range(200):
        for east, north in _ring(radius):
            lat = min(90.0, max(-90.0, lat_deg + north / 1000))
            name = glims_id(lon_deg + east / 1000, lat)
            if name not in taken:
                return name
    raise ValueError(f"no free identifier near {lon_deg}, {lat_deg}")


def _ring(radius: int) -> list[tuple[int, int]]:
    side = range(-radius, radius + 1)
    return [(x, y) for y in side for x in side if max(abs(x), abs(y)) == radius]
