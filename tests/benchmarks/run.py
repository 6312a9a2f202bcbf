"""Run every benchmark (`bench_*.py` beside this file), each in a process of its own; figures in build/bench/*.json.

    python tests/benchmarks/run.py [WORD ...]     only those whose name contains one of the words

A benchmark is a script that writes build/bench/<name>.json, with the targets that it measures against under
"targets": {name: {"value", "limit", "met"}}, and exits with 0. Figures are ratios within one run wherever they can be.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RESULTS = ROOT / "build" / "bench"


def benchmarks(words: list[str]) -> list[Path]:
    """The scripts to run."""
    scripts = sorted(HERE.glob("bench_*.py"))
    return [script for script in scripts if not words or any(word in script.stem for word in words)]


def run(script: Path) -> bool:
    """Run one and say how it went."""
    print(f"\n=== {script.stem}", flush=True)
    started = time.monotonic()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, str(script)], cwd=ROOT, env=environment, check=False)
    print(f"{'ok' if done.returncode == 0 else 'FAILED'} after {time.monotonic() - started:.0f} s")
    return done.returncode == 0


def summary() -> list[str]:
    """One line a target, from every file of figures; a file with one verdict for all has one line."""
    lines = []
    for path in sorted(RESULTS.glob("*.json")):
        figures = json.loads(path.read_text(encoding="utf-8"))
        targets = {name: one for name, one in figures.get("targets", {}).items() if isinstance(one, dict)}
        for name, target in targets.items():
            said = f"{name} = {target['value']:.4g} (at most {target['limit']:g})"
            lines.append(f"{_word(target['met'])} {path.stem}: {said}")
        if not targets:
            lines.append(f"{_word(figures.get('met'))} {path.stem}: {json.dumps(figures.get('targets'))}")
    return lines


def _word(met: bool | None) -> str:
    return "met   " if met else "MISSED"


def main(words: list[str]) -> int:
    """Run them one after the other; 1 when one failed to run. A missed target is said, not hidden."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    chosen = benchmarks(words)
    went_well = [run(script) for script in chosen]
    print("\n" + "\n".join(summary()))
    return 0 if chosen and all(went_well) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
