"""The export dialog under real clicks, from the choice to the file."""

from __future__ import annotations

import sqlite3

import pytest
from osgeo import ogr
from outlines_maker import open_outlines, square, write_outlines
from qgis.core import QgsApplication, QgsCoordinateReferenceSystem, QgsGeometry, QgsProject
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QMessageBox, QScrollArea
from spanish import in_spanish

from glacier_mapper.core.export_choice import Scope
from glacier_mapper.gui.export_dialog import FRAME, ExportDialog
from glacier_mapper.qgis_io import export_writer
from glacier_mapper.workflow.edit_outline import OutlineEditing
from glacier_mapper.workflow.export_outlines import ExportOutlines

X, Y = 600_000.0, 5_150_000.0


class Told:
    def __init__(self):
        self.errors, self.files = [], []

    def show_error(self, error):
        self.errors.append(error)

    def show_exported(self, path, text):
        self.files.append((path, text))


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def layer(tmp_path):
    outlines = [
        {"outline_id": "a", "wkt": square(X, Y), "review": "accepted", "area_km2": 1.0005},
        {"outline_id": "b", "wkt": square(X + 4000, Y), "review": "rejected", "area_km2": 1.0005},
        {"outline_id": "c", "wkt": square(X + 8000, Y), "review": "open", "area_km2": 1.0005},
        {"outline_id": "d", "wkt": square(X + 8500, Y), "review": "open", "area_km2": 1.0005},
    ]
    return open_outlines(write_outlines(tmp_path / "outlines.gpkg", outlines))


@pytest.fixture
def canvas(layer):
    found = QgsMapCanvas()
    found.setDestinationCrs(layer.crs())
    yield found
    found.deleteLater()


@pytest.fixture
def exporting(layer, canvas, told, qgis_new_project):
    project = QgsProject.instance()
    editing = OutlineEditing(project, lambda: "Grace")
    editing.start()
    project.addMapLayer(layer)
    found = ExportOutlines(canvas, editing, ExportDialog, told, project)
    yield found
    found.stop()
    editing.stop()
    project.removeAllMapLayers()


@pytest.fixture
def dialog(exporting, layer, tmp_path):
    found = exporting.open(layer)
    found.file.setFilePath(str(tmp_path / "out.gpkg"))
    settle(found)
    return found


