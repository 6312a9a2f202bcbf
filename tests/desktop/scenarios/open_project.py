"""Open a saved project the next day."""

from __future__ import annotations

import sys
from pathlib import Path

from qgis.core import QgsProject

sys.path.insert(0, str(Path(__file__).parent))

import steps


def scenario(desktop):
    desktop.iface.addProject(desktop.arguments["project"])
    dock = steps.open_dock(desktop)
    desktop.settle()
    desktop.wait(1)
    layer = steps.outlines_layers()[0]
    note = next((f["note"] for f in layer.getFeatures() if f["outline_id"] == desktop.arguments["outline_id"]), None)
    layers = QgsProject.instance().mapLayers().values()
    desktop.note(
        roles=sorted(choice.role.value for choice in dock.chosen_roles()), model=dock.model(),
        names=sorted(found.name() for found in layers),
        invalid=[found.name() for found in layers if not found.isValid()],
        outlines=layer.featureCount(), note=note, map_enabled=steps.map_button(desktop).isEnabled(),
        bar=desktop.bar_texts(),
    )
    desktop.screenshot("reopened.png")
    again = steps.map_and_wait(desktop)
    desktop.note(outlines_again=again.featureCount(), folder_again=str(steps.result_folder(again)))
