"""The one route to the user: a line in the message bar, the details in the log."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from qgis.core import Qgis, QgsApplication, QgsMessageLog
from qgis.PyQt.QtCore import QCoreApplication, QTimer

from ..core.errors import Cancelled, GlacierMapperError, InputError
from ..core.messages import Message
from . import task
from .bar_lines import TAG, BarLines, Button
from .translation import error_text, translated


def log(text: str, level: int = Qgis.MessageLevel.Info) -> None:
    """Write to the plugin's own tab of the log panel; callable from any thread."""
    QgsMessageLog.logMessage(text, TAG, level, notifyUser=False)


class LogHandler(logging.Handler):
    """Carries Python's logging of this package into the log panel."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        level = Qgis.MessageLevel.Warning if record.levelno >= logging.WARNING else Qgis.MessageLevel.Info
        log(self.format(record), level)


class Notifier:
    """Shows lines in a QgsMessageBar; without one (headless) it only logs.

    `open_log` opens the log panel; where it is given, lines with details get a button for it.
    """

    def __init__(self, message_bar: object = None, open_log: object = None) -> None:
        self._lines = None if message_bar is None else BarLines(message_bar)
        self._open_log = open_log

    def error(self, error: GlacierMapperError) -> None:
        """One line that says what happened and the remedy; the details go to the log."""
        if isinstance(error, Cancelled):
            self.info(error_text(error))
            return
        level = Qgis.MessageLevel.Warning if isinstance(error, InputError) else Qgis.MessageLevel.Critical
        log(_details(error), level)
        self._show(error_text(error), level, has_details=True)

    def info(self, text: str) -> None:
        """A line that passes by itself."""
        log(text)
        self._show(text, Qgis.MessageLevel.Info)

    def success(self, text: str) -> None:
        """A line that says that something is done."""
        log(text, Qgis.MessageLevel.Success)
        self._show(text, Qgis.MessageLevel.Success)

    def warning(self, text: str) -> None:
        """A line that the user should heed."""
        log(text, Qgis.MessageLevel.Warning)
        self._show(text, Qgis.MessageLevel.Warning)

    def notes(self, messages: Iterable[Message]) -> None:
        """What a run noted goes to the log; the panel shows it, too."""
        for message in messages:
            level = Qgis.MessageLevel.Warning if message.to_check else Qgis.MessageLevel.Info
            log(translated(message), level)

    def drop_echoes(self, *_: object) -> None:
        """Take away QGIS's own lines on the end of long tasks of ours: what came of them is said by us, once.

        QGIS writes "Task failed" or "Task complete" into the bar where the system shows no notifications.
        """
        if self._lines is not None:
            QTimer.singleShot(0, lambda: self._lines.drop_others(task.titles))

    def _show(self, text: str, level: int, has_details: bool = False) -> None:
        if self._lines is None:
            return
        button = None
        if has_details and self._open_log is not None:
            button = Button(QCoreApplication.translate("Notifier", "Details"), self._open_log)
        self._lines.show(text, level, 0 if level == Qgis.MessageLevel.Critical else 10, int(level), button)


def _details(error: GlacierMapperError) -> str:
    lines = [f"{type(error).__name__}: {error}"]
    lines += [f"  {key}: {value}" for key, value in error.details.items() if value not in ("", None)]
    return "\n".join(lines)


def open_log_panel(main_window: object) -> None:
    """Show QGIS's log panel, where the main window has one."""
    from qgis.PyQt.QtWidgets import QDockWidget

    panel = main_window.findChild(QDockWidget, "MessageLog") if main_window is not None else None
    if panel is not None:
        panel.show()
        panel.raise_()
    QgsApplication.processEvents()
