"""Networks in the real program: a package comes in through the manager and maps; the map is seen while it grows."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import rasterio

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "runner")]

from harness import DesktopOptions, run_qgis  # noqa: E402
from scenes import iou  # noqa: E402
from tiny_networks import tiny_package  # noqa: E402

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
        "runs": [["tiny", {"symmetries": True}]],
    }  # fmt: skip
    run = run_qgis(scenario("map_package"), tmp_path / "run", arguments, DesktopOptions(timeout_s=280))
    keep_pictures(run, "tiny")
    assert run.ok, run.report()
    assert run.results["added"] == "“Tiny tiny” was added."
    assert "computes its sample as it should" in run.results["checked"]
    found = run.results["tiny"]
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
