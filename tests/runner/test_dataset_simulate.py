"""dataset simulate: simulated places as tiles, alike from the same order, all views of a place in one part."""

from __future__ import annotations

import signal
import sys
from collections import defaultdict

import numpy as np
import pytest

from glacier_mapper.core.branches import Branch
from glacier_mapper.core.errors import Cancelled, InvalidParameterError, OutputExistsError
from glacier_mapper.core.progress import Controls, Stage
from glacier_mapper.core.protocol import Method
from glacier_mapper.runner.cli_learning import learning_question
from glacier_mapper.runner.cli_parser import parse
from glacier_mapper.runner.training import simulated_tiles
from glacier_mapper.runner.training.simulate import SceneSettings, simulate
from glacier_mapper.runner.training.simulated_tiles import REGION, SimulatedOrder, arrays_of, simulate_tiles
from glacier_mapper.runner.training.tiles import DEBRIS, UNKNOWN, check_tiles, open_tiles

pytest.importorskip("zarr")


def order(out, **changes):
    given = {"places": 6, "views": 2, "tile_px": 64, "seed": 3, "split": "50/25/25", "workers": 2}
    return SimulatedOrder(out=str(out), **{**given, **changes})


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("sim") / "set.zarr"
    said = []
    return simulate_tiles(order(out), Controls(said.append)), open_tiles(out), said


def test_every_place_is_seen_as_often_as_asked(made):
    told, store, said = made
    assert told["tiles"] == len(store.records) == 12
    assert (store.tile_px, store.branches) == (64, tuple(Branch))
    assert {record.region for record in store.records} == {REGION}
    assert [one.done for one in said if one.stage is Stage.SIMULATING] == list(range(6))
    assert check_tiles(str(store.path), Controls())["passed"]


def test_the_views_of_a_place_are_in_one_part_and_the_parts_have_their_shares(made):
    _, store, _ = made
    parts = defaultdict(set)
    for record in store.records:
        parts[record.world].add(record.split)
    assert all(len(one) == 1 for one in parts.values())
    assert store.splits == {"train": 6, "validation": 2, "test": 4}


def test_a_tile_is_the_simulated_scene(made):
    _, store, _ = made
    tile = store.read(0)
    settings = SceneSettings.drawn(3, 64, 0.2)
    inputs, label = arrays_of(simulate(settings))
    np.testing.assert_array_equal(tile.label, label)
    for branch in Branch:
        np.testing.assert_array_equal(tile.inputs[branch], inputs[branch].astype("f4"))
    assert store.tables["sources"][0]["settings"]["kind"] == settings.kind.value


def test_debris_is_told_apart_and_what_is_hidden_is_unknown():
    scene = simulate(SceneSettings(3, 128, "L8", "valley", clouds=True))
    _, label = arrays_of(scene)
    np.testing.assert_array_equal(label == DEBRIS, (scene.debris == 1) & (scene.label == 1))
    np.testing.assert_array_equal(label == UNKNOWN, scene.label == 255)
    assert (label == DEBRIS).any()


def test_the_same_order_makes_the_same_whatever_makes_it(made, tmp_path):
    told, _, _ = made
    alone = simulate_tiles(order(tmp_path / "alone.zarr", workers=1), Controls())
    other = simulate_tiles(order(tmp_path / "other.zarr", seed=4), Controls())
    assert alone["sha256"] == told["sha256"] != other["sha256"]


def test_cancel_leaves_nothing(tmp_path):
    done = []
    controls = Controls(done.append, lambda: len(done) > 1)
    with pytest.raises(Cancelled):
        simulate_tiles(order(tmp_path / "set.zarr"), controls)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")
def test_workers_end_by_the_signal_that_the_command_only_hears_of():
    """With the command's own handler a worker that was waiting outlived its pool, and the command hung."""
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        with simulated_tiles._mapped(_handlers, [0, 1], 2) as found:
            assert list(found) == [(signal.SIG_DFL, signal.SIG_IGN)] * 2
    finally:
        signal.signal(signal.SIGTERM, before)


def _handlers(_):
    return signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)


def test_what_is_there_is_not_replaced_unasked(made, tmp_path):
    _, store, _ = made
    with pytest.raises(OutputExistsError):
        simulate_tiles(order(store.path), Controls())


@pytest.mark.parametrize(
    "changes", [{"places": 0}, {"views": 0}, {"tile_px": 32}, {"without_ice": 1.5}, {"split": "50/50/50"}, {"seed": -1}]
)
def test_nonsense_is_named(changes):
    with pytest.raises(InvalidParameterError):
        order("out.zarr", **changes)


def test_options_reach_the_job():
    line = "dataset simulate --places 7 --views 2 --tile-px 96 --seed 5 --without-ice 0.5 --split 80/10/10 -o s.zarr"
    method, params = learning_question(parse(line.split()))
    assert method is Method.DATASET_SIMULATE
    assert SimulatedOrder.from_json(params) == SimulatedOrder("s.zarr", 7, 2, 96, 5, 0.5, "80/10/10")
