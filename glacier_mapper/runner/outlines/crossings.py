"""Where outlines cross the grid of pixel centres: marching squares, vectorised, strip by strip.

A *vertex* lies on a grid edge between two neighbouring pixel centres of which one is inside (probability at or
above the threshold) and one is not. Its key is unique in the raster, so segments found in different strips link
without a seam. Each vertex keeps strictly between the two centres, and each segment stays in its cell of four
centres, where two segments are always parted by a diagonal. So rings can neither cross nor touch, wherever on
their edges the vertices lie: every outline is valid and none overlaps another, by construction.

The grid is padded by one pixel of no data on each side; padded pixel (1, 1) is the raster's first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from itertools import chain

import numpy as np

from .field import certainty

CLEARANCE = 1e-4
"""Vertices keep at least this far from pixel centres, in pixels."""

LOGIT_CLIP = 0.01
"""Probabilities nearer to 0 and 1 than this are taken as this when the outline is placed between two pixels."""

HALF = np.float32(0.5 - 1e-7)
"""Half the range of probability, but for what float32 rounds away near 1."""

TOP, RIGHT, BOTTOM, LEFT = range(4)

_SEGMENTS: dict[int, tuple[tuple[int, int], ...]] = {
    8: ((LEFT, TOP),), 4: ((TOP, RIGHT),), 2: ((RIGHT, BOTTOM),), 1: ((BOTTOM, LEFT),),
    12: ((LEFT, RIGHT),), 6: ((TOP, BOTTOM),), 3: ((RIGHT, LEFT),), 9: ((BOTTOM, TOP),),
    7: ((TOP, LEFT),), 11: ((RIGHT, TOP),), 13: ((BOTTOM, RIGHT),), 14: ((LEFT, BOTTOM),),
    10: ((LEFT, TOP), (RIGHT, BOTTOM)), 5: ((TOP, RIGHT), (BOTTOM, LEFT)),
    16: ((RIGHT, TOP), (LEFT, BOTTOM)), 17: ((TOP, LEFT), (BOTTOM, RIGHT)),
}  # fmt: skip
"""Segments by case, inside to the left on a north-up map. Bits of a case say which centres are inside: upper
left 8, upper right 4, lower right 2, lower left 1. 16 and 17 are the saddles 10 and 5 with the inside joined."""


def _table(number: int, end: int) -> np.ndarray:
    """The `number`-th segment's start (0) or end (1) by case, -1 where there is none."""
    table = np.full(18, -1)
    for case, segments in _SEGMENTS.items():
        if number < len(segments):
            table[case] = segments[number][end]
    return table


_TABLES = tuple((_table(number, 0), _table(number, 1)) for number in (0, 1))


@dataclass(frozen=True)
class Vertices:
    """Crossings of the edges along rows, or of those along columns, in the order of the grid.

    `place` is the padded flat index of the pixel at the edge's left or upper end, `fraction` how far along the
    edge, `opens` whether the inside begins here (going right or down), `data_edge` whether the other pixel is no
    data. `slope_x` and `slope_y` are the change of probability per pixel to the right and downwards, `sure` the
    sum of certainty of the row up to and with `place` (along rows only, else 0).
    """

    place: np.ndarray
    fraction: np.ndarray
    opens: np.ndarray
    data_edge: np.ndarray
    slope_x: np.ndarray
    slope_y: np.ndarray
    sure: np.ndarray


@dataclass(frozen=True)
class Crossings:
    """The vertices of a raster and the segments between them.

    Keys are 2 * place for vertices along rows and 2 * place + 1 for those along columns. `single` says whether a
    segment is the only one of its cell. `width` is that of the padded grid.
    """

    rows: Vertices
    columns: Vertices
    start_key: np.ndarray
    end_key: np.ndarray
    single: np.ndarray
    width: int


@dataclass(frozen=True)
class Rule:
    """At which probability a field is cut, and whether slopes and certainty are wanted too."""

    threshold: float
    measure: bool = True


def find_crossings(strips: Iterable[np.ndarray], cols: int, rule: Rule) -> Crossings:
    """Crossings of a raster that comes in strips of rows, float32 (n, cols), 0..1 with NaN for no data."""
    parts = [_strip_crossings(block, first, rule) for block, first in _padded(strips, cols)]
    along_rows, along_columns, segments = zip(*parts)
    start_key, end_key, single = (np.concatenate(arrays) for arrays in zip(*segments))
    return Crossings(_joined(along_rows), _joined(along_columns), start_key, end_key, single, cols + 2)


def interpolate(near: np.ndarray, far: np.ndarray, clipped: np.ndarray, threshold: float) -> np.ndarray:
    """Where between two pixels the probability passes the threshold, 0..1 from `near` to `far`, NaN where one is NaN.

    Linear in the logit, which is exact for a logistic edge of any width (linear in the probability is 0.03 px off
    for one of half a pixel). Where `clipped` is true the ramp has run into 0 or 1 nearby, as no logistic does, and
    it is taken as linear in the probability.
    """
    limit = min(LOGIT_CLIP, threshold / 2, (1 - threshold) / 2)
    a, b = (_logit(np.clip(values.astype("float64"), limit, 1 - limit)) for values in (near, far))
    level = np.where(clipped, threshold, _logit(threshold))
    a, b = np.where(clipped, near, a), np.where(clipped, far, b)
    return np.clip((level - a) / (b - a), CLEARANCE, 1 - CLEARANCE)