def wait(condition, ms=8000):
    for _ in range(ms // 20):
        if condition():
            return
        QTest.qWait(20)
    pytest.fail("waited in vain")


def settle(dialog):
    """Wait until the check has answered."""
    QTest.qWait(30)
    wait(lambda: dialog._checked)


def click(button):
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def choose(box, data):
    box.setCurrentIndex(box.findData(data))


def texts(dialog):
    tree = dialog.findings.tree
    return [tree.topLevelItem(i).text(0) for i in range(tree.topLevelItemCount())]


def count(path):
    dataset = ogr.Open(str(path))  # the layer lives no longer than its data set
    return dataset.GetLayer(0).GetFeatureCount()


def test_it_offers_formats_scopes_and_columns(dialog):
    assert [dialog.formats.itemText(i) for i in range(4)] == [
        "GeoPackage (.gpkg)", "ESRI Shapefile (.shp)", "GeoJSON (.geojson)", "FlatGeobuf (.fgb)",
    ]  # fmt: skip
    scopes = [dialog.scopes.itemText(i) for i in range(3)]
    assert scopes == ["Accepted only (1)", "All but the rejected (3)", "All (4)"]
    assert "fid" not in dialog.choice().fields
    assert len(dialog.choice().fields) == 18
    assert dialog.choice().crs == "EPSG:32632"


def test_a_click_exports_the_accepted_and_says_where(dialog, told, tmp_path):
    assert dialog.findings.verdict.text() == "The check found nothing wrong."
    click(dialog.export)
    wait(lambda: told.files)
    assert told.files[0][0] == str(tmp_path / "out.gpkg")
    assert "exported to" in told.files[0][1]
    assert count(tmp_path / "out.gpkg") == 1
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


def test_overlaps_are_found_shown_on_the_map_and_block(dialog, canvas):
    choose(dialog.scopes, Scope.NOT_REJECTED.value)
    settle(dialog)
    assert texts(dialog) == ["Pairs of outlines that overlap: 1", "Outlines that nobody has reviewed: 2"]
    assert not dialog.export.isEnabled()
    click(dialog.findings.zoom)
    assert canvas.extent().center().x() == pytest.approx(X + 8750)


def test_export_anyway_is_a_decision(dialog, told, tmp_path):
    choose(dialog.scopes, Scope.ALL.value)
    settle(dialog)
    click_check(dialog.findings.anyway)
    assert dialog.choice().anyway
    click(dialog.export)
    wait(lambda: told.files)
    assert count(tmp_path / "out.gpkg") == 4


def test_with_nothing_accepted_it_says_what_to_do_and_nothing_can_be_exported(dialog, layer):
    layer.startEditing()
    layer.changeAttributeValue(1, layer.fields().lookupField("review"), "open")
    layer.commitChanges()
    wait(lambda: texts(dialog) and dialog._checked)
    assert texts(dialog) == ["Nothing is accepted yet: accept outlines in the review list or choose All."]
    assert dialog.findings.verdict.text() == "There is nothing to export."
    assert not dialog.findings.anyway.isVisible()
    assert not dialog.export.isEnabled()
    dialog.findings.anyway.setChecked(True)
    assert not dialog.export.isEnabled()
    choose(dialog.scopes, Scope.ALL.value)
    settle(dialog)
    assert dialog.findings.anyway.isVisible()
    assert dialog.export.isEnabled()


def test_it_fits_a_small_desktop_and_scrolls(dialog):
    small = QSize(800, 500) - FRAME
    dialog.resize(small)
    QTest.qWait(30)
    assert (dialog.width(), dialog.height()) == (small.width(), small.height())
    for button in (dialog.export, dialog.close_button):
        corner = button.mapTo(dialog, button.rect().bottomRight())
        assert dialog.rect().contains(corner)
    area = dialog.findChild(QScrollArea)
    area.ensureWidgetVisible(dialog.findings.anyway)
    assert dialog.minimumSizeHint().height() <= small.height()
    assert dialog.minimumSizeHint().width() <= small.width()


def click_check(box):
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=box.rect().center() - box.rect().center() / 1.05)


def test_warnings_alone_do_not_block(dialog, layer):
    layer.startEditing()
    layer.changeAttributeValue(1, layer.fields().lookupField("src_date"), None)
    layer.commitChanges()
    settle_again(dialog)
    assert texts(dialog) == ["Outlines without source date: 1"]
    assert dialog.export.isEnabled()


def settle_again(dialog):
    dialog._checked = False
    settle(dialog)


def test_edits_are_checked_as_they_come(dialog, layer):
    layer.startEditing()
    layer.changeGeometry(1, QgsGeometry.fromWkt(square(X, Y, 1100)))
    settle_again(dialog)
    assert any("unsaved edits" in text for text in texts(dialog))
    assert not dialog.export.isEnabled()
    layer.commitChanges()
    settle_again(dialog)
    assert texts(dialog) == []


def test_unsaved_edits_are_saved_by_a_button_of_the_check(dialog, layer):
    save, tree = dialog.findings.save, dialog.findings.tree
    assert not save.isVisible()
    layer.startEditing()
    layer.changeGeometry(1, QgsGeometry.fromWkt(square(X, Y, 1100)))
    settle_again(dialog)
    assert save.isVisible()
    item = tree.topLevelItem(0)
    dialog.resize(500, dialog.height())
    QTest.qWait(50)
    room = tree.visualItemRect(item)
    assert tree.fontMetrics().horizontalAdvance(item.text(0)) > room.width() - 30
    assert room.height() >= 2 * tree.fontMetrics().lineSpacing()  # wrapped, not cut
    assert "Save them" in item.toolTip(0)
    click(save)
    assert not layer.isModified()
    assert layer.isEditable()
    settle_again(dialog)
    assert not save.isVisible()
    assert dialog.export.isEnabled()
    layer.commitChanges()


