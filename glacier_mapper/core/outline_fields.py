"""The columns of an outlines layer: one list that the writer, the forms and the exporter share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from .messages import QT_TRANSLATE_NOOP

OUTLINES_LAYER = "outlines"
BOUNDARY_LAYER = "boundary"
ORIGINALS_LAYER = "originals"


class EditState(str, Enum):
    """Where an outline's geometry comes from."""

    MODEL = "model"
    EDITED = "edited"
    ADDED = "added"


class Review(str, Enum):
    """What the analyst said of an outline."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NEEDS_WORK = "needs_work"


EDIT_STATE_LABELS: dict[EditState, str] = {
    EditState.MODEL: QT_TRANSLATE_NOOP("outlines", "As the model drew it"),
    EditState.EDITED: QT_TRANSLATE_NOOP("outlines", "Edited by hand"),
    EditState.ADDED: QT_TRANSLATE_NOOP("outlines", "Added by hand"),
}
REVIEW_LABELS: dict[Review, str] = {
    Review.OPEN: QT_TRANSLATE_NOOP("outlines", "Not reviewed"),
    Review.ACCEPTED: QT_TRANSLATE_NOOP("outlines", "Accepted"),
    Review.REJECTED: QT_TRANSLATE_NOOP("outlines", "Rejected"),
    Review.NEEDS_WORK: QT_TRANSLATE_NOOP("outlines", "Needs work"),
}


@dataclass(frozen=True)
class OutlineField:
    """A column: `kind` is "text", "real" or "datetime"; `computed` columns are read-only in the form."""

    name: str
    kind: str
    label: str
    computed: bool = True


OUTLINE_FIELDS: tuple[OutlineField, ...] = (
    OutlineField("outline_id", "text", QT_TRANSLATE_NOOP("outlines", "Outline ID")),
    OutlineField("area_km2", "real", QT_TRANSLATE_NOOP("outlines", "Area (km²)")),
    OutlineField("area_min_km2", "real", QT_TRANSLATE_NOOP("outlines", "Area, lower bound (km²)")),
    OutlineField("area_max_km2", "real", QT_TRANSLATE_NOOP("outlines", "Area, upper bound (km²)")),
    OutlineField("perimeter_m", "real", QT_TRANSLATE_NOOP("outlines", "Perimeter (m)")),
    OutlineField("confidence", "real", QT_TRANSLATE_NOOP("outlines", "Confidence (0–1)")),
    OutlineField("unc_m", "real", QT_TRANSLATE_NOOP("outlines", "Positional uncertainty (m)")),
    OutlineField("model", "text", QT_TRANSLATE_NOOP("outlines", "Model")),
    OutlineField("model_version", "text", QT_TRANSLATE_NOOP("outlines", "Model version")),
    OutlineField("sources", "text", QT_TRANSLATE_NOOP("outlines", "Source layers")),
    OutlineField("src_date", "text", QT_TRANSLATE_NOOP("outlines", "Source date"), computed=False),
    OutlineField("analyst", "text", QT_TRANSLATE_NOOP("outlines", "Analyst"), computed=False),
    OutlineField("edit_state", "text", QT_TRANSLATE_NOOP("outlines", "Origin")),
    OutlineField("review", "text", QT_TRANSLATE_NOOP("outlines", "Review"), computed=False),
    OutlineField("edited_by", "text", QT_TRANSLATE_NOOP("outlines", "Last edited by")),
    OutlineField("edited_at", "text", QT_TRANSLATE_NOOP("outlines", "Last edited at")),
    OutlineField("edited_with", "text", QT_TRANSLATE_NOOP("outlines", "Last edited with")),
    OutlineField("note", "text", QT_TRANSLATE_NOOP("outlines", "Note"), computed=False),
)
"""`originals` has the same columns; `boundary` has outline_id (text), unc_m, confidence, length_m (real) and
data_edge (integer: 1 where the outline merely ends with the data, there confidence is 0 and unc_m the largest)."""


def unsureness(confidence: float, area_km2: float) -> float:
    """The review list's order: (1 - confidence) x area in km2, largest first."""
    return (1.0 - confidence) * area_km2
