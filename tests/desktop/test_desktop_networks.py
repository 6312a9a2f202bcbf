"""Networks in the real program: a package comes in through the manager and maps; the map is seen while it grows."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), *(str(ROOT / "tests" / name) for name in ("runner", "servers"))]

from harness import DesktopOptions, run_qgis  # noqa: E402
from loopback_server import TokenProxy  # noqa: E402
from real_servers import PYTHON, triton  # noqa: E402
from scenes import iou  # noqa: E402
from tiny_networks import tiny_package  # noqa: E402

from glacier_mapper.core.progress import Controls  # noqa: E402
from glacier_mapper.runner.models.ensembling import EnsembleOrder, make_ensemble  # noqa: E402
from glacier_mapper.runner.models.package import open_package  # noqa: E402

SCREENS = ROOT / "build" / "networks"


def zipped(package, folder):
    return shutil.make_archive(str(folder / package.card.name), "zip", package.folder)


def keep_pictures(run, name):
    """Into build/, for looking at."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    for picture in run.folder.glob("*.png"):
        shutil.copy(picture, SCREENS / f"{name}_{picture.name}")


def test_a_package_from_the_manager_maps_and_is_seen_while_it_grows(simulated, scenario, tmp_path):
    """green - swir1 > 0.15 is snow and ice: the logistic network says it with a slope of 20."""
    weights = {"optical": (0.0, 20.0, 0.0, 0.0, -20.0, 0.0)}
    package = tiny_package(tmp_path / "made" / "tiny", weights=weights, bias=-3.0)
    arguments = {
        "scene": str(simulated.image), "dem": str(simulated.elevation), "packages": [zipped(package, tmp_path)],
        "run": "tiny", "symmetries": True,
    }  # fmt: skip
    run = run_qgis(scenario("map_package"), tmp_path / "run", arguments, DesktopOptions(timeout_s=280))
    keep_pictures(run, "tiny")
    assert run.ok, run.report()
    assert run.results["added"] == "“Tiny tiny” was added."
    assert "computes its sample as it should" in run.results["checked"]
    found = run.results["run"]
    assert "tiles" in found["estimate"]
    assert found["outlines"] >= 1
    assert found["live_after"] == 0
    folder = Path(found["folder"])
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert report["model"]["name"] == "tiny"
    assert report["request"]["network"]["symmetries"] is True
    assert iou(folder / "outlines.gpkg", simulated.label) > 0.3
    with rasterio.open(folder / "probability.tif") as raster, rasterio.open(simulated.image) as image:
        probability, bands = raster.read(1), image.read([2, 5])
        scale = 1.0 if bands.dtype.kind == "f" else 1e-4
        z = 20.0 * scale * (bands[0].astype(np.float64) - bands[1]) - 3.0
        known = np.isfinite(probability) & (bands != 0).all(axis=0)
    assert known.mean() > 0.9
    # probabilities are kept in steps of 1 / 65536; symmetries change nothing where each pixel is for itself
    assert np.abs(probability - 1.0 / (1.0 + np.exp(-z)))[known].max() < 2e-3


def test_an_ensemble_comes_in_and_shows_where_its_networks_disagree(simulated, scenario, tmp_path):
    """Two thresholds of green - swir1: 0.05 and 0.25. Between them the networks disagree."""
    weights = {"optical": (0.0, 20.0, 0.0, 0.0, -20.0, 0.0)}
    pair = [tiny_package(tmp_path / "made" / f"net-{bias}", weights=weights, bias=-bias) for bias in (1.0, 5.0)]
    order = EnsembleOrder(tuple(str(one.folder) for one in pair), str(tmp_path / "made" / "pair"), title="Two networks")
    make_ensemble(order, Controls())
    arguments = {
        "scene": str(simulated.image), "dem": str(simulated.elevation), "run": "pair", "ensemble": True,
        "packages": [zipped(open_package(tmp_path / "made" / "pair"), tmp_path)],
    }  # fmt: skip
    run = run_qgis(scenario("map_package"), tmp_path / "run", arguments, DesktopOptions(timeout_s=280))
    keep_pictures(run, "ensemble")
    assert run.ok, run.report()
    assert "ensemble of 2, trained one by one" in run.results["details"]
    assert "computes its sample as it should" in run.results["checked"]
    assert run.results["model_text"].endswith("Ensemble of 2 networks: each of them computes every tile.")
    shown = run.results["disagreement"]
    assert (shown["was_visible"], Path(shown["source"]).name) == (False, "model_uncertainty.tif")
    folder = Path(run.results["run"]["folder"])
    means = json.loads((folder / "report.json").read_text(encoding="utf-8"))["uncertainty"]
    assert means["networks"] == 2
    assert 0 < means["mean_model_part"] < means["mean_total"]
    with rasterio.open(folder / "model_uncertainty.tif") as raster, rasterio.open(folder / "probability.tif") as other:
        unsure, probability = raster.read(1), other.read(1)
    certain = (probability < 0.01) | (probability > 0.99)
    assert np.nanmean(unsure[certain]) < 0.1 * np.nanmean(unsure[(probability > 0.3) & (probability < 0.7)])


