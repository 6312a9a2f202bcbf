"""One stroke's step: the window round it solved coarsely, then whole along the boundary, the rest as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from .evidence import LEAST_REACH_PX, Scene, evidence_at, own_opinion
from .levels import Level, Levels, block_any, block_means, spread_out
from .pieces import CORNERS, pieces_with
from .solving import Problem, walk

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Marks = npt.NDArray[np.int8]
Box = tuple[slice, slice]
Solver = Callable[[Problem], Image]

FREE, OUT, IN, NEVER = np.int8(-1), np.int8(0), np.int8(1), np.int8(2)
"""Marks of pixels: of no stroke, under a stroke outside, under one inside, and a neighbour's, which no stroke takes."""
PULL = 0.02
"""What evidence counts beside a weight of 1 between neighbours: marks spread some seven pixels over plain ground."""
MARGIN_REACHES, MARGIN_PX = 2.5, 40
"""A window reaches this far round its stroke; the more where that turns out to be too little."""
MOST_GROWTHS = 2
LEAST_CHANGE_PX = 3
"""Narrower pieces that a stroke does not touch are no change of an outline that strokes made."""
REACH_LENGTHS = 0.5
SURE = 0.85
"""Squares surer than this lie in no boundary."""


@dataclass(frozen=True)
class State:
    """What strokes have made of a window: `field` float32 (rows, cols), at least one half inside; `marks` int8."""

    field: Image
    marks: Marks

    @property
    def mask(self) -> Mask:
        """The pixels inside."""
        return self.field >= 0.5


@dataclass(frozen=True)
class Drawn:
    """A stroke on the grid.

    `settled`: there was an outline before it; `given`: it began with one that is not the strokes' own.
    """

    mask: Mask
    inside: bool
    settled: bool
    given: bool


def after_stroke(
    levels: Levels, state: State, drawn: Drawn, pixel_size_m: float, solve: Solver = walk
) -> Image:
    """The field (rows, cols) after the stroke, whose marks are in `state` already."""
    rows, cols = (np.flatnonzero(drawn.mask.any(axis=axis)) for axis in (1, 0))
    length = float(np.hypot(rows[-1] - rows[0], cols[-1] - cols[0])) + 1.0
    reach = max(LEAST_REACH_PX, REACH_LENGTHS * length)
    margin = int(MARGIN_REACHES * reach) + MARGIN_PX
    for growth in range(MOST_GROWTHS + 1):
        box = _box((rows, cols), margin << growth, levels.finest.shape_yx)
        patch = _Window(levels, state, drawn, box, solve).solved(reach, pixel_size_m)
        patch = tidied(patch, _part(state, box), replace(drawn, mask=drawn.mask[box]))
        if not _reaches_side((patch >= 0.5) != state.mask[box], box, state.field.shape):
            break
    field = state.field.copy()
    field[box] = patch
    return field


def _box(span: tuple[npt.NDArray, npt.NDArray], margin: int, shape_yx: tuple[int, int]) -> Box:
    """The rectangle round a stroke, from a multiple of 16 on, so that squares of all levels fit it."""
    (rows, cols) = span
    edges = []
    for at, size in ((rows, shape_yx[0]), (cols, shape_yx[1])):
        first, last = max(0, int(at[0]) - margin) // 16 * 16, min(size, -(-(int(at[-1]) + 1 + margin) // 16) * 16)
        edges.append(slice(first, last))
    return edges[0], edges[1]


def _part(state: State, box: Box) -> State:
    return State(state.field[box], state.marks[box])


def _reaches_side(changed: Mask, box: Box, shape_yx: tuple[int, int]) -> bool:
    """Whether ground changed along a side of the box that is no side of the whole."""
    sides = ((box[0].start > 0, changed[:17]), (box[0].stop < shape_yx[0], changed[-17:]),
             (box[1].start > 0, changed[:, :17]), (box[1].stop < shape_yx[1], changed[:, -17:]))  # fmt: skip
    return any(inner and bool(part.any()) for inner, part in sides)


