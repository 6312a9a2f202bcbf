"""The model manager's workflow on real files, with a real server on loopback and a runner from a script."""

from __future__ import annotations

import dataclasses
import hashlib
import http.server
import os
import threading
from pathlib import Path

import pytest
from card_maker import NETWORK, make_card, write_package, zip_package
from qgis.PyQt.QtWidgets import QInputDialog, QMessageBox
from test_task_background import wait_until

from glacier_mapper.core.branches import Branch
from glacier_mapper.core.errors import RunnerMissingError
from glacier_mapper.core.keras_form import KerasForm
from glacier_mapper.core.model_errors import MissingPythonPackageError, ModelOutputError
from glacier_mapper.core.progress import Progress, Stage
from glacier_mapper.core.settings import Settings
from glacier_mapper.gui.models_dialog import ModelsDialog
from glacier_mapper.qgis_io.download import PartFile, public_address
from glacier_mapper.runner_client.fake import FakeAnswer, FakeRunner
from glacier_mapper.workflow.know_models import KnowModels
from glacier_mapper.workflow.manage_models import DOWNLOADS, ManageModels, ManagerSurroundings
from glacier_mapper.workflow.runner_host import MODELS_VARIABLE, ModelFolders, RunnerPlace

BIG = NETWORK * 500
"""About 1 MB, so that a download can be cut in the middle."""


class Served(http.server.ThreadingHTTPServer):
    """One file with ranges and an ETag; `cut_after` bytes the line goes dead, `book` keeps what was asked."""

    def __init__(self, content):
        super().__init__(("127.0.0.1", 0), Handler)
        self.content, self.tag, self.status = content, '"one"', 200
        self.cut_after, self.hold = None, threading.Event()
        self.hold.set()
        self.book = []
        self.thread = threading.Thread(target=self.serve_forever, daemon=True)
        self.thread.start()

    def url(self, path="/model.zip"):
        return f"http://127.0.0.1:{self.server_address[1]}{path}"

    def stop(self):
        self.hold.set()
        self.shutdown()
        self.server_close()
        self.thread.join(5)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        served, asked = self.server, self.headers.get("Range")
        served.book.append((self.path, asked, self.headers.get("If-Range")))
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", served.url())
            self.end_headers()
            return
        if served.status != 200:
            self.send_error(served.status)
            return
        content, start = served.content, 0
        if asked and self.headers.get("If-Range") == served.tag:
            start = int(asked.split("=")[1].rstrip("-"))
            if start >= len(content):
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{len(content)}")
                self.end_headers()
                return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        if served.tag:
            self.send_header("ETag", served.tag)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self._send(content[start:], served)

    def _send(self, part, served):
        if served.cut_after is not None:
            self.wfile.write(part[: served.cut_after])
            self.wfile.flush()
            served.hold.wait(10)
            self.close_connection = True
            return
        self.wfile.write(part)

    def log_message(self, *_):
        pass


@pytest.fixture
def home(tmp_path):
    return tmp_path / "profile" / "models"


@pytest.fixture
def runner():
    return FakeRunner({
        "check": {"package": "glavitu-test", "max_difference": 1e-6, "tolerance": 1e-4, "passed": True},
        "import_keras": {"package": "glavitu-test"},
    })


@pytest.fixture
def manage(qgis_app, home, tmp_path, runner):
    know = KnowModels(lambda: ModelFolders(home, tmp_path / "bundled"), lambda: runner)
    made = ManageModels(ManagerSurroundings(know, lambda: runner, ModelsDialog))
    made.open()
    wait_until(lambda: know._looking is None)
    yield made
    made.stop()
    know.stop()


@pytest.fixture
def dialog(manage):
    return manage._dialog


@pytest.fixture
def served(tmp_path):
    made = Served(zip_package(tmp_path / "model.zip", make_card(), NETWORK).read_bytes())
    yield made
    made.stop()


@pytest.fixture
def big(tmp_path):
    """A package whose download takes more than one piece."""
    file = dataclasses.replace(make_card().file, bytes=len(BIG), sha256=hashlib.sha256(BIG).hexdigest())
    made = Served(zip_package(tmp_path / "big.zip", make_card(file=file), BIG).read_bytes())
    yield made
    made.stop()


def names(manage):
    wait_until(lambda: not manage.is_busy and manage._around.know._looking is None)
    return [package.name for package in manage._around.know.shelf.packages]


