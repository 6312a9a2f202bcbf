"""The simulated scene is a scene: grid, bands, scaling, and ice that looks and lies as ice does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from scipy import ndimage

from glacier_mapper.core.errors import InvalidParameterError, OutputNotWritableError
from glacier_mapper.runner.training import SimulatedScene, simulate_scene
from glacier_mapper.runner.training.ice import glaciers
from glacier_mapper.runner.training.light import Sun, cast_shadow, illumination
from glacier_mapper.runner.training.noise import fractal, resized, shifted, smoothstep
from glacier_mapper.runner.training.relief import mountains


@pytest.fixture(scope="module")
def scene(tmp_path_factory) -> SimulatedScene:
    return simulate_scene(7, 384, tmp_path_factory.mktemp("scene"))


@pytest.fixture(scope="module")
def bands(scene):
    """Physical values by band name, and the three other rasters."""
    found = {}
    with rasterio.open(scene.image) as source:
        stored = source.read()
        for number, name in enumerate(source.descriptions):
            found[name] = stored[number] * source.scales[number] + source.offsets[number]
    for name in ("elevation", "label", "debris"):
        with rasterio.open(getattr(scene, name)) as source:
            found[name] = source.read(1)
    return found


class TestFiles:
    def test_four_files_named_alike(self, scene):
        assert [Path(path).name for path in scene] == [
            "sim_s2_7_img.tif", "sim_s2_7_dem.tif", "sim_s2_7_label.tif", "sim_s2_7_debris.tif"]
        assert all(isinstance(path, str) for path in scene)

    def test_one_metric_grid(self, scene):
        for path in scene:
            with rasterio.open(path) as source:
                assert source.crs.to_epsg() == 32632
                assert source.shape == (384, 384)
                assert source.res == (10.0, 10.0)

    def test_bands_are_named_scaled_and_stored_as_the_product_does(self, scene):
        with rasterio.open(scene.image) as source:
            assert source.descriptions == ("blue", "green", "red", "nir", "swir1", "swir2", "thermal")
            assert set(source.dtypes) == {"uint16"}
            assert source.scales[0] == 1e-4
            assert source.offsets[0] == -0.1
            assert source.nodata == 0

    def test_elevation_is_float_metres(self, scene, bands):
        with rasterio.open(scene.elevation) as source:
            assert source.dtypes == ("float32",)
        assert 1000 < bands["elevation"].min() < bands["elevation"].max() < 5000

    def test_the_same_seed_gives_the_same_bytes(self, tmp_path):
        one, two = (simulate_scene(3, 96, tmp_path / name) for name in ("one", "two"))
        assert [Path(p).read_bytes() for p in one] == [Path(p).read_bytes() for p in two]

    def test_another_seed_gives_another_scene(self, tmp_path):
        one, two = (simulate_scene(seed, 96, tmp_path) for seed in (3, 4))
        assert Path(one.elevation).read_bytes() != Path(two.elevation).read_bytes()

    @pytest.mark.parametrize("sensor", ["L5", "L7", "L8"])
    def test_landsat_has_its_own_pixel_and_scaling(self, tmp_path, sensor):
        with rasterio.open(simulate_scene(1, 96, tmp_path, sensor).image) as source:
            assert source.res == (30.0, 30.0)
            assert (source.scales[0], source.offsets[0]) == (2.75e-5, -0.2)


class TestFaults:
    @pytest.mark.parametrize(
        ("seed", "size", "sensor", "name"),
        [(1, 96, "S1", "sensor"), (1, 8, "S2", "size_px"), (1, 9999, "S2", "size_px"), (-1, 96, "S2", "seed")],
    )
    def test_a_wrong_setting_is_named(self, tmp_path, seed, size, sensor, name):
        with pytest.raises(InvalidParameterError, match=name):
            simulate_scene(seed, size, tmp_path, sensor)
        assert list(tmp_path.iterdir()) == []

    def test_no_place_to_write(self, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(OutputNotWritableError):
            simulate_scene(1, 96, tmp_path / "file")


class TestNature:
    def test_there_are_glaciers_and_there_is_land(self, bands):
        assert 0.03 < bands["label"].mean() < 0.6
        assert set(np.unique(bands["label"])) == {0, 1}

    def test_values_are_those_of_reflectance_and_kelvin(self, bands):
        for name in ("blue", "green", "red", "nir", "swir1", "swir2"):
            assert bands[name].min() > -0.05
            assert bands[name].max() < 1.7
        assert 255 < bands["thermal"].min() < bands["thermal"].max() < 325

    def test_glaciers_lie_higher_than_land_and_are_less_steep(self, bands):
        ice = bands["label"] == 1
        south, east = np.gradient(bands["elevation"], 10.0)
        slope = np.hypot(south, east)
        assert bands["elevation"][ice].mean() > bands["elevation"][~ice].mean()
        assert slope[ice].mean() < slope[~ice].mean()

    def test_bare_ice_is_bright_in_red_and_dark_in_swir(self, bands):
        clean = (bands["label"] == 1) & (bands["debris"] == 0)
        ratio = bands["red"] / np.maximum(bands["swir1"], 0.005)
        assert np.median(ratio[clean]) > 4
        assert np.median(ratio[bands["label"] == 0]) < 1.5

    def test_ice_does_not_get_warm(self, bands):
        inner = ndimage.binary_erosion((bands["label"] == 1) & (bands["debris"] == 0), iterations=5)
        assert bands["thermal"][inner].mean() < 275
        assert bands["thermal"][bands["label"] == 0].mean() > bands["thermal"][inner].mean() + 3

    def test_debris_lies_on_the_lower_tongues(self, tmp_path_factory):
        scene = simulate_scene(11, 512, tmp_path_factory.mktemp("debris"), "L8")
        label, debris, height = (rasterio.open(path).read(1) for path in (scene.label, scene.debris, scene.elevation))
        assert not (debris & ~label.astype(bool)).any()
        assert 0.01 < debris.sum() / label.sum() < 0.5
        assert height[debris == 1].mean() < height[(label == 1) & (debris == 0)].mean() - 100

    def test_some_snow_lies_beside_the_glaciers(self, bands):
        snow = (bands["green"] > 0.5) & (bands["label"] == 0)
        assert 0.001 < snow.mean() < 0.2


class TestParts:
    def test_fractal_is_centred_and_of_unit_spread(self):
        field = fractal(np.random.default_rng(0), 64)
        assert field.mean() == pytest.approx(0, abs=1e-5)
        assert field.std() == pytest.approx(1, abs=1e-5)

    def test_a_larger_beta_is_smoother(self):
        rough, smooth = (fractal(np.random.default_rng(0), 128, beta) for beta in (1.0, 4.0))
        assert np.abs(np.diff(smooth)).mean() < 0.3 * np.abs(np.diff(rough)).mean()

    def test_shift_repeats_the_edge(self):
        assert shifted(np.array([[1, 2], [3, 4]]), 1, 0).tolist() == [[3, 4], [3, 4]]

    def test_resize_keeps_a_plane(self):
        plane = np.add.outer(np.arange(16.0), 2 * np.arange(16.0))
        twice = resized(plane, 32, 1)
        assert twice[4:28, 4:28] == pytest.approx(np.add.outer(np.arange(32), 2 * np.arange(32))[4:28, 4:28] / 2 - 0.75)

    def test_smoothstep_may_fall(self):
        assert smoothstep(np.array([0.0, 0.5, 1.0]), 1.0, 0.0).tolist() == [1.0, 0.5, 0.0]

    def test_mountains_start_at_nothing_and_drain(self):
        height = mountains(np.random.default_rng(2), 64, 60.0)
        assert height.min() == 0
        lower = np.min([shifted(height, r, c) for r in (-1, 0, 1) for c in (-1, 0, 1)], axis=0)
        assert (lower[1:-1, 1:-1] == height[1:-1, 1:-1]).mean() < 0.02

    def test_a_flat_slope_facing_the_sun_is_lit_as_the_cosine_says(self):
        row = np.arange(40.0)[:, None] * np.ones((1, 40))
        # Falls to the south by 45 degrees; the sun stands in the south at 45: straight on.
        lit = illumination(-row, 1.0, Sun(180.0, 45.0))
        assert lit[20, 20] == pytest.approx(1 / np.sin(np.pi / 4))

    def test_a_wall_throws_its_height_over_the_tangent(self):
        height = np.zeros((64, 64))
        height[40, :] = 20.0
        shade = cast_shadow(height, 1.0, Sun(180.0, 45.0))
        assert shade[22:39, 32].all()
        assert not shade[:18, 32].any()
        assert not shade[41:, 32].any()

    def test_ice_gathers_above_the_line_and_ends_below_it(self):
        row = np.arange(64.0)[:, None] * np.ones((1, 64))
        bed = (64 - row) * 15.0
        ice = glaciers(bed.astype("float32"), 50.0, np.full((64, 64), 600.0, "float32"))
        length = (ice[:, 32] > 5).sum()
        assert 600 / 15 > 64 - length > 5
        assert (ice >= 0).all()
        assert bed[ice[:, 32] > 5, 32].min() < 600

    def test_no_ice_where_all_lies_below_the_line(self):
        bed = np.zeros((32, 32), "float32")
        assert glaciers(bed, 50.0, bed + 500).max() == 0
