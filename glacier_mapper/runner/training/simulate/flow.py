"""Where the ice of a pixel came from: flow lines, the stripes along them, and the rock that they carry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from .noise import fractal, resized, sampled, smoothstep
from .place import Ground

TRACED_PX = 320
"""Flow lines are followed on a grid of at most so many cells."""

DOUBLINGS = 7


@dataclass(frozen=True)
class Flow:
    """What flow lines tell, every array (n, n) float32.

    `stripes`: noise that is one along each flow line, standard deviation about 1; `load`: rock taken up on the way,
    0 in mid-glacier to about 1 beside a wall and along medial moraines; `speed`: of the surface, metres a year.
    """

    stripes: np.ndarray
    load: np.ndarray
    speed: np.ndarray


def flow_of(rng: np.random.Generator, ground: Ground) -> Flow:
    """Follow the ice uphill from every pixel, by composing the map of one step with itself.

    Ice flows down its surface; moraines in the middle of a glacier come from the margins that met at a confluence,
    so they appear by themselves where what was beside rock is carried inward. Speed is that of the shallow-ice
    equation at the surface.
    """
    n = ground.height_m.shape[0]
    grid = min(n, TRACED_PX)
    height, ice = (resized(layer, grid, 1) if grid < n else layer for layer in (ground.height_m, ground.ice_m))
    cell_m = ground.pixel_m * n / grid
    on_ice = (ice > 3.0).astype("float32")
    south, east = np.gradient(_smooth_ice(height, on_ice, np.clip(70.0 / cell_m, 1.0, 6.0)), cell_m)
    slope = np.hypot(south, east)
    edge_m = ndimage.distance_transform_edt(on_ice).astype("float32") * cell_m
    walls = np.exp(-edge_m / 45.0) * on_ice * _beside_walls(height, cell_m)
    stripes, load = _traced(rng, (south / (slope + 1e-4), east / (slope + 1e-4)), walls, on_ice)
    speed = 1.6e-4 * np.minimum(ndimage.gaussian_filter(ice, 1.5), 250.0) ** 4 * np.minimum(slope, 0.5) ** 3
    layers = (stripes, load, np.minimum(speed, 400.0) * on_ice)
    return Flow(*((resized(one, n, 1) if grid < n else one).astype("float32") for one in layers))


def _smooth_ice(height: np.ndarray, on_ice: np.ndarray, sigma: float) -> np.ndarray:
    """The surface smoothed within the ice, so that walls beside it do not turn its flow."""
    weight = ndimage.gaussian_filter(on_ice, sigma) + 1e-6
    return np.where(on_ice > 0, ndimage.gaussian_filter(height * on_ice, sigma) / weight, height)


def _beside_walls(height: np.ndarray, cell_m: float) -> np.ndarray:
    """0..1: how much higher and steeper ground stands within 200 m; rock falls from there."""
    reach = max(int(200.0 / cell_m), 1) * 2 + 1
    rise = ndimage.maximum_filter(height, reach) - height
    return smoothstep(rise, 30.0, 170.0).astype("float32")


def _traced(
    rng: np.random.Generator, uphill: tuple[np.ndarray, np.ndarray], walls: np.ndarray, on_ice: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Stripes and load: noise at the far end of each flow line, and what stood beside it on the way."""
    grid = walls.shape[0]
    y, x = np.mgrid[:grid, :grid].astype("float32")
    to_y, to_x = y + uphill[0].astype("float32") * on_ice, x + uphill[1].astype("float32") * on_ice
    load = walls * 0.14
    for _ in range(DOUBLINGS):
        load = load + sampled(load, to_y, to_x)
        to_y, to_x = sampled(to_y, to_y, to_x), sampled(to_x, to_y, to_x)
    stripes = sampled(fractal(rng, grid, 1.7), to_y, to_x)
    stripes = stripes - ndimage.gaussian_filter(stripes, 8.0)
    return stripes / (stripes[on_ice > 0].std() + 1e-6 if on_ice.any() else 1.0), np.clip(load, 0.0, 1.5)
