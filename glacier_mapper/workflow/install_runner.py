"""Install, repair and remove the model runner: only on the user's click, with everything said before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from qgis.PyQt.QtCore import QCoreApplication, QObject, pyqtSignal

from ..core.errors import GlacierMapperError
from ..core.messages import Message
from ..core.runner_face import InstallChoice, InstallPlan, InstallProgress, RunnerCondition, RunnerFace
from ..qgis_io.task import BackgroundTask
from ..runner_client.environment import Environment
from ..runner_client.setup_values import AddOnPlan, EnvironmentStatus, SetupPlan
from .environment_work import EnvironmentWork, Work, add_on_face
from .runner_host import RunnerHost

CONDITIONS = {
    EnvironmentStatus.MISSING: RunnerCondition.MISSING,
    EnvironmentStatus.READY: RunnerCondition.READY,
    EnvironmentStatus.BROKEN: RunnerCondition.BROKEN,
    EnvironmentStatus.OUTDATED: RunnerCondition.OUTDATED,
}


@dataclass(frozen=True)
class Found:
    """What a look at the environment found."""

    status: EnvironmentStatus
    reason: Message
    plan: SetupPlan | None
    add_on: AddOnPlan | None = None


def look(environment: Environment) -> Found:
    """Status and, where something is to be done, what an installation would do; in a thread.

    Raises NoPythonError.
    """
    status = environment.status()
    if status == EnvironmentStatus.READY:
        return Found(status, environment.describe(), None)
    plan = environment.plan()
    return Found(status, environment.describe(), plan, environment.add_on_plan(plan.maker))


class InstallRunner(EnvironmentWork):
    """Looks after the runner's environment on behalf of the dock."""

    faceChanged = pyqtSignal(object)  # noqa: N815 (Qt's way): a RunnerFace
    progressed = pyqtSignal(object)
    """An InstallProgress."""
    ready = pyqtSignal()
    """The runner can be used, from now on or again."""

    def __init__(self, host: RunnerHost, parent: QObject | None = None) -> None:
        super().__init__(host, parent)
        self._is_looking = False

    def check(self, choice: InstallChoice | None = None) -> None:
        """Find out how things stand; answered through `faceChanged`, and `ready` where nothing is to be done."""
        if self._host.place.python:
            self.faceChanged.emit(RunnerFace(RunnerCondition.READY))
            self.ready.emit()
            return
        title = QCoreApplication.translate("InstallRunner", "Looking for the model runner")
        self._is_looking = self._run(title, choice, look, self._looked)

    def install(self, choice: InstallChoice) -> None:
        """Make, finish or repair the environment; answered through `progressed`, then `ready` or `failed`.

        A look that is under way is given up: a click counts at once.
        """
        self._stop_looking()
        title = QCoreApplication.translate("InstallRunner", "Installing the model runner")
        if self._run(title, choice, None, self._installed):
            self.faceChanged.emit(RunnerFace(RunnerCondition.INSTALLING))

    def repair(self, choice: InstallChoice) -> None:
        """The same as `install`, which keeps what is good; the running process is ended before."""
        self.install(choice)

    def remove(self) -> None:
        """Delete the environment, and nothing else."""
        title = QCoreApplication.translate("InstallRunner", "Removing the model runner")
        self._host.stop()
        self._run(title, None, lambda environment: environment.remove(), self._removed)

    def _run(
        self,
        title: str,
        choice: InstallChoice | None,
        work: Callable[[Environment], object] | None,
        on_done: Callable[[object], None],
    ) -> bool:
        """Start `work` on the environment in the background, or the installation where it is None."""
        if self.is_busy:
            return False
        environment = self._environment(choice or InstallChoice())
        if environment is None:
            return False
        if work is None:
            self._host.stop()
        self._begin(title, environment, _only(work) if work else _install, on_done)
        return True

    def _stop_looking(self) -> None:
        if self._is_looking and self._task is not None:
            self._task.detach()
            self._task.cancel()
            self._task = None
        self._is_looking = False

    def _step(self, step: InstallProgress) -> None:
        self.progressed.emit(step)

    def _looked(self, found: Found) -> None:
        self._task = None
        plan = _plan(found.plan, found.add_on) if found.plan else None
        self.faceChanged.emit(RunnerFace(CONDITIONS[found.status], plan, found.reason))
        if found.status == EnvironmentStatus.READY:
            self.ready.emit()

    def _installed(self, _: object) -> None:
        self._task = None
        self.faceChanged.emit(RunnerFace(RunnerCondition.READY))
        self.ready.emit()

    def _removed(self, _: object) -> None:
        self._task = None
        self.check()

    def _fail(self, error: GlacierMapperError) -> None:
        self._task = None
        self.failed.emit(error)


def _only(work: Callable[[Environment], object]) -> Work:
    """Work that neither tells how far it is nor can be cancelled."""
    return lambda environment, _: work(environment)


def _install(environment: Environment, task: BackgroundTask) -> None:
    environment.install(task.report, task.is_cancelled)


def _plan(plan: SetupPlan, add_on: AddOnPlan | None) -> InstallPlan:
    return InstallPlan(
        folder=str(plan.folder),
        download_mb=plan.download_mb,
        disk_mb=plan.disk_mb,
        free_mb=plan.free_mb,
        package_count=len(plan.packages),
        source=plan.source,
        python=plan.maker.python_version,
        accelerators=tuple(choice.value for choice in plan.hardware.choices),
        accelerator=plan.accelerator.value,
        reason=plan.hardware.reason,
        add_on=None if add_on is None else add_on_face(add_on),
    )
