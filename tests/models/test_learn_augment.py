"""Crops: what they hold, and that changes keep the physics."""

from __future__ import annotations

import numpy as np
import pytest
from learning import GENTLE, Augmentation, Square, squares

from glacier_mapper.core.branches import Branch
from glacier_mapper.runner.training.learn.augment import (
    SATURATED,
    USUAL_BRANCHES,
    USUAL_SETS,
    crop,
    relight,
    rewarm,
    take_away,
    turned,
)

NAN = float("nan")
STILL = Augmentation(turns=False, zoom=1.0)


def numbered(side=40, label=1):
    """A tile whose optical pixel (row, col) is row + col / 100 in each band."""
    rows, cols = np.mgrid[:side, :side]
    image = np.repeat((rows + cols / 100).astype(np.float32)[None], 6, 0)
    height = (10.0 * rows).astype(np.float32)
    slope = np.full((side, side), 45.0, np.float32)
    inputs = {Branch.OPTICAL: image, Branch.DEM: np.stack([height, slope])}
    return Square("numbered", inputs, np.full((side, side), label, np.uint8))


def rng(seed=0):
    return np.random.default_rng(seed)


def test_a_crop_is_a_piece_of_the_tile():
    inputs, label = crop(numbered(), 16, STILL, rng())
    image = inputs[Branch.OPTICAL]
    assert image.shape == (6, 16, 16)
    assert label.shape == (16, 16)
    np.testing.assert_allclose(np.diff(image[0], axis=0), 1, atol=1e-4)
    np.testing.assert_allclose(np.diff(image[0], axis=1), 0.01, atol=1e-4)


def test_a_crop_is_a_copy():
    tile = numbered()
    before = tile.inputs[Branch.OPTICAL].copy()
    inputs, label = crop(tile, 16, STILL, rng())
    inputs[Branch.OPTICAL][:] = 7
    label[:] = 9
    np.testing.assert_array_equal(tile.inputs[Branch.OPTICAL], before)
    assert (tile.label == 1).all()


def test_a_tile_smaller_than_the_crop_lies_in_unknown_ground():
    inputs, label = crop(numbered(12), 16, STILL, rng())
    inside = label != 255
    assert inside.sum() == 144
    np.testing.assert_array_equal(np.isnan(inputs[Branch.OPTICAL][0]), ~inside)


@pytest.mark.parametrize("seed", range(5))
def test_zoom_changes_the_scale_within_its_bounds(seed):
    inputs, _ = crop(numbered(200), 64, Augmentation(turns=False, zoom=2.0), rng(seed))
    image = inputs[Branch.OPTICAL][0]
    per_pixel = (image[-1, 0] - image[0, 0]) / 63
    assert 0.48 <= per_pixel <= 2.1


def test_all_eight_symmetries_are_there_and_different():
    image = np.arange(12.0).reshape(3, 4)[None]
    found = {turned(image, turn).tobytes() + str(turned(image, turn).shape).encode() for turn in range(8)}
    assert len(found) == 8


def test_image_and_label_turn_together():
    """Where the image's first band is high the label is 1, whatever the turn."""
    tile = squares(1)[0]
    for seed in range(12):
        inputs, label = crop(tile, 32, Augmentation(zoom=1.4), rng(seed))
        bright = inputs[Branch.OPTICAL][0] > 0.45
        assert ((label == 1) == bright)[label != 255].all()


def test_slope_stays_and_height_turns():
    """A plane that rises to the south by 10 m a pixel rises by 10 m a pixel in some direction in each crop."""
    for seed in range(8):
        inputs, _ = crop(numbered(), 16, Augmentation(zoom=1.0), rng(seed))
        height, slope = inputs[Branch.DEM]
        south, east = np.gradient(height)
        assert (slope == 45.0).all()
        np.testing.assert_allclose(np.hypot(south, east), 10.0)


def test_a_crop_without_labels_is_drawn_again():
    tile = numbered(200, label=255)
    tile.label[:100] = 1
    known = [(crop(tile, 16, STILL, rng(seed))[1] != 255).mean() for seed in range(40)]
    assert np.mean(np.array(known) > 0.1) > 0.95


