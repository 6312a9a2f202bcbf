"""The map canvas as an extent: what the analyst sees is what gets mapped."""

from __future__ import annotations

import math

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
)

from ..core.errors import InvalidExtentError
from ..core.extent import Extent
from ..core.regions import region_of
from .bands import describe_bands
from .hand_over import HandOver, hand_over, plan_hand_over

__all__ = [
    "HandOver", "capture_extent", "crs_text", "describe_bands", "extent_of", "hand_over", "plan_hand_over",
    "region_in_view",
]  # fmt: skip


def capture_extent(settings: QgsMapSettings) -> Extent:
    """The visible part of the map; on a rotated canvas the bounding box of the visible polygon.

    In a geographic CRS latitudes are cut at the poles and longitudes wrapped to -180..180, so a view over
    the antimeridian has `xmin` > `xmax`. Raises InvalidExtentError for an empty or infinite view, or when
    the project has no CRS.
    """
    if settings.extent().isEmpty():  # a canvas that never saw a layer
        return extent_of(settings.extent(), settings.destinationCrs())
    box = settings.visiblePolygon().boundingRect()
    rectangle = QgsRectangle(box.left(), box.top(), box.right(), box.bottom())
    return extent_of(rectangle, settings.destinationCrs())


def extent_of(rectangle: QgsRectangle, crs: QgsCoordinateReferenceSystem) -> Extent:
    """A QGIS rectangle as an Extent. Raises InvalidExtentError."""
    rectangle = QgsRectangle(rectangle)
    rectangle.normalize()
    xyxy = (rectangle.xMinimum(), rectangle.yMinimum(), rectangle.xMaximum(), rectangle.yMaximum())
    if not crs.isValid():
        numbers = ", ".join(f"{v:.6g}" for v in xyxy)
        raise InvalidExtentError(extent=f"({numbers})", reason="the project has no coordinate reference system.")
    if crs.isGeographic() and all(map(math.isfinite, xyxy)):
        xyxy = _wrapped(xyxy)
    return Extent(*xyxy, crs=crs_text(crs))


def region_in_view(settings: QgsMapSettings, project: QgsProject) -> str:
    """The code of the glacier region in the middle of the view (`core.regions`), "" where it can't be told."""
    middle, crs = settings.extent().center(), settings.destinationCrs()
    if settings.extent().isEmpty() or not crs.isValid():
        return ""
    try:
        place = QgsCoordinateTransform(crs, QgsCoordinateReferenceSystem("EPSG:4326"), project).transform(middle)
    except QgsCsException:
        return ""
    return region_of(place.x(), place.y())


def crs_text(crs: QgsCoordinateReferenceSystem) -> str:
    """The authority code where another program knows it, else WKT 2."""
    authid = crs.authid()
    if authid and not authid.upper().startswith(("USER:", "QGIS:", "CUSTOM:")):
        return authid
    return crs.toWkt(QgsCoordinateReferenceSystem.WktVariant.WKT2_2019)


def _wrapped(xyxy: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Degrees with longitude in -180..180 and latitude in -90..90; the whole globe from 360 degrees on."""
    west, south, east, north = xyxy
    south, north = max(south, -90.0), min(north, 90.0)
    if east - west >= 360.0:
        return (-180.0, south, 180.0, north)
    if west < -180.0 or east > 180.0:
        west = (west + 180.0) % 360.0 - 180.0
        east = (east + 180.0) % 360.0 - 180.0
        east = 180.0 if east == -180.0 else east
    return (west, south, east, north)
