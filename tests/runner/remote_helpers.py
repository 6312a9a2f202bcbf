"""What the tests of the remote runner share: packages, feeds, a local predictor, requests."""

from __future__ import annotations

import contextlib
import sys
import threading
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper
from tiny_networks import tiny_card, write_network

from glacier_mapper.core.model_card import NoData
from glacier_mapper.core.request import BandSource, MapRequest, NetworkSettings
from glacier_mapper.core.roles import Role
from glacier_mapper.runner.models.package import MODEL_FILE, write_package

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "servers"))

from loopback_server import LoopbackServer, TokenProxy, binary_answer, certificate_files  # noqa: E402, F401
from real_servers import PYTHON, mlserver, triton  # noqa: E402, F401

SOURCES = (BandSource(Role.RED, "red.tif"),)


def asked(url, **network):
    """A request to a server."""
    return MapRequest(SOURCES, "out", device=url, network=NetworkSettings(**network))


def feeds_of(package, count=1, seed=3):
    """Random patches of a package's inputs."""
    rng, side = np.random.default_rng(seed), package.card.tiling.patch_px
    return {
        spec.branch.value: rng.random((count, len(spec.scalings), side, side), np.float32)
        for spec in package.card.branches
    }


class LocalPredictor:
    """The package's network in this process; counts what it computes and how much of it at once."""

    def __init__(self, package, slots=1, batch=1):
        self.device, self.slots, self.batch, self.notes = "this processor", slots, batch, []
        self.patches, self.largest, self.most_at_once, self.closed = 0, 0, 0, 0
        self._session = onnxruntime.InferenceSession(str(package.model_path))
        self._lock, self._at_once = threading.Lock(), 0

    def infer(self, feeds):
        count = len(next(iter(feeds.values())))
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        found = self._session.run(None, dict(feeds))[0]
        with self._lock:
            self._at_once -= 1
            self.patches += count
            self.largest = max(self.largest, count)
        return found

    def close(self):
        self.closed += 1


def never_local():
    raise AssertionError("the local predictor was made")


@contextlib.contextmanager
def no_thread_stays():
    """Fails where a thread that was started inside is alive a second later."""
    before = set(threading.enumerate())
    yield
    started = set(threading.enumerate()) - before
    for one in started:
        one.join(1.0)
    assert [one.name for one in started if one.is_alive()] == []


def masking_package(folder, side=32):
    """A network of `tiny_networks` that takes NaN for a band of 0, as networks for any subset of bands do."""
    parts = folder.with_name(f"{folder.name} parts")
    parts.mkdir(parents=True)
    model = onnx.load(str(write_network(parts / MODEL_FILE, ("optical",), side=side)))
    model.graph.node[0].input[0] = "filled"
    model.graph.initializer.append(numpy_helper.from_array(np.float32(0.0).reshape(1, 1, 1, 1), "nothing"))
    model.graph.node.insert(0, helper.make_node("Where", ["is_missing", "nothing", "optical"], ["filled"]))
    model.graph.node.insert(0, helper.make_node("IsNaN", ["optical"], ["is_missing"]))
    onnx.save(model, str(parts / MODEL_FILE))
    card = tiny_card(("optical",), name=folder.name, side=side, golden="", no_data=NoData.NAN)
    return write_package(folder, card, {MODEL_FILE: parts / MODEL_FILE})
