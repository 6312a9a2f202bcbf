"""Add a model package through the manager, check it, map with it, and look at the map while it grows."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import steps
from qgis.core import QgsProject
from qgis.PyQt.QtWidgets import QApplication


def live_layers():
    layers = QgsProject.instance().mapLayers().values()
    return [layer for layer in layers if layer.customProperty("glacier_mapper/product") == "live"]


def manager(desktop):
    return next(one for one in QApplication.topLevelWidgets() if one.objectName() == "GlacierMapperModels")


def add_packages(desktop, dock, files):
    """Through the manager, as a click would; returns what its status line said."""
    desktop.click(dock.map.model.manage)
    dialog = desktop.wait_until(lambda: manager(desktop), 10, "the model manager")
    desktop.wait_until(lambda: dialog.list.topLevelItemCount(), 10, "the list of models")
    desktop.screenshot("manager_empty.png")
    for file in files:
        dialog.fileChosen.emit(str(file))
        desktop.wait_until(lambda: not dialog.bar.isVisible() and dialog.status.text(), 30, "the package")
    desktop.wait_until(lambda: dialog.check.isEnabled(), 10, "the package in the list")
    added = dialog.status.text()
    desktop.click(dialog.check)
    desktop.wait_until(lambda: "sample" in dialog.status.text(), 60, "the check")
    dialog.grab().save(str(desktop.folder / "manager.png"))
    desktop.screenshot("manager_over_qgis.png")
    desktop.note(added=added, checked=dialog.status.text(), details=dialog.details.texts())
    dialog.reject()


def scenario(desktop):
    dock = steps.open_dock(desktop)
    steps.add_scene(desktop, desktop.arguments["scene"], desktop.arguments["dem"])
    add_packages(desktop, dock, desktop.arguments["packages"])
    watch = steps.RunWatch()
    for name, network in desktop.arguments["runs"]:
        desktop.wait_until(lambda name=name: dock.map.model.combo.findData(name) >= 0, 20, f"{name} in the dock")
        dock.set_model(name)
        dock.map.model.network.section.set_open(True)
        symmetries = dock.map.model.network.symmetries
        symmetries.setChecked(bool(network.get("symmetries")))
        dock.map.layers_section.set_open(False)
        desktop.wait_until(lambda: "tiles" in dock.map.run.estimate.full_text, 60, "an estimate")
        desktop.screenshot(f"{name}_before.png")
        before = {layer.id() for layer in steps.outlines_layers()}
        estimate = dock.map.run.estimate.full_text
        desktop.click(steps.map_button(desktop))
        shots = []

        def grew(shots=shots, name=name):
            if live_layers() and watch.stage == "predicting" and watch.seen[-1][2] > 0.25 and not shots:
                desktop.settle()
                shots.append(live_layers()[0].source())
                desktop.screenshot(f"{name}_growing.png")
            return [layer for layer in steps.outlines_layers() if layer.id() not in before] and watch.ended

        desktop.wait_until(grew, 240, "the outlines")
        [layer] = [layer for layer in steps.outlines_layers() if layer.id() not in before]
        desktop.settle()
        desktop.screenshot(f"{name}_mapped.png")
        desktop.note(**{name: {
            "estimate": estimate, "stage": dock.map.run.stage.full_text, "status": dock.map.run.status.text(),
            "outlines": layer.featureCount(), "folder": str(steps.result_folder(layer)), "pictures": len(shots),
            "live_after": len(live_layers()), "bar": desktop.bar_texts(),
        }})  # fmt: skip
        layer.rollBack()
