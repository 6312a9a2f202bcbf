"""How fast mappings run on this machine, remembered between sessions, and how much of one is left."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from ...core.progress import Progress, Stage
from ..cache import read_cache, write_cache

SPEED_FILE = "speed.json"
FIRST_LEFT_AT = 0.03
"""The share of a job that must be done before a time left is told."""
NEWEST_WEIGHT = 0.5


def remembered_speed(key: str) -> float | None:
    """Pixels a second of earlier runs of that kind; None where there was none."""
    speed = read_cache(SPEED_FILE).get(key)
    return speed if isinstance(speed, float) and 0 < speed < math.inf else None


def remember_speed(key: str, px_per_s: float) -> None:
    """Blend a run's speed into what is remembered; a cache that can't be written is no error."""
    before = remembered_speed(key)
    blended = px_per_s if before is None else NEWEST_WEIGHT * px_per_s + (1 - NEWEST_WEIGHT) * before
    write_cache(SPEED_FILE, key, round(float(blended), 4))


class Pace:
    """Turns steps of stages into `Progress` of the whole job, with the time left."""

    def __init__(self, on_progress: Callable[[Progress], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._tell = on_progress
        self._clock = clock
        self._start = clock()
        self._furthest = 0.0
        self._anchor = (0.0, 0.0)

    def anchor(self) -> None:
        """What comes now goes at a speed of its own: from here on the time left is told from what is done from here."""
        self._anchor = (self.elapsed(), self._furthest)

    def step(self, stage: Stage, done: int, total: int, span: tuple[float, float]) -> None:
        """`done` of `total` tiles of a stage that takes the job from `span[0]` to `span[1]` of its whole."""
        share = done / total if total else 1.0
        self._say(stage, done, total, span[0] + (span[1] - span[0]) * share)

    def within(
        self, span: tuple[float, float], said: tuple[Stage, int, int] | None = None
    ) -> Callable[[Progress], None]:
        """A listener for a part of the job that tells its own fraction 0..1.

        `said` is the stage with what is done of how much of it, where the part's own words are not the job's.
        """

        def listen(part: Progress) -> None:
            share = min(max(part.fraction, 0.0), 1.0)
            own = (Stage.ATTRIBUTES if part.stage is Stage.DONE else part.stage, part.done, part.total)
            self._say(*(said or own), span[0] + (span[1] - span[0]) * share)

        return listen

    def finish(self, total: int) -> None:
        """The job is done."""
        self._tell(Progress(Stage.DONE, total, total, 1.0, 0.0))

    def elapsed(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._start

    def _say(self, stage: Stage, done: int, total: int, fraction: float) -> None:
        self._furthest = max(self._furthest, min(fraction, 1.0))
        left, (since, share) = None, self._anchor
        if self._furthest >= FIRST_LEFT_AT and self._furthest > share:
            left = round((self.elapsed() - since) * (1.0 - self._furthest) / (self._furthest - share), 1)
        self._tell(Progress(stage, done, total, round(self._furthest, 4), left))
