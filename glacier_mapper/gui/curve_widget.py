"""A calibration curve: raw against calibrated, with the diagonal that would change nothing."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import QPointF, QRectF, QSize, Qt
from qgis.PyQt.QtGui import QPainter, QPaintEvent, QPen, QPolygonF, QTextOption
from qgis.PyQt.QtWidgets import QSizePolicy, QWidget

from . import colors, texts

SIDE = 190
LEFT, BOTTOM, EDGE = 34, 34, 8


class CurveWidget(QWidget):
    """Both axes from 0 to 1; to be looked at, not to be changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.points: list[tuple[float, float]] = []
        self._across = self._up = ""
        self.setMinimumSize(SIDE, SIDE - 30)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Calibration curve"))

    def sizeHint(self) -> QSize:
        """Somewhat wider than high."""
        return QSize(280, SIDE)

    def show_curve(self, points: Sequence[tuple[float, float]], across: str, up: str) -> None:
        """Show points (x, y), each 0..1, and the names of the axes."""
        self.points, self._across, self._up = list(points), across, up
        spoken = self.tr("{x} becomes {y}")
        steps = self.points[:: max(1, len(self.points) // 5)]
        self.setAccessibleDescription(
            "; ".join(spoken.format(x=texts.number(x, 2), y=texts.number(y, 2)) for x, y in steps)
        )
        self.update()

    def plot(self) -> QRectF:
        """The square of the axes in the widget's pixels."""
        width = min(self.width() - LEFT - EDGE, 420)
        return QRectF(LEFT, EDGE, max(1, width), max(1, self.height() - BOTTOM - EDGE))

    def place_of(self, x: float, y: float) -> QPointF:
        """The widget's point of a value."""
        plot = self.plot()
        return QPointF(plot.left() + x * plot.width(), plot.bottom() - y * plot.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Grid, diagonal, curve, words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_grid(painter)
        painter.setPen(QPen(colors.soft_ink(self), 1, Qt.PenStyle.DashLine))
        painter.drawLine(self.place_of(0, 0), self.place_of(1, 1))
        painter.setPen(QPen(colors.accent(colors.Accent.INFO, self, colors.SIGN_CONTRAST), 2))
        painter.drawPolyline(QPolygonF([self.place_of(x, y) for x, y in self.points]))
        painter.end()

    def _paint_grid(self, painter: QPainter) -> None:
        plot = self.plot()
        painter.setPen(QPen(colors.line(self), 1))
        for step in (0.0, 0.25, 0.5, 0.75, 1.0):
            painter.drawLine(self.place_of(step, 0), self.place_of(step, 1))
            painter.drawLine(self.place_of(0, step), self.place_of(1, step))
        font = painter.font()
        font.setPointSizeF(font.pointSizeF() * 0.8)
        painter.setFont(font)
        painter.setPen(QPen(colors.soft_ink(self)))
        high = painter.fontMetrics().height()
        for step in (0.0, 0.5, 1.0):
            text = texts.number(step, 1)
            below = self.place_of(step, 0)
            painter.drawText(QRectF(below.x() - 20, below.y() + 1, 40, high), text, _centred())
            beside = self.place_of(0, step)
            right = QTextOption(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(QRectF(LEFT - 26, beside.y() - high / 2, 22, high), text, right)
        painter.drawText(QRectF(plot.left(), plot.bottom() + high, plot.width(), high + 2), self._across, _centred())
        painter.save()
        painter.translate(0, plot.center().y())
        painter.rotate(-90)
        painter.drawText(QRectF(-plot.height() / 2, 0, plot.height(), high), self._up, _centred())
        painter.restore()


def _centred() -> QTextOption:
    option = QTextOption(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
    option.setWrapMode(QTextOption.WrapMode.NoWrap)
    return option
