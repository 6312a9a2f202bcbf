"""Which rings are worth keeping: minimum area of outlines and of holes."""

from __future__ import annotations

import numpy as np

from .rings import Rings


def without_small(rings: Rings, areas_m2: np.ndarray, least: tuple[float, float]) -> Rings:
    """The rings without holes and outlines smaller than `least` = (outline, hole) in square metres.

    `areas_m2` is signed, one a ring. A hole that goes takes the islands in it along, as it becomes ice; then
    outlines are judged by their area less their holes.
    """
    least_outline, least_hole = least
    hole = areas_m2 < 0
    filled = hole & (-areas_m2 < least_hole)
    # The islands of a hole bound the same piece of outside as the hole does.
    swallowed = np.isin(rings.gap, rings.gap[filled]) & ~hole
    gone = np.isin(rings.polygon, rings.polygon[swallowed])
    wanted = ~filled & ~gone
    net = np.bincount(rings.polygon[wanted], areas_m2[wanted], minlength=rings.polygon.max(initial=-1) + 1)
    return rings.keep(wanted & (net[rings.polygon] >= least_outline))
