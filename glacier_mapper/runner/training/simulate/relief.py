"""Mountains: fractal uplift carved by rivers, with slopes no steeper than rock stands."""

from __future__ import annotations

import numpy as np
from scipy import ndimage
from skimage.morphology import reconstruction

from .noise import fractal, resized, smoothstep

_NEIGHBOURS = [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)]
_TALUS = np.tan(np.deg2rad(42.0))


def mountains(rng: np.random.Generator, size: int, cell_m: float, uneven: float = 0.45) -> np.ndarray:
    """Eroded relief in metres, shape (size, size), float64, lowest point 0, cells `cell_m` wide.

    Uplift varies by `uneven` about its mean: 0.45 leaves plains between ranges, 0.2 valleys between ridges.
    The field is the middle of a larger one, so that valleys leave it on every side. Rivers cut by the stream
    power law dh/dt = U - K A^0.45 S, solved implicitly along the flow (Braun and Willett 2013, Geomorphology
    180-181), from a coarse to a fine grid.
    """
    wide = int(size * 1.5)
    coarse = max(wide // 3, 24)
    uplift = np.clip(1.0 + uneven * fractal(rng, coarse, 3.6), 0.15, None)
    # A roof over the field, wrinkled: water has somewhere to go from the first step on.
    edge = np.minimum(np.arange(coarse), np.arange(coarse)[::-1])
    roof = np.minimum(edge[:, None], edge[None, :]) * 1.0
    height = 14.0 * roof * np.exp(0.35 * fractal(rng, coarse, 3.0)) + 30.0 * fractal(rng, coarse, 2.2)
    height = _carve(height, uplift, cell_m * wide / coarse, 45)
    middle = (coarse + wide) // 2
    for grid, steps in ((middle, 14), (wide, 9)):
        rough = fractal(rng, grid, 2.4) * 0.012 * np.ptp(height)
        height = _carve(resized(height, grid) + rough, resized(uplift, grid, 1), cell_m * wide / grid, steps)
    start = (wide - size) // 2
    height = height[start : start + size, start : start + size]
    return height - height.min()


def gullies(rng: np.random.Generator, height: np.ndarray, cell_m: float) -> np.ndarray:
    """What running water and falling rock add to a smooth `height` (n, n): metres, within 60 of nothing."""
    rough = height + fractal(rng, height.shape[0], 2.2) * np.clip(0.25 * cell_m, 2.5, 8.0)
    carved = _carve(rough, np.full(height.shape, 0.12), cell_m, 6)
    detail = carved - ndimage.gaussian_filter(carved, np.clip(150.0 / cell_m, 2.0, 12.0))
    return np.clip(detail - (height - ndimage.gaussian_filter(height, np.clip(150.0 / cell_m, 2.0, 12.0))), -60, 60)


def glaciated(height: np.ndarray, line_m: float, form: tuple[float, float]) -> np.ndarray:
    """`height` (n, n) as ice ages have left it; `form` = (radius of the troughs in cells, share planed off).

    Erosion by ice is quickest about the long-term equilibrium line: ground gathers there, and above it stand horns
    (the glacial buzzsaw: Egholm et al. 2009, Nature 460, 884). Valleys have round troughs.
    """
    radius, planed = form
    levels, band = np.linspace(height.min(), height.max(), 200), 0.12 * np.ptp(height)
    stretch = 1.0 - planed * np.exp(-(((levels - line_m) / band) ** 2))
    stretch += 0.5 * smoothstep(levels - line_m, 0.6 * band, 1.8 * band)
    remade = np.interp(height, levels, np.concatenate([[0.0], np.cumsum(stretch[1:]) * (levels[1] - levels[0])]))
    reach = int(np.ceil(radius))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    troughs = ndimage.grey_closing(remade, footprint=np.hypot(x, y) <= radius)
    return ndimage.gaussian_filter(remade + 0.9 * (troughs - remade), 0.7)


def _carve(height: np.ndarray, uplift: np.ndarray, cell_m: float, steps: int) -> np.ndarray:
    """`steps` rounds of uplift, river incision and slope failure; the border is the base level."""
    for step in range(steps):
        height = height + 25.0 * uplift
        if step % 5 == 0:
            height = _filled(height)
        receiver, distance = _downhill(height, cell_m)
        area = _accumulate(receiver) * cell_m**2
        height = _incise(height, receiver, 0.0062 * 25.0 * area**0.45 / distance)
        height = _slipped(height, cell_m)
        height = height + 0.06 * ndimage.laplace(height, mode="nearest")
    return height


def drained_area(height: np.ndarray, cell_m: float) -> np.ndarray:
    """Square metres that drain through each cell, shape of `height`."""
    receiver, _ = _downhill(_filled(height), cell_m)
    return (_accumulate(receiver) * cell_m**2).reshape(height.shape)


def _filled(height: np.ndarray) -> np.ndarray:
    """Hollows filled to their outlet, with a tilt too small to see so that water finds its way."""
    seed = np.full_like(height, height.max())
    seed[[0, -1], :], seed[:, [0, -1]] = height[[0, -1], :], height[:, [0, -1]]
    return 0.999 * reconstruction(seed, height, method="erosion") + 0.001 * height


def _slipped(height: np.ndarray, cell_m: float) -> np.ndarray:
    """`height` where no slope to a neighbour is steeper than rubble lies."""
    rows_px, cols_px = height.shape
    lowest, padded = height.copy(), np.pad(height, 1, mode="edge")
    for rows, cols in _NEIGHBOURS:
        beside = padded[1 + rows : 1 + rows + rows_px, 1 + cols : 1 + cols + cols_px]
        np.minimum(lowest, beside + _TALUS * cell_m * float(np.hypot(rows, cols)), out=lowest)
    return lowest


def _downhill(height: np.ndarray, cell_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Index of the neighbour of steepest descent (itself in a hollow and on the border), and its distance."""
    rows_px, cols_px = height.shape
    padded = np.pad(height, 1, mode="edge")
    step, distance = np.zeros(height.shape, "int64"), np.full(height.shape, cell_m)
    steepest = np.zeros(height.shape)
    for rows, cols in _NEIGHBOURS:
        length = cell_m * float(np.hypot(rows, cols))
        slope = (height - padded[1 + rows : 1 + rows + rows_px, 1 + cols : 1 + cols + cols_px]) / length
        better = slope > steepest
        np.copyto(step, rows * cols_px + cols, where=better)
        np.copyto(distance, length, where=better)
        np.copyto(steepest, slope, where=better)
    step[[0, -1], :] = step[:, [0, -1]] = 0
    return (np.arange(height.size).reshape(height.shape) + step).ravel(), distance.ravel()


def _accumulate(receiver: np.ndarray) -> np.ndarray:
    """Number of cells that drain through each cell, by doubling the length of the paths."""
    cells = np.arange(receiver.size)
    total, jump = np.ones(receiver.size), receiver
    ends = receiver == cells
    while True:
        moving = np.where(ends, 0.0, 1.0) > 0
        if not moving.any():
            return total
        total = total + np.bincount(jump[moving], weights=total[moving], minlength=receiver.size)
        # A path that has arrived must not be counted again.
        ends, jump = ends | ends[jump], jump[jump]


def _incise(height: np.ndarray, receiver: np.ndarray, strength: np.ndarray) -> np.ndarray:
    """The implicit step h = (h0 + f h_receiver) / (1 + f), for all cells at once by doubling the paths."""
    fixed = receiver == np.arange(receiver.size)
    factor = np.where(fixed, 0.0, strength / (1.0 + strength))
    own = np.where(fixed, height.ravel(), height.ravel() / (1.0 + strength))
    jump = receiver
    for _ in range(int(np.ceil(np.log2(receiver.size)))):
        own, factor, jump = own + factor * own[jump], factor * factor[jump], jump[jump]
        if not factor.any():
            break
    return own.reshape(height.shape)
