"""What goes with every model: how the image's numbers are to be read, and which files are written besides."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QCheckBox, QFormLayout, QLabel, QWidget

from ..core.scaling_choice import AUTO_SCALING, scaling_choices
from .parts import GAP
from .widgets import combo_box


class ExtrasPanel(QWidget):
    """A choice and a tick. `changed` comes when the hand changed something."""

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scaling = combo_box(self, self.tr("Scaling of the optical bands"))
        self.scaling.setObjectName("scalingCombo")
        self.scaling.setToolTip(
            self.tr("What the numbers of the image mean. Choose the product where the note under the result is wrong.")
        )
        for word, title in scaling_choices():
            text = QCoreApplication.translate("scaling", title)
            self.scaling.addItem(text, word)
            self.scaling.setItemData(self.scaling.count() - 1, text, Qt.ItemDataRole.ToolTipRole)
        self.classes = QCheckBox(self.tr("Write classes &beside the probability"), self)
        self.classes.setObjectName("classesCheck")
        self.classes.setToolTip(
            self.tr(
                "classes.tif in the folder of the results: 0 other, 1 glacier, 2 debris where the model tells it "
                "apart, 255 no data."
            )
        )
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(GAP)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        label = QLabel(self.tr("Scaling"), self)
        label.setBuddy(self.scaling)
        form.addRow(label, self.scaling)
        form.addRow(self.classes)
        self.scaling.currentIndexChanged.connect(lambda _: self.changed.emit())
        self.classes.toggled.connect(lambda _: self.changed.emit())

    def is_usual(self) -> bool:
        """Whether nothing was chosen."""
        return self.scaling.currentData() == AUTO_SCALING and not self.classes.isChecked()

    def set_scaling(self, word: str) -> None:
        """Choose a scaling, without a signal; one that is not known counts as the automatic one."""
        self.blockSignals(True)
        self.scaling.setCurrentIndex(max(0, self.scaling.findData(word)))
        self.blockSignals(False)

    def set_classes(self, is_wanted: bool) -> None:
        """Tick or not, without a signal."""
        self.blockSignals(True)
        self.classes.setChecked(is_wanted)
        self.blockSignals(False)

    def reset(self) -> None:
        """As it is at first, without a signal."""
        self.set_scaling(AUTO_SCALING)
        self.set_classes(False)
