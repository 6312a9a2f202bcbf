"""Seeded random fields and shifts of arrays."""

from __future__ import annotations

import numpy as np
from scipy import fft, ndimage


def fractal(rng: np.random.Generator, size: int, beta: float = 3.0) -> np.ndarray:
    """A periodic random field whose power falls as frequency to the power -beta.

    Shape (size, size), float32, mean 0, standard deviation 1. Source: spectral synthesis (Saupe 1988, in The
    Science of Fractal Images, chapter 2).
    """
    squared = ((np.fft.fftfreq(size)[:, None] ** 2 + np.fft.rfftfreq(size)[None, :] ** 2) * size**2).astype("float32")
    amplitude = np.maximum(squared, 0.25) ** np.float32(-beta / 4)
    amplitude[0, 0] = 0.0
    phases = rng.standard_normal((2, *squared.shape), dtype="float32")
    field = fft.irfft2((phases[0] + 1j * phases[1]) * amplitude, s=(size, size))
    return field / field.std()


def shifted(field: np.ndarray, rows: int, cols: int) -> np.ndarray:
    """`field` moved so that element (r, c) is that of (r + rows, c + cols), edges repeated."""
    size_y, size_x = field.shape
    index_y = np.clip(np.arange(size_y) + rows, 0, size_y - 1)
    index_x = np.clip(np.arange(size_x) + cols, 0, size_x - 1)
    return field[np.ix_(index_y, index_x)]


def resized(field: np.ndarray, size: int, order: int = 3) -> np.ndarray:
    """`field` (n, n) interpolated by splines to (size, size), pixel centres kept in place."""
    grid = (np.arange(size) + 0.5) * field.shape[0] / size - 0.5
    return ndimage.map_coordinates(field, np.meshgrid(grid, grid, indexing="ij"), order=order, mode="nearest")


def smoothstep(value: np.ndarray, low: float, high: float) -> np.ndarray:
    """0 below `low`, 1 above `high`, a smooth S between; `low` may exceed `high`."""
    t = np.clip((value - low) / (high - low), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def sampled(field: np.ndarray, y: np.ndarray, x: np.ndarray, order: int = 1) -> np.ndarray:
    """`field` at rows `y` and columns `x` (of one shape, in pixels), float32, edges repeated."""
    found = ndimage.map_coordinates(field, (y, x), order=order, mode="nearest", output="float32")
    return found.reshape(y.shape)
