"""The review page under real keys and clicks, and the workflow behind it on a real layer and canvas."""

from __future__ import annotations

import pytest
from outlines_maker import by_id, open_outlines, square, write_outlines
from products_maker import make_products
from qgis.core import QgsGeometry, QgsProject
from qgis.gui import QgsMapCanvas
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QStyle
from test_task_background import wait_until

from glacier_mapper.core.outline_fields import Review
from glacier_mapper.core.review_list import DELETED, ReviewRow
from glacier_mapper.gui.review_delegate import GAP, dot_size
from glacier_mapper.gui.review_model import ROW_ROLE, Column, ReviewModel
from glacier_mapper.gui.review_panel import ReviewPanel
from glacier_mapper.qgis_io import turns
from glacier_mapper.qgis_io.layers import show_result
from glacier_mapper.workflow.edit_outline import OutlineEditing
from glacier_mapper.workflow.review_outlines import ReviewHooks, ReviewOutlines

X, Y = 600_000.0, 5_150_000.0
KEYS = {"A": "accepted", "R": "rejected", "W": "needs_work"}


def row(fid, area_km2, confidence=0.5, state="open", **more):
    return ReviewRow(fid, f"G00{fid}", area_km2, confidence, 10.0, state, **more)


@pytest.fixture
def panel(qgis_app):
    found = ReviewPanel()
    found.show_rows([row(1, 1.0), row(2, 3.0), row(3, 2.0, note="debris"), row(4, 9.0, state=DELETED)])
    found.show()
    QTest.qWaitForWindowExposed(found)
    QApplication.setActiveWindow(found)
    found.table.setFocus()
    yield found
    found.close()
    sip.delete(found)


class Heard(list):
    """Collects what a signal carries."""

    def __init__(self, signal):
        super().__init__()
        signal.connect(lambda *values: self.append(values))


def shown(panel):
    return [panel.filter.index(place, 0).data(ROW_ROLE).fid for place in range(panel.filter.rowCount())]


def current(panel):
    return [one.fid for one in panel.selected_rows()]


def press(panel, key):
    QTest.keyClick(panel.table, getattr(Qt.Key, f"Key_{key}"))
    QApplication.processEvents()


def click(button):
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    QApplication.processEvents()


def test_the_least_sure_area_is_on_top(panel):
    assert shown(panel) == [2, 3, 1]
    texts = [panel.filter.index(0, column).data() for column in Column]
    assert texts == ["1", "3.00", "0.50", "10", "Open"]


def test_next_and_previous_by_key_and_button(panel):
    zoomed = Heard(panel.currentChanged)
    press(panel, "N")
    press(panel, "N")
    assert current(panel) == [3]
    click(panel.card.next)
    press(panel, "N")
    assert current(panel) == [1]
    press(panel, "P")
    click(panel.card.previous)
    assert current(panel) == [2]
    assert [values[0].fid for values in zoomed] == [2, 3, 1, 3, 2]


def test_arrow_keys_move_too(panel):
    press(panel, "N")
    press(panel, "Down")
    assert current(panel) == [3]


@pytest.mark.parametrize("key", KEYS)
def test_a_verdict_by_key_goes_on_to_the_next(panel, key):
    given = Heard(panel.verdictGiven)
    press(panel, "N")
    press(panel, key)
    ((rows, review),) = given
    assert [one.fid for one in rows] == [2]
    assert review.value == KEYS[key]
    assert current(panel) == [3]


def test_a_verdict_by_button_stays_where_that_is_wished(panel):
    given = Heard(panel.verdictGiven)
    panel.advance.setChecked(False)
    press(panel, "N")
    click(panel.card.reject)
    assert given[0][1] is Review.REJECTED
    assert current(panel) == [2]


def test_several_outlines_get_one_verdict(panel):
    given = Heard(panel.verdictGiven)
    panel.table.selectAll()
    assert panel.card.title.full_text == "3 outlines selected"
    click(panel.card.accept)
    assert [one.fid for one in given[0][0]] == [2, 3, 1]


