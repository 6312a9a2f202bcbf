"""The review of a layer that has a filter, or whose columns come and go: hidden is not deleted, nothing breaks."""

from __future__ import annotations

import sys
from collections import Counter

import pytest
from outlines_maker import by_id, open_outlines, square, write_outlines
from qgis.core import QgsField, QgsGeometry, QgsProject
from qgis.gui import QgsMapCanvas
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QVariant
from qgis.PyQt.QtTest import QTest
from test_task_background import wait_until

from glacier_mapper.core.export_choice import Scope
from glacier_mapper.core.export_rules import Severity, check_export
from glacier_mapper.core.file_errors import MissingColumnError, OutlineNotDeletedError
from glacier_mapper.core.outline_fields import Review
from glacier_mapper.core.review_list import DELETED
from glacier_mapper.gui.review_panel import ReviewPanel
from glacier_mapper.qgis_io.edits import done, one_undo_step
from glacier_mapper.qgis_io.export_source import capture_source, read_state, stop_when
from glacier_mapper.qgis_io.outline_form import NEEDED
from glacier_mapper.workflow.edit_outline import OutlineEditing
from glacier_mapper.workflow.review_outlines import ReviewHooks, ReviewOutlines

X, Y = 600_000.0, 5_150_000.0
STARTED = []
"""The review and the editing at work."""
OPEN_ONLY = "\"review\" <> 'rejected'"


class Told:
    """What was said, and whatever was raised in a slot."""

    def __init__(self):
        self.errors, self.lines, self.raised = [], [], []

    def show_error(self, error):
        self.errors.append(error)

    def show_outlines(self, text, layer, outline_ids):
        self.lines.append((text, outline_ids))


@pytest.fixture
def told(monkeypatch):
    found = Told()
    monkeypatch.setattr(sys, "excepthook", lambda kind, value, trace: found.raised.append(value))
    yield found
    assert found.raised == []


@pytest.fixture
def layer(tmp_path):
    """Six squares, "a" to "f"; the last two are rejected."""
    outlines = [
        {"outline_id": name, "wkt": square(X + 3000 * place, Y), "review": "rejected" if name in "ef" else "open"}
        for place, name in enumerate("abcdef")
    ]
    return open_outlines(write_outlines(tmp_path / "outlines.gpkg", outlines))


@pytest.fixture
def panel(qgis_app):
    found = ReviewPanel()
    found.show()
    yield found
    found.close()
    sip.delete(found)


@pytest.fixture
def review(panel, layer, told, qgis_new_project):
    project, canvas = QgsProject.instance(), QgsMapCanvas()
    editing = OutlineEditing(project, lambda: "Grace", told)
    editing.start()
    found = ReviewOutlines(project, canvas, panel, editing, ReviewHooks(show_error=told.show_error))
    found.start()
    project.addMapLayer(layer)
    wait_until(lambda: len(panel.model.rows) == 6)
    STARTED.append((found, editing))
    yield found, editing
    STARTED.clear()
    layer.rollBack()
    found.stop()
    editing.stop()
    project.removeAllMapLayers()
    sip.delete(canvas)


def settle():
    """Wait until what changed is told and read."""
    QTest.qWait(20)
    wait_until(lambda: not any(found._turns.is_busy for found, _ in STARTED))
    wait_until(lambda: not any(one._later.isActive() for _, editing in STARTED for one in editing._watches.values()))
    wait_until(lambda: not any(found._turns.is_busy for found, _ in STARTED))


def states(panel):
    return {row.outline_id: row.state for row in panel.model.rows}


def row_of(panel, name):
    return next(row for row in panel.model.rows if row.outline_id == name)


def filtered(layer):
    assert layer.setSubsetString(OPEN_ONLY)
    settle()
    assert layer.startEditing()


def reshape(layer, name, text="Reshape"):
    feature = by_id(layer)[name]
    box = feature.geometry().boundingBox()
    with one_undo_step(layer, text):
        shape = QgsGeometry.fromWkt(square(box.xMinimum(), box.yMinimum(), 500))
        done(layer.changeGeometry(feature.id(), shape), layer)


def test_what_a_filter_hides_is_not_deleted(review, panel, layer):
    filtered(layer)
    assert states(panel) == dict.fromkeys("abcd", "open")
    assert panel.summary.hidden.text() == "2 hidden by the layer's filter"
    assert panel.summary.hidden.isVisible()
    layer.deleteFeature(by_id(layer)["c"].id())
    settle()
    assert states(panel) == {"a": "open", "b": "open", "d": "open", "c": DELETED}
    layer.rollBack()
    layer.setSubsetString("")
    settle()
    assert set(states(panel)) == set("abcdef")
    assert not panel.summary.hidden.isVisible()


def test_with_all_hidden_the_page_says_why_it_is_empty(review, panel, layer):
    layer.setSubsetString("\"review\" = 'accepted'")
    settle()
    assert panel.empty.text() == "The layer's filter hides all outlines."
    assert panel.summary.hidden.text() == "6 hidden by the layer's filter"


@pytest.mark.parametrize("name", ["a", "e"], ids=["shown", "hidden"])
def test_a_restore_refuses_what_is_in_the_file(review, layer, name):
    _, editing = review
    filtered(layer)
    with pytest.raises(OutlineNotDeletedError, match="the layer's filter hides it"):
        editing.restore(layer, [(name, None)])
    assert not layer.isModified()


