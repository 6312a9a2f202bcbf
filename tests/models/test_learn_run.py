"""Training runs of tiny networks: they learn, they go on after a kill to the same weights, they end when asked."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from learning import RECIPE, Steps, squares, tiny_plan

from glacier_mapper.core.branches import Branch
from glacier_mapper.core.errors import Cancelled, InternalError, InvalidParameterError
from glacier_mapper.core.progress import Controls, Stage
from glacier_mapper.runner.architectures.registry import build
from glacier_mapper.runner.training.learn.batches import Crops, batches
from glacier_mapper.runner.training.learn.checkpoint import FILE
from glacier_mapper.runner.training.learn.looking import look
from glacier_mapper.runner.training.learn.run import Run, Tiles, rate_at, read_looks

ROOT = Path(__file__).resolve().parents[2]
TRAIN, VALIDATION = squares(6), squares(3, seed=5)


def network(plan=None):
    plan = plan or tiny_plan()
    torch.manual_seed(plan.seed)
    return build(plan.architecture, plan.inputs)


def run(folder, plan=None, controls=None, tiles=None):
    plan = plan or tiny_plan()
    made = Run(network(plan), tiles or Tiles(TRAIN, VALIDATION), RECIPE, plan)
    made.go(folder, controls or Controls())
    return made


def stops_at(step):
    """Controls that cancel once so many steps are done."""
    done = []
    return Controls(lambda progress: done.append(progress.done), lambda: bool(done) and done[-1] >= step)


def same(one, two):
    return all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), two.state_dict().values(), strict=True))


class TestBatches:
    def test_the_same_step_gives_the_same_batch_whoever_makes_it(self):
        plan = tiny_plan()
        crops = Crops(TRAIN, RECIPE, plan)
        here = list(batches(crops, 0, 0))
        there = list(batches(crops, 0, 2))
        assert len(here) == len(there) == 12
        for one, two in zip(here, there, strict=True):
            for a, b in zip((one.label, *one.inputs), (two.label, *two.inputs), strict=True):
                np.testing.assert_array_equal(a, b)

    def test_it_goes_on_from_any_step(self):
        crops = Crops(TRAIN, RECIPE, tiny_plan())
        assert torch.equal(next(iter(batches(crops, 7, 0))).label, crops[7].label)

    def test_shapes(self):
        batch = Crops(TRAIN, RECIPE, tiny_plan())[0]
        assert [tuple(one.shape) for one in batch.inputs] == [(2, bands, 32, 32) for bands in (6, 2, 2, 2, 2, 1)]
        assert (batch.label.shape, batch.label.dtype) == ((2, 32, 32), torch.uint8)

    def test_shares_of_processes_make_the_batch(self):
        plan = tiny_plan()
        whole = Crops(TRAIN, RECIPE, plan)[3].label
        parts = [Crops(TRAIN, RECIPE, plan, (index, 2))[3].label for index in (0, 1)]
        assert torch.equal(torch.cat(parts), whole)

    def test_every_tile_is_met_once_an_epoch(self):
        """Six flat tiles, each with its own brightness, in three batches of two."""
        tiles = [replace(tile, inputs={Branch.OPTICAL: np.full((6, 48, 48), 0.1 * number, np.float32)})
                 for number, tile in enumerate(TRAIN)]  # fmt: skip
        plan = tiny_plan(augmentation=replace(tiny_plan().augmentation, light=0.0, noise=0.0, drop_set=0.0))
        crops = Crops(tiles, RECIPE, plan)
        seen = [round(float(image.mean()) * 10) for step in range(3) for image in crops[step].inputs[0]]
        assert sorted(seen) == [0, 1, 2, 3, 4, 5]

    def test_a_branch_that_no_tile_has_is_all_gaps(self):
        tiles = [replace(tile, inputs={Branch.OPTICAL: tile.inputs[Branch.OPTICAL]}) for tile in TRAIN]
        assert torch.isnan(Crops(tiles, RECIPE, tiny_plan())[0].inputs[1]).all()


class TestLearning:
    def test_it_learns_what_the_tiles_hold(self, tmp_path):
        steps = Steps(count=90, batch=4, crop_px=32, rate=1e-2, warm_up=5, look_every=30, keep_every=90, average=0.9)
        made = run(tmp_path, tiny_plan(steps=steps))
        found = look(made.network, VALIDATION, RECIPE)
        assert found.iou > 0.85
        assert found.debris_found > 0.8 * found.debris
        assert look(network(), VALIDATION, RECIPE).iou < 0.5

    def test_the_best_look_is_kept(self, tmp_path):
        made = run(tmp_path)
        looks = read_looks(tmp_path)
        assert [one["step"] for one in looks] == [6, 12]
        assert look(made.network, VALIDATION, RECIPE).iou == pytest.approx(max(one["iou"] for one in looks))

    def test_without_better_looks_it_ends_early(self, tmp_path):
        blank = [replace(tile, label=np.full_like(tile.label, 255)) for tile in VALIDATION]  # all looks are alike
        steps = replace(tiny_plan().steps, count=60, look_every=2, patience=3)
        made = run(tmp_path, tiny_plan(steps=steps), tiles=Tiles(TRAIN, blank))
        assert made.state.step == 8

    def test_progress_and_log(self, tmp_path):
        told = []
        run(tmp_path, tiny_plan(steps=replace(tiny_plan().steps, count=40)), Controls(told.append))
        assert [one.done for one in told] == list(range(1, 41))
        assert {one.stage for one in told} == {Stage.TRAINING}
        lines = [json.loads(line) for line in (tmp_path / "steps.jsonl").read_text().splitlines()]
        assert [line["step"] for line in lines] == [20, 40]
        assert lines[1]["loss"] < lines[0]["loss"]
        assert list((tmp_path / "tensorboard").glob("events*"))

    def test_a_loss_that_is_no_number_ends_it(self, tmp_path):
        with pytest.raises(InternalError, match="learning rate"):
            run(tmp_path, tiny_plan(steps=replace(tiny_plan().steps, rate=1e30, warm_up=0, clip=0.0)))

    def test_bf16_learns_too(self, tmp_path):
        steps = Steps(count=60, batch=4, crop_px=32, rate=1e-2, warm_up=5, look_every=60, keep_every=60, average=0.9)
        made = run(tmp_path, tiny_plan(steps=steps, precision="bf16"))
        assert next(made.network.parameters()).dtype == torch.float32
        assert look(made.network, VALIDATION, RECIPE).iou > 0.6


class TestGoingOn:
    @pytest.mark.parametrize("step", [1, 5, 6, 11])
    def test_a_cancelled_run_goes_on_to_the_same_weights(self, tmp_path, step):
        whole = run(tmp_path / "whole")
        with pytest.raises(Cancelled):
            run(tmp_path / "cut", controls=stops_at(step))
        assert same(run(tmp_path / "cut").network, whole.network)

    def test_a_killed_run_goes_on_to_the_same_weights(self, tmp_path):
        """SIGKILL between two checkpoints: the steps since the last one are made again."""
        whole = run(tmp_path / "whole")
        child = f"""
