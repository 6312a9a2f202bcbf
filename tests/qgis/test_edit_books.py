"""What an edit with QGIS's own tools writes, and what undo takes back."""

from __future__ import annotations

import re
import sqlite3

import pytest
from outlines_maker import by_id, open_outlines, square, write_outlines
from qgis.core import NULL, QgsFeature, QgsGeometry, QgsPointXY, QgsProject, QgsVectorLayerUtils

from glacier_mapper.qgis_io.edits import one_undo_step
from glacier_mapper.workflow.edit_outline import OutlineEditing

X, Y = 600_000.0, 5_150_000.0


class Told:
    """Remembers what the analyst is told."""

    def __init__(self):
        self.errors, self.lines = [], []

    def show_error(self, error):
        self.errors.append(error)

    def show_outlines(self, text, layer, outline_ids):
        self.lines.append((text, layer, outline_ids))


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
    outlines = [
        {"outline_id": "G010000E46000N", "wkt": square(X, Y), "review": "accepted"},
        {"outline_id": "G010013E46000N", "wkt": square(X + 1000, Y), "confidence": 0.5},
        {"outline_id": "G010040E46000N", "wkt": square(X + 3000, Y), "note": "debris"},
    ]
    found = open_outlines(write_outlines(tmp_path / "outlines.gpkg", outlines))
    QgsProject.instance().addMapLayer(found)
    found.startEditing()
    return found


def settle(qgis_app=None):
    from qgis.PyQt.QtWidgets import QApplication

    for _ in range(3):
        QApplication.processEvents()


def grow(layer, outline_id, factor=2.0, text="Moved vertex"):
    """Stretch an outline eastward by an edit command, as the vertex tool does."""
    feature = by_id(layer)[outline_id]
    box = feature.geometry().boundingBox()
    wkt = square(box.xMinimum(), box.yMinimum(), box.height())
    ring = QgsGeometry.fromWkt(wkt)
    wide = QgsGeometry.fromRect(
        type(box)(box.xMinimum(), box.yMinimum(), box.xMinimum() + factor * box.height(), box.yMaximum())
    )
    layer.beginEditCommand(text)
    assert layer.changeGeometry(feature.id(), wide if factor != 1 else ring)
    layer.endEditCommand()


def test_commit_measures_and_signs_what_was_edited(layer):
    grow(layer, "G010040E46000N")
    assert layer.commitChanges(False)
    edited = by_id(layer)["G010040E46000N"]
    # 2 km x 1 km in UTM, 100 km east of the central meridian: scale 0.99972 there, so 0.05 % more on the ground
    assert edited["area_km2"] == pytest.approx(2.0, rel=1.5e-3)
    assert edited["perimeter_m"] == pytest.approx(6000, rel=1e-3)
    margin = edited["perimeter_m"] * 10.0 / 1e6
    assert edited["area_min_km2"] == pytest.approx(edited["area_km2"] - margin, abs=1e-12)
    assert edited["area_max_km2"] == pytest.approx(edited["area_km2"] + margin, abs=1e-12)
    assert (edited["edit_state"], edited["edited_by"], edited["edited_with"]) == ("edited", "Grace", "Moved vertex")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", edited["edited_at"])
    assert edited["analyst"] == "Ada"


def test_computed_columns_set_by_hand_are_as_they_were_after_the_commit(layer):
    before = by_id(layer)["G010000E46000N"]
    for name, value in (("area_km2", 99.0), ("confidence", 1.0), ("note", "mine"), ("review", "rejected")):
        layer.changeAttributeValue(before.id(), layer.fields().lookupField(name), value)
    assert layer.commitChanges(False)
    after = by_id(layer)["G010000E46000N"]
    assert (after["area_km2"], after["confidence"]) == (before["area_km2"], before["confidence"])
    assert (after["note"], after["review"]) == ("mine", "rejected")
    assert (after["edit_state"], after["edited_by"]) == ("model", NULL)


