"""Work in the background."""

from __future__ import annotations

import threading
import time

import pytest
from qgis.PyQt.QtCore import QCoreApplication

from glacier_mapper.core.errors import Cancelled, InternalError, NoLayersError
from glacier_mapper.core.progress import Progress, Stage
from glacier_mapper.qgis_io import task as task_module
from glacier_mapper.qgis_io.latest import LatestOnly
from glacier_mapper.qgis_io.task import run_in_background


def wait_until(condition, seconds=10.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing came"
        QCoreApplication.processEvents()
        time.sleep(0.002)


class Answers:
    """Where the callbacks of a task end up, with the thread that called them."""

    def __init__(self):
        self.done, self.errors, self.progress, self.threads = [], [], [], set()

    def _note(self, where, what):
        where.append(what)
        self.threads.add(threading.current_thread())

    def start(self, compute):
        return run_in_background(
            "test",
            compute,
            lambda result: self._note(self.done, result),
            lambda error: self._note(self.errors, error),
            lambda progress: self._note(self.progress, progress),
        )

    def wait(self):
        wait_until(lambda: self.done or self.errors)


@pytest.fixture
def answers():
    return Answers()


def test_the_result_comes_on_the_main_thread(answers):
    threads = []

    def compute(task):
        threads.append(threading.current_thread())
        return 42

    answers.start(compute)
    answers.wait()
    assert answers.done == [42]
    assert answers.errors == []
    assert answers.threads == {threading.main_thread()}
    assert threads[0] is not threading.main_thread()


def test_progress_comes_in_order_on_the_main_thread(answers):
    steps = [Progress(Stage.READING, n, 3, n / 3) for n in (1, 2, 3)]
    answers.start(lambda task: [task.report(step) for step in steps])
    answers.wait()
    wait_until(lambda: len(answers.progress) == 3)
    assert answers.progress == steps
    assert answers.threads == {threading.main_thread()}


def test_an_error_of_the_tree_keeps_its_type(answers):
    def compute(task):
        raise NoLayersError()

    answers.start(compute)
    answers.wait()
    assert isinstance(answers.errors[0], NoLayersError)
    assert answers.done == []


def test_any_other_error_becomes_an_internal_one_with_its_traceback(answers):
    def compute(task):
        return 1 / 0

    answers.start(compute)
    answers.wait()
    [error] = answers.errors
    assert isinstance(error, InternalError)
    assert "ZeroDivisionError" in error.details["reason"]
    assert "1 / 0" in error.details["log_tail"]


def test_cancel_reaches_the_thread(answers):
    started = threading.Event()

    def compute(task):
        started.set()
        while not task.is_cancelled():
            time.sleep(0.002)
        raise Cancelled()

    task = answers.start(compute)
    wait_until(started.is_set)
    task.cancel()
    answers.wait()
    assert isinstance(answers.errors[0], Cancelled)


def test_a_task_cancelled_before_it_ran_answers_too(answers):
    task = answers.start(lambda task: 1)
    task.cancel()
    answers.wait()
    assert answers.done == [1] or isinstance(answers.errors[0], Cancelled)


def test_a_detached_task_answers_nobody_and_is_forgotten(answers):
    task = answers.start(lambda task: time.sleep(0.05))
    task.detach()
    task.waitForFinished(5000)
    wait_until(lambda: not task_module._alive)
    assert (answers.done, answers.errors) == ([], [])


def test_the_latest_question_wins_and_none_runs_beside_another():
    asked, answered, running = [], [], []
    latest = LatestOnly("test", 5)
    latest.answered.connect(answered.append)

    def question(number):
        def compute(task):
            running.append(number)
            assert len(running) == 1
            time.sleep(0.05)
            running.remove(number)
            return number

        def capture():
            asked.append(number)
            return compute

        return capture

    latest.ask(question(1))
    wait_until(lambda: running)
    for number in (2, 3, 4):
        latest.ask(question(number))
    wait_until(lambda: not latest.is_busy)
    assert asked == [1, 4]
    assert answered == [1, 4]


def test_questions_within_the_delay_are_one():
    answered = []
    latest = LatestOnly("test", 30)
    latest.answered.connect(answered.append)
    for number in range(5):
        latest.ask(lambda number=number: lambda task: number)
        QCoreApplication.processEvents()
    wait_until(lambda: not latest.is_busy)
    assert answered == [4]


def test_a_question_that_cannot_be_captured_fails():
    failed = []
    latest = LatestOnly("test", 1)
    latest.failed.connect(failed.append)

    def capture():
        raise NoLayersError()

    latest.ask(capture)
    wait_until(lambda: failed)
    assert isinstance(failed[0], NoLayersError)
    assert not latest.is_busy


def test_a_forgotten_question_is_not_answered():
    answered = []
    latest = LatestOnly("test", 1)
    latest.answered.connect(answered.append)
    latest.ask(lambda: lambda task: time.sleep(0.05))
    wait_until(lambda: latest._task is not None)
    latest.forget()
    wait_until(lambda: not task_module._alive)
    QCoreApplication.processEvents()
    assert answered == []
