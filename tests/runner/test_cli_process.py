"""The command line as a user meets it: help, exit codes, one JSON document, progress, Ctrl-C."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
from stand_in import PYTHON, ROOT

pytestmark = pytest.mark.usefixtures("nothing_leaks")


@pytest.fixture(autouse=True)
def log_folder(tmp_path_factory, monkeypatch):
    """Where the command line keeps its log in these tests."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("GLACIER_MAPPER_CACHE", str(folder))
    return folder


@pytest.fixture
def cli(stand_in_folder, log_folder):
    """Runs a command of the stand-in package: cli("map", ...) -> (exit code, stdout, stderr)."""
    script = str(stand_in_folder / "runner" / "__main__.py")

    def run(*arguments):
        command = [str(PYTHON), "-I", script, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    run.script = script
    run.log = log_folder / "terminal.log"
    return run


COMMANDS = ("map", "models", "info", "simulate", "outlines", "serve")


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_has_help(cli, command):
    code, out, err = cli(*command.split(), "--help")
    assert code == 0
    assert out.startswith("usage: ")
    assert err == ""
    assert "--json" in out or command == ""


def test_map_prints_what_was_made_and_ends_with_0(cli, tmp_path):
    code, out, err = cli("map", "--band", "red=r.tif", "--model", "steps 20", "--out", tmp_path)
    assert code == 0
    assert out.splitlines()[0] == "1 outlines, 2.000 km², in 0.0 s"
    assert "100 % Mapping glaciers 20/20" in err


def test_json_is_one_document_on_stdout_whatever_else_is_printed(cli, tmp_path):
    code, out, err = cli("map", "--band", "red=r.tif", "--model", "noise", "--out", tmp_path, "--json")
    assert code == 0
    assert json.loads(out)["outline_count"] == 1
    assert "print was here" in err
    assert "C was here" not in err
    assert "descriptor 1 was here" not in err
    assert "C was here" in cli.log.read_text()


def test_where_no_log_can_be_written_everything_is_on_stderr(cli, tmp_path, log_folder):
    (log_folder / "terminal.log").mkdir()
    code, _, err = cli("map", "--band", "red=r.tif", "--model", "noise", "--out", tmp_path)
    assert code == 0
    assert "C was here" in err


def test_the_log_stays_small_and_is_named_where_we_are_at_fault(cli, tmp_path, log_folder):
    cli.log.write_bytes(b"x" * 1_000_001)
    code, _, err = cli("map", "--band", "red=r.tif", "--model", "raise", "--out", tmp_path)
    assert code == 1
    assert f"What the libraries said is in {cli.log}\n" in err
    assert (log_folder / "terminal.log.1").stat().st_size == 1_000_001
    assert "ZeroDivisionError" in cli.log.read_text()


def test_what_gdal_and_proj_print_is_in_the_log_and_stderr_is_ours(make_raster, tmp_path, log_folder):
    stack = np.full((3, 40, 40), 0.5, np.float32)
    path = make_raster("a.tif", stack, descriptions=("green", "red", "swir1"))
    surroundings = {**os.environ, "CPL_DEBUG": "ON", "PROJ_DEBUG": "3"}
    command = [str(PYTHON), "-m", "glacier_mapper.runner", "map", "--optical", path, "--out", tmp_path / "out"]
    done = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    ours = re.compile(r" *\d+ % |.* (INFO|WARNING) glacier_mapper\b|\S*a\.tif ")
    assert [line for line in done.stderr.splitlines() if not ours.match(line)] == []
    assert re.search(r"GDAL|GTiff|OGR|GPKG|PROJ|pj_", (log_folder / "terminal.log").read_text())


def test_a_memory_limit_that_is_too_low_is_bad_input_that_names_the_least_that_works(make_raster, tmp_path):
    stack = np.full((3, 40, 40), 0.5, np.float32)
    path = make_raster("a.tif", stack, descriptions=("green", "red", "swir1"))
    command = [str(PYTHON), "-m", "glacier_mapper.runner", "map", "--optical", path, "--out", tmp_path / "out"]

    def run(limit_mb):
        more = ["--memory-limit-mb", str(limit_mb), "--json"]
        return subprocess.run([*command, *more], cwd=ROOT, capture_output=True, text=True, check=False)

    done = run(1)
    assert done.returncode == 2
    error = json.loads(done.stdout)["error"]
    assert error["type"] == "MemoryLimitError"
    least = error["details"]["needed_mb"]
    assert f"{least} MB" in error["remedy"]
    assert run(least - 1).returncode == 2
    assert run(least).returncode == 0


def test_a_complex_raster_is_bad_input_with_a_remedy_that_helps(make_raster, tmp_path):
    path = make_raster("slc.tif", np.ones((40, 40), np.complex64))
    command = [str(PYTHON), "-m", "glacier_mapper.runner", "map", "--out", tmp_path / "out"]
    bands = [f"--band={role}={path}" for role in ("red", "swir1")]
    done = subprocess.run([*command, *bands], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    last = done.stderr.splitlines()[-1]
    assert "holds complex numbers" in last
    assert "amplitude or intensity" in last
    assert "Fetch it again" not in last


@pytest.mark.parametrize(
    ("arguments", "code", "kind"),
    [
        (["map", "--out", "o"], 2, "NoLayersError"),
        (["map"], 2, "UsageError"),
        (["fly"], 2, "UsageError"),
        ([], 2, "UsageError"),
        (["map", "--out", "o", "--band", "colour=r.tif"], 2, "InvalidParameterError"),
        (["map", "--out", "o", "--band", "red=a.tif", "--band", "red=b.tif"], 2, "DuplicateRoleError"),
        (["map", "--out", "o", "--band", "red=a.tif", "--bounds", "3", "0", "3", "1"], 2, "InvalidExtentError"),
        (["map", "--out", "o", "--band", "red=a.tif", "--median-px", "4"], 2, "InvalidParameterError"),
        (["map", "--out", "o", "--band", "red=a.tif", "--median-px", "x"], 2, "UsageError"),
        (["map", "--out", "o", "--band", "red=a.tif", "--model", "typed"], 2, "OutputExistsError"),
        (["map", "--out", "o", "--band", "red=a.tif", "--model", "full"], 2, "DiskFullError"),
        (["map", "--out", "o", "--band", "red=a.tif", "--model", "raise"], 1, "InternalError"),
        (["map", "--out", "o", "--band", "red=a.tif", "--model", "memory"], 1, "OutOfMemoryError"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_errors_have_an_exit_code_one_line_and_one_document(cli, arguments, code, kind):
    found, out, err = cli(*arguments, "--json")
    assert found == code
    error = json.loads(out)["error"]
    assert set(error) == {"type", "message", "remedy", "details"}
    assert error["type"] == kind
    last = err.strip().splitlines()[-1]
    assert last.startswith(error["message"])
    assert last.endswith(f" {error['remedy']}")
    plain_code, plain_out, _ = cli(*arguments)
    assert (plain_code, plain_out) == (code, "")


def start(cli, *arguments, **more):
    return subprocess.Popen([str(PYTHON), "-I", cli.script, *map(str, arguments)], **more)


def wait_for(path):
    end = time.monotonic() + 10
    while not path.exists():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_ctrl_c_cancels_and_leaves_nothing(cli, tmp_path, number):
    arguments = ("map", "--band", "red=r.tif", "--model", "sleep 60", "--out", tmp_path, "--json")
    process = start(cli, *arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_for(tmp_path / "probability.part")
    process.send_signal(number)
    out, err = process.communicate(timeout=10)
    assert process.returncode == 3
    assert json.loads(out)["error"]["type"] == "Cancelled"
    assert err.decode().splitlines()[-1] == "Cancelled. Nothing was changed."
    assert list(tmp_path.iterdir()) == []


def test_a_second_ctrl_c_interrupts_what_does_not_listen(cli, tmp_path):
    arguments = ("map", "--band", "red=r.tif", "--model", "stubborn 60", "--out", tmp_path)
    process = start(cli, *arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert b"Reading" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    time.sleep(0.2)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=10)
    assert process.returncode == 3


@pytest.mark.parametrize(("code", "waits"), [(3, False), (2, True)], ids=["cancelled", "any other end"])
def test_a_cancel_does_not_wait_for_a_thread_that_can_t_be_interrupted(code, waits):
    """A network that is being loaded and measured goes on in a thread of its own."""
    script = (
        "import threading, time\n"
        "from glacier_mapper.runner.__main__ import leave\n"
        "threading.Thread(target=time.sleep, args=(2.5,)).start()\n"
        "print('said', end='')\n"
        f"leave({code})\n"
    )
    started = time.monotonic()
    done = subprocess.run(
        [str(PYTHON), "-c", script], capture_output=True, check=False, timeout=30, cwd=ROOT
    )
    assert (done.returncode, done.stdout) == (code, b"said")
    assert (time.monotonic() - started > 2.5) is waits


def on_terminal(cli, *arguments):
    """What a command writes to stderr when that is a terminal."""
    reading, terminal = pty.openpty()
    process = start(cli, *arguments, stdout=subprocess.DEVNULL, stderr=terminal)
    os.close(terminal)
    pieces = []
    while True:
        try:
            piece = os.read(reading, 65536)
        except OSError:  # Linux: the other end was closed
            break
        if not piece:
            break
        pieces.append(piece)
    os.close(reading)
    assert process.wait(10) == 0
    return b"".join(pieces).decode()


def test_a_terminal_gets_a_bar_that_is_redrawn(cli, tmp_path):
    text = on_terminal(cli, "map", "--band", "red=r.tif", "--model", "steps 4", "--out", tmp_path)
    assert "\r[########......................]  25 % Mapping glaciers 1/4, 1 s left" in text
    assert "\r[##############################] 100 % Mapping glaciers 4/4, 1 s left" in text
    assert text.endswith("\n")


def test_a_pipe_gets_a_line_a_tenth(cli, tmp_path):
    _, _, err = cli("map", "--band", "red=r.tif", "--model", "steps 1000", "--out", tmp_path)
    lines = [line for line in err.splitlines() if "Mapping" in line]
    assert 10 <= len(lines) <= 12
    assert "\r" not in err


def test_models_are_listed_for_people_and_for_programs(cli):
    code, out, _ = cli("models")
    assert code == 0
    assert out.startswith("band-ratio 1.0\n")
    assert "red + swir1 or nir + swir1 or green + swir1" in out
    assert json.loads(cli("models", "--json")[1])[0]["name"] == "band-ratio"


def test_info_tells_the_bands_of_a_raster(cli, make_raster):
    numpy = pytest.importorskip("numpy")
    path = make_raster("große Szene.tif", numpy.ones((2, 8, 9), "uint16"), descriptions=["red", "swir1"])
    code, out, _ = cli("info", path, "--json")
    assert code == 0
    info = json.loads(out)
    assert [band["band"] for band in info["bands"]] == [1, 2]
    lines = cli("info", path)[1].splitlines()
    assert lines[2] == "size    9 × 8 pixels of 10 (units of the CRS)"
    assert [line.split()[:2] for line in lines[7:10]] == [["band", "description"], ["1", "red"], ["2", "swir1"]]
    assert len({len(line[: line.find("uint16")]) for line in lines[8:10]}) == 1


def test_info_of_a_file_that_is_not_there_names_it(cli):
    code, out, err = cli("info", "/no/such file.tif", "--json")
    assert code == 2
    assert json.loads(out)["error"]["details"]["path"] == "/no/such file.tif"
    assert "/no/such file.tif" in err


def test_output_that_nobody_reads_is_no_fault(cli):
    command = f"'{PYTHON}' -I '{cli.script}' models | true"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, timeout=30, check=False)
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_output_that_cannot_be_written_is_said_in_one_line():
    command = [str(PYTHON), "-m", "glacier_mapper.runner", "models", "--json"]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("stdout can't be written: No space left on device.")
    assert done.stderr.count("\n") == 1


def test_a_file_of_which_nothing_is_used_is_said(make_raster, tmp_path):
    names = ("green", "red", "swir1")
    stack = np.full((3, 40, 40), 0.5, np.float32)
    first, again = (make_raster(name, stack, descriptions=names) for name in ("a.tif", "b.tif"))
    command = [str(PYTHON), "-m", "glacier_mapper.runner", "map", "--optical", first, again, "--out", tmp_path / "out"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "b.tif was left out" in done.stderr
    assert "b.tif was left out: its bands have the same roles" in done.stdout
    assert "build a virtual mosaic" in (tmp_path / "out" / "report.json").read_text(encoding="utf-8")
    assert "a.tif is not used" not in done.stderr


def test_the_real_package_runs_from_the_repository_root():
    command = [str(PYTHON), "-m", "glacier_mapper.runner", "models", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=True)
    assert json.loads(done.stdout)[0]["name"] == "band-ratio"
