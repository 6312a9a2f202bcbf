"""What several scenarios do: add a scene, map it with a click, find the layers of the result."""

from __future__ import annotations

import gc
import os
import time
from pathlib import Path

from qgis.core import QgsProject
from qgis.PyQt.QtWidgets import QPushButton, QToolButton


def button(parent, text):
    """The visible or hidden button whose text or tool tip holds `text`; mnemonics do not count."""
    for kind in (QPushButton, QToolButton):
        for found in parent.findChildren(kind):
            words = f"{found.text()} {found.toolTip()}".replace("&", "")
            if text.lower() in words.lower():
                return found
    raise LookupError(f"no button {text!r}; there are {[b.text() for b in parent.findChildren(QPushButton)]}")


def add_scene(desktop, scene, dem=None):
    """Add the rasters of a scene, the image last so that it is on top, and zoom to it."""
    if dem:
        desktop.iface.addRasterLayer(str(dem), Path(dem).stem)
    layer = desktop.add_rasters(scene)[0]
    desktop.wait(0.5)
    return layer


def open_dock(desktop):
    """Show the panel as the user would; returns it."""
    desktop.wait_until(desktop.docks, 10, "the dock")
    dock = desktop.dock
    dock.setUserVisible(True)
    desktop.wait(0.3)
    return dock


def map_button(desktop):
    return desktop.dock.map.run.button  # by name: its text follows QGIS's language


def outlines_layers():
    """The outlines layers of the project."""
    return [
        layer for layer in QgsProject.instance().mapLayers().values()
        if "outlines.gpkg" in layer.source() and "layername=outlines" in layer.source()
    ]


def map_and_wait(desktop, seconds=120.0):
    """Click the button and wait for a new outlines layer; returns it."""
    before = {layer.id() for layer in outlines_layers()}
    desktop.wait_until(lambda: map_button(desktop).isEnabled(), 30, "the map button to be enabled")
    desktop.click(map_button(desktop))

    def new():
        return [layer for layer in outlines_layers() if layer.id() not in before]

    layer = desktop.wait_until(new, seconds, "an outlines layer")[0]
    desktop.settle()
    return layer


def result_folder(layer):
    """The folder that holds the products of an outlines layer."""
    return Path(layer.source().split("|")[0]).parent


def runner_processes():
    """Ids of the runner processes that this QGIS started."""
    children = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    pids = [int(pid) for file in children for pid in file.read_text().split()]
    return [pid for pid in pids if b"runner" in Path(f"/proc/{pid}/cmdline").read_bytes()]


class RunWatch:
    """Listens to the plugin's mapping: (seconds since the start of the last run, stage, fraction) of each progress."""

    def __init__(self):
        self.mapping = next(found for found in gc.get_objects() if type(found).__name__ == "MapGlaciers")
        self.seen = []
        self.started_at = 0.0
        self.ended = True
        self.runs = 0
        self.mapping.started.connect(self._on_started)
        self.mapping.progressed.connect(self._on_progress)
        self.mapping.ended.connect(self._on_ended)

    def _on_started(self):
        self.seen, self.started_at, self.ended = [], time.monotonic(), False
        self.runs += 1

    def _on_progress(self, progress):
        self.seen.append((time.monotonic() - self.started_at, progress.stage.value, progress.fraction))

    def _on_ended(self):
        self.ended = True

    @property
    def stage(self):
        """The stage that a run is in, "" before the first word and between runs."""
        return self.seen[-1][1] if self.seen and not self.ended else ""

    def first(self, stage):
        """Seconds from the start of the run to the first word of a stage; None before it."""
        return next((at for at, name, _ in self.seen if name == stage), None)
