"""Calibration against worked numbers, against the published tables, and against the formula written plainly."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glacier_mapper.core.branches import REGION_CODES
from glacier_mapper.core.model_card import Calibration, CalibrationKind
from glacier_mapper.runner.mapping.rasters import CONFIDENCE_OF, certainty
from glacier_mapper.runner.models.calibration import (
    CHUNK_PX,
    calibrate,
    confidence_curve,
    confidence_table,
    raw_confidence,
    temperature,
)

TEMPERATURE, VECTOR = CalibrationKind.TEMPERATURE, CalibrationKind.VECTOR
KERNEL = CalibrationKind.CONFIDENCE_KERNEL


def image(*classes):
    """Class probabilities of pixels in a row: float32 (classes, 1, pixels)."""
    return np.array(classes, np.float32)[:, None, :]


def region(**weights):
    return np.array([weights.get(code, 0.0) for code in REGION_CODES], np.float32)


# temperature


def test_temperature_two_takes_square_roots_of_the_odds():
    """p = 0.9: the odds 9 become sqrt(9) = 3, so 0.75; 0.8 has odds 4, then 2, so 2/3; 0.5 stays."""
    result = calibrate(image([0.1, 0.2, 0.5], [0.9, 0.8, 0.5]), Calibration(TEMPERATURE, temperature=2.0))
    np.testing.assert_allclose(result[1, 0], [0.75, 2 / 3, 0.5], atol=1e-6)
    np.testing.assert_allclose(result[0, 0], [0.25, 1 / 3, 0.5], atol=1e-6)


def test_a_temperature_below_one_sharpens():
    """T = 0.5 squares the odds: 0.75 has 3, then 9, so 0.9."""
    result = calibrate(image([0.25], [0.75]), Calibration(TEMPERATURE, temperature=0.5))
    np.testing.assert_allclose(result[1, 0], [0.9], atol=1e-6)


def test_three_classes_keep_the_ratios_of_their_logarithms():
    """T = 2 on (0.81, 0.16, 0.03): roots 0.9, 0.4, 0.1732 over their sum, 1.4732."""
    result = calibrate(image([0.81], [0.16], [0.03]), Calibration(TEMPERATURE, temperature=2.0))[:, 0, 0]
    roots = np.array([0.9, 0.4, math.sqrt(0.03)])
    np.testing.assert_allclose(result, roots / roots.sum(), atol=1e-6)


def test_zero_and_one_stay_sure_and_no_data_stays_none():
    source = image([0.0, 1.0, np.nan, 0.3], [1.0, 0.0, np.nan, 0.7])
    result = calibrate(source, Calibration(TEMPERATURE, temperature=1.7))
    np.testing.assert_allclose(result[1, 0, :2], [1.0, 0.0], atol=1e-6)
    assert np.isnan(result[:, 0, 2]).all()
    assert np.isfinite(result[:, 0, 3]).all()


def test_temperature_by_region_is_weighted_with_the_region_vector():
    """ALP 1 and SC 3 at weights 3/4 and 1/4: T = 0.75 + 0.75 = 1.5. GR has none of its own: the common 2."""
    calibration = Calibration(TEMPERATURE, temperature=2.0, by_region={"ALP": 1.0, "SC": 3.0})
    assert temperature(calibration, region(ALP=0.75, SC=0.25)) == pytest.approx(1.5)
    assert temperature(calibration, region(GR=1.0)) == 2.0
    assert temperature(calibration, region(ALP=0.5, GR=0.5)) == pytest.approx(1.5)
    assert temperature(calibration, region(ALP=3.0, SC=1.0)) == pytest.approx(1.5)  # weights need not sum to 1
    assert temperature(calibration, None) == 2.0
    assert temperature(calibration, [0.1, 0.2, 0.3, 0.4]) == 2.0  # a coordinate vector names no region
    assert temperature(calibration, np.zeros(12)) == 2.0


def test_the_region_changes_the_map():
    calibration = Calibration(TEMPERATURE, by_region={"ALP": 2.0})
    source = image([0.1], [0.9])
    np.testing.assert_allclose(calibrate(source, calibration, region(ALP=1.0))[1, 0], [0.75], atol=1e-6)
    np.testing.assert_allclose(calibrate(source, calibration, region(SC=1.0))[1, 0], [0.9], atol=1e-6)


# vector scaling


def test_vector_scaling_shifts_and_stretches_logarithms():
    """p = (0.5, 0.5), bias (0, ln 3): odds 3, so 0.75. Scale (1, 2) on (0.8, 0.2): 0.8 against 0.04, so 1/21."""
    shifted = calibrate(image([0.5], [0.5]), Calibration(VECTOR, scale=(1.0, 1.0), bias=(0.0, math.log(3))))
    np.testing.assert_allclose(shifted[1, 0], [0.75], atol=1e-6)
    stretched = calibrate(image([0.8], [0.2]), Calibration(VECTOR, scale=(1.0, 2.0), bias=(0.0, 0.0)))
    np.testing.assert_allclose(stretched[1, 0], [1 / 21], atol=1e-6)


def test_a_scale_of_zero_leaves_the_bias_alone_even_at_probability_zero():
    result = calibrate(image([1.0], [0.0]), Calibration(VECTOR, scale=(0.0, 0.0), bias=(0.0, 0.0)))
    np.testing.assert_allclose(result[:, 0, 0], [0.5, 0.5], atol=1e-6)


# both


@pytest.mark.parametrize(
    "calibration",
    [Calibration(), Calibration(TEMPERATURE), Calibration(VECTOR, scale=(1.0, 1.0), bias=(0.0, 0.0)),
     Calibration(KERNEL, support=(0.0,), coefficients=(1.0,))],
    ids=["none", "temperature 1", "identity", "kernel"],
)  # fmt: skip
def test_what_changes_no_probability_gives_the_array_itself(calibration):
    source = image([0.4], [0.6])
    assert calibrate(source, calibration) is source


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=20), st.floats(0.05, 20.0))
def test_calibrated_probabilities_sum_to_one_and_keep_their_order(values, kelvin):
    ice = np.sort(np.array(values, np.float32))
    source = np.stack([1 - ice, ice])[:, None, :]
    result = calibrate(source, Calibration(TEMPERATURE, temperature=kelvin))
    np.testing.assert_allclose(result.sum(axis=0), 1.0, atol=2e-6)
    assert (np.diff(result[1, 0]) >= -1e-6).all()
    assert ((result[1, 0] >= 0.5) == (ice >= 0.5)).all() or abs(ice - 0.5).min() < 1e-5


def test_pieces_of_a_large_image_are_as_the_whole():
    random = np.random.default_rng(1)
    ice = random.random((3, CHUNK_PX // 2 + 7)).astype(np.float32)
    source = np.stack([1 - ice, ice])
    result = calibrate(source, Calibration(TEMPERATURE, temperature=1.3))
    odds = (ice.astype(np.float64) / (1 - ice.astype(np.float64))) ** (1 / 1.3)
    np.testing.assert_allclose(result[1], odds / (1 + odds), atol=1e-5)
    assert result.dtype == np.float32
    assert result.flags.c_contiguous


# raw confidence


def test_raw_confidence_is_one_minus_the_entropy():
    """H2(0.5) = 1; H2(0.25) = 2 - 0.75 log2(3) = 0.811278; H2(0) = 0."""
    np.testing.assert_allclose(raw_confidence([0.5, 0.25, 0.75, 0.0, 1.0]), [0, 0.188722, 0.188722, 1, 1], atol=1e-6)
    assert np.isnan(raw_confidence([np.nan])).all()


def test_raw_confidence_agrees_with_that_of_the_maps():
    p = np.linspace(0, 1, 1001)
    np.testing.assert_allclose(raw_confidence(p), certainty(p), atol=1e-15)


def test_the_floor_of_the_published_deployment():
    """At 0 and 1: H2(1e-6) = 1e-6 log2(1e6) + about 1e-6 / ln 2 = 2.1374e-5."""
    np.testing.assert_allclose(raw_confidence([0.0, 1.0], 1e-6), 1 - 2.1374e-5, atol=1e-9)


# the confidence kernel


def plainly(confidence, calibration):
    """The kernel as it is defined, one support point after another."""
    total = np.zeros(np.shape(confidence))
    for support, coefficient in zip(calibration.support, calibration.coefficients):
        total = total + coefficient * np.exp(-calibration.gamma * np.abs(np.asarray(confidence) - support))
    return np.clip(total, 0, 1)


def test_one_support_point_is_one_exponential():
    calibration = Calibration(KERNEL, gamma=2.0, support=(0.5,), coefficients=(0.8,), title="t")
    expected = [0.8 * math.exp(-1.0), 0.8, 0.8 * math.exp(-0.5)]
    np.testing.assert_allclose(confidence_curve([0.0, 0.5, 0.75], calibration), expected, atol=1e-15)


def test_the_curve_is_clipped_and_no_data_stays_none():
    calibration = Calibration(KERNEL, support=(0.0, 1.0), coefficients=(-3.0, 3.0), title="t")
    curve = confidence_curve(np.array([[0.0, 1.0, np.nan]]), calibration)
    assert curve.shape == (1, 3)
    np.testing.assert_array_equal(curve[0, :2], [0.0, 1.0])
    assert np.isnan(curve[0, 2])
    assert confidence_curve([], calibration).shape == (0,)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(-5, 5)), min_size=1, max_size=12),
    st.lists(st.floats(-0.5, 1.5), min_size=1, max_size=12),
    st.floats(1e-3, 2000.0),
)
def test_the_fast_sum_is_the_plain_sum(pairs, confidence, gamma):
    """In any order of the supports, also on one another, and for a gamma whose exponentials would overflow."""
    support, coefficients = zip(*pairs)
    calibration = Calibration(KERNEL, gamma=gamma, support=support, coefficients=coefficients, title="t")
    asked = np.array([*confidence, *support])
    np.testing.assert_allclose(confidence_curve(asked, calibration), plainly(asked, calibration), atol=1e-12)


@pytest.fixture(scope="module")
def published():
    path = Path(__file__).resolve().parents[3] / "shared" / "golden" / "calibration.json"
    if not path.is_file():
        pytest.skip(f"no published calibration in {path}")
    return json.loads(path.read_text())


def published_calibration(data, name):
    own = data["models"][name]
    return Calibration(
        KERNEL, gamma=data["gamma"], support=tuple(own["x_fit"]), coefficients=tuple(own["dual_coef"]), title=name
    )


NAMES = ("glavitu_global_softmax", "glavitu_global_insar_softmax", "glavitu_regionencoding_softmax")


@pytest.mark.parametrize("name", NAMES)
def test_the_published_tables(published, name):
    own = published["models"][name]
    curve = confidence_curve(own["check_confidence"], published_calibration(published, name))
    np.testing.assert_allclose(curve, own["check_calibrated"], atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_the_published_curves_are_not_monotone(published, name):
    curve = confidence_curve(np.linspace(0, 1, 1001), published_calibration(published, name))
    assert (np.diff(curve) < -1e-3).any()


def test_the_region_encoding_curve_falls_and_rises_again(published):
    """1.0 at 0.15, 0.19 at 0.95, 1 at 1 (the fixtures' README)."""
    curve = confidence_curve([0.15, 0.95, 1.0], published_calibration(published, NAMES[2]))
    np.testing.assert_allclose(curve, [1.0, 0.19, 1.0], atol=5e-3)


# the table over the steps of a map


def test_without_a_kernel_the_table_is_the_maps_own():
    table = confidence_table(Calibration(TEMPERATURE, temperature=3.0))
    assert table.dtype == np.float32
    assert table.shape == CONFIDENCE_OF.shape == (65538,)
    np.testing.assert_allclose(table, CONFIDENCE_OF, atol=8e-6)  # the map's is rounded to 1 / 65536
    assert np.isnan(table[-1])


@pytest.mark.parametrize("name", NAMES)
def test_with_a_kernel_the_table_is_exact_for_each_step(published, name):
    calibration = published_calibration(published, name)
    table = confidence_table(calibration)
    steps = np.array([0, 1, 2, 100, 32768, 40000, 65535, 65536])
    expected = plainly(raw_confidence(steps / 65536, 1e-6), calibration)
    np.testing.assert_allclose(table[steps], expected, atol=1e-6)
    assert np.isnan(table[-1])
    assert np.nanmin(table) >= 0
    assert np.nanmax(table) <= 1
    np.testing.assert_array_equal(table[:65537], table[65536::-1][:65537])  # p and 1 - p are as sure


def test_what_the_tables_steps_cost_is_what_its_docstring_says():
    """The raw confidence half a step beside the probability that is written."""
    steps = np.arange(65537) / 65536
    half = np.clip(steps + 1 / 131072, 0, 1)
    assert np.abs(raw_confidence(half, 1e-6) - raw_confidence(steps, 1e-6)).max() < 1.3e-4


def test_the_table_is_made_in_a_moment(published):
    calibration = published_calibration(published, NAMES[0])
    confidence_table(calibration)
    started = time.perf_counter()
    confidence_table(calibration)
    assert time.perf_counter() - started < 0.25
