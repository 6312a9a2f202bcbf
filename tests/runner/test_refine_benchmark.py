"""`refine benchmark`: its figures by hand, and a small run of it from end to end."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import shapely
from refine_grounds import grid_of, tongue_bands

from glacier_mapper.core.errors import Cancelled, InvalidParameterError, OutputExistsError
from glacier_mapper.core.progress import Controls
from glacier_mapper.runner.refine import cases
from glacier_mapper.runner.refine.analyst import Known
from glacier_mapper.runner.refine.benchmark import BenchmarkOrder, benchmark
from glacier_mapper.runner.refine.benchmark_report import markdown
from glacier_mapper.runner.refine.cases import Case
from glacier_mapper.runner.refine.figures import figures_of
from glacier_mapper.runner.refine.playing import (
    LIMIT,
    Played,
    Simple,
    by_nearest,
    by_plain_walker,
    play,
    session_of,
    vertices_needed,
)

VERTICES = [{"vertices": {"0.85": 10, "0.90": 20, "0.95": 40}}, {"vertices": {"0.85": 14, "0.90": 30, "0.95": 60}}]


@pytest.fixture(scope="module")
def case():
    bands, truth = tongue_bands()
    mapped = truth.copy()
    mapped[:, 50:] = False
    probability = np.where(mapped, 0.9, 0.1).astype("float32")
    return Case("toy", grid_of(truth.shape), bands, probability, Known(truth, np.ones_like(truth)), mapped)


class TestFigures:
    def test_by_hand(self):
        """Two cases: 0.90 after 1 and after 2 strokes; 0.95 after 3 and never."""
        games = [Played("a", (0.5, 0.9, 0.94, 0.96), (0.1, 0.1, 0.1)), Played("b", (0.0, 0.8, 0.92), (0.2, 0.2))]
        found = figures_of({"from_model": {"walk": games}, "from_nothing": {}}, VERTICES)["from_model"]["walk"]
        assert found["noc"] == {"0.85": 1.5, "0.90": 1.5, "0.95": (3 + LIMIT) / 2}
        assert found["failures"] == {"0.85": 0.0, "0.90": 0.0, "0.95": 0.5}
        assert found["fewer"]["0.90"] == pytest.approx(50 / 3)
        assert found["iou_after"] == pytest.approx({"0": 0.25, "1": 0.85, "3": 0.94, "5": 0.94})
        assert found["seconds_p50"] == pytest.approx(0.1)

    def test_a_goal_that_is_reached_at_once_takes_no_stroke(self):
        assert Played("a", (0.96,), ()).strokes_to(0.95) == 0


class TestPlaying:
    def test_strokes_beat_the_nearest_stroke_on_a_tongue(self, case):
        ours = play(case, session_of(case, from_model=False))
        theirs = play(case, Simple(case, by_nearest))
        assert ours.strokes_to(0.9) <= 3
        assert theirs.strokes_to(0.9) is None or theirs.strokes_to(0.9) > ours.strokes_to(0.9)

    def test_from_the_models_outline_it_begins_with_it(self, case):
        assert session_of(case, from_model=True).mask.sum() == pytest.approx(case.mapped.sum(), rel=0.02)

    def test_the_same_case_plays_alike(self, case):
        assert play(case, session_of(case, False)).ious == play(case, session_of(case, False)).ious

    def test_a_plain_walker_takes_strokes_too(self, case):
        assert play(case, Simple(case, by_plain_walker), click=True).ious[-1] > 0

    def test_a_rectangle_takes_four_vertices_and_less_precision_never_more(self, case):
        needed = vertices_needed(case)
        assert needed[0.85] <= needed[0.90] <= needed[0.95] == 4

    def test_a_jagged_outline_takes_more(self, case):
        angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        radius = np.where(np.arange(24) % 2, 40, 20)
        star = shapely.Polygon(np.column_stack([64 + radius * np.cos(angles), 48 + radius * np.sin(angles)]))
        rows, cols = np.mgrid[:96, :128]
        truth = shapely.contains_xy(star, cols + 0.5, rows + 0.5)
        jagged = Case("star", case.grid, case.bands, case.probability, Known(truth, np.ones_like(truth)), truth)
        assert vertices_needed(jagged)[0.95] >= 15


class TestOrders:
    @pytest.mark.parametrize("wrong", [{"scenes": -1}, {"seed": -1}, {"scenes": 0}, {"scenes": 9999}])
    def test_what_can_not_be_measured_is_refused(self, wrong):
        with pytest.raises(InvalidParameterError):
            BenchmarkOrder("out", **wrong)

    def test_unknown_branches_are_refused(self):
        with pytest.raises(ValueError, match="rain"):
            BenchmarkOrder("out", inputs=("rain",))


def test_a_run_from_end_to_end(tmp_path):
    out, stages = tmp_path / "out", []
    order = BenchmarkOrder(str(out), scenes=1, seed=905_003, model="band-ratio", inputs=("optical",), latency=False)
    result = benchmark(order, Controls(lambda progress: stages.append(progress.stage.value)))
    assert stages[-1] == "done"
    assert json.loads((out / "refine.json").read_text())["simulated"] == json.loads(json.dumps(result["simulated"]))
    text = (out / "refine.md").read_text()
    assert text == markdown(result)
    for word in ("NoC@90", "From nothing", "nearest stroke", "random walker on RGB", "vertices"):
        assert word in text
    ours, theirs = (result["simulated"]["from_nothing"][name]["noc"]["0.90"] for name in ("walk", "nearest stroke"))
    assert ours < theirs
    with pytest.raises(OutputExistsError):
        benchmark(order, Controls())


def test_a_cancel_leaves_nothing(tmp_path):
    order = BenchmarkOrder(str(tmp_path / "out"), scenes=1, seed=905_003, model="band-ratio", latency=False)
    with pytest.raises(Cancelled):
        benchmark(order, Controls(should_stop=lambda: True))
    assert not (tmp_path / "out").exists()


def test_real_outlines(shared_data, tmp_path, monkeypatch):
    """The largest glacier of one real tile; all of them are what the command is for."""
    monkeypatch.setattr(cases, "TONGUES", 1)
    real = tmp_path / "real"
    real.mkdir()
    for kind in ("img", "label"):
        shutil.copy(shared_data / "hackathon_landsat" / f"gh_06_09_{kind}.tif", real)
    order = BenchmarkOrder(str(tmp_path / "out"), scenes=0, real=str(real), model="band-ratio", latency=False)
    found = benchmark(order, Controls())["real"]
    assert len(found["cases"]) == 1
    assert found["from_nothing"]["walk"]["iou_after"]["5"] > found["from_nothing"]["walk"]["iou_after"]["1"]
