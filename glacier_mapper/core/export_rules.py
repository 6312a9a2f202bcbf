"""What an inventory must keep to before it is exported (standards: section 10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from .export_choice import Scope
from .messages import QT_TRANSLATE_NOOP, Message
from .outline_fields import Review

MIN_AREA_KM2 = 0.01
AREA_TOLERANCE = 1e-3
"""Stored and measured area may differ by 0.1 %."""
NOTHING = {
    Scope.ACCEPTED: QT_TRANSLATE_NOOP(
        "export", "Nothing is accepted yet: accept outlines in the review list or choose All."
    ),
    Scope.NOT_REJECTED: QT_TRANSLATE_NOOP(
        "export", "Every outline is rejected: accept some in the review list or choose All."
    ),
    Scope.ALL: QT_TRANSLATE_NOOP("export", "The layer has no outlines: map glaciers or draw outlines first."),
}
"""What is said where no outline is in scope."""


class Severity(str, Enum):
    """Errors block the export unless it is wanted anyway; warnings never do."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class OutlineFacts:
    """What the rules need to know of an outline.

    `flaw` says in words why its geometry is invalid, empty when it is valid; `parts` is 0 without geometry.
    `longest_text` is in bytes of UTF-8.
    """

    fid: int
    outline_id: str
    review: str
    parts: int = 1
    flaw: str = ""
    area_km2: float | None = None
    measured_km2: float | None = None
    src_date: str = ""
    analyst: str = ""
    longest_text: int = 0

    @property
    def label(self) -> str:
        """The ID, or the feature id where there is none."""
        return self.outline_id or f"#{self.fid}"


@dataclass(frozen=True)
class Place:
    """Where a finding is: a label, and the features to zoom to."""

    label: str
    fids: tuple[int, ...]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, and the places where it is."""

    severity: Severity
    message: Message
    places: tuple[Place, ...] = ()
    is_unsaved: bool = False
    """Whether saving the layer's edits is the remedy."""
    is_final: bool = False
    """Whether it can't be exported anyway: there is nothing to write."""


@dataclass(frozen=True)
class ExportState:
    """All that is checked: the outlines in scope, pairs that overlap (feature ids), the layer's state, the scope.

    `hidden` counts the outlines that the layer's filter hides, whatever their review.
    """

    outlines: Sequence[OutlineFacts]
    overlaps: Sequence[tuple[int, int]] = ()
    unsaved: bool = False
    max_text: int = 0
    scope: Scope = Scope.NOT_REJECTED
    hidden: int = 0


def check_export(state: ExportState) -> list[Finding]:
    """Everything that is wrong, errors first."""
    if not state.outlines:
        nothing = Finding(Severity.ERROR, Message(NOTHING[state.scope]), is_final=True)
        return [nothing, *_hidden_findings(state)]
    rules = (_layer_findings(state), _hidden_findings(state), _id_findings(state.outlines), _outline_findings(state))
    found = [finding for each in rules for finding in each]
    return sorted(found, key=lambda finding: finding.severity is not Severity.ERROR)


def has_errors(findings: Sequence[Finding]) -> bool:
    """Whether one of the findings blocks."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def is_final(findings: Sequence[Finding]) -> bool:
    """Whether one of the findings can't be overruled."""
    return any(finding.is_final for finding in findings)


def _layer_findings(state: ExportState) -> list[Finding]:
    found = []
    if state.unsaved:
        text = QT_TRANSLATE_NOOP("export", "The layer has unsaved edits. Save them, so that areas are measured.")
        found.append(Finding(Severity.ERROR, Message(text), is_unsaved=True))
    if state.overlaps:
        labels = {outline.fid: outline.label for outline in state.outlines}
        places = tuple(Place(f"{labels[one]} – {labels[two]}", (one, two)) for one, two in state.overlaps)
        text = QT_TRANSLATE_NOOP("export", "Pairs of outlines that overlap: {count}")
        found.append(Finding(Severity.ERROR, Message(text, {"count": len(places)}), places))
    return found


def _hidden_findings(state: ExportState) -> list[Finding]:
    if not state.hidden:
        return []
    text = QT_TRANSLATE_NOOP("export", "Outlines that the layer's filter hides and that are not exported: {count}")
    return [Finding(Severity.WARNING, Message(text, {"count": state.hidden}))]


def _id_findings(outlines: Sequence[OutlineFacts]) -> list[Finding]:
    owners: dict[str, list[OutlineFacts]] = defaultdict(list)
    for outline in outlines:
        owners[outline.outline_id].append(outline)
    twice = [one for name, those in owners.items() if name and len(those) > 1 for one in those]
    without = owners.get("", [])
    return [
        *_finding(Severity.ERROR, QT_TRANSLATE_NOOP("export", "Outlines without ID: {count}"), without),
        *_finding(Severity.ERROR, QT_TRANSLATE_NOOP("export", "Outlines that share an ID: {count}"), twice),
    ]


def _outline_findings(state: ExportState) -> list[Finding]:
    rules: list[tuple[Severity, str, Callable[[OutlineFacts], bool]]] = [
        (Severity.ERROR, QT_TRANSLATE_NOOP("export", "Outlines without a shape: {count}"), lambda o: o.parts == 0),
        (
            Severity.ERROR,
            QT_TRANSLATE_NOOP("export", "Outlines with an invalid shape: {count}"),
            lambda o: bool(o.flaw),
        ),
        (Severity.ERROR, QT_TRANSLATE_NOOP("export", "Outlines of several parts: {count}"), lambda o: o.parts > 1),
        (
            Severity.ERROR,
            QT_TRANSLATE_NOOP("export", "Outlines whose area is not that of their shape: {count}"),
            _area_is_off,
        ),
        (
            Severity.WARNING,
            QT_TRANSLATE_NOOP("export", "Outlines under 0.01 km²: {count}"),
            lambda o: o.measured_km2 is not None and o.measured_km2 < MIN_AREA_KM2,
        ),
        (
            Severity.WARNING,
            QT_TRANSLATE_NOOP("export", "Outlines without source date: {count}"),
            lambda o: not o.src_date,
        ),
        (Severity.WARNING, QT_TRANSLATE_NOOP("export", "Outlines without analyst: {count}"), lambda o: not o.analyst),
        (
            Severity.WARNING,
            QT_TRANSLATE_NOOP("export", "Outlines that nobody has reviewed: {count}"),
            lambda o: o.review not in (Review.ACCEPTED.value, Review.REJECTED.value),
        ),
        (
            Severity.WARNING,
            QT_TRANSLATE_NOOP("export", "Outlines with a text too long for this format, it will be cut: {count}"),
            lambda o: 0 < state.max_text < o.longest_text,
        ),
    ]
    found: list[Finding] = []
    for severity, text, is_wrong in rules:
        found += _finding(severity, text, [outline for outline in state.outlines if is_wrong(outline)])
    return found


def _area_is_off(outline: OutlineFacts) -> bool:
    if outline.measured_km2 is None:
        return False
    if outline.area_km2 is None:
        return True
    return abs(outline.area_km2 - outline.measured_km2) > AREA_TOLERANCE * outline.measured_km2


def _finding(severity: Severity, text: str, outlines: Sequence[OutlineFacts]) -> list[Finding]:
    if not outlines:
        return []
    places = tuple(Place(f"{o.label}: {o.flaw}" if o.flaw else o.label, (o.fid,)) for o in outlines)
    return [Finding(severity, Message(text, {"count": len(outlines)}), places)]
