"""A training plan: to JSON and back, and what is wrong in one is named."""

from __future__ import annotations

import json

import pytest
from learning import Plan, Steps, tiny_plan

from glacier_mapper.core.branches import Branch
from glacier_mapper.core.errors import InvalidParameterError, MissingFileError
from glacier_mapper.core.model_card import Location
from glacier_mapper.runner.training.learn.plan import read_plan


@pytest.mark.parametrize(
    "plan", [Plan(), tiny_plan(), tiny_plan(location=Location.REGION, tuned="adapters", precision="bf16")],
    ids=["default", "tiny", "other"],
)  # fmt: skip
def test_through_a_file_and_back(plan, tmp_path):
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan.to_json()))
    assert read_plan(str(path)) == plan


def test_what_is_left_out_is_as_by_default():
    assert Plan.from_json({"steps": {"count": 7}}) == Plan(steps=Steps(count=7))


def test_whole_numbers_may_be_written_for_others():
    plan = Plan.from_json({"steps": {"rate": 1, "count": 20.0}})
    assert plan.steps.rate == 1.0
    assert isinstance(plan.steps.rate, float)
    assert isinstance(plan.steps.count, int)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"epochs": 3}, "epochs"),
        ({"steps": {"epochs": 3}}, "epochs"),
        ({"steps": 3}, "an object"),
        ({"steps": {"count": "many"}}, "count of steps"),
        ({"steps": {"count": 2.5}}, "count of steps"),
        ({"steps": {"count": 0}}, "1 or more"),
        ({"steps": {"crop_px": 8}}, "16 or more"),
        ({"steps": {"average": 1.0}}, "less than 1"),
        ({"keep_start": 1.0}, "less than 1"),
        ({"inputs": ["radar"]}, "radar"),
        ({"location": "town"}, "town"),
        ({"tuned": "some"}, "all, last, norms, adapters"),
        ({"precision": "int8"}, "no, bf16, fp16"),
        ({"augmentation": {"turns": 1}}, "turns"),
        ([], "an object"),
    ],
)
def test_what_is_wrong_is_named(data, words):
    with pytest.raises(InvalidParameterError, match=words):
        Plan.from_json(data)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(MissingFileError):
        read_plan(str(tmp_path / "none.json"))


def test_a_file_that_is_no_json(tmp_path):
    path = tmp_path / "plan.json"
    path.write_text("steps: 3")
    with pytest.raises(InvalidParameterError, match="JSON"):
        read_plan(str(path))


def test_values_of_the_command_line_win_and_the_others_stay():
    plan = tiny_plan().with_values(count=99, seed=8, rate=None)
    assert (plan.steps.count, plan.seed, plan.steps.rate) == (99, 8, 5e-3)
    assert plan.inputs == tuple(Branch)