import os, signal, sys
sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "tests" / "models")!r}]
from pathlib import Path
import test_learn_run as own
from glacier_mapper.core.progress import Controls
def die(progress):
    if progress.done == 8:
        os.kill(os.getpid(), signal.SIGKILL)
own.run(Path({str(tmp_path / "cut")!r}), controls=Controls(die))
"""
        done = subprocess.run([sys.executable, "-c", child], check=False, capture_output=True, text=True)
        assert done.returncode == -9, done.stderr
        again = run(tmp_path / "cut")
        assert same(again.network, whole.network)
        assert [one["iou"] for one in again.state.looks] == [one["iou"] for one in whole.state.looks]

    def test_a_finished_run_is_not_made_again(self, tmp_path):
        first, told = run(tmp_path), []
        second = run(tmp_path, controls=Controls(told.append))
        assert told == []
        assert same(first.network, second.network)

    def test_a_checkpoint_of_another_plan_is_refused(self, tmp_path):
        run(tmp_path)
        with pytest.raises(InvalidParameterError, match="made by this plan"):
            run(tmp_path, tiny_plan(seed=4))

    def test_another_number_of_loaders_is_no_other_plan(self, tmp_path):
        with pytest.raises(Cancelled):
            run(tmp_path, controls=stops_at(4))
        assert run(tmp_path, tiny_plan(loaders=1)).state.step == 12

    @pytest.mark.parametrize("damage", ["cut", "text", "other"])
    def test_a_damaged_checkpoint_is_named(self, tmp_path, damage):
        run(tmp_path)
        path = tmp_path / FILE
        if damage == "cut":
            path.write_bytes(path.read_bytes()[:-300])
        elif damage == "text":
            path.write_text("nothing")
        else:
            torch.save({"step": 3}, path)
        with pytest.raises(InvalidParameterError, match="delete it to begin anew"):
            run(tmp_path)

    def test_a_checkpoint_is_whole_or_not_there(self, tmp_path):
        run(tmp_path)
        assert not list(tmp_path.glob("*.part"))
        assert torch.load(tmp_path / FILE, weights_only=True)["step"] == 12


@pytest.mark.parametrize(
    ("step", "rate"), [(0, 0.1), (9, 1.0), (10, 1.0), (60, 0.505), (110, 0.01), (500, 0.01)],
    ids=["first", "risen", "top", "half-way", "end", "after"],
)  # fmt: skip
def test_the_learning_rate(step, rate):
    steps = Steps(count=110, warm_up=10, rate=1.0, rate_end=0.01)
    assert rate_at(step, steps) == pytest.approx(rate)
