"""The measurement of a server's pace, on stand-ins for servers that really take their time."""

from __future__ import annotations

import threading
import time

import pytest

from glacier_mapper.runner.models.remote_tuning import LEAST_SLOTS, MOST_SLOTS, measure


class Workers:
    """`count` workers that take `call_s` for each request and `patch_s` for each patch in it."""

    def __init__(self, count, call_s, patch_s):
        self.asked = []
        self._free, self._times = threading.Semaphore(count), (call_s, patch_s)

    def __call__(self, patches):
        self.asked.append(patches)
        with self._free:
            time.sleep(self._times[0] + self._times[1] * patches)


def test_more_workers_get_more_requests():
    # A busy machine may blur one measurement.
    assert LEAST_SLOTS in {measure(Workers(1, 0.0, 0.03), (1,)).slots for _ in range(3)}
    assert 4 <= measure(Workers(4, 0.0, 0.03), (1,)).slots <= 8  # a busy machine blurs what lies beyond
    assert measure(Workers(32, 0.0, 0.03), (1,)).slots == MOST_SLOTS


def test_batches_grow_where_a_request_costs_more_than_its_patches():
    assert measure(Workers(1, 0.04, 0.001), (1, 2, 4)).batch == 4
    assert measure(Workers(1, 0.0, 0.03), (1, 2, 4)).batch == 1


def test_a_slow_server_is_asked_once_and_gets_two_requests():
    slow = Workers(4, 0.0, 0.3)
    pace = measure(slow, (1, 2, 4, 8), budget_s=0.5)
    assert slow.asked == [1]
    assert (pace.slots, pace.batch) == (2, 1)
    assert pace.request_s == pytest.approx(0.3, abs=0.15)


def test_the_budget_is_kept():
    started = time.monotonic()
    measure(Workers(1, 0.0, 0.02), (1, 2, 4, 8, 16), budget_s=0.4)
    assert time.monotonic() - started < 1.0


def test_what_a_request_raises_is_raised_and_no_thread_stays():
    before = threading.active_count()
    turns = []

    def fails(patches):
        turns.append(patches)
        time.sleep(0.01)
        if len(turns) > 2:
            raise ConnectionError("gone")

    with pytest.raises(ConnectionError):
        measure(fails, (1,))
    assert threading.active_count() == before
