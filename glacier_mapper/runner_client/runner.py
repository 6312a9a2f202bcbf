"""What the plugin sees of a model runner, whether it is a real process or a fake."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Protocol

from ..core.progress import Progress

OnProgress = Callable[[Progress], None]
IsCancelled = Callable[[], bool]


class RunnerState(str, Enum):
    """What a runner is doing."""

    STOPPED = "stopped"
    STARTING = "starting"
    IDLE = "idle"
    BUSY = "busy"
    CRASHED = "crashed"


@dataclass(frozen=True)
class RunnerCommand:
    """How the runner is started.

    `python` is the interpreter of the runner's environment, `package_folder` the folder `glacier_mapper`
    that both processes share, `env` what is set on top of the cleaned environment of this process,
    `log_folder` where the runner's log goes (None: beside the interpreter's environment).
    """

    python: Path
    package_folder: Path
    env: Mapping[str, str] = field(default_factory=dict)
    log_folder: Path | None = None
    plugin_version: str = ""

    @property
    def script(self) -> Path:
        """The runner's entry point."""
        return Path(self.package_folder) / "runner" / "__main__.py"

    @property
    def environment_folder(self) -> Path:
        """The folder of the interpreter's environment, named in messages."""
        return Path(self.python).parent.parent

    def arguments(self) -> list[str]:
        """The argument list of the process; it is never given to a shell."""
        return [
            str(self.python), "-I", "-X", "utf8", str(self.script), "serve", "--parent-pid", str(os.getpid()),
        ]


class Runner(Protocol):
    """A service that answers the methods of `core.protocol.Method`."""

    @property
    def state(self) -> RunnerState:
        """What the runner is doing now. Never blocks."""
        ...

    @property
    def hello(self) -> dict[str, Any]:
        """The runner's answer to the handshake: versions, device, packages; empty before the first start."""
        ...

    def start(self, is_cancelled: IsCancelled | None = None) -> None:
        """Start the runner unless it is running. Blocks until the handshake is done.

        Raises RunnerMissingError, RunnerBrokenError, RunnerTimeoutError, ProtocolMismatchError, Cancelled.
        """
        ...

    def call(
        self,
        method: str,
        params: dict[str, Any],
        on_progress: OnProgress | None = None,
        is_cancelled: IsCancelled | None = None,
        timeout_s: float | None = None,
    ) -> Any:
        """Ask and wait for the answer, from any thread but the GUI's; starts the runner when it is not running.

        `on_progress` is called in the calling thread. Several threads may have calls outstanding.

        Returns: the result's JSON value.
        Raises: the typed error that the runner answered with; Cancelled once `is_cancelled` has turned true
        and the runner has cleaned up; RunnerCrashedError when the process ended (the next call starts a new
        one); RunnerTimeoutError when `timeout_s` has passed; and those of `start`.
        """
        ...

    def stop(self) -> None:
        """End the runner; outstanding calls raise Cancelled. Returns when no process or thread is left."""
        ...

    def log_tail(self, lines: int = 20) -> list[str]:
        """The last lines that the runner logged, oldest first."""
        ...
