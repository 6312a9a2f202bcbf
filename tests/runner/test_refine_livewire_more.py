"""Live-wire: the path follows edges, begins and ends where it should, and does not depend on the mouse's way there."""

from __future__ import annotations

import functools

import numpy as np
import pytest
import shapely
from refine_grounds import ORIGIN, PIXEL_M, at, grid_of

from glacier_mapper.core.refine_errors import NoAnchorError, PointOutsideError
from glacier_mapper.core.roles import Role
from glacier_mapper.runner.refine.features import compute_features
from glacier_mapper.runner.refine.livewire import EDGE_COST, PLAIN_COST, SNAP_PX, Livewire, _bends, edge_cost

SHAPE = (50, 70)
ROWS, COLS = np.mgrid[: SHAPE[0], : SHAPE[1]].astype("float32")
BEND = 15 + 12 * np.sin(COLS[0] / 11.0)
"""The row of a winding edge in each column."""
ENDS = (int(BEND[3]), 3), (int(BEND[66]), 66)


@functools.cache
def winding_cost():
    red = (0.2 + 0.3 * (ROWS >= BEND) + 0.002 * np.random.default_rng(0).standard_normal(SHAPE)).astype("float32")
    return edge_cost(compute_features({Role.RED: red}, None, PIXEL_M))


def wire():
    return Livewire(grid_of(SHAPE), winding_cost().copy())


def pixels(path):
    """Rows and columns, with a share, along a path's line in steps of half a pixel."""
    line = shapely.segmentize(shapely.LineString(path.points), PIXEL_M / 2)
    xy = shapely.get_coordinates(line)
    return (ORIGIN[1] - xy[:, 1]) / PIXEL_M - 0.5, (xy[:, 0] - ORIGIN[0]) / PIXEL_M - 0.5


def from_edge(path):
    """How far each piece of a path lies from the winding edge, in pixels."""
    edge = shapely.LineString(np.column_stack([COLS[0], BEND - 0.5]))
    rows, cols = pixels(path)
    return shapely.distance(edge, shapely.points(cols, rows))


class TestCost:
    def test_it_is_low_on_an_edge_and_high_on_plain_ground(self):
        cost = winding_cost()
        away = np.abs(ROWS - BEND)
        assert cost[away < 1].mean() < 0.15
        assert cost[away > 12].mean() > 5 * cost[away < 1].mean()
        assert cost.min() >= EDGE_COST
        assert cost.max() <= PLAIN_COST

    def test_plain_ground_costs_the_same_everywhere(self):
        flat = edge_cost(compute_features({Role.RED: np.full(SHAPE, 0.2, "float32")}, None, PIXEL_M))
        assert (flat == PLAIN_COST).all()

    def test_the_side_of_a_gap_is_no_edge_to_follow(self):
        """In the midst of a noisy ground, a gap as deep as the edge beside it."""
        red = (0.3 + 0.2 * (COLS >= 50) + 0.004 * np.random.default_rng(1).standard_normal(SHAPE)).astype("float32")
        red[15:35, 10:30] = np.nan
        cost = edge_cost(compute_features({Role.RED: red}, None, PIXEL_M))
        assert np.isfinite(cost).all()
        assert cost[17:33, 9:12].min() > 0.5
        assert cost[5:45, 49:51].max() < 0.3

    def test_an_edge_of_what_parts_ice_from_rock_counts_more_than_one_of_brightness(self):
        """The same step in NDSI, down the left, and in thermal, down the right; NDSI's counts twice."""
        values = np.stack([4.0 * (COLS >= 20), 4.0 * (COLS >= 50)]).astype("float32")
        ground = compute_features({Role.THERMAL: ROWS, Role.CO_POL: ROWS + 1}, None, PIXEL_M)
        named = type(ground)(("ndsi", "thermal"), values, np.ones(values.shape, bool), PIXEL_M)
        cost = edge_cost(named)
        assert cost[25, 19:21].max() < cost[25, 49:51].min() < 0.5 * PLAIN_COST


