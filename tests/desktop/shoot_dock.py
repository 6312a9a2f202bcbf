"""Pictures of the dock in every state, for looking at: build/screens/*.png.

    xvfb-run -a .venv-qgis/bin/python tests/desktop/shoot_dock.py [--theme light|dark|night] [--scale 2]

Without options, all themes at one and two hundred percent, each in a process of its own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

from shoot_models import shoot_dialogs, shoot_network, shoot_teaching  # noqa: E402

SCREENS = ROOT / "build" / "screens"
VARIANTS = (("light", "1"), ("dark", "1"), ("night", "1"), ("light", "2"), ("night", "2"))


def shoot_all() -> int:
    for theme, scale in VARIANTS:
        command = [sys.executable, __file__, "--theme", theme, "--scale", scale]
        done = subprocess.run(command, env={**os.environ, "QT_SCALE_FACTOR": scale}, check=False)
        if done.returncode:
            return done.returncode
    return 0


def bands():
    from glacier_mapper.core.guess import BandDescription

    scene = "S2B_MSIL2A_20200927_T32TMS"
    names = ("blue", "green", "red", "nir", "swir16", "swir22")
    optical = [BandDescription("s2", scene, f"/data/{scene}.tif", n, 6, name) for n, name in enumerate(names, 1)]
    return [*optical, BandDescription("dem", "Copernicus DEM 30 m", "/data/dem.tif", 1, 1, unit="m", dtype="float32")]


def dark_palette():
    from qgis.PyQt.QtGui import QColor, QPalette

    palette = QPalette()
    role = QPalette.ColorRole
    for names, color in (
        ((role.Window, role.Button, role.AlternateBase), "#353535"), ((role.Base,), "#232323"),
        ((role.WindowText, role.Text, role.ButtonText, role.ToolTipText), "#f0f0f0"),
        ((role.Highlight,), "#2a82da"), ((role.HighlightedText,), "#000000"), ((role.ToolTipBase,), "#454545"),
    ):
        for name in names:
            palette.setColor(name, QColor(color))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor("#808080"))
    return palette


class Studio:
    """A main window with the dock at its right, photographed state by state."""

    def __init__(self, app, label: str) -> None:
        from qgis.PyQt.QtCore import Qt
        from qgis.PyQt.QtWidgets import QLabel, QMainWindow

        from glacier_mapper.core.models import BUILT_IN
        from glacier_mapper.gui.dock import GlacierMapperDock

        self.app, self.label = app, label
        self.window = QMainWindow()
        self.window.setCentralWidget(QLabel(" "))
        self.dock = GlacierMapperDock(self.window)
        self.dock.show_models(BUILT_IN)
        self.window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
        self.window.show()

    def shoot(self, name: str, width: int = 330, height: int = 700) -> None:
        from qgis.PyQt.QtCore import Qt

        self.window.resize(width + 60, height)
        self.app.processEvents()
        self.window.resizeDocks([self.dock], [width], Qt.Orientation.Horizontal)
        for _ in range(4):
            self.app.processEvents()
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.dock.grab().save(str(SCREENS / f"{self.label}_{name}.png"))

    def scroll_to(self, widget) -> None:
        self.app.processEvents()
        scroll = self.dock.map.scroll
        scroll.verticalScrollBar().setValue(widget.mapTo(scroll.widget(), widget.rect().topLeft()).y() - 4)


def shoot_states(studio: Studio) -> None:
    from glacier_mapper.core.choice import BandChoice
    from glacier_mapper.core.errors import Cancelled, RunnerCrashedError
    from glacier_mapper.core.grid import Grid
    from glacier_mapper.core.guess import RoleGuess, guess_roles
    from glacier_mapper.core.messages import Message
    from glacier_mapper.core.progress import Progress, Stage
    from glacier_mapper.core.result import Estimate, MapResult
    from glacier_mapper.core.roles import Role
    from glacier_mapper.core.runner_face import RunnerCondition, RunnerFace

    dock, grid = studio.dock, Grid("EPSG:32632", (600000.0, 5200000.0), 10.0, (1000, 1200))
    dock.set_out_folder("", "/home/anna/inventory/glacier_mapper")
    studio.shoot("01_empty")
    shoot_install(studio)
    dock.show_runner_state(RunnerFace(RunnerCondition.READY))
    found = bands()
    guesses = guess_roles(found)
    doubt = RoleGuess("dem", 1, Role.ELEVATION, Message("It is a single band in metres."), 0.4)
    dock.show_bands(found, [*(g for g in guesses if g.role not in (Role.ELEVATION, Role.SWIR1)), doubt])
    studio.shoot("05_missing")
    dock.show_bands(found, [*(g for g in guesses if g.role is not Role.ELEVATION), doubt])
    dock.map.roles.rows[Role.BLUE].bandPicked.emit(Role.BLUE, 2)
    dock.show_estimate(Estimate("CPU, 2 threads", grid, 4, 12.0, 300, 40))
    studio.shoot("06_ready")
    dock.set_chosen_roles([BandChoice(g.role, g.layer_id, g.band) for g in guesses])
    shoot_model(studio)
    dock.show_running(True)
    dock.show_progress(Progress(Stage.PREDICTING, 5, 8, 0.62, 7.0))
    studio.shoot("10_running")
    dock.show_finished(MapResult("/o", "p", "c", "o", "r", grid, 38, 41.23, 6.34))
    studio.shoot("11_finished")
    dock.show_error(RunnerCrashedError(reason="signal 9"))
    studio.shoot("12_error")
    dock.show_error(Cancelled())
    studio.shoot("13_small_screen", 320, 520)
    studio.shoot("14_wide", 560, 700)
    dock.show_review_page()
    studio.shoot("15_review")


def shoot_install(studio: Studio) -> None:
    from glacier_mapper.core.errors import NoNetworkError
    from glacier_mapper.core.messages import Message
    from glacier_mapper.core.runner_face import InstallPlan, InstallProgress, RunnerCondition, RunnerFace

    dock = studio.dock
    plan = InstallPlan(
        "/home/anna/.local/share/QGIS/QGIS3/profiles/default/glacier_mapper/runner", 151, 612, 84_000, 34,
        "https://pypi.org/simple", "3.11", ("cpu", "cuda"), "cpu", Message("No NVIDIA driver was found."),
    )
    dock.show_runner_state(RunnerFace(RunnerCondition.MISSING, plan))
    studio.shoot("02_missing_runner")
    dock.show_install_progress(InstallProgress(Message("Downloading packages"), 0.43, "onnxruntime"))
    studio.shoot("03_installing")
    dock.show_install_error(NoNetworkError(host="pypi.org", reason="the proxy asks for a password."))
    studio.shoot("04_install_failed")
    dock.show_runner_state(RunnerFace(RunnerCondition.BROKEN, plan))
    studio.shoot("04_broken")


def shoot_model(studio: Studio) -> None:
    import math

    from glacier_mapper.core.result import Preview

    dock = studio.dock
    dock.map.layers_section.set_open(False)
    studio.shoot("07_model")
    counts = [int(9000 * math.exp(-((i - 9) / 4) ** 2) + 2500 * math.exp(-((i - 42) / 9) ** 2)) for i in range(64)]
    dock.set_previewing(True)
    dock.show_preview_info(Preview("/p.tif", 2.13, "red_swir", counts, (0.0, 8.0), 0.4))
    studio.shoot("08_preview")
    ratio = dock.map.model.band_ratio
    ratio.more.set_open(True)
    studio.scroll_to(ratio.more)
    studio.shoot("09_fine_tuning", height=780)
    ratio.more.set_open(False)
    dock.map.outlines_section.set_open(True)
    studio.scroll_to(dock.map.outlines_section)
    studio.shoot("09_outlines")
    dock.map.outlines_section.set_open(False)
    dock.set_previewing(False)
    dock.map.layers_section.set_open(True)


def shoot_options(app, label: str) -> None:
    from glacier_mapper.core.servers import ServerSetting
    from glacier_mapper.core.settings import Settings
    from glacier_mapper.gui.options_page import OptionsHooks, OptionsPage

    hooks = OptionsHooks(
        lambda: Settings(analyst="Anna Meier", servers=(ServerSetting("https://gpu.example.org:8000", "a1b2c3d"),)),
        lambda _: None, lambda: None, lambda: 612.0, "/home/anna/.../runner", "/home/anna/.../models",
    )  # fmt: skip
    page = OptionsPage(hooks)
    page.resize(560, 620)
    page.show()
    app.processEvents()
    page.grab().save(str(SCREENS / f"{label}_20_options.png"))


def shoot_theme(theme: str, scale: str) -> None:
    from qgis.core import QgsApplication
    from qgis.PyQt.QtCore import Qt

    QgsApplication.setAttribute(Qt.ApplicationAttribute.AA_UseHighDpiPixmaps, True)
    app = QgsApplication([], True)
    app.initQgis()
    app.setStyle("Fusion")
    if theme == "dark":
        app.setPalette(dark_palette())
    if theme == "night":
        app.setUITheme("Night Mapping")
    label = f"{theme}{scale}"
    studio = Studio(app, label)
    shoot_states(studio)
    shoot_options(app, label)
    studio.dock.show_map_page()
    shoot_network(studio)
    shoot_dialogs(app, label)
    shoot_teaching(app, label)
    print(f"{label}: {len(list(SCREENS.glob(label + '_*.png')))} pictures in {SCREENS}", flush=True)
    os._exit(0)  # taking QgsApplication down piece by piece is of no interest here


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--theme", choices=("light", "dark", "night"))
    parser.add_argument("--scale", default="1")
    options = parser.parse_args()
    if options.theme:
        shoot_theme(options.theme, options.scale)
    sys.exit(shoot_all())
