"""Add training and import (PyTorch) to the model runner: only on the user's click, with the size said before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from qgis.PyQt.QtCore import QCoreApplication, QObject, pyqtSignal

from ..core.errors import Cancelled, GlacierMapperError
from ..core.messages import Message
from ..core.runner_face import AddOnCondition, AddOnFace, AddOnPlan, InstallChoice, InstallProgress
from ..qgis_io.task import BackgroundTask, run_in_background
from ..runner_client.child import probe
from ..runner_client.environment import Environment
from ..runner_client.setup_values import STEP_LABELS, EnvironmentStatus, SetupProgress
from .install_runner import STOP_TIMEOUT_MS, add_on_face, setup_options
from .runner_host import RunnerHost

PROBE = "import importlib.util as u; print(all(map(u.find_spec, ('torch', 'h5py', 'onnx'))))"


@dataclass(frozen=True)
class Found:
    """What a look found."""

    condition: AddOnCondition
    plan: AddOnPlan | None = None


def look(environment: Environment, python: str) -> Found:
    """Whether the add-on is there, and else what adding it would do; in a thread. Raises NoPythonError.

    `python` is an interpreter that is taken instead of the environment, "" for none: there nothing is installed.
    """
    if python:
        there = (probe([python, "-I", "-c", PROBE]) or "").strip() == "True"
        return Found(AddOnCondition.READY if there else AddOnCondition.UNAVAILABLE)
    if environment.status() is not EnvironmentStatus.READY:
        return Found(AddOnCondition.UNAVAILABLE)
    if environment.has_training():
        return Found(AddOnCondition.READY)
    return Found(AddOnCondition.MISSING, add_on_face(environment.add_on_plan()))


class InstallAddOn(QObject):
    """Looks, adds and cancels; tells through `changed`. What it did is kept for whoever asks `face` later."""

    changed = pyqtSignal(object)
    """An AddOnFace."""
    failed = pyqtSignal(object)

    def __init__(
        self, host: RunnerHost, choice: Callable[[], InstallChoice], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._host, self._choice = host, choice
        self._task: BackgroundTask | None = None
        self.face = AddOnFace(AddOnCondition.UNKNOWN)

    @property
    def is_busy(self) -> bool:
        """Whether a look or an installation is under way."""
        return self._task is not None

    def check(self) -> None:
        """Look how things stand; an installation that is under way goes on."""
        if self.is_busy:
            self.changed.emit(self.face)
            return
        title = QCoreApplication.translate("InstallAddOn", "Looking for training and import")
        python = self._host.place.python
        self._run(title, lambda environment, _: look(environment, python), self._looked)

    def install(self) -> None:
        """Add it, or go on where a try before stopped."""
        title = QCoreApplication.translate("InstallAddOn", "Adding training and import to the model runner")
        if not self.is_busy and self._run(title, _install, self._installed):
            self._show(replace(self.face, condition=AddOnCondition.INSTALLING, progress=None, error=None))

    def cancel(self) -> None:
        """End what is under way; what was downloaded is kept."""
        if self._task is not None:
            self._task.cancel()

    def stop(self) -> None:
        """The plugin is being unloaded."""
        if self._task is not None:
            self._task.detach()
            self._task.cancel()
            self._task.waitForFinished(STOP_TIMEOUT_MS)
            self._task = None

    def _run(
        self,
        title: str,
        work: Callable[[Environment, BackgroundTask], object],
        on_done: Callable[[object], None],
    ) -> bool:
        try:
            options = setup_options(self._choice(), self._host.place.folder.parent / "ca_bundle.pem")
            environment = self._host.environment(options)
        except GlacierMapperError as error:
            self._fail(error)
            return False
        self._task = run_in_background(
            title, lambda task: work(environment, task), on_done, self._fail, self._progress
        )
        return True

    def _show(self, face: AddOnFace) -> None:
        self.face = face
        self.changed.emit(face)

    def _progress(self, progress: SetupProgress) -> None:
        step = InstallProgress(Message(STEP_LABELS[progress.step]), progress.fraction, progress.detail)
        self._show(replace(self.face, condition=AddOnCondition.INSTALLING, progress=step))

    def _looked(self, found: Found) -> None:
        self._task = None
        self._show(AddOnFace(found.condition, found.plan))

    def _installed(self, _: object) -> None:
        self._task = None
        self._show(AddOnFace(AddOnCondition.READY))

    def _fail(self, error: GlacierMapperError) -> None:
        was_installing = self.face.condition is AddOnCondition.INSTALLING
        self._task = None
        condition = AddOnCondition.MISSING if was_installing else AddOnCondition.UNAVAILABLE
        self._show(AddOnFace(condition, self.face.plan, error=error))
        if was_installing and not isinstance(error, Cancelled):
            self.failed.emit(error)


def _install(environment: Environment, task: BackgroundTask) -> None:
    environment.install_training(task.report, task.is_cancelled)
