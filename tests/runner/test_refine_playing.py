"""The simulated analyst, what it is played on, simple rivals, and the figures, by hand."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from refine_grounds import ORIGIN, PIXEL_M, at, grid_of, line
from scipy import ndimage

from glacier_mapper.core.roles import Role
from glacier_mapper.runner.refine.analyst import Known, iou, largest_error, middle_line, next_stroke, points_within
from glacier_mapper.runner.refine.cases import Case
from glacier_mapper.runner.refine.figures import figures_of
from glacier_mapper.runner.refine.lattice import Lattice
from glacier_mapper.runner.refine.playing import (
    GOALS,
    LIMIT,
    Played,
    Simple,
    by_nearest,
    by_plain_walker,
    play,
    vertices_needed,
)
from glacier_mapper.runner.refine.rivals import cut, nearest_stroke, plain_walker
from glacier_mapper.runner.refine.solving import Problem
from glacier_mapper.runner.refine.strokes import stroke_mask

SHAPE = (40, 60)
ROWS, COLS = np.mgrid[: SHAPE[0], : SHAPE[1]]


def box(top, left, bottom, right):
    mask = np.zeros(SHAPE, bool)
    mask[top:bottom, left:right] = True
    return mask


def known_of(truth):
    return Known(truth, np.ones_like(truth))


def case_of(truth, mapped=None, bands=None):
    shade = np.where(truth, 0.4, 0.2).astype("float32")
    bands = bands or {Role.RED: shade}
    mapped = np.zeros_like(truth) if mapped is None else mapped
    probability = np.where(mapped, 0.9, 0.1).astype("float32")
    return Case("toy", grid_of(truth.shape), bands, probability, known_of(truth), mapped)


NOTHING_YET = np.zeros(SHAPE, bool)


class TestAnalyst:
    def test_the_larger_error_comes_first_whichever_side_it_is_of(self):
        truth = box(5, 5, 15, 25)
        too_much = box(22, 30, 36, 55)
        mask = too_much | box(5, 5, 15, 15)
        assert np.array_equal(largest_error(mask, known_of(truth)), too_much)
        mask = box(22, 30, 26, 34)
        assert np.array_equal(largest_error(mask, known_of(truth)), truth)

    def test_pieces_that_touch_at_a_corner_only_are_two(self):
        truth = box(5, 5, 10, 10) | box(10, 10, 16, 16)
        assert np.array_equal(largest_error(NOTHING_YET, known_of(truth)), box(10, 10, 16, 16))

    @pytest.mark.parametrize("click", [True, False])
    @pytest.mark.parametrize("seed", range(8))
    def test_a_stroke_lies_on_the_largest_error_as_a_whole_and_says_the_truth_there(self, seed, click):
        """On random blots, holes and bays included."""
        rng = np.random.default_rng(seed)
        truth, mask = (ndimage.gaussian_filter(rng.standard_normal(SHAPE), 3) > 0 for _ in range(2))
        known = Known(truth, rng.random(SHAPE) < 0.98)
        stroke, piece = next_stroke(mask, known, grid_of(SHAPE), click), largest_error(mask, known)
        at_points = [(int((ORIGIN[1] - y) // PIXEL_M), int((x - ORIGIN[0]) // PIXEL_M)) for x, y in stroke.points]
        assert all(piece[pixel] for pixel in at_points)
        assert {bool(truth[pixel]) for pixel in at_points} == {stroke.inside}
        assert (len(at_points) == 1) == click or piece.sum() < 5

    def test_nothing_wrong_no_stroke(self):
        truth = box(5, 5, 15, 25)
        assert next_stroke(truth, known_of(truth), grid_of(SHAPE)) is None

    def test_a_thin_piece_gets_a_thin_stroke(self):
        """Three pixels wide: two from the middle to the outside, so twice one pixel; a wide one gets three."""
        thin, wide = (next_stroke(NOTHING_YET, known_of(one), grid_of(SHAPE)) for one in (
            box(10, 5, 13, 50), box(10, 5, 25, 50)
        ))
        assert thin.width_m < wide.width_m == 3 * PIXEL_M
        assert not stroke_mask(thin, grid_of(SHAPE))[~box(10, 5, 13, 50)].any()

    def test_a_stroke_goes_round_a_bend_and_not_across_it(self):
        bent = box(4, 4, 34, 10) | box(28, 4, 34, 50)
        stroke = next_stroke(NOTHING_YET, known_of(bent), grid_of(SHAPE))
        drawn = stroke_mask(stroke, grid_of(SHAPE))
        assert not drawn[~bent].any()
        assert drawn[box(4, 4, 20, 10)].any()
        assert drawn[box(28, 30, 34, 50)].any()

    def test_the_middle_line_keeps_to_the_middle_and_out_of_the_thin_parts(self):
        piece = box(10, 5, 21, 40) | box(15, 40, 16, 58)
        path = middle_line(piece, ndimage.distance_transform_edt(piece))
        assert path[:, 1].max() <= 41
        middle = (path[:, 1] > 12) & (path[:, 1] < 33)
        assert (path[middle, 0] == 15).all()

    def test_a_line_is_simplified_only_as_far_as_it_stays_on_the_piece(self):
        """A step of one pixel may be cut across on broad ground, and not in a corridor of one pixel."""
        path = np.array([(10, col) for col in range(5)] + [(11, col) for col in range(5, 20)])
        corridor = np.zeros(SHAPE, bool)
        corridor[tuple(path.T)] = True
        broad, narrow = (points_within(path, piece, grid_of(SHAPE)) for piece in (box(8, 0, 14, 30), corridor))
        assert len(broad) < len(narrow) == 20
        assert (broad[0], broad[-1]) == (at(10, 0), at(11, 19))

    def test_iou_by_hand_counts_only_judged_ground(self):
        truth, mask = box(0, 0, 10, 10), box(0, 5, 10, 15)
        assert iou(mask, known_of(truth)) == pytest.approx(50 / 150)
        assert iou(mask, Known(truth, COLS < 10)) == pytest.approx(50 / 100)
        assert iou(NOTHING_YET, known_of(NOTHING_YET)) == 1.0


class TestFigures:
    def games(self):
        """0.85 after 0, 2 and never."""
        return [
            Played("a", (0.87, 0.91), (0.4,)), Played("b", (0.1, 0.5, 0.9, 0.96), (0.1, 0.2, 0.3)),
            Played("c", (0.0, *[0.5] * LIMIT), (0.2,) * LIMIT),
        ]  # fmt: skip

    def figures(self):
        cases = [{"vertices": {f"{goal:.2f}": count for goal in GOALS}} for count in (5, 10, 15)]
        return figures_of({"from_model": {"walk": self.games()}, "from_nothing": {"walk": self.games()[1:]}}, cases)

    def test_strokes_and_failures(self):
        found = self.figures()["from_model"]["walk"]
        assert found["noc"] == pytest.approx({"0.85": 22 / 3, "0.90": 23 / 3, "0.95": (20 + 3 + 20) / 3})
        assert found["failures"] == pytest.approx({"0.85": 1 / 3, "0.90": 1 / 3, "0.95": 2 / 3})
        assert found["fewer"]["0.85"] == pytest.approx(30 / 22)

    def test_after_the_last_stroke_a_case_keeps_what_it_has(self):
        found = self.figures()["from_model"]["walk"]["iou_after"]
        assert found["1"] == pytest.approx((0.91 + 0.5 + 0.5) / 3)
        assert found["5"] == pytest.approx((0.91 + 0.96 + 0.5) / 3)

    def test_the_models_outline_alone(self):
        alone = self.figures()["model_alone"]
        assert alone["iou"] == pytest.approx(0.97 / 3)
        assert alone["reached"] == pytest.approx({"0.85": 1 / 3, "0.90": 0.0, "0.95": 0.0})

    def test_polygons_and_starts(self):
        found = self.figures()
        assert found["polygon"] == {"0.85": 10.0, "0.90": 10.0, "0.95": 10.0}
        assert found["from_nothing"]["walk"]["noc"]["0.85"] == pytest.approx(11.0)

    def test_where_no_stroke_was_drawn_there_are_no_seconds(self):
        games = {"from_model": {"walk": [Played("a", (0.99,), ())]}, "from_nothing": {}}
        found = figures_of(games, [{"vertices": {f"{goal:.2f}": 4 for goal in GOALS}}])["from_model"]["walk"]
        assert (found["seconds_p50"], found["seconds_p95"]) == (None, None)
        assert found["noc"]["0.95"] == 0.0


class TestGames:
    def test_a_method_that_never_learns_plays_to_the_limit(self):
        case = case_of(box(5, 5, 30, 50))
        played = play(case, Simple(case, lambda _case, inside, _outside: np.zeros_like(inside)))
        assert len(played.seconds) == LIMIT
        assert played.ious == (0.0,) * (LIMIT + 1)
        assert played.strokes_to(0.85) is None

    def test_one_that_knows_all_needs_one_stroke(self):
        truth = box(5, 5, 30, 50)
        case = case_of(truth)
        played = play(case, Simple(case, lambda *_: truth.copy()))
        assert played.ious == (0.0, 1.0)
        assert [played.strokes_to(goal) for goal in GOALS] == [1, 1, 1]

    def test_the_last_stroke_counts_where_two_cross(self):
        told = []
        case = case_of(box(5, 5, 30, 50))
        player = Simple(case, lambda _case, inside, outside: told.append((inside, outside)) or inside)
        for stroke in (line((20, 5), (20, 50)), line((10, 20), (30, 20), inside=False), line((20, 18), (20, 22))):
            player.stroke(stroke)
        inside, outside = told[-1]
        assert not (inside & outside).any()
        assert inside[20, 20]
        assert outside[12, 20]
        assert told[1][1][20, 20]

    def test_the_case_begins_with_the_models_outline_or_with_nothing(self):
        case = case_of(box(5, 5, 30, 50), mapped=box(5, 5, 30, 25))
        assert case.start(from_model=False).is_empty
        assert case.start(from_model=True).area == pytest.approx(25 * 20 * PIXEL_M**2, rel=0.02)


class TestRivals:
    def test_the_nearest_stroke_by_hand(self):
        """Between a stroke in column 10 and one in column 20: up to the middle, which is no ice."""
        inside, outside = COLS == 10, COLS == 20
        assert np.array_equal(nearest_stroke(inside, outside), COLS < 15)
        assert np.array_equal(by_nearest(case_of(inside), inside, outside), COLS < 15)

    def test_without_a_stroke_outside_the_rim_is_outside(self):
        inside = box(19, 0, 21, 60)
        found = nearest_stroke(inside, NOTHING_YET)
        assert not found[:9].any()
        assert found[12:28, 15:45].all()
        assert not nearest_stroke(NOTHING_YET, inside).any()

    def test_a_plain_walker_stops_at_an_edge_of_brightness_and_the_nearest_stroke_does_not(self):
        rgb = np.stack([np.where(COLS < 26, 0.2, 0.8).astype("float32")] * 3)
        inside, outside = box(18, 3, 22, 6), box(18, 40, 22, 43)
        assert np.array_equal(plain_walker(rgb, inside, outside), COLS < 26)
        assert not np.array_equal(nearest_stroke(inside, outside), COLS < 26)

    def test_a_gap_does_not_stop_the_plain_walker(self):
        """Gaps are shown as a middle grey, as on a canvas."""
        red = np.where(COLS < 26, 0.2, 0.8).astype("float32")
        red[:5] = np.nan
        case = case_of(COLS < 26, bands={Role.RED: red})
        found = by_plain_walker(case, box(18, 3, 22, 6), box(18, 40, 22, 43))
        assert np.array_equal(found[6:], (COLS < 26)[6:])

    def test_the_cut_is_the_least_one(self):
        """Of a row of five, the weakest link is cut, wherever the middle is."""
        right = np.array([[0.9, 0.8, 0.7, 0.1, 0.0]], "float32")
        free = np.array([[False, True, True, True, False]])
        value = np.array([[1.0, 0.5, 0.5, 0.5, 0.0]], "float32")
        net = Lattice(right, np.zeros((1, 5), "float32"))
        assert cut(Problem(net, free, value, np.full(3, 0.5, "float32"), 0.0)).tolist() == [[1.0, 1.0, 1.0, 1.0, 0.0]]


class TestVertices:
    def test_a_lower_iou_takes_fewer(self):
        """A disc: the finer it is to be, the more corners the polygon needs; an octagon covers nine tenths."""
        rows, cols = np.mgrid[:90, :90]
        needed = vertices_needed(case_of(np.hypot(rows - 45, cols - 45) < 35))
        assert 3 < needed[0.85] < needed[0.95] < 20
        assert needed[0.85] <= needed[0.90] <= needed[0.95]

    def test_a_hole_takes_vertices_only_where_it_matters(self):
        """A hole of a 36th of the square: with 0.95 it may be left out, one of a fifth may not."""
        rows, cols = np.mgrid[:80, :80]
        square = (rows >= 10) & (rows < 70) & (cols >= 10) & (cols < 70)
        small, large = (
            square & ~((np.abs(rows - 39.5) < half) & (np.abs(cols - 39.5) < half)) for half in (5, 14)
        )
        assert vertices_needed(case_of(small))[0.95] == 4
        assert vertices_needed(case_of(large))[0.95] >= 7

    def test_of_two_pieces_the_speck_is_left_out(self):
        truth = box(5, 5, 35, 45) | box(10, 52, 13, 55)
        assert vertices_needed(case_of(truth))[0.95] == 4
        assert shapely.get_num_geometries(case_of(truth, mapped=truth).start(from_model=True)) == 2