class TestPath:
    def test_it_follows_a_winding_edge_and_not_the_straight_line(self):
        one = wire()
        one.start(*at(*ENDS[0]))
        path = one.move(*at(*ENDS[1]))
        straight = shapely.LineString([path.points[0], path.points[-1]])
        assert from_edge(path).max() < 2.5
        assert shapely.LineString(path.points).length > 1.1 * straight.length
        assert shapely.hausdorff_distance(shapely.LineString(path.points), straight) > 8 * PIXEL_M

    @pytest.mark.parametrize("snap", [True, False])
    def test_it_begins_at_the_anchor(self, snap):
        one = wire()
        anchor = one.start(*at(20, 12), snap).points
        assert len(anchor) == 1
        for pixel in ((5, 5), (40, 60), ENDS[1]):
            assert one.move(*at(*pixel), snap).points[0] == anchor[0]

    def test_without_snapping_anchor_and_end_are_the_mouse_to_the_last_bit(self):
        one, begin, end = wire(), (ORIGIN[0] + 123.4567, ORIGIN[1] - 98.7654), (ORIGIN[0] + 611.1, ORIGIN[1] - 333.3)
        assert one.start(*begin, snap=False).points == (begin,)
        assert one.move(*end, snap=False).points[-1] == end

    def test_snapped_ends_are_middles_of_pixels_on_an_edge_not_far_away(self):
        one = wire()
        for row, col in ((ENDS[0][0] + 4, 3), (ENDS[1][0] - 4, 66)):
            x, y = one.start(*at(row, col)).points[0]
            found = (ORIGIN[1] - y) / PIXEL_M - 0.5, (x - ORIGIN[0]) / PIXEL_M - 0.5
            assert found == (round(found[0]), round(found[1]))
            assert np.hypot(found[0] - row, found[1] - col) <= SNAP_PX
            assert one.cost[int(found[0]), int(found[1])] < one.cost[row, col]

    def test_far_from_any_edge_the_mouse_stays_where_it_is(self):
        one = Livewire(grid_of(SHAPE), np.full(SHAPE, PLAIN_COST))
        for corner in ((0, 0), (49, 69), (0, 69), (20, 30)):
            assert one.start(*at(*corner)).points == (at(*corner),)

    @pytest.mark.parametrize("seed", range(5))
    def test_the_path_to_a_point_is_the_same_whichever_moves_came_between(self, seed):
        rng = np.random.default_rng(seed)
        direct, roundabout = wire(), wire()
        for one in (direct, roundabout):
            one.start(*at(*ENDS[0]))
        for row, col in zip(rng.integers(0, SHAPE[0], 12), rng.integers(0, SHAPE[1], 12)):
            roundabout.move(*at(int(row), int(col)))
        assert direct.move(*at(*ENDS[1])) == roundabout.move(*at(*ENDS[1]))

    def test_a_new_anchor_takes_the_place_of_the_old_one(self):
        one, fresh = wire(), wire()
        one.start(*at(40, 40))
        one.move(*at(10, 10))
        for which in (one, fresh):
            which.start(*at(*ENDS[0]))
        assert one.move(*at(*ENDS[1])) == fresh.move(*at(*ENDS[1]))

    def test_no_other_way_is_cheaper(self):
        """The path's cost against that of Dijkstra's in scipy, over the same eight neighbours."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import dijkstra

        one = wire()
        cost, (n, width) = one.cost.astype(float), (ROWS.size, SHAPE[1])
        number = np.arange(n).reshape(SHAPE)
        ends, lengths = [], []
        for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
            here = number[: SHAPE[0] - down, max(0, -right) : width - max(0, right)].ravel()
            there = here + down * width + right
            ends.append((here, there))
            lengths.append(np.hypot(down, right) * (cost.ravel()[here] + cost.ravel()[there]) / 2)
        here, there = (np.concatenate(part) for part in zip(*ends))
        net = coo_array((np.concatenate(lengths), (here, there)), shape=(n, n)).tocsr()
        least = dijkstra(net, directed=False, indices=number[ENDS[0]])[number[40, 60]]
        one.start(*at(*ENDS[0]), snap=False)
        rows, cols = ([round(float(value)) for value in part] for part in self.corners(one.move(*at(40, 60), False)))
        steps = zip(zip(rows, cols), zip(rows[1:], cols[1:]))
        assert sum(self.dear(cost, *step) for step in steps) == pytest.approx(least, rel=1e-6)

    def corners(self, path):
        xy = np.array(path.points)
        return (ORIGIN[1] - xy[:, 1]) / PIXEL_M - 0.5, (xy[:, 0] - ORIGIN[0]) / PIXEL_M - 0.5

    def dear(self, cost, begin, end):
        """The cost of a straight piece between two bends."""
        count = max(abs(end[0] - begin[0]), abs(end[1] - begin[1]))
        rows, cols = (np.rint(np.linspace(begin[axis], end[axis], count + 1)).astype(int) for axis in (0, 1))
        along = cost[rows, cols]
        return np.hypot(end[0] - begin[0], end[1] - begin[1]) / count * (along[:-1] + along[1:]).sum() / 2


class TestBends:
    def test_only_points_on_straight_pieces_are_left_out(self):
        points = [(0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (3.0, 1.0), (4.0, 2.0), (4.0, 3.0)]
        assert _bends(points) == [(0.0, 0.0), (2.0, 0.0), (4.0, 2.0), (4.0, 3.0)]

    def test_the_line_stays_the_same(self):
        rng = np.random.default_rng(2)
        steps = rng.integers(-1, 2, (60, 2)).astype(float)
        points = [tuple(one) for one in np.cumsum(steps[steps.any(axis=1)], axis=0).tolist()]
        kept = _bends(points)
        assert len(kept) < len(points)
        assert shapely.LineString(kept).length == pytest.approx(shapely.LineString(points).length)
        assert shapely.hausdorff_distance(shapely.LineString(kept), shapely.LineString(points), 0.1) < 1e-9

    def test_one_point_and_two(self):
        assert set(_bends([(1.0, 2.0)])) == {(1.0, 2.0)}
        assert _bends([(1.0, 2.0), (3.0, 4.0)]) == [(1.0, 2.0), (3.0, 4.0)]


class TestFaults:
    @pytest.mark.parametrize("pixel", [(-1, 5), (5, -1), (50, 5), (5, 70), (1e6, -1e6)])
    def test_points_outside_are_refused_and_the_anchor_stays(self, pixel):
        one = wire()
        anchor = one.start(*at(*ENDS[0])).points[0]
        with pytest.raises(PointOutsideError, match="Stay inside"):
            one.move(*at(*pixel))
        with pytest.raises(PointOutsideError):
            one.start(*at(*pixel))
        assert one.move(*at(*ENDS[1])).points[0] == anchor

    def test_a_start_that_was_refused_is_no_anchor(self):
        one = wire()
        with pytest.raises(PointOutsideError):
            one.start(*at(-3, 5))
        with pytest.raises(NoAnchorError):
            one.move(*at(5, 5))

    def test_the_corners_of_the_window_belong_to_it(self):
        one = wire()
        (x, y), (rows, cols) = ORIGIN, SHAPE
        one.start(x, y, snap=False)
        assert one.move(x + cols * PIXEL_M - 0.01, y - rows * PIXEL_M + 0.01, snap=False).points[0] == (x, y)