def test_edits_that_cannot_be_saved_are_told_and_kept(dialog, layer):
    layer.startEditing()
    layer.changeGeometry(1, QgsGeometry.fromWkt(square(X, Y, 1100)))
    settle_again(dialog)
    connection = sqlite3.connect(layer.source().split("|")[0])
    connection.execute("CREATE TRIGGER deny BEFORE UPDATE ON outlines BEGIN SELECT RAISE(ABORT, 'denied'); END")
    connection.commit()
    connection.close()
    click(dialog.findings.save)
    assert layer.isModified()
    assert "can't be written" in dialog.error.text()
    layer.rollBack()


def test_the_format_brings_its_suffix_crs_and_names(dialog, tmp_path):
    choose(dialog.formats, "shp")
    assert dialog.choice().path == str(tmp_path / "out.shp")
    assert "Perimeter (m) → perimeter" in [dialog.fields.list.item(i).text() for i in range(18)]
    assert dialog.names.isVisible()
    choose(dialog.formats, "geojson")
    assert dialog.choice().path == str(tmp_path / "out.geojson")
    assert (dialog.choice().crs, dialog.crs.isEnabled()) == ("EPSG:4326", False)
    choose(dialog.formats, "gpkg")
    assert (dialog.choice().crs, dialog.crs.isEnabled()) == ("EPSG:32632", True)
    assert not dialog.names.isVisible()


def test_columns_are_chosen_by_check_box(dialog, told, tmp_path):
    click(dialog.fields.none)
    assert not dialog.export.isEnabled()
    dialog.fields.list.item(1).setCheckState(Qt.CheckState.Checked)
    assert dialog.choice().fields == ("area_km2",)
    click(dialog.export)
    wait(lambda: told.files)
    dataset = ogr.Open(str(tmp_path / "out.gpkg"))
    assert [list(feature.keys()) for feature in dataset.GetLayer(0)] == [["area_km2"]]


def test_another_crs_is_written(dialog, told, tmp_path):
    dialog.crs.setCrs(QgsCoordinateReferenceSystem("EPSG:2056"))
    click(dialog.export)
    wait(lambda: told.files)
    dataset = ogr.Open(str(tmp_path / "out.gpkg"))
    assert dataset.GetLayer(0).GetSpatialRef().GetAuthorityCode(None) == "2056"


@pytest.mark.parametrize("answer", ["No", "Yes"])
def test_it_asks_before_it_replaces_a_file(dialog, told, tmp_path, monkeypatch, answer):
    written = 1 if answer == "Yes" else 0
    (tmp_path / "out.gpkg").write_text("mine")
    asked = []

    def question(_parent, _title, text, _buttons, default):
        asked.append((text, default))
        return getattr(QMessageBox.StandardButton, answer)

    monkeypatch.setattr(QMessageBox, "question", question)
    click(dialog.export)
    QTest.qWait(50)
    if written:
        wait(lambda: told.files)
        assert count(tmp_path / "out.gpkg") == 1
    else:
        assert (tmp_path / "out.gpkg").read_text() == "mine"
    assert len(told.files) == written
    assert asked == [(f"{tmp_path / 'out.gpkg'} exists already. Replace it?", QMessageBox.StandardButton.No)]


def test_the_project_own_file_is_never_replaced(dialog, told, tmp_path):
    before = (tmp_path / "outlines.gpkg").read_bytes()
    dialog.file.setFilePath(str(tmp_path / "outlines.gpkg"))
    click(dialog.export)
    assert "the layer “Glacier outlines” of the project lies in it" in dialog.error.text()
    assert told.files == []
    assert (tmp_path / "outlines.gpkg").read_bytes() == before


