"""Outlines of a field in memory, by the very steps that trace a raster's."""

from __future__ import annotations

import numpy as np
from affine import Affine
from pyproj import CRS

from ...core.grid import Grid
from ...core.request import OutlineSettings
from .crossings import Rule, find_crossings
from .lines import lines_of
from .placing import Place, place_of
from .service import outline_rings


def place_of_grid(grid: Grid) -> Place:
    """Where a grid lies on the ground."""
    return place_of(Affine.from_gdal(*grid.geotransform), CRS.from_user_input(grid.crs).to_wkt(), grid.shape_yx)


def polygons_of_field(field: np.ndarray, place: Place, settings: OutlineSettings) -> np.ndarray:
    """Outlines as shapely polygons of a field, float32 (rows, cols), 0..1 with NaN for no data, that lies at `place`.

    Valid, apart from one another, in the metric CRS of `place`; the same as `trace_outlines` makes of a raster with
    these values.
    """
    crossings = find_crossings([field], field.shape[1], Rule(settings.threshold, measure=False))
    if not len(crossings.start_key):
        return np.zeros(0, object)
    rings = outline_rings(crossings, place, settings)
    return lines_of(rings, crossings, place, settings.threshold).polygons()
