"""Radar: backscatter of two orbits with speckle, layover and shadow, and interferometric coherence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from .flow import Flow
from .light import Sun, cast_shadow, facing
from .place import Ground
from .settings import Season
from .surface import Cover

LOOKS_DEG = (82.0, 278.0)
"""Which way the radar looks from its ascending and its descending orbit, clockwise from north (Sentinel-1)."""

NOISE_FLOOR = 10.0 ** -2.4, 10.0 ** -2.7
"""Backscatter of nothing at all in the two polarisations: what radar shadow shows."""

BACKSCATTER_DB = {
    "rock": (-9.0, 8.5), "other_rock": (-9.5, 8.5), "scree": (-9.0, 8.0), "debris": (-9.5, 8.0),
    "other_debris": (-9.5, 8.0), "ice": (-12.0, 9.0), "dirty_ice": (-11.0, 8.5), "firn": (-10.0, 6.5),
    "wet_snow": (-16.5, 8.0), "snow": (-13.5, 7.5), "fresh_snow": (-11.0, 7.5), "lake_ice": (-13.0, 9.0),
    "meadow": (-12.0, 7.0), "dry_grass": (-13.5, 8.0), "forest": (-8.5, 5.0), "crops": (-11.5, 6.5),
    "soil": (-13.0, 9.0), "sand": (-17.0, 10.0), "salt": (-13.0, 9.0), "town": (-3.0, 6.5), "roofs": (0.0, 7.0),
    "lake": (-21.0, 8.0), "milky_lake": (-20.0, 8.0), "sea": (-16.0, 9.0), "turbid_sea": (-16.0, 9.0),
}
"""Co-polarised sigma nought at 38 degrees, C band, and how much weaker the cross-polarised is, in dB (of the order of
Ulaby and Dobson 1989; wet snow and glacier facies: Nagler and Rott 2000, Rau et al. 2000)."""

COHERENT = {
    "rock": 0.78, "other_rock": 0.78, "scree": 0.70, "debris": 0.45, "other_debris": 0.45, "ice": 0.25,
    "dirty_ice": 0.25, "firn": 0.18, "wet_snow": 0.12, "snow": 0.22, "fresh_snow": 0.50, "lake_ice": 0.35,
    "meadow": 0.38, "dry_grass": 0.50, "forest": 0.18, "crops": 0.30, "soil": 0.55, "sand": 0.75, "salt": 0.60,
    "town": 0.80, "roofs": 0.85, "lake": 0.04, "milky_lake": 0.04, "sea": 0.04, "turbid_sea": 0.04,
}
"""Coherence over 6 to 12 days, C band; melting surfaces lose it (Atwood et al. 2010; Lippl et al. 2018)."""


@dataclass(frozen=True)
class Radar:
    """Two orbits each: linear sigma nought co- and cross-polarised, and coherence 0..1; all (2, n, n) float32."""

    co_pol: np.ndarray
    cross_pol: np.ndarray
    coherence: np.ndarray


@dataclass(frozen=True)
class Campaign:
    """What a processing chain did: looks averaged, share of the relief's brightness taken out, angle of incidence."""

    looks: float
    flattened: float
    incidence_deg: float
    steadiness: float


def radar(rng: np.random.Generator, ground: Ground, laid: Cover, flow: Flow, season: Season) -> Radar:
    """What the radar sees of the scene from both orbits."""
    taken = Campaign(float(rng.uniform(4, 30)), float(rng.choice([0.0, 0.0, 0.85])), float(rng.uniform(31, 44)),
                     float(rng.uniform(0.75, 1.12)))
    co, cross = _classes(rng, ground, laid, season)
    steady = _steady(laid, flow, season) * taken.steadiness
    orbits = [_orbit(rng, ground, (co, cross, steady), (look, taken)) for look in LOOKS_DEG]
    return Radar(*(np.stack(layer).astype("float32") for layer in zip(*orbits)))


