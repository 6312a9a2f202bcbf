"""The real model runner: a process of its own, started when it is first needed and kept."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Any

from ..core import protocol
from ..core.errors import (
    Cancelled,
    GlacierMapperError,
    ProtocolMismatchError,
    RunnerBrokenError,
    RunnerCrashedError,
    RunnerTimeoutError,
)
from ..core.progress import Progress, never
from .connection import Connection, PendingCall
from .log_file import RotatingLog
from .runner import IsCancelled, OnProgress, RunnerCommand, RunnerState

POLL_S = 0.05
LOG_NAME = "runner.log"


class ProcessRunner:
    """Talks JSON-RPC lines to one runner process. Thread-safe; see `runner.Runner` for the contract.

    `start_timeout_s` bounds the handshake (virus scanners slow a first start), `cancel_patience_s` how long a
    cancelled job may clean up before the process is killed, `stop_patience_s` the same at the end.
    """

    def __init__(
        self,
        command: RunnerCommand,
        start_timeout_s: float = 60.0,
        cancel_patience_s: float = 10.0,
        stop_patience_s: float = 6.0,
    ) -> None:
        self.command = command
        self.start_timeout_s = start_timeout_s
        self.cancel_patience_s = cancel_patience_s
        self.stop_patience_s = stop_patience_s
        self.log = RotatingLog((command.log_folder or command.environment_folder) / LOG_NAME)
        self._hello: dict[str, Any] = {}
        self._connection: Connection | None = None
        self._starting: Connection | None = None
        self._start_lock = threading.Lock()
        self._stops = 0

    @property
    def state(self) -> RunnerState:
        """What the process is doing now. Never blocks."""
        if self._start_lock.locked():
            return RunnerState.STARTING
        connection = self._connection
        if connection is None:
            return RunnerState.STOPPED
        if not connection.alive:
            return RunnerState.CRASHED
        return RunnerState.BUSY if connection.outstanding() else RunnerState.IDLE

    @property
    def hello(self) -> dict[str, Any]:
        """The answer to the handshake; empty before the first start."""
        return dict(self._hello)

    @property
    def pid(self) -> int | None:
        """The number of the running process; None when none is running."""
        connection = self._connection
        return connection.pid if connection is not None and connection.alive else None

    def start(self, is_cancelled: IsCancelled | None = None) -> None:
        """Start the process unless it is running; see `Runner.start` for what is raised."""
        self._connected(is_cancelled)

    def call(
        self,
        method: str,
        params: dict[str, Any],
        on_progress: OnProgress | None = None,
        is_cancelled: IsCancelled | None = None,
        timeout_s: float | None = None,
    ) -> Any:
        """Ask and wait for the answer; see `Runner.call` for what is raised."""
        if is_cancelled is not None and is_cancelled():
            raise Cancelled()
        connection = self._connected(is_cancelled)
        pending = connection.send(str(getattr(method, "value", method)), params)
        wait = _Wait(connection, pending, is_cancelled or never, timeout_s)
        try:
            return wait.for_answer(on_progress or _ignore, self.cancel_patience_s)
        except _UnresponsiveError:
            self._drop(connection)
            raise Cancelled() from None
        finally:
            connection.forget(pending)

    def stop(self) -> None:
        """End the process and its threads. Returns when none is left; a later call starts a new one."""
        self._stops += 1
        for connection in (self._starting, self._connection):
            if connection is not None:
                connection.stop(self.stop_patience_s)
        self._connection = None

    def log_tail(self, lines: int = 20) -> list[str]:
        """The last lines that the runner logged, oldest first."""
        return self.log.tail(lines)

    def _connected(self, is_cancelled: IsCancelled | None) -> Connection:
        """The running connection; a new one when there is none."""
        while not self._start_lock.acquire(timeout=POLL_S):
            if is_cancelled is not None and is_cancelled():
                raise Cancelled()
        try:
            connection = self._connection
            if connection is not None and connection.alive:
                return connection
            if connection is not None:
                connection.stop(0.0)
                self._connection = None
            self._connection = self._open(is_cancelled or never)
            return self._connection
        finally:
            self._start_lock.release()

    def _open(self, is_cancelled: IsCancelled) -> Connection:
        stops = self._stops
        connection = Connection(self.command, self.log)
        self._starting = connection
        try:
            self._hello = self._shake_hands(connection, is_cancelled)
        except BaseException:
            connection.kill()
            raise
        finally:
            self._starting = None
        if stops != self._stops:
            connection.kill()
            raise Cancelled()
        return connection

    def _shake_hands(self, connection: Connection, is_cancelled: IsCancelled) -> dict[str, Any]:
        params = {
            "protocol": protocol.PROTOCOL_VERSION,
            "plugin_version": self.command.plugin_version,
            "warm_up": True,
        }
        try:
            pending = connection.send(protocol.Method.HELLO.value, params)
            wait = _Wait(connection, pending, is_cancelled, self.start_timeout_s)
            hello = wait.for_answer(_ignore, patience_s=0.0)
        except _UnresponsiveError:
            raise Cancelled() from None
        except RunnerCrashedError as exc:
            raise self._broken(connection, exc) from exc
        theirs = hello.get("protocol") if isinstance(hello, dict) else None
        if theirs != protocol.PROTOCOL_VERSION:
            raise ProtocolMismatchError(runner=theirs, plugin=protocol.PROTOCOL_VERSION)
        return dict(hello)

    def _broken(self, connection: Connection, crash: RunnerCrashedError) -> RunnerBrokenError:
        tail = self.log.tail()
        last = next((line for line in reversed(tail) if line.strip()), "") or crash.details["reason"]
        if connection.garbage:
            last = connection.garbage[0]
        return RunnerBrokenError(folder=str(self.command.environment_folder), reason=f"{last}.", log_tail=tail)

    def _drop(self, connection: Connection) -> None:
        connection.kill()
        if self._connection is connection:
            self._connection = None


class _UnresponsiveError(Exception):
    """A cancelled call was not answered in time."""


class _Wait:
    """Waiting for the answer of one call."""

    def __init__(
        self, connection: Connection, pending: PendingCall, is_cancelled: IsCancelled, timeout_s: float | None
    ) -> None:
        self._connection = connection
        self._pending = pending
        self._is_cancelled = is_cancelled
        self._timeout_s = timeout_s
        self._start_s = time.monotonic()
        self._cancelled_s: float | None = None

    def for_answer(self, on_progress: Callable[[Progress], None], patience_s: float) -> Any:
        """The result. Raises the error that came, Cancelled, RunnerTimeoutError or _UnresponsiveError."""
        while True:
            message = self._next()
            if message is None:
                self._check(patience_s)
            elif isinstance(message, GlacierMapperError):
                raise Cancelled() if self._cancelled_s is not None else message
            elif message.get("method") == "progress":
                if self._cancelled_s is None:
                    on_progress(_progress(message["params"]))
                    self._check(patience_s)
            elif "error" in message:
                raise protocol.error_of(message)
            else:
                return message.get("result")

    def _next(self) -> dict[str, Any] | GlacierMapperError | None:
        try:
            return self._pending.inbox.get(timeout=POLL_S)
        except queue.Empty:
            return None

    def _check(self, patience_s: float) -> None:
        now_s = time.monotonic()
        self._connection.check_alive()
        if self._cancelled_s is not None:
            if now_s - self._cancelled_s >= patience_s:
                raise _UnresponsiveError
        elif self._is_cancelled():
            self._cancelled_s = now_s
            self._connection.cancel(self._pending)
        elif self._timeout_s is not None and now_s - self._start_s >= self._timeout_s:
            self._connection.cancel(self._pending)
            raise RunnerTimeoutError(method=self._pending.method, seconds=self._timeout_s)


def _progress(params: dict[str, Any]) -> Progress:
    return Progress.from_json({key: value for key, value in params.items() if key != "id"})


def _ignore(_: Progress) -> None:
    """Nobody listens."""
