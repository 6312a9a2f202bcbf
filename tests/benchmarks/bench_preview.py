"""The live preview of a view of 1024 pixels: how long after a move of the slider the map shows it, in the real QGIS."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from figures import in_desktop, target, write_figures

SIZE_PX = 1024
MAX_WAIT_S = 1.0


def main() -> int:
    """Measure, print and write build/bench/preview.json."""
    with tempfile.TemporaryDirectory() as name:
        results = in_desktop("preview_moves", Path(name), SIZE_PX, timeout_s=180)
    if results is None:
        return 1
    waits = results["moves_s"]
    slowest = "slowest of the later moves of the slider to the preview on the map (s)"
    write_figures("preview", {
        "view_px": SIZE_PX, "first_s": results["first_s"], "moves_s": waits,
        "targets": {slowest: target(max(waits), MAX_WAIT_S)},
    })  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
