"""The map while it grows: copied in the thread, shown in place, gone at the end however a run ends."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal
from products_maker import make_products
from qgis.core import QgsApplication, QgsMapLayer, QgsProject
from rasters_maker import files_in, layer_of, ramp, write_raster
from test_task_background import wait_until
from test_workflow_map import Desk, write_scene
from tiny_models import make_tiny

from glacier_mapper.core.choice import BandChoice, MapOrder
from glacier_mapper.core.errors import Cancelled, NoValidPixelsError
from glacier_mapper.core.progress import Progress, Stage
from glacier_mapper.core.roles import Role
from glacier_mapper.core.settings import Settings
from glacier_mapper.qgis_io import live_pictures, run_folder
from glacier_mapper.qgis_io.layers import outline_layers
from glacier_mapper.qgis_io.live_pictures import LivePictures
from glacier_mapper.runner_client.fake import FakeRunner
from glacier_mapper.workflow.runner_host import PYTHON_VARIABLE, RunnerHost

ROOT = Path(__file__).resolve().parents[2]


class GrowingRunner(FakeRunner):
    """Writes its live file before each step, and holds after `hold_at` steps until `go`."""

    def __init__(self, result, steps=6, error=None):
        super().__init__({})
        self.result, self.steps, self.error = result, steps, error
        self.hold_at, self.go, self.told = None, False, 0

    def call(self, method, params, on_progress=None, is_cancelled=None, timeout_s=None):
        if method != "map":
            return {}
        self.calls.append((method, params))
        for step in range(1, self.steps + 1):
            write_raster(params["live"], np.full((20, 20), step / 10, np.float32), nodata=float("nan"))
            on_progress(Progress(Stage.PREDICTING, step, self.steps, step / self.steps))
            self.told = step
            while step == self.hold_at and not self.go and not is_cancelled():
                time.sleep(0.01)
            if is_cancelled():
                raise Cancelled()
        if self.error is not None:
            raise self.error
        return self.result.to_json()


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(live_pictures.LivePictures.__init__, "__defaults__", (0.0,))


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(run_folder.tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture(autouse=True)
def passing(qgis_app):
    """Where pictures lie while they are shown; at the end of each test none is left."""
    home = Path(QgsApplication.qgisSettingsDirPath()) / "glacier_mapper" / "passing"
    shutil.rmtree(home, ignore_errors=True)
    yield home
    assert not home.exists() or files_in(home) == []


@pytest.fixture
def project(qgis_app):
    made = QgsProject()
    yield made
    made.clear()


@pytest.fixture
def runner(tmp_path):
    made = GrowingRunner(make_products(tmp_path / "made"))
    made.hold_at = 3
    return made


@pytest.fixture
def desk(project, runner, tmp_path):
    layer = project.addMapLayer(layer_of(write_scene(tmp_path / "scene.tif"), "scene"))
    project.setCrs(layer.crs())
    made = Desk(project, lambda: runner, tmp_path / "out")
    made.view, made.scene = layer.extent(), layer
    made.pictures = []
    made.mapping.pictured.connect(made.pictures.append)
    yield made
    runner.go = True
    if made.mapping._around is not None:
        made.mapping.stop()


def live_layers(project):
    return [one for one in project.mapLayers().values() if one.customProperty("glacier_mapper/product") == "live"]


def begin(desk, runner):
    desk.mapping.start(desk.order(desk.scene))
    wait_until(lambda: runner.told >= 3 and len(desk.pictures) >= 3)
    [layer] = live_layers(desk.project)
    return layer


def test_the_map_grows_on_top_of_the_imagery_and_the_result_takes_its_place(desk, runner, project, temporary):
    layer = begin(desk, runner)
    order = project.layerTreeRoot().layerOrder()
    assert [one.id() for one in order] == [layer.id(), desk.scene.id()]
    assert layer.flags() & QgsMapLayer.LayerFlag.Private
    assert layer.customProperty("skipMemoryLayersCheck") == 1  # else QGIS asks about it when it is closed
    assert layer.renderer().type() == "singlebandpseudocolor"
    value, found = layer.dataProvider().sample(layer.extent().center(), 1)
    assert (found, round(value, 3)) == (True, 0.3)
    runner.go = True
    desk.wait()
    assert desk.errors == []
    assert len(desk.pictures) == 6
    assert live_layers(project) == []
    assert len(outline_layers(project)) == 1
    assert files_in(temporary) == []


def test_qgis_reads_copies_and_never_the_file_that_is_written(desk, runner):
    layer = begin(desk, runner)
    [params] = runner.params_of("map")
    assert Path(params["live"]).name == "live.tif"
    assert Path(layer.source()).parent != Path(params["live"]).parent


def test_qgis_does_not_ask_about_it_when_it_is_closed(desk, runner, passing):
    layer = begin(desk, runner)
    assert not layer.isTemporary()
    assert Path(layer.source().rsplit(":", maxsplit=1)[-1]).parent.parent == passing


def test_what_a_killed_qgis_left_goes_after_a_day(passing):
    old, fresh = passing / "old", passing / "fresh"
    for folder in (old, fresh):
        folder.mkdir(parents=True)
    os.utime(old, (time.time() - 90_000, time.time() - 90_000))
    made = run_folder.passing_folder()
    assert sorted(passing.iterdir()) == sorted([fresh, made])
    shutil.rmtree(passing)


def test_a_cancel_takes_it_away(desk, runner, project, temporary):
    begin(desk, runner)
    desk.mapping.cancel()
    desk.wait()
    assert live_layers(project) == []
    assert files_in(temporary) == []


def test_an_error_takes_it_away(desk, runner, project, temporary):
    runner.error = NoValidPixelsError(layers="scene")
    begin(desk, runner)
    runner.go = True
    desk.wait()
    assert [type(error) for error in desk.errors] == [NoValidPixelsError]
    assert live_layers(project) == []
    assert files_in(temporary) == []


def test_a_closed_project_shows_no_more_of_it(desk, runner, project, temporary):
    begin(desk, runner)
    project.clear()
    shown = len(desk.pictures)
    runner.go = True
    desk.wait()
    assert len(desk.pictures) == shown
    assert list(project.mapLayers().values()) == []
    assert files_in(temporary) == []


def test_unloading_takes_it_away(desk, runner, project, temporary):
    begin(desk, runner)
    desk.mapping.stop()
    desk.mapping._around = None
    assert live_layers(project) == []
    assert files_in(temporary) == []


def test_it_is_not_saved_with_the_project_and_comes_back_after(desk, runner, project, tmp_path):
    layer_id = begin(desk, runner).id()
    assert project.write(str(tmp_path / "p.qgs"))
    text = (tmp_path / "p.qgs").read_text()
    assert layer_id not in text
    assert "live_0" not in text
    assert len(live_layers(project)) == 1


def test_it_makes_no_project_dirty(desk, runner, project):
    project.setDirty(False)
    begin(desk, runner)
    assert not project.isDirty()
    desk.mapping.cancel()
    desk.wait()
    assert not project.isDirty()


def test_pictures_are_taken_when_something_is_new_and_not_too_often(tmp_path):
    source, folder = tmp_path / "live.tif", tmp_path / "shown"
    folder.mkdir()
    pictures = LivePictures(str(source), folder, interval_s=0.0)
    assert pictures.take() is None
    write_raster(source, ramp())
    first = pictures.take()
    assert Path(first.path).read_bytes() == source.read_bytes()
    assert pictures.take() is None
    for number in range(6):
        write_raster(source, ramp(rows=5 + number))
        assert pictures.take() is not None
    assert files_in(folder) == [f"live_{n:05d}.tif" for n in range(4, 7)]
    slow = LivePictures(str(source), folder, interval_s=60.0)
    assert slow.take() is not None
    write_raster(source, ramp(rows=30))
    assert slow.take() is None


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return make_tiny(tmp_path_factory.mktemp("models"))


def test_a_real_runner_maps_with_a_real_network(project, tiny, tmp_path, monkeypatch):
    """green - swir1 times 8: ice 8 x 0.57 gives 0.99, rock 8 x -0.13 gives 0.26 (the logistic function)."""
    monkeypatch.setenv(PYTHON_VARIABLE, str(ROOT / ".venv" / "bin" / "python"))
    host = RunnerHost(lambda: Settings(models_folder=str(tiny)))
    names = ("blue", "green", "red", "nir", "swir16", "swir22", "elevation")
    ice, rock = (0.7, 0.65, 0.6, 0.5, 0.08, 0.05, 3000.0), (0.1, 0.12, 0.14, 0.18, 0.25, 0.2, 2500.0)
    bands = np.stack([np.full((200, 200), value, np.float32) for value in rock])
    bands[:, 50:150, 50:150] = np.array(ice, np.float32)[:, None, None]
    layer = project.addMapLayer(layer_of(write_raster(tmp_path / "s.tif", bands, names=names), "scene"))
    project.setCrs(layer.crs())
    desk = Desk(project, host.runner, tmp_path / "out")
    desk.view, pictures = layer.extent(), []
    desk.mapping.pictured.connect(lambda path: pictures.append(gdal.Open(path).ReadAsArray()))
    roles = [Role.BLUE, Role.GREEN, Role.RED, Role.NIR, Role.SWIR1, Role.SWIR2, Role.ELEVATION]
    choices = tuple(BandChoice(role, layer.id(), number) for number, role in enumerate(roles, 1))
    order = MapOrder(choices, model="tiny", device="cpu", out_dir=str(tmp_path / "out"))
    try:
        result, group = desk.map(order)
        assert desk.errors == []
        probability = gdal.Open(result.probability).ReadAsArray()
        assert probability[100, 100] == pytest.approx(0.9896, abs=2e-3)
        assert probability[10, 10] == pytest.approx(0.2611, abs=2e-3)
        assert group is not None
        assert live_layers(project) == []
        assert pictures
        assert pictures[-1].shape == (200, 200)
        seen = np.isfinite(pictures[-1])
        assert seen.any()
        assert np.abs(pictures[-1] - probability)[seen].max() < 0.02
        desk.mapping.estimate(order)
        wait_until(lambda: desk.estimates and desk.estimates[-1] is not None, 60)
        assert desk.estimates[-1].tiles > 1
        assert desk.mapping._clock.device
    finally:
        desk.mapping.stop()
        host.stop()