@pytest.mark.parametrize("edited", [False, True], ids=["alone", "beside an edit"])
@pytest.mark.parametrize("verdict", ["perhaps", "", NULL], ids=["unknown", "empty", "NULL"])
def test_an_id_and_an_unknown_verdict_set_by_hand_are_as_they_were_and_told(layer, told, verdict, edited):
    before = by_id(layer)
    if edited:
        grow(layer, "G010040E46000N")
    columns = [layer.fields().lookupField(name) for name in ("outline_id", "review")]
    with one_undo_step(layer, "Field calculator"):
        for feature in before.values():
            layer.changeAttributeValue(feature.id(), columns[0], "same")
        layer.changeAttributeValue(before["G010000E46000N"].id(), columns[1], verdict)
        layer.changeAttributeValue(before["G010013E46000N"].id(), columns[1], "rejected")
    assert layer.commitChanges(False)
    settle()
    reviews = {name: feature["review"] for name, feature in by_id(layer).items()}
    assert reviews == {"G010000E46000N": "accepted", "G010013E46000N": "rejected", "G010040E46000N": "open"}
    (ids, _, kept), (review, _, unknown) = told.lines
    assert ids == "The IDs of 3 outlines of “Glacier outlines” stay as they were."
    assert review.startswith("The review of an outline of “Glacier outlines” is again what it was. It may be open,")
    assert (sorted(kept), unknown) == (sorted(before), ["G010000E46000N"])


@pytest.mark.parametrize("survivor", ["large", "small", "new"])
def test_outlines_that_are_merged_and_parted_again_have_their_own_confidence(layer, told, survivor):
    """Each part that has its own id again has what no shape tells, too."""
    names = {"large": "G010013E46000N", "small": "G010040E46000N"}
    with one_undo_step(layer, "Set"):
        for name, confidence, uncertainty in ((names["large"], 0.5, 5.0), (names["small"], 0.9, 20.0)):
            feature = by_id(layer)[name]
            if name == names["large"]:
                layer.changeGeometry(feature.id(), QgsGeometry.fromWkt(square(X + 1000, Y - 200, 1200)))
            layer.dataProvider().changeAttributeValues({feature.id(): {
                layer.fields().lookupField("confidence"): confidence, layer.fields().lookupField("unc_m"): uncertainty,
            }})  # fmt: skip
    assert layer.commitChanges(False)
    old = {key: by_id(layer)[name] for key, name in names.items()}
    joined = old["large"].geometry().combine(old["small"].geometry())
    layer.beginEditCommand("Merged features")
    for key, feature in old.items():
        if key != survivor:
            layer.deleteFeature(feature.id())
    if survivor == "new":
        merged = QgsVectorLayerUtils.createFeature(layer, joined, {
            i: old["large"][i] for i in range(1, layer.fields().count())})  # fmt: skip
        layer.addFeature(merged)
    else:
        layer.changeGeometry(old[survivor].id(), joined)
    layer.endEditCommand()
    assert layer.commitChanges(False)
    settle()
    found = list(layer.getFeatures())
    assert len(found) == 3
    for key, confidence, uncertainty in (("large", 0.5, 5.0), ("small", 0.9, 20.0)):
        part = next(f for f in found if f.geometry().intersects(old[key].geometry().centroid()))
        assert (part["outline_id"], part["confidence"], part["unc_m"]) == (names[key], confidence, uncertainty)
        margin = part["perimeter_m"] * uncertainty / 1e6
        assert part["area_max_km2"] - part["area_km2"] == pytest.approx(margin, rel=1e-9)


def test_an_area_set_by_hand_beside_an_edit_is_measured(layer):
    grow(layer, "G010040E46000N")
    feature = by_id(layer)["G010040E46000N"]
    layer.changeAttributeValue(feature.id(), layer.fields().lookupField("area_km2"), 99.0)
    assert layer.commitChanges(False)
    assert by_id(layer)["G010040E46000N"]["area_km2"] == pytest.approx(2.0, rel=1.5e-3)


