"""Sunlight on a relief: slopes facing it, shadows cast, and light from the sky."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from .noise import shifted


@dataclass(frozen=True)
class Sun:
    """Where the sun stands: degrees clockwise from north, degrees above the horizon."""

    azimuth_deg: float
    elevation_deg: float

    @property
    def sine(self) -> float:
        """Of the elevation: irradiance of flat ground relative to an overhead sun."""
        return float(np.sin(np.deg2rad(self.elevation_deg)))


def facing(height_m: np.ndarray, pixel_m: float, sun: Sun) -> np.ndarray:
    """Cosine of the angle between sun and the ground's normal, shape of `height_m`; negative in self shadow."""
    south, east = np.gradient(height_m, pixel_m)
    azimuth, elevation = np.deg2rad(sun.azimuth_deg), np.deg2rad(sun.elevation_deg)
    towards = np.sin(elevation) - np.cos(elevation) * (np.sin(azimuth) * east - np.cos(azimuth) * south)
    return towards / np.sqrt(1.0 + south**2 + east**2)


def illumination(height_m: np.ndarray, pixel_m: float, sun: Sun) -> np.ndarray:
    """Direct sunlight relative to flat ground, shape of `height_m`, 0 in cast and self shadow."""
    cosine = np.maximum(facing(height_m, pixel_m, sun), 0.0)
    return cosine / sun.sine * ~cast_shadow(height_m, pixel_m, sun)


def cast_shadow(height_m: np.ndarray, pixel_m: float, sun: Sun) -> np.ndarray:
    """Where something higher stands before the sun, bool, shape of `height_m`."""
    return shadow_edge(height_m, pixel_m, sun) > height_m + 0.5


def shadow_edge(height_m: np.ndarray, pixel_m: float, sun: Sun, nearest_px: float = 1.0) -> np.ndarray:
    """Height of the edge of the shadow over each pixel, metres, -inf where nothing casts one.

    It is a maximum over ever longer reaches towards the sun, each made of two of the reach before. What is nearer
    than `nearest_px` casts none.
    """
    azimuth, rise = np.deg2rad(sun.azimuth_deg), np.tan(np.deg2rad(sun.elevation_deg))
    reach_px = max(np.ptp(height_m) / rise / pixel_m, 1.0)
    edge = np.full(height_m.shape, -np.inf)
    step = nearest_px
    tallest = height_m - 0.0
    while step <= reach_px * 2:
        rows, cols = round(-np.cos(azimuth) * step), round(np.sin(azimuth) * step)
        drop = float(np.hypot(rows, cols)) * pixel_m * rise
        edge = np.maximum(edge, shifted(tallest, rows, cols) - drop)
        tallest = np.maximum(tallest, shifted(tallest, rows, cols) - drop)
        step *= 2.0
    return edge


def sky_view(height_m: np.ndarray, pixel_m: float) -> np.ndarray:
    """Share of the sky that is not hidden by the ground, (n, n), 0..1.

    Half of it from the pixel's own slope, (1 + cos s) / 2, the rest from how deep it lies below what stands within
    600 m.
    """
    south, east = np.gradient(height_m, pixel_m)
    own = 0.5 + 0.5 / np.sqrt(1.0 + south**2 + east**2)
    sigma = min(600.0 / pixel_m, height_m.shape[0] / 6.0)
    depth = ndimage.gaussian_filter(height_m, sigma) - height_m
    return np.clip(own * (1.0 - np.clip(depth / 1200.0, 0.0, 0.5)), 0.2, 1.0)
