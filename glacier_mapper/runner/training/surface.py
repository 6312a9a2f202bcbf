"""What covers the ground, and how it reflects sunlight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from .noise import fractal, smoothstep

SPECTRA = {
    "snow": (0.90, 0.93, 0.92, 0.86, 0.115, 0.085),
    "firn": (0.70, 0.72, 0.70, 0.60, 0.075, 0.055),
    "ice": (0.47, 0.48, 0.45, 0.33, 0.030, 0.022),
    "dirty_ice": (0.29, 0.30, 0.285, 0.225, 0.040, 0.032),
    "debris": (0.120, 0.140, 0.155, 0.178, 0.200, 0.180),
    "gneiss": (0.115, 0.138, 0.155, 0.185, 0.230, 0.205),
    "limestone": (0.190, 0.225, 0.250, 0.285, 0.330, 0.300),
    "scree": (0.150, 0.178, 0.200, 0.235, 0.285, 0.255),
    "meadow": (0.034, 0.068, 0.052, 0.340, 0.190, 0.095),
    "forest": (0.016, 0.034, 0.022, 0.210, 0.092, 0.040),
    "lake": (0.045, 0.050, 0.024, 0.010, 0.004, 0.003),
    "milky_lake": (0.130, 0.165, 0.125, 0.045, 0.009, 0.006),
}
"""Bottom reflectance in blue, green, red, nir, swir1, swir2: round numbers of the order that the literature
gives (snow and ice: Hall and Riggs 2007; Paul et al. 2016, Remote Sens. 8, 575; plants and rock: USGS library)."""


@dataclass(frozen=True)
class Ground:
    """The bare facts of a scene, every array (n, n).

    `height_m` is the surface with ice and lakes, `line_m` the equilibrium line, `lakes_m` the depth of water.
    """

    height_m: np.ndarray
    ice_m: np.ndarray
    line_m: np.ndarray
    lakes_m: np.ndarray
    pixel_m: float


def glacier_mask(ground: Ground) -> np.ndarray:
    """Where ice lies, bool; specks of less than 30 pixels are no glaciers."""
    ice = ground.ice_m > 3.0
    parts, count = ndimage.label(ice)
    return (np.bincount(parts.ravel(), minlength=count + 1) >= 30)[parts] & ice


def cover(rng: np.random.Generator, ground: Ground, debris: np.ndarray) -> dict[str, np.ndarray]:
    """Share of each ground cover in each pixel, (n, n) each, in sum 1: the last one laid on hides the others."""
    n = ground.height_m.shape[0]
    above = ground.height_m - ground.line_m
    patch, fine = fractal(rng, n, 2.6), fractal(rng, n, 1.7)
    south, east = np.gradient(ndimage.gaussian_filter(ground.height_m, 1.0), ground.pixel_m)
    slope = np.hypot(south, east)
    northness = np.clip(-south, -1.0, 1.0)
    layers: list[tuple[str, np.ndarray]] = [
        ("gneiss", np.ones((n, n), "float32")),
        ("limestone", smoothstep(fractal(rng, n, 3.4), 0.6, 1.2)),
        ("scree", smoothstep(slope + 0.12 * patch, 0.75, 0.45) * 0.8),
        ("meadow", _below(above + 90 * patch + 60 * fine, -560, -380) * smoothstep(slope + 0.1 * fine, 1.0, 0.65)),
        ("forest", _below(above + 70 * patch + 50 * fine, -980, -820) * smoothstep(slope + 0.1 * patch, 1.15, 0.8)),
        # Old snow stays in hollows and on shaded slopes.
        ("snow", smoothstep(above + 190 * northness + 120 * patch + 90 * fine - 260 * (slope - 0.6), 230, 330)),
    ]
    glacier = glacier_mask(ground).astype("float32")
    dirt = smoothstep(-above / 450 + 0.22 * fine + 0.3 * _bands(ground, rng), 0.35, 0.75)
    layers += [
        ("ice", glacier),
        ("dirty_ice", glacier * np.clip(0.75 * dirt + 0.1 * np.abs(fine), 0, 1)),
        ("firn", glacier * smoothstep(above + 35 * patch + 22 * fine, -40, 60)),
        ("snow", glacier * smoothstep(above + 70 * patch + 30 * fine + 60 * northness, 70, 210)),
        ("debris", debris * 0.93),
        ("lake", smoothstep(ground.lakes_m, 0.3, 1.5)),
        ("milky_lake", smoothstep(ground.lakes_m, 0.3, 1.5) * smoothstep(above + 60 * patch, -650, -350)),
    ]
    shares: dict[str, np.ndarray] = {}
    seen = np.ones((n, n), "float32")
    for name, share in reversed(layers):
        shares[name] = shares.get(name, 0.0) + seen * share
        seen = seen * (1.0 - share)
    return shares


def debris_cover(rng: np.random.Generator, ground: Ground) -> np.ndarray:
    """Share of glacier under rock debris, (n, n): the margins and ends of low tongues, in bands along the flow."""
    below = ground.line_m - ground.height_m + 45 * fractal(rng, ground.height_m.shape[0], 2.2)
    reach = float(rng.uniform(110, 220))
    edge_m = ndimage.distance_transform_edt(glacier_mask(ground)).astype("float32") * ground.pixel_m
    wish = below / reach + 0.75 * np.exp(-edge_m / 35.0) + 0.25 * _bands(ground, rng) - 0.2
    return smoothstep(wish, 0.85, 1.05) * (glacier_mask(ground) & (below > 0))


def reflectance(shares: dict[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """(6, n, n) bottom reflectance of the mixture, with the texture that every ground has."""
    n = next(iter(shares.values())).shape[0]
    total = np.zeros((6, n, n), "float32")
    texture = {name: _texture(name, fractal(rng, n, 1.3), fractal(rng, n, 2.2)) for name in ("bright", "ground")}
    for name, share in shares.items():
        kind = "bright" if name in ("snow", "firn", "ice", "lake", "milky_lake") else "ground"
        shaded = share * texture[kind]
        for band, value in enumerate(SPECTRA[name]):
            total[band] += value * shaded
    return total


def _texture(kind: str, fine: np.ndarray, coarse: np.ndarray) -> np.ndarray:
    """Brightness round 1, (n, n)."""
    strength = 0.025 if kind == "bright" else 0.11
    return np.clip(1.0 + strength * fine + strength * coarse, 0.5, 1.6)


def _bands(ground: Ground, rng: np.random.Generator) -> np.ndarray:
    """Stripes that run with the ice, as medial moraines do: noise over the distance from the margin."""
    n = ground.ice_m.shape[0]
    edge_px = ndimage.distance_transform_edt(ground.ice_m > 3.0) + 2.5 * fractal(rng, n, 2.8)
    profile = ndimage.gaussian_filter1d(rng.standard_normal(512), 1.6) * 1.1
    return np.interp(edge_px * ground.pixel_m / 12.0, np.arange(512), profile).astype("float32")


def _below(value: np.ndarray, full: float, none: float) -> np.ndarray:
    """1 below `full`, 0 above `none`."""
    return smoothstep(value, none, full)
