"""Scenes mapped with networks, from the request to the products: results worked out by hand, and faults."""

from __future__ import annotations

import json
import math
import threading
import time
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from tiny_networks import GREEN_MINUS_SWIR1, tiny_package

from glacier_mapper.core import model_card_calibration
from glacier_mapper.core.errors import (
    Cancelled,
    InvalidParameterError,
    MissingRoleError,
    NoValidPixelsError,
    UnreadableRasterError,
)
from glacier_mapper.core.messages import Message
from glacier_mapper.core.model_card import Calibration, CalibrationKind, Location, NoData, Tiling
from glacier_mapper.core.model_errors import MemoryLimitError, ModelOutputError
from glacier_mapper.core.progress import Stage
from glacier_mapper.core.request import BandSource, MapRequest, NetworkSettings
from glacier_mapper.core.roles import OPTICAL_ROLES, Role
from glacier_mapper.runner.mapping import estimate, map_glaciers, patch_plan, patch_speed, preview
from glacier_mapper.runner.mapping.live import LiveRaster
from glacier_mapper.runner.models import NetworkModel, tuning
from glacier_mapper.runner.models import calibration as calibration_module
from glacier_mapper.runner.models import session as session_module
from glacier_mapper.runner.models.network_notes import empty_notes
from glacier_mapper.runner.models.session import SessionPredictor
from glacier_mapper.runner.scene import open_scene

NAN = float("nan")
SIDE = 16
AS_PUBLISHED = {"architecture": "glavitu", "no_data": NoData.RAW_ZERO}
"""What the card of an imported network says."""
STEP = 1 / 65536
"""Probabilities are written in steps of that."""


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GLACIER_MAPPER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(session_module, "_warm", OrderedDict())
    monkeypatch.setattr(patch_speed, "_running", {})
    monkeypatch.setattr(tuning, "BUDGET_S", 0.04)


@pytest.fixture(params=["outward", "southward"])
def order(request, monkeypatch):
    """The two orders of patches."""
    if request.param == "southward":
        monkeypatch.setattr(patch_plan, "IN_MEMORY_MB", 0)
    return request.param


@pytest.fixture
def southward(monkeypatch):
    """As for scenes that do not fit in memory."""
    monkeypatch.setattr(patch_plan, "IN_MEMORY_MB", 0)


def optical(rows, cols, seed=0):
    return np.random.default_rng(seed).random((6, rows, cols), np.float32)


def logistic(bands, weights=GREEN_MINUS_SWIR1, bias=0.0):
    """The network of `tiny_networks`, float64."""
    return 1 / (1 + np.exp(-(np.einsum("brc,b->rc", bands.astype(np.float64), weights) + bias)))


@pytest.fixture
def scene(make_raster):
    """A factory: bands -> sources of a file of optical bands."""

    def make(bands, name="scene.tif", **more):
        path = make_raster(name, bands, nodata=NAN, **more)
        return tuple(
            BandSource(role, str(path), number, layer="The scene", scale=1.0, offset=0.0)
            for number, role in enumerate(OPTICAL_ROLES, start=1)
        )

    return make


@pytest.fixture
def package(tmp_path):
    return tiny_package(tmp_path / "tiny", ("optical",), side=SIDE)


def run(sources, package, out, told=None, **more):
    request = MapRequest(sources, str(out), model=str(package.folder), device="cpu", threads=2, **more)
    return map_glaciers(request, (lambda _: None) if told is None else told.append, lambda: False)


def pixels(path):
    with rasterio.open(path) as dataset:
        return dataset.read(1)


# --- results


@pytest.mark.parametrize(
    "network",
    [{}, {"overlap": 0.0}, {"overlap": 0.75, "window": "gaussian"}, {"symmetries": True}, {"batch": 3}],
    ids=["as the package says", "no overlap", "much overlap", "symmetries", "batches of three"],
)
def test_a_network_of_single_pixels_gives_what_it_gives_pixel_by_pixel(scene, package, tmp_path, order, network):
    bands = optical(75, 53)
    bands[:, 20:40, 30:] = NAN
    result = run(scene(bands), package, tmp_path / "out", network=NetworkSettings(**network))
    expected = logistic(bands)
    found = pixels(result.probability)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    np.testing.assert_allclose(found, expected, atol=STEP)
    confidence = 1 + expected * np.log2(expected) + (1 - expected) * np.log2(1 - expected)
    np.testing.assert_allclose(pixels(result.confidence), confidence, atol=2e-4)
    report = json.loads(Path(result.report).read_text(encoding="utf-8"))
    assert report["tiles"]["order"] == order


@pytest.mark.parametrize(
    "shape", [(5, 40), (40, 5), (7, 9), (1, 60), (60, 1), (1, 1), (16, 16), (17, 16)], ids=lambda s: f"{s[0]}x{s[1]}"
)
def test_scenes_smaller_than_a_patch(scene, package, tmp_path, shape):
    bands = optical(*shape)
    result = run(scene(bands), package, tmp_path / "out")
    np.testing.assert_allclose(pixels(result.probability), logistic(bands), atol=STEP)


