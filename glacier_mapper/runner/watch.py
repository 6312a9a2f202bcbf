"""Noticing that the parent process is gone, also when it was killed and its pipe lives on elsewhere.

Linux's parent-death signal is of no use here: it fires when the *thread* that started the runner ends, and
QGIS starts it from a thread of its task pool.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable

POLL_S = 0.5


class ParentWatch:
    """Calls `on_gone` once when the process `parent_pid` has ended. 0 watches nothing."""

    def __init__(self, parent_pid: int, on_gone: Callable[[], None]) -> None:
        self._parent_pid = parent_pid
        self._on_gone = on_gone
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="parent-watch", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        if self._parent_pid > 0:
            self._thread.start()

    def stop(self) -> None:
        """End watching. Returns when the thread has ended."""
        self._stop.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(2 * POLL_S)

    def _watch(self) -> None:
        is_gone = _windows_test(self._parent_pid) if sys.platform == "win32" else _posix_test(self._parent_pid)
        while not self._stop.wait(POLL_S):
            if is_gone():
                self._on_gone()
                return


def _posix_test(parent_pid: int) -> Callable[[], bool]:
    """A direct parent is gone once we have another one; a grandparent once its number is free."""
    direct = os.getppid() == parent_pid

    def is_gone() -> bool:
        if direct:
            return os.getppid() != parent_pid
        try:
            os.kill(parent_pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return False

    return is_gone


def _windows_test(parent_pid: int) -> Callable[[], bool]:
    """A handle held from the start stays valid, so a new process of the same number is not taken for the parent."""
    import ctypes

    synchronize, signalled = 0x00100000, 0
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined]
    kernel.OpenProcess.restype = ctypes.c_void_p
    kernel.WaitForSingleObject.argtypes = (ctypes.c_void_p, ctypes.c_uint32)
    handle = kernel.OpenProcess(synchronize, False, parent_pid)
    if not handle:
        return lambda: True
    return lambda: kernel.WaitForSingleObject(handle, 0) == signalled
