"""Room on the disk, and what the operating system's errors mean for a user."""

from __future__ import annotations

import errno
import math
import os
import shutil
from contextlib import suppress
from pathlib import Path

from ...core.errors import DiskFullError, OutputError, OutputNotWritableError
from ...core.grid import Grid

BYTES_PER_PX = 2.0
"""A raster with overviews, deflated, and its intermediate tiles: measured 0.8 to 1.8 on real and noisy scenes."""
CLASS_BYTES_PER_PX = 0.8
"""classes.tif in the same way, where it is asked for: three classes at random take 0.76, those of a scene far less."""
FIXED_BYTES = 2_000_000
FULL = tuple(getattr(errno, name) for name in ("ENOSPC", "EDQUOT") if hasattr(errno, name))


def bytes_needed(grid: Grid, classes: bool = False, rasters: int = 2) -> int:
    """Disk that a mapping of `grid` to so many rasters, with or without classes, takes while it runs, roughly."""
    return int(grid.pixel_count * (rasters * BYTES_PER_PX + classes * CLASS_BYTES_PER_PX)) + FIXED_BYTES


def free_bytes(path: Path) -> int:
    """Free bytes on the disk where `path` is or will be; 0 when it can't be asked."""
    for part in (path, *path.parents):
        if part.exists():
            try:
                return shutil.disk_usage(part).free
            except OSError:
                return 0
    return 0


def check_room(path: Path, needed: int) -> None:
    """Raise DiskFullError when fewer than `needed` bytes are free, OutputNotWritableError for what is no disk."""
    home = next((part for part in (path, *path.parents) if part.is_dir()), None)
    with suppress(OSError):
        if home and shutil.disk_usage(home).total == 0:
            raise OutputNotWritableError(path=str(path), reason=f"{home} is no disk that takes files.")
    free = free_bytes(path)
    if free < needed:
        raise _disk_full(path, needed, free)


def translate_os_error(exc: OSError, path: Path) -> OutputError:
    """The OutputError kind that says what `exc` means for writing to `path`."""
    if exc.errno in FULL:
        free = free_bytes(path)
        return _disk_full(path, free + FIXED_BYTES, free)
    reason = os.strerror(exc.errno) if exc.errno else str(exc)
    return OutputNotWritableError(path=str(path), reason=f"{reason}.")


def _disk_full(path: Path, needed: int, free: int) -> DiskFullError:
    return DiskFullError(path=str(path), needed_mb=math.ceil(needed / 1e6), free_mb=round(free / 1e6))
