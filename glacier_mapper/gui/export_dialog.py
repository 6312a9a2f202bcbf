"""The export dialog: format, file, CRS, which outlines, which columns, and what the check found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from qgis.core import QgsCoordinateReferenceSystem
from qgis.gui import QgsFileWidget, QgsProjectionSelectionWidget
from qgis.PyQt.QtCore import QCoreApplication, QSize, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QFrame,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from ..core.export_choice import ExportChoice, FormatInfo, LayerFace, Scope, short_names
from ..core.export_rules import Finding
from .export_fields import FieldChooser
from .export_findings import FindingsList
from .widgets import WrapLabel

FRAME = QSize(24, 64)
"""What a window's frame and title take of the desktop, in pixels, at most."""


class ExportDialog(QDialog):
    """Choices out as signals, findings and progress in by `show_*`; it neither checks nor writes."""

    choiceChanged = pyqtSignal()
    exportRequested = pyqtSignal()
    cancelRequested = pyqtSignal()
    zoomRequested = pyqtSignal(object)  # feature ids
    saveRequested = pyqtSignal()  # of the layer's edits

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("GlacierMapperExport")
        self.setWindowTitle(self.tr("Export glacier outlines"))
        self._formats: dict[str, FormatInfo] = {}
        self._running = self._checked = False
        self._layer_crs = ""
        self._make_widgets()
        self._lay_out()
        self._connect()
        self.show_running(False)

    def _make_widgets(self) -> None:
        self.formats = QComboBox(self)
        self.file = QgsFileWidget(self)
        self.file.setStorageMode(QgsFileWidget.StorageMode.SaveFile)
        self.file.setConfirmOverwrite(False)  # asked once, at the export
        self.file.setDialogTitle(self.tr("Export to"))
        self.crs = QgsProjectionSelectionWidget(self)
        self.scopes = QComboBox(self)
        self.fields = FieldChooser(self)
        self.names = WrapLabel(self)
        self.names.set_tone("soft")
        self.findings = FindingsList(self)
        self.error = WrapLabel(self)
        self.progress = QProgressBar(self)
        self.progress.setRange(0, 1000)
        self.progress.setAccessibleName(self.tr("Progress of the export"))
        self.buttons = QDialogButtonBox(self)
        self.cancel = QPushButton(self.tr("&Cancel export"), self)
        self.export = QPushButton(self.tr("&Export"), self)
        self.export.setDefault(True)
        self.buttons.addButton(self.cancel, QDialogButtonBox.ButtonRole.ActionRole)
        self.buttons.addButton(self.export, QDialogButtonBox.ButtonRole.ActionRole)
        self.close_button = self.buttons.addButton(QDialogButtonBox.StandardButton.Close)
        self.close_button.setText(self.tr("C&lose"))  # Qt's own translation may be missing

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for text, widget in (
            (self.tr("&Format"), self.formats),
            (self.tr("F&ile"), self.file),
            (self.tr("Coordinate &system"), self.crs),
            (self.tr("&Outlines"), self.scopes),
        ):
            label = QLabel(text, self)
            label.setBuddy(widget)
            widget.setAccessibleName(text.replace("&", ""))
            form.addRow(label, widget)
        columns, check = QGroupBox(self.tr("Columns"), self), QGroupBox(self.tr("Check"), self)
        inner = QVBoxLayout(columns)
        inner.addWidget(self.fields, 1)
        inner.addWidget(self.names)
        QVBoxLayout(check).addWidget(self.findings)
        middle = QHBoxLayout()
        middle.addWidget(columns, 4)
        middle.addWidget(check, 5)
        choices = QWidget(self)
        inner = QVBoxLayout(choices)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addLayout(form)
        inner.addLayout(middle, 1)
        layout = QVBoxLayout(self)
        layout.addWidget(self._scrolled(choices), 1)
        for widget in (self.error, self.progress, self.buttons):
            layout.addWidget(widget)
        width = self.fontMetrics().horizontalAdvance("x")
        room = self.screen().availableGeometry().size() - FRAME
        self.resize(QSize(110 * width, 34 * self.fontMetrics().height()).boundedTo(room))

    def _scrolled(self, choices: QWidget) -> QScrollArea:
        """The choices scroll where the desktop is small; the buttons always show."""
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(choices)
        return area

    def _connect(self) -> None:
        self.formats.currentIndexChanged.connect(self._on_format)
        self.scopes.currentIndexChanged.connect(self._tell)
        self.fields.changed.connect(self._on_fields)
        self.crs.crsChanged.connect(self._enable)
        self.file.fileChanged.connect(self._enable)
        self.findings.anywayChanged.connect(self._enable)
        self.findings.zoomRequested.connect(self.zoomRequested)
        self.findings.saveRequested.connect(self.saveRequested)
        self.export.clicked.connect(lambda _checked=False: self.exportRequested.emit())
        self.cancel.clicked.connect(lambda _checked=False: self.cancelRequested.emit())
        self.buttons.rejected.connect(self.reject)

    def show_formats(self, formats: Sequence[FormatInfo]) -> None:
        """Offer formats; the first is chosen."""
        self._formats = {info.key: info for info in formats}
        self.formats.blockSignals(True)
        self.formats.clear()
        for info in formats:
            self.formats.addItem(QCoreApplication.translate("export", info.label), info.key)
        self.formats.blockSignals(False)

    def show_layer(self, face: LayerFace) -> None:
        """Show the layer to export; call `show_formats` first."""
        self._layer_crs = face.crs
        self.setWindowTitle(self.tr("Export “{layer}”").format(layer=face.name))
        self.crs.setCrs(_crs(face.crs))
        self.fields.show_fields(face.fields)
        self._show_scopes(face.counts)
        self.file.setFilePath(str(Path(face.folder) / "glacier_outlines.gpkg"))
        self._on_format()

    def _show_scopes(self, counts: Mapping[Scope, int]) -> None:
        texts = {
            Scope.ACCEPTED: self.tr("Accepted only ({count})"),
            Scope.NOT_REJECTED: self.tr("All but the rejected ({count})"),
            Scope.ALL: self.tr("All ({count})"),
        }
        self.scopes.blockSignals(True)
        self.scopes.clear()
        for scope, text in texts.items():
            self.scopes.addItem(text.format(count=counts.get(scope, 0)), scope.value)
        self.scopes.blockSignals(False)

    def choice(self) -> ExportChoice:
        """The choice as it stands."""
        return ExportChoice(
            format_key=self.formats.currentData() or "",
            path=self.file.filePath(),
            crs=_crs_text(self.crs.crs()),
            scope=Scope(self.scopes.currentData() or Scope.ACCEPTED.value),
            fields=self.fields.chosen(),
            anyway=self.findings.anyway.isChecked(),
        )

    def show_checking(self) -> None:
        """The outlines are being checked; the export waits for it."""
        self._checked = False
        self.findings.show_checking()
        self._enable()

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """What the check found."""
        self._checked = True
        self.findings.show_findings(findings)
        self._enable()

    def show_running(self, running: bool) -> None:
        """The export runs (progress and Cancel), or not."""
        self._running = running
        self.progress.setVisible(running)
        self.cancel.setVisible(running)
        self.progress.setValue(0)
        for widget in (self.formats, self.file, self.crs, self.scopes, self.fields):
            widget.setEnabled(not running)
        self.show_error("")
        self._on_crs_fixed()
        self._enable()

    def show_progress(self, fraction: float) -> None:
        """How far the export is, 0..1."""
        self.progress.setValue(round(1000 * fraction))

    def show_error(self, text: str) -> None:
        """Why the export failed and what to do, "" for nothing."""
        self.error.setText(text)
        self.error.setVisible(bool(text))

    def confirm_overwrite(self, path: str) -> bool:
        """Ask whether an existing file may be replaced; No is the default."""
        text = self.tr("{path} exists already. Replace it?").format(path=path)
        buttons = QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No
        answer = QMessageBox.question(
            self, self.tr("Replace the file?"), text, buttons, QMessageBox.StandardButton.No
        )
        return answer == QMessageBox.StandardButton.Yes

    def reject(self) -> None:
        """Close, by whichever way; an export that runs is cancelled first."""
        if self._running:
            self.cancelRequested.emit()
        super().reject()

    def _format(self) -> FormatInfo | None:
        return self._formats.get(self.formats.currentData() or "")

    def _on_format(self) -> None:
        """Another format: its suffix, its CRS, its column names."""
        info = self._format()
        if info is None:
            return
        path = Path(self.file.filePath()) if self.file.filePath() else None
        if path is not None and path.name:
            known = {one.suffix for one in self._formats.values()}
            stem = path.with_suffix("") if path.suffix.lower() in known else path
            self.file.setFilePath(str(stem.with_name(stem.name + info.suffix)))
        self.file.setFilter(f"{self.formats.currentText()} (*{info.suffix})")
        if info.fixed_crs:
            self.crs.setCrs(_crs(info.fixed_crs))
        elif not self.crs.isEnabled():
            self.crs.setCrs(_crs(self._layer_crs))
        self._on_crs_fixed()
        self._on_fields()
        self._tell()

    def _on_crs_fixed(self) -> None:
        info = self._format()
        fixed = info is not None and bool(info.fixed_crs)
        self.crs.setEnabled(not self._running and not fixed)
        self.crs.setToolTip(self.tr("This format always has WGS 84 longitude and latitude.") if fixed else "")

    def _on_fields(self) -> None:
        info = self._format()
        chosen = self.fields.chosen()
        shortened = {n: s for n, s in short_names(chosen).items() if n != s} if info and info.short_names else {}
        self.fields.show_names(shortened)
        text = self.tr("This format cuts column names short; the list shows the names in the file.")
        self.names.setText(text)
        self.names.setVisible(bool(shortened))
        self._enable()

    def _tell(self) -> None:
        self._enable()
        self.choiceChanged.emit()

    def _enable(self) -> None:
        named = bool(Path(self.file.filePath()).name) if self.file.filePath() else False
        ready = named and self.crs.crs().isValid() and bool(self.fields.chosen())
        blocked = self._running or not self._checked or self.findings.blocks()
        self.export.setEnabled(ready and not blocked)


def _crs(text: str) -> QgsCoordinateReferenceSystem:
    return QgsCoordinateReferenceSystem(text)


def _crs_text(crs: QgsCoordinateReferenceSystem) -> str:
    """An authority code where there is one, else the WKT."""
    if crs.authid() and not crs.authid().startswith("USER"):
        return crs.authid()
    return f"WKT:{crs.toWkt(QgsCoordinateReferenceSystem.WktVariant.WKT_PREFERRED)}" if crs.isValid() else ""
