"""What the plugin keeps of an outline can neither be wiped nor forged with the field calculator."""

from __future__ import annotations

import pytest
from outlines_maker import by_id, open_outlines, square, write_outlines
from qgis.core import NULL, QgsGeometry, QgsPointXY, QgsProject, QgsVectorLayerUtils
from qgis.PyQt.QtWidgets import QApplication

from glacier_mapper.qgis_io.edits import done, one_undo_step
from glacier_mapper.workflow.edit_outline import OutlineEditing

X, Y = 600_000.0, 5_150_000.0
LAST_EDIT = ("edit_state", "edited_by", "edited_at", "edited_with")
ORIGIN = ("model", "model_version", "sources")


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
def layer(editing, tmp_path):
    """Three squares: "a" as the model drew it, "b" edited by Ada, "c" drawn by her without source."""
    edited = {"edited_by": "Ada", "edited_at": "2025-01-01T00:00:00Z", "edited_with": "Reshape"}
    outlines = [
        {"outline_id": "a", "wkt": square(X, Y)},
        {"outline_id": "b", "wkt": square(X + 3000, Y), "edit_state": "edited", **edited},
        {"outline_id": "c", "wkt": square(X + 6000, Y), "edit_state": "added", **edited, "sources": None},
    ]
    originals = [{"outline_id": name, "wkt": square(X + x, Y)} for name, x in (("a", 0), ("b", 3000))]
    found = open_outlines(write_outlines(tmp_path / "outlines.gpkg", outlines, originals=originals))
    QgsProject.instance().addMapLayer(found)
    found.startEditing()
    yield found
    found.rollBack()


def calculate(layer, values, names="abc"):
    """As the field calculator: every value in every outline, one undo step."""
    with one_undo_step(layer, "Field calculator"):
        for name in names:
            for column, value in values.items():
                done(layer.changeAttributeValue(by_id(layer)[name].id(), index(layer, column), value), layer)


def index(layer, column):
    return layer.fields().lookupField(column)


def record(layer, name, columns=LAST_EDIT + ORIGIN):
    feature = by_id(layer)[name]
    return {column: None if feature[column] in (NULL, "") else feature[column] for column in columns}


def reshape(layer, name):
    box = by_id(layer)[name].geometry().boundingBox()
    with one_undo_step(layer, "Reshape"):
        shape = QgsGeometry.fromWkt(square(box.xMinimum(), box.yMinimum(), 500))
        done(layer.changeGeometry(by_id(layer)[name].id(), shape), layer)


def settle():
    QApplication.processEvents()


@pytest.mark.parametrize("forged", ["model", "someone else", None, ""], ids=["a state", "a text", "NULL", "empty"])
def test_the_record_of_an_outline_is_put_back_and_told(layer, told, forged):
    before = [record(layer, name) for name in "ab"]
    calculate(layer, dict.fromkeys(LAST_EDIT + ORIGIN, forged), "ab")
    assert layer.commitChanges(False)
    settle()
    assert [record(layer, name) for name in "ab"] == before
    ((text, ids),) = told.lines
    assert ids == ["a", "b"]
    assert "last edit are written by Glacier Mapper alone" in text


def test_one_undo_step_less_is_the_analysts_own(layer):
    """What was typed can be undone as ever before it is saved."""
    calculate(layer, {"edited_by": "x"})
    layer.undoStack().undo()
    assert record(layer, "b")["edited_by"] == "Ada"
    assert not layer.isModified()


def test_what_the_analyst_may_write_stays(layer, told):
    own = {"src_date": "2024-07-01", "analyst": "Grace", "note": "moraine", "review": "accepted"}
    calculate(layer, own, "ab")
    calculate(layer, {"sources": "aerial image"}, "c")  # there was none
    assert layer.commitChanges(False)
    settle()
    assert record(layer, "b", tuple(own)) == own
    assert record(layer, "c")["sources"] == "aerial image"
    assert record(layer, "a", LAST_EDIT) == {"edit_state": "model", **dict.fromkeys(LAST_EDIT[1:])}
    assert told.lines == []


def test_an_edit_with_a_forged_record_is_recorded_as_what_it_is(layer):
    reshape(layer, "a")
    calculate(layer, {"edit_state": "added", "edited_by": "x", "edited_with": "x", "model": "x"}, "a")
    assert layer.commitChanges(False)
    found = record(layer, "a")
    assert (found["edit_state"], found["edited_by"], found["edited_with"]) == ("edited", "Grace", "Reshape")
    assert found["model"] == "band-ratio"


