"""Lines in the message bar with one button: zoom there, open the folder."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from qgis.core import Qgis, QgsVectorLayer
from qgis.gui import QgsMapCanvas, QgsMessageBar
from qgis.PyQt.QtCore import QCoreApplication, QUrl
from qgis.PyQt.QtGui import QDesktopServices

from ..core.errors import GlacierMapperError
from .bar_lines import BarLines, Button
from .notify import Notifier, log
from .outline_zoom import zoom_to_ids


class BarActions:
    """What editing, review and export tell the user. Errors go the common route, the `Notifier`."""

    def __init__(self, message_bar: QgsMessageBar, canvas: QgsMapCanvas, notifier: Notifier) -> None:
        self._lines = BarLines(message_bar)
        self._canvas = canvas
        self._notifier = notifier

    def show_error(self, error: GlacierMapperError) -> None:
        """The error's line."""
        self._notifier.error(error)

    def show_outlines(self, text: str, layer: QgsVectorLayer, outline_ids: list[str]) -> None:
        """A warning about some outlines, with a button that zooms there."""
        label = QCoreApplication.translate("BarActions", "Zoom there")
        level = Qgis.MessageLevel.Warning
        self._line(text, level, label, lambda: zoom_to_ids(self._canvas, layer, outline_ids))

    def show_exported(self, path: str, text: str) -> None:
        """The file is written; a button opens its folder."""
        label = QCoreApplication.translate("BarActions", "Open folder")
        folder = QUrl.fromLocalFile(str(Path(path).parent))
        self._line(text, Qgis.MessageLevel.Success, label, lambda: QDesktopServices.openUrl(folder))

    def _line(self, text: str, level: int, label: str, action: Callable[[], object]) -> None:
        log(text, level)
        kind = re.sub(r"\d+", "", text)  # the same sentence with other numbers replaces it
        self._lines.show(text, level, 0 if level == Qgis.MessageLevel.Warning else 15, kind, Button(label, action))
