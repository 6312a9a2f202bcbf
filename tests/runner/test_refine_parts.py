"""The parts of fixing an outline: features, the net, the walker, the live-wire, the simulated analyst."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refine_grounds import ORIGIN, PIXEL_M, at, grid_of, tongue_bands
from scipy.sparse.linalg import spsolve

from glacier_mapper.core.refine_errors import NoAnchorError, PointOutsideError
from glacier_mapper.core.roles import Role
from glacier_mapper.runner.refine.analyst import Known, largest_error, next_stroke
from glacier_mapper.runner.refine.features import LIMIT, compute_features
from glacier_mapper.runner.refine.lattice import Lattice, lattice_of
from glacier_mapper.runner.refine.levels import block_any, block_means, spread_out
from glacier_mapper.runner.refine.livewire import Livewire, edge_cost
from glacier_mapper.runner.refine.rivals import SOLVERS, nearest_stroke
from glacier_mapper.runner.refine.solving import Problem, system, walk
from glacier_mapper.runner.refine.strokes import stroke_mask

EXAMPLES = settings(max_examples=25, deadline=None)


def random_problem(seed, shape=(9, 11), pull=0.05):
    rng = np.random.default_rng(seed)
    right, down = (rng.uniform(0.001, 1.0, shape).astype("float32") for _ in range(2))
    right[:, -1] = down[-1] = 0.0
    free = rng.random(shape) < 0.8
    value = np.where(free, 0.5, rng.integers(0, 2, shape)).astype("float32")
    return Problem(Lattice(right, down), free, value, rng.random(int(free.sum())).astype("float32"), pull)


class TestFeatures:
    def test_each_is_there_when_its_layers_are(self):
        bands, _ = tongue_bands()
        bands[Role.THERMAL] = np.full((96, 128), 275.0, "float32")
        bands[Role.CO_POL] = np.full((96, 128), 0.1, "float32")
        bands[Role.COHERENCE] = np.full((96, 128), 0.5, "float32")
        names = compute_features(bands, np.full((96, 128), 0.5, "float32"), PIXEL_M).names
        assert names == (
            "blue", "green", "red", "nir", "swir1", "swir2", "thermal", "coherence", "slope", "ndsi", "red_swir1",
            "curvature", "texture", "co_pol", "probability",
        )  # fmt: skip
        assert compute_features({Role.RED: bands[Role.RED]}, None, PIXEL_M).names == ("red", "texture")

    def test_values_are_robustly_normalised(self):
        rng = np.random.default_rng(3)
        red = (0.3 + 0.05 * rng.standard_normal((200, 200))).astype("float32")
        red[:20] = 900.0
        values = compute_features({Role.RED: red}, None, PIXEL_M).of("red")
        assert abs(np.median(values[20:])) < 0.2
        assert 0.8 < values[20:].std() < 1.2
        assert values[:20].max() == LIMIT

    def test_gaps_are_known_as_gaps_and_do_not_spread(self):
        bands, _ = tongue_bands()
        bands[Role.GREEN][10:20, 10:20] = np.nan
        features = compute_features(bands, None, PIXEL_M)
        green, ndsi, red = (features.names.index(name) for name in ("green", "ndsi", "red"))
        assert not features.known[green, 10:20, 10:20].any()
        assert not features.known[ndsi, 10:20, 10:20].any()
        assert features.known[red].all()
        assert (features.values[green, 10:20, 10:20] == 0).all()
        assert features.seen.all()
        assert np.isfinite(features.values).all()

    def test_a_band_of_one_value_says_nothing(self):
        flat = compute_features({Role.RED: np.full((32, 32), 0.2, "float32")}, None, PIXEL_M)
        assert (flat.of("red") == 0).all()

    def test_no_band_at_all(self):
        with pytest.raises(ValueError, match="at least one"):
            compute_features({}, None, PIXEL_M)


class TestNet:
    def test_weights_are_small_across_an_edge(self):
        red = np.full((32, 32), 0.2, "float32")
        red[:, 16:] = 0.4
        red += np.random.default_rng(0).normal(0, 0.002, red.shape).astype("float32")
        net = lattice_of(compute_features({Role.RED: red}, None, PIXEL_M))
        assert net.right[:, 15].mean() < 0.5 * net.right[:, 4:12].mean()
        assert (net.right[:, -1] == 0).all()
        assert (net.down[-1] == 0).all()

    def test_the_models_opinion_makes_no_edge(self):
        bands, truth = tongue_bands()
        probability = truth.astype("float32")
        with_it, without = (lattice_of(compute_features(bands, one, PIXEL_M)) for one in (probability, None))
        assert np.array_equal(with_it.right, without.right)

    def test_coarser_nets_keep_the_weight_of_plain_ground_and_feel_an_edge_anywhere_in_a_square(self):
        right, down = np.full((8, 16), 0.5, "float32"), np.full((8, 16), 0.5, "float32")
        right[:, 6] = 0.001
        right[:, -1] = down[-1] = 0.0
        coarse = Lattice(right, down).coarser(4)
        assert coarse.right.shape == (2, 4)
        assert coarse.right[0, 0] == pytest.approx(0.5)
        assert coarse.right[0, 1] < 0.01
        assert coarse.right[0, 2] == pytest.approx(0.5)
        assert (coarse.right[:, -1] == 0).all()

    @pytest.mark.parametrize("factor", [1, 2, 4])
    def test_squares(self, factor):
        image = np.arange(7 * 9, dtype="float32").reshape(7, 9)
        means = block_means(image, factor)
        assert means.shape == (-(-7 // factor), -(-9 // factor))
        assert means[0, 0] == pytest.approx(image[:factor, :factor].mean())
        assert spread_out(means, factor, (7, 9)).shape == (7, 9)
        assert block_any(image == 62, factor)[-1, -1]
        assert block_any(image == 62, factor).sum() == 1


class TestWalker:
    @EXAMPLES
    @given(st.integers(0, 10_000))
    def test_it_agrees_with_a_direct_solve_and_given_pixels_hold_exactly(self, seed):
        problem = random_problem(seed)
        found = walk(problem)
        at_free = np.flatnonzero(problem.free)
        matrix, right = system(problem, at_free)
        assert np.abs(found.ravel()[at_free] - spsolve(matrix.tocsc(), right)).max() < 3e-3
        assert np.array_equal(found[~problem.free], problem.value[~problem.free])

    def test_a_small_case_by_hand(self):
        """One free pixel between 1 (weight 1) and 0 (weight 3), evidence 1 at pull 4: (1 + 4) / (1 + 3 + 4)."""
        right = np.array([[1.0, 3.0, 0.0]], "float32")
        net = Lattice(right, np.zeros((1, 3), "float32"))
        free = np.array([[False, True, False]])
        found = walk(Problem(net, free, np.array([[1, 0.5, 0]], "float32"), np.array([1.0], "float32"), 4.0))
        assert found[0, 1] == pytest.approx(5 / 8, abs=1e-4)

    def test_rows_do_not_hang_together_round_the_side(self):
        """The last pixel of a row and the first of the next are no neighbours."""
        net = Lattice(np.array([[1.0, 0.0], [1.0, 0.0]], "float32"), np.zeros((2, 2), "float32"))
        free = np.array([[True, True], [True, True]])
        free[0, 0] = False
        problem = Problem(net, free, np.array([[1, 0], [0, 0]], "float32"), np.zeros(3, "float32"), 1e-3)
        found = walk(problem)
        assert found[0, 1] > 0.9
        assert found[1].max() < 0.1

    @pytest.mark.parametrize("solver", SOLVERS)
    def test_every_solver_keeps_given_pixels_and_parts_two_shades(self, solver):
        right, down = np.ones((20, 20), "float32"), np.ones((20, 20), "float32")
        right[:, 9] = 0.001
        right[:, -1] = down[-1] = 0.0
        free = np.ones((20, 20), bool)
        free[10, 3] = free[10, 16] = False
        value = np.full((20, 20), 0.5, "float32")
        value[10, 3], value[10, 16] = 1.0, 0.0
        found = SOLVERS[solver](Problem(Lattice(right, down), free, value, np.full(398, 0.5, "float32"), 1e-4))
        assert (found[:, :10] >= 0.5).all()
        assert (found[:, 10:] < 0.5).all()


class TestLivewire:
    def wire(self):
        """An edge that runs along row 20 to column 32, then down."""
        red = np.full((64, 64), 0.2, "float32")
        red[20:, :32] = 0.5
        features = compute_features({Role.RED: red}, None, PIXEL_M)
        return Livewire(grid_of((64, 64)), edge_cost(features))

    def test_it_follows_an_edge_round_the_corner(self):
        wire = self.wire()
        wire.start(*at(20, 4))
        points = np.array(wire.move(*at(58, 32)).points)
        rows, cols = (ORIGIN[1] - points[:, 1]) / PIXEL_M - 0.5, (points[:, 0] - ORIGIN[0]) / PIXEL_M - 0.5
        assert np.hypot(rows - 20, cols - 32).min() < 3
        away = np.minimum(np.abs(rows - 20) + np.maximum(cols - 32, 0), np.abs(cols - 32) + np.maximum(20 - rows, 0))
        assert away.max() < 3

    def test_it_begins_at_the_anchor_and_ends_at_the_mouse_where_nothing_is_snapped(self):
        wire = self.wire()
        start, end = (ORIGIN[0] + 33.3, ORIGIN[1] - 205.7), (ORIGIN[0] + 401.1, ORIGIN[1] - 77.7)
        wire.start(*start, snap=False)
        points = wire.move(*end, snap=False).points
        assert (points[0], points[-1]) == (start, end)

    def test_an_anchor_beside_an_edge_is_drawn_to_it(self):
        path = self.wire().start(*at(23, 10))
        assert abs((ORIGIN[1] - path.points[0][1]) / PIXEL_M - 20) <= 1.5

    def test_back_at_the_anchor_the_path_is_a_point(self):
        wire = self.wire()
        wire.start(*at(20, 10))
        assert len(set(wire.move(*at(20, 10)).points)) <= 2

    def test_no_anchor_and_points_outside(self):
        with pytest.raises(NoAnchorError):
            self.wire().move(*at(1, 1))
        with pytest.raises(PointOutsideError):
            self.wire().start(*at(-1, 5))
        with pytest.raises(PointOutsideError):
            self.wire().start(*at(5, 64))

    def test_plain_ground_is_crossed_straight(self):
        features = compute_features({Role.RED: np.full((64, 64), 0.2, "float32")}, None, PIXEL_M)
        wire = Livewire(grid_of((64, 64)), edge_cost(features))
        wire.start(*at(5, 5), snap=False)
        assert len(wire.move(*at(5, 60), snap=False).points) == 2


class TestAnalyst:
    def known(self, truth):
        return Known(truth, np.ones(truth.shape, bool))

    def test_the_next_stroke_runs_along_the_largest_error_and_stays_on_it(self):
        truth = np.zeros((60, 80), bool)
        truth[20:30, 10:70] = True
        truth[50:54, 5:10] = True
        stroke = next_stroke(np.zeros_like(truth), self.known(truth), grid_of(truth.shape))
        drawn = stroke_mask(stroke, grid_of(truth.shape))
        assert stroke.inside
        assert not drawn[~truth].any()
        assert np.ptp(np.flatnonzero(drawn.any(axis=0))) > 40

    def test_too_much_ice_is_struck_out(self):
        mask = np.zeros((40, 40), bool)
        mask[10:20, 10:30] = True
        stroke = next_stroke(mask, self.known(np.zeros_like(mask)), grid_of(mask.shape))
        assert not stroke.inside

    def test_a_click_is_a_point_in_the_middle(self):
        truth = np.zeros((41, 41), bool)
        truth[10:31, 10:31] = True
        stroke = next_stroke(np.zeros_like(truth), self.known(truth), grid_of(truth.shape), click=True)
        assert stroke.points == (at(20, 20),)

    def test_what_is_not_known_is_no_error(self):
        truth = np.zeros((20, 20), bool)
        truth[5:10, 5:10] = True
        known = Known(truth, ~truth)
        assert largest_error(np.zeros_like(truth), known) is None
        assert next_stroke(np.zeros_like(truth), known, grid_of(truth.shape)) is None


def test_the_nearest_stroke():
    inside, outside = np.zeros((10, 20), bool), np.zeros((10, 20), bool)
    inside[5, 4], outside[5, 14] = True, True
    found = nearest_stroke(inside, outside)
    assert found[:, :9].all()
    assert not found[:, 10:].any()
