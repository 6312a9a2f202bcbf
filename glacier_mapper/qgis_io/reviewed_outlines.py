"""The outlines of a view with the verdict that the review list gives them: counted, and written to a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCoordinateTransformContext,
    QgsCsException,
    QgsFeature,
    QgsFeatureRequest,
    QgsField,
    QgsFields,
    QgsProject,
    QgsRectangle,
    QgsVectorFileWriter,
    QgsVectorLayer,
    QgsVectorLayerFeatureSource,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QVariant

from ..core.errors import Cancelled, OutputNotWritableError
from ..core.extent import Extent
from ..core.outline_fields import OUTLINES_LAYER, Review

JUDGED = (Review.ACCEPTED.value, Review.REJECTED.value)


@dataclass(frozen=True)
class ReviewedOutlines:
    """A layer with its unsaved edits and the verdicts by feature id, frozen so that a thread may read it.

    `box` is the view in the layer's reference system, None for all of the layer.
    """

    source: QgsVectorLayerFeatureSource
    states: Mapping[int, str]
    crs: QgsCoordinateReferenceSystem
    context: QgsCoordinateTransformContext
    box: QgsRectangle | None
    accepted: int
    rejected: int
    left_out: int

    @property
    def reviewed(self) -> list[int]:
        """The ids of all outlines of the layer that are accepted or rejected, in view or not."""
        return [fid for fid, state in self.states.items() if state in JUDGED]

    @property
    def outside(self) -> int:
        """How many of them are not in view."""
        return max(0, len(self.reviewed) - self.accepted - self.rejected)

    def write(self, path: Path, is_cancelled: Callable[[], bool]) -> Path:
        """Write the view's outlines with their verdicts as a GeoPackage. Raises OutputNotWritableError, Cancelled."""
        fields = QgsFields()
        for name in ("outline_id", "review"):
            fields.append(QgsField(name, QVariant.String))
        options = QgsVectorFileWriter.SaveVectorOptions()
        options.driverName, options.layerName = "GPKG", OUTLINES_LAYER
        kind = QgsWkbTypes.Type.MultiPolygon
        writer = QgsVectorFileWriter.create(str(path), fields, kind, self.crs, self.context, options)
        if writer.hasError() != QgsVectorFileWriter.WriterError.NoError:
            raise OutputNotWritableError(path=str(path), reason=writer.errorMessage())
        for feature in self.source.getFeatures(_request(self.box)):
            if is_cancelled():
                raise Cancelled()
            made = QgsFeature(fields)
            made.setGeometry(feature.geometry())
            made["outline_id"] = str(feature.id())
            made["review"] = self.states.get(feature.id(), Review.OPEN.value)
            if not made.geometry().isEmpty() and not writer.addFeature(made):
                raise OutputNotWritableError(path=str(path), reason=writer.errorMessage())
        del writer
        return path


def capture_reviewed(
    layer: QgsVectorLayer, states: Mapping[int, str], extent: Extent | None, project: QgsProject
) -> ReviewedOutlines:
    """Freeze the outlines of a view; on the main thread."""
    box = _box(layer, extent, project)
    request = _request(box).setFlags(QgsFeatureRequest.Flag.ExactIntersect).setSubsetOfAttributes([])
    found = [states.get(feature.id(), Review.OPEN.value) for feature in layer.getFeatures(request)]
    accepted, rejected = found.count(Review.ACCEPTED.value), found.count(Review.REJECTED.value)
    return ReviewedOutlines(
        QgsVectorLayerFeatureSource(layer), dict(states), layer.crs(), project.transformContext(), box, accepted,
        rejected, len(found) - accepted - rejected,
    )  # fmt: skip


def _request(box: QgsRectangle | None) -> QgsFeatureRequest:
    return QgsFeatureRequest() if box is None else QgsFeatureRequest(box)


def _box(layer: QgsVectorLayer, extent: Extent | None, project: QgsProject) -> QgsRectangle | None:
    """The view as the layer sees it; None where it can't be told: then all of the layer counts."""
    if extent is None or extent.xmin > extent.xmax:
        return None
    crs = QgsCoordinateReferenceSystem(extent.crs)
    try:
        transform = QgsCoordinateTransform(crs, layer.crs(), project)
        return transform.transformBoundingBox(QgsRectangle(*extent.xyxy))
    except QgsCsException:
        return None
