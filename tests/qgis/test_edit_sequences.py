"""Edits in any order: undo leads back to the start exactly, redo forth, and the list never tells what is not so."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from outlines_maker import by_id, open_outlines, read_rows, square, write_outlines
from qgis.core import NULL, QgsGeometry, QgsPointXY, QgsProject, QgsVectorLayerUtils

from glacier_mapper.core.edit_journal import Change
from glacier_mapper.core.outline_fields import Review
from glacier_mapper.qgis_io.edits import done, one_undo_step
from glacier_mapper.qgis_io.measure import OutlineRuler
from glacier_mapper.qgis_io.originals import Originals
from glacier_mapper.workflow.edit_outline import OutlineEditing

X, Y = 600_000.0, 5_150_000.0
SEEDS = range(6)
STEPS = 25
VERDICTS = [review.value for review in Review]


@pytest.fixture
def editing(qgis_new_project):
    found = OutlineEditing(QgsProject.instance(), lambda: "Grace")
    found.start()
    yield found
    found.stop()
    QgsProject.instance().removeAllMapLayers()


@pytest.fixture
def layer(editing, tmp_path):
    """Nine squares of 1 km side, 2 km apart."""
    outlines = [
        {"outline_id": f"G{number}", "wkt": square(X + number % 3 * 2000, Y + number // 3 * 2000), "note": f"n{number}"}
        for number in range(9)
    ]
    found = open_outlines(write_outlines(tmp_path / "outlines.gpkg", outlines))
    QgsProject.instance().addMapLayer(found)
    found.startEditing()
    yield found
    found.rollBack()


def picture(layer):
    """All that a layer holds, unsaved edits included: shape and columns by feature id."""
    return {f.id(): (f.geometry().asWkt(3), [_plain(value) for value in f.attributes()]) for f in layer.getFeatures()}


def _plain(value):
    return None if value is None or value == NULL else value


class Hand:
    """An analyst who does anything at random; every call is one undo step."""

    def __init__(self, layer, editing, seed):
        self.layer, self.editing, self.dice = layer, editing, random.Random(seed)  # noqa: S311 (no secret)
        self.moves = [self.add, self.reshape, self.split, self.delete, self.verdict, self.note, self.restore, self.hole]

    def move(self):
        """Do one thing; its name."""
        chosen = self.dice.choice(self.moves)
        return chosen.__name__ if chosen() is not False else ""

    def pick(self):
        return self.dice.choice(sorted(self.layer.getFeatures(), key=lambda feature: feature.id()))

    def change(self, text, fid, geometry):
        with one_undo_step(self.layer, text):
            done(self.layer.changeGeometry(fid, geometry), self.layer)

    def add(self):
        place = QgsGeometry.fromWkt(square(X + self.dice.uniform(10_000, 20_000), Y, self.dice.uniform(100, 900)))
        with one_undo_step(self.layer, "Feature added"):
            feature = QgsVectorLayerUtils.createFeature(self.layer, place)
            done(self.layer.addFeature(feature), self.layer)

    def reshape(self):
        feature = self.pick()
        box = feature.geometry().boundingBox()
        box.setXMaximum(box.xMinimum() + self.dice.uniform(200, 1000))
        self.change("Reshape", feature.id(), QgsGeometry.fromRect(box))

    def split(self):
        box = self.pick().geometry().boundingBox()
        x = box.xMinimum() + self.dice.uniform(0.2, 0.8) * box.width()
        line = [QgsPointXY(x, box.yMinimum() - 1), QgsPointXY(x, box.yMaximum() + 1)]
        self.layer.beginEditCommand("Features split")
        self.layer.splitFeatures(line, False)
        self.layer.endEditCommand()

    def delete(self):
        if self.layer.featureCount() < 3:
            return False
        with one_undo_step(self.layer, "Delete"):
            done(self.layer.deleteFeature(self.pick().id()), self.layer)
        return True

    def verdict(self):
        feature, index = self.pick(), self.layer.fields().lookupField("review")
        with one_undo_step(self.layer, "Verdict"):
            done(self.layer.changeAttributeValue(feature.id(), index, self.dice.choice(VERDICTS)), self.layer)

    def note(self):
        feature, index = self.pick(), self.layer.fields().lookupField("note")
        with one_undo_step(self.layer, "Note"):
            done(self.layer.changeAttributeValue(feature.id(), index, str(self.dice.random())), self.layer)

    def hole(self):
        feature = self.pick()
        box = feature.geometry().boundingBox()
        box.scale(0.5)
        self.change("Add ring", feature.id(), feature.geometry().difference(QgsGeometry.fromRect(box)))

    def restore(self):
        known = {f"G{number}" for number in range(9)}
        there = [feature for feature in self.layer.getFeatures() if feature["outline_id"] in known]
        if not there:
            return False
        chosen = self.dice.choice(sorted(there, key=lambda feature: feature.id()))
        self.editing.restore(self.layer, [(chosen["outline_id"], chosen.id())])
        return True


@pytest.mark.parametrize("seed", SEEDS)
def test_undo_to_the_start_and_redo_to_the_end_are_exact(layer, editing, seed):
    hand, stack = Hand(layer, editing, seed), layer.undoStack()
    pictures = [picture(layer)]
    while stack.count() < STEPS:
        if hand.move():
            pictures.append(picture(layer))
    assert stack.count() == len(pictures) - 1
    for expected in reversed(pictures[:-1]):
        stack.undo()
        assert picture(layer) == expected
    assert not layer.isModified()
    for expected in pictures[1:]:
        stack.redo()
        assert picture(layer) == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_the_list_read_bit_by_bit_is_the_list_read_anew(layer, editing, seed):
    watch, originals = editing.watch_of(layer), Originals(layer)
    rows = read_rows(watch, originals)
    hand, stack = Hand(layer, editing, 100 + seed), layer.undoStack()
    for _ in range(STEPS):
        if hand.dice.random() < 0.3:
            stack.setIndex(hand.dice.randint(0, stack.count()))
        else:
            hand.move()
        assert rows.update() is not None
        found = sorted(rows.rows(), key=_order)
        assert found == sorted(_fresh_rows(watch, originals), key=_order)


def _order(row):
    return row.is_deleted, row.fid


def _fresh_rows(watch, originals):
    """A second list of the same layer; what it takes from the watch is given back."""
    dirty = watch.take_dirty()
    fresh = read_rows(watch, originals).rows()
    watch._dirty = dirty
    return fresh


@pytest.mark.parametrize("seed", SEEDS)
def test_the_journal_knows_exactly_whose_shape_differs(layer, editing, seed):
    """Every outline whose shape is not the one of the start is touched; one never touched has its shape still."""
    hand, stack, journal = Hand(layer, editing, 200 + seed), layer.undoStack(), editing.watch_of(layer).journal
    before = {fid: shape for fid, (shape, _) in picture(layer).items()}
    for _ in range(STEPS):
        if hand.dice.random() < 0.3:
            stack.setIndex(hand.dice.randint(0, stack.count()))
        else:
            hand.move()
        touched = journal.touched(stack.index())
        for fid, (shape, _) in picture(layer).items():
            if shape != before.get(fid):
                assert fid in touched
        for fid in set(touched) & set(before):
            assert not touched[fid] & Change.ADDED or layer.getFeature(fid).isValid()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_commit_after_any_edits_leaves_books_that_are_right(layer, editing, seed):
    untouched = {f.id(): f.attributes() for f in layer.getFeatures()}
    hand = Hand(layer, editing, 300 + seed)
    for _ in range(STEPS):
        hand.move()
    touched = set(editing.watch_of(layer).journal.touched(layer.undoStack().index()))
    reviewed = {f.id(): f["review"] for f in layer.getFeatures()}
    noted = {f.id(): f["note"] for f in layer.getFeatures()}
    assert layer.commitChanges(False), layer.commitErrors()
    ruler = OutlineRuler(layer.crs(), QgsProject.instance().transformContext())
    ids = [feature["outline_id"] for feature in layer.getFeatures()]
    assert len(ids) == len(set(ids))
    for feature in layer.getFeatures():
        fid = feature.id()
        assert feature["outline_id"]
        if fid in untouched and fid not in touched:
            expected = untouched[fid]
            expected[layer.fields().lookupField("review")] = reviewed[fid]
            expected[layer.fields().lookupField("note")] = noted[fid]
            assert feature.attributes() == expected
        elif feature["edit_state"] != "model":
            assert feature["area_km2"] == pytest.approx(ruler.area_km2(feature.geometry()), rel=1e-9)
            assert feature["edited_by"] == "Grace"
            assert feature["area_min_km2"] in (None, NULL) or feature["area_min_km2"] <= feature["area_km2"]
        else:
            assert feature["edited_by"] in (None, NULL)


@pytest.mark.parametrize("seed", SEEDS)
def test_edits_rolled_back_were_never_there(layer, editing, seed):
    before = picture(layer)
    hand = Hand(layer, editing, 400 + seed)
    for _ in range(STEPS):
        hand.move()
    layer.rollBack()
    assert picture(layer) == before
    assert editing.watch_of(layer).journal.touched(10**6) == {}
    layer.startEditing()
    hand.verdict()
    assert layer.commitChanges(False)
    assert {feature["edit_state"] for feature in layer.getFeatures()} == {"model"}


def test_what_the_list_says_of_an_edit_is_what_the_commit_writes(layer, editing):
    watch, originals = editing.watch_of(layer), Originals(layer)
    hand = Hand(layer, editing, 7)
    rows = read_rows(watch, originals)
    for move in (hand.reshape, hand.split, hand.verdict, hand.hole, hand.restore, hand.delete, hand.reshape):
        move()
    rows.update()
    told = {row.fid: row for row in rows.rows() if not row.is_deleted and row.fid > 0}
    assert layer.commitChanges(False)
    written = read_rows(watch, originals).rows()
    by_fid = {row.fid: row for row in written if not row.is_deleted}
    assert told
    for fid, row in told.items():
        found = by_fid[fid]
        assert found.area_km2 == pytest.approx(row.area_km2, rel=1e-9)
        assert replace(found, area_km2=0.0) == replace(row, area_km2=0.0)


def bare(layer, outline_id, side):
    """An edit outside any edit command, as a script makes it: a step without a text."""
    feature = by_id(layer)[outline_id]
    box = feature.geometry().boundingBox()
    assert layer.changeGeometry(feature.id(), QgsGeometry.fromWkt(square(box.xMinimum(), box.yMinimum(), side)))


def test_a_script_that_edits_without_steps_is_measured_too(layer):
    bare(layer, "G4", 500)
    assert layer.commitChanges(False)
    edited = by_id(layer)["G4"]
    # 0.25 km2 on the map; the scale of UTM 100 km off its meridian makes 0.05 % more on the ground
    assert edited["area_km2"] == pytest.approx(0.25, rel=1.5e-3)
    assert (edited["edit_state"], edited["edited_with"]) == ("edited", "QGIS")


def test_an_edit_without_a_text_after_an_undone_one_is_not_taken_for_a_redo(layer):
    bare(layer, "G4", 500)
    layer.undoStack().undo()
    bare(layer, "G5", 400)
    assert layer.commitChanges(False)
    edited = by_id(layer)
    assert (edited["G4"]["edit_state"], edited["G5"]["edit_state"]) == ("model", "edited")
    assert edited["G5"]["area_km2"] == pytest.approx(0.16, rel=1.5e-3)


def test_a_restore_that_is_redone_is_a_restore_still(layer, editing):
    bare(layer, "G4", 500)
    fid, stack = by_id(layer)["G4"].id(), layer.undoStack()
    editing.restore(layer, [("G4", fid)])
    stack.undo()
    stack.redo()
    assert editing.watch_of(layer).journal.is_restored(fid, stack.index())
    assert layer.commitChanges(False)
    assert by_id(layer)["G4"]["edit_state"] == "model"


def test_a_restore_of_what_the_model_never_drew_changes_nothing(layer, editing):
    from glacier_mapper.core.errors import InvalidOutlinesError

    before, fid = picture(layer), by_id(layer)["G1"].id()
    bare(layer, "G1", 300)
    changed = picture(layer)
    with pytest.raises(InvalidOutlinesError, match="The model drew no outline nobody"):
        editing.restore(layer, [("G1", fid), ("nobody", None)])
    assert picture(layer) == changed != before
    assert not editing.watch_of(layer).restoring
    assert layer.undoStack().count() == 1
