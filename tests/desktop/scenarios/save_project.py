"""Map, change what a project keeps, save it, and close QGIS."""

from __future__ import annotations

import sys
from pathlib import Path

from qgis.core import QgsProject

sys.path.insert(0, str(Path(__file__).parent))

import steps


def scenario(desktop):
    dock = steps.open_dock(desktop)
    steps.add_scene(desktop, desktop.arguments["scene"], desktop.arguments.get("dem"))
    layer = steps.map_and_wait(desktop)
    feature = next(layer.getFeatures())
    if not layer.isEditable():
        layer.startEditing()
    layer.changeAttributeValue(feature.id(), layer.fields().indexFromName("note"), "checked on foot")
    desktop.expect(layer.commitChanges(False), f"commit: {layer.commitErrors()}")
    desktop.note(
        roles=sorted(choice.role.value for choice in dock.chosen_roles()), model=dock.model(),
        names=sorted(found.name() for found in QgsProject.instance().mapLayers().values()),
        outline_id=feature["outline_id"], outlines=layer.featureCount(), folder=str(steps.result_folder(layer)),
    )
    layer.rollBack()
    desktop.expect(QgsProject.instance().write(desktop.arguments["project"]), "the project was not saved")
