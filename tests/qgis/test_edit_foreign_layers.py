"""Outlines that did not come from a mapping: exported files, memory layers, no CRS, over the antimeridian."""

from __future__ import annotations

import pytest
from outlines_maker import by_id, open_outlines, read_rows, square, write_outlines
from qgis.core import (
    NULL,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransformContext,
    QgsFeature,
    QgsGeometry,
    QgsProject,
    QgsVectorLayer,
    QgsVectorLayerUtils,
)
from qgis.PyQt.QtWidgets import QApplication

from glacier_mapper.core.errors import GlacierMapperError, InvalidOutlinesError
from glacier_mapper.core.export_choice import ExportChoice, Scope
from glacier_mapper.core.outline_fields import OUTLINE_FIELDS
from glacier_mapper.qgis_io.edits import done, one_undo_step
from glacier_mapper.qgis_io.export_source import capture_source, read_state, stop_when
from glacier_mapper.qgis_io.export_writer import write_outlines as export
from glacier_mapper.qgis_io.measure import OutlineRuler
from glacier_mapper.qgis_io.originals import Originals
from glacier_mapper.qgis_io.outline_form import NEEDED, is_outlines_layer
from glacier_mapper.workflow.edit_outline import OutlineEditing

X, Y = 600_000.0, 5_150_000.0
ALL = tuple(column.name for column in OUTLINE_FIELDS)


class Told:
    def __init__(self):
        self.errors, self.lines = [], []

    def show_error(self, error):
        self.errors.append(error)

    def show_outlines(self, text, layer, outline_ids):
        self.lines.append((text, outline_ids))


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def editing(told, qgis_new_project):
    found = OutlineEditing(QgsProject.instance(), lambda: "Grace", told)
    found.start()
    yield found
    found.stop()
    QgsProject.instance().removeAllMapLayers()


@pytest.fixture
def source(tmp_path):
    outlines = [
        {"outline_id": "G1", "wkt": square(X, Y), "review": "accepted"},
        {"outline_id": "G2", "wkt": square(X + 3000, Y), "review": "open"},
    ]
    layer = open_outlines(write_outlines(tmp_path / "in.gpkg", outlines))
    return capture_source(layer, QgsProject.instance())


def opened(source, folder, key, fields):
    """An export of the source, taken into the project as a layer."""
    choice = ExportChoice(key, str(folder / f"out_{key}"), "EPSG:32632", Scope.ALL, fields)
    path = export(source, choice, False, stop_when(lambda: False))
    layer = QgsVectorLayer(str(path), "Exported", "ogr")
    assert layer.isValid()
    QgsProject.instance().addMapLayer(layer)
    return layer


def resize(layer, feature, side):
    box = feature.geometry().boundingBox()
    with one_undo_step(layer, "Reshape"):
        shape = QgsGeometry.fromWkt(square(box.xMinimum(), box.yMinimum(), side))
        done(layer.changeGeometry(feature.id(), shape), layer)


@pytest.mark.parametrize("key", ["gpkg", "shp", "fgb"])
@pytest.mark.parametrize("fields", [ALL, NEEDED], ids=["all columns", "the needed ones"])
def test_an_exported_file_can_be_edited_further(source, editing, tmp_path, key, fields):
    layer = opened(source, tmp_path, key, fields)
    assert is_outlines_layer(layer)
    assert editing.layers() == [layer]
    if not layer.startEditing():
        pytest.skip(f"this QGIS does not edit {key}")
    resize(layer, by_id(layer)["G1"], 500)
    assert layer.commitChanges(False), layer.commitErrors()
    edited = by_id(layer)
    assert edited["G1"]["area_km2"] == pytest.approx(0.25, rel=1.5e-3)
    assert (edited["G1"]["edit_state"], edited["G2"]["edit_state"]) == ("edited", "model")
    assert edited["G2"]["area_km2"] == 1.0
    layer.rollBack()


