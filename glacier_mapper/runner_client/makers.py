"""Finding a program that can make a Python environment: uv, or a Python with venv."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import NoPythonError
from .child import probe
from .clean_env import cleaned_environment
from .setup_values import Maker, SetupOptions

OLDEST = (3, 10)
MANAGED_PYTHON = "3.12"
"""The CPython that uv fetches where it brings its own."""

MINORS = (12, 11, 13, 10, 14)
"""Python 3's minor versions in the order in which they are wanted."""

_ASK_PYTHON = "import sys, venv, ensurepip; print('%d.%d.%d' % sys.version_info[:3])"
_EXE = ".exe" if sys.platform == "win32" else ""


@dataclass(frozen=True)
class FoundPython:
    """An interpreter that can make environments."""

    path: Path
    version: str

    @property
    def minor(self) -> tuple[int, int]:
        """(3, 11) of "3.11.7"."""
        major, minor, *_ = self.version.split(".")
        return int(major), int(minor)


def find_maker(options: SetupOptions, folder: Path) -> Maker:
    """The program that will make the environment in `folder`.

    uv comes first, else a Python of 3.10 or newer with venv: the one named in the options, QGIS's own, those
    on the PATH. With a wheel folder, one whose version the wheels were built for is preferred.
    Raises NoPythonError with all that was tried.
    """
    tried: list[str] = []
    if options.maker in ("auto", "uv"):
        uv = _find_uv(options, folder, tried)
        if uv is not None:
            return _uv_maker(uv, options, tried)
    if options.maker in ("auto", "venv"):
        python = find_python(options, tried)
        if python is not None:
            return Maker("venv", python.path, python.version, python.version)
    raise NoPythonError(tried=", ".join(dict.fromkeys(tried)))


def _uv_maker(uv: Maker, options: SetupOptions, tried: list[str]) -> Maker:
    """uv with the Python it will use: one of the machine on Linux or offline, else the one that uv fetches.

    An environment on top of QGIS's own Python would break with the next update of QGIS on Windows and macOS.
    """
    if options.python or options.wheel_folder or sys.platform.startswith("linux"):
        python = find_python(options, tried)
        if python is not None:
            return Maker("uv", uv.program, uv.version, python.version, python.path)
    return uv


def _find_uv(options: SetupOptions, folder: Path, tried: list[str]) -> Maker | None:
    name = f"uv{_EXE}"
    on_path = shutil.which("uv", path=cleaned_environment().get("PATH"))
    home = Path.home()
    usual = [home / ".local" / "bin" / name, home / ".cargo" / "bin" / name]
    candidates = [options.uv, folder / "bin" / name, on_path, *usual]
    tried.append("uv")
    for candidate in candidates:
        if candidate is None or not Path(candidate).is_file():
            continue
        match = re.match(r"uv (\d+\.\d+\.\d+)", probe([str(candidate), "--version"]) or "")
        if match is not None:
            return Maker("uv", Path(candidate), match[1], f"{MANAGED_PYTHON}.0")
    return None


def find_python(options: SetupOptions, tried: list[str]) -> FoundPython | None:
    """The interpreter to make the environment with; each candidate is written into `tried`."""
    wanted = wheel_minors(options.wheel_folder)
    fallback = None
    for path in dict.fromkeys(_candidates(options)):
        tried.append(str(path))
        version = probe([str(path), "-I", "-c", _ASK_PYTHON]) or ""
        if not re.fullmatch(r"\d+\.\d+\.\d+", version):
            continue
        found = FoundPython(path, version)
        if found.minor < OLDEST:
            continue
        if not wanted or found.minor in wanted or path == options.python:
            return found
        fallback = fallback or found
    return fallback


def wheel_minors(folder: Path | None) -> frozenset[tuple[int, int]]:
    """The Python versions that the compiled wheels in `folder` were built for; empty when any will do."""
    if folder is None or not Path(folder).is_dir():
        return frozenset()
    names = [path.name for path in Path(folder).glob("*.whl") if "-abi3-" not in path.name]
    minors = {int(match[1]) for name in names for match in [re.search(r"-cp3(\d+)-cp3", name)] if match}
    return frozenset((3, minor) for minor in minors)


def _candidates(options: SetupOptions) -> Iterator[Path]:
    if options.python is not None:
        yield options.python
    yield from (path for path in _of_this_process() if path.is_file())
    search = cleaned_environment().get("PATH")
    names = [*(f"python3.{minor}" for minor in MINORS), "python3", "python"]
    for name in names:
        found = shutil.which(name, path=search)
        if found and "WindowsApps" not in found:  # Microsoft's stub opens a shop
            yield Path(found)


def _of_this_process() -> Iterator[Path]:
    """The interpreter behind this process, which may be QGIS itself and no interpreter at all."""
    executable = Path(sys.executable or "")
    if executable.name.lower().startswith("python"):
        yield executable
    base, version = Path(sys.base_prefix), f"{sys.version_info[0]}.{sys.version_info[1]}"
    if sys.platform == "win32":
        yield from (base / "python.exe", base / "python3.exe")
    elif sys.platform == "darwin":
        yield from (executable.parent / "bin" / "python3", executable.parent / "python3", executable.parent / "python")
    if os.name == "posix":
        yield from (base / "bin" / f"python{version}", base / "bin" / "python3")
