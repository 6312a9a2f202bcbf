"""Loading and unloading the plugin, with and without a runner."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest
from fake_iface import FakeIface
from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtCore import QCoreApplication, QEvent
from qgis.PyQt.QtWidgets import QAction, QDockWidget
from rasters_maker import layer_of, ramp, write_raster
from test_task_background import wait_until

from glacier_mapper import classFactory
from glacier_mapper.core.runner_face import RunnerCondition
from glacier_mapper.qgis_io import paths
from glacier_mapper.qgis_io import task as task_module
from glacier_mapper.workflow.runner_host import PYTHON_VARIABLE

ROOT = Path(__file__).resolve().parents[2]


def flush():
    """Let deferred deletions happen."""
    for _ in range(3):
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def iface(qgis_app, monkeypatch, tmp_path):
    monkeypatch.delenv(PYTHON_VARIABLE, raising=False)
    monkeypatch.setattr("glacier_mapper.workflow.runner_host.runner_folder", lambda: tmp_path / "runner")
    made = FakeIface()
    yield made
    made.close()
    flush()
    QgsProject.instance().clear()


@pytest.fixture
def plugin(iface):
    made = classFactory(iface)
    made.initGui()
    yield made
    if made.dock is not None:
        made.unload()
        flush()


def provider():
    return QgsApplication.processingRegistry().providerById("glaciermapper")


def test_it_loads_without_a_runner_and_shows_nothing_yet(iface, plugin):
    assert [type(dock).__name__ for dock in iface.docks] == ["GlacierMapperDock"]
    assert not plugin.dock.isVisible()
    assert [action.objectName() for action in iface.toolbar] == ["glacierMapperPanel"]
    assert len(iface.menu) == 2
    assert len(iface.factories) == 1
    assert provider() is not None
    assert iface.bar_texts() == []


def test_loading_starts_nothing(plugin):
    assert task_module._alive == set()
    assert plugin._host.current() is None


def test_loading_imports_nothing_heavy(plugin):
    assert not [name for name in ("rasterio", "shapely", "scipy", "onnxruntime", "skimage") if name in sys.modules]


def test_a_fresh_project_stays_clean(plugin):
    assert not QgsProject.instance().isDirty()


def test_unloading_leaves_nothing(iface):
    before = len(iface.window.findChildren(QAction))
    handlers = list(logging.getLogger("glacier_mapper").handlers)
    project = QgsProject.instance()
    signals = (project.readProject, project.cleared, project.writeProject, project.layersAdded, project.layersRemoved)
    counts = [project.receivers(signal) for signal in signals]
    for _ in range(2):
        plugin = classFactory(iface)
        plugin.initGui()
        plugin.dock.setUserVisible(True)
        plugin.unload()
        flush()
    assert (iface.docks, iface.toolbar, iface.menu, iface.factories) == ([], [], [], [])
    assert iface.window.findChildren(QDockWidget) == []
    assert len(iface.window.findChildren(QAction)) == before
    assert provider() is None
    assert [project.receivers(signal) for signal in signals] == counts
    assert logging.getLogger("glacier_mapper").handlers == handlers
    wait_until(lambda: not task_module._alive)


def test_the_first_look_says_that_the_runner_is_missing(iface, plugin):
    faces = []
    plugin.session.install.faceChanged.connect(faces.append)
    iface.window.show()
    plugin._actions[0].trigger()
    wait_until(lambda: faces)
    assert plugin.dock.isVisible()
    assert faces[-1].condition == RunnerCondition.MISSING
    assert faces[-1].plan.package_count > 3
    assert faces[-1].plan.disk_mb > 10


def test_a_click_without_a_runner_says_what_to_do(iface, plugin, tmp_path):
    layer = QgsProject.instance().addMapLayer(layer_of(write_raster(tmp_path / "s.tif", ramp())))
    iface.canvas.setDestinationCrs(layer.crs())
    iface.canvas.setExtent(layer.extent())
    plugin.session.mapping.start(plugin.session.order())
    assert any("not installed yet" in text and "Install model runner" in text for text in iface.bar_texts())


def test_without_a_desktop_there_is_only_the_provider(qgis_app):
    plugin = classFactory(None)
    plugin.initProcessing()
    assert provider() is not None
    assert {one.name() for one in provider().algorithms()} == {"mapglaciers", "outlinesfromprobability"}
    plugin.unload()
    assert provider() is None


def test_the_help_of_diagnostics_goes_to_the_clipboard(iface, plugin):
    plugin.dock.copyDiagnosticsRequested.emit()
    text = QgsApplication.clipboard().text()
    assert paths.plugin_version() in text
    assert "QGIS" in text


def test_the_options_button_opens_our_page(iface, plugin):
    plugin.dock.optionsRequested.emit()
    assert iface.options_page == "GlacierMapperOptions"


@pytest.mark.parametrize("layout", ["repository", "installed"])
def test_files_are_found_in_both_layouts(monkeypatch, tmp_path, layout):
    package = tmp_path / "glacier_mapper"
    package.mkdir()
    base = tmp_path if layout == "repository" else package
    for name in ("resources/styles", "i18n"):
        (base / name).mkdir(parents=True)
    (base / "i18n" / "glacier_mapper_es.qm").write_text("")
    (base / "metadata.txt").write_text("[general]\nversion=9.8.7\n")
    monkeypatch.setattr(paths, "PACKAGE", package)
    assert paths.resource("styles/x.qml") == str(base / "resources" / "styles" / "x.qml")
    assert paths.translation_file("es_MX") == str(base / "i18n" / "glacier_mapper_es.qm")
    assert paths.translation_file("de") == ""
    assert paths.plugin_version() == "9.8.7"


@pytest.mark.parametrize("name", ["probability", "confidence", "boundary", "preview"])
def test_styles_are_there(name):
    assert Path(paths.resource(f"styles/{name}.qml")).exists()


def test_a_click_on_help_opens_the_page_that_lies_with_the_plugin(plugin, monkeypatch):
    opened = []
    monkeypatch.setattr("glacier_mapper.plugin.QDesktopServices.openUrl", opened.append)
    if not Path(paths.resource("help/index.html")).exists():
        subprocess.run([sys.executable, str(ROOT / "tests" / "tools" / "package.py"), "assets"], check=True)
    plugin.dock.foot.help.click()
    [url] = opened
    assert url.isLocalFile()
    assert "Map glaciers in view" in Path(url.toLocalFile()).read_text(encoding="utf-8")
