"""The dialog that teaches, alone: what it shows at each step, by mouse and keyboard, narrow, dark and in Spanish."""

from __future__ import annotations

from dataclasses import replace

import pytest
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QEvent, Qt
from qgis.PyQt.QtGui import QColor, QImage, QPalette
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QMessageBox

from glacier_mapper.core.errors import Cancelled
from glacier_mapper.core.progress import Progress, Stage
from glacier_mapper.core.runner_face import AddOnCondition, AddOnFace, AddOnPlan
from glacier_mapper.core.teach import TeachFace, TeachResult, TeachSettings
from glacier_mapper.core.teach_errors import NothingReviewedError, TeachTimeError
from glacier_mapper.gui.colors import Accent
from glacier_mapper.gui.teach_dialog import Step, TeachDialog
from glacier_mapper.gui.teach_result import PICTURE_PX, WIDE_PX, TeachResultView

FACE = TeachFace("Compact", 12, 3, 40)
FIGURES = {"iou": 0.5, "precision": 0.6, "recall": 0.7, "ece": 0.05}
RESULT = TeachResult("/m", "m", "T", "compact", FIGURES, {**FIGURES, "iou": 0.625}, 250.0, 12.34, 3.456, 300, 281.0)
TRAINING = Progress(Stage.TRAINING, 30, 300, 0.25, 61.0)


def open_dialog():
    made = TeachDialog()
    made.show_face(FACE)
    made.show()
    QTest.qWaitForWindowExposed(made)
    QTest.qWait(60)
    return made


@pytest.fixture
def dialog(qgis_app):
    made = open_dialog()
    yield made
    made.hide()
    sip.delete(made)


@pytest.fixture
def view(qgis_app):
    made = TeachResultView()
    yield made
    sip.delete(made)


class Heard(list):
    """Collects what a signal carries."""

    def __init__(self, signal):
        super().__init__()
        signal.connect(lambda *values: self.append(values[0] if values else None))


def visible(dialog):
    names = (
        "facts", "form", "explained", "add_on", "bar", "cancel", "stage", "result_view", "teach", "keep", "discard",
        "zoom",
    )  # fmt: skip
    return {name for name in names if getattr(dialog, name).isVisible()}



class TestChoosing:
    def test_it_begins_with_the_question(self, dialog):
        assert dialog.step is Step.CHOOSING
        assert visible(dialog) == {"facts", "form", "explained", "teach"}
        assert dialog.facts.text() == "12 accepted · 3 rejected · 40 not reviewed, left out"

    def test_the_click_hands_out_what_was_chosen(self, dialog):
        asked = Heard(dialog.teachRequested)
        dialog.minutes.setValue(8)
        dialog.around.setValue(750.0)
        QTest.mouseClick(dialog.teach, Qt.MouseButton.LeftButton)
        assert asked == [TeachSettings(8.0, 750.0)]

    @pytest.mark.parametrize(
        ("settings", "shown"),
        [(TeachSettings(12.0, 250.0), (12, 250.0)), (TeachSettings(0.2, 0.0), (1, 0.0)),
         (TeachSettings(240.0, 1e6), (120, 20_000.0))],
    )  # fmt: skip
    def test_what_was_chosen_last_is_shown_as_far_as_it_can_be(self, dialog, settings, shown):
        dialog.set_settings(settings)
        assert (dialog.minutes.value(), dialog.around.value()) == shown

    def test_an_obstacle_is_said_and_goes_again(self, dialog):
        dialog.show_face(replace(FACE, obstacle=NothingReviewedError()))
        assert "No outline in the view is reviewed" in dialog.status.text()
        assert not dialog.teach.isEnabled()
        dialog.show_face(FACE)
        assert dialog.status.text() == ""
        assert dialog.teach.isEnabled()

    def test_an_error_is_not_wiped_away_by_a_look_at_the_layers(self, dialog):
        dialog.show_error(TeachTimeError(model="m", minutes=2, needed=5))
        dialog.show_face(FACE)
        assert "Allow 5 min or more" in dialog.status.text()
        assert dialog.teach.isEnabled()

    @pytest.mark.parametrize(
        ("outside", "text"),
        [(0, ""), (1, "1 reviewed outline lies outside of the view."),
         (7, "7 reviewed outlines lie outside of the view.")],
    )  # fmt: skip
    def test_what_lies_outside_of_the_view_is_said_with_a_way_there(self, dialog, outside, text):
        wanted = Heard(dialog.zoomRequested)
        dialog.show_face(replace(FACE, outside=outside))
        assert dialog.outside.text() == text
        assert dialog.zoom.isVisible() == bool(outside)
        if outside:
            dialog.zoom.click()
            assert len(wanted) == 1

    def test_without_a_model_no_name_is_shown(self, dialog):
        dialog.show_face(TeachFace())
        assert dialog.title.text() == "Teach a model"


