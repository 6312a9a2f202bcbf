"""Run the parts of the tests one after the other, whatever the others say, and print how each closed.

    python tests/tools/suites.py [PART ...] [-- PYTEST OPTIONS]
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import package

ROOT = Path(__file__).resolve().parents[2]
VENV = str(ROOT / ".venv" / "bin" / "python")
VENV_QGIS = str(ROOT / ".venv-qgis" / "bin" / "python")


@dataclass(frozen=True)
class Suite:
    """A part of the tests and the Python that it needs."""

    name: str
    command: tuple[str, ...]


SUITES = (
    Suite("contracts", (VENV, "tests/tools/lint.py", "source")),
    Suite("unit", (VENV, "-m", "pytest", "tests/unit")),
    Suite("runner", (VENV, "-m", "pytest", "tests/runner")),
    Suite("models", (VENV, "-m", "pytest", "tests/models")),
    Suite("qgis", ("xvfb-run", "-a", VENV_QGIS, "-m", "pytest", "tests/qgis")),
    Suite("desktop", (VENV, "-m", "pytest", "tests/desktop")),
)


def run_suite(suite: Suite, extra: list[str]) -> tuple[bool, str]:
    """Run one part; (passed, its closing line)."""
    print(f"\n=== {suite.name}", flush=True)
    started = time.monotonic()
    last = ""
    options = ["-q", *extra] if "pytest" in suite.command else []
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        [*suite.command, *options], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace",
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            last = line.strip() or last
    passed = process.returncode == 0
    return passed, f"{'ok    ' if passed else 'FAILED'} {suite.name:10} {time.monotonic() - started:6.1f} s   {last}"


def main(arguments: list[str]) -> int:
    """Run the named parts, or all."""
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    names, extra = arguments[:cut], arguments[cut + 1 :]
    unknown = set(names) - {suite.name for suite in SUITES}
    if unknown:
        print(f"No such part: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    package.make_assets()
    shutil.rmtree(ROOT / ".qgis-settings", ignore_errors=True)  # pytest-qgis keeps its profile there
    chosen = [suite for suite in SUITES if not names or suite.name in names]
    closings = [run_suite(suite, extra) for suite in chosen]
    print("\n" + "\n".join(line for _, line in closings))
    return 0 if all(passed for passed, _ in closings) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
