"""Spectra, air, clouds and sensors of simulated scenes: signs and sizes that physics and the products prescribe."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from glacier_mapper.runner.training.simulate.light import Sun
from glacier_mapper.runner.training.simulate.sensors import (
    BRIGHTEST,
    SENSORS,
    detect,
    edge_gap,
    mask_gaps,
    rounded,
    stored,
    stripes,
)
from glacier_mapper.runner.training.simulate.settings import SceneSettings, Season
from glacier_mapper.runner.training.simulate.sky import (
    HAZE,
    PASSED,
    RAYLEIGH,
    SHADE_ERROR,
    SKYLIGHT,
    Air,
    air_of,
    clouds_of,
    corrected,
    no_clouds,
    path_reflectance,
)
from glacier_mapper.runner.training.simulate.spectra import FROZEN, ROCKS, SPECTRA, frozen_spectrum, palette

BLUE, GREEN, RED, NIR, SWIR1, SWIR2 = range(6)
OLI = SENSORS["L8"].bands_um
RNG = np.random.default_rng


def index(spectrum, first, second):
    return (spectrum[first] - spectrum[second]) / (spectrum[first] + spectrum[second])


@pytest.fixture(scope="module")
def palettes():
    return [palette(RNG(seed), SENSORS[sensor]) for seed in range(12) for sensor in ("S2", "L5", "L9")]


class TestSnowAndIce:
    @settings(max_examples=60, deadline=None)
    @given(st.floats(0.05, 30.0), st.floats(0.0, 8.0))
    def test_albedo_is_a_share_and_lower_in_the_shortwave_infrared(self, grain, impurity):
        albedo = frozen_spectrum(OLI, grain, impurity)
        assert ((albedo > 0) & (albedo < 1)).all()
        assert albedo[SWIR1] < 0.35
        assert albedo[SWIR1] < albedo[NIR]

    @settings(max_examples=60, deadline=None)
    @given(st.floats(0.05, 10.0), st.floats(1.2, 5.0), st.floats(0.0, 5.0))
    def test_larger_grains_are_darker_in_every_band(self, grain, times, impurity):
        assert (frozen_spectrum(OLI, grain, impurity) >= frozen_spectrum(OLI, grain * times, impurity)).all()

    @settings(max_examples=60, deadline=None)
    @given(st.floats(0.05, 10.0), st.floats(0.0, 5.0), st.floats(0.1, 5.0))
    def test_dirt_darkens_the_visible_most(self, grain, impurity, more):
        clean, dirty = frozen_spectrum(OLI, grain, impurity), frozen_spectrum(OLI, grain, impurity + more)
        assert (dirty <= clean).all()
        assert dirty[BLUE] / clean[BLUE] < dirty[SWIR1] / clean[SWIR1]

    def test_fresh_snow_is_as_measured(self):
        # Grains of 0.2 mm: visible above 0.95, near infrared about 0.9, 1.6 um about 0.1 (Warren 1982, fig. 8).
        albedo = frozen_spectrum(OLI, 0.2, 0.0)
        assert albedo[:3].min() > 0.95
        assert 0.86 < albedo[NIR] < 0.95
        assert 0.05 < albedo[SWIR1] < 0.16

    def test_by_hand(self):
        # At 0.55 um, k = 3e-9: a = 4 pi 3e-9 / 0.55e-6 = 0.0685 a metre, and 1 of dirt; d = 10 mm:
        # exp(-sqrt(13 * 1.0685 * 0.01)) = exp(-0.3727) = 0.6889
        assert frozen_spectrum((0.55,), 10.0, 1.0, 0.0)[0] == pytest.approx(0.6889, abs=2e-4)

    @pytest.mark.parametrize("name", [name for name in FROZEN if name != "dirty_ice"])
    def test_clean_snow_and_ice_have_an_ndsi_above_the_usual_threshold(self, palettes, name):
        assert min(index(colours[name], GREEN, SWIR1) for colours in palettes) > 0.4

    def test_the_older_the_darker_in_the_near_infrared(self, palettes):
        for colours in palettes:
            order = [colours[name][NIR] for name in ("fresh_snow", "snow", "wet_snow", "firn", "ice")]
            assert order == sorted(order, reverse=True)

    def test_dirty_ice_is_darker_than_ice_but_where_the_rock_is_white(self, palettes):
        grey = [colours for colours in palettes if colours["debris"][GREEN] < 0.2]
        assert len(grey) > 20
        darker = [colours["dirty_ice"][GREEN] < colours["ice"][GREEN] for colours in grey]
        assert np.mean(darker) > 0.85


class TestGrounds:
    @pytest.mark.parametrize("name", [*ROCKS, "soil", "sand", "meadow", "dry_grass", "forest", "crops", "town"])
    def test_land_has_no_ndsi_of_snow(self, name):
        assert index(SPECTRA[name], GREEN, SWIR1) < 0.1

    @pytest.mark.parametrize("name", ["lake", "milky_lake", "sea", "turbid_sea"])
    def test_water_grows_dark_towards_the_infrared_and_has_an_ndsi_of_snow(self, name):
        spectrum = SPECTRA[name]
        assert max(spectrum[SWIR1:]) < 0.02
        assert index(spectrum, GREEN, NIR) > 0.4
        assert index(spectrum, GREEN, SWIR1) > 0.4

    @pytest.mark.parametrize("name", ["meadow", "forest", "crops"])
    def test_plants_have_a_red_edge(self, name):
        assert index(SPECTRA[name], NIR, RED) > 0.6

    def test_debris_is_the_rock_of_the_scene(self, palettes):
        for colours in palettes:
            ratio = colours["debris"] / colours["rock"]
            assert ratio.max() / ratio.min() < 1.2
            assert index(colours["debris"], GREEN, SWIR1) < 0.25

    def test_reflectance_is_between_nothing_and_all(self, palettes):
        for colours in palettes:
            for values in colours.values():
                assert values.shape == (6,)
                assert ((values > 0) & (values < 1)).all()

    def test_each_scene_has_rock_of_its_own(self, palettes):
        reds = [colours["rock"][RED] for colours in palettes]
        assert max(reds) > 2 * min(reds)
        assert np.std(reds) > 0.02

    def test_the_sensor_matters_little_and_does_matter(self):
        one, two = (palette(RNG(5), SENSORS[sensor]) for sensor in ("L5", "L8"))
        assert np.abs(one["rock"] - two["rock"]).max() < 0.02
        assert one["fresh_snow"][NIR] != two["fresh_snow"][NIR]


class TestAir:
    def test_air_and_skylight_are_bluest(self):
        for layer in (RAYLEIGH, HAZE, SKYLIGHT):
            assert (np.diff(layer) <= 0).all()
        assert (np.diff(PASSED) >= 0).all()

    @pytest.mark.parametrize("season", list(Season))
    def test_the_sun_stands_where_the_season_has_it(self, season):
        suns = [air_of(RNG(seed), SceneSettings(seed, 64, season=season)).sun for seed in range(60)]
        heights = [sun.elevation_deg for sun in suns]
        assert 15 <= min(heights) < max(heights) <= 65
        assert (max(heights) < 40) == (season is Season.WINTER)
        assert all(90 < sun.azimuth_deg < 180 for sun in suns)

    def test_the_air_above_a_summit_is_thinner(self):
        height = np.tile(np.linspace(500, 4500, 32, dtype="float32"), (32, 1))
        path = path_reflectance(RNG(1), height, Air(Sun(150, 45), 1.0, 0.0, 1.0))
        assert path.shape == (6, 32, 32)
        assert (path[:, :, -4:].mean(axis=(1, 2)) < 0.6 * path[:, :, :4].mean(axis=(1, 2))).all()
        assert path.min() > 0

    def test_a_low_sun_goes_through_more_air(self):
        height = np.full((16, 16), 2000.0, "float32")
        low, high = (path_reflectance(RNG(1), height, Air(Sun(150, deg), 1.0, 0.0, 1.0)).mean() for deg in (18, 60))
        assert low > 1.5 * high

    def test_a_right_correction_gives_the_ground_back(self):
        ground = np.full((6, 24, 24), 0.3, "float32")
        air = Air(Sun(150, 45), 1.0, 0.0, 1.0)
        path = path_reflectance(RNG(1), np.full((24, 24), 2000.0, "float32"), air)
        found = corrected(RNG(2), ground * PASSED[:, None, None] + path, path, air)
        assert np.abs(found - 0.3).max() < 0.03

    def test_haze_believed_in_makes_shadows_negative_and_red_most_and_the_more_beside_snow(self):
        air, n = Air(Sun(150, 25), 0.5, 1.0, 1.0), 128
        path = path_reflectance(RNG(1), np.full((n, n), 3000.0, "float32"), air)
        ground = np.full((6, n, n), 0.01, "float32")
        ground[:, :, : n // 2 : 2] = 0.8  # snow and shade side by side in the left half, shade alone in the right
        found = corrected(RNG(2), ground + path, path, air)
        near, far = found[:, :, 1 : n // 4 : 2].mean(axis=(1, 2)), found[:, :, -n // 4 :].mean(axis=(1, 2))
        assert (near[:4] < -0.02).all()
        assert near[RED] == near.min()
        assert near[SWIR1] > -0.03
        assert (near[:4] < far[:4] - 0.02).all()
        assert SHADE_ERROR[RED] == SHADE_ERROR.max()


class TestClouds:
    @pytest.mark.parametrize("seed", range(8))
    def test_the_shadow_is_the_cloud_moved_away_from_the_sun(self, seed):
        # Sun in the south-east: shadows lie to the north-west, up and left by as much, within 8 km / tan 40.
        clouds = clouds_of(RNG(seed), 96, 30.0, Sun(135.0, 40.0))
        assert clouds.seen.min() >= 0
        assert clouds.seen.max() <= 1
        moves = [d for d in range(230) if np.array_equal(np.roll(clouds.seen, (-d, -d), (0, 1)), clouds.before_sun)]
        assert moves
        assert min(moves) * 30 * np.sqrt(2) < 8000 / np.tan(np.deg2rad(40.0)) + 50

    def test_a_lower_sun_moves_the_shadow_further(self):
        for seed in range(6):
            moved = []
            for elevation in (70.0, 45.0):
                clouds = clouds_of(RNG(seed), 512, 30.0, Sun(180.0, elevation))
                moved.append(next(
                    d for d in range(512) if np.array_equal(np.roll(clouds.seen, -d, 0), clouds.before_sun)))
            # tan 70 / tan 45
            assert moved[1] == pytest.approx(2.747 * moved[0], abs=3)

    def test_clouds_are_white_and_not_dark_in_the_shortwave_infrared(self):
        for seed in range(20):
            spectrum = clouds_of(RNG(seed), 64, 30.0, Sun(150.0, 40.0)).spectrum
            assert np.ptp(spectrum[:3]) < 0.01
            assert index(spectrum, GREEN, SWIR1) < 0.75
            assert spectrum[SWIR1] > 0.05

    def test_a_clear_sky_has_none(self):
        clear = no_clouds(16)
        assert not clear.seen.any()
        assert not clear.before_sun.any()


class TestSensors:
    @pytest.mark.parametrize("name", sorted(SENSORS))
    def test_what_is_stored_comes_back_within_half_a_level(self, name):
        sensor = SENSORS[name]
        values = RNG(0).uniform(-0.09, 1.5, (6, 16, 16))
        assert np.abs(rounded(values, sensor.scale, sensor.offset) - values).max() <= 0.5 * sensor.scale + 1e-6

    def test_nothing_is_stored_as_zero_and_comes_back_as_nothing(self):
        values = np.array([[0.2, np.nan]])
        assert stored(values, 1e-4, -0.1).tolist() == [[3000, 0]]
        assert np.isnan(rounded(values, 1e-4, -0.1)).tolist() == [[False, True]]

    def test_the_darkest_is_no_missing_value(self):
        assert stored(np.array([-5.0]), 1e-4, -0.1).tolist() == [1]
        assert stored(np.array([99.0]), 1e-4, -0.1).tolist() == [65535]

    def test_old_sensors_are_noisier(self):
        flat = np.full((6, 64, 64), 0.15, "float32")
        noise = {name: detect(RNG(1), flat, SENSORS[name], 0.8).std(axis=(1, 2)).mean() for name in SENSORS}
        assert noise["L5"] > noise["L7"] > noise["S2"] > noise["L9"]

    def test_noise_grows_as_the_sun_sinks(self):
        flat = np.full((6, 64, 64), 0.02, "float32")
        low, high = (detect(RNG(1), flat, SENSORS["L8"], np.sin(np.deg2rad(deg))).std() for deg in (15, 60))
        assert low > 1.5 * high

    def test_snow_saturates_under_a_high_sun_in_eight_bits_and_not_in_twelve(self):
        snow = np.full((6, 32, 32), 0.98, "float32")
        old, new = (detect(RNG(1), snow, SENSORS[name], 0.93) for name in ("L7", "L8"))
        assert np.median(old[RED]) == pytest.approx(0.85 / 0.93, abs=2e-3)
        assert np.median(new[RED]) == pytest.approx(0.98, abs=0.05)

    def test_eight_bits_have_steps(self):
        ramp = np.tile(np.linspace(0.1, 0.2, 4096, dtype="float32").reshape(64, 64), (6, 1, 1))
        assert len(np.unique(detect(RNG(1), ramp, SENSORS["L5"], 1.0)[BLUE])) < 60
        assert len(np.unique(detect(RNG(1), ramp, SENSORS["L9"], 1.0)[BLUE])) > 500

    def test_the_brightest_is_what_the_products_store(self):
        assert 65535 * SENSORS["L8"].scale + SENSORS["L8"].offset + 1e-3 >= BRIGHTEST


class TestGaps:
    @pytest.mark.parametrize("seed", range(6))
    def test_stripes_recur_and_leave_most_of_the_scene(self, seed):
        gap = stripes(RNG(seed), 256)
        assert gap.mean() < 0.45
        # down any column: a gap is 13 pixels at most, and starts again within 33 or so
        for column in (0, 128, 255):
            edges = np.flatnonzero(np.diff(gap[:, column].astype(int)) == 1)
            if len(edges) > 1:
                assert set(np.diff(edges)) <= {32, 33, 34}
            runs = ndimage.label(gap[:, column])[0]
            assert max(np.bincount(runs)[1:], default=0) <= 14

    def test_some_scenes_have_stripes(self):
        assert max(stripes(RNG(seed), 128).mean() for seed in range(6)) > 0.1

    def test_a_cloud_mask_cuts_squares_where_it_was_confused(self):
        confusing = np.zeros((128, 128))
        confusing[:, 64:] = 2.0
        gap = mask_gaps(RNG(1), confusing, 0.2)
        assert gap[:, 68:].mean() > 3 * gap[:, :60].mean()
        # every piece is made of squares of five
        assert (ndimage.binary_opening(gap, np.ones((5, 5)))[8:-8, 8:-8] == gap[8:-8, 8:-8]).mean() > 0.97

    def test_more_is_more(self):
        confusing = np.zeros((128, 128))
        shares = [mask_gaps(RNG(1), confusing, share).mean() for share in (0.03, 0.1, 0.35)]
        assert shares == sorted(shares)
        assert shares[0] > 0.005
        assert shares[-1] < 0.6

    def test_beyond_the_edge_of_a_scene_there_is_nothing_in_one_piece(self):
        for seed in range(8):
            gap = edge_gap(RNG(seed), 64)
            assert ndimage.label(gap)[1] <= 1
            assert gap.mean() < 0.5
