"""The card that installs and repairs the model runner."""

from __future__ import annotations

import dataclasses

import pytest
from dock_maker import PLAN, READY, Window, click, heard, settle
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest

from glacier_mapper.core.errors import Cancelled, NoNetworkError, SetupError
from glacier_mapper.core.messages import Message
from glacier_mapper.core.runner_face import InstallChoice, InstallProgress, RunnerCondition, RunnerFace

MISSING = RunnerFace(RunnerCondition.MISSING, PLAN)
DOWNLOADING = InstallProgress(Message("Downloading packages"), 0.43, "onnxruntime")


@pytest.fixture
def dock(qgis_app):
    made = Window()
    made.dock.show_runner_state(MISSING)
    settle()
    yield made.dock
    made.close()


@pytest.fixture
def card(dock):
    return dock.map.card


def test_what_will_be_installed_where_and_how_large_is_said_first(card):
    facts = card.facts.text().replace("\u200b", "")
    assert facts.splitlines() == [
        "Installs: 34 packages, Python 3.11",
        "Download: 151 MB, on disk: 612 MB (84.0 GB free)",
        "Into: /p/glacier_mapper/runner",
        "From: https://pypi.org/simple",
    ]
    assert card.action.text() == "Install model ru&nner"
    assert card.facts.isVisible()


def test_the_reason_for_a_build_is_said(dock, card):
    plan = dataclasses.replace(PLAN, reason=Message("A driver {version} was found.", {"version": "570"}))
    dock.show_runner_state(RunnerFace(RunnerCondition.MISSING, plan))
    assert card.facts.text().endswith("A driver 570 was found.")


def test_nothing_is_installed_without_a_click(dock, card):
    asked = heard(dock.installRequested)
    dock.show_runner_state(MISSING)
    assert asked == []
    click(card.action)
    assert asked == [()]


def test_the_card_is_gone_when_the_runner_is_ready(dock, card):
    assert card.isVisible()
    dock.show_runner_state(READY)
    assert not card.isVisible()


def test_the_plan_may_come_later(dock, card):
    dock.show_runner_state(RunnerFace(RunnerCondition.MISSING))
    assert not card.facts.isVisible()
    assert card.action.isVisible()
    dock.show_runner_state(MISSING)
    assert card.facts.isVisible()


def test_processor_or_graphics_card_is_a_choice_where_both_would_do(dock, card):
    told = heard(dock.installChoiceChanged)
    assert card.accelerator.isVisible()
    card.accelerator.setFocus()
    QTest.keyClick(card.accelerator, Qt.Key.Key_Down)
    assert dock.install_choice() == InstallChoice("cuda", "")
    assert told == [()]
    dock.show_runner_state(MISSING)
    assert dock.install_choice().accelerator == "cuda"
    assert told == [()]


def test_there_is_no_choice_where_only_one_would_do(dock, card):
    dock.show_runner_state(RunnerFace(RunnerCondition.MISSING, dataclasses.replace(PLAN, accelerators=("cpu",))))
    assert not card.accelerator.isVisible()
    assert dock.install_choice().accelerator == "cpu"


def test_a_folder_of_packages_is_typed_or_picked(dock, card, monkeypatch):
    from qgis.PyQt.QtWidgets import QFileDialog

    told = heard(dock.installChoiceChanged)
    QTest.keyClicks(card.wheel_folder, "/media/stick")
    QTest.keyClick(card.wheel_folder, Qt.Key.Key_Return)
    assert dock.install_choice().wheel_folder == "/media/stick"
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "/media/wheels")
    click(card.browse)
    assert dock.install_choice().wheel_folder == "/media/wheels"
    assert len(told) == 2


def test_the_folder_of_the_settings_is_shown_without_a_signal(dock, card):
    told = heard(dock.installChoiceChanged)
    dock.set_wheel_folder("/wheels")
    card.wheel_folder.setFocus()
    QTest.keyClick(card.wheel_folder, Qt.Key.Key_Return)
    assert dock.install_choice().wheel_folder == "/wheels"
    assert told == []


def test_progress_names_step_and_package_and_can_be_cancelled(dock, card):
    asked = heard(dock.cancelInstallRequested)
    dock.show_install_progress(DOWNLOADING)
    assert card.progress.isVisible()
    assert card.progress.value() == 430
    assert card.step.full_text == "Downloading packages · onnxruntime"
    assert not card.action.isVisible()
    click(card.cancel)
    assert asked == [()]
    assert not card.cancel.isEnabled()
    assert card.step.full_text == "Cancelling…"


def test_after_a_cancel_retry_goes_on(dock, card):
    dock.show_install_progress(DOWNLOADING)
    dock.show_install_error(Cancelled())
    assert card.error.text() == "Cancelled. What was downloaded is kept."
    assert card.action.text() == "Retry"
    asked = heard(dock.installRequested)
    click(card.action)
    assert asked == [()]
    dock.show_install_progress(DOWNLOADING)
    assert not card.error.isVisible()
    assert card.cancel.isEnabled()


@pytest.mark.parametrize(
    "error",
    [NoNetworkError(host="pypi.org", reason="timed out."), SetupError(step="Installing packages", reason="no room.")],
    ids=["network", "setup"],
)
def test_a_failure_says_what_and_what_to_do_and_offers_retry(dock, card, error):
    dock.show_install_progress(DOWNLOADING)
    dock.show_install_error(error)
    assert card.error.isVisible()
    assert card.error.text() == str(error)
    dock.show_runner_state(MISSING)  # the condition is told anew after a failure
    assert card.error.isVisible()
    assert card.action.text() == "Retry"
    dock.show_runner_state(READY)
    assert not card.error.isVisible()


@pytest.mark.parametrize("condition", [RunnerCondition.BROKEN, RunnerCondition.OUTDATED], ids=lambda c: c.value)
def test_a_runner_that_does_not_work_is_repaired_by_a_click(dock, card, condition):
    installs, repairs = heard(dock.installRequested), heard(dock.repairRequested)
    dock.show_runner_state(RunnerFace(condition, PLAN, Message("Python {v} is gone.", {"v": "3.11"})))
    assert card.text.text() == "Python 3.11 is gone."
    assert card.action.text() == "Repair"
    click(card.action)
    assert (len(installs), len(repairs)) == (0, 1)


def test_roles_can_be_set_while_the_runner_is_missing(dock):
    assert dock.map.roles.isEnabled()
    assert dock.map.model.combo.isEnabled()


def test_checking_offers_nothing_to_click(dock, card):
    dock.show_runner_state(RunnerFace(RunnerCondition.CHECKING))
    assert not card.action.isVisible()
    assert not card.cancel.isVisible()
    assert not card.choices.isVisible()
