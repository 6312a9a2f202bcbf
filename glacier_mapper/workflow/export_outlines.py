"""Export outlines: check, ask, write to a temporary name, rename."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Callable, Protocol

from qgis.core import QgsFeatureRequest, QgsProject, QgsProviderRegistry, QgsVectorLayer
from qgis.gui import QgsMapCanvas
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication, QObject, QTimer

from ..core.errors import Cancelled, GlacierMapperError, LayerGoneError, OutputNotWritableError
from ..core.export_choice import ExportChoice, LayerFace, Scope
from ..core.export_rules import Finding, check_export
from ..core.progress import Progress, Stage
from ..qgis_io.export_formats import format_of, formats
from ..qgis_io.export_source import ExportSource, Step, capture_source, read_state, stop_when
from ..qgis_io.export_writer import is_there, target_path, write_outlines
from ..qgis_io.outline_zoom import zoom_to_fids
from ..qgis_io.task import BackgroundTask, run_in_background
from ..qgis_io.translation import error_text
from .edit_outline import OutlineEditing

CHECK_DELAY_MS = 150


class Notices(Protocol):
    """Where a word to the analyst goes; `qgis_io.bar_actions.BarActions` is the real one."""

    def show_error(self, error: GlacierMapperError) -> None:
        """Show an error's line."""

    def show_exported(self, path: str, text: str) -> None:
        """Show that a file is written, with a way to its folder."""


