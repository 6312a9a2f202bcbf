"""Split, reshape, move a vertex, draw, merge and delete with QGIS's own tools; one undo each, then save."""

from __future__ import annotations

import sys
from pathlib import Path

from qgis.core import QgsProject, QgsRectangle
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QAction
from qgis.utils import iface

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "qgis")]

X, Y = 600_000.0, 5_150_000.0


def scenario(desktop):
    layer = open_layer(desktop)
    split(desktop, layer)
    reshape(desktop, layer)
    move_vertex(desktop, layer)
    draw(desktop, layer)
    merge(desktop, layer)
    delete(desktop, layer)
    desktop.screenshot("edited.png")


def open_layer(desktop):
    """Squares of 1 km² in a row, the last two side by side, known to the plugin, in edit mode."""
    from outlines_maker import open_outlines, square, write_outlines

    places = {"cut": 0, "bent": 2000, "moved": 4000, "one": 7000, "two": 8000}
    outlines = [{"outline_id": n, "wkt": square(X + x, Y), "review": "accepted"} for n, x in places.items()]
    layer = open_outlines(write_outlines(desktop.folder / "outlines.gpkg", outlines))
    QgsProject.instance().addMapLayer(layer)
    config = layer.editFormConfig()
    config.setSuppress(config.FeatureFormSuppress.SuppressOn)
    layer.setEditFormConfig(config)
    iface.setActiveLayer(layer)
    layer.startEditing()
    iface.mapCanvas().setExtent(QgsRectangle(X - 500, Y - 3000, X + 10500, Y + 4000))
    desktop.settle()
    return layer


def tool(name):
    iface.mainWindow().findChild(QAction, name).trigger()


def line(desktop, *points):
    """Clicks, and a right click to end."""
    for x, y in points:
        desktop.canvas_click(X + x, Y + y)
    x, y = points[-1]
    desktop.canvas_click(X + x, Y + y, Qt.MouseButton.RightButton)
    desktop.wait(0.2)


def state(layer):
    """Every outline's ID, shape and bookkeeping, unsaved edits included."""
    columns = ("outline_id", "edit_state", "review", "edited_with", "edited_by")
    return sorted(
        [*(str(f[c]) for c in columns), round(f["area_km2"] or 0, 3), round(f.geometry().area() / 1e6, 3)]
        for f in layer.getFeatures()
    )


def undo_once(desktop, layer, key):
    """One undo brings everything back, one redo the edit; then the edit is saved."""
    stack = layer.undoStack()
    done, steps = state(layer), stack.count()
    stack.undo()
    back = state(layer)
    stack.redo()
    again = state(layer)
    desktop.note(**{key: {"steps": steps, "back": back, "again": again == done}})
    iface.actionSaveActiveLayerEdits().trigger()
    desktop.wait(0.2)
    desktop.results[key]["saved"] = state(layer)
    desktop.expect(layer.isEditable() and stack.count() == 0, f"{key}: edits are not saved")


def split(desktop, layer):
    iface.actionSplitFeatures().trigger()
    line(desktop, (400, -300), (400, 1300))
    undo_once(desktop, layer, "split")


def reshape(desktop, layer):
    tool("mActionReshapeFeatures")
    line(desktop, (2200, 500), (2200, 1800), (2800, 1800), (2800, 500))
    undo_once(desktop, layer, "reshape")


def move_vertex(desktop, layer):
    iface.actionVertexToolActiveLayer().trigger()
    desktop.canvas_click(X + 5000, Y + 1000)
    desktop.canvas_click(X + 5000, Y + 2000)
    desktop.wait(0.2)
    undo_once(desktop, layer, "vertex")


def draw(desktop, layer):
    iface.actionAddFeature().trigger()
    line(desktop, (2000, -2500), (3000, -2500), (3000, -1500), (2000, -1500))
    undo_once(desktop, layer, "draw")


def merge(desktop, layer):
    both = [f.id() for f in layer.getFeatures() if f["outline_id"] in ("one", "two")]
    layer.selectByIds(both)
    with desktop.answer_dialog("QDialog", lambda dialog: dialog.accept()):
        tool("mActionMergeFeatures")
    desktop.wait(0.3)
    undo_once(desktop, layer, "merge")


def delete(desktop, layer):
    layer.selectByIds([f.id() for f in layer.getFeatures() if f["outline_id"] == "cut"])
    iface.actionDeleteSelected().trigger()
    desktop.wait(0.2)
    undo_once(desktop, layer, "delete")
