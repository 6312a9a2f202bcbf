"""As many steps as fit: batch and number from what a step takes, and a time left that can be believed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from learning import RECIPE, squares

from glacier_mapper.core.branches import Branch
from glacier_mapper.core.errors import Cancelled
from glacier_mapper.core.model_card import Location
from glacier_mapper.core.progress import Controls, Progress, Stage
from glacier_mapper.core.teach_errors import TeachTimeError
from glacier_mapper.runner.architectures.registry import build
from glacier_mapper.runner.training.learn.plan import read_plan
from glacier_mapper.runner.training.learn.run import Run, Tiles, fastest_precision
from glacier_mapper.runner.training.teach.pacing import (
    BATCHES,
    GOOD_STEPS,
    LEAST_STEPS,
    MOST_STEPS,
    PACKAGING_S,
    PLAN,
    Clock,
    Pacer,
)


class Machine(Pacer):
    """A machine on which a crop takes so many seconds."""

    def __init__(self, crop_s):
        super().__init__(None, Tiles((), ()), None, None)
        self._crop_s, self.measured = crop_s, []

    def step_s(self, plan, controls):
        self.measured.append(plan.steps.batch)
        return plan.steps.batch * self._crop_s


def fitted(crop_s, minutes, mapping_s=0.0):
    machine = Machine(crop_s)
    clock = Clock(minutes, Controls(), lambda: 0.0)
    plan, seconds = machine.fitted(PLAN, clock, mapping_s)
    return plan.steps, seconds, machine


class TestFitted:
    def test_on_a_fast_machine_it_is_the_most_steps_of_the_largest_batch(self):
        steps, seconds, _ = fitted(0.001, 5.0)
        assert (steps.count, steps.batch, seconds) == (MOST_STEPS, BATCHES[0], pytest.approx(0.008))

    def test_where_fewer_fit_they_fill_the_time(self):
        steps, seconds, _ = fitted(0.1, 5.0)
        left = 300.0 - PACKAGING_S
        assert steps.batch == 8
        assert steps.count == int(left / 0.8)
        assert steps.count * seconds <= left

    @pytest.mark.parametrize(("crop_s", "batch"), [(0.2, 8), (0.4, 4), (0.9, 2), (2.0, 2)])
    def test_a_slow_machine_takes_smaller_batches(self, crop_s, batch):
        assert fitted(crop_s, 5.0)[0].batch == batch

    def test_the_batch_is_measured_again_where_it_is_another(self):
        assert fitted(0.001, 5.0)[2].measured == [2, 8]
        assert fitted(2.0, 5.0)[2].measured == [2]

    def test_time_for_mapping_is_kept(self):
        assert fitted(0.1, 5.0, 100.0)[0].count < fitted(0.1, 5.0)[0].count

    def test_a_few_steps_warm_up_shortly_and_average_less(self):
        few, many = fitted(5.0, 5.0)[0], fitted(0.001, 5.0)[0]
        assert few.count < GOOD_STEPS
        assert few.warm_up <= few.count // 5 + 1
        assert few.average < many.average == PLAN.steps.average

    def test_it_keeps_no_checkpoint_on_the_way(self):
        steps = fitted(0.1, 5.0)[0]
        assert (steps.keep_every, steps.look_every) == (steps.count, steps.count)

    @pytest.mark.parametrize("crop_s", [12.0, 60.0, 600.0])
    def test_too_slow_a_machine_is_told_what_is_needed(self, crop_s):
        with pytest.raises(TeachTimeError) as found:
            fitted(crop_s, 5.0, 30.0)
        needed = found.value.details["needed"]
        assert needed * 60 >= 30.0 + PACKAGING_S + LEAST_STEPS * 2 * crop_s
        steps, _, _ = fitted(crop_s, float(needed), 30.0)
        assert steps.count >= LEAST_STEPS


def test_the_button_learns_as_the_plan_whose_figures_are_published():
    measured = read_plan(str(Path(__file__).parents[1] / "tools" / "teach_plan.json"))
    assert (PLAN.loss, PLAN.augmentation) == (measured.loss, measured.augmentation)
    unlike = {"look_every": PLAN.steps.look_every, "keep_every": PLAN.steps.keep_every}
    assert replace(measured.steps, **unlike) == PLAN.steps


@pytest.mark.parametrize(
    ("capable", "expected"),
    [
        ({"avx512_f": True, "avx512_bf16": True}, "bf16"),
        ({"amx_bf16": True}, "bf16"),
        ({"architecture": "aarch64", "bf16": True}, "bf16"),
        ({"avx512_f": True, "avx512_bf16": False}, "no"),
        ({}, "no"),
    ],
)
def test_the_precision_is_that_of_the_processor(monkeypatch, capable, expected):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capable)
    assert fastest_precision() == expected


class TestMeasured:
    @pytest.fixture
    def network(self):
        torch.manual_seed(1)
        return build("compact", tuple(Branch), Location.NONE)

    def test_measuring_leaves_the_network_as_it_was(self, network, tmp_path):
        before = {name: value.clone() for name, value in network.state_dict().items()}
        plan = PLAN.with_values(crop_px=32, batch=2)
        seconds = Pacer(network, Tiles(squares(2), ()), RECIPE, tmp_path).step_s(plan, Controls())
        assert seconds > 0
        assert all(torch.equal(value, network.state_dict()[name]) for name, value in before.items())

    def test_a_cancel_ends_it(self, network, tmp_path):
        plan = PLAN.with_values(crop_px=32, batch=2)
        pacer = Pacer(network, Tiles(squares(2), ()), RECIPE, tmp_path)
        with pytest.raises(Cancelled):
            pacer.step_s(plan, Controls(should_stop=lambda: True))

    def test_a_run_ends_early_with_what_it_has_learnt(self, network, tmp_path):
        plan = PLAN.with_values(crop_px=32, batch=2, count=50, keep_every=50, look_every=50)
        run = Run(network, Tiles(squares(2), ()), RECIPE, plan)
        state = run.go(tmp_path / "run", Controls(), is_enough=lambda: run.state.step >= 3)
        assert state.step == 3
        taken = network.state_dict()
        assert all(np.array_equal(value.numpy(), taken[name].numpy()) for name, value in state.average.items())


class TestClock:
    @pytest.fixture
    def clock(self):
        class Watched(Clock):
            def __init__(self):
                self.time, self.told = 0.0, []
                super().__init__(2.0, Controls(self.told.append), lambda: self.time)

            def tell(self, part, fraction, stage=Stage.TRAINING):
                part.on_progress(Progress(stage, 1, 10, fraction))
                return self.told[-1]

        return Watched()

    def test_before_anything_is_known_all_of_the_time_is_left(self, clock):
        clock.time = 30.0
        assert clock.tell(clock.part(), 0.9).seconds_left == 90.0

    def test_never_less_than_a_second_is_left_while_it_works(self, clock):
        clock.time = 500.0
        assert clock.tell(clock.part(), 0.9).seconds_left == 1.0

    def test_then_it_is_the_rest_of_the_part_and_what_comes_after(self, clock):
        clock.after_s = 20.0
        assert clock.tell(clock.part(60.0), 0.5).seconds_left == 50.0

    def test_the_share_done_is_that_of_the_time(self, clock):
        clock.after_s, clock.time = 20.0, 50.0
        assert clock.tell(clock.part(60.0), 0.5).fraction == 0.5

    def test_the_share_never_falls_and_is_whole_at_the_end_alone(self, clock):
        clock.after_s, clock.time = 0.0, 1000.0
        assert clock.tell(clock.part(1.0), 1.0).fraction == 0.999
        clock.after_s = 5000.0
        assert clock.tell(clock.part(60.0), 0.0).fraction == 0.999
        clock.finish(300)
        assert (clock.told[-1].stage, clock.told[-1].fraction) == (Stage.DONE, 1.0)

    def test_a_part_may_say_what_it_is_itself(self, clock):
        assert clock.tell(clock.part(stage=Stage.TIMING), 0.5).stage is Stage.TIMING
        assert clock.tell(clock.part(), 1.0, Stage.DONE).stage is Stage.PREDICTING
        assert clock.tell(clock.part(), 0.5, Stage.WRITING).stage is Stage.WRITING

    def test_a_cancel_is_heard_in_every_part(self):
        clock = Clock(1.0, Controls(should_stop=lambda: True))
        assert clock.part().should_stop()
