"""The outlines of a view with their verdicts: counted, in any reference system, and written with unsaved edits."""

from __future__ import annotations

import pytest
from outlines_maker import by_id, open_outlines, square, write_outlines
from qgis.core import QgsGeometry, QgsProject, QgsVectorLayer
from qgis.PyQt import sip

from glacier_mapper.core.errors import Cancelled, OutputNotWritableError
from glacier_mapper.core.extent import Extent
from glacier_mapper.qgis_io.reviewed_outlines import capture_reviewed

X, Y = 600_000.0, 5_150_000.0
REVIEWS = {"one": "accepted", "two": "rejected", "three": "open", "four": "accepted"}


@pytest.fixture
def layer(qgis_app, tmp_path):
    """Four squares of 1 km, 2 km apart from west to east."""
    outlines = [
        {"outline_id": name, "wkt": square(X + 2000 * at, Y), "review": review}
        for at, (name, review) in enumerate(REVIEWS.items())
    ]
    found = open_outlines(write_outlines(tmp_path / "o.gpkg", outlines))
    yield found
    if not sip.isdeleted(found) and found.isEditable():
        found.rollBack()


def states(layer, **changes):
    found = {feature.id(): feature["review"] for feature in layer.getFeatures()}
    ids = by_id(layer)
    return {**found, **{ids[name].id(): state for name, state in changes.items()}}


def view(west_km, east_km, crs="EPSG:32632"):
    return Extent(X + 1000 * west_km, Y - 500, X + 1000 * east_km, Y + 1500, crs)


def captured(layer, extent=None, **changes):
    return capture_reviewed(layer, states(layer, **changes), extent, QgsProject.instance())


def counts(found):
    return found.accepted, found.rejected, found.left_out, found.outside


def written(found, path):
    """(review, area in km2) of each outline that was written."""
    found.write(path, bool)
    layer = QgsVectorLayer(f"{path}|layername=outlines", "o", "ogr")
    assert layer.isValid()
    return sorted((one["review"], round(one.geometry().area() / 1e6, 3)) for one in layer.getFeatures())


@pytest.mark.parametrize(
    ("extent", "expected"),
    [(None, (2, 1, 1, 0)), (view(-1, 8), (2, 1, 1, 0)), (view(-1, 2.5), (1, 1, 0, 1)), (view(4.2, 4.8), (0, 0, 1, 3)),
     (view(1.2, 1.8), (0, 0, 0, 3))],
    ids=["all", "all in view", "two in view", "one in view", "none in view"],
)  # fmt: skip
def test_what_is_in_view_counts(layer, extent, expected):
    assert counts(captured(layer, extent)) == expected


def test_the_list_s_verdict_goes_before_the_column(layer):
    """An outline that was reshaped or undone is what the review list says it is."""
    assert counts(captured(layer, three="accepted", one="open")) == (2, 1, 1, 0)


def test_an_outline_that_the_list_does_not_know_is_open(layer):
    known = {fid: state for fid, state in states(layer).items() if state != "rejected"}
    found = capture_reviewed(layer, known, None, QgsProject.instance())
    assert counts(found) == (2, 0, 2, 0)


def test_a_view_in_degrees_is_carried_to_the_layer(layer):
    west, east = Extent(10.30, 46.48, 10.315, 46.51, "EPSG:4326"), Extent(10.30, 46.48, 10.45, 46.51, "EPSG:4326")
    assert counts(captured(layer, west))[:3] == (1, 0, 0)
    assert counts(captured(layer, east))[:3] == (2, 1, 1)


def test_a_view_over_the_antimeridian_takes_all(layer):
    assert counts(captured(layer, Extent(179.0, 40.0, -179.0, 60.0, "EPSG:4326"))) == (2, 1, 1, 0)


def test_what_is_written_has_shape_and_verdict(layer, tmp_path):
    assert written(captured(layer), tmp_path / "r.gpkg") == [
        ("accepted", 1.0), ("accepted", 1.0), ("open", 1.0), ("rejected", 1.0),
    ]  # fmt: skip


def test_only_what_is_in_view_is_written(layer, tmp_path):
    assert written(captured(layer, view(-1, 2.5)), tmp_path / "r.gpkg") == [("accepted", 1.0), ("rejected", 1.0)]


def test_unsaved_edits_are_written(layer, tmp_path):
    layer.startEditing()
    ids = {name: feature.id() for name, feature in by_id(layer).items()}
    layer.changeGeometry(ids["one"], QgsGeometry.fromWkt(square(X, Y, 500.0)))
    layer.deleteFeature(ids["four"])
    assert written(captured(layer), tmp_path / "r.gpkg") == [("accepted", 0.25), ("open", 1.0), ("rejected", 1.0)]


def test_an_edit_after_the_click_is_not(layer, tmp_path):
    layer.startEditing()
    found = captured(layer)
    layer.changeGeometry(by_id(layer)["one"].id(), QgsGeometry.fromWkt(square(X, Y, 500.0)))
    assert ("accepted", 0.25) not in written(found, tmp_path / "r.gpkg")


def test_an_outline_in_several_parts_stays_one(layer, tmp_path):
    layer.startEditing()
    both = QgsGeometry.fromWkt(square(X, Y, 500.0)).combine(QgsGeometry.fromWkt(square(X + 700, Y, 200.0)))
    layer.changeGeometry(by_id(layer)["one"].id(), both)
    assert ("accepted", 0.29) in written(captured(layer), tmp_path / "r.gpkg")


def test_an_outline_without_a_shape_is_left_out(layer, tmp_path):
    layer.startEditing()
    layer.changeGeometry(by_id(layer)["one"].id(), QgsGeometry())
    assert len(written(captured(layer), tmp_path / "r.gpkg")) == 3


def test_a_cancel_is_heard(layer, tmp_path):
    with pytest.raises(Cancelled):
        captured(layer).write(tmp_path / "r.gpkg", lambda: True)


def test_a_place_that_can_not_be_written_is_named(layer, tmp_path):
    with pytest.raises(OutputNotWritableError, match="nowhere"):
        captured(layer).write(tmp_path / "nowhere" / "r.gpkg", bool)
