"""How a view is cut for teaching: shares, guard, edges, and windows, worked out on labels that can be drawn by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glacier_mapper.runner.training.teach import parts
from glacier_mapper.runner.training.teach.ground import windows_in
from glacier_mapper.runner.training.teach.parts import ASIDE, CALIBRATED, LEAST_PX, cut, known_px
from glacier_mapper.runner.training.tiles import DEBRIS, GLACIER, OTHER, UNKNOWN
from glacier_mapper.runner.training.tiles.cutting import Window

WHOLE = Window(0, 0, 400, 600)


def striped(shape=(400, 600), period=40, axis=1):
    """Stripes of glacier and other ground, half and half, across `axis`."""
    at = np.arange(shape[axis]) % period < period // 2
    label = np.where(at, GLACIER, OTHER).astype(np.uint8)
    return np.broadcast_to(label[None, :] if axis == 1 else label[:, None], shape).copy()


def boxes_of(found):
    return [box for box in found if box is not None]


def gaps(first, second):
    """Rows and columns between two boxes, below nought where they overlap there."""
    rows = max(first.row, second.row) - min(first.row + first.rows, second.row + second.rows)
    cols = max(first.col, second.col) - min(first.col + first.cols, second.col + second.cols)
    return rows, cols


def share_of_ice(label, box):
    return known_px(label, box)[0] / known_px(label, Window(0, 0, *label.shape))[0]


class TestShares:
    def test_a_quarter_is_kept_aside(self):
        label = striped()
        assert share_of_ice(label, cut(label, 10.0).aside) == pytest.approx(ASIDE, abs=0.03)

    def test_a_part_calibrates_where_there_is_enough(self):
        label = striped()
        found = cut(label, 10.0)
        assert share_of_ice(label, found.calibrated) == pytest.approx(CALIBRATED, abs=0.03)

    def test_most_is_learnt_from(self):
        label = striped()
        assert share_of_ice(label, cut(label, 10.0).taught) > 0.45

    def test_with_less_no_part_calibrates(self):
        label = striped((160, 200), 20)
        found = cut(label, 10.0)
        assert found.calibrated is None
        assert share_of_ice(label, found.taught) > 0.6

    def test_debris_covered_glacier_counts_as_glacier(self):
        clean = striped()
        covered = np.where(clean == GLACIER, DEBRIS, clean).astype(np.uint8)
        assert cut(covered, 10.0) == cut(clean, 10.0)

    def test_what_is_not_known_counts_for_nothing(self):
        label = striped()
        label[:, :300] = UNKNOWN
        found = cut(label, 10.0)
        assert sum(known_px(label, found.taught)) + sum(known_px(label, found.aside)) <= 400 * 300
        assert share_of_ice(label, found.aside) == pytest.approx(ASIDE, abs=0.05)


class TestGuard:
    @pytest.mark.parametrize("pixel_m", [2.0, 10.0, 30.0, 100.0])
    def test_parts_are_apart_by_the_guard(self, pixel_m):
        label = striped()
        found = boxes_of(cut(label, pixel_m))
        least = max(8, round(min(500.0 / pixel_m, 0.04 * 400)))
        for at, first in enumerate(found):
            for second in found[at + 1 :]:
                assert max(gaps(first, second)) >= least

    def test_a_small_view_keeps_some_pixels(self):
        label = striped((100, 120), 20)
        found = cut(label, 30.0)
        assert max(gaps(found.taught, found.aside)) == parts.LEAST_GUARD_PX

    def test_a_large_view_of_small_pixels_keeps_half_a_kilometre(self):
        label = striped((64, 5000), 40)
        found = cut(label, 5.0)
        assert max(gaps(found.taught, found.calibrated)) == 100


class TestEdges:
    @pytest.mark.parametrize("edge", ["top", "bottom", "left", "right"])
    def test_the_edge_whose_part_has_both_kinds_is_taken(self, edge):
        """Glacier all over, other ground only in one quarter and a little elsewhere."""
        label = np.full((400, 400), GLACIER, np.uint8)
        label[190:210, 190:210] = OTHER
        rows, cols = {
            "top": (slice(0, 110), slice(None)), "bottom": (slice(290, 400), slice(None)),
            "left": (slice(None), slice(0, 110)), "right": (slice(None), slice(290, 400)),
        }[edge]  # fmt: skip
        label[rows, cols][::2] = OTHER
        aside = cut(label, 10.0).aside
        assert known_px(label, aside)[1] >= LEAST_PX

    def test_unknown_margins_of_what_is_measured_are_cut_off(self):
        label = striped()
        label[:50] = UNKNOWN
        label[350:] = UNKNOWN
        aside = cut(label, 10.0).aside
        part = label[aside.row : aside.row + aside.rows, aside.col : aside.col + aside.cols] != UNKNOWN
        for axis in (0, 1):
            lines = part.any(axis=1 - axis)
            assert lines[0]
            assert lines[-1]

    def test_what_is_measured_is_no_larger_than_is_mapped(self, monkeypatch):
        monkeypatch.setattr(parts, "LARGEST_ASIDE_PX", 100)
        label = striped()
        aside = cut(label, 10.0).aside
        assert (aside.rows, aside.cols) == (100, 100)

    def test_the_richest_piece_of_it_is_taken(self, monkeypatch):
        monkeypatch.setattr(parts, "LARGEST_ASIDE_PX", 100)
        counts = np.concatenate([np.zeros(20), np.ones(50), np.full(100, 5), np.ones(50)]).astype(np.int64)
        assert parts._span(counts) == (70, 100)
        assert parts._span(counts[:90]) == (20, 70)


class TestTooLittle:
    def test_nothing_known(self):
        assert cut(np.full((100, 100), UNKNOWN, np.uint8), 10.0) is None

    @pytest.mark.parametrize("value", [GLACIER, OTHER])
    def test_one_kind_alone(self, value):
        assert cut(np.full((300, 300), value, np.uint8), 10.0) is None

    def test_one_small_glacier(self):
        label = np.zeros((300, 300), np.uint8)
        label[140:160, 140:160] = GLACIER
        assert cut(label, 10.0) is None

    def test_a_large_glacier_alone_can_be_cut(self):
        label = np.zeros((300, 300), np.uint8)
        label[50:250, 50:250] = GLACIER
        found = cut(label, 10.0)
        assert all(min(known_px(label, box)) >= LEAST_PX for box in boxes_of(found))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([2.0, 10.0, 30.0]))
def test_whatever_the_view_the_parts_are_apart_inside_and_large_enough(seed, pixel_m):
    rng = np.random.default_rng(seed)
    rows, cols = (int(rng.integers(60, 400)) for _ in range(2))
    label = np.full((rows, cols), UNKNOWN, np.uint8)
    for _ in range(int(rng.integers(1, 12))):
        top, left, tall, wide = (int(rng.integers(1, size)) for size in (rows, cols, rows, cols))
        label[top : top + tall // 2, left : left + wide // 2] = rng.choice([OTHER, GLACIER, DEBRIS, UNKNOWN])
    found = cut(label, pixel_m)
    if found is None:
        return
    boxes = boxes_of(found)
    for at, box in enumerate(boxes):
        assert box.row >= 0
        assert box.col >= 0
        assert box.row + box.rows <= rows
        assert box.col + box.cols <= cols
        for other in boxes[at + 1 :]:
            assert max(gaps(box, other)) >= parts.LEAST_GUARD_PX
    assert min(known_px(label, found.taught)) >= LEAST_PX
    assert min(known_px(label, found.aside)) >= 1


class TestWindows:
    def test_they_cover_all_that_is_known(self):
        label = striped()
        seen = np.zeros(label.shape, bool)
        for one in windows_in(WHOLE, label, 256, 100):
            assert (one.rows, one.cols) == (256, 256)
            seen[one.row : one.row + one.rows, one.col : one.col + one.cols] = True
        assert seen.all()

    def test_a_part_smaller_than_a_window_is_one_window(self):
        assert windows_in(Window(10, 20, 50, 70), striped(), 256, 100) == [Window(10, 20, 50, 70)]

    def test_none_leaves_its_part(self):
        box = Window(33, 77, 301, 402)
        for one in windows_in(box, striped(), 128, 100):
            assert one.row >= box.row
            assert one.col >= box.col
            assert one.row + one.rows <= box.row + box.rows
            assert one.col + one.cols <= box.col + box.cols

    def test_where_nothing_is_known_there_is_none(self):
        label = striped()
        label[:, 300:] = UNKNOWN
        found = windows_in(WHOLE, label, 100, 100)
        assert max(one.col for one in found) < 300
        assert windows_in(WHOLE, np.full_like(label, UNKNOWN), 100, 100) == []

    def test_of_too_many_some_are_taken_from_all_over(self):
        found = windows_in(WHOLE, striped(), 50, 7)
        assert len(found) == 7
        assert found[0] == Window(0, 0, 50, 50)
        assert found[-1] == Window(350, 550, 50, 50)
