"""Networks in ONNX Runtime: faults named, memory that is short, the way to run that was measured, what stays loaded."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto
from onnxruntime.capi.onnxruntime_pybind11_state import RuntimeException
from tiny_networks import by_hand, default_weights, tiny_package

from glacier_mapper.core.errors import Cancelled, OutOfMemoryError
from glacier_mapper.core.model_card import Location
from glacier_mapper.core.model_errors import InvalidPackageError, ModelError, ModelOutputError
from glacier_mapper.core.request import BandSource, MapRequest, NetworkSettings
from glacier_mapper.core.roles import Role
from glacier_mapper.runner.models import session as session_module
from glacier_mapper.runner.models import tuning
from glacier_mapper.runner.models.devices import cpu_count
from glacier_mapper.runner.models.predictors import open_predictor
from glacier_mapper.runner.models.session import (
    SessionPredictor,
    Wanted,
    is_out_of_memory,
    load,
    open_session,
    sample_feeds,
    tuning_key,
)
from glacier_mapper.runner.models.tuning import Config

ROOT = Path(__file__).resolve().parents[2]
ALLOCATION = (
    "[ONNXRuntimeError] : 6 : RUNTIME_EXCEPTION : Non-zero status code returned while running Conv node. "
    "bfc_arena.cc:360 Failed to allocate memory for requested buffer of size 134217728"
)


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GLACIER_MAPPER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(session_module, "_warm", OrderedDict())


@pytest.fixture
def package(tmp_path):
    return tiny_package(tmp_path / "tiny", side=16)


TWO = Config(1, 2)


def predictor(package, config=TWO, kind=SessionPredictor):
    return kind(package, load(package, "cpu", config.intra), config)


def request_for(**more):
    return MapRequest((BandSource(Role.RED, "a.tif"),), "out", **more)


class TestAnswers:
    def test_as_worked_out(self, package):
        feeds = sample_feeds(package, 3)
        answer = predictor(package).infer(feeds)
        np.testing.assert_allclose(answer, by_hand(feeds, default_weights(("optical", "dem"))), atol=1e-6)

    def test_the_location_is_handed_on(self, tmp_path):
        weights = tuple(0.5 * place for place in range(12))
        package = tiny_package(tmp_path / "placed", side=16, location=Location.REGION, location_weights=weights)
        feeds = {name: np.zeros_like(value) for name, value in sample_feeds(package, 2).items()}
        feeds["location"][0, 4] = feeds["location"][1, 9] = 1.0
        answer = predictor(package).infer(feeds)
        assert answer[0, 1, 0, 0] == pytest.approx(1 / (1 + np.exp(-2.0)), abs=1e-6)
        assert answer[1, 1, 0, 0] == pytest.approx(1 / (1 + np.exp(-4.5)), abs=1e-6)

    def test_several_threads_share_a_session(self, package):
        shared, feeds = predictor(package, Config(1, 3)), [sample_feeds(package, count) for count in (1, 2, 3)]
        expected = [shared.infer(one) for one in feeds]
        found = [None] * 3

        def work(number):
            for _ in range(20):
                found[number] = shared.infer(feeds[number])

        threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for one, other in zip(expected, found):
            assert one.tobytes() == other.tobytes()


class TestFaults:
    def test_nan_is_named_with_the_model(self, tmp_path):
        package = tiny_package(tmp_path / "broken", side=16, nan=True, card={"golden": ""})
        with pytest.raises(ModelOutputError) as caught:
            predictor(package).infer(sample_feeds(package, 1))
        assert str(caught.value).startswith("The model “Tiny broken” gave NaN (not a number) or infinity in ")

    def test_logits_are_no_probabilities(self, package):
        class Raw(SessionPredictor):
            def compute(self, feeds, options):
                return super().compute(feeds, options) * 9 - 4

        with pytest.raises(ModelOutputError, match="values from -3"):
            predictor(package, kind=Raw).infer(sample_feeds(package, 1))

    def test_a_wrong_shape_is_named(self, package):
        class Cropped(SessionPredictor):
            def compute(self, feeds, options):
                return super().compute(feeds, options)[..., :-1]

        with pytest.raises(ModelOutputError, match="1 × 2 × 16 × 15 values .not 1 × 2 × 16 × 16"):
            predictor(package, kind=Cropped).infer(sample_feeds(package, 1))

    @pytest.mark.parametrize(
        ("fault", "words"),
        [
            ({"rename": {"dem": "terrain"}}, "the input dem is missing"),
            ({"rename": {"dem": "terrain"}}, "the card knows no input terrain"),
            ({"opset": 99}, "model.onnx can.t be loaded"),
            ({"output_type": TensorProto.DOUBLE}, "double"),
        ],
        ids=["missing input", "unknown input", "opset", "type"],
    )
    def test_a_network_that_does_not_fit_its_card(self, tmp_path, package, fault, words):
        from tiny_networks import write_network

        from glacier_mapper.runner.models.package import MODEL_FILE, write_package

        network = write_network(tmp_path / "other.onnx", side=16, **fault)
        card = replace(package.card, golden="", name="other")
        wrong = write_package(tmp_path / "other", card, {MODEL_FILE: network})
        with pytest.raises(InvalidPackageError, match=words):
            open_session(wrong, "cpu", Wanted(2))

    def test_patches_of_another_size_are_no_internal_error(self, package):
        feeds = {name: value[..., :-1] for name, value in sample_feeds(package, 1).items()}
        with pytest.raises(ModelError, match=r"Tiny tiny.*optical"):
            predictor(package).infer(feeds)


class Forgetful(SessionPredictor):
    """Raises what ONNX Runtime raises when more than `fits` patches are under way at once."""

    fits = 1

    def __init__(self, *given):
        super().__init__(*given)
        self.under_way, self.asked, self.lock = 0, [], threading.Lock()

    def compute(self, feeds, options):
        count = len(feeds["optical"])
        with self.lock:
            self.under_way += count
            self.asked.append(count)
            too_much = self.under_way > self.fits
        try:
            if too_much:
                raise RuntimeException(ALLOCATION)
            time.sleep(0.01)
            return super().compute(feeds, options)
        finally:
            with self.lock:
                self.under_way -= count


class TestMemory:
    @pytest.mark.parametrize(("fits", "batch"), [(4, 4), (2, 2), (1, 1)])
    def test_the_batch_is_halved_until_it_fits(self, package, fits, batch):
        short = predictor(package, Config(1, 1, 8), Forgetful)
        short.fits = fits
        feeds = sample_feeds(package, 8)
        answer = short.infer(feeds)
        np.testing.assert_array_equal(answer, predictor(package).infer(feeds))
        assert short.batch == batch
        assert str(short.notes[0]) == (
            "The memory of the device did not hold 8 patches at once; it was gone on with 4."
        )
        assert sum(count for count in short.asked if count <= fits) == 8

    def test_an_odd_batch(self, package):
        short = predictor(package, Config(1, 1, 7), Forgetful)
        short.fits = 2
        feeds = sample_feeds(package, 7)
        np.testing.assert_array_equal(short.infer(feeds), predictor(package).infer(feeds))

    def test_single_patches_side_by_side_are_computed_in_turn(self, package):
        short = predictor(package, Config(1, 3), Forgetful)
        feeds, answers = sample_feeds(package, 1), []
        threads = [threading.Thread(target=lambda: answers.append(short.infer(feeds))) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(answers) == 6
        assert len({answer.tobytes() for answer in answers}) == 1
        assert "computed in turn" in str(short.notes[-1])

    def test_where_one_patch_does_not_fit_there_is_an_end(self, package):
        short = predictor(package, Config(1, 2, 2), Forgetful)
        short.fits = 0
        with pytest.raises(OutOfMemoryError):
            short.infer(sample_feeds(package, 2))

    @pytest.mark.parametrize(
        ("error", "is_memory"),
        [
            (RuntimeException(ALLOCATION), True),
            (RuntimeException("CUDA failure 2: out of memory ; GPU=0"), True),
            (RuntimeException("std::bad_alloc"), True),
            (MemoryError(), True),
            (RuntimeException("Non-zero status code while running Reshape"), False),
        ],
    )
    def test_what_speaks_of_memory(self, error, is_memory):
        assert is_out_of_memory(error) is is_memory

    @pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs RLIMIT_AS")
    def test_onnx_runtimes_own_shortage_in_a_process_of_little_memory(self, tmp_path):
        """16 patches of 256 px and 32 filters take 2 x 134 MB between the layers; 100 MB are left to take."""
        script = f"""
