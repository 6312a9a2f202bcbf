"""Training and import: the packages that only importing weights, exporting and training need, PyTorch before all.

PyTorch has a build for each kind of device under one version, told apart by a local label (2.13.0+cpu) and by the
index that serves it. The package index itself serves one build a platform, on Linux the largest, for CUDA.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from .requirements_file import Package, lock_hash, read_packages
from .setup_values import Accelerator, SetupOptions

LOCKS = ("training.txt", "torch.txt")
"""Beside the lock file of the runner's own packages."""
TORCH = "torch"
BUILDS = {Accelerator.CPU: "cpu", Accelerator.CUDA: "cu130", Accelerator.DIRECTML: "cpu"}
"""CUDA 13, as that of onnxruntime."""
TORCH_INDEX = "https://download.pytorch.org/whl/{build}"
TORCH_NEEDS = ("filelock", "fsspec", "jinja2", "markupsafe", "mpmath", "networkx", "setuptools", "sympy")
"""What comes with PyTorch without standing in a lock; for the sizes."""


def add_on_packages(runner_lock: Path, python_version: str, options: SetupOptions) -> list[Package]:
    """What the locks beside `runner_lock` pin, PyTorch in the build that suits. Raises MissingFileError."""
    found = [one for name in LOCKS for one in read_packages(runner_lock.with_name(name), python_version)]
    label = build_of(options)
    return [_labelled(one, label) if one.name == TORCH and label else one for one in found]


def add_on_hash(runner_lock: Path) -> str:
    """A checksum of the add-on's locks. Raises MissingFileError."""
    return "+".join(lock_hash(runner_lock.with_name(name))[:32] for name in LOCKS)


def build_of(options: SetupOptions) -> str:
    """The label of the build; "" where packages come from one place of the user's, or where there is one build only.

    A mirror or a folder has the build that somebody put there.
    """
    return "" if has_own_place(options) or sys.platform == "darwin" else BUILDS[options.accelerator]


def has_own_place(options: SetupOptions) -> bool:
    """Whether packages come from a folder or a mirror of the user's."""
    return options.wheel_folder is not None or bool(options.index_url or os.environ.get("PIP_INDEX_URL"))


def index_of(options: SetupOptions) -> str:
    """The index that serves the build, "" for none besides the usual one."""
    build = build_of(options)
    return TORCH_INDEX.format(build=build) if build else ""


def names_for_size(packages: Iterable[Package], options: SetupOptions, there: Iterable[Package]) -> list[str]:
    """Names as `sizes` knows them, without what is there already."""
    known = {one.name for one in there}
    names = [one.name for one in packages if one.name != TORCH]
    torch = f"{TORCH}-cuda" if options.accelerator is Accelerator.CUDA else TORCH
    return [name for name in (*names, *TORCH_NEEDS, torch) if name not in known]


def _labelled(package: Package, label: str) -> Package:
    return replace(package, version=f"{package.version}+{label}")