def downloads(home):
    folder = home / DOWNLOADS
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_a_zip_is_added_and_chosen(manage, dialog, home, tmp_path):
    dialog.fileChosen.emit(str(zip_package(tmp_path / "m.zip", make_card())))
    assert names(manage) == ["glavitu-test"]
    assert (home / "glavitu-test" / "model.onnx").read_bytes() == NETWORK
    assert dialog.list.entry().name == "glavitu-test"
    assert dialog.status.text() == "“GlaViTU (test)” was added."


def test_a_folder_is_added_too(manage, dialog, tmp_path):
    dialog.fileChosen.emit(str(write_package(tmp_path / "elsewhere", make_card("other"))))
    assert names(manage) == ["other"]


def test_a_file_that_is_no_package_is_told_and_leaves_nothing(manage, dialog, home, tmp_path):
    bad = tmp_path / "bad.zip"
    bad.write_bytes(b"PK no")
    dialog.fileChosen.emit(str(bad))
    assert names(manage) == []
    assert "no model package" in dialog.status.text()
    assert not dialog.bar.isVisible()


@pytest.mark.parametrize(("answer", "network"), [("Yes", b"newer"), ("No", NETWORK)])
def test_a_package_of_the_same_name_is_replaced_after_a_question_only(manage, tmp_path, monkeypatch, answer, network):
    home, dialog = tmp_path / "profile" / "models", manage._dialog
    write_package(home, make_card())
    file = dataclasses.replace(make_card().file, bytes=5, sha256=hashlib.sha256(b"newer").hexdigest())
    monkeypatch.setattr(QMessageBox, "question", lambda *_: getattr(QMessageBox.StandardButton, answer))
    dialog.fileChosen.emit(str(zip_package(tmp_path / "n.zip", make_card(file=file), b"newer")))
    assert names(manage) == ["glavitu-test"]
    assert (home / "glavitu-test" / "model.onnx").read_bytes() == network


def answers(monkeypatch, *given):
    """Let the user answer the question for a name so; gives the list of what was asked."""
    asked, waiting = [], list(given)

    def get_text(_, __, text):
        asked.append(text)
        return waiting.pop(0), True

    monkeypatch.setattr(QInputDialog, "getText", get_text)
    return asked


def test_a_package_with_the_name_of_the_projects_own_network_gets_another(manage, dialog, home, tmp_path, monkeypatch):
    asked = answers(monkeypatch, "no good", "valley")
    dialog.fileChosen.emit(str(zip_package(tmp_path / "m.zip", make_card("compact"))))
    assert names(manage) == ["valley"]
    assert [("compact" in text, "no good" in text) for text in asked] == [(True, False), (False, True)]
    assert (home / "valley" / "model.onnx").read_bytes() == NETWORK


def test_without_another_name_nothing_is_added(manage, dialog, home, tmp_path, monkeypatch):
    answers(monkeypatch, "")
    dialog.fileChosen.emit(str(zip_package(tmp_path / "m.zip", make_card("band-ratio"))))
    assert names(manage) == []
    assert not (home / "band-ratio").exists()


def test_a_download_gets_another_name_too(manage, dialog, home, tmp_path, monkeypatch):
    answers(monkeypatch, "valley")
    server = Served(zip_package(tmp_path / "m.zip", make_card("compact")).read_bytes())
    dialog.addressChosen.emit(server.url(), "")
    assert names(manage) == ["valley"]
    assert downloads(home) == []
    server.stop()


def test_removing_deletes_the_package_and_nothing_else(manage, dialog, home):
    write_package(home, make_card())
    write_package(home, make_card("other"))
    manage._around.know.refresh()
    assert names(manage) == ["glavitu-test", "other"]
    dialog.removeRequested.emit(manage._around.know.shelf.packages[0])
    assert names(manage) == ["other"]
    assert sorted(path.name for path in home.iterdir()) == ["other"]


def test_a_broken_package_is_listed_with_its_reason(manage, dialog, home):
    write_package(home, make_card())
    write_package(home, make_card("short"), network=b"cut off")
    manage._around.know.refresh()
    assert names(manage) == ["glavitu-test", "short"]
    dialog.list.select("short")
    assert "has 7 bytes" in dialog.details.texts()
    assert list(manage._around.know.shelf.cards()) == ["glavitu-test"]


def test_a_download_is_installed_and_its_file_goes(manage, dialog, home, served):
    dialog.addressChosen.emit(served.url(), "")
    assert names(manage) == ["glavitu-test"]
    assert downloads(home) == []
    assert served.book == [("/model.zip", None, None)]


def test_a_redirect_is_followed(manage, dialog, home, served):
    dialog.addressChosen.emit(served.url("/moved"), "")
    assert names(manage) == ["glavitu-test"]


def test_the_right_checksum_passes(manage, dialog, served):
    dialog.addressChosen.emit(served.url(), hashlib.sha256(served.content).hexdigest())
    assert names(manage) == ["glavitu-test"]


