"""The canvas as an extent."""

from __future__ import annotations

import math

import pytest
from qgis.core import QgsCoordinateReferenceSystem, QgsMapSettings, QgsRectangle
from qgis.PyQt.QtCore import QSize

from glacier_mapper.core.errors import InvalidExtentError
from glacier_mapper.qgis_io.view import capture_extent, crs_text, extent_of


def settings_of(xyxy, authid="EPSG:32632", rotation=0.0, size=(200, 100)):
    settings = QgsMapSettings()
    settings.setDestinationCrs(QgsCoordinateReferenceSystem(authid))
    settings.setOutputSize(QSize(*size))
    settings.setExtent(QgsRectangle(*xyxy))
    settings.setRotation(rotation)
    return settings


def test_the_view_is_what_the_canvas_shows():
    extent = capture_extent(settings_of((600000, 5190000, 602000, 5191000)))
    assert extent.crs == "EPSG:32632"
    assert extent.xyxy == pytest.approx((600000, 5190000, 602000, 5191000))


def test_the_shape_of_the_window_counts_not_that_of_the_box():
    """A square box in a window twice as wide as high shows twice its width."""
    extent = capture_extent(settings_of((0, 0, 1000, 1000), size=(200, 100)))
    assert extent.xyxy == pytest.approx((-500, 0, 1500, 1000))


def test_a_view_rotated_by_90_degrees_swaps_width_and_height():
    extent = capture_extent(settings_of((0, 0, 2000, 1000), rotation=90.0))
    assert extent.xyxy == pytest.approx((500, -500, 1500, 1500))


def test_a_view_rotated_by_45_degrees_gives_the_box_round_the_diamond():
    """Half width 1000 and half height 500 turned by 45 degrees reach (1000 + 500) / sqrt(2) both ways."""
    extent = capture_extent(settings_of((0, 0, 2000, 1000), rotation=45.0))
    reach = 1500 / math.sqrt(2)
    assert extent.xyxy == pytest.approx((1000 - reach, 500 - reach, 1000 + reach, 500 + reach))


@pytest.mark.parametrize("authid", ["EPSG:3413", "EPSG:3031"])
def test_polar_views_stay_in_their_own_crs(authid):
    extent = capture_extent(settings_of((-2_000_000, -1_000_000, 0, 0), authid))
    assert extent.crs == authid
    assert extent.xyxy == pytest.approx((-2_000_000, -1_000_000, 0, 0))


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((10.5, 46.5, 11.0, 47.0), (10.5, 46.5, 11.0, 47.0)),
        ((178, -45, 182, -43), (178, -45, -178, -43)),
        ((-183, 60, -179, 62), (177, 60, -179, 62)),
        ((170, 60, 180, 62), (170, 60, 180, 62)),
        ((185, 60, 190, 62), (-175, 60, -170, 62)),
        ((175, 60, 540, 62), (-180, 60, 180, 62)),
        ((-400, -100, 400, 100), (-180, -90, 180, 90)),
        ((0, 85, 10, 95), (0, 85, 10, 90)),
    ],
    ids=["plain", "antimeridian", "from the west", "up to it", "beyond it", "a whole turn", "the globe", "pole"],
)
def test_degrees_are_wrapped(box, expected):
    extent = extent_of(QgsRectangle(*box), QgsCoordinateReferenceSystem("EPSG:4326"))
    assert extent.xyxy == pytest.approx(expected)


def test_a_crs_of_the_users_own_goes_as_wkt():
    crs = QgsCoordinateReferenceSystem.fromProj("+proj=laea +lat_0=47 +lon_0=11 +datum=WGS84 +units=m")
    assert crs_text(crs).startswith("PROJCRS")
    again = QgsCoordinateReferenceSystem.fromWkt(crs_text(crs))
    assert again.isValid()
    assert again.toProj().split()[:3] == crs.toProj().split()[:3]


@pytest.mark.parametrize(
    "box",
    [(0, 0, math.inf, 1), (math.nan, 0, 1, 1), (5, 5, 5, 5), (0, 3, 10, 3)],
    ids=["infinite", "not a number", "a point", "a line"],
)
def test_a_view_without_area_is_refused(box):
    with pytest.raises(InvalidExtentError) as caught:
        extent_of(QgsRectangle(*box), QgsCoordinateReferenceSystem("EPSG:32632"))
    assert "Zoom to the glaciers" in str(caught.value)


def test_a_project_without_crs_is_refused():
    with pytest.raises(InvalidExtentError, match="no coordinate reference system"):
        extent_of(QgsRectangle(0, 0, 1, 1), QgsCoordinateReferenceSystem())


def test_huge_coordinates_pass():
    extent = extent_of(QgsRectangle(-1e12, -1e12, 1e12, 1e12), QgsCoordinateReferenceSystem("EPSG:32632"))
    assert extent.xmax == 1e12
