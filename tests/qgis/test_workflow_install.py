"""Installing the runner from the dock's point of view, and what reaches the user's eyes."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from qgis.core import QgsApplication, QgsNetworkAccessManager
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtNetwork import QNetworkProxy
from qgis.PyQt.QtTest import QTest
from test_task_background import wait_until

from glacier_mapper.core.errors import Cancelled, NoLayersError, NoNetworkError, RunnerCrashedError
from glacier_mapper.core.messages import Message
from glacier_mapper.core.runner_face import InstallChoice, RunnerCondition
from glacier_mapper.qgis_io import network
from glacier_mapper.qgis_io.notify import TAG, Notifier
from glacier_mapper.qgis_io.translation import translated
from glacier_mapper.runner_client.setup_values import EnvironmentStatus, SetupProgress, SetupStep
from glacier_mapper.workflow.environment_work import setup_options
from glacier_mapper.workflow.install_runner import InstallRunner


class FakeEnvironment:
    def __init__(self, error=None):
        self.state, self.error, self.options = EnvironmentStatus.READY, error, None

    def status(self):
        return self.state

    def describe(self):
        return Message("It is {what}.", {"what": self.state.value})

    def install(self, on_progress, is_cancelled):
        on_progress(SetupProgress(SetupStep.DOWNLOAD, 0.5, "numpy"))
        if self.error is not None:
            raise self.error

    def remove(self):
        self.state = EnvironmentStatus.READY


class FakeHost:
    def __init__(self, environment, folder):
        self.made, self.stops = environment, 0
        self.place = SimpleNamespace(python="", folder=folder / "runner")

    def environment(self, options):
        self.made.options = options
        return self.made

    def stop(self):
        self.stops += 1


@pytest.fixture
def desk(qgis_app, tmp_path):
    def make(error=None):
        host = FakeHost(FakeEnvironment(error), tmp_path)
        install = InstallRunner(host)
        book = SimpleNamespace(host=host, install=install, faces=[], steps=[], errors=[], ready=[])
        install.faceChanged.connect(book.faces.append)
        install.progressed.connect(book.steps.append)
        install.failed.connect(book.errors.append)
        install.ready.connect(lambda: book.ready.append(1))
        return book

    return make


def test_installing_tells_steps_and_ends_ready(desk, tmp_path):
    book = desk()
    book.install.install(InstallChoice("cpu", str(tmp_path)))
    wait_until(lambda: book.ready)
    assert [face.condition for face in book.faces] == [RunnerCondition.INSTALLING, RunnerCondition.READY]
    [step] = book.steps
    assert (str(step.step), step.fraction, step.detail) == ("Downloading packages", 0.5, "numpy")
    assert book.host.stops == 1
    assert book.host.made.options.wheel_folder == tmp_path


@pytest.mark.parametrize("error", [NoNetworkError(host="pypi.org", reason="x"), Cancelled()], ids=["network", "cancel"])
def test_a_failed_installation_can_be_tried_again(desk, error):
    book = desk(error)
    for number in (1, 2):
        book.install.install(InstallChoice())
        wait_until(lambda number=number: len(book.errors) == number)
        assert book.errors[-1] is error
        assert not book.install.is_busy
    assert book.ready == []


def test_a_second_click_during_an_installation_does_nothing(desk):
    book = desk()
    book.install.install(InstallChoice())
    book.install.install(InstallChoice())
    wait_until(lambda: book.ready)
    assert book.ready == [1]


def test_a_click_counts_while_the_plan_is_still_worked_out(desk):
    book = desk()
    begun, go_on = threading.Event(), threading.Event()

    def plan():
        begun.set()
        go_on.wait(10)
        raise NoNetworkError(host="late", reason="x")

    book.host.made.state, book.host.made.plan = EnvironmentStatus.MISSING, plan
    book.install.check()
    wait_until(begun.is_set)
    book.install.install(InstallChoice())
    wait_until(lambda: book.ready)
    go_on.set()
    QTest.qWait(100)
    assert book.errors == []
    assert [face.condition for face in book.faces] == [RunnerCondition.INSTALLING, RunnerCondition.READY]


def test_removing_ends_the_runner_first(desk):
    book = desk()
    book.install.remove()
    wait_until(lambda: book.faces)
    assert book.host.stops == 1


def test_the_proxy_of_qgis_is_used(qgis_app, tmp_path):
    manager = QgsNetworkAccessManager.instance()
    before = manager.fallbackProxy()
    manager.setFallbackProxyAndExcludes(
        QNetworkProxy(QNetworkProxy.ProxyType.HttpProxy, "proxy.example.org", 3128, "ann", "word"), [], []
    )
    try:
        options = setup_options(InstallChoice(), tmp_path / "ca.pem")
        found = network.proxy()
    finally:
        manager.setFallbackProxyAndExcludes(before, [], [])
    assert (options.proxy.host, options.proxy.port, options.proxy.user) == ("proxy.example.org", 3128, "ann")
    assert "word" not in repr(found)
    assert options.ca_bundle is None or b"BEGIN CERTIFICATE" in options.ca_bundle.read_bytes()


def test_an_error_is_one_line_and_its_details_are_in_the_log(qgis_app):
    logged, bar = [], QgsMessageBar()
    note = lambda text, tag, level: logged.append((tag, text))  # noqa: E731
    QgsApplication.messageLog().messageReceived.connect(note)
    Notifier(bar).error(RunnerCrashedError(reason="signal 9", log_tail=["last words"]))
    QgsApplication.messageLog().messageReceived.disconnect(note)
    assert len(bar.items()) == 1
    assert "Click again" in bar.items()[0].text()
    assert "last words" not in bar.items()[0].text()
    assert any(tag == TAG and "last words" in text for tag, text in logged)


def test_without_a_bar_errors_are_only_logged(qgis_app):
    Notifier().error(NoLayersError())


def test_a_text_with_a_missing_detail_is_shown_all_the_same():
    assert translated(Message("Lost {thing}", {})) == "Lost {thing}"
