"""Sunlight on a relief: slopes facing it, and shadows cast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .noise import shifted


@dataclass(frozen=True)
class Sun:
    """Where the sun stands: degrees clockwise from north, degrees above the horizon."""

    azimuth_deg: float
    elevation_deg: float


def illumination(height_m: np.ndarray, pixel_m: float, sun: Sun) -> np.ndarray:
    """Direct sunlight relative to flat ground, shape of `height_m`, 0 in cast and self shadow."""
    south, east = np.gradient(height_m, pixel_m)
    azimuth, elevation = np.deg2rad(sun.azimuth_deg), np.deg2rad(sun.elevation_deg)
    facing = np.sin(elevation) - np.cos(elevation) * (np.sin(azimuth) * east - np.cos(azimuth) * south)
    cosine = facing / np.sqrt(1.0 + south**2 + east**2)
    return np.clip(cosine / np.sin(elevation), 0.0, 2.0) * ~cast_shadow(height_m, pixel_m, sun)


def cast_shadow(height_m: np.ndarray, pixel_m: float, sun: Sun) -> np.ndarray:
    """Where something higher stands before the sun, bool, shape of `height_m`.

    The height of the shadow's edge over each pixel is a maximum over ever longer reaches towards the sun, each
    made of two of the reach before.
    """
    azimuth, rise = np.deg2rad(sun.azimuth_deg), np.tan(np.deg2rad(sun.elevation_deg))
    reach_px = max(np.ptp(height_m) / rise / pixel_m, 1.0)
    edge = np.full(height_m.shape, -np.inf)
    step = 1.0
    tallest = height_m - 0.0
    while step <= reach_px * 2:
        rows, cols = round(-np.cos(azimuth) * step), round(np.sin(azimuth) * step)
        drop = float(np.hypot(rows, cols)) * pixel_m * rise
        edge = np.maximum(edge, shifted(tallest, rows, cols) - drop)
        tallest = np.maximum(tallest, shifted(tallest, rows, cols) - drop)
        step *= 2.0
    return edge > height_m + 0.5
