"""What can compute a network on this machine, and sessions of ONNX Runtime on it.

A device that ONNX Runtime was built for may still not work here (no driver, no libraries); ONNX Runtime then falls
back to the CPU with a line in its log. So each is tried once with a network of one multiplication, and what is said
of it is what was seen. All of them compute in full float32: TensorFloat-32, bfloat16 and the Neural Engine's float16
are switched off, as reduced precision is only for packages that were checked in it.

OpenVINO is offered through ONNX Runtime only, never through its own interface, and by choice only: it equals ONNX
Runtime's own CPU code within noise, and with two worker threads and a reader beside it some starts hung. A session on
it must be run from one thread at a time; `one_at_a_time` says so.
"""

from __future__ import annotations

import logging
import os
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as ort_state

from ...core.errors import InvalidParameterError
from ...core.messages import QT_TRANSLATE_NOOP, Message
from ...core.model_errors import InvalidPackageError
from ..memory import give_back

log = logging.getLogger(__name__)

Provider = tuple[str, dict[str, Any]]
CPU_PROVIDER: Provider = ("CPUExecutionProvider", {})
ORT_ERRORS: tuple[type[Exception], ...] = tuple(
    kind for kind in vars(ort_state).values() if isinstance(kind, type) and issubclass(kind, Exception)
)
"""Everything that ONNX Runtime raises of its own."""
AUTOMATIC = ("cuda", "directml")
"""What `auto` takes before the CPU, where it works: those that are faster for certain."""


@dataclass(frozen=True)
class Device:
    """A kind of device: its execution provider with the options that keep it to float32, and how to get it.

    `distribution` is the build of onnxruntime that has it.
    """

    name: str
    title: str
    provider: str
    options: dict[str, Any] = field(default_factory=dict)
    distribution: str = ""
    sequential: bool = False

    def providers(self) -> list[Provider]:
        """For a session: the device first, the CPU for what it can't do."""
        own = (self.provider, dict(self.options))
        return [own] if own[0] == CPU_PROVIDER[0] else [own, CPU_PROVIDER]


DEVICES: dict[str, Device] = {
    device.name: device
    for device in (
        Device("cpu", QT_TRANSLATE_NOOP("models", "Processor (CPU)"), "CPUExecutionProvider"),
        Device(
            "cuda", QT_TRANSLATE_NOOP("models", "NVIDIA graphics card (CUDA)"), "CUDAExecutionProvider",
            {"use_tf32": "0"}, "onnxruntime-gpu",
        ),
        Device(
            "directml", QT_TRANSLATE_NOOP("models", "Graphics card (DirectML)"), "DmlExecutionProvider",
            {}, "onnxruntime-directml", sequential=True,
        ),
        Device(
            "openvino", QT_TRANSLATE_NOOP("models", "Intel processor (OpenVINO)"), "OpenVINOExecutionProvider",
            {"device_type": "CPU", "precision": "FP32"}, "onnxruntime-openvino", sequential=True,
        ),
        Device(
            "coreml", QT_TRANSLATE_NOOP("models", "Apple graphics (Core ML)"), "CoreMLExecutionProvider",
            {"ModelFormat": "MLProgram", "MLComputeUnits": "CPUAndGPU", "AllowLowPrecisionAccumulationOnGPU": "0"},
            "onnxruntime", sequential=True,
        ),
    )
}  # fmt: skip

PROBE = (
    b"\x08\x07:g\n\x0f\n\x01x\n\x01w\x12\x01y\"\x04Conv\x12\x05probe*\x13\x08\x01\x08\x01\x08\x01\x08\x01\x10\x01\"\x04"
    b"\x00\x00\x00@B\x01wZ\x1b\n\x01x\x12\x16\n\x14\x08\x01\x12\x10\n\x02\x08\x01\n\x02\x08\x01\n\x02\x08\x04\n\x02\x08"
    b"\x04b\x1b\n\x01y\x12\x16\n\x14\x08\x01\x12\x10\n\x02\x08\x01\n\x02\x08\x01\n\x02\x08\x04\n\x02\x08\x04B\x04\n\x00"
    b"\x10\r"
)
"""An ONNX network (opset 13) that doubles its input `x`, (1, 1, 4, 4): a convolution with the weight 2."""


