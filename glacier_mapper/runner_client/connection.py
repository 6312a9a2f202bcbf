"""One life of a runner process: its pipes, the threads that read them, and the calls that wait for answers."""

from __future__ import annotations

import queue
import subprocess  # nosec B404
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from ..core import protocol
from ..core.errors import Cancelled, GlacierMapperError, RunnerBrokenError, RunnerCrashedError, RunnerMissingError
from .clean_env import cleaned_environment
from .log_file import RotatingLog
from .runner import RunnerCommand

CREATE_NO_WINDOW = 0x08000000
JOIN_S = 2.0
DRAIN_S = 0.5


@dataclass
class PendingCall:
    """A request that waits: messages that carry its id, and at last an answer or an error."""

    number: int
    method: str
    inbox: queue.SimpleQueue[dict[str, Any] | GlacierMapperError] = field(default_factory=queue.SimpleQueue)


class Connection:
    """A running process. It never restarts; a new life is a new Connection."""

    def __init__(self, command: RunnerCommand, log: RotatingLog) -> None:
        self.command = command
        self.log = log
        self.garbage: list[str] = []
        self._pending: dict[int, PendingCall] = {}
        self._numbers = 0
        self._lock = threading.Lock()
        self._write_lock = threading.Lock()
        self._ended: GlacierMapperError | None = None
        self._stopping = False
        self._process = _start(command)
        self._threads = [
            threading.Thread(target=self._read, name="runner-stdout", daemon=True),
            threading.Thread(target=self._drain, name="runner-stderr", daemon=True),
        ]
        for thread in reversed(self._threads):  # the reader joins the drain, which must have been started by then
            thread.start()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether calls can still be answered."""
        return self._ended is None and self._process.poll() is None

    def send(self, method: str, params: dict[str, Any]) -> PendingCall:
        """Send a request. Raises RunnerCrashedError or Cancelled when the process has ended."""
        with self._lock:
            if self._ended is not None:
                raise self._ended
            self._numbers += 1
            call = PendingCall(self._numbers, method)
            self._pending[call.number] = call
        self._write(protocol.request(call.number, method, params))
        return call

    def cancel(self, call: PendingCall) -> None:
        """Ask the runner to give up a call."""
        self._write(protocol.notification("cancel", {"id": call.number}))

    def forget(self, call: PendingCall) -> None:
        """Stop waiting for a call; a late answer is dropped."""
        with self._lock:
            self._pending.pop(call.number, None)

    def outstanding(self) -> int:
        """How many calls wait."""
        with self._lock:
            return len(self._pending)

    def check_alive(self) -> None:
        """Notice an end that the pipe does not show, as when a child of the runner keeps it open."""
        if self._ended is None and self._process.poll() is not None:
            self._threads[0].join(DRAIN_S)
            self._end()

    def stop(self, patience_s: float) -> None:
        """End the process: ask, wait, then insist. Outstanding calls raise Cancelled."""
        self._stopping = True
        try:
            self._write(protocol.request(0, protocol.Method.SHUTDOWN.value, {}))
            self._close(self._process.stdin)
        except ValueError:
            pass
        self._wait_or(patience_s, self._process.terminate)
        self._wait_or(1.0, self._process.kill)
        self._process.wait()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(JOIN_S)
        for pipe in (self._process.stdout, self._process.stderr):
            if not any(thread.is_alive() for thread in self._threads):
                self._close(pipe)
        self._end()

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()
        self.stop(patience_s=0.0)

    def _wait_or(self, patience_s: float, insist: Any) -> None:
        try:
            self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            insist()

    def _write(self, line: bytes) -> None:
        pipe = self._process.stdin
        if pipe is None:
            return
        try:
            with self._write_lock:
                pipe.write(line)
                pipe.flush()
        except (OSError, ValueError):
            self.check_alive()

    def _read(self) -> None:
        pipe = self._process.stdout
        if pipe is None:
            return
        for line in pipe:
            try:
                self._deliver(protocol.decode(line))
            except ValueError:
                self.garbage = [*self.garbage[:9], line[:200].decode("utf-8", "replace").strip()]
                self.log.write(b"not a message: " + line)
        self._wait_or(DRAIN_S, self._process.kill)
        self._process.wait()
        self._threads[1].join(DRAIN_S)
        self._end()

    def _deliver(self, message: dict[str, Any]) -> None:
        is_progress = message.get("method") == "progress"
        number = message.get("params", {}).get("id") if is_progress else message.get("id")
        with self._lock:
            call = self._pending.get(number) if isinstance(number, int) else None
            if call is not None and not is_progress:
                del self._pending[call.number]
        if call is not None:
            call.inbox.put(message)

    def _drain(self) -> None:
        pipe = self._process.stderr
        if pipe is None:
            return
        while line := pipe.readline(1 << 16):
            self.log.write(line)

    def _end(self) -> None:
        with self._lock:
            if self._ended is None:
                self._ended = Cancelled() if self._stopping else self._crash()
            waiting = list(self._pending.values())
            self._pending.clear()
        for call in waiting:
            call.inbox.put(self._ended)

    def _crash(self) -> RunnerCrashedError:
        return RunnerCrashedError(reason=exit_reason(self._process.returncode), log_tail=self.log.tail())

    @staticmethod
    def _close(pipe: BinaryIO | Any) -> None:
        try:
            if pipe is not None:
                pipe.close()
        except OSError:
            pass


def exit_reason(code: int | None) -> str:
    """How a process ended, in words: a signal's name where there was one."""
    if code is None:
        return "it closed its output"
    if code < 0:
        import signal

        try:
            return f"killed by {signal.Signals(-code).name}"
        except ValueError:
            return f"killed by signal {-code}"
    return f"exit code {code}"


def _start(command: RunnerCommand) -> subprocess.Popen[bytes]:
    if not Path(command.python).is_file():
        raise RunnerMissingError(folder=str(command.environment_folder))
    try:
        return subprocess.Popen(  # nosec B603
            command.arguments(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**cleaned_environment(), **command.env},
            cwd=str(command.environment_folder),
            start_new_session=sys.platform != "win32",
            creationflags=CREATE_NO_WINDOW if sys.platform == "win32" else 0,
        )
    except OSError as exc:
        folder = str(command.environment_folder)
        raise RunnerBrokenError(folder=folder, reason=f"{exc.strerror}.", log_tail=[]) from exc


