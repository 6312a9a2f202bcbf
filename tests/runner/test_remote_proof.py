"""Every run compares the server's answer to the package's own sample, and takes nothing before that is done."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet

import numpy as np
import onnxruntime
import pytest
from remote_helpers import LocalPredictor, LoopbackServer, asked, feeds_of, never_local, no_thread_stays
from tiny_networks import tiny_package

from glacier_mapper.core.model_errors import ServerModelError
from glacier_mapper.runner.models import remote, remote_access
from glacier_mapper.runner.models.remote import open_remote


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    monkeypatch.setattr(remote_access, "_remembered", {})
    monkeypatch.setattr(remote, "_known", {})
    with no_thread_stays():
        yield


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    return tiny_package(tmp_path_factory.mktemp("proof") / "tiny", side=32)


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    """Of the same name and shape, with other weights."""
    weights = {"optical": (0.0, -8.0, 0.0, 0.0, 8.0, 0.0)}
    return tiny_package(tmp_path_factory.mktemp("other") / "tiny", side=32, weights=weights)


@pytest.fixture
def server(package):
    """A server that a run has used a moment ago."""
    with LoopbackServer(package) as one:
        open_remote(package, asked(one.url, batch=1), never_local).close()
        yield one


def redeploy(server, package):
    server._session = onnxruntime.InferenceSession(str(package.model_path))


def opened(package, server, **network):
    return open_remote(package, asked(server.url, batch=1, **network), never_local)


@pytest.mark.parametrize("loss", ["local", "stop"])
def test_weights_that_were_put_there_since_the_last_run_are_refused(package, other, server, loss):
    redeploy(server, other)
    predictor = opened(package, server, on_server_loss=loss)
    with ThreadPoolExecutor(4) as pool:
        for one in [pool.submit(predictor.infer, feeds_of(package, 1, seed)) for seed in range(8)]:
            with pytest.raises(ServerModelError, match="from the package's own sample: these are other weights"):
                one.result()
    predictor.close()
    with pytest.raises(ServerModelError, match="these are other weights"):
        opened(package, server)  # nothing is known of it any more
    redeploy(server, package)
    again, feeds = opened(package, server), feeds_of(package)
    assert np.array_equal(again.infer(feeds), LocalPredictor(package).infer(feeds))
    again.close()


def test_the_run_s_patches_are_under_way_meanwhile_and_are_not_given_out(package, server):
    sample, patch, go_on = threading.Event(), threading.Event(), threading.Event()
    before = server.inferences

    def hold(call):
        if call.number == before + 1:
            sample.set()
            go_on.wait(20)
        elif call.number:
            patch.set()

    server.fault = hold
    predictor, feeds = opened(package, server), feeds_of(package)
    assert sample.wait(10)
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(predictor.infer, feeds)
        assert patch.wait(10)
        with pytest.raises(NotYet):
            found.result(0.3)
        go_on.set()
        assert np.array_equal(found.result(10), LocalPredictor(package).infer(feeds))
    assert server.inferences == before + 2
    assert predictor.notes == []
    predictor.close()


def test_reduced_precision_that_came_since_is_said(package, tmp_path):
    near = tiny_package(tmp_path / "tiny", side=32, bias=0.01)
    with LoopbackServer(package) as server:
        opened(package, server).close()
        redeploy(server, near)
        predictor = opened(package, server)
        predictor.infer(feeds_of(package))
        assert ["reduced precision" in str(note) for note in predictor.notes] == [True]
        predictor.close()


def test_a_server_that_fails_at_the_sample_is_lost(package, server):
    local, before = LocalPredictor(package), server.inferences
    sample, says = threading.Event(), b'{"error": "out of memory"}'
    server.fault = lambda call: call.number == before + 1 and (sample.set(), call.send(500, says))
    predictor, feeds = open_remote(package, asked(server.url, batch=1), lambda: local), feeds_of(package)
    assert sample.wait(10)
    assert np.array_equal(predictor.infer(feeds), LocalPredictor(package).infer(feeds))
    assert local.patches == 1
    assert "was lost (out of memory" in str(predictor.notes[-1])
    predictor.close()
