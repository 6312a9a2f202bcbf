"""The review list: rows, their order, filter and counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .outline_fields import EditState, Review, unsureness

DELETED = "deleted"
"""The state that the list gives to an original whose outline is no longer there."""

REVIEW_COLOURS: dict[str, str] = {
    Review.OPEN.value: "#F0E442",
    Review.ACCEPTED.value: "#00B283",
    Review.REJECTED.value: "#D55E00",
    Review.NEEDS_WORK.value: "#CC79A7",
}
"""Colours of the states on the map and in the list, of Okabe and Ito's palette that colour-blind eyes tell apart."""

ALL = "all"
TO_DO = "to_do"

_LEFT = frozenset({Review.OPEN.value, Review.NEEDS_WORK.value})
_JUDGED = frozenset({Review.ACCEPTED.value, Review.REJECTED.value})


@dataclass(frozen=True)
class ReviewRow:
    """An outline as the list shows it. `state` is a `Review` value or `DELETED`.

    `fid` is the feature id in the outlines layer; for a deleted one that of the original. Measures are in
    the units of their names, confidence is 0..1; None where nobody knows.
    """

    fid: int
    outline_id: str
    area_km2: float
    confidence: float | None
    unc_m: float | None
    state: str
    edit_state: str = EditState.MODEL.value
    note: str = ""

    @property
    def unsureness(self) -> float:
        """(1 - confidence) x area in km2; an outline drawn by hand has no confidence and counts as sure."""
        return 0.0 if self.confidence is None else unsureness(self.confidence, self.area_km2)

    @property
    def is_deleted(self) -> bool:
        """Whether the outline is gone from the layer and only the model's original is left."""
        return self.state == DELETED


def in_review_order(rows: Iterable[ReviewRow]) -> list[ReviewRow]:
    """Deleted ones last, otherwise the largest unsureness first, then the larger area, then the ID."""
    return sorted(rows, key=lambda row: (row.is_deleted, -row.unsureness, -row.area_km2, row.outline_id, row.fid))


def matches(row: ReviewRow, state: str, text: str) -> bool:
    """Whether the filter lets a row through.

    `state` is `ALL` (deleted ones excepted), `TO_DO` (open or needs work), a `Review` value or `DELETED`.
    `text` is looked for in ID and note, whatever the case.
    """
    if state == ALL:
        fits = not row.is_deleted
    elif state == TO_DO:
        fits = row.state in _LEFT
    else:
        fits = row.state == state
    wanted = text.strip().casefold()
    return fits and (wanted in row.outline_id.casefold() or wanted in row.note.casefold())


@dataclass(frozen=True)
class ReviewCounts:
    """How far the review is. `reviewed` is the share 0..1 of the area that is accepted or rejected."""

    by_state: dict[str, int]
    area_km2: float
    reviewed: float

    def of(self, state: str) -> int:
        """The number of outlines in a state."""
        return self.by_state.get(state, 0)


def count(rows: Sequence[ReviewRow]) -> ReviewCounts:
    """Count rows by state, and the share of the area that has its verdict. Deleted ones have no area."""
    by_state: dict[str, int] = {}
    for row in rows:
        by_state[row.state] = by_state.get(row.state, 0) + 1
    there = [row for row in rows if not row.is_deleted]
    area = sum(row.area_km2 for row in there)
    done = sum(row.area_km2 for row in there if row.state in _JUDGED)
    return ReviewCounts(by_state, area, done / area if area > 0 else 0.0)