@pytest.mark.parametrize("how", ["there", "deleted", "deleted and saved"])
def test_a_restored_outline_has_the_models_record_whatever_is_typed_over_it(layer, editing, told, how):
    fid = by_id(layer)["b"].id()
    if how != "there":
        layer.deleteFeature(fid)
    if how == "deleted and saved":
        assert layer.commitChanges(False)
    editing.restore(layer, [("b", fid if how == "there" else None)])
    calculate(layer, {"edit_state": "edited", "edited_by": "x", "model": "x", "unc_m": 1.0, "area_km2": 9.0}, "b")
    assert layer.commitChanges(False)
    settle()
    expected = {"edit_state": "model", **dict.fromkeys(LAST_EDIT[1:])}
    assert record(layer, "b", LAST_EDIT) == expected
    assert record(layer, "b", ("model", "unc_m", "area_km2")) == {"model": "band-ratio", "unc_m": 10.0, "area_km2": 1.0}
    assert [ids for _, ids in told.lines] == [["b"]]


def test_a_restore_alone_says_nothing(layer, editing, told):
    editing.restore(layer, [("b", by_id(layer)["b"].id())])
    assert layer.commitChanges(False)
    settle()
    assert record(layer, "b", LAST_EDIT) == {"edit_state": "model", **dict.fromkeys(LAST_EDIT[1:])}
    assert told.lines == []


def test_a_new_outline_is_signed_whatever_was_typed(layer):
    with one_undo_step(layer, "Feature added"):
        shape = QgsGeometry.fromWkt(square(X, Y + 9000))
        new = QgsVectorLayerUtils.createFeature(layer, shape, {index(layer, "edited_by"): "x"})
        done(layer.addFeature(new), layer)
    assert layer.commitChanges(False)
    (found,) = [one for one in layer.getFeatures() if one["outline_id"] not in "abc"]
    assert (found["edit_state"], found["edited_by"], found["edited_with"]) == ("added", "Grace", "Feature added")


# Bounds of an outline that ends with the data


@pytest.fixture
def edge(editing, tmp_path):
    """A square, a quarter of whose perimeter counts for its bounds; the rest is the edge of the data."""
    measures = {"area_km2": 1.0005, "area_min_km2": 0.9905, "area_max_km2": 1.0105, "perimeter_m": 4000.0}
    path = write_outlines(tmp_path / "edge.gpkg", [{"outline_id": "a", "wkt": square(X, Y), **measures}])
    found = open_outlines(path)
    QgsProject.instance().addMapLayer(found)
    found.startEditing()
    yield found
    found.rollBack()


def margins(layer):
    columns = ("area_km2", "area_min_km2", "area_max_km2")
    bounds = [[one[column] for column in columns] for one in layer.getFeatures()]
    return [(area - low, high - area) for area, low, high in bounds]


def move_corner(layer, by):
    feature = by_id(layer)["a"]
    shape = QgsGeometry(feature.geometry())
    assert shape.moveVertex(X + by, Y + by, 0)
    with one_undo_step(layer, "Moved vertex"):
        done(layer.changeGeometry(feature.id(), shape), layer)


def test_a_move_of_a_metre_moves_the_bounds_by_about_nothing(edge):
    for by in (1.0, 2.0, 3.0):
        move_corner(edge, by)
        assert edge.commitChanges(False)
        ((low, high),) = margins(edge)
        assert (low, high) == pytest.approx((0.01, 0.01), rel=2e-3)


def test_parts_of_a_split_outline_have_the_same_share(edge):
    edge.beginEditCommand("Split")
    edge.splitFeatures([QgsPointXY(X + 500, Y - 1), QgsPointXY(X + 500, Y + 1001)], False)
    edge.endEditCommand()
    assert edge.commitChanges(False)
    assert margins(edge) == [pytest.approx((0.0075, 0.0075), rel=2e-3)] * 2


def test_confidence_and_uncertainty_are_the_models_whatever_the_shape(edge):
    move_corner(edge, 1.0)
    calculate(edge, {"unc_m": 1.0, "confidence": 1.0, "area_max_km2": 9.0}, "a")
    assert edge.commitChanges(False)
    assert record(edge, "a", ("unc_m", "confidence")) == {"unc_m": 10.0, "confidence": 0.8}
    assert margins(edge) == [pytest.approx((0.01, 0.01), rel=2e-3)]
