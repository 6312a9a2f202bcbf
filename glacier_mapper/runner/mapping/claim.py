"""One run at a time into a folder: a lock of the operating system, which goes when its process ends, however it ends.

The locks lie in the system's folder for temporary files, so that nothing is left in the user's. They hold among the
processes of one user on one machine.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ...core.file_errors import OutputBusyError

_FAR_BYTE = 1 << 20
"""The byte that Windows locks; what lies before it can be read by others."""


@contextmanager
def claimed(out_dir: Path) -> Iterator[None]:
    """Hold `out_dir`, which need not be there yet, for the block. Raises OutputBusyError where another run holds it.

    Where locks can't be kept at all the block runs without one.
    """
    try:
        path = _lock_path(out_dir)
        handle, is_free = _taken(path)
    except OSError:
        yield
        return
    try:
        if not is_free:
            raise OutputBusyError(path=str(out_dir), pid=_holder(handle))
        with suppress(OSError):
            os.truncate(handle, 0)
            os.write(handle, str(os.getpid()).encode("ascii"))
        yield
    finally:
        if is_free:
            with suppress(OSError):  # Windows removes no open file
                path.unlink()
        os.close(handle)


def _taken(path: Path) -> tuple[int, bool]:
    """The open lock file, and whether it is ours. Raises OSError."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        is_free = _try_lock(handle)
        # Its holder may have removed it meanwhile; then the lock is on a file that nobody else will find.
        if not is_free or _is_at(path, handle):
            return handle, is_free
        os.close(handle)


def _is_at(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(handle))
    except FileNotFoundError:
        return False


def _lock_path(out_dir: Path) -> Path:
    """The lock's file, by the real place of the folder."""
    user = os.getuid() if hasattr(os, "getuid") else "user"
    folder = Path(tempfile.gettempdir()) / f"glacier-mapper-{user}"
    folder.mkdir(mode=0o700, exist_ok=True)
    real = os.path.normcase(os.path.realpath(out_dir))
    return folder / f"{hashlib.sha256(os.fsencode(real)).hexdigest()[:32]}.lock"


def _holder(handle: int) -> str:
    """The number of the process that holds the lock."""
    os.lseek(handle, 0, os.SEEK_SET)
    return os.read(handle, 20).decode("ascii", "replace") or "?"


def _try_lock(handle: int) -> bool:
    """Take the lock where it is free."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(handle, _FAR_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        os.lseek(handle, 0, os.SEEK_SET)
        return True
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
