"""The form for Keras weights of a published network."""

from __future__ import annotations

from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QCheckBox, QDialogButtonBox, QFormLayout, QGridLayout, QLineEdit, QWidget

from ..core.branches import Branch
from ..core.errors import GlacierMapperError
from ..core.keras_form import PUBLISHED, TAKES_LOCATION, KerasForm, name_from
from ..core.runner_face import AddOnCondition, AddOnFace
from . import texts
from .add_on_box import AddOnBox
from .colors import Accent
from .model_facts import branch_label
from .parts import FormDialog, column
from .widgets import WrapLabel, combo_box, small

FIT_MS = 30
"""After which the heights of wrapped texts are known."""


class KerasDialog(FormDialog):
    """Modal; `form()` is what was chosen. Nothing is looked at here: the runner names every mismatch.

    `show_add_on` tells whether what the import needs is there; the box that offers it is `add_on`.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._named = ""
        self._can_import = True
        self.setWindowTitle(self.tr("Import Keras weights"))
        self.setMinimumWidth(500)
        self._build()
        self._lay_out()
        self.weights.fileChanged.connect(self._on_weights)
        self.architecture.currentIndexChanged.connect(self._on_change)
        for box in self.inputs.values():
            box.toggled.connect(self._on_change)
        self.name.textChanged.connect(self._on_change)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        self._on_change()

    def _build(self) -> None:
        self.weights = self._file(self.tr("Weights"), self.tr("Keras weights (*.h5 *.hdf5);;All files (*)"))
        self.architecture = combo_box(self, self.tr("Architecture"))
        for name, title in PUBLISHED.items():
            self.architecture.addItem(title, name)
        self.inputs = {branch: QCheckBox(branch_label(branch), self) for branch in Branch}
        for branch in (Branch.OPTICAL, Branch.DEM):
            self.inputs[branch].setChecked(True)
        self.location = combo_box(self, self.tr("Location"))
        for value, text in (
            ("", self.tr("the network is not told")),
            ("region", self.tr("told as the region (12 values)")),
            ("coordinates", self.tr("told as coordinates (4 values)")),
        ):
            self.location.addItem(text, value)
        json = self.tr("JSON (*.json);;All files (*)")
        self.stats = self._file(self.tr("Minima and maxima"), json)
        self.calibration = self._file(self.tr("Calibration"), json)
        self.calibration.lineEdit().setPlaceholderText(self.tr("none: raw confidence"))
        self.name = QLineEdit(self)
        self.name.setAccessibleName(self.tr("Name of the package"))
        self.title = QLineEdit(self)
        self.title.setAccessibleName(self.tr("Title"))
        self.title.setPlaceholderText(self.tr("what lists call it"))
        self.add_on = AddOnBox(self)
        self.fault = WrapLabel(self)
        self.fault.set_tone(Accent.BAD)
        self.fault.hide()
        ok, cancel = QDialogButtonBox.StandardButton.Ok, QDialogButtonBox.StandardButton.Cancel
        self.buttons = QDialogButtonBox(ok | cancel, self)
        self.buttons.button(ok).setText(self.tr("Import"))

    def _lay_out(self) -> None:
        grid = QGridLayout()
        for number, box in enumerate(self.inputs.values()):
            grid.addWidget(box, number // 3, number % 3)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("&Weights (.h5)"), self.weights)
        form.addRow(self.tr("&Architecture"), self.architecture)
        form.addRow(self.tr("Inputs"), grid)
        form.addRow(self.tr("&Location"), self.location)
        form.addRow(self.tr("&Minima and maxima"), self.stats)
        form.addRow(self.tr("&Calibration"), self.calibration)
        form.addRow(self.tr("&Name"), self.name)
        form.addRow(self.tr("&Title"), self.title)
        note = small(WrapLabel(self))
        note.set_tone("soft")
        note.setText(
            self.tr(
                "The file is read layer by layer and every weight must fit the architecture; nothing in it is "
                "executed."
            )
        )
        layout = column(self, margin=12, gap=8)
        layout.addWidget(self.add_on)
        layout.addLayout(form)
        layout.addWidget(note)
        layout.addWidget(self.fault)
        layout.addStretch(1)
        layout.addWidget(self.buttons)

    def _file(self, title: str, filters: str) -> QgsFileWidget:
        widget = QgsFileWidget(self)
        widget.setDialogTitle(title)
        widget.setFilter(filters)
        widget.lineEdit().setAccessibleName(title)
        return widget

    def show_add_on(self, face: AddOnFace) -> None:
        """Whether the import can be done now. While nobody knows it can be tried."""
        self._can_import = face.condition in (AddOnCondition.READY, AddOnCondition.UNKNOWN)
        self.add_on.show_face(face)
        self._show_ready()
        QTimer.singleShot(FIT_MS, self._fit)

    def form(self) -> KerasForm:
        """What was chosen."""
        return KerasForm(
            weights=self.weights.filePath().strip(),
            architecture=self.architecture.currentData(),
            inputs=tuple(branch for branch, box in self.inputs.items() if box.isChecked()),
            name=self.name.text().strip(),
            location=self.location.currentData() if self.location.isEnabled() else "",
            stats=self.stats.filePath().strip(),
            calibration=self.calibration.filePath().strip(),
            title=self.title.text().strip(),
        )

    def _on_weights(self, path: str) -> None:
        """A name is proposed until one is typed."""
        if self.name.text() == self._named:
            self._named = name_from(path)
            self.name.setText(self._named)
        self._on_change()

    def _on_change(self, *_: object) -> None:
        self.fault.hide()
        self.location.setEnabled(self.architecture.currentData() in TAKES_LOCATION)
        self._show_ready()

    def _show_ready(self) -> None:
        ready = bool(self.weights.filePath().strip() and self.name.text().strip())
        some = any(box.isChecked() for box in self.inputs.values())
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(ready and some and self._can_import)

    def _accept(self) -> None:
        try:
            self.form().check()
        except GlacierMapperError as error:
            self.fault.setText(texts.error_text(error))
            self.fault.show()
            return
        self.accept()