def test_letters_in_the_text_boxes_are_letters(panel):
    given, noted = Heard(panel.verdictGiven), Heard(panel.noteChanged)
    press(panel, "N")
    panel.card.note.setFocus()
    QTest.keyClicks(panel.card.note, "war on ice")
    assert given == []
    QTest.keyClick(panel.card.note, Qt.Key.Key_Return)
    assert [(one.fid, note) for one, note in noted] == [(2, "war on ice")]


def test_the_filter_by_state_and_text(panel):
    panel.states.setCurrentIndex(panel.states.findData(DELETED))
    assert shown(panel) == [4]
    panel.states.setCurrentIndex(panel.states.findData("all"))
    QTest.keyClicks(panel.search, "debris")
    assert shown(panel) == [3]
    QTest.keyClicks(panel.search, "zzz")
    assert not panel.table.isVisible()
    assert panel.empty.text() == "No outline fits the filter."


def test_counts_are_told(panel):
    judged = [row(2, 2.0, state="accepted"), row(3, 2.0, state="rejected")]
    panel.show_rows([row(1, 6.0), *judged, row(4, 1, state=DELETED)])
    assert panel.summary.counts.text() == "1 open · 1 accepted · 1 rejected · 1 deleted"
    assert panel.summary.area.text() == "40 % of 10.0 km² reviewed"
    assert panel.summary.bar.value() == 400


def test_the_selection_follows_an_outline_that_moves_in_the_list(panel):
    zoomed = Heard(panel.currentChanged)
    panel.select(1)
    panel.show_rows([row(1, 100.0), row(2, 3.0), row(3, 2.0)])
    assert shown(panel) == [1, 2, 3]
    assert current(panel) == [1]
    assert len(zoomed) == 1  # the map does not jump because values changed


def test_the_selection_follows_an_outline_that_gets_a_new_feature_id(panel):
    panel.show_rows([row(-2, 5.0), row(2, 3.0)])
    panel.select(-2)
    panel.show_rows([ReviewRow(17, "G00-2", 5.0, 0.5, 10.0, "open"), row(2, 3.0)])
    assert current(panel) == [17]


def test_changed_values_do_not_reset_the_view(panel):
    resets = Heard(panel.model.modelReset)
    panel.select(3)
    judged = row(2, 3.0, state="accepted")
    assert not panel.model.show_rows([row(1, 1.0), judged, row(3, 2.0), row(4, 9.0, state=DELETED)])
    assert resets == []
    assert panel.filter.index(0, Column.STATE).data() == "Accepted"
    assert current(panel) == [3]


def test_a_judged_outline_that_the_filter_hides_makes_room_for_the_next(panel):
    panel.states.setCurrentIndex(panel.states.findData("to_do"))
    states = {1: "open", 2: "open", 3: "open"}

    def judge(rows, review):
        states.update({one.fid: review.value for one in rows})
        panel.show_rows([row(1, 1.0, state=states[1]), row(2, 3.0, state=states[2]), row(3, 2.0, state=states[3])])

    panel.verdictGiven.connect(judge)
    press(panel, "N")
    press(panel, "A")
    assert (shown(panel), current(panel)) == ([3, 1], [3])
    press(panel, "R")
    press(panel, "W")
    assert (shown(panel), current(panel)) == ([1], [1])


@pytest.mark.parametrize("width", [300, 340, 480], ids=["narrowest", "usual", "wide"])
@pytest.mark.parametrize("points", [8, 10, 14], ids=["small font", "usual font", "large font"])
def test_area_and_state_are_never_cut(panel, width, points):
    font = panel.table.font()
    font.setPointSize(points)
    panel.table.setFont(font)
    panel.show_rows([row(1, 0.0834, state="needs_work"), row(2, 0.0512, state="accepted"), row(3, 88.51)])
    panel.resize(width, 700)
    QApplication.processEvents()
    table, metrics = panel.table, panel.table.fontMetrics()
    for column in (Column.RANK, Column.AREA, Column.UNCERTAINTY):
        room = table.columnWidth(column) - 2 * (table.style().pixelMetric(QStyle.PM_FocusFrameHMargin) + 1)
        words = [panel.filter.index(place, column).data() for place in range(3)]
        assert max(map(metrics.horizontalAdvance, words)) <= room, column.name
    text = table.columnWidth(Column.STATE) - dot_size(metrics) - 2 * GAP - 2
    assert metrics.horizontalAdvance("Needs work") <= text
    if points < 14:
        total = sum(map(table.columnWidth, Column))
        assert total <= table.viewport().width()
        assert table.columnWidth(Column.CONFIDENCE) >= metrics.horizontalAdvance("0.88") + GAP


