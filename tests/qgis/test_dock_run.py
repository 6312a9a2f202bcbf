"""The foot of the Map page: what is in the way, the click, progress, cancel, result, error."""

from __future__ import annotations

import pytest
from dock_maker import READY, Window, click, estimate, heard, result, scene, scene_guesses, settle
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest

from glacier_mapper.core.errors import Cancelled, DiskFullError, RunnerCrashedError
from glacier_mapper.core.messages import Message
from glacier_mapper.core.progress import Progress, Stage
from glacier_mapper.core.roles import Role
from glacier_mapper.core.runner_face import RunnerCondition, RunnerFace
from glacier_mapper.core.speed import Speed


@pytest.fixture
def window(qgis_app):
    made = Window()
    yield made
    made.close()


@pytest.fixture
def dock(window):
    return window.make_ready()


@pytest.fixture
def run(dock):
    return dock.map.run


def test_the_button_asks_for_a_map_once_a_click(dock, run):
    asked = heard(dock.mapRequested)
    click(run.button)
    assert asked == [()]


def test_the_button_answers_to_the_space_bar_and_to_its_mnemonic(dock, run):
    asked = heard(dock.mapRequested)
    run.button.setFocus()
    QTest.keyClick(run.button, Qt.Key.Key_Space)
    QTest.keyClick(dock.window(), Qt.Key.Key_G, Qt.KeyboardModifier.AltModifier)
    QTest.qWait(150)
    assert len(asked) == 2


def test_without_layers_the_button_is_off_and_says_why(window):
    dock = window.dock
    dock.show_runner_state(READY)
    asked = heard(dock.mapRequested)
    click(dock.map.run.button)
    assert asked == []
    assert not dock.map.run.button.isEnabled()
    assert dock.map.run.status.text() == "Add a satellite image to the project to begin."


@pytest.mark.parametrize(
    ("lacking", "text"),
    [
        ({Role.SWIR1}, "The model still needs SWIR 1."),
        ({Role.RED, Role.NIR, Role.GREEN}, "The model still needs Green, Red or Near infrared."),
        (set(Role), "The model still needs SWIR 1 and Green, Red or Near infrared."),
    ],
    ids=["swir1", "one of three", "both"],
)
def test_what_the_model_lacks_is_said_before_the_click(window, lacking, text):
    dock = window.dock
    dock.show_runner_state(READY)
    dock.show_bands(scene(), scene_guesses(without=lacking))
    assert dock.map.run.status.text() == text
    assert not dock.map.run.button.isEnabled()


def test_red_may_lack_where_green_is_there(window):
    window.dock.show_runner_state(READY)
    window.dock.show_bands(scene(), scene_guesses(without={Role.RED, Role.NIR}))
    assert window.dock.map.run.button.isEnabled()


@pytest.mark.parametrize("condition", [c for c in RunnerCondition if c is not RunnerCondition.READY])
def test_without_a_ready_runner_the_button_is_off_and_says_why(dock, run, condition):
    dock.show_runner_state(RunnerFace(condition))
    assert not run.button.isEnabled()
    assert "model runner" in run.status.text()
    dock.show_runner_state(READY)
    assert run.button.isEnabled()
    assert run.status.text() == ""


def test_what_others_know_to_be_in_the_way_is_said_and_taken_back(dock, run):
    dock.show_missing(Message("The view lies outside {layers}.", {"layers": "scene"}))
    assert run.status.text() == "The view lies outside scene."
    assert not run.button.isEnabled()
    dock.show_missing(None)
    assert run.button.isEnabled()
    assert not run.status.isVisible()


def test_the_estimate_names_device_time_pixels_and_disk(dock, run):
    dock.show_estimate(estimate())
    assert run.estimate.text() == "CPU, 2 threads · about 12 s · 40 MB on disk · 4 tiles · 1.2 Mpx"
    assert "300 MB of memory" in run.estimate.toolTip()
    dock.show_estimate(estimate(seconds=None))
    assert run.estimate.text() == "CPU, 2 threads · not measured yet · 40 MB on disk · 4 tiles · 1.2 Mpx"
    dock.show_estimate(estimate(seconds=None, is_measuring=True))
    assert run.estimate.text() == "CPU, 2 threads · measuring… · 40 MB on disk · 4 tiles · 1.2 Mpx"
    dock.show_estimate(None)
    assert run.estimate.text() == "Device, time and size are not known yet."


