"""Smoothing that can neither break an outline nor move it far: vertices slide along their grid edge."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .crossings import CLEARANCE
from .rings import Rings

_ROUNDS = 8
_FORWARD, _BACK = 0.55, -0.57
_FURTHEST_PX = 0.499


def smoothed(rings: Rings, strength: float) -> Rings:
    """The rings with each vertex moved by less than `strength` / 2 pixels; 0 changes nothing.

    A vertex slides only along its own grid edge and stays between the two pixel centres, so rings can't cross or
    touch (see crossings). As vertices correspond one to one, the Hausdorff distance is at most the largest move.
    The wanted place is where the chord between the two neighbours meets the edge, which leaves straight lines as
    they are; steps forward and a little further back alternate, so that curves do not shrink (Taubin 1995,
    Proc. SIGGRAPH). Vertices at the edge of the data stay.
    """
    if strength <= 0 or not len(rings.col):
        return rings
    before, after = rings.neighbours()
    along_row = rings.along_row
    moving, across = np.where(along_row, rings.col, rings.row), np.where(along_row, rings.row, rings.col)
    base = np.floor(moving - 0.5) + 0.5
    reach = strength * _FURTHEST_PX
    low = np.maximum(base + CLEARANCE, moving - reach)
    high = np.minimum(base + 1 - CLEARANCE, moving + reach)
    low[rings.data_edge] = high[rings.data_edge] = moving[rings.data_edge]
    for step in (_FORWARD, _BACK) * _ROUNDS:
        moving = np.clip(moving + step * (_on_chord(moving, across, along_row, (before, after)) - moving), low, high)
    return replace(rings, col=np.where(along_row, moving, rings.col), row=np.where(along_row, rings.row, moving))


def _on_chord(moving: np.ndarray, across: np.ndarray, along_row: np.ndarray,
              neighbours: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Where the chord between a vertex's neighbours crosses the line of its own grid edge."""
    ends = []
    for other in neighbours:
        same = along_row[other] == along_row
        ends.append((np.where(same, moving[other], across[other]), np.where(same, across[other], moving[other])))
    (move_0, cross_0), (move_1, cross_1) = ends
    span = cross_1 - cross_0
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (across - cross_0) / span
    # Where the line turns back there is no such point: halfway then.
    share = np.where((share >= 0) & (share <= 1), share, 0.5)
    return move_0 + share * (move_1 - move_0)
