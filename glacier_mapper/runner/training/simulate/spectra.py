"""How grounds reflect sunlight in the bands of a sensor: snow and ice from their physics, the rest from tables."""

from __future__ import annotations

import numpy as np

from .sensors import Sensor

TABLE_UM = (0.485, 0.560, 0.660, 0.840, 1.610, 2.200)

SPECTRA = {
    "gneiss": (0.115, 0.138, 0.155, 0.185, 0.230, 0.205),
    "granite": (0.205, 0.240, 0.265, 0.300, 0.345, 0.320),
    "limestone": (0.190, 0.225, 0.250, 0.285, 0.330, 0.300),
    "dolomite": (0.320, 0.365, 0.395, 0.420, 0.440, 0.385),
    "basalt": (0.055, 0.062, 0.068, 0.078, 0.095, 0.090),
    "red_sandstone": (0.075, 0.105, 0.190, 0.260, 0.350, 0.300),
    "slate": (0.075, 0.085, 0.092, 0.105, 0.130, 0.120),
    "ultramafic": (0.085, 0.105, 0.125, 0.140, 0.165, 0.120),
    "soil": (0.070, 0.098, 0.135, 0.210, 0.300, 0.250),
    "sand": (0.200, 0.280, 0.370, 0.450, 0.540, 0.500),
    "salt": (0.480, 0.540, 0.580, 0.610, 0.450, 0.300),
    "meadow": (0.034, 0.068, 0.052, 0.340, 0.190, 0.095),
    "dry_grass": (0.070, 0.105, 0.135, 0.240, 0.310, 0.220),
    "forest": (0.016, 0.034, 0.022, 0.210, 0.092, 0.040),
    "crops": (0.028, 0.062, 0.036, 0.430, 0.180, 0.080),
    "town": (0.120, 0.135, 0.145, 0.180, 0.200, 0.185),
    "roofs": (0.300, 0.320, 0.340, 0.360, 0.330, 0.300),
    "lake": (0.045, 0.050, 0.024, 0.010, 0.004, 0.003),
    "milky_lake": (0.130, 0.165, 0.125, 0.045, 0.009, 0.006),
    "sea": (0.032, 0.022, 0.010, 0.005, 0.003, 0.002),
    "turbid_sea": (0.095, 0.125, 0.110, 0.035, 0.006, 0.004),
}
"""Reflectance at `TABLE_UM`: round numbers of the order that the literature gives (rock, soil and plants: the
USGS spectral library 7, Kokaly et al. 2017; water with rock flour: Giardino et al. 2010, Water 2, 140)."""

FROZEN = ("fresh_snow", "snow", "wet_snow", "firn", "ice", "dirty_ice", "lake_ice")

ROCKS = ("gneiss", "granite", "limestone", "dolomite", "basalt", "red_sandstone", "slate", "ultramafic")

_ABSORPTION_UM = (0.40, 0.48, 0.55, 0.60, 0.66, 0.70, 0.80, 0.865, 0.95, 1.61, 1.65, 2.20, 2.25)
_ABSORPTION = (5e-10, 1.0e-9, 3.0e-9, 5.7e-9, 1.7e-8, 2.9e-8, 1.3e-7, 2.4e-7, 5e-7, 2.8e-4, 2.4e-4, 3.0e-4, 2.2e-4)
"""Imaginary part of the refractive index of ice, rounded after Warren and Brandt (2008, JGR 113, D14220)."""


def frozen_spectrum(bands_um: tuple[float, ...], grain_mm: float, impurity: float, floor: float = 0.012) -> np.ndarray:
    """Albedo of snow or bubbly ice in each band, (bands,).

    R = exp(-sqrt(13 a d)) with a = 4 pi k / wavelength: the asymptotic theory of Kokhanovsky and Zege (2004, Appl.
    Opt. 43, 1589) for grains of diameter d. `impurity` is what soot and dust absorb at 0.55 um, per metre, falling
    with wavelength; `floor` is what the outer surface reflects in any band. Bubbly ice is snow of very large grains.
    """
    wavelength = np.asarray(bands_um)
    index = np.exp(np.interp(wavelength, _ABSORPTION_UM, np.log(_ABSORPTION)))
    absorbed = 4.0 * np.pi * index / (wavelength * 1e-6) + impurity * (0.55 / wavelength) ** 1.2
    return floor + (1.0 - floor) * np.exp(-np.sqrt(13.0 * absorbed * grain_mm * 1e-3))


def palette(rng: np.random.Generator, sensor: Sensor) -> dict[str, np.ndarray]:
    """Reflectance of every ground of one scene, (6,) each, drawn about what is usual.

    Each scene has a rock of its own, mixed of three; its debris is that rock, a little darker or paler.
    """
    bands = sensor.bands_um
    found = {name: _varied(rng, np.interp(bands, TABLE_UM, values)) for name, values in SPECTRA.items()}
    shares = rng.dirichlet((0.7, 0.7, 0.7), 2)
    kinds = [found[name] for name in rng.choice(ROCKS, 3, replace=False)]
    found["rock"], found["other_rock"] = (sum(s * k for s, k in zip(share, kinds)) for share in shares)
    found["scree"] = np.clip(found["rock"] * rng.uniform(1.0, 1.35), 0.0, 0.6)
    # Rock on ice is often wet, which takes most off in the shortwave infrared.
    wet = np.array((1.03, 1.02, 1.0, 0.98, 0.92, 0.9))
    found["debris"] = np.clip(found["rock"] * rng.uniform(0.7, 1.15) * wet, 0.0, 0.6)
    found["other_debris"] = found["other_rock"] * rng.uniform(0.7, 1.2)
    dust = float(rng.uniform(0.05, 0.6))
    for name, grain, dirt in (
        ("fresh_snow", rng.uniform(0.08, 0.3), 0.1 * dust), ("snow", rng.uniform(0.4, 1.0), dust),
        ("wet_snow", rng.uniform(1.2, 2.5), 2.0 * dust), ("firn", rng.uniform(2.5, 7.0), rng.uniform(0.5, 2.5)),
        ("ice", rng.uniform(10.0, 30.0), rng.uniform(1.0, 3.0)),
        ("lake_ice", rng.uniform(8.0, 60.0), rng.uniform(0.1, 1.0)),
    ):
        found[name] = frozen_spectrum(bands, grain, dirt, float(rng.uniform(0.008, 0.022)))
    dirty = frozen_spectrum(bands, rng.uniform(12.0, 30.0), rng.uniform(4.0, 9.0), 0.02)
    mud = float(rng.uniform(0.05, 0.25))
    found["dirty_ice"] = (1.0 - mud) * dirty + mud * found["debris"]
    return {name: values.astype("float32") for name, values in found.items()}


def _varied(rng: np.random.Generator, values: np.ndarray) -> np.ndarray:
    """The spectrum brighter or darker by some 15 %, tilted, and each band off by 3 %."""
    tilt = np.linspace(-1.0, 1.0, len(values)) * rng.normal(0.0, 0.07)
    return np.clip(values * np.exp(rng.normal(0.0, 0.15) + tilt + rng.normal(0.0, 0.03, len(values))), 0.001, 0.9)
