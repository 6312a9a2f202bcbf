"""Long work in short turns of the event loop."""

from __future__ import annotations

import time

import pytest
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtTest import QTest
from test_task_background import wait_until

from glacier_mapper.qgis_io.turns import Turns, in_portions


def slowly(items, seconds):
    for item in items:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            pass
        yield item


@pytest.fixture
def turns(qgis_app):
    found = Turns()
    yield found
    found.stop()


def test_portions_hold_everything_in_its_order_and_each_is_short():
    portions = list(in_portions(slowly(range(40), 0.001), 0.005))
    assert [item for portion in portions for item in portion] == list(range(40))
    assert len(portions) >= 7
    assert all(1 <= len(portion) <= 5 for portion in portions)


def test_what_is_quick_is_one_portion_and_nothing_is_none():
    assert list(in_portions(range(3), 5.0)) == [[0, 1, 2]]
    assert list(in_portions([])) == []


def test_other_things_happen_between_the_turns(turns):
    beats, ends = [], []
    timer = QTimer()
    timer.timeout.connect(lambda: beats.append(1))
    timer.start(0)
    turns.start(slowly([None] * 10, 0.002), lambda: ends.append(len(beats)))
    assert turns.is_busy
    wait_until(lambda: ends)
    timer.stop()
    assert ends[0] >= 10
    assert not turns.is_busy


def test_a_new_one_takes_the_place_of_the_old(turns):
    ends = []
    turns.start(iter([None] * 1000), lambda: ends.append("old"))
    turns.start(iter([None]), lambda: ends.append("new"))
    wait_until(lambda: ends)
    QTest.qWait(30)
    assert ends == ["new"]


def test_one_may_begin_where_another_ends(turns):
    ends = []

    def again():
        ends.append("first")
        turns.start(iter([None]), lambda: ends.append("second"))

    turns.start(iter([]), again)
    wait_until(lambda: len(ends) == 2)
    assert ends == ["first", "second"]


def test_stopped_from_within_its_own_step_it_ends_without_a_word(turns):
    ends = []

    def steps():
        turns.stop()
        yield

    turns.start(steps(), lambda: ends.append(1))
    QTest.qWait(30)
    assert ends == []
    assert not turns.is_busy
