"""Glaciers that lie in a relief as ice does: snow gathers high, flows down the valleys and melts below."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from .noise import resized


def glaciers(bed_m: np.ndarray, cell_m: float, line_m: np.ndarray) -> np.ndarray:
    """Ice thickness in metres, shape of `bed_m`, in balance with an equilibrium line `line_m` (same shape).

    Ice spreads by diffusion of its surface with a diffusivity that grows with thickness and slope, which is the
    shallow-ice equation with a softened exponent; only the balanced shape is wanted, so time has no unit. A
    coarse solution starts the finer one.
    """
    thickness = np.zeros((1, 1), dtype=bed_m.dtype)
    size = bed_m.shape[0]
    for shrink, steps in ((4, 3000), (2, 600), (1, 160)):
        n = max(size // shrink, 8)
        bed, line = resized(bed_m, n, 1), resized(line_m, n, 1)
        if shrink > 1:
            bed = resized(ndimage.gaussian_filter(bed_m, shrink / 2.0), n, 1)
        thickness = _settle(np.maximum(resized(thickness, n, 1), 0.0), bed, line, (cell_m * size / n, steps))
    return thickness


def _settle(ice: np.ndarray, bed: np.ndarray, line: np.ndarray, run: tuple[float, int]) -> np.ndarray:
    """Let `ice` flow and melt for `run` = (cell size in metres, steps)."""
    cell_m, steps = run
    steep_y, steep_x = np.gradient(bed, cell_m)
    # Snow slides off what is too steep to hold it.
    gain = 1.2e-4 * np.clip((1.35 - np.hypot(steep_y, steep_x)) / 0.5, 0.0, 1.0)
    bed_above = bed - line
    for _ in range(steps):
        surface = bed + ice
        above = bed_above + np.minimum(ice, 60.0)
        balance = np.where(above > 0, np.minimum(above, 250.0) * gain, above * 1.7e-4)
        ice = np.maximum(ice + balance + _inflow(ice, surface, cell_m), 0.0)
    return ice


def _inflow(ice: np.ndarray, surface: np.ndarray, cell_m: float) -> np.ndarray:
    """Change of thickness in one step by flow between neighbours, metres; never more than is there."""
    change = np.zeros_like(ice)
    for axis in (0, 1):
        low, high = _halves(axis, slice(None, -1)), _halves(axis, slice(1, None))
        fall = surface[low] - surface[high]
        thick = np.where(fall > 0, ice[low], ice[high])
        # Diffusivity in cells squared a step; above 0.2 the scheme would swing.
        spread = np.minimum(0.2, (thick / 70.0) ** 2 * (0.25 + np.abs(fall) / cell_m))
        moved = np.minimum(np.maximum(spread * fall, -0.22 * ice[high]), 0.22 * ice[low])
        change[low] -= moved
        change[high] += moved
    return change


def _halves(axis: int, part: slice) -> tuple[slice, slice]:
    """An index that takes `part` along `axis` and everything along the other."""
    return (part, slice(None)) if axis == 0 else (slice(None), part)
