"""Identifiers of outlines in GLIMS form."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import shapely

from ...core.outline_id import glims_id
from .placing import Place

_REACH = 12
"""How many thousandths of a degree to look around for an identifier inside the outline."""
_ROUND = 360_000

Cell = tuple[int, int]
"""Thousandths of a degree east (0 to 359 999) and north: an identifier in numbers."""


def outline_ids(polygons: np.ndarray, place: Place) -> list[str]:
    """One identifier for each polygon (metric CRS), all different, the same for the same polygons in this order.

    From a point inside the polygon; where an earlier polygon has that identifier, from the nearest point on the
    grid of thousandths of a degree that is inside and free, and if none is, from the nearest free one.
    """
    points = shapely.point_on_surface(polygons)
    lons, lats = place.to_lon_lat.transform(shapely.get_x(points), shapely.get_y(points))
    free = _FreeCells(place)
    for polygon, lon, lat in zip(polygons, np.atleast_1d(lons), np.atleast_1d(lats)):
        free.take(polygon, (round(float(lon) % 360.0 * 1000) % _ROUND, round(float(lat) * 1000)))
    return [glims_id(east / 1000.0, north / 1000.0) for east, north in free.taken]


class _FreeCells:
    """Which cells are taken, in the order of their taking.

    The search for the nearest free cell goes on where the last one from the same cell ended: what was taken stays
    so. A crowd of n outlines in one place costs about n steps, not their square.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self.taken: dict[Cell, None] = {}
        self._reached: dict[Cell, int] = {}

    def take(self, polygon: shapely.Polygon, home: Cell) -> None:
        """Take the cell `home`, or the one that serves instead."""
        cell = home
        if home in self.taken:
            inside = self._inside(polygon, home)
            cell = self._nearest(home) if inside is None else inside
        self.taken[cell] = None

    def _inside(self, polygon: shapely.Polygon, home: Cell) -> Cell | None:
        """The nearest free cell whose middle is in the polygon, no farther than _REACH."""
        x0, y0, x1, y1 = shapely.bounds(polygon)
        lon, lat = self._place.to_lon_lat.transform([x0, x1, x0, x1], [y0, y0, y1, y1])
        dx = (np.asarray(lon) * 1000.0 - home[0] + _ROUND / 2) % _ROUND - _ROUND / 2
        dy = np.asarray(lat) * 1000.0 - home[1]
        steps = _spiral(_REACH)
        margin = 0.5  # edges that bulge between two corners
        near = (steps[:, 0] >= dx.min() - margin) & (steps[:, 0] <= dx.max() + margin)
        near &= (steps[:, 1] >= dy.min() - margin) & (steps[:, 1] <= dy.max() + margin)
        cells = [cell for cell in (_moved(home, step) for step in steps[near].tolist()) if self._is_free(cell)]
        if not cells:
            return None
        lons, lats = np.array(cells).T / 1000.0
        x, y = self._place.to_lon_lat.transform(lons, lats, direction="INVERSE")
        hits = np.flatnonzero(shapely.contains_xy(polygon, x, y))
        return cells[int(hits[0])] if len(hits) else None

    def _nearest(self, home: Cell) -> Cell:
        """The nearest free cell."""
        at, reach = self._reached.get(home, 0), _REACH
        while True:
            steps = _spiral(reach)
            while at < len(steps):
                cell = _moved(home, steps[at].tolist())
                at += 1
                if self._is_free(cell):
                    self._reached[home] = at
                    return cell
            reach *= 4

    def _is_free(self, cell: Cell) -> bool:
        return cell not in self.taken and abs(cell[1]) <= 90_000


def _moved(home: Cell, step: list[int]) -> Cell:
    return (home[0] + step[0]) % _ROUND, home[1] + step[1]


@lru_cache(maxsize=4)
def _spiral(reach: int) -> np.ndarray:
    """Steps on a grid no longer than `reach`, (n, 2), nearest first; a longer reach only adds steps at the end."""
    side = np.arange(-reach, reach + 1)
    dx, dy = (axis.ravel() for axis in np.meshgrid(side, side))
    squared = dx**2 + dy**2
    order = np.lexsort((dy, dx, squared))
    order = order[squared[order] <= reach**2]
    return np.column_stack((dx[order], dy[order]))
