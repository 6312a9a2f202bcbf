"""From segments to rings, and from rings to polygons with their holes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from .crossings import Crossings


@dataclass(frozen=True)
class Rings:
    """Closed rings of vertices, inside to the left on a north-up map: exteriors turn left, holes right.

    Ring i has the vertices `start[i]:start[i + 1]`, not closed. `col` and `row` are in pixels from the raster's
    upper left corner, (n,) float64. `along_row` says on which kind of edge a vertex may move, `vertex` is its
    number in the crossings (rows first), `bends` marks vertices whose next segment is to be led round the corner
    of a pixel at the edge of the data. `polygon` numbers the connected piece of inside that a ring bounds,
    `gap` the connected piece of outside.
    """

    start: np.ndarray
    col: np.ndarray
    row: np.ndarray
    along_row: np.ndarray
    data_edge: np.ndarray
    vertex: np.ndarray
    bends: np.ndarray
    polygon: np.ndarray
    gap: np.ndarray

    @property
    def ring_of(self) -> np.ndarray:
        """The ring of each vertex."""
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))

    def neighbours(self) -> tuple[np.ndarray, np.ndarray]:
        """Indices of the vertex before and of the vertex after each vertex."""
        index = np.arange(len(self.col))
        before, after = index - 1, index + 1
        before[self.start[:-1]], after[self.start[1:] - 1] = self.start[1:] - 1, self.start[:-1]
        return before, after

    def areas_px(self) -> np.ndarray:
        """Signed area of each ring in pixels: exteriors positive, holes negative."""
        _, after = self.neighbours()
        cross = self.row * self.col[after] - self.col * self.row[after]
        return 0.5 * np.add.reduceat(cross, self.start[:-1]) if len(cross) else np.zeros(0)

    def keep(self, wanted: np.ndarray) -> Rings:
        """Only the rings where `wanted` (one bool a ring)."""
        vertices = wanted[self.ring_of]
        start = np.concatenate([[0], np.cumsum(np.diff(self.start)[wanted])])
        arrays = (self.col, self.row, self.along_row, self.data_edge, self.vertex, self.bends)
        return Rings(start, *(array[vertices] for array in arrays), self.polygon[wanted], self.gap[wanted])


def link_rings(crossings: Crossings) -> Rings:
    """Link the segments of a raster to rings, each beginning at its first vertex in the order of the grid."""
    rows, columns = crossings.rows, crossings.columns
    after = np.empty(len(rows.place) + len(columns.place), np.int64)
    start_vertex = _vertex_of(crossings, crossings.start_key)
    after[start_vertex] = _vertex_of(crossings, crossings.end_key)
    ring = _components(np.arange(len(after)), after, len(after))
    order, start = _in_order(after, ring)
    data_edge = np.concatenate([rows.data_edge, columns.data_edge])
    col, row = _positions(crossings)
    along_row = np.arange(len(after)) < len(rows.place)
    # Round the corner only where the two ends lie on different kinds of edge and one ends the data.
    single = np.empty(len(after), bool)
    single[start_vertex] = crossings.single
    bends = single & (data_edge | data_edge[after]) & (along_row != along_row[after])
    rank = np.empty(len(start) - 1, np.int64)
    rank[ring[order[start[:-1]]]] = np.arange(len(start) - 1)
    polygon, gap = _pieces(crossings, rank[ring[: len(rows.place)]], len(start) - 1)
    return Rings(start, col[order], row[order], along_row[order], data_edge[order], order, bends[order], polygon, gap)


def _vertex_of(crossings: Crossings, keys: np.ndarray) -> np.ndarray:
    """The numbers of the vertices with these keys."""
    place, found = keys >> 1, np.empty(len(keys), np.int64)
    is_row = (keys & 1) == 0
    found[is_row] = np.searchsorted(crossings.rows.place, place[is_row])
    found[~is_row] = np.searchsorted(crossings.columns.place, place[~is_row]) + len(crossings.rows.place)
    return found


def _positions(crossings: Crossings) -> tuple[np.ndarray, np.ndarray]:
    """Columns and rows of all vertices in pixels from the raster's corner."""
    place = np.concatenate([crossings.rows.place, crossings.columns.place])
    row, col = (part - 0.5 for part in np.divmod(place, crossings.width))
    count = len(crossings.rows.place)
    col[:count] += crossings.rows.fraction
    row[count:] += crossings.columns.fraction
    return col, row


def _components(start: np.ndarray, end: np.ndarray, count: int) -> np.ndarray:
    """Number of the connected component of each of `count` nodes."""
    graph = csr_matrix((np.ones(len(start), np.int8), (start, end)), shape=(count, count))
    return connected_components(graph, directed=False)[1]


def _in_order(after: np.ndarray, ring: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Vertices in the order of travel, ring by ring, and where each ring starts.

    Each ring is cut before its first vertex; the distance to the cut is found by pointer doubling.
    """
    count = len(after)
    if count == 0:
        return np.zeros(0, np.int64), np.zeros(1, np.int64)
    first = np.empty(ring.max() + 1, np.int64)
    first[ring[::-1]] = np.arange(count)[::-1]  # of several values for one index the last stays
    first_of = first[ring]
    is_last = after == first_of
    jump = np.where(is_last, np.arange(count), after)
    distance = np.where(is_last, 0, 1)
    active = np.flatnonzero(~is_last)
    while len(active):
        target = jump[active]
        distance[active] += distance[target]
        jump[active] = jump[target]
        active = active[~is_last[jump[active]]]
    sizes = np.bincount(first_of, minlength=count)
    start_at = np.concatenate([[0], np.cumsum(sizes)])
    order = np.empty(count, np.int64)
    order[start_at[first_of] + sizes[first_of] - 1 - distance] = np.arange(count)
    return order, np.concatenate([start_at[np.sort(first)], [count]])


def _pieces(crossings: Crossings, ring: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Number of the piece of inside and of the piece of outside that each ring bounds.

    The vertices of a row alternate between opening and closing. A run of inside pixels joins the ring that opens
    it and the ring that closes it; the run of outside pixels up to the next opening joins the other way round.
    As every ring has a pixel of either side next to it in some row, that joins holes to their exterior, and
    islands to the hole in which they lie. The outside of the raster counts as one more ring.
    """
    rows = crossings.rows.place // crossings.width
    opening, closing = ring[0::2], ring[1::2]
    polygon = _components(opening, closing, count)
    same_row = rows[1:-1:2] == rows[2::2]
    left = np.where(same_row, closing[:-1], count)
    right = np.where(same_row, opening[1:], count)
    # Ends of rows belong to the background.
    ends = np.concatenate([closing[:-1][~same_row], closing[-1:]])
    begins = np.concatenate([opening[1:][~same_row], opening[:1]])
    start = np.concatenate([left[same_row], ends, begins])
    end = np.concatenate([right[same_row], np.full(len(ends) + len(begins), count)])
    return polygon, _components(start, end, count + 1)[:count]
