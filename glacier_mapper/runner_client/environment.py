"""The runner's private Python environment: is it there, what would be installed, make it, remove it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..core.messages import Message
from .runner import IsCancelled, RunnerCommand
from .setup_values import EnvironmentStatus, SetupOptions, SetupPlan, SetupProgress


class Environment:
    """The environment in `folder`, made from the lock file `requirements_path` as `options` say."""

    def __init__(self, folder: Path, requirements_path: Path, options: SetupOptions | None = None) -> None:
        self.folder = Path(folder)
        self.requirements_path = Path(requirements_path)
        self.options = options or SetupOptions()

    def status(self) -> EnvironmentStatus:
        """Whether it can be used. Reads a few small files, starts nothing."""
        raise NotImplementedError

    def describe(self) -> Message:
        """A sentence for the user about `status`."""
        raise NotImplementedError

    def plan(self) -> SetupPlan:
        """What `install` would do. Starts small probes of uv, Python and the GPU driver (about 1 s).

        Raises NoPythonError.
        """
        raise NotImplementedError

    def install(
        self,
        on_progress: Callable[[SetupProgress], None] | None = None,
        is_cancelled: IsCancelled | None = None,
    ) -> None:
        """Make, finish or repair the environment and test it. Blocks; call it from a worker thread.

        Raises NoPythonError, NoNetworkError, SetupError, DiskFullError, OutputNotWritableError, Cancelled.
        What was done before an error or a cancel is kept, and the next call goes on from there.
        """
        raise NotImplementedError

    def remove(self) -> None:
        """Delete what `install` made, and nothing else. Raises OutputNotWritableError."""
        raise NotImplementedError

    def python_path(self) -> Path:
        """The environment's interpreter; it need not exist."""
        raise NotImplementedError

    def runner_command(self) -> RunnerCommand:
        """How to start the runner in this environment."""
        raise NotImplementedError


def requirements_file(package_folder: Path) -> Path:
    """The lock file: inside the package in an installed plugin, beside it in a source tree.

    Raises MissingFileError.
    """
    raise NotImplementedError
