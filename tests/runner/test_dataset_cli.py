"""dataset build, info and check from the command line: texts, JSON, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from learning_scenes import checked_label, write_scene

from glacier_mapper.core.errors import UsageError
from glacier_mapper.core.progress import Controls
from glacier_mapper.core.protocol import Method
from glacier_mapper.runner import jobs
from glacier_mapper.runner.cli_learning import learning_question
from glacier_mapper.runner.cli_output import result_text
from glacier_mapper.runner.cli_parser import parse
from glacier_mapper.runner.cli_tables import aligned


def run(*words):
    """A command in a process of its own: exit code, stdout, stderr."""
    done = subprocess.run(
        [sys.executable, "-m", "glacier_mapper.runner", *map(str, words)], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def scenes(make_raster, tmp_path):
    return write_scene(make_raster, tmp_path / "scenes", "a", label=checked_label(32, 32))


def question(line):
    return learning_question(parse(["dataset", *line.split()]))


def test_options_reach_the_job():
    method, params = question(
        "build --scenes D -o S.zarr --tile-px 64 --split 80/20 --block-km 30 --guard-km 2 --seed 7 --region ALP "
        "--licence CC0-1.0 --overwrite"
    )
    assert method is Method.DATASET_BUILD
    assert params == {
        "out": "S.zarr", "scenes": "D", "sources": [], "outlines": "", "outlines_layer": "", "debris": "",
        "tile_px": 64, "tile_km": 10.0, "split": "80/20", "block_km": 30.0, "guard_km": 2.0, "seed": 7,
        "region": "ALP", "licence": "CC0-1.0", "overwrite": True,
    }  # fmt: skip


def test_layers_become_bands(scenes):
    image = scenes / "a_img.tif"
    _, params = question(f"build --optical {image} --elevation d.tif --outlines o.gpkg -o S.zarr")
    roles = {source["role"]: source["path"] for source in params["sources"]}
    assert roles["elevation"] == "d.tif"
    assert roles["swir1"] == str(image)
    assert params["outlines"] == "o.gpkg"


@pytest.mark.parametrize("action", ["info", "check"])
def test_a_store_is_asked_for_by_its_path(action):
    assert question(f"{action} S.zarr") == (Method(f"dataset_{action}"), {"store": "S.zarr"})


@pytest.mark.parametrize("line", ["", "build", "info", "build --scenes D", "burn S.zarr"])
def test_a_command_that_is_not_whole(line):
    with pytest.raises(UsageError):
        parse(["dataset", *line.split()])


def test_build_then_info_then_check(scenes, tmp_path):
    store = tmp_path / "set.zarr"
    code, out, err = run("dataset", "build", "--scenes", scenes, "-o", store, "--tile-px", 16, "--split", "100/0/0")
    assert code == 0, err
    assert "4 tiles of 16 px, 10 m a pixel" in out
    assert "100 % Done" in err
    info = jobs.perform(Method.DATASET_INFO, {"store": str(store)}, Controls())
    assert (info["tiles"], info["splits"]["train"]["tiles"]) == (4, 4)
    assert jobs.perform(Method.DATASET_CHECK, {"store": str(store)}, Controls())["passed"]
    (store / "label" / "1.0.0").write_bytes(b"damaged")
    code, out, err = run("dataset", "check", store, "--json")
    assert code == 2
    assert json.loads(out)["error"]["type"] == "ChecksumError"
    assert err.splitlines()[-1].startswith(str(store))


def test_bad_input_is_one_line(tmp_path):
    code, out, err = run("dataset", "build", "--scenes", tmp_path, "-o", tmp_path / "s.zarr")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert "a folder with files *_img.tif" in err


def test_a_wrong_param_of_the_service_is_bad_input():
    from glacier_mapper.core.errors import InvalidParameterError

    for params in ({}, {"out": "x", "scenes": "y", "colour": 1}, {"out": "x", "sources": [{"role": "red"}]}):
        with pytest.raises(InvalidParameterError):
            jobs.perform(Method.DATASET_BUILD, params, Controls())
    assert {Method.DATASET_BUILD, Method.DATASET_CHECK} <= jobs.LONG_JOBS
    assert Method.DATASET_INFO not in jobs.LONG_JOBS


def test_text_for_people():
    band = {"role": "red", "minimum": 0.0, "p01": 0.01, "mean": 0.5, "p99": 1.0, "maximum": 1.25, "std": None}
    pixels = {"other": 60, "glacier": 30, "debris-covered glacier": 10, "not known": 100}
    result = {
        "store": "s.zarr", "tiles": 2, "tile_px": 10, "pixel_size_m": [10.0, 30.0], "bytes": 1_500_000, "sha256": "ab",
        "sources": [{"date": "2021-08-01"}, {"date": ""}, {"date": "2019-08-01"}], "statistics": {"optical": [band]},
        "splits": {"train": {"tiles": 2, "pixels": pixels, "regions": {"ALP": 2}},
                   "test": {"tiles": 0, "pixels": dict.fromkeys(pixels, 0), "regions": {}}},
    }  # fmt: skip
    text = result_text("dataset", result)
    assert "2 tiles of 10 px, 10, 30 m a pixel, 1.5 MB" in text
    assert "3 scenes, 2019-08-01 to 2021-08-01" in text
    assert "train      2   30.0 %  10.0 %  50.0 %  ALP 2" in text
    assert "red     0  0.01   0.5     1  1.25  -" in text
    assert "nan" not in text


def test_columns_stand_under_one_another():
    assert aligned([("a", "1", "x"), ("long", "200", "yy")]) == "a       1  x\nlong  200  yy\n"
