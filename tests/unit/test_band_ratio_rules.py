"""Indices and rules as logits: 0 at the threshold, monotone, with the numbers of the literature."""

from __future__ import annotations

import math

import numpy as np
import pytest

from glacier_mapper.core.request import BandRatioSettings
from glacier_mapper.core.roles import Role
from glacier_mapper.runner.models.spectral import (
    INDICES,
    NO_SAY,
    RULES,
    index_logit,
    index_value,
    probability,
    rules_logit,
)

RULE = {rule.name: rule for rule in RULES}


def pixels(**values: float | list[float]) -> dict[Role, np.ndarray]:
    return {Role(name): np.atleast_2d(np.asarray(value, np.float32)) for name, value in values.items()}


def value_of(index: str, **bands: float) -> float:
    return float(index_value(INDICES[index], pixels(**bands))[0, 0])


def logit_of(rule: str, settings: BandRatioSettings, **bands: float) -> float:
    return float(RULE[rule].says(settings, pixels(**bands))[0, 0])


@pytest.mark.parametrize(
    ("index", "bands", "expected"),
    [
        ("red_swir", {"red": 0.6, "swir1": 0.1}, 6.0),
        ("nir_swir", {"nir": 0.3, "swir1": 0.2}, 1.5),
        ("ndsi", {"green": 0.7, "swir1": 0.3}, 0.4),
        ("ndsi", {"green": 0.1, "swir1": 0.3}, -0.5),
    ],
)
def test_indices_by_hand(index: str, bands: dict[str, float], expected: float):
    assert value_of(index, **bands) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("swir1", [0.0, -0.05, -0.2])
def test_zero_and_negative_swir_give_a_large_ratio_where_red_is_bright(swir1: float):
    assert value_of("red_swir", red=0.5, swir1=swir1) == pytest.approx(500.0, rel=1e-4)


def test_where_all_is_dark_or_negative_the_ratio_says_nothing():
    assert value_of("red_swir", red=-0.1, swir1=-0.1) == 1.0
    assert value_of("ndsi", green=0.0, swir1=-0.1) == 0.0


@pytest.mark.parametrize("index", INDICES)
def test_no_data_in_either_band_is_no_data(index: str):
    numerator = INDICES[index].numerator
    bands = pixels(swir1=[np.nan, 0.1, 0.1])
    bands[numerator] = np.array([[0.5, np.nan, 0.5]], np.float32)
    assert np.isnan(index_value(INDICES[index], bands)).tolist() == [[True, True, False]]


@pytest.mark.parametrize("softness", [0.05, 0.15, 1.0])
@pytest.mark.parametrize(("index", "threshold"), [("red_swir", 2.0), ("nir_swir", 1.8), ("ndsi", 0.4)])
def test_probability_is_half_at_the_threshold_and_088_one_softness_beyond(
    index: str, threshold: float, softness: float
):
    values = np.array([[threshold, threshold * (1 + softness)]], np.float32)
    p = probability(index_logit(INDICES[index], values, threshold, softness))
    assert p[0, 0] == pytest.approx(0.5, abs=1e-5)
    assert p[0, 1] == pytest.approx(1 / (1 + math.exp(-2)), abs=1e-4)


@pytest.mark.parametrize("threshold", [-1.0, -0.3, -0.02, 0.0, 0.05, 1.0])
def test_the_ndsi_may_have_any_threshold_it_can_reach(threshold: float):
    values = threshold + np.array([[-0.03, 0.0, 0.015, 0.03]], np.float32)
    p = probability(index_logit(INDICES["ndsi"], values, threshold, 0.15))[0]
    assert p[1] == pytest.approx(0.5, abs=1e-5)
    assert (np.diff(p) > 0).all()
    width = 0.15 * max(abs(threshold), 0.1)
    assert p[2] == pytest.approx(1 / (1 + math.exp(-2 * 0.015 / width)), abs=1e-4)


@pytest.mark.parametrize("index", INDICES)
def test_probability_grows_with_the_index(index: str):
    low, high = (0.01, 500.0) if INDICES[index].is_ratio else (-1.0, 1.0)
    values = np.linspace(low, high, 4001, dtype=np.float32)[None]
    p = probability(index_logit(INDICES[index], values, INDICES[index].default, 0.15))
    assert (np.diff(p[0]) >= 0).all()
    assert p[0, 0] < 1e-3
    assert p[0, -1] > 0.999


