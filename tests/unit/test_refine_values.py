"""What the fixing of an outline asks and answers: strokes that can be drawn, methods, errors, the command line."""

from __future__ import annotations

import math

import pytest

from glacier_mapper.core.errors import InputError, InvalidParameterError, UsageError, from_json
from glacier_mapper.core.protocol import Method
from glacier_mapper.core.refine import MOST_POINTS, RefinedOutline, RefineRequest, Stroke
from glacier_mapper.core.refine_errors import NoSuchSessionError, StrokeOutsideError, WindowTooLargeError
from glacier_mapper.core.request import BandSource, MapRequest
from glacier_mapper.core.roles import Role
from glacier_mapper.runner.cli_parser import parse
from glacier_mapper.runner.cli_refine import refine_question
from glacier_mapper.runner.jobs import LONG_JOBS

SCENE = MapRequest((BandSource(Role.RED, "/a/b.tif"),), "")


class TestStrokes:
    @pytest.mark.parametrize(
        "points", [(), ((math.nan, 0.0),), ((0.0, math.inf), (1.0, 1.0)), ((0.0, 0.0),) * (MOST_POINTS + 1)]
    )
    def test_lines_that_are_none_are_refused(self, points):
        with pytest.raises(InvalidParameterError, match="stroke"):
            Stroke(points, True)

    @pytest.mark.parametrize("width_m", [-1.0, math.nan, math.inf])
    def test_widths_that_are_none_are_refused(self, width_m):
        with pytest.raises(InvalidParameterError, match="width_m"):
            Stroke(((0.0, 0.0),), True, width_m)

    def test_a_width_may_be_left_out(self):
        assert Stroke.from_json({"points": [[1, 2]], "inside": False}) == Stroke(((1.0, 2.0),), False, 0.0)


def test_what_has_a_default_may_be_left_out_of_a_request():
    assert RefineRequest.from_json({"scene": SCENE.to_json()}) == RefineRequest(SCENE)


def test_an_outline_without_notes():
    assert RefinedOutline.from_json({"wkt": "MULTIPOLYGON EMPTY", "area_km2": 0.0, "strokes": 0}).notes == ()


@pytest.mark.parametrize(
    ("error", "word"),
    [(StrokeOutsideError(), "Draw inside"), (NoSuchSessionError(session="x"), "same outline"),
     (WindowTooLargeError(rows=9000, cols=8000, most=3072), "9000 × 8000")],
)  # fmt: skip
def test_errors_are_the_callers_to_mend_and_say_how(error, word):
    assert isinstance(error, InputError)
    assert error.exit_code == 2
    assert word in str(from_json(error.to_json()))


def test_sessions_are_answered_while_a_job_runs_and_the_benchmark_is_a_job():
    quick = {Method.REFINE_OPEN, Method.REFINE_STROKE, Method.REFINE_UNDO, Method.REFINE_CLOSE,
             Method.LIVEWIRE_START, Method.LIVEWIRE_MOVE}  # fmt: skip
    assert not quick & LONG_JOBS
    assert Method.REFINE_BENCHMARK in LONG_JOBS


class TestCommand:
    def test_the_benchmark_needs_only_a_place_for_its_reports(self):
        method, params = refine_question(parse(["refine", "benchmark", "--out", "b"]))
        assert method is Method.REFINE_BENCHMARK
        assert params == {
            "out": "b", "scenes": 24, "seed": 910_001, "model": "compact", "real": "", "split": "", "solvers": False,
            "latency": True, "click": False, "overwrite": False, "inputs": ["optical", "dem"],
        }  # fmt: skip

    def test_its_options(self):
        line = "refine benchmark --scenes 3 --inputs optical --click --solvers --no-latency --real r --out b --json"
        _, params = refine_question(parse(line.split()))
        assert (params["scenes"], params["inputs"], params["click"], params["latency"]) == (3, ["optical"], True, False)

    @pytest.mark.parametrize("line", ["refine", "refine benchmark", "refine benchmark --inputs rain --out b"])
    def test_lines_that_can_not_be_read(self, line):
        with pytest.raises(UsageError):
            parse(line.split())

    def test_another_command_is_none_of_its(self):
        assert refine_question(parse(["models"])) is None
