"""`make demo`: the whole job in real QGIS, on a real scene where there is one, else on a simulated one.

build/demo/ gets the products, the exported file, the project and a picture of each step. With a screen QGIS is
visible and stays open to go on with; without one it runs on a virtual screen and ends.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import threading
import time
from pathlib import Path
from typing import Any

import scenes
from harness import ROOT, DesktopOptions, DesktopRun, run_qgis

OUT = ROOT / "build" / "demo"
REAL = ROOT.parent / "shared" / "data" / "hackathon_landsat"
TILE = "gh_06_09"
PICTURES = (
    "1-before.png", "2-mapped.png", "3-wrong.png", "4-correcting.png", "5-parted.png", "6-corrected.png",
    "7-export.png",
)


def choose_scene(simulated: bool) -> tuple[scenes.Scene, str]:
    """The scene, and what it is in words."""
    image = REAL / f"{TILE}_img.tif"
    if image.exists() and not simulated:
        return scenes.Scene(image, None, REAL / f"{TILE}_label.tif"), f"real Landsat tile {TILE}"
    scene = scenes.simulate(OUT / "scene", seed=3, size_px=768)
    return scene, "a scene that the project simulated"


def run_demo(scene: scenes.Scene) -> DesktopRun:
    """Run it; in a visible QGIS the summary comes as soon as the work is done, and QGIS stays open."""
    visible = bool(os.environ.get("DISPLAY"))
    arguments = {
        "image": str(scene.image), "elevation": str(scene.elevation) if scene.elevation else None,
        "label": str(scene.label) if scene.label else None, "project": str(OUT / "demo.qgz"),
        "export": str(OUT / "glacier_outlines.gpkg"), "python": sys.executable,
        "search": str(Path(__file__).parent / "corrections.py"),
    }
    environment = {"HOME": os.environ.get("HOME"), "TMPDIR": os.environ.get("TMPDIR")} if visible else {}
    options = DesktopOptions(
        visible=visible, keep_open=visible, timeout_s=240, environment=environment, model=""
    )
    scenario = Path(__file__).parent / "scenarios" / "demo.py"
    if not visible:
        return run_qgis(scenario, OUT, arguments, options)
    thread = threading.Thread(target=run_qgis, args=(scenario, OUT, arguments, options))
    thread.start()
    return wait_for_results(thread)


def wait_for_results(thread: threading.Thread) -> DesktopRun:
    """What the scenario wrote when it had finished, while QGIS goes on."""
    run = DesktopRun(OUT)
    file = OUT / "results.json"
    while thread.is_alive():
        data = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        if data.get("finished") or data.get("failures"):
            run.results, run.failures, run.messages = data["results"], data["failures"], data["messages"]
            return run
        time.sleep(0.3)
    run.failures.append("QGIS was closed before the end")
    return run


def summary(run: DesktopRun, scene: scenes.Scene, what: str) -> list[str]:
    """The closing lines."""
    found: dict[str, Any] = run.results
    lines = [
        f"Scene     {what}: {scene.image}",
        f"Roles     {', '.join(found['roles'])}",
        f"Mapped    {found['outlines']} outlines in {found['mapping_s']:.1f} s from the click to the layers, by "
        f"“{json.loads((Path(found['folder']) / 'report.json').read_text(encoding='utf-8'))['model']['title']}”",
        f"Products  {found['folder']}",
        f"Corrected outline {found['edited']}: {found['area_before_km2']:.3f} -> {found['area_after_km2']:.3f} km², "
        f"what is no glacier parted with a line of {found['vertices']} vertices and deleted",
        f"Exported  {found['exported']} ({found['exported_bytes'] / 1024:.0f} KiB)",
        f"Pictures  {', '.join(name for name in PICTURES if (OUT / name).exists())}",
    ]
    if scene.label:
        mapped = scenes.iou(Path(found["folder"]) / "outlines.gpkg", scene.label, "originals")
        exported = scenes.iou(Path(found["exported"]), scene.label)
        lines.append(f"IoU       {mapped:.4f} as mapped, {exported:.4f} after that one correction")
        lines.append(f"Reference {scene.label}")
    return lines


def main() -> int:
    """Run the demo and say what came out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulated", action="store_true", help="a simulated scene, even where a real one is present")
    options = parser.parse_args()
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    started = time.monotonic()
    scene, what = choose_scene(options.simulated)
    run = run_demo(scene)
    if not run.ok:
        print(run.report())
        return 1
    print("\n".join(summary(run, scene, what)))
    print(f"Done in {time.monotonic() - started:.0f} s; everything is in {OUT.relative_to(ROOT)}/")
    return 0


if __name__ == "__main__":
    sys.exit(main())
