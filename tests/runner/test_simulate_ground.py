"""What covers simulated ground, and the arrays of a scene: parts agree, seasons differ, negatives have no ice."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from glacier_mapper.core.errors import InvalidParameterError
from glacier_mapper.runner.scene.terrain import slope_deg
from glacier_mapper.runner.training.simulate import Kind, SceneSettings, Season, simulate, simulate_views
from glacier_mapper.runner.training.simulate.flow import flow_of
from glacier_mapper.runner.training.simulate.lowland import land_use, rivers
from glacier_mapper.runner.training.simulate.place import Ground, Window, ground_of, make_place
from glacier_mapper.runner.training.simulate.sensors import SENSORS
from glacier_mapper.runner.training.simulate.settings import WITHOUT_ICE
from glacier_mapper.runner.training.simulate.surface import cover, laid, seasonal_snow, shape_of

BLUE, GREEN, RED, NIR, SWIR1, SWIR2 = range(6)
FROZEN = ("fresh_snow", "snow", "wet_snow", "firn", "ice", "dirty_ice")
SIZE = 96


class Simulated:
    """One landscape and all that is laid over it in each season, without any file."""

    def __init__(self, seed):
        self.settings = {season: SceneSettings(seed, SIZE, "L8", season=season) for season in Season}
        any_season = self.settings[Season.SUMMER]
        self.ground, _ = ground_of(make_place(any_season))
        self.flow = flow_of(any_season.rng(2), self.ground)
        self.covers = {season: cover(settings, self.ground, self.flow) for season, settings in self.settings.items()}


@pytest.fixture(scope="module", params=(54, 49), ids="seed {}".format)
def simulated(request):
    return Simulated(request.param)


@pytest.fixture(params=list(Season), ids=lambda season: season.value)
def season(request):
    return request.param


class TestCover:
    def test_shares_are_shares_and_make_up_every_pixel(self, simulated, season):
        shares = simulated.covers[season].shares
        np.testing.assert_allclose(sum(shares.values()), 1.0, atol=1e-5)
        assert all(share.min() >= -1e-6 for share in shares.values())

    def test_the_last_layer_hides_the_others(self):
        one, half = np.ones((2, 2), "float32"), np.full((2, 2), 0.5, "float32")
        shares = laid([("rock", one), ("ice", half), ("snow", half)])
        assert shares["snow"][0, 0] == 0.5
        assert shares["ice"][0, 0] == 0.25
        assert shares["rock"][0, 0] == 0.25

    def test_one_name_may_be_laid_twice(self):
        half = np.full((2, 2), 0.5, "float32")
        assert laid([("snow", np.ones((2, 2), "float32")), ("ice", half), ("snow", half)])["snow"][0, 0] == 0.75

    def test_glacier_pixels_are_frozen_or_under_debris(self, simulated, season):
        found = simulated.covers[season]
        on_ice = sum(found.shares.get(name, 0) for name in (*FROZEN, "debris", "other_debris", "milky_lake"))
        np.testing.assert_allclose(on_ice[found.glacier], 1.0, atol=1e-4)

    def test_the_season_moves_no_glacier_and_no_debris(self, simulated):
        summer, winter = simulated.covers[Season.SUMMER], simulated.covers[Season.WINTER]
        np.testing.assert_array_equal(summer.glacier, winter.glacier)
        np.testing.assert_array_equal(summer.debris, winter.debris)

    def test_debris_lies_on_glaciers_below_the_line_and_nowhere_else(self, simulated, season):
        found, ground = simulated.covers[season], simulated.ground
        covered = found.debris > 0
        assert not (covered & ~found.glacier).any()
        assert (ground.height_m[covered] < ground.line_m[covered]).all()
        assert not found.shares["debris"][~covered].any()

    def test_winter_hides_the_debris(self, simulated):
        covers = simulated.covers
        assert covers[Season.WINTER].shares["debris"].sum() <= covers[Season.SUMMER].shares["debris"].sum()

    def test_firn_lies_above_bare_ice(self, simulated):
        found = simulated.covers[Season.SUMMER]
        above = simulated.ground.height_m - simulated.ground.line_m
        firn, ice = (above[found.shares[name] > 0.3] for name in ("firn", "ice"))
        if min(len(firn), len(ice)) < 15:
            pytest.skip("too little of one of them in this scene")
        assert np.median(firn) > np.median(ice)


def cone_ground(cells=80):
    """A cone with the line half way up, without any ice."""
    y, x = np.mgrid[:cells, :cells] - (cells - 1) / 2
    height = 2000 - 12.0 * np.hypot(x, y)
    layers = (layer.astype("float32") for layer in (height, 0 * x, np.full_like(x, 1700.0), 0 * x))
    return Ground(*layers, 30.0, np.zeros((4, 4)), 1e3, Window(0.0, 0.0, cells, 1.0))


class TestSnow:
    def mean_snow(self, season, glacier=False):
        """Mean share of snow over many chances, on a cone."""
        ground = cone_ground()
        shares = []
        for seed in range(24):
            rng = np.random.default_rng(seed)
            shape = shape_of(rng, ground)
            shares.append(seasonal_snow(rng, season, shape, np.full(shape.slope.shape, glacier)))
        return np.mean(shares, axis=0), ground

    def test_it_lies_further_down_from_summer_to_winter(self):
        means = [self.mean_snow(season)[0].mean() for season in (Season.SUMMER, Season.EARLY, Season.WINTER)]
        assert means[0] + 0.1 < means[1] < means[2] - 0.1

    def test_more_of_it_the_higher(self, season):
        snow, ground = self.mean_snow(season)
        lows = (1400, 1550, 1700, 1850)
        bands = [snow[(ground.height_m > low) & (ground.height_m <= low + 150)].mean() for low in lows]
        assert (np.diff(bands) > -1e-4).all()

    def test_more_of_it_on_the_side_away_from_the_sun(self, season):
        snow, _ = self.mean_snow(season)
        assert snow[:40].mean() > snow[40:].mean()

    def test_late_in_summer_there_is_more_on_ice_than_beside_it(self):
        beside, _ = self.mean_snow(Season.SUMMER)
        on_ice, _ = self.mean_snow(Season.SUMMER, glacier=True)
        assert on_ice.mean() > beside.mean()

    def test_walls_are_bare_even_in_winter(self):
        ground = cone_ground()
        steep = Ground(ground.height_m * 8, *(getattr(ground, name) for name in (
            "ice_m", "line_m", "lakes_m", "pixel_m", "far_m", "far_cell_m", "window")))
        rng = np.random.default_rng(1)
        shape = shape_of(rng, steep)
        snow = seasonal_snow(rng, Season.WINTER, shape, np.zeros(shape.slope.shape, bool))
        assert snow[shape.slope > 2.2].max() < 0.05


class TestPlains:
    def test_fields_woods_and_towns_lie_on_flat_ground(self):
        ground = cone_ground()
        flat = np.zeros((80, 80), "float32")
        layers = dict(land_use(np.random.default_rng(2), ground, flat))
        assert {"crops", "soil", "town", "roofs", "forest"} <= set(layers)
        steep = dict(land_use(np.random.default_rng(2), ground, flat + 1.0))
        assert not steep["crops"].any()
        assert not steep["town"].any()

    def test_a_river_runs_where_water_gathers(self):
        y, x = np.mgrid[:120, :120]
        height = 400.0 + 8.0 * np.abs(x - 60) - 1.5 * y
        ground = cone_ground(120)
        ground = Ground(height.astype("float32"), 0 * ground.ice_m, *(getattr(ground, name) for name in (
            "line_m", "lakes_m", "pixel_m", "far_m", "far_cell_m", "window")))
        water, gravel = rivers(ground)
        assert water[110, 58:63].max() > 0.1
        assert water[110, :50].max() < 0.02
        assert gravel.sum() > water.sum()


@pytest.fixture(scope="module")
def arrays():
    return simulate(SceneSettings(54, SIZE, "L8"))


@pytest.fixture(scope="module")
def winter():
    return simulate(SceneSettings(54, SIZE, "L8", season=Season.WINTER, gaps=True))


class TestArrays:
    def test_shapes_and_types(self, arrays):
        for name, bands in (("optical", 6), ("co_pol", 2), ("cross_pol", 2), ("coherence", 2)):
            assert getattr(arrays, name).shape == (bands, SIZE, SIZE)
            assert getattr(arrays, name).dtype == np.float32
        for name in ("thermal", "elevation", "slope"):
            assert getattr(arrays, name).shape == (SIZE, SIZE)
            assert getattr(arrays, name).dtype == np.float32
        assert arrays.label.dtype == arrays.debris.dtype == np.uint8

    def test_without_gaps_and_clouds_all_is_known(self, arrays):
        assert np.isfinite(arrays.optical).all()
        assert np.isfinite(arrays.thermal).all()
        assert set(np.unique(arrays.label)) <= {0, 1}

    def test_what_is_missing_is_not_known(self, winter):
        missing = np.isnan(winter.optical[0])
        assert (np.isnan(winter.optical) == missing).all()
        assert (winter.label[missing] == 255).all()
        assert (winter.debris[missing] == 255).all()
        assert np.isnan(winter.thermal[missing]).all()

    def test_debris_is_on_glacier(self, arrays):
        assert (arrays.label[arrays.debris == 1] == 1).all()

    def test_slope_is_that_of_the_elevation(self, arrays):
        np.testing.assert_array_equal(arrays.slope, slope_deg(arrays.elevation, 30.0))

    def test_areas_are_those_of_the_masks(self, arrays):
        assert arrays.glacier_km2 == pytest.approx((arrays.label == 1).sum() * 0.0009)
        assert arrays.debris_km2 == pytest.approx((arrays.debris == 1).sum() * 0.0009)

    def test_clean_ice_is_bright_in_red_and_dark_in_swir(self, arrays):
        clean = (arrays.label == 1) & (arrays.debris == 0)
        assert np.median((arrays.optical[RED] / np.maximum(arrays.optical[SWIR1], 0.005))[clean]) > 3

    def test_ice_is_cold_in_summer_and_colder_in_winter(self, arrays, winter):
        inner = ndimage.binary_erosion((arrays.label == 1) & (arrays.debris == 0), iterations=2)
        assert inner.sum() > 50
        assert np.median(arrays.thermal[inner]) < 274.5
        assert np.nanmedian(winter.thermal) < np.median(arrays.thermal) - 5

    def test_winter_is_white_and_has_shadows(self, winter):
        known = np.isfinite(winter.optical[0])
        assert (winter.optical[GREEN][known] > 0.5).mean() > 0.1
        assert (winter.optical[GREEN][known] < 0.1).mean() > 0.05
        assert np.nanquantile(winter.optical[GREEN], 0.9) > 0.8

    def test_winter_hardly_tells_glacier_from_snow_by_the_ratio(self, winter):
        ndsi = (winter.optical[GREEN] - winter.optical[SWIR1]) / (winter.optical[GREEN] + winter.optical[SWIR1])
        taken = (ndsi > 0.4)[winter.label == 0]
        assert taken.mean() > 0.25

    def test_values_are_those_that_a_product_can_hold(self, arrays):
        sensor = SENSORS["L8"]
        counts = (arrays.optical.astype("float64") - sensor.offset) / sensor.scale
        np.testing.assert_allclose(counts, np.rint(counts), atol=0.02)

    def test_the_atmosphere_is_there_above_it(self):
        below, above = (
            simulate(SceneSettings(11, 64, "L8", Kind.LOWLAND, top_of_atmosphere=toa)) for toa in (False, True))
        assert np.median(above.optical[BLUE] - below.optical[BLUE]) > 0.02
        assert abs(np.median(above.optical[SWIR2] - below.optical[SWIR2])) < 0.03

    def test_ice_under_thick_cloud_is_not_known_and_land_is_known(self):
        for seed in range(24, 30):
            cloudy = simulate(SceneSettings(seed, 64, "L8", Kind.ICE_CAP, clouds=True))
            clear = simulate(SceneSettings(seed, 64, "L8", Kind.ICE_CAP))
            hidden = cloudy.label == 255
            assert (clear.label[hidden] == 1).all()
            if hidden.sum() > 20:
                return
        pytest.fail("no thick cloud over ice in six scenes")


class TestNegatives:
    @pytest.mark.parametrize("kind", WITHOUT_ICE, ids=lambda kind: kind.value)
    @pytest.mark.parametrize("season", [Season.SUMMER, Season.WINTER], ids=lambda season: season.value)
    def test_no_glacier_whatever_lies_there(self, kind, season):
        arrays = simulate(SceneSettings(14, 64, "L8", kind, season, clouds=True))
        assert set(np.unique(arrays.label)) == {0}
        assert set(np.unique(arrays.debris)) == {0}
        assert arrays.glacier_km2 == 0

    def test_turbid_water_looks_like_snow_to_the_ndsi(self):
        for seed in range(8):
            optical = simulate(SceneSettings(seed, 64, "L8", Kind.COAST)).optical
            ndsi = (optical[GREEN] - optical[SWIR1]) / (optical[GREEN] + optical[SWIR1])
            if (ndsi > 0.4).mean() > 0.3:
                return
        pytest.fail("no water in eight coasts")

    def test_snow_patches_are_snow(self):
        for seed in range(8):
            optical = simulate(SceneSettings(seed, 64, "L8", Kind.SNOW_PATCHES, Season.EARLY)).optical
            if ((optical[GREEN] > 0.5) & (optical[SWIR1] < 0.2)).mean() > 0.01:
                return
        pytest.fail("no snow in eight scenes")


class TestSettings:
    def test_the_same_settings_give_the_same_arrays(self):
        settings = SceneSettings(6, 64, "L7", Kind.CIRQUE, Season.EARLY, clouds=True, gaps=True)
        one, two = simulate(settings), simulate(settings)
        for name, values in vars(one).items():
            np.testing.assert_array_equal(values, getattr(two, name))

    def test_another_seed_gives_another_place(self):
        one, two = (make_place(SceneSettings(seed, 64, "L8")).detail_m for seed in (6, 7))
        assert not np.array_equal(one, two)

    def test_parts_do_not_depend_on_one_another(self):
        clear, cloudy = (simulate(SceneSettings(6, 64, "L8", clouds=clouds)) for clouds in (False, True))
        np.testing.assert_array_equal(clear.elevation, cloudy.elevation)
        np.testing.assert_array_equal(clear.co_pol, cloudy.co_pol)

    def test_draws_are_many_and_have_the_share_without_ice(self):
        drawn = [SceneSettings.drawn(seed, 64, 0.25) for seed in range(600)]
        assert np.mean([one.kind in WITHOUT_ICE for one in drawn]) == pytest.approx(0.25, abs=0.06)
        assert {one.kind for one in drawn} == set(Kind)
        assert {one.season for one in drawn} == set(Season)
        assert {one.sensor for one in drawn} == set(SENSORS)
        assert drawn[5] == SceneSettings.drawn(5, 64, 0.25)
        assert not any(one.kind in WITHOUT_ICE for one in (SceneSettings.drawn(seed, 64, 0.0) for seed in range(50)))

    @pytest.mark.parametrize(
        ("change", "name"),
        [({"kind": "moon"}, "kind"), ({"season": "monsoon"}, "season"), ({"sensor": "S1"}, "sensor"),
         ({"size_px": 63}, "size_px"), ({"seed": -1}, "seed")],
    )
    def test_a_wrong_setting_is_named(self, change, name):
        with pytest.raises(InvalidParameterError, match=name):
            SceneSettings(**{"seed": 1, "size_px": 64, **change})

    def test_texts_become_members(self):
        settings = SceneSettings(1, 64, kind="ice_cap", season="winter")
        assert settings.kind is Kind.ICE_CAP
        assert settings.season is Season.WINTER

    def test_views_are_of_one_place_in_other_light(self):
        first, second = simulate_views(SceneSettings(21, 64, "L8"), 2)
        known = (first.label != 255) & (second.label != 255)
        np.testing.assert_array_equal(first.label[known], second.label[known])
        np.testing.assert_allclose(first.elevation, second.elevation, atol=30)
        assert not np.array_equal(np.nan_to_num(first.optical), np.nan_to_num(second.optical))
        np.testing.assert_array_equal(first.optical, simulate(SceneSettings(21, 64, "L8")).optical)
