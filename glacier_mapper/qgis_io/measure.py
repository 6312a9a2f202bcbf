"""Measures of outlines on the ellipsoid, whatever CRS the layer has."""

from __future__ import annotations

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
        return _moved(geometry, self._to_equal_area).area() / 1e6

    def measure(self, geometry: QgsGeometry) -> Measures:
        """All measures. Raises InvalidOutlinesError for an empty geometry or one off the Earth."""
        if geometry.isNull() or geometry.isEmpty():
            raise InvalidOutlinesError(layer="outlines", reason="an outline has no geometry")
        inside = _moved(geometry.pointOnSurface(), self._to_wgs84)
        if inside.isNull():
            raise InvalidOutlinesError(layer="outlines", reason="an outline has no inside")
        place = inside.asPoint()
        perimeter_m = self._distance.measurePerimeter(geometry)
        return Measures(self.area_km2(geometry), perimeter_m, place.x(), place.y())


def _moved(geometry: QgsGeometry, transform: QgsCoordinateTransform) -> QgsGeometry:
    copy = QgsGeometry(geometry)
    try:
        copy.transform(transform)
    except QgsCsException as exc:
        raise InvalidOutlinesError(layer="outlines", reason=str(exc)) from exc
    return copy


def _equal_area_crs() -> QgsCoordinateReferenceSystem:
    crs = QgsCoordinateReferenceSystem()
    crs.createFromProj(EQUAL_AREA_CRS)
    return crs