def test_a_short_time_is_not_said_twice(dock, run):
    dock.show_estimate(estimate(seconds=0.4))
    assert run.estimate.text() == "CPU, 2 threads · under 1 s · 40 MB on disk · 4 tiles · 1.2 Mpx"


def test_running_shows_progress_and_cancel_instead_of_the_button(dock, run):
    dock.show_running(True)
    assert not run.button.isVisible()
    assert run.bar.isVisible()
    assert run.cancel.isVisible()
    assert not run.folder.isEnabled()
    dock.show_running(False)
    assert run.button.isVisible()
    assert run.button.isEnabled()
    assert not run.bar.isVisible()


@pytest.mark.parametrize(
    ("progress", "value", "text"),
    [
        (Progress(Stage.PREDICTING, 5, 8, 0.62, 7.0), 620, "Mapping glaciers · 5 of 8 tiles · 7 s left"),
        (Progress(Stage.TRACING, 0, 1, 0.9), 900, "Tracing outlines"),
        (Progress(Stage.READING, 1, 2, 0.01, 130.0), 10, "Reading the layers · 1 of 2 · 2 min 10 s left"),
        (Progress(Stage.DONE, 1, 1, 1.7, 0.2), 1000, "Done · under 1 s left"),
    ],
    ids=["predicting", "no tiles", "minutes", "over the end"],
)
def test_progress_names_stage_tiles_and_time_left(dock, run, progress, value, text):
    dock.show_running(True)
    dock.show_progress(progress)
    assert run.bar.value() == value
    assert run.stage.full_text == text


def test_cancel_asks_once_and_says_so(dock, run):
    asked = heard(dock.cancelRequested)
    dock.show_running(True)
    click(run.cancel)
    click(run.cancel)
    assert asked == [()]
    dock.show_progress(Progress(Stage.PREDICTING, 6, 8, 0.7))
    assert run.stage.full_text == "Cancelling…"


def test_escape_cancels_while_it_runs_and_only_then(dock, run):
    asked = heard(dock.cancelRequested)
    run.button.setFocus()
    QTest.keyClick(run.button, Qt.Key.Key_Escape)
    assert asked == []
    dock.show_running(True)
    settle()
    assert run.cancel.hasFocus()
    QTest.keyClick(run.cancel, Qt.Key.Key_Escape)
    assert asked == [()]
    dock.show_error(Cancelled())
    assert run.status.text() == "Cancelled. Nothing was changed."
    assert run.button.hasFocus()


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (result(), "38 outlines, 41.2 km², in 6.3 s"),
        (result(1, 0.236), "1 outline, 0.24 km², in 6.3 s"),
        (result(1234, 1234.5, 75.2), "1,234 outlines, 1,234.5 km², in 1 min 15 s"),
        (result(0, 0.0), "No glacier found in the view, in 6.3 s. A lower threshold takes more."),
    ],
    ids=["many", "one", "thousands", "none"],
)
def test_the_result_stands_in_one_line(dock, run, shown, text):
    dock.show_running(True)
    dock.show_finished(shown)
    assert run.status.text() == text
    assert run.button.isVisible()
    assert not dock.escape.isEnabled()


OUTSIDE = Message("{layer} does not cover the view and is not used.", {"layer": "dem.tif"}, to_check=True)
FOUND = {"index": "ndsi", "threshold": "0.4"}
FINE = Message("Index {index}; the threshold {threshold} was found in the image.", FOUND)


def shown_notes(run):
    return [line.text.text() for line in run.notes.lines if line.isVisible()]


def test_notes_to_be_checked_stand_below_the_result_and_the_others_unfold(dock, run):
    dock.show_finished(result(notes=[FINE, OUTSIDE]))
    settle()
    assert shown_notes(run) == ["dem.tif does not cover the view and is not used."]
    assert run.notes.more.text() == "1 more note"
    assert "0.4 was found in the image" in run.notes.more.toolTip()
    click(run.notes.more)
    assert shown_notes(run)[1] == "Index ndsi; the threshold 0.4 was found in the image."
    click(run.notes.more)
    assert len(shown_notes(run)) == 1


