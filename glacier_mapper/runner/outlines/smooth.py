"""Smoothing that can neither break an outline nor move it far: vertices slide along their grid edge."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .crossings import CLEARANCE
from .rings import Rings

_SPANS = (3, 3, 2, 2, 1, 1)
"""How many vertices to either side the chord of each pass reaches: waves up to some ten pixels long go, as the
stairs of a mask do, longer ones stay."""

_FURTHEST_PX = 0.499


def smoothed(rings: Rings, strength: float) -> Rings:
    """The rings with each vertex moved by less than `strength` / 2 pixels; 0 changes nothing.

    A vertex slides only along its own grid edge and stays between the two pixel centres, so rings can't cross or
    touch (see crossings). As vertices correspond one to one, the Hausdorff distance is at most the largest move.
    Each pass moves a vertex halfway to where a chord between two others crosses its edge, which leaves straight
    lines as they are. Passes alone would shrink curves; what they took away is added before they run again
    (twicing: Tukey 1977, Exploratory Data Analysis, section 16), which leaves only the square of that loss.
    Vertices at the edge of the data stay.
    """
    if strength <= 0 or not len(rings.col):
        return rings
    along_row = rings.along_row
    placed, across = np.where(along_row, rings.col, rings.row), np.where(along_row, rings.row, rings.col)
    once = _passes(placed, across, rings)
    wanted = _passes(2.0 * placed - once, across, rings)
    base = np.floor(placed - 0.5) + 0.5
    reach = strength * _FURTHEST_PX
    moved = np.clip(wanted, np.maximum(base + CLEARANCE, placed - reach),
                    np.minimum(base + 1 - CLEARANCE, placed + reach))
    return replace(rings, col=np.where(along_row, moved, rings.col), row=np.where(along_row, rings.row, moved))


def _passes(moving: np.ndarray, across: np.ndarray, rings: Rings) -> np.ndarray:
    """All passes, one after the other; vertices at the edge of the data stay."""
    before, after = rings.neighbours()
    reach = {1: (before, after)}
    for span in (2, 3):
        reach[span] = (before[reach[span - 1][0]], after[reach[span - 1][1]])
    for span in _SPANS:
        chord = _on_chord(moving, across, rings.along_row, reach[span])
        moving = np.where(rings.data_edge, moving, 0.5 * (moving + chord))
    return moving


def _on_chord(moving: np.ndarray, across: np.ndarray, along_row: np.ndarray,
              neighbours: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Where the chord between two other vertices crosses the line of a vertex's own grid edge."""
    ends = []
    for other in neighbours:
        same = along_row[other] == along_row
        ends.append((np.where(same, moving[other], across[other]), np.where(same, across[other], moving[other])))
    (move_0, cross_0), (move_1, cross_1) = ends
    span = cross_1 - cross_0
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (across - cross_0) / span
    # Where the line turns back there is no such point, and the vertex stays.
    usable = (share >= 0) & (share <= 1)
    return np.where(usable, move_0 + np.where(usable, share, 0.0) * (move_1 - move_0), moving)
