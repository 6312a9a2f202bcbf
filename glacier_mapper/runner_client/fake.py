"""A runner that answers from a script: for tests of all that stands on a runner, and for trying the dock."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..core.errors import Cancelled, GlacierMapperError, InternalError, RunnerTimeoutError
from ..core.progress import Progress
from .runner import IsCancelled, OnProgress, RunnerState

POLL_S = 0.01


@dataclass(frozen=True)
class FakeAnswer:
    """One scripted answer: after `progress` and `delay_s` (spread between the steps) comes `error` or `result`.

    A `result` that is callable is called with the params.
    """

    result: Any = None
    error: GlacierMapperError | None = None
    progress: Sequence[Progress] = ()
    delay_s: float = 0.0


@dataclass
class FakeRunner:
    """Answers each method from `answers`: a `FakeAnswer`, a list of them taken in turn (the last one stays),
    or a plain result. `calls` records (method, params) in order. `start_error` is raised by every start.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    start_error: GlacierMapperError | None = None
    hello: dict[str, Any] = field(default_factory=lambda: {"protocol": 1, "version": "fake", "device": "CPU"})
    log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.starts = 0
        self._running = False
        self._outstanding = 0
        self._stopped = threading.Event()
        self._lock = threading.Lock()

    @property
    def state(self) -> RunnerState:
        """What the fake pretends to do."""
        if not self._running:
            return RunnerState.STOPPED
        return RunnerState.BUSY if self._outstanding else RunnerState.IDLE

    def start(self, is_cancelled: IsCancelled | None = None) -> None:
        """Pretend to start. Raises `start_error`."""
        if self.start_error is not None:
            raise self.start_error
        if is_cancelled is not None and is_cancelled():
            raise Cancelled()
        with self._lock:
            if not self._running:
                self.starts += 1
                self._stopped.clear()
                self._running = True

    def call(
        self,
        method: str,
        params: dict[str, Any],
        on_progress: OnProgress | None = None,
        is_cancelled: IsCancelled | None = None,
        timeout_s: float | None = None,
    ) -> Any:
        """Play the next answer of `method`. Raises its error, Cancelled or RunnerTimeoutError."""
        self.start(is_cancelled)
        with self._lock:
            self.calls.append((str(getattr(method, "value", method)), params))
            answer = self._next_answer(str(getattr(method, "value", method)))
            self._outstanding += 1
        try:
            self._play(answer, on_progress, is_cancelled, _deadline(method, timeout_s))
        finally:
            with self._lock:
                self._outstanding -= 1
        if answer.error is not None:
            raise answer.error
        return answer.result(params) if callable(answer.result) else answer.result

    def stop(self) -> None:
        """Pretend to stop; calls that are still playing raise Cancelled."""
        self._running = False
        self._stopped.set()

    def log_tail(self, lines: int = 20) -> list[str]:
        """The last lines of `log`."""
        return self.log[-lines:]

    def params_of(self, method: str) -> list[dict[str, Any]]:
        """The params of every call of `method`, in order."""
        return [params for name, params in self.calls if name == method]

    def _next_answer(self, method: str) -> FakeAnswer:
        if method not in self.answers:
            raise InternalError(reason=f"the fake runner has no answer for {method}")
        answer = self.answers[method]
        if isinstance(answer, list) and answer and all(isinstance(one, FakeAnswer) for one in answer):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        return answer if isinstance(answer, FakeAnswer) else FakeAnswer(result=answer)

    def _play(
        self, answer: FakeAnswer, on_progress: OnProgress | None, is_cancelled: IsCancelled | None, until: _Deadline
    ) -> None:
        pause_s = answer.delay_s / (len(answer.progress) + 1)
        for step in answer.progress:
            self._sleep(pause_s, is_cancelled, until)
            if on_progress is not None:
                on_progress(step)
        self._sleep(pause_s, is_cancelled, until)

    def _sleep(self, seconds: float, is_cancelled: IsCancelled | None, until: _Deadline) -> None:
        end = time.monotonic() + seconds
        while True:
            if self._stopped.is_set() or (is_cancelled is not None and is_cancelled()):
                raise Cancelled()
            until.check()
            if time.monotonic() >= end:
                return
            self._stopped.wait(min(POLL_S, max(0.0, end - time.monotonic())))


@dataclass(frozen=True)
class _Deadline:
    method: str
    seconds: float | None
    at: float | None

    def check(self) -> None:
        if self.at is not None and time.monotonic() >= self.at:
            raise RunnerTimeoutError(method=self.method, seconds=self.seconds)


def _deadline(method: str, timeout_s: float | None) -> _Deadline:
    at = None if timeout_s is None else time.monotonic() + timeout_s
    return _Deadline(str(getattr(method, "value", method)), timeout_s, at)
