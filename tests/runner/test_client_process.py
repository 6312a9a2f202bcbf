"""The client against real runner processes: calls, progress, cancel, crash, restart, end."""

from __future__ import annotations

import json
import os
import signal
import threading
import time

import pytest
from stand_in import PYTHON, gone_within, request

from glacier_mapper.core.errors import (
    Cancelled,
    DiskFullError,
    GlacierMapperError,
    InternalError,
    InvalidParameterError,
    NoLayersError,
    OutOfMemoryError,
    OutputExistsError,
    OutputNotWritableError,
    ProtocolMismatchError,
    RunnerBrokenError,
    RunnerBusyError,
    RunnerCrashedError,
    RunnerMissingError,
    RunnerTimeoutError,
)
from glacier_mapper.core.progress import Stage
from glacier_mapper.core.protocol import PROTOCOL_VERSION
from glacier_mapper.runner_client.process import ProcessRunner
from glacier_mapper.runner_client.runner import RunnerCommand, RunnerState

pytestmark = pytest.mark.usefixtures("nothing_leaks")


class InThread:
    """A call in a thread of its own; `result()` waits and raises what it raised."""

    def __init__(self, call):
        self._outcome = None
        self._thread = threading.Thread(target=self._run, args=(call,))
        self._thread.start()

    def _run(self, call):
        try:
            self._outcome = ("result", call())
        except GlacierMapperError as exc:
            self._outcome = ("error", exc)

    def result(self):
        self._thread.join(30)
        kind, value = self._outcome
        if kind == "error":
            raise value
        return value


def until(condition, seconds=5.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.005)


def test_it_starts_when_it_is_first_needed_and_stays(runner):
    assert runner.state is RunnerState.STOPPED
    assert runner.hello == {}
    runner.call("map", request())
    pid = runner.pid
    runner.call("map", request())
    assert runner.pid == pid
    assert runner.state is RunnerState.IDLE
    assert runner.hello["protocol"] == PROTOCOL_VERSION
    assert runner.hello["pid"] == pid
    assert "CPU" in runner.hello["device"]


def test_the_handshake_is_quick(runner):
    start = time.monotonic()
    runner.start()
    assert time.monotonic() - start < 3.0


def test_results_and_progress_arrive_in_order_in_the_calling_thread(runner):
    seen = []
    result = runner.call("map", request("steps 50"), lambda p: seen.append((p, threading.current_thread())))
    assert result["outline_count"] == 1
    steps = [progress.done for progress, _ in seen]
    assert steps == sorted(steps)
    assert seen[-1][0].done == 50
    assert seen[-1][0].stage is Stage.PREDICTING
    assert {thread for _, thread in seen} == {threading.current_thread()}


def test_progress_is_throttled_and_the_last_one_always_comes(runner):
    seen = []
    runner.call("map", request("steps 20000"), seen.append)
    assert seen[-1].done == 20000
    assert len(seen) < 40


def test_two_hundred_quick_calls(runner):
    runner.start()
    start = time.monotonic()
    for _ in range(200):
        assert runner.call("models", {})[0]["name"] == "band-ratio"
    assert time.monotonic() - start < 10.0


def test_quick_calls_from_many_threads_each_get_their_own_answer(runner):
    runner.start()
    calls = [InThread(lambda size=size: runner.call("map", request(f"big {size}"))) for size in (10,)]
    calls += [InThread(lambda: runner.call("estimate", request())) for _ in range(8)]
    results = [call.result() for call in calls]
    assert len(results[0]["notes"][0]["template"]) == 10
    assert all(result["device"] == "CPU" for result in results[1:])


def test_big_messages_pass_both_ways(runner):
    megabytes = 5_000_000
    assert len(runner.call("map", request(f"big {megabytes}"))["notes"][0]["template"]) == megabytes
    with pytest.raises(InvalidParameterError):
        runner.call("info", {"nothing": "ü" * megabytes})


