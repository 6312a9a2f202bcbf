"""Starts the real servers of .venv-servers on loopback, for tests and benchmarks."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
PYTHON = HERE.parents[1] / ".venv-servers" / "bin" / "python"
START_S = 120


def free_port():
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def leftovers_of(group):
    """What a group of processes would leave behind if killed: shared memory, and the folders of Triton's backend."""
    left = set(Path("/dev/shm").glob(f"pytrtion{group}-*"))
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(process.name)) != group:
                continue
            maps, words = (process / "maps").read_text(), (process / "cmdline").read_text().split("\0")
        except OSError:
            continue
        left |= {Path(line.split()[-1]) for line in maps.splitlines() if "/dev/shm/" in line}
        left |= {Path(*Path(word).parts[:3]) for word in words if word.startswith("/tmp/folder")}
    return left


class RealServer:
    """A server in a process group of its own; `kill` ends it as a crash does."""

    def __init__(self, script, models, folder, *options):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        listed = [word for name, path in models.items() for word in ("--model", f"{name}={path}")]
        command = [str(PYTHON), str(HERE / script), *listed, "--port", str(self.port), *options]
        self._home = tempfile.mkdtemp(prefix="triton")  # its sockets lie there, and their paths must be short
        environment = {**os.environ, "PYTRITON_HOME": self._home, "PYTHONDONTWRITEBYTECODE": "1"}
        self._log = (folder / f"{script}-{self.port}.log").open("w+")
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=self._log, stderr=self._log, text=True, cwd=folder,
            env=environment, start_new_session=True,
        )  # fmt: skip
        end = time.monotonic() + START_S
        while not all(self._serves(name) for name in models):
            if time.monotonic() > end or self._process.poll() is not None:
                self.kill()
                raise RuntimeError(f"{script} does not start:\n{Path(self._log.name).read_text()[-3000:]}")
            time.sleep(0.1)

    def _serves(self, name):
        try:
            with urllib.request.urlopen(f"{self.url}/v2/models/{name}/ready", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def kill(self):
        """End it and all that it started, at once; what it would leave is removed."""
        left = leftovers_of(self._process.pid)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        for path in left:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        self._process.wait()
        self._process.stdin.close()
        self._log.close()
        shutil.rmtree(self._home, ignore_errors=True)

    def pause(self):
        """Half dead: it takes connections and never answers."""
        os.killpg(self._process.pid, signal.SIGSTOP)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()


def triton(models, folder, *options):
    """A real Triton with `models`: name -> model.onnx."""
    return RealServer("serve_triton.py", models, folder, *options)


def mlserver(models, folder):
    """A real MLServer with `models`."""
    return RealServer("serve_mlserver.py", models, folder, "--grpc-port", str(free_port()))