def test_light_is_one_factor_for_all_bands_but_for_its_gain():
    inputs = {Branch.OPTICAL: np.full((6, 4, 4), 0.3, np.float32)}
    relight(inputs, Augmentation(light=0.3, gain=0.0, haze=0.0, noise=0.0), rng(3))
    values = inputs[Branch.OPTICAL]
    assert values.std() < 1e-6
    assert abs(values[0, 0, 0] - 0.3) > 0.01


def test_haze_is_strongest_in_the_blue():
    inputs = {Branch.OPTICAL: np.full((6, 4, 4), 0.3, np.float32)}
    relight(inputs, Augmentation(light=0.0, gain=0.0, haze=0.05, noise=0.0), rng(1))
    change = np.abs(inputs[Branch.OPTICAL][:, 0, 0] - 0.3)
    assert (np.diff(change) < 0).all()


def test_no_band_gets_brighter_than_sensors_store_and_gaps_stay():
    bands = np.full((6, 8, 8), 1.59, np.float32)
    bands[:, 0, 0] = NAN
    relight({Branch.OPTICAL: bands}, Augmentation(light=1.0), rng(2))
    assert np.nanmax(bands) <= SATURATED
    assert np.isnan(bands[:, 0, 0]).all()
    assert np.isfinite(bands).sum() == bands.size - 6


def test_terrain_is_not_relit():
    tile = numbered()
    inputs = {branch: bands.copy() for branch, bands in tile.inputs.items()}
    relight(inputs, Augmentation(light=1.0, haze=0.3, noise=0.3), rng())
    np.testing.assert_array_equal(inputs[Branch.DEM], tile.inputs[Branch.DEM])


def test_something_always_stays():
    for seed in range(60):
        inputs, _ = crop(numbered(), 16, STILL, rng(seed))
        take_away(inputs, Augmentation(drop_branch=0.95, drop_band=0.95, drop_hole=0.0), rng(seed))
        assert any(np.isfinite(bands).any() for bands in inputs.values())


def test_branches_go_as_often_as_said():
    gone = 0
    for seed in range(400):
        inputs, _ = crop(numbered(20), 16, STILL, rng(seed))
        take_away(inputs, Augmentation(drop_branch=0.3, drop_radar=0.0, drop_band=0.0, drop_hole=0.0), rng([seed, 1]))
        gone += sum(np.isnan(bands).all() for bands in inputs.values())
    # two branches at 0.3 each, less the cases where both went and one came back (0.09 x 1)
    assert gone / 400 == pytest.approx(0.6 - 0.09, abs=0.08)


def test_scenes_with_the_bands_of_a_usual_set():
    met = set()
    for seed in range(200):
        inputs, _ = crop(numbered(20), 16, STILL, rng(seed))
        usual = Augmentation(drop_branch=0.0, drop_radar=0.0, drop_band=0.0, drop_set=0.5, drop_hole=0.0)
        take_away(inputs, usual, rng([seed, 2]))
        met.add(tuple(np.flatnonzero(np.isfinite(inputs[Branch.OPTICAL]).any((1, 2))).tolist()))
    assert met == {*USUAL_SETS, (0, 1, 2, 3, 4, 5)}


def test_scenes_with_the_branches_of_a_usual_set():
    usual = Augmentation(usual_branches=1.0, drop_branch=0.9, drop_band=0.0, drop_set=0.0, drop_hole=0.0)
    met = []
    for seed in range(300):
        inputs = {branch: np.zeros((2, 4, 4), np.float32) for branch in Branch}
        take_away(inputs, usual, rng([seed, 4]))
        met.append(tuple(branch for branch, bands in inputs.items() if np.isfinite(bands).any()))
    assert {frozenset(one) for one in met} == {frozenset(one) for one in USUAL_BRANCHES}
    assert min(met.count(one) for one in set(met)) > 0.12 * len(met)


