"""From pixels to the ground: coordinates, metres and areas."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from affine import Affine
from pyproj import CRS, Geod, Transformer
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_utm_crs_info

from ...core.outline_measures import LONGEST_SIDE_M, equal_area_crs

_POLAR_LATITUDE = 80.0
_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True)
class Place:
    """Where a raster lies. `crs` is the metric CRS of the outlines, `to_crs` leads there from the raster's own.

    `to_crs` is None where the raster's CRS is metric itself.
    """

    transform: Affine
    crs: CRS
    to_crs: Transformer | None
    to_equal_area: Transformer
    to_lon_lat: Transformer

    def xy(self, col: np.ndarray, row: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Easting and northing in metres of positions in pixels from the raster's corner."""
        a, b, c, d, e, f = self.transform[:6]
        x, y = a * col + b * row + c, d * col + e * row + f
        return self.to_crs.transform(x, y) if self.to_crs else (x, y)

    def steps_m(self, col: np.ndarray, row: np.ndarray) -> tuple[np.ndarray, ...]:
        """East and north components in metres of one pixel to the right and of one pixel down: four arrays."""
        x, y = self.xy(col, row)
        right, down = self.xy(col + 1.0, row), self.xy(col, row + 1.0)
        return right[0] - x, right[1] - y, down[0] - x, down[1] - y

    def areas_m2(self, x: np.ndarray, y: np.ndarray, start: np.ndarray) -> np.ndarray:
        """Signed areas of rings (left turning positive) on the ellipsoid, by an equal-area projection.

        Ring i has the vertices `start[i]:start[i + 1]`; its sides are straight in `crs`.
        """
        if len(start) < 2:
            return np.zeros(0)
        x, y, start = _cut(x, y, start)
        east, north = self.to_equal_area.transform(x, y)
        sizes = np.diff(start)
        # Relative to each ring's first vertex, for precision.
        east = east - np.repeat(east[start[:-1]], sizes)
        north = north - np.repeat(north[start[:-1]], sizes)
        after = following(start)
        return 0.5 * np.add.reduceat(east * north[after] - north * east[after], start[:-1])

    def lengths_m(self, x: np.ndarray, y: np.ndarray, start: np.ndarray) -> np.ndarray:
        """Geodesic length of the side that follows each vertex."""
        lon, lat = self.to_lon_lat.transform(x, y)
        after = following(start)
        return _GEOD.inv(lon, lat, lon[after], lat[after])[2]


def following(start: np.ndarray) -> np.ndarray:
    """Index of the vertex after each vertex in rings that begin at `start` (last entry: their end)."""
    after = np.arange(1, start[-1] + 1)
    after[start[1:] - 1] = start[:-1]
    return after


def _cut(x: np.ndarray, y: np.ndarray, start: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same rings with no side longer than `LONGEST_SIDE_M`."""
    after = following(start)
    pieces = np.ceil(np.hypot(x[after] - x, y[after] - y) / LONGEST_SIDE_M)
    if not (pieces > 1).any():
        return x, y, start
    pieces = np.maximum(pieces, 1).astype(np.int64)
    first = np.concatenate([[0], np.cumsum(pieces)])
    share = (np.arange(first[-1]) - np.repeat(first[:-1], pieces)) / np.repeat(pieces, pieces)
    here, there = np.repeat(np.arange(len(x)), pieces), np.repeat(after, pieces)
    return x[here] + share * (x[there] - x[here]), y[here] + share * (y[there] - y[here]), first[start]


def place_of(transform: Affine, crs_wkt: str, shape_yx: tuple[int, int]) -> Place:
    """The place of a raster; outlines of one in degrees or feet get the UTM zone (or polar grid) of its middle."""
    own = CRS.from_wkt(crs_wkt)
    rows, cols = shape_yx
    a, b, c, d, e, f = transform[:6]
    middle = (a * cols + b * rows) / 2 + c, (d * cols + e * rows) / 2 + f
    lon, lat = (float(value) for value in _transformer(own, "EPSG:4326").transform(*middle))
    to_crs, crs = None, own
    if not own.is_projected or abs(own.axis_info[0].unit_conversion_factor - 1.0) > 1e-9:
        crs = _metric_crs(lon, lat)
        to_crs = _transformer(own, crs)
    equal_area = equal_area_crs(lon, lat)
    return Place(transform, crs, to_crs, _transformer(crs, equal_area), _transformer(crs, "EPSG:4326"))


@lru_cache(maxsize=32)
def _transformer(source: CRS, target: CRS | str) -> Transformer:
    """Easting or longitude first; made once, as that takes tens of milliseconds."""
    return Transformer.from_crs(source, target, always_xy=True)


def _metric_crs(lon: float, lat: float) -> CRS:
    """UTM, or polar stereographic beyond 80 degrees."""
    if abs(lat) > _POLAR_LATITUDE:
        return CRS.from_epsg(3413 if lat > 0 else 3031)
    lon = (lon + 180.0) % 360.0 - 180.0
    found = query_utm_crs_info("WGS 84", AreaOfInterest(lon, lat, lon, lat))
    return CRS.from_epsg(int(found[0].code))