def test_extreme_logits_stay_finite():
    p = probability(np.array([[-1e30, -200.0, 0.0, 200.0, 1e30]], np.float32))
    assert np.isfinite(p).all()
    assert p[0, 2] == 0.5
    assert p[0, 4] == 1.0


@pytest.mark.parametrize(
    ("rule", "at_threshold", "glacier_side", "other_side"),
    [
        ("min_blue", {"blue": 0.06}, {"blue": 0.3}, {"blue": 0.02}),
        ("max_ndwi", {"green": 0.7, "nir": 0.3}, {"green": 0.5, "nir": 0.45}, {"green": 0.3, "nir": 0.03}),
        ("max_ndvi", {"nir": 0.65, "red": 0.35}, {"nir": 0.4, "red": 0.5}, {"nir": 0.4, "red": 0.05}),
        ("max_temperature_k", {"thermal": 283.0}, {"thermal": 270.0}, {"thermal": 290.0}),
    ],
    ids=["shadow", "water", "vegetation", "warm"],
)
def test_a_rule_is_zero_at_its_threshold(
    rule: str, at_threshold: dict[str, float], glacier_side: dict[str, float], other_side: dict[str, float]
):
    settings = BandRatioSettings()
    assert logit_of(rule, settings, **at_threshold) == pytest.approx(0.0, abs=1e-3)
    assert logit_of(rule, settings, **glacier_side) > 2.0
    assert logit_of(rule, settings, **other_side) < -2.0


def test_the_thermal_rule_is_soft_over_one_and_a_half_kelvin():
    assert logit_of("max_temperature_k", BandRatioSettings(), thermal=281.5) == pytest.approx(2.0, abs=1e-3)


def test_the_blue_rule_reaches_088_one_softness_beyond():
    assert logit_of("min_blue", BandRatioSettings(), blue=0.06 * 1.15) == pytest.approx(2.0, abs=1e-3)


def test_water_is_water_only_where_it_is_flat():
    water = {"green": 0.3, "nir": 0.03}
    settings = BandRatioSettings()
    assert logit_of("max_ndwi", settings, **water, slope=1.0) < -2.0
    assert logit_of("max_ndwi", settings, **water, slope=25.0) > 2.0
    assert logit_of("max_ndwi", settings, **water, slope=10.0) == pytest.approx(0.0, abs=1e-3)


def test_water_without_a_known_slope_is_judged_by_its_colour():
    water = {"green": 0.3, "nir": 0.03}
    settings = BandRatioSettings()
    assert logit_of("max_ndwi", settings, **water, slope=math.nan) == logit_of("max_ndwi", settings, **water)


def test_a_threshold_of_zero_is_no_division_by_zero():
    settings = BandRatioSettings(max_ndvi=0.0)
    assert math.isfinite(logit_of("max_ndvi", settings, nir=0.4, red=0.5))


def test_the_strictest_rule_decides():
    settings = BandRatioSettings()
    bands = pixels(blue=0.06 * 1.15, thermal=290.0)
    rules = [RULE["min_blue"], RULE["max_temperature_k"]]
    assert rules_logit(rules, settings, bands)[0, 0] == RULE["max_temperature_k"].says(settings, bands)[0, 0]


def test_a_rule_without_data_leaves_it_to_the_others():
    settings = BandRatioSettings()
    rules = [RULE["min_blue"], RULE["max_temperature_k"]]
    blind = rules_logit(rules, settings, pixels(blue=[0.06, np.nan], thermal=[np.nan, np.nan]))
    assert blind[0, 0] == pytest.approx(0.0, abs=1e-3)
    assert blind[0, 1] == NO_SAY


def test_no_rules_say_nothing():
    assert rules_logit([], BandRatioSettings(), pixels(blue=0.5)) is None


def test_the_bands_are_not_written_to():
    bands = pixels(blue=0.2, green=0.4, red=0.5, nir=0.4, swir1=0.1, thermal=270.0, slope=5.0)
    before = {role: band.copy() for role, band in bands.items()}
    rules_logit(RULES, BandRatioSettings(), bands)
    for index in INDICES.values():
        index_logit(index, index_value(index, bands), index.default, 0.15)
    for role, band in bands.items():
        np.testing.assert_array_equal(band, before[role])


def test_red_over_swir_is_preferred_and_every_default_lies_in_the_published_range():
    assert next(iter(INDICES)) == "red_swir"
    for index in INDICES.values():
        assert index.published[0] <= index.default <= index.published[1]
