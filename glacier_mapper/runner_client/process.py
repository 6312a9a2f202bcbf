"""The real model runner: a process of its own, started when it is first needed and kept."""

from __future__ import annotations

from typing import Any

from .runner import IsCancelled, OnProgress, RunnerCommand, RunnerState


class ProcessRunner:
    """Talks JSON-RPC lines to one runner process. Thread-safe; see `runner.Runner` for the contract."""

    def __init__(self, command: RunnerCommand, start_timeout_s: float = 60.0) -> None:
        self.command = command
        self.start_timeout_s = start_timeout_s

    @property
    def state(self) -> RunnerState:
        """What the process is doing now."""
        raise NotImplementedError

    @property
    def hello(self) -> dict[str, Any]:
        """The answer to the handshake; empty before the first start."""
        raise NotImplementedError

    def start(self, is_cancelled: IsCancelled | None = None) -> None:
        """Start the process unless it is running."""
        raise NotImplementedError

    def call(
        self,
        method: str,
        params: dict[str, Any],
        on_progress: OnProgress | None = None,
        is_cancelled: IsCancelled | None = None,
        timeout_s: float | None = None,
    ) -> Any:
        """Ask and wait for the answer."""
        raise NotImplementedError

    def stop(self) -> None:
        """End the process and its threads."""
        raise NotImplementedError

    def log_tail(self, lines: int = 20) -> list[str]:
        """The last lines that the runner logged."""
        raise NotImplementedError
