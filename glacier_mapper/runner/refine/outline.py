"""From a session's field to the outline that is shown and saved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Geod, Transformer
from scipy import ndimage
from shapely.geometry.base import BaseGeometry

from ...core.errors import InvalidOutlinesError
from ...core.grid import Grid
from ...core.request import OutlineSettings
from ..outlines import place_of_grid, polygons_of_field
from .strokes import burnt

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

TRACING = OutlineSettings(min_area_km2=0.0, min_hole_km2=0.0)
"""Nothing that an analyst marked is too small."""
AROUND_PX = 2
"""The outline is drawn anew up to this far from ground that changed."""
_GEOD = Geod(ellps="WGS84")
NOTHING = shapely.MultiPolygon()


def read_outline(wkt: str, crs: str, grid: Grid) -> BaseGeometry:
    """Polygons from WKT in `crs`, valid and in the grid's CRS; empty for "". Raises InvalidOutlinesError."""
    if not wkt.strip():
        return NOTHING
    try:
        shape = shapely.from_wkt(wkt)
        if crs and CRS.from_user_input(crs) != CRS.from_user_input(grid.crs):
            transformer = Transformer.from_crs(crs, grid.crs, always_xy=True)
            shape = shapely.transform(shape, transformer.transform, interleaved=False)
    except (shapely.errors.ShapelyError, ValueError, RuntimeError) as exc:
        raise InvalidOutlinesError(layer="outline", reason=f"{exc}.") from exc
    if shape.geom_type not in ("Polygon", "MultiPolygon") or not np.isfinite(shape.bounds).all():
        raise InvalidOutlinesError(layer="outline", reason=f"it is no polygon but a {shape.geom_type}.")
    return _polygons(shape if shape.is_valid else shapely.make_valid(shape))


@dataclass(frozen=True)
class Outliner:
    """Draws the outline of a window's field.

    `original` is the outline as the session began, `began` its pixels, `neighbours` the outlines beside it; in the
    grid's CRS.
    """

    grid: Grid
    original: BaseGeometry
    began: Mask
    neighbours: BaseGeometry

    def outline(self, field: Image) -> BaseGeometry:
        """A valid MultiPolygon: the original where no pixel changed, to the last coordinate, else traced.

        It never lies over the neighbours; what of the original lies outside of the grid stays.
        """
        changed = (field >= 0.5) != self.began
        if not changed.any():
            return self.original if self.original.geom_type == "MultiPolygon" else _polygons(self.original)
        traced = shapely.union_all(polygons_of_field(field, place_of_grid(self.grid), TRACING))
        shape = traced if self.original.is_empty else self._spliced(traced, changed)
        if not self.neighbours.is_empty:
            shape = shapely.difference(shape, self.neighbours)
        return _polygons(shape)

    def _spliced(self, traced: BaseGeometry, changed: Mask) -> BaseGeometry:
        """The original with what was traced put in its place round the ground that changed."""
        zone = shapely.union_all(self._squares(ndimage.binary_dilation(changed, np.ones((3, 3)), AROUND_PX)))
        return shapely.union(shapely.difference(self.original, zone), shapely.intersection(traced, zone))

    def _squares(self, mask: Mask) -> npt.NDArray:
        """The pixels of a mask as rectangles, one for each run along a row."""
        padded = np.pad(mask, ((0, 0), (1, 1)))
        turn = np.diff(padded.astype(np.int8), axis=1)
        (row, first), last = np.nonzero(turn == 1), np.nonzero(turn == -1)[1]
        (x, y), size = self.grid.origin_xy_m, self.grid.pixel_size_m
        return shapely.box(x + first * size, y - (row + 1) * size, x + last * size, y - row * size)


def _polygons(shape: BaseGeometry) -> BaseGeometry:
    """The polygons of a geometry as one MultiPolygon, exteriors to the left."""
    parts = [one for one in shapely.get_parts(shape, return_index=False) if one.geom_type == "Polygon"]
    return shapely.MultiPolygon([one for one in parts if one.area > 0]) if parts else NOTHING


def area_km2(shape: BaseGeometry, grid: Grid) -> float:
    """Area on the ellipsoid."""
    if shape.is_empty:
        return 0.0
    to_degrees = Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True)
    turned = shapely.transform(shapely.orient_polygons(shape), to_degrees.transform, interleaved=False)
    return abs(_GEOD.geometry_area_perimeter(turned)[0]) / 1e6


def pixels_of(shape: BaseGeometry, grid: Grid) -> Mask:
    """The pixels whose middle lies in a geometry."""
    return burnt([shape], grid)
