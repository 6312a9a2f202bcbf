"""The parts of the simulator that know no glacier scene: noise, relief, light, and a raster of the user's."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.transform import from_origin

from glacier_mapper.core.errors import InvalidParameterError
from glacier_mapper.runner.training.simulate.light import (
    Sun,
    cast_shadow,
    facing,
    illumination,
    shadow_edge,
    sky_view,
)
from glacier_mapper.runner.training.simulate.noise import fractal, resized, sampled, shifted, smoothstep
from glacier_mapper.runner.training.simulate.relief import drained_area, glaciated, gullies, mountains
from glacier_mapper.runner.training.simulate.terrain import real_relief


def slopes(height, cell_m):
    return np.degrees(np.arctan(np.hypot(*np.gradient(height, cell_m))))


class TestNoise:
    @settings(max_examples=25, deadline=None)
    @given(st.integers(-9, 9), st.integers(-9, 9))
    def test_a_shift_takes_each_element_from_where_it_says(self, rows, cols):
        field = np.arange(35.0).reshape(5, 7)
        moved = shifted(field, rows, cols)
        for row, col in ((0, 0), (2, 3), (4, 6)):
            assert moved[row, col] == field[min(max(row + rows, 0), 4), min(max(col + cols, 0), 6)]

    def test_shift_repeats_the_edge(self):
        assert shifted(np.array([[1, 2], [3, 4]]), 1, 0).tolist() == [[3, 4], [3, 4]]

    @settings(max_examples=40, deadline=None)
    @given(st.floats(-5, 5), st.floats(-5, 5), st.lists(st.floats(-10, 10), min_size=2, max_size=8))
    def test_the_s_is_monotone_and_ends_flat(self, low, high, values):
        if abs(high - low) < 1e-3:
            high = low + 1.0
        found = smoothstep(np.sort(values), low, high)
        assert ((found >= 0) & (found <= 1)).all()
        assert (np.diff(found) * np.sign(high - low) >= -1e-12).all()
        assert smoothstep(np.array([low, (low + high) / 2, high]), low, high) == pytest.approx([0, 0.5, 1])

    def test_smoothstep_may_fall(self):
        assert smoothstep(np.array([0.0, 0.5, 1.0]), 1.0, 0.0).tolist() == [1.0, 0.5, 0.0]

    @pytest.mark.parametrize("size", [8, 16, 31])
    def test_resizing_keeps_the_mean_of_a_smooth_field(self, size):
        field = fractal(np.random.default_rng(2), 64, 4.0)
        assert resized(field, size).mean() == pytest.approx(field.mean(), abs=0.15)
        assert resized(field, 64) == pytest.approx(field, abs=1e-4)

    def test_resize_keeps_a_plane(self):
        plane = np.add.outer(np.arange(16.0), 2 * np.arange(16.0))
        twice = resized(plane, 32, 1)
        assert twice[4:28, 4:28] == pytest.approx(np.add.outer(np.arange(32), 2 * np.arange(32))[4:28, 4:28] / 2 - 0.75)

    def test_samples_lie_between_the_pixels_that_they_stand_between(self):
        field = np.array([[0.0, 10.0], [20.0, 30.0]])
        assert sampled(field, np.array([0.5, 0.0]), np.array([0.5, 0.25])).tolist() == [15.0, 2.5]
        assert sampled(field, np.array([-3.0]), np.array([9.0])).tolist() == [10.0]

    def test_fractal_is_centred_and_of_unit_spread(self):
        field = fractal(np.random.default_rng(0), 64)
        assert field.mean() == pytest.approx(0, abs=1e-5)
        assert field.std() == pytest.approx(1, abs=1e-5)

    def test_a_larger_beta_is_smoother(self):
        rough, smooth = (fractal(np.random.default_rng(0), 128, beta) for beta in (1.0, 4.0))
        assert np.abs(np.diff(smooth)).mean() < 0.3 * np.abs(np.diff(rough)).mean()


class TestRelief:
    def test_mountains_start_at_nothing_and_drain(self):
        height = mountains(np.random.default_rng(2), 64, 60.0)
        assert height.min() == 0
        lower = np.min([shifted(height, r, c) for r in (-1, 0, 1) for c in (-1, 0, 1)], axis=0)
        assert (lower[1:-1, 1:-1] == height[1:-1, 1:-1]).mean() < 0.02

    def test_even_uplift_leaves_fewer_plains(self):
        flat = []
        for uneven in (0.1, 0.6):
            height = mountains(np.random.default_rng(4), 72, 70.0, uneven)
            flat.append((slopes(height * 1500 / np.ptp(height), 70.0) < 8).mean())
        assert flat[0] < 0.7 * flat[1]

    def test_water_gathers_in_the_middle_of_a_trough(self):
        row, col = np.mgrid[:20, :21]
        trough = 5.0 * np.abs(col - 10) + 2.0 * (20 - row)
        area = drained_area(trough.astype("float64"), 10.0)
        # Near the lower end all rows above have come down the middle: about 19 rows of 19 inner columns.
        assert area[18].argmax() == 10
        assert 200 * 100 < area[18, 10] < 400 * 100

    def test_area_is_counted_once(self):
        # A plane that falls to the south: each column is a path of its own.
        plane = -np.mgrid[:8, :5][0] * 10.0
        area = drained_area(plane.astype("float64"), 2.0)
        assert area[1:7, 2].tolist() == [4.0, 8.0, 12.0, 16.0, 20.0, 24.0]

    def test_ice_ages_gather_ground_at_the_line_and_steepen_what_stands_above(self):
        height = np.tile(np.linspace(0, 2000, 101), (101, 1))
        remade = glaciated(height, 1000.0, (2.0, 0.6))
        fall = np.diff(remade[50])
        assert fall[50] < 0.6 * fall[10]
        assert fall[75] > 1.15 * fall[10]
        assert (fall > 0).all()

    def test_troughs_are_wider_than_ravines(self):
        y, x = np.mgrid[:61, :61] - 30.0
        ravine = 20.0 * np.abs(x) + 0.5 * y
        floor = (slopes(glaciated(ravine, -1e6, (4.0, 0.0)), 10.0)[30] < 40).sum()
        assert floor >= 5 > (slopes(ravine, 10.0)[30] < 40).sum()

    def test_gullies_are_small_and_have_no_slope_of_their_own(self):
        y, _ = np.mgrid[:96, :96]
        slope = y * 12.0
        detail = gullies(np.random.default_rng(3), slope, 20.0)
        assert np.abs(detail).max() <= 60
        assert 1.0 < detail.std() < 30
        middle = detail[20:-20, 20:-20]
        assert abs(np.polyfit(np.arange(56), middle.mean(axis=1), 1)[0]) < 0.6


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

    @settings(max_examples=20, deadline=None)
    @given(st.floats(0, 360), st.floats(10, 80), st.integers(0, 50))
    def test_no_ground_gets_more_than_the_sun_sends(self, azimuth, elevation, seed):
        height = 80.0 * fractal(np.random.default_rng(seed), 24, 3.0)
        assert np.abs(facing(height, 10.0, Sun(azimuth, elevation))).max() <= 1.0 + 1e-6

    def test_light_on_rough_ground_is_light_on_the_plain_below_it(self):
        # What a periodic relief without shadow intercepts per flat area is the plain's, whatever its slopes.
        height = 4.0 * fractal(np.random.default_rng(1), 128, 4.0).astype("float64")
        south, east = np.gradient(height, 10.0)
        sun = Sun(140.0, 60.0)
        per_flat_area = facing(height, 10.0, sun) * np.sqrt(1 + south**2 + east**2)
        assert per_flat_area.mean() == pytest.approx(sun.sine, rel=0.01)

    def test_a_lower_sun_throws_a_longer_shadow(self):
        tower = np.zeros((64, 64))
        tower[30:34, 30:34] = 100.0
        sizes = [int(cast_shadow(tower, 10.0, Sun(180.0, elevation)).sum()) for elevation in (70, 50, 30, 20)]
        assert sizes == sorted(sizes)
        assert sizes[-1] > 2 * sizes[0]

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

    def test_the_edge_of_a_shadow_falls_as_the_sun_rises_over_the_wall(self):
        height = np.zeros((40, 3))
        height[30] = 50.0
        edge = shadow_edge(height, 10.0, Sun(180.0, 45.0))
        # ten pixels of 10 m north of it a 45 degree ray has fallen 100 m: by then 50 m below the ground
        assert edge[28, 1] == pytest.approx(30.0)
        assert edge[20, 1] <= 0.0

    def test_what_is_too_near_throws_no_shadow(self):
        height = np.zeros((40, 3))
        height[30] = 50.0
        assert cast_shadow(height, 10.0, Sun(180.0, 45.0))[29, 1]
        assert shadow_edge(height, 10.0, Sun(180.0, 45.0), nearest_px=2.0)[29, 1] <= 0.0

    def test_a_valley_sees_less_of_the_sky_than_a_ridge(self):
        y, _ = np.mgrid[:60, :60]
        height = 300.0 * np.cos(y / 60 * 2 * np.pi)
        view = sky_view(height, 20.0)
        assert view[30, 30] < 0.95 * view[0, 30]
        assert view.max() <= 1.0
        np.testing.assert_allclose(sky_view(np.zeros((10, 10)), 20.0), 1.0)

    def test_a_wall_sees_half_the_sky_at_most_with_its_slope(self):
        steep = np.arange(30.0)[:, None] * np.ones((1, 30)) * 1000.0
        assert sky_view(steep, 10.0)[15, 15] == pytest.approx(0.505, abs=0.02)


class TestTerrain:
    @pytest.fixture
    def raster(self, tmp_path):
        """10 x 10 km of a plane that rises by 100 m a kilometre to the east, with a gap."""
        path = tmp_path / "plane.tif"
        plane = np.tile(np.arange(200, dtype="float32") * 5.0 + 1000, (200, 1))
        plane[50:53, 50:53] = -9999
        with rasterio.open(
            path, "w", driver="GTiff", width=200, height=200, count=1, dtype="float32", crs="EPSG:32632",
            transform=from_origin(600_000, 5_200_000, 50, 50), nodata=-9999,
        ) as target:
            target.write(plane, 1)
        return str(path)

    def test_a_square_of_it_has_the_slope_of_the_whole(self, raster):
        found = real_relief(np.random.default_rng(1), raster, 60, 80.0)
        assert found.shape == (60, 60)
        inner = slopes(found.astype("float64"), 80.0)[2:-2, 2:-2]
        assert np.median(inner) == pytest.approx(np.degrees(np.arctan(0.1)), abs=0.1)
        assert 1000 <= found.min() < found.max() <= 2000

    def test_gaps_are_filled_from_beside_them(self, raster):
        found = real_relief(np.random.default_rng(1), raster, 100, 99.0)
        assert found.min() >= 990

    def test_other_chances_give_another_square(self, raster):
        one, two = (real_relief(np.random.default_rng(seed), raster, 30, 60.0) for seed in (1, 2))
        assert not np.array_equal(one, two)

    def test_degrees_become_metres(self, tmp_path):
        path = tmp_path / "degrees.tif"
        with rasterio.open(
            path, "w", driver="GTiff", width=150, height=150, count=1, dtype="int16", crs="EPSG:4326",
            transform=from_origin(10.7, 46.9, 0.001, 0.001),
        ) as target:
            target.write(np.full((150, 150), 2500, "int16"), 1)
        assert (real_relief(np.random.default_rng(0), str(path), 40, 60.0) == 2500).mean() > 0.95

    def test_too_small_a_raster_is_named(self, raster):
        with pytest.raises(InvalidParameterError, match="at least 16.0 km"):
            real_relief(np.random.default_rng(1), raster, 200, 80.0)

    def test_no_raster_is_named(self, tmp_path):
        with pytest.raises(InvalidParameterError, match="terrain"):
            real_relief(np.random.default_rng(1), str(tmp_path / "none.tif"), 20, 80.0)
