"""Map, unload and load the plugin again several times, and count what is there each time."""

from __future__ import annotations

import sys
from pathlib import Path

from qgis.core import QgsApplication, QgsProject
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QThread
from qgis.PyQt.QtWidgets import QAction, QDockWidget, QToolBar
from qgis.utils import iface, loadPlugin, startPlugin, unloadPlugin

sys.path.insert(0, str(Path(__file__).parent))

import steps


def census():
    """Everything of which a plugin could leave something behind."""
    window, canvas, project = iface.mainWindow(), iface.mapCanvas(), QgsProject.instance()
    listened = {
        "project.readProject": (project, project.readProject),
        "project.layersAdded": (project, project.layersAdded),
        "project.layersRemoved": (project, project.layersRemoved),
        "project.layersWillBeRemoved": (project, project.layersWillBeRemoved),
        "project.cleared": (project, project.cleared),
        "project.writeProject": (project, project.writeProject),
        "canvas.extentsChanged": (canvas, canvas.extentsChanged),
        "canvas.mapToolSet": (canvas, canvas.mapToolSet),
        "canvas.currentLayerChanged": (canvas, canvas.currentLayerChanged),
        "iface.currentLayerChanged": (iface, iface.currentLayerChanged),
    }
    def ours(kind):
        found = window.findChildren(kind)
        names = {f"{one.objectName()} {one.text() if kind is QAction else ''}" for one in found}
        return sorted(name for name in names if "lacier" in name)

    return {
        "docks": ours(QDockWidget),
        "actions": ours(QAction),
        "toolbars": ours(QToolBar),
        "providers": sorted(p.id() for p in QgsApplication.processingRegistry().providers() if "glacier" in p.id()),
        "canvas_items": len(canvas.scene().items()) if isinstance(canvas, QgsMapCanvas) else 0,
        "tasks": QgsApplication.taskManager().countActiveTasks(),
        "python_threads": sum(thread.isRunning() for thread in window.findChildren(QThread)),
        "runners": len(steps.runner_processes()),
        "receivers": {name: owner.receivers(signal) for name, (owner, signal) in listened.items()},
    }


def threads():
    import threading

    return sorted(thread.name for thread in threading.enumerate())


def scenario(desktop):
    from qgis.PyQt.QtCore import QCoreApplication, QEvent

    def settled_census():
        desktop.wait(0.5)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        desktop.wait(0.5)
        return census()

    unloadPlugin("glacier_mapper")
    before = settled_census()
    threads_before = threads()
    rounds = []
    for number in range(3):
        desktop.expect(loadPlugin("glacier_mapper"), "the plugin did not load")
        desktop.expect(startPlugin("glacier_mapper"), "the plugin did not start")
        steps.open_dock(desktop)
        if number == 0:
            steps.add_scene(desktop, desktop.arguments["scene"])
        layer = steps.map_and_wait(desktop)
        loaded = census()
        if layer.isEditable():
            layer.rollBack()
        QgsProject.instance().clear()
        steps_added = unloadPlugin("glacier_mapper")
        desktop.expect(steps_added, "the plugin did not unload")
        rounds.append({"loaded": loaded, "after": settled_census(), "threads": threads()})
        if number < 2:
            steps.add_scene(desktop, desktop.arguments["scene"])
    desktop.note(before=before, rounds=rounds, threads_before=threads_before)
