"""Work in the background: computed in a thread of QGIS's task manager, answered on the main thread."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

from qgis.core import QgsApplication, QgsTask
from qgis.PyQt.QtCore import Qt, pyqtSignal

from ..core.errors import Cancelled, GlacierMapperError, InternalError

_FLAGS = QgsTask.Flag.CanCancel | QgsTask.Flag.CancelWithoutPrompt
if hasattr(QgsTask, "Silent"):  # from QGIS 3.26 on; before, the notifier drops QGIS's own line on a task's end
    _FLAGS |= QgsTask.Silent
_alive: set[BackgroundTask] = set()
"""Tasks not ended yet: QGIS's task manager does not keep the Python half of a task alive."""
titles: set[str] = set()
"""What the tasks of this session were called."""


class BackgroundTask(QgsTask):
    """A task whose `compute(task)` runs in a thread and must touch neither layers nor widgets.

    In `compute`, call `task.report(progress)` and look at `task.is_cancelled()` often.
    """

    progressed = pyqtSignal(object)

    def __init__(self, title: str, compute: Callable[[BackgroundTask], Any]) -> None:
        super().__init__(title, _FLAGS)
        self._compute = compute
        self._on_done: Callable[[Any], None] | None = None
        self._on_error: Callable[[GlacierMapperError], None] | None = None
        self._result: Any = None
        self._error: GlacierMapperError | None = None
        self._detached = False

    def answer(self, on_done: Callable[[Any], None], on_error: Callable[[GlacierMapperError], None]) -> None:
        """Say who gets the result or the error; both are called on the main thread."""
        self._on_done, self._on_error = on_done, on_error

    def tell(self, on_progress: Callable[[Any], None]) -> None:
        """Say who gets the progress, on the main thread."""
        self.progressed.connect(
            lambda progress: None if self._detached else on_progress(progress), Qt.ConnectionType.QueuedConnection
        )

    def detach(self) -> None:
        """Answer nobody any more, for instance because the plugin is being unloaded."""
        self._detached = True
        self._on_done = self._on_error = None

    def report(self, progress: Any) -> None:
        """Tell how far the work is, by anything with a `fraction` 0..1; callable from the thread."""
        self.setProgress(100.0 * progress.fraction)
        self.progressed.emit(progress)

    def is_cancelled(self) -> bool:
        """Whether the user or QGIS wants the work to end; callable from the thread."""
        return self.isCanceled()

    def run(self) -> bool:
        """Compute in the thread. The one place with a broad except: nothing may escape into QGIS."""
        try:
            self._result = self._compute(self)
        except GlacierMapperError as error:
            self._error = error
        except Exception as error:  # noqa: BLE001
            self._error = InternalError(reason=f"{type(error).__name__}: {error}", log_tail=traceback.format_exc())
        return self._error is None

    def finished(self, ok: bool) -> None:
        """Answer on the main thread."""
        _alive.discard(self)
        if ok and self._on_done is not None:
            self._on_done(self._result)
        elif not ok and self._on_error is not None:
            self._on_error(self._error or Cancelled())


def run_in_background(
    title: str,
    compute: Callable[[BackgroundTask], Any],
    on_done: Callable[[Any], None],
    on_error: Callable[[GlacierMapperError], None],
    on_progress: Callable[[Any], None] | None = None,
) -> BackgroundTask:
    """Start `compute` in a thread and return the task; the callbacks run on the main thread.

    Exactly one of `on_done(result)` and `on_error(error)` is called, once. A cancelled task answers with
    `Cancelled`, anything that is not of the error tree with `InternalError`.
    """
    task = BackgroundTask(title, compute)
    titles.add(title)
    task.answer(on_done, on_error)
    if on_progress is not None:
        task.tell(on_progress)
    _alive.add(task)
    QgsApplication.taskManager().addTask(task)
    return task
