"""Long work on the main thread in short turns of the event loop, so that QGIS stays alive meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from qgis.PyQt.QtCore import QObject, QTimer

TURN_S = 0.008
"""How long a turn may take; a frame on a screen takes 16 ms."""
BREATH_MS = 4
"""Between two turns, so that what QGIS does because of one (painting, its own timers) does not add up with the next."""
Item = TypeVar("Item")


def in_portions(items: Iterable[Item], seconds: float = TURN_S) -> Iterator[list[Item]]:
    """`items` in lists, each of what came within about `seconds`. Never an empty list."""
    portion: list[Item] = []
    end = time.perf_counter() + seconds
    for item in items:
        portion.append(item)
        if time.perf_counter() >= end:
            yield portion
            portion = []
            end = time.perf_counter() + seconds
    if portion:
        yield portion


class Turns(QObject):
    """Takes one step of an iterator a turn; one at a time, and a new one replaces the old."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps: Iterator[None] | None = None
        self._done: Callable[[], None] | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._turn)

    @property
    def is_busy(self) -> bool:
        """Whether there are steps left."""
        return self._steps is not None

    def start(self, steps: Iterator[None], done: Callable[[], None]) -> None:
        """Begin with the next turn; `done` is called in a turn of its own after the last step."""
        self._steps, self._done = steps, done
        self._timer.start(BREATH_MS)

    def stop(self) -> None:
        """Drop the steps that are left; `done` is not called."""
        self._timer.stop()
        self._steps = self._done = None

    def _turn(self) -> None:
        steps = self._steps
        try:
            next(steps)
        except StopIteration:
            done = self._done
            if self._steps is steps:
                self.stop()
                done()
