"""Form, snapping, style and undo steps of an outlines layer, also after the project is opened again."""

from __future__ import annotations

import math

import pytest
from outlines_maker import by_id, open_outlines, square, write_outlines
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransformContext,
    QgsDistanceArea,
    QgsGeometry,
    QgsProject,
    QgsSnappingConfig,
    QgsVectorLayer,
    QgsVectorLayerUtils,
)
from qgis.gui import QgsMapCanvas, QgsMessageBar
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import QPushButton

from glacier_mapper.core.errors import InvalidOutlinesError, LayerGoneError, OutputExistsError, OutputNotWritableError
from glacier_mapper.core.outline_fields import OUTLINE_FIELDS
from glacier_mapper.qgis_io.bar_actions import BarActions
from glacier_mapper.qgis_io.edits import done, one_undo_step, open_for_editing, take_back_last_step
from glacier_mapper.qgis_io.measure import OutlineRuler
from glacier_mapper.qgis_io.notify import Notifier
from glacier_mapper.qgis_io.outline_form import is_outlines_layer, prepare_outlines, set_default_analyst
from glacier_mapper.qgis_io.outline_zoom import zoom_to_extent, zoom_to_fids, zoom_to_ids

X, Y = 600_000.0, 5_150_000.0


@pytest.fixture
def layer(qgis_new_project, tmp_path):
    outlines = [
        {"outline_id": "a", "wkt": square(X, Y)},
        {"outline_id": "b", "wkt": square(X + 1000, Y), "review": "rejected"},
    ]
    return open_outlines(write_outlines(tmp_path / "outlines.gpkg", outlines))


@pytest.fixture
def project(layer):
    found = QgsProject.instance()
    found.addMapLayer(layer)
    prepare_outlines(layer, found)
    yield found
    found.clear()


def index(layer, name):
    return layer.fields().lookupField(name)


def test_computed_columns_are_read_only_and_the_others_not(project, layer):
    config = layer.editFormConfig()
    free = {column.name for column in OUTLINE_FIELDS if not config.readOnly(index(layer, column.name))}
    assert free == {"analyst", "review", "note", "src_date"}


def test_columns_have_labels_and_choices(project, layer):
    assert layer.fields().field("area_km2").alias() == "Area (km²)"
    review = layer.editorWidgetSetup(index(layer, "review"))
    assert review.type() == "ValueMap"
    assert {"Needs work": "needs_work"} in review.config()["map"]
    hidden = {column.name for column in layer.attributeTableConfig().columns() if column.hidden}
    assert hidden - {""} == {"fid"}  # the nameless one is that of actions
    assert layer.editorWidgetSetup(index(layer, "fid")).type() != "Hidden"  # QGIS's merge tool would fail
    assert layer.editorWidgetSetup(index(layer, "note")).config()["IsMultiline"]


def test_the_form_has_tabs_and_every_column_once(project, layer):
    tabs = layer.editFormConfig().tabs()
    assert [tab.name() for tab in tabs] == ["Review", "Measures", "Source", "Edits"]
    shown = [element.name() for tab in tabs for element in tab.children()]
    assert sorted(shown) == sorted(column.name for column in OUTLINE_FIELDS)


def test_a_drawn_outline_starts_as_open_and_added(project, layer):
    set_default_analyst(layer, "O'Neill")
    layer.startEditing()
    new = QgsVectorLayerUtils.createFeature(layer, QgsGeometry.fromWkt(square(X, Y)))
    assert (new["review"], new["edit_state"], new["analyst"]) == ("open", "added", "O'Neill")
    layer.rollBack()


def test_snapping_shared_borders_and_no_overlap_are_set(project, layer):
    config = project.snappingConfig()
    assert config.enabled()
    settings = config.individualLayerSettings()[layer]
    assert settings.enabled()
    assert int(settings.typeFlag()) == int(QgsSnappingConfig.VertexFlag | QgsSnappingConfig.SegmentFlag)
    assert settings.tolerance() == 12
    assert project.topologicalEditing()
    assert [one.id() for one in project.avoidIntersectionsLayers()] == [layer.id()]


def test_all_of_it_survives_reopening(project, layer, tmp_path):
    path = str(tmp_path / "glaciers.qgz")
    layer_id = layer.id()
    assert project.write(path)
    project.clear()
    assert project.read(path)
    again = project.mapLayer(layer_id)
    assert again.editFormConfig().readOnly(index(again, "area_km2"))
    assert again.fields().field("unc_m").alias() == "Positional uncertainty (m)"
    assert project.snappingConfig().individualLayerSettings()[again].enabled()
    assert project.topologicalEditing()
    assert [one.id() for one in project.avoidIntersectionsLayers()] == [layer_id]
    assert again.renderer().type() == "categorizedSymbol"
    assert sorted(again.styleManager().styles()) == ["By confidence", "By review"]


def test_what_the_user_changed_is_not_set_again(project, layer):
    layer.setFieldAlias(index(layer, "note"), "Remark")
    project.setTopologicalEditing(False)
    prepare_outlines(layer, project)
    assert layer.fields().field("note").alias() == "Remark"
    assert not project.topologicalEditing()


