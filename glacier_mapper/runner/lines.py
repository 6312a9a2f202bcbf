"""Lines in from one file descriptor, lines out to another, safe from whatever else writes to stdout."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

CHUNK_BYTES = 1 << 16
MAX_LINE_BYTES = 64 << 20


def claim_stdout() -> int:
    """Keep the real stdout for messages and send everything else that is printed, also by C code, to stderr.

    Returns the file descriptor for messages. It is not inherited by child processes.
    """
    sys.stdout.flush()
    messages = _binary(os.dup(1))
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return messages


def claim_stderr(log: Path) -> bool:
    """Keep the real stderr for what Python writes to it, and append what C code (GDAL, PROJ) prints there to `log`.

    Returns whether that was possible; where the log can't be opened everything stays as it is.
    """
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        opened = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    except OSError:
        return False
    sys.stderr.flush()
    real = os.dup(2)
    os.dup2(opened, 2)
    os.close(opened)
    sys.stderr = open(real, "w", buffering=1, encoding=sys.stderr.encoding, errors="backslashreplace")  # noqa: SIM115
    return True


def claim_stdin() -> int:
    """Keep the real stdin for messages; anything else that reads stdin finds it empty.

    Returns the file descriptor for messages.
    """
    messages = _binary(os.dup(0))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return messages


def _binary(descriptor: int) -> int:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(descriptor, os.O_BINARY)
    return descriptor


class LineWriter:
    """Writes whole lines to a file descriptor from any thread."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()

    def write(self, line: bytes) -> None:
        """Write `line` wholly. Raises OSError when nobody reads any more."""
        with self._lock:
            rest = memoryview(line)
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]


class LineReader:
    """Cuts what comes from a file descriptor into lines, without reading ahead of what is there."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def lines(self) -> Iterator[bytes | None]:
        """Every line without its end, until the end of the stream; None for one that was too long to keep."""
        pieces: list[bytes] = []
        size = 0
        while chunk := os.read(self._descriptor, CHUNK_BYTES):
            first, *others = chunk.split(b"\n")
            pieces, size = self._keep(pieces, size, first)
            for piece in others:
                yield None if size > MAX_LINE_BYTES else b"".join(pieces)
                pieces, size = self._keep([], 0, piece)

    @staticmethod
    def _keep(pieces: list[bytes], size: int, piece: bytes) -> tuple[list[bytes], int]:
        size += len(piece)
        if size > MAX_LINE_BYTES:
            return [], size
        pieces.append(piece)
        return pieces, size
