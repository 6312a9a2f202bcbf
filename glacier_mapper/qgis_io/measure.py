"""Measures of outlines on the ellipsoid, whatever CRS the layer has."""

from __future__ import annotations

import math
from dataclasses import dataclass

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCoordinateTransformContext,
    QgsCsException,
    QgsDistanceArea,
    QgsGeometry,
    QgsUnitTypes,
)

from ..core.errors import InvalidOutlinesError
from ..core.outline_measures import LONGEST_SIDE_M, equal_area_crs

WGS84 = "EPSG:4326"
ELLIPSOID = "EPSG:7030"


@dataclass(frozen=True)
class Measures:
    """Area (planar in `equal_area_crs`), perimeter (geodesic, holes included) and a point inside, in degrees."""

    area_km2: float
    perimeter_m: float
    lon_deg: float
    lat_deg: float


class OutlineRuler:
    """Measures geometries of one CRS. Cheap to keep, so that the transforms are set up once."""

    def __init__(self, crs: QgsCoordinateReferenceSystem, context: QgsCoordinateTransformContext) -> None:
        self._crs, self._context = crs, context
        self._to_equal_area: dict[str, QgsCoordinateTransform] = {}
        self._to_wgs84 = QgsCoordinateTransform(crs, QgsCoordinateReferenceSystem(WGS84), context)
        self._distance = QgsDistanceArea()
        self._distance.setSourceCrs(crs, context)
        self._distance.setEllipsoid(ELLIPSOID)

    def area_km2(self, geometry: QgsGeometry) -> float:
        """Area in km², holes excluded. Raises InvalidOutlinesError where the place has no coordinates."""
        if geometry.isNull() or geometry.isEmpty():
            return 0.0
        return _moved(self._cut(geometry), self._equal_area_at(geometry)).area() / 1e6

    def measure(self, geometry: QgsGeometry) -> Measures:
        """All measures. Raises InvalidOutlinesError for an empty geometry or one off the Earth."""
        if geometry.isNull() or geometry.isEmpty():
            raise InvalidOutlinesError(layer="outlines", reason="an outline has no geometry")
        inside = _moved(geometry.pointOnSurface(), self._to_wgs84)
        if inside.isNull():
            raise InvalidOutlinesError(layer="outlines", reason="an outline has no inside")
        place = inside.asPoint()
        if not (math.isfinite(place.x()) and abs(place.y()) <= 90):
            raise InvalidOutlinesError(layer="outlines", reason="an outline lies nowhere on Earth")
        perimeter_m = self._distance.measurePerimeter(geometry)
        return Measures(self.area_km2(geometry), perimeter_m, place.x(), place.y())


    def _cut(self, geometry: QgsGeometry) -> QgsGeometry:
        """The same shape with no side longer than `LONGEST_SIDE_M`.

        In degrees, what reaches round more than half the world is left as it is: there a side may be the short way over
        the antimeridian.
        """
        if self._crs.isGeographic() and geometry.boundingBox().width() > 180:
            return geometry
        per_metre = QgsUnitTypes.fromUnitToUnitFactor(QgsUnitTypes.DistanceUnit.DistanceMeters, self._crs.mapUnits())
        return geometry.densifyByDistance(LONGEST_SIDE_M * per_metre)

    def _equal_area_at(self, geometry: QgsGeometry) -> QgsCoordinateTransform:
        """Into the equal-area projection of the geometry's place. Raises InvalidOutlinesError off the Earth."""
        middle = _moved(QgsGeometry.fromPointXY(geometry.boundingBox().center()), self._to_wgs84).asPoint()
        if not (math.isfinite(middle.x()) and abs(middle.y()) <= 90):
            raise InvalidOutlinesError(layer="outlines", reason="an outline lies nowhere on Earth")
        definition = equal_area_crs(middle.x(), middle.y())
        if definition not in self._to_equal_area:
            target = QgsCoordinateReferenceSystem()
            target.createFromProj(definition)
            self._to_equal_area[definition] = QgsCoordinateTransform(self._crs, target, self._context)
        return self._to_equal_area[definition]


def _moved(geometry: QgsGeometry, transform: QgsCoordinateTransform) -> QgsGeometry:
    copy = QgsGeometry(geometry)
    try:
        copy.transform(transform)
    except QgsCsException as exc:
        raise InvalidOutlinesError(layer="outlines", reason=str(exc)) from exc
    return copy
