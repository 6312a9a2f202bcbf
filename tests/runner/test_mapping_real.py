"""The built-in model on real scenes, where they lie beside the project: no ice where there is none, and how good."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio

from glacier_mapper.core.request import BandRatioSettings, MapRequest
from glacier_mapper.core.result import MapResult
from glacier_mapper.runner.mapping import map_glaciers
from glacier_mapper.runner.scene import guess_sources

LEAST_TRAIN_IOU = 0.33
"""A snow-covered scene at low sun: no threshold on a ratio tells glacier from snow there (all glacier: 0.34)."""


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLACIER_MAPPER_CACHE", str(tmp_path / "cache"))


def map_file(path: Path, out: Path, **settings: Any) -> MapResult:
    request = MapRequest(guess_sources([str(path)]), str(out), band_ratio=BandRatioSettings(**settings))
    return map_glaciers(request, lambda _: None, lambda: False)


def overlap(result: MapResult, label_path: Path) -> np.ndarray:
    """(pixels in both, pixels in either) of mapped and labelled glacier."""
    with rasterio.open(result.probability) as p, rasterio.open(label_path) as label:
        assert p.transform == label.transform
        probability, truth = p.read(1), label.read(1)
    known = (truth != 255) & np.isfinite(probability)
    mapped, glacier = (probability > 0.5) & known, (truth == 1) & known
    return np.array([np.count_nonzero(mapped & glacier), np.count_nonzero(mapped | glacier)])


def pooled_iou(folder: Path, names: list[str], out: Path) -> float:
    both, either = sum(
        overlap(map_file(folder / f"{name}_img.tif", out / name), folder / f"{name}_label.tif") for name in names
    )
    return both / either


@pytest.mark.parametrize("index", ["auto", "nir_swir", "ndsi"])
def test_sea_town_and_fields_get_no_outline(shared_data: Path, tmp_path: Path, index: str):
    result = map_file(shared_data / "negatives" / "neg_liverpool_l8_20200927.tif", tmp_path / "out", index=index)
    assert result.outline_count == 0
    with rasterio.open(result.probability) as p:
        assert np.count_nonzero(p.read(1) > 0.5) == 0
    assert any("no clear gap" in note["template"] for note in result.notes)


def test_without_a_thermal_band_hardly_a_pixel_of_it_is_taken(shared_data: Path, tmp_path: Path):
    path = shared_data / "negatives" / "neg_liverpool_l8_20200927.tif"
    result = map_file(path, tmp_path / "out", max_temperature_k=None)
    with rasterio.open(result.probability) as p:
        probability = p.read(1)
    assert np.count_nonzero(probability > 0.5) < 0.001 * probability.size


def test_snow_covered_himalaya(shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = shared_data / "hackathon_landsat"
    split = json.loads((folder / "split.json").read_text())
    found = {part: pooled_iou(folder, split[part], tmp_path / part) for part in ("train", "validation")}
    with capsys.disabled():
        print(f"\nband-ratio, pooled IoU: {found['train']:.3f} train, {found['validation']:.3f} validation")
    assert found["train"] > LEAST_TRAIN_IOU