def test_a_wrong_checksum_is_refused_and_the_file_is_not_kept(manage, dialog, home, served):
    dialog.addressChosen.emit(served.url(), "ab" * 32)
    assert names(manage) == []
    assert "damaged or was changed" in dialog.status.text()
    assert "ab" * 32 in dialog.status.text()
    assert downloads(home) == []


def test_a_cancelled_download_goes_on_where_it_stopped(manage, dialog, home, big):
    big.cut_after = 300_000
    big.hold.clear()
    dialog.addressChosen.emit(big.url(), "")
    part = PartFile(big.url(), home / DOWNLOADS)
    wait_until(lambda: part.size() == 300_000)
    assert dialog.bar.isVisible()
    dialog.cancelRequested.emit()
    wait_until(lambda: not manage.is_busy)
    assert "goes on from there" in dialog.status.text()
    big.cut_after = None
    big.hold.set()
    dialog.addressChosen.emit(big.url(), hashlib.sha256(big.content).hexdigest())
    assert names(manage) == ["glavitu-test"]
    assert big.book[1] == ("/model.zip", "bytes=300000-", '"one"')
    assert (home / "glavitu-test" / "model.onnx").read_bytes() == BIG


def test_a_line_that_breaks_is_told_and_gone_on_with(manage, dialog, home, big):
    big.cut_after = 200_000
    dialog.addressChosen.emit(big.url(), "")
    wait_until(lambda: not manage.is_busy)
    assert "can't be downloaded" in dialog.status.text()
    assert "what has arrived is kept" in dialog.status.text()
    big.cut_after = None
    dialog.addressChosen.emit(big.url(), "")
    assert names(manage) == ["glavitu-test"]
    assert big.book[1][1] == "bytes=200000-"


def test_a_file_that_changed_meanwhile_is_fetched_anew(manage, dialog, home, big):
    big.cut_after = 200_000
    dialog.addressChosen.emit(big.url(), "")
    wait_until(lambda: not manage.is_busy)
    big.cut_after, big.tag = None, '"two"'
    dialog.addressChosen.emit(big.url(), hashlib.sha256(big.content).hexdigest())
    assert names(manage) == ["glavitu-test"]


@pytest.mark.parametrize("tag", ["", 'W/"weak"'], ids=["none", "weak"])
def test_without_a_strong_tag_nothing_is_gone_on_with(manage, dialog, big, tag):
    big.cut_after, big.tag = 200_000, tag
    dialog.addressChosen.emit(big.url(), "")
    wait_until(lambda: not manage.is_busy)
    big.cut_after = None
    dialog.addressChosen.emit(big.url(), "")
    assert names(manage) == ["glavitu-test"]
    assert big.book[1][1] is None


def test_a_file_that_is_all_there_is_not_fetched_twice(manage, dialog, home, served, monkeypatch):
    write_package(home, make_card())
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.No)
    dialog.addressChosen.emit(served.url(), "")
    wait_until(lambda: not manage.is_busy)
    assert len(downloads(home)) == 2
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Yes)
    dialog.addressChosen.emit(served.url(), "")
    wait_until(lambda: not manage.is_busy)
    assert served.book[1][1] == f"bytes={len(served.content)}-"
    assert "was added" in dialog.status.text()
    assert downloads(home) == []


@pytest.mark.parametrize("status", [404, 410, 401, 403, 500])
def test_a_refusal_is_told_with_its_number(manage, dialog, served, status):
    served.status = status
    dialog.addressChosen.emit(served.url("/model.zip?token=hush"), "")
    wait_until(lambda: not manage.is_busy)
    said = dialog.status.text()
    assert f"answered with {status}" in said
    assert "hush" not in said
    assert "is kept" not in said  # nothing arrived
    assert ("without access" in said) == (status in (401, 403))
    assert ("may have been moved" in said) == (status in (404, 410))


@pytest.mark.parametrize("host", ["127.0.0.1:9", "no-such-host.invalid"])
def test_an_address_of_nobody_is_told(manage, dialog, host):
    dialog.addressChosen.emit(f"http://{host}/model.zip", "")
    wait_until(lambda: not manage.is_busy)
    assert "can't be downloaded" in dialog.status.text()
    assert "is kept" not in dialog.status.text()


def test_what_was_fetched_and_is_no_package_is_called_by_its_address(manage, dialog, served):
    served.content = b"<html>Welcome to the hotel's network</html>"
    dialog.addressChosen.emit(served.url("/model.zip?token=hush"), "")
    wait_until(lambda: not manage.is_busy)
    said = dialog.status.text()
    assert f"“{served.url('/model.zip')}” is no model package" in said
    assert ".part" not in said
    assert "hush" not in said


