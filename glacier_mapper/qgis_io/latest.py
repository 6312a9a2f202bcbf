"""Answers to questions that come faster than they can be computed: debounced, one at a time, the latest wins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..core.errors import GlacierMapperError
from .task import BackgroundTask, run_in_background

Compute = Callable[[BackgroundTask], Any]


class LatestOnly(QObject):
    """Waits `delay_ms` after the last `ask`, then computes in the background.

    While one computation runs, only the latest question is kept and asked when it ends. Answers come in the
    order of the questions, so the last one shown belongs to the last question.
    """

    answered = pyqtSignal(object)
    failed = pyqtSignal(object)

    def __init__(self, title: str, delay_ms: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._waiting: Callable[[], Compute | None] | None = None
        self._task: BackgroundTask | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(delay_ms)
        self._timer.timeout.connect(self._begin)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._task is not None or self._waiting is not None

    def ask(self, capture: Callable[[], Compute | None]) -> None:
        """Ask again. `capture` runs on the main thread when the time has come; None from it asks nothing."""
        self._waiting = capture
        self._timer.start()

    @property
    def is_running(self) -> bool:
        """Whether a computation is under way."""
        return self._task is not None

    def hurry(self) -> None:
        """Nobody wants the answer that is on its way: end its computation, the question that waits comes next."""
        if self._task is not None:
            self._task.cancel()

    def forget(self) -> None:
        """Drop the question that waits and the answer that is on its way."""
        self._timer.stop()
        self._waiting = None
        if self._task is not None:
            self._task.detach()
            self._task.cancel()
            self._task = None

    def _begin(self) -> None:
        if self._task is not None or self._waiting is None:
            return
        capture, self._waiting = self._waiting, None
        try:
            compute = capture()
        except GlacierMapperError as error:
            self.failed.emit(error)
            return
        if compute is not None:
            self._task = run_in_background(self._title, compute, self._done, self._fail)

    def _done(self, answer: Any) -> None:
        self._task = None
        self.answered.emit(answer)
        self._again()

    def _fail(self, error: GlacierMapperError) -> None:
        self._task = None
        if self._waiting is None:
            self.failed.emit(error)
        self._again()

    def _again(self) -> None:
        if self._waiting is not None and not self._timer.isActive():
            self._begin()
