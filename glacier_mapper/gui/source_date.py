"""The day on which the chosen image was taken: as the file says it, or as the analyst knows it."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.gui import QgsDateEdit
from qgis.PyQt.QtCore import QDate, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QGridLayout, QLabel, QWidget

from ..core.guess import BandDescription
from ..core.scaling import acquisition_date
from .colors import Accent
from .parts import row
from .role_row import FRAME
from .widgets import Glyph, WrapLabel, quiet, small

FORMAT = "yyyy-MM-dd"


class _DateBox(QgsDateEdit):
    """A date box that the Tab key leaves at once; year, month and day are reached by the arrow keys."""

    def focusNextPrevChild(self, is_next: bool) -> bool:
        """Go on to the next widget."""
        return QWidget.focusNextPrevChild(self, is_next)


class SourceDate(QWidget):
    """A date box and, below it, where the date comes from. `edited` carries ISO 8601, "" for what the file says."""

    edited = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_setting = False
        self.label = QLabel(self.tr("Image date"), self)
        self.label.setIndent(0)
        self.box = quiet(_DateBox(self))
        self.box.setKeyboardTracking(False)
        self.box.setObjectName("sourceDate")
        self.box.setAccessibleName(self.tr("Day on which the image was taken"))
        self.box.setDisplayFormat(FORMAT)
        self.box.setAllowNull(True)
        self.box.setMaximumDate(QDate.currentDate())
        self.label.setBuddy(self.box)
        self.glyph = Glyph(self, 14)
        self.reason = small(WrapLabel(self))
        grid, below = QGridLayout(self), row(4)
        grid.setContentsMargins(0, 0, 0, 3)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(1)
        below.addWidget(self.glyph, 0, Qt.AlignmentFlag.AlignTop)
        below.addWidget(self.reason, 1)
        grid.addWidget(self.label, 0, 0)
        grid.addWidget(self.box, 0, 1)
        grid.addLayout(below, 1, 1)
        grid.setColumnStretch(1, 1)
        self.show_bands(())
        self.box.dateValueChanged.connect(self._on_changed)

    def label_width(self) -> int:
        """What the label needs."""
        return self.label.fontMetrics().horizontalAdvance(self.label.text()) + FRAME

    def set_label_width(self, width_px: int) -> None:
        """Line up with the roles."""
        self.label.setFixedWidth(width_px)

    def show_bands(self, bands: Sequence[BandDescription]) -> None:
        """The date of these bands, the chosen image's; nothing is shown without one."""
        self.setVisible(bool(bands))
        days = sorted({day for day in map(acquisition_date, bands) if day})
        day = QDate.fromString(days[0][:10], FORMAT) if len(days) == 1 else QDate()
        self._is_setting = True
        self.box.setNullRepresentation(self.tr("several") if len(days) > 1 else self.tr("unknown"))
        self.box.setDate(day if day.isValid() else QDate.currentDate())
        if not day.isValid():
            self.box.setDate(QDate())  # after a day, so that the word is drawn; `clear` would draw today
        self._is_setting = False
        if any(band.date for band in bands):
            self._say("manual", Accent.INFO, self.tr("Set by hand; kept in the project."))
        elif days:
            found = self.tr("Found in the image or its name: {days}.").format(days=", ".join(days))
            self._say("certain", Accent.GOOD, found)
        else:
            self._say("unsure", Accent.WARN, self.tr("Not found in the image. Outlines need it for an inventory."))

    def _say(self, icon: str, kind: Accent, text: str) -> None:
        self.glyph.show_icon(icon, kind, text)
        self.reason.setText(text)
        self.reason.set_tone(kind if kind is Accent.WARN else "soft")
        self.box.setAccessibleDescription(text)

    def _on_changed(self, day: QDate) -> None:
        if not self._is_setting:
            self.edited.emit("" if self.box.isNull() or not day.isValid() else day.toString(FORMAT))
