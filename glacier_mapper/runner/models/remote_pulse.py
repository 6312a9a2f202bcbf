"""Whether a server that keeps a run waiting is still alive: it is asked, and one that says nothing is given up.

A server that was stopped, or whose network hangs, takes questions and never answers. Its time-outs are long, as an
answer may take long; so after a few times the usual it is asked the shortest question there is, whether it lives.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

LATE = 3.0
"""An answer is late after so many times the usual time."""
LEAST_LATE_S = 3.0
FIRST_LATE_S = 30.0
"""An answer is late after so long while the usual time is not known: the model may have to be loaded first."""
LOOK_S = 5.0
"""So long a server may take to say that it lives, and so often it is asked."""
LOOKS = {"local": 2, "stop": 8}
"""After so many silent looks in a row it is given up; a run that would stop has more patience."""
NEWEST_WEIGHT = 0.3


@dataclass(frozen=True)
class Doctor:
    """How a server is asked whether it lives, given the seconds for it.

    `give_up` is called once when it is lost, `tell` whenever it lives again after it was silent.
    """

    is_alive: Callable[[float], bool]
    give_up: Callable[[], None]
    tell: Callable[[], None]


class Pulse:
    """Watches the questions under way, each a `with pulse.watched():` in its own thread. Thread-safe.

    `lost` is true once the server was given up.
    """

    def __init__(self, doctor: Doctor, looks: int) -> None:
        self.lost = False
        self._doctor, self._looks = doctor, looks
        self._usual_s = 0.0
        self._asked: dict[object, float] = {}
        self._answers = 0
        self._looking = False
        self._lock, self._ended = threading.Lock(), threading.Event()

    @property
    def waits(self) -> bool:
        """Whether an answer is late."""
        with self._lock:
            return self._is_late() and not self._ended.is_set()

    def expect(self, usual_s: float) -> None:
        """An answer usually takes so long."""
        with self._lock:
            self._usual_s = usual_s

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Around a question to the server; one that raises has not been answered."""
        key, started = object(), time.monotonic()
        with self._lock:
            self._asked[key] = started
            timer = threading.Timer(self._late_s(), self._watch)
        timer.daemon = True
        timer.start()
        try:
            yield
            self._note_answer(time.monotonic() - started)
        finally:
            timer.cancel()
            with self._lock:
                del self._asked[key]

    def close(self) -> None:
        """Look no longer."""
        self._ended.set()

    def _late_s(self) -> float:
        return max(LEAST_LATE_S, LATE * self._usual_s) if self._usual_s else FIRST_LATE_S

    def _note_answer(self, took_s: float) -> None:
        with self._lock:
            self._answers += 1
            if self._usual_s:
                self._usual_s += NEWEST_WEIGHT * (took_s - self._usual_s)

    def _is_late(self) -> bool:
        return any(time.monotonic() - started >= self._late_s() for started in self._asked.values())

    def _watch(self) -> None:
        """Look after the server while anything is late; one thread does so for all questions."""
        with self._lock:
            if self._looking or not self._asked:
                return
            self._looking = True
        silent = 0
        while self._goes_on():
            answers, next_look = self._answers, time.monotonic() + LOOK_S
            lives = self._doctor.is_alive(LOOK_S) or answers != self._answers
            if lives and silent:
                self._doctor.tell()
            silent = 0 if lives else silent + 1
            if silent >= self._looks and self._goes_on():
                self.lost = True
                self.close()
                self._doctor.give_up()
            self._ended.wait(max(0.0, next_look - time.monotonic()))
        if silent and not self._ended.is_set():
            self._doctor.tell()

    def _goes_on(self) -> bool:
        """Whether an answer is late still; if not, this thread's turn is over."""
        with self._lock:
            self._looking = self._is_late() and not self._ended.is_set()
            return self._looking
