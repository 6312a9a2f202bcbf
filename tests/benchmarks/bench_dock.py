"""The dock stays alive: gaps in the main thread of the real QGIS in a run and after it, the second click's start.

A gap is the time between two beats of a timer. It grows with whatever else the machine does; the processor time that
the main thread took between two beats is the plugin's and QGIS's own.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from figures import in_desktop, target, write_figures

SIZE_PX = 4096
MAX_GAP_MS = 50.0
MAX_START_S = 0.3


def targets(results: dict[str, Any]) -> dict[str, Any]:
    """Each of the two runs, and each showing of its result."""
    found = {}
    for which in ("first", "second"):
        for part, words in (("run", f"in a {which} run"), ("showing", f"while a {which} result is shown")):
            figures = results[which][part]
            found[f"longest gap {words} (ms)"] = target(figures["max_ms"], MAX_GAP_MS)
            busiest = max(one["ms"] for one in figures["busiest"])
            found[f"most processor time between two beats {words} (ms)"] = target(busiest, MAX_GAP_MS)
    found["second click to computing (s)"] = target(results["second"]["to_first_predicting_s"], MAX_START_S)
    return found


def main() -> int:
    """Measure, print and write build/bench/dock.json."""
    with tempfile.TemporaryDirectory() as name:
        results = in_desktop("heartbeat", Path(name), SIZE_PX, timeout_s=400)
    if results is None:
        return 1
    write_figures("dock", {"scene_px": SIZE_PX, **results, "targets": targets(results)})
    return 0


if __name__ == "__main__":
    sys.exit(main())
