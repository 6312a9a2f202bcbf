"""The live preview of a view of 1024 pixels: how long after a move of the slider the map shows it, in the real QGIS."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "desktop"))

import scenes  # noqa: E402
from harness import DesktopOptions, run_qgis  # noqa: E402

SIZE_PX = 1024
MAX_WAIT_S = 1.0


def main() -> int:
    """Measure, print and write build/bench/preview.json."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small = scenes.simulate(folder, seed=3, size_px=512)
        scene = scenes.repeat(small.image, folder / "scene_img.tif", times=SIZE_PX // 512)
        scenario = ROOT / "tests" / "desktop" / "scenarios" / "preview_moves.py"
        run = run_qgis(scenario, folder / "run", {"scene": str(scene)}, DesktopOptions(timeout_s=180))
    if not run.ok:
        print(run.report())
        return 1
    waits = run.results["moves_s"]
    slowest = max(waits)
    figures = {
        "view_px": SIZE_PX, "first_s": run.results["first_s"], "moves_s": waits,
        "targets": {
            "slowest of the later moves of the slider to the preview on the map (s)": {
                "value": slowest, "limit": MAX_WAIT_S, "met": slowest <= MAX_WAIT_S,
            },
        },
    }
    out = ROOT / "build" / "bench" / "preview.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    print(json.dumps(figures, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
