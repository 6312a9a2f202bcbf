"""Learning once more from all tiles: what it sees, how long it lasts, and a calibration by those held back before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from learnt import PLAN, make_tiles, trained, tuned

from glacier_mapper.core.errors import Cancelled, InvalidParameterError
from glacier_mapper.core.model_card import CalibrationKind
from glacier_mapper.core.progress import Controls, Progress, Stage
from glacier_mapper.runner.models import check_package
from glacier_mapper.runner.models.package import WEIGHTS_FILE, open_package
from glacier_mapper.runner.training.calibrating import CalibrateOrder, Kind, calibrate_package
from glacier_mapper.runner.training.learn import job, refitting
from glacier_mapper.runner.training.learn.run import Tiles, read_looks
from glacier_mapper.runner.training.tiles import open_tiles


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return make_tiles(tmp_path_factory.mktemp("data") / "set.zarr")


@pytest.fixture(scope="module")
def made(data, tmp_path_factory):
    """What a training with a refit said."""
    return trained(data, tmp_path_factory.mktemp("models") / "all", replace(PLAN, refit=True))


def weights_of(folder):
    with np.load(Path(folder) / WEIGHTS_FILE) as file:
        return {name: file[name] for name in file.files}


def same(one, two):
    a, b = weights_of(one), weights_of(two)
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


def test_the_second_time_has_all_tiles_and_as_many_rounds():
    tiles = Tiles(list("abc"), list("d"), "these")
    plan, everything, last = refitting.again(replace(PLAN, refit=True), tiles, best_step=6)
    assert [everything.train[at] for at in range(len(everything.train))] == list("abcd")
    assert (everything.validation, everything.identity) == ((), "these")
    assert (plan.steps.count, last) == (11, 8)  # of 8 steps and the best after 6, by 4/3 as many tiles
    assert refitting.growth(tiles) == pytest.approx(4 / 3)


def test_the_card_says_so_and_the_package_runs(data, made):
    package = open_package(made["package"])
    told = package.card.training
    best = made["best"]["step"]
    assert told["refit"] == {"steps": round(best * 4 / 3), "tiles": 4}
    assert told["looks"] == read_looks(Path(made["run"]))  # those of the first time: the second has nothing to look at
    assert not read_looks(Path(made["run"]) / refitting.FOLDER)
    assert package.card.calibration.kind is CalibrationKind.VECTOR
    assert told["calibration"]["tiles"] == 1
    assert told["calibration"]["after"]["cross_entropy"] <= told["calibration"]["before"]["cross_entropy"]
    assert check_package(made["package"], Controls())["passed"]


def test_weights_are_those_of_the_second_time_alone(data, made, tmp_path, monkeypatch):
    """A training from the start on all tiles, for as many steps at the same rates, gives the same weights."""
    monkeypatch.setattr(job, "_learn_twice", _second_alone(made["best"]["step"]))
    trained(data, tmp_path / "alone", replace(PLAN, refit=True))
    assert same(tmp_path / "alone", made["package"])


def _second_alone(best):
    def learn(given, network, tiles, controls):
        plan, everything, last = refitting.again(given.plan, tiles, best)
        return job._learn(given._replace(plan=plan), network, everything, controls, last)

    return learn


def test_the_calibration_is_that_of_the_network_that_had_not_seen_them(data, made, tmp_path):
    first = trained(data, tmp_path / "first")["package"]
    calibrate_package(CalibrateOrder(first, data, str(tmp_path / "fitted"), Kind.VECTOR), Controls())
    expected = open_package(tmp_path / "fitted").card.calibration
    found = open_package(made["package"]).card.calibration
    assert found.scale == pytest.approx(expected.scale, abs=0.02)
    assert found.bias == pytest.approx(expected.bias, abs=0.02)


def test_tiles_that_it_learnt_from_calibrate_nothing(data, made, tmp_path):
    for split in ("validation", "train"):
        with pytest.raises(InvalidParameterError, match="did not learn from"):
            calibrate_package(CalibrateOrder(made["package"], data, str(tmp_path / "seen"), split=split), Controls())
    calibrate_package(CalibrateOrder(made["package"], data, str(tmp_path / "unseen"), split="test"), Controls())


@pytest.mark.parametrize("stop", [3, 11])
def test_stopped_in_either_training_it_goes_on_to_the_same_weights(data, made, tmp_path, stop):
    steps = []
    controls = Controls(
        lambda told: steps.append(told) if told.stage is Stage.TRAINING else None, lambda: len(steps) >= stop
    )
    plan = replace(PLAN, refit=True)
    with pytest.raises(Cancelled):
        trained(data, tmp_path / "again", plan, controls)
    assert not (tmp_path / "again").exists()
    trained(data, tmp_path / "again", plan)
    assert same(tmp_path / "again", made["package"])


def test_adapters_are_prepared_anew_and_merged(data, tmp_path):
    start = trained(data, tmp_path / "first")["package"]
    told = trained(data, tmp_path / "adapted", tuned(start, tuned="adapters", refit=True))
    assert check_package(told["package"], Controls())["passed"]
    assert weights_of(told["package"]).keys() == weights_of(start).keys()
    assert not same(told["package"], start)


def test_one_progress_for_both(data, tmp_path):
    said = []
    trained(data, tmp_path / "told", replace(PLAN, refit=True), Controls(said.append))
    fractions = [one.fraction for one in said if one.stage is Stage.TRAINING]
    assert fractions == sorted(fractions)
    assert len(fractions) > PLAN.steps.count


def test_time_left_is_that_of_all():
    said = []
    told = refitting.part(Controls(said.append), 0.25, 0.75)
    told.on_progress(Progress(Stage.TRAINING, 1, 2, 0.5, 10.0))
    told.on_progress(Progress(Stage.TRAINING, 2, 2, 1.0, 0.0))
    # What is left of the part is a quarter of all, and of all one half is left.
    assert [(one.fraction, one.seconds_left) for one in said] == [(0.5, 20.0), (0.75, None)]


def test_without_tiles_held_back_it_is_refused(tmp_path):
    data = make_tiles(tmp_path / "set.zarr", places=2, split="100/0/0")
    assert not len(open_tiles(data).tiles("validation"))
    with pytest.raises(InvalidParameterError, match="validation"):
        trained(data, tmp_path / "none", replace(PLAN, refit=True))
