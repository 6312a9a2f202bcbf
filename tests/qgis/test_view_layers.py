"""Roles follow the view over adjacent tiles; a view outside of all says so; the image's date is set and kept."""

from __future__ import annotations

import pytest
from dock_maker import settle
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsMapSettings,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QSize
from rasters_maker import layer_of, ramp, write_raster
from test_project_session import opened, roles, runner  # noqa: F401 (fixtures)
from test_task_background import wait_until
from test_workflow_map import SIZE, write_scene

from glacier_mapper.core.choice import BandChoice
from glacier_mapper.core.roles import Role
from glacier_mapper.qgis_io.coverage import Coverage
from glacier_mapper.qgis_io.layers import outline_layers
from glacier_mapper.qgis_io.view import plan_hand_over

SIDE_M = SIZE * 10.0
WEST, NORTH = 600000.0, 5200000.0


def tile(number):
    """The extent of the nth tile from the west."""
    west = WEST + number * SIDE_M
    return QgsRectangle(west, NORTH - SIDE_M, west + SIDE_M, NORTH)


@pytest.fixture
def tiles(opened, tmp_path):  # noqa: F811
    """The scene of the project and its neighbour in the east, the first one in view."""
    east = layer_of(write_scene(tmp_path / "east.tif", origin=(WEST + SIDE_M, NORTH)), "east")
    QgsProject.instance().addMapLayer(east)
    west = QgsProject.instance().mapLayersByName("scene")[0]
    wait_until(lambda: len({band.layer_id for band in opened.dock.map.roles.choices.bands}) == 2)
    look_at(opened, tile(0))
    return west, east


def look_at(opened, box):  # noqa: F811
    opened._iface.canvas.setExtent(box)
    settle()


def chosen(opened):  # noqa: F811
    return {choice.layer_id for choice in opened.dock.chosen_roles()}


def test_roles_follow_to_the_tile_that_covers_the_view(opened, tiles):  # noqa: F811
    west, east = tiles
    assert chosen(opened) == {west.id()}
    look_at(opened, tile(1))
    assert chosen(opened) == {east.id()}
    look_at(opened, tile(0))
    assert chosen(opened) == {west.id()}
    assert not opened.dock.roles_were_edited()


def test_roles_fixed_by_hand_stay(opened, tiles):  # noqa: F811
    west, _ = tiles
    opened.dock.set_chosen_roles([BandChoice(Role.RED, west.id(), 2), BandChoice(Role.SWIR1, west.id(), 4)])
    look_at(opened, tile(1))
    assert chosen(opened) == {west.id()}
    assert "shows nothing of “scene”" in opened.dock.map.run.status.text()


def test_the_tile_left_out_is_named_before_the_click_and_only_where_it_adds_something(opened, tiles):  # noqa: F811
    note = opened.dock.map.roles.note
    assert not note.isVisible()
    both = QgsRectangle(tile(0).center().x(), tile(0).yMinimum(), tile(1).center().x() - 50, tile(0).yMaximum())
    look_at(opened, both)
    assert note.isVisible()
    assert "“east”" in opened.dock.map.roles.note_text.text()
    look_at(opened, tile(0).buffered(-20))
    assert not note.isVisible()


def test_a_second_image_of_the_same_place_is_not_reported(opened, tiles, tmp_path):  # noqa: F811
    again = layer_of(write_scene(tmp_path / "again.tif"), "again")
    QgsProject.instance().addMapLayer(again)
    wait_until(lambda: len({band.layer_id for band in opened.dock.map.roles.choices.bands}) == 3)
    look_at(opened, tile(0).buffered(-20))
    assert not opened.dock.map.roles.note.isVisible()


def test_a_view_outside_says_so_and_the_button_leads_back(opened, tiles):  # noqa: F811
    run = opened.dock.map.run
    wait_until(run.button.isEnabled)
    look_at(opened, tile(9))
    assert not run.button.isEnabled()
    assert run.status.text() == "The view shows nothing of “scene”. Zoom to it, or choose another layer."
    assert run.zoom.isVisible()
    run.zoom.click()
    settle()
    assert run.button.isEnabled()
    assert opened._iface.canvas.extent().contains(tile(0))
    assert chosen(opened) == {tiles[0].id()}