def test_published_weights_are_imported_and_map(simulated, scenario, tmp_path):
    """GlaViTU with the reproducible random weights of the golden fixtures: what it maps means nothing."""
    golden = ROOT.parent / "shared" / "golden"
    if not golden.is_dir():
        pytest.skip("no golden fixtures here")
    pytest.importorskip("torch")
    weights = tmp_path / "glavitu.h5"
    command = [sys.executable, str(golden / "make_h5.py"), str(golden / "global_layout.json"), str(weights)]
    subprocess.run(command, check=True, capture_output=True)
    arguments = {
        "scene": str(simulated.image), "dem": str(simulated.elevation), "run": "glavitu-golden",
        "keras": {
            "weights": str(weights), "architecture": "glavitu", "inputs": ["optical", "dem"], "name": "glavitu-golden",
            "stats": str(golden / "stats.json"), "calibration": str(golden / "calibration.json"),
            "title": "GlaViTU (golden weights)",
        },
    }  # fmt: skip
    run = run_qgis(scenario("map_package"), tmp_path / "run", arguments, DesktopOptions(timeout_s=600))
    keep_pictures(run, "glavitu")
    assert run.ok, run.report()
    assert run.results["imported"] == "“glavitu-golden” was imported."
    assert "10.03 million parameters" in run.results["imported_details"]
    assert "The curve falls in places" in run.results["imported_details"]
    found = run.results["run"]
    assert found["live_after"] == 0
    assert "tiles/s on" in found["status"]
    folder = Path(found["folder"])
    with rasterio.open(folder / "probability.tif") as raster:
        values = raster.read(1)
    assert np.isfinite(values).mean() > 0.9
    assert values[np.isfinite(values)].std() > 0.01


@pytest.mark.skipif(not PYTHON.exists(), reason="no environment with model servers")
def test_a_model_server_with_a_token_maps_and_the_token_is_nowhere(simulated, scenario, tmp_path, tmp_path_factory):
    token = "quartz-8151-magenta"
    weights = {"optical": (0.0, 20.0, 0.0, 0.0, -20.0, 0.0)}
    package = tiny_package(tmp_path / "made" / "tiny", weights=weights, bias=-3.0)
    short = tmp_path_factory.mktemp("s")  # Triton's sockets lie in it, and their paths must be short
    project = tmp_path / "run" / "project.qgs"
    with triton({"tiny": package.model_path}, short) as behind, TokenProxy(behind.url, f"Bearer {token}") as server:
        arguments = {
            "scene": str(simulated.image), "dem": str(simulated.elevation), "packages": [zipped(package, tmp_path)],
            "run": "tiny", "server": server.url, "token": token, "project": str(project),
        }  # fmt: skip
        run = run_qgis(scenario("map_package"), tmp_path / "run", arguments, DesktopOptions(timeout_s=400))
    keep_pictures(run, "server")
    assert run.ok, run.report()
    assert "answers" in run.results["server_said"]
    found = run.results["run"]
    report = json.loads((Path(found["folder"]) / "report.json").read_text(encoding="utf-8"))
    assert server.url in report["device"]
    assert report["request"]["device"] == server.url
    assert iou(Path(found["folder"]) / "outlines.gpkg", simulated.label) > 0.3
    assert server.url in project.read_text(encoding="utf-8")
    files = [path for path in run.folder.rglob("*") if path.is_file() and path.name != "config.json"]
    assert len(files) > 10
    assert [str(path) for path in files if token.encode() in path.read_bytes()] == []
    assert not any(token in text for text in run.messages)
