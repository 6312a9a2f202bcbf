"""Bad input and faults in the real program: one message that names the thing and the remedy, nothing half-written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from fault_scenes import make_fault_scenes
from harness import run_qgis

SAID = {
    "no_layers": ("dock", "Add a satellite image"),
    "view_outside": ("dock", "The view shows nothing of"),
    "role_twice": ("bar", "is taken twice"),
    "missing_swir": ("dock", "SWIR 1"),
    "all_no_data": ("bar", "has no valid pixel in the view"),
    "truncated": ("bar", "can't be read"),
    "output_is_a_file": ("bar", "can't be written"),
    "read_only": ("bar", "can't be written"),
    "disk_full": ("bar", "The disk is full"),
    "runner_missing": ("bar", "not installed yet"),
    "runner_not_there": ("bar", "does not start"),
    "runner_broken": ("bar", "does not start"),
    "runner_older": ("bar", "protocol 0"),
}
REMEDY = {
    "view_outside": "Zoom to it",
    "role_twice": "not used",
    "all_no_data": "Move the view",
    "truncated": "Fetch it again",
    "output_is_a_file": "Choose another folder",
    "read_only": "Choose another folder",
    "disk_full": "Free some space",
    "runner_missing": "Install model runner",
    "runner_not_there": "Repair",
    "runner_broken": "Repair",
    "runner_older": "Repair",
}
WORKS = (
    "not_finite", "odd_path", "zoomed_far_out", "project_in_degrees", "scene_in_degrees", "rotated", "arctic",
    "antarctic", "antimeridian", "layer_deleted_during_run", "back_to_work",
)
OTHERS = ("layer_removed_after_run", "second_click", "huge_view", "endless_view", "band_twice")
OLDER_RUNNER = """#!/bin/sh
exec {python} -c '
import json, sys
for line in sys.stdin:
    number = json.loads(line)["id"]
    print(json.dumps({{"jsonrpc": "2.0", "id": number, "result": {{"protocol": 0, "version": "0.0.1"}}}}), flush=True)
'
"""
BROKEN_PYTHON = """#!/bin/sh
echo "ModuleNotFoundError: No module named 'rasterio'" >&2
exit 1
"""


@pytest.fixture(scope="module")
def disks(tmp_path_factory):
    """A disk of 2 MB and a read-only one; paths by name. Without the right to mount: None."""
    folder = tmp_path_factory.mktemp("disks")
    made = {}
    for name, options in (("small_disk", "size=2m"), ("read_only", "size=2m,ro")):
        place = folder / name
        place.mkdir()
        mounted = os.geteuid() == 0 and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], check=False, capture_output=True
        ).returncode == 0
        made[name] = str(place) if mounted else None
    yield made
    for place in made.values():
        if place:
            subprocess.run(["umount", "-l", place], check=True)


@pytest.fixture(scope="module")
def faults(simulated, large, disks, tmp_path_factory):
    """What every fault said and left, from one running QGIS."""
    folder = tmp_path_factory.mktemp("faults")
    (folder / "scenes").mkdir()
    (folder / "out").mkdir()
    scenes = {**make_fault_scenes(simulated.image, folder / "scenes"), "large": str(large)}
    names = [name for name in (*SAID, *OTHERS, *WORKS) if disks.get(_disk_of(name), "") is not None]
    run = run_qgis(
        Path(__file__).parent / "scenarios" / "faults.py",
        folder / "run",
        {
            "scenes": scenes, "out": str(folder / "out"), "faults": names, **disks,
            "older_runner": _script(folder / "older", OLDER_RUNNER.format(python=sys.executable)),
            "broken_python": _script(folder / "broken", BROKEN_PYTHON),
        },
    )
    assert run.ok, run.report()
    return run.results


def _disk_of(name: str) -> str:
    return {"disk_full": "small_disk", "read_only": "read_only"}.get(name, "")


def _script(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def told(faults, name):
    if name not in faults:
        pytest.skip("needs the right to mount a small disk")
    assert "failed" not in faults[name], faults[name]
    return faults[name]


@pytest.mark.parametrize("name", SAID)
def test_a_fault_is_said_once_and_leaves_nothing(faults, name):
    result = told(faults, name)
    place, text = SAID[name]
    said = result["bar"] if place == "bar" else [result["dock"]]
    assert len([one for one in said if text in one]) == 1, result
    assert all(REMEDY.get(name, "") in one for one in said if text in one), result
    assert result["outlines"] == 0
    assert result["half"] == []


@pytest.mark.parametrize("name", ["no_layers", "missing_swir", "view_outside"])
def test_what_is_lacking_is_said_before_the_click(faults, name):
    assert told(faults, name)["enabled"] is False


@pytest.mark.parametrize("name", WORKS)
def test_the_unusual_is_mapped_all_the_same(faults, name):
    result = told(faults, name)
    assert result["outlines"] == 1, result
    assert result["half"] == []


def test_products_go_to_a_folder_of_any_name(faults):
    assert told(faults, "odd_path")["files"] == ["confidence.tif", "outlines.gpkg", "probability.tif", "report.json"]


@pytest.mark.parametrize(
    ("name", "crs"),
    [("arctic", "EPSG:3413"), ("antarctic", "EPSG:3031"), ("antimeridian", "EPSG:32601"),
     ("scene_in_degrees", "EPSG:32632")],
)
def test_outlines_are_in_the_scenes_metric_crs(faults, name, crs):
    assert told(faults, name)["crs"] == [crs]


def test_a_second_click_is_refused_politely(faults):
    result = told(faults, "second_click")
    assert len(result["busy"]) == 1
    assert "still busy" in result["busy"][0]
    assert result["still_running"] is True


def test_removing_the_result_is_no_fault(faults):
    result = told(faults, "layer_removed_after_run")
    assert result["rows"] == 0
    assert result["outlines"] == 0


def test_a_view_far_too_large_for_memory_is_mapped(faults):
    result = told(faults, "huge_view")
    assert result["outlines"] == 1, result
    assert result["half"] == []


def test_a_view_without_limits_is_mapped_or_refused(faults):
    result = told(faults, "endless_view")
    assert result["outlines"] == 1 or "can't be mapped" in result["bar"][0]


def test_a_band_chosen_for_two_roles_is_said_at_both_before_the_click(faults):
    result = told(faults, "band_twice")
    assert result["said"] == dict.fromkeys(("red", "green"), "Check: this band has two roles.")
    assert "2 to check" in result["summary"]
    assert result["half"] == []


def test_a_full_disk_is_left_as_it_was(faults):
    assert told(faults, "disk_full")["left"] == []
