"""The whole job of an analyst: roles, one click, one outline corrected with QGIS's own tool, saved, exported."""

from __future__ import annotations

import itertools
import sys
import time
from pathlib import Path

from osgeo import gdal
from qgis.core import (
    QgsContrastEnhancement,
    QgsGeometry,
    QgsMultiBandColorRenderer,
    QgsPointXY,
    QgsProject,
    QgsRasterMinMaxOrigin,
    QgsRectangle,
)
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QAction, QApplication

sys.path.insert(0, str(Path(__file__).parent))

import steps

from glacier_mapper.gui.review_model import ROW_ROLE

RESHAPE_INSIDE_PX, RESHAPE_OUTSIDE_PX, RESHAPE_HALF_WIDTH_PX = 30, 60, 60
SNAP_PX = 16
AREAS_KM2 = (0.05, 5.0)  # outlines of which the whole can be seen, and what is drawn
TRIED_OUTLINES = 8


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
    """Lines over a bay outside, to add it, and through the inside, to cut it off, along the boundary in view."""
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
            if inside in ([True, False, True], [False, True, False]):
                yield line


def _moved(point, direction, distance):
    return QgsPointXY(point.x() + distance * direction.x(), point.y() + distance * direction.y())


def choose_line(layer, feature, canvas, label):
    """(gain, line) of what the analyst would draw: the bay that is most wrong, or, without a reference, any.

    The gain is the area put right less the area put wrong, in m²; the line is None where nothing can be drawn
    without touching another outline or snapping to one.
    """
    pixel = canvas.mapUnitsPerPixel()
    view = QgsRectangle(canvas.extent())
    view.scale(0.8)
    near = [one.geometry() for one in layer.getFeatures(canvas.extent())]
    edges = [QgsGeometry(one.constGet().boundary()) for one in near]
    own = feature.geometry()
    best = (0.0, None)
    for line in reshape_lines(own, view, pixel):
        triangle = QgsGeometry.fromPolygonXY([[*line, line[0]]])
        adds = own.contains(line[0])
        bay = triangle.difference(own) if adds else triangle.intersection(own)
        points = [QgsGeometry.fromPointXY(point) for point in line]
        snaps = any(edge.distance(point) < SNAP_PX * pixel for edge in edges for point in points)
        if snaps or any(bay.intersects(other) for other in near if not other.equals(own)):
            continue
        share = label.share(bay) if label else float(adds)
        gain = bay.area() * (2 * share - 1) * (1 if adds else -1)
        if gain > best[0]:
            best = (gain, line)
    return best


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
    for point in line[:-1]:
        desktop.canvas_click(point.x(), point.y())
    desktop.canvas_click(line[-1].x(), line[-1].y())
    desktop.screenshot("3-correcting.png")
    desktop.canvas_click(line[-1].x(), line[-1].y(), Qt.MouseButton.RightButton)
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


def next_outline(desktop, layer):
    """Step with the Next button to an outline worth a look; None at the end of the list."""
    for _ in range(layer.featureCount()):
        desktop.click(steps.button(desktop.dock.review, "Next outline"))
        desktop.wait(0.2)
        row = desktop.dock.review.selected_rows()[0]
        if AREAS_KM2[0] < row.area_km2 < AREAS_KM2[1]:
            desktop.settle()
            return by_id(layer, row.outline_id)
    return None


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
    """Go through the review list, reshape the outline that needs it most with QGIS's own tool, and save."""
    dock, canvas = desktop.dock, desktop.iface.mapCanvas()
    label = Label(desktop.arguments["label"]) if desktop.arguments.get("label") else None
    dock.show_review_page()
    desktop.wait(1)
    best = (0.0, None, None)
    for _ in range(TRIED_OUTLINES):
        candidate = next_outline(desktop, layer)
        if candidate is None:
            break
        gain, found = choose_line(layer, candidate, canvas, label)
        if found and gain > best[0]:
            best = (gain, candidate["outline_id"], found)
    if best[1] is None:
        raise LookupError("no outline was found that could be reshaped")
    click_row(desktop, best[1])
    feature = by_id(layer, best[1])
    line = choose_line(layer, feature, canvas, label)[1]
    desktop.iface.setActiveLayer(layer)
    if not layer.isEditable():
        desktop.iface.actionToggleEditing().trigger()
    draw(desktop, "mActionReshapeFeatures", line)
    reshaped = layer.getFeature(feature.id())
    desktop.expect(not reshaped.geometry().equals(feature.geometry()), "the outline was not reshaped")
    desktop.iface.actionSaveActiveLayerEdits().trigger()

    def measured():
        found = by_id(layer, feature["outline_id"])
        return found if found is not None and found["edit_state"] == "edited" else None

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
        if not sip.isdeleted(dialog) and dialog.isVisible():
            dialog.close()
        done.append(True)

    QTimer.singleShot(300, fill)
    desktop.click(desktop.dock.review.export)
    desktop.wait_until(lambda: done, 90, "the export")
    desktop.note(exported=str(target), exported_bytes=target.stat().st_size)
