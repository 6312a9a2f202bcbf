"""The sensors: where their bands lie, how their products store what they saw, and how well they saw it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from .noise import fractal

BAND_NAMES = ("blue", "green", "red", "nir", "swir1", "swir2", "thermal")

THERMAL_SCALE, THERMAL_OFFSET = 0.00341802, 149.0
"""Kelvin, as Landsat Collection 2 level 2 stores it."""

BRIGHTEST = 1.6
"""Reflectance at which the products of surface reflectance end."""


@dataclass(frozen=True)
class Sensor:
    """A sensor and its product: physical = stored * scale + offset, 0 is no data.

    `bands_um` are the middles of the six optical bands; `noise` is the standard deviation in reflectance under
    an overhead sun; `levels` the number of grey levels over a reflectance of 1; `full` the reflectance under an
    overhead sun at which the detector saturates.
    """

    pixel_m: float
    scale: float
    offset: float
    noise: float
    bands_um: tuple[float, ...]
    levels: int
    full: float


_TM = (0.485, 0.560, 0.660, 0.830, 1.650, 2.215)
_ETM = (0.483, 0.560, 0.662, 0.835, 1.648, 2.206)
_OLI = (0.482, 0.561, 0.655, 0.865, 1.609, 2.201)
_MSI = (0.492, 0.560, 0.665, 0.833, 1.614, 2.202)

SENSORS = {
    "S2": Sensor(10.0, 1e-4, -0.1, 0.0008, _MSI, 4000, 1.6),
    "L9": Sensor(30.0, 2.75e-5, -0.2, 0.0005, _OLI, 14000, 1.4),
    "L8": Sensor(30.0, 2.75e-5, -0.2, 0.0006, _OLI, 3500, 1.3),
    "L7": Sensor(30.0, 2.75e-5, -0.2, 0.0035, _ETM, 330, 0.85),
    "L5": Sensor(30.0, 2.75e-5, -0.2, 0.0045, _TM, 270, 0.95),
}
"""Scale and offset of Sentinel-2 from baseline 04.00 on, and of Landsat Collection 2 level 2."""


def detect(rng: np.random.Generator, seen: np.ndarray, sensor: Sensor, sine: float) -> np.ndarray:
    """Reflectance `seen` above the atmosphere (6, n, n) as the detector counts it, the sun's height having sine `sine`.

    Blurred by the optics, with noise, a gain of each band, whole grey levels and saturation. Radiance is what is
    counted, so noise and levels grow in reflectance as the sun sinks, and snow saturates under a high sun first.
    """
    counted = np.empty_like(seen)
    blur = float(rng.uniform(0.35, 0.6))
    for band, values in enumerate(seen):
        radiance = ndimage.gaussian_filter(values, blur) * np.float32(sine * rng.normal(1.0, 0.012))
        spread = sensor.noise * np.sqrt(0.5 + np.clip(radiance, 0.0, 2.0) * 3.0)
        radiance = radiance + rng.standard_normal(values.shape, dtype="float32") * spread.astype("float32")
        radiance = np.clip(radiance, -0.02, sensor.full if band < 4 else 1.0)
        counted[band] = np.rint(radiance * sensor.levels) / np.float32(sensor.levels * sine)
    return counted


def stored(values: np.ndarray, scale: float, offset: float) -> np.ndarray:
    """Physical values as uint16, 0 where they are NaN."""
    counts = np.clip(np.rint((values - offset) / scale), 1, 65535)
    return np.where(np.isnan(values), 0, counts).astype("uint16")


def rounded(values: np.ndarray, scale: float, offset: float) -> np.ndarray:
    """Physical values as they come back from `stored`, float32, NaN where there are none."""
    counts = stored(values, scale, offset)
    return np.where(counts == 0, np.nan, counts * scale + offset).astype("float32")


def stripes(rng: np.random.Generator, size: int) -> np.ndarray:
    """Where the failed scan-line corrector of Landsat 7 left no data, (size, size) bool.

    Gaps of up to 14 pixels recur every 33 or so, tilted by some 8 degrees, narrow in the middle of the swath.
    """
    y, x = np.mgrid[:size, :size].astype("float32")
    along = y + np.float32(np.tan(np.deg2rad(rng.uniform(6, 10)))) * x + np.float32(rng.uniform(0, 33))
    off_middle = (x / size - 0.5) * np.float32(rng.uniform(-0.4, 0.4)) + np.float32(rng.uniform(0.1, 1.0))
    return np.mod(along, 33.0) < 13.0 * np.clip(off_middle, 0.0, 1.0)


def mask_gaps(rng: np.random.Generator, confusing: np.ndarray, share: float) -> np.ndarray:
    """Where a cloud mask cut bright snow away, (n, n) bool: square blocks, thickest where `confusing` (0..1) is high.

    Landsat's CFMask takes bright, cold and sharply bounded snow for cloud and dilates what it found by whole pixels
    (Foga et al. 2017, Remote Sens. Environ. 194, 379); so gaps have the corners of squares.
    """
    n = confusing.shape[0]
    wish = confusing + 0.35 * fractal(rng, n, 1.2) + 0.25 * fractal(rng, n, 2.6)
    cores = wish > np.quantile(wish, 1.0 - share / 9.0)
    cores &= rng.random((n, n)) < 0.5
    small, large = ndimage.maximum_filter(cores, 5), ndimage.maximum_filter(cores & (wish > np.median(wish)), 9)
    return small | (large & (fractal(rng, n, 3.0) > 0.2))


def edge_gap(rng: np.random.Generator, size: int) -> np.ndarray:
    """Beyond the edge of the scene, a tilted straight line, (size, size) bool."""
    y, x = np.mgrid[:size, :size] / size - 0.5
    turn = np.deg2rad(rng.uniform(8, 16) + 90.0 * rng.integers(4))
    return x * np.cos(turn) + y * np.sin(turn) > rng.uniform(0.2, 0.55)
