"""How outlines are traced from the probability."""

from __future__ import annotations

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QFormLayout, QWidget

from ..core.request import OutlineSettings
from .parts import GAP
from .widgets import spin_box


class OutlinePanel(QWidget):
    """Four numbers."""

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.min_area = spin_box(self, 0.0, 1000.0, 3, self.tr("Smallest glacier"))
        self.min_area.setSuffix(" km²")
        self.min_area.setSingleStep(0.01)
        self.min_area.setToolTip(self.tr("Outlines below this area are left out. Inventories use 0.01 km²."))
        self.min_hole = spin_box(self, 0.0, 1000.0, 3, self.tr("Smallest hole"))
        self.min_hole.setSuffix(" km²")
        self.min_hole.setSingleStep(0.01)
        self.min_hole.setToolTip(self.tr("Rock islands below this area are filled; 0 keeps all of them."))
        self.smoothing = spin_box(self, 0.0, 1.0, 2, self.tr("Smoothing"))
        self.smoothing.setSingleStep(0.1)
        self.smoothing.setToolTip(self.tr("From 0, none, to 1; the line never moves by more than half a pixel."))
        self.threshold = spin_box(self, 0.01, 0.99, 2, self.tr("Probability at the line"))
        self.threshold.setSingleStep(0.05)
        self.threshold.setToolTip(self.tr("The outline runs where the probability of glacier has this value."))
        self._lay_out()
        self.set_settings(OutlineSettings())

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(GAP)
        form.addRow(self.tr("Smallest glacier"), self.min_area)
        form.addRow(self.tr("Smallest hole"), self.min_hole)
        form.addRow(self.tr("Smoothing"), self.smoothing)
        form.addRow(self.tr("Probability at the line"), self.threshold)
        for box in (self.min_area, self.min_hole, self.smoothing, self.threshold):
            box.valueChanged.connect(self._on_change)

    def settings(self) -> OutlineSettings:
        """The settings as they stand."""
        return OutlineSettings(
            threshold=round(self.threshold.value(), 2),
            min_area_km2=round(self.min_area.value(), 3),
            min_hole_km2=round(self.min_hole.value(), 3),
            smoothing=round(self.smoothing.value(), 2),
        )

    def set_settings(self, settings: OutlineSettings) -> None:
        """Show settings, without a signal."""
        self.blockSignals(True)
        self.threshold.setValue(settings.threshold)
        self.min_area.setValue(settings.min_area_km2)
        self.min_hole.setValue(settings.min_hole_km2)
        self.smoothing.setValue(settings.smoothing)
        self.blockSignals(False)

    def summary(self) -> str:
        """In a few words, for the folded section."""
        text = self.tr("from {area}, smoothing {smoothing}")
        return text.format(area=self.min_area.text(), smoothing=self.smoothing.text())

    def _on_change(self) -> None:
        self.changed.emit()
