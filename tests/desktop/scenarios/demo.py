"""The whole job of an analyst: roles, one click, one outline corrected with QGIS's own tool, saved, exported."""

from __future__ import annotations

import contextlib
import math
import sys
import time
from pathlib import Path

from osgeo import gdal, ogr
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

AREAS_KM2 = (0.02, 40.0)  # pieces that are worth a correction, and that fit into a view
VERTICES = (6, 40)
LISTED_STEPS = 3
EDGE_PX = 10


def reference_shapes(path):
    """The glaciers of the reference raster (1), what it does not know (255, and the scene's edge), its pixel size.

    The reference stands for what the analyst sees in the image.
    """
    raster = gdal.Open(path)
    band, memory = raster.GetRasterBand(1), ogr.GetDriverByName("Memory").CreateDataSource("")
    layer = memory.CreateLayer("reference", raster.GetSpatialRef(), ogr.wkbPolygon)
    layer.CreateField(ogr.FieldDefn("value", ogr.OFTInteger))
    gdal.Polygonize(band, None, layer, 0)
    found, unknown = [], []
    for feature in layer:
        geometry = QgsGeometry()
        geometry.fromWkb(bytes(feature.GetGeometryRef().ExportToWkb()))
        (found if feature["value"] == 1 else unknown if feature["value"] == 255 else []).append(geometry)
    pixel_m = raster.GetGeoTransform()[1]
    as_drawn = QgsGeometry.unaryUnion(found).simplify(0.9 * pixel_m).smooth(1).makeValid()
    x, dx, _, y, _, dy = raster.GetGeoTransform()
    inside = QgsRectangle(x, y + dy * raster.RasterYSize, x + dx * raster.RasterXSize, y).buffered(-EDGE_PX * pixel_m)
    outside = QgsGeometry.fromRect(inside.buffered(1e5)).difference(QgsGeometry.fromRect(inside))
    return as_drawn, QgsGeometry.unaryUnion([*unknown, outside]), pixel_m


class Correction:
    """A piece of an outline that is wrong, and the line that an analyst draws to put it right."""

    def __init__(self, outline_id, piece, line, adds):
        self.outline_id, self.piece, self.line, self.adds = outline_id, piece, line, adds


def corrections(layer, reference, unknown, pixel_m):
    """What could be put right by one line each, the largest piece first."""
    outlines = {feature["outline_id"]: feature.geometry() for feature in layer.getFeatures()}
    glaciers = reference.asGeometryCollection()
    found = []
    for outline_id, own in outlines.items():
        if own.area() / 1e6 < AREAS_KM2[0]:
            continue
        box = own.boundingBox().buffered(20 * pixel_m)
        near = QgsGeometry.unaryUnion([one for one in glaciers if one.boundingBox().intersects(box)])
        others = [one for key, one in outlines.items() if key != outline_id and one.boundingBox().intersects(box)]
        taken = QgsGeometry.unaryUnion(others) if others else QgsGeometry.fromWkt("POLYGON EMPTY")
        for adds, wrong in ((True, near.difference(own)), (False, own.difference(near))):
            for piece in wrong.asGeometryCollection():
                if AREAS_KM2[0] <= piece.area() / 1e6 <= AREAS_KM2[1] and is_clear(piece, taken, unknown, pixel_m):
                    line = line_round(piece, own, adds, pixel_m)
                    if line and is_better(own, line, near, adds):
                        found.append(Correction(outline_id, piece, line, adds))
    return sorted(found, key=lambda one: -one.piece.area())


def is_clear(piece, taken, unknown, pixel_m):
    """Whether a piece is no sliver, known throughout, and away from other outlines."""
    if piece.intersects(unknown):
        return False
    return not piece.buffer(-1.5 * pixel_m, 4).isEmpty() and not piece.buffer(2 * pixel_m, 4).intersects(taken)


