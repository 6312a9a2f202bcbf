"""The whole job of an analyst: roles, one click, one outline corrected with QGIS's own tool, saved, exported."""

from __future__ import annotations

import itertools
import sys
import time
from pathlib import Path

from osgeo import gdal
from qgis.core import QgsGeometry, QgsPointXY, QgsProject, QgsRectangle
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtWidgets import QAction, QApplication

sys.path.insert(0, str(Path(__file__).parent))

import steps

RESHAPE_INSIDE_PX, RESHAPE_OUTSIDE_PX, RESHAPE_HALF_WIDTH_PX = 30, 45, 45


class Label:
    """The reference, which stands for what the analyst sees: 1 glacier, 0 none, 255 not known."""

    def __init__(self, path):
        dataset = gdal.Open(path)
        self.values, self.transform = dataset.ReadAsArray(), dataset.GetGeoTransform()

    def share(self, geometry):
        """The share of glacier among points spread over a small polygon."""
        box = geometry.boundingBox()
        inside = []
        for i, j in itertools.product(range(6), range(6)):
            x = box.xMinimum() + (i + 0.5) / 6 * box.width()
            y = box.yMinimum() + (j + 0.5) / 6 * box.height()
            if geometry.contains(QgsPointXY(x, y)):
                inside.append(self._at(x, y))
        return inside.count(1) / len(inside) if inside else 0.0

    def _at(self, x, y):
        x0, dx, _, y0, _, dy = self.transform
        row, col = int((y - y0) / dy), int((x - x0) / dx)
        rows, cols = self.values.shape
        return int(self.values[row, col]) if 0 <= row < rows and 0 <= col < cols else 0


def reshape_lines(outline, view, pixel):
    """Lines from inside over a bay outside and back inside, along the part of the boundary that is in view."""
    rings = outline.asMultiPolygon() if outline.isMultipart() else [outline.asPolygon()]
    edge = QgsGeometry.fromPolylineXY(max((polygon[0] for polygon in rings), key=len))
    width = RESHAPE_HALF_WIDTH_PX * pixel
    count = max(8, min(80, int(edge.length() / width)))
    for number in range(count):
        at = edge.length() * number / count
        before, here, after = (
            edge.interpolate((at + step) % edge.length()).asPoint() for step in (-width, 0.0, width)
        )
        along = QgsPointXY(after.x() - before.x(), after.y() - before.y())
        size = along.distance(QgsPointXY(0, 0))
        if size < width or not view.contains(here):
            continue
        for sign in (1, -1):
            out = QgsPointXY(sign * along.y() / size, -sign * along.x() / size)
            line = [
                _moved(before, out, -RESHAPE_INSIDE_PX * pixel), _moved(here, out, RESHAPE_OUTSIDE_PX * pixel),
                _moved(after, out, -RESHAPE_INSIDE_PX * pixel),
            ]
            inside = [outline.contains(point) for point in line]
            if inside == [True, False, True]:
                yield line


def _moved(point, direction, distance):
    return QgsPointXY(point.x() + distance * direction.x(), point.y() + distance * direction.y())


def choose_line(layer, feature, canvas, label):
    """The line that the analyst would draw: over the most missed ice, or, without a reference, the first free one."""
    view = QgsRectangle(canvas.extent())
    view.scale(0.8)
    others = [other.geometry() for other in layer.getFeatures(canvas.extent()) if other.id() != feature.id()]
    free = []
    for line in reshape_lines(feature.geometry(), view, canvas.mapUnitsPerPixel()):
        bay = QgsGeometry.fromPolygonXY([[*line, line[0]]])
        if not any(bay.intersects(other) for other in others):
            free.append((label.share(bay.difference(feature.geometry())) if label else 0.0, line))
    return max(free, key=lambda found: found[0], default=(0.0, None))[1]


def scenario(desktop):
    started = time.monotonic()
    project = QgsProject.instance()
    dock = steps.open_dock(desktop)
    steps.add_scene(desktop, desktop.arguments["image"], desktop.arguments.get("elevation"))
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


def correct_one(desktop, layer):
    """Go through the review list to an outline, reshape it with QGIS's own tool, and save."""
    dock, canvas = desktop.dock, desktop.iface.mapCanvas()
    label = Label(desktop.arguments["label"]) if desktop.arguments.get("label") else None
    dock.show_review_page()
    desktop.wait(1)
    feature = line = None
    for _ in range(min(10, layer.featureCount())):
        desktop.click(steps.button(dock.review, "Next outline"))
        desktop.wait(0.5)
        desktop.settle()
        row = dock.review.selected_rows()[0]
        feature = next((f for f in layer.getFeatures() if f["outline_id"] == row.outline_id), None)
        line = choose_line(layer, feature, canvas, label) if feature is not None else None
        if line:
            break
    if not line:
        desktop.failures.append("no outline was found that could be reshaped")
        return
    desktop.iface.setActiveLayer(layer)
    if not layer.isEditable():
        desktop.iface.actionToggleEditing().trigger()
    tool = desktop.iface.mainWindow().findChild(QAction, "mActionReshapeFeatures")
    tool.trigger()
    desktop.wait(0.3)
    desktop.screenshot("3-correcting.png")
    for point in line:
        desktop.canvas_click(point.x(), point.y())
    desktop.canvas_click(line[-1].x(), line[-1].y(), Qt.MouseButton.RightButton)
    desktop.wait(0.5)
    reshaped = layer.getFeature(feature.id())
    desktop.expect(not reshaped.geometry().equals(feature.geometry()), "the outline was not reshaped")
    desktop.iface.actionSaveActiveLayerEdits().trigger()

    def measured():
        found = [f for f in layer.getFeatures() if f["outline_id"] == feature["outline_id"]]
        return found[0] if found and found[0]["edit_state"] == "edited" else None

    after = desktop.wait_until(measured, 20, "the edited outline to be measured")
    desktop.iface.actionPan().trigger()
    desktop.settle()
    desktop.screenshot("4-corrected.png")
    desktop.note(
        edited=feature["outline_id"], area_before_km2=feature["area_km2"], area_after_km2=after["area_km2"],
        edited_by=str(after["edited_by"]), edited_with=str(after["edited_with"]), edited_at=str(after["edited_at"]),
    )


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
        picture.save(str(desktop.folder / "5-export.png"))
        desktop.click(dialog.export)
        desktop.wait_until(target.exists, 60, "the exported file")
        desktop.wait(1)
        if dialog.isVisible():
            dialog.close()
        done.append(True)

    QTimer.singleShot(300, fill)
    desktop.click(desktop.dock.review.export)
    desktop.wait_until(lambda: done, 90, "the export")
    desktop.note(exported=str(target), exported_bytes=target.stat().st_size)
