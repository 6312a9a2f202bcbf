"""What the canvas shows after a preview was switched off and a run cancelled: the picture, not the layers."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import steps
from qgis.core import QgsProject

PASSING = ("preview", "live")


def passing_layers():
    found = QgsProject.instance().mapLayers().values()
    return [layer for layer in found if layer.customProperty("glacier_mapper/product") in PASSING]


def picture(desktop, name):
    """The canvas as it is on the screen, nothing drawn anew for it."""
    image = desktop.iface.mapCanvas().grab().toImage()
    image.save(str(desktop.folder / f"{name}.png"))
    return image


def share_differing(one, other):
    """How much of two pictures differs, 0..1, on a grid of every fifth pixel."""
    places = [(x, y) for x in range(0, one.width(), 5) for y in range(0, one.height(), 5)]
    return sum(one.pixel(x, y) != other.pixel(x, y) for x, y in places) / len(places)


def preview(desktop):
    steps.add_scene(desktop, desktop.arguments["scene"])
    box = desktop.dock.map.model.band_ratio.preview
    desktop.settle()
    before = picture(desktop, "preview_before")
    desktop.wait_until(box.isEnabled, 30, "the preview box")
    box.click()
    desktop.wait_until(passing_layers, 30, "the preview")
    desktop.wait_until(lambda: share_differing(before, picture(desktop, "preview_on")) > 0.01, 20, "its picture")
    box.click()
    desktop.wait(3)
    desktop.note(preview_left=share_differing(before, picture(desktop, "preview_off")), preview=len(passing_layers()))


def growing(desktop):
    QgsProject.instance().clear()
    watch = steps.RunWatch()
    steps.add_scene(desktop, desktop.arguments["large"])
    desktop.settle()
    desktop.wait_until(lambda: steps.map_button(desktop).isEnabled(), 30, "the map button")
    before = picture(desktop, "growing_before")
    desktop.click(steps.map_button(desktop))
    desktop.wait_until(passing_layers, 60, "the growing map")
    desktop.wait_until(lambda: share_differing(before, picture(desktop, "growing_on")) > 0.01, 20, "its picture")
    desktop.click(steps.button(desktop.dock, "Cancel (Esc)"))
    desktop.wait_until(lambda: watch.ended, 30, "the end of the run")
    desktop.wait(4)
    desktop.note(growing_left=share_differing(before, picture(desktop, "growing_off")), growing=len(passing_layers()))
    desktop.note(bar=desktop.bar_texts())


def scenario(desktop):
    steps.open_dock(desktop)
    preview(desktop)
    growing(desktop)
