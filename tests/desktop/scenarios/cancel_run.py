"""Cancel in every stage that a run goes through, then map to the end."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import steps


def scenario(desktop):
    steps.open_dock(desktop)
    watch = steps.RunWatch()
    steps.add_scene(desktop, desktop.arguments["scene"])
    rounds = []
    for stage in ("reading", "predicting", "writing", "tracing"):
        desktop.wait_until(lambda: steps.map_button(desktop).isEnabled(), 30, "the map button")
        desktop.click(steps.map_button(desktop))
        desktop.wait_until(lambda wanted=stage: watch.first(wanted) is not None or watch.ended, 60, f"stage {stage}")
        at = watch.stage
        desktop.click(steps.button(desktop.dock, "Cancel"))
        desktop.wait_until(lambda: watch.ended, 20, f"the end of the run cancelled in {stage}")
        rounds.append({"asked": stage, "at": at, "bar": desktop.bar_texts(), "layers": len(steps.outlines_layers())})
    desktop.note(rounds=rounds)
    layer = steps.map_and_wait(desktop)
    desktop.note(outlines=layer.featureCount(), folder=str(steps.result_folder(layer)))
