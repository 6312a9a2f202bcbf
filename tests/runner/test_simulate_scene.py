"""The simulated scene is a scene: grid, bands, scaling, and ice that looks and lies as ice does."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from scipy import ndimage

from glacier_mapper.core.errors import InvalidParameterError, OutputNotWritableError
from glacier_mapper.runner.scene import guess_sources
from glacier_mapper.runner.training import SimulatedScene, simulate_scene
from glacier_mapper.runner.training.simulate import Kind, SceneSettings, Season, WriteOptions, simulate, write_scenes


@pytest.fixture(scope="module")
def scene(tmp_path_factory) -> SimulatedScene:
    return simulate_scene(7, 256, tmp_path_factory.mktemp("scene"))


def test_in_winter_snow_in_the_shade_is_colder_than_bare_rock_in_the_shade():
    gaps = []
    for seed in (5001, 5004, 5006):
        made = simulate(SceneSettings(seed, 128, "L8", Kind.VALLEY, Season.WINTER))
        red, short = made.optical[2], made.optical[4]
        dark = np.isfinite(red) & (red < 0.1)
        level = made.thermal + 0.0065 * made.elevation  # as if all lay at one height
        icy, bare = dark & (made.label == 1), dark & (made.label == 0) & (short > 0.03)
        if icy.sum() > 50 and bare.sum() > 50:
            gaps.append(level[bare].mean() - level[icy].mean())
    assert gaps
    assert min(gaps) > 1.5


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
                assert source.shape == (256, 256)
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
        one, two = (simulate_scene(3, 64, tmp_path / name) for name in ("one", "two"))
        assert [Path(p).read_bytes() for p in one] == [Path(p).read_bytes() for p in two]

    def test_another_seed_gives_another_scene(self, tmp_path):
        one, two = (simulate_scene(seed, 64, tmp_path) for seed in (3, 4))
        assert Path(one.elevation).read_bytes() != Path(two.elevation).read_bytes()

    @pytest.mark.parametrize("sensor", ["L5", "L9"])
    def test_landsat_has_its_own_pixel_and_scaling(self, tmp_path, sensor):
        with rasterio.open(simulate_scene(1, 64, tmp_path, sensor).image) as source:
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
            assert bands[name].min() >= -0.1
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
        scene = simulate_scene(11, 256, tmp_path_factory.mktemp("debris"), "L8")
        label, debris, height = (rasterio.open(path).read(1) for path in (scene.label, scene.debris, scene.elevation))
        assert not (debris & ~label.astype(bool)).any()
        assert 0.01 < debris.sum() / label.sum() < 0.5
        assert height[debris == 1].mean() < height[(label == 1) & (debris == 0)].mean() - 100

    def test_some_snow_lies_beside_the_glaciers(self):
        made = [simulate(SceneSettings(seed, 128, "L8")) for seed in range(60, 66)]
        shares = [((one.optical[1] > 0.5) & (one.label == 0)).mean() for one in made]
        assert 0.001 < np.mean(shares) < 0.2
        assert sum(share > 0 for share in shares) >= 4


@pytest.fixture(scope="module")
def dates(tmp_path_factory):
    """Three dates with radar, and the folder that they lie in."""
    folder = tmp_path_factory.mktemp("dates")
    return write_scenes(SceneSettings(21, 96, "L8"), folder, WriteOptions(dates=3, radar=True)), folder


class TestOptions:
    def test_each_date_has_its_rasters_and_all_share_one_truth(self, dates):
        paths, folder = dates
        assert sorted(Path(path).name for path in paths) == sorted(path.name for path in folder.iterdir())
        assert len(paths) == 3 * 7 + 1
        days = ["2007-08-28", "2015-08-28", "2023-08-28"]
        for day in days:
            for kind in ("img", "dem", "label", "debris", "co_pol", "cross_pol", "coherence"):
                assert (folder / f"sim_l8_21_{day}_{kind}.tif").is_file()
        truth = json.loads((folder / "sim_l8_21_truth.json").read_text())["dates"]
        assert list(truth) == days

    def test_the_truth_is_the_area_of_the_labels(self, dates):
        _, folder = dates
        truth = json.loads((folder / "sim_l8_21_truth.json").read_text())["dates"]
        for day, areas in truth.items():
            for kind, name in (("label", "glacier_km2"), ("debris", "debris_km2")):
                with rasterio.open(folder / f"sim_l8_21_{day}_{kind}.tif") as raster:
                    assert (raster.read(1) == 1).sum() * 0.0009 == pytest.approx(areas[name], abs=1e-4)

    def test_radar_says_what_its_bands_are(self, dates):
        _, folder = dates
        for kind in ("co_pol", "cross_pol", "coherence"):
            with rasterio.open(folder / f"sim_l8_21_2023-08-28_{kind}.tif") as raster:
                assert raster.descriptions == (kind, f"{kind}_2")
                assert raster.dtypes == ("float32", "float32")
                assert raster.crs.to_epsg() == 32632
                assert raster.read().min() >= 0

    def test_the_roles_of_all_bands_are_guessed_from_their_names(self, dates):
        _, folder = dates
        kinds = ("img", "dem", "co_pol", "cross_pol", "coherence")
        files = [str(folder / f"sim_l8_21_2023-08-28_{kind}.tif") for kind in kinds]
        roles = [source.role.value for source in guess_sources(files)]
        assert roles[:6] == ["blue", "green", "red", "nir", "swir1", "swir2"]
        # The second orbit is chosen by hand: no name of a product tells it.
        assert set(roles[6:]) == {"elevation", "thermal", "co_pol", "cross_pol", "coherence"}

    def test_the_day_is_in_the_image_and_fits_the_season(self, tmp_path):
        for season, month in (("early", "06"), ("winter", "01")):
            path = write_scenes(SceneSettings(2, 64, "L8", season=season), tmp_path)[0]
            with rasterio.open(path) as image:
                assert image.tags()["ACQUISITION_DATE"][5:7] == month
                assert image.tags()["SIMULATED"] == "yes"

    def test_what_is_hidden_is_not_known_in_label_and_debris(self, tmp_path):
        image, _, label, debris = write_scenes(SceneSettings(4, 64, "L7", gaps=True), tmp_path)
        with rasterio.open(image) as source, rasterio.open(label) as truth, rasterio.open(debris) as covered:
            missing = (source.read() == 0).all(axis=0)
            assert missing.any()
            assert (truth.read(1)[missing] == 255).all()
            assert (covered.read(1)[missing] == 255).all()
            assert truth.nodata == covered.nodata == 255

    @pytest.mark.parametrize("dates", [0, -1, 13])
    def test_dates_have_bounds(self, dates):
        with pytest.raises(InvalidParameterError, match="dates"):
            WriteOptions(dates)
