"""How fast this machine traces, from a small invented field."""

from __future__ import annotations

import time

import numpy as np
from affine import Affine
from pyproj import CRS

from ...core.request import OutlineSettings
from .crossings import Rule, find_crossings
from .lines import lines_of
from .measure import measure
from .placing import place_of
from .service import outline_rings

SIDE_PX = 256
REST = 1.5
"""What boundary sections, identifiers and the GeoPackage add to what the trial does, measured on Landsat scenes."""
_TRANSFORM = Affine(30.0, 0.0, 600_000.0, 0.0, -30.0, 5_200_000.0)


def trial_field() -> np.ndarray:
    """Probability, float32 (256, 256), with as many vertices a pixel as a mountain scene: one to ten pixels."""
    y, x = np.mgrid[:SIDE_PX, :SIDE_PX].astype(np.float32)
    waves = np.sin(x / 9) * np.sin(y / 11) + 0.6 * np.sin(x / 3.1 + y / 4.3) * np.sin(y / 2.7 - x / 5.9)
    return 1 / (1 + np.exp(-6 * (waves - np.float32(0.45))))


def tracing_seconds_per_px() -> float:
    """Seconds that tracing and measuring take for each pixel of a mapping; takes some hundredths of a second itself."""
    settings, field = OutlineSettings(), trial_field()
    place = place_of(_TRANSFORM, CRS.from_epsg(32632).to_wkt(), field.shape)
    start = time.perf_counter()
    crossings = find_crossings([field], SIDE_PX, Rule(settings.threshold))
    rings = outline_rings(crossings, place, settings)
    measure(lines_of(rings, crossings, place, settings.threshold), rings, crossings, place)
    return REST * (time.perf_counter() - start) / field.size