def _logit(probability: np.ndarray | float) -> np.ndarray:
    return np.log(probability) - np.log1p(-np.asarray(probability))


def _padded(strips: Iterable[np.ndarray], cols: int) -> Iterator[tuple[np.ndarray, int]]:
    """Blocks (n, cols + 2) that begin with the last three rows of the block before.

    With each comes the padded number of its row 1: rows 1 to n - 3 are to be worked on.
    """
    tail, first = np.full((2, cols + 2), np.nan, "float32"), 0
    for strip in chain(strips, [np.full((2, cols), np.nan, "float32")]):
        block = np.full((len(tail) + len(strip), cols + 2), np.nan, "float32")
        block[: len(tail)], block[len(tail) :, 1:-1] = tail, strip
        yield block, first
        tail, first = block[-3:].copy(), first + len(block) - 3


def _strip_crossings(block: np.ndarray, first: int, rule: Rule) -> tuple[Vertices, Vertices, tuple[np.ndarray, ...]]:
    """Vertices along rows, vertices along columns, and segments of the rows 1 to n - 3."""
    inside = block[:-1] >= rule.threshold
    change_x = inside[1:, :-1] != inside[1:, 1:]
    change_y = inside[1:-1] != inside[2:]
    vertices = tuple(_vertices(block, inside, (axis, change), (first, rule))
                     for axis, change in ((1, change_x[:-1]), (0, change_y)))
    cells = np.flatnonzero((change_x[:-1] | change_x[1:]) | change_y[:, :-1])
    return (*vertices, _segments(block, inside, cells, (first, rule)))


def _vertices(block: np.ndarray, inside: np.ndarray, edges: tuple[int, np.ndarray],
              where: tuple[int, Rule]) -> Vertices:
    """Vertices on the edges along `axis` at which `change` is true; row 0 of `change` is row 1 of the block."""
    (axis, change), (first, rule), width = edges, where, block.shape[1]
    row, col = np.divmod(np.flatnonzero(change), change.shape[1])
    flat, values = (row + 1) * width + col, block.ravel()
    step, across = (1, width) if axis == 1 else (width, 1)
    near, far = values[flat], values[flat + step]
    line = np.stack([values[flat - step], near, far, values[flat + 2 * step]])
    fraction = interpolate(near, far, (np.abs(line - 0.5) > HALF).any(axis=0), rule.threshold)
    data_edge = np.isnan(fraction)
    fraction[data_edge] = 0.5
    sure = along = sideways = np.zeros(len(flat), "float32")
    if rule.measure:
        along = np.nan_to_num(far - near)
        side_near = values[flat + across] - values[flat - across]
        side_far = values[flat + step + across] - values[flat + step - across]
        sideways = np.nan_to_num(0.5 * (side_near + fraction * (side_far - side_near))).astype("float32")
        if axis == 1:
            sure = np.cumsum(certainty(block[1:-2]), axis=1, dtype="float64").ravel()[flat - width]
    slopes = (along, sideways) if axis == 1 else (sideways, along)
    place = (row + first) * width + col
    return Vertices(place, fraction, ~inside.ravel()[flat], data_edge, *slopes, sure)


def _segments(block: np.ndarray, inside: np.ndarray, cells: np.ndarray,
              where: tuple[int, Rule]) -> tuple[np.ndarray, ...]:
    """Start keys, end keys and whether alone in the cell, of the segments in `cells` (flat, one cell less a row)."""
    (first, rule), width = where, block.shape[1]
    row, col = np.divmod(cells, width - 1)
    flat, bits = (row + 1) * width + col, inside.ravel()
    corners = (flat, flat + 1, flat + width + 1, flat + width)
    case = sum(bits[corner].astype("int64") << (3 - number) for number, corner in enumerate(corners))
    saddle = np.flatnonzero((case == 5) | (case == 10))
    middle = sum(_logit(np.clip(block.ravel()[corner[saddle]].astype("float64"), LOGIT_CLIP, 1 - LOGIT_CLIP))
                 for corner in corners) / 4
    joined = saddle[middle > _logit(rule.threshold) + 1e-9]  # a draw stays apart, whatever the rounding
    case[joined] = np.where(case[joined] == 10, 16, 17)
    place = (row + first) * width + col
    found = []
    for starts, ends in _TABLES:
        has = starts[case] >= 0
        single = _TABLES[1][0][case[has]] < 0
        found.append((_key(place[has], starts[case[has]], width), _key(place[has], ends[case[has]], width), single))
    return tuple(np.concatenate(arrays) for arrays in zip(*found))


def _key(place: np.ndarray, side: np.ndarray, width: int) -> np.ndarray:
    """The key of the vertex on a `side` of the cell whose upper left pixel is at `place`."""
    offset = np.array([0, 3, 2 * width, 1])
    return 2 * place + offset[side]


def _joined(parts: Iterable[Vertices]) -> Vertices:
    """The vertices of all strips in one."""
    listed = list(parts)
    return Vertices(*(np.concatenate([getattr(part, f.name) for part in listed]) for f in fields(Vertices)))
