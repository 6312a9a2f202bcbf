"""One role in the dock: its band, how sure the choice is, and whether the model needs it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QStandardItemModel
from qgis.PyQt.QtWidgets import QGridLayout, QLabel, QWidget

from ..core.roles import Role
from . import texts
from .colors import Accent
from .parts import row
from .widgets import ElidedLabel, Glyph, WrapLabel, combo_box, small

FRAME = 10
"""Room for the frame that some themes draw round labels, in device-independent pixels."""


class Need(Enum):
    """What a role is to the chosen model."""

    NEEDED = auto()
    ONE_OF = auto()
    USED = auto()
    UNUSED = auto()


class Standing(Enum):
    """How a role came to what it is."""

    CERTAIN = auto()
    UNSURE = auto()
    MANUAL = auto()
    SHARED = auto()
    EMPTY = auto()
    LACKING = auto()


_SIGNS: dict[Standing, tuple[str, Accent | None]] = {
    Standing.CERTAIN: ("certain", Accent.GOOD),
    Standing.UNSURE: ("unsure", Accent.WARN),
    Standing.MANUAL: ("manual", Accent.INFO),
    Standing.SHARED: ("unsure", Accent.WARN),
    Standing.EMPTY: ("unused", None),
    Standing.LACKING: ("missing", Accent.BAD),
}
_TONES: dict[Standing, Accent] = {
    Standing.UNSURE: Accent.WARN,
    Standing.SHARED: Accent.WARN,
    Standing.LACKING: Accent.BAD,
}


@dataclass(frozen=True)
class RoleState:
    """What a row shows: `index` in the list of bands (0 is "not used"), and why, in the user's language."""

    index: int
    need: Need
    standing: Standing
    reason: str


class RoleRow(QWidget):
    """Label and combo box, below them the need and the reason; what asks to be looked at is never cut off."""

    bandPicked = pyqtSignal(object, int)

    def __init__(self, role: Role, bands: QStandardItemModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.role = role
        self.standing = Standing.EMPTY
        self.label = QLabel(texts.short_role_label(role), self)
        self.label.setIndent(0)
        self.label.setToolTip(texts.role_label(role))
        self.combo = combo_box(self, texts.role_label(role))
        self.combo.setObjectName(f"role_{role.value}")
        self.combo.setModel(bands)
        self.combo.activated.connect(self._on_activated)
        self.label.setBuddy(self.combo)
        self.need = small(ElidedLabel(self))
        self.glyph = Glyph(self, 14)
        self.reason = small(ElidedLabel(self))
        self.alert = small(WrapLabel(self))
        self._lay_out()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 3)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(1)
        below = row(4)
        below.addWidget(self.glyph, 0, Qt.AlignmentFlag.AlignTop)
        below.addWidget(self.reason, 1)
        below.addWidget(self.alert, 1)
        grid.addWidget(self.label, 0, 0)
        grid.addWidget(self.combo, 0, 1)
        grid.addWidget(self.need, 1, 0, Qt.AlignmentFlag.AlignTop)
        grid.addLayout(below, 1, 1)
        grid.setColumnStretch(1, 1)

    def label_width(self) -> int:
        """What the label and the longest word below it need, with some room for a theme's frame."""
        words = [self.need_text(need) for need in Need]
        below = max(self.need.fontMetrics().horizontalAdvance(word) for word in words)
        return max(self.label.fontMetrics().horizontalAdvance(self.label.text()), below) + FRAME

    def set_label_width(self, width_px: int) -> None:
        """Line the rows up."""
        self.label.setFixedWidth(width_px)
        self.need.setFixedWidth(width_px)

    def show_state(self, state: RoleState) -> None:
        """Show a state, without a signal."""
        self.standing = state.standing
        self.combo.setCurrentIndex(state.index)
        self.combo.setToolTip(self.combo.currentText())
        self.glyph.show_icon(*_SIGNS[state.standing], state.reason)
        is_alert = state.standing in _TONES
        self.reason.set_full_text(state.reason)
        self.reason.set_tone("soft")
        self.reason.setVisible(not is_alert)
        self.alert.setText(state.reason)
        self.alert.set_tone(_TONES.get(state.standing, ""))
        self.alert.setVisible(is_alert)
        self.combo.setAccessibleDescription(state.reason)
        self.need.set_full_text(self.need_text(state.need))
        self.need.set_tone("" if state.need is Need.NEEDED else "soft")

    def need_text(self, need: Need) -> str:
        """The need in a word."""
        return {
            Need.NEEDED: self.tr("needed"),
            Need.ONE_OF: self.tr("one is needed"),
            Need.USED: self.tr("optional"),
            Need.UNUSED: self.tr("not used"),
        }[need]

    def _on_activated(self, index: int) -> None:
        self.bandPicked.emit(self.role, index)
