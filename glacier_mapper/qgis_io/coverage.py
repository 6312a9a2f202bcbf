"""How much of the view each raster layer covers, from the layers' extents."""

from __future__ import annotations

from collections.abc import Iterable

from qgis.core import (
    QgsCoordinateTransform,
    QgsCsException,
    QgsGeometry,
    QgsMapSettings,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
)

LEAST_SHARE = 0.01
"""A smaller share of the view is nothing: extents that touch overlap by rounding."""
_POINTS = 8
"""Points a side, so that an extent in another CRS keeps its bent edges."""
HALF_TURN = 180.0
"""Degrees of longitude; neighbouring points further apart than this lie at both sides of the antimeridian."""


class Coverage:
    """The layers of one project in one view. A layer whose place can't be told counts as covering all of it."""

    def __init__(self, project: QgsProject, settings: QgsMapSettings) -> None:
        self._project = project
        self._crs = settings.destinationCrs()
        corners = [] if settings.extent().isEmpty() else settings.visiblePolygon()
        self.view = QgsGeometry.fromPolygonXY([[QgsPointXY(corner) for corner in corners]])

    @property
    def is_known(self) -> bool:
        """Whether there is a view at all."""
        return self.view.area() > 0 and self._crs.isValid()

    def shares(self, layers: Iterable[QgsRasterLayer]) -> dict[str, float]:
        """The share of the view by layer id, 0..1, in tenths; where there is some, at least a tenth."""
        found = {layer.id(): self.share(self.footprint(layer)) for layer in layers}
        return {key: 0.0 if share < LEAST_SHARE else max(0.1, round(share, 1)) for key, share in found.items()}

    def footprint(self, layer: QgsRasterLayer) -> QgsGeometry:
        """The part of the view that a layer covers."""
        box = self._box(layer)
        if box is None:
            return self.view
        inside = box.intersection(self.view)
        return QgsGeometry() if inside.isNull() else inside

    def shows(self, layer: QgsRasterLayer) -> bool:
        """Whether the view shows something of a layer, however small that is in a view of the whole Earth."""
        box, part = self._box(layer), self.footprint(layer)
        if box is None or self.share(part) >= LEAST_SHARE:
            return True
        return not part.isNull() and part.area() >= LEAST_SHARE * box.area() > 0

    def _box(self, layer: QgsRasterLayer) -> QgsGeometry | None:
        """A layer's extent in the view's CRS, None where its place can't be told."""
        extent = layer.extent()
        if not self.is_known or extent.isEmpty() or not extent.isFinite() or not layer.crs().isValid():
            return None
        box = QgsGeometry.fromRect(extent).densifyByCount(_POINTS)
        to_view = QgsCoordinateTransform(layer.crs(), self._crs, self._project)
        if self._crs.isGeographic() and not layer.crs().isGeographic() and _holds_pole(extent, to_view):
            return None
        try:
            box.transform(to_view)
        except QgsCsException:
            return None
        if self._crs.isGeographic() and _jumps(box):
            return None
        return box.makeValid()

    def share(self, part: QgsGeometry) -> float:
        """The share of the view that a part of it takes, 0..1."""
        if not self.is_known:
            return 1.0
        return 0.0 if part.isNull() else min(1.0, max(0.0, part.area()) / self.view.area())

    def union(self, layers: Iterable[QgsRasterLayer]) -> QgsGeometry:
        """The part of the view that some layers cover together."""
        parts = [part for part in map(self.footprint, layers) if not part.isEmpty()]
        return QgsGeometry.unaryUnion(parts) if parts else QgsGeometry()

    def adds(self, layer: QgsRasterLayer, covered: QgsGeometry) -> float:
        """The share of the view that a layer shows beyond what is covered already."""
        part = self.footprint(layer)
        return self.share(part if covered.isEmpty() else part.difference(covered))


def _holds_pole(extent: QgsRectangle, to_degrees: QgsCoordinateTransform) -> bool:
    """Whether an extent reaches round a pole: a ring of longitudes and latitudes does not hold it."""
    for latitude in (-90.0, 90.0):
        try:
            pole = to_degrees.transform(QgsPointXY(0.0, latitude), QgsCoordinateTransform.ReverseTransform)
        except QgsCsException:  # this projection has no such place
            continue
        if extent.contains(pole):
            return True
    return False


def _jumps(ring: QgsGeometry) -> bool:
    """Whether a polygon's longitudes leap over the antimeridian, so that it would span the Earth the wrong way."""
    longitudes = [point.x() for point in ring.vertices()]
    return any(abs(after - before) > HALF_TURN for before, after in zip(longitudes, longitudes[1:]))
