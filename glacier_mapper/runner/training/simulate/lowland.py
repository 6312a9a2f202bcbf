"""Plains: fields, woods and towns; and the rivers of any scene."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from .noise import fractal, resized, smoothstep
from .place import Ground
from .relief import drained_area


def land_use(rng: np.random.Generator, ground: Ground, slope: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Fields in strips with one crop each, woods, and a town of streets and bright roofs, on ground flat enough."""
    n, pixel_m = ground.height_m.shape[0], ground.pixel_m
    flat = smoothstep(slope, 0.35, 0.15)
    crop = _fields(rng, n, pixel_m)
    farmed = flat * smoothstep(fractal(rng, n, 2.8) + rng.normal(0.3, 0.5), -0.2, 0.1)
    names = ("crops", "dry_grass", "soil", "meadow")
    layers = [(name, (farmed * (crop == number)).astype("float32")) for number, name in enumerate(names)]
    layers.append(("forest", smoothstep(fractal(rng, n, 2.6) + rng.normal(0.0, 0.4), 0.6, 0.8).astype("float32")))
    town = flat * smoothstep(fractal(rng, n, 3.2) + rng.normal(-0.3, 0.6), 0.7, 1.1)
    roofs = (rng.random((n, n), dtype="float32") < 0.12).astype("float32")
    return [*layers, ("town", town * 0.85), ("roofs", town * roofs * 0.8)]


def _fields(rng: np.random.Generator, size: int, pixel_m: float) -> np.ndarray:
    """The crop's number of each pixel, 0 to 3, the same in each of many tilted oblongs."""
    turn, long_m, wide_m = rng.uniform(0, np.pi), rng.uniform(150, 700), rng.uniform(60, 250)
    y, x = np.mgrid[:size, :size] * pixel_m
    along = np.floor((x * np.cos(turn) + y * np.sin(turn)) / long_m).astype(int)
    across = np.floor((y * np.cos(turn) - x * np.sin(turn) + 37.0 * (along % 7)) / wide_m).astype(int)
    return rng.integers(0, 4, (256, 256))[along % 256, across % 256]


def rivers(ground: Ground) -> tuple[np.ndarray, np.ndarray]:
    """Shares of running water and of the gravel beside it, (n, n) each: where much land drains through a pixel."""
    n = ground.height_m.shape[0]
    grid = min(n, 256)
    height = resized(ground.height_m, grid, 1) if grid < n else ground.height_m
    area = drained_area(ndimage.gaussian_filter(height, 1.0).astype("float64"), ground.pixel_m * n / grid)
    width_m = 0.006 * np.sqrt(area)
    share = np.clip(width_m / (ground.pixel_m * n / grid) - 0.12, 0.0, 0.75) * (width_m > 4.0)
    gravel = ndimage.maximum_filter(share, 3)
    layers = (ndimage.gaussian_filter(share, 0.4), ndimage.gaussian_filter(gravel, 0.7))
    water, stones = (resized(one, n, 1) if grid < n else one for one in layers)
    dry = ground.ice_m <= 0
    return (water * dry).astype("float32"), (np.clip(stones, 0, 1) * dry).astype("float32")
