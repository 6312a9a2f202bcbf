"""Sun, air and clouds: what the light meets on its way down and up again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from .light import Sun
from .noise import fractal, smoothstep
from .settings import SceneSettings, Season

SKYLIGHT = np.array((0.17, 0.125, 0.09, 0.055, 0.022, 0.014), "float32")
"""Share of the light on flat ground that comes from the sky under a high sun: it fills shadows, bluest most."""

RAYLEIGH = np.array((0.078, 0.042, 0.022, 0.0085, 0.0007, 0.0002), "float32")
"""Reflectance of the air itself above sea level, sun and sensor overhead (Bodhaine et al. 1999 for the depths)."""

HAZE = np.array((0.030, 0.023, 0.017, 0.010, 0.0025, 0.0012), "float32")
"""Reflectance of usual haze in the valleys; it thins out upwards."""

PASSED = np.array((0.86, 0.89, 0.92, 0.96, 0.97, 0.97), "float32")
"""Share of the light that the air lets through, down and up."""

SHADE_ERROR = np.array((0.075, 0.070, 0.085, 0.055, 0.014, 0.010), "float32")
"""What a correction takes off too much where bright snow made it believe in haze."""

SUN_DEG = {Season.SUMMER: (38.0, 62.0), Season.EARLY: (45.0, 65.0), Season.WINTER: (15.0, 36.0)}
"""Elevation of the sun at 10 o'clock in mountains between 30 and 65 degrees of latitude."""


@dataclass(frozen=True)
class Air:
    """The air of one date: `thick` haze (1 usual), error of its correction, and of its gain."""

    sun: Sun
    thick: float
    shade_error: float
    gain_error: float


@dataclass(frozen=True)
class Clouds:
    """Opacity of the cloud seen in each pixel and of the one before the sun, (n, n) 0..1; its spectrum, (6,)."""

    seen: np.ndarray
    before_sun: np.ndarray
    spectrum: np.ndarray


def air_of(rng: np.random.Generator, settings: SceneSettings) -> Air:
    """Sun and air by chance, as the season has them."""
    sun = Sun(float(rng.uniform(125, 172)), float(rng.uniform(*SUN_DEG[settings.season])))
    bright = {Season.SUMMER: 0.35, Season.EARLY: 0.6, Season.WINTER: 0.85}[settings.season]
    most = {Season.SUMMER: (0.1, 1.1), Season.EARLY: (0.1, 1.1), Season.WINTER: (0.4, 1.5)}[settings.season]
    wrong = float(rng.uniform(*most)) if rng.random() < bright else 0.0
    return Air(sun, float(rng.gamma(2.0, 0.4)), wrong, float(rng.normal(1.0, 0.03) + 0.12 * wrong))


def clouds_of(rng: np.random.Generator, size: int, pixel_m: float, sun: Sun) -> Clouds:
    """Heaps, a deck or cirrus; their shadows lie away from the sun as far as their height says."""
    kind, amount = rng.choice(3, p=(0.5, 0.2, 0.3)), float(rng.uniform(-0.2, 1.2))
    if kind == 0:
        seen = smoothstep(fractal(rng, size, 2.4), 0.9 + amount, 1.5 + amount)
    elif kind == 1:
        seen = smoothstep(fractal(rng, size, 3.0), 0.3 + amount, 1.2 + amount) * rng.uniform(0.6, 1.0)
    else:
        streaks = fractal(rng, size, 3.2) + 0.3 * fractal(rng, size, 2.4)
        seen = smoothstep(streaks, -0.8 + amount, 2.2 + amount) * rng.uniform(0.1, 0.5)
    height_m = float(rng.uniform(5000, 8000) if kind == 2 else rng.uniform(400, 2500))
    away = height_m / np.tan(np.deg2rad(sun.elevation_deg)) / pixel_m
    azimuth = np.deg2rad(sun.azimuth_deg)
    # The field of clouds is periodic, so what shades the scene from outside is cloud too.
    before = np.roll(seen, (round(np.cos(azimuth) * away), round(-np.sin(azimuth) * away)), (0, 1))
    drops = (0.45, 0.32) if kind != 2 else (0.20, 0.14)
    visible = float(rng.uniform(0.6, 0.85))
    spectrum = np.array((*(visible,) * 3, visible * 0.97, rng.normal(drops[0], 0.07), rng.normal(drops[1], 0.05)))
    return Clouds(seen.astype("float32"), before.astype("float32"), np.clip(spectrum, 0.05, 1.0).astype("float32"))


def no_clouds(size: int) -> Clouds:
    """A clear sky."""
    nothing = np.zeros((size, size), "float32")
    return Clouds(nothing, nothing, np.zeros(6, "float32"))


def path_reflectance(rng: np.random.Generator, height_m: np.ndarray, air: Air) -> np.ndarray:
    """Reflectance of the air above each pixel, (6, n, n): all air thins upwards with 8 km, haze with 0.8 km."""
    n = height_m.shape[0]
    longer = np.float32(0.5 + 0.5 / air.sun.sine)
    clean = np.exp(-height_m / 8000.0)
    low = np.exp(-(height_m - height_m.min()) / 800.0) * np.exp(0.3 * fractal(rng, n, 3.2)) * air.thick
    return longer * (RAYLEIGH[:, None, None] * clean + HAZE[:, None, None] * low).astype("float32")


def corrected(rng: np.random.Generator, seen: np.ndarray, path: np.ndarray, air: Air) -> np.ndarray:
    """Surface reflectance (6, n, n) as a product gives it: flat ground assumed, haze guessed.

    Over snow the haze is guessed too thick, and so shadows come out below nothing, and sunlit slopes too bright; the
    more, the brighter the country round about is.
    """
    n = path.shape[1]
    guess = path * np.float32(1.0 + rng.normal(0.0, 0.06))
    if air.shade_error > 0:
        bright = ndimage.gaussian_filter(np.clip(seen[2], 0.0, 1.0), n / 14.0)
        field = np.exp(0.5 * fractal(rng, n, 3.0)).astype("float32") * np.clip(bright / 0.35, 0.15, 1.8)
        guess += air.shade_error * SHADE_ERROR[:, None, None] * field
    return (seen - guess) / PASSED[:, None, None] * np.float32(air.gain_error)