class TestAddOn:
    PLAN = AddOnPlan(214, 890, 84_000, ("https://pypi.org/simple",))

    def test_while_nobody_knows_it_can_be_tried(self, dialog):
        dialog.show_add_on(AddOnFace(AddOnCondition.UNKNOWN))
        assert dialog.teach.isEnabled()
        assert not dialog.add_on.isVisible()

    @pytest.mark.parametrize(
        "condition", [AddOnCondition.MISSING, AddOnCondition.INSTALLING, AddOnCondition.UNAVAILABLE]
    )
    def test_without_it_there_is_no_teaching(self, dialog, condition):
        dialog.show_add_on(AddOnFace(condition, self.PLAN))
        assert dialog.add_on.isVisible()
        assert not dialog.teach.isEnabled()

    def test_its_buttons_are_handed_on(self, dialog):
        asked, cancelled = Heard(dialog.addOnRequested), Heard(dialog.addOnCancelled)
        dialog.show_add_on(AddOnFace(AddOnCondition.MISSING, self.PLAN))
        dialog.add_on.install.click()
        dialog.show_add_on(AddOnFace(AddOnCondition.INSTALLING, self.PLAN))
        dialog.add_on.cancel.click()
        assert (len(asked), len(cancelled)) == (1, 1)


class TestRunning:
    def test_progress_and_cancel_are_all_that_is_left(self, dialog):
        dialog.show_running()
        assert visible(dialog) == {"facts", "form", "explained", "bar", "cancel", "stage", "teach"}
        assert not dialog.form.isEnabled()
        assert not dialog.teach.isEnabled()

    def test_stage_steps_and_time_left(self, dialog):
        dialog.show_running()
        dialog.show_progress(TRAINING)
        assert dialog.stage.full_text == "Training the model · 30 of 300 · 1 min 1 s left"
        assert dialog.bar.value() == 250

    @pytest.mark.parametrize("fraction", [-0.5, 0.0, 1.0, 1.5])
    def test_the_bar_stays_in_its_range(self, dialog, fraction):
        dialog.show_running()
        dialog.show_progress(replace(TRAINING, fraction=fraction))
        assert 0 <= dialog.bar.value() <= 1000

    def test_a_cancel_is_asked_for_once_and_progress_says_no_more(self, dialog):
        cancelled = Heard(dialog.cancelRequested)
        dialog.show_running()
        dialog.cancel.click()
        dialog.cancel.click()
        dialog.show_progress(TRAINING)
        assert len(cancelled) == 1
        assert dialog.stage.full_text == "Cancelling…"

    def test_a_look_at_the_layers_changes_nothing_meanwhile(self, dialog):
        dialog.show_running()
        dialog.show_face(TeachFace("Other", 0, 0, 0, 0, NothingReviewedError()))
        assert "Compact" in dialog.title.text()
        assert dialog.status.text() == ""

    def test_closing_cancels(self, dialog):
        cancelled = Heard(dialog.cancelRequested)
        dialog.show_running()
        dialog.reject()
        assert len(cancelled) == 1

    def test_escape_closes_too(self, dialog):
        cancelled = Heard(dialog.cancelRequested)
        dialog.show_running()
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert len(cancelled) == 1

    def test_its_end_by_a_cancel_is_calm(self, dialog):
        dialog.show_running()
        dialog.show_error(Cancelled())
        assert dialog.step is Step.CHOOSING
        assert dialog.status.text() == "Cancelled. Nothing was changed."
        assert dialog.teach.isEnabled()


