"""One mapping with a click; notes where the plugin came from and where the products went.

With a `zip` among the arguments QGIS's own plugin installer installs and enables it first, as its plugin manager does.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import steps


def install(desktop, archive):
    """What "Install from ZIP" of the plugin manager does once the file is chosen."""
    import pyplugin_installer
    from qgis.core import QgsSettings
    from qgis.utils import plugins

    desktop.expect("glacier_mapper" not in plugins, "the plugin was there before it was installed")
    pyplugin_installer.instance().installFromZipFile(archive)
    desktop.wait_until(lambda: "glacier_mapper" in plugins, 30, "the plugin to start")
    desktop.note(enabled=QgsSettings().value("/PythonPlugins/glacier_mapper", False, type=bool))


def scenario(desktop):
    if "zip" in desktop.arguments:
        install(desktop, desktop.arguments["zip"])
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
