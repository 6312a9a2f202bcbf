"""A simulated analyst, as the field measures interactive segmentation: the next stroke goes where most is wrong.

Of the largest connected piece of wrongly mapped ground, the middle line is drawn, where the piece is at least two
fifths as wide as at its widest: an analyst draws along a tongue, not into its corners. Or the middle of the piece is
clicked at.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from scipy import ndimage
from skimage.graph import MCP_Geometric

from ...core.grid import Grid
from ...core.refine import Points, Stroke
from .pieces import largest_piece

Mask = npt.NDArray[np.bool_]
Trail = npt.NDArray[np.intp]

CORE_SHARE = 0.4
"""Of the largest half-width: a piece's parts narrower than this are left to the machine."""
STROKE_PX = 3
"""Width of a stroke; thinner where the piece is."""
BEND_PX = 0.75
"""A stroke's line is simplified by this much, as a hand's is."""


@dataclass(frozen=True)
class Known:
    """What the analyst sees: `truth` bool (rows, cols), and `judged`, where the truth is known."""

    truth: Mask
    judged: Mask


def largest_error(mask: Mask, known: Known) -> Mask | None:
    """The largest connected piece of one kind of error; None where nothing is wrong."""
    kinds = (known.truth & ~mask & known.judged, mask & ~known.truth & known.judged)
    pieces = [piece for piece in map(largest_piece, kinds) if piece is not None]
    return max(pieces, key=np.count_nonzero, default=None)


def next_stroke(mask: Mask, known: Known, grid: Grid, click: bool = False) -> Stroke | None:
    """The stroke that the analyst draws on `mask`, within the largest piece of error; None where nothing is wrong."""
    piece = largest_error(mask, known)
    if piece is None:
        return None
    depth = ndimage.distance_transform_edt(np.pad(piece, 1))[1:-1, 1:-1]
    centre = np.unravel_index(int(depth.argmax()), depth.shape)
    path = np.array([centre]) if click else middle_line(piece, depth)
    inside = bool(known.truth[centre])
    thinnest = float(depth[tuple(path.T)].min())
    width_px = min(float(STROKE_PX), max(0.0, 2.0 * (thinnest - 1.0)))
    return Stroke(points_within(path, piece, grid), inside, width_px * grid.pixel_size_m)


def middle_line(piece: Mask, depth: npt.NDArray[np.float64]) -> Trail:
    """Pixels (n, 2) of the longest path through the middle of a piece, `depth` its distances from the outside."""
    centre = np.unravel_index(int(depth.argmax()), depth.shape)
    core, _ = ndimage.label(piece & (depth >= CORE_SHARE * depth[centre]), np.ones((3, 3)))
    cost = np.where(core == core[centre], (depth[centre] / np.maximum(depth, 0.5)) ** 2, np.inf)
    start, _ = _farthest(cost, centre)
    end, net = _farthest(cost, start)
    return np.array(net.traceback(end))


def _farthest(cost: npt.NDArray[np.float64], start: tuple) -> tuple[tuple, MCP_Geometric]:
    net = MCP_Geometric(cost)
    far, _ = net.find_costs([start])
    far[~np.isfinite(far)] = -1.0
    return np.unravel_index(int(far.argmax()), far.shape), net


def points_within(path: Trail, piece: Mask, grid: Grid) -> Points:
    """A path's pixel middles as coordinates, simplified as far as the line stays on the piece."""
    (x, y), size = grid.origin_xy_m, grid.pixel_size_m
    xy = np.column_stack([x + (path[:, 1] + 0.5) * size, y - (path[:, 0] + 0.5) * size])
    if len(xy) < 3:
        return tuple(map(tuple, xy.tolist()))
    line = shapely.LineString(xy).simplify(BEND_PX * size)
    along = shapely.segmentize(line, size / 4.0).coords
    rows, cols = (np.floor(np.abs(np.subtract(values, edge)) / size).astype(int)
                  for values, edge in zip(list(zip(*along))[::-1], (y, x)))  # fmt: skip
    fits = piece[np.clip(rows, 0, piece.shape[0] - 1), np.clip(cols, 0, piece.shape[1] - 1)].all()
    return tuple(map(tuple, (line.coords if fits else xy.tolist())))


def iou(mask: Mask, known: Known) -> float:
    """Intersection over union where the truth is known; 1 where neither has anything."""
    both, any_ = (np.count_nonzero(part & known.judged) for part in (mask & known.truth, mask | known.truth))
    return both / any_ if any_ else 1.0
