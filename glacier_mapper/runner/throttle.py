"""Progress at a pace that a reader can follow."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from ..core.progress import Progress, Stage

INTERVAL_S = 0.1


class Throttle:
    """Passes progress on at most every `interval_s`, a new stage at once; `flush` passes on what was held back last."""

    def __init__(
        self,
        send: Callable[[Progress], None],
        interval_s: float = INTERVAL_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._send = send
        self._interval_s = interval_s
        self._clock = clock
        self._next_s = float("-inf")
        self._held: Progress | None = None
        self._stage: Stage | None = None
        self._lock = threading.Lock()

    def __call__(self, progress: Progress) -> None:
        """Pass `progress` on, or hold it back when the last one was just now."""
        with self._lock:
            now = self._clock()
            if now < self._next_s and progress.stage is self._stage:
                self._held = progress
                return
            self._held, self._stage = None, progress.stage
            self._next_s = now + self._interval_s
            self._send(progress)

    def flush(self) -> None:
        """Pass on what is held back, so that the last progress always arrives."""
        with self._lock:
            if self._held is not None:
                self._send(self._held)
                self._held = None
