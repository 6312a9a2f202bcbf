"""A copy of the package whose mapping does what the test says, so that the real service and client can be driven.

The model's name is the script: "sleep 5" cancels politely, "stubborn 20" does not listen, "steps 50" reports
progress, "noise" prints to stdout from Python and C, "kill" dies, "raise", "full", "memory", "import", "big N".
"""

from __future__ import annotations

import shutil
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from glacier_mapper.core.request import BandSource, MapRequest
from glacier_mapper.core.roles import Role
from glacier_mapper.runner_client.process import ProcessRunner
from glacier_mapper.runner_client.runner import RunnerCommand

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "glacier_mapper"
PYTHON = Path(sys.executable)

MAPPING = '''
import ctypes, errno, os, signal, sys, time
from pathlib import Path
from ...core.errors import Cancelled, OutputExistsError
from ...core.grid import Grid
from ...core.progress import Progress, Stage
from ...core.result import Estimate, MapResult

GRID = Grid("EPSG:32632", (0.0, 0.0), 10.0, (1, 1))

def sleep(seconds, should_stop, part=None):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if should_stop():
            if part: part.unlink()
            raise Cancelled()
        time.sleep(0.005)

def map_glaciers(request, on_progress, should_stop):
    word, *rest = request.model.split()
    number = float(rest[0]) if rest else 0.0
    out = Path(request.out_dir)
    notes = []
    if word == "sleep":
        out.mkdir(parents=True, exist_ok=True)
        part = out / "probability.part"
        part.write_text("half")
        on_progress(Progress(Stage.READING, 0, 1, 0.0))
        sleep(number, should_stop, part)
        part.unlink()
    elif word == "stubborn":
        on_progress(Progress(Stage.READING, 0, 1, 0.0))
        time.sleep(number)
    elif word == "steps":
        for step in range(int(number)):
            on_progress(Progress(Stage.PREDICTING, step + 1, int(number), (step + 1) / number, 1.0))
    elif word == "noise":
        print("print was here")
        sys.stdout.flush()
        ctypes.CDLL(None).puts(b"C was here")
        ctypes.CDLL(None).fflush(None)
        os.write(1, b"descriptor 1 was here\\\\n")
        notes = [{"template": repr(sys.stdin.readline()), "details": {}}]
    elif word == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif word == "exit":
        print("last words", file=sys.stderr, flush=True)
        os._exit(int(number))
    elif word == "raise":
        raise ZeroDivisionError("secret reason")
    elif word == "typed":
        raise OutputExistsError(path=out)
    elif word == "full":
        raise OSError(errno.ENOSPC, "No space left on device", str(out))
    elif word == "readonly":
        raise OSError(errno.EROFS, "Read-only file system", str(out))
    elif word == "memory":
        raise MemoryError
    elif word == "import":
        import no_such_package
    elif word == "big":
        notes = [{"template": "x" * int(number), "details": {}}]
    elif word == "nan":
        notes = [{"template": "nan", "details": {"value": float("nan")}}]
    elif word == "shadow":
        import requests
        notes = [{"template": requests.__file__, "details": {}}]
    elif word == "child":
        import subprocess
        child = subprocess.Popen(["sleep", rest[0]], stdin=subprocess.DEVNULL)
        notes = [{"template": str(child.pid), "details": {}}]
    return MapResult(str(out), "p", "c", "o", "r", GRID, 1, 2.0, 0.0, None, notes)

def outlines_from_probability(request, on_progress, should_stop):
    area_km2 = request.outlines.min_area_km2
    return MapResult(request.out_dir, request.probability, "", request.meta.analyst, "", GRID, 1, area_km2, 0.0)

def estimate(request):
    return Estimate("CPU", GRID, 1, None, 1, 1)

def preview(request, max_px=1024, should_stop=None):
    time.sleep(0.3)
    raise OutputExistsError(path=str(max_px))
'''


def request(model="steps 3", out_dir="out", **more):
    source = BandSource(Role.RED, "red.tif", **more)
    return MapRequest((source,), str(out_dir), model=model).to_json()


@pytest.fixture(scope="session")
def stand_in_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plug ins ü") / "glacier_mapper"
    folder.mkdir()
    shutil.copy(PACKAGE / "__init__.py", folder)
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE / "core", folder / "core", ignore=ignore)
    shutil.copytree(PACKAGE / "runner", folder / "runner", ignore=ignore)
    for path in (folder / "runner" / "mapping").glob("*.py"):
        path.unlink()
    (folder / "runner" / "mapping" / "__init__.py").write_text(MAPPING.replace("\\\\n", "\\n"))
    for name in ("numpy", "requests", "rasterio", "json", "logging"):
        trap = folder.parent / name
        trap.mkdir()
        (trap / "__init__.py").write_text("raise ImportError('the trap caught the runner')")
    return folder


@pytest.fixture
def command(stand_in_folder, tmp_path):
    return RunnerCommand(PYTHON, stand_in_folder, log_folder=tmp_path / "logs")


@pytest.fixture
def runner(command):
    runner = ProcessRunner(command)
    yield runner
    runner.stop()


@pytest.fixture
def nothing_leaks():
    """No thread and no process is left behind by any test."""
    threads, children = set(threading.enumerate()), set(psutil.Process().children(recursive=True))
    yield
    end = time.monotonic() + 3.0
    while time.monotonic() < end:
        new_threads = set(threading.enumerate()) - threads
        new_children = set(psutil.Process().children(recursive=True)) - children
        if not new_threads and not new_children:
            return
        time.sleep(0.02)
    pytest.fail(f"left behind: {new_threads} {new_children}")


def gone_within(pid, seconds):
    """Whether the process ends in that time; a zombie has ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False
