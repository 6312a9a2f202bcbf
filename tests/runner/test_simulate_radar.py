"""Simulated radar: geometry by hand, the statistics of speckle and of coherence, and what ice and snow do to them."""

from __future__ import annotations

import numpy as np
import pytest

from glacier_mapper.runner.training.simulate import SceneSettings, Season, simulate
from glacier_mapper.runner.training.simulate.flow import flow_of
from glacier_mapper.runner.training.simulate.place import Ground, Window, ground_of, make_place
from glacier_mapper.runner.training.simulate.radar import (
    BACKSCATTER_DB,
    COHERENT,
    LOOKS_DEG,
    NOISE_FLOOR,
    estimated,
    geometry,
    radar,
    speckled,
)
from glacier_mapper.runner.training.simulate.surface import cover

RNG = np.random.default_rng
EAST, WEST = 90.0, 270.0


def ground(height):
    n = height.shape[0]
    layers = (layer.astype("float32") for layer in (height, np.zeros((n, n)), np.full((n, n), 9e3), np.zeros((n, n))))
    return Ground(*layers, 20.0, np.zeros((4, 4)), 1e3, Window(0.0, 0.0, n, 1.0))


def ridge(slope, cells=60):
    """A ridge along the middle column with sides of the given tangent."""
    x = np.mgrid[:cells, :cells][1] - cells / 2
    return ground((cells / 2 - np.abs(x)) * 20.0 * slope)


class TestGeometry:
    def test_flat_ground_is_as_bright_as_it_is(self):
        bright, layover, shadow = geometry(ground(np.full((20, 20), 500.0)), EAST, 38.0)
        np.testing.assert_allclose(bright, 1.0, atol=1e-5)
        assert not layover.any()
        assert not shadow.any()

    def test_the_slope_towards_the_radar_is_bright_by_hand(self):
        # tangent 0.3 is 16.7 degrees; at 38: sin 38 / sin 21.3 = 1.695, times cos 21.3 / cos 38 = 1.182
        bright, _, _ = geometry(ridge(0.3), EAST, 38.0)
        assert np.median(bright[20:40, 8:22]) == pytest.approx(1.695 * 1.182, rel=0.02)
        assert np.median(bright[20:40, 38:52]) < 0.75

    def test_from_the_other_side_it_is_the_other_slope(self):
        one, two = geometry(ridge(0.3), EAST, 38.0)[0], geometry(ridge(0.3), WEST, 38.0)[0]
        assert np.median(one[20:40, 8:22]) == pytest.approx(np.median(two[20:40, 38:52]), rel=0.02)

    @pytest.mark.parametrize(("slope", "laid"), [(0.6, False), (1.0, True)])
    def test_what_is_steeper_than_the_wave_front_is_laid_over(self, slope, laid):
        # the wave front at 38 degrees has a tangent of 0.78
        _, layover, _ = geometry(ridge(slope), EAST, 38.0)
        assert layover[20:40, 10:20].all() == laid
        assert not layover[20:40, 40:50].any()

    @pytest.mark.parametrize(("slope", "dark"), [(1.0, False), (1.6, True)])
    def test_what_is_turned_away_too_far_lies_in_shadow(self, slope, dark):
        # at 38 degrees from the vertical a back slope of more than 52 degrees (1.28) sees no radar
        _, _, shadow = geometry(ridge(slope), EAST, 38.0)
        assert shadow[20:40, 38:48].all() == dark

    def test_the_two_orbits_look_from_either_side(self):
        east, west = np.sin(np.deg2rad(LOOKS_DEG))
        assert east > 0.9
        assert west < -0.9


class TestSpeckle:
    @pytest.mark.parametrize("looks", [1.0, 4.0, 16.0])
    def test_mean_is_the_power_and_spread_falls_with_the_root_of_the_looks(self, looks):
        seen = speckled(RNG(1), np.full((300, 300), 0.05, "float32"), looks)
        assert seen.mean() == pytest.approx(0.05, rel=0.02)
        assert seen.std() / seen.mean() == pytest.approx(1 / np.sqrt(looks), rel=0.03)
        assert seen.min() >= 0

    def test_it_multiplies(self):
        dark, bright = (speckled(RNG(1), np.full((64, 64), power, "float32"), 4.0) for power in (0.01, 0.1))
        np.testing.assert_allclose(bright, 10 * dark, rtol=1e-5)


