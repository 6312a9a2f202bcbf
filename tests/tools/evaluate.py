"""`make evaluate`: every figure of docs/evaluation.md, measured by the runner's own commands.

    build/evaluation/PART.json      figures, minutes and commands of each part; a part that is there is not run again
    build/evaluation/PART/…         reports of the command evaluate, with maps of the errors
    docs/evaluation.md              the page, from all parts that are there; the bundled package's card has its figures

    python tests/tools/evaluate.py [--only PART …] [--again] [--quick]

Parts: real, peers, finetune, teach, button, simulated, negatives. Parts on real tiles need ../shared/data. `--quick`
takes few scenes and steps, into build/evaluation-quick and no page, to see that all of it works.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from evaluation.card import describe  # noqa: E402
from evaluation.commands import Bench  # noqa: E402
from evaluation.page import write_page  # noqa: E402
from evaluation.parts import PARTS  # noqa: E402


def main() -> int:
    """Measure what is not measured yet, then write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS), help="these parts alone")
    parser.add_argument("--again", action="store_true", help="also what is measured already")
    parser.add_argument("--quick", action="store_true", help="few scenes and steps, and no page")
    given = parser.parse_args()
    bench = Bench(ROOT, quick=given.quick)
    for name in given.only:
        file = bench.folder / f"{name}.json"
        if file.exists() and not given.again:
            continue
        print(f"== {name}", flush=True)
        figures = measured(bench, name)
        if figures:
            part = file.with_suffix(".part")
            part.write_text(json.dumps(figures, indent=1), encoding="utf-8")
            part.replace(file)
    found = {name: read(bench.folder / f"{name}.json") for name in PARTS}
    if not given.quick:
        print(write_page({name: one for name, one in found.items() if one}, ROOT / "docs" / "evaluation.md"))
        describe(bench.bundled, found)
    return 0


def measured(bench: Bench, name: str) -> dict[str, Any]:
    """A part's figures with its minutes and machine, nothing where its data is absent."""
    started = time.monotonic()
    figures = PARTS[name](bench)
    if not figures:
        print("   left out: its data is absent", flush=True)
        return {}
    minutes = (time.monotonic() - started) / 60
    machine = {"cores": len(os.sched_getaffinity(0)), "processor": processor()}
    return {**figures, "minutes": minutes, "machine": machine, "commands": bench.taken()}


def processor() -> str:
    """The processor's name, "" where the system does not say."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")


def read(file: Path) -> dict[str, Any]:
    """A part's figures, nothing where they are not there."""
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


if __name__ == "__main__":
    raise SystemExit(main())
