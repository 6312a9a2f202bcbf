"""Shows outlines on the canvas."""

from __future__ import annotations

from collections.abc import Iterable

from qgis.core import (
    QgsCoordinateTransform,
    QgsCsException,
    QgsExpression,
    QgsFeatureRequest,
    QgsMapLayer,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.gui import QgsMapCanvas
from qgis.PyQt import sip
from qgis.PyQt.QtGui import QColor

MARGIN = 1.3
"""How much wider than the outline the view is."""


def zoom_to_fids(canvas: QgsMapCanvas, layer: QgsVectorLayer, fids: Iterable[int]) -> None:
    """Bring features into view and flash them. Nothing happens where they are gone."""
    wanted = list(fids)
    request = QgsFeatureRequest().setFilterFids(wanted).setNoAttributes()
    extent = QgsRectangle()
    for feature in layer.getFeatures(request):
        if not feature.geometry().isEmpty():
            extent.combineExtentWith(feature.geometry().boundingBox())
    if zoom_to_extent(canvas, layer, extent):
        canvas.flashFeatureIds(layer, wanted, QColor(255, 255, 255, 255), QColor(255, 255, 255, 0), 3, 250)


def zoom_to_ids(canvas: QgsMapCanvas, layer: QgsVectorLayer, outline_ids: Iterable[str]) -> None:
    """The same by outline ID; a layer that is gone is left alone."""
    if sip.isdeleted(layer):
        return
    names = ", ".join(QgsExpression.quotedString(name) for name in outline_ids)
    if names:
        request = QgsFeatureRequest().setFilterExpression('"outline_id" IN (' + names + ")").setNoAttributes()
        zoom_to_fids(canvas, layer, [feature.id() for feature in layer.getFeatures(request)])


def zoom_to_extent(canvas: QgsMapCanvas, layer: QgsMapLayer, extent: QgsRectangle) -> bool:
    """Show an extent in the layer's CRS with a margin; False for an empty one or one off the canvas's CRS."""
    if extent.isNull():
        return False
    project = QgsProject.instance()
    transform = QgsCoordinateTransform(layer.crs(), canvas.mapSettings().destinationCrs(), project.transformContext())
    try:
        target = transform.transformBoundingBox(extent)
    except QgsCsException:
        return False
    if not target.isFinite():
        return False
    target.scale(MARGIN)
    canvas.setExtent(target)
    canvas.refresh()
    return True
