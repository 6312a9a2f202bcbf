"""train, finetune and calibrate as a process: JSON on stdout, exit codes, and going on after an interrupt."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest
from learnt import make_tiles

SHORT = ("--steps", "6", "--batch", "1", "--crop", "32", "--look-every", "3", "--loaders", "0", "--seed", "5")
CANCELLED = 3


def command(*words):
    return [sys.executable, "-m", "glacier_mapper.runner", *map(str, words)]


def run(*words):
    """Exit code, what stdout says as JSON, stderr."""
    done = subprocess.run(command(*words, "--json"), capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout), done.stderr


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return make_tiles(tmp_path_factory.mktemp("data") / "set.zarr", places=4, split="50/50/0")


def test_from_tiles_to_a_calibrated_package_and_on(data, tmp_path):
    code, made, _ = run("train", "--data", data, *SHORT, "-o", tmp_path / "first")
    assert (code, made["name"], made["steps"]) == (0, "first", 6)
    code, better, _ = run("finetune", "--model", made["package"], "--data", data, *SHORT, "--tuned", "norms",
                          "-o", tmp_path / "second")  # fmt: skip
    assert (code, better["architecture"]) == (0, "compact")
    assert better["trained_parameters"] < made["trained_parameters"] / 50
    code, done, _ = run("calibrate", "--model", better["package"], "--data", data, "-o", tmp_path / "third")
    assert (code, done["kind"]) == (0, "temperature")
    assert {one.name for one in tmp_path.iterdir() if one.suffix != ".run"} == {"first", "second", "third"}


def test_interrupted_it_ends_as_cancelled_and_goes_on(data, tmp_path):
    words = ("train", "--data", data, *SHORT, "--steps", "400", "-o", tmp_path / "long")
    process = subprocess.Popen(command(*words), stderr=subprocess.PIPE, text=True)
    said = next(line for line in process.stderr if "Training the model" in line)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=120)
    assert said
    assert process.returncode == CANCELLED
    assert not (tmp_path / "long").exists()
    assert (tmp_path / "long.run" / "checkpoint.pt").is_file()
    code, error, _ = run(*words, "--rate", "0.5")
    assert (code, error["error"]["type"]) == (2, "InvalidParameterError")
    assert "another folder" in error["error"]["message"] + error["error"]["remedy"]
