"""Teach the chosen model by the outlines in view that are reviewed: capture, compute, and keep or discard."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from qgis.PyQt.QtCore import QCoreApplication, QObject, QTimer, pyqtSignal

from ..core.errors import GlacierMapperError, InvalidParameterError
from ..core.model_card import ModelCard
from ..core.package_folder import InstallOptions, install_package
from ..core.package_names import check_new_name, plain_name
from ..core.teach import TeachFace, TeachResult, TeachSettings
from ..qgis_io.reviewed_outlines import JUDGED
from ..qgis_io.run_folder import remove_folder
from ..qgis_io.task import BackgroundTask, run_in_background
from ..qgis_io.view import capture_extent
from .teach_run import Captured, TeachSurroundings, capture, check, compute, model_title, reviewed_in

REFRESH_MS = 300


class TeachModel(QObject):
    """Opens the dialog (not modal) and does what it asks for. One teaching at a time."""

    failed = pyqtSignal(object)
    """An error while no dialog is open that could show it."""

    def __init__(self, around: TeachSurroundings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._around = around
        self._dialog: Any = None
        self._task: BackgroundTask | None = None
        self._captured: Captured | None = None
        self._result: TeachResult | None = None
        self._is_stale = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(REFRESH_MS)
        self._later.timeout.connect(self._show_face)

    @property
    def is_running(self) -> bool:
        """Whether a teaching is under way."""
        return self._task is not None

    def open(self) -> Any:
        """Show the dialog, or bring it to the front."""
        if self._dialog is None:
            self._dialog = dialog = self._around.make_dialog()
            for signal, slot in self._links():
                signal.connect(slot)
            dialog.set_settings(self._around.load().teach)
            self._show_face()
            dialog.show()
            self._around.add_on.check()
        self._dialog.raise_()
        self._dialog.activateWindow()
        return self._dialog

    def stop(self) -> None:
        """Cancel what runs and close the dialog: the plugin is being unloaded."""
        self._close()

    def note_change(self, *_: object) -> None:
        """Outlines, verdicts, the view or the model have changed: what the dialog says follows."""
        if self._dialog is not None:
            self._later.start()

    def note_edit(self, *_: object) -> None:
        """Outlines or verdicts have changed; a teaching under way has those of its beginning."""
        self._is_stale = True
        self.note_change()

    def start(self, settings: TeachSettings) -> None:
        """Teach with what is in view now. Errors are shown in the dialog."""
        if self.is_running:
            return
        self._remember(settings)
        try:
            self._captured = captured = capture(self._around, settings)
        except GlacierMapperError as error:
            self._tell(error)
            return
        self._is_stale = False
        self._dialog.show_running()
        self._task = run_in_background(
            _tr("Teach the model"), lambda task: compute(captured, task), self._done, self._fail,
            self._dialog.show_progress,
        )  # fmt: skip

    def cancel(self) -> None:
        """Ask the teaching to end; it answers with Cancelled."""
        if self._task is not None:
            self._task.cancel()

    def show_reviewed(self) -> None:
        """Move the view so that every outline that is reviewed lies in it: going through the list has zoomed in."""
        layer, states = self._around.verdicts()
        fids = [fid for fid, state in states.items() if state in JUDGED]
        if layer is not None and fids:
            self._around.zoom(layer, fids)

    def keep(self, title: str) -> None:
        """Put the new model into the folder of models under a name made of `title`, and choose it."""
        home, folder = self._around.know.shelf.home, self._result.package
        name = plain_name(title)
        try:
            check_new_name(name)
            if name in self._around.know.shelf.cards():
                expected = _tr("another name: a model of this name is there already")
                raise InvalidParameterError(name=_tr("The name"), value=title, expected=expected)
        except GlacierMapperError as error:
            self._tell(error)
            return
        options = InstallOptions(name=name, title=title)
        self._dialog.show_busy(True)
        self._task = run_in_background(
            _tr("Keep the model"), lambda _: install_package(folder, home, options=options), self._kept, self._fail
        )

    def discard(self) -> None:
        """Throw the new model away."""
        self._close()

    def _links(self) -> list[tuple[Any, Callable[..., None]]]:
        dialog, add_on = self._dialog, self._around.add_on
        return [
            (dialog.teachRequested, self.start),
            (dialog.cancelRequested, self.cancel),
            (dialog.zoomRequested, self.show_reviewed),
            (dialog.keepRequested, self.keep),
            (dialog.discardRequested, self.discard),
            (dialog.addOnRequested, add_on.install),
            (dialog.addOnCancelled, add_on.cancel),
            (dialog.finished, self._close),
            (add_on.changed, dialog.show_add_on),
            (self._around.know.listed, self.note_change),
        ]

    def _show_face(self) -> None:
        if self._dialog is None:
            return
        around, order = self._around, self._around.order()
        counts, obstacle = (0, 0, 0, 0), None
        try:
            found = reviewed_in(around, capture_extent(around.map_settings()))
            if found is not None:
                counts = (found.accepted, found.rejected, found.left_out, found.outside)
            check(around, order, found)
        except GlacierMapperError as error:
            obstacle = error
        self._dialog.show_face(TeachFace(model_title(order), *counts, obstacle))

    def _remember(self, settings: TeachSettings) -> None:
        self._around.save(dataclasses.replace(self._around.load(), teach=settings))

    def _done(self, result: TeachResult) -> None:
        self._task, self._result = None, result
        self._dialog.show_result(result, self._captured.request.title)
        if self._is_stale:
            self._dialog.show_note(_tr("Outlines were changed meanwhile. Teach once more to use that, too."))

    def _fail(self, error: GlacierMapperError) -> None:
        self._task = None
        if self._result is None:
            self._let_go()
        if self._dialog is not None:
            self._dialog.show_busy(False)
        self._tell(error)

    def _kept(self, card: ModelCard) -> None:
        self._task = None
        self._around.know.refresh()
        self._around.choose(card.name)
        self._around.said(_tr("“{model}” is among the models now, and chosen.").format(model=card.description.title))
        self._close()

    def _tell(self, error: GlacierMapperError) -> None:
        if self._dialog is not None:
            self._dialog.show_error(error)
        else:
            self.failed.emit(error)

    def _close(self, *_: object) -> None:
        """End what runs, remove what was made and not kept, and forget the dialog."""
        self._later.stop()
        if self._task is not None:
            self._task.detach()
            self._task.cancel()
            self._task = None
        self._let_go()
        if self._dialog is not None:
            dialog, links = self._dialog, self._links()
            self._dialog = None
            for signal, slot in links:
                signal.disconnect(slot)
            dialog.hide()
            dialog.deleteLater()

    def _let_go(self) -> None:
        if self._captured is not None:
            remove_folder(self._captured.home)
            remove_folder(self._captured.temporary)
        self._captured = self._result = None


def _tr(text: str) -> str:
    return QCoreApplication.translate("TeachModel", text)
