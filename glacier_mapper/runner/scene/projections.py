"""Coordinate reference systems: which are metric, which to map in, and rectangles from one to another."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from pyproj import Geod, Transformer
from pyproj.exceptions import ProjError
from rasterio.crs import CRS

WGS84 = CRS.from_epsg(4326)
_GEOD = Geod(ellps="WGS84")
_LATTICE = 65
"""Points along an edge of a rectangle that is carried over; a curved edge bulges less than 1e-3 of its length
between two of them."""


class Box(NamedTuple):
    """A rectangle, in a CRS that its holder knows."""

    xmin: float
    ymin: float
    xmax: float
    ymax: float

    def intersection(self, other: Box) -> Box | None:
        """The common part, None when there is none."""
        low = max(self.xmin, other.xmin), max(self.ymin, other.ymin)
        box = Box(*low, min(self.xmax, other.xmax), min(self.ymax, other.ymax))
        return box if box.xmin < box.xmax and box.ymin < box.ymax else None

    def union(self, other: Box) -> Box:
        """The smallest rectangle round both."""
        low = min(self.xmin, other.xmin), min(self.ymin, other.ymin)
        return Box(*low, max(self.xmax, other.xmax), max(self.ymax, other.ymax))

    def grown(self, share: float) -> Box:
        """Larger by a share of its size on every side."""
        dx, dy = share * (self.xmax - self.xmin), share * (self.ymax - self.ymin)
        return Box(self.xmin - dx, self.ymin - dy, self.xmax + dx, self.ymax + dy)

    def shifted(self, dx: float) -> Box:
        """Moved along x."""
        return Box(self.xmin + dx, self.ymin, self.xmax + dx, self.ymax)

    def lattice(self) -> tuple[np.ndarray, np.ndarray]:
        """Points all over it, edges included: x and y, float64 (n,)."""
        x = np.linspace(self.xmin, self.xmax, _LATTICE)
        y = np.linspace(self.ymin, self.ymax, _LATTICE)
        xx, yy = np.meshgrid(x, y)
        return xx.ravel(), yy.ravel()


def box_of(x: np.ndarray, y: np.ndarray) -> Box | None:
    """The rectangle round the finite points, None when there is none."""
    good = np.isfinite(x) & np.isfinite(y)
    if not good.any():
        return None
    return Box(float(x[good].min()), float(y[good].min()), float(x[good].max()), float(y[good].max()))


def carry(x: np.ndarray, y: np.ndarray, source: CRS, target: CRS) -> tuple[np.ndarray, np.ndarray]:
    """Points into another CRS; those that can't be carried become infinite."""
    if source == target:
        return x, y
    # PROJ itself and not GDAL's wrapper of it, which raises at points that lie off the target's map.
    transformer = Transformer.from_crs(source.to_wkt(), target.to_wkt(), always_xy=True)
    return transformer.transform(np.asarray(x, dtype=float), np.asarray(y, dtype=float))


def is_on_earth(crs: CRS) -> bool:
    """Whether positions in it have a longitude and a latitude: false for local and engineering systems."""
    return (crs.is_projected or crs.is_geographic) and _has_way_to_degrees(crs.to_wkt())


@lru_cache(maxsize=64)
def _has_way_to_degrees(wkt: str) -> bool:
    """Asked for each file several times, and PROJ takes milliseconds."""
    try:
        Transformer.from_crs(wkt, WGS84.to_wkt(), always_xy=True)
    except ProjError:  # pyproj's CRSError among them
        return False
    return True


def unwrap(longitude: np.ndarray, centre: float) -> np.ndarray:
    """Longitudes within 180 degrees of `centre`, so that a box across the antimeridian stays in one piece."""
    return centre + (longitude - centre + 180.0) % 360.0 - 180.0


