"""How many requests a server is given at once, and how large: measured in seconds, while it pays."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

GAIN = 1.1
"""A step that brings less than a tenth is not taken."""
LEAST_SLOTS, MOST_SLOTS = 2, 8
BUDGET_S = 2.0


@dataclass(frozen=True)
class Pace:
    """What was found: requests at once, patches in each, and the seconds that a request then took."""

    slots: int
    batch: int
    request_s: float


def measure(ask: Callable[[int], None], batches: tuple[int, ...], budget_s: float = BUDGET_S) -> Pace:
    """The pace at which `ask(patches)`, a blocking request, goes fastest.

    One patch alone comes first and tells how long all takes; larger batches, then more requests at once, are tried
    while each brings a tenth more patches a second, and while the next trial fits into what is left of `budget_s`.
    Servers too slow for any trial get two requests at once of the first size: one computes while the other travels.
    """
    end = time.monotonic() + budget_s
    alone_s = _seconds(ask, batches[0], 1)
    best = Pace(LEAST_SLOTS, batches[0], alone_s)
    rate = batches[0] / alone_s
    for batch in batches[1:]:
        if not _fits(alone_s * batch / batches[0], end):
            break
        took_s = _seconds(ask, batch, 1)
        if batch / took_s < GAIN * rate:
            break
        best, rate = Pace(LEAST_SLOTS, batch, took_s), batch / took_s
    return _more_at_once(ask, best, end)


def _more_at_once(ask: Callable[[int], None], pace: Pace, end: float) -> Pace:
    """More requests at once than two, doubled while that brings more."""
    slots, rate = LEAST_SLOTS, 0.0
    while slots <= MOST_SLOTS and _fits(pace.request_s * slots, end):
        took_s = _seconds(ask, pace.batch, slots)
        found = slots * pace.batch / took_s
        if found < GAIN * rate:
            break
        pace, rate = Pace(slots, pace.batch, took_s), found
        slots *= 2
    return pace


def _fits(seconds: float, end: float) -> bool:
    return time.monotonic() + seconds < end


def _seconds(ask: Callable[[int], None], batch: int, slots: int) -> float:
    """How long `slots` requests at once take; what one of them raises is raised."""
    started = time.monotonic()
    if slots == 1:
        ask(batch)
    else:
        with ThreadPoolExecutor(slots, thread_name_prefix="measure") as pool:
            for done in [pool.submit(ask, batch) for _ in range(slots)]:
                done.result()
    return max(time.monotonic() - started, 1e-6)
