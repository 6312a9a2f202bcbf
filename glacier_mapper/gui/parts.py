"""Larger parts of the panels: a section that folds, a card, the main button."""

from __future__ import annotations

from qgis.PyQt import sip
from qgis.PyQt.QtCore import QEvent, QSize, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QPainter, QPaintEvent, QPen, QShowEvent
from qgis.PyQt.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from . import colors
from .icons import tinted_icon
from .widgets import THEME_EVENTS, ElidedLabel, bold, small

MARGIN = 8
GAP = 6


def column(widget: QWidget, margin: int = 0, gap: int = GAP) -> QVBoxLayout:
    """A vertical layout with the house's distances."""
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(gap)
    return layout


def row(gap: int = GAP) -> QHBoxLayout:
    """A horizontal layout without margins."""
    layout = QHBoxLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(gap)
    return layout


class FormDialog(QDialog):
    """A dialog as high as its texts are at the width it has: known only once it has been laid out."""

    def showEvent(self, event: QShowEvent) -> None:
        """Fit the height in the next turn."""
        super().showEvent(event)
        QTimer.singleShot(0, self._fit)

    def _fit(self) -> None:
        if not sip.isdeleted(self) and self.layout() is not None:
            self.layout().activate()
            self.resize(self.width(), self.layout().sizeHint().height())


class Section(QWidget):
    """A titled part that folds on a click or with the space bar; `summary` is read when it is folded, too."""

    toggled = pyqtSignal(bool)

    def __init__(self, title: str, parent: QWidget | None = None, is_open: bool = True) -> None:
        super().__init__(parent)
        self.header = QToolButton(self)
        self.header.setText(title)
        self.header.setAccessibleName(title.replace("&", ""))
        self.header.setAutoRaise(True)
        self.header.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.header.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        bold(self.header)
        self.summary = small(ElidedLabel(self))
        self.summary.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.body = QWidget(self)
        self.body_layout = column(self.body)
        self.body_layout.setContentsMargins(2, 2, 2, 6)
        self.head = row()
        self.head.addWidget(self.header)
        self.head.addWidget(self.summary, 1)
        layout = column(self, gap=2)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addLayout(self.head)
        layout.addWidget(self.body)
        self.header.clicked.connect(self._on_clicked)
        self._is_open = is_open
        self._fold(is_open)

    def is_open(self) -> bool:
        """Whether the body is shown."""
        return self._is_open

    def set_open(self, is_open: bool) -> None:
        """Unfold or fold."""
        if is_open != self._is_open:
            self._fold(is_open)

    def _on_clicked(self) -> None:
        self._fold(not self._is_open)

    def _fold(self, is_open: bool) -> None:
        self._is_open = is_open
        self.header.setAccessibleDescription(self.tr("unfolded") if is_open else self.tr("folded"))
        self.header.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self.body.setVisible(is_open)
        self.toggled.emit(is_open)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A thin line on top."""
        painter = QPainter(self)
        painter.setPen(QPen(colors.line(self), 1))
        painter.drawLine(0, 0, self.width(), 0)
        painter.end()


class Card(QFrame):
    """A box with rounded corners and a bar of an accent at its left edge."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = colors.Accent.INFO
        self.body_layout = column(self, MARGIN + 2)
        self.body_layout.setContentsMargins(MARGIN + 6, MARGIN, MARGIN, MARGIN)

    def set_kind(self, kind: colors.Accent) -> None:
        """What the card is about."""
        self._kind = kind
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Box and bar."""
        color = colors.accent(self._kind, self, colors.SIGN_CONTRAST)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colors.mix(colors.paper(self), color, 0.5), 1))
        painter.setBrush(colors.mix(colors.paper(self), color, 0.07))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 5, 5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(1, 1, 5, self.height() - 2, 2, 2)
        painter.end()


class PrimaryButton(QPushButton):
    """The button that a page is about, filled with the theme's highlight colour."""

    def __init__(self, text: str, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._drawn: tuple[str, bool] | None = None
        self._icon = icon
        self.setIconSize(QSize(20, 20))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        bold(self)
        self.follow_theme()

    def fill(self) -> colors.QColor:
        """The theme's highlight; one that nearly carries white text is darkened until it does."""
        color, white = colors.highlight(self), colors.QColor("#ffffff")
        if colors.contrast(color, white) >= colors.SIGN_CONTRAST:
            color = colors.readable_under(white, color)
        return color

    def text_color(self) -> colors.QColor:
        """White where it can be read, else what reads better."""
        fill, white = self.fill(), colors.QColor("#ffffff")
        return white if colors.contrast(fill, white) >= colors.TEXT_CONTRAST else colors.best_on(fill)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of theme or of being enabled."""
        super().changeEvent(event)
        if event.type() in (*THEME_EVENTS, QEvent.Type.EnabledChange):
            self.follow_theme()

    def showEvent(self, event: QShowEvent) -> None:
        """By now the dock's palette is known."""
        super().showEvent(event)
        self.follow_theme()

    def follow_theme(self) -> None:
        """Take the colours of the theme as it is now."""
        fill, text, background = self.fill(), self.text_color(), colors.paper(self)
        off_fill = colors.mix(background, colors.ink(self), 0.12)
        off_text = colors.readable(colors.soft_ink(self), off_fill, colors.SIGN_CONTRAST)
        sheet = (
            f"QPushButton {{ background: {fill.name()}; color: {text.name()}; border: 2px solid {fill.name()};"
            f" border-radius: 5px; padding: 6px 4px; }}"
            f" QPushButton:hover {{ background: {colors.mix(fill, text, 0.12).name()}; }}"
            f" QPushButton:pressed {{ background: {colors.mix(fill, text, 0.25).name()}; }}"
            f" QPushButton:focus {{ border: 2px solid {colors.ink(self).name()}; }}"
            f" QPushButton:disabled {{ background: {off_fill.name()}; color: {off_text.name()};"
            f" border-color: {off_fill.name()}; }}"
        )
        drawn = (sheet, self.isEnabled())
        if drawn != self._drawn:
            self._drawn = drawn
            self.setIcon(tinted_icon(self._icon, text if self.isEnabled() else off_text))
            self.setStyleSheet(sheet)
