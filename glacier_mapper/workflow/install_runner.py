"""Install, repair and remove the model runner: only on the user's click, with everything said before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from qgis.PyQt.QtCore import QCoreApplication, QObject, pyqtSignal

from ..core import runner_face
from ..core.errors import GlacierMapperError
from ..core.messages import Message
from ..core.runner_face import InstallChoice, InstallPlan, InstallProgress, RunnerCondition, RunnerFace
from ..qgis_io.network import proxy, write_ca_bundle
from ..qgis_io.task import BackgroundTask, run_in_background
from ..runner_client.environment import Environment
from ..runner_client.setup_values import (
    STEP_LABELS,
    Accelerator,
    AddOnPlan,
    EnvironmentStatus,
    ProxySettings,
    SetupOptions,
    SetupPlan,
    SetupProgress,
)
from .runner_host import RunnerHost

CONDITIONS = {
    EnvironmentStatus.MISSING: RunnerCondition.MISSING,
    EnvironmentStatus.READY: RunnerCondition.READY,
    EnvironmentStatus.BROKEN: RunnerCondition.BROKEN,
    EnvironmentStatus.OUTDATED: RunnerCondition.OUTDATED,
}
STOP_TIMEOUT_MS = 10_000


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


def setup_options(choice: InstallChoice, ca_file: Path) -> SetupOptions:
    """The analyst's choice with QGIS's proxy and certificates; on the main thread."""
    found = proxy()
    through = None
    if found is not None:
        through = ProxySettings(found.host, found.port, found.user, found.password, found.scheme, found.no_proxy)
    return SetupOptions(
        accelerator=Accelerator(choice.accelerator or Accelerator.CPU.value),
        proxy=through,
        ca_bundle=write_ca_bundle(ca_file),
        wheel_folder=Path(choice.wheel_folder) if choice.wheel_folder else None,
        training=choice.training,
    )


class InstallRunner(QObject):
    """Looks after the runner's environment on behalf of the dock."""

    faceChanged = pyqtSignal(object)  # noqa: N815 (Qt's way): a RunnerFace
    progressed = pyqtSignal(object)
    """An InstallProgress."""
    failed = pyqtSignal(object)
    ready = pyqtSignal()
    """The runner can be used, from now on or again."""

    def __init__(self, host: RunnerHost, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._host = host
        self._task: BackgroundTask | None = None
        self._is_looking = False

    @property
    def is_busy(self) -> bool:
        """Whether an installation, a removal or a look is under way."""
        return self._task is not None

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
        choice: InstallChoice | None,
        work: Callable[[Environment], object] | None,
        on_done: Callable[[object], None],
    ) -> bool:
        """Start `work` on the environment in the background, or the installation where it is None."""
        if self._task is not None:
            return False
        try:
            options = setup_options(choice or InstallChoice(), self._host.place.folder.parent / "ca_bundle.pem")
            environment = self._host.environment(options)
        except GlacierMapperError as error:
            self.failed.emit(error)
            return False
        if work is None:
            self._host.stop()
        self._task = run_in_background(
            title,
            lambda task: work(environment) if work else _install(environment, task),
            on_done,
            self._fail,
            self._progress,
        )
        return True

    def _stop_looking(self) -> None:
        if self._is_looking and self._task is not None:
            self._task.detach()
            self._task.cancel()
            self._task = None
        self._is_looking = False

    def _progress(self, progress: SetupProgress) -> None:
        step = Message(STEP_LABELS[progress.step])
        self.progressed.emit(InstallProgress(step, progress.fraction, progress.detail))

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


def _install(environment: Environment, task: BackgroundTask) -> None:
    environment.install(task.report, task.is_cancelled)


def add_on_face(plan: AddOnPlan) -> runner_face.AddOnPlan:
    """As the dock shows it."""
    sizes = (plan.download_mb, plan.disk_mb, plan.free_mb)
    return runner_face.AddOnPlan(*sizes, plan.sources, plan.accelerator.value)


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
