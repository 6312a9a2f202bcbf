"""Where a scene lies on the Earth, and which of the region vector's places that is."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

from ...core.branches import REGION_CODES
from ...core.grid import Grid

UNKNOWN = REGION_CODES[-1]


class RegionBox(NamedTuple):
    """A rough box, degrees."""

    west: float
    east: float
    south: float
    north: float
    code: str

    def holds(self, longitude: float, latitude: float) -> bool:
        """Whether a point lies in it."""
        return self.west <= longitude <= self.east and self.south <= latitude <= self.north


REGION_BOXES = (
    RegionBox(-25, -12, 63, 67, UNKNOWN),  # Iceland, within Greenland's box
    RegionBox(-62, -10, 59, 84, "GR"),
    RegionBox(-125, -62, 74, 84, UNKNOWN),  # Arctic Canada, which Greenland's box meets west of 62 W
    RegionBox(-90, -62, 58, 74, UNKNOWN),
    RegionBox(-180, -130, 50, 72, "AWA"),
    RegionBox(-133, -103, 35, 66, "AWA"),
    RegionBox(4, 35, 59, 71, "SC"),
    RegionBox(-10, 35, 70, 81, "SVAL"),
    RegionBox(-6, 26, 40, 50, "ALP"),
    RegionBox(32, 54, 30, 45, "CA"),
    RegionBox(67, 105, 28, 46, "HMA"),
    RegionBox(65, 79, 29, 37, "HMA"),
    RegionBox(76, 104, 26, 32, "HMA"),
    RegionBox(-77, -62, -56, -25, "SA"),
    RegionBox(-180, 180, -25, 25, "LL"),
    RegionBox(165, 180, -48, -36, "NZ"),
    RegionBox(-180, 180, -70, -45, "AN"),
)
"""Boxes of RGI 7's first-order regions and their codes (standards: 9.1, 9.2), the first that holds a point counts.

Regions that the networks were not trained on (Arctic Canada, Iceland, North Asia, the Antarctic mainland south of
about 70 S) are "unknown", which their training knows too. Greenland's box ends at 62 W, where Arctic Canada's begins.
"""


def region_at(longitude: float, latitude: float) -> str:
    """The region code of a point, degrees; "unknown" outside every box."""
    longitude = (longitude + 180.0) % 360.0 - 180.0
    return next((box.code for box in REGION_BOXES if box.holds(longitude, latitude)), UNKNOWN)


def region_vector(code: str) -> npt.NDArray[np.float32]:
    """One at the code's place in `REGION_CODES`, float32 (12,)."""
    vector = np.zeros(len(REGION_CODES), np.float32)
    vector[REGION_CODES.index(code)] = 1.0
    return vector


def coordinate_vector(longitude: float, latitude: float) -> npt.NDArray[np.float32]:
    """[sin lat, cos lat, sin lon, cos lon] of a point in degrees, float32 (4,).

    Sines of radians, as the networks were trained; the published deployment took those of degrees (standards: 9.2).
    """
    lat, lon = math.radians(latitude), math.radians(longitude)
    return np.array([math.sin(lat), math.cos(lat), math.sin(lon), math.cos(lon)], np.float32)


class Places:
    """Longitude and latitude of a grid's pixels, degrees."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._to_degrees = Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True)

    def at(self, row: float, col: float) -> tuple[float, float]:
        """(longitude, latitude) of a point in pixels from the grid's corner; (0, 0) where the map has none."""
        x, y = self._grid.origin_xy_m
        size = self._grid.pixel_size_m
        longitude, latitude = self._to_degrees.transform(x + col * size, y - row * size)
        return (longitude, latitude) if math.isfinite(longitude) and math.isfinite(latitude) else (0.0, 0.0)

    def centre(self) -> tuple[float, float]:
        """(longitude, latitude) of the grid's middle."""
        rows, cols = self._grid.shape_yx
        return self.at(rows / 2, cols / 2)
