"""A server that is lost during a run: every patch comes once, from there or from here, or the run ends."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from remote_helpers import (
    LocalPredictor,
    LoopbackServer,
    asked,
    binary_answer,
    feeds_of,
    never_local,
    no_thread_stays,
)
from tiny_networks import tiny_package

from glacier_mapper.core.errors import Cancelled, OutOfMemoryError
from glacier_mapper.core.messages import Message
from glacier_mapper.core.model_errors import ServerAccessError, ServerError, ServerUnreachableError
from glacier_mapper.runner.models import remote, remote_access
from glacier_mapper.runner.models.remote import open_remote
from glacier_mapper.runner.models.remote_http import Patience

TILES = 40


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    monkeypatch.setattr(remote_access, "_remembered", {})
    monkeypatch.setattr(remote, "_known", {})
    monkeypatch.setattr(remote, "LEAST_LIMIT_S", 1.0)
    monkeypatch.setattr(remote, "PATIENCE", {"local": Patience(3, 0.02), "stop": Patience(3, 0.02)})
    with no_thread_stays():
        yield


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    return tiny_package(tmp_path_factory.mktemp("failover") / "tiny", side=32)


class Run:
    """A run as the engine does it: tiles handed out in turn to `slots` threads, each result kept under its number."""

    def __init__(self, package, predictor, batch=1, threads=4):
        self.tiles = {number: feeds_of(package, batch, number) for number in range(TILES)}
        self.results = {}
        self.twice = []
        self._predictor, self._threads, self._lock = predictor, threads, threading.Lock()

    def compute(self, number):
        found = self._predictor.infer(self.tiles[number])
        with self._lock:
            if number in self.results:
                self.twice.append(number)
            self.results[number] = found

    def go(self):
        with ThreadPoolExecutor(self._threads) as pool:
            for done in [pool.submit(self.compute, number) for number in self.tiles]:
                done.result()
        return self

    def check(self, package):
        truth = LocalPredictor(package)
        assert sorted(self.results) == list(range(TILES))
        assert self.twice == []
        wrong = [n for n, found in self.results.items() if np.abs(found - truth.infer(self.tiles[n])).max() > 1e-6]
        assert wrong == []


def answers(value):
    """A fault: numbers of the right shape that are no probabilities."""
    head, tensor = binary_answer(np.full((1, 2, 32, 32), value, np.float32))
    return lambda call, server: call.send(200, head + tensor, Inference_Header_Content_Length=len(head))


FAULTS = {
    "gone": lambda call, server: call.hang_up(),
    "garbage": lambda call, server: call.send(200, b"not what was asked for"),
    "half": lambda call, server: call.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{"),
    "busy": lambda call, server: call.send(503),
    "failing": lambda call, server: call.send(500, b'{"error": "out of memory"}'),
    "silent": lambda call, server: call.sleep(60, server.stopped),
    "locked": lambda call, server: call.send(401, b'{"error": "the token has expired"}'),
    "zeros": answers(0.0),
    "NaN": answers(np.nan),
    "impossible": answers(99.7),
    "unloaded": lambda call, server: call.send(404, b'{"error": "unknown model"}'),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_the_run_goes_on_here_and_no_tile_is_lost_or_doubled(package, fault):
    made = []

    def make_local():
        made.append(LocalPredictor(package))
        return made[-1]

    with LoopbackServer(package) as server:
        predictor = open_remote(package, asked(server.url), make_local)
        first = server.inferences
        server.fault = lambda call: call.number > first + 12 and fault(call, server)
        run = Run(package, predictor).go()
        run.check(package)
        assert len(made) == 1
        answered_there = TILES - made[0].patches
        assert answered_there == 12
        assert made[0].most_at_once == 1
        sent, here = server.inferences, made[0].patches
        predictor.infer(run.tiles[0])
        assert server.inferences == sent  # a lost server is not asked again
        assert made[0].patches == here + 1
        predictor.close()
    assert made[0].closed == 1
    assert len(predictor.notes) == 1
    assert str(predictor.notes[0]).startswith(f"The model server {server.url} was lost (")
    assert "The rest was computed on this machine: this processor." in str(predictor.notes[0])
    assert predictor.device.endswith("; this processor")


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_or_the_run_stops_with_an_error_of_the_tree(package, fault):
    with LoopbackServer(package) as server:
        predictor = open_remote(package, asked(server.url, on_server_loss="stop"), never_local)
        first = server.inferences
        server.fault = lambda call: call.number > first + 12 and fault(call, server)
        run = Run(package, predictor)
        started = time.monotonic()
        with pytest.raises(ServerError, match=server.url):
            run.go()
        assert time.monotonic() - started < 10
        assert len(run.results) == 12
        sent = server.inferences
        with pytest.raises(ServerError, match=server.url):
            predictor.infer(run.tiles[0])
        assert server.inferences == sent
        predictor.close()


def test_a_server_that_comes_back_is_not_lost(package):
    with LoopbackServer(package) as server:
        predictor = open_remote(package, asked(server.url), never_local)
        first = server.inferences
        server.fault = lambda call: first + 5 < call.number <= first + 7 and call.hang_up()
        Run(package, predictor, threads=1).go().check(package)
        assert predictor.notes == []
        predictor.close()


def test_a_server_that_is_closed_is_lost(package):
    local = LocalPredictor(package)
    with LoopbackServer(package) as server:
        predictor = open_remote(package, asked(server.url), lambda: local)
        run = Run(package, predictor)
        server.close()
        run.go().check(package)
        predictor.close()
    assert local.patches == TILES
    assert "the connection is refused" in str(predictor.notes[0])


def test_the_local_predictor_gets_the_batches_and_the_turns_that_it_wants(package):
    local = LocalPredictor(package, slots=2, batch=3)
    with LoopbackServer(package) as server:
        predictor = open_remote(package, asked(server.url, batch=8), lambda: local)
        assert predictor.batch == 8
        server.close()
        Run(package, predictor, batch=8, threads=6).go().check(package)
        predictor.close()
    assert local.largest == 3
    assert local.patches == 8 * TILES
    assert 1 <= local.most_at_once <= 2


def test_a_local_predictor_that_can_t_be_made_is_an_error_and_not_a_hang(package):
    def too_large():
        raise OutOfMemoryError(needed_mb=9000, limit_mb=100)

    with LoopbackServer(package) as server:
        predictor = open_remote(package, asked(server.url), too_large)
        server.close()
        with pytest.raises(OutOfMemoryError):
            predictor.infer(feeds_of(package))
        predictor.close()


def test_a_run_that_was_cancelled_makes_no_local_predictor(package, monkeypatch):
    """Closed while a patch is under way: the patch fails, and nothing is started for it."""
    monkeypatch.setattr(remote, "LEAST_LIMIT_S", 40.0)
    with LoopbackServer(package) as server:
        predictor = open_remote(package, asked(server.url), never_local)
        arrived = threading.Event()
        server.fault = lambda call: call.number and (arrived.set(), call.sleep(60, server.stopped))
        raised, started = [], time.monotonic()

        def work():
            try:
                predictor.infer(feeds_of(package))
            except Cancelled as exc:
                raised.append(exc)

        thread = threading.Thread(target=work)
        thread.start()
        assert arrived.wait(5)
        predictor.close()
        predictor.close()
        thread.join()
        assert time.monotonic() - started < 10  # and not when the server's time is over
    assert len(raised) == 1


def gone(package):
    """The address of a server that was there."""
    with LoopbackServer(package) as server:
        return server.url


def test_a_server_that_is_not_there_at_the_start_is_replaced_with_a_note(package):
    url, local = gone(package), LocalPredictor(package, slots=2, batch=3)
    local.notes.append(Message("The local one has something to say."))
    predictor = open_remote(package, asked(url), lambda: local)
    Run(package, predictor).go().check(package)
    assert (local.patches, predictor.slots, predictor.batch) == (TILES, 2, 3)
    first, second = (str(note) for note in predictor.notes)
    assert first == (
        f"The model server {url} could not be reached (the connection is refused). "
        "All was computed on this machine: this processor."
    )
    assert second == "The local one has something to say."
    assert predictor.device == "this processor"
    predictor.close()
    assert local.closed == 1


def test_or_it_is_an_error_where_the_run_shall_stop(package):
    with pytest.raises(ServerUnreachableError):
        open_remote(package, asked(gone(package), on_server_loss="stop"), never_local)


def test_a_server_that_is_busy_from_the_start_is_replaced_too(package):
    local = LocalPredictor(package)
    with LoopbackServer(package) as server:
        server.fault = lambda call: call.send(503)
        predictor = open_remote(package, asked(server.url), lambda: local)
    assert predictor is local
    assert "HTTP 503" in str(local.notes[0])


WHILE_MEASURED = ("garbage", "failing", "locked", "unloaded", "zeros")


@pytest.mark.parametrize("fault", WHILE_MEASURED)
def test_a_server_that_fails_while_it_is_measured_is_replaced_too(package, fault):
    """Its first answer was right, so it is lost; in which second it fails makes no difference."""
    local = LocalPredictor(package)
    with LoopbackServer(package) as server:
        server.fault = lambda call: server.inferences > 2 and FAULTS[fault](call, server)
        predictor = open_remote(package, asked(server.url), lambda: local)
        assert server.inferences > 2
    assert predictor is local
    assert "could not be reached" in str(local.notes[0])


@pytest.mark.parametrize(("fault", "kind"), [("failing", ServerError), ("locked", ServerAccessError)])
def test_or_its_own_error_is_told_where_the_run_shall_stop(package, fault, kind):
    with LoopbackServer(package) as server:
        server.fault = lambda call: server.inferences > 2 and FAULTS[fault](call, server)
        with pytest.raises(kind) as caught:
            open_remote(package, asked(server.url, on_server_loss="stop"), never_local)
    assert not isinstance(caught.value, ServerUnreachableError)


@pytest.mark.parametrize("status", [401, 404])
def test_a_server_that_is_there_and_unfit_is_an_error_also_with_local(package, status):
    """Hours on this machine are no answer to a wrong password or to a model that was not put there."""
    with LoopbackServer(package) as server:
        server.fault = lambda call: call.send(status)
        with pytest.raises(ServerError, match=server.url):
            open_remote(package, asked(server.url), never_local)


class SlowToMake:
    """Makes a local predictor as slowly as a large network is loaded and measured: nothing interrupts it."""

    def __init__(self, package, seconds=2.5):
        self.package, self.seconds = package, seconds
        self.begun, self.made = threading.Event(), []

    def __call__(self):
        self.begun.set()
        time.sleep(self.seconds)
        self.made.append(LocalPredictor(self.package))
        return self.made[-1]


def test_a_cancel_does_not_wait_for_a_local_predictor_that_is_being_made(package):
    slow = SlowToMake(package)
    with LoopbackServer(package) as server:
        predictor = open_remote(package, asked(server.url), slow)
        server.close()
        with ThreadPoolExecutor(4) as pool:
            waiting = [pool.submit(predictor.infer, feeds_of(package)) for _ in range(4)]
            assert slow.begun.wait(10)
            started = time.monotonic()
            predictor.close()
            for one in waiting:
                with pytest.raises(Cancelled):
                    one.result(1.0)
            assert time.monotonic() - started < 1.0
            assert slow.made == []
            with pytest.raises(Cancelled):
                predictor.infer(feeds_of(package))
    end = time.monotonic() + 10
    while not (slow.made and slow.made[0].closed) and time.monotonic() < end:
        time.sleep(0.02)
    assert [one.closed for one in slow.made] == [1]
    assert predictor.notes == []


def test_a_local_predictor_that_is_made_slowly_is_waited_for_and_made_once(package):
    slow = SlowToMake(package, 0.3)
    with LoopbackServer(package) as server:
        predictor = open_remote(package, asked(server.url), slow)
        server.close()
        Run(package, predictor).go().check(package)
        predictor.close()
        predictor.close()
    assert [(one.patches, one.closed) for one in slow.made] == [(TILES, 1)]
