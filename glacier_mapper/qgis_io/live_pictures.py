"""Pictures of a map that grows: copies of the runner's live file, taken in the thread that waits for the runner.

QGIS never opens the file that the runner writes: no half-written tile is shown, and no open file is in the
runner's way (Windows replaces none).
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

INTERVAL_S = 1.0
KEPT = 3
"""The newest copies that stay: one is shown, one may be on its way to the screen."""


@dataclass(frozen=True)
class Picture:
    """A raster file that shows the map as far as it is."""

    path: str


class LivePictures:
    """Copies `source` into `folder` when it has changed, at most once in `interval_s`."""

    def __init__(self, source: str, folder: Path, interval_s: float = INTERVAL_S) -> None:
        self._source, self._folder, self._interval_s = Path(source), folder, interval_s
        self._seen: tuple[int, int] | None = None
        self._next_s = 0.0
        self._count = 0

    def take(self) -> Picture | None:
        """A new picture, None where nothing is new; a file that can't be read now is tried again later."""
        now_s = time.monotonic()
        if now_s < self._next_s:
            return None
        self._next_s = now_s + self._interval_s
        try:
            stat = self._source.stat()
            state = (stat.st_mtime_ns, stat.st_size)
            if state == self._seen or not stat.st_size:
                return None
            target = self._folder / f"live_{self._count:05d}.tif"
            shutil.copyfile(self._source, target)
        except OSError:
            return None
        self._seen = state
        self._count += 1
        self._sweep()
        return Picture(str(target))

    def _sweep(self) -> None:
        old = self._folder / f"live_{self._count - 1 - KEPT:05d}.tif"
        try:
            old.unlink(missing_ok=True)
        except OSError:  # still being drawn from; it goes with the folder
            return
