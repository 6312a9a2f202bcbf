"""Order, filter and counts of the review list."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glacier_mapper.core.outline_fields import Review
from glacier_mapper.core.review_list import (
    ALL,
    DELETED,
    REVIEW_COLOURS,
    TO_DO,
    ReviewRow,
    count,
    in_review_order,
    matches,
)

ROW = ReviewRow(1, "G008000E46500N", 2.0, 0.5, 10.0, "open", note="Debris on the tongue")


def test_unsureness_is_one_minus_confidence_times_area():
    assert ROW.unsureness == pytest.approx(1.0)
    assert replace(ROW, confidence=0.9).unsureness == pytest.approx(0.2)


def test_an_outline_drawn_by_hand_counts_as_sure():
    assert replace(ROW, confidence=None).unsureness == 0.0


def test_the_least_sure_area_comes_first_and_deleted_ones_last():
    rows = [
        replace(ROW, fid=1, area_km2=1.0, confidence=0.9),  # 0.1
        replace(ROW, fid=2, area_km2=10.0, confidence=0.95),  # 0.5
        replace(ROW, fid=3, area_km2=0.5, confidence=0.1),  # 0.45
        replace(ROW, fid=4, area_km2=99.0, confidence=0.1, state=DELETED),
        replace(ROW, fid=5, area_km2=3.0, confidence=None),
    ]
    assert [row.fid for row in in_review_order(rows)] == [2, 3, 1, 5, 4]


def test_equal_unsureness_is_ordered_by_area_then_id():
    known = [(1, 1.0, "b"), (2, 1.0, "a"), (3, 2.0, "c")]
    rows = [replace(ROW, fid=n, confidence=None, area_km2=area, outline_id=name) for n, area, name in known]
    assert [row.fid for row in in_review_order(rows)] == [3, 2, 1]


@pytest.mark.parametrize(
    ("state", "text", "fits"),
    [
        (ALL, "", True),
        (TO_DO, "", True),
        ("open", "", True),
        ("accepted", "", False),
        (DELETED, "", False),
        (ALL, "g008", True),
        (ALL, "  TONGUE ", True),
        (ALL, "lake", False),
        ("open", "debris", True),
    ],
)
def test_the_filter_looks_at_state_id_and_note(state, text, fits):
    assert matches(ROW, state, text) is fits


@pytest.mark.parametrize(("state", "fits"), [(ALL, False), (TO_DO, False), (DELETED, True)])
def test_deleted_outlines_show_only_where_asked_for(state, fits):
    assert matches(replace(ROW, state=DELETED), state, "") is fits


def test_to_do_is_open_or_needs_work():
    assert [r.value for r in Review if matches(replace(ROW, state=r.value), TO_DO, "")] == ["open", "needs_work"]


def test_counts_and_the_share_of_the_area_with_a_verdict():
    rows = [
        replace(ROW, area_km2=6.0, state="open"),
        replace(ROW, area_km2=2.0, state="accepted"),
        replace(ROW, area_km2=1.0, state="rejected"),
        replace(ROW, area_km2=1.0, state="needs_work"),
        replace(ROW, area_km2=50.0, state=DELETED),
    ]
    counts = count(rows)
    assert counts.area_km2 == pytest.approx(10.0)
    assert counts.reviewed == pytest.approx(0.3)
    assert [counts.of(state) for state in ("open", "accepted", "rejected", "needs_work", DELETED)] == [1] * 5
    assert counts.of("unheard of") == 0


def test_no_outlines_no_division():
    assert count([]).reviewed == 0.0
    assert count([replace(ROW, area_km2=0.0)]).reviewed == 0.0


def test_every_state_has_a_colour_of_its_own():
    assert set(REVIEW_COLOURS) == {review.value for review in Review}
    assert len(set(REVIEW_COLOURS.values())) == len(Review)
