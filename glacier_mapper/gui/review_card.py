"""The current outline: what it is, the verdict, a note, and what can be done with it."""

from __future__ import annotations

from qgis.PyQt.QtCore import QSize, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..core.outline_fields import EditState, Review
from ..core.review_list import ReviewRow
from .review_model import area_text, origin_label, state_label
from .widgets import ElidedLabel, WrapLabel, bold, tool_button


class ReviewCard(QFrame):
    """Buttons and a note for the outlines selected. Signals out, `show_selection` in."""

    verdictGiven = pyqtSignal(object)
    noteEdited = pyqtSignal(str)
    nextWanted = pyqtSignal()
    previousWanted = pyqtSignal()
    zoomWanted = pyqtSignal()
    verticesWanted = pyqtSignal()
    formWanted = pyqtSignal()
    restoreWanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown_note = ""
        self.title = bold(ElidedLabel(self))
        self.facts = WrapLabel(self)
        self.facts.set_tone("soft")
        self.note = QLineEdit(self)
        self.note.setPlaceholderText(self.tr("Note on this outline"))
        self.note.setAccessibleName(self.tr("Note on this outline"))
        self.note.setClearButtonEnabled(True)
        self._make_buttons()
        self._lay_out()
        self._connect()
        self.show_selection([])

    def _make_buttons(self) -> None:
        self.previous = self._button("previous", self.tr("Previous"), self.tr("Previous outline (P)"))
        self.next = self._button("next", self.tr("Next"), self.tr("Next outline (N)"))
        self.zoom = self._button("zoom_to", self.tr("Zoom"), self.tr("Show the outline on the map (Z)"))
        self.accept = self._verdict("accept", self.tr("Accept"), self.tr("Accept the outline (A)"))
        self.reject = self._verdict("reject", self.tr("Reject"), self.tr("Reject the outline: no glacier (R)"))
        self.needs_work = self._verdict("needs_work", self.tr("Needs work"), self.tr("Come back to it later (W)"))
        self.vertices = self._button(
            "vertices", self.tr("Edit vertices"), self.tr("Correct the outline with QGIS's vertex tool (V)")
        )
        self.form = self._button("form", self.tr("Form"), self.tr("Open the outline's attribute form (F)"))
        self.restore = self._button(
            "restore", self.tr("Restore original"), self.tr("Give the outline the shape again that the model drew (O)")
        )

    def _button(self, icon: str, text: str, tip: str) -> QToolButton:
        return tool_button(self, icon, text, tip)

    def _verdict(self, icon: str, text: str, tip: str) -> QToolButton:
        button = tool_button(self, icon, text, tip)
        button.setAutoRaise(False)
        button.setCheckable(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setIconSize(QSize(16, 16))
        return button

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        for button in (self.previous, self.next):
            head.addWidget(button)
        tools = QHBoxLayout()
        tools.setSpacing(2)
        tools.addWidget(self.facts, 1)
        for button in (self.zoom, self.vertices, self.form, self.restore):
            tools.addWidget(button)
        verdicts = QGridLayout()
        verdicts.setSpacing(4)
        for place, button in enumerate((self.accept, self.reject, self.needs_work)):
            verdicts.addWidget(button, 0, place)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addLayout(tools)
        layout.addLayout(verdicts)
        layout.addWidget(self.note)

    def _connect(self) -> None:
        for button, review in self._verdicts().items():
            button.clicked.connect(lambda _checked=False, review=review: self.verdictGiven.emit(review))
        links = [
            (self.next, self.nextWanted),
            (self.previous, self.previousWanted),
            (self.zoom, self.zoomWanted),
            (self.vertices, self.verticesWanted),
            (self.form, self.formWanted),
            (self.restore, self.restoreWanted),
        ]
        for button, signal in links:
            button.clicked.connect(lambda _checked=False, signal=signal: signal.emit())
        self.note.editingFinished.connect(self._on_note)

    def _verdicts(self) -> dict[QToolButton, Review]:
        return {
            self.accept: Review.ACCEPTED,
            self.reject: Review.REJECTED,
            self.needs_work: Review.NEEDS_WORK,
        }

    def _on_note(self) -> None:
        if self.note.text() != self._shown_note:
            self._shown_note = self.note.text()
            self.noteEdited.emit(self._shown_note)

    def show_selection(self, rows: list[ReviewRow]) -> None:
        """Show one outline, several, or none."""
        one = rows[0] if len(rows) == 1 else None
        there = [row for row in rows if not row.is_deleted]
        self.title.set_full_text(self._title(rows))
        self.facts.setText(self._facts(one) if one else self._sum(rows))
        for button, review in self._verdicts().items():
            button.setEnabled(bool(there))
            button.setChecked(bool(there) and all(row.state == review.value for row in there))
        for button in (self.vertices, self.form):
            button.setEnabled(one is not None and not one.is_deleted)
        self.zoom.setEnabled(one is not None)
        can_restore = [row for row in rows if row.is_deleted or row.edit_state == EditState.EDITED.value]
        self.restore.setEnabled(bool(rows) and len(can_restore) == len(rows))
        self.note.setEnabled(one is not None and not one.is_deleted)
        if not (self.note.hasFocus() and self.note.isModified()):
            self._shown_note = one.note if one else ""
            self.note.setText(self._shown_note)

    def _title(self, rows: list[ReviewRow]) -> str:
        if not rows:
            return self.tr("No outline selected")
        if len(rows) > 1:
            return self.tr("{count} outlines selected").format(count=len(rows))
        return rows[0].outline_id or self.tr("New outline")

    def _facts(self, row: ReviewRow) -> str:
        parts = [state_label(row.state), origin_label(row.edit_state)]
        return " · ".join(part for part in parts if part)

    def _sum(self, rows: list[ReviewRow]) -> str:
        if not rows:
            return self.tr("Choose one in the list, or press N.")
        return self.tr("{area} km² together").format(area=area_text(sum(row.area_km2 for row in rows)))
