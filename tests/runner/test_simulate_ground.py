"""The simulated ground: its parts agree with one another, and its spectra are those of snow, ice, water and rock."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st

from glacier_mapper.runner.training import simulate_scene
from glacier_mapper.runner.training.ice import glaciers
from glacier_mapper.runner.training.light import Sun, cast_shadow, illumination
from glacier_mapper.runner.training.noise import fractal, resized, shifted, smoothstep
from glacier_mapper.runner.training.simulate import SENSORS, _image, _landscape
from glacier_mapper.runner.training.surface import SPECTRA, cover, debris_cover, glacier_mask, reflectance

BLUE, GREEN, RED, NIR, SWIR1, SWIR2 = range(6)
FROZEN = ("snow", "firn", "ice", "dirty_ice")
SEEDS = (3, 11)


class Simulated:
    """One landscape and all that is laid over it, without any file."""

    def __init__(self, seed, size=160):
        rng = np.random.default_rng([seed, size])
        self.ground = _landscape(rng, size, 10.0)
        self.glacier = glacier_mask(self.ground)
        self.debris = debris_cover(rng, self.ground)
        self.shares = cover(rng, self.ground, self.debris)
        self.bottom = reflectance(self.shares, rng)


@pytest.fixture(scope="module", params=SEEDS, ids="seed {}".format)
def simulated(request):
    return Simulated(request.param)


def index(spectrum, first, second):
    return (spectrum[first] - spectrum[second]) / (spectrum[first] + spectrum[second])


class TestSpectra:
    """Numbers that the literature gives, whatever the round values in the table."""

    @pytest.mark.parametrize("name", FROZEN)
    def test_snow_and_ice_have_an_ndsi_above_the_usual_threshold(self, name):
        assert index(SPECTRA[name], GREEN, SWIR1) > 0.4

    @pytest.mark.parametrize("name", ["debris", "gneiss", "limestone", "scree", "meadow", "forest"])
    def test_land_has_not(self, name):
        assert index(SPECTRA[name], GREEN, SWIR1) < 0.0

    @pytest.mark.parametrize("band", range(6))
    def test_snow_is_brighter_than_firn_and_firn_than_ice(self, band):
        snow, firn, ice = (SPECTRA[name][band] for name in ("snow", "firn", "ice"))
        assert snow > firn > ice

    @pytest.mark.parametrize("band", [BLUE, GREEN, RED, NIR])
    def test_dirt_darkens_ice_where_it_is_bright(self, band):
        assert SPECTRA["dirty_ice"][band] < SPECTRA["ice"][band]

    @pytest.mark.parametrize("name", ["lake", "milky_lake"])
    def test_water_grows_dark_towards_the_infrared(self, name):
        spectrum = SPECTRA[name]
        assert spectrum[GREEN] == max(spectrum)
        assert max(spectrum[SWIR1:]) < 0.02
        assert index(spectrum, GREEN, NIR) > 0.4  # NDWI, the rule that takes water off

    @pytest.mark.parametrize("name", ["meadow", "forest"])
    def test_plants_have_a_red_edge(self, name):
        assert index(SPECTRA[name], NIR, RED) > 0.6

    def test_debris_can_not_be_told_from_rock_by_the_ratio(self):
        ratio = {name: SPECTRA[name][RED] / SPECTRA[name][SWIR1] for name in SPECTRA}
        assert abs(ratio["debris"] - ratio["gneiss"]) < 0.15
        assert min(ratio[name] for name in FROZEN) > 5 * ratio["debris"]

    def test_reflectance_is_between_nothing_and_all(self):
        assert all(0 < value < 1 for spectrum in SPECTRA.values() for value in spectrum)
        assert {len(spectrum) for spectrum in SPECTRA.values()} == {6}


class TestGround:
    def test_shares_are_shares_and_make_up_every_pixel(self, simulated):
        total = sum(simulated.shares.values())
        np.testing.assert_allclose(total, 1.0, atol=1e-5)
        assert all(share.min() >= -1e-6 for share in simulated.shares.values())

    def test_a_glacier_is_where_ice_is_thick(self, simulated):
        assert (simulated.ground.ice_m[simulated.glacier] > 3.0).all()
        outside = simulated.ground.ice_m[~simulated.glacier]
        # only specks of less than 30 pixels are thick and no glacier
        assert (outside > 3.0).mean() < 0.02
        assert 0.02 < simulated.glacier.mean() < 0.8

    def test_debris_lies_on_glaciers_below_the_line_and_nowhere_else(self, simulated):
        covered = simulated.debris > 0
        assert not (covered & ~simulated.glacier).any()
        above = (simulated.ground.height_m - simulated.ground.line_m)[covered]
        # the line is blurred by noise of 45 m
        assert above.max() < 4 * 45
        assert np.median(above) < -20
        assert simulated.debris.max() <= 1.0
        assert not simulated.shares["debris"][~covered].any()

    def test_glacier_pixels_are_frozen_or_under_debris(self, simulated):
        frozen = sum(simulated.shares[name] for name in (*FROZEN, "debris"))
        np.testing.assert_allclose(frozen[simulated.glacier & (simulated.ground.lakes_m <= 0.3)], 1.0, atol=1e-5)

    def test_no_lake_on_a_glacier(self, simulated):
        assert not (simulated.ground.lakes_m[simulated.glacier] > 0.3).any()
        assert simulated.ground.lakes_m.min() >= 0.0

    def test_firn_lies_above_bare_ice(self, simulated):
        height = simulated.ground.height_m - simulated.ground.line_m
        where = {name: height[simulated.shares[name] > 0.35] for name in ("firn", "ice", "dirty_ice")}
        if min(len(found) for found in where.values()) < 20:
            pytest.skip("too little of one of them in this scene")
        assert np.median(where["firn"]) > np.median(where["ice"]) > np.median(where["dirty_ice"])

    def test_clean_ice_passes_the_classical_thresholds(self, simulated):
        clean = sum(simulated.shares[name] for name in FROZEN) > 0.98
        ratio = simulated.bottom[RED] / simulated.bottom[SWIR1]
        ndsi = index(simulated.bottom, GREEN, SWIR1)
        assert np.quantile(ratio[clean], 0.01) > 2.0
        assert np.quantile(ndsi[clean], 0.01) > 0.4

    def test_ice_is_darker_than_snow_in_the_near_infrared(self, simulated):
        nir = {name: simulated.bottom[NIR][simulated.shares[name] > 0.95] for name in ("snow", "ice")}
        assert np.median(nir["ice"]) < 0.5 * np.median(nir["snow"])

    def test_ice_makes_the_surface_higher_and_no_hole(self, simulated):
        assert simulated.ground.ice_m.min() >= 0.0
        assert np.isfinite(simulated.ground.height_m).all()
        assert {array.dtype for array in (simulated.ground.height_m, simulated.ground.ice_m)} == {np.dtype("float32")}


class TestSeeds:
    def test_the_same_seed_gives_the_same_ground_and_light(self):
        one, two = Simulated(5, 96), Simulated(5, 96)
        for name, values in vars(one.ground).items():
            np.testing.assert_array_equal(values, getattr(two.ground, name))
        images = [_image(np.random.default_rng(9), it.ground, it.debris, SENSORS["S2"]) for it in (one, two)]
        np.testing.assert_array_equal(*images)
        assert not np.array_equal(images[0], _image(np.random.default_rng(8), one.ground, one.debris, SENSORS["S2"]))

    def test_what_ran_before_does_not_matter(self):
        first = Simulated(6, 64).ground.height_m
        np.random.default_rng(0).standard_normal(1000)
        fractal(np.random.default_rng(1), 32)
        np.testing.assert_array_equal(first, Simulated(6, 64).ground.height_m)

    def test_the_label_on_disk_is_the_ground_it_was_made_from(self, tmp_path):
        scene = simulate_scene(6, 96, tmp_path, "L8")
        ground = _landscape(np.random.default_rng([6, 96]), 96, SENSORS["L8"].pixel_m)
        with rasterio.open(scene.label) as label, rasterio.open(scene.elevation) as elevation:
            np.testing.assert_array_equal(label.read(1) == 1, glacier_mask(ground))
            np.testing.assert_allclose(elevation.read(1), ground.height_m, atol=1e-3)
        with rasterio.open(scene.debris) as debris:
            assert not ((debris.read(1) == 1) & ~glacier_mask(ground)).any()


class TestIce:
    def test_a_cone_carries_an_ice_cap_that_is_as_round_as_the_cone(self):
        y, x = np.mgrid[:48, :48] - 23.5
        bed = (1500 - 12 * np.hypot(x, y)).astype("float32")
        ice = glaciers(bed, 100.0, np.full_like(bed, 1330.0))
        assert ice.max() > 4
        np.testing.assert_allclose(ice, ice.T, atol=0.5)
        np.testing.assert_allclose(ice, ice[::-1, ::-1], atol=0.5)
        assert ice[23, 23] > 3
        assert ice[0, 0] == ice[-1, -1] == 0

    def test_a_lower_line_never_means_less_ice(self):
        y, x = np.mgrid[:48, :48] - 23.5
        bed = (1500 - 12 * np.hypot(x, y)).astype("float32")
        volume = [float(glaciers(bed, 100.0, np.full_like(bed, line)).sum()) for line in (1450, 1400, 1350)]
        assert volume == sorted(volume)
        assert volume[0] < 0.5 * volume[-1]


class TestLight:
    @pytest.mark.parametrize("azimuth", [0.0, 90.0, 180.0, 270.0])
    def test_a_roof_is_lit_on_the_side_of_the_sun(self, azimuth):
        ridge = np.abs(np.arange(41) - 20.0)
        north_south = azimuth in (0.0, 180.0)
        height = np.tile(20 - ridge, (41, 1)) * 4.0
        height = height.T if north_south else height
        lit = illumination(height, 10.0, Sun(azimuth, 50.0))
        low, high = (lit[5:18], lit[23:36]) if north_south else (lit[:, 5:18], lit[:, 23:36])
        bright, dark = (low, high) if azimuth in (0.0, 270.0) else (high, low)
        # slope 0.4: (1 + 0.4 cot 50) / sqrt(1.16) = 1.240, and 0.617 on the other side
        assert np.median(bright) == pytest.approx(1.240, abs=2e-3)
        assert np.median(dark) == pytest.approx(0.617, abs=2e-3)

    @settings(max_examples=20, deadline=None)
    @given(st.floats(0, 360), st.floats(5, 85))
    def test_a_plain_lies_in_full_light_and_throws_no_shadow(self, azimuth, elevation):
        plain = np.full((12, 12), 700.0)
        assert not cast_shadow(plain, 10.0, Sun(azimuth, elevation)).any()
        np.testing.assert_allclose(illumination(plain, 10.0, Sun(azimuth, elevation)), 1.0)

    def test_a_lower_sun_throws_a_longer_shadow(self):
        tower = np.zeros((64, 64))
        tower[30:34, 30:34] = 100.0
        sizes = [int(cast_shadow(tower, 10.0, Sun(180.0, elevation)).sum()) for elevation in (70, 50, 30, 20)]
        assert sizes == sorted(sizes)
        assert sizes[-1] > 2 * sizes[0]


class TestNoise:
    @settings(max_examples=25, deadline=None)
    @given(st.integers(-9, 9), st.integers(-9, 9))
    def test_a_shift_takes_each_element_from_where_it_says(self, rows, cols):
        field = np.arange(35.0).reshape(5, 7)
        moved = shifted(field, rows, cols)
        for row, col in ((0, 0), (2, 3), (4, 6)):
            assert moved[row, col] == field[min(max(row + rows, 0), 4), min(max(col + cols, 0), 6)]

    @settings(max_examples=40, deadline=None)
    @given(st.floats(-5, 5), st.floats(-5, 5), st.lists(st.floats(-10, 10), min_size=2, max_size=8))
    def test_the_s_is_monotone_and_ends_flat(self, low, high, values):
        if abs(high - low) < 1e-3:
            high = low + 1.0
        found = smoothstep(np.sort(values), low, high)
        assert ((found >= 0) & (found <= 1)).all()
        assert (np.diff(found) * np.sign(high - low) >= -1e-12).all()
        assert smoothstep(np.array([low, (low + high) / 2, high]), low, high) == pytest.approx([0, 0.5, 1])

    @pytest.mark.parametrize("size", [8, 16, 31])
    def test_resizing_keeps_the_mean_of_a_smooth_field(self, size):
        field = fractal(np.random.default_rng(2), 64, 4.0)
        assert resized(field, size).mean() == pytest.approx(field.mean(), abs=0.15)
        assert resized(field, 64) == pytest.approx(field, abs=1e-4)