def test_snapping_that_was_set_for_other_layers_stays(layer):
    project = QgsProject.instance()
    config = project.snappingConfig()
    config.setEnabled(True)
    config.setMode(QgsSnappingConfig.SnappingMode.AllLayers)
    project.setSnappingConfig(config)
    project.addMapLayer(layer)
    prepare_outlines(layer, project)
    assert project.snappingConfig().mode() == QgsSnappingConfig.SnappingMode.AllLayers
    project.clear()


def test_each_review_has_a_line_of_its_own_colour_and_no_fill(project, layer):
    renderer = layer.renderer()
    colours = {c.value(): c.symbol().symbolLayers()[-1].color() for c in renderer.categories()}
    assert colours["accepted"] == QColor("#00B283")
    assert len({colour.name() for colour in colours.values()}) == 5
    assert all(c.symbol().symbolLayer(0).layerType() == "SimpleLine" for c in renderer.categories())
    assert not layer.labelsEnabled()


def test_both_styles_keep_the_form(project, layer):
    layer.styleManager().setCurrentStyle("By confidence")
    assert layer.renderer().type() == "graduatedSymbol"
    assert layer.editFormConfig().readOnly(index(layer, "area_km2"))
    assert layer.fields().field("area_km2").alias() == "Area (km²)"


def test_only_outlines_are_taken_for_outlines(layer, tmp_path):
    assert is_outlines_layer(layer)
    originals = QgsVectorLayer(str(tmp_path / "outlines.gpkg") + "|layername=originals", "o", "ogr")
    assert originals.isValid()
    assert not is_outlines_layer(originals)
    assert not is_outlines_layer(QgsVectorLayer("Polygon?crs=EPSG:4326&field=outline_id:string", "m", "memory"))
    assert not is_outlines_layer(QgsVectorLayer("/nowhere.gpkg", "n", "ogr"))
    assert not is_outlines_layer(None)


# One undo step


@pytest.mark.parametrize("error", [KeyError, KeyboardInterrupt, SystemExit])
def test_an_exception_takes_everything_back(layer, error):
    def interrupted():
        with one_undo_step(layer, "twice"):
            layer.changeAttributeValue(1, index(layer, "note"), "x")
            layer.deleteFeature(2)
            raise error

    with pytest.raises(error):
        interrupted()
    assert layer.featureCount() == 2
    assert not layer.isModified()
    layer.rollBack()


def test_a_step_inside_a_step_is_part_of_it(layer):
    with one_undo_step(layer, "outer"):
        layer.deleteFeature(1)
        with one_undo_step(layer, "inner"):
            layer.deleteFeature(2)
    assert layer.undoStack().count() == 1
    assert layer.undoStack().text(0) == "outer"
    layer.undoStack().undo()
    assert layer.featureCount() == 2
    layer.rollBack()


def test_a_refused_change_is_an_error(layer):
    with pytest.raises(InvalidOutlinesError, match="refused"), one_undo_step(layer, "x"):
        done(layer.changeGeometry(1, QgsGeometry()) and False, layer)
    assert not layer.isModified()
    layer.rollBack()


def test_taking_back_leaves_nothing_to_redo(layer):
    with one_undo_step(layer, "first"):
        layer.changeAttributeValue(1, index(layer, "note"), "kept")
    with one_undo_step(layer, "second"):
        layer.changeAttributeValue(1, index(layer, "note"), "gone")
    take_back_last_step(layer)
    assert (layer.undoStack().count(), layer.undoStack().canRedo()) == (1, False)
    assert by_id(layer)["a"]["note"] == "kept"
    layer.rollBack()
    take_back_last_step(layer)  # an empty stack is left alone


def test_a_layer_that_cannot_be_edited_is_named(layer):
    layer.setReadOnly(True)
    with pytest.raises(OutputNotWritableError, match="Glacier outlines"):
        open_for_editing(layer)
    with pytest.raises(LayerGoneError):
        open_for_editing(None)


# Measures


@pytest.mark.parametrize(
    ("crs", "wkt", "area_km2", "perimeter_km"),
    [
        # one square degree between parallels: b^2/2 dlon (sin/(1 - e^2 sin^2) + artanh(e sin)/e) = 12308.464 km2;
        # its sides are 111.3195 km, 111.3026 km and twice 110.5744 km
        ("EPSG:4326", "POLYGON((0 0, 1 0, 1 1, 0 1, 0 0))", 12308.464, 443.77),
        # a hole is no ice, its edge is margin
        ("EPSG:32632", "POLYGON((500000 5e6, 501000 5e6, 501000 5001000, 500000 5001000, 500000 5e6),"
         "(500400 5000400, 500600 5000400, 500600 5000600, 500400 5000600, 500400 5000400))", 0.96077, 4.80192),
        # polar stereographic, true at 71 S
        ("EPSG:3031", square(1_000_000, 1_000_000, 10_000), None, None),
        # north of Greenland
        ("EPSG:3413", square(100_000, -700_000, 10_000), None, None),
    ],
    ids=["degrees", "UTM with a hole", "Antarctica", "Greenland"],
)  # fmt: skip
def test_measures_are_those_on_the_ellipsoid(crs, wkt, area_km2, perimeter_km):
    ruler = OutlineRuler(QgsCoordinateReferenceSystem(crs), QgsCoordinateTransformContext())
    found = ruler.measure(QgsGeometry.fromWkt(wkt))
    if area_km2 is None:  # distorted by the projection, by less than 7 % here
        assert found.area_km2 == pytest.approx(100, rel=0.07)
        assert found.perimeter_m == pytest.approx(40_000, rel=0.035)
        assert abs(found.lat_deg) > 75
    else:
        assert found.area_km2 == pytest.approx(area_km2, rel=1e-5)
        assert found.perimeter_m == pytest.approx(perimeter_km * 1000, rel=1e-4)