def devices() -> list[dict[str, Any]]:
    """Every kind of device: {"name", "title", "available", "reason", "chosen"}.

    `reason` is a message's JSON that says why one is not available, None where it is; `chosen` marks what `auto` takes.
    """
    chosen = automatic()
    return [_described(device, chosen) for device in DEVICES.values()]


def _described(device: Device, chosen: str) -> dict[str, Any]:
    reason = why_not(device.name)
    return {
        "name": device.name,
        "title": title_of(device.name),
        "available": reason is None,
        "reason": None if reason is None else reason.to_json(),
        "chosen": device.name == chosen,
    }


def automatic() -> str:
    """The device that `auto` stands for here."""
    return next((name for name in AUTOMATIC if why_not(name) is None), "cpu")


def title_of(name: str, threads: int = 0) -> str:
    """What a device is called, in English; for the CPU with its threads, 0 for all cores."""
    count = threads or cpu_count()
    return f"{DEVICES[name].title}, {count} thread{'s' * (count != 1)}" if name == "cpu" else DEVICES[name].title


def with_threads(title: str, threads: int) -> str:
    """`title` of a device as `make_session` gives it, with the threads that the user asked for, 0 for all cores."""
    return title_of("cpu", threads) if title == title_of("cpu") else title


def cpu_count() -> int:
    """How many threads this process may use at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@cache
def why_not(name: str) -> Message | None:
    """Why a device can't be used here; None where it can. Found out once a process."""
    device = DEVICES[name]
    if device.provider not in onnxruntime.get_available_providers():
        details = {"version": onnxruntime.__version__, "distribution": device.distribution}
        text = QT_TRANSLATE_NOOP(
            "models", "The installed onnxruntime {version} was built without it; {distribution} has it where it exists."
        )
        return Message(text, details)
    if name == "cpu":
        return None
    try:
        session = _start(PROBE, device.providers(), _options(device, 1))
    except (*ORT_ERRORS, RuntimeError, ValueError) as exc:
        return _does_not_start(first_line(exc))
    if session.get_providers()[0] != device.provider:
        return _does_not_start("its driver or one of its libraries is missing")
    return None


def _does_not_start(reason: str) -> Message:
    return Message(QT_TRANSLATE_NOOP("models", "It does not start here: {reason}."), {"reason": reason.rstrip(".")})


def choose_providers(device: str) -> tuple[list[Provider], str, list[Message]]:
    """(execution providers for a session, what computes in words, notes) for "auto" or a device's name.

    A device that does not work here is replaced by the CPU, and a note says so. Raises InvalidParameterError.
    """
    if device != "auto" and device not in DEVICES:
        raise InvalidParameterError(name="device", value=device, expected=f"auto, {', '.join(DEVICES)}")
    wanted = automatic() if device == "auto" else device
    reason = why_not(wanted)
    if reason is None:
        return DEVICES[wanted].providers(), title_of(wanted), []
    return DEVICES["cpu"].providers(), title_of("cpu"), [_fell_back(wanted, str(reason))]


def _fell_back(name: str, reason: str) -> Message:
    text = QT_TRANSLATE_NOOP("models", "{device} can't be used, so the processor computes. {reason}")
    return Message(text, {"device": DEVICES[name].title, "reason": reason})


def one_at_a_time(session: onnxruntime.InferenceSession) -> bool:
    """Whether the session must be run from one thread at a time."""
    first = session.get_providers()[0]
    return any(device.sequential and device.provider == first for device in DEVICES.values())


