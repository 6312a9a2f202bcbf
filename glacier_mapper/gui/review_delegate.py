"""How the review list draws confidence and state."""

from __future__ import annotations

from qgis.PyQt.QtCore import QModelIndex, QRectF, Qt
from qgis.PyQt.QtGui import QColor, QFontMetrics, QPainter, QPalette, QPen
from qgis.PyQt.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ..core.review_list import REVIEW_COLOURS, ReviewRow
from . import colors
from .review_model import ROW_ROLE

GAP = 6


def dot_size(metrics: QFontMetrics) -> int:
    """The width of the sign before a state."""
    return max(8, round(metrics.height() * 0.6))


def _background(option: QStyleOptionViewItem) -> QColor:
    selected = bool(option.state & QStyle.StateFlag.State_Selected)
    return option.palette.color(QPalette.ColorRole.Highlight if selected else QPalette.ColorRole.Base)


def _ink(option: QStyleOptionViewItem) -> QColor:
    selected = bool(option.state & QStyle.StateFlag.State_Selected)
    role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
    return colors.readable(option.palette.color(role), _background(option), colors.SIGN_CONTRAST)


def _start(painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex, delegate: QStyledItemDelegate) -> None:
    """Draw the cell's background as the theme does, without its text."""
    empty = QStyleOptionViewItem(option)
    delegate.initStyleOption(empty, index)
    empty.text = ""
    style = option.widget.style() if option.widget else QApplication.style()
    style.drawControl(QStyle.ControlElement.CE_ItemViewItem, empty, painter, option.widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


class ConfidenceDelegate(QStyledItemDelegate):
    """The number and a bar; the emptier the bar, the more there is to look at."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Draw one cell."""
        row: ReviewRow = index.data(ROW_ROLE)
        painter.save()
        _start(painter, option, index, self)
        width = option.fontMetrics.horizontalAdvance("0.00")
        text = option.rect.adjusted(GAP, 0, 0, 0)
        painter.setPen(_ink(option))
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(text, flags, index.data(Qt.ItemDataRole.DisplayRole))
        if row.confidence is not None:
            self._bar(painter, option, row.confidence, width + 2 * GAP)
        painter.restore()

    def _bar(self, painter: QPainter, option: QStyleOptionViewItem, confidence: float, left: int) -> None:
        paper = _background(option)
        height = max(5.0, option.fontMetrics.height() * 0.42)
        room = option.rect.adjusted(left, 0, -GAP, 0)
        if room.width() < 8:
            return
        track = QRectF(room.left(), room.center().y() - height / 2 + 0.5, room.width(), height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.mix(paper, colors.best_on(paper), 0.16))
        painter.drawRoundedRect(track, height / 2, height / 2)
        share = min(1.0, max(0.0, confidence))
        filled = QRectF(track.left(), track.top(), max(height, track.width() * share), height)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setBrush(_ink(option) if selected else colors.readable(_tone(share), paper, colors.SIGN_CONTRAST))
        painter.drawRoundedRect(filled, height / 2, height / 2)


def _tone(share: float) -> QColor:
    kind = colors.Accent.GOOD if share >= 0.85 else colors.Accent.WARN if share >= 0.65 else colors.Accent.BAD
    return QColor(kind.value)


class StateDelegate(QStyledItemDelegate):
    """A dot in the colour that the outline has on the map, and the word."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Draw one cell."""
        row: ReviewRow = index.data(ROW_ROLE)
        painter.save()
        _start(painter, option, index, self)
        paper = _background(option)
        size = dot_size(option.fontMetrics)
        top = option.rect.center().y() - size / 2 + 0.5
        dot = QRectF(option.rect.left() + GAP, top, size, size)
        colour = QColor(REVIEW_COLOURS[row.state]) if row.state in REVIEW_COLOURS else None
        painter.setPen(QPen(colors.readable(colour or paper, paper, colors.SIGN_CONTRAST), 1.2))
        painter.setBrush(colour or Qt.BrushStyle.NoBrush)
        painter.drawEllipse(dot)
        painter.setPen(_ink(option))
        room = option.rect.adjusted(size + 2 * GAP, 0, -2, 0)
        text = option.fontMetrics.elidedText(
            index.data(Qt.ItemDataRole.DisplayRole), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)
        painter.restore()