def test_an_address_that_is_none_is_told_at_once(manage, dialog):
    dialog.addressChosen.emit("file:///etc/passwd", "")
    assert not manage.is_busy
    assert "begins with https://" in dialog.status.text()


def test_what_opens_a_door_does_not_stand_in_messages():
    assert public_address("https://anna:pw@host/a.zip?sig=1#x") == "https://host/a.zip"


def test_check_asks_the_runner_and_tells(manage, dialog, home, runner):
    folder = write_package(home, make_card())
    manage._around.know.refresh()
    names(manage)
    dialog.list.select("glavitu-test")
    dialog.checkRequested.emit(dialog.list.entry())
    wait_until(lambda: not manage.is_busy)
    assert runner.params_of("check") == [{"package": str(folder)}]
    assert "computes its sample as it should" in dialog.status.text()


def test_what_a_check_is_at_stands_beside_the_bar(manage, dialog, home, runner):
    runner.answers["check"] = FakeAnswer({}, progress=[Progress(Stage.CHECKING, 0, 1, 0.3)])
    write_package(home, make_card())
    manage._around.know.refresh()
    names(manage)
    dialog.list.select("glavitu-test")
    dialog.checkRequested.emit(dialog.list.entry())
    wait_until(lambda: not manage.is_busy)
    assert dialog.busy_text.full_text == "Checking “glavitu-test”… Checking the model"


def test_a_check_that_fails_says_why(manage, dialog, home, runner):
    runner.answers["check"] = FakeAnswer(error=ModelOutputError(model="glavitu-test", reason="values that are 3 off"))
    write_package(home, make_card())
    manage._around.know.refresh()
    names(manage)
    dialog.list.select("glavitu-test")
    dialog.checkRequested.emit(dialog.list.entry())
    wait_until(lambda: not manage.is_busy)
    assert "values that are 3 off" in dialog.status.text()


def test_keras_weights_go_to_the_runner_and_into_the_folder_of_models(manage, dialog, home, runner):
    form = KerasForm(
        "/w/a.h5", "glavitu", (Branch.OPTICAL, Branch.DEM), "mine", "region", "/w/stats.json", "", "Mine"
    )
    dialog.importRequested.emit(form)
    wait_until(lambda: not manage.is_busy)
    assert runner.params_of("import_keras") == [{
        "weights": "/w/a.h5", "architecture": "glavitu", "inputs": ["optical", "dem"], "location": "region",
        "stats": "/w/stats.json", "calibration": None, "calibration_name": "", "name": "mine", "title": "Mine",
        "licence": "", "citation": "", "overwrite": False, "out": str(home / "mine"),
    }]
    assert dialog.status.text() == "“mine” was imported."


def test_an_import_without_torch_says_what_to_install(manage, dialog, runner):
    error = MissingPythonPackageError(package="torch", job="Importing Keras weights")
    runner.answers["import_keras"] = FakeAnswer(error=error)
    dialog.importRequested.emit(KerasForm("/w/a.h5", "glavitu", (Branch.OPTICAL,), "mine"))
    wait_until(lambda: not manage.is_busy)
    assert dialog.status.text() == str(error)


def test_without_a_runner_the_check_says_what_to_do(qgis_app, home, tmp_path):
    def nobody():
        raise RunnerMissingError(folder="/r")

    know = KnowModels(lambda: ModelFolders(home, tmp_path / "bundled"), nobody)
    manage = ManageModels(ManagerSurroundings(know, nobody, ModelsDialog))
    write_package(home, make_card())
    dialog = manage.open()
    names(manage)
    dialog.list.select("glavitu-test")
    dialog.checkRequested.emit(dialog.list.entry())
    assert "Install model runner" in dialog.status.text()
    manage.stop()


def test_closing_ends_a_download_and_a_second_opening_is_fresh(manage, dialog, big):
    big.cut_after = 100_000
    big.hold.clear()
    dialog.addressChosen.emit(big.url(), "")
    wait_until(lambda: big.book)
    dialog.reject()
    assert not manage.is_busy
    again = manage.open()
    assert again is not dialog
    assert not again.bar.isVisible()
    assert manage.open() is again


def test_the_variable_of_the_runner_names_both_folders(home, tmp_path):
    place = RunnerPlace.of(Settings(models_folder=str(home)))
    first, second = place.variables[MODELS_VARIABLE].split(os.pathsep)
    assert first == str(home)
    assert Path(second).parts[-2:] == ("resources", "models")