def octagon_round_the_pole(radius_m):
    corners = [radius_m * complex(math.cos(k * math.pi / 4), math.sin(k * math.pi / 4)) for k in (*range(8), 0)]
    return "POLYGON((" + ", ".join(f"{corner.real} {corner.imag}" for corner in corners) + "))"


@pytest.mark.parametrize(
    ("crs", "wkt"),
    [
        ("EPSG:3413", octagon_round_the_pole(5_000)),
        ("EPSG:3031", octagon_round_the_pole(40_000)),
        ("EPSG:3413", square(-200_000, -2_110_400, 110_400)),
        ("EPSG:32633", square(500_000, 8_600_000, 110_400)),
        ("EPSG:32632", square(500_000, 5_100_000, 110_400)),
        ("EPSG:4326", "POLYGON((8 70, 9 70, 9 70.5, 8 70.5, 8 70))"),
    ],
    ids=["North Pole", "South Pole", "Greenland", "78 N", "46 N", "degrees"],
)  # fmt: skip
def test_areas_are_those_of_the_shape_as_the_map_draws_it(crs, wkt):
    """Against QGIS's own geodesic area of the shape with a vertex every 20 m."""
    system, context = QgsCoordinateReferenceSystem(crs), QgsCoordinateTransformContext()
    shape = QgsGeometry.fromWkt(wkt)
    ellipsoidal = QgsDistanceArea()
    ellipsoidal.setSourceCrs(system, context)
    ellipsoidal.setEllipsoid("EPSG:7030")
    fine = shape.densifyByDistance(20 if not system.isGeographic() else 2e-4)
    found = OutlineRuler(system, context).area_km2(shape)
    assert found == pytest.approx(ellipsoidal.measureArea(fine) / 1e6, rel=1e-6)


def test_no_shape_has_no_measures():
    ruler = OutlineRuler(QgsCoordinateReferenceSystem("EPSG:32632"), QgsCoordinateTransformContext())
    with pytest.raises(InvalidOutlinesError):
        ruler.measure(QgsGeometry())
    with pytest.raises(InvalidOutlinesError):
        ruler.measure(QgsGeometry.fromWkt("POLYGON EMPTY"))


# The way to an outline


@pytest.fixture
def canvas(qgis_app):
    found = QgsMapCanvas()
    found.resize(300, 300)
    yield found
    found.deleteLater()


def test_zoom_shows_the_outline_with_a_margin_in_any_crs(canvas, layer):
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    zoom_to_fids(canvas, layer, [1])
    extent = canvas.extent()
    assert extent.contains(extent.center())
    assert 10.30 < extent.center().x() < 10.32
    assert 46.48 < extent.center().y() < 46.51


def test_zoom_by_id_and_to_what_is_gone(canvas, layer):
    canvas.setDestinationCrs(layer.crs())
    zoom_to_ids(canvas, layer, ["b"])
    assert canvas.extent().center().x() == pytest.approx(X + 1500)
    before = canvas.extent().toString()
    zoom_to_ids(canvas, layer, ["it's gone"])
    zoom_to_ids(canvas, layer, [])
    zoom_to_fids(canvas, layer, [77])
    assert canvas.extent().toString() == before
    assert not zoom_to_extent(canvas, layer, QgsGeometry().boundingBox())


def test_lines_in_the_message_bar_have_their_button(canvas, layer, tmp_path):
    canvas.setDestinationCrs(layer.crs())
    bar = QgsMessageBar()
    actions = BarActions(bar, canvas, Notifier(bar))
    actions.show_outlines("Look here.", layer, ["b"])
    item = bar.currentItem()
    (button,) = [one for one in item.findChildren(QPushButton) if one.text() == "Zoom there"]
    button.click()
    assert canvas.extent().center().x() == pytest.approx(X + 1500)
    actions.show_exported(str(tmp_path / "a.gpkg"), "Done.")
    assert "Open folder" in [one.text() for one in bar.currentItem().findChildren(QPushButton)]
    actions.show_error(OutputExistsError(path="a.gpkg"))
    assert "a.gpkg exists already." in bar.currentItem().text()
