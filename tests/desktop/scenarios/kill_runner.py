"""The runner is killed in the middle of a run: one message, edits kept, and the next click works."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from qgis.core import QgsFeature, QgsGeometry, QgsProject, QgsVectorLayer

sys.path.insert(0, str(Path(__file__).parent))

import steps


def scenario(desktop):
    sketch = QgsVectorLayer("Polygon?crs=EPSG:32632&field=name:string", "my sketch", "memory")
    QgsProject.instance().addMapLayer(sketch)
    sketch.startEditing()
    feature = QgsFeature(sketch.fields())
    feature.setGeometry(QgsGeometry.fromWkt("POLYGON((0 0,10 0,10 10,0 0))"))
    sketch.addFeature(feature)

    steps.open_dock(desktop)
    watch = steps.RunWatch()
    steps.add_scene(desktop, desktop.arguments["scene"])
    desktop.wait_until(lambda: steps.map_button(desktop).isEnabled(), 30, "the map button")
    desktop.click(steps.map_button(desktop))
    desktop.wait_until(lambda: watch.stage in ("reading", "predicting"), 30, "a running stage")
    first = steps.runner_processes()
    for pid in first:
        os.kill(pid, signal.SIGKILL)
    text = desktop.wait_until(
        lambda: [t for t in desktop.bar_texts() if "stopped unexpectedly" in t], 20, "the message about the runner"
    )
    desktop.wait(1)
    desktop.screenshot("runner_killed.png")
    left = [str(path) for path in Path.home().rglob("glaciers/*")]
    desktop.note(
        bar=desktop.bar_texts(), message=text[0], edit_kept=sketch.isEditable() and sketch.featureCount() == 1,
        outlines_after_kill=len(steps.outlines_layers()), first=first, left_after_kill=left,
    )
    layer = steps.map_and_wait(desktop)
    desktop.note(second=steps.runner_processes(), outlines=layer.featureCount(), folder=str(steps.result_folder(layer)))
