"""The service's small parts: lines, throttle, parent watch, boundary, plain values."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from glacier_mapper.core.errors import (
    Cancelled,
    DiskFullError,
    InternalError,
    OutOfMemoryError,
    OutputNotWritableError,
    RunnerBrokenError,
)
from glacier_mapper.core.progress import Progress, Stage
from glacier_mapper.runner import lines
from glacier_mapper.runner.about import cpu_count, describe_runner, runner_version
from glacier_mapper.runner.boundary import guarded
from glacier_mapper.runner.jobs import to_plain
from glacier_mapper.runner.lines import LineReader, LineWriter
from glacier_mapper.runner.throttle import Throttle
from glacier_mapper.runner.watch import ParentWatch


@pytest.fixture
def pipe():
    read, write = os.pipe()
    yield read, write
    for descriptor in (read, write):
        with contextlib.suppress(OSError):
            os.close(descriptor)


def written(pipe, *chunks):
    for chunk in chunks:
        os.write(pipe[1], chunk)
    os.close(pipe[1])
    return list(LineReader(pipe[0]).lines())


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        ([b"a\nb\n"], [b"a", b"b"]),
        ([b"a", b"b\nc", b"\n"], [b"ab", b"c"]),
        ([b"\n\n"], [b"", b""]),
        ([b"a\nunfinished"], [b"a"]),
        ([], []),
    ],
    ids=["two", "pieces", "empty lines", "no line end", "nothing"],
)
def test_lines_are_cut_at_line_ends(pipe, chunks, expected):
    assert written(pipe, *chunks) == expected


def test_a_line_that_is_too_long_is_told_and_the_next_is_read(pipe, monkeypatch):
    monkeypatch.setattr(lines, "MAX_LINE_BYTES", 10)
    assert written(pipe, b"x" * 6, b"y" * 6 + b"\n", b"short\n", b"z" * 10 + b"\n") == [None, b"short", b"z" * 10]


def test_lines_of_many_threads_stay_whole(pipe):
    writer = LineWriter(pipe[1])
    texts = [bytes([65 + number]) * 70_000 + b"\n" for number in range(8)]
    threads = [threading.Thread(target=writer.write, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    reader = LineReader(pipe[0]).lines()
    found = {next(reader) for _ in threads}
    for thread in threads:
        thread.join()
    assert found == {text.strip() for text in texts}


def steps(count):
    return [Progress(Stage.PREDICTING, done, count, done / count) for done in range(1, count + 1)]


def test_the_throttle_lets_one_pass_in_an_interval_and_keeps_the_last():
    now = iter([0.0, 0.01, 0.05, 0.1, 0.15, 0.19])
    sent = []
    throttle = Throttle(sent.append, interval_s=0.1, clock=lambda: next(now))
    for step in steps(6):
        throttle(step)
    assert [step.done for step in sent] == [1, 4]
    throttle.flush()
    throttle.flush()
    assert [step.done for step in sent] == [1, 4, 6]


def test_a_new_stage_is_told_at_once():
    sent = []
    throttle = Throttle(sent.append, interval_s=100.0)
    stages = [Stage.READING, Stage.READING, Stage.PREDICTING, Stage.PREDICTING, Stage.WRITING]
    for number, stage in enumerate(stages):
        throttle(Progress(stage, number, 9, 0.1 * number))
    throttle.flush()
    assert [step.done for step in sent] == [0, 2, 4]


def test_nothing_is_held_back_after_what_was_sent():
    sent = []
    throttle = Throttle(sent.append, interval_s=0.0)
    for step in steps(3):
        throttle(step)
    throttle.flush()
    assert [step.done for step in sent] == [1, 2, 3]


def test_the_watch_sees_a_stranger_end():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    gone = threading.Event()
    watch = ParentWatch(child.pid, gone.set)
    watch.start()
    assert not gone.wait(0.7)
    child.communicate(b"\n")
    assert gone.wait(3.0)
    watch.stop()


def test_the_watch_of_nobody_and_a_watch_that_is_stopped_end_quietly():
    ParentWatch(0, pytest.fail).start()
    watch = ParentWatch(os.getppid(), pytest.fail)
    watch.start()
    time.sleep(0.05)
    watch.stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "parent-watch"]


def raising(error):
    def job():
        raise error

    return job


@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (ValueError("odd"), InternalError, "ValueError: odd"),
        (MemoryError(), OutOfMemoryError, "memory"),
        (ImportError("No module named 'x'"), RunnerBrokenError, "No module named 'x'"),
        (OSError(errno.ENOSPC, "No space left", "/nowhere/a.tif"), DiskFullError, "/nowhere/a.tif"),
        (PermissionError(errno.EACCES, "Permission denied", "/a.tif"), OutputNotWritableError, "/a.tif"),
        (OSError(errno.EIO, "Input/output error"), InternalError, "Input/output error"),
    ],
    ids=["any", "memory", "import", "disk", "permission", "other"],
)
def test_every_exception_leaves_the_boundary_as_one_of_the_tree(error, kind, text, caplog):
    with caplog.at_level(logging.ERROR), pytest.raises(kind) as caught:
        guarded(raising(error))
    assert type(caught.value) is kind
    assert text in str(caught.value)
    assert caught.value.__cause__ is error
    assert "Traceback" in caplog.text


def test_an_error_of_the_tree_passes_unchanged_and_unlogged(caplog):
    error = Cancelled()
    with pytest.raises(Cancelled) as caught:
        guarded(raising(error))
    assert caught.value is error
    assert caplog.text == ""


def test_ctrl_c_is_no_error():
    with pytest.raises(KeyboardInterrupt):
        guarded(raising(KeyboardInterrupt()))


def test_a_result_passes_the_boundary():
    assert guarded(lambda: 3) == 3


def test_plain_values():
    numpy = pytest.importorskip("numpy")
    value = {
        "path": Path("/a/ü.tif"),
        "numbers": (numpy.float32(0.5), numpy.int16(3), 1),
        "bad": [float("nan"), float("-inf"), numpy.float64("inf")],
        1: {"set": {2}},
        "none": None,
        "yes": True,
    }
    assert to_plain(value) == {
        "path": "/a/ü.tif",
        "numbers": [0.5, 3, 1],
        "bad": ["nan", "-inf", "inf"],
        "1": {"set": [2]},
        "none": None,
        "yes": True,
    }


def test_the_runner_says_what_it_is():
    hello = describe_runner()
    assert hello["version"] == runner_version() != ""
    assert hello["device"] == f"CPU ({cpu_count()} threads)"
    assert cpu_count() >= 1


def test_a_check_names_the_package_that_is_missing():
    with pytest.raises(RunnerBrokenError) as caught:
        describe_runner(check=("pytest", "a-package-that-is-not-there"))
    assert "a-package-that-is-not-there" in str(caught.value)


def test_a_check_names_the_package_that_does_not_load(monkeypatch):
    monkeypatch.setitem(sys.modules, "requests", None)
    with pytest.raises(RunnerBrokenError) as caught:
        describe_runner(check=("requests",))
    assert "requests does not load" in str(caught.value)
