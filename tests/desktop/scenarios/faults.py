"""Bad input and faults, one after the other in one running QGIS: what was said, and what was left behind."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsRectangle
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.utils import iface

sys.path.insert(0, str(Path(__file__).parent))

import steps

PRODUCTS = {"probability.tif", "confidence.tif", "outlines.gpkg", "report.json"}
PYTHON = "GLACIER_MAPPER_RUNNER_PYTHON"


class Faults:
    """Each method is a fault; it leaves the message or the layers for `told`."""

    def __init__(self, desktop):
        self.desktop = desktop
        self.paths = desktop.arguments["scenes"]
        self.out = Path(desktop.arguments["out"])
        self.watch = steps.RunWatch()
        self.session = desktop.plugin.session

    # --- the frame around each fault

    def begin(self):
        """An empty project, a clean message bar, results in our folder."""
        iface.messageBar().clearWidgets()
        QgsProject.instance().clear()
        self.put_out_folder(self.out)
        iface.mapCanvas().setRotation(0)
        self.desktop.wait(0.2)

    def put_out_folder(self, folder):
        field = self.desktop.dock.map.run.folder
        field.setText(str(folder))
        field.editingFinished.emit()

    def run(self, name):
        """Do one fault; returns what it said and what it left."""
        self.begin()
        started = time.monotonic()
        extra = getattr(self, name)() or {}
        self.desktop.wait_until(lambda: self.watch.ended, 60, f"the end of {name}")
        self.desktop.wait(0.1)
        return {
            "bar": self.desktop.bar_texts(), "dock": self.dock_text(), "seconds": time.monotonic() - started,
            "outlines": len(steps.outlines_layers()), "half": self.half_written(), **extra,
        }

    def dock_text(self):
        return self.desktop.dock.map.run.status.text()

    def half_written(self):
        folders = [path for path in self.out.rglob("*") if path.is_dir() and any(path.iterdir())]
        names = {folder: {p.name for p in folder.iterdir() if "-wal" not in p.name and "-shm" not in p.name}
                 for folder in folders}
        return [f"{folder}: {sorted(found)}" for folder, found in names.items()
                if found & PRODUCTS and not found >= PRODUCTS or any("part" in one for one in found)]

    def load(self, name):
        layer = self.desktop.add_rasters(self.paths[name])[0]
        self.in_crs(layer, layer.crs().authid())
        self.desktop.wait(0.5)
        return layer

    def click_and_wait(self):
        """Click, and wait for the answer."""
        self.desktop.wait_until(lambda: steps.map_button(self.desktop).isEnabled(), 20, "the button")
        iface.messageBar().clearWidgets()
        self.desktop.click(steps.map_button(self.desktop))
        self.desktop.wait_until(lambda: self.watch.ended and self.desktop.bar_texts(), 60, "an answer")

    def click_until(self, stages):
        self.desktop.wait_until(lambda: steps.map_button(self.desktop).isEnabled(), 20, "the button")
        iface.messageBar().clearWidgets()
        self.desktop.click(steps.map_button(self.desktop))
        self.desktop.wait_until(lambda: self.watch.stage in stages or self.watch.ended, 60, f"stage {stages}")

    # --- the faults

    def no_layers(self):
        return {"enabled": steps.map_button(self.desktop).isEnabled()}

    def view_outside(self):
        layer = self.load("good")
        box = QgsRectangle(layer.extent())
        box.set(box.xMaximum() + 1e5, box.yMinimum(), box.xMaximum() + 1.1e5, box.yMaximum())
        iface.mapCanvas().setExtent(box)
        self.desktop.wait_until(lambda: "Zoom to" in self.dock_text(), 20, "a word on the view")
        return {"enabled": steps.map_button(self.desktop).isEnabled()}

    def role_twice(self):
        """The dock has one list a role, so the order itself is given, as another caller could."""
        import dataclasses

        self.load("good")
        order = self.session.order()
        self.session.mapping.start(dataclasses.replace(order, choices=(*order.choices, order.choices[0])))

    def missing_swir(self):
        self.load("visible_only")
        return {"enabled": steps.map_button(self.desktop).isEnabled()}

    def all_no_data(self):
        self.load("no_data")
        self.click_and_wait()

    def truncated(self):
        self.load("truncated")
        self.click_and_wait()

    def layer_deleted_during_run(self):
        layer = self.load("large")
        self.click_until(("reading", "predicting"))
        QgsProject.instance().removeMapLayer(layer.id())
        self.desktop.wait_until(lambda: self.watch.ended, 90, "the end of the run")
        self.desktop.wait(0.5)

    def layer_removed_after_run(self):
        self.load("good")
        self.click_and_wait()
        for layer in list(QgsProject.instance().mapLayers().values()):
            QgsProject.instance().removeMapLayer(layer.id())
        self.desktop.wait(0.5)
        review = self.desktop.dock.review
        self.desktop.dock.show_review_page()
        self.desktop.wait(0.3)
        self.desktop.dock.show_map_page()
        return {"rows": len(review.selected_rows())}

    def second_click(self):
        self.load("large")
        self.click_until(("reading", "predicting"))
        self.desktop.dock.mapRequested.emit()
        self.desktop.wait(0.3)
        bar = self.desktop.bar_texts()
        running = not self.watch.ended
        self.desktop.click(steps.button(self.desktop.dock, "Cancel"))
        return {"busy": bar, "still_running": running}

    def output_is_a_file(self):
        self.load("good")
        blocked = self.out / "a file"
        blocked.write_text("not a folder")
        self.put_out_folder(blocked / "results")
        self.click_and_wait()

    def read_only(self):
        self.load("good")
        self.put_out_folder(self.desktop.arguments["read_only"])
        self.click_and_wait()

    def disk_full(self):
        self.load("large")
        self.put_out_folder(self.desktop.arguments["small_disk"])
        self.click_and_wait()
        return {"left": [p.name for p in Path(self.desktop.arguments["small_disk"]).rglob("*") if p.is_file()]}

    def not_finite(self):
        self.load("not_finite")
        self.click_and_wait()

    def odd_path(self):
        self.load("odd_path")
        folder = self.out / "Ergebnisse „Öztal“ d'été"
        self.put_out_folder(folder)
        self.click_and_wait()
        return {"files": sorted({p.name for p in folder.rglob("*") if p.is_file()} & PRODUCTS)}

    def huge_view(self):
        """Ten thousand Earths wide: far more pixels than any memory holds, were they not those of the scene."""
        self.load("good")
        iface.mapCanvas().setExtent(QgsRectangle(-1e11, -1e11, 1e11, 1e11))
        self.click_and_wait()

    def endless_view(self):
        self.load("good")
        iface.mapCanvas().setExtent(QgsRectangle(-1e300, -1e300, 1e300, 1e300))
        self.click_and_wait()

    def band_twice(self):
        """One band chosen for two roles, in the dock's own lists, by keys."""
        from glacier_mapper.core.roles import Role

        self.load("good")
        rows = self.desktop.dock.map.roles.rows
        self.desktop.wait_until(lambda: rows[Role.GREEN].combo.currentIndex() > 0, 20, "the guesses")
        combo, wanted = rows[Role.RED].combo, rows[Role.GREEN].combo.currentIndex()
        combo.setFocus()
        while combo.currentIndex() != wanted:
            QTest.keyClick(combo, Qt.Key.Key_Up if combo.currentIndex() > wanted else Qt.Key.Key_Down)
        said = {role.value: rows[role].alert.text() for role in (Role.RED, Role.GREEN)}
        summary = self.desktop.dock.map.layers_section.summary.full_text
        self.click_and_wait()
        return {"said": said, "summary": summary}

    def zoomed_far_out(self):
        self.load("good")
        QgsProject.instance().setCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
        iface.mapCanvas().setExtent(QgsRectangle(-180, -90, 180, 90))
        self.click_and_wait()

    def project_in_degrees(self):
        layer = self.load("good")
        self.in_crs(layer, "EPSG:4326")
        self.click_and_wait()

    def scene_in_degrees(self):
        self.load("degrees")
        self.click_and_wait()
        return {"crs": [layer.crs().authid() for layer in steps.outlines_layers()]}

    def rotated(self):
        self.load("good")
        iface.mapCanvas().setRotation(37)
        self.click_and_wait()

    def arctic(self):
        self.load("arctic")
        self.click_and_wait()
        return {"crs": [layer.crs().authid() for layer in steps.outlines_layers()]}

    def antarctic(self):
        self.load("antarctic")
        self.click_and_wait()
        return {"crs": [layer.crs().authid() for layer in steps.outlines_layers()]}

    def antimeridian(self):
        layer = self.load("antimeridian")
        self.in_crs(layer, "EPSG:4326")
        iface.mapCanvas().setExtent(QgsRectangle(-180, 71, 180, 73))
        self.click_and_wait()
        return {"crs": [layer.crs().authid() for layer in steps.outlines_layers()]}

    def runner_missing(self):
        return self.with_python(None, "good")

    def runner_not_there(self):
        return self.with_python("/nowhere/python", "good")

    def runner_broken(self):
        return self.with_python(self.desktop.arguments["broken_python"], "good")

    def runner_older(self):
        return self.with_python(self.desktop.arguments["older_runner"], "good")

    def back_to_work(self):
        """After all this, the main job."""
        self.load("good")
        self.click_and_wait()

    def with_python(self, python, scene):
        """The same click with another runner."""
        kept = os.environ[PYTHON]
        try:
            os.environ.pop(PYTHON)
            if python:
                os.environ[PYTHON] = python
            self.load(scene)
            self.session.mapping.start(self.session.order())
            self.desktop.wait_until(lambda: self.watch.ended and self.desktop.bar_texts(), 60, "an answer")
            return {"bar_then": self.desktop.bar_texts()}
        finally:
            os.environ[PYTHON] = kept

    def in_crs(self, layer, crs):
        from qgis.core import QgsCoordinateTransform

        project = QgsProject.instance()
        target = QgsCoordinateReferenceSystem(crs)
        project.setCrs(target)
        iface.mapCanvas().setExtent(QgsCoordinateTransform(layer.crs(), target, project).transform(layer.extent()))
        self.desktop.settle()


def scenario(desktop):
    steps.open_dock(desktop)
    faults = Faults(desktop)
    desktop.wait(1)
    for name in desktop.arguments["faults"]:
        try:
            desktop.note(**{name: faults.run(name)})
        except (TimeoutError, RuntimeError, AttributeError) as error:
            desktop.screenshot(f"failed_{name}.png")
            desktop.note(**{name: {"failed": f"{type(error).__name__}: {error}", "bar": desktop.bar_texts(),
                                   "dock": faults.dock_text(), "outlines": -1, "half": []}})
            if not faults.watch.ended:
                faults.session.mapping.cancel()
                desktop.wait_until(lambda: faults.watch.ended, 20, "the end after a failure")
        desktop.expect(iface.mainWindow().isVisible(), f"QGIS is gone after {name}")
