"""Where patches lie and what their pixels weigh, worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glacier_mapper.core.model_card import Tiling
from glacier_mapper.runner.mapping.blending import Blender
from glacier_mapper.runner.mapping.feature_rows import reflected
from glacier_mapper.runner.mapping.lattice import axis_weights, lattice_over, reference_lattice
from glacier_mapper.runner.mapping.symmetries import SYMMETRIES, averaged, turned, turned_back

HALF = Tiling(patch_px=384, stride_px=192, window="gaussian")
SMALL = Tiling(patch_px=8, stride_px=4, window="cosine")


class TestPlaces:
    @pytest.mark.parametrize(
        ("size", "starts"),
        [
            (384, (0,)),
            (385, (0, 1)),
            (576, (0, 192)),
            (700, (0, 192, 316)),
            (768, (0, 192, 384)),
            (100, (-142,)),
            (1, (-191,)),
        ],
    )
    def test_the_last_patch_moves_back_to_the_edge_and_a_small_scene_lies_in_the_middle(self, size, starts):
        lattice = lattice_over((size, 384), HALF)
        assert lattice.rows == starts
        assert lattice.cols == (0,)
        assert lattice.reflects

    @pytest.mark.parametrize(
        ("size", "starts"),
        [
            (600, (-84, 108, 300)),  # as deploy_golden.npz: 768 rows, 84 above
            (700, (-34, 158, 350)),  # 768 columns, 34 to the left
            (383, (0,)),
            (384, (-192, 0, 192)),  # an exact multiple grows by a whole patch
            (1, (-191,)),
        ],
    )
    def test_the_reference_lies_in_the_middle_of_zeros(self, size, starts):
        lattice = reference_lattice((size, 600), Tiling(384, 100, "cosine"))
        assert lattice.rows == starts
        assert lattice.window == "gaussian"
        assert not lattice.reflects

    def test_a_stride_longer_than_a_patch_leaves_no_gap(self):
        assert lattice_over((100, 8), Tiling(8, 20)).rows == (*range(0, 92, 8), 92)

    def test_outward_begins_in_the_middle_and_ends_in_the_corners(self):
        lattice = lattice_over((24, 24), Tiling(8, 8))
        order = [(patch.row, patch.col) for patch in lattice.outward()]
        assert order[0] == (8, 8)
        assert set(order[1:5]) == {(0, 8), (8, 0), (8, 16), (16, 8)}
        assert set(order[5:]) == {(0, 0), (0, 16), (16, 0), (16, 16)}
        assert sorted(order) == [(patch.row, patch.col) for patch in lattice.southward()]

    def test_rows_are_finished_where_the_next_patches_begin(self):
        lattice = reference_lattice((600, 700), HALF)
        assert [lattice.finished_row(down) for down in range(3)] == [108, 300, 600]
        # offset 192: the second row of patches begins at row 0, so the first finishes nothing
        assert reference_lattice((384, 384), HALF).finished_row(0) == 0


class TestWeights:
    def test_gaussian_as_published(self):
        """The rows of `deploy_golden.npz` are exp(-r^2 / 2) / sqrt(2 / pi): corner 0.461, near the centre 1.253."""
        weights = np.multiply.outer(axis_weights("gaussian", 384), axis_weights("gaussian", 384))
        scale = math.sqrt(2 / math.pi)
        assert weights[0, 0] / scale == pytest.approx(0.461, abs=5e-4)
        assert weights[191, 191] / scale == pytest.approx(1.253, abs=5e-4)
        assert weights[0, 0] == pytest.approx(math.exp(-1))
        x = -1 + 2 * 100 / 383
        assert weights[100, 383] == pytest.approx(math.exp(-(x * x + 1) / 2))

    def test_raised_cosine(self):
        # sin^2(pi (i + 1/2) / 4): pi/8, 3 pi/8, 5 pi/8, 7 pi/8
        low, high = math.sin(math.pi / 8) ** 2, math.sin(3 * math.pi / 8) ** 2
        np.testing.assert_allclose(axis_weights("cosine", 4), [low, high, high, low], atol=1e-15)
        assert low + high == pytest.approx(1.0)

    def test_half_overlapping_cosines_share_by_themselves(self):
        down, _ = lattice_over((16, 8), SMALL).shares()
        np.testing.assert_allclose(down[1], axis_weights("cosine", 8), atol=1e-15)
        np.testing.assert_allclose(down[0][:4], 1.0)

    @settings(max_examples=80, deadline=None)
    @given(
        size=st.integers(1, 60), side=st.integers(1, 16), stride=st.integers(1, 16),
        window=st.sampled_from(["cosine", "gaussian"]), reference=st.booleans(),
    )  # fmt: skip
    def test_shares_sum_to_one_at_each_pixel_of_the_scene(self, size, side, stride, window, reference):
        make = reference_lattice if reference else lattice_over
        lattice = make((size, 1), Tiling(side, stride, window))
        total = np.zeros(size)
        for start, share in zip(lattice.rows, lattice.shares()[0]):
            for place, value in enumerate(share):
                if 0 <= start + place < size:
                    total[start + place] += value
                else:
                    assert value == 0
        np.testing.assert_allclose(total, 1.0, atol=1e-12)


class TestReflection:
    def test_by_hand(self):
        places = np.arange(-4, 8)
        # of 0 1 2 3: the edge pixel itself is not repeated
        assert reflected(places, 4).tolist() == [2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1]

    def test_of_a_single_pixel(self):
        assert reflected(np.arange(-3, 4), 1).tolist() == [0] * 7

    @given(size=st.integers(2, 9), before=st.integers(0, 8), after=st.integers(0, 8))
    @settings(max_examples=40, deadline=None)
    def test_as_numpy_pads(self, size, before, after):
        image = np.arange(size)
        expected = np.pad(image, (before, after), mode="reflect")
        assert image[reflected(np.arange(-before, size + after), size)].tolist() == expected.tolist()


class TestBlending:
    def scene(self, lattice, channels=1):
        rng = np.random.default_rng(0)
        return {
            (patch.row, patch.col): rng.random((channels, lattice.side, lattice.side), np.float32)
            for patch in lattice.southward()
        }

    def expected(self, lattice, answers):
        """Sum of weight times answer over sum of weight, pixel by pixel."""
        one = axis_weights(lattice.window, lattice.side)
        weight = np.multiply.outer(one, one)
        height, width = lattice.shape_yx
        pad = lattice.side
        total, weights = np.zeros((2, height + 2 * pad, width + 2 * pad))
        for (row, col), answer in answers.items():
            place = slice(row + pad, row + pad + lattice.side), slice(col + pad, col + pad + lattice.side)
            total[place] += weight * answer[0]
            weights[place] += weight
        inner = slice(pad, pad + height), slice(pad, pad + width)
        return total[inner] / weights[inner]

    @pytest.mark.parametrize("window", ["cosine", "gaussian"])
    @pytest.mark.parametrize(
        "lattice",
        [
            lattice_over((37, 21), Tiling(8, 4)),
            lattice_over((37, 21), Tiling(8, 3)),
            lattice_over((5, 21), Tiling(8, 4)),
            reference_lattice((37, 21), Tiling(8, 4)),
            reference_lattice((16, 8), Tiling(8, 4)),
        ],
        ids=["half", "denser", "low scene", "reference", "reference, exact multiple"],
    )
    def test_whole_and_rolling_are_the_weighted_mean(self, lattice, window):
        lattice = type(lattice)(**{**lattice.__dict__, "window": window})
        answers = self.scene(lattice)
        expected = self.expected(lattice, answers)
        whole, rolling = Blender(lattice, 1, lattice.shape_yx[0]), Blender(lattice, 1, lattice.side)
        for patch in lattice.outward():
            whole.add(whole.piece(patch), answers[patch.row, patch.col])
        strips, down = [], 0
        for patch in lattice.southward():
            while down < patch.down:
                strips.append(rolling.take(lattice.finished_row(down))[0])
                down += 1
            rolling.add(rolling.piece(patch), answers[patch.row, patch.col])
        strips.append(rolling.take(lattice.shape_yx[0])[0])
        np.testing.assert_allclose(np.concatenate(strips), expected, atol=3e-7)
        np.testing.assert_allclose(whole.take(lattice.shape_yx[0])[0], expected, atol=3e-7)

    def test_a_constant_stays_what_it_is(self):
        lattice = lattice_over((50, 33), Tiling(8, 3))
        blender = Blender(lattice, 2, 50)
        for patch in lattice.outward():
            values = np.stack([np.full((8, 8), 0.25, np.float32), np.full((8, 8), 0.75, np.float32)])
            blender.add(blender.piece(patch), values)
        done = blender.take(50)
        np.testing.assert_allclose(done[0], 0.25, rtol=1e-6)
        np.testing.assert_allclose(done[1], 0.75, rtol=1e-6)


class TestSymmetries:
    def test_all_eight_differ(self):
        image = np.arange(9.0, dtype=np.float32).reshape(1, 1, 3, 3)
        assert len({turned(image, one).tobytes() for one in SYMMETRIES}) == 8

    def test_a_quarter_turn_to_the_left_then_a_mirror(self):
        image = np.array([[1, 2], [3, 4]], np.float32)
        assert turned(image, (1, False)).tolist() == [[2, 4], [1, 3]]
        assert turned(image, (1, True)).tolist() == [[4, 2], [3, 1]]

    @pytest.mark.parametrize("symmetry", SYMMETRIES)
    def test_turned_back_exactly(self, symmetry):
        image = np.random.default_rng(1).random((2, 3, 5, 5), np.float32)
        assert turned_back(turned(image, symmetry), symmetry).tobytes() == image.tobytes()

    def test_a_network_of_single_pixels_answers_as_without(self):
        feeds = {"optical": np.random.default_rng(2).random((2, 3, 4, 4), np.float32), "location": np.eye(2, 4)}
        seen = []

        def infer(asked):
            seen.append(asked["location"].tolist())
            return asked["optical"][:, :2] ** 2

        np.testing.assert_allclose(averaged(infer, feeds), feeds["optical"][:, :2] ** 2, rtol=3e-7)
        assert seen == [np.eye(2, 4).tolist()] * 8

    def test_a_network_that_looks_to_the_left_looks_everywhere(self):
        """Each pixel takes its left neighbour: over all symmetries, the mean of its four neighbours."""
        image = np.zeros((1, 1, 3, 3), np.float32)
        image[0, 0, 1, 1] = 1.0
        answer = averaged(lambda asked: np.roll(asked["optical"], 1, axis=3), {"optical": image})
        expected = [[0, 0.25, 0], [0.25, 0, 0.25], [0, 0.25, 0]]
        np.testing.assert_allclose(answer[0, 0], expected, atol=1e-7)