@dataclass(frozen=True)
class _Window:
    """The rectangle that is solved."""

    levels: Levels
    state: State
    drawn: Drawn
    box: Box
    solve: Solver

    def solved(self, reach_px: float, pixel_size_m: float) -> Image:
        """The field of the rectangle after the stroke."""
        level = self._cut(self._level())
        factor, marks, old = level.factor, self.state.marks[self.box], self.state.mask[self.box]
        inside, outside = (block_any(one, factor) for one in (marks == IN, (marks == OUT) | (marks == NEVER)))
        told = block_any(marks == OUT, factor)
        outline = block_means(old.astype(np.float32), factor) >= 0.5
        scene = Scene(
            level, inside & ~told, told & ~inside, block_any(self.drawn.mask[self.box], factor), outline,
            reach_px / factor, pixel_size_m * factor, self.drawn.settled,
        )  # fmt: skip
        coefficients, odds = own_opinion(scene)
        side = self._side(outline.shape)
        free = ~(scene.inside ^ scene.outside) & ~side
        value = np.where(side | free, outline, scene.inside).astype(np.float32)
        evidence = evidence_at(level.values[:, free], coefficients, odds[free])
        coarse = self.solve(Problem(level.lattice, free, value, evidence, PULL * factor**2))
        if factor > 1:
            coarse = self._along_boundary(coarse, side, coefficients, odds)
        return np.where(spread_out(side, factor, marks.shape), self.state.field[self.box], coarse)

    def _level(self) -> Level:
        """The level to begin with."""
        rows, cols = self.box
        return self.levels.fit_for((rows.stop - rows.start, cols.stop - cols.start))

    def _cut(self, level: Level) -> Level:
        """A level's part in the rectangle."""
        factor = level.factor
        box = tuple(slice(one.start // factor, -(-one.stop // factor)) for one in self.box)
        elevation = None if level.elevation_m is None else level.elevation_m[box]
        return Level(
            factor, level.values[(slice(None), *box)], level.odds[box], level.lattice.window(*box), elevation,
            level.icy[box],
        )  # fmt: skip

    def _side(self, shape_yx: tuple[int, int]) -> Mask:
        """The squares along the sides of the rectangle that are no sides of the whole: what stays as it was."""
        (rows, cols), whole = self.box, self.state.field.shape
        side = np.zeros(shape_yx, bool)
        side[0] = rows.start > 0
        side[-1] |= rows.stop < whole[0]
        side[:, 0] |= cols.start > 0
        side[:, -1] |= cols.stop < whole[1]
        return side

    def _along_boundary(self, coarse: Image, side: Mask, coefficients: npt.NDArray, odds: Image) -> Image:
        """The field at whole resolution: solved along the coarse boundary, elsewhere as the squares say."""
        marks, finest = self.state.marks[self.box], self._cut(self.levels.finest)
        shape, factor = marks.shape, self._level().factor
        ahead = coarse >= 0.5
        near = (coarse > 1.0 - SURE) & (coarse < SURE)
        near |= ndimage.maximum_filter(ahead, 3) != ndimage.minimum_filter(ahead, 3)
        value = spread_out(coarse, factor, shape)
        value = np.where(marks == FREE, value, (marks == IN).astype(np.float32)).astype(np.float32)
        free = spread_out(ndimage.binary_dilation(near) & ~side, factor, shape) & (marks == FREE)
        evidence = evidence_at(finest.values[:, free], coefficients, spread_out(odds, factor, shape)[free])
        return self.solve(Problem(finest.lattice, free, value, evidence, PULL))


def tidied(field: Image, state: State, drawn: Drawn) -> Image:
    """The field with each mark on its side, and without pieces of ice that no stroke and no outline before it knows.

    Where an outline was there, a stroke inside only adds to it and one outside only takes away. Of an outline that
    was given, only what hangs together with the stroke changes: all else changes back, to the last bit.
    """
    if drawn.settled:
        field = np.where(_astray(field >= 0.5, state.mask, drawn), state.field, field)
    field = np.where(state.marks == IN, np.float32(1.0), field)
    field[(state.marks == OUT) | (state.marks == NEVER)] = 0.0
    field[_unknown(field >= 0.5, state, drawn)] = 0.0
    if drawn.settled and drawn.given:  # what hung together with the stroke by ice that has just gone
        field = np.where(_astray(field >= 0.5, state.mask, drawn), state.field, field)
    return field


def _unknown(mask: Mask, state: State, drawn: Drawn) -> Mask:
    """The pieces of ice that no stroke and no outline before it knows."""
    known = mask & (state.marks == IN)
    return mask & ~pieces_with(mask, known | (mask & state.mask) if drawn.settled else known)


def _astray(new: Mask, old: Mask, drawn: Drawn) -> Mask:
    """Changed ground that the stroke does not speak of: of the other side, or not connected to it."""
    changed = new != old
    right = changed & (new == drawn.inside)
    seeds = drawn.mask
    if not drawn.given:
        seeds = seeds | ndimage.binary_erosion(right, np.ones((LEAST_CHANGE_PX, LEAST_CHANGE_PX)))
    return changed & ~(right & pieces_with(right | drawn.mask, seeds, CORNERS))
