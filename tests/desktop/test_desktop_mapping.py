"""The main job in the real program: from an installed zip, over two days, and through every kind of interruption."""

from __future__ import annotations

import json
import re
import sys
import zipfile
from pathlib import Path

import pyogrio
import pytest
import rasterio

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "tools"))

import package  # noqa: E402
from harness import DesktopOptions, run_qgis  # noqa: E402
from scenes import iou  # noqa: E402

PRODUCTS = {"probability.tif", "confidence.tif", "outlines.gpkg", "report.json"}


def products(folder: str | Path) -> set[str]:
    """Names in a result folder; the files that SQLite keeps beside an open GeoPackage do not count."""
    return {path.name for path in Path(folder).iterdir() if not path.name.endswith((".gpkg-wal", ".gpkg-shm"))}


PART = re.compile(r"\..+\.part-\d+")


def half_written(folder: Path) -> list[str]:
    """Result files below `folder` in places that hold no whole result, and temporary folders of runs, at any depth."""
    found = []
    for path in folder.rglob("*"):
        if any(PART.fullmatch(name) for name in path.relative_to(folder).parts):
            found.append(str(path))
            continue
        if path.name in PRODUCTS and products(path.parent) != PRODUCTS:
            found.append(str(path))
        if path.is_file() and path.suffix in (".part", ".partial"):
            found.append(str(path))
    return found


def test_half_written_results_are_seen_wherever_they_are(tmp_path):
    part = tmp_path / "home" / "glaciers" / "x_001" / ".x_001.part-4711"
    part.mkdir(parents=True)
    assert half_written(tmp_path) == [str(part)]
    for name in PRODUCTS:
        (part / name).write_text("all there, but not in its place")
    assert len(half_written(tmp_path)) == 1 + len(PRODUCTS)
    part.rename(tmp_path / "home" / "glaciers" / "x_002")
    assert half_written(tmp_path) == []


def test_scaling_and_classes_of_the_dock_reach_the_run(simulated, scenario, tmp_path):
    run = run_qgis(scenario("map_extras"), tmp_path / "home", {"scene": str(simulated.image)}, DesktopOptions())
    assert run.ok, run.report()
    folder = Path(run.results["folder"])
    assert "classes.tif" in products(folder)
    request = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert "sentinel-2-l2a" in json.dumps(request)


def test_the_zip_installed_by_qgis_itself_maps_a_scene(simulated, scenario, tmp_path):
    archive = package.build_zip(tmp_path / "glacier_mapper.zip")
    arguments = {"zip": str(archive), "scene": str(simulated.image), "dem": str(simulated.elevation)}
    run = run_qgis(scenario("map_once"), tmp_path / "run", arguments, DesktopOptions(plugin=None))
    assert run.ok, run.report()
    assert run.results["enabled"] is True
    plugins = tmp_path / "run" / "qgis" / "profiles" / "default" / "python" / "plugins"
    assert Path(run.results["package"]) == plugins / "glacier_mapper" / "__init__.py"
    assert not Path(run.results["package"]).is_symlink()
    folder = Path(run.results["folder"])
    assert products(folder) == PRODUCTS
    assert run.results["outlines"] == pyogrio.read_info(folder / "outlines.gpkg", layer="outlines")["features"]
    assert run.results["outlines"] >= 1
    assert run.results["runners"] == 1
    assert iou(folder / "outlines.gpkg", simulated.label) > 0.3
    with rasterio.open(folder / "probability.tif") as raster:
        assert raster.dtypes == ("float32",)
        with rasterio.open(simulated.image) as image:
            assert raster.crs == image.crs
            assert raster.res == image.res
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert "band-ratio" in json.dumps(report)


def test_the_zip_is_what_qgis_installs(tmp_path):
    with zipfile.ZipFile(package.build_zip(tmp_path / "plugin.zip")) as archive:
        assert archive.testzip() is None
        assert b"name=Glacier Mapper" in archive.read("glacier_mapper/metadata.txt")


def test_unloading_and_loading_again_leaves_nothing_behind(simulated, scenario, tmp_path):
    run = run_qgis(scenario("reload_plugin"), tmp_path, {"scene": str(simulated.image)})
    assert run.ok, run.report()
    before = run.results["before"]
    assert before["docks"] == before["providers"] == []
    assert before["runners"] == 0
    for number, turn in enumerate(run.results["rounds"]):
        assert len(turn["loaded"]["docks"]) == 1, number
        assert len(turn["loaded"]["providers"]) == 1, number
        assert turn["loaded"]["runners"] == 1, number
        for thing in ("docks", "actions", "toolbars", "providers", "tasks", "runners"):
            assert turn["after"][thing] == before[thing], (number, thing)
        assert len(turn["threads"]) <= len(run.results["threads_before"]), turn["threads"]
    first, last = run.results["rounds"][0]["after"], run.results["rounds"][-1]["after"]
    assert last["receivers"] == first["receivers"]
    assert last["canvas_items"] <= first["canvas_items"]