def test_a_click_on_a_header_sorts(panel):
    panel.table.sortByColumn(Column.AREA, Qt.SortOrder.AscendingOrder)
    assert shown(panel) == [1, 3, 2]
    panel.table.sortByColumn(Column.RANK, Qt.SortOrder.AscendingOrder)
    assert shown(panel) == [2, 3, 1]


def test_buttons_are_off_where_they_make_no_sense(panel):
    panel.table.clearSelection()
    card = panel.card
    buttons = [card.accept, card.reject, card.needs_work, card.vertices, card.form, card.restore, card.zoom, card.note]
    assert [button.isEnabled() for button in buttons] == [False] * 8
    press(panel, "N")
    assert [button.isEnabled() for button in buttons] == [True] * 5 + [False, True, True]
    panel.states.setCurrentIndex(panel.states.findData(DELETED))
    press(panel, "N")
    assert [button.isEnabled() for button in buttons] == [False] * 5 + [True, True, False]


def test_one_outline_is_said_in_the_singular_in_spanish(qgis_app, spanish):
    found = ReviewPanel()
    found.show_rows([row(1, 1.0), row(2, 3.0, state="accepted"), row(3, 2.0, state="rejected")])
    assert found.summary.counts.text() == "1 abierto · 1 aceptado · 1 rechazado"
    found.show_rows([row(n, 1.0, state="accepted") for n in range(2)])
    assert found.summary.counts.text() == "0 abiertos · 2 aceptados"
    sip.delete(found)


def test_an_empty_page_says_what_to_do(panel):
    panel.show_rows([])
    assert panel.empty.text().startswith("Map glaciers first.")
    assert not panel.export.isEnabled()
    panel.step(1)
    assert current(panel) == []


def test_everything_has_a_name_for_those_who_listen(panel):
    card = panel.card
    named = [panel.layers, panel.states, panel.search, panel.table, panel.export, card.accept, card.note, card.zoom]
    assert all(widget.accessibleName() for widget in named)


def test_the_keyboard_reaches_everything_in_reading_order(panel):
    press(panel, "N")
    order, widget = [], panel.layers
    for _ in range(40):
        order.append(widget)
        widget = widget.nextInFocusChain()
    wanted = [panel.layers, panel.export, panel.states, panel.search, panel.table, panel.card.accept, panel.card.note]
    places = [order.index(one) for one in wanted if one in order]
    assert len(places) == len(wanted)


def test_a_model_of_nothing_answers():
    model = ReviewModel()
    assert (model.rowCount(), model.columnCount()) == (0, 5)
    assert model.headerData(0, Qt.Orientation.Vertical) is None
    assert model.headerData(Column.AREA, Qt.Orientation.Horizontal) == "km²"


# The workflow behind the page


class Hooks:
    def __init__(self):
        self.vertices, self.forms, self.errors, self.active = [], [], [], []
        self.hooks = ReviewHooks(
            self.vertices.append, lambda layer, feature: self.forms.append(feature.id()), self.errors.append,
            self.active.append,
        )  # fmt: skip


@pytest.fixture
def hooks():
    return Hooks()


@pytest.fixture
def layer(tmp_path):
    outlines = [
        {"outline_id": "small", "wkt": square(X, Y, 500), "area_km2": 0.25, "confidence": 0.9},
        {"outline_id": "big", "wkt": square(X + 1000, Y, 2000), "area_km2": 4.0, "confidence": 0.6},
        {"outline_id": "middle", "wkt": square(X + 9000, Y, 1000), "confidence": 0.5, "note": "lake?"},
    ]
    return open_outlines(write_outlines(tmp_path / "outlines.gpkg", outlines))


@pytest.fixture
def canvas(layer):
    found = QgsMapCanvas()
    found.resize(400, 400)
    found.setDestinationCrs(layer.crs())
    found.setLayers([layer])
    yield found
    sip.delete(found)