def test_a_small_scene_is_reflected_round_itself(scene, tmp_path):
    """The network sees the mean of its patch: that of the scene with its reflection, not that of zeros."""
    package = tiny_package(tmp_path / "mean", ("optical",), side=8, context=2.0)
    bands = np.zeros((6, 8, 2), np.float32)
    bands[0, :, 1] = 1.0  # the first band of the first branch; columns 0 1 reflected: 1 0 1 | 0 1 | 0 1 0
    bands[1] = 0.5
    bands[4] = 0.5
    result = run(scene(bands), package, tmp_path / "out")
    # mean of blue .5, of green .5, of swir1 .5, of the others 0: GlobalAveragePool is per band, so the weights sum
    expected = pixels(result.probability)
    assert expected.shape == (8, 2)
    feeds = {"optical": np.pad(bands, ((0, 0), (0, 0), (3, 3)), mode="reflect")[None]}
    whole = SessionPredictor(package, session_module.load(package, "cpu", 1), session_module.Config(1, 1)).infer(feeds)
    np.testing.assert_allclose(expected, whole[0, 1, :, 3:5], atol=STEP)


def test_the_blend_is_the_weighted_mean_of_what_the_patches_say(scene, tmp_path, southward):
    """Each patch says one number, the sigmoid of its mean; at each pixel they are weighted by raised cosines."""
    package = tiny_package(
        tmp_path / "mean", ("optical",), side=8, weights={"optical": (1.0, 0, 0, 0, 0, 0)}, context=3.0
    )
    bands = optical(8, 12)
    result = run(scene(bands), package, tmp_path / "out")
    predictor = SessionPredictor(package, session_module.load(package, "cpu", 1), session_module.Config(1, 1))
    left, right = (predictor.infer({"optical": bands[None, :, :, at : at + 8]})[0, 1] for at in (0, 4))
    weight = np.sin(np.pi * (np.arange(8) + 0.5) / 8) ** 2
    expected = np.empty((8, 12))
    expected[:, :4], expected[:, 8:] = left[:, :4], right[:, 4:]
    ours, theirs = weight[4:], weight[:4]
    expected[:, 4:8] = (left[:, 4:] * ours + right[:, :4] * theirs) / (ours + theirs)
    np.testing.assert_allclose(pixels(result.probability), expected, atol=STEP)


def test_the_same_request_gives_the_same_bytes(scene, tmp_path):
    package = tiny_package(tmp_path / "deep", ("optical",), deep=True, side=SIDE)
    sources = scene(optical(90, 70))
    bytes_of = []
    for number in range(3):
        result = run(sources, package, tmp_path / f"out{number}", network=NetworkSettings(batch=1 + number % 2))
        bytes_of.append([Path(path).read_bytes() for path in (result.probability, result.confidence)])
    assert bytes_of[0] == bytes_of[2]


def test_symmetries_are_refused_where_the_network_learnt_its_scenes_as_they_lie(scene, tmp_path):
    upright = {"training": {"plan": {"augmentation": {"turns": False}}}}
    package = tiny_package(tmp_path / "upright", ("optical",), side=SIDE, card=upright)
    sources = scene(optical(SIDE, SIDE))
    with pytest.raises(InvalidParameterError, match="north up"):
        run(sources, package, tmp_path / "out", network=NetworkSettings(symmetries=True))
    assert not (tmp_path / "out").exists()
    run(sources, package, tmp_path / "out")


def test_symmetries_are_mapped_back(scene, tmp_path):
    """Against the mean of the eight answers, taken one by one."""
    package = tiny_package(tmp_path / "deep", ("optical",), deep=True, side=SIDE)
    bands = optical(SIDE, SIDE)
    plain = run(scene(bands), package, tmp_path / "plain")
    result = run(scene(bands), package, tmp_path / "out", network=NetworkSettings(symmetries=True))
    predictor = SessionPredictor(package, session_module.load(package, "cpu", 1), session_module.Config(1, 1))
    total = np.zeros((SIDE, SIDE))
    for flip in (False, True):
        for turns in range(4):
            asked = np.rot90(bands[:, :, ::-1] if flip else bands, turns, axes=(1, 2))
            answer = np.rot90(predictor.infer({"optical": np.ascontiguousarray(asked)[None]})[0, 1], -turns)
            total += answer[:, ::-1] if flip else answer
    np.testing.assert_allclose(pixels(result.probability), total / 8, atol=STEP)
    assert np.abs(pixels(plain.probability) - total / 8).max() > 0.01