class TestDeciding:
    def test_the_result_takes_the_place_of_the_question(self, dialog):
        dialog.show_running()
        dialog.show_result(RESULT, "Compact, taught")
        assert visible(dialog) == {"result_view", "keep", "discard"}
        assert not dialog.close_button.isVisible()

    def test_keep_hands_out_the_name(self, dialog):
        kept = Heard(dialog.keepRequested)
        dialog.show_result(RESULT, "Compact, taught")
        dialog.result_view.name.setText("  My valley ")
        dialog.keep.click()
        assert kept == ["My valley"]

    def test_discard_is_handed_out(self, dialog):
        discarded = Heard(dialog.discardRequested)
        dialog.show_result(RESULT, "Compact, taught")
        dialog.discard.click()
        assert len(discarded) == 1

    def test_while_it_is_kept_nothing_can_be_clicked(self, dialog):
        dialog.show_result(RESULT, "Compact, taught")
        dialog.show_busy(True)
        assert not dialog.keep.isEnabled()
        assert not dialog.discard.isEnabled()
        dialog.show_busy(False)
        assert dialog.keep.isEnabled()

    def test_an_error_leaves_the_result_there(self, dialog):
        dialog.show_result(RESULT, "Compact, taught")
        dialog.show_error(TeachTimeError(model="m", minutes=2, needed=5))
        assert dialog.step is Step.DECIDING
        assert dialog.keep.isEnabled()

    @pytest.mark.parametrize(("answer", "is_open"), [("No", True), ("Yes", False)])
    def test_closing_asks_whether_it_may_go(self, dialog, monkeypatch, answer, is_open):
        asked = []

        def question(*words):
            asked.append(words[2])
            return getattr(QMessageBox.StandardButton, answer)

        monkeypatch.setattr(QMessageBox, "question", question)
        dialog.show_result(RESULT, "Compact, taught")
        dialog.reject()
        assert len(asked) == 1
        assert dialog.isVisible() == is_open


class TestResult:
    @pytest.mark.parametrize(
        ("before", "after", "text", "kind"),
        [(0.5, 0.7, "maps better", Accent.GOOD), (0.7, 0.5, "maps worse", Accent.WARN),
         (0.5, 0.504, "about as well", Accent.INFO), (None, 0.5, "about as well", Accent.INFO)],
    )  # fmt: skip
    def test_the_verdict_is_of_the_part_kept_aside(self, view, before, after, text, kind):
        view.show_result(replace(RESULT, before={"iou": before}, after={"iou": after}), "T")
        assert text in view.verdict.text()
        assert view._verdict(before, after)[0] is kind

    def test_figures_that_nothing_defines_are_dashes(self, view):
        view.show_result(replace(RESULT, before={"iou": None, "precision": None}), "T")
        assert [labels[0].text() for labels in view.figures.values()] == ["–", "–", "–"]

    def test_areas_and_time_are_told(self, view):
        view.show_result(RESULT, "T")
        assert view.facts.text() == (
            "Learnt from 250 km², 12.3 km² of them glacier, in 4 min 41 s; measured on 3.46 km² that were kept aside."
        )

    @pytest.mark.parametrize(("size", "longest"), [((300, 280), PICTURE_PX), ((600, 100), WIDE_PX)])
    def test_pictures_are_beside_one_another_or_where_wide_above(self, view, tmp_path, size, longest):
        paths = []
        for name in ("before", "after"):
            image = QImage(*size, QImage.Format.Format_RGB32)
            image.fill(QColor("#0072B2"))
            paths.append(str(tmp_path / f"{name}.png"))
            assert image.save(paths[-1])
        view.show_result(replace(RESULT, pictures=tuple(paths)), "T")
        shown = [one.image.pixmap() for one in (view.before, view.after)]
        assert [max(one.width(), one.height()) / one.devicePixelRatio() for one in shown] == [longest, longest]
        assert view.legend.isVisibleTo(view)

    @pytest.mark.parametrize("pictures", [(), ("/nowhere/a.png", "/nowhere/b.png")])
    def test_without_pictures_there_is_no_room_for_them(self, view, pictures):
        view.show_result(replace(RESULT, pictures=pictures), "T")
        assert not view.before.isVisibleTo(view)
        assert not view.after.isVisibleTo(view)