@pytest.fixture
def review(panel, layer, canvas, hooks, qgis_new_project):
    project = QgsProject.instance()
    editing = OutlineEditing(project, lambda: "Grace")
    editing.start()
    found = ReviewOutlines(project, canvas, panel, editing, hooks.hooks)
    found.start()
    project.addMapLayer(layer)
    wait_until(lambda: panel.model.rows)
    STARTED.append(found)
    yield found
    STARTED.clear()
    if not sip.isdeleted(layer):
        layer.rollBack()
    found.stop()
    editing.stop()
    project.removeAllMapLayers()


def names(panel):
    rows = [panel.filter.index(place, 0).data(ROW_ROLE) for place in range(panel.filter.rowCount())]
    return [one.outline_id for one in rows]


STARTED = []
"""The review at work."""


def settle():
    """Until what is read in turns has been read, however busy the machine is."""
    QTest.qWait(100)
    wait_until(lambda: not any(one._turns.is_busy for one in STARTED))


def test_a_layer_that_is_added_is_listed(review, panel):
    assert names(panel) == ["big", "middle", "small"]  # 1.6, 0.5, 0.025
    assert panel.layers.currentText() == "Glacier outlines"


def test_going_to_an_outline_shows_it(review, panel, canvas):
    press(panel, "N")
    centre = canvas.extent().center()
    assert (centre.x(), centre.y()) == pytest.approx((X + 2000, Y + 1000))
    assert canvas.extent().height() == pytest.approx(2600, rel=0.01)


def test_a_verdict_is_written_as_one_undo_step(review, panel, layer, hooks):
    press(panel, "N")
    press(panel, "A")
    assert layer.isEditable()
    assert by_id(layer)["big"]["review"] == "accepted"
    assert layer.undoStack().count() == 1
    assert layer.undoStack().text(0) == "Accept outline"
    assert hooks.active == [layer]
    layer.undoStack().undo()
    settle()
    assert by_id(layer)["big"]["review"] == "open"
    assert panel.summary.counts.text() == "3 open"


def test_a_verdict_on_all_is_one_undo_step(review, panel, layer):
    panel.table.selectAll()
    click(panel.card.reject)
    assert {f["review"] for f in layer.getFeatures()} == {"rejected"}
    assert layer.undoStack().count() == 1


def test_a_verdict_survives_the_commit_and_is_no_edit(review, panel, layer):
    press(panel, "N")
    press(panel, "W")
    assert layer.commitChanges()
    assert by_id(layer)["big"]["review"] == "needs_work"
    assert by_id(layer)["big"]["edit_state"] == "model"


def test_an_edit_on_the_map_shows_in_the_list_at_once(review, panel, layer):
    layer.startEditing()
    fid = by_id(layer)["small"].id()
    layer.beginEditCommand("Moved vertex")
    layer.changeGeometry(fid, QgsGeometry.fromWkt(square(X, Y + 5000, 3000)))
    layer.endEditCommand()
    settle()
    shown_row = next(one for one in panel.model.rows if one.outline_id == "small")
    assert shown_row.area_km2 == pytest.approx(9.0, rel=1.5e-3)
    assert shown_row.edit_state == "edited"
    layer.undoStack().undo()
    settle()
    assert next(one for one in panel.model.rows if one.outline_id == "small").area_km2 == 0.25


def test_a_note_is_written_and_undone(review, panel, layer):
    press(panel, "N")
    panel.card.note.setFocus()
    QTest.keyClicks(panel.card.note, "shadow")
    QTest.keyClick(panel.card.note, Qt.Key.Key_Return)
    assert by_id(layer)["big"]["note"] == "shadow"
    layer.undoStack().undo()
    assert by_id(layer)["big"]["note"] in (None, "")


def test_a_deleted_outline_is_listed_and_restored(review, panel, layer, canvas):
    layer.startEditing()
    layer.deleteFeature(by_id(layer)["big"].id())
    assert layer.commitChanges()
    settle()
    assert names(panel) == ["middle", "small"]
    panel.states.setCurrentIndex(panel.states.findData(DELETED))
    assert names(panel) == ["big"]
    panel.table.setFocus()
    press(panel, "N")
    assert canvas.extent().center().x() == pytest.approx(X + 2000)
    press(panel, "O")
    assert set(by_id(layer)) == {"big", "middle", "small"}
    assert layer.undoStack().count() == 1
    assert names(panel) == []
    assert layer.commitChanges()
    assert by_id(layer)["big"]["edit_state"] == "model"