def test_terrain_is_read_and_slope_computed(scene, make_raster, tmp_path):
    package = tiny_package(
        tmp_path / "both", ("optical", "dem"), side=SIDE, weights={"dem": (0.001, 0.1)}, card={"no_data": NoData.ZERO}
    )
    bands, col = optical(40, 40), np.mgrid[:40, :40][1]
    plane = (1000 + 10.0 * col).astype(np.float32)  # 10 m up each 10 m: 45 degrees
    path = make_raster("dem.tif", plane)
    sources = (*scene(bands), BandSource(Role.ELEVATION, str(path)))
    result = run(sources, package, tmp_path / "out")
    z = 8 * (bands[1].astype(float) - bands[4]) + 0.001 * plane + 0.1 * 45.0
    np.testing.assert_allclose(pixels(result.probability), 1 / (1 + np.exp(-z)), atol=2 * STEP)


def test_the_region_reaches_the_network(scene, tmp_path):
    weights = tuple(float(place) for place in range(12))
    package = tiny_package(
        tmp_path / "placed", ("optical",), side=SIDE, location=Location.REGION, location_weights=weights
    )
    bands = np.zeros((6, 20, 20), np.float32)
    here = run(scene(bands), package, tmp_path / "here")  # 600000 E, 5200000 N in zone 32: the Alps, place 0
    there = run(scene(bands), package, tmp_path / "there", network=NetworkSettings(region="CA"))
    np.testing.assert_allclose(pixels(here.probability), 0.5, atol=STEP)
    np.testing.assert_allclose(pixels(there.probability), 1 / (1 + np.exp(-3.0)), atol=STEP)
    assert any("ALP" in note["details"].get("region", "") for note in here.notes)


# --- calibration and confidence


def test_a_temperature_makes_it_less_sure(scene, tmp_path):
    calibration = Calibration(CalibrationKind.TEMPERATURE, 2.0)
    package = tiny_package(tmp_path / "warm", ("optical",), side=SIDE, card={"calibration": calibration})
    bands = optical(30, 30)
    result = run(scene(bands), package, tmp_path / "out")
    # softmax(log p / 2) of (1 - s, s) is the sigmoid of half the logit
    z = 8 * (bands[1].astype(float) - bands[4])
    np.testing.assert_allclose(pixels(result.probability), 1 / (1 + np.exp(-z / 2)), atol=2 * STEP)


def test_a_temperature_by_region_is_that_of_the_place(scene, tmp_path):
    calibration = Calibration(CalibrationKind.TEMPERATURE, 1.0, by_region={"ALP": 4.0, "NZ": 0.5})
    package = tiny_package(tmp_path / "warm", ("optical",), side=SIDE, card={"calibration": calibration})
    bands = optical(30, 30)
    z = 8 * (bands[1].astype(float) - bands[4])
    result = run(scene(bands), package, tmp_path / "out")
    np.testing.assert_allclose(pixels(result.probability), 1 / (1 + np.exp(-z / 4)), atol=2 * STEP)
    result = run(scene(bands), package, tmp_path / "nz", network=NetworkSettings(region="NZ"))
    np.testing.assert_allclose(pixels(result.probability), 1 / (1 + np.exp(-z * 2)), atol=2 * STEP)


def test_a_calibration_that_leaves_no_number_is_not_blamed_on_the_image(scene, tmp_path, monkeypatch):
    """A card with such a calibration is refused; should one come through, the package is named."""
    monkeypatch.setattr(model_card_calibration, "STRENGTH", (0.0, math.inf))
    calibration = Calibration(CalibrationKind.TEMPERATURE, 1e-45)
    package = tiny_package(tmp_path / "endless", ("optical",), side=SIDE, card={"calibration": calibration})
    with pytest.raises(ModelOutputError, match="“endless” gave NaN after its calibration in 900 of 900 pixels"):
        run(scene(optical(30, 30)), package, tmp_path / "out")


def test_a_packages_curve_makes_the_confidence(scene, tmp_path):
    curve = Calibration(
        CalibrationKind.CONFIDENCE_KERNEL, gamma=1.0, support=(0.0, 0.5, 1.0), coefficients=(0.2, 0.3, 0.4),
        title="curved",
    )
    package = tiny_package(tmp_path / "curved", ("optical",), side=SIDE, card={"calibration": curve})
    bands = optical(30, 30)
    result = run(scene(bands), package, tmp_path / "out")
    p = logistic(bands)
    np.testing.assert_allclose(pixels(result.probability), p, atol=STEP)
    raw = 1 + p * np.log2(p) + (1 - p) * np.log2(1 - p)
    parts = zip(curve.coefficients, curve.support)
    expected = np.clip(sum(weight * np.exp(-np.abs(raw - place)) for weight, place in parts), 0, 1)
    np.testing.assert_allclose(pixels(result.confidence), expected, atol=2e-4)