def test_notes_without_a_warning_are_folded(dock, run):
    dock.show_finished(result(notes=[FINE, Message("The image is in {crs}.", {"crs": "x"})]))
    assert shown_notes(run) == []
    assert run.notes.more.text() == "2 notes"


def test_many_notes_leave_the_foot_low_and_another_run_clears_them(dock, run):
    many = [Message("{layer} {n}: please check.", {"layer": "a", "n": n}, to_check=True) for n in range(5)]
    dock.show_finished(result(notes=many))
    assert len(shown_notes(run)) == 2
    assert run.notes.more.text() == "3 more notes"
    dock.show_running(True)
    assert not run.notes.isVisible()
    dock.show_finished(result())
    assert not run.notes.isVisible()
    dock.show_finished(result(notes=many))
    dock.show_error(RunnerCrashedError(reason="signal 9"))
    assert not run.notes.isVisible()


def test_the_folder_of_the_result_can_be_opened(dock, run):
    asked = heard(dock.openFolderRequested)
    assert not run.open_folder.isVisible()
    dock.show_finished(result())
    click(run.open_folder)
    assert asked == [("/o/run 1",)]
    dock.show_running(True)
    assert not run.open_folder.isVisible()


@pytest.mark.parametrize(
    "error",
    [RunnerCrashedError(reason="signal 9"), DiskFullError(path="/full", needed_mb=40, free_mb=1)],
    ids=["crash", "disk"],
)
def test_an_error_says_what_happened_and_what_to_do(dock, run, error):
    dock.show_running(True)
    dock.show_error(error)
    assert run.status.text() == str(error)
    assert run.button.isEnabled()
    assert run.glyph.icon == "unsure"


def test_an_error_stays_when_an_obstacle_comes_and_goes_elsewhere(dock, run):
    dock.show_error(RunnerCrashedError(reason="signal 9"))
    dock.show_estimate(estimate())
    assert "signal 9" in run.status.text()


def test_the_folder_is_told_when_it_was_edited_and_not_when_it_was_shown(dock, run):
    told = heard(dock.outFolderChanged)
    dock.set_out_folder("/data/runs", "/default")
    assert dock.out_folder() == "/data/runs"
    assert told == []
    run.folder.selectAll()
    QTest.keyClicks(run.folder, "/elsewhere")
    QTest.keyClick(run.folder, Qt.Key.Key_Return)
    run.folder.clearFocus()
    assert told == [("/elsewhere",)]


def test_the_default_folder_is_named_where_none_is_chosen(dock, run):
    dock.set_out_folder("", "/beside/the/project")
    assert dock.out_folder() == ""
    assert run.folder.placeholderText() == "/beside/the/project"


def test_a_folder_is_chosen_in_the_dialog(dock, run, monkeypatch):
    told = heard(dock.outFolderChanged)
    from qgis.PyQt.QtWidgets import QFileDialog

    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "/picked")
    click(run.browse)
    assert told == [("/picked",)]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    click(run.browse)
    assert told == [("/picked",)]


@pytest.mark.parametrize(
    ("button", "signal"),
    [
        ("help", "helpRequested"),
        ("diagnostics", "copyDiagnosticsRequested"),
        ("options", "optionsRequested"),
        ("log", "showLogRequested"),
    ],
)
def test_the_tool_buttons_ask(dock, button, signal):
    asked = heard(getattr(dock, signal))
    click(getattr(dock.foot, button))
    assert len(asked) == 1


def test_the_runner_can_be_removed_or_repaired_where_there_is_one(dock):
    removed, repaired = heard(dock.removeRunnerRequested), heard(dock.repairRequested)
    dock.foot.remove.trigger()
    dock.foot.repair.trigger()
    assert (len(removed), len(repaired)) == (1, 1)
    dock.show_runner_state(RunnerFace(RunnerCondition.MISSING))
    assert not dock.foot.remove.isEnabled()
    assert not dock.foot.repair.isEnabled()


def test_the_speed_that_was_measured_stands_below_the_result(dock, run):
    dock.show_finished(result(), Speed(3.14, "CPU, 2 threads"))
    assert run.status.text().splitlines()[-1] == "3.1 tiles/s on CPU, 2 threads"
    dock.show_finished(result(), Speed(0.456, ""))
    assert run.status.text().splitlines()[-1] == "0.46 tiles/s"
    dock.show_finished(result())
    assert "tiles/s" not in run.status.text()
