"""QGIS is closed by its own menu in the middle of a run."""

from __future__ import annotations

import sys
from pathlib import Path

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QTimer

sys.path.insert(0, str(Path(__file__).parent))

import steps


def scenario(desktop):
    steps.open_dock(desktop)
    watch = steps.RunWatch()
    steps.add_scene(desktop, desktop.arguments["scene"])
    project = QgsProject.instance()
    desktop.expect(project.write(desktop.arguments["project"]), "the project was not saved")
    desktop.wait_until(lambda: steps.map_button(desktop).isEnabled(), 30, "the map button")
    desktop.click(steps.map_button(desktop))
    desktop.wait_until(lambda: watch.stage in desktop.arguments["stages"], 60, "the stage")
    desktop.note(runners=steps.runner_processes(), stage=watch.stage)
    project.setDirty(False)
    desktop.finished = True
    desktop.write()
    desktop.keep_open = True
    QTimer.singleShot(0, desktop.iface.actionExit().trigger)
