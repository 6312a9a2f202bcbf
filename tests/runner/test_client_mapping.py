"""Real mappings through a real runner: the second click, questions meanwhile, cancel at every stage, SIGKILL."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time

import pytest
from stand_in import PACKAGE, PYTHON

from glacier_mapper.core.errors import (
    Cancelled,
    InputError,
    MissingFileError,
    OutputExistsError,
    RunnerCrashedError,
    UnreadableRasterError,
)
from glacier_mapper.core.progress import Stage
from glacier_mapper.core.result import Estimate, MapResult, Preview
from glacier_mapper.runner_client.process import ProcessRunner
from glacier_mapper.runner_client.runner import RunnerCommand

MAPPING = (Stage.READING, Stage.PREDICTING, Stage.WRITING, Stage.TRACING, Stage.ATTRIBUTES)


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    """A runner that stays for the whole file, as it does for a session of QGIS."""
    runner = ProcessRunner(RunnerCommand(PYTHON, PACKAGE, log_folder=tmp_path_factory.mktemp("logs")))
    yield runner
    runner.stop()


@pytest.fixture(scope="module")
def scene(warm, tmp_path_factory):
    """A simulated scene, made by the runner itself."""
    folder = tmp_path_factory.mktemp("Szene mit ü")
    paths = warm.call("simulate", {"seed": 5, "size_px": 384, "out_dir": str(folder)})["paths"]
    return next(path for path in paths if path.endswith("_img.tif"))


@pytest.fixture
def params(scene, tmp_path):
    bands = enumerate(("blue", "green", "red", "nir", "swir1", "swir2"), 1)
    sources = [{"role": role, "path": scene, "band": band, "layer": "Scene"} for band, role in bands]
    return {"sources": sources, "out_dir": str(tmp_path / "out"), "extent": None}


def test_a_scene_is_mapped_and_every_product_is_there(warm, params):
    stages = []
    result = MapResult.from_json(warm.call("map", params, lambda progress: stages.append(progress.stage)))
    for path in (result.probability, result.confidence, result.outlines, result.report):
        assert os.path.getsize(path) > 0
    assert result.outline_count > 0
    assert stages[-1] is Stage.DONE
    assert [stage for stage in Stage if stage in stages] == sorted(set(stages), key=list(Stage).index)
    with pytest.raises(OutputExistsError):
        warm.call("map", params)


def test_an_estimate_and_a_preview_come_before_the_click(warm, params):
    estimate = Estimate.from_json(warm.call("estimate", params))
    assert estimate.grid.shape_yx == (384, 384)
    assert "CPU" in estimate.device
    preview = Preview.from_json(warm.call("preview", {"request": params, "max_px": 128}))
    assert os.path.getsize(preview.path) > 0


@pytest.mark.parametrize("stage", MAPPING, ids=lambda stage: stage.value)
def test_cancel_at_each_stage_leaves_nothing(warm, params, tmp_path, stage):
    reached = threading.Event()

    def watch(progress):
        if progress.stage is Stage.DONE or MAPPING.index(progress.stage) >= MAPPING.index(stage):
            reached.set()

    try:
        warm.call("map", params, watch, reached.is_set)
    except Cancelled:
        assert not (tmp_path / "out").exists() or list((tmp_path / "out").iterdir()) == []
    else:  # the last stages of a small scene are over before a cancel arrives: then everything is there
        assert len(list((tmp_path / "out").iterdir())) >= 4
    assert [path.name for path in tmp_path.iterdir() if path.name != "out"] == []


def test_a_run_that_is_killed_leaves_no_product_and_the_next_one_completes(warm, params, tmp_path):
    def kill(_):
        with contextlib.suppress(ProcessLookupError):  # what was under way may be told after the first kill
            os.kill(warm.hello["pid"], signal.SIGKILL)
        time.sleep(0.2)

    with pytest.raises(RunnerCrashedError):
        warm.call("map", params, kill)
    out = tmp_path / "out"
    names = {path.name for path in out.iterdir()} if out.exists() else set()
    assert not names & {"probability.tif", "confidence.tif", "outlines.gpkg", "report.json"}
    assert MapResult.from_json(warm.call("map", params)).outline_count > 0


def test_bad_input_names_the_file_and_the_runner_lives_on(warm, params, tmp_path):
    broken = tmp_path / "broken ü.tif"
    broken.write_bytes(b"II*\x00 and then nothing")
    pid = warm.pid
    for path, kind in ((str(broken), UnreadableRasterError), (str(tmp_path / "gone.tif"), MissingFileError)):
        bad = {**params, "sources": [{**source, "path": path} for source in params["sources"]]}
        with pytest.raises(kind) as caught:
            warm.call("map", bad)
        assert path in str(caught.value)
    with pytest.raises(InputError):
        warm.call("map", {**params, "model": "no such model"})
    assert warm.pid == pid
