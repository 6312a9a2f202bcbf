"""`serve`: the methods of `jobs` as JSON-RPC lines over stdin and stdout.

Four threads: the reader takes lines from stdin; the quick lane answers what takes moments, in turn; a job
lane runs one long job at a time; the main thread waits for a reason to end - stdin closed, `shutdown`,
a signal, or the parent gone - then cancels the job, gives it a moment to clean up, and leaves.
"""

from __future__ import annotations

import logging
import os
import queue
import signal
import threading
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ..core import protocol
from ..core.errors import (
    Cancelled,
    GlacierMapperError,
    InternalError,
    InvalidParameterError,
    ProtocolMismatchError,
    RunnerBusyError,
)
from ..core.progress import Progress
from ..core.protocol import Method
from . import jobs
from .boundary import guarded
from .lines import LineReader, LineWriter
from .throttle import Throttle
from .watch import ParentWatch

log = logging.getLogger(__name__)

POLL_S = 0.5
"""How often the main thread looks whether a signal came."""

POLL_WARM_S = 0.05

CLEANUP_S = 5.0
"""How long a cancelled job may take to remove its unfinished files before the process leaves anyway."""

EXIT_S = 3.0
"""How long exit handlers and library threads may take after that."""


@dataclass
class Call:
    """One request under way."""

    number: int | str
    method: Method
    params: dict[str, Any]
    stop: threading.Event = field(default_factory=threading.Event)