class TestCoherence:
    @pytest.mark.parametrize("true", [0.3, 0.6, 0.9])
    def test_it_is_measured_about_the_truth(self, true):
        found = estimated(RNG(1), np.full((200, 200), true, "float32"), 25.0)
        assert found.mean() == pytest.approx(true, abs=0.06)
        assert found.std() == pytest.approx((1 - true**2) / np.sqrt(50), rel=0.25)

    def test_where_there_is_none_some_is_measured(self):
        few, many = (estimated(RNG(1), np.zeros((200, 200), "float32"), looks).mean() for looks in (10.0, 100.0))
        assert few > 2 * many > 0.05
        # Rayleigh: sqrt(pi / 2) * 1 / sqrt(20)
        assert few == pytest.approx(np.sqrt(np.pi / 2) / np.sqrt(20), rel=0.03)

    def test_it_stays_between_none_and_all(self):
        found = estimated(RNG(1), RNG(2).uniform(0, 1, (100, 100)).astype("float32"), 3.0)
        assert found.min() >= 0
        assert found.max() <= 1

    def test_frozen_and_wet_grounds_are_less_steady_than_rock(self):
        assert max(COHERENT[name] for name in ("ice", "firn", "wet_snow", "snow", "fresh_snow", "debris", "sea")) < 0.6
        assert COHERENT["rock"] > 0.7

    def test_every_ground_has_backscatter_and_coherence(self):
        assert set(BACKSCATTER_DB) == set(COHERENT)
        assert all(weaker > 0 for _, weaker in BACKSCATTER_DB.values())


@pytest.fixture(scope="module", params=[Season.SUMMER, Season.WINTER], ids=lambda season: season.value)
def echoes(request):
    """Radar of a valley that has been all laid out, with its cover and ground."""
    settings = SceneSettings(54, 96, "L8", season=request.param)
    land, _ = ground_of(make_place(settings))
    flow = flow_of(settings.rng(2), land)
    laid = cover(settings, land, flow)
    return radar(settings.rng(40), land, laid, flow, settings.season), laid, land, request.param


class TestScene:
    def test_two_orbits_of_everything(self, echoes):
        seen, _, _, _ = echoes
        for layer in (seen.co_pol, seen.cross_pol, seen.coherence):
            assert layer.shape == (2, 96, 96)
            assert layer.dtype == np.float32
            assert np.isfinite(layer).all()

    def test_backscatter_is_of_the_order_of_nature(self, echoes):
        seen, _, _, _ = echoes
        for layer, floor in zip((seen.co_pol, seen.cross_pol), NOISE_FLOOR):
            db = 10 * np.log10(np.maximum(layer, 1e-6))
            assert -28 < np.median(db) < -4
            assert layer.min() > 0.03 * floor
        assert seen.cross_pol.mean() < 0.6 * seen.co_pol.mean()

    def test_on_gentle_ground_coherence_is_lower_on_ice(self, echoes):
        seen, laid, land, _ = echoes
        gentle = np.hypot(*np.gradient(land.height_m, land.pixel_m)) < 0.6
        ice, beside = gentle & laid.glacier, gentle & ~laid.glacier
        assert min(ice.sum(), beside.sum()) > 100
        assert np.median(seen.coherence[0][ice]) < np.median(seen.coherence[0][beside]) - 0.05

    def test_coherence_is_lower_on_ice_than_beside_it_whatever_the_season(self, echoes):
        seen, laid, _, _ = echoes
        assert seen.coherence[:, laid.glacier].mean() < seen.coherence[:, ~laid.glacier].mean()

    def test_wet_snow_is_dark_and_dry_snow_is_not(self):
        power = {}
        for season in (Season.SUMMER, Season.WINTER):
            arrays = simulate(SceneSettings(5, 96, "L8", "ice_cap", season))
            power[season] = float(np.median(arrays.co_pol[:, arrays.label == 1]))
        assert power[Season.WINTER] > 1.2 * power[Season.SUMMER]
