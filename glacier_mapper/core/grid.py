"""The pixel grid that every product of a mapping lies on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Grid:
    """North-up square pixels in a projected metric CRS.

    `crs` is an authority code or WKT, `origin_xy_m` the outer corner of the upper left pixel,
    `pixel_size_m` the edge of a pixel, `shape_yx` rows and columns.
    """

    crs: str
    origin_xy_m: tuple[float, float]
    pixel_size_m: float
    shape_yx: tuple[int, int]

    @property
    def geotransform(self) -> tuple[float, float, float, float, float, float]:
        """GDAL's order: x origin, pixel width, 0, y origin, 0, -pixel height."""
        x, y = self.origin_xy_m
        return (x, self.pixel_size_m, 0.0, y, 0.0, -self.pixel_size_m)

    @property
    def bounds_m(self) -> tuple[float, float, float, float]:
        """(xmin, ymin, xmax, ymax)."""
        (x, y), (rows, cols) = self.origin_xy_m, self.shape_yx
        return (x, y - rows * self.pixel_size_m, x + cols * self.pixel_size_m, y)

    @property
    def pixel_count(self) -> int:
        """Rows times columns."""
        return self.shape_yx[0] * self.shape_yx[1]

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "crs": self.crs,
            "origin_xy_m": list(self.origin_xy_m),
            "pixel_size_m": self.pixel_size_m,
            "shape_yx": list(self.shape_yx),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Grid:
        """Back from `to_json`."""
        x, y = data["origin_xy_m"]
        rows, cols = data["shape_yx"]
        return cls(str(data["crs"]), (float(x), float(y)), float(data["pixel_size_m"]), (int(rows), int(cols)))
