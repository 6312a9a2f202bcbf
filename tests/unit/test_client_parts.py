"""The client's small parts: the log, the fake runner, the command, exit reasons, diagnostics."""

from __future__ import annotations

import getpass
import os
import socket
import threading
import time
from pathlib import Path

import pytest

from glacier_mapper.core.errors import (
    Cancelled,
    DiskFullError,
    InternalError,
    MissingFileError,
    RunnerCrashedError,
    RunnerMissingError,
    RunnerTimeoutError,
)
from glacier_mapper.core.progress import Progress, Stage
from glacier_mapper.core.protocol import Method
from glacier_mapper.runner_client.connection import exit_reason
from glacier_mapper.runner_client.diagnostics import DiagnosticsFacts, anonymous, collect, public_log
from glacier_mapper.runner_client.environment import Environment
from glacier_mapper.runner_client.fake import FakeAnswer, FakeRunner
from glacier_mapper.runner_client.log_file import RotatingLog
from glacier_mapper.runner_client.runner import RunnerCommand, RunnerState
from glacier_mapper.runner_client.setup_values import ProxySettings, SetupOptions


def test_the_log_rotates_and_stays_small(tmp_path):
    log = RotatingLog(tmp_path / "logs" / "runner.log", max_bytes=100, backups=2)
    for number in range(50):
        log.write(b"line %03d of the log\n" % number)
    names = sorted(path.name for path in (tmp_path / "logs").iterdir())
    assert names == ["runner.log", "runner.log.1", "runner.log.2"]
    assert all(path.stat().st_size <= 100 for path in (tmp_path / "logs").iterdir())
    assert (tmp_path / "logs" / "runner.log").read_text().endswith("line 049 of the log\n")
    assert log.tail(2) == ["line 048 of the log", "line 049 of the log"]
    assert log.tail(0) == []


def test_the_log_goes_on_where_an_earlier_one_stopped(tmp_path):
    path = tmp_path / "runner.log"
    RotatingLog(path, max_bytes=100).write(b"first")
    RotatingLog(path, max_bytes=100).write(b"second")
    assert path.read_text() == "first\nsecond\n"


def test_a_log_that_can_not_be_written_keeps_its_tail(tmp_path):
    (tmp_path / "file").write_text("in the way")
    log = RotatingLog(tmp_path / "file" / "runner.log")
    log.write("böse\n".encode() + b"\xff")
    assert len(log.tail()) == 1
    nowhere = RotatingLog(None)
    nowhere.write(b"x" * 100_000)
    assert len(nowhere.tail()[0]) == 8192


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (0, "exit code 0"),
        (3, "exit code 3"),
        (-9, "killed by SIGKILL"),
        (-11, "killed by SIGSEGV"),
        (-250, "killed by signal 250"),
        (None, "it closed its output"),
    ],
)
def test_how_a_process_ended(code, text):
    assert exit_reason(code) == text


def test_the_command_is_a_list_with_an_isolated_python():
    command = RunnerCommand(Path("/env/bin/python"), Path("/a b/glacier_mapper"))
    arguments = command.arguments()
    assert arguments[:2] == [str(Path("/env/bin/python")), "-I"]
    assert str(Path("/a b/glacier_mapper/runner/__main__.py")) in arguments
    assert arguments[-2:] == ["--parent-pid", str(os.getpid())]
    assert command.environment_folder == Path("/env")


STEPS = [Progress(Stage.PREDICTING, done, 3, done / 3) for done in (1, 2, 3)]


def test_the_fake_answers_from_its_script_and_remembers():
    runner = FakeRunner({"models": ["a", "b"], "map": FakeAnswer({"ok": 1}, progress=STEPS), "info": FakeAnswer(dict)})
    seen = []
    assert runner.state is RunnerState.STOPPED
    assert runner.call("models", {}) == ["a", "b"]
    assert runner.call(Method.MAP, {"n": 1}, seen.append) == {"ok": 1}
    assert runner.call("info", {"path": "x"}) == {"path": "x"}
    assert seen == STEPS
    assert runner.calls == [("models", {}), ("map", {"n": 1}), ("info", {"path": "x"})]
    assert runner.params_of("map") == [{"n": 1}]
    assert runner.starts == 1
    assert runner.state is RunnerState.IDLE
    runner.stop()
    assert runner.state is RunnerState.STOPPED


def test_the_fake_takes_scripted_answers_in_turn():
    answers = [FakeAnswer(error=RunnerCrashedError(reason="killed by SIGKILL", log_tail=[])), FakeAnswer(2)]
    runner = FakeRunner({"map": answers})
    with pytest.raises(RunnerCrashedError):
        runner.call("map", {})
    assert [runner.call("map", {}), runner.call("map", {})] == [2, 2]


def test_the_fake_without_an_answer_says_so():
    with pytest.raises(InternalError, match="no answer for map"):
        FakeRunner().call("map", {})