@pytest.mark.parametrize("key", ["gpkg", "shp"])
def test_an_outline_drawn_in_an_exported_file_gets_its_id(source, editing, tmp_path, key):
    layer = opened(source, tmp_path, key, NEEDED)
    layer.startEditing()
    shape = QgsGeometry.fromWkt(square(499_500, 5_094_000))
    with one_undo_step(layer, "Feature added"):
        done(layer.addFeature(QgsVectorLayerUtils.createFeature(layer, shape)), layer)
    assert layer.commitChanges(False), layer.commitErrors()
    new = by_id(layer)["G009000E46004N"]  # the square's middle: the central meridian, latitude 46.00407
    assert (new["edit_state"], new["review"]) == ("added", "open")
    assert new["area_km2"] == pytest.approx(1.0, rel=1.5e-3)
    layer.rollBack()


def test_parts_are_taken_apart_in_a_file_with_few_columns(source, editing, told, tmp_path):
    layer = opened(source, tmp_path, "shp", NEEDED)
    layer.startEditing()
    both = QgsGeometry.collectGeometry([
        QgsGeometry.fromWkt(square(X, Y, 1000)), QgsGeometry.fromWkt(square(X, Y + 5000, 400)),
    ])  # fmt: skip
    with one_undo_step(layer, "Add part"):
        done(layer.changeGeometry(by_id(layer)["G1"].id(), both), layer)
    assert layer.commitChanges(False), layer.commitErrors()
    assert sorted(round(f["area_km2"], 2) for f in layer.getFeatures()) == [0.16, 1.0, 1.0]
    QApplication.processEvents()
    [(text, ids)] = told.lines
    assert ids == ["G1"]
    assert "several parts" in text
    layer.rollBack()


def test_an_exported_file_has_no_originals_and_says_so(source, editing, tmp_path):
    layer = opened(source, tmp_path, "shp", ALL)
    originals = Originals(layer)
    assert not originals.exist
    assert originals.features() == {}
    with pytest.raises(InvalidOutlinesError, match="The model drew no outline G1"):
        originals.feature("G1")
    rows = read_rows(editing.watch_of(layer), originals).rows()
    assert sorted(row.outline_id for row in rows) == ["G1", "G2"]


def memory_layer(crs="EPSG:32632", columns=NEEDED):
    kinds = {"area_km2": "double", "confidence": "double", "unc_m": "double"}
    fields = "&".join(f"field={name}:{kinds.get(name, 'string')}" for name in columns)
    head = f"Polygon?crs={crs}" if crs else "Polygon?"
    layer = QgsVectorLayer(f"{head}&{fields}", "In memory", "memory")
    assert layer.isValid()
    return layer


def add(layer, wkt, **values):
    feature = QgsFeature(layer.fields())
    feature.setGeometry(QgsGeometry.fromWkt(wkt))
    for name, value in values.items():
        feature[name] = value
    with one_undo_step(layer, "Feature added"):
        done(layer.addFeature(feature), layer)


def test_a_memory_layer_with_the_columns_is_followed(editing, told):
    layer = memory_layer()
    QgsProject.instance().addMapLayer(layer)
    assert editing.layers() == [layer]
    layer.startEditing()
    add(layer, square(499_500, 5_094_000))
    assert layer.commitChanges()
    [feature] = layer.getFeatures()
    assert feature["outline_id"] == "G009000E46004N"
    assert not Originals(layer).exist
    assert told.errors == []


def test_a_layer_without_crs_is_edited_and_its_outline_told(editing, told):
    layer = memory_layer(crs="")
    layer.setCrs(QgsCoordinateReferenceSystem())
    QgsProject.instance().addMapLayer(layer)
    layer.startEditing()
    add(layer, square(X, Y), edit_state="added")
    assert layer.commitChanges()
    [feature] = layer.getFeatures()
    assert feature["area_km2"] in (None, NULL)  # without a CRS nobody knows what its units are
    assert feature["edit_state"] == "added"