class ExportOutlines(QObject):
    """Opens the export dialog, checks as the choice changes, and writes in the background.

    `make_dialog()` returns a `gui.export_dialog.ExportDialog`.
    """

    def __init__(
        self,
        canvas: QgsMapCanvas,
        editing: OutlineEditing,
        make_dialog: Callable[[], Any],
        notices: Notices,
        project: QgsProject,
    ) -> None:
        super().__init__()
        self._canvas, self._editing, self._project = canvas, editing, project
        self._make_dialog, self._notices = make_dialog, notices
        self._dialog: Any = None
        self._layer: QgsVectorLayer | None = None
        self._checking: BackgroundTask | None = None
        self._writing: BackgroundTask | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(CHECK_DELAY_MS)
        self._later.timeout.connect(self._check)

    def open(self, layer: QgsVectorLayer | None = None) -> Any:
        """Show the dialog (not modal) for `layer`, or the newest outlines layer, and return it.

        None where there is nothing to export; the message bar says so then.
        """
        layers = self._editing.layers()
        layer = layer or (layers[-1] if layers else None)
        if layer is None:
            name = QCoreApplication.translate("ExportOutlines", "Glacier outlines")
            self._notices.show_error(LayerGoneError(layer=name))
            return None
        self._close()
        self._layer = layer
        self._dialog = dialog = self._make_dialog()
        dialog.show_formats([one.info for one in formats()])
        dialog.show_layer(self._face())
        self._link(dialog)
        dialog.show()
        dialog.raise_()
        self._soon()
        return dialog

    def stop(self) -> None:
        """Cancel what runs, close the dialog, disconnect everything."""
        self._close()

    def _link(self, dialog: Any) -> None:
        dialog.choiceChanged.connect(self._soon)
        dialog.exportRequested.connect(self._export)
        dialog.cancelRequested.connect(self._cancel)
        dialog.zoomRequested.connect(self._zoom)
        dialog.saveRequested.connect(self._save)
        dialog.finished.connect(self._close)
        self._editing.changed.connect(self._on_edited)

    def _close(self, *_: object) -> None:
        """Let go of the dialog and of what runs for it."""
        self._later.stop()
        for task in (self._checking, self._writing):
            if task is not None:
                task.detach()
                task.cancel()
        self._checking = self._writing = None
        if self._dialog is None:
            return
        dialog, self._dialog = self._dialog, None
        self._editing.changed.disconnect(self._on_edited)
        signals = (dialog.choiceChanged, dialog.exportRequested, dialog.cancelRequested, dialog.zoomRequested)
        for signal in (*signals, dialog.saveRequested):
            signal.disconnect()
        dialog.finished.disconnect(self._close)
        dialog.hide()
        dialog.deleteLater()

    def _face(self) -> LayerFace:
        """What the dialog shows of the layer."""
        layer = self._layer
        reviews = _reviews(layer)
        fields = tuple((f.name(), f.alias() or f.name()) for f in layer.fields() if f.name() != "fid")
        crs = layer.crs()
        return LayerFace(
            name=layer.name(),
            crs=crs.authid() or f"WKT:{crs.toWkt()}",
            fields=fields,
            counts={scope: sum(map(scope.includes, reviews)) for scope in Scope},
            folder=self._folder(),
        )

    def _folder(self) -> str:
        """Where a file name without a folder belongs: beside the project, or else beside the layer."""
        return self._project.homePath() or str(Path(_file_of(self._layer)).parent)

    def _on_edited(self, layer: QgsVectorLayer) -> None:
        if layer is self._layer:
            self._soon()

    def _soon(self) -> None:
        """Check when the choice has settled."""
        if self._dialog is not None and self._writing is None:
            self._dialog.show_checking()
            self._later.start()

    def _check(self) -> None:
        if self._dialog is None:
            return
        if self._checking is not None:
            self._checking.detach()
            self._checking.cancel()
        choice = self._dialog.choice()
        try:
            source = self._source()
        except GlacierMapperError as error:
            self._dialog.show_error(error_text(error))
            return
        title = QCoreApplication.translate("ExportOutlines", "Check the outlines")
        max_text = format_of(choice.format_key).info.max_text

        def compute(task: BackgroundTask) -> list[Finding]:
            return check_export(read_state(source, choice.scope, max_text, stop_when(task.is_cancelled)))

        self._checking = run_in_background(title, compute, self._on_checked, self._on_check_failed)

    def _on_checked(self, findings: list[Finding]) -> None:
        self._checking = None
        if self._dialog is not None:
            self._dialog.show_findings(findings)

    def _on_check_failed(self, error: GlacierMapperError) -> None:
        self._checking = None
        if self._dialog is not None and not isinstance(error, Cancelled):
            self._dialog.show_error(error_text(error))

    def _export(self) -> None:
        """Ask where something is in the way, then write in the background."""
        if self._writing is not None:
            return
        choice = self._dialog.choice()
        try:
            source = self._source()
            path = target_path(choice, self._folder())
            choice = replace(choice, path=str(path))
            self._refuse_own_sources(path)
            exists = is_there(path)
        except GlacierMapperError as error:
            self._dialog.show_error(error_text(error))
            return
        if exists and not self._dialog.confirm_overwrite(str(path)):
            return
        self._dialog.show_running(True)
        title = QCoreApplication.translate("ExportOutlines", "Export the outlines")

        def compute(task: BackgroundTask) -> Path:
            return write_outlines(source, choice, exists, _reporting(task))

        self._writing = run_in_background(
            title, compute, lambda written: self._on_written(written, choice), self._on_failed, self._on_progress
        )

    def _source(self) -> ExportSource:
        if self._layer is None or sip.isdeleted(self._layer):
            raise LayerGoneError(layer=QCoreApplication.translate("ExportOutlines", "Glacier outlines"))
        return capture_source(self._layer, self._project)

    def _refuse_own_sources(self, path: Path) -> None:
        """A file that a layer of the project shows is not written over: its data would be lost."""
        for layer in self._project.mapLayers().values():
            file = _file_of(layer)
            if file and Path(file).resolve() == path.resolve():
                template = QCoreApplication.translate("ExportOutlines", "the layer “{layer}” of the project lies in it")
                raise OutputNotWritableError(path=str(path), reason=template.format(layer=layer.name()))

    def _on_progress(self, progress: Progress) -> None:
        if self._dialog is not None:
            self._dialog.show_progress(progress.fraction)

    def _on_written(self, path: Path, choice: ExportChoice) -> None:
        self._writing = None
        template = QCoreApplication.translate("ExportOutlines", "The outlines are exported to {path}.")
        self._notices.show_exported(str(path), template.format(path=str(path)))
        if self._dialog is not None:
            self._dialog.show_running(False)
            self._dialog.close()

    def _on_failed(self, error: GlacierMapperError) -> None:
        self._writing = None
        if self._dialog is not None:
            self._dialog.show_running(False)
            self._dialog.show_error(error_text(error))
        if not isinstance(error, Cancelled):
            self._notices.show_error(error)

    def _cancel(self) -> None:
        if self._writing is not None:
            self._writing.cancel()

    def _save(self) -> None:
        """Save the layer's edits and go on editing; what can't be saved is said, and stays."""
        layer = self._layer
        if layer is None or sip.isdeleted(layer):
            return
        if not layer.commitChanges(False):
            reason = " ".join(layer.commitErrors())
            self._dialog.show_error(error_text(OutputNotWritableError(path=_file_of(layer), reason=reason)))
            return
        self._dialog.show_error("")
        self._soon()

    def _zoom(self, fids: list[int]) -> None:
        if self._layer is not None and not sip.isdeleted(self._layer):
            zoom_to_fids(self._canvas, self._layer, fids)


def _reviews(layer: QgsVectorLayer) -> list[str]:
    """What was said of each outline."""
    index = layer.fields().lookupField("review")
    if index < 0:
        return []
    request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry).setSubsetOfAttributes([index])
    return [str(feature[index]) for feature in layer.getFeatures(request)]


def _reporting(task: BackgroundTask) -> Step:
    """A step that tells the task how far it is, a hundred times at most, and stops when it is cancelled."""
    stop, told = stop_when(task.is_cancelled), [-1]

    def step(done: int, total: int) -> None:
        stop(done, total)
        percent = 100 * done // total if total else 100
        if percent != told[0]:
            told[0] = percent
            task.report(Progress(Stage.WRITING, done, total, percent / 100))

    return step


def _file_of(layer: Any) -> str:
    """The file that a layer shows, empty where it shows none."""
    provider = layer.dataProvider()
    if provider is None:
        return ""
    return str(QgsProviderRegistry.instance().decodeUri(provider.name(), layer.source()).get("path") or "")