def centre_lonlat(x: np.ndarray, y: np.ndarray, crs: CRS) -> tuple[float, float]:
    """Longitude and latitude of the middle of points, taken on the sphere: right at the antimeridian and the poles."""
    lon, lat = carry(x, y, crs, WGS84)
    good = np.isfinite(lon) & np.isfinite(lat)
    if not good.any():
        return 0.0, 0.0
    lam, phi = np.radians(lon[good]), np.radians(lat[good])
    east, north, up = (float(v.mean()) for v in (np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)))
    return math.degrees(math.atan2(north, east)), math.degrees(math.atan2(up, math.hypot(east, north)))


def is_metric(crs: CRS, x: float, y: float) -> bool:
    """Whether a metre of the map is a metre of ground at a point, within 10 %.

    True for UTM, national grids and polar stereographic where they are used; false for web Mercator beyond
    25 degrees of latitude, for plate carrée in metres and for feet. Where a point is off the map nothing can be
    measured and the CRS is believed.
    """
    if not crs.is_projected or crs.linear_units_factor[1] != 1.0:
        return False
    back_x, back_y = carry(*carry(np.array([x]), np.array([y]), crs, WGS84), WGS84, crs)
    if not math.hypot(back_x[0] - x, back_y[0] - y) < 1000.0:
        return True
    scales = ground_metres(crs, x, y, ((1000.0, 0.0), (0.0, 1000.0)), per=1000.0)
    return all(0.9 < scale < 1.1 for scale in scales)


def ground_metres(
    crs: CRS, x: float, y: float, steps: tuple[tuple[float, float], ...], per: float = 1.0
) -> tuple[float, ...]:
    """Metres on the ellipsoid of steps (dx, dy) in units of `crs` from a point, divided by `per`; inf off the map."""
    xs = np.array([x, *(x + dx for dx, _ in steps)])
    ys = np.array([y, *(y + dy for _, dy in steps)])
    lon, lat = carry(xs, ys, crs, WGS84)
    if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
        return tuple(math.inf for _ in steps)
    return tuple(_GEOD.inv(lon[0], lat[0], lon[i], lat[i])[2] / per for i in range(1, len(xs)))


def centred_on(crs: CRS, longitude: float) -> CRS:
    """A geographic CRS whose longitudes run from `longitude` - 180 to + 180, for rasters across the antimeridian.

    `longitude` is 0..360: GDAL minds no negative one.
    GDAL takes this from an extension of its first WKT; an authority code beside it would outweigh it.
    """
    wkt = re.sub(r',AUTHORITY\["\w+","\w+"\]\]$', "]", crs.to_wkt(version="WKT1_GDAL"))
    return CRS.from_wkt(f'{wkt[:-1]},EXTENSION["CENTER_LONG","{longitude:.6f}"]]')


def metric_crs_at(longitude: float, latitude: float) -> CRS:
    """The UTM zone (with the zones of Norway and Svalbard), beyond 84 N and 80 S polar stereographic."""
    if latitude > 84.0:
        return CRS.from_epsg(3413)
    if latitude < -80.0:
        return CRS.from_epsg(3031)
    return CRS.from_epsg((32700 if latitude < 0 else 32600) + _utm_zone(longitude, latitude))


def _utm_zone(longitude: float, latitude: float) -> int:
    longitude = (longitude + 180.0) % 360.0 - 180.0
    if 56.0 <= latitude < 64.0 and 3.0 <= longitude < 12.0:
        return 32
    if latitude >= 72.0 and 0.0 <= longitude < 42.0:
        return 31 + 2 * ((longitude >= 9.0) + (longitude >= 21.0) + (longitude >= 33.0))
    return int((longitude + 180.0) // 6.0) + 1


def code_of(crs: CRS) -> str:
    """The authority code of a CRS, or its WKT where it has none that means the very same."""
    authority = crs.to_authority()
    code = f"{authority[0]}:{authority[1]}" if authority else ""
    return code if code and CRS.from_user_input(code) == crs else crs.to_wkt()
