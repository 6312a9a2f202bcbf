"""Lines in the message bar: as high as their text, and one of a kind at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass

from qgis.gui import QgsMessageBar, QgsMessageBarItem
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QEvent, QObject, QTimer
from qgis.PyQt.QtWidgets import QPushButton, QTextBrowser

TAG = "Glacier Mapper"
MOST_LINES = 4
"""A longer text is scrolled; QGIS shows one and a half lines, so the remedy was cut."""


@dataclass(frozen=True)
class Button:
    """A button at the end of a line."""

    label: str
    action: Callable[[], object]


class BarLines:
    """Shows lines in one QgsMessageBar; a new line replaces our own one of the same kind that still stands there."""

    def __init__(self, bar: QgsMessageBar) -> None:
        self._bar = bar
        self._standing: dict[Hashable, QgsMessageBarItem] = {}

    def show(
        self, text: str, level: int, seconds: int, kind: Hashable, button: Button | None = None
    ) -> None:
        """Show `text`, for ever where `seconds` is 0."""
        before = self._standing.pop(kind, None)
        if before is not None and not sip.isdeleted(before):
            self._bar.popWidget(before)
        item = self._bar.createMessage(TAG, text)
        if button is not None:
            made = QPushButton(button.label, item)
            made.clicked.connect(lambda _checked=False: button.action())
            item.layout().addWidget(made)
        _Fit(item)
        self._standing[kind] = item
        self._bar.pushWidget(item, level, seconds)

    def drop_others(self, texts: Collection[str]) -> None:
        """Take away lines of others that say one of these texts."""
        if not sip.isdeleted(self._bar):
            for item in self._bar.items():
                if item.title() != TAG and item.text() in texts:
                    self._bar.popWidget(item)


class _Fit(QObject):
    """Keeps an item as high as its text is at the width that it has."""

    def __init__(self, item: QgsMessageBarItem) -> None:
        super().__init__(item)
        self._browser = item.findChild(QTextBrowser)
        if self._browser is not None:
            self._browser.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Another width may need another height; set in the next turn, when QGIS has laid the bar out."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            QTimer.singleShot(0, self._fit)
        return False

    def _fit(self) -> None:
        if sip.isdeleted(self) or sip.isdeleted(self._browser):
            return
        browser = self._browser
        document = browser.document()
        document.setTextWidth(browser.viewport().width())
        most = MOST_LINES * browser.fontMetrics().lineSpacing() + 2 * document.documentMargin()
        height = round(min(document.size().height(), most)) + 2 * browser.frameWidth()
        if browser.height() != height:
            browser.setFixedHeight(height)