class TestLook:
    def test_everything_has_a_name_for_those_who_hear_it(self, dialog):
        for widget in (dialog.minutes, dialog.around, dialog.bar, dialog.zoom, dialog.result_view.name):
            assert widget.accessibleName()

    def test_the_dialog_is_as_high_as_its_texts(self, dialog):
        dialog.show_error(TeachTimeError(model="a model with a long name " * 4, minutes=2, needed=5))
        QTest.qWait(120)
        assert dialog.height() >= dialog.layout().sizeHint().height()
        assert dialog.status.height() >= dialog.status.heightForWidth(dialog.status.width())

    def test_tab_reaches_all_that_can_be_changed(self, dialog):
        reached, at = [], dialog.minutes
        while at not in reached:
            reached.append(at)
            at = at.nextInFocusChain()
        by_tab = [one for one in reached if one.isVisible() and one.focusPolicy() & Qt.FocusPolicy.TabFocus]
        assert [one for one in by_tab if one in (dialog.around, dialog.teach, dialog.close_button)] == [
            dialog.around, dialog.teach, dialog.close_button,
        ]  # fmt: skip

    def test_a_dark_theme_is_followed(self, dialog):
        dialog.show_face(replace(FACE, obstacle=NothingReviewedError()))
        palette = QPalette(dialog.palette())
        for role, color in ((QPalette.ColorRole.Window, "#202020"), (QPalette.ColorRole.WindowText, "#f0f0f0")):
            palette.setColor(role, QColor(color))
        before = dialog.status.palette().color(QPalette.ColorRole.WindowText).name()
        dialog.setPalette(palette)
        QTest.qWait(60)
        image = dialog.grab().toImage()
        assert image.pixelColor(2, 2).lightness() < 80
        assert before != ""

    def test_another_style_brings_no_hidden_button_back(self, dialog):
        """QDialogButtonBox lays its buttons out anew then, and shows them all."""
        dialog.show_result(RESULT, "T")
        dialog.setStyleSheet("QWidget { font-size: 11pt; }")
        QApplication.sendEvent(dialog.buttons, QEvent(QEvent.Type.StyleChange))
        QTest.qWait(60)
        assert visible(dialog) == {"result_view", "keep", "discard"}
        assert not dialog.close_button.isVisible()

    def test_in_spanish(self, spanish):
        made = open_dialog()
        try:
            assert made.windowTitle() == "Enseñar al modelo"
            assert made.facts.text() == "12 aceptados · 3 rechazados · 40 sin revisar, quedan fuera"
            made.show_face(replace(FACE, obstacle=NothingReviewedError()))
            assert made.status.text().startswith("Ningún contorno de la vista está revisado")
            made.show_result(RESULT, "T")
            assert made.keep.text().replace("&", "") == "Conservar"
            assert [labels[1].text() for labels in made.result_view.figures.values()][0] == "0,625"
        finally:
            made.hide()
            sip.delete(made)