def geometry(ground: Ground, look_deg: float, incidence_deg: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Brightness by relief (1 on flat ground), layover and shadow, each (n, n).

    Sigma nought counts what lies in a cell of the flat earth: a slope towards the radar packs more ground into it,
    by sin(incidence) / sin(incidence - slope) in the range plane; where it is steeper than the wave front its top
    comes before its foot, which is layover (Kropatsch and Strobl 1990, IEEE TGRS 28, 98).
    """
    source = Sun((look_deg + 180.0) % 360.0, 90.0 - incidence_deg)
    height = ndimage.gaussian_filter(ground.height_m, 0.8)
    down, right = np.gradient(height, ground.pixel_m)
    azimuth = np.deg2rad(look_deg)
    # Rise of the ground along the look: positive on slopes that face the radar.
    towards = np.arctan(np.sin(azimuth) * right - np.cos(azimuth) * down)
    left = np.deg2rad(incidence_deg) - towards
    layover = ndimage.maximum_filter(left <= 0.03, 3)
    cosine = np.maximum(facing(height, ground.pixel_m, source), 0.0)
    packed = np.sin(np.deg2rad(incidence_deg)) / np.maximum(np.sin(np.maximum(left, 0.0)), 0.18)
    bright = np.clip(packed * cosine / np.cos(np.deg2rad(incidence_deg)), 0.02, 6.0)
    shadow = (cast_shadow(height, ground.pixel_m, source) | (cosine <= 0.0)) & ~layover
    return np.where(layover, np.maximum(bright, 3.0), bright), layover, shadow


def speckled(rng: np.random.Generator, power: np.ndarray, looks: float) -> np.ndarray:
    """Multi-looked intensity: gamma of shape `looks` about `power` (Lee and Pottier 2009, chapter 4)."""
    return power * rng.standard_gamma(looks, power.shape, dtype="float32") / np.float32(looks)


def estimated(rng: np.random.Generator, coherence: np.ndarray, looks: float) -> np.ndarray:
    """Coherence as measured with `looks` samples: scattered about the true one, and too high where that is low.

    The spread is (1 - c^2) / sqrt(2 looks) (Touzi et al. 1999, IEEE TGRS 37, 135), in both parts of the complex value.
    """
    spread = (1.0 - coherence**2) / np.sqrt(2.0 * looks)
    real = coherence + spread * rng.standard_normal(coherence.shape, dtype="float32")
    return np.clip(np.hypot(real, spread * rng.standard_normal(coherence.shape, dtype="float32")), 0.0, 1.0)


def _orbit(
    rng: np.random.Generator, ground: Ground, still: tuple[np.ndarray, np.ndarray, np.ndarray],
    seen_from: tuple[float, Campaign],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Co-pol, cross-pol and coherence from one orbit."""
    (co, cross, steady), (look, taken) = still, seen_from
    bright, layover, shadow = geometry(ground, look, taken.incidence_deg + float(rng.normal(0, 2)))
    factor = bright ** np.float32(1.0 - taken.flattened)
    seen = []
    for power, floor in zip((co, cross), NOISE_FLOOR):
        mean = np.where(shadow, 0.0, power * factor) + floor
        seen.append(ndimage.gaussian_filter(speckled(rng, mean.astype("float32"), taken.looks), 0.45))
    true = np.where(layover | shadow, 0.05, steady * np.clip(1.15 - 0.15 * bright, 0.3, 1.0)).astype("float32")
    measured = estimated(rng, np.clip(true, 0.0, 0.97), max(taken.looks, 15.0))
    return seen[0], seen[1], ndimage.gaussian_filter(measured, 0.6)


def _classes(rng: np.random.Generator, ground: Ground, laid: Cover, season: Season) -> tuple[np.ndarray, np.ndarray]:
    """Linear sigma nought of the ground, flat, co- and cross-polarised, (n, n) each."""
    n = ground.height_m.shape[0]
    co, cross = np.zeros((n, n), "float32"), np.zeros((n, n), "float32")
    level = float(rng.normal(0.0, 0.8))
    # Dry snow lets radar through to what lies below: on glaciers firn with lenses of ice, the brighter the higher.
    above = np.clip((ground.height_m - ground.line_m) / 400.0, -1.0, 1.0)
    under = np.where(laid.glacier, -8.5 + 4.0 * above, -9.5) if season is Season.WINTER else None
    for name, share in laid.shares.items():
        strong, weaker = BACKSCATTER_DB[name]
        strong = strong + float(rng.normal(0.0, 1.0)) + level
        if under is not None and name in ("fresh_snow", "snow", "firn"):
            strong = under + level
        power = 10.0 ** (np.float32(0.1) * strong)
        co += share * power
        cross += share * power * np.float32(10.0 ** (-0.1 * (weaker + float(rng.normal(0.0, 0.7)))))
    return co, cross


def _steady(laid: Cover, flow: Flow, season: Season) -> np.ndarray:
    """True coherence of the ground, (n, n): lost by melt, growth, waves, and by ice that flows."""
    total = sum(share * np.float32(COHERENT[name]) for name, share in laid.shares.items())
    calm = 1.0 if season is Season.WINTER else 0.85
    moving = np.exp(-flow.speed / 45.0) * np.where(laid.glacier, 0.75, 1.0)
    return (total * calm * moving).astype("float32")
