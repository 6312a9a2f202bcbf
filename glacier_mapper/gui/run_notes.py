"""What a run noted: what is to be checked as lines, the rest behind a small button."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QToolButton, QWidget

from ..core.messages import Message
from . import texts
from .colors import Accent
from .parts import column, row
from .widgets import Glyph, WrapLabel, small

MOST_LINES = 2
"""Lines to be checked that are shown at once; the foot is always in sight and must stay low."""


class NoteLine(QWidget):
    """A sign and a sentence."""

    def __init__(self, message: Message, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.glyph, self.text = Glyph(self, 14), small(WrapLabel(self))
        kind = Accent.WARN if message.to_check else None
        self.glyph.show_icon("unsure" if message.to_check else "info", kind, "")
        self.text.set_tone("" if message.to_check else "soft")
        self.text.setText(texts.translated(message))
        line = row()
        line.addWidget(self.glyph, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.text, 1)
        self.setLayout(line)


class RunNotes(QWidget):
    """Hidden while there is nothing to say. The button folds and unfolds what is not shown at once."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: list[NoteLine] = []
        self.more = small(QToolButton(self))
        self.more.setAutoRaise(True)
        self.more.setCheckable(True)
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.more.toggled.connect(self._fold)
        self._lines = column(self, gap=2)
        self._lines.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self.show_notes([])

    def show_notes(self, notes: Sequence[Message]) -> None:
        """Show messages, those to be checked first as they come; folded again."""
        for line in self.lines:
            self._lines.removeWidget(line)
            line.hide()
            line.deleteLater()
        self.lines = [NoteLine(message, self) for message in notes]
        for place, line in enumerate(self.lines):
            self._lines.insertWidget(place, line)
        self._open = min(MOST_LINES, sum(message.to_check for message in notes))
        self._name_button([texts.translated(message) for message in notes[self._open :]])
        self.more.setChecked(False)
        self._fold(False)
        self.setVisible(bool(notes))

    def _name_button(self, folded: Sequence[str]) -> None:
        one, many = self.tr("1 note"), self.tr("{count} notes")
        if self._open:
            one, many = self.tr("1 more note"), self.tr("{count} more notes")
        self.more.setText(one if len(folded) == 1 else many.format(count=len(folded)))
        self.more.setToolTip("\n".join(folded))
        self.more.setAccessibleDescription(" ".join(folded))
        self.more.setVisible(bool(folded))

    def _fold(self, is_open: bool) -> None:
        self.more.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        for place, line in enumerate(self.lines):
            line.setVisible(is_open or place < self._open)
