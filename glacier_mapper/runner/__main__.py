"""Entry point of the model runner.

    python -m glacier_mapper.runner COMMAND                     from a folder that holds the package
    python -I .../glacier_mapper/runner/__main__.py COMMAND     from anywhere; so the plugin starts it

In the second form the package is loaded from its own folder, and that folder's parent never comes onto
sys.path: it is QGIS's plugins folder, where another plugin may be called `requests` or `numpy`.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from pathlib import Path
from typing import NoReturn

PACKAGE = "glacier_mapper"
CANCELLED = 3
"""The exit code of a job that was cancelled."""


def load_package(folder: Path) -> None:
    """Make the package in `folder` importable under its name, whatever the folder and its neighbours are called."""
    here = Path(__file__).resolve().parent
    sys.path[:] = [entry for entry in sys.path if entry and Path(entry).resolve() not in (here, folder, folder.parent)]
    spec = importlib.util.spec_from_file_location(
        PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"no package in {folder}")
    package = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)


def main() -> int:
    """Run the command line. Returns the exit code."""
    if not __package__:
        load_package(Path(__file__).resolve().parent.parent)
    return importlib.import_module(f"{PACKAGE}.runner.cli").main()


def leave(code: int) -> NoReturn:
    """End the process; after a cancel at once, whatever a library still computes in a thread."""
    if code == CANCELLED:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    leave(main())
