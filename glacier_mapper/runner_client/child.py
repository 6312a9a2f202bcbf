"""Running other programs during set-up: no window, no shell, every line read, killed with all its children.

Arguments are lists, never given to a shell, and the programs are those that were looked up.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess  # nosec B404
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ..core.errors import Cancelled
from .clean_env import cleaned_environment
from .runner import IsCancelled

CREATE_NO_WINDOW = 0x08000000
POLL_S = 0.1
KEPT_LINES = 400


@dataclass(frozen=True)
class ChildResult:
    """How a program ended, and its last lines (stdout and stderr together)."""

    code: int
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines)


def probe(arguments: Sequence[str], timeout_s: float = 20.0) -> str | None:
    """What a small program prints; None when it is missing, fails or takes too long."""
    try:
        done = subprocess.run(  # nosec B603
            list(arguments),
            env=cleaned_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=timeout_s,
            check=False,
            creationflags=_flags(),
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else None


def run(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    on_line: Callable[[str], None],
    is_cancelled: IsCancelled,
) -> ChildResult:
    """Run a program to its end, giving each line to `on_line` in this thread.

    Raises Cancelled after the program and its children have been killed, OSError when it can't be started.
    """
    process = subprocess.Popen(  # nosec B603
        list(arguments),
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=sys.platform != "win32",
        creationflags=_flags(),
    )
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    reader = threading.Thread(target=_read, args=(process, lines), name="setup-output", daemon=True)
    reader.start()
    try:
        kept = _follow(lines, on_line, is_cancelled)
    finally:
        kill_tree(process)
        reader.join(2.0)
    return ChildResult(process.returncode, kept)


def kill_tree(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a program and of the children it started, and wait for it."""
    if sys.platform == "win32":
        if process.poll() is None:
            probe(["taskkill", "/T", "/F", "/PID", str(process.pid)])
            process.kill()
    elif process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            process.kill()
    process.wait()


def _follow(
    lines: queue.SimpleQueue[str | None], on_line: Callable[[str], None], is_cancelled: IsCancelled
) -> list[str]:
    kept: list[str] = []
    while True:
        if is_cancelled():
            raise Cancelled()
        try:
            line = lines.get(timeout=POLL_S)
        except queue.Empty:
            continue
        if line is None:
            return kept
        kept = [*kept[-KEPT_LINES:], line]
        on_line(line)


def _read(process: subprocess.Popen[bytes], lines: queue.SimpleQueue[str | None]) -> None:
    if process.stdout is not None:
        with process.stdout as pipe:
            for line in pipe:
                lines.put(line.decode("utf-8", "replace").rstrip())
    process.wait()
    lines.put(None)


def _flags() -> int:
    return CREATE_NO_WINDOW if sys.platform == "win32" else 0
