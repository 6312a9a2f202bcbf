"""Colours that can be read in every theme: taken from the palette, accents moved until their contrast is enough.

Contrast is that of WCAG 2.1: (lighter + 0.05) / (darker + 0.05) of the relative luminances, 1..21; body text
needs 4.5 (success criterion 1.4.3), signs and borders 3 (1.4.11).
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

from qgis.PyQt.QtGui import QColor, QPalette
from qgis.PyQt.QtWidgets import QDockWidget, QWidget

TEXT_CONTRAST = 4.5
SIGN_CONTRAST = 3.0


class Accent(Enum):
    """What a colour means; the value is the hue that it starts from."""

    GOOD = "#2e8b57"
    WARN = "#c77700"
    BAD = "#c8372d"
    INFO = "#2f7fb8"


def luminance(color: QColor) -> float:
    """WCAG's relative luminance, 0 (black) to 1 (white)."""

    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.03928 else ((channel + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())


def contrast(one: QColor, other: QColor) -> float:
    """WCAG's contrast of two opaque colours, 1..21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def readable(color: QColor, background: QColor, least: float = TEXT_CONTRAST) -> QColor:
    """`color`, moved towards black or white (whichever the background asks for) until the contrast is `least`."""
    return QColor.fromRgb(_readable(color.rgb(), background.rgb(), least))


@lru_cache(maxsize=256)
def _readable(color_rgb: int, background_rgb: int, least: float) -> int:
    color, background = QColor.fromRgb(color_rgb), QColor.fromRgb(background_rgb)
    goal = best_on(background)
    steps = (mix(color, goal, step / 100) for step in range(0, 101, 4))
    return next((moved for moved in steps if contrast(moved, background) >= least), goal).rgb()


def readable_under(text: QColor, background: QColor, least: float = TEXT_CONTRAST) -> QColor:
    """`background`, moved away from `text` until the contrast is `least`."""
    goal = best_on(text)
    steps = (mix(background, goal, step / 100) for step in range(0, 101, 4))
    return next((moved for moved in steps if contrast(text, moved) >= least), goal)


def best_on(background: QColor) -> QColor:
    """Black or white, whichever reads better; its contrast is never below 4.58."""
    black, white = QColor("#000000"), QColor("#ffffff")
    return white if contrast(white, background) >= contrast(black, background) else black


def mix(one: QColor, other: QColor, share: float) -> QColor:
    """`one` with `share` (0..1) of `other`."""
    parts = ((1 - share) * a + share * b for a, b in zip(one.getRgb()[:3], other.getRgb()[:3]))
    return QColor(*(round(part) for part in parts))


def host(widget: QWidget) -> QWidget:
    """The widget whose palette says how text stands on its background: the dock, else the window.

    QGIS's own themes set both by style sheet on QDockWidget and leave other widgets transparent.
    """
    walker = widget
    while walker is not None:
        if isinstance(walker, QDockWidget):
            return walker
        walker = walker.parentWidget()
    return widget.window()


def paper(widget: QWidget) -> QColor:
    """The colour behind a widget."""
    return host(widget).palette().color(QPalette.ColorRole.Window)


def ink(widget: QWidget) -> QColor:
    """The colour of text; where a theme's own has too little contrast, one that can be read."""
    background = paper(widget)
    return readable(host(widget).palette().color(QPalette.ColorRole.WindowText), background)


def highlight(widget: QWidget) -> QColor:
    """The theme's highlight colour, whether or not the window is active."""
    return host(widget).palette().color(QPalette.ColorGroup.Active, QPalette.ColorRole.Highlight)


def soft_ink(widget: QWidget) -> QColor:
    """For text of less weight: nearer to the background, still readable."""
    background = paper(widget)
    return readable(mix(ink(widget), background, 0.35), background)


def line(widget: QWidget) -> QColor:
    """For thin lines between parts: decoration, without a claim to contrast."""
    return mix(paper(widget), ink(widget), 0.18)


def accent(kind: Accent, widget: QWidget, least: float = TEXT_CONTRAST) -> QColor:
    """An accent that can be read on the widget's background."""
    return readable(QColor(kind.value), paper(widget), least)
