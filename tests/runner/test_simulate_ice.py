"""Simulated glaciers obey their physics: balance, flow, calving, debris, and less ice in a warmer climate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from glacier_mapper.runner.training.simulate import Kind, SceneSettings, simulate_dates
from glacier_mapper.runner.training.simulate.flow import flow_of
from glacier_mapper.runner.training.simulate.ice import Climate, glaciers, settled, snow_held
from glacier_mapper.runner.training.simulate.place import Ground, Window, ground_of, make_place
from glacier_mapper.runner.training.simulate.settings import WITHOUT_ICE
from glacier_mapper.runner.training.simulate.surface import debris_cover, glacier_mask

ICY = (Kind.VALLEY, Kind.CIRQUE, Kind.ICE_CAP, Kind.CALVING)


def climate(line, shape, **other):
    return Climate(np.full(shape, line, "float32"), **other)


def cone(cells=48, fall=12.0):
    y, x = np.mgrid[:cells, :cells] - (cells - 1) / 2
    return (1500 - fall * np.hypot(x, y)).astype("float32")


def trough(cells=64, fall=10.0, side=9.0):
    """A valley that falls to the south along the middle column."""
    y, x = np.mgrid[:cells, :cells]
    return ((cells - y) * fall + side * np.abs(x - cells / 2)).astype("float32")


class TestIce:
    def test_a_cone_carries_an_ice_cap_that_is_as_round_as_the_cone(self):
        bed = cone()
        ice = glaciers(bed, 100.0, climate(1330.0, bed.shape))
        assert ice.max() > 4
        np.testing.assert_allclose(ice, ice.T, atol=0.5)
        np.testing.assert_allclose(ice, ice[::-1, ::-1], atol=0.5)
        assert ice[23, 23] > 3
        assert ice[0, 0] == ice[-1, -1] == 0

    def test_a_lower_line_never_means_less_ice(self):
        bed = cone()
        found = [glaciers(bed, 100.0, climate(line, bed.shape)) for line in (1450, 1400, 1350)]
        volume = [float(ice.sum()) for ice in found]
        assert volume == sorted(volume)
        assert volume[0] < 0.5 * volume[-1]

    def test_ice_gathers_above_the_line_and_ends_below_it(self):
        bed = trough()
        ice = glaciers(bed, 50.0, climate(400.0, bed.shape))
        middle = ice[:, 32]
        assert (bed[middle > 5, 32] > 400).any()
        assert bed[middle > 5, 32].min() < 400 - 20
        assert middle[-1] == 0

    def test_no_ice_where_all_lies_below_the_line(self):
        bed = np.zeros((32, 32), "float32")
        assert glaciers(bed, 50.0, climate(500.0, bed.shape)).max() == 0

    def test_what_falls_melts(self):
        """In balance, gain above the line is loss below it: the equation is solved, not only stepped."""
        bed = cone(64, 9.0)
        where = climate(1380.0, bed.shape, melt=0.006, gain=0.006)
        ice = settled(glaciers(bed, 100.0, where), bed, where, (100.0, 1500))
        above = bed + np.minimum(ice, 80.0) - 1380.0
        held = snow_held(bed, 100.0)
        balance = np.where(above > 0, np.minimum(above * 0.006, 2.5) * held, np.maximum(above * 0.006, -6.0))
        gained, lost = balance[(ice > 0) & (above > 0)].sum(), -balance[(ice > 0.5) & (above <= 0)].sum()
        # What flows over the edge melts there within the year: no more than could melt in a ring of one cell.
        ring = ndimage.binary_dilation(ice > 0.5) & (ice <= 0.5)
        assert 0.85 * gained < lost < gained < lost - balance[ring].sum()

    def test_flow_neither_makes_nor_loses_ice(self):
        bed = np.zeros((40, 40), "float32")
        start = np.zeros_like(bed)
        start[15:25, 15:25] = 120.0
        # Nothing falls and nothing melts; all cells have the diffusivity of a dome and so nearly the same step.
        still = climate(0.0, bed.shape, melt=0.0, gain=0.0)
        after = settled(start, bed, still, (200.0, 30))
        assert after.max() < start.max()
        assert (after > 0).sum() > (start > 0).sum()
        assert after.sum() == pytest.approx(start.sum(), rel=0.25)

    def test_thicker_ice_where_the_valley_is_flatter(self):
        flat, steep = (glaciers(trough(64, fall), 50.0, climate(64 * fall * 0.6, (64, 64))) for fall in (5.0, 20.0))
        assert np.median(flat[flat > 10]) > np.median(steep[steep > 10])

    def test_a_limit_of_melt_makes_tongues_longer(self):
        bed = trough(64, 14.0)
        ends = [bed[glaciers(bed, 60.0, climate(780.0, bed.shape, most_melt_m=most)) > 5].min() for most in (8.0, 0.8)]
        assert ends[1] < ends[0]

    def test_snow_leaves_walls_and_ridges_and_is_not_lost(self):
        bed = trough(64, 4.0, 0.0)
        bed += 260.0 * np.clip(np.abs(np.mgrid[:64, :64][1] - 32) - 12, 0, 6).astype("float32") / 6 * 1.5
        held = snow_held(bed, 50.0)
        wall = np.hypot(*np.gradient(bed, 50.0)) > 0.85
        assert wall.any()
        assert held[wall].max() < 0.1
        assert held[10:-10, 28:36].mean() > 1.0
        assert held[8:-8, 8:-8].mean() == pytest.approx(1.0, abs=0.35)

    def test_where_snow_clings_to_steeper_walls_ice_does_too(self):
        bed = cone(64, 55.0)  # falls by 55 m in 60 m: 43 degrees
        dry, wet = (
            (glaciers(bed, 60.0, climate(300.0, bed.shape, steepest=steepest)) > 3).mean() for steepest in (0.8, 1.35)
        )
        assert wet > dry + 0.1

    def test_ice_that_would_float_breaks_off(self):
        bed = trough(64, 8.0)
        dry = glaciers(bed, 60.0, climate(250.0, bed.shape, most_melt_m=1.0))
        wet = glaciers(bed, 60.0, climate(250.0, bed.shape, most_melt_m=1.0, water_m=200.0))
        deep = (200.0 - bed) * 1028 / 910 > dry
        assert (dry[deep] > 5).any()
        assert not wet[(200.0 - bed) * 1028 / 910 > wet].any()
        assert wet.sum() < dry.sum()


@pytest.fixture(scope="module", params=ICY, ids=lambda kind: kind.value)
def icy(request):
    """Place and ground of each kind that has ice."""
    settings = SceneSettings(8, 96, "L8", request.param)
    place = make_place(settings)
    return settings, place, ground_of(place)[0]


class TestPlace:
    def test_ice_is_some_of_it_and_not_all(self, icy):
        _, _, ground = icy
        assert 0.005 < glacier_mask(ground).mean() < 0.98

    def test_all_layers_are_finite_float32_of_one_shape(self, icy):
        _, _, ground = icy
        for name in ("height_m", "ice_m", "line_m", "lakes_m"):
            layer = getattr(ground, name)
            assert layer.dtype == np.float32
            assert layer.shape == (96, 96)
            assert np.isfinite(layer).all()

    def test_ice_lies_on_the_bed_and_no_water_on_it(self, icy):
        _, _, ground = icy
        assert ground.ice_m.min() >= 0
        assert ground.lakes_m.min() >= 0
        assert not (ground.lakes_m[ground.ice_m > 3] > 0.5).any()

    def test_glaciers_reach_above_the_line_and_below_it(self, icy):
        """In the whole field: a scene may show tongues alone."""
        _, place, _ = icy
        ice = place.ice_m > 12
        above = place.field_m + place.ice_m - place.climate.line_m
        assert 0.1 < (above[ice] > 0).mean() < 0.98

    def test_the_window_lies_inside_its_field(self, icy):
        _, place, _ = icy
        width = place.window.size_px / place.window.per_cell
        for start in (place.window.row, place.window.col):
            assert start >= 0
            assert start + width <= place.field_m.shape[0] + 1e-6

    def test_the_same_settings_give_the_same_ground(self, icy):
        settings, _, ground = icy
        again, _ = ground_of(make_place(settings))
        for name in ("height_m", "ice_m", "line_m", "lakes_m", "far_m"):
            np.testing.assert_array_equal(getattr(ground, name), getattr(again, name))

    def test_a_warmer_climate_takes_ice_and_gives_none(self, icy):
        _, place, before = icy
        after, _ = ground_of(place, 120.0, place.ice_m)
        lost = glacier_mask(before) & ~glacier_mask(after)
        won = glacier_mask(after) & ~glacier_mask(before)
        assert lost.sum() > 0
        assert won.sum() <= 0.002 * won.size
        assert (after.line_m - before.line_m) == pytest.approx(120.0, abs=0.01)


class TestKinds:
    @pytest.mark.parametrize("kind", WITHOUT_ICE, ids=lambda kind: kind.value)
    def test_some_kinds_have_no_ice_at_all(self, kind):
        place = make_place(SceneSettings(3, 64, "L8", kind))
        ground, ice = ground_of(place)
        assert ice.max() == 0
        assert ground.ice_m.max() == 0

    def test_plains_are_flatter_than_mountains(self):
        steep = {}
        for kind in (Kind.ICE_CAP, Kind.LOWLAND):
            place = make_place(SceneSettings(9, 64, "L8", kind))
            steep[kind] = np.degrees(np.arctan(np.median(np.hypot(*np.gradient(place.field_m, place.cell_m)))))
        assert steep[Kind.LOWLAND] < 5 < steep[Kind.ICE_CAP] < 14

    def test_glaciers_that_calve_stand_in_water(self):
        for seed in range(12):
            ground, _ = ground_of(make_place(SceneSettings(seed, 96, "L8", Kind.CALVING)))
            near_water = ndimage.binary_dilation(ground.lakes_m > 1.0, iterations=2)
            if (near_water & glacier_mask(ground)).sum() > 5:
                return
        pytest.fail("no front in water in twelve scenes")

    def test_the_sea_is_flat(self):
        for seed in range(6):
            ground, _ = ground_of(make_place(SceneSettings(seed, 64, "L8", Kind.COAST)))
            if (ground.lakes_m > 5).sum() > 100:
                assert ground.height_m[ground.lakes_m > 5].std() < 0.5
                assert ground.salt
                return
        pytest.fail("no sea in six coasts")


@pytest.fixture(scope="module")
def confluence():
    """Two straight glaciers that meet in the middle and flow south together, beneath a spur 400 m high."""
    n, pixel_m = 96, 20.0
    y, x = np.mgrid[:n, :n].astype("float32")
    middle = (n - 1) / 2
    spur = (np.abs(x - middle) < 6) & (y < 40)
    wall = np.abs(x - middle) > 34
    height = (n - y) * 3.0 + 0.002 * (x - middle) ** 2 + 400.0 * (spur | wall)
    ice = np.where(spur | wall, 0.0, 120.0)
    line = np.full((n, n), 140.0)
    layers = (layer.astype("float32") for layer in (height, ice, line, np.zeros((n, n))))
    far = np.full((8, 8), -1000.0)
    return Ground(*layers, pixel_m, far, 1000.0, Window(2.0, 2.0, n, 50.0))


class TestFlow:
    def test_a_moraine_runs_down_from_where_two_glaciers_meet(self, confluence):
        load = flow_of(np.random.default_rng(1), confluence).load
        below = load[60]
        assert below[46:50].mean() > 1.5 * below[28:36].mean()
        assert below[46:50].mean() > 1.5 * below[60:68].mean()

    def test_the_margins_carry_rock_too(self, confluence):
        below = flow_of(np.random.default_rng(1), confluence).load[60]
        assert below[14:17].mean() > 2 * below[28:36].mean()

    def test_stripes_run_with_the_ice(self, confluence):
        stripes = flow_of(np.random.default_rng(1), confluence).stripes[60:90, 20:76]
        along = np.mean(stripes[1:] * stripes[:-1]) / stripes.var()
        across = np.mean(stripes[:, 3:] * stripes[:, :-3]) / stripes.var()
        assert along > 0.6
        assert across < along - 0.3

    def test_nothing_off_the_ice_moves(self, confluence):
        flow = flow_of(np.random.default_rng(1), confluence)
        assert not flow.speed[confluence.ice_m <= 0].any()
        assert flow.speed[70, 30] > 1.0

    def test_steeper_ice_is_faster(self, confluence):
        steeper = replace(confluence, height_m=confluence.height_m * 1.5)
        slow, fast = (flow_of(np.random.default_rng(1), ground).speed[70, 30] for ground in (confluence, steeper))
        assert fast > 1.5 * slow

    def test_debris_lies_on_ice_below_the_line_alone(self, confluence):
        glacier, some = glacier_mask(confluence), False
        for seed in range(6):
            rng = np.random.default_rng(seed)
            debris = debris_cover(rng, confluence, flow_of(rng, confluence), glacier)
            assert not debris[~glacier].any()
            assert not debris[confluence.height_m >= confluence.line_m].any()
            assert debris.max() <= 1
            some = some or debris.max() > 0.5
        assert some

    def test_the_moraine_is_the_first_to_be_covered(self, confluence):
        glacier = glacier_mask(confluence)
        covered = np.zeros((96, 96))
        for seed in range(8):
            rng = np.random.default_rng(seed)
            covered += debris_cover(rng, confluence, flow_of(rng, confluence), glacier) > 0.5
        lower = covered[60:95]
        assert lower[:, 46:50].mean() >= lower[:, 26:38].mean()
        assert lower[:, 46:50].mean() > 0


@pytest.fixture(scope="module", params=[21])
def dates(request):
    return simulate_dates(SceneSettings(request.param, 96, "L8"), 3)


class TestRetreat:
    def test_each_date_has_less_ice(self, dates):
        areas = [date.glacier_km2 for date in dates]
        assert areas == sorted(areas, reverse=True)
        assert areas[0] > areas[-1] > 0

    def test_ice_comes_nowhere(self, dates):
        for before, after in zip(dates, dates[1:]):
            won = (after.label == 1) & (before.label == 0)
            assert won.mean() < 0.002

    def test_the_ground_sinks_where_ice_went_and_stays_elsewhere(self, dates):
        change = dates[-1].elevation - dates[0].elevation
        gone = (dates[0].label == 1) & (dates[-1].label == 0)
        never = ~ndimage.binary_dilation(dates[0].label == 1, iterations=4)
        assert change[gone].mean() < -3
        assert np.abs(change[never]).mean() < 1.0

    def test_the_first_date_is_the_scene_itself(self):
        one = simulate_dates(SceneSettings(5, 64, "L8"), 1)[0]
        first = simulate_dates(SceneSettings(5, 64, "L8"), 2)[0]
        np.testing.assert_array_equal(one.optical, first.optical)
        np.testing.assert_array_equal(one.label, first.label)