def test_a_second_job_is_refused_and_questions_are_still_answered(runner, tmp_path):
    stop = threading.Event()
    first = InThread(lambda: runner.call("map", request("sleep 20", tmp_path), is_cancelled=stop.is_set))
    until((tmp_path / "probability.part").exists)
    assert runner.state is RunnerState.BUSY
    with pytest.raises(RunnerBusyError) as caught:
        runner.call("map", request())
    assert caught.value.details["job"] == "map"
    assert runner.call("estimate", request())["device"] == "CPU"
    assert runner.call("models", {})
    stop.set()
    with pytest.raises(Cancelled):
        first.result()
    assert runner.call("map", request())["outline_count"] == 1


def test_cancel_takes_effect_within_a_fifth_of_a_second_and_leaves_nothing(runner, tmp_path):
    runner.start()
    stop = threading.Event()
    call = InThread(lambda: runner.call("map", request("sleep 20", tmp_path), is_cancelled=stop.is_set))
    until((tmp_path / "probability.part").exists)
    start = time.monotonic()
    stop.set()
    with pytest.raises(Cancelled):
        call.result()
    assert time.monotonic() - start < 0.6  # 0.2 s and room for a busy machine
    assert list(tmp_path.glob("*.part")) == []
    assert runner.state is RunnerState.IDLE


def test_cancel_before_the_call_starts_nothing(runner):
    with pytest.raises(Cancelled):
        runner.call("map", request(), is_cancelled=lambda: True)
    assert runner.state is RunnerState.STOPPED


def test_cancel_during_a_slow_start(tmp_path):
    slow = fake_runner(tmp_path, "import time; time.sleep(30)")
    start = time.monotonic()
    with pytest.raises(Cancelled):
        slow.call("map", request(), is_cancelled=lambda: time.monotonic() - start > 0.2)
    assert time.monotonic() - start < 2.0
    slow.stop()


def test_a_job_that_does_not_listen_is_killed_and_the_next_call_works(command):
    runner = ProcessRunner(command, cancel_patience_s=0.3)
    start = time.monotonic()
    with pytest.raises(Cancelled):
        runner.call("map", request("stubborn 30"), is_cancelled=lambda: time.monotonic() - start > 1.5)
    assert time.monotonic() - start < 6.0
    assert runner.call("map", request())["outline_count"] == 1
    runner.stop()


def test_a_call_that_takes_too_long_times_out_and_the_runner_lives(runner):
    runner.start()
    pid = runner.pid
    with pytest.raises(RunnerTimeoutError) as caught:
        runner.call("map", request("sleep 20"), timeout_s=0.3)
    assert caught.value.details["seconds"] == 0.3
    until(lambda: runner.call("estimate", request()) is not None)
    assert runner.pid == pid


@pytest.mark.parametrize(
    ("model", "kind", "text"),
    [
        ("typed", OutputExistsError, "exists already"),
        ("raise", InternalError, "ZeroDivisionError"),
        ("full", DiskFullError, "The disk is full"),
        ("readonly", OutputNotWritableError, "Read-only"),
        ("memory", OutOfMemoryError, "memory"),
        ("import", RunnerBrokenError, "no_such_package"),
    ],
)
def test_errors_arrive_with_their_type_and_the_runner_lives_on(runner, model, kind, text):
    with pytest.raises(kind) as caught:
        runner.call("map", request(model))
    assert type(caught.value) is kind
    assert text in str(caught.value)
    assert runner.call("map", request())["outline_count"] == 1


def test_an_unexpected_error_leaves_its_traceback_in_the_log(runner, tmp_path):
    with pytest.raises(InternalError):
        runner.call("map", request("raise"))
    until(lambda: any("ZeroDivisionError" in line for line in runner.log_tail(50)))
    assert any("Traceback" in line for line in runner.log_tail(50))
    assert "ZeroDivisionError" in (tmp_path / "logs" / "runner.log").read_text()


