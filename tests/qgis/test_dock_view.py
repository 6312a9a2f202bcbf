"""What the dock says of the view and of the image's date before a click."""

from __future__ import annotations

import dataclasses

import pytest
from dock_maker import Window, click, heard, scene, scene_guesses, settle
from qgis.PyQt.QtCore import QDate, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QLineEdit

from glacier_mapper.core.view_face import ViewFace


@pytest.fixture
def dock(qgis_app):
    made = Window()
    yield made.make_ready()
    made.close()


@pytest.fixture
def date(dock):
    return dock.map.roles.date


def dated(day="", by_hand=""):
    """The bands of a scene whose file says this day."""
    return [dataclasses.replace(band, metadata={"ACQUISITIONDATETIME": day}, date=by_hand) for band in scene()]


def test_a_view_outside_the_image_is_said_before_the_click_with_a_way_there(dock):
    run, model = dock.map.run, dock.map.model
    assert run.button.isEnabled()
    assert model.fit.isVisible()
    dock.show_view(ViewFace(outside="scene"))
    assert not run.button.isEnabled()
    assert run.status.text() == "The view shows nothing of “scene”. Zoom to it, or choose another layer."
    assert run.zoom.isVisible()
    assert not run.estimate.isVisible()
    assert not model.fit.isVisible()  # nothing fits a view without the image
    asked = heard(dock.zoomToImageRequested)
    click(run.zoom)
    assert asked == [()]
    dock.show_view(ViewFace())
    assert run.button.isEnabled()
    assert run.status.text() == ""
    assert not run.zoom.isVisible()
    assert run.estimate.isVisible()
    assert model.fit.isVisible()


def test_a_project_without_a_reference_system_is_said_before_the_click_with_the_remedy(dock):
    run = dock.map.run
    dock.show_view(ViewFace(has_crs=False))
    assert not run.button.isEnabled()
    assert run.status.text() == (
        "The project has no coordinate reference system. "
        "Click the globe at the right of QGIS's status bar and choose one."
    )
    assert not run.zoom.isVisible()
    dock.show_view(ViewFace())
    assert run.button.isEnabled()


def test_no_way_to_the_image_is_offered_where_something_else_is_in_the_way(dock):
    dock.show_view(ViewFace(outside="scene"))
    dock.show_bands(scene(), scene_guesses(without=OPTICAL_BUT_BLUE))
    assert "still needs" in dock.map.run.status.text()
    assert not dock.map.run.zoom.isVisible()


OPTICAL_BUT_BLUE = tuple(guess.role for guess in scene_guesses()[1:])


def test_layers_in_view_that_are_not_mapped_are_named(dock):
    roles = dock.map.roles
    assert not roles.note.isVisible()
    dock.show_view(ViewFace(left_out=("tile 2", "tile 3")))
    assert roles.note.isVisible()
    assert roles.note_text.text() == "In view but not mapped: “tile 2”, “tile 3”. Zoom to it, or choose its bands here."
    assert dock.map.run.button.isEnabled()
    dock.show_view(ViewFace())
    assert not roles.note.isVisible()


@pytest.mark.parametrize(
    ("bands", "text", "says"),
    [
        (dated("2020-08-14T10:21:11"), "2020-08-14", ("Found in the image or its name: 2020-08-14.", "certain")),
        (dated(), "unknown", ("Not found in the image. Outlines need it for an inventory.", "unsure")),
        (dated("2020-08-14", "2019-09-01"), "2019-09-01", ("Set by hand; kept in the project.", "manual")),
        (
            [*dated("2020-08-14")[:3], *dated("2020-08-16")[3:]], "several",
            ("Found in the image or its name: 2020-08-14, 2020-08-16.", "certain"),
        ),
    ],
    ids=["found", "unknown", "by hand", "several"],
)
def test_the_date_of_the_image_is_shown_with_where_it_comes_from(dock, date, bands, text, says):
    dock.show_bands(bands, scene_guesses())
    settle()
    assert date.isVisible()
    assert date.box.findChild(QLineEdit).text() == text
    assert (date.reason.text(), date.glyph.icon) == says


def test_a_date_that_is_typed_goes_out_once_and_showing_one_tells_nobody(dock, date):
    told = heard(dock.sourceDateEdited)
    dock.show_bands(dated("2020-08-14"), scene_guesses())
    dock.show_bands(dated(), scene_guesses())
    assert told == []
    date.box.setFocus()
    date.box.setDate(QDate(2021, 9, 3))
    assert told == [("2021-09-03",)]
    dock.show_bands(dated("2020-08-14", "2021-09-03"), scene_guesses())
    date.box.clear()
    assert told[-1] == ("",)
    assert len(told) == 2


def test_the_tab_key_leaves_the_date_at_once(dock, date):
    date.box.setFocus()
    QTest.keyClick(date.box, Qt.Key.Key_Tab)
    assert not date.box.hasFocus()


def test_without_an_image_no_date_is_asked_for(dock, date):
    dock.show_bands([], [])
    assert not date.isVisible()
