"""The lock file of the runner's packages."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import MissingFileError
from .markers import holds, marker_environment
from .setup_values import Accelerator

_LINE = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?P<extras>\[[^\]]*\])?==(?P<version>[^\s;]+)\s*(?:;(?P<marker>.*))?")

ACCELERATED = {
    Accelerator.CUDA: ("onnxruntime-gpu", "[cuda,cudnn]", "1.31.1", "1.23.2"),
    Accelerator.DIRECTML: ("onnxruntime-directml", "", "1.24.4", "1.23.0"),
}
"""What replaces onnxruntime: name, extras, version for Python 3.11 and newer, version for 3.10."""


@dataclass(frozen=True)
class Package:
    """One pinned package."""

    name: str
    version: str
    extras: str = ""

    @property
    def pin(self) -> str:
        """As a line of a requirements file."""
        return f"{self.name}{self.extras}=={self.version}"


def requirements_file(package_folder: Path) -> Path:
    """The lock file: inside the package in an installed plugin, beside it in a source tree.

    Raises MissingFileError.
    """
    folder = Path(package_folder)
    for root in (folder, folder.parent):
        path = root / "requirements" / "runner.txt"
        if path.is_file():
            return path
    raise MissingFileError(path=str(folder / "requirements" / "runner.txt"))


def read_packages(path: Path, python_version: str, accelerator: Accelerator = Accelerator.CPU) -> list[Package]:
    """The packages that the lock file pins for that Python on this machine, by name.

    Raises MissingFileError, InvalidParameterError for a marker that can't be read.
    """
    environment = marker_environment(python_version)
    packages = []
    for line in _text(path).splitlines():
        match = _LINE.match(line)
        if match is not None and holds(match["marker"] or "", environment):
            package = Package(match["name"].lower(), match["version"], match["extras"] or "")
            packages.append(_accelerated(package, accelerator, python_version))
    return sorted(packages, key=lambda package: package.name)


def lock_hash(path: Path) -> str:
    """A checksum of the lock file's pins; comments and line ends do not count. Raises MissingFileError."""
    lines = (line.split("#")[0].strip() for line in _text(path).splitlines())
    return hashlib.sha256("\n".join(line for line in lines if line).encode()).hexdigest()


def _accelerated(package: Package, accelerator: Accelerator, python_version: str) -> Package:
    if package.name != "onnxruntime" or accelerator not in ACCELERATED:
        return package
    name, extras, newer, older = ACCELERATED[accelerator]
    return Package(name, older if python_version.startswith("3.10.") else newer, extras)


def _text(path: Path) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as exc:
        raise MissingFileError(path=str(path)) from exc