def test_not_a_number_in_a_result_arrives_as_text(runner):
    assert runner.call("map", request("nan"))["notes"][0]["details"]["value"] == "nan"


def test_bad_params_are_named(runner):
    with pytest.raises(NoLayersError):
        runner.call("map", {**request(), "sources": []})
    with pytest.raises(InvalidParameterError):
        runner.call("map", {**request(), "colour": "red"})
    with pytest.raises(InvalidParameterError):
        runner.call("no-such-method", {})


def test_what_is_printed_never_mixes_with_messages(runner):
    result = runner.call("map", request("noise"))
    assert result["notes"][0]["template"] == "''"  # the job's stdin is empty, not the pipe of messages
    until(lambda: len([line for line in runner.log_tail(50) if "was here" in line]) == 3)


def test_other_plugins_can_not_shadow_packages(runner, stand_in_folder):
    assert (stand_in_folder.parent / "requests").is_dir()
    found = runner.call("map", request("shadow"))["notes"][0]["template"]
    assert str(stand_in_folder.parent) not in found


def test_a_killed_runner_is_reported_and_restarts(runner, tmp_path):
    call = InThread(lambda: runner.call("map", request("sleep 20", tmp_path)))
    until((tmp_path / "probability.part").exists)
    os.kill(runner.pid, signal.SIGKILL)
    with pytest.raises(RunnerCrashedError) as caught:
        call.result()
    assert caught.value.details["reason"] == "killed by SIGKILL"
    assert runner.state is RunnerState.CRASHED
    assert runner.call("map", request())["outline_count"] == 1
    assert runner.state is RunnerState.IDLE


def test_a_crash_comes_with_the_last_words(runner):
    with pytest.raises(RunnerCrashedError) as caught:
        runner.call("map", request("exit 7"))
    assert caught.value.details["reason"] == "exit code 7"
    assert "last words" in caught.value.details["log_tail"]


def test_every_outstanding_call_hears_of_the_crash(runner, tmp_path):
    first = InThread(lambda: runner.call("map", request("sleep 20", tmp_path)))
    until((tmp_path / "probability.part").exists)
    others = [InThread(lambda: runner.call("preview", {"request": request()})) for _ in range(3)]
    time.sleep(0.1)
    os.kill(runner.pid, signal.SIGKILL)
    for call in (first, *others):
        with pytest.raises((RunnerCrashedError, OutputExistsError)):
            call.result()


def test_a_crash_is_noticed_although_a_child_holds_the_pipes(runner):
    child = int(runner.call("map", request("child 30"))["notes"][0]["template"])
    try:
        with pytest.raises(RunnerCrashedError):
            runner.call("map", request("kill"))
    finally:
        os.kill(child, signal.SIGKILL)


def test_stop_ends_process_and_threads_and_cancels_the_job(runner, tmp_path):
    call = InThread(lambda: runner.call("map", request("sleep 20", tmp_path)))
    until((tmp_path / "probability.part").exists)
    pid = runner.pid
    start = time.monotonic()
    runner.stop()
    assert time.monotonic() - start < 3.0
    assert gone_within(pid, 0.1)
    with pytest.raises(Cancelled):
        call.result()
    assert list(tmp_path.glob("*.part")) == []
    assert runner.state is RunnerState.STOPPED


def test_stop_ends_a_job_that_does_not_listen(command):
    runner = ProcessRunner(command, stop_patience_s=0.3)
    call = InThread(lambda: runner.call("map", request("stubborn 30")))
    until(lambda: runner.state is RunnerState.BUSY)
    start = time.monotonic()
    runner.stop()
    assert time.monotonic() - start < 3.0
    with pytest.raises(Cancelled):
        call.result()


def test_stop_during_the_start(tmp_path):
    slow = fake_runner(tmp_path, "import time; time.sleep(30)", stop_patience_s=0.1)
    call = InThread(slow.start)
    until(lambda: slow.state is RunnerState.STARTING)
    time.sleep(0.2)
    slow.stop()
    with pytest.raises(Cancelled):
        call.result()