def test_commit_leaves_the_others_alone(layer):
    before = {key: f.attributes() for key, f in by_id(layer).items() if key != "G010040E46000N"}
    grow(layer, "G010040E46000N")
    assert layer.commitChanges(False)
    assert {key: f.attributes() for key, f in by_id(layer).items() if key != "G010040E46000N"} == before


def test_one_undo_takes_one_edit_back_and_redo_brings_it_again(layer):
    stack, before = layer.undoStack(), by_id(layer)["G010040E46000N"].geometry().asWkt()
    grow(layer, "G010040E46000N")
    grow(layer, "G010000E46000N", 0.5)
    assert stack.count() == 2
    stack.undo()
    stack.undo()
    assert by_id(layer)["G010040E46000N"].geometry().asWkt() == before
    assert not layer.isModified()
    stack.redo()
    assert layer.commitChanges(False)
    assert by_id(layer)["G010040E46000N"]["edit_state"] == "edited"
    assert by_id(layer)["G010000E46000N"]["edit_state"] == "model"


def test_undone_edits_leave_no_trace_at_commit(layer):
    grow(layer, "G010040E46000N")
    layer.undoStack().undo()
    with one_undo_step(layer, "note"):
        layer.changeAttributeValue(by_id(layer)["G010013E46000N"].id(), layer.fields().lookupField("note"), "x")
    assert layer.commitChanges(False)
    assert by_id(layer)["G010040E46000N"]["edit_state"] == "model"
    assert by_id(layer)["G010040E46000N"]["edited_by"] in (None, NULL)


def test_the_last_tool_is_the_one_recorded(layer):
    grow(layer, "G010040E46000N", 2, "Moved vertex")
    grow(layer, "G010040E46000N", 3, "Reshape")
    grow(layer, "G010040E46000N", 4, "Add ring")
    layer.undoStack().undo()
    assert layer.commitChanges(False)
    assert by_id(layer)["G010040E46000N"]["edited_with"] == "Reshape"


def test_commit_leaves_no_step_behind(layer):
    grow(layer, "G010040E46000N")
    assert layer.commitChanges(False)
    assert layer.undoStack().count() == 0
    assert not layer.isModified()


def test_a_drawn_outline_gets_everything(layer):
    layer.beginEditCommand("Feature added")
    new = QgsVectorLayerUtils.createFeature(layer, QgsGeometry.fromWkt(square(X + 6000, Y)))
    assert layer.addFeature(new)
    layer.endEditCommand()
    assert layer.commitChanges(False)
    assert layer.featureCount() == 4
    new = next(f for f in layer.getFeatures() if f["edit_state"] == "added")
    assert re.fullmatch(r"G\d{6}E\d{5}N", new["outline_id"])
    assert new["area_km2"] == pytest.approx(1.0, rel=1.5e-3)
    assert new["perimeter_m"] == pytest.approx(4000, rel=1e-3)
    assert (new["edit_state"], new["review"], new["analyst"]) == ("added", "open", "Grace")
    assert (new["sources"], new["src_date"]) == ("S2 Aletsch", "2025-08-20")
    assert new["confidence"] in (None, NULL)
    assert new["area_min_km2"] in (None, NULL)


def test_the_id_of_a_drawn_outline_says_where_it_lies(layer):
    new = QgsVectorLayerUtils.createFeature(layer, QgsGeometry.fromWkt(square(499_500, 5_094_000)))
    with one_undo_step(layer, "Feature added"):
        layer.addFeature(new)
    layer.commitChanges(False)
    # the central meridian of zone 32 is 9 degrees east; northing 5,094,500 m there is latitude 46.00407 (pyproj)
    assert "G009000E46004N" in by_id(layer)


