"""Model servers in the options: list, form, test of the connection."""

from __future__ import annotations

import pytest
from dock_maker import click, settle
from qgis.PyQt import sip
from qgis.PyQt.QtWidgets import QDialog

from glacier_mapper.core.errors import RunnerMissingError
from glacier_mapper.core.model_errors import ServerAccessError, ServerUnreachableError
from glacier_mapper.core.servers import ServerReport, ServerSetting
from glacier_mapper.gui.server_dialog import ServerDialog
from glacier_mapper.gui.servers_box import ServersBox
from glacier_mapper.runner_client.fake import FakeAnswer, FakeRunner
from glacier_mapper.workflow.ask_server import AskServer

URL = "https://gpu.example.org:8000"
SETTING = ServerSetting(URL, "abc1234", "/c/ca.pem", "stop")
SAID = {"url": URL, "live": True, "name": "triton", "version": "2.51.0", "models": [{"name": "compact"}, {"name": "b"}]}


class Asked:
    """What a test of the connection was asked for; `answer` is given at once where there is one."""

    def __init__(self, answer=None):
        self.servers, self.answer, self.callback = [], answer, None

    def __call__(self, server, callback):
        self.servers.append(server)
        self.callback = callback
        if self.answer is not None:
            callback(self.answer)


@pytest.fixture
def asked(qgis_app):
    return Asked()


@pytest.fixture
def dialog(asked):
    made = ServerDialog(asked)
    made.show()
    settle()
    yield made
    made.close()


def test_a_setting_comes_back_as_it_was_shown(dialog):
    dialog.show_setting(ServerSetting(URL, "", "/c/ca.pem", "stop"))
    assert dialog.setting() == ServerSetting(URL, "", "/c/ca.pem", "stop")
    assert dialog.address.text() == URL


def test_a_slash_at_the_end_is_taken_off(dialog):
    dialog.address.setText(f" {URL}/ ")
    assert dialog.setting().url == URL


def test_nothing_can_be_done_without_an_address(dialog):
    ok = dialog.buttons.button(dialog.buttons.StandardButton.Ok)
    assert not ok.isEnabled()
    assert not dialog.test.isEnabled()
    dialog.address.setText("x")
    assert ok.isEnabled()


@pytest.mark.parametrize("address", ["gpu:8000", "https://anna:hush@gpu"])
def test_an_address_that_is_none_is_refused_and_its_secret_not_shown(dialog, asked, address):
    dialog.address.setText(address)
    dialog._accept()
    assert dialog.result() != QDialog.DialogCode.Accepted
    assert dialog.said.text()
    assert "hush" not in dialog.said.text()
    click(dialog.test)
    assert asked.servers == []


def test_the_test_waits_and_then_says_what_serves(dialog, asked):
    dialog.address.setText(URL)
    click(dialog.test)
    assert asked.servers == [ServerSetting(URL)]
    assert dialog.said.text() == "Asking the server…"
    assert not dialog.test.isEnabled()
    asked.callback(ServerReport(URL, True, "triton", "2.51.0", ("compact", "b")))
    assert dialog.said.text() == "triton 2.51.0 answers and serves compact, b."
    assert dialog.test.isEnabled()


@pytest.mark.parametrize(("answer", "text"), [
    (ServerReport(URL, True, "x", "1", tuple("abcdefgh")), "x 1 answers and serves a, b, c, d, e, f and 2 more."),
    (ServerReport(URL, True, "mlserver", "1.7"), "mlserver 1.7 answers. It keeps the list of its models to itself."),
    (ServerReport(URL, False), "The server answers, but says that it is not ready yet."),
    (ServerUnreachableError(url=URL, reason="nobody."), f"The model server {URL} can't be reached: nobody."),
], ids=["many", "no list", "not ready", "unreachable"])  # fmt: skip
def test_every_answer_has_its_words(qgis_app, answer, text):
    dialog = ServerDialog(Asked(answer), ServerSetting(URL))
    dialog._on_test()
    assert dialog.said.text().startswith(text)


def test_an_answer_after_the_dialog_went_is_for_nobody(asked):
    dialog = ServerDialog(asked)
    dialog.address.setText(URL)
    dialog._on_test()
    sip.delete(dialog)
    asked.callback(ServerReport(URL, True))


@pytest.fixture
def box(asked):
    made = ServersBox(asked)
    made.show()
    settle()
    yield made
    made.close()


def test_the_list_holds_what_it_was_shown_and_says_when_it_is_empty(box):
    assert box.empty.isVisible()
    other = ServerSetting("http://b:8000")
    box.show_servers((SETTING, other))
    assert box.servers() == (SETTING, other)
    assert not box.empty.isVisible()
    assert box.list.item(0).text() == f"{URL} · with authentication · stops when it dies"
    assert box.list.item(1).text() == "http://b:8000 · open · goes on here when it dies"


def test_a_server_at_an_address_that_is_there_replaces_it(box):
    box.show_servers((SETTING,))
    box.put(ServerSetting(URL))
    assert box.servers() == (ServerSetting(URL),)
    box.put(ServerSetting("https://c"))
    assert len(box.servers()) == 2


def test_remove_takes_the_chosen_one(box):
    box.show_servers((SETTING, ServerSetting("https://c")))
    assert not box.remove.isEnabled()
    box.list.setCurrentRow(0)
    click(box.remove)
    assert box.servers() == (ServerSetting("https://c"),)


def test_changing_the_address_moves_the_server(box, monkeypatch):
    box.show_servers((ServerSetting(URL),))

    def accept(dialog):
        dialog.address.setText("https://moved")
        return QDialog.DialogCode.Accepted

    monkeypatch.setattr(ServerDialog, "exec", accept)
    box.list.setCurrentRow(0)
    click(box.change)
    assert box.servers() == (ServerSetting("https://moved"),)


def answers_of(runner, server, monkeypatch=None):
    from test_task_background import wait_until

    got = []
    AskServer(lambda: runner).ask(server, got.append)
    wait_until(lambda: got)
    return got


def test_asking_lets_the_runner_in_first(qgis_app):
    runner = FakeRunner({"credentials": {}, "server": SAID})
    [answer] = answers_of(runner, ServerSetting(URL, ca_file="/ca.pem"))
    assert answer == ServerReport(URL, True, "triton", "2.51.0", ("compact", "b"))
    assert runner.calls == [
        ("credentials", {"url": URL, "headers": {}, "ca_file": "/ca.pem"}), ("server", {"url": URL}),
    ]  # fmt: skip


def test_what_goes_wrong_is_the_answer(qgis_app):
    error = ServerUnreachableError(url=URL, reason="x.")
    runner = FakeRunner({"credentials": {}, "server": FakeAnswer(error=error)})
    assert answers_of(runner, ServerSetting(URL)) == [error]
    [gone] = answers_of(runner, ServerSetting(URL, "gone123"))
    assert isinstance(gone, ServerAccessError)


def test_without_a_runner_the_answer_says_what_to_do(qgis_app):
    def nobody():
        raise RunnerMissingError(folder="/r")

    got = []
    AskServer(nobody).ask(ServerSetting(URL), got.append)
    assert [type(one) for one in got] == [RunnerMissingError]