def test_stop_twice_and_stop_without_a_start(command):
    runner = ProcessRunner(command)
    runner.stop()
    runner.start()
    runner.stop()
    runner.stop()
    assert runner.state is RunnerState.STOPPED


def fake_runner(tmp_path, program, **more):
    """A runner whose program is not ours."""
    package = tmp_path / "other" / "glacier_mapper"
    (package / "runner").mkdir(parents=True)
    (package / "runner" / "__main__.py").write_text(program)
    return ProcessRunner(RunnerCommand(PYTHON, package, log_folder=tmp_path / "logs"), **more)


def test_a_missing_python_is_a_missing_runner(tmp_path, stand_in_folder):
    runner = ProcessRunner(RunnerCommand(tmp_path / "venv" / "bin" / "python", stand_in_folder))
    with pytest.raises(RunnerMissingError):
        runner.start()


def test_a_python_that_is_none_is_a_broken_runner(tmp_path, stand_in_folder):
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("no program")
    runner = ProcessRunner(RunnerCommand(python, stand_in_folder, log_folder=tmp_path))
    with pytest.raises(RunnerBrokenError):
        runner.start()
    python.chmod(0o755)
    with pytest.raises(RunnerBrokenError):
        runner.start()


def test_an_environment_that_does_not_import_is_broken_and_says_why(tmp_path):
    runner = fake_runner(tmp_path, "import a_package_that_is_not_there")
    with pytest.raises(RunnerBrokenError) as caught:
        runner.start()
    assert "a_package_that_is_not_there" in caught.value.details["reason"]
    assert any("ModuleNotFoundError" in line for line in caught.value.details["log_tail"])
    assert runner.state is RunnerState.STOPPED


def test_a_program_that_talks_something_else_is_broken(tmp_path):
    runner = fake_runner(tmp_path, "print('hello, this is another program')")
    with pytest.raises(RunnerBrokenError) as caught:
        runner.start()
    assert "another program" in caught.value.details["reason"]


def test_a_runner_that_never_answers_times_out(tmp_path):
    runner = fake_runner(tmp_path, "import time; time.sleep(30)", start_timeout_s=0.4)
    with pytest.raises(RunnerTimeoutError):
        runner.start()
    runner.stop()


@pytest.mark.parametrize(
    "answer",
    ['{"result": {"protocol": 99}}', '{"result": {}}', '{"error": {"code": -32000, "message": "x", "data": %s}}'],
    ids=["newer", "none", "refused"],
)
def test_another_protocol_is_a_clear_error(tmp_path, answer):
    refusal = json.dumps({"type": "ProtocolMismatchError", "details": {"runner": 0, "plugin": 1}})
    message = {"jsonrpc": "2.0", "id": 1, **json.loads(answer.replace("%s", refusal))}
    runner = fake_runner(tmp_path, f"input(); print({json.dumps(message)!r}, flush=True); input()")
    with pytest.raises(ProtocolMismatchError) as caught:
        runner.start()
    assert "Repair" in str(caught.value)
    runner.stop()


def test_the_environment_of_qgis_does_not_reach_the_runner(monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    monkeypatch.setenv("PROJ_DATA", "/nowhere")
    path = str(tmp_path / "env")
    dump = f"import json, os, pathlib; pathlib.Path({path!r}).write_text(json.dumps(dict(os.environ)))"
    runner = fake_runner(tmp_path, dump)
    with pytest.raises(RunnerBrokenError):
        runner.start()
    environment = json.loads((tmp_path / "env").read_text())
    assert not {"PYTHONHOME", "PYTHONPATH", "PROJ_DATA"} & set(environment)


def test_the_log_lies_where_the_command_says(runner, tmp_path):
    runner.start()
    runner.stop()
    text = (tmp_path / "logs" / "runner.log").read_text()
    assert "the model runner started" in text
    assert "the model runner ends" in text