def test_a_deleted_outline_is_restored_once_under_a_filter(review, panel, layer, told):
    filtered(layer)
    layer.deleteFeature(by_id(layer)["c"].id())
    assert layer.commitChanges(False)
    settle()
    assert states(panel)["c"] == DELETED
    panel.restoreRequested.emit([row_of(panel, "c")])
    assert layer.commitChanges()
    layer.setSubsetString("")
    assert Counter(feature["outline_id"] for feature in layer.getFeatures()) == Counter("abcdef")
    assert told.errors == []


def test_a_copy_of_a_hidden_id_gets_an_id_of_its_own(review, layer):
    """The filter must not make an id look free."""
    filtered(layer)
    feature = by_id(layer)["a"]
    pasted = type(feature)(layer.fields())
    pasted.setGeometry(QgsGeometry.fromWkt(square(X, Y + 9000)))
    pasted["outline_id"], pasted["review"], pasted["edit_state"] = "e", "open", "model"
    with one_undo_step(layer, "Paste"):
        done(layer.addFeature(pasted), layer)
    assert layer.commitChanges()
    layer.setSubsetString("")
    names = Counter(one["outline_id"] for one in layer.getFeatures())
    assert (len(names), max(names.values())) == (7, 1)


def test_the_export_says_what_the_filter_leaves_out(review, layer):
    filtered(layer)
    found = check_export(read_state(capture_source(layer, QgsProject.instance()), Scope.ALL, 0, stop_when(bool)))
    (finding,) = [one for one in found if "filter" in one.message.template]
    assert finding.severity is Severity.WARNING
    assert str(finding.message) == "Outlines that the layer's filter hides and that are not exported: 2"


# Columns that come and go


def test_a_column_more_or_less_keeps_the_list_right(review, panel, layer, told):
    layer.startEditing()
    assert layer.deleteAttribute(layer.fields().lookupField("perimeter_m"))  # before "review" in the table
    settle()
    assert states(panel) == {**dict.fromkeys("abcd", "open"), **dict.fromkeys("ef", "rejected")}
    assert layer.addAttribute(QgsField("mine", QVariant.Type.String))
    assert layer.commitChanges(False)
    settle()
    panel.verdictGiven.emit([row_of(panel, "a")], Review.ACCEPTED)
    settle()
    assert states(panel)["a"] == "accepted"
    assert by_id(layer)["a"]["review"] == "accepted"
    reshape(layer, "b")
    assert layer.commitChanges(False)
    edited = by_id(layer)["b"]
    assert (edited["edit_state"], edited["edited_by"]) == ("edited", "Grace")
    assert edited["area_km2"] == pytest.approx(0.25, rel=1.5e-3)
    assert told.errors == []


def test_measures_are_put_back_right_while_a_column_goes(review, layer):
    """The numbers of the columns differ between the layer and its file until the deletion is saved."""
    layer.startEditing()
    layer.deleteAttribute(layer.fields().lookupField("area_min_km2"))
    feature = by_id(layer)["a"]
    layer.changeAttributeValue(feature.id(), layer.fields().lookupField("unc_m"), 77.0)
    assert layer.commitChanges(False)
    assert by_id(layer)["a"]["unc_m"] == 10.0


@pytest.mark.parametrize("change", [f"{how} {name}" for how in ("delete", "rename") for name in NEEDED])
def test_a_needed_column_that_goes_is_named_once_and_nothing_breaks(review, panel, layer, told, change):
    how, name = change.split()
    layer.startEditing()
    index = layer.fields().lookupField(name)
    assert layer.deleteAttribute(index) if how == "delete" else layer.renameAttribute(index, "other")
    settle()
    (error,) = told.errors
    assert isinstance(error, MissingColumnError)
    assert str(error).startswith(f"“Glacier outlines” lacks columns that Glacier Mapper needs: {name}.")
    assert "Undo" in str(error)
    assert layer.commitChanges(False)
    settle()
    assert len(panel.model.rows) == 6
    assert DELETED not in [row.state for row in panel.model.rows]
    feature = next(layer.getFeatures())
    shape = QgsGeometry(feature.geometry())
    shape.translate(5, 5)
    with one_undo_step(layer, "Move"):
        done(layer.changeGeometry(feature.id(), shape), layer)
    assert layer.commitChanges(False)
    settle()
    assert layer.getFeature(feature.id())["edited_by"] == "Grace"
    assert len(told.errors) == 1


def test_a_needed_column_that_comes_back_is_as_before(review, panel, layer, told):
    layer.startEditing()
    layer.deleteAttribute(layer.fields().lookupField("review"))
    settle()
    layer.undoStack().undo()
    settle()
    assert states(panel) == {**dict.fromkeys("abcd", "open"), **dict.fromkeys("ef", "rejected")}
    assert len(told.errors) == 1


def test_a_verdict_or_an_export_without_its_column_is_refused_by_name(review, panel, layer, told):
    layer.startEditing()
    layer.deleteAttribute(layer.fields().lookupField("review"))
    settle()
    panel.verdictGiven.emit(panel.model.rows[:1], Review.ACCEPTED)
    assert [type(error) for error in told.errors] == [MissingColumnError] * 2
    with pytest.raises(MissingColumnError, match=r"needs: review\."):
        capture_source(layer, QgsProject.instance())
    assert layer.undoStack().count() == 1
