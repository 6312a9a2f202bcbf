"""What every benchmark needs: a target against which a figure is measured, the file of figures, a scene."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SIMULATED_PX = 512


def target(value: float, limit: float) -> dict[str, float | bool]:
    """A figure and the most that it may be."""
    return {"value": value, "limit": limit, "met": value <= limit}


def write_figures(name: str, figures: dict[str, Any]) -> None:
    """Print them and write build/bench/<name>.json."""
    out = ROOT / "build" / "bench" / f"{name}.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(figures, indent=1)
    out.write_text(text, encoding="utf-8")
    print(text, flush=True)


def in_desktop(scenario: str, folder: Path, size_px: int, timeout_s: float) -> dict[str, Any] | None:
    """What a scenario of the real QGIS notes on a simulated scene of that size; None, and said, where it fails."""
    sys.path.insert(0, str(ROOT / "tests" / "desktop"))
    import scenes
    from harness import DesktopOptions, run_qgis

    small = scenes.simulate(folder, seed=3, size_px=SIMULATED_PX)
    scene = scenes.repeat(small.image, folder / "scene_img.tif", times=size_px // SIMULATED_PX)
    path = ROOT / "tests" / "desktop" / "scenarios" / f"{scenario}.py"
    run = run_qgis(path, folder / "run", {"scene": str(scene)}, DesktopOptions(timeout_s=timeout_s))
    if not run.ok:
        print(run.report())
    return run.results if run.ok else None
