"""Identifiers of outlines in GLIMS form."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import shapely

from ...core.outline_id import glims_id
from .placing import Place

_REACH = 12
"""How many thousandths of a degree to look around for a free identifier."""


def outline_ids(polygons: np.ndarray, place: Place) -> list[str]:
    """One identifier for each polygon (metric CRS), all different, the same for the same polygons in this order.

    From a point inside the polygon; where an earlier polygon has that identifier, from the nearest point on the
    grid of thousandths of a degree that is inside and free, and if none is, from the nearest free one.
    """
    points = shapely.point_on_surface(polygons)
    lons, lats = place.to_lon_lat.transform(shapely.get_x(points), shapely.get_y(points))
    taken: set[str] = set()
    ids = []
    for polygon, lon, lat in zip(polygons, np.atleast_1d(lons), np.atleast_1d(lats)):
        name = glims_id(float(lon), float(lat))
        if name in taken:
            name = _free_id(polygon, (float(lon), float(lat)), taken, place)
        taken.add(name)
        ids.append(name)
    return ids


def _free_id(polygon: shapely.Polygon, lon_lat: tuple[float, float], taken: set[str], place: Place) -> str:
    """The nearest identifier that is free, preferring points inside the polygon."""
    lon, lat = lon_lat
    here, reach, around = np.array([round((lon % 360.0) * 1000), round(lat * 1000)]), _REACH, []
    while not around:
        around = [cell for cell in (here + _offsets(reach)).tolist() if abs(cell[1]) <= 90_000]
        around = [cell for cell in around if _name(cell) not in taken]
        reach *= 4
    lons, lats = np.array(around).T / 1000.0
    x, y = place.to_lon_lat.transform(lons, lats, direction="INVERSE")
    inside = np.flatnonzero(shapely.contains_xy(polygon, x, y))
    return _name(around[int(inside[0]) if len(inside) else 0])


@lru_cache(maxsize=4)
def _offsets(reach: int) -> np.ndarray:
    """Steps on a grid, (n, 2), nearest first."""
    steps = range(-reach, reach + 1)
    return np.array(sorted(((dx, dy) for dx in steps for dy in steps), key=lambda d: (d[0] ** 2 + d[1] ** 2, d)))


def _name(cell: list[int]) -> str:
    """The identifier of a point given in thousandths of a degree."""
    return glims_id(cell[0] / 1000.0, cell[1] / 1000.0)
