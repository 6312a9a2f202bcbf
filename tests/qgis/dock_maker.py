"""A dock in a main window, and the values that it is shown."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QMainWindow

from glacier_mapper.core.grid import Grid
from glacier_mapper.core.guess import BandDescription, RoleGuess
from glacier_mapper.core.messages import Message
from glacier_mapper.core.models import BUILT_IN
from glacier_mapper.core.result import Estimate, MapResult, Preview
from glacier_mapper.core.roles import Role
from glacier_mapper.core.runner_face import InstallPlan, RunnerCondition, RunnerFace
from glacier_mapper.gui.dock import GlacierMapperDock

GRID = Grid("EPSG:32632", (600000.0, 5200000.0), 10.0, (1000, 1200))
READY = RunnerFace(RunnerCondition.READY)
PLAN = InstallPlan("/p/glacier_mapper/runner", 151, 612, 84_000, 34, "https://pypi.org/simple", "3.11", ("cpu", "cuda"))
MISSING_FACE = RunnerFace(RunnerCondition.MISSING, PLAN)
NAMES = ("blue", "green", "red", "nir", "swir16", "swir22")
OPTICAL = (Role.BLUE, Role.GREEN, Role.RED, Role.NIR, Role.SWIR1, Role.SWIR2)


def scene(layer_id="s2", layer="scene"):
    return [BandDescription(layer_id, layer, f"/d/{layer}.tif", n, 6, name) for n, name in enumerate(NAMES, 1)]


def dem(layer_id="dem"):
    return BandDescription(layer_id, "heights", "/d/heights.tif", 1, 1, unit="m", dtype="float32")


def sure(role, layer_id, band, certainty=0.95):
    return RoleGuess(layer_id, band, role, Message("The band is called “{text}”.", {"text": role.value}), certainty)


def scene_guesses(layer_id="s2", without=()):
    return [sure(role, layer_id, n) for n, role in enumerate(OPTICAL, 1) if role not in without]


def estimate(seconds=12.0, **more):
    return Estimate("CPU, 2 threads", GRID, 4, seconds, 300, 40, **more)


def result(count=38, area_km2=41.23, seconds=6.34, notes=()):
    said = [note.to_json() for note in notes]
    return MapResult("/o/run 1", "p", "c", "o", "r", GRID, count, area_km2, seconds, None, said)


def preview(threshold=2.13, index="red_swir", histogram_range=(0.0, 8.0)):
    return Preview("/p.tif", threshold, index, [10, 80, 20, 5, 40, 60, 30, 2], histogram_range, 0.3)


class Window:
    """The main window with the dock at its right."""

    def __init__(self, width=340, height=720):
        self.window = QMainWindow()
        self.dock = GlacierMapperDock(self.window)
        self.dock.show_models(BUILT_IN)
        self.window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
        self.window.resize(width + 40, height)
        self.window.show()
        self.window.activateWindow()
        QTest.qWaitForWindowActive(self.window, 2000)
        self.dock.show_map_page()
        settle()

    def make_ready(self):
        """Runner there, roles set: the button is on."""
        self.dock.show_runner_state(READY)
        self.dock.show_bands(scene(), scene_guesses())
        settle()
        return self.dock

    def close(self):
        self.window.close()
        self.window.deleteLater()
        settle()


def settle(rounds=4):
    for _ in range(rounds):
        QApplication.processEvents()


def click(button):
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    settle(1)


def heard(signal):
    """The arguments of each emission from now on."""
    found = []
    signal.connect(lambda *arguments: found.append(arguments))
    return found
