"""How often each value of an index occurs in the view, with the threshold as a line that can be moved."""

from __future__ import annotations

import math
from collections.abc import Sequence

from qgis.PyQt.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QTextOption
from qgis.PyQt.QtWidgets import QSizePolicy, QWidget

from . import colors, texts

HEIGHT = 68
EDGE = 6
AXIS = 14


class HistogramWidget(QWidget):
    """Bars on a root scale, those beyond the threshold in an accent; drag the line, or move it by the arrow keys."""

    thresholdMoved = pyqtSignal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.counts: list[int] = []
        self.low, self.high = 0.0, 1.0
        self.threshold = 0.5
        self._is_stale = False
        self.setMinimumHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setAccessibleName(self.tr("Histogram of the index in the view"))
        self.setToolTip(self.tr("Drag the line to move the threshold; the arrow keys move it, too."))

    def sizeHint(self) -> QSize:
        """Wide and low."""
        return QSize(200, HEIGHT)

    def show_counts(self, counts: Sequence[int], low: float, high: float) -> None:
        """Show counts in equal bins from `low` to `high`."""
        self.counts, self.low, self.high = list(counts), low, high
        self.update()

    def show_threshold(self, value: float) -> None:
        """Move the line, without a signal."""
        self.threshold = value
        self.setAccessibleDescription(self.tr("Threshold {value}").format(value=texts.number(value, 2)))
        self.update()

    def show_stale(self, is_stale: bool) -> None:
        """Fade while a newer one is on its way."""
        self._is_stale = is_stale
        self.update()

    def x_of(self, value: float) -> float:
        """The widget's x of an index value."""
        share = (value - self.low) / (self.high - self.low)
        return EDGE + min(1.0, max(0.0, share)) * self._inner_width()

    def value_at(self, x: float) -> float:
        """The index value at the widget's x, kept inside the range."""
        share = min(1.0, max(0.0, (x - EDGE) / self._inner_width()))
        return self.low + share * (self.high - self.low)

    def _inner_width(self) -> float:
        return max(1.0, self.width() - 2.0 * EDGE)

    def _move_to(self, value: float) -> None:
        value = min(self.high, max(self.low, value))
        self.show_threshold(value)
        self.thresholdMoved.emit(value)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The line jumps to the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._move_to(self.value_at(event.pos().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """And follows it."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._move_to(self.value_at(event.pos().x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """One hundredth of the range a key."""
        step = {Qt.Key.Key_Left: -0.01, Qt.Key.Key_Right: 0.01}.get(event.key())
        if step is None:
            super().keyPressEvent(event)
        else:
            self._move_to(self.threshold + step * (self.high - self.low))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bars, axis, line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._is_stale:
            painter.setOpacity(0.45)
        self._paint_bars(painter)
        painter.setOpacity(1.0)
        self._paint_axis(painter)
        self._paint_line(painter)
        if self.hasFocus():
            painter.setPen(QPen(colors.soft_ink(self), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(0.5, 0.5, self.width() - 1, self.height() - 1))
        painter.end()

    def full_count(self) -> int:
        """The count that is as high as the widget.

        The first and the last bin hold all that lies beyond the range, too; they are cut off at the top where they
        are higher, else the valley between rock and ice could not be seen.
        """
        return max(self.counts[1:-1], default=0) or max(self.counts, default=0)

    def _paint_bars(self, painter: QPainter) -> None:
        tallest = math.sqrt(self.full_count())
        if not tallest:
            return
        bottom = self.height() - AXIS
        width = self._inner_width() / len(self.counts)
        rock = colors.mix(colors.paper(self), colors.ink(self), 0.42)
        ice = colors.accent(colors.Accent.INFO, self, colors.SIGN_CONTRAST)
        painter.setPen(Qt.PenStyle.NoPen)
        for number, count in enumerate(self.counts):
            height = (bottom - EDGE) * min(1.0, math.sqrt(count) / tallest)
            middle = self.low + (number + 0.5) / len(self.counts) * (self.high - self.low)
            painter.setBrush(ice if middle >= self.threshold else rock)
            painter.drawRect(QRectF(EDGE + number * width, bottom - height, max(1.0, width - 0.6), height))

    def _paint_axis(self, painter: QPainter) -> None:
        bottom = self.height() - AXIS
        painter.setPen(QPen(colors.line(self), 1))
        painter.drawLine(QPointF(EDGE, bottom), QPointF(self.width() - EDGE, bottom))
        font = painter.font()
        font.setPointSizeF(font.pointSizeF() * 0.8)
        painter.setFont(font)
        painter.setPen(QPen(colors.soft_ink(self)))
        box = QRectF(EDGE, bottom, self._inner_width(), AXIS)
        for text, side in ((self.low, Qt.AlignmentFlag.AlignLeft), (self.high, Qt.AlignmentFlag.AlignRight)):
            painter.drawText(box, texts.number(text, 1), QTextOption(side | Qt.AlignmentFlag.AlignVCenter))

    def _paint_line(self, painter: QPainter) -> None:
        x, bottom = self.x_of(self.threshold), float(self.height() - AXIS)
        color: QColor = colors.ink(self)
        painter.setPen(QPen(color, 1.6))
        painter.drawLine(QPointF(x, 2), QPointF(x, bottom))
        painter.setBrush(color)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPolygon(QPolygonF([QPointF(x - 4.5, 1), QPointF(x + 4.5, 1), QPointF(x, 7.5)]))