@pytest.mark.parametrize("stage", [["reading", "predicting"], ["tracing", "attributes"]], ids=["early", "late"])
def test_qgis_killed_in_a_run_takes_the_runner_along_and_the_next_run_sweeps(
    large, simulated, scenario, tmp_path, stage
):
    run = run_qgis(scenario("kill_qgis"), tmp_path, {"scene": str(large), "stages": stage})
    assert run.returncode == -9
    assert run.results["runners"], run.report()
    assert run.leaked == []
    again = run_qgis(scenario("map_once"), tmp_path, {"scene": str(simulated.image)})
    assert again.ok, again.report()
    assert products(again.results["folder"]) == PRODUCTS
    assert half_written(tmp_path) == []


@pytest.mark.parametrize("stage", [["reading", "predicting"], ["tracing", "attributes"]], ids=["early", "late"])
def test_qgis_closed_in_a_run_ends_cleanly(large, scenario, tmp_path, stage):
    arguments = {"scene": str(large), "stages": stage, "project": str(tmp_path / "project.qgz")}
    run = run_qgis(scenario("close_qgis"), tmp_path / "run", arguments, DesktopOptions(timeout_s=90))
    assert run.ok, run.report()
    assert run.returncode == 0
    assert run.results["runners"]
    assert half_written(tmp_path) == []


def test_a_killed_runner_costs_one_message_and_no_edits(large, scenario, tmp_path):
    run = run_qgis(scenario("kill_runner"), tmp_path, {"scene": str(large)})
    assert run.ok, run.report()
    assert "Click again: it restarts by itself." in run.results["message"]
    assert sum("stopped unexpectedly" in text for text in run.results["bar"]) == 1
    assert run.results["edit_kept"] is True
    assert run.results["outlines_after_kill"] == 0
    assert run.results["left_after_kill"] == []
    assert run.results["first"] != run.results["second"]
    assert run.results["outlines"] >= 1
    assert products(run.results["folder"]) == PRODUCTS
    assert half_written(tmp_path) == []


def test_cancel_works_in_every_stage_and_leaves_nothing(large, scenario, tmp_path):
    run = run_qgis(scenario("cancel_run"), tmp_path, {"scene": str(large)}, DesktopOptions(timeout_s=240))
    assert run.ok, run.report()
    stages = ["reading", "predicting", "writing", "tracing", "attributes"]
    assert [turn["asked"] for turn in run.results["rounds"]] == stages
    for turn in run.results["rounds"]:
        assert turn["layers"] == 0, turn
    assert run.results["outlines"] >= 1
    assert half_written(tmp_path) == []


def test_closing_with_the_live_preview_on_asks_nothing(simulated, scenario, tmp_path):
    """QGIS asks about layers among temporary files; a question that stays open would end in a time-out here."""
    run = run_qgis(scenario("preview_moves"), tmp_path, {"scene": str(simulated.image)}, DesktopOptions(timeout_s=90))
    assert run.ok, run.report()
    assert run.returncode == 0
    assert all(run.results["moves_s"])


def test_a_project_opened_the_next_day_has_everything(simulated, scenario, tmp_path):
    project = tmp_path / "Öztal “south” project.qgz"
    arguments = {"scene": str(simulated.image), "dem": str(simulated.elevation), "project": str(project)}
    saved = run_qgis(scenario("save_project"), tmp_path / "first", arguments)
    assert saved.ok, saved.report()
    opened = run_qgis(
        scenario("open_project"), tmp_path / "second", {**arguments, "outline_id": saved.results["outline_id"]}
    )
    assert opened.ok, opened.report()
    for key in ("roles", "model", "names", "outlines"):
        assert opened.results[key] == saved.results[key], key
    assert opened.results["invalid"] == []
    assert opened.results["note"] == "checked on foot"
    assert opened.results["map_enabled"] is True
    assert opened.results["outlines_again"] == saved.results["outlines"]
    assert opened.results["folder_again"] != saved.results["folder"]


def test_a_preview_switched_off_and_a_cancelled_run_leave_nothing_painted(simulated, large, scenario, tmp_path):
    run = run_qgis(scenario("passing_pictures"), tmp_path, {"scene": str(simulated.image), "large": str(large)})
    assert run.ok, run.report()
    assert run.results["preview"] == run.results["growing"] == 0
    assert run.results["preview_left"] == 0.0
    assert run.results["growing_left"] == 0.0
    assert [text for text in run.results["bar"] if "Task" in text] == []  # QGIS's own word on a task that failed
    assert sum("ancelled" in text for text in run.results["bar"]) == 1
