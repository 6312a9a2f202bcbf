"""Strokes on the grid of a window."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely
from affine import Affine
from rasterio.features import rasterize

from ...core.grid import Grid
from ...core.refine import Points, Stroke

Mask = npt.NDArray[np.bool_]


def stroke_mask(stroke: Stroke, grid: Grid) -> Mask:
    """The pixels under a stroke, bool (rows, cols): those that the line touches, and those whose middle it covers."""
    line = _line(stroke.points)
    covered = burnt([line], grid, touched=True)
    if stroke.width_m > grid.pixel_size_m:
        covered |= burnt([line.buffer(stroke.width_m / 2.0)], grid)
    return covered


def lies_outside(stroke: Stroke, grid: Grid) -> bool:
    """Whether a part of a stroke's line lies outside of the grid."""
    return not shapely.box(*grid.bounds_m).covers(_line(stroke.points))


def _line(points: Points) -> shapely.Geometry:
    return shapely.Point(points[0]) if len(set(points)) == 1 else shapely.LineString(points)


def burnt(shapes: list[shapely.Geometry], grid: Grid, touched: bool = False) -> Mask:
    """Pixels whose middle lies in any of the shapes, or which a shape touches, bool (rows, cols)."""
    filled = [shape for shape in shapes if not shape.is_empty]
    if not filled:
        return np.zeros(grid.shape_yx, bool)
    transform = Affine.from_gdal(*grid.geotransform)
    return rasterize(filled, grid.shape_yx, transform=transform, all_touched=touched, dtype="uint8").astype(bool)
