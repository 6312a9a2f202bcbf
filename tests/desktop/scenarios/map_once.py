"""One mapping with a click; notes where the plugin came from and where the products went."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import steps


def scenario(desktop):
    import glacier_mapper

    desktop.note(package=glacier_mapper.__file__)
    steps.open_dock(desktop)
    steps.add_scene(desktop, desktop.arguments["scene"], desktop.arguments.get("dem"))
    layer = steps.map_and_wait(desktop)
    desktop.screenshot("mapped.png")
    desktop.note(
        folder=str(steps.result_folder(layer)),
        outlines=layer.featureCount(),
        editable=layer.isEditable(),
        runners=len(steps.runner_processes()),
        bar=desktop.bar_texts(),
    )