class Service:
    """Answers the lines of `reader` on `writer` until there is a reason to end."""

    def __init__(self, reader: LineReader, writer: LineWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._calls: dict[int | str, Call] = {}
        self._job: Call | None = None
        self._job_thread: threading.Thread | None = None
        self._quick: queue.SimpleQueue[Call | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._greeted = False
        self._warm = threading.Event()
        self._warm.set()
        self.finished = threading.Event()
        self.terminated = False

    def run(self, parent_pid: int = 0) -> bool:
        """Serve until the end. Returns whether every job ended cleanly in time."""
        log.info("the model runner started, process %s", os.getpid())
        watch = ParentWatch(parent_pid, self._parent_gone)
        threading.Thread(target=self._read, name="reader", daemon=True).start()
        lane = threading.Thread(target=self._quick_lane, name="quick-lane", daemon=True)
        lane.start()
        watch.start()
        while not self.finished.wait(POLL_S) and not self.terminated:
            pass
        return self._wind_up(lane)

    def _wind_up(self, lane: threading.Thread) -> bool:
        log.info("the model runner ends")
        with self._lock:
            for call in self._calls.values():
                call.stop.set()
            job_thread = self._job_thread
        self._quick.put(None)
        if job_thread is not None:
            job_thread.join(CLEANUP_S)
            if job_thread.is_alive():
                log.error("the job did not stop within %s s", CLEANUP_S)
                return False
        lane.join(0.2)
        return True

    def _parent_gone(self) -> None:
        log.info("the parent process is gone")
        self.finished.set()

    def _read(self) -> None:
        try:
            for line in self._reader.lines():
                if line is None:
                    self._reject(None, protocol.INVALID_REQUEST, "the line is too long")
                elif line.strip():
                    self._take(line)
        except OSError as exc:
            log.info("stdin broke: %s", exc)
        finally:
            self.finished.set()

    def _take(self, line: bytes) -> None:
        try:
            message = protocol.decode(line)
        except (ValueError, RecursionError) as exc:
            log.warning("a line that is no message: %s", exc)
            self._reject(None, protocol.PARSE_ERROR, f"{exc}")
            return
        number, name, params = message.get("id"), message.get("method"), message.get("params", {})
        if not isinstance(name, str) or not isinstance(params, dict):
            self._reject(number, protocol.INVALID_REQUEST, "method must be text and params an object")
        elif "id" not in message:
            self._take_notification(name, params)
        elif isinstance(number, bool) or not isinstance(number, (int, str)) or number in self._calls:
            self._reject(None, protocol.INVALID_REQUEST, "id must be a new number or text")
        else:
            self._take_request(number, name, params)

    def _take_notification(self, name: str, params: dict[str, Any]) -> None:
        if name == "cancel":
            call = self._calls.get(params.get("id", ""))
            if call is not None:
                call.stop.set()

    def _take_request(self, number: int | str, name: str, params: dict[str, Any]) -> None:
        if name not in {method.value for method in Method}:
            self._reject(number, protocol.METHOD_NOT_FOUND, f"there is no method {name}")
            return
        call = Call(number, Method(name), params)
        if call.method is Method.HELLO:
            self._greet(call)
        elif not self._greeted:
            self._reject(number, protocol.INVALID_REQUEST, "the first request must be hello")
        elif call.method in jobs.LONG_JOBS:
            self._begin_job(call)
        else:
            self._enqueue(call)

    def _greet(self, call: Call) -> None:
        theirs = call.params.get("protocol")
        if theirs != protocol.PROTOCOL_VERSION:
            error = ProtocolMismatchError(runner=protocol.PROTOCOL_VERSION, plugin=theirs)
            self._send(protocol.error_response(call.number, error))
            return
        self._greeted = True
        if call.params.get("warm_up"):
            self._warm.clear()
        self._enqueue(call)

    def _enqueue(self, call: Call) -> None:
        with self._lock:
            self._calls[call.number] = call
        self._quick.put(call)

    def _begin_job(self, call: Call) -> None:
        with self._lock:
            running = self._job
            if running is None:
                self._job = call
                self._calls[call.number] = call
                self._job_thread = threading.Thread(target=self._run_job, args=(call,), name="job", daemon=True)
                self._job_thread.start()
        if running is not None:
            self._send(protocol.error_response(call.number, RunnerBusyError(job=running.method.value)))

    def _run_job(self, call: Call) -> None:
        while not call.stop.is_set() and not self._warm.wait(POLL_WARM_S):
            pass  # two threads that import the same packages can trip over each other
        answer = self._answer(call)
        with self._lock:
            self._job = None
        self._send(answer)

    def _quick_lane(self) -> None:
        while (call := self._quick.get()) is not None:
            self._send(self._answer(call))
            if call.method is Method.SHUTDOWN:
                self.finished.set()
            elif not self._warm.is_set():
                self._warm_up()

    def _warm_up(self) -> None:
        try:
            guarded(jobs.warm_up)
        except GlacierMapperError as exc:
            log.warning("warming up failed: %s", exc.to_message())
        finally:
            self._warm.set()

    def _answer(self, call: Call) -> bytes:
        throttle = Throttle(lambda progress: self._tell(call, progress))
        try:
            if call.stop.is_set():
                raise Cancelled()  # noqa: TRY301 (a queued call takes the same way out as a running one)
            controls = jobs.Controls(throttle, call.stop.is_set)
            perform = partial(jobs.perform, call.method, call.params, controls)
            line: bytes = guarded(lambda: protocol.response(call.number, perform()))
        except GlacierMapperError as exc:
            line = protocol.error_response(call.number, _portable(exc))
        else:
            throttle.flush()
        with self._lock:
            self._calls.pop(call.number, None)
        return line

    def _tell(self, call: Call, progress: Progress) -> None:
        if not call.stop.is_set():
            self._send(protocol.notification("progress", {**jobs.to_plain(progress.to_json()), "id": call.number}))

    def _reject(self, number: Any, code: int, reason: str) -> None:
        number = number if isinstance(number, (int, str)) else None
        if code in (protocol.INVALID_REQUEST, protocol.PARSE_ERROR):
            error: GlacierMapperError = InternalError(reason=reason)
        else:
            error = InvalidParameterError(name="method", value=reason, expected="one of the protocol")
        self._send(protocol.error_response(number, error, code))

    def _send(self, line: bytes) -> None:
        try:
            self._writer.write(line)
        except OSError:
            log.info("nobody reads the answers any more")
            self.finished.set()


def _portable(error: GlacierMapperError) -> GlacierMapperError:
    """The same error with details that JSON can hold."""
    return type(error)(**jobs.to_plain(error.details))


def end_on_signals(service: Service) -> None:
    """End in good order on SIGTERM; leave SIGINT, meant for the whole terminal, to the parent."""

    def terminate(*_: Any) -> None:
        service.terminated = True  # an Event could deadlock here: the main thread may hold its lock

    signal.signal(signal.SIGTERM, terminate)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def serve(parent_pid: int, descriptors: tuple[int, int]) -> int:
    """Serve on the (input, output) `descriptors`. Returns the exit code; the process ends within 3 s after it."""
    service = Service(LineReader(descriptors[0]), LineWriter(descriptors[1]))
    end_on_signals(service)
    clean = service.run(parent_pid)
    deadline = threading.Timer(EXIT_S, os._exit, args=(1,))
    deadline.daemon = True
    deadline.start()
    return 0 if clean else 1