def test_the_preview_asks_for_nothing_where_the_view_is_outside(opened, tiles, runner):  # noqa: F811
    look_at(opened, tile(9))
    before = len(runner.params_of("preview"))
    opened.dock.map.model.band_ratio.preview.click()
    settle(20)
    assert len(runner.params_of("preview")) == before
    assert opened._iface.bar_texts() == []


def test_a_date_set_in_the_dock_goes_with_the_request_and_is_kept_in_the_project(
    opened, runner, tmp_path  # noqa: F811
):
    date, project = opened.dock.map.roles.date, QgsProject.instance()
    assert date.glyph.icon == "unsure"
    opened.dock.sourceDateEdited.emit("2021-09-03")
    assert date.box.date().toString("yyyy-MM-dd") == "2021-09-03"
    assert project.isDirty()
    opened.dock.mapRequested.emit()
    wait_until(lambda: outline_layers(project))
    sources = runner.params_of("map")[-1]["sources"]
    assert {source["date"] for source in sources} == {"2021-09-03"}
    for layer in outline_layers(project):
        project.removeMapLayer(layer.id())
    assert project.write(str(tmp_path / "p.qgz"))
    project.clear()
    assert project.read(str(tmp_path / "p.qgz"))
    wait_until(lambda: roles(opened))
    assert date.box.date().toString("yyyy-MM-dd") == "2021-09-03"
    assert date.glyph.icon == "manual"
    opened.dock.sourceDateEdited.emit("")
    assert date.box.isNull()


def test_a_layer_read_through_its_provider_has_the_date_too(tmp_path):
    project = QgsProject()
    layer = layer_of(write_raster("/vsimem/dated.tif", ramp()), "in memory")
    layer.setCustomProperty("glacier_mapper/source_date", "2020-08-01")
    project.addMapLayer(layer)
    planned = plan_hand_over(project, [BandChoice(Role.RED, layer.id(), 1)], None, tmp_path)
    assert [source.date for source in planned.sources] == ["2020-08-01"]
    project.clear()


def settings(box, epsg=32632, turned=0.0):
    made = QgsMapSettings()
    made.setOutputSize(QSize(400, 400))
    made.setDestinationCrs(QgsCoordinateReferenceSystem(f"EPSG:{epsg}"))
    made.setExtent(box)
    made.setRotation(turned)
    return made


@pytest.mark.parametrize(
    ("shift", "share"), [(0.0, 1.0), (0.5, 0.5), (0.93, 0.1), (0.995, 0.0), (1.0, 0.0)],
    ids=["all", "half", "a little", "an edge", "beside"],
)
def test_the_share_of_the_view(tmp_path, shift, share):
    layer = layer_of(write_scene(tmp_path / "s.tif"))
    assert Coverage(QgsProject.instance(), settings(tile(shift))).shares([layer]) == {layer.id(): share}


def test_shares_in_another_crs_and_on_a_turned_canvas(tmp_path):
    layer = layer_of(write_scene(tmp_path / "s.tif"))
    degrees = QgsRectangle(10.3161, 46.9449, 10.3163, 46.9451)
    assert Coverage(QgsProject.instance(), settings(degrees, 4326)).shares([layer]) == {layer.id(): 1.0}
    turned = Coverage(QgsProject.instance(), settings(tile(0), turned=45.0))
    assert 0.7 <= turned.shares([layer])[layer.id()] <= 0.9


def test_what_has_no_place_counts_as_everywhere(tmp_path):
    lost = layer_of(write_raster(tmp_path / "lost.tif", ramp(), epsg=0))
    lost.setCrs(QgsCoordinateReferenceSystem())
    assert Coverage(QgsProject.instance(), settings(tile(0))).shares([lost]) == {lost.id(): 1.0}
    empty = Coverage(QgsProject.instance(), QgsMapSettings())
    assert not empty.is_known
    assert empty.shares([lost]) == {lost.id(): 1.0}


@pytest.mark.parametrize(
    ("box", "epsg", "shown"),
    [
        (tile(0), 32632, True),
        (tile(0.995), 32632, False),
        (tile(1), 32632, False),
        (QgsRectangle(-180, -90, 180, 90), 4326, True),
        (QgsRectangle(-180, -90, 10, 90), 4326, False),
    ],
    ids=["the view of it", "its edge", "beside it", "the whole Earth", "the Earth west of it"],
)
def test_a_view_shows_a_layer_however_small_it_is_in_it(tmp_path, box, epsg, shown):
    layer = layer_of(write_scene(tmp_path / "s.tif"))
    assert Coverage(QgsProject.instance(), settings(box, epsg)).shows(layer) is shown


