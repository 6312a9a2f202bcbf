"""Small widgets that the panels are made of."""

from __future__ import annotations

from qgis.PyQt.QtCore import QEvent, QObject, QSize, Qt
from qgis.PyQt.QtGui import QPainter, QPaintEvent, QPixmap, QResizeEvent, QShowEvent, QWheelEvent
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QToolButton,
    QWidget,
)  # fmt: skip

from . import colors
from .icons import set_icon, tinted_pixmap

THEME_EVENTS = (QEvent.Type.PaletteChange, QEvent.Type.StyleChange)
LEAST_WIDTH = 60
SMALL = 0.88
"""Size of secondary text relative to the dock's font."""


def small(label: QLabel) -> QLabel:
    """Give a label the size of secondary text."""
    font = label.font()
    font.setPointSizeF(font.pointSizeF() * SMALL)
    label.setFont(font)
    return label


def bold(widget: QWidget) -> QWidget:
    """Make a widget's text bold."""
    font = widget.font()
    font.setBold(True)
    widget.setFont(font)
    return widget


class WheelGuard(QObject):
    """Leaves the wheel to the scroll area unless the widget has the focus: no value changes while scrolling past."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Swallow nothing, ignore wheel events of unfocused widgets."""
        if isinstance(event, QWheelEvent) and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


def quiet(widget: QWidget) -> QWidget:
    """Put the guard on a combo box, spin box or slider."""
    widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    widget.installEventFilter(WheelGuard(widget))
    return widget


def combo_box(parent: QWidget, name: str) -> QComboBox:
    """A combo box that may become narrow; `name` is its accessible name."""
    combo = QComboBox(parent)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(6)
    combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    combo.view().setTextElideMode(Qt.TextElideMode.ElideMiddle)
    combo.setAccessibleName(name)
    return quiet(combo)


def spin_box(parent: QWidget, low: float, high: float, decimals: int, name: str) -> QDoubleSpinBox:
    """A spin box for a number; the step is one of the last decimal shown, five of them below 0.01."""
    box = QDoubleSpinBox(parent)
    box.setDecimals(decimals)
    box.setRange(low, high)
    box.setSingleStep(10.0**-decimals)
    box.setKeyboardTracking(False)
    box.setAccessibleName(name)
    return quiet(box)


def whole_box(parent: QWidget, low: int, high: int, name: str) -> QSpinBox:
    """A spin box for a whole number."""
    box = QSpinBox(parent)
    box.setRange(low, high)
    box.setKeyboardTracking(False)
    box.setAccessibleName(name)
    return quiet(box)


def slider(parent: QWidget, steps: int, name: str) -> QSlider:
    """A horizontal slider from 0 to `steps`."""
    made = QSlider(Qt.Orientation.Horizontal, parent)
    made.setRange(0, steps)
    made.setPageStep(max(1, steps // 20))
    made.setMinimumWidth(60)
    made.setAccessibleName(name)
    return quiet(made)


def tool_button(parent: QWidget, icon: str, text: str, tip: str = "") -> QToolButton:
    """A flat button with one of our icons; `text` is shown only where the style is changed to."""
    button = QToolButton(parent)
    button.setAutoRaise(True)
    button.setText(text)
    button.setToolTip(tip or text.replace("&", ""))
    button.setAccessibleName(text.replace("&", ""))
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    set_icon(button, icon)
    return button


def follow_theme(root: QWidget) -> None:
    """Let everything below `root` that draws in colours of its own take those of the theme as it is now."""
    for child in root.findChildren(QObject):
        follow = getattr(child, "follow_theme", None)
        if follow is not None:
            follow()


class Glyph(QLabel):
    """A small sign in an accent colour, sharp on every screen and readable on every background."""

    def __init__(self, parent: QWidget | None = None, size: int = 16) -> None:
        super().__init__(parent)
        self._icon = ""
        self._kind: colors.Accent | None = None
        self._size = size
        self.setFixedSize(size, size)

    def show_icon(self, icon: str, kind: colors.Accent | None, tip: str = "") -> None:
        """Show an icon, "" for none; `kind` None takes the colour of text."""
        self._icon, self._kind = icon, kind
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self.update()

    @property
    def icon(self) -> str:
        """The icon shown."""
        return self._icon

    def pixmap_now(self) -> QPixmap:
        """What is painted."""
        least = colors.SIGN_CONTRAST
        color = colors.soft_ink(self) if self._kind is None else colors.accent(self._kind, self, least)
        return tinted_pixmap(self._icon, color, self._size, self.devicePixelRatioF())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tinted icon."""
        if self._icon:
            painter = QPainter(self)
            painter.drawPixmap(0, 0, self.pixmap_now())
            painter.end()


class _Toned(QLabel):
    """A label whose text takes an accent or steps back, and follows the theme."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone: colors.Accent | str = ""
        self.setIndent(0)  # a theme that gives labels a frame would move the text by half a letter
        self._sheet = ""

    def set_tone(self, tone: colors.Accent | str) -> None:
        """An accent, "soft" for text of less weight, "" for plain text."""
        self._tone = tone
        self.follow_theme()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of theme."""
        super().changeEvent(event)
        if event.type() in THEME_EVENTS:
            self.follow_theme()

    def showEvent(self, event: QShowEvent) -> None:
        """By now the dock's palette is known."""
        super().showEvent(event)
        self.follow_theme()

    def follow_theme(self) -> None:
        """Take the colours of the theme as it is now."""
        sheet = ""
        if self._tone:
            is_accent = isinstance(self._tone, colors.Accent)
            color = colors.accent(self._tone, self) if is_accent else colors.soft_ink(self)
            sheet = f"QLabel {{ color: {color.name()}; }}"
        if sheet != self._sheet:
            self._sheet = sheet
            self.setStyleSheet(sheet)


class WrapLabel(_Toned):
    """Text that wraps and never asks for width."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)

    def minimumSizeHint(self) -> QSize:
        """As high as the text is at the width it has; QLabel would ask for the height at a narrow width."""
        return QSize(LEAST_WIDTH, self.heightForWidth(max(LEAST_WIDTH, self.width())))

    def sizeHint(self) -> QSize:
        """The same: the width is up to others."""
        return self.minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, another height."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()


class ElidedLabel(_Toned):
    """One line that is cut with an ellipsis where there is no room; its tool tip has it all."""

    def __init__(self, parent: QWidget | None = None, mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        super().__init__(parent)
        self._full = ""
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_full_text(self, text: str) -> None:
        """Show a text."""
        self._full = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self._fit()

    @property
    def full_text(self) -> str:
        """The text before it is cut."""
        return self._full

    def minimumSizeHint(self) -> QSize:
        """A few letters."""
        return QSize(self.fontMetrics().horizontalAdvance("mmm"), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut anew."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Another font, another width."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._full, self._mode, max(0, self.contentsRect().width())))
