"""Identifiers of outlines in GLIMS form."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import shapely

from .placing import Place

_REACH = 12
"""How many thousandths of a degree to look around for a free identifier."""


def glims_id(lon_deg: float, lat_deg: float) -> str:
    """The identifier of a point: G, thousandths of a degree east, E, thousandths of latitude, N or S.

    West longitudes count on eastwards past 180. Source: RGI 6.0 Technical Note, section 3.2.
    """
    return _code(round((lon_deg % 360.0) * 1000), round(lat_deg * 1000))


def _code(east: int, north: int) -> str:
    return f"G{east % 360_000:06d}E{abs(north):05d}{'N' if north >= 0 else 'S'}"


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
        around = [cell for cell in around if _code(*cell) not in taken]
        reach *= 4
    lons, lats = np.array(around).T / 1000.0
    x, y = place.to_lon_lat.transform(lons, lats, direction="INVERSE")
    inside = np.flatnonzero(shapely.contains_xy(polygon, x, y))
    return _code(*around[int(inside[0]) if len(inside) else 0])


@lru_cache(maxsize=4)
def _offsets(reach: int) -> np.ndarray:
    """Steps on a grid, (n, 2), nearest first."""
    steps = range(-reach, reach + 1)
    return np.array(sorted(((dx, dy) for dx in steps for dy in steps), key=lambda d: (d[0] ** 2 + d[1] ** 2, d)))