def test_a_view_of_half_the_earth_shows_a_layer_across_the_antimeridian(tmp_path):
    layer = layer_of(write_raster(tmp_path / "chukotka.tif", ramp(), epsg=32601, origin=(396_500, 7_990_000)))
    whole = Coverage(QgsProject.instance(), settings(QgsRectangle(-180, 71, 180, 73), 4326))
    assert whole.shows(layer)


@pytest.mark.parametrize(("epsg", "south"), [(3031, -90.0), (3413, 70.0)], ids=["south", "north"])
@pytest.mark.parametrize("centre", [(0.0, 0.0), (15_000.0, -12_000.0)], ids=["in the middle", "beside it"])
def test_a_raster_round_a_pole_is_shown_in_degrees(tmp_path, epsg, south, centre):
    pixels = ramp()
    origin = (centre[0] - pixels.shape[-1] * 5000.0, centre[1] + pixels.shape[-2] * 5000.0)
    layer = layer_of(write_raster(tmp_path / "pole.tif", pixels, epsg=epsg, origin=origin, pixel=10_000.0))
    assert layer.extent().contains(0.0, 0.0)
    to_degrees = QgsCoordinateTransform(layer.crs(), QgsCoordinateReferenceSystem("EPSG:4326"), QgsProject.instance())
    zoomed = to_degrees.transformBoundingBox(layer.extent())
    for box in (zoomed, QgsRectangle(-30, south, 30, south + 20), QgsRectangle(-180, -90, 180, 90)):
        seen = Coverage(QgsProject.instance(), settings(box, 4326))
        assert seen.shows(layer)
        assert seen.shares([layer]) == {layer.id(): 1.0}


@pytest.mark.parametrize(("epsg", "west_m"), [(3031, 300_000.0), (3413, -400_000.0)], ids=["south", "north"])
def test_a_raster_away_from_the_pole_keeps_its_place_in_degrees(tmp_path, epsg, west_m):
    layer = layer_of(write_raster(tmp_path / "away.tif", ramp(), epsg=epsg, origin=(west_m, 900_000.0), pixel=100.0))
    to_degrees = QgsCoordinateTransform(layer.crs(), QgsCoordinateReferenceSystem("EPSG:4326"), QgsProject.instance())
    own = to_degrees.transformBoundingBox(layer.extent())
    assert Coverage(QgsProject.instance(), settings(own, 4326)).shows(layer)
    beside = QgsRectangle(own.xMaximum() + 2, own.yMinimum(), own.xMaximum() + 4, own.yMaximum())
    assert not Coverage(QgsProject.instance(), settings(beside, 4326)).shows(layer)


@pytest.mark.parametrize(
    ("east_m", "shown"), [(-2_500.0, [True, True]), (-9_000.0, [True, False]), (4_000.0, [False, True])],
    ids=["across", "west of it", "east of it"],
)
def test_views_at_both_sides_of_the_antimeridian(tmp_path, east_m, shown):
    utm, degrees = (QgsCoordinateReferenceSystem(f"EPSG:{code}") for code in (32601, 4326))
    meridian = QgsCoordinateTransform(degrees, utm, QgsProject.instance()).transform(QgsPointXY(180, 72))
    origin = (meridian.x() + east_m, meridian.y())
    layer = layer_of(write_raster(tmp_path / "strip.tif", ramp(), epsg=32601, origin=origin, pixel=1000.0))
    views = (QgsRectangle(179, 71, 180, 73), QgsRectangle(-180, 71, -179, 73))
    assert [Coverage(QgsProject.instance(), settings(box, 4326)).shows(layer) for box in views] == shown
    assert Coverage(QgsProject.instance(), settings(QgsRectangle(-180, 71, 180, 73), 4326)).shows(layer)


def test_a_project_without_a_reference_system_is_said_before_the_click(opened, tiles):  # noqa: F811
    run, canvas = opened.dock.map.run, opened._iface.canvas
    wait_until(run.button.isEnabled)
    before = canvas.mapSettings().destinationCrs()
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem())
    settle()
    assert not run.button.isEnabled()
    assert "The project has no coordinate reference system." in run.status.text()
    assert not run.zoom.isVisible()
    canvas.setDestinationCrs(before)
    look_at(opened, tile(0))
    wait_until(run.button.isEnabled)
