"""A rectangle in a coordinate reference system."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from .errors import InvalidExtentError


@dataclass(frozen=True)
class Extent:
    """An axis-aligned rectangle; x is easting or longitude, y northing or latitude, in units of `crs`.

    `crs` is an authority code ("EPSG:32632") or WKT. `xmin` may exceed `xmax` only in a geographic CRS,
    where it means a box across the antimeridian (as in GeoJSON, RFC 7946 section 5.2).
    """

    xmin: float
    ymin: float
    xmax: float
    ymax: float
    crs: str

    def __post_init__(self) -> None:
        if not all(math.isfinite(v) for v in self.xyxy):
            raise InvalidExtentError(extent=self.describe(), reason="it is not finite.")
        if self.ymin >= self.ymax or self.xmin == self.xmax:
            raise InvalidExtentError(extent=self.describe(), reason="it is empty.")

    @property
    def xyxy(self) -> tuple[float, float, float, float]:
        """(xmin, ymin, xmax, ymax)."""
        return (self.xmin, self.ymin, self.xmax, self.ymax)

    def describe(self) -> str:
        """Short text for a message."""
        numbers = ", ".join(f"{v:.6g}" for v in self.xyxy)
        return f"({numbers})"

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {"bounds": list(self.xyxy), "crs": self.crs}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Extent:
        """Back from `to_json`. Raises InvalidExtentError."""
        return cls(*(float(v) for v in data["bounds"]), crs=str(data["crs"]))
