"""The journal of edits against an undo stack, step by step."""

from __future__ import annotations

import pytest

from glacier_mapper.core.edit_journal import Change, EditJournal, Step

MOVED = Change.GEOMETRY


@pytest.fixture
def journal():
    return EditJournal()


def test_an_empty_journal_knows_nothing(journal):
    assert journal.touched(5) == {}
    assert journal.last_edit(1, 5) == ""
    assert journal.text_at(0) is None
    assert not journal.is_restored(1, 5)
    assert not journal.review_is_stale(1, 5)


def test_only_steps_below_the_index_count(journal):
    journal.record(0, Step("Moved vertex", {1: MOVED}))
    journal.record(1, Step("Reshape", {1: MOVED, 2: MOVED}))
    assert journal.touched(2) == {1: MOVED, 2: MOVED}
    assert journal.last_edit(1, 2) == "Reshape"
    assert journal.touched(1) == {1: MOVED}
    assert journal.last_edit(1, 1) == "Moved vertex"
    assert journal.touched(0) == {}


def test_a_new_step_throws_the_undone_ones_away(journal):
    journal.record(0, Step("a", {1: MOVED}))
    journal.record(1, Step("b", {2: MOVED}))
    journal.record(0, Step("c", {3: MOVED}))
    assert journal.touched(2) == {3: MOVED}
    assert journal.text_at(1) is None


def test_a_verdict_alone_is_no_edit_of_the_shape(journal):
    journal.record(0, Step("Accept outline", {1: Change.REVIEWED}))
    assert journal.touched(1) == {}
    assert journal.last_edit(1, 1) == ""


def test_what_happened_to_an_outline_adds_up(journal):
    journal.record(0, Step("Split", {-2: Change.ADDED}))
    journal.record(1, Step("Moved vertex", {-2: MOVED}))
    assert journal.touched(2)[-2] == Change.ADDED | Change.GEOMETRY


@pytest.mark.parametrize(
    ("steps", "restored"),
    [
        ([MOVED], False),
        ([MOVED, MOVED | Change.RESTORED], True),
        ([MOVED | Change.RESTORED, MOVED], False),
        ([Change.ADDED | Change.RESTORED], True),
        ([MOVED | Change.RESTORED, Change.REVIEWED], True),
    ],
    ids=["edited", "then restored", "then edited again", "brought back", "then judged"],
)
def test_a_restore_counts_until_the_next_edit(journal, steps, restored):
    for place, change in enumerate(steps):
        journal.record(place, Step("x", {7: change}))
    assert journal.is_restored(7, len(steps)) is restored


@pytest.mark.parametrize(
    ("steps", "stale"),
    [
        ([MOVED], False),
        ([Change.ADDED], True),
        ([Change.ADDED, MOVED], True),
        ([Change.ADDED, Change.REVIEWED], False),
        ([Change.REVIEWED, MOVED | Change.MERGED], True),
        ([Change.ADDED | Change.RESTORED], False),
    ],
    ids=["edited", "new", "new and edited", "new and judged", "judged and merged", "brought back"],
)
def test_a_review_copied_from_another_outline_is_stale(journal, steps, stale):
    for place, change in enumerate(steps):
        journal.record(place, Step("x", {7: change}))
    assert journal.review_is_stale(7, len(steps)) is stale


def test_clearing_forgets(journal):
    journal.record(0, Step("a", {1: MOVED}))
    journal.clear()
    assert journal.touched(1) == {}