def test_the_ice_class_may_be_the_first(scene, tmp_path):
    calibration = Calibration(CalibrationKind.VECTOR, scale=(1.0, 1.0), bias=(np.log(3.0), 0.0))
    card = {"ice_class": 0, "classes": ("glacier", "other"), "calibration": calibration}
    package = tiny_package(tmp_path / "first", ("optical",), side=SIDE, card=card)
    bands = optical(30, 30)
    result = run(scene(bands), package, tmp_path / "out")
    first = 1 - logistic(bands)  # tripled odds of the first class
    expected = 3 * first / (3 * first + 1 - first)
    np.testing.assert_allclose(pixels(result.probability), expected, atol=2 * STEP)


# --- the reference deployment


def by_reference(bands, infer, side):
    """The published deployment, written down independently after shared notes: zeros round the scaled scene, complete
    windows half a window apart, Gaussian weights, float64.
    """
    count, rows, cols = bands.shape
    high, wide = (side * (size // side + 1) for size in (rows, cols))
    top, left = (high - rows) // 2, (wide - cols) // 2
    padded = np.zeros((count, high, wide))
    padded[:, top : top + rows, left : left + cols] = bands
    axis = np.linspace(-1, 1, side)
    weight = np.exp(-(axis[:, None] ** 2 + axis[None] ** 2) / 2) / np.sqrt(2 / np.pi)
    total, weights = np.zeros((high, wide)), np.zeros((high, wide))
    for row in range(0, high - side + 1, side // 2):
        for col in range(0, wide - side + 1, side // 2):
            place = slice(row, row + side), slice(col, col + side)
            answer = infer({"optical": padded[(slice(None), *place)][None].astype(np.float32)})[0, 1]
            total[place] += weight * answer
            weights[place] += weight
    return (total / weights)[top : top + rows, left : left + cols]


@pytest.mark.parametrize("shape", [(30, 40), (16, 33), (5, 16)])
def test_parity_repeats_the_reference_deployment(scene, tmp_path, shape):
    package = tiny_package(
        tmp_path / "deep", ("optical",), deep=True, side=SIDE,
        card={"tiling": Tiling(SIDE, 5, "cosine", True), **AS_PUBLISHED},
    )  # fmt: skip
    bands = optical(*shape)
    bands[:, :4, :7] = NAN
    result = run(scene(bands), package, tmp_path / "out", network=NetworkSettings(parity="reference"))
    predictor = SessionPredictor(package, session_module.load(package, "cpu", 1), session_module.Config(1, 1))
    expected = by_reference(np.nan_to_num(bands), predictor.infer, SIDE)
    found = pixels(result.probability)
    assert not np.isnan(found).any()  # everywhere, as published
    np.testing.assert_allclose(found, expected, atol=1.5 * STEP)
    assert any("published deployment" in note["template"] for note in result.notes)


# --- progress, live raster, report


@pytest.mark.usefixtures("order")
def test_progress_counts_tiles(scene, package, tmp_path):
    bands = optical(64, 64)
    bands[:, :, 40:] = NAN
    told = []
    run(scene(bands), package, tmp_path / "out", told)
    tiles = [(one.done, one.total) for one in told if one.stage is Stage.PREDICTING]
    assert {total for _, total in tiles} == {49}  # 7 x 7 of 16 px every 8 px
    assert [done for done, _ in tiles] == sorted(done for done, _ in tiles)
    assert tiles[-1][0] == 49
    assert [one.fraction for one in told] == sorted(one.fraction for one in told)
    assert (told[-1].stage, told[-1].fraction) == (Stage.DONE, 1.0)
    assert told[-2].seconds_left is not None


def test_patches_without_data_are_not_computed(scene, package, tmp_path):
    bands = optical(64, 64)
    bands[:, :, 40:] = NAN
    result = run(scene(bands), package, tmp_path / "out")
    tiles = json.loads(Path(result.report).read_text(encoding="utf-8"))["tiles"]
    # columns begin at 0, 8 ... 48: those at 40 and 48 see no data
    assert (tiles["tiles"], tiles["tiles_computed"]) == (49, 35)


def test_progress_goes_on_and_rows_are_let_go_where_there_is_no_data(scene, package, tmp_path, southward, monkeypatch):
    """A tall scene with data in its last rows alone: nothing is computed for a long time."""
    from glacier_mapper.runner.mapping.feature_rows import FeatureRows

    held, take = [], FeatureRows.take_valid

    def watched(self, row, rows):
        held.append(sum(map(len, self._valid.values())))
        return take(self, row, rows)

    monkeypatch.setattr(FeatureRows, "take_valid", watched)
    bands, told = optical(6000, 16), []
    bands[:, :5960] = NAN
    result = run(scene(bands), package, tmp_path / "out", told)
    done = [one.done for one in told if one.stage is Stage.PREDICTING]
    assert max(np.diff(done)) <= 33
    assert max(held) <= 1400  # batches of 32 rows of patches, 8 px apart, in two slots
    found = pixels(result.probability)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(bands[0]))
    np.testing.assert_allclose(found[5960:], logistic(bands[:, 5960:]), atol=STEP)


class TestMemoryLimit:
    @pytest.fixture
    def measured(self, package, monkeypatch):
        """As if a run took 400 MB on this machine, with two side by side, and much were free."""
        monkeypatch.setattr(session_module, "available_mb", lambda: 32_000)
        tuning.remember(session_module.tuning_key(package, "cpu", 2), tuning.Config(1, 2, 2, 0.01, 400))

    @pytest.mark.parametrize(
        ("limit_mb", "at_once"), [(0, (2, 2)), (2600, (2, 2)), (1700, (1, 2)), (1200, (1, 1))],
        ids=["none", "wide", "narrow", "narrower"],
    )  # fmt: skip
    @pytest.mark.usefixtures("measured", "order")
    def test_what_the_network_takes_counts(self, scene, package, tmp_path, limit_mb, at_once):
        bands = optical(64, 64)
        result = run(scene(bands), package, tmp_path / "out", memory_limit_mb=limit_mb)
        tiles = json.loads(Path(result.report).read_text(encoding="utf-8"))["tiles"]
        assert (tiles["at_once"]["slots"], tiles["at_once"]["batch"]) == at_once
        np.testing.assert_allclose(pixels(result.probability), logistic(bands), atol=STEP)

    @pytest.mark.usefixtures("measured", "southward")
    def test_one_run_that_does_not_fit_is_said_with_what_is_needed(self, scene, package, tmp_path):
        with pytest.raises(MemoryLimitError) as caught:
            run(scene(optical(64, 64)), package, tmp_path / "out", memory_limit_mb=600)
        needed = caught.value.details["needed_mb"]
        assert 700 < needed < 1100
        assert caught.value.details["limit_mb"] == 600
        run(scene(optical(64, 64)), package, tmp_path / "out", memory_limit_mb=needed)

    @pytest.mark.usefixtures("measured")
    def test_the_estimate_is_that_of_the_run(self, scene, package, tmp_path):
        request = MapRequest(scene(optical(64, 64)), str(tmp_path / "o"), model=str(package.folder), device="cpu",
                             threads=2)  # fmt: skip
        free, bound = (estimate(replace(request, memory_limit_mb=limit)).memory_mb for limit in (0, 1700))
        assert free - bound == 400 * 4 - 400 * 2
        assert bound <= 1700


class TestLive:
    def test_the_middle_comes_first(self, scene, package, tmp_path, monkeypatch):
        monkeypatch.setattr("glacier_mapper.runner.mapping.live.EVERY_S", 0.0)
        bands, live, seen = optical(96, 96), tmp_path / "live.tif", []

        def look(progress):
            if progress.stage is Stage.PREDICTING and 0 < progress.done < progress.total:
                seen.append(pixels(live))

        request = MapRequest(scene(bands), str(tmp_path / "out"), model=str(package.folder), live=str(live), threads=1)
        map_glaciers(request, look, lambda: False)
        first = np.argwhere(~np.isnan(seen[0]))
        assert np.abs(first.mean(axis=0) - 47.5).max() < 8
        assert np.isnan(seen[0][0, 0])
        counts = [int((~np.isnan(one)).sum()) for one in seen]
        assert counts == sorted(counts)
        np.testing.assert_allclose(pixels(live), logistic(bands), atol=1e-5)
        assert live.is_file()  # whoever asked for it removes it

    def test_large_scenes_grow_from_north_to_south(self, scene, package, tmp_path, monkeypatch, southward):
        monkeypatch.setattr("glacier_mapper.runner.mapping.live.EVERY_S", 0.0)
        bands, live, seen = optical(96, 40), tmp_path / "live.tif", []
        bands[:, 50:60, 5:9] = NAN

        def look(progress):
            if progress.stage is Stage.PREDICTING and progress.done:
                seen.append(pixels(live))

        request = MapRequest(scene(bands), str(tmp_path / "out"), model=str(package.folder), live=str(live), threads=1)
        map_glaciers(request, look, lambda: False)
        assert np.isnan(seen[0][-1]).all()
        assert not np.isnan(seen[0][0]).all()
        np.testing.assert_allclose(pixels(live), logistic(bands), atol=1e-5)

    def test_a_large_scene_is_shown_by_every_few_pixels(self, scene, package, tmp_path, monkeypatch):
        monkeypatch.setattr("glacier_mapper.runner.mapping.live.MAX_PX", 32)
        bands, live = optical(95, 70), tmp_path / "live.tif"
        run(scene(bands), package, tmp_path / "out", live=str(live))
        with rasterio.open(live) as dataset:
            assert dataset.shape == (32, 23)  # every third pixel, from the second on
            assert dataset.transform.a == 30.0
            assert (dataset.transform.c, dataset.transform.f) == (600000.0, 5200000.0)
            assert np.isnan(dataset.nodata)
            np.testing.assert_allclose(dataset.read(1), logistic(bands)[1::3, 1::3], atol=1e-5)

    def test_its_structure_never_changes(self, scene, package, tmp_path, monkeypatch):
        monkeypatch.setattr("glacier_mapper.runner.mapping.live.EVERY_S", 0.0)
        live, states = tmp_path / "live.tif", set()

        def look(progress):
            if progress.stage is Stage.PREDICTING:
                state = live.stat()
                states.add((state.st_ino, state.st_size, live.read_bytes()[:200]))

        bands = optical(96, 96)
        request = MapRequest(scene(bands), str(tmp_path / "out"), model=str(package.folder), live=str(live))
        map_glaciers(request, look, lambda: False)
        assert len(states) == 1
        assert [path.name for path in tmp_path.glob("*live*")] + [path.name for path in tmp_path.glob(".*live*")] == [
            "live.tif"
        ]

    @pytest.mark.parametrize("place", ["no such folder/live.tif", "scene.tif/live.tif"])
    def test_where_it_cannot_be_written_the_mapping_goes_on(self, scene, package, tmp_path, place):
        bands = optical(40, 40)
        result = run(scene(bands), package, tmp_path / "out", live=str(tmp_path / place))
        np.testing.assert_allclose(pixels(result.probability), logistic(bands), atol=STEP)

    def test_when_it_is_removed_on_the_way_the_mapping_goes_on(self, scene, package, tmp_path, monkeypatch):
        monkeypatch.setattr("glacier_mapper.runner.mapping.live.EVERY_S", 0.0)
        live, bands = tmp_path / "live.tif", optical(64, 64)
        request = MapRequest(scene(bands), str(tmp_path / "out"), model=str(package.folder), live=str(live))
        result = map_glaciers(request, lambda _: live.unlink(missing_ok=True), lambda: False)
        np.testing.assert_allclose(pixels(result.probability), logistic(bands), atol=STEP)
        assert not live.exists()

    def test_it_is_written_from_time_to_time_only(self, tmp_path):
        from glacier_mapper.core.grid import Grid

        now = [100.0]
        live = LiveRaster(str(tmp_path / "l.tif"), Grid("EPSG:32632", (0.0, 0.0), 10.0, (4, 4)), clock=lambda: now[0])
        live.add_rows(0, np.full((1, 4), 0.25, np.float32))
        live.show()
        live.add_rows(1, np.full((1, 4), 0.5, np.float32))
        now[0] += 0.5
        live.show()
        np.testing.assert_array_equal(pixels(live.path)[:2, 0], [0.25, NAN])
        now[0] += 0.3
        live.show()
        np.testing.assert_array_equal(pixels(live.path)[:2, 0], [0.25, 0.5])
        live.add_rows(2, np.full((2, 4), 1.0, np.float32))
        live.show(at_once=True)
        np.testing.assert_array_equal(pixels(live.path)[:, 3], [0.25, 0.5, 1.0, 1.0])

    def test_the_band_ratio_shows_its_strips_too(self, scene, tmp_path):
        bands, live = optical(64, 64), tmp_path / "live.tif"
        request = MapRequest(scene(bands), str(tmp_path / "out"), live=str(live))
        result = map_glaciers(request, lambda _: None, lambda: False)
        np.testing.assert_allclose(pixels(live), pixels(result.probability), atol=STEP)


def test_the_report_repeats_the_run(scene, package, tmp_path):
    result = run(scene(optical(40, 40)), package, tmp_path / "out")
    report = json.loads(Path(result.report).read_text(encoding="utf-8"))
    used = report["model"]["settings_used"]
    assert used["package"]["sha256"] == package.card.file.sha256
    assert used["tiling"] == {"patch_px": 16, "stride_px": 8, "window": "cosine"}
    assert report["device"].startswith("Processor")
    assert report["tiles"]["tiles"] == 16
    assert report["tiles"]["tiles_per_s"] > 0
    again = MapRequest.from_json({**report["request"], "out_dir": str(tmp_path / "again")})
    repeated = map_glaciers(again, lambda _: None, lambda: False)
    assert Path(repeated.probability).read_bytes() == Path(result.probability).read_bytes()


@pytest.mark.parametrize(("threads", "shown"), [(1, "Processor (CPU), 1 thread"), (2, "Processor (CPU), 2 threads")])
def test_the_report_names_the_threads_that_were_asked_for(scene, package, tmp_path, threads, shown):
    request = MapRequest(scene(optical(40, 40)), str(tmp_path / "out"), model=str(package.folder), threads=threads)
    result = map_glaciers(request, lambda _: None, lambda: False)
    assert json.loads(Path(result.report).read_text(encoding="utf-8"))["device"] == shown
    assert estimate(request).device == shown


def test_notes_of_the_device_reach_the_user(scene, package, tmp_path):
    if "CUDAExecutionProvider" in __import__("onnxruntime").get_available_providers():
        pytest.skip("this machine has CUDA")
    request = MapRequest(scene(optical(20, 20)), str(tmp_path / "out"), model=str(package.folder), device="cuda")
    result = map_glaciers(request, lambda _: None, lambda: False)
    assert any("NVIDIA" in str(note["details"]) for note in result.notes)


# --- faults


def said(result):
    notes = [str(Message.from_json(note)) for note in result.notes]
    return [one for one in notes if "no data anywhere" in one]


def test_a_band_without_any_data_is_named_with_its_layer(scene, package, tmp_path, order):
    bands = optical(75, 53)
    bands[4] = NAN
    result = run(scene(bands), package, tmp_path / "out")
    assert said(result) == [
        "Shortwave infrared 1 (1.6 µm) has no data anywhere in the mapped area (The scene), and “Tiny tiny” needs it: "
        "look at the result with care, or choose another layer."
    ]
    bands[4, 70, 50] = 0.4
    assert said(run(scene(bands, "other.tif"), package, tmp_path / "some")) == []


def test_a_network_that_can_do_without_a_band_says_that_it_did(scene, make_raster, tmp_path):
    card = {"needs": (frozenset({Role.RED}),), "no_data": NoData.NAN, "golden": ""}
    package = tiny_package(tmp_path / "free", ("optical", "dem"), side=SIDE, card=card)
    make_raster("empty.tif", np.full((1, 40, 40), NAN, np.float32), nodata=NAN)
    sources = (*scene(optical(40, 40)), BandSource(Role.ELEVATION, str(tmp_path / "empty.tif"), layer="Terrain"))
    request = MapRequest(sources, str(tmp_path / "out"), model=str(package.folder), device="cpu")
    network = NetworkModel(package, request)
    with open_scene(request) as opened:
        notes = network.prepare(opened, lambda: False)
        network.features(opened.read(0, 40, network.roles))
        empty = network.roles - network.with_data
        layers = {role: one.label for role, one in opened.sources.items()}
        (note,) = empty_notes(network.info, network.roles, empty, layers)
    assert not any("no data" in str(one) for one in notes)
    assert str(note) == (
        "Elevation has no data anywhere in the mapped area (Terrain): “Tiny free” computed without it."
    )
    assert note.to_check


def test_nothing_but_no_data(scene, tmp_path):
    package = tiny_package(tmp_path / "published", ("optical",), side=SIDE, card=AS_PUBLISHED)
    sources = scene(np.full((6, 40, 40), NAN, np.float32))
    for parity in ("", "reference"):
        with pytest.raises(NoValidPixelsError) as caught:
            run(sources, package, tmp_path / "out", network=NetworkSettings(parity=parity))
        assert "The scene" in str(caught.value)
        assert not (tmp_path / "out").exists()


def test_a_missing_branch(scene, tmp_path):
    package = tiny_package(tmp_path / "both", ("optical", "dem"), side=SIDE)
    with pytest.raises(MissingRoleError, match="Elevation"):
        run(scene(optical(20, 20)), package, tmp_path / "out")


def test_nan_from_the_model_ends_the_run_and_leaves_nothing(scene, tmp_path):
    package = tiny_package(tmp_path / "broken", ("optical",), side=SIDE, nan=True, bias=-8.5, card={"golden": ""})
    bands = optical(64, 64)
    bands[1, 60, 60], bands[4, 60, 60] = 3.0, 0.0  # z > 0 there alone
    with pytest.raises(ModelOutputError, match="Tiny broken"):
        run(scene(bands), package, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert threading.active_count() == 1 or not any("predict" in t.name for t in threading.enumerate())


def test_a_file_that_breaks_on_the_way(scene, package, tmp_path, southward):
    sources = scene(optical(300, 200), tiled=True, blockxsize=64, blockysize=64, compress="deflate")
    path = Path(sources[0].path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(UnreadableRasterError):
        run(sources, package, tmp_path / "out")
    assert not any("reader" in thread.name for thread in threading.enumerate())


def test_memory_that_is_short_on_the_way(scene, package, tmp_path, monkeypatch):
    from onnxruntime.capi.onnxruntime_pybind11_state import RuntimeException

    class Short(SessionPredictor):
        def compute(self, feeds, options):
            if len(feeds["optical"]) > 2:
                raise RuntimeException("Failed to allocate memory for requested buffer of size 134217728")
            return super().compute(feeds, options)

    monkeypatch.setattr(session_module, "SessionPredictor", Short)
    bands = optical(64, 64)
    result = run(scene(bands), package, tmp_path / "out", network=NetworkSettings(batch=8))
    np.testing.assert_allclose(pixels(result.probability), logistic(bands), atol=STEP)
    assert any("did not hold 8 patches" in note["template"].format(**note["details"]) for note in result.notes)
    report = json.loads(Path(result.report).read_text(encoding="utf-8"))
    assert report["tiles"]["at_once"]["batch"] == 2


def test_a_memory_limit_that_is_too_small(scene, package, tmp_path, southward):
    with pytest.raises(MemoryLimitError):
        run(scene(optical(40, 40)), package, tmp_path / "out", memory_limit_mb=60)


def test_a_cancel_is_answered_within_a_patch(scene, tmp_path):
    """Patches of about half a second; the cancel comes while the second one is computed."""
    package = tiny_package(
        tmp_path / "slow", ("optical",), deep=True, filters=48, layers=8, side=256, card={"golden": ""}
    )
    sources, armed, asked, told = scene(optical(600, 600)), [], [], []
    request = MapRequest(sources, str(tmp_path / "out"), model=str(package.folder), threads=1)

    def listen(progress):
        told.append((time.perf_counter(), progress))
        if progress.stage is Stage.PREDICTING and progress.done and len(armed) == 0:
            armed.append(progress.done)
            threading.Timer(0.05, lambda: asked.append(time.perf_counter())).start()

    with pytest.raises(Cancelled):
        map_glaciers(request, listen, lambda: bool(asked))
    answered = time.perf_counter() - asked[0]
    times = [when for when, progress in told if progress.stage is Stage.PREDICTING or progress.stage is Stage.READING]
    patch_s = times[-1] - times[-2]
    assert answered < max(0.3, 1.2 * patch_s)
    assert not (tmp_path / "out").exists()


def test_a_preview_is_the_band_ratios(scene, package, tmp_path):
    request = MapRequest(scene(optical(20, 20)), str(tmp_path / "out"), model=str(package.folder))
    with pytest.raises(InvalidParameterError, match="band-ratio for a preview"):
        preview(request, 64)


# --- estimates


class TestEstimate:
    def request(self, sources, package, tmp_path, **more):
        return MapRequest(sources, str(tmp_path / "out"), model=str(package.folder), threads=2, **more)

    def test_before_the_first_run_it_is_measured(self, scene, package, tmp_path, monkeypatch):
        monkeypatch.setattr(patch_speed, "PATIENCE_S", 60.0)
        found = estimate(self.request(scene(optical(64, 64)), package, tmp_path))
        assert found.tiles == 49
        assert 0 < found.seconds < 5
        assert found.device.startswith("Processor")

    def test_it_does_not_wait_for_a_long_measurement(self, scene, package, tmp_path, monkeypatch):
        class Slow(SessionPredictor):
            def compute(self, feeds, options):
                time.sleep(0.6)
                return super().compute(feeds, options)

        monkeypatch.setattr(session_module, "SessionPredictor", Slow)
        monkeypatch.setattr(patch_speed, "PATIENCE_S", 0.3)
        request = self.request(scene(optical(64, 64)), package, tmp_path)
        started = time.perf_counter()
        found = estimate(request)
        assert (found.seconds, found.is_measuring) == (None, True)
        assert time.perf_counter() - started < 1.0
        for thread in [thread for thread in threading.enumerate() if thread.name == "measuring a network"]:
            thread.join()
        found = estimate(request)
        assert found.seconds == pytest.approx(0.5 + 49 * 0.3, rel=0.1)
        assert not found.is_measuring

    def test_after_a_run_it_is_what_the_run_took(self, scene, package, tmp_path):
        sources = scene(optical(64, 64))
        result = run(sources, package, tmp_path / "first")
        report = json.loads(Path(result.report).read_text(encoding="utf-8"))
        request = replace(self.request(sources, package, tmp_path), device="cpu")
        expected = 0.5 + 49 / report["tiles"]["tiles_per_s"]
        assert estimate(request).seconds == pytest.approx(expected, abs=0.11)
        more = replace(request, network=NetworkSettings(symmetries=True))
        assert estimate(more).seconds == pytest.approx(0.5 + 8 * (expected - 0.5), abs=0.11)

    def test_a_server_is_not_asked(self, scene, package, tmp_path):
        found = estimate(self.request(scene(optical(64, 64)), package, tmp_path, device="http://localhost:1"))
        assert (found.device, found.seconds, found.is_measuring) == ("http://localhost:1", None, False)

    def test_a_package_that_does_not_load_has_no_time(self, scene, tmp_path):
        package = tiny_package(tmp_path / "odd", ("optical",), side=SIDE, rename={"optical": "o"}, card={"golden": ""})
        found = estimate(self.request(scene(optical(20, 20)), package, tmp_path))
        assert found.seconds is None


def test_the_confidence_table_has_an_entry_a_step():
    from glacier_mapper.runner.mapping.rasters import CONFIDENCE_OF

    table = calibration_module.confidence_table(Calibration())
    assert table.shape == CONFIDENCE_OF.shape
    np.testing.assert_allclose(table, CONFIDENCE_OF, atol=STEP)
