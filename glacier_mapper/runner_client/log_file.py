"""A log file that stays small, and the last lines of it in memory."""

from __future__ import annotations

import os
import threading
from collections import deque
from pathlib import Path

TAIL_LINES = 200
MAX_LINE_BYTES = 8192


class RotatingLog:
    """Appends lines to `path`; at `max_bytes` it becomes `path`.1 and so on, up to `backups` (0: none) of them.

    A log that can't be written is no reason to fail: then only the tail in memory is kept.
    """

    def __init__(self, path: Path | None, max_bytes: int = 1_000_000, backups: int = 3) -> None:
        self.path = path
        self._max_bytes = max_bytes
        self._backups = backups
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._lock = threading.Lock()
        self._bytes: int | None = None

    def write(self, line: bytes) -> None:
        """Add one line, with or without its end. Very long lines are cut."""
        line = line.rstrip(b"\r\n")[:MAX_LINE_BYTES]
        with self._lock:
            self._tail.append(line.decode("utf-8", "replace"))
            if self.path is not None:
                try:
                    self._append(self.path, line + b"\n")
                except OSError:
                    self._bytes = None

    def tail(self, lines: int = 20) -> list[str]:
        """The last lines, oldest first."""
        with self._lock:
            return list(self._tail)[-lines:] if lines > 0 else []

    def _append(self, path: Path, line: bytes) -> None:
        if self._bytes is None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._bytes = path.stat().st_size if path.exists() else 0
        if self._bytes and self._bytes + len(line) > self._max_bytes:
            self._rotate(path)
            self._bytes = 0
        with path.open("ab") as file:
            file.write(line)
        self._bytes += len(line)

    def _rotate(self, path: Path) -> None:
        for number in range(self._backups, 0, -1):
            older = _numbered(path, number)
            newer = _numbered(path, number - 1) if number > 1 else path
            if newer.exists():
                os.replace(newer, older)
        path.unlink(missing_ok=True)


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}")
