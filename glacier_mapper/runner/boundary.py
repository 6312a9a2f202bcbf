"""The task boundary: whatever a job raises leaves it as one error of the tree."""

from __future__ import annotations

import errno
import logging
import shutil
import sys
from collections.abc import Callable
from typing import Any

from ..core.errors import (
    Cancelled,
    DiskFullError,
    GlacierMapperError,
    InternalError,
    OutOfMemoryError,
    OutputNotWritableError,
    RunnerBrokenError,
)

log = logging.getLogger(__name__)

FULL = (errno.ENOSPC, errno.EDQUOT) if hasattr(errno, "EDQUOT") else (errno.ENOSPC,)
NOT_WRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EEXIST, errno.ENOTDIR, errno.ENAMETOOLONG)


def guarded(job: Callable[[], Any]) -> Any:
    """Run `job`; every exception but those of the tree becomes one of the tree, with the traceback in the log.

    Raises GlacierMapperError kinds and nothing else, but for KeyboardInterrupt and SystemExit.
    """
    try:
        return job()
    except GlacierMapperError:
        raise
    except Exception as exc:  # noqa: BLE001 (the one task boundary)
        error = translate(exc)
        if not isinstance(error, Cancelled):
            log.exception("%s", error.to_message())
        raise error from exc


def translate(exc: Exception) -> GlacierMapperError:
    """The error of the tree that says what `exc` means."""
    if isinstance(exc, MemoryError):
        return OutOfMemoryError(needed_mb="more", limit_mb="free")
    if isinstance(exc, ImportError):
        return RunnerBrokenError(folder=sys.prefix, reason=f"{exc}.", log_tail=[])
    if isinstance(exc, OSError) and exc.errno in FULL:
        return _disk_full(str(exc.filename or ""))
    if isinstance(exc, OSError) and exc.errno in NOT_WRITABLE:
        return OutputNotWritableError(path=str(exc.filename or ""), reason=f"{exc.strerror}.")
    return InternalError(reason=f"{type(exc).__name__}: {exc}", log_tail=[])


def _disk_full(path: str) -> DiskFullError:
    try:
        free_mb = round(shutil.disk_usage(path or ".").free / 1e6)
    except OSError:
        free_mb = 0
    return DiskFullError(path=path or "the output", needed_mb="more", free_mb=free_mb)
