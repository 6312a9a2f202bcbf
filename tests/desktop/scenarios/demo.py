"""The whole job of an analyst: roles, one click, one outline corrected with QGIS's own tools, saved, exported."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from qgis.core import (
    QgsContrastEnhancement,
    QgsMultiBandColorRenderer,
    QgsProject,
    QgsRasterMinMaxOrigin,
    QgsRectangle,
    QgsSettings,
)
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QAction, QApplication

sys.path.insert(0, str(Path(__file__).parent))

import steps

from glacier_mapper.gui.review_model import ROW_ROLE

LISTED_STEPS = 3


def best_cut(desktop, layer):
    """The line that an analyst draws first, found by the runner's Python, which can compare rasters."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "LD_"))}
    command = [desktop.arguments["python"], desktop.arguments["search"], layer.source().split("|")[0]]
    done = subprocess.run(
        [*command, desktop.arguments["label"]], capture_output=True, text=True, env=environment, timeout=60, check=False
    )
    if done.returncode:
        raise LookupError(done.stderr)
    return json.loads(done.stdout)


def show_as_analysts_do(layer):
    """Shortwave infrared, red or near infrared, and green as red, green and blue: ice is blue, rock brown."""
    bands = {layer.dataProvider().generateBandName(n).split(":")[-1].split("(")[0].strip(): n
             for n in range(1, layer.bandCount() + 1)}
    chosen = [bands.get("swir1"), bands.get("nir") or bands.get("red"), bands.get("green")]
    if all(chosen):
        layer.setRenderer(QgsMultiBandColorRenderer(layer.dataProvider(), *chosen))
        layer.setContrastEnhancement(
            QgsContrastEnhancement.StretchToMinimumMaximum, QgsRasterMinMaxOrigin.CumulativeCut
        )


def draw(desktop, tool, line):
    """Use a tool of QGIS on the canvas: a click for each point, the right button to end."""
    desktop.iface.mainWindow().findChild(QAction, tool).trigger()
    desktop.wait(0.3)
    for x, y in line:
        desktop.canvas_click(x, y)
    desktop.screenshot("4-correcting.png")
    desktop.canvas_click(*line[-1], Qt.MouseButton.RightButton)
    desktop.wait(0.5)


def scenario(desktop):
    started = time.monotonic()
    project = QgsProject.instance()
    dock = steps.open_dock(desktop)
    show_as_analysts_do(steps.add_scene(desktop, desktop.arguments["image"], desktop.arguments.get("elevation")))
    desktop.expect(project.write(desktop.arguments["project"]), "the project was not saved")
    desktop.wait_until(lambda: steps.map_button(desktop).isEnabled(), 30, "the map button")
    desktop.wait(2)
    roles = sorted(choice.role.value for choice in dock.chosen_roles())
    desktop.screenshot("1-before.png")
    clicked = time.monotonic()
    layer = steps.map_and_wait(desktop)
    desktop.note(roles=roles, mapping_s=time.monotonic() - clicked, outlines=layer.featureCount(),
                 folder=str(steps.result_folder(layer)))
    desktop.wait(1)
    desktop.screenshot("2-mapped.png")
    correct_one(desktop, layer)
    export(desktop, layer)
    desktop.expect(project.write(), "the project was not saved")
    desktop.note(seconds=time.monotonic() - started)


def by_id(layer, outline_id):
    """The outline of that id, None where it is gone."""
    return next((found for found in layer.getFeatures() if found["outline_id"] == outline_id), None)


def click_row(desktop, outline_id):
    """Click an outline in the review list, which zooms to it."""
    table = desktop.dock.review.table
    for number in range(table.model().rowCount()):
        index = table.model().index(number, 0)
        if index.data(ROW_ROLE).outline_id == outline_id:
            table.scrollTo(index)
            place = table.visualRect(index).center()
            QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
            desktop.wait(0.3)
            desktop.settle()
            return
    raise LookupError(f"no outline {outline_id} in the review list")