def test_an_edited_outline_is_restored_by_key(review, panel, layer):
    layer.startEditing()
    fid = by_id(layer)["big"].id()
    layer.changeGeometry(fid, QgsGeometry.fromWkt(square(X, Y + 5000, 10)))
    layer.commitChanges(False)
    settle()
    panel.select(fid)
    assert panel.card.restore.isEnabled()
    press(panel, "O")
    assert by_id(layer)["big"].geometry().area() == pytest.approx(4e6)
    assert by_id(layer)["big"]["edit_state"] == "model"


def test_the_vertex_tool_starts_on_the_outline(review, panel, layer, hooks):
    press(panel, "N")
    press(panel, "V")
    assert layer.isEditable()
    assert layer.selectedFeatureIds() == [by_id(layer)["big"].id()]
    assert hooks.vertices == [layer]
    press(panel, "F")
    assert hooks.forms == [by_id(layer)["big"].id()]


def test_a_layer_that_cannot_be_edited_is_told(review, panel, layer, hooks):
    layer.setReadOnly(True)
    press(panel, "N")
    press(panel, "A")
    assert [type(error).__name__ for error in hooks.errors] == ["OutputNotWritableError"]
    assert "Glacier outlines" in str(hooks.errors[0])
    assert by_id(layer)["big"]["review"] == "open"


def test_a_layer_without_originals_says_so(panel, hooks, canvas, qgis_new_project, tmp_path):
    project = QgsProject.instance()
    path = write_outlines(tmp_path / "own.gpkg", [{"outline_id": "a", "wkt": square(X, Y)}], originals=[])
    layer = open_outlines(path)
    editing = OutlineEditing(project, lambda: "Grace")
    editing.start()
    found = ReviewOutlines(project, canvas, panel, editing, hooks.hooks)
    found.start()
    STARTED.append(found)
    project.addMapLayer(layer)
    layer.startEditing()
    layer.changeGeometry(1, QgsGeometry.fromWkt(square(X, Y, 10)))
    settle()
    panel.select(1)
    press(panel, "O")
    assert "The model drew no outline a" in str(hooks.errors[0])
    assert layer.undoStack().count() == 1
    layer.rollBack()
    found.stop()
    STARTED.clear()
    editing.stop()
    project.removeAllMapLayers()


def test_a_layer_that_is_removed_leaves_an_empty_page(review, panel, layer):
    press(panel, "N")
    QgsProject.instance().removeMapLayer(layer.id())
    settle()
    assert panel.model.rows == []
    press(panel, "A")
    assert panel.empty.text().startswith("Map glaciers first.")


def test_a_mapping_that_found_nothing_says_so_as_the_dock_does(review, panel, layer, tmp_path):
    QgsProject.instance().addMapLayer(open_outlines(write_outlines(tmp_path / "none.gpkg", []), "Nothing"))
    settle()
    assert panel.model.rows == []
    assert panel.empty.text() == "No glacier found. A lower threshold takes more."


def test_another_mapping_comes_to_the_front_and_the_old_one_can_be_chosen(review, panel, layer, tmp_path):
    path = write_outlines(tmp_path / "two.gpkg", [{"outline_id": "other", "wkt": square(X, Y)}])
    QgsProject.instance().addMapLayer(open_outlines(path, "Second mapping"))
    settle()
    assert names(panel) == ["other"]
    assert [panel.layers.itemText(i) for i in range(panel.layers.count())] == ["Glacier outlines", "Second mapping"]
    panel.layers.setCurrentIndex(0)
    panel.layers.activated.emit(0)
    settle()
    assert names(panel) == ["big", "middle", "small"]


MANY = 3000


