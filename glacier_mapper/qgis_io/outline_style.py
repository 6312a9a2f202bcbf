"""How outlines look: a coloured line on a dark casing, legible on true- and false-colour imagery.

Colours are of Okabe and Ito's palette, which colour-blind eyes tell apart.
"""

from __future__ import annotations

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsFillSymbol,
    QgsGraduatedSymbolRenderer,
    QgsRendererCategory,
    QgsRendererRange,
    QgsSimpleLineSymbolLayer,
    QgsUnitTypes,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication, Qt
from qgis.PyQt.QtGui import QColor

from ..core.outline_fields import REVIEW_LABELS, Review
from ..core.review_list import REVIEW_COLOURS

CONFIDENCE_COLOURS: tuple[tuple[float, float, str], ...] = (
    (0.0, 0.6, "#D55E00"),
    (0.6, 0.75, "#E69F00"),
    (0.75, 0.9, "#F0E442"),
    (0.9, 1.0, "#56B4E9"),
)
_LINE_MM, _CASING_MM = 0.55, 1.15


def style_outlines(layer: QgsVectorLayer) -> None:
    """Two styles in the layer's style menu, by review (current) and by confidence; labels off."""
    layer.setLabelsEnabled(False)
    styles = layer.styleManager()
    by_review = QCoreApplication.translate("outline_style", "By review")
    by_confidence = QCoreApplication.translate("outline_style", "By confidence")
    layer.setRenderer(_confidence_renderer())
    styles.renameStyle(styles.currentStyle(), by_confidence)
    styles.addStyleFromLayer(by_review)
    styles.setCurrentStyle(by_review)
    layer.setRenderer(_review_renderer())
    layer.triggerRepaint()


def _review_renderer() -> QgsCategorizedSymbolRenderer:
    categories = []
    for review in Review:
        colour = REVIEW_COLOURS[review.value]
        dashed = review is Review.REJECTED
        label = QCoreApplication.translate("outlines", REVIEW_LABELS[review])
        categories.append(QgsRendererCategory(review.value, _symbol(colour, dashed), label))
    other = QCoreApplication.translate("outline_style", "Without review")
    categories.append(QgsRendererCategory(None, _symbol("#FFFFFF"), other))
    return QgsCategorizedSymbolRenderer("review", categories)


def _confidence_renderer() -> QgsGraduatedSymbolRenderer:
    ranges = []
    for low, high, colour in CONFIDENCE_COLOURS:
        label = f"{low:.2f} – {high:.2f}"
        ranges.append(QgsRendererRange(low, high, _symbol(colour), label))
    return QgsGraduatedSymbolRenderer("confidence", ranges)


def _symbol(colour: str, dashed: bool = False) -> QgsFillSymbol:
    symbol = QgsFillSymbol()
    symbol.deleteSymbolLayer(0)
    symbol.appendSymbolLayer(_line(QColor(20, 24, 28, 170), _CASING_MM))
    line = _line(QColor(colour), _LINE_MM)
    if dashed:
        line.setUseCustomDashPattern(True)
        line.setCustomDashVector([2.4, 1.6])
    symbol.appendSymbolLayer(line)
    return symbol


def _line(colour: QColor, width_mm: float) -> QgsSimpleLineSymbolLayer:
    line = QgsSimpleLineSymbolLayer(colour, width_mm)
    line.setWidthUnit(QgsUnitTypes.RenderUnit.RenderMillimeters)
    line.setPenJoinStyle(Qt.PenJoinStyle.RoundJoin)
    line.setPenCapStyle(Qt.PenCapStyle.RoundCap)
    return line