def correct_one(desktop, layer):
    """Step through the review list, part what is no glacier from an outline and delete it, with QGIS's own tools."""
    desktop.dock.show_review_page()
    desktop.wait(1)
    for _ in range(min(LISTED_STEPS, layer.featureCount())):
        desktop.click(steps.button(desktop.dock.review, "Next outline"))
        desktop.wait(0.2)
    cut = best_cut(desktop, layer)
    click_row(desktop, cut["outline_id"])
    xs, ys = zip(*cut["line"])
    box = QgsRectangle(min(xs), min(ys), max(xs), max(ys))
    box.combineExtentWith(QgsRectangle(*cut["bounds"]))
    desktop.iface.mapCanvas().setExtent(box.buffered(0.15 * max(box.width(), box.height())))
    desktop.settle()
    before = by_id(layer, cut["outline_id"])
    desktop.iface.setActiveLayer(layer)
    if not layer.isEditable():
        desktop.iface.actionToggleEditing().trigger()
    desktop.screenshot("3-wrong.png")
    QgsSettings().setValue("qgis/digitizing/line_width", 3)  # the line that is drawn is seen in the picture
    known = {feature.id() for feature in layer.getFeatures()}
    with free_hand():
        draw(desktop, "mActionSplitFeatures", cut["line"])
    pieces = [one for one in layer.getFeatures() if one.id() == before.id() or one.id() not in known]
    desktop.expect(len(pieces) > 1, "the line did not part the outline")
    kept = max(pieces, key=lambda one: one.geometry().area())
    layer.selectByIds([one.id() for one in pieces if one.id() != kept.id()])
    desktop.screenshot("5-parted.png")
    desktop.iface.mainWindow().findChild(QAction, "mActionDeleteSelected").trigger()
    after = save(desktop, layer, kept.geometry())
    desktop.note(
        edited=before["outline_id"], area_before_km2=before["area_km2"], area_after_km2=after["area_km2"],
        edited_by=str(after["edited_by"]), edited_with=str(after["edited_with"]), edited_at=str(after["edited_at"]),
        vertices=len(cut["line"]), foreseen=cut["iou_after"],
    )


def save(desktop, layer, geometry):
    """Save the edits; the outline of this shape when it is measured."""
    desktop.iface.actionSaveActiveLayerEdits().trigger()

    def measured():
        found = [one for one in layer.getFeatures() if one.geometry().equals(geometry)]
        return found[0] if found and found[0]["edit_state"] != "model" else None

    after = desktop.wait_until(measured, 20, "the edited outline to be measured")
    desktop.iface.actionPan().trigger()
    desktop.settle()
    desktop.screenshot("6-corrected.png")
    return after


@contextlib.contextmanager
def free_hand():
    """Snapping off while a line is drawn freely, as an analyst does with the key S."""
    project = QgsProject.instance()
    before = project.snappingConfig()
    off = project.snappingConfig()
    off.setEnabled(False)
    project.setSnappingConfig(off)
    try:
        yield
    finally:
        project.setSnappingConfig(before)


def export(desktop, layer):
    """Export through the dialog."""
    target = Path(desktop.arguments["export"])
    done = []

    def fill():
        dialog = desktop.wait_until(lambda: next(
            (w for w in QApplication.topLevelWidgets() if w.objectName() == "GlacierMapperExport" and w.isVisible()),
            None), 20, "the export dialog")
        dialog.file.setFilePath(str(target))
        dialog.scopes.setCurrentIndex(dialog.scopes.findData("all"))
        desktop.wait(1)
        if dialog.findings.anyway.isVisible() and not dialog.export.isEnabled():
            dialog.findings.anyway.setChecked(True)
        desktop.wait_until(dialog.export.isEnabled, 20, "the export button")
        picture = dialog.grab()
        picture.save(str(desktop.folder / "7-export.png"))
        desktop.click(dialog.export)
        desktop.wait_until(target.exists, 60, "the exported file")
        desktop.wait(1)
        if not sip.isdeleted(dialog) and dialog.isVisible():
            dialog.close()
        done.append(True)

    QTimer.singleShot(300, fill)
    desktop.click(desktop.dock.review.export)
    desktop.wait_until(lambda: done, 90, "the export")
    desktop.note(exported=str(target), exported_bytes=target.stat().st_size)
