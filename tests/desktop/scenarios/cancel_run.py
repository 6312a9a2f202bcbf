"""Cancel in every stage that a run goes through, then map to the end."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import steps

STAGES = ("reading", "predicting", "writing", "tracing", "attributes")
ATTEMPTS = 4  # a stage may be over before the hand is at the button


def cancel_in(desktop, watch, stage):
    """Map and cancel as soon as the stage is there; None where the run was over first."""
    desktop.wait_until(lambda: steps.map_button(desktop).isEnabled(), 30, "the map button")
    desktop.wait_until(lambda: steps.map_button(desktop).isVisible(), 30, "the map button")
    before, runs = len(steps.outlines_layers()), watch.runs
    desktop.click(steps.map_button(desktop))
    desktop.wait_until(lambda: watch.runs > runs, 10, "the start of the run")
    cancel = steps.button(desktop.dock, "Cancel (Esc)")
    desktop.wait_until(lambda: watch.first(stage) is not None or watch.ended, 60, f"stage {stage}")
    desktop.wait_until(lambda: cancel.isVisible() or watch.ended, 10, "the Cancel button")
    at = watch.stage
    if at:
        desktop.click(cancel)
    desktop.wait_until(lambda: watch.ended, 30, f"the end of the run cancelled in {stage}")
    desktop.wait(0.3)
    if len(steps.outlines_layers()) > before:
        return None
    return {"asked": stage, "at": at, "bar": desktop.bar_texts(), "layers": len(steps.outlines_layers()) - before}


def scenario(desktop):
    steps.open_dock(desktop)
    watch = steps.RunWatch()
    steps.add_scene(desktop, desktop.arguments["scene"])
    rounds = []
    for stage in STAGES:
        tries = (cancel_in(desktop, watch, stage) for _ in range(ATTEMPTS))
        rounds.append(next((one for one in tries if one), {"asked": stage, "at": "", "layers": None}))
    desktop.note(rounds=rounds)
    layer = steps.map_and_wait(desktop)
    desktop.note(outlines=layer.featureCount(), folder=str(steps.result_folder(layer)))
