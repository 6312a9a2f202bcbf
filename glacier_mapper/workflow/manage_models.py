"""The model manager: look, add from a file or an address, import, check, remove. One job at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QCoreApplication, QObject, pyqtSignal

from ..core.errors import Cancelled, GlacierMapperError, OutputExistsError
from ..core.keras_form import KerasForm
from ..core.model_card import ModelCard
from ..core.model_errors import PackageNameError
from ..core.package_folder import AS_IT_IS, InstallOptions, install_package, remove_package
from ..core.progress import Progress, Stage
from ..core.protocol import Method
from ..core.shelf import Shelved
from ..qgis_io.download import Download, PartFile, public_address
from ..qgis_io.task import BackgroundTask, run_in_background
from ..qgis_io.translation import stage_text
from ..runner_client.runner import Runner
from .install_add_on import InstallAddOn
from .know_models import KnowModels

DOWNLOADS = ".downloads"
"""In the folder of models; names with a dot are no packages."""
ASKS_NEXT = (OutputExistsError, PackageNameError)
LOG = logging.getLogger("glacier_mapper")
Work = Callable[[BackgroundTask], Any]


@dataclass(frozen=True)
class ManagerSurroundings:
    """What the manager needs. `make_dialog()` returns a `gui.models_dialog.ModelsDialog`."""

    know: KnowModels
    runner: Callable[[], Runner]
    make_dialog: Callable[[], Any]
    add_on: InstallAddOn | None = None


@dataclass(frozen=True)
class Job:
    """What is done in the background, and said then; `again` does it over what is there, `under` another name."""

    title: str
    work: Work
    said: Callable[[Any], str]
    again: Callable[[], None] | None = None
    under: Callable[[str], None] | None = None
    on_done: Callable[[Any], None] | None = None


class ManageModels(QObject):
    """Opens the dialog (not modal) and does what it asks for."""

    failed = pyqtSignal(object)
    """An error while no dialog is open that could show it."""

    def __init__(self, around: ManagerSurroundings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._around = around
        self._dialog: Any = None
        self._task: BackgroundTask | None = None
        self._download: Download | None = None
        around.know.listed.connect(self._listed)

    @property
    def is_busy(self) -> bool:
        """Whether something is under way."""
        return self._task is not None or self._download is not None

    def open(self) -> Any:
        """Show the dialog, or bring it to the front."""
        if self._dialog is None:
            self._dialog = dialog = self._around.make_dialog()
            for signal, slot in self._links():
                signal.connect(slot)
            dialog.show_shelf(self._around.know.shelf)
            dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()
        self._around.know.refresh()
        return self._dialog

    def stop(self) -> None:
        """Cancel what runs and close the dialog."""
        self._close()
        self._around.know.listed.disconnect(self._listed)

    def add_file(self, path: str, options: InstallOptions = AS_IT_IS) -> None:
        """Install a package from a zip or a folder."""
        self._run(self._installing(path, options, lambda other: self.add_file(path, other)))

    def add_url(self, url: str, sha256: str = "") -> None:
        """Fetch a zip, verify it where its checksum is known, and install it."""
        if self.is_busy:
            return
        options = InstallOptions(sha256=sha256, shown=public_address(url.strip()))
        self._download = Download(url, self._home / DOWNLOADS, self)
        self._download.progressed.connect(self._fetched)
        self._download.done.connect(lambda _: self._fetched_all(options))
        self._download.failed.connect(self._not_fetched)
        self._dialog.show_busy(_tr("Downloading…"), 0.0)
        self._download.start()

    def remove(self, package: Shelved) -> None:
        """Delete a package's folder; the question has been asked."""
        home = self._home
        text = _tr("“{model}” was removed.").format(model=package.name)
        work: Work = lambda _: remove_package(package.folder, home)  # noqa: E731
        self._run(Job(_tr("Removing “{model}”…").format(model=package.name), work, lambda _: text))

    def check(self, package: Shelved) -> None:
        """Let the runner compute the package's own sample."""
        work = self._asking(Method.CHECK, {"package": str(package.folder)})
        if work is not None:
            title = _tr("Checking “{model}”…").format(model=package.name)
            self._run(Job(title, work, lambda _: "", on_done=self._checked))

    def import_keras(self, form: KerasForm, overwrite: bool = False) -> None:
        """Let the runner turn Keras weights into a package."""
        try:
            form.check()
        except GlacierMapperError as error:
            self._tell(error)
            return
        work = self._asking(Method.IMPORT_KERAS, form.params(self._home, overwrite))
        if work is not None:
            title = _tr("Importing “{model}”…").format(model=form.name)
            said = _tr("“{model}” was imported.").format(model=form.name)
            self._run(Job(title, work, lambda _: said, again=lambda: self.import_keras(form, overwrite=True)))

    def cancel(self) -> None:
        """End what is under way."""
        if self._download is not None:
            self._download.cancel()
        elif self._task is not None:
            self._task.cancel()

    @property
    def _home(self) -> Path:
        return self._around.know.shelf.home

    def _links(self) -> list[tuple[Any, Callable[..., None]]]:
        dialog = self._dialog
        return [
            (dialog.fileChosen, self.add_file),
            (dialog.addressChosen, self.add_url),
            (dialog.removeRequested, self.remove),
            (dialog.checkRequested, self.check),
            (dialog.importRequested, self.import_keras),
            (dialog.cancelRequested, self.cancel),
            (dialog.refreshRequested, self._around.know.refresh),
            (dialog.finished, self._close),
            *self._add_on_links(),
        ]

    def _add_on_links(self) -> list[tuple[Any, Callable[..., None]]]:
        add_on, dialog = self._around.add_on, self._dialog
        if add_on is None:
            return []
        return [
            (dialog.addOnWanted, add_on.check),
            (dialog.addOnRequested, add_on.install),
            (dialog.addOnCancelled, add_on.cancel),
            (add_on.changed, dialog.show_add_on),
        ]

    def _close(self, *_: object) -> None:
        if self._download is not None:
            self._download.blockSignals(True)
            self._download.cancel()
            self._download = None
        if self._task is not None:
            self._task.detach()
            self._task.cancel()
            self._task = None
        if self._dialog is not None:
            for signal, slot in self._links():
                signal.disconnect(slot)
            self._dialog.hide()
            self._dialog.deleteLater()
            self._dialog = None

    def _listed(self, shelf: Any) -> None:
        if self._dialog is not None:
            self._dialog.show_shelf(shelf)

    def _installing(self, path: str, options: InstallOptions, redo: Callable[[InstallOptions], None]) -> Job:
        home = self._home

        def work(task: BackgroundTask) -> ModelCard:
            def tell(fraction: float) -> None:
                task.report(Progress(Stage.OPENING, 0, 1, fraction))

            return install_package(path, home, tell, task.is_cancelled, options)

        return Job(
            _tr("Adding the package…"), work, _added, again=lambda: redo(replace(options, overwrite=True)),
            under=lambda name: redo(replace(options, name=name)),
        )  # fmt: skip

    def _install_fetched(self, part: PartFile, options: InstallOptions) -> None:
        job = self._installing(str(part.path), options, lambda other: self._install_fetched(part, other))
        self._run(replace(job, work=lambda task: _install_once(job.work, part, task)))

    def _asking(self, method: Method, params: dict[str, Any]) -> Work | None:
        """A long job of the runner, None (and said) where there is no runner."""
        try:
            runner = self._around.runner()
        except GlacierMapperError as error:
            self._tell(error)
            return None
        return lambda task: runner.call(method.value, params, task.report, task.is_cancelled)

    def _run(self, job: Job) -> None:
        if self.is_busy:
            return
        self._dialog.show_busy(job.title, None)
        self._task = run_in_background(
            job.title, job.work, lambda result: self._done(job, result), lambda error: self._fail(job, error),
            lambda progress: self._dialog.show_busy(f"{job.title} {stage_text(progress)}", progress.fraction),
        )  # fmt: skip

    def _done(self, job: Job, result: Any) -> None:
        self._task = None
        self._dialog.show_idle()
        if job.on_done is not None:
            job.on_done(result)
        else:
            self._dialog.show_said(job.said(result))
        if isinstance(result, ModelCard):
            self._dialog.select(result.name)
        self._around.know.refresh()

    def _fail(self, job: Job, error: GlacierMapperError) -> None:
        self._task = None
        self._dialog.show_idle()
        if isinstance(error, OutputExistsError) and job.again is not None:
            if self._dialog.confirm_replace(Path(str(error.details.get("path", ""))).name):
                job.again()
        elif isinstance(error, PackageNameError) and job.under is not None:
            if name := self._dialog.ask_name(error):
                job.under(name)
        else:
            self._tell(error)
        self._around.know.refresh()

    def _checked(self, answer: dict[str, Any]) -> None:
        self._dialog.show_check(answer)

    def _fetched_all(self, options: InstallOptions) -> None:
        part = self._download.part
        self._download.deleteLater()
        self._download = None
        self._install_fetched(part, options)

    def _fetched(self, there: float, total: float) -> None:
        self._dialog.show_download(there, total)

    def _not_fetched(self, error: GlacierMapperError) -> None:
        self._download.deleteLater()
        self._download = None
        self._dialog.show_idle()
        if isinstance(error, Cancelled):
            self._dialog.show_said(_tr("Cancelled. What has arrived is kept: the same address goes on from there."))
        else:
            self._tell(error)

    def _tell(self, error: GlacierMapperError) -> None:
        LOG.warning("model manager: %s: %s", type(error).__name__, error)
        if self._dialog is not None:
            self._dialog.show_error(error)
        else:
            self.failed.emit(error)


def _install_once(work: Work, part: PartFile, task: BackgroundTask) -> Any:
    """Install what was fetched; the file stays only where the user is asked next: to replace, or for a name."""
    try:
        card = work(task)
    except GlacierMapperError as error:
        if not isinstance(error, ASKS_NEXT):
            part.remove()
        raise
    part.remove()
    return card


def _added(card: ModelCard) -> str:
    return _tr("“{model}” was added.").format(model=card.description.title)


def _tr(text: str) -> str:
    return QCoreApplication.translate("ManageModels", text)
