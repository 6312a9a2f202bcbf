"""The glacier regions that models are told of: their names, and which one a place lies in."""

from __future__ import annotations

from .branches import REGION_CODES
from .messages import QT_TRANSLATE_NOOP

UNKNOWN = "unknown"

REGION_LABELS: dict[str, str] = {
    "ALP": QT_TRANSLATE_NOOP("regions", "Alps"),
    "AN": QT_TRANSLATE_NOOP("regions", "Antarctica"),
    "AWA": QT_TRANSLATE_NOOP("regions", "Alaska and Western America"),
    "CA": QT_TRANSLATE_NOOP("regions", "Caucasus"),
    "GR": QT_TRANSLATE_NOOP("regions", "Greenland"),
    "HMA": QT_TRANSLATE_NOOP("regions", "High-Mountain Asia"),
    "LL": QT_TRANSLATE_NOOP("regions", "Low latitudes"),
    "NZ": QT_TRANSLATE_NOOP("regions", "New Zealand"),
    "SA": QT_TRANSLATE_NOOP("regions", "Southern Andes"),
    "SC": QT_TRANSLATE_NOOP("regions", "Scandinavia"),
    "SVAL": QT_TRANSLATE_NOOP("regions", "Svalbard"),
    UNKNOWN: QT_TRANSLATE_NOOP("regions", "another region"),
}
"""By the codes of `branches.REGION_CODES` (standards: 9.2)."""

Ring = tuple[tuple[float, float], ...]


def _box(west: float, south: float, east: float, north: float) -> Ring:
    return ((west, south), (east, south), (east, north), (west, north))


RINGS: dict[str, Ring] = {
    "ALP": _box(4.0, 43.0, 17.0, 49.0),
    "AN": _box(-180.0, -90.0, 180.0, -60.0),
    "AWA": _box(-180.0, 36.0, -105.0, 72.0),
    "CA": _box(38.0, 40.0, 50.0, 44.5),
    "GR": (
        (-74.0, 75.5), (-73.0, 78.0), (-68.0, 80.3), (-60.0, 82.3), (-30.0, 84.0), (-10.0, 84.0), (-10.0, 70.0),
        (-25.0, 66.5), (-40.0, 59.0), (-50.0, 59.5), (-58.0, 66.0), (-60.0, 75.0),
    ),
    "HMA": _box(65.0, 26.0, 105.0, 46.0),
    "LL": _box(-180.0, -25.0, 180.0, 13.0),
    "NZ": _box(165.0, -48.0, 180.0, -39.0),
    "SA": _box(-77.0, -56.5, -65.0, -25.0),
    "SC": _box(4.0, 58.5, 32.0, 72.0),
    "SVAL": _box(9.0, 76.0, 36.0, 81.5),
}  # fmt: skip
"""Rough rings of (longitude, latitude) in degrees: wide enough for every glacier of the region, apart from the others.

Greenland's leaves Ellesmere Island and Iceland outside.
"""


def region_of(longitude_deg: float, latitude_deg: float) -> str:
    """The code of the region that a place lies in, "unknown" where it lies in none. WGS 84 degrees."""
    found = (code for code in REGION_CODES if code in RINGS and _is_inside(longitude_deg, latitude_deg, RINGS[code]))
    return next(found, UNKNOWN)


def _is_inside(x: float, y: float, ring: Ring) -> bool:
    """Whether a ray to the east crosses the ring an odd number of times."""
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0])):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            inside = not inside
    return inside