@pytest.mark.parametrize("missing", NEEDED)
def test_each_needed_column_is_needed(missing, qgis_app):
    layer = memory_layer(columns=[name for name in NEEDED if name != missing])
    assert not is_outlines_layer(layer)
    assert is_outlines_layer(memory_layer())


@pytest.mark.parametrize("missing", [name for name in ALL if name not in NEEDED])
def test_a_file_that_lacks_any_other_column_is_checked_and_edited(missing, editing, told):
    layer = memory_layer(columns=[name for name in ALL if name != missing])
    QgsProject.instance().addMapLayer(layer)
    layer.startEditing()
    add(layer, square(X, Y), review="accepted")
    assert layer.commitChanges()
    [feature] = layer.getFeatures()
    assert feature["area_km2"] == pytest.approx(1.0, rel=1.5e-3)
    state = read_state(capture_source(layer, QgsProject.instance()), Scope.ALL, 0, stop_when(lambda: False))
    assert len(state.outlines) == 1
    assert told.errors == []


def test_restoring_works_where_a_column_was_deleted(editing, tmp_path):
    layer = open_outlines(write_outlines(tmp_path / "a.gpkg", [{"outline_id": "G1", "wkt": square(X, Y)}]))
    QgsProject.instance().addMapLayer(layer)
    layer.startEditing()
    layer.deleteAttribute(layer.fields().lookupField("edited_with"))
    assert layer.commitChanges(False)
    resize(layer, by_id(layer)["G1"], 100)
    editing.restore(layer, [("G1", by_id(layer)["G1"].id())])
    assert by_id(layer)["G1"].geometry().area() == pytest.approx(1e6)
    layer.rollBack()


def ruler(crs):
    return OutlineRuler(QgsCoordinateReferenceSystem(crs), QgsCoordinateTransformContext())


def box(west, south, east, north):
    return QgsGeometry.fromWkt(
        f"POLYGON(({west} {south}, {west} {north}, {east} {north}, {east} {south}, {west} {south}))"
    )


@pytest.mark.parametrize(
    ("crs", "across", "beside"),
    [
        ("EPSG:4326", box(179.9, 70, 180.1, 70.1), box(10.0, 70, 10.2, 70.1)),
        ("EPSG:4326", box(-180.1, -70.1, -179.9, -70), box(10.0, -70.1, 10.2, -70)),
        ("EPSG:32601", box(380_000, 7_800_000, 400_000, 7_810_000), box(600_000, 7_800_000, 620_000, 7_810_000)),
    ],
    ids=["degrees east", "degrees west", "UTM zone 1"],
)
def test_an_outline_over_the_antimeridian_is_as_large_as_elsewhere(crs, across, beside, qgis_app):
    one = ruler(crs)
    assert one.area_km2(across) == pytest.approx(one.area_km2(beside), rel=1e-4)
    assert one.measure(across).perimeter_m == pytest.approx(one.measure(beside).perimeter_m, rel=1e-3)


def test_a_hole_over_the_antimeridian_is_a_hole(qgis_app):
    one = ruler("EPSG:4326")
    whole, hole = box(179.8, 70, 180.2, 70.2), box(179.95, 70.05, 180.05, 70.15)
    left = whole.difference(hole)
    assert left.constGet().numInteriorRings() == 1
    assert one.area_km2(left) == pytest.approx(one.area_km2(whole) - one.area_km2(hole), rel=1e-9)


@pytest.mark.parametrize(
    ("crs", "shape"),
    [
        ("EPSG:4326", "POLYGON EMPTY"),
        ("EPSG:32632", "POLYGON((1e30 0, 1e30 1e30, 2e30 1e30, 1e30 0))"),
        ("", square(X, Y)),
        ("EPSG:4326", square(X, Y)),
    ],
    ids=["empty", "far beyond", "no CRS", "metres taken for degrees"],
)
def test_what_lies_nowhere_on_earth_is_a_typed_error(crs, shape, qgis_app):
    with pytest.raises(GlacierMapperError):
        ruler(crs).measure(QgsGeometry.fromWkt(shape))