@pytest.fixture
def many(tmp_path):
    """A large run: as many outlines, the least sure of each area first by its number."""
    outlines = [
        {"outline_id": f"G{n:05d}", "wkt": square(X + 20 * n, Y, 10), "area_km2": 1.0, "confidence": n / MANY}
        for n in range(MANY)
    ]
    return open_outlines(write_outlines(tmp_path / "many.gpkg", outlines), "Many")


class Clock:
    """A clock on which every look takes a quarter of a millisecond, whatever the machine does."""

    def __init__(self):
        self.now_s = 0.0

    def perf_counter(self):
        self.now_s += 0.00025
        return self.now_s


def test_a_large_run_is_read_in_short_turns(review, panel, many, monkeypatch):
    monkeypatch.setattr(turns, "time", Clock())
    beats, timer = [], QTimer()
    timer.timeout.connect(lambda: beats.append(1))
    timer.start(0)
    QgsProject.instance().addMapLayer(many)
    assert panel.model.rows == []
    assert panel.empty.text() == "Reading the outlines…"
    wait_until(lambda: panel.model.rows)
    timer.stop()
    settle()
    assert len(beats) >= MANY * 0.00025 / turns.TURN_S
    assert names(panel) == [f"G{n:05d}" for n in range(MANY)]
    assert panel.summary.counts.text() == f"{MANY} open"
    press(panel, "N")
    press(panel, "A")
    assert current(panel) == [2]
    assert by_id(many)["G00000"]["review"] == "accepted"


def test_a_commit_of_a_large_run_is_read_in_short_turns_and_the_selection_stays(review, panel, many):
    QgsProject.instance().addMapLayer(many)
    wait_until(lambda: panel.model.rows)
    press(panel, "N")
    press(panel, "A")
    selected = current(panel)
    assert many.commitChanges()
    many.startEditing()
    many.changeAttributeValue(3, many.fields().lookupField("note"), "while it is read")
    wait_until(lambda: any(one.note for one in panel.model.rows))
    assert current(panel) == selected
    assert panel.summary.counts.text() == f"{MANY - 1} open · 1 accepted"
    many.rollBack()


def test_a_layer_that_goes_while_it_is_read_leaves_the_other(review, panel, many):
    project = QgsProject.instance()
    project.addMapLayer(many)
    QTest.qWait(12)
    project.removeMapLayer(many.id())
    settle()
    assert names(panel) == ["big", "middle", "small"]


def offered(panel):
    return [panel.layers.itemText(place) for place in range(panel.layers.count())]


def test_two_runs_are_told_apart_by_their_titles(review, panel, tmp_path):
    project = QgsProject.instance()
    project.removeAllMapLayers()
    for number in (1, 2):
        show_result(project, make_products(tmp_path / f"run{number}"), f"Glaciers 2021-08-20 ({number})")
        settle()
    assert offered(panel) == ["Glaciers 2021-08-20 (1)", "Glaciers 2021-08-20 (2)"]
    assert panel.layers.currentText() == "Glaciers 2021-08-20 (2)"
    project.layerTreeRoot().findGroup("Glaciers 2021-08-20 (1)").setName("Aletsch")
    settle()
    assert offered(panel)[0] == "Aletsch"
    assert panel.layers.currentText() == "Glaciers 2021-08-20 (2)"


def test_two_layers_of_one_group_are_told_apart_by_their_names(review, panel, layer, tmp_path):
    project = QgsProject.instance()
    group = project.layerTreeRoot().addGroup("Both")
    copy = open_outlines(write_outlines(tmp_path / "two.gpkg", [{"outline_id": "o", "wkt": square(X, Y)}]), "My copy")
    project.addMapLayer(copy, False)
    for one in (layer, copy):
        group.addLayer(one)
    settle()
    project.layerTreeRoot().removeLayer(layer)
    settle()
    assert offered(panel) == ["Both · Glacier outlines", "Both · My copy"]
    group.setName("")
    settle()
    assert offered(panel) == ["Glacier outlines", "My copy"]


def test_nothing_is_connected_after_stop(review, panel, hooks):
    signals = [panel.verdictGiven, panel.currentChanged, panel.noteChanged, panel.layerChosen]
    counts = [panel.receivers(signal) for signal in signals]
    review.stop()
    assert [panel.receivers(signal) for signal in signals] == [count - 1 for count in counts]
    review.start()