def test_a_split_keeps_one_id_and_makes_one(layer):
    layer.beginEditCommand("Features split")
    layer.splitFeatures([QgsPointXY(X + 400, Y - 10), QgsPointXY(X + 400, Y + 1010)], False)
    layer.endEditCommand()
    assert len(layer.undoStack().text(0)) > 0
    assert layer.undoStack().count() == 1
    assert layer.commitChanges(False)
    parts = [f for f in layer.getFeatures() if f.geometry().boundingBox().xMaximum() <= X + 1001]
    assert len({f["outline_id"] for f in parts}) == 2
    assert "G010000E46000N" in {f["outline_id"] for f in parts}
    assert sorted(round(f["area_km2"], 1) for f in parts) == [0.4, 0.6]
    assert {f["edit_state"] for f in parts} == {"edited"}
    kept = next(f for f in parts if f["outline_id"] == "G010000E46000N")
    other = next(f for f in parts if f is not kept)
    assert (kept["review"], other["review"]) == ("accepted", "open")
    assert other["model"] == "band-ratio"


def test_undo_of_a_split_is_one_step(layer):
    layer.beginEditCommand("Features split")
    layer.splitFeatures([QgsPointXY(X + 400, Y - 10), QgsPointXY(X + 400, Y + 1010)], False)
    layer.endEditCommand()
    layer.undoStack().undo()
    assert not layer.isModified()
    assert layer.featureCount() == 3


def merge(layer):
    """Join the first two outlines as QGIS's tool does: a new feature, the old ones gone."""
    one, two = by_id(layer)["G010000E46000N"], by_id(layer)["G010013E46000N"]
    joined = QgsFeature(one)
    joined.setGeometry(one.geometry().combine(two.geometry()))
    layer.beginEditCommand("Merged features")
    assert layer.deleteFeature(one.id())
    assert layer.deleteFeature(two.id())
    assert layer.addFeature(joined)
    layer.endEditCommand()


def test_a_merge_must_be_reviewed_again(layer):
    merge(layer)
    assert layer.commitChanges(False)
    joined = by_id(layer)["G010000E46000N"]
    assert (joined["review"], joined["edit_state"]) == ("open", "edited")
    assert joined["area_km2"] == pytest.approx(2.0, rel=1.5e-3)
    assert layer.featureCount() == 2


def test_a_merge_into_one_of_the_outlines_must_be_reviewed_again(layer):
    one, two = by_id(layer)["G010000E46000N"], by_id(layer)["G010013E46000N"]
    layer.beginEditCommand("Merged features")
    layer.deleteFeature(two.id())
    layer.changeGeometry(one.id(), one.geometry().combine(two.geometry()))
    layer.endEditCommand()
    assert layer.commitChanges(False)
    assert by_id(layer)["G010000E46000N"]["review"] == "open"


def test_a_verdict_after_the_merge_stays(layer):
    merge(layer)
    with one_undo_step(layer, "Accept outline"):
        fid = by_id(layer)["G010000E46000N"].id()
        layer.changeAttributeValue(fid, layer.fields().lookupField("review"), "rejected")
    assert layer.commitChanges(False)
    assert by_id(layer)["G010000E46000N"]["review"] == "rejected"


def test_a_pasted_copy_gets_an_id_of_its_own(layer):
    copy = QgsFeature(by_id(layer)["G010040E46000N"])
    copy.setId(0)
    copy[0] = NULL
    copy.setGeometry(QgsGeometry.fromWkt(square(X + 8000, Y)))
    with one_undo_step(layer, "Paste features"):
        layer.addFeature(copy)
    assert layer.commitChanges(False)
    assert layer.featureCount() == 4
    assert len(by_id(layer)) == 4