import json, resource, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from tiny_networks import tiny_package
from glacier_mapper.runner.models.session import SessionPredictor, load, sample_feeds
from glacier_mapper.runner.models.tuning import Config
package = tiny_package(Path({str(tmp_path)!r}) / "deep", ("optical",), deep=True, filters=32, layers=3, side=256)
predictor = SessionPredictor(package, load(package, "cpu", 1), Config(1, 1, 16))
feeds = sample_feeds(package, 16)
expected = [predictor.infer({{"optical": feeds["optical"][i:i + 1]}})[0].sum().item() for i in (0, 15)]
size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (size + 100 * 2**20,) * 2)
answer = predictor.infer(feeds)
print(json.dumps({{"batch": predictor.batch, "notes": len(predictor.notes), "shape": answer.shape,
                  "off": max(abs(answer[i].sum().item() - one) for i, one in zip((0, 15), expected))}}))
"""
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False
        )
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout.splitlines()[-1])
        assert told["shape"] == [16, 2, 256, 256]
        assert told["batch"] < 16
        assert told["notes"] >= 1
        assert told["off"] < 0.05  # of 131072 in all


class TestCancel:
    def test_close_ends_what_is_under_way(self, tmp_path):
        """The network takes about a second; it is told to end after a tenth."""
        package = tiny_package(
            tmp_path / "slow", ("optical",), deep=True, filters=48, layers=12, side=256, card={"golden": ""}
        )
        slow, feeds = predictor(package, Config(1, 1)), sample_feeds(package, 1)
        started = time.perf_counter()
        slow.infer(feeds)
        whole = time.perf_counter() - started
        threading.Timer(0.1 * whole, slow.close).start()
        started = time.perf_counter()
        with pytest.raises(Cancelled):
            slow.infer(feeds)
        assert time.perf_counter() - started < 0.7 * whole

    def test_after_close_nothing_is_computed(self, package):
        one = predictor(package)
        one.close()
        one.close()
        with pytest.raises(Cancelled):
            one.infer(sample_feeds(package, 1))


class TestWarm:
    def test_a_session_stays_loaded_and_only_the_last_two_do(self, tmp_path):
        names = ("one", "two", "three")
        packages = [tiny_package(tmp_path / name, side=16, bias=bias) for bias, name in enumerate(names)]
        first = load(packages[0], "cpu", 1).session
        assert load(packages[0], "cpu", 1).session is first
        load(packages[1], "cpu", 1)
        assert load(packages[0], "cpu", 1).session is first
        load(packages[2], "cpu", 1)
        assert load(packages[0], "cpu", 1).session is first
        assert len(session_module._warm) == 2

    def test_a_package_that_changed_is_loaded_anew(self, tmp_path):
        old = tiny_package(tmp_path / "warm", side=16)
        before = load(old, "cpu", 1).session
        new = tiny_package(tmp_path / "warm", side=16, bias=1.0, overwrite=True)
        assert load(new, "cpu", 1).session is not before

    def test_closing_a_predictor_leaves_the_session_to_the_next(self, package):
        opened = open_session(package, "cpu", Wanted(2))
        opened.close()
        again = open_session(package, "cpu", Wanted(2))
        assert again._sessions[0] is opened._sessions[0]
        assert again.infer(sample_feeds(package, 1)).shape == (1, 2, 16, 16)


class TestTuning:
    def test_it_is_measured_once_and_remembered(self, package, monkeypatch):
        one = open_session(package, "cpu", Wanted(2))
        config = tuning.remembered(tuning_key(package, "cpu", 2))
        assert config is not None
        assert (one.slots, one.batch) == (config.slots, config.batch)
        assert 0 < config.patch_s < 0.1
        monkeypatch.setattr(session_module, "_measure", None)  # would fail if it were called
        open_session(package, "cpu", Wanted(2))

    def test_each_network_number_of_threads_and_version_has_its_own(self, package, tmp_path, monkeypatch):
        other = tiny_package(tmp_path / "other", side=16, bias=1.0)
        keys = {tuning_key(package, "cpu", 2), tuning_key(other, "cpu", 2), tuning_key(package, "cpu", 4)}
        keys.add(tuning_key(package, "cuda", 2))
        monkeypatch.setattr(onnxruntime, "__version__", "9.9")
        keys.add(tuning_key(package, "cpu", 2))
        assert len(keys) == 5

    def test_the_batch_that_was_asked_for_is_taken(self, package):
        assert open_predictor(package, request_for(threads=2, network=NetworkSettings(batch=5))).batch == 5

    @pytest.mark.parametrize(
        ("threads", "on_cpu", "expected"),
        [
            (1, True, Config(1, 1)),
            (2, True, Config(1, 2)),
            (4, True, Config(1, 4)),
            (16, True, Config(4, 4)),
            (16, False, Config(1, 2)),
        ],
    )
    def test_the_default(self, threads, on_cpu, expected):
        assert tuning.default(threads, on_cpu) == expected
        ways = tuning.candidates(threads, on_cpu)
        assert ways[0] == expected
        assert len(set(ways)) == len(ways)
        assert all(way.intra * way.slots <= max(threads, 2) for way in ways)

    @pytest.mark.parametrize(
        ("rates", "best"),
        [
            ({Config(1, 2): 10.0, Config(2, 1): 9.0}, Config(1, 2)),
            ({Config(1, 2): 10.0, Config(2, 1): 10.2}, Config(1, 2)),  # within the noise
            ({Config(1, 2): 10.0, Config(2, 1): 11.0}, Config(2, 1)),
            ({Config(1, 2): 10.0, Config(2, 1): 11.0, Config(1, 2, 2): 12.0}, Config(1, 2, 2)),
        ],
    )
    def test_the_fastest_wins_by_a_clear_margin(self, rates, best):
        seconds = []

        def rate(way, limit):
            seconds.append(limit)
            return rates[way]

        assert tuning.fastest(list(rates), rate) == (best, rates[best])
        assert sum(seconds) == pytest.approx(tuning.BUDGET_S)

    def test_the_rate_counts_every_slots_patches(self):
        lock, runs = threading.Lock(), []

        def run():
            time.sleep(0.02)
            with lock:
                runs.append(threading.get_ident())

        rate = tuning.rate_of(run, Config(1, 3, batch=4), 0.2)
        assert rate == pytest.approx(3 * 4 / 0.02, rel=0.3)
        assert len(set(runs)) == 4  # the first run, to warm up, then three side by side

    @pytest.mark.parametrize(
        "entry", ["fast", {"intra": 0, "slots": 1}, {"intra": 1}, {"intra": 1, "slots": 1, "colour": 3}]
    )
    def test_a_damaged_memory_is_none(self, tmp_path, entry):
        (tmp_path / "cache").mkdir()
        (tmp_path / "cache" / tuning.TUNING_FILE).write_text(json.dumps({"key": entry}))
        assert tuning.remembered("key") is None
        tuning.remember("key", Config(2, 1))
        assert tuning.remembered("key") == Config(2, 1)

    def test_a_slow_network_is_not_measured_at_length(self, package, monkeypatch):
        runs = []

        class Slow(SessionPredictor):
            def compute(self, feeds, options):
                runs.append(len(feeds["optical"]))
                time.sleep(0.5)
                return super().compute(feeds, options)

        monkeypatch.setattr(session_module, "SessionPredictor", Slow)
        open_session(package, "cpu", Wanted(2))
        assert len(runs) <= 4
        config = tuning.remembered(tuning_key(package, "cpu", 2))
        assert (config.intra, config.slots, config.batch) == (1, 2, 1)
        assert config.patch_s == pytest.approx(0.25, rel=0.2)

    @pytest.mark.parametrize(
        ("measured", "room_mb", "expected"),
        [
            (Config(1, 8, 1, 0.0, 500), 2000, (2, 4, 1)),
            (Config(1, 8, 2, 0.0, 500), 2000, (4, 2, 2)),
            (Config(1, 8, 1, 0.0, 100), 2000, (1, 8, 1)),
            (Config(1, 8, 1, 0.0, 9000), 2000, (8, 1, 1)),
            (Config(1, 2, 8, 0.0, 500), 2000, (2, 1, 4)),
            (Config(1, 8, 4, 0.0, 0), 2000, (1, 8, 4)),
            (Config(1, 8, 4, 0.0, 9000), 0, (1, 8, 4)),
        ],
        ids=["half", "in batches", "all", "one", "smaller batches", "not measured", "no bound"],
    )
    def test_as_many_at_once_as_memory_holds(self, measured, room_mb, expected):
        found = tuning.fitting(measured, room_mb)
        assert (found.intra, found.slots, found.batch) == expected

    def test_memory_that_is_short_now_is_not_remembered_as_the_way(self, package, monkeypatch):
        monkeypatch.setattr(session_module, "resident_mb", iter([100, 600]).__next__)  # 500 MB a run
        monkeypatch.setattr(session_module, "available_mb", lambda: 1000)
        now = open_session(package, "cpu", Wanted(2))
        assert (now.slots, now.batch) == (1, 1)
        assert tuning.remembered(tuning_key(package, "cpu", 2)) is None
        monkeypatch.setattr(session_module, "resident_mb", iter([100, 600]).__next__)
        monkeypatch.setattr(session_module, "available_mb", lambda: 64_000)
        open_session(package, "cpu", Wanted(2))
        assert tuning.remembered(tuning_key(package, "cpu", 2)).slot_mb == 500

    def test_a_remembered_way_is_cut_to_the_memory_of_the_day_and_grows_again(self, package, monkeypatch):
        tuning.remember(tuning_key(package, "cpu", 2), Config(1, 2, 1, 0.01, 500))
        monkeypatch.setattr(session_module, "available_mb", lambda: 1000)
        assert open_session(package, "cpu", Wanted(2)).slots == 1
        monkeypatch.setattr(session_module, "available_mb", lambda: 8000)
        assert open_session(package, "cpu", Wanted(2)).slots == 2

    def test_a_batch_that_memory_does_not_hold_is_cut_and_that_is_said(self, package):
        tuning.remember(tuning_key(package, "cpu", 2), Config(1, 2, 1, 0.01, 500))
        one = open_session(package, "cpu", Wanted(2, batch=8, room_mb=1700))
        assert (one.slots, one.batch) == (1, 3)
        assert "does not hold 8 patches at once, so 3 are" in str(one.notes[-1])
        assert open_session(package, "cpu", Wanted(2, batch=3, room_mb=1700)).notes == []

    def test_runs_side_by_side_claim_no_memory_in_one_piece(self, package):
        """As it would be twice as much for two runs."""
        assert not load(package, "cpu", 1).session.get_session_options().enable_mem_pattern


class TestPredictors:
    def test_this_machine(self, package):
        one = open_predictor(package, request_for(device="cpu", threads=1))
        assert one.device.startswith("Processor")
        assert one.slots == 1

    def test_a_device_that_is_not_here_is_replaced_and_that_is_said(self, package):
        if "CUDAExecutionProvider" in onnxruntime.get_available_providers():
            pytest.skip("this machine has CUDA")
        one = open_predictor(package, request_for(device="cuda", threads=1))
        assert one.device.startswith("Processor")
        assert "NVIDIA" in str(one.notes[0])


class TestCancelledMeasurement:
    def test_a_cancel_ends_a_measurement(self, tmp_path):
        """A run of about half a second would be made four times and more."""
        slow = tiny_package(
            tmp_path / "slow", ("optical",), deep=True, filters=48, layers=8, side=256, card={"golden": ""}
        )
        started = time.perf_counter()
        with pytest.raises(Cancelled):
            open_session(slow, "cpu", Wanted(1, should_stop=lambda: time.perf_counter() - started > 0.1))
        assert tuning.remembered(tuning_key(slow, "cpu", 1)) is None
        assert not any("watching" in thread.name for thread in threading.enumerate())

    def test_it_is_measured_anew_after_that(self, package):
        with pytest.raises(Cancelled):
            open_session(package, "cpu", Wanted(2, should_stop=lambda: True))
        assert open_session(package, "cpu", Wanted(2)).slots >= 1

    def test_nobody_computes_with_more_threads_than_there_are(self, package):
        open_session(package, "cpu", Wanted(99))
        assert tuning.remembered(tuning_key(package, "cpu", cpu_count())) is not None
