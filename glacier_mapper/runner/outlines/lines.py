"""Rings on the ground: the vertices that are written, with what is known at each."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely

from .crossings import Crossings
from .placing import Place, following
from .rings import Rings
from .uncertainty import sigma_m


@dataclass(frozen=True)
class Lines:
    """Rings in metres: ring i has the vertices `start[i]:start[i + 1]`, not closed, inside to the left.

    `xy` is (n, 2), `sigma` in metres, `data_edge` true where the outline ends with the data; both hold for the
    vertex. `polygon` numbers the outline to which a ring belongs, `outer` says whether it is its exterior.
    """

    start: np.ndarray
    xy: np.ndarray
    sigma: np.ndarray
    data_edge: np.ndarray
    polygon: np.ndarray
    outer: np.ndarray

    @property
    def after(self) -> np.ndarray:
        """Index of the vertex after each vertex."""
        return following(self.start)

    def of_sides(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Length in metres, sigma, and whether it ends the data, of the side that follows each vertex."""
        after = self.after
        length = np.hypot(*(self.xy[after] - self.xy).T)
        here, there = (self.sigma, self.data_edge), (self.sigma[after], self.data_edge[after])
        # An end at the edge of the data says nothing of the side that leads away from it.
        sigma = np.where(here[1], there[0], np.where(there[1], here[0], 0.5 * (here[0] + there[0])))
        return length, sigma, here[1] & there[1]

    def areas_m2(self) -> np.ndarray:
        """Signed planar area of each ring, left turning positive."""
        if len(self.start) < 2:
            return np.zeros(0)
        x, y = (self.xy - np.repeat(self.xy[self.start[:-1]], np.diff(self.start), axis=0)).T
        return 0.5 * np.add.reduceat(x * y[self.after] - y * x[self.after], self.start[:-1])

    def polygons(self) -> np.ndarray:
        """One polygon each, in the order of their numbers: exteriors counter-clockwise, holes clockwise (OGC)."""
        count = len(self.start) - 1
        if not count:
            return np.zeros(0, object)
        ring_of = np.repeat(np.arange(count), np.diff(self.start))
        rings = shapely.linearrings(self.xy, indices=ring_of)
        order = np.lexsort((np.arange(count), ~self.outer, self.polygon))
        return shapely.polygons(rings[order], indices=self.polygon[order])


def lines_of(rings: Rings, crossings: Crossings, place: Place, threshold: float) -> Lines:
    """Rings with their corners at the edge of the data, on the ground."""
    col, row, bent = _with_corners(rings)
    start = rings.start + np.concatenate([[0], np.cumsum(rings.bends)])[rings.start]
    x, y = place.xy(col, row)
    sigma, data_edge = (_spread(values, bent) for values in _sigma(rings, crossings, place, threshold))
    polygon = np.unique(rings.polygon, return_inverse=True)[1]
    outer = rings.areas_px() > 0
    xy = np.column_stack([x, y])
    # A raster whose rows run north mirrors everything.
    if place.transform.determinant > 0:
        flip = _reversal(start)
        xy, sigma, data_edge, col, row = xy[flip], sigma[flip], data_edge[flip], col[flip], row[flip]
    lines = Lines(start, xy, sigma, data_edge, polygon, outer)
    return lines if place.to_crs else _without_needless(lines, (col, row))


def _without_needless(lines: Lines, position: tuple[np.ndarray, np.ndarray]) -> Lines:
    """Without the vertices in the middle of straight pieces along the edge of the data."""
    (col, row), after = position, lines.after
    before = np.empty_like(after)
    before[after] = np.arange(len(after))
    straight = (col - col[before]) * (row[after] - row) == (row - row[before]) * (col[after] - col)
    keep = ~(straight & lines.data_edge & lines.data_edge[before] & lines.data_edge[after])
    start = np.concatenate([[0], np.cumsum(keep)])[lines.start]
    return replace(lines, start=start, xy=lines.xy[keep], sigma=lines.sigma[keep], data_edge=lines.data_edge[keep])


def _with_corners(rings: Rings) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Columns and rows with the corners put in, and where they were put in."""
    at = np.flatnonzero(rings.bends)
    _, after = rings.neighbours()
    here_moves_along_row = rings.along_row[at]
    # The corner has the column of the end that lies between two columns, and the row of the other.
    corner_col = np.where(here_moves_along_row, rings.col[at], rings.col[after[at]])
    corner_row = np.where(here_moves_along_row, rings.row[after[at]], rings.row[at])
    return np.insert(rings.col, at + 1, corner_col), np.insert(rings.row, at + 1, corner_row), at


def _spread(values: np.ndarray, bent: np.ndarray) -> np.ndarray:
    """Values of the vertices with those of the corners put in: a corner is at the data's edge, else as before it."""
    return np.insert(values, bent + 1, True if values.dtype == bool else values[bent])


def _sigma(rings: Rings, crossings: Crossings, place: Place, threshold: float) -> tuple[np.ndarray, np.ndarray]:
    """Sigma in metres and whether at the data's edge, of each vertex of the rings."""
    slope_col = np.concatenate([crossings.rows.slope_x, crossings.columns.slope_x])[rings.vertex].astype("float64")
    slope_row = np.concatenate([crossings.rows.slope_y, crossings.columns.slope_y])[rings.vertex].astype("float64")
    right_x, right_y, down_x, down_y = place.steps_m(rings.col, rings.row)
    area = right_x * down_y - right_y * down_x
    slope_x = (down_y * slope_col - right_y * slope_row) / area
    slope_y = (right_x * slope_row - down_x * slope_col) / area
    slope = np.where(rings.data_edge, 0.0, np.hypot(slope_x, slope_y))
    return sigma_m(slope, np.sqrt(np.abs(area)), threshold), rings.data_edge


def _reversal(start: np.ndarray) -> np.ndarray:
    """Indices that turn each ring round."""
    sizes = np.diff(start)
    return np.repeat(start[:-1] + start[1:] - 1, sizes) - np.arange(start[-1])