def make_session(
    path: str | os.PathLike[str], device: str = "auto", threads: int = 0, shares: bool = False
) -> tuple[onnxruntime.InferenceSession, str, list[Message]]:
    """(session of the network in `path`, what computes in words, notes), with `threads` of the CPU for one run.

    0 threads means all cores. A session that `shares` takes the memory of its runs from where all that do take it.
    Where the device was there for the probe but not for this network, the CPU takes it and
    a note says so. Raises InvalidParameterError, InvalidPackageError with ONNX Runtime's reason.
    """
    providers, title, notes = choose_providers(device)
    wanted = providers[0][0]
    if wanted == CPU_PROVIDER[0]:
        return _load(path, threads, shares), title, notes
    name = next(known.name for known in DEVICES.values() if known.provider == wanted)
    try:
        session = _start(os.fspath(path), providers, _options(DEVICES[name], threads, shares))
        reason = "" if session.get_providers()[0] == wanted else "it did not take this network."
    except (*ORT_ERRORS, RuntimeError, ValueError) as exc:
        reason = first_line(exc)
    if not reason:
        return session, title, notes
    session = _load(path, threads, shares)
    return session, title_of("cpu"), [*notes, _fell_back(name, reason)]


def _load(path: str | os.PathLike[str], threads: int, shares: bool) -> onnxruntime.InferenceSession:
    """A session on the CPU. Raises InvalidPackageError."""
    cpu = DEVICES["cpu"]
    try:
        return _start(os.fspath(path), cpu.providers(), _options(cpu, threads, shares))
    except (*ORT_ERRORS, RuntimeError, ValueError) as exc:
        reason = f"{Path(path).name} can't be loaded: {first_line(exc)}"
        raise InvalidPackageError(model=str(Path(path).parent), reason=reason) from exc


def _options(device: Device, threads: int, shares: bool = False) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or cpu_count()
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # A pattern claims a run's whole memory in one piece, anew for runs side by side: almost twice as much for two
    # runs of GlaViTU, and no faster. DirectML works only without it.
    options.enable_mem_pattern = False
    if shares:
        _share_memory()
        options.add_session_config_entry("session.use_env_allocators", "1")
    return options


@cache
def _share_memory() -> None:
    """One arena on the processor for all sessions that ask for it.

    A session keeps what its runs took: five networks run in turn held five times the 139 MB of one, and now once, at
    the same speed.
    """
    kinds = onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, onnxruntime.OrtMemType.DEFAULT
    onnxruntime.create_and_register_allocator(onnxruntime.OrtMemoryInfo("Cpu", kinds[0], 0, kinds[1]), None)


def _start(
    network: str | bytes, providers: list[Provider], options: onnxruntime.SessionOptions
) -> onnxruntime.InferenceSession:
    if providers[0][0] == DEVICES["cuda"].provider:
        _preload_cuda()
    session = onnxruntime.InferenceSession(network, options, providers=providers)
    session.disable_fallback()
    give_back()  # the network in the form of its file: 90 MB of GlaViTU
    return session


@cache
def _preload_cuda() -> None:
    """Let CUDA's libraries be found where pip has put them."""
    if hasattr(onnxruntime, "preload_dlls"):
        onnxruntime.preload_dlls(directory="")


OPSET = re.compile(r"Opset (\d+) is under development.* official support for domain (\S+) is till opset (\d+)")
WHERE_FROM = re.compile(r"\[ONNXRuntimeError\] : \d+ : [A-Z_]+ : (?:Load model from .*? failed:\s*)?")
WHERE_IN_CODE = re.compile(r"\S+\.(?:cc|cpp|h|hpp):\d+ (?:.*?\)|\S+) (?=[A-Z])")
LINE_LENGTH, TAIL_LENGTH = 300, 120


def first_line(error: Exception) -> str:
    """What ONNX Runtime said, in one line of about 300 letters with a full stop: what is wrong, not where in its code.

    Of what is longer the middle is left out, as such messages end with what they are about.
    """
    text = " ".join(str(error).split())
    opset = OPSET.search(text)
    if opset:
        own, domain, most = opset.groups()
        text = f"it is of opset {own} of {domain}, and ONNX Runtime {onnxruntime.__version__} reads up to {most}"
    text = WHERE_IN_CODE.sub("", WHERE_FROM.sub("", text)).strip() or type(error).__name__
    if len(text) > LINE_LENGTH:
        text = f"{text[: LINE_LENGTH - TAIL_LENGTH]} … {text[-TAIL_LENGTH:]}"
    return text if text.endswith(".") else f"{text}."
