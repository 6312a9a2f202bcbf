"""Small grounds for the tests of fixing outlines by strokes: a debris-covered tongue in a valley, and noise."""

from __future__ import annotations

import numpy as np
import shapely

from glacier_mapper.core.grid import Grid
from glacier_mapper.core.refine import Stroke
from glacier_mapper.core.roles import OPTICAL_ROLES, Role
from glacier_mapper.runner.refine import Session, make_window
from glacier_mapper.runner.scene.terrain import slope_deg

PIXEL_M = 10.0
ORIGIN = (600_000.0, 5_200_000.0)
NONE = shapely.MultiPolygon()


def grid_of(shape_yx):
    return Grid("EPSG:32632", ORIGIN, PIXEL_M, shape_yx)


def at(row, col):
    """The middle of a pixel, (x, y)."""
    return ORIGIN[0] + (col + 0.5) * PIXEL_M, ORIGIN[1] - (row + 0.5) * PIXEL_M


def line(*pixels, inside=True, width_px=3.0):
    """A stroke through the middles of pixels (row, col)."""
    return Stroke(tuple(at(*pixel) for pixel in pixels), inside, width_px * PIXEL_M)


def tongue_bands(shape_yx=(96, 128), seed=1, gap=None):
    """Bands and truth of a valley from left to right; rows 36 to 59 of its bottom are debris of another shade."""
    rng = np.random.default_rng(seed)
    rows, cols = np.mgrid[: shape_yx[0], : shape_yx[1]]
    truth = (np.abs(rows - 47.5) < 12) & (cols < 100)
    bands = {}
    for place, role in enumerate(OPTICAL_ROLES):
        shade = 0.20 + 0.02 * place + np.where(truth, 0.04, 0.0)
        bands[role] = (shade + 0.008 * rng.standard_normal(shape_yx)).astype("float32")
    wall = np.maximum(np.abs(rows - 47.5) - 18.0, 0.0) * PIXEL_M * 0.7
    bands[Role.ELEVATION] = (2500.0 + wall - 1.0 * cols + 0.05 * rng.standard_normal(shape_yx)).astype("float32")
    bands[Role.SLOPE] = slope_deg(bands[Role.ELEVATION], PIXEL_M)
    if gap is not None:
        for band in bands.values():
            band[gap] = np.nan
    return bands, truth


def session_on(bands, outline=NONE, neighbours=NONE, probability=None):
    shape = next(iter(bands.values())).shape
    return Session(make_window(grid_of(shape), bands, probability, [outline, neighbours]))


def rectangle(top, left, bottom, right):
    """The pixels from (top, left) to before (bottom, right) as a polygon."""
    (x, y) = ORIGIN
    return shapely.MultiPolygon([
        shapely.box(x + left * PIXEL_M, y - bottom * PIXEL_M, x + right * PIXEL_M, y - top * PIXEL_M)
    ])


def iou(mask, truth):
    return (mask & truth).sum() / (mask | truth).sum()
