"""QGIS is killed in the middle of a run, as a crash or the system would do it."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import steps


def scenario(desktop):
    steps.open_dock(desktop)
    watch = steps.RunWatch()
    steps.add_scene(desktop, desktop.arguments["scene"])
    desktop.wait_until(lambda: steps.map_button(desktop).isEnabled(), 30, "the map button")
    desktop.click(steps.map_button(desktop))
    desktop.wait_until(steps.runner_processes, 30, "a runner process")
    desktop.wait_until(lambda: watch.stage in desktop.arguments["stages"], 30, "the stage")
    desktop.note(runners=steps.runner_processes(), stage=watch.stage)
    desktop.finished = True
    desktop.write()
    os.kill(os.getpid(), signal.SIGKILL)