def test_an_edit_of_several_parts_becomes_several_outlines_and_is_told(layer, told):
    feature = by_id(layer)["G010040E46000N"]
    parts = f"MULTIPOLYGON(({square(X + 3000, Y)[8:-1]}), ({square(X + 5000, Y, 500)[8:-1]}))"
    with one_undo_step(layer, "Add part"):
        layer.changeGeometry(feature.id(), QgsGeometry.fromWkt(parts))
    assert layer.commitChanges(False)
    settle()
    assert layer.featureCount() == 4
    assert all(len(f.geometry().asGeometryCollection()) == 1 for f in layer.getFeatures())
    areas = sorted(round(f["area_km2"], 2) for f in layer.getFeatures())
    assert areas == [0.25, 1.0, 1.0, 1.0]
    assert [ids for _, _, ids in told.lines] == [["G010040E46000N"]]
    assert "several parts" in told.lines[0][0]


def test_an_outline_that_crosses_itself_is_saved_and_told(layer, told):
    feature = by_id(layer)["G010040E46000N"]
    bow = f"POLYGON(({X} {Y}, {X + 100} {Y + 100}, {X + 100} {Y}, {X} {Y + 100}, {X} {Y}))"
    with one_undo_step(layer, "Moved vertex"):
        layer.changeGeometry(feature.id(), QgsGeometry.fromWkt(bow))
    assert layer.commitChanges(False)
    settle()
    assert [ids for _, _, ids in told.lines] == [["G010040E46000N"]]
    assert "an edited outline of “Glacier outlines” crosses itself" in told.lines[0][0]


