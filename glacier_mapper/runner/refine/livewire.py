"""Live-wire: the path between two points that follows edges (Mortensen and Barrett 1998).

From the anchor, the cost of every pixel is found once; then each move of the mouse is a walk back along it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import ndimage
from skimage.graph import MCP_Geometric

from ...core.grid import Grid
from ...core.refine import LivewirePath
from ...core.refine_errors import NoAnchorError, PointOutsideError
from .features import Features

Image = npt.NDArray[np.float32]

WEIGHTS = {"red_swir1": 2.0, "ndsi": 2.0, "slope": 2.0, "thermal": 1.0, "coherence": 1.0, "curvature": 1.0}
"""What a feature's edges count; all others count one half."""
OTHER_WEIGHT = 0.5
SMOOTH_PX = 1.0
PLAIN_COST = np.float32(1.0)
"""Of a pixel without any edge; one on the strongest edge costs `EDGE_COST`."""
EDGE_COST = np.float32(0.03)
STRONG_SHARE = 0.98
"""Edges as strong as this quantile are as strong as any."""
SNAP_PX = 6
"""How far an anchor or the mouse is drawn to a stronger edge, at most."""


def edge_cost(features: Features) -> Image:
    """What it costs to cross each pixel, float32 (rows, cols): little along edges, 1 on plain ground."""
    total = np.zeros(features.shape_yx, np.float32)
    for name, values, known in zip(features.names, features.values, features.known):
        smooth = ndimage.gaussian_filter(values, SMOOTH_PX, mode="nearest")
        strength = np.hypot(ndimage.sobel(smooth, 0, mode="nearest"), ndimage.sobel(smooth, 1, mode="nearest"))
        if not known.all():
            strength[~ndimage.binary_erosion(known, iterations=2, border_value=1)] = 0.0
        total += np.float32(WEIGHTS.get(name, OTHER_WEIGHT)) * strength
    strong = float(np.quantile(total[:: max(1, total.shape[0] // 256), :: max(1, total.shape[1] // 256)], STRONG_SHARE))
    if not strong > 0:
        return np.full(total.shape, PLAIN_COST)
    share = np.minimum(total / np.float32(strong), 1.0)
    return np.maximum(PLAIN_COST * (1.0 - share) ** 2, EDGE_COST).astype(np.float32)


@dataclass
class Livewire:
    """Paths from one anchor at a time over a window's edges."""

    grid: Grid
    cost: Image
    _net: MCP_Geometric | None = field(default=None, init=False)
    _anchor: tuple[float, float] = field(default=(0.0, 0.0), init=False)

    def start(self, x: float, y: float, snap: bool = True) -> LivewirePath:
        """Fix the anchor at (x, y), or, with `snap`, on the edge beside it. Raises PointOutsideError."""
        at = self._pixel(x, y, snap)
        net = MCP_Geometric(self.cost)
        net.find_costs([at])
        self._net, self._anchor = net, self._middle(at) if snap else (x, y)
        return LivewirePath((self._anchor,))

    def move(self, x: float, y: float, snap: bool = True) -> LivewirePath:
        """The path from the anchor to (x, y), or to the edge beside it. Raises NoAnchorError, PointOutsideError."""
        if self._net is None:
            raise NoAnchorError()
        at = self._pixel(x, y, snap)
        middle = [self._middle(pixel) for pixel in self._net.traceback(at)]
        end = middle[-1] if snap else (x, y)
        return LivewirePath((self._anchor, *_bends(middle)[1:-1], end))

    def _pixel(self, x: float, y: float, snap: bool) -> tuple[int, int]:
        (left, top), size = self.grid.origin_xy_m, self.grid.pixel_size_m
        row, col = int((top - y) // size), int((x - left) // size)
        rows, cols = self.grid.shape_yx
        if not (0 <= row < rows and 0 <= col < cols):
            raise PointOutsideError()
        return self._snapped(row, col) if snap else (row, col)

    def _snapped(self, row: int, col: int) -> tuple[int, int]:
        """The cheapest pixel near by; of those alike the nearest."""
        first_row, first_col = max(0, row - SNAP_PX), max(0, col - SNAP_PX)
        near = self.cost[first_row : row + SNAP_PX + 1, first_col : col + SNAP_PX + 1]
        rows, cols = np.ogrid[: near.shape[0], : near.shape[1]]
        away = np.hypot(rows + first_row - row, cols + first_col - col)
        worth = np.where(away <= SNAP_PX, near + 0.02 * away, np.inf)
        found = np.unravel_index(int(worth.argmin()), near.shape)
        return int(found[0]) + first_row, int(found[1]) + first_col

    def _middle(self, pixel: tuple[int, int]) -> tuple[float, float]:
        (left, top), size = self.grid.origin_xy_m, self.grid.pixel_size_m
        return left + (pixel[1] + 0.5) * size, top - (pixel[0] + 0.5) * size


def _bends(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points without those in the middle of straight pieces."""
    kept = [
        here for before, here, after in zip(points, points[1:], points[2:])
        if (here[0] - before[0], here[1] - before[1]) != (after[0] - here[0], after[1] - here[1])
    ]
    return [points[0], *kept, points[-1]]
