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
)

from ..core.errors import InvalidOutlinesError
from ..core.outline_fields import EQUAL_AREA_CRS

WGS84 = "EPSG:4326"
ELLIPSOID = "EPSG:7030"
WORLD_M = 2 * math.pi * 6_378_137.0
"""The equator in metres: how wide the world is in `EQUAL_AREA_CRS`."""


@dataclass(frozen=True)
class Measures:
    """Area (planar in `EQUAL_AREA_CRS`), perimeter (geodesic, holes included) and a point inside, in degrees."""

    area_km2: float
    perimeter_m: float
    lon_deg: float
    lat_deg: float


class OutlineRuler:
    """Measures geometries of one CRS. Cheap to keep, so that the transforms are set up once."""

    def __init__(self, crs: QgsCoordinateReferenceSystem, context: QgsCoordinateTransformContext) -> None:
        self._to_equal_area = QgsCoordinateTransform(crs, _equal_area_crs(), context)
        self._to_wgs84 = QgsCoordinateTransform(crs, QgsCoordinateReferenceSystem(WGS84), context)
        self._distance = QgsDistanceArea()
        self._distance.setSourceCrs(crs, context)
        self._distance.setEllipsoid(ELLIPSOID)

    def area_km2(self, geometry: QgsGeometry) -> float:
        """Area in km², holes excluded. Raises InvalidOutlinesError where the place has no coordinates."""
        return _whole(_moved(geometry, self._to_equal_area)).area() / 1e6

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


def _moved(geometry: QgsGeometry, transform: QgsCoordinateTransform) -> QgsGeometry:
    copy = QgsGeometry(geometry)
    try:
        copy.transform(transform)
    except QgsCsException as exc:
        raise InvalidOutlinesError(layer="outlines", reason=str(exc)) from exc
    return copy


def _whole(geometry: QgsGeometry) -> QgsGeometry:
    """A polygon over the antimeridian in one piece: its western half moved once around the world."""
    if geometry.boundingBox().width() > WORLD_M / 2:
        for number in range(geometry.constGet().nCoordinates()):
            point = geometry.vertexAt(number)
            if point.x() < 0:
                geometry.moveVertex(point.x() + WORLD_M, point.y(), number)
    return geometry


def _equal_area_crs() -> QgsCoordinateReferenceSystem:
    crs = QgsCoordinateReferenceSystem()
    crs.createFromProj(EQUAL_AREA_CRS)
    return crs
