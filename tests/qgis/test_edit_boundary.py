"""The boundary layer shows no line that is no longer there."""

from __future__ import annotations

import pytest
from osgeo import ogr
from outlines_maker import by_id
from products_maker import make_products
from qgis.core import QgsGeometry, QgsProject, QgsVectorLayer
from qgis.PyQt.QtWidgets import QApplication

from glacier_mapper.qgis_io.layers import product_layer, show_result
from glacier_mapper.workflow.edit_outline import OutlineEditing


@pytest.fixture
def result(tmp_path):
    """Products with one outline "a" as the model drew it, and its boundary and original."""
    made = make_products(tmp_path / "run")
    dataset = ogr.Open(made.outlines, 1)
    dataset.ExecuteSQL("UPDATE outlines SET edit_state = 'model', review = 'open'")
    dataset.CopyLayer(dataset.GetLayerByName("outlines"), "originals")
    dataset = None
    return made


@pytest.fixture
def shown(result, qgis_new_project):
    """(editing, outlines, boundary) of a run in the project."""
    project = QgsProject.instance()
    editing = OutlineEditing(project, lambda: "Grace")
    editing.start()
    group = show_result(project, result, "Run")
    outlines, boundary = product_layer(group, "outlines"), product_layer(group, "boundary")
    outlines.startEditing()
    yield editing, outlines, boundary
    editing.stop()
    outlines.rollBack()
    project.removeAllMapLayers()


def sections(boundary):
    return sorted(feature["outline_id"] for feature in boundary.getFeatures())


def reshape(outlines):
    outlines.beginEditCommand("Reshape")
    outlines.changeGeometry(by_id(outlines)["a"].id(), QgsGeometry.fromWkt(
        "POLYGON((600010 5199990, 600060 5199990, 600060 5199960, 600010 5199960, 600010 5199990))"))
    outlines.endEditCommand()


def test_a_reshaped_outline_loses_its_sections_with_the_commit(shown):
    _, outlines, boundary = shown
    assert sections(boundary) == ["a"]
    reshape(outlines)
    outlines.undoStack().undo()
    assert outlines.commitChanges(False)
    assert sections(boundary) == ["a"]
    reshape(outlines)
    assert outlines.undoStack().count() == 1
    assert sections(boundary) == ["a"]  # not saved yet, and may be undone
    assert outlines.commitChanges(False)
    assert sections(boundary) == []
    assert boundary.featureCount() == 0


def test_a_deleted_outline_loses_its_sections_and_a_restored_one_has_them_again(shown):
    editing, outlines, boundary = shown
    outlines.deleteFeature(by_id(outlines)["a"].id())
    assert outlines.commitChanges(False)
    assert sections(boundary) == []
    editing.restore(outlines, [("a", None)])
    assert outlines.commitChanges(False)
    assert sections(boundary) == ["a"]


def test_a_verdict_and_a_restored_shape_keep_their_sections(shown):
    editing, outlines, boundary = shown
    reshape(outlines)
    assert outlines.commitChanges(False)
    feature = by_id(outlines)["a"]
    editing.restore(outlines, [("a", feature.id())])
    outlines.changeAttributeValue(feature.id(), outlines.fields().lookupField("review"), "accepted")
    assert outlines.commitChanges(False)
    assert sections(boundary) == ["a"]


def test_nothing_is_removed_from_the_file_and_the_map_is_drawn_again(shown, result):
    _, outlines, boundary = shown
    drawn = []
    boundary.repaintRequested.connect(lambda *_: drawn.append(1))
    reshape(outlines)
    assert outlines.commitChanges(False)
    QApplication.processEvents()
    assert drawn
    assert QgsVectorLayer(f"{result.outlines}|layername=boundary", "all", "ogr").featureCount() == 1
