"""Other ways to the same end, to be measured against: other solvers of a step, and simple methods of a whole.

A solver takes a `Problem` and gives float32 (rows, cols) 0..1, as `solving.walk` does.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage, sparse
from scipy.sparse.csgraph import breadth_first_order, maximum_flow
from skimage.graph import MCP_Geometric

from .lattice import LEAST, Lattice
from .solving import Problem, walk

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

CUT_UNITS = 10_000
"""Capacities of a cut are whole numbers of a weight of 1 over this."""
CUT_EVIDENCE = 0.08
"""What a log odd counts beside a weight of 1 between neighbours, in a cut; not tuned."""
GEODESIC_STEP, GEODESIC_EVIDENCE = 0.02, 3.0
"""What a step costs a geodesic path at least, and over ground that surely is the other side's."""
RGB_STEEPNESS = 90.0
"""The customary beta of a random walker on grey values from 0 to 1 (Grady 2006, there 90)."""


def cut(problem: Problem) -> Image:
    """The minimum cut (Boykov and Jolly 2001), exact: 1 and 0."""
    rows, cols = problem.free.shape
    n = rows * cols
    number = np.arange(n, dtype=np.int32).reshape(rows, cols)
    odds = np.where(problem.value >= 0.5, np.float32(1e3), np.float32(-1e3))
    inside = np.clip(problem.evidence, 1e-4, 1.0 - 1e-4)
    odds[problem.free] = CUT_EVIDENCE * np.log(inside / (1.0 - inside))
    ends = [
        (number[:, :-1].ravel(), number[:, 1:].ravel(), problem.lattice.right[:, :-1].ravel()),
        (number[:-1].ravel(), number[1:].ravel(), problem.lattice.down[:-1].ravel()),
    ]
    every = number.ravel()
    parts = [(a, b, w) for a, b, w in ends] + [(b, a, w) for a, b, w in ends]
    for_in, for_out = np.maximum(odds.ravel(), 0), np.maximum(-odds.ravel(), 0)
    parts += [(np.full(n, n), every, for_in), (every, np.full(n, n + 1), for_out)]
    start, end, weight = (np.concatenate(one) for one in zip(*parts))
    capacity = np.rint(weight * CUT_UNITS).astype(np.int32)
    graph = sparse.csr_array((capacity, (start.astype(np.int32), end.astype(np.int32))), shape=(n + 2, n + 2))
    rest = graph - maximum_flow(sparse.csr_matrix(graph), n, n + 1).flow
    rest.data[rest.data < 0] = 0
    rest.eliminate_zeros()
    found = np.zeros(n + 2, np.float32)
    found[breadth_first_order(sparse.csr_matrix(rest), n, return_predecessors=False)] = 1.0
    return np.where(problem.free, found[:n].reshape(rows, cols), problem.value).astype(np.float32)


def geodesic(problem: Problem) -> Image:
    """Whichever side is nearer by paths that are dear over edges and over ground that looks like the other side."""
    across = -np.log(np.maximum(problem.lattice.right, LEAST)), -np.log(np.maximum(problem.lattice.down, LEAST))
    across[0][:, -1] = across[1][-1] = 0.0
    dear = (sum(across) + np.roll(across[0], 1, axis=1) + np.roll(across[1], 1, axis=0)) / 4.0
    evidence = problem.value.copy()
    evidence[problem.free] = problem.evidence
    apart = []
    for side, doubt in ((1, 1.0 - evidence), (0, evidence)):
        seeds = np.argwhere(~problem.free & ((problem.value >= 0.5) == side))
        if not len(seeds):
            apart.append(np.full(evidence.shape, np.inf))
            continue
        apart.append(MCP_Geometric(GEODESIC_STEP + dear + GEODESIC_EVIDENCE * doubt).find_costs(seeds)[0])
    with np.errstate(invalid="ignore"):
        nearer = np.nan_to_num(apart[1] / (apart[0] + apart[1]), nan=1.0)
    return np.where(problem.free, nearer, problem.value).astype(np.float32)


SOLVERS = {"walk": walk, "cut": cut, "geodesic": geodesic}


def nearest_stroke(inside: Mask, outside: Mask) -> Mask:
    """Each pixel as the nearest stroke in a straight line says; without strokes outside, as the edge of the window."""
    there = outside if outside.any() else _rim(outside.shape)
    if not inside.any():
        return np.zeros(inside.shape, bool)
    return ndimage.distance_transform_edt(~inside) < ndimage.distance_transform_edt(~there)


def plain_walker(rgb: Image, inside: Mask, outside: Mask) -> Mask:
    """Grady's random walker on red, green and blue (3, rows, cols) 0..1, from strokes alone; likewise for the edge."""
    there = outside if outside.any() else _rim(outside.shape)
    right = np.pad(np.exp(-RGB_STEEPNESS * (np.diff(rgb, axis=2) ** 2).mean(axis=0)), ((0, 0), (0, 1)))
    down = np.pad(np.exp(-RGB_STEEPNESS * (np.diff(rgb, axis=1) ** 2).mean(axis=0)), ((0, 1), (0, 0)))
    right[:, :-1], down[:-1] = np.maximum(right[:, :-1], 1e-6), np.maximum(down[:-1], 1e-6)
    free = ~(inside | there)
    evidence = np.zeros(int(free.sum()), np.float32)
    found = walk(Problem(Lattice(right, down), free, inside.astype(np.float32), evidence, 0.0))
    return found >= 0.5


def _rim(shape_yx: tuple[int, int]) -> Mask:
    rim = np.ones(shape_yx, bool)
    rim[1:-1, 1:-1] = False
    return rim