def line_round(piece, own, adds, pixel_m):
    """The piece's edge away from the outline, with an end beyond the outline's line at both sides; None for none."""
    edge = QgsGeometry(own.constGet().boundary()).buffer(0.3 * pixel_m, 4)
    away = QgsGeometry(piece.constGet().boundary()).difference(edge).mergeLines()
    parts = [part for part in away.asGeometryCollection() if part.length() > 0.8 * away.length()]
    if len(parts) != 1:
        return None
    points = parts[0].simplify(0.4 * pixel_m).asPolyline()
    if not VERTICES[0] <= len(points) <= VERTICES[1]:
        return None
    ends = [beyond(*pair, own, adds, pixel_m) for pair in ((points[1], points[0]), (points[-2], points[-1]))]
    return None if None in ends else [ends[0], *points, ends[1]]


def beyond(before, end, own, adds, pixel_m):
    """A point two pixels beyond the outline's line, on the side where the drawn line has to end; None for none."""
    edge = QgsGeometry(own.constGet().boundary())
    near = edge.nearestPoint(QgsGeometry.fromPointXY(end)).asPoint()
    along = QgsPointXY(near.x() - before.x(), near.y() - before.y())
    size = along.distance(QgsPointXY(0, 0)) or 1.0
    turns = (0.0, 0.6, -0.6, 1.2, -1.2)
    for turn in turns:
        x = (along.x() * math.cos(turn) - along.y() * math.sin(turn)) / size
        y = (along.x() * math.sin(turn) + along.y() * math.cos(turn)) / size
        point = QgsPointXY(near.x() + 2 * pixel_m * x, near.y() + 2 * pixel_m * y)
        if own.contains(point) == adds:
            return point
    return None


def is_better(own, line, reference, adds):
    """Whether a reshaping by this line brings the outline nearer to the reference."""
    patch = QgsGeometry.fromPolygonXY([[*line, line[0]]])
    if not patch.isGeosValid():
        return False
    after = own.combine(patch) if adds else own.difference(patch)
    return after.symDifference(reference).area() < own.symDifference(reference).area()


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
    desktop.screenshot("4-correcting.png")
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
    """Step through the review list, take the outline with the largest error, redraw its edge with QGIS's own tool."""
    dock, canvas = desktop.dock, desktop.iface.mapCanvas()
    dock.show_review_page()
    desktop.wait(1)
    for _ in range(min(LISTED_STEPS, layer.featureCount())):
        desktop.click(steps.button(dock.review, "Next outline"))
        desktop.wait(0.2)
    found = corrections(layer, *reference_shapes(desktop.arguments["label"]))
    if not found:
        raise LookupError("no outline was found that one line could put right")
    correction = found[0]
    click_row(desktop, correction.outline_id)
    box = correction.piece.boundingBox()
    canvas.setExtent(box.buffered(0.5 * max(box.width(), box.height())))
    desktop.settle()
    feature = by_id(layer, correction.outline_id)
    desktop.iface.setActiveLayer(layer)
    if not layer.isEditable():
        desktop.iface.actionToggleEditing().trigger()
    desktop.screenshot("3-wrong.png")
    with free_hand():
        draw(desktop, "mActionReshapeFeatures", correction.line)
    reshaped = layer.getFeature(feature.id())
    desktop.expect(not reshaped.geometry().equals(feature.geometry()), "the outline was not reshaped")
    desktop.iface.actionSaveActiveLayerEdits().trigger()

    def measured():
        found = by_id(layer, feature["outline_id"])
        return found if found is not None and found["edit_state"] == "edited" else None

    after = desktop.wait_until(measured, 20, "the edited outline to be measured")
    desktop.iface.actionPan().trigger()
    desktop.settle()
    desktop.screenshot("5-corrected.png")
    desktop.note(
        edited=feature["outline_id"], area_before_km2=feature["area_km2"], area_after_km2=after["area_km2"],
        edited_by=str(after["edited_by"]), edited_with=str(after["edited_with"]), edited_at=str(after["edited_at"]),
        vertices=len(correction.line), adds=correction.adds,
    )


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
        picture.save(str(desktop.folder / "6-export.png"))
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
