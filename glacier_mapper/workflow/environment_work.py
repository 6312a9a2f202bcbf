"""Work on the model runner's environment in the background, one piece at a time: begun, cancelled, ended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..core import runner_face
from ..core.errors import GlacierMapperError
from ..core.messages import Message
from ..core.runner_face import InstallChoice, InstallProgress
from ..qgis_io.network import proxy, write_ca_bundle
from ..qgis_io.task import BackgroundTask, run_in_background
from ..runner_client.environment import Environment
from ..runner_client.setup_values import (
    STEP_LABELS,
    Accelerator,
    AddOnPlan,
    ProxySettings,
    SetupOptions,
    SetupProgress,
)
from .runner_host import RunnerHost

STOP_TIMEOUT_MS = 10_000

Work = Callable[[Environment, BackgroundTask], object]


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


def add_on_face(plan: AddOnPlan) -> runner_face.AddOnPlan:
    """As the dock shows it."""
    sizes = (plan.download_mb, plan.disk_mb, plan.free_mb)
    return runner_face.AddOnPlan(*sizes, plan.sources, plan.accelerator.value)


class EnvironmentWork(QObject):
    """What an installation and an add-on share. A subclass says what an error (`_fail`) and a step (`_step`) mean."""

    failed = pyqtSignal(object)

    def __init__(self, host: RunnerHost, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._host = host
        self._task: BackgroundTask | None = None

    @property
    def is_busy(self) -> bool:
        """Whether anything is under way."""
        return self._task is not None

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

    def _environment(self, choice: InstallChoice) -> Environment | None:
        """The environment for a choice; None, and `_fail` is told, where that can't be known."""
        try:
            options = setup_options(choice, self._host.place.folder.parent / "ca_bundle.pem")
            return self._host.environment(options)
        except GlacierMapperError as error:
            self._fail(error)
            return None

    def _begin(self, title: str, environment: Environment, work: Work, on_done: Callable[[Any], None]) -> None:
        """Start `work` on the environment; answered through `on_done` or `_fail`, and `_step` meanwhile."""
        self._task = run_in_background(
            title, lambda task: work(environment, task), on_done, self._fail, self._progress
        )

    def _progress(self, progress: SetupProgress) -> None:
        self._step(InstallProgress(Message(STEP_LABELS[progress.step]), progress.fraction, progress.detail))

    def _step(self, step: InstallProgress) -> None:
        """How far the work is."""
        raise NotImplementedError

    def _fail(self, error: GlacierMapperError) -> None:
        """Why the work ended, or could not begin."""
        raise NotImplementedError
