"""What this runner is: versions, packages, device."""

from __future__ import annotations

import importlib
import os
import platform
import sys
from collections.abc import Sequence
from importlib import metadata
from typing import Any

from ..core.errors import RunnerBrokenError
from ..core.protocol import PROTOCOL_VERSION

IMPORT_NAMES: dict[str, str] = {
    "numpy": "numpy",
    "scipy": "scipy",
    "rasterio": "rasterio",
    "pyogrio": "pyogrio",
    "pyproj": "pyproj",
    "shapely": "shapely",
    "scikit-image": "skimage",
    "onnxruntime": "onnxruntime",
    "onnxruntime-gpu": "onnxruntime",
    "onnxruntime-directml": "onnxruntime",
    "requests": "requests",
    "h5py": "h5py",
    "onnx": "onnx",
    "torch": "torch",
}
"""The packages that the runner imports itself, by distribution name; the last three come with training and import."""


def describe_runner(check: Sequence[str] = ()) -> dict[str, Any]:
    """The answer to `hello`.

    `check` names distributions that must be there; those that the runner uses itself are imported too.
    Raises RunnerBrokenError naming the first one that is missing or does not load.
    """
    for name in check:
        _require(name)
    return {
        "protocol": PROTOCOL_VERSION,
        "version": runner_version(),
        "python": platform.python_version(),
        "packages": installed_packages(),
        "device": device(),
        "pid": os.getpid(),
    }


def runner_version() -> str:
    """The plugin's version as its metadata.txt has it; "development" where there is none."""
    from configparser import ConfigParser
    from pathlib import Path

    package = Path(__file__).resolve().parent.parent
    for candidate in (package / "metadata.txt", package.parent / "metadata.txt"):
        if candidate.is_file():
            parser = ConfigParser(interpolation=None)
            parser.read(candidate, encoding="utf-8")
            return parser.get("general", "version", fallback="development")
    return "development"


def installed_packages() -> dict[str, str]:
    """Versions of the packages that the runner uses, without importing them; missing ones are left out."""
    found = {}
    for name in IMPORT_NAMES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def device() -> str:
    """What computes, in words."""
    return f"CPU ({cpu_count()} threads)"


def cpu_count() -> int:
    """How many threads this process may use at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _require(name: str) -> None:
    try:
        metadata.version(name)
        if name in IMPORT_NAMES:
            importlib.import_module(IMPORT_NAMES[name])
    except metadata.PackageNotFoundError as exc:
        raise RunnerBrokenError(folder=sys.prefix, reason=f"the package {name} is missing.", log_tail=[]) from exc
    except (ImportError, OSError) as exc:
        raise RunnerBrokenError(folder=sys.prefix, reason=f"{name} does not load: {exc}.", log_tail=[]) from exc
