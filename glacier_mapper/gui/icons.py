"""The plugin's own icons, drawn in the colour that the theme asks for.

All but the plugin's own sign are one-coloured SVG files: only their shape counts, the colour is put in when they
are drawn, so they are as readable on dark as on light.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from qgis.PyQt.QtCore import QEvent, QObject, QRectF, Qt
from qgis.PyQt.QtGui import QColor, QIcon, QPainter, QPixmap
from qgis.PyQt.QtSvg import QSvgRenderer
from qgis.PyQt.QtWidgets import QAbstractButton

from .colors import ink

SIZES_PX = (16, 20, 24, 32, 40, 48, 64)
PLUGIN = "glacier_mapper"
_PACKAGE = Path(__file__).resolve().parent.parent


def icon_path(name: str) -> str:
    """Absolute path of an icon: inside the package when installed, beside it in a source tree."""
    inside = _PACKAGE / "resources"
    folder = inside if inside.exists() else _PACKAGE.parent / "resources"
    return str(folder / "icons" / f"{name}.svg")


def plugin_icon() -> QIcon:
    """The plugin's sign, in its own colours."""
    return QIcon(icon_path(PLUGIN))


@lru_cache(maxsize=512)
def _tinted(name: str, rgb: int, size_px: int) -> QPixmap:
    pixmap = QPixmap(size_px, size_px)
    pixmap.fill(QColor(0, 0, 0, 0))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(icon_path(name)).render(painter, QRectF(0, 0, size_px, size_px))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(pixmap.rect(), QColor.fromRgb(rgb))
    painter.end()
    return pixmap


def tinted_pixmap(name: str, color: QColor, size: int, ratio: float = 1.0) -> QPixmap:
    """An icon `size` device-independent pixels wide, for a screen with that many pixels to each."""
    pixmap = QPixmap(_tinted(name, color.rgb(), round(size * ratio)))
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def tinted_icon(name: str, color: QColor) -> QIcon:
    """An icon in all usual sizes."""
    icon = QIcon()
    for size in SIZES_PX:
        icon.addPixmap(_tinted(name, color.rgb(), size))
    return icon


class _Binder(QObject):
    """Keeps the icon of one button in the colour of its text when the theme changes."""

    def __init__(self, button: QAbstractButton, name: str) -> None:
        super().__init__(button)
        self._button, self._name, self._rgb = button, name, None
        button.installEventFilter(self)
        self.follow_theme()

    def set_name(self, name: str) -> None:
        """Another icon for the same button."""
        self._name, self._rgb = name, None
        self.follow_theme()

    def follow_theme(self) -> None:
        """Draw anew where the colour differs from the last time."""
        color = ink(self._button)
        if color.rgb() != self._rgb:
            self._rgb = color.rgb()
            self._button.setIcon(tinted_icon(self._name, color))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Listen, never swallow."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange, QEvent.Type.Show):
            self.follow_theme()
        return False


def set_icon(button: QAbstractButton, name: str) -> None:
    """Give a button one of our icons, now and after every change of theme."""
    binder = button.findChild(_Binder, "", Qt.FindChildOption.FindDirectChildrenOnly)
    if binder is None:
        _Binder(button, name)
    else:
        binder.set_name(name)
