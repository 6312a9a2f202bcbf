"""`serve` itself, line by line: handshake, malformed lines, end of input, death of the parent."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time

import pytest
from stand_in import PYTHON, gone_within, request

from glacier_mapper.core import protocol
from glacier_mapper.core.protocol import PROTOCOL_VERSION

pytestmark = pytest.mark.usefixtures("nothing_leaks")


class Served:
    """A `serve` process with its pipes bare."""

    def __init__(self, folder, *arguments):
        self.process = subprocess.Popen(
            [str(PYTHON), "-I", str(folder / "runner" / "__main__.py"), "serve", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )

    def send(self, line):
        self.process.stdin.write(line)
        self.process.stdin.flush()

    def ask(self, number, method, params=None):
        self.send(protocol.request(number, method, params or {}))

    def read(self):
        return json.loads(self.process.stdout.readline())

    def greet(self):
        self.ask(1, "hello", {"protocol": PROTOCOL_VERSION})
        return self.read()["result"]

    def end(self):
        self.process.stdin.close()
        code = self.process.wait(10)
        self.process.stdout.close()
        self.process.stderr.close()
        return code


@pytest.fixture
def served(stand_in_folder):
    served = Served(stand_in_folder)
    yield served
    if served.process.poll() is None:
        served.process.kill()
        served.process.wait()
    for pipe in (served.process.stdin, served.process.stdout, served.process.stderr):
        with contextlib.suppress(BrokenPipeError):
            pipe.close()


def wait_for(path, seconds=5.0):
    end = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_hello_comes_first(served):
    served.ask(1, "models")
    answer = served.read()
    assert answer["error"]["code"] == protocol.INVALID_REQUEST
    assert "hello" in answer["error"]["message"]
    hello = served.greet()
    assert set(hello) == {"protocol", "version", "python", "packages", "device", "pid"}
    assert hello["pid"] == served.process.pid
    assert hello["packages"]["numpy"]
    served.ask(2, "models")
    assert served.read()["id"] == 2


@pytest.mark.parametrize("theirs", [0, PROTOCOL_VERSION + 1, str(PROTOCOL_VERSION), None], ids=str)
def test_another_protocol_is_refused_and_nothing_else_is_answered(served, theirs):
    served.ask(1, "hello", {"protocol": theirs})
    answer = served.read()
    assert answer["error"]["data"]["type"] == "ProtocolMismatchError"
    assert answer["error"]["data"]["details"]["runner"] == PROTOCOL_VERSION
    served.ask(2, "models")
    assert "error" in served.read()


@pytest.mark.parametrize(
    ("line", "code", "number"),
    [
        (b"garbage\n", protocol.PARSE_ERROR, None),
        (b"\xff\xfe\x00\n", protocol.PARSE_ERROR, None),
        (b"{\n", protocol.PARSE_ERROR, None),
        (b"[1, 2]\n", protocol.PARSE_ERROR, None),
        (b"[" * 100_000 + b"\n", protocol.PARSE_ERROR, None),
        (b'{"jsonrpc": "2.0", "id": 9}\n', protocol.INVALID_REQUEST, 9),
        (b'{"jsonrpc": "2.0", "id": 9, "method": "map", "params": [1]}\n', protocol.INVALID_REQUEST, 9),
        (b'{"jsonrpc": "2.0", "id": [], "method": "map"}\n', protocol.INVALID_REQUEST, None),
        (b'{"jsonrpc": "2.0", "id": true, "method": "map"}\n', protocol.INVALID_REQUEST, None),
        (b'{"jsonrpc": "2.0", "id": 9, "method": "nonsense"}\n', protocol.METHOD_NOT_FOUND, 9),
    ],
    ids=["text", "bytes", "cut", "list", "deep", "no method", "params list", "id list", "id bool", "unknown method"],
)
def test_malformed_lines_are_answered_and_survived(served, line, code, number):
    served.greet()
    served.send(line)
    answer = served.read()
    assert answer["error"]["code"] == code
    assert answer["id"] == number
    served.ask(3, "models")
    assert served.read()["id"] == 3


@pytest.mark.parametrize(
    "line",
    [b"\n", b"   \r\n", protocol.notification("unknown", {}), protocol.notification("cancel", {"id": 77})],
    ids=["empty", "blank", "unknown notification", "cancel of nothing"],
)
def test_what_needs_no_answer_gets_none(served, line):
    served.greet()
    served.send(line)
    served.ask(3, "models")
    assert served.read()["id"] == 3


def test_a_line_in_pieces_and_lines_together(served):
    served.greet()
    line = protocol.request(2, "models", {})
    served.send(line[:10])
    time.sleep(0.05)
    served.send(line[10:] + protocol.request(3, "models", {}) + protocol.request(4, "models", {}))
    assert [served.read()["id"] for _ in range(3)] == [2, 3, 4]


def test_an_id_in_use_is_refused(served, tmp_path):
    served.greet()
    served.ask(5, "map", request("sleep 20", tmp_path))
    assert served.read()["method"] == "progress"
    served.ask(5, "map", request("sleep 20", tmp_path))
    assert served.read()["error"]["code"] == protocol.INVALID_REQUEST
    served.send(protocol.notification("cancel", {"id": 5}))
    assert served.read()["error"]["data"]["type"] == "Cancelled"


def test_a_question_that_waits_in_line_can_be_cancelled(served):
    served.greet()
    served.ask(2, "preview", {"request": request()})
    served.ask(3, "preview", {"request": request(), "max_px": 77})
    served.send(protocol.notification("cancel", {"id": 3}))
    answers = [served.read(), served.read()]
    assert [answer["id"] for answer in answers] == [2, 3]
    assert answers[1]["error"]["data"]["type"] == "Cancelled"


def test_end_of_input_cancels_the_job_cleans_up_and_ends(served, tmp_path):
    served.greet()
    served.ask(2, "map", request("sleep 60", tmp_path))
    wait_for(tmp_path / "probability.part")
    start = time.monotonic()
    served.process.stdin.close()
    assert served.process.wait(10) == 0
    assert time.monotonic() - start < 2.0
    assert list(tmp_path.glob("*")) == []


def test_end_of_input_ends_an_idle_runner_at_once(served):
    served.greet()
    start = time.monotonic()
    assert served.end() == 0
    assert time.monotonic() - start < 2.0


def test_shutdown_is_answered_and_ends(served):
    served.greet()
    served.ask(2, "shutdown")
    assert served.read() == {"jsonrpc": "2.0", "id": 2, "result": {}}
    assert served.process.wait(5) == 0


def test_sigterm_ends_in_good_order(served, tmp_path):
    served.greet()
    served.ask(2, "map", request("sleep 60", tmp_path))
    wait_for(tmp_path / "probability.part")
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(5) == 0
    assert list(tmp_path.glob("*")) == []


def test_sigint_meant_for_the_terminal_is_left_to_the_parent(served):
    served.greet()
    served.process.send_signal(signal.SIGINT)
    served.ask(2, "models")
    assert served.read()["id"] == 2


def test_a_reader_that_goes_away_ends_the_runner(served):
    served.greet()
    served.process.stdout.close()
    served.ask(2, "models")
    assert served.process.wait(5) == 0


def test_temporary_files_of_a_run_are_removed_after_it(served, tmp_path):
    source = tmp_path / "web layer.tif"
    source.write_bytes(b"x")
    kept = tmp_path / "mine.tif"
    kept.write_bytes(b"x")
    params = request("steps 1", tmp_path)
    band = params["sources"][0]
    params["sources"] = [{**band, "path": str(source), "temporary": True}, {**band, "role": "nir", "path": str(kept)}]
    served.greet()
    served.ask(2, "map", params)
    while served.read().get("id") != 2:
        pass
    assert not source.exists()
    assert kept.exists()


def test_outlines_pass_settings_and_provenance(served):
    served.greet()
    params = {"probability": "p.tif", "out_dir": "o", "outlines": {"min_area_km2": 0.5}, "meta": {"analyst": "A. N."}}
    served.ask(2, "outlines", params)
    result = served.read()["result"]
    assert (result["probability"], result["outlines"], result["area_km2"]) == ("p.tif", "A. N.", 0.5)


PARENT = """
import os, subprocess, sys, time
python, script, keep = sys.argv[1:]
runner = subprocess.Popen(
    [python, "-I", script, "serve", "--parent-pid", str(os.getpid())], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
runner.stdin.write(b'{"jsonrpc": "2.0", "id": 1, "method": "hello", "params": {"protocol": 1}}\\n')
runner.stdin.flush()
runner.stdout.readline()
other = 0
if keep == "keep":  # another child holds the runner's input open
    other = subprocess.Popen(["sleep", "60"], pass_fds=(runner.stdin.fileno(),), stdout=subprocess.DEVNULL).pid
print(runner.pid, other, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("keep", ["keep", "close"], ids=["pipe inherited by another", "pipe closed"])
def test_the_runner_ends_when_its_parent_is_killed(stand_in_folder, keep):
    script = str(stand_in_folder / "runner" / "__main__.py")
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(PYTHON), script, keep], stdout=subprocess.PIPE)
    runner_pid, other_pid = (int(word) for word in parent.stdout.readline().split())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    try:
        assert gone_within(runner_pid, 4.0)
    finally:
        if other_pid:
            os.kill(other_pid, signal.SIGKILL)


def test_it_starts_from_any_folder_and_as_a_module(stand_in_folder, tmp_path):
    script = [str(PYTHON), "-I", str(stand_in_folder / "runner" / "__main__.py")]
    module = [str(PYTHON), "-m", "glacier_mapper.runner"]
    root = stand_in_folder.parents[2]
    for command, folder in ((script, tmp_path), (module, os.getcwd()), ([*script[:1], script[2]], root)):
        done = subprocess.run([*command, "models", "--json"], cwd=folder, capture_output=True, check=True)
        assert json.loads(done.stdout)[0]["name"] == "band-ratio"
