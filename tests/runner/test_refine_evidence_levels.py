"""What strokes teach about the ground, the net between the pixels, and a window at several pixel sizes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from refine_grounds import PIXEL_M

from glacier_mapper.core.roles import Role
from glacier_mapper.runner.refine import evidence
from glacier_mapper.runner.refine.evidence import Scene, evidence_at, own_opinion
from glacier_mapper.runner.refine.features import compute_features
from glacier_mapper.runner.refine.lattice import FOOT, LEAST, Lattice, lattice_of
from glacier_mapper.runner.refine.levels import SQUARES, block_any, block_means, levels_of, spread_out

SHAPE = (30, 40)
ROWS, COLS = np.mgrid[: SHAPE[0], : SHAPE[1]].astype("float32")
RIGHT = COLS >= 20


def noise(seed=0, spread=0.01, shape=SHAPE):
    return (spread * np.random.default_rng(seed).standard_normal(shape)).astype("float32")


def level_of(bands, probability=None, ndsi=None):
    return levels_of(compute_features(bands, probability, PIXEL_M), ndsi).finest


def mark(*pixels):
    mask = np.zeros(SHAPE, bool)
    for pixel in pixels:
        mask[pixel] = True
    return mask


def scene_of(level, inside, outside, **more):
    """A scene before which there was no outline."""
    empty = np.zeros(SHAPE, bool)
    return replace(Scene(level, inside, outside, inside, empty, 12.0, PIXEL_M, False), **more)


def opinion(scene):
    """Evidence (rows, cols)."""
    coefficients, odds = own_opinion(scene)
    flat = evidence_at(scene.level.values.reshape(len(scene.level.values), -1), coefficients, odds.ravel())
    return flat.reshape(SHAPE)


class TestLearning:
    @pytest.mark.parametrize("brighter", [0.2, -0.2])
    def test_it_learns_which_side_a_feature_speaks_for(self, brighter):
        """The stroke inside lies on the right; whether that is the brighter side makes no difference."""
        level = level_of({Role.RED: 0.4 + brighter * RIGHT + noise()})
        found = opinion(scene_of(level, mark((slice(5, 25), slice(28, 31))), mark((slice(5, 25), slice(8, 11)))))
        assert found[RIGHT].mean() > 0.8
        assert found[~RIGHT].mean() < 0.35
        assert (found[RIGHT] > 0.5).mean() > 0.95

    def test_a_feature_that_tells_nothing_is_left_out_of_account(self):
        """Beside a band that parts the sides, one of mere noise: the coefficients of the first are the larger ones."""
        level = level_of({Role.RED: 0.4 + 0.2 * RIGHT + noise(), Role.CO_POL: 0.1 + noise(1, 0.02)})
        scene = scene_of(level, mark((slice(5, 25), slice(28, 31))), mark((slice(5, 25), slice(8, 11))))
        coefficients, _ = own_opinion(scene)
        red, _, radar = np.split(coefficients[1:], 2)[0]
        assert abs(red) > 3 * abs(radar)

    def test_a_shade_between_two_others_is_learnt_by_its_square(self):
        """Inside is neither dark nor bright: no linear rule parts it."""
        shade = np.select([COLS < 10, COLS < 20, COLS < 30], [0.1, 0.3, 0.5], 0.3).astype("float32")
        level = level_of({Role.RED: shade + noise(2)})
        middle = shade == np.float32(0.3)
        outside = mark((slice(5, 25), slice(2, 8)), (slice(5, 25), slice(22, 28)))
        found = opinion(scene_of(level, mark((slice(5, 25), slice(12, 18))), outside))
        assert found[middle].mean() > found[~middle].mean() + 0.3

    def test_pixels_under_the_strokes_outweigh_an_outline_that_says_the_opposite(self):
        level = level_of({Role.RED: 0.4 + 0.2 * RIGHT + noise()})
        marks = mark((slice(5, 25), slice(28, 31))), mark((slice(5, 25), slice(8, 11)))
        scene = scene_of(level, *marks, outline=~RIGHT, settled=True, reach=60.0)
        assert opinion(scene)[RIGHT].mean() > opinion(scene)[~RIGHT].mean()

    def test_without_a_difference_there_is_hardly_an_opinion(self):
        level = level_of({Role.RED: np.full(SHAPE, 0.3, "float32")})
        found = opinion(scene_of(level, mark((15, 30)), mark((15, 10))))
        assert np.ptp(found) < 1e-6

    def test_many_examples_are_thinned_evenly(self, monkeypatch):
        """The sample stays the same when all pixels fit in; with few it still reaches from first to last."""
        monkeypatch.setattr(evidence, "MOST_SAMPLES", 7)
        picked = evidence._spread_sample(np.ones(SHAPE, bool))
        assert len(picked) == 7
        assert (picked[0], picked[-1]) == (0, ROWS.size - 1)
        assert np.ptp(np.diff(picked)) <= 1
        assert np.array_equal(evidence._spread_sample(mark((2, 3), (4, 5))), [2 * 40 + 3, 4 * 40 + 5])


class TestEvidence:
    def test_by_hand(self):
        """A constant of 0.1, 0.5 for the feature, 0.2 for its square less one; and log odds of 0.3."""
        found = evidence_at(np.array([[2.0, 0.0]], "float32"), np.array([0.1, 0.5, 0.2]), np.float32([0.3, 0.0]))
        logits = np.array([0.1 + 0.5 * 2 + 0.2 * (4 - 1) + 0.3, 0.1 - 0.2])
        assert found == pytest.approx(1 / (1 + np.exp(-logits)), abs=1e-6)

    def test_features_alone_are_never_quite_sure_but_the_other_odds_come_on_top(self):
        values = np.array([[50.0, -50.0]], "float32")
        found = evidence_at(values, np.array([0.0, 1.0, 0.0]), np.zeros(2, "float32"))
        assert found == pytest.approx([1 / (1 + np.exp(-4.0)), 1 / (1 + np.exp(4.0))])
        more = evidence_at(values, np.array([0.0, 1.0, 0.0]), np.full(2, 2.0, "float32"))
        assert more[0] == pytest.approx(1 / (1 + np.exp(-6.0)))


class TestOdds:
    BANDS = {Role.RED: 0.3 + noise(3)}

    def odds(self, bands=None, **more):
        level = level_of(bands or self.BANDS, more.pop("probability", None), more.pop("ndsi", None))
        return own_opinion(scene_of(level, mark((15, 5)), mark(), **more))[1]

    def test_a_first_stroke_gets_a_little_for_all_ground(self):
        assert (self.odds() == np.float32(evidence.FIRST_ODDS)).all()

    def test_far_from_the_stroke_the_outline_holds_and_beside_it_does_not(self):
        """Nothing within a reach of 6, all of it from 12 on, half in between."""
        odds = self.odds(outline=ROWS < 15, settled=True, reach=6.0)
        assert odds[15, :12] == pytest.approx(np.zeros(12))
        assert odds[14, 5] == odds[16, 5] == 0
        assert odds[15, 14] == pytest.approx(-0.5 * evidence.OUTLINE_ODDS)
        assert odds[2, 25:] == pytest.approx(np.full(15, evidence.OUTLINE_ODDS))
        assert odds[20, 25:] == pytest.approx(np.full(15, -evidence.OUTLINE_ODDS))

    def test_the_models_opinion_counts_a_little_and_never_more_than_so_much(self):
        probability = np.clip(0.5 + noise(4, 0.05), 0.01, 0.99).astype("float32")
        probability[0, 0], probability[0, 1] = 0.99, 0.01
        odds = self.odds(probability=probability) - np.float32(evidence.FIRST_ODDS)
        most = evidence.MODEL_WEIGHT * evidence.MOST_MODEL
        assert (odds[0, 0], odds[0, 1]) == pytest.approx((most, -most), abs=1e-6)
        assert np.corrcoef(odds.ravel(), probability.ravel())[0, 1] > 0.8

    def terrain(self, per_metre):
        """Level to column 9, then rising to the right."""
        return (2000.0 + per_metre * PIXEL_M * np.maximum(COLS - 9, 0)).astype("float32")

    @pytest.mark.parametrize(("per_metre", "share"), [(0.1, 0.0), (0.45, 0.0), (1.2, 1.0), (-1.2, 0.0)])
    def test_a_wall_above_the_stroke_counts_against_it(self, per_metre, share):
        """Rise over distance, from the stroke in column 5 to column 14: 5 ninths of the slope."""
        odds = self.odds({**self.BANDS, Role.ELEVATION: self.terrain(per_metre)})
        assert odds[15, 14] == pytest.approx(evidence.FIRST_ODDS - share * evidence.WALL_ODDS, abs=1e-5)
        assert odds[:, :9] == pytest.approx(np.full((30, 9), evidence.FIRST_ODDS))

    def test_half_a_wall_counts_half(self):
        rise = (evidence.WALL_RISE + 0.5 * evidence.WALL_SPAN) * 9 / 5
        odds = self.odds({**self.BANDS, Role.ELEVATION: self.terrain(rise)})
        assert odds[15, 14] == pytest.approx(evidence.FIRST_ODDS - 0.5 * evidence.WALL_ODDS, abs=1e-3)

    def test_clean_ice_may_hang_on_a_wall(self):
        ndsi = np.where(ROWS < 15, 0.9, -0.3).astype("float32")
        odds = self.odds({**self.BANDS, Role.ELEVATION: self.terrain(3.0)}, ndsi=ndsi)
        assert odds[:15] == pytest.approx(np.full((15, 40), evidence.FIRST_ODDS))
        assert odds[15:, 20:].max() == pytest.approx(evidence.FIRST_ODDS - evidence.WALL_ODDS, abs=1e-5)

    def test_where_the_terrain_is_not_known_there_is_no_wall(self):
        terrain = self.terrain(3.0)
        terrain[:, 20:] = np.nan
        odds = self.odds({**self.BANDS, Role.ELEVATION: terrain})
        assert (odds[:, 20:] == np.float32(evidence.FIRST_ODDS)).all()
        assert odds[15, 19] < 0

    def test_an_outline_that_is_only_taken_from_knows_no_walls(self):
        """Without a stroke inside there is nothing above which a wall could rise."""
        level = level_of({**self.BANDS, Role.ELEVATION: self.terrain(3.0)})
        outline = np.ones(SHAPE, bool)
        scene = Scene(level, mark(), mark((15, 5)), mark((15, 5)), outline, 100.0, PIXEL_M, True)
        assert not own_opinion(scene)[1].any()


class TestNet:
    def test_a_window_is_cut_off_from_what_is_around_and_the_whole_is_not_written_to(self):
        right, down = (np.full(SHAPE, 0.7, "float32") for _ in range(2))
        net = Lattice(right, down).window(slice(3, 9), slice(4, 12))
        assert net.right.shape == net.down.shape == (6, 8)
        assert not net.right[:, -1].any()
        assert not net.down[-1].any()
        assert (net.right[:, :-1] == np.float32(0.7)).all()
        assert (right == np.float32(0.7)).all()
        assert (down == np.float32(0.7)).all()

    def test_new_rows_and_columns_hang_on_firmly(self):
        right, down = (np.full((4, 6), 0.2, "float32") for _ in range(2))
        right[:, -1] = down[-1] = 0.0
        net = Lattice(right, down).padded((5, 8))
        assert net.right.shape == (5, 8)
        assert (net.right[:4, :5] == np.float32(0.2)).all()
        assert (net.right[:4, 5:7] == 1).all()
        assert (net.down[3, :6] == 1).all()
        assert not net.right[:, -1].any()
        assert not net.down[-1].any()

    def test_it_is_the_same_whichever_way_the_ground_is_turned(self):
        band = 0.3 + 0.2 * RIGHT + noise(5)
        upright, turned = (lattice_of(compute_features({Role.CO_POL: one}, None, PIXEL_M)) for one in (band, band.T))
        assert pytest.approx(upright.right, abs=1e-5) == turned.down.T
        assert pytest.approx(upright.down, abs=1e-5) == turned.right.T

    def test_no_weight_leaves_its_bounds(self):
        band = 0.3 + noise(6, 0.1)
        band[4, 4] = 1e4
        net = lattice_of(compute_features({Role.RED: band}, None, PIXEL_M))
        inner = np.concatenate([net.right[:, :-1].ravel(), net.down[:-1].ravel()])
        assert inner.min() >= LEAST
        assert inner.max() <= 1.0

    def test_the_foot_of_a_wall_parts_what_looks_alike_and_the_wall_itself_does_not(self):
        flat = {Role.RED: np.full(SHAPE, 0.3, "float32")}
        slope = np.where(RIGHT, 50.0, 5.0).astype("float32")
        features = compute_features(flat, None, PIXEL_M)
        net = lattice_of(replace(features, slope_deg=slope))
        assert net.right[:, 19] == pytest.approx(np.full(30, 1.0 - FOOT), abs=1e-6)
        assert (net.right[:, :19] == 1).all()
        assert (net.right[:, 20:-1] == 1).all()

    def test_the_side_of_a_gap_is_no_edge(self):
        band = 0.3 + noise(7)
        whole = lattice_of(compute_features({Role.CO_POL: band}, None, PIXEL_M))
        band[10:20, 10:20] = np.nan
        net = lattice_of(compute_features({Role.CO_POL: band}, None, PIXEL_M))
        assert (net.right[10:20, 9:20] == 1).all()
        assert net.right[:9, :-1] == pytest.approx(whole.right[:9, :-1], abs=0.15)


class TestLevels:
    def test_a_small_window_has_one_level_and_a_larger_one_as_many_as_it_needs(self):
        for shape, factors in (((100, 200), [1]), ((200, 200), [1, 2]), ((400, 380), [1, 2, 4])):
            levels = levels_of(compute_features({Role.CO_POL: 0.3 + noise(8, shape=shape)}, None, PIXEL_M), None)
            assert [one.factor for one in levels.levels] == factors
            assert all(one.shape_yx == tuple(-(-size // one.factor) for size in shape) for one in levels.levels)
            assert levels.fit_for(shape) is levels.levels[-1]
            assert levels.fit_for((10, 10)) is levels.finest
            assert levels.levels[-1].values[0].size <= SQUARES

    def test_squares_are_the_means_of_their_pixels_at_every_level(self):
        bands = {Role.CO_POL: 0.3 + noise(9, shape=(400, 380)), Role.ELEVATION: noise(10, 5.0, (400, 380))}
        bands[Role.ELEVATION][8, 8] = np.nan
        levels = levels_of(compute_features(bands, noise(11, shape=(400, 380)) + 0.5, PIXEL_M), None)
        coarse = levels.levels[-1]
        assert coarse.values[0] == pytest.approx(block_means(levels.finest.values[0], 4), abs=1e-5)
        assert coarse.odds == pytest.approx(block_means(levels.finest.odds, 4), abs=1e-5)
        assert np.argwhere(np.isnan(coarse.elevation_m)).tolist() == [[2, 2]]
        assert coarse.lattice.right.shape == coarse.shape_yx

    def test_the_models_probability_is_kept_apart(self):
        level = level_of({Role.CO_POL: 0.3 + noise(12)}, np.clip(0.5 + noise(13, 0.1), 0, 1).astype("float32"))
        assert level.values.shape == (1, *SHAPE)
        assert level.odds.any()
        assert not level_of({Role.CO_POL: 0.3 + noise(12)}).odds.any()

    def test_how_icy_ground_is_by_hand(self):
        ndsi = np.full(SHAPE, np.nan, "float32")
        ndsi[0, :4] = 0.2, 0.35, 0.5, 0.9
        icy = level_of({Role.CO_POL: 0.3 + noise(14)}, ndsi=ndsi).icy
        assert icy[0, :4] == pytest.approx([0.0, 0.5, 1.0, 1.0], abs=1e-6)
        assert not icy[1:].any()

    @pytest.mark.parametrize("factor", [2, 4, 8])
    def test_squares_spread_out_and_gathered_again_are_themselves(self, factor):
        squares = np.random.default_rng(factor).random((3, 4)).astype("float32")
        pixels = spread_out(squares, factor, (3 * factor - 1, 4 * factor - 1))
        assert pixels.shape == (3 * factor - 1, 4 * factor - 1)
        assert block_means(pixels, factor) == pytest.approx(squares, abs=1e-6)
        assert np.array_equal(block_any(pixels > 0.5, factor), squares > 0.5)
