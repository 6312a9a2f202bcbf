"""How far mapped boundaries lie from true ones.

A boundary pixel is a glacier pixel with a neighbour across an edge that is known to be none: the border of the scene
and of what is not known is no boundary. From each boundary pixel of either map the distance to the nearest one of the
other is taken, middle to middle, both ways together.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from .counts import Mask

Distances = npt.NDArray[np.float32]


def boundary(glacier: Mask, known: Mask) -> Mask:
    """The boundary pixels of a mask."""
    bare = known & ~glacier
    beside = np.zeros_like(bare)
    beside[1:] |= bare[:-1]
    beside[:-1] |= bare[1:]
    beside[:, 1:] |= bare[:, :-1]
    beside[:, :-1] |= bare[:, 1:]
    return glacier & known & beside


def boundary_distances(mapped: Mask, true: Mask, known: Mask) -> Distances:
    """Distances in pixels, one for each boundary pixel of both maps; empty where either has no boundary.

    Exact, as a distance transform is, with memory for the boundaries alone.
    """
    points = [np.argwhere(boundary(mask, known)) for mask in (mapped, true)]
    if not all(len(one) for one in points):
        return np.empty(0, np.float32)
    trees = [cKDTree(one) for one in points]
    there, back = trees[1].query(points[0])[0], trees[0].query(points[1])[0]
    return np.concatenate([there, back]).astype(np.float32)
