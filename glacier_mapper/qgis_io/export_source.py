"""Reads what is to be exported; captured on the main thread, read in any."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from qgis.core import (
    NULL,
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransformContext,
    QgsFeature,
    QgsFeatureRequest,
    QgsFields,
    QgsGeometry,
    QgsProject,
    QgsSpatialIndex,
    QgsVectorLayer,
    QgsVectorLayerFeatureSource,
)

from ..core.errors import Cancelled, InvalidOutlinesError
from ..core.export_choice import Scope
from ..core.export_rules import ExportState, OutlineFacts
from ..core.file_errors import MissingColumnError
from .measure import OutlineRuler
from .unfiltered import hidden_ids

Step = Callable[[int, int], None]
"""Called with (done, total); raises Cancelled when the user wants to stop."""

OVERLAP_M2, OVERLAP_DEG2 = 1.0, 1e-10
"""Smaller overlaps are rounding of coordinates."""


@dataclass(frozen=True)
class ExportSource:
    """A layer with its unsaved edits, frozen so that a thread may read it."""

    source: QgsVectorLayerFeatureSource
    fields: QgsFields
    crs: QgsCoordinateReferenceSystem
    context: QgsCoordinateTransformContext
    count: int
    unsaved: bool
    hidden: int = 0

    def features(self, scope: Scope) -> Iterator[QgsFeature]:
        """The outlines in scope, by feature id."""
        found = (f for f in self.source.getFeatures(QgsFeatureRequest()) if scope.includes(text_of(f["review"])))
        return iter(sorted(found, key=lambda feature: (feature.id() < 0, abs(feature.id()))))


def capture_source(layer: QgsVectorLayer, project: QgsProject) -> ExportSource:
    """Freeze a layer. Call it on the main thread. Raises MissingColumnError where it has no ids or no verdicts."""
    lacking = [name for name in ("outline_id", "review") if layer.fields().lookupField(name) < 0]
    if lacking:
        raise MissingColumnError(layer=layer.name(), columns=", ".join(lacking))
    return ExportSource(
        QgsVectorLayerFeatureSource(layer),
        QgsFields(layer.fields()),
        layer.crs(),
        project.transformContext(),
        layer.featureCount(),
        layer.isEditable() and layer.isModified(),
        sum(1 for _ in hidden_ids(layer)),
    )


def read_state(source: ExportSource, scope: Scope, max_text: int, step: Step) -> ExportState:
    """Everything that the export rules look at. Raises Cancelled through `step`."""
    ruler = OutlineRuler(source.crs, source.context)
    facts: list[OutlineFacts] = []
    shapes: list[tuple[int, QgsGeometry]] = []
    for place, feature in enumerate(source.features(scope)):
        step(place, source.count)
        facts.append(_facts(feature, ruler))
        if not feature.geometry().isEmpty():
            shapes.append((feature.id(), feature.geometry()))
    tolerance = OVERLAP_DEG2 if source.crs.isGeographic() else OVERLAP_M2
    return ExportState(facts, overlapping(shapes, tolerance, step), source.unsaved, max_text, scope, source.hidden)


def overlapping(shapes: list[tuple[int, QgsGeometry]], tolerance: float, step: Step) -> list[tuple[int, int]]:
    """Pairs of ids whose geometries share more than `tolerance` square map units."""
    index = QgsSpatialIndex()
    by_id = dict(shapes)
    found = []
    for place, (fid, geometry) in enumerate(shapes):
        step(place, len(shapes))
        near = index.intersects(geometry.boundingBox())
        if near:
            engine = QgsGeometry.createGeometryEngine(geometry.constGet())
            engine.prepareGeometry()
            touched = [other for other in near if engine.intersects(by_id[other].constGet())]
            found += [(other, fid) for other in touched if geometry.intersection(by_id[other]).area() > tolerance]
        index.addFeature(fid, geometry.boundingBox())
    return sorted(found)


def _facts(feature: QgsFeature, ruler: OutlineRuler) -> OutlineFacts:
    geometry = feature.geometry()
    has_shape = not geometry.isEmpty()
    names = {column.name() for column in feature.fields()}
    area = feature["area_km2"] if "area_km2" in names else NULL
    flaw = _flaw(geometry) if has_shape else ""
    texts = [str(value) for value in feature.attributes() if isinstance(value, str)]
    return OutlineFacts(
        fid=feature.id(),
        outline_id=text_of(feature["outline_id"]),
        review=text_of(feature["review"]),
        parts=_part_count(geometry) if has_shape else 0,
        flaw=flaw,
        area_km2=None if area is None or area == NULL else float(area),
        measured_km2=_measured(geometry, ruler) if has_shape and not flaw else None,
        src_date=text_of(feature["src_date"]) if "src_date" in names else "",
        analyst=text_of(feature["analyst"]) if "analyst" in names else "",
        longest_text=max((len(text.encode()) for text in texts), default=0),
    )


def _part_count(geometry: QgsGeometry) -> int:
    return geometry.constGet().numGeometries() if geometry.isMultipart() else 1


def _flaw(geometry: QgsGeometry) -> str:
    if geometry.isGeosValid():
        return ""
    flaws = geometry.validateGeometry(Qgis.GeometryValidationEngine.Geos)
    return flaws[0].what() if flaws else "?"


def _measured(geometry: QgsGeometry, ruler: OutlineRuler) -> float | None:
    try:
        return ruler.area_km2(geometry)
    except InvalidOutlinesError:
        return None


def text_of(value: Any) -> str:
    """An attribute as text, NULL as the empty one."""
    return "" if value is None or value == NULL else str(value)


def stop_when(is_cancelled: Callable[[], bool]) -> Step:
    """A step that only looks whether to stop."""

    def step(_done: int, _total: int) -> None:
        if is_cancelled():
            raise Cancelled()

    return step
