"""A mapping with the scaling named and classes asked for under Advanced; pictures of the dock before and after."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import steps


def scenario(desktop):
    dock = steps.open_dock(desktop) or desktop.dock
    steps.add_scene(desktop, desktop.arguments["scene"])
    network = dock.map.model.network
    dock.map.layers_section.set_open(False)
    network.section.set_open(True)
    extras = network.extras
    extras.scaling.setCurrentIndex(extras.scaling.findData("sentinel-2-l2a"))
    desktop.click(extras.classes)
    dock.map.scroll.ensureWidgetVisible(network)
    desktop.settle()
    desktop.screenshot("extras.png")
    layer = steps.map_and_wait(desktop)
    desktop.screenshot("extras_mapped.png")
    desktop.note(folder=str(steps.result_folder(layer)), outlines=layer.featureCount())
