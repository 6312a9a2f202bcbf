"""Calibration: what is fitted is what was wrong, and the package with it says so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from learnt import PLAN, make_tiles, trained, tuned

from glacier_mapper.core.errors import Cancelled, InvalidParameterError, OutputExistsError
from glacier_mapper.core.model_card import CalibrationKind
from glacier_mapper.core.progress import Controls
from glacier_mapper.core.teach_errors import EnsembleNotTaughtError
from glacier_mapper.runner.models import check_package
from glacier_mapper.runner.models.calibration import calibrate
from glacier_mapper.runner.models.ensembling import EnsembleOrder, make_ensemble
from glacier_mapper.runner.models.package import open_package
from glacier_mapper.runner.training.calibrating import (
    CENTRES,
    CalibrateOrder,
    Kind,
    Logits,
    calibrate_package,
    calibrated_logits,
    fitted,
    logits_by_region,
)
from glacier_mapper.runner.training.tiles import open_tiles


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return make_tiles(tmp_path_factory.mktemp("data") / "set.zarr")


@pytest.fixture(scope="module")
def package(data, tmp_path_factory):
    return trained(data, tmp_path_factory.mktemp("models") / "first")["package"]


@pytest.fixture(scope="module")
def other(data, tmp_path_factory):
    plan = replace(PLAN, seed=6, steps=replace(PLAN.steps, count=4))
    return trained(data, tmp_path_factory.mktemp("models") / "other", plan)["package"]


@pytest.fixture(scope="module")
def pair(package, other, tmp_path_factory):
    order = EnsembleOrder((package, other), str(tmp_path_factory.mktemp("models") / "pair"))
    return make_ensemble(order, Controls())["package"]


@pytest.fixture
def card(package):
    return open_package(package).card


def pixels(true_logit, said_logit, count=400_000, seed=0):
    """Pixels whose truth is drawn with one logit and that a network gave another."""
    rng = np.random.default_rng(seed)
    z = rng.normal(0, 2.5, count)
    truth = rng.random(count) < 1 / (1 + np.exp(-true_logit(z)))
    logits = Logits()
    logits.add((1 / (1 + np.exp(-said_logit(z)))).astype("f4"), truth)
    return logits


def test_the_temperature_that_was_wrong_is_found(card):
    found = fitted(Kind.TEMPERATURE, {"ALP": pixels(lambda z: z, lambda z: 2.5 * z)}, card)
    assert (found.kind, found.temperature) == (CalibrationKind.TEMPERATURE, pytest.approx(2.5, rel=0.02))


def test_a_good_network_is_left_alone(card):
    found = fitted(Kind.TEMPERATURE, {"": pixels(lambda z: z, lambda z: z)}, card)
    assert found.temperature == pytest.approx(1.0, rel=0.02)


def test_a_bias_is_taken_away_by_a_vector_and_by_no_temperature(card):
    logits = pixels(lambda z: 0.5 * z - 1.0, lambda z: z)
    vector = fitted(Kind.VECTOR, {"": logits}, card)
    one = fitted(Kind.TEMPERATURE, {"": logits}, card)
    assert logits.reliability(calibrated_logits(vector, "")).ece < 0.005
    assert logits.reliability(calibrated_logits(one, "")).ece > 0.05


def test_clean_and_covered_ice_are_shifted_alike(card):
    three = replace(card, classes=("debris-covered ice", "glacier", "other"))
    two, more = (fitted(Kind.VECTOR, {"": pixels(lambda z: 0.5 * z - 1.0, lambda z: z)}, one) for one in (card, three))
    assert more.scale == (two.scale[1], two.scale[1], two.scale[0])
    assert more.bias == (two.bias[1], two.bias[1], 0.0)


def test_regions_have_temperatures_of_their_own_drawn_to_the_common_one(card):
    found = {
        "ALP": pixels(lambda z: z, lambda z: 3 * z),
        "SC": pixels(lambda z: z, lambda z: z, seed=1),
        "NZ": pixels(lambda z: z, lambda z: 3 * z, count=2_000, seed=2),
        "made up": pixels(lambda z: z, lambda z: z, count=2_000),
    }
    fit = fitted(Kind.REGION, found, card)
    assert set(fit.by_region) == {"ALP", "SC", "NZ"}
    assert fit.by_region["ALP"] > fit.temperature > fit.by_region["SC"]
    assert abs(np.log(fit.by_region["NZ"] / fit.temperature)) < 0.1
    assert abs(np.log(fit.by_region["ALP"] / 3)) < 0.12


def test_tiles_of_one_class_fit_nothing(card):
    with pytest.raises(InvalidParameterError):
        fitted(Kind.TEMPERATURE, {"": pixels(lambda z: -np.inf * np.ones_like(z), lambda z: z)}, card)


@pytest.mark.parametrize("kind", [Kind.TEMPERATURE, Kind.VECTOR])
def test_the_fit_is_what_the_engine_applies(card, kind):
    logits = pixels(lambda z: 0.6 * z + 0.4, lambda z: z)
    calibration = fitted(kind, {"": logits}, card)
    p = 1 / (1 + np.exp(-CENTRES[512:3584:64]))
    applied = calibrate(np.stack([1 - p, p]).astype("f4")[:, None], calibration)[1, 0]
    expected = 1 / (1 + np.exp(-calibrated_logits(calibration, "")[512:3584:64]))
    np.testing.assert_allclose(applied, expected, atol=2e-4)


class TestPackage:
    @pytest.mark.parametrize("kind", list(Kind))
    def test_it_loses_no_more_than_before_and_says_what_was_fitted(self, data, package, tmp_path, kind):
        made = calibrate_package(CalibrateOrder(package, data, str(tmp_path / "out"), kind), Controls())
        assert made["after"]["cross_entropy"] <= made["before"]["cross_entropy"] + 1e-9
        card = open_package(made["package"]).card
        assert card.name == "out"
        assert card.calibration.kind.value == made["calibration"]["kind"]
        assert card.training["calibration"]["tiles"] == 1
        assert card.training["steps"] == 8
        assert check_package(made["package"], Controls())["passed"]

    def test_it_is_the_same_network(self, data, package, tmp_path):
        made = calibrate_package(CalibrateOrder(package, data, str(tmp_path / "out")), Controls())
        one, two = open_package(package).card, open_package(made["package"]).card
        assert (one.file, one.weights) == (two.file, two.weights)

    def test_a_network_of_few_branches_is_calibrated_too(self, data, tmp_path):
        from glacier_mapper.core.branches import Branch

        inputs = (Branch.OPTICAL, Branch.DEM)
        plan = replace(PLAN, architecture="unet", inputs=inputs, steps=replace(PLAN.steps, count=2))
        made = trained(data, tmp_path / "unet", plan)
        done = calibrate_package(CalibrateOrder(made["package"], data, str(tmp_path / "out")), Controls())
        assert done["after"]["ece"] is not None

    def test_of_an_ensemble_the_mean_is_calibrated(self, data, package, other, pair, tmp_path):
        made = calibrate_package(CalibrateOrder(pair, data, str(tmp_path / "out")), Controls())
        assert made["after"]["cross_entropy"] <= made["before"]["cross_entropy"] + 1e-9
        tiles = open_tiles(data).tiles("validation")
        means = [logits_by_region(open_package(one), tiles, Controls()) for one in (pair, package, other)]
        assert means[0].keys() == means[1].keys() == means[2].keys()
        losses = [sum(logits.loss(CENTRES) * logits.pixels for logits in found.values()) for found in means]
        assert losses[0] <= (losses[1] + losses[2]) / 2  # the loss of a mean is at most the mean of the losses
        card = open_package(made["package"]).card
        assert (card.ensemble, card.file) == (open_package(pair).card.ensemble, open_package(pair).card.file)
        assert check_package(made["package"], Controls())["networks"] == 2

    def test_an_ensemble_has_no_weights_to_go_on_from(self, data, pair, tmp_path):
        with pytest.raises(EnsembleNotTaughtError, match="fine-tune its networks one by one and join them again"):
            trained(data, tmp_path / "more", tuned(pair))

    def test_bad_orders_are_named_before_any_work(self, data, package, tmp_path):
        with pytest.raises(OutputExistsError):
            calibrate_package(CalibrateOrder(package, data, package), Controls())
        with pytest.raises(InvalidParameterError, match="split"):
            calibrate_package(CalibrateOrder(package, data, str(tmp_path / "out"), split="trial"), Controls())
        with pytest.raises(InvalidParameterError, match="kind"):
            CalibrateOrder.from_json({"model": "m", "data": "d", "out": "o", "kind": "isotonic"})

    def test_cancel_leaves_nothing(self, data, package, tmp_path):
        with pytest.raises(Cancelled):
            calibrate_package(CalibrateOrder(package, data, str(tmp_path / "out")), Controls(should_stop=lambda: True))
        assert list(tmp_path.iterdir()) == []
