"""A model package with a real network, made by the runner's Python: QGIS's own has no onnx."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = """
import sys
sys.path[:0] = sys.argv[1:3]
from tiny_networks import tiny_package
tiny_package(sys.argv[3])
"""


def make_tiny(folder) -> Path:
    """The package `tiny` in `folder`: 8 (green - swir1) through the logistic function. Gives `folder`."""
    command = [str(ROOT / ".venv" / "bin" / "python"), "-c", CODE]
    paths = [str(ROOT), str(ROOT / "tests" / "runner"), str(Path(folder) / "tiny")]
    done = subprocess.run([*command, *paths], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Path(folder)
