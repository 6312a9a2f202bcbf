"""Devices: what is here, what is chosen, and that nothing falls back without a word."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from tiny_networks import tiny_package, write_deep_network, write_network

from glacier_mapper.core.errors import InvalidParameterError
from glacier_mapper.core.model_errors import InvalidPackageError
from glacier_mapper.core.request import DEVICES as REQUEST_DEVICES
from glacier_mapper.runner.models import devices as module
from glacier_mapper.runner.models.devices import (
    CPU_PROVIDER,
    DEVICES,
    ORT_ERRORS,
    PROBE,
    automatic,
    choose_providers,
    cpu_count,
    devices,
    first_line,
    make_session,
    one_at_a_time,
    title_of,
    why_not,
    with_threads,
)

pytestmark = pytest.mark.filterwarnings("ignore:Specified provider")
HERE = set(onnxruntime.get_available_providers())
ABSENT = [name for name, device in DEVICES.items() if device.provider not in HERE]


@pytest.fixture
def forget():
    """What was found out about devices is forgotten before and after."""
    why_not.cache_clear()
    yield
    why_not.cache_clear()


@pytest.fixture
def pretend(monkeypatch, forget):
    """ONNX Runtime says that it was built for these too; the sessions are real."""

    def listed(*names):
        providers = [DEVICES[name].provider for name in names]
        monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [*providers, "CPUExecutionProvider"])

    return listed


def test_the_names_are_those_that_a_request_may_ask_for():
    assert set(REQUEST_DEVICES) == {"auto", *DEVICES}


def test_every_kind_of_device_is_listed_with_a_reason_where_it_is_not_here():
    listed = {one["name"]: one for one in devices()}
    assert list(listed) == ["cpu", "cuda", "directml", "openvino", "coreml"]
    assert listed["cpu"]["available"] is True
    assert listed["cpu"]["reason"] is None
    assert f"{cpu_count()} threads" in listed["cpu"]["title"]
    for name in ABSENT:
        assert listed[name]["available"] is False
        assert listed[name]["reason"]["details"]["distribution"] == DEVICES[name].distribution
        assert "was built without it" in listed[name]["reason"]["template"]
    assert json.loads(json.dumps(devices())) == devices()


def test_exactly_one_is_what_auto_takes():
    assert [one["name"] for one in devices() if one["chosen"]] == [automatic()]


def test_the_cpu_is_taken_without_a_note():
    providers, title, notes = choose_providers("cpu")
    assert providers == [CPU_PROVIDER]
    assert title == f"Processor (CPU), {cpu_count()} threads"
    assert notes == []


def test_auto_says_nothing_as_nothing_was_asked_for():
    assert choose_providers("auto")[2] == []


@pytest.mark.parametrize("name", ABSENT)
def test_a_device_that_is_not_here_falls_back_with_a_note(name):
    providers, title, notes = choose_providers(name)
    assert providers == [CPU_PROVIDER]
    assert title.startswith("Processor")
    (note,) = notes
    assert str(note).startswith(f"{DEVICES[name].title} can't be used, so the processor computes.")
    assert onnxruntime.__version__ in str(note)


@pytest.mark.parametrize("device", ["gpu", "", "CPU", "http://server"])
def test_an_unknown_device(device):
    with pytest.raises(InvalidParameterError, match="auto, cpu, cuda, directml, openvino, coreml"):
        choose_providers(device)


def test_the_probe_is_a_network_that_doubles():
    session = onnxruntime.InferenceSession(PROBE, providers=["CPUExecutionProvider"])
    value = np.arange(16, dtype=np.float32).reshape(1, 1, 4, 4)
    np.testing.assert_array_equal(session.run(None, {"x": value})[0], 2 * value)


@pytest.mark.parametrize("name", ["cuda", "directml", "openvino", "coreml"])
def test_reduced_precision_is_switched_off_on_every_device(name):
    options = dict(DEVICES[name].providers()[0][1])
    expected = {"cuda": {"use_tf32": "0"}, "openvino": {"precision": "FP32"}, "directml": {}}
    assert expected.get(name, {"MLComputeUnits": "CPUAndGPU"}).items() <= options.items()
    assert DEVICES[name].providers()[-1] == CPU_PROVIDER


# listed, but not working


@pytest.mark.parametrize("name", [name for name in ABSENT if name != "cpu"])
def test_a_device_that_is_listed_and_does_not_start_is_not_available(pretend, name):
    """The provider's library is not there, as where a driver is missing: ONNX Runtime takes the CPU or refuses."""
    pretend(name)
    reason = why_not(name)
    assert "does not start here" in str(reason)
    providers, title, notes = choose_providers(name)
    assert providers == [CPU_PROVIDER]
    assert title.startswith("Processor")
    assert "does not start here" in str(notes[0])
    assert automatic() == "cpu"


def test_it_is_found_out_once(pretend, monkeypatch):
    pretend("cuda")
    started = []
    real = module._start
    monkeypatch.setattr(module, "_start", lambda *given: started.append(1) or real(*given))
    for _ in range(3):
        why_not("cuda")
    assert len(started) == 1