def test_the_fake_can_be_missing_slow_and_cancelled():
    with pytest.raises(RunnerMissingError):
        FakeRunner(start_error=RunnerMissingError(folder="x")).call("map", {})
    runner = FakeRunner({"map": FakeAnswer(1, delay_s=10)})
    start = time.monotonic()
    with pytest.raises(Cancelled):
        runner.call("map", {}, is_cancelled=lambda: time.monotonic() - start > 0.1)
    with pytest.raises(RunnerTimeoutError):
        runner.call("map", {}, timeout_s=0.05)
    assert time.monotonic() - start < 2
    with pytest.raises(Cancelled):
        runner.start(lambda: True)


def test_stopping_the_fake_cancels_what_plays():
    runner = FakeRunner({"map": FakeAnswer(1, delay_s=10)})
    errors = []

    def call():
        try:
            runner.call("map", {})
        except Cancelled as exc:
            errors.append(exc)

    thread = threading.Thread(target=call)
    thread.start()
    while runner.state is not RunnerState.BUSY:
        time.sleep(0.005)
    runner.stop()
    thread.join(2)
    assert len(errors) == 1


TRACEBACK = [
    "2026-11-23 12:00:00 INFO glacier_mapper.runner.service: reading /data/Secret Project/scene.tif",
    "Traceback (most recent call last):",
    f'  File "{Path.home()}/plugins/glacier_mapper/runner/mapping/engine.py", line 12, in map_glaciers',
    "    raise ValueError('/data/Secret Project')",
    '  File "/data/Secret Project/own.py", line 3, in theirs',
    "rasterio.errors.RasterioIOError: /data/Secret Project/scene.tif: no such file",
]


def test_of_the_log_only_our_own_places_and_kinds_of_errors_are_public():
    assert public_log(TRACEBACK) == [
        "glacier_mapper/runner/mapping/engine.py:12 map_glaciers",
        "rasterio.errors.RasterioIOError",
    ]


@pytest.fixture
def report(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_VARIABLE", "environment secret")
    lock = tmp_path / "runner.txt"
    lock.write_text("a==1\n")
    options = SetupOptions(
        proxy=ProxySettings("proxy.secret.example", 3128, "proxyuser", "proxypass"),
        index_url="https://u:indexpass@index.secret.example/simple",
        wheel_folder=Path("/data/Secret Project/wheels"),
    )
    runner = FakeRunner(
        hello={
            "protocol": 1,
            "version": "9.8",
            "python": "3.11.7",
            "device": "CPU (2 threads)",
            "packages": {"numpy": "2.4.6"},
            "pid": 1,
        },
        log=TRACEBACK,
    )
    errors = [
        MissingFileError(path="/data/Secret Project/scene.tif"),
        DiskFullError(path="/data/Secret Project", needed_mb=900, free_mb=12),
        RunnerCrashedError(reason="killed by SIGKILL", log_tail=TRACEBACK),
        InternalError(reason="ValueError: Secret Project"),
    ]
    facts = DiagnosticsFacts(
        versions={"QGIS": "3.44.1", "Qt": "5.15.13", "Python": "3.12.3", "OS": "Debian 13", "Plugin": "9.8"},
        paths={"Profile": str(Path.home() / "QGIS3" / "profiles" / "default")},
        environment=Environment(tmp_path / "runner", lock, options),
        runner=runner,
        errors=errors,
    )
    return collect(facts)


@pytest.mark.parametrize(
    "text",
    [
        "QGIS: 3.44.1",
        "Qt: 5.15.13",
        "OS: Debian 13",
        "Plugin: 9.8",
        "Protocol: 2",
        "status: missing",
        "device: CPU (2 threads)",
        "packages: numpy 2.4.6",
        "state: stopped",
        "MissingFileError",
        "DiskFullError (free_mb=12, needed_mb=900)",
        "RunnerCrashedError (reason=killed by SIGKILL)",
        "InternalError (reason=ValueError)",
        "engine.py:12 map_glaciers",
        "proxy: yes",
        "offline wheel folder: yes",
    ],
)
def test_the_report_has_what_helps(report, text):
    assert text in report


@pytest.mark.parametrize(
    "text",
    [
        "Secret",
        "secret",
        "proxyuser",
        "proxypass",
        "indexpass",
        "3128",
        "SECRET_VARIABLE",
        str(Path.home()) + "/",
        "scene.tif",
    ],
)
def test_the_report_has_nothing_private(report, text):
    assert text not in report


def test_home_user_and_host_are_taken_out():
    user, host = getpass.getuser(), socket.gethostname()
    text = anonymous(f"{Path.home()}/x on {host} by {user}, http://{user}:pw@proxy/, {user}land")
    assert "~/x on <host> by" in text
    assert f"by {user}" not in text
    assert "pw" not in text
    assert text.endswith(f"{user}land")


def test_a_report_of_nothing_is_a_report():
    text = collect(DiagnosticsFacts())
    assert text.startswith("Glacier Mapper diagnostics\n")
    assert "Model runner\n  none" in text


def test_a_report_without_a_lock_file_names_the_error(tmp_path):
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    environment = Environment(tmp_path, tmp_path / "none.txt")
    assert "status: broken" in collect(DiagnosticsFacts(environment=environment))
