"""The plugin with its dock shown, a scene in the project and in view, and a runner that only answers."""

from __future__ import annotations

from contextlib import contextmanager

from fake_iface import FakeIface
from qgis.core import QgsProject
from rasters_maker import layer_of
from test_plugin_lifecycle import flush
from test_task_background import wait_until
from test_workflow_map import write_scene

from glacier_mapper import classFactory
from glacier_mapper.core.models import BAND_RATIO
from glacier_mapper.core.settings import Settings
from glacier_mapper.qgis_io.settings import SettingsStore
from glacier_mapper.workflow import runner_host


def estimate_of(result, **changes):
    """What a runner estimates for the view of a result."""
    estimate = {"device": "CPU", "tiles": 1, "seconds": 2.0, "memory_mb": 1, "disk_mb": 1}
    return {**estimate, "grid": result.grid.to_json(), **changes}


@contextmanager
def opened_plugin(runner, monkeypatch, tmp_path, **settings):
    """With these settings; closed, and everything taken back, at the end."""
    SettingsStore().clear()
    SettingsStore().save(Settings(**{"model": BAND_RATIO.name, "out_folder": str(tmp_path / "out"), **settings}))
    monkeypatch.setenv(runner_host.PYTHON_VARIABLE, "/usr/bin/env")
    monkeypatch.setattr(runner_host, "ProcessRunner", lambda command: runner)
    project, iface = QgsProject.instance(), FakeIface()
    project.clear()
    layer = project.addMapLayer(layer_of(write_scene(tmp_path / "scene.tif"), "scene"))
    project.setCrs(layer.crs())
    iface.canvas.setDestinationCrs(layer.crs())
    plugin = classFactory(iface)
    plugin.initGui()
    iface.window.show()
    plugin.dock.setUserVisible(True)
    iface.canvas.setExtent(layer.extent())
    wait_until(plugin.dock.chosen_roles)
    yield plugin
    if plugin.dock is not None:
        plugin.unload()
    iface.close()
    flush()
    project.clear()
    SettingsStore().clear()