def test_a_scene_that_has_none_of_a_usual_set_keeps_its_branches():
    usual = Augmentation(usual_branches=1.0, drop_hole=0.0)
    for seed in range(40):
        inputs = {Branch.IN_SAR: np.zeros((2, 4, 4), np.float32)}
        take_away(inputs, usual, rng([seed, 5]))
        assert np.isfinite(inputs[Branch.IN_SAR]).all()


def test_the_only_band_of_a_scene_stays():
    for seed in range(60):
        inputs, _ = crop(numbered(20), 16, STILL, rng(seed))
        inputs[Branch.OPTICAL][[0, 1, 2, 4, 5]] = np.nan
        take_away(inputs, Augmentation(drop_branch=0.0, drop_band=0.3, drop_set=0.5, drop_hole=0.0), rng([seed, 3]))
        assert np.isfinite(inputs[Branch.OPTICAL][3]).any()


def test_a_hole_is_a_box_in_one_branch():
    inputs, _ = crop(numbered(), 32, STILL, rng())
    take_away(inputs, Augmentation(drop_branch=0.0, drop_radar=0.0, drop_band=0.0, drop_hole=1.0), rng(4))
    holes = [np.isnan(bands).any(0) for bands in inputs.values()]
    assert sum(hole.any() for hole in holes) == 1
    hole = next(hole for hole in holes if hole.any())
    assert hole.any(1).sum() * hole.any(0).sum() == hole.sum()


def test_the_same_generator_gives_the_same_crop():
    tile = squares(1)[0]

    def made():
        random = rng(9)
        inputs, label = crop(tile, 32, Augmentation(), random)
        relight(inputs, Augmentation(), random)
        take_away(inputs, Augmentation(), random)
        return [*inputs.values(), label]

    for one, two in zip(made(), made(), strict=True):
        np.testing.assert_array_equal(one, two)


def test_gentle_changes_are_gentle():
    tile = squares(1)[0]
    inputs, _ = crop(tile, 48, Augmentation(turns=False, zoom=1.0), rng())
    relight(inputs, GENTLE, rng())
    assert np.abs(inputs[Branch.OPTICAL] - tile.inputs[Branch.OPTICAL]).mean() < 0.05


class TestRewarm:
    def thermal(self):
        bands = (270 + np.arange(400, dtype=np.float32).reshape(1, 20, 20) / 20).astype(np.float32)
        bands[0, 3, 4] = np.nan
        return bands

    def test_all_pixels_are_warmer_by_the_same(self):
        before, inputs = self.thermal(), {Branch.THERMAL: self.thermal()}
        rewarm(inputs, Augmentation(warmth=4.0), rng(1))
        added = inputs[Branch.THERMAL] - before
        assert np.isnan(added[0, 3, 4])
        assert np.nanstd(added) < 1e-4
        assert 0.5 < abs(np.nanmean(added)) < 12

    def test_what_is_warmer_than_the_mean_stays_so(self):
        before, inputs = self.thermal(), {Branch.THERMAL: self.thermal()}
        rewarm(inputs, Augmentation(contrast=0.5), rng(1))
        after = inputs[Branch.THERMAL]
        assert np.nanmean(after) == pytest.approx(np.nanmean(before), abs=1e-3)
        factor = (after - np.nanmean(before)) / (before - np.nanmean(before))
        assert np.nanstd(factor) < 1e-2
        assert abs(np.nanmean(factor) - 1) > 0.05

    def test_by_default_it_stays(self):
        inputs = {Branch.THERMAL: self.thermal(), Branch.OPTICAL: np.ones((6, 2, 2), np.float32)}
        rewarm(inputs, Augmentation(), rng())
        assert np.array_equal(inputs[Branch.THERMAL], self.thermal(), equal_nan=True)

    def test_without_the_band_or_any_data_nothing_breaks(self):
        rewarm({}, Augmentation(warmth=1.0), rng())
        empty = {Branch.THERMAL: np.full((1, 4, 4), np.nan, np.float32)}
        rewarm(empty, Augmentation(warmth=1.0, contrast=1.0), rng())
        assert np.isnan(empty[Branch.THERMAL]).all()
