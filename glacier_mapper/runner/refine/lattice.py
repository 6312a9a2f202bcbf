"""The pixels of a window as a net: how freely a mark spreads from one pixel to its four neighbours.

A weight is near 1 where two neighbours look alike and near 0 across an edge: of brightness, of texture, of slope.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .features import Features

Image = npt.NDArray[np.float32]

EDGE_STEEPNESS = np.float32(3.0)
"""How fast a weight falls with the squared difference, in units of its mean over the window."""
LEAST = np.float32(1e-3)
"""No weight is less, so that every pixel hangs together with the rest."""
STRONGEST = np.float32(9.0)
"""A feature's squared difference counts for no more than this many times its mean: one feature is no proof."""
WALL_DEG, WALL_SPAN_DEG = 25.0, 12.0
"""Slope where a wall begins, and how many degrees more make it a whole one."""
FOOT = np.float32(0.9)
"""How much of a weight goes at the foot of a wall, between a gentle pixel and a steep one."""


@dataclass(frozen=True)
class Lattice:
    """Weights to the neighbour on the right and to the one below, float32 (rows, cols), 0 in the last column or row."""

    right: Image
    down: Image

    def window(self, rows: slice, cols: slice) -> Lattice:
        """The net of a rectangle of pixels, cut off from what is around."""
        right, down = self.right[rows, cols].copy(), self.down[rows, cols].copy()
        right[:, -1] = 0.0
        down[-1] = 0.0
        return Lattice(right, down)

    def coarser(self, factor: int) -> Lattice:
        """The net of squares of `factor` by `factor` pixels; rows and columns are multiples of it.

        As with wires: those side by side between two squares are averaged, those one after the other from middle to
        middle count by the mean of their resistances.
        """
        return Lattice(_coarser(self.right, factor), _coarser(self.down.T, factor).T)

    def padded(self, shape_yx: tuple[int, int]) -> Lattice:
        """With more rows and columns, which hang on by a weight of 1."""
        rows, cols = (new - old for new, old in zip(shape_yx, self.right.shape))
        right, down = self.right.copy(), self.down.copy()
        right[:, -1] = down[-1] = 1.0
        right, down = (np.pad(one, ((0, rows), (0, cols)), constant_values=1.0) for one in (right, down))
        right[:, -1] = down[-1] = 0.0
        return Lattice(right, down)


def _coarser(right: Image, factor: int) -> Image:
    """Weights to the right of squares."""
    rows, cols = right.shape[0] // factor, right.shape[1] // factor
    side_by_side = right.reshape(rows, factor, -1).mean(axis=1)
    resistance = 1.0 / np.maximum(side_by_side, LEAST)
    middle = factor // 2
    path = resistance[:, middle : middle + (cols - 1) * factor].reshape(rows, cols - 1, factor).mean(axis=2)
    return np.pad((1.0 / path).astype(np.float32), ((0, 0), (0, 1)))


def lattice_of(features: Features) -> Lattice:
    """The weights of a window's net, from all features but the model's own opinion."""
    ground = features.ground
    steep = _steepness(features)
    right = np.pad(_weights(features, ground, steep, (_EVERY, _HEAD, _TAIL)), ((0, 0), (0, 1)))
    return Lattice(right, np.pad(_weights(features, ground, steep, (_HEAD, _EVERY, _TAIL)), ((0, 1), (0, 0))))


_EVERY, _HEAD, _TAIL = slice(None), slice(None, -1), slice(1, None)


def _steepness(features: Features) -> Image | None:
    """How much of a wall each pixel is, 0..1."""
    if features.slope_deg is None:
        return None
    slope = np.nan_to_num(features.slope_deg)
    return np.clip((slope - WALL_DEG) / WALL_SPAN_DEG, 0.0, 1.0).astype(np.float32)


def _weights(
    features: Features, ground: list[int], steep: Image | None, cut: tuple[slice, slice, slice]
) -> Image:
    """Weights between each pixel and the next one along the axis that `cut` names by where it is not whole."""
    rows, cols, tail = cut
    near = (rows, cols)
    far = (rows, tail) if rows == _EVERY else (tail, cols)
    shape = features.values[0][near].shape
    total, count = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for place in ground:
        values, known = features.values[place], features.known[place]
        step = values[far] - values[near]
        step *= step
        both = known[far] & known[near]
        typical = float(np.mean(step, where=both)) if both.any() else 0.0
        if typical > 0:
            step *= np.float32(1.0 / typical)
            np.minimum(step, STRONGEST, out=step)
            step *= both
            total += step
            count += both
    total /= np.maximum(count, np.float32(1.0))
    weight = np.exp(-EDGE_STEEPNESS * total)
    if steep is not None:
        weight *= 1.0 - FOOT * np.abs(steep[far] - steep[near])
    return np.maximum(weight, LEAST)