def test_a_folder_that_cannot_be_written_is_told_and_the_dialog_stays(dialog, told, tmp_path):
    dialog.file.setFilePath(str(tmp_path / "nowhere" / "out.gpkg"))
    click(dialog.export)
    wait(lambda: told.errors)
    assert type(told.errors[0]).__name__ == "OutputNotWritableError"
    assert "nowhere" in dialog.error.text()
    assert "Choose another folder" in dialog.error.text()
    assert dialog.isVisible()
    assert dialog.export.isEnabled()


def test_a_running_export_can_be_cancelled(dialog, told, tmp_path, monkeypatch):
    real = export_writer._moved

    def slowly(feature, to_crs):
        QTest.qSleep(300)
        return real(feature, to_crs)

    monkeypatch.setattr(export_writer, "_moved", slowly)
    choose(dialog.scopes, Scope.ALL.value)
    settle(dialog)
    click_check(dialog.findings.anyway)
    click(dialog.export)
    QTest.qWait(100)
    assert dialog.progress.isVisible()
    assert not dialog.formats.isEnabled()
    click(dialog.cancel)
    wait(lambda: not dialog.progress.isVisible())
    assert dialog.error.text() == "Cancelled. Nothing was changed."
    assert (told.files, told.errors) == ([], [])
    assert not (tmp_path / "out.gpkg").exists()
    assert not any(file.name.startswith(".") for file in tmp_path.iterdir())


def test_escape_closes_and_lets_go(dialog, exporting, layer):
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    QTest.qWait(50)
    assert exporting._dialog is None
    layer.startEditing()
    layer.changeGeometry(1, QgsGeometry.fromWkt(square(X, Y, 1100)))
    QTest.qWait(50)
    layer.rollBack()


def test_the_layer_removed_while_the_dialog_is_open(dialog, exporting, layer):
    QgsProject.instance().removeMapLayer(layer.id())
    QTest.qWait(50)
    click(dialog.export)
    assert "is no longer in the project" in dialog.error.text()


def test_without_outlines_it_says_so(exporting, told, layer):
    QgsProject.instance().removeMapLayer(layer.id())
    assert exporting.open() is None
    assert [type(error).__name__ for error in told.errors] == ["LayerGoneError"]


def test_a_second_opening_replaces_the_first(dialog, exporting):
    again = exporting.open()
    assert again is not dialog
    settle(again)
    assert QgsApplication.taskManager().countActiveTasks() == 0


def test_everything_is_labelled_for_keys_and_ears(dialog):
    for widget in (dialog.formats, dialog.file, dialog.crs, dialog.scopes, dialog.findings.tree, dialog.fields.list):
        assert widget.accessibleName()
    assert dialog.export.isDefault()


def test_a_folder_of_that_name_is_refused_before_anything_is_asked(dialog, told, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(QMessageBox, "question", lambda *args: asked.append(args) or QMessageBox.StandardButton.No)
    (tmp_path / "out.gpkg").mkdir()
    (tmp_path / "out.gpkg" / "thesis.txt").write_text("precious")
    click(dialog.export)
    assert "a folder has that name" in dialog.error.text()
    assert "Choose another file name" in dialog.error.text()
    assert (tmp_path / "out.gpkg" / "thesis.txt").read_text() == "precious"
    assert (asked, told.files) == ([], [])


def test_a_name_without_a_folder_goes_beside_the_layer_and_the_whole_path_is_told(dialog, told, tmp_path):
    dialog.file.setFilePath("mine.gpkg")
    click(dialog.export)
    wait(lambda: told.files)
    assert told.files[0][0] == str(tmp_path / "mine.gpkg")
    assert str(tmp_path / "mine.gpkg") in told.files[0][1]
    assert count(tmp_path / "mine.gpkg") == 1


def test_the_close_button_is_in_the_language_of_the_rest(qgis_app, tmp_path):
    with in_spanish(tmp_path):
        dialog = ExportDialog()
        assert dialog.close_button.text().replace("&", "") == "Cerrar"
        dialog.deleteLater()