def test_a_commit_that_fails_leaves_the_edit_and_nothing_of_ours(layer, tmp_path):
    grow(layer, "G010040E46000N")
    lock = sqlite3.connect(tmp_path / "outlines.gpkg", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    try:
        assert not layer.commitChanges(False)
    finally:
        lock.execute("ROLLBACK")
        lock.close()
    settle()
    stack = layer.undoStack()
    assert (stack.count(), stack.index(), stack.text(0)) == (1, 1, "Moved vertex")
    assert by_id(layer)["G010040E46000N"]["area_km2"] == 1.0
    assert layer.commitChanges(False)
    assert by_id(layer)["G010040E46000N"]["area_km2"] == pytest.approx(2.0, rel=1.5e-3)


def test_rolling_back_forgets_the_edits(layer):
    grow(layer, "G010040E46000N")
    layer.rollBack()
    layer.startEditing()
    with one_undo_step(layer, "note"):
        layer.changeAttributeValue(by_id(layer)["G010013E46000N"].id(), layer.fields().lookupField("note"), "x")
    assert layer.commitChanges()
    assert {f["edit_state"] for f in layer.getFeatures()} == {"model"}


def test_restoring_an_edited_outline_is_one_step_and_no_edit(layer, editing):
    before = by_id(layer)["G010040E46000N"]
    grow(layer, "G010040E46000N")
    assert layer.commitChanges(False)
    editing.restore(layer, [("G010040E46000N", before.id())])
    assert layer.undoStack().count() == 1
    restored = by_id(layer)["G010040E46000N"]
    assert restored.geometry().equals(before.geometry())
    assert layer.commitChanges(False)
    restored = by_id(layer)["G010040E46000N"]
    assert (restored["edit_state"], restored["area_km2"], restored["note"]) == ("model", 1.0, "debris")
    assert restored["edited_by"] in (None, NULL)


def test_a_deleted_outline_comes_back_as_the_model_drew_it(layer, editing):
    layer.deleteFeature(by_id(layer)["G010040E46000N"].id())
    assert layer.commitChanges(False)
    assert layer.featureCount() == 2
    editing.restore(layer, [("G010040E46000N", None)])
    layer.undoStack().undo()
    assert layer.featureCount() == 2
    layer.undoStack().redo()
    assert layer.commitChanges(False)
    back = by_id(layer)["G010040E46000N"]
    assert (back["edit_state"], back["confidence"], back["review"]) == ("model", 0.8, "open")
    assert back.geometry().asWkt(0) == QgsGeometry.fromWkt(square(X + 3000, Y)).asWkt(0)


def test_a_restored_outline_that_is_edited_again_counts_as_edited(layer, editing):
    fid = by_id(layer)["G010040E46000N"].id()
    grow(layer, "G010040E46000N")
    editing.restore(layer, [("G010040E46000N", fid)])
    grow(layer, "G010040E46000N", 3, "Reshape")
    assert layer.commitChanges(False)
    assert by_id(layer)["G010040E46000N"]["edited_with"] == "Reshape"


def receivers(layer):
    """How many slots listen to the layer and the project, signal by signal."""
    project = QgsProject.instance()
    of_layer = [layer.geometryChanged, layer.featureAdded, layer.featureDeleted, layer.attributeValueChanged,
                layer.beforeCommitChanges, layer.afterCommitChanges, layer.editingStopped,
                layer.editCommandStarted, layer.dataChanged]  # fmt: skip
    of_project = [project.layersAdded, project.layersWillBeRemoved]
    return [*(layer.receivers(signal) for signal in of_layer), *(project.receivers(signal) for signal in of_project)]


def test_nothing_listens_after_stop(layer, told):
    other = OutlineEditing(QgsProject.instance(), lambda: "Nobody", told)
    before = receivers(layer)
    other.start()
    assert receivers(layer) == [count + 1 for count in before]
    other.stop()
    assert receivers(layer) == before


def test_a_layer_removed_while_edited_is_forgotten(layer, editing):
    grow(layer, "G010040E46000N")
    layer.rollBack()
    QgsProject.instance().removeMapLayer(layer.id())
    settle()
    assert editing.layers() == []


def paste(layer, feature, geometry):
    """Add a copy of a feature as a paste does."""
    layer.beginEditCommand("Paste features")
    attributes = dict(enumerate(feature.attributes()))
    attributes.pop(layer.fields().lookupField("fid"))
    assert layer.addFeature(QgsVectorLayerUtils.createFeature(layer, geometry, attributes))
    layer.endEditCommand()


def test_a_copy_pasted_onto_its_original_is_told_and_leaves_no_empty_shape(layer, told):
    before = layer.featureCount()
    paste(layer, by_id(layer)["G010000E46000N"], QgsGeometry())
    assert layer.featureCount() == before + 1
    assert layer.commitChanges(False)
    settle()
    assert layer.featureCount() == before
    assert sorted(feature["outline_id"] for feature in layer.getFeatures()) == sorted(by_id(layer))
    [(text, where, ids)] = told.lines
    assert "A copy pasted onto its original in “Glacier outlines” is not saved" in text
    assert (where, ids) == (layer, ["G010000E46000N"])
    assert by_id(layer)["G010000E46000N"]["review"] == "accepted"


def test_a_copy_pasted_beside_its_original_is_an_outline_of_its_own(layer, told):
    paste(layer, by_id(layer)["G010000E46000N"], QgsGeometry.fromWkt(square(X + 6000, Y, 500.0)))
    assert layer.commitChanges(False)
    settle()
    assert told.lines == []
    ids = [feature["outline_id"] for feature in layer.getFeatures()]
    assert len(set(ids)) == len(ids) == 4
    [copy] = [feature for feature in layer.getFeatures() if feature["edited_with"] == "Paste features"]
    assert (copy["review"], copy["edit_state"]) == ("open", "edited")
    assert copy["area_km2"] == pytest.approx(0.25, rel=2e-3)


def test_an_outline_whose_shape_was_emptied_is_told_and_kept(layer, told):
    layer.beginEditCommand("Cut")
    layer.changeGeometry(by_id(layer)["G010000E46000N"].id(), QgsGeometry())
    layer.endEditCommand()
    assert layer.commitChanges(False)
    settle()
    assert layer.featureCount() == 3
    assert ["has no shape" in text for text, _, _ in told.lines] == [True]
