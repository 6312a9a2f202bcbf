"""Spectral indices of snow and ice, and the rules beside them, as logits around their thresholds.

A logit is 0 at the threshold, positive on the glacier's side and monotone. The smallest of all logits of a pixel
decides: where it is positive, the index and every rule speak for glacier, so probability 0.5 is exactly the
field's classical 0/1 map, and no rule makes a cliff. Bands are float32, reflectance, kelvin or degrees.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np

from ...core.messages import QT_TRANSLATE_NOOP
from ...core.request import BandRatioSettings
from ...core.roles import Role
from .base import Bands, FloatImage

MIN_REFLECTANCE = np.float32(0.001)
"""Reflectance below this is noise or over-corrected haze: ratios are formed with it instead.

So negative or zero SWIR makes the ratio large only where the other band is well above zero."""
LOGIT_AT_SOFTNESS = 2.0
NDSI_LEAST_WIDTH = 0.1
"""A threshold of the NDSI nearer to 0 is as soft as this one, or it would be a cliff."""
NO_SAY = np.float32(40.0)
"""The logit of a rule that has no data: the other rules decide."""
THERMAL_SCALE_K = 10.0
"""Kelvin have no natural zero here, so the thermal rule's width is softness times this."""


@dataclass(frozen=True)
class Index:
    """A snow and ice index: its bands, the published range of thresholds, and the one to take without evidence.

    `is_ratio` indices are numerator / SWIR1 and soft in their logarithm; the NDSI is soft in itself.
    """

    name: str
    numerator: Role
    is_ratio: bool
    published: tuple[float, float]
    default: float
    plotted: tuple[float, float]


INDICES: dict[str, Index] = {
    index.name: index
    for index in (
        Index("red_swir", Role.RED, True, (1.6, 3.0), 2.0, (0.0, 8.0)),
        Index("nir_swir", Role.NIR, True, (1.8, 2.0), 1.8, (0.0, 8.0)),
        Index("ndsi", Role.GREEN, False, (0.4, 0.5), 0.4, (-1.0, 1.0)),
    )
}
"""In order of preference (standards 7.1): red keeps ice in shadow, NIR loses it, NDSI takes most snow and water."""


def index_value(index: Index, bands: Bands) -> FloatImage:
    """The index itself: a ratio > 0, or NDSI -1..1; NaN where a band has no data."""
    numerator = np.maximum(bands[index.numerator], MIN_REFLECTANCE)
    swir = np.maximum(bands[Role.SWIR1], MIN_REFLECTANCE)
    if index.is_ratio:
        return np.divide(numerator, swir, out=numerator)
    return _normalised_difference(numerator, swir)


def index_logit(index: Index, value: FloatImage, threshold: float, softness: float) -> FloatImage:
    """How far `value` is beyond the threshold: 2 at threshold x (1 + softness). Overwrites `value`.

    The NDSI may have a threshold of 0 or less; its width is that of `NDSI_LEAST_WIDTH` then.
    """
    if index.is_ratio:
        slope = LOGIT_AT_SOFTNESS / math.log1p(softness)
        np.log(value, out=value)
        value -= np.float32(math.log(threshold))
    else:
        slope = LOGIT_AT_SOFTNESS / (max(abs(threshold), NDSI_LEAST_WIDTH) * softness)
        value -= np.float32(threshold)
    value *= np.float32(slope)
    return value


def probability(logit: FloatImage) -> FloatImage:
    """The logistic function, 0..1. Overwrites `logit`."""
    np.negative(logit, out=logit)
    np.minimum(logit, np.float32(80.0), out=logit)
    np.exp(logit, out=logit)
    logit += np.float32(1.0)
    return np.reciprocal(logit, out=logit)


@dataclass(frozen=True)
class Rule:
    """A rule beside the index. `wants` are the bands it reads, `says` gives its logit."""

    name: str
    title: str
    wants: frozenset[Role]
    says: Callable[[BandRatioSettings, Bands], FloatImage]

    def is_on(self, settings: BandRatioSettings) -> bool:
        """Whether the settings ask for the rule."""
        return getattr(settings, self.name) is not None

    def can_run(self, roles: Collection[Role]) -> bool:
        """Whether its bands are there."""
        return self.wants <= set(roles)