def test_a_device_that_takes_the_probe_but_not_the_network(tmp_path, monkeypatch, forget):
    network = write_deep_network(tmp_path / "n.onnx")
    monkeypatch.setattr(module, "why_not", lambda _: None)
    session, title, notes = make_session(network, "cuda", 1)
    assert session.get_providers() == ["CPUExecutionProvider"]
    assert title.startswith("Processor")
    (note,) = notes
    assert str(note).startswith("NVIDIA graphics card (CUDA) can't be used, so the processor computes.")


# sessions


def test_a_session_computes(tmp_path):
    network = write_deep_network(tmp_path / "n.onnx")
    session, title, notes = make_session(network)
    image = np.random.default_rng(0).random((2, 6, 16, 24), np.float32)
    output = session.run(None, {"optical": image})[0]
    assert output.shape == (2, 2, 16, 24)
    np.testing.assert_allclose(output.sum(axis=1), 1.0, atol=1e-5)
    assert title
    assert notes == []


@pytest.mark.parametrize("threads", [0, 1, 2])
def test_threads_of_one_run(tmp_path, threads):
    session, _, _ = make_session(write_deep_network(tmp_path / "n.onnx"), "cpu", threads)
    options = session.get_session_options()
    assert options.intra_op_num_threads == (threads or cpu_count())
    assert options.inter_op_num_threads == 1


def test_a_session_of_the_cpu_may_be_shared_by_threads(tmp_path):
    session, _, _ = make_session(write_deep_network(tmp_path / "n.onnx"), "cpu", 1)
    assert one_at_a_time(session) is False
    image = np.random.default_rng(0).random((1, 6, 64, 64), np.float32)
    alone = session.run(None, {"optical": image})[0]
    results = []
    workers = [
        threading.Thread(target=lambda: results.append(session.run(None, {"optical": image})[0])) for _ in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(results) == 4
    assert all(np.array_equal(one, alone) for one in results)


def test_a_network_that_can_not_be_loaded_names_its_package(tmp_path):
    package = tiny_package(tmp_path / "tiny")
    package.model_path.write_bytes(b"nothing of a network")
    with pytest.raises(InvalidPackageError) as caught:
        make_session(package.model_path, "auto")
    assert f"“{package.folder}”" in str(caught.value)
    assert "model.onnx can't be loaded" in str(caught.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InvalidPackageError, match=r"none\.onnx can't be loaded"):
        make_session(tmp_path / "none.onnx")


def test_every_error_of_onnx_runtime_is_known():
    names = {kind.__name__ for kind in ORT_ERRORS}
    assert {"Fail", "InvalidArgument", "InvalidGraph", "InvalidProtobuf", "NoSuchFile", "NotImplemented"} <= names
    assert all(issubclass(kind, Exception) for kind in ORT_ERRORS)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[ONNXRuntimeError] : 1 : FAIL : \n  bad\tthing", "bad thing."),
        ("[ONNXRuntimeError] : 7 : INVALID_PROTOBUF : Load model from /a b/n.onnx failed:Cut.", "Cut."),
        (r"[ONNXRuntimeError] : 1 : FAIL : D:\a\s\core\model.cc:149 ort::Model::Model Unsupported", "Unsupported."),
        ("done.", "done."),
        ("", "ValueError."),
        ("a" * 200 + "b" * 200, "a" * 180 + " … " + "b" * 120 + "."),
    ],
)
def test_what_onnx_runtime_said_in_one_line(text, line):
    assert first_line(ValueError(text)) == line


def test_what_is_wrong_with_the_opset_is_said_and_not_where_in_the_code(tmp_path):
    path = write_network(tmp_path / "Netz ü.onnx", opset=99)
    with pytest.raises(InvalidPackageError) as caught:
        make_session(path)
    said = caught.value.details["reason"]
    assert re.fullmatch(
        rf"Netz ü\.onnx can't be loaded: it is of opset 99 of ai\.onnx, "
        rf"and ONNX Runtime {re.escape(onnxruntime.__version__)} reads up to \d+\.", said
    ), said  # fmt: skip


def later_ir(model):
    model.ir_version = 99


def unknown_operator(model):
    model.graph.node[0].op_type = "Convx"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (later_ir, "can't be loaded: Unsupported model IR version: 99, max supported IR version: "),
        (unknown_operator, "Error No Op registered for Convx with domain_version of 17."),
    ],
)
def test_what_else_is_wrong_is_not_cut_off(tmp_path, change, said):
    path = write_network(tmp_path / "n.onnx")
    model = onnx.load(str(path))
    change(model)
    onnx.save(model, str(path))
    with pytest.raises(InvalidPackageError) as caught:
        make_session(path)
    assert said in caught.value.details["reason"]
    assert "onnxruntime_src" not in caught.value.details["reason"]


@pytest.mark.parametrize(
    ("threads", "shown"), [(0, None), (1, "Processor (CPU), 1 thread"), (2, "Processor (CPU), 2 threads")]
)
def test_the_processor_is_named_with_the_threads_that_were_asked_for(threads, shown):
    assert title_of("cpu", threads) == with_threads(title_of("cpu"), threads) == (shown or title_of("cpu"))
    assert with_threads(title_of("cuda"), threads) == title_of("cuda")


def test_listing_models_does_not_load_onnx_runtime():
    root = Path(__file__).resolve().parents[2]
    code = (
        f"import sys; sys.path.insert(0, {str(root)!r})\n"
        "from glacier_mapper.runner.models.store import installed\n"
        "installed(); print('onnxruntime' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
