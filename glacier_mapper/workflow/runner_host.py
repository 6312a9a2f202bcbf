"""The one runner of the session: found, kept warm between runs, ended with the plugin."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from qgis.PyQt.QtCore import QCoreApplication

from ..core.errors import GlacierMapperError, RunnerBrokenError, RunnerMissingError
from ..core.settings import Settings
from ..qgis_io.paths import PACKAGE, bundled_models, models_folder, plugin_version, runner_folder
from ..qgis_io.task import BackgroundTask, run_in_background
from ..runner_client.environment import Environment, requirements_file
from ..runner_client.process import ProcessRunner
from ..runner_client.runner import Runner, RunnerCommand
from ..runner_client.setup_values import EnvironmentStatus, SetupOptions

PYTHON_VARIABLE = "GLACIER_MAPPER_RUNNER_PYTHON"
"""An interpreter with the runner's packages, taken instead of the environment: for developers and tests."""


MODELS_VARIABLE = "GLACIER_MAPPER_MODELS"
"""Where the runner looks for model packages: folders, apart as in PATH."""


@dataclass(frozen=True)
class ModelFolders:
    """Where model packages lie: `home` is the user's own folder, `bundled` that of the plugin."""

    home: Path
    bundled: Path

    @classmethod
    def of(cls, settings: Settings) -> ModelFolders:
        """From the settings, else in the QGIS profile."""
        return cls(Path(settings.models_folder) if settings.models_folder else models_folder(), bundled_models())

    @property
    def places(self) -> tuple[Path, ...]:
        """In the order in which they are looked through."""
        return (self.home, self.bundled)


@dataclass(frozen=True)
class RunnerPlace:
    """Where the runner is looked for; `python` "" means in the environment in `folder`. `models` is told to it."""

    folder: Path
    python: str = ""
    models: tuple[Path, ...] = ()

    @classmethod
    def of(cls, settings: Settings) -> RunnerPlace:
        """From the settings, and from the developer's variable, which goes first."""
        folder = Path(settings.runner_folder) if settings.runner_folder else runner_folder()
        return cls(folder, os.environ.get(PYTHON_VARIABLE, ""), ModelFolders.of(settings).places)

    @property
    def variables(self) -> dict[str, str]:
        """What is set in the runner's surroundings."""
        return {MODELS_VARIABLE: os.pathsep.join(str(folder) for folder in self.models)}


class RunnerHost:
    """Gives the runner to whoever needs it; `settings()` says where it lies."""

    def __init__(self, settings: Callable[[], Settings]) -> None:
        self._settings = settings
        self._runner: ProcessRunner | None = None
        self._place: RunnerPlace | None = None
        self._warming: BackgroundTask | None = None

    @property
    def place(self) -> RunnerPlace:
        """Where the runner is looked for now."""
        return RunnerPlace.of(self._settings())

    def model_folders(self) -> ModelFolders:
        """Where model packages lie now."""
        return ModelFolders.of(self._settings())

    def environment(self, options: SetupOptions | None = None) -> Environment:
        """The environment of the runner. Raises MissingFileError when the plugin has no lock file."""
        options = replace(options or SetupOptions(), plugin_version=plugin_version())
        return Environment(self.place.folder, requirements_file(PACKAGE), options)

    def runner(self) -> Runner:
        """The runner, not necessarily started yet. Quick.

        Raises RunnerMissingError, RunnerBrokenError: what to do is in their remedies.
        """
        place = self.place
        if self._runner is not None and self._place == place:
            return self._runner
        command = self._command(place)
        self.stop()
        self._runner, self._place = ProcessRunner(command), place
        return self._runner

    def size_mb(self) -> float | None:
        """How much room the environment takes on disk in MB (10^6 bytes), None where there is none."""
        try:
            if self.environment().status() == EnvironmentStatus.MISSING:
                return None
        except GlacierMapperError:
            return None
        files = (Path(folder, name) for folder, _, names in os.walk(self.place.folder) for name in names)
        return sum(file.lstat().st_size for file in files) / 1e6

    def current(self) -> Runner | None:
        """The runner if there has been one, for diagnostics."""
        return self._runner

    def warm_up(self) -> None:
        """Start the runner in the background, so that the first click computes at once; says nothing on failure."""
        try:
            runner = self.runner()
        except GlacierMapperError:
            return
        if self._warming is None:
            title = QCoreApplication.translate("RunnerHost", "Starting the model runner")
            self._warming = run_in_background(
                title, lambda task: runner.start(task.is_cancelled), self._warmed, self._warmed
            )

    def stop(self) -> None:
        """End the runner's process."""
        if self._warming is not None:
            self._warming.detach()
            self._warming.cancel()
            self._warming = None
        if self._runner is not None:
            self._runner.stop()
            self._runner = self._place = None

    def _warmed(self, _: object) -> None:
        self._warming = None

    def _command(self, place: RunnerPlace) -> RunnerCommand:
        if place.python:
            if not Path(place.python).exists():
                raise RunnerBrokenError(folder=place.python, reason=f"{PYTHON_VARIABLE} names no file.")
            logs = runner_folder().parent / "logs"
            return RunnerCommand(Path(place.python), PACKAGE, place.variables, logs, plugin_version())
        environment = self.environment()
        status = environment.status()
        if status == EnvironmentStatus.MISSING:
            raise RunnerMissingError(folder=str(place.folder))
        if status != EnvironmentStatus.READY:
            raise RunnerBrokenError(folder=str(place.folder), reason=str(environment.describe()))
        return replace(environment.runner_command(), env=place.variables)