def _bright_enough(settings: BandRatioSettings, bands: Bands) -> FloatImage:
    """Rock in shadow has a high ratio too, but is darker in the blue than ice in shadow."""
    return _above(bands[Role.BLUE], settings.min_blue or 0.0, settings.softness)


def _not_water(settings: BandRatioSettings, bands: Bands) -> FloatImage:
    """NDWI above its threshold is water, where the ground is flat as far as the slope is known."""
    green = np.maximum(bands[Role.GREEN], MIN_REFLECTANCE)
    dry = _below(
        _normalised_difference(green, np.maximum(bands[Role.NIR], MIN_REFLECTANCE)),
        settings.max_ndwi or 0.0,
        settings.softness,
    )
    slope_deg = bands.get(Role.SLOPE)
    if slope_deg is None:
        return dry
    return np.fmax(dry, _above(slope_deg, settings.water_max_slope_deg, settings.softness), out=dry)


def _not_vegetated(settings: BandRatioSettings, bands: Bands) -> FloatImage:
    """Bright vegetation in thin shadow can have a high ratio; its NDVI tells."""
    nir = np.maximum(bands[Role.NIR], MIN_REFLECTANCE)
    ndvi = _normalised_difference(nir, np.maximum(bands[Role.RED], MIN_REFLECTANCE))
    return _below(ndvi, settings.max_ndvi or 0.0, settings.softness)


def _cold_enough(settings: BandRatioSettings, bands: Bands) -> FloatImage:
    """Melting ice is at most at 273 K; a mixed, coarse thermal pixel is somewhat warmer."""
    width = THERMAL_SCALE_K * settings.softness / LOGIT_AT_SOFTNESS
    return (np.float32(settings.max_temperature_k or 0.0) - bands[Role.THERMAL]) * np.float32(1.0 / width)


RULES: tuple[Rule, ...] = (
    Rule("min_blue", QT_TRANSLATE_NOOP("models", "shadow (blue)"), frozenset({Role.BLUE}), _bright_enough),
    Rule("max_ndwi", QT_TRANSLATE_NOOP("models", "water (NDWI)"), frozenset({Role.GREEN, Role.NIR}), _not_water),
    Rule("max_ndvi", QT_TRANSLATE_NOOP("models", "vegetation (NDVI)"), frozenset({Role.NIR, Role.RED}), _not_vegetated),
    Rule("max_temperature_k", QT_TRANSLATE_NOOP("models", "temperature"), frozenset({Role.THERMAL}), _cold_enough),
)


def rules_logit(rules: Collection[Rule], settings: BandRatioSettings, bands: Bands) -> FloatImage | None:
    """The smallest logit of the rules, NO_SAY where none has data; None without rules."""
    smallest: FloatImage | None = None
    for rule in rules:
        said = rule.says(settings, bands)
        smallest = said if smallest is None else np.fmin(smallest, said, out=smallest)
    return None if smallest is None else np.fmin(smallest, NO_SAY, out=smallest)


def _normalised_difference(first: FloatImage, second: FloatImage) -> FloatImage:
    """(first - second) / (first + second). Overwrites both."""
    total = first + second
    np.subtract(first, second, out=first)
    return np.divide(first, total, out=first)


def _above(value: FloatImage, threshold: float, softness: float) -> FloatImage:
    return (value - np.float32(threshold)) * np.float32(_slope(threshold, softness))


def _below(value: FloatImage, threshold: float, softness: float) -> FloatImage:
    return (np.float32(threshold) - value) * np.float32(_slope(threshold, softness))


def _slope(threshold: float, softness: float) -> float:
    """Logit per unit: LOGIT_AT_SOFTNESS over softness x |threshold|, which is kept off zero."""
    return LOGIT_AT_SOFTNESS / (softness * max(abs(threshold), 0.01))
