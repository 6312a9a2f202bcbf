"""A scene cut to tiles: their pixels, and where each of them lies."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from rasterio.crs import CRS

from ....core.branches import BRANCH_ROLES, Branch
from ....core.grid import Grid
from ...models.places import region_at
from ...scene import Scene
from ...scene.projections import WGS84, carry
from .tile import FloatImage, TileRecord


class Window(NamedTuple):
    """Rows and columns of a scene that make a tile; fewer than a tile has at the right and bottom edge."""

    row: int
    col: int
    rows: int
    cols: int


def windows_of(grid: Grid, side: int) -> list[Window]:
    """The tiles of a grid from its upper left corner, row by row."""
    rows, cols = grid.shape_yx
    return [
        Window(row, col, min(side, rows - row), min(side, cols - col))
        for row in range(0, rows, side)
        for col in range(0, cols, side)
    ]


def strip_of(scene: Scene, branch: Branch, row: int, rows: int) -> FloatImage:
    """A branch of some rows, (bands, rows, cols of the scene); NaN for bands that the scene lacks."""
    roles = [role for role in BRANCH_ROLES[branch] if role in scene.roles]
    strip = np.full((len(BRANCH_ROLES[branch]), rows, scene.grid.shape_yx[1]), np.nan, np.float32)
    if roles:
        found = scene.read(row, rows, roles)
        for at, role in enumerate(BRANCH_ROLES[branch]):
            if role in found:
                strip[at] = found[role]
    return strip


def record_of(scene: str, grid: Grid, window: Window, side: int) -> TileRecord:
    """What the table of tiles says of a tile before it is split; its bounds are those of its real pixels."""
    (left, top), size = grid.origin_xy_m, grid.pixel_size_m
    x, y = left + window.col * size, top - window.row * size
    bounds = (x, y - window.rows * size, x + window.cols * size, y)
    middle = np.array([(bounds[0] + bounds[2]) / 2]), np.array([(bounds[1] + bounds[3]) / 2])
    lon, lat = (float(one[0]) for one in carry(*middle, CRS.from_user_input(grid.crs), WGS84))
    return TileRecord(
        name=f"{scene}_{window.row // side:02d}_{window.col // side:02d}", scene=scene, region=region_at(lon, lat),
        split="", row_px=window.row, col_px=window.col, bounds_m=bounds, crs=grid.crs, pixel_size_m=size,
        longitude_deg=lon, latitude_deg=lat,
    )  # fmt: skip
