"""What the machine can compute on, and which build of onnxruntime suits it."""

from __future__ import annotations

import sys
from collections.abc import Callable

from ..core.messages import QT_TRANSLATE_NOOP, Message
from .child import probe
from .setup_values import Accelerator, Hardware

MIN_CUDA_DRIVER = 580
"""The packages bring CUDA 13, which needs an NVIDIA driver of the 580 branch or newer (NVIDIA's release notes)."""

NO_GPU = QT_TRANSLATE_NOOP("setup", "No NVIDIA GPU was found, so models run on the processor.")
OLD_DRIVER = QT_TRANSLATE_NOOP(
    "setup", "{gpu} has driver {driver}; {needed} or newer is needed to use it, so models run on the processor."
)
GPU_POSSIBLE = QT_TRANSLATE_NOOP(
    "setup", "{gpu} could be used. The processor is enough for the band ratio and needs far less to download."
)
DIRECTML_POSSIBLE = QT_TRANSLATE_NOOP(
    "setup", "No NVIDIA GPU was found. Models run on the processor; another GPU could be used through DirectML."
)


def detect_hardware(ask: Callable[[], str | None] | None = None, platform: str = sys.platform) -> Hardware:
    """The first NVIDIA GPU that the driver reports, and what could be installed for it. The processor is suggested.

    `ask` returns "name, driver" lines as nvidia-smi prints them.
    """
    first = ((ask or _ask_driver)() or "").splitlines()[:1]
    name, _, driver = (part.strip() for part in (first[0] if first else "").partition(","))
    if not name or not driver:
        return _without_nvidia(platform)
    if _branch(driver) < MIN_CUDA_DRIVER or platform == "darwin":
        reason = Message(OLD_DRIVER, {"gpu": name, "driver": driver, "needed": MIN_CUDA_DRIVER})
        return Hardware(name, driver, Accelerator.CPU, reason)
    choices = (Accelerator.CPU, Accelerator.CUDA)
    return Hardware(name, driver, Accelerator.CPU, Message(GPU_POSSIBLE, {"gpu": name}), choices)


def _without_nvidia(platform: str) -> Hardware:
    if platform == "win32":
        choices = (Accelerator.CPU, Accelerator.DIRECTML)
        return Hardware("", "", Accelerator.CPU, Message(DIRECTML_POSSIBLE), choices)
    return Hardware("", "", Accelerator.CPU, Message(NO_GPU))


def _branch(driver: str) -> int:
    head = driver.split(".", maxsplit=1)[0]
    return int(head) if head.isdigit() else 0


def _ask_driver() -> str | None:
    return probe(["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"], timeout_s=5.0)
