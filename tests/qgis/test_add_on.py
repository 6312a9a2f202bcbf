"""Training and import from the user's point of view: said in the form for Keras weights, added by a click there."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from dock_maker import PLAN, Window, click, settle
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QDialogButtonBox
from test_task_background import wait_until

sys.path.insert(0, str(Path(__file__).parents[1] / "runner"))

from tiny_wheels import make_wheel

from glacier_mapper.core.errors import Cancelled, NoNetworkError
from glacier_mapper.core.messages import Message
from glacier_mapper.core.runner_face import (
    AddOnCondition,
    AddOnFace,
    AddOnPlan,
    InstallChoice,
    InstallProgress,
    RunnerCondition,
    RunnerFace,
)
from glacier_mapper.gui.keras_dialog import KerasDialog
from glacier_mapper.gui.models_dialog import ModelsDialog
from glacier_mapper.runner_client.environment import Environment
from glacier_mapper.runner_client.fake import FakeRunner
from glacier_mapper.workflow.install_add_on import InstallAddOn
from glacier_mapper.workflow.know_models import KnowModels
from glacier_mapper.workflow.manage_models import ManageModels, ManagerSurroundings
from glacier_mapper.workflow.runner_host import ModelFolders

SOURCES = ("https://pypi.org/simple", "https://download.pytorch.org/whl/cpu")
ADD_ON = AddOnPlan(214, 890, 84_000, SOURCES)
MISSING = AddOnFace(AddOnCondition.MISSING, ADD_ON)
READY = AddOnFace(AddOnCondition.READY)


@pytest.fixture
def form(qgis_app, tmp_path):
    found = KerasDialog()
    found.weights.setFilePath(str(tmp_path / "weights.h5"))
    found.show()
    settle()
    yield found
    found.close()
    sip.delete(found)


def can_import(form):
    return form.buttons.button(QDialogButtonBox.StandardButton.Ok).isEnabled()


def test_what_is_missing_and_how_large_it_is_is_said_first(form):
    form.show_add_on(MISSING)
    settle()
    box = form.add_on
    assert box.isVisible()
    assert box.title.text() == "Importing and teaching need PyTorch, which is not installed yet."
    assert box.facts.text().replace("\u200b", "").splitlines() == [
        "Download: 214 MB, on disk: 890 MB (84.0 GB free)",
        "Computes on: Processor (CPU)",
        "From: https://pypi.org/simple, https://download.pytorch.org/whl/cpu",
    ]
    assert box.install.isVisible()
    assert not can_import(form)
    form.show_add_on(READY)
    assert not box.isVisible()
    assert can_import(form)


def test_before_anybody_has_looked_it_can_be_tried(form):
    assert not form.add_on.isVisible()
    assert can_import(form)


def test_progress_is_shown_and_can_be_cancelled_and_retried(form):
    asked = []
    form.add_on.installRequested.connect(lambda: asked.append("install"))
    form.add_on.cancelRequested.connect(lambda: asked.append("cancel"))
    form.show_add_on(MISSING)
    click(form.add_on.install)
    form.show_add_on(AddOnFace(AddOnCondition.INSTALLING, ADD_ON))
    form.show_add_on(
        AddOnFace(AddOnCondition.INSTALLING, ADD_ON, InstallProgress(Message("Downloading packages"), 0.43, "torch"))
    )
    settle()
    assert form.add_on.progress.value() == 430
    assert form.add_on.step.full_text == "Downloading packages · torch"
    assert not form.add_on.install.isVisible()
    click(form.add_on.cancel)
    assert not form.add_on.cancel.isEnabled()
    form.show_add_on(AddOnFace(AddOnCondition.MISSING, ADD_ON, error=Cancelled()))
    settle()
    assert form.add_on.error.text() == "Cancelled. What was downloaded is kept."
    assert form.add_on.install.text() == "Retry"
    click(form.add_on.install)
    assert asked == ["install", "cancel", "install"]


def test_a_failure_says_what_to_do(form):
    error = NoNetworkError(host="download.pytorch.org", reason="timed out.")
    form.show_add_on(AddOnFace(AddOnCondition.MISSING, ADD_ON, error=error))
    settle()
    assert form.add_on.error.text() == str(error)


def test_where_it_can_not_be_added_here_the_way_is_said(form):
    form.show_add_on(AddOnFace(AddOnCondition.UNAVAILABLE))
    settle()
    assert "Install the model runner in the Glacier Mapper panel first." in form.add_on.facts.text()
    assert not form.add_on.install.isVisible()
    assert not can_import(form)


def test_the_card_of_the_runner_offers_it_with_its_size_and_it_is_off_until_it_is_chosen(qgis_app):
    window = Window()
    plan = replace(PLAN, add_on=ADD_ON)
    window.dock.show_runner_state(RunnerFace(RunnerCondition.MISSING, plan))
    settle()
    card = window.dock.map.card
    assert card.training.isVisible()
    assert "214 MB more to download, 890 MB more on disk" in card.training_facts.text()
    assert window.dock.install_choice() == InstallChoice("cpu", "")
    card.training.click()
    assert window.dock.install_choice() == InstallChoice("cpu", "", training=True)
    window.close()


# --- with a real environment, offline from a folder of wheels


@pytest.fixture
def wheels(tmp_path):
    folder = tmp_path / "wheels"
    for name in ("tiny-ice", "tiny-more", "h5py", "onnx", "torch"):
        make_wheel(folder, name)
    return folder


class Host:
    """Gives one environment; `python` is that of a developer."""

    def __init__(self, tmp_path):
        self.lock = tmp_path / "runner.txt"
        self.lock.write_text("tiny-ice==1.0\n")
        (tmp_path / "training.txt").write_text("h5py==1.0\nonnx==1.0\ntiny-more==1.0\n")
        (tmp_path / "torch.txt").write_text("torch==1.0\n")
        self.place = SimpleNamespace(python="", folder=tmp_path / "runner")

    def environment(self, options=None):
        return Environment(self.place.folder, self.lock, options)


@pytest.fixture
def host(tmp_path):
    return Host(tmp_path)


@pytest.fixture
def add_on(qgis_app, host, wheels):
    found = InstallAddOn(host, lambda: InstallChoice("cpu", str(wheels)))
    yield found
    found.stop()


@pytest.fixture
def manage(qgis_app, add_on, tmp_path):
    runner = FakeRunner({"import_keras": {"package": "mine"}})
    know = KnowModels(lambda: ModelFolders(tmp_path / "models", tmp_path / "bundled"), lambda: runner)
    made = ManageModels(ManagerSurroundings(know, lambda: runner, ModelsDialog, add_on))
    made.runner = runner
    yield made
    made.stop()
    know.stop()


def in_the_form(dialog, steps, tmp_path):
    """Open the form for Keras weights, as the menu does, and take steps in it while it is modal; what went wrong."""
    faults = []

    def drive():
        form = QApplication.activeModalWidget()
        try:
            form.weights.setFilePath(str(tmp_path / "weights.h5"))
            steps(form)
        except AssertionError as exc:
            faults.append(exc)
        finally:
            if form.isVisible():
                form.reject()

    QTimer.singleShot(50, drive)
    dialog.from_keras.trigger()
    assert faults == []


def test_one_click_in_the_form_adds_it_and_the_import_can_go_on(manage, host, wheels, tmp_path):
    host.environment(add_options(wheels)).install()
    dialog = manage.open()

    def steps(form):
        wait_until(form.add_on.isVisible)
        assert not can_import(form)
        click(form.add_on.install)
        wait_until(lambda: not form.add_on.isVisible(), seconds=60)
        assert can_import(form)
        form.buttons.button(QDialogButtonBox.StandardButton.Ok).click()

    in_the_form(dialog, steps, tmp_path)
    assert host.environment(add_options(wheels)).has_training()
    wait_until(lambda: manage.runner.params_of("import_keras"))


def test_cancelled_in_the_form_the_runner_stays_ready_and_retry_completes_it(manage, host, wheels, tmp_path):
    host.environment(add_options(wheels)).install()
    dialog = manage.open()

    def steps(form):
        wait_until(form.add_on.isVisible)
        click(form.add_on.install)
        wait_until(form.add_on.cancel.isVisible)
        click(form.add_on.cancel)
        wait_until(form.add_on.install.isVisible, seconds=60)
        assert form.add_on.install.text() == "Retry"
        click(form.add_on.install)
        wait_until(lambda: not form.add_on.isVisible(), seconds=60)

    in_the_form(dialog, steps, tmp_path)
    assert host.environment(add_options(wheels)).has_training()


def test_a_wheel_that_is_missing_is_told_in_the_form(manage, host, wheels, tmp_path):
    host.environment(add_options(wheels)).install()
    next(wheels.glob("tiny_more*")).unlink()
    dialog = manage.open()

    def steps(form):
        wait_until(form.add_on.isVisible)
        click(form.add_on.install)
        wait_until(form.add_on.error.isVisible, seconds=60)
        assert "tiny-more" in form.add_on.error.text()

    in_the_form(dialog, steps, tmp_path)


def test_without_a_runner_the_form_says_what_comes_first(manage, tmp_path):
    dialog = manage.open()

    def steps(form):
        wait_until(form.add_on.isVisible)
        assert not form.add_on.install.isVisible()

    in_the_form(dialog, steps, tmp_path)


@pytest.mark.parametrize(("body", "condition"), [("print(True)", "ready"), ("print(False)", "unavailable")])
def test_a_python_of_the_developer_is_asked_what_it_has(add_on, host, tmp_path, body, condition):
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{body}'\n")
    python.chmod(0o755)
    host.place.python = str(python)
    add_on.check()
    wait_until(lambda: add_on.face.condition is not AddOnCondition.UNKNOWN)
    assert add_on.face.condition.value == condition


def add_options(wheels):
    from glacier_mapper.runner_client.setup_values import SetupOptions

    return SetupOptions(wheel_folder=wheels)


def test_nothing_is_installed_without_a_click(add_on, host, wheels):
    host.environment(add_options(wheels)).install()
    add_on.check()
    wait_until(lambda: add_on.face.condition is AddOnCondition.MISSING)
    QTest.qWait(50)
    assert not host.environment().has_training()
    assert add_on.face.plan.disk_mb > 700
