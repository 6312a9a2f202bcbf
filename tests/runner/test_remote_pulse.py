"""A server that keeps a run waiting: asked whether it lives, waited for while it does, given up when it is silent."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import rasterio
from remote_helpers import LocalPredictor, LoopbackServer, asked, feeds_of, never_local, no_thread_stays
from test_remote_failover import TILES, Run
from tiny_networks import tiny_package

from glacier_mapper.core.errors import Cancelled
from glacier_mapper.core.model_errors import ServerUnreachableError
from glacier_mapper.core.progress import STAGE_LABELS, Stage
from glacier_mapper.core.request import BandSource, MapRequest, NetworkSettings
from glacier_mapper.core.roles import OPTICAL_ROLES
from glacier_mapper.runner.mapping import map_glaciers
from glacier_mapper.runner.models import remote, remote_access, remote_pulse
from glacier_mapper.runner.models.remote import open_remote

LIVE = ("GET", "/v2/health/live")


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """The time-outs of answers are as long as those of a large network, and a look at the server is short."""
    monkeypatch.setattr(remote_access, "_remembered", {})
    monkeypatch.setattr(remote, "_known", {})
    monkeypatch.setattr(remote, "LEAST_LIMIT_S", 300.0)
    monkeypatch.setattr(remote_pulse, "LEAST_LATE_S", 0.3)
    monkeypatch.setattr(remote_pulse, "LOOK_S", 0.3)
    with no_thread_stays():
        yield


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    return tiny_package(tmp_path_factory.mktemp("pulse") / "tiny", ("optical",), side=32)


@pytest.fixture
def server(package):
    with LoopbackServer(package) as one:
        yield one


def silent_after(server, count):
    """From the `count`-th inference on it takes questions and answers none, whatever they are."""
    last = server.inferences + count
    server.fault = lambda call: (call.number > last or server.inferences > last) and call.sleep(300, server.stopped)


def test_a_half_dead_server_is_left_long_before_its_time_is_over(package, server):
    local = LocalPredictor(package)
    predictor = open_remote(package, asked(server.url), lambda: local)
    silent_after(server, 12)
    run = Run(package, predictor).go()
    run.check(package)
    assert local.patches == TILES - 12
    assert server.requests.count(LIVE) == remote_pulse.LOOKS["local"]
    (note,) = predictor.notes
    assert "nor does it when it is asked whether it lives" in str(note)
    assert "The rest was computed on this machine" in str(note)
    predictor.close()


def test_or_the_run_stops_after_more_looks(package, server):
    predictor = open_remote(package, asked(server.url, on_server_loss="stop"), never_local)
    silent_after(server, 0)
    with pytest.raises(ServerUnreachableError, match="whether it lives"):
        predictor.infer(feeds_of(package))
    assert server.requests.count(LIVE) == remote_pulse.LOOKS["stop"] > remote_pulse.LOOKS["local"]
    predictor.close()


def slow(server, alive, looks=5):
    """One inference is held until the server was asked `looks` times whether it lives; `alive(call)` answers that."""
    first, held = server.inferences + 1, threading.Event()

    def fault(call):
        if call.path == LIVE[1]:
            if server.requests.count(LIVE) >= looks:
                held.set()
            return alive(call)
        if call.number == first:
            held.wait(60)
        return False

    server.fault = fault


@pytest.mark.parametrize("status", [200, 404, 401, 503], ids=str)
def test_a_slow_server_that_says_anything_is_waited_for(package, server, status, monkeypatch):
    monkeypatch.setattr(remote_pulse, "LOOK_S", 2.0)  # an answer is silent only after that, also on a busy machine
    predictor = open_remote(package, asked(server.url, batch=1), never_local)
    slow(server, lambda call: call.send(status), looks=2)
    seen = []

    def look(*_):
        seen.append(predictor.waits)
        return LocalPredictor(package)

    feeds = feeds_of(package)
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(predictor.infer, feeds)
        while not found.done():
            look()
            threading.Event().wait(0.05)
        assert np.array_equal(found.result(), LocalPredictor(package).infer(feeds))
    assert seen[0] is False
    assert True in seen
    assert predictor.waits is False
    assert predictor.notes == []
    predictor.close()


def test_a_server_that_comes_back_is_kept_and_that_is_said(package, server):
    predictor = open_remote(package, asked(server.url, batch=1, on_server_loss="stop"), never_local)
    slow(server, lambda call: server.requests.count(LIVE) < 3 and call.sleep(0.5, server.stopped), looks=4)
    feeds = feeds_of(package)
    assert np.array_equal(predictor.infer(feeds), LocalPredictor(package).infer(feeds))
    predictor.close()
    (note,) = predictor.notes
    assert str(note).startswith(f"The model server {server.url} said nothing for a while")


def test_a_server_at_its_usual_pace_is_not_asked(package, server):
    predictor = open_remote(package, asked(server.url), never_local)
    Run(package, predictor).go().check(package)
    assert LIVE not in server.requests
    predictor.close()


def test_a_close_ends_the_looking(package, server):
    predictor = open_remote(package, asked(server.url, batch=1), never_local)
    silent_after(server, 0)
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(predictor.infer, feeds_of(package))
        while LIVE not in server.requests:
            threading.Event().wait(0.02)
        predictor.close()
        assert found.exception(20) is not None
    assert predictor.notes == []


def unanswered(server, path):
    """What ends with `path` is taken and never answered, all else is answered; gives the event of the first time."""
    taken = threading.Event()

    def fault(call):
        if not call.path.endswith(path):
            return False
        taken.set()
        return call.sleep(300, server.stopped)

    server.fault = fault
    return taken


@pytest.fixture
def request_for(package, make_raster, tmp_path):
    """request_for(device, out, **settings) -> a mapping of a scene of 100 x 100 pixels."""
    path = make_raster("scene.tif", np.random.default_rng(1).random((6, 100, 100), np.float32))
    sources = tuple(
        BandSource(role, str(path), number, scale=1.0, offset=0.0) for number, role in enumerate(OPTICAL_ROLES, 1)
    )

    def make(device, out, **network):
        settings = NetworkSettings(batch=1, **network)
        return MapRequest(sources, str(tmp_path / out), model=str(package.folder), device=device, network=settings)

    return make


@pytest.mark.parametrize("loss", ["local", "stop"])
@pytest.mark.parametrize("path", ["/infer", "/ready"])
def test_a_cancel_ends_the_first_question_too(server, request_for, tmp_path, path, loss):
    stop, told = unanswered(server, path), []
    request = request_for(server.url, "out", on_server_loss=loss)
    with ThreadPoolExecutor(1) as pool:
        try:
            found = pool.submit(map_glaciers, request, told.append, stop.is_set)
            assert stop.wait(60)
            assert isinstance(found.exception(30), Cancelled)
        finally:
            server.close()
    assert [one.stage for one in told] == [Stage.READING, Stage.WAITING]
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


def test_a_cancel_while_the_pace_is_measured(package, server):
    first, stop = server.inferences + 1, threading.Event()

    def fault(call):
        if call.number <= first:
            return False
        stop.set()
        return call.sleep(300, server.stopped)

    server.fault = fault
    with ThreadPoolExecutor(1) as pool:
        try:
            found = pool.submit(open_remote, package, asked(server.url), never_local, stop.is_set)
            assert isinstance(found.exception(60), Cancelled)
        finally:
            server.close()


@pytest.mark.parametrize("loss", ["local", "stop"])
def test_a_server_that_dies_over_its_first_question_is_left_early(package, server, loss, monkeypatch):
    monkeypatch.setattr(remote_pulse, "FIRST_LATE_S", 0.3)
    silent_after(server, 0)
    server.fault, silent = (lambda call: (call.number or call.path == LIVE[1]) and silent(call)), server.fault
    local, request = LocalPredictor(package), asked(server.url, on_server_loss=loss)
    with ThreadPoolExecutor(1) as pool:
        try:
            found = pool.submit(open_remote, package, request, lambda: local)
            error = found.exception(60)
        finally:
            server.close()
    assert server.requests.count(LIVE) == remote_pulse.LOOKS[loss]
    if loss == "stop":
        assert isinstance(error, ServerUnreachableError)
        assert "whether it lives" in str(error)
    else:
        assert found.result() is local
        assert "whether it lives" in str(local.notes[0])


def test_a_server_that_loads_its_model_is_waited_for(package, server, monkeypatch):
    monkeypatch.setattr(remote_pulse, "FIRST_LATE_S", 0.3)
    monkeypatch.setattr(remote_pulse, "LOOK_S", 2.0)
    slow(server, lambda call: call.send(200), looks=3)
    predictor = open_remote(package, asked(server.url), never_local)
    assert server.requests.count(LIVE) >= 3
    assert predictor.notes == []
    predictor.close()


def test_progress_says_that_a_server_is_waited_for(package, server, request_for):
    request = request_for
    here = map_glaciers(request("cpu", "here"), lambda _: None, lambda: False)
    open_remote(package, asked(server.url, batch=1), never_local).close()
    silent_after(server, 9)
    told = []
    there = map_glaciers(request(server.url, "there"), told.append, lambda: False)
    stages = [one.stage for one in told]
    assert Stage.WAITING in stages[stages.index(Stage.PREDICTING) :]
    after = stages[len(stages) - stages[::-1].index(Stage.WAITING) :]
    assert Stage.PREDICTING in after
    assert [one.fraction for one in told] == sorted(one.fraction for one in told)
    assert STAGE_LABELS[Stage.WAITING] == "Waiting for the model server"
    assert np.array_equal(*(rasterio.open(one.probability).read(1) for one in (here, there)), equal_nan=True)
    assert any("was lost" in note["template"] for note in there.notes)
