"""The choice of the grid: the optical layer's own where it is metric, else one in the UTM zone of the view."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from affine import Affine
from rasterio.crs import CRS
from rasterio.errors import CRSError

from ...core.errors import InvalidExtentError, NoOverlapError
from ...core.extent import Extent
from ...core.grid import Grid
from .projections import (
    Box,
    box_of,
    carry,
    centre_lonlat,
    code_of,
    ground_metres,
    is_metric,
    metric_crs_at,
    unwrap,
)
from .raster_file import RasterFile

_SNAP = 1e-3
"""Pixels: an extent this near to a pixel border ends at it."""


@dataclass(frozen=True)
class _View:
    """The wanted rectangle and its CRS."""

    box: Box
    crs: CRS

    @classmethod
    def of(cls, extent: Extent) -> _View:
        try:
            crs = CRS.from_user_input(extent.crs)
        except CRSError as error:
            reason = f"its coordinate reference system “{extent.crs[:60]}” is unknown."
            raise InvalidExtentError(extent=extent.describe(), reason=reason) from error
        box = Box(*extent.xyxy)
        if crs.is_geographic:
            box = _geographic(box)
        elif box.xmin > box.xmax:
            raise InvalidExtentError(extent=extent.describe(), reason="its left edge lies right of its right edge.")
        if box.ymin >= box.ymax:
            raise InvalidExtentError(extent=extent.describe(), reason="it lies beyond the pole.")
        return cls(box, crs)


def _geographic(box: Box) -> Box:
    """Within the poles, at most once round the earth, and in one piece where it crosses the antimeridian."""
    xmax = box.xmax + 360.0 if box.xmin > box.xmax else box.xmax
    xmin, xmax = (-180.0, 180.0) if xmax - box.xmin >= 360.0 else (box.xmin, xmax)
    return Box(xmin, max(box.ymin, -90.0), xmax, min(box.ymax, 90.0))


def choose_grid(optical: Sequence[RasterFile], extent: Extent | None, label: str) -> Grid:
    """The grid for rasters and a view. Reads no pixel.

    It ends where the rasters end and, pixel by pixel, where the view ends. `label` names the rasters in a
    message. Raises NoOverlapError, InvalidExtentError, MissingCrsError.
    """
    view = _View.of(extent) if extent else None
    seen = [(file, part) for file in optical for part in [_seen_part(file, view)] if part is not None]
    if not seen:
        raise NoOverlapError(layers=label)
    crs, origin_xy, pixel_m = _base(seen)
    whole = None
    for file, _ in seen:
        box = _bounds_in(file, view, crs)
        whole = box if whole is None or box is None else whole.union(box)
    if whole is None:
        raise NoOverlapError(layers=label)
    return _snapped(whole, code_of(crs), origin_xy, pixel_m)


def meets(grid: Grid, file: RasterFile) -> bool:
    """Whether a raster covers any part of the grid, as far as rectangles tell."""
    crs = CRS.from_user_input(grid.crs)
    return _bounds_in(file, _View(Box(*grid.bounds_m), crs), crs) is not None


def footprint(file: RasterFile) -> Box:
    """The rectangle round a raster in its own CRS."""
    rows, cols = file.shape_yx
    t = file.transform
    corners = ((0, 0), (cols, 0), (0, rows), (cols, rows))
    x = [t.a * col + t.b * row + t.c for col, row in corners]
    y = [t.d * col + t.e * row + t.f for col, row in corners]
    return Box(min(x), min(y), max(x), max(y))



def _lattice(file: RasterFile) -> tuple[np.ndarray, np.ndarray]:
    """Points all over the raster in its own CRS, rotated rasters included."""
    rows, cols = file.shape_yx
    col, row = Box(0, 0, cols, rows).lattice()
    t = file.transform
    return t.a * col + t.b * row + t.c, t.d * col + t.e * row + t.f


def _seen_part(file: RasterFile, view: _View | None) -> tuple[Box, CRS] | None:
    """The part of the view that a raster may cover, generously, in the view's CRS; None when it covers none."""
    crs = file.need_crs()
    if view is None:
        return footprint(file), crs
    if crs == view.crs and not crs.is_geographic:
        part = footprint(file).intersection(view.box)
        return (part, view.crs) if part else None
    x, y = carry(*_lattice(file), crs, view.crs)
    if view.crs.is_geographic:
        x = unwrap(x, float(x[len(x) // 2]) if np.isfinite(x[len(x) // 2]) else 0.0)
    around = box_of(x, y)
    if around is None:
        return view.box, view.crs
    grown = around.grown(0.05)  # a pole or a bulge between two points of the lattice
    if view.crs.is_geographic and view.box.xmax - view.box.xmin >= 360.0:
        part = grown.intersection(Box(grown.xmin, view.box.ymin, grown.xmax, view.box.ymax))
        return (part, view.crs) if part else None
    turns = (-360.0, 0.0, 360.0) if view.crs.is_geographic else (0.0,)
    parts = [part for part in (grown.shifted(turn).intersection(view.box) for turn in turns) if part]
    return (max(parts, key=lambda p: p.xmax - p.xmin), view.crs) if parts else None


def _bounds_in(file: RasterFile, view: _View | None, crs: CRS) -> Box | None:
    """Where the raster and the view meet, in the grid's CRS; None when they do not."""
    own = file.need_crs()
    around = footprint(file) if own == crs else box_of(*carry(*_lattice(file), own, crs))
    if view is None:
        return around
    part = _seen_part(file, view)
    if part is None:
        return None
    wanted = part[0] if view.crs == crs else box_of(*carry(*part[0].lattice(), view.crs, crs))
    if wanted is None or around is None:
        return wanted
    return wanted.intersection(around)


def _base(seen: Sequence[tuple[RasterFile, tuple[Box, CRS]]]) -> tuple[CRS, tuple[float, float], float]:
    """CRS, a pixel corner and the pixel size of the grid."""
    metric = []
    for file, _ in seen:
        box = footprint(file)
        if is_metric(file.need_crs(), (box.xmin + box.xmax) / 2, (box.ymin + box.ymax) / 2):
            metric.append(file)
    if metric:
        finest = min(metric, key=lambda file: pixel_size(file.transform))
        t = finest.transform
        size = pixel_size(t)
        is_plain = t.b == t.d == 0 and t.a > 0 > t.e and math.isclose(t.a, -t.e, rel_tol=1e-6)
        return finest.need_crs(), ((t.c, t.f) if is_plain else (0.0, 0.0)), size
    _, (box, crs) = seen[0]
    target = metric_crs_at(*centre_lonlat(*box.lattice(), crs))
    size = min(_ground_pixel_m(file, part) for file, part in seen)
    return target, (0.0, 0.0), size


def pixel_size(transform: Affine) -> float:
    """Edge of a pixel in units of the CRS; of a pixel that is no square, the shorter one."""
    return min(math.hypot(transform.a, transform.d), math.hypot(transform.b, transform.e))


def _ground_pixel_m(file: RasterFile, part: tuple[Box, CRS]) -> float:
    """Edge of a square as large as a pixel on the ground in the middle of the view, to three digits."""
    box, crs = part
    lon, lat = centre_lonlat(*box.lattice(), crs)
    own = file.need_crs()
    x, y = carry(np.array([lon]), np.array([lat]), CRS.from_epsg(4326), own)
    t = file.transform
    width, height = ground_metres(own, float(x[0]), float(y[0]), ((t.a, t.d), (t.b, t.e)))
    if not math.isfinite(width * height) or width * height <= 0:
        return 30.0
    return float(f"{math.sqrt(width * height):.3g}")


def _snapped(box: Box, crs: str, origin_xy: tuple[float, float], pixel_m: float) -> Grid:
    """The pixels that the box touches, on the lattice of pixels through `origin_xy`."""
    (x0, y0), size = origin_xy, pixel_m
    left = math.floor((box.xmin - x0) / size + _SNAP)
    right = max(left + 1, math.ceil((box.xmax - x0) / size - _SNAP))
    top = math.floor((y0 - box.ymax) / size + _SNAP)
    bottom = max(top + 1, math.ceil((y0 - box.ymin) / size - _SNAP))
    return Grid(crs, (x0 + left * size, y0 - top * size), size, (bottom - top, right - left))
