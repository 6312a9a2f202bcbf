"""The published deployment's own scene, through the command line: imported weights, parity mode, real rasters.

`deploy_golden.npz` holds what the reference's own code made of a 600 x 700 scene with the weights that `make_h5.py`
writes: blended probabilities, raw and calibrated confidence, every fourth pixel.

The limits hold where float32 means are summed in the order of the published deployment: on ONNX Runtime's CPU provider
and x86-64. Another order, exact means too, is up to `ANY_ORDER` of probability off, and other processors may have one.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT.parent / "shared" / "golden"
BANDS = ("blue", "green", "red", "nir", "swir1", "swir2")
ANY_ORDER = 3e-4
"""What the order of summation may move a probability, as measured on this scene."""
SAME_ORDER = platform.machine().lower() in ("x86_64", "amd64")
PROBABILITY_LIMIT = 1e-4 if SAME_ORDER else ANY_ORDER
STEEPNESS = {"raw": 15, "calibrated": 50}
"""How much the confidence moves at most for a step of probability in this scene."""
RAW_LIMIT, CALIBRATED_LIMIT = (STEEPNESS[name] * PROBABILITY_LIMIT for name in ("raw", "calibrated"))

pytest.importorskip("torch")
pytest.importorskip("h5py")
pytestmark = [
    pytest.mark.skipif(not GOLDEN.is_dir(), reason=f"no golden fixtures in {GOLDEN}"),
    pytest.mark.timeout(600),
]


def command(*words: object, cwd: Path = ROOT) -> str:
    done = subprocess.run(
        [sys.executable, *map(str, words)], cwd=cwd, capture_output=True, text=True, timeout=500, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def runner(*words: object) -> dict:
    return json.loads(command("-m", "glacier_mapper.runner", *words, "--json"))


@pytest.fixture(scope="module")
def golden():
    with np.load(GOLDEN / "deploy_golden.npz") as stored:
        return {name: stored[name] for name in stored.files}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("parity")


def package_of(folder: Path, name: str, *more: object) -> Path:
    """GlaViTU with the golden weights, imported as an analyst would."""
    weights = folder / "glavitu.h5"
    if not weights.exists():
        command(GOLDEN / "make_h5.py", GOLDEN / "global_layout.json", weights, cwd=folder)
    words = ("--architecture", "glavitu", "--inputs", "optical,dem", "--stats", GOLDEN / "stats.json", *more)
    runner("import-keras", weights, *words, "-o", folder / name)
    return folder / name


@pytest.fixture(scope="module")
def calibrated_package(folder):
    return package_of(folder, "glavitu", "--calibration", GOLDEN / "calibration.json")


@pytest.fixture(scope="module")
def plain_package(folder):
    return package_of(folder, "glavitu-raw")


@pytest.fixture(scope="module")
def scene(folder, golden):
    """The fixture's scene as rasters in physical units: optical.tif, elevation.tif, slope.tif."""

    def raw(feature: str, values: np.ndarray) -> np.ndarray:
        low, high = golden[f"stats_min_{feature}"], golden[f"stats_max_{feature}"]
        return (low + values.astype(np.float64) / 255 * (high - low)).astype(np.float32)

    optical = raw("optical", golden["input_optical"])
    optical[golden["optical_nan_mask"] == 1] = np.nan
    terrain = golden["input_dem"]
    paths = {}
    for name, bands in (
        ("optical", np.moveaxis(optical, -1, 0)),
        ("elevation", raw("elevation", terrain[..., :1])[None, ..., 0]),
        ("slope", raw("slope", terrain[..., 1:])[None, ..., 0]),
    ):
        paths[name] = folder / f"{name}.tif"
        profile = {
            "driver": "GTiff", "height": 600, "width": 700, "count": len(bands), "dtype": "float32",
            "nodata": float("nan"), "crs": "EPSG:32632", "tiled": True, "blockxsize": 128, "blockysize": 128,
            "transform": rasterio.Affine(10, 0, 600_000, 0, -10, 5_200_000),
        }  # fmt: skip
        with rasterio.open(paths[name], "w", **profile) as raster:
            raster.write(bands)
            raster.descriptions = BANDS if name == "optical" else (name,)
    return paths


def mapped(scene: dict[str, Path], package: Path, out: Path, *more: str) -> dict[str, np.ndarray]:
    layers = [word for name, path in scene.items() for word in (f"--{name}", path)]
    runner("map", *layers, "--model", package, "--parity", "reference", "--device", "cpu", "--out", out, *more)
    found = {}
    for name in ("probability", "confidence"):
        with rasterio.open(out / f"{name}.tif") as raster:
            found[name] = raster.read(1)
    found["report"] = json.loads((out / "report.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def calibrated(scene, calibrated_package, folder):
    return mapped(scene, calibrated_package, folder / "calibrated")


@pytest.fixture(scope="module")
def plain(scene, plain_package, folder):
    return mapped(scene, plain_package, folder / "plain")


def largest_difference(found: np.ndarray, expected: np.ndarray) -> float:
    return float(np.abs(found[::4, ::4].astype(np.float64) - expected).max())


def test_probability(calibrated, golden):
    assert not np.isnan(calibrated["probability"]).any()
    assert largest_difference(calibrated["probability"], golden["prob"][..., 1]) <= PROBABILITY_LIMIT


def test_probability_of_all_pixels(calibrated, golden):
    """Mean, standard deviation, least and most over the whole scene, not the fourth pixels alone."""
    probability = calibrated["probability"].astype(np.float64)
    found = (probability.mean(), probability.std(), probability.min(), probability.max())
    np.testing.assert_allclose(found, golden["prob_stats"][:, 1], atol=PROBABILITY_LIMIT)


def test_raw_confidence(plain, golden):
    assert largest_difference(plain["confidence"], golden["confidence_raw"]) <= RAW_LIMIT


def test_calibrated_confidence(calibrated, golden):
    assert largest_difference(calibrated["confidence"], golden["confidence_calibrated"]) <= CALIBRATED_LIMIT


def test_the_calibration_changes_no_probability(calibrated, plain):
    np.testing.assert_array_equal(calibrated["probability"], plain["probability"])
    assert largest_difference(calibrated["confidence"], plain["confidence"][::4, ::4]) > 0.1


def test_classes(calibrated, golden):
    """Of 420000 pixels, 107 have a probability within 1e-4 of a half."""
    differing = np.count_nonzero((calibrated["probability"] > 0.5) != (golden["outlines"] == 1))
    assert differing <= 10


def test_the_report_says_how(calibrated):
    report = calibrated["report"]
    assert report["tiles"]["tiles"] == report["tiles"]["tiles_computed"] == 9
    used = report["model"]["settings_used"]
    assert used["tiling"] == {"patch_px": 384, "stride_px": 192, "window": "gaussian"}
    assert (used["parity"], used["no_data"], used["calibration"]) == ("reference", "raw-zero", "confidence-kernel")


def test_without_parity_it_is_masked_and_reflected(scene, calibrated_package, folder, golden):
    layers = [word for name, path in scene.items() for word in (f"--{name}", path)]
    runner("map", *layers, "--model", calibrated_package, "--out", folder / "own")
    with rasterio.open(folder / "own" / "probability.tif") as raster:
        own = raster.read(1)
    np.testing.assert_array_equal(np.isnan(own), golden["optical_nan_mask"] == 1)
