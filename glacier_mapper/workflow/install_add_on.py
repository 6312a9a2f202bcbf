"""Add training and import (PyTorch) to the model runner: only on the user's click, with the size said before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from qgis.PyQt.QtCore import QCoreApplication, QObject, pyqtSignal

from ..core.errors import Cancelled, GlacierMapperError
from ..core.runner_face import AddOnCondition, AddOnFace, AddOnPlan, InstallChoice, InstallProgress
from ..qgis_io.task import BackgroundTask
from ..runner_client.child import probe
from ..runner_client.environment import Environment
from ..runner_client.setup_values import EnvironmentStatus
from .environment_work import EnvironmentWork, Work, add_on_face
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


class InstallAddOn(EnvironmentWork):
    """Looks, adds and cancels; tells through `changed`. What it did is kept for whoever asks `face` later."""

    changed = pyqtSignal(object)
    """An AddOnFace."""

    def __init__(
        self, host: RunnerHost, choice: Callable[[], InstallChoice], parent: QObject | None = None
    ) -> None:
        super().__init__(host, parent)
        self._choice = choice
        self.face = AddOnFace(AddOnCondition.UNKNOWN)

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

    def _run(self, title: str, work: Work, on_done: Callable[[Any], None]) -> bool:
        environment = self._environment(self._choice())
        if environment is None:
            return False
        self._begin(title, environment, work, on_done)
        return True

    def _show(self, face: AddOnFace) -> None:
        self.face = face
        self.changed.emit(face)

    def _step(self, step: InstallProgress) -> None:
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
