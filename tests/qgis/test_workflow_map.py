"""Map glaciers in view: from the canvas through the real runner process to layers."""

from __future__ import annotations

import dataclasses
import json
import time
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal
from products_maker import make_products
from qgis.core import QgsCoordinateReferenceSystem, QgsMapSettings, QgsProject, QgsRasterLayer, QgsRectangle
from qgis.PyQt.QtCore import QSize
from rasters_maker import files_in, layer_of, write_raster
from test_task_background import wait_until

from glacier_mapper.core.choice import BandChoice, MapOrder
from glacier_mapper.core.errors import (
    Cancelled,
    DuplicateRoleError,
    InvalidExtentError,
    LayerGoneError,
    MissingRoleError,
    NoLayersError,
    NoOverlapError,
    NoValidPixelsError,
    OutputNotWritableError,
    RunnerBusyError,
    RunnerCrashedError,
    RunnerMissingError,
    UnreadableRasterError,
)
from glacier_mapper.core.progress import Progress, Stage
from glacier_mapper.core.request import BandRatioSettings
from glacier_mapper.core.roles import Role
from glacier_mapper.core.settings import Settings
from glacier_mapper.qgis_io import run_folder
from glacier_mapper.qgis_io.layers import outline_layers, product_layer, show_result
from glacier_mapper.runner_client.fake import FakeAnswer, FakeRunner
from glacier_mapper.workflow.map_glaciers import MapGlaciers, MapSurroundings
from glacier_mapper.workflow.map_run import device_in, new_title
from glacier_mapper.workflow.preview_model import PreviewModel
from glacier_mapper.workflow.runner_host import PYTHON_VARIABLE, RunnerHost
from glacier_mapper.workflow.say_result import result_text

ROOT = Path(__file__).resolve().parents[2]
SIZE = 40
ROLES = (Role.GREEN, Role.RED, Role.NIR, Role.SWIR1)
ICE = (0.65, 0.60, 0.50, 0.08)
ROCK = (0.12, 0.14, 0.18, 0.25)


def write_scene(path, size=SIZE, **more):
    """Reflectance x 10000 of rock with a square of ice, 10 m pixels; the ice has half the side of the scene."""
    bands = np.stack([np.full((size, size), value, np.float32) for value in ROCK])
    inside = slice(size // 4, 3 * size // 4)
    bands[:, inside, inside] = np.array(ICE)[:, None, None]
    return write_raster(path, bands, names=[role.value for role in ROLES], **more)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "No glacier found in the view, in 3.5 s. A lower threshold takes more."),
        (1, "1 outline, 0.12 km², in 3.5 s."),
        (2, "2 outlines, 0.12 km², in 3.5 s."),
    ],
)
def test_a_result_in_one_line(tmp_path, count, text):
    result = dataclasses.replace(make_products(tmp_path / "r"), outline_count=count, area_km2=0.123, seconds=3.45)
    assert result_text(dataclasses.replace(result, seconds=3.46)) == text


def test_what_computed_is_read_from_the_report(tmp_path):
    result = make_products(tmp_path / "r")
    assert device_in(result) == ""
    Path(result.report).write_text('{"device": "model server x"}')
    assert device_in(result) == "model server x"
    Path(result.report).write_text("[no json")
    assert device_in(result) == ""


@pytest.fixture(scope="module")
def host():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PYTHON_VARIABLE, str(ROOT / ".venv" / "bin" / "python"))
        made = RunnerHost(Settings)
        yield made
        made.stop()


@pytest.fixture
def project(tmp_path):
    made = QgsProject()
    made.setCrs(QgsCoordinateReferenceSystem("EPSG:32632"))
    yield made
    made.clear()


@pytest.fixture
def scene(project, tmp_path):
    return project.addMapLayer(layer_of(write_scene(tmp_path / "scene ü 'x'.tif"), "scene"))


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    """Where temporary files go: nothing may be left in it at the end of a run."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(run_folder.tempfile, "tempdir", str(folder))
    return folder


class Desk:
    """A mapping with a canvas that can be pointed anywhere, and a book of what it said."""

    def __init__(self, project, runner, out_dir):
        self.project, self.out_dir = project, out_dir
        self.view, self.crs, self.rotation = QgsRectangle(), QgsCoordinateReferenceSystem("EPSG:32632"), 0.0
        self.around = MapSurroundings(project, self.settings, runner)
        self.mapping = MapGlaciers(self.around)
        self.results, self.errors, self.progress, self.estimates, self.ends = [], [], [], [], []
        self.mapping.mapped.connect(lambda result, group: self.results.append((result, group)))
        self.mapping.failed.connect(self.errors.append)
        self.mapping.progressed.connect(self.progress.append)
        self.mapping.estimated.connect(self.estimates.append)
        self.mapping.ended.connect(lambda: self.ends.append(1))

    def settings(self):
        settings = QgsMapSettings()
        settings.setDestinationCrs(self.crs)
        settings.setOutputSize(QSize(300, 300))
        settings.setExtent(self.view)
        settings.setRotation(self.rotation)
        return settings

    def order(self, layer, roles=ROLES, **more):
        choices = tuple(BandChoice(role, layer.id(), ROLES.index(role) + 1) for role in roles)
        return MapOrder(choices, out_dir=str(self.out_dir), **more)

    def map(self, order):
        self.mapping.start(order)
        self.wait()
        return self.results[-1] if self.results else (None, None)

    def wait(self):
        wait_until(lambda: not self.mapping.is_running, 60)

    @property
    def error(self):
        assert len(self.errors) == 1, self.errors
        assert not self.results
        return self.errors[0]


@pytest.fixture
def desk(project, host, tmp_path):
    made = Desk(project, host.runner, tmp_path / "out")
    yield made
    made.mapping.stop()


def fake_desk(project, tmp_path, **answers):
    runner = FakeRunner(answers)
    return Desk(project, lambda: runner, tmp_path / "out"), runner


def test_a_click_gives_layers_of_what_is_in_view(desk, scene, temporary, tmp_path):
    desk.view = scene.extent()
    result, group = desk.map(desk.order(scene, analyst="Ann"))
    assert desk.errors == []
    assert group.name() == "Glaciers scene (1)"
    outlines = product_layer(group, "outlines")
    [feature] = outlines.getFeatures()
    # the ice is 200 m x 200 m
    assert feature["area_km2"] == pytest.approx(0.04, rel=0.03)
    assert (feature["analyst"], feature["model"]) == ("Ann", "band-ratio")
    probability = gdal.Open(result.probability).ReadAsArray()
    assert probability.shape == (SIZE, SIZE)
    assert probability[SIZE // 2, SIZE // 2] > 0.9
    assert probability[2, 2] < 0.1
    assert files_in(temporary) == []
    assert files_in(tmp_path / "out") == ["scene_001"]
    assert json.loads(Path(result.report).read_text())


def test_progress_is_told_and_ends_with_done(desk, scene):
    desk.view = scene.extent()
    desk.map(desk.order(scene))
    wait_until(lambda: desk.progress and desk.progress[-1].fraction == 1.0)
    fractions = [progress.fraction for progress in desk.progress]
    assert fractions == sorted(fractions)


def test_only_the_view_is_mapped(desk, scene):
    box = scene.extent()
    desk.view = QgsRectangle(box.xMinimum(), box.yMinimum(), box.center().x(), box.center().y())
    result, _ = desk.map(desk.order(scene))
    rows, cols = result.grid.shape_yx
    assert SIZE // 2 <= rows <= SIZE // 2 + 2
    assert SIZE // 2 <= cols <= SIZE // 2 + 2


def test_a_rotated_view_covers_all_that_is_seen(desk, scene):
    box = scene.extent()
    centre = box.center()
    desk.view = QgsRectangle(centre.x() - 100, centre.y() - 100, centre.x() + 100, centre.y() + 100)
    desk.rotation = 45.0
    result, _ = desk.map(desk.order(scene))
    # the diagonal of 200 m is 283 m
    assert result.grid.shape_yx[0] == pytest.approx(29, abs=2)


def test_a_project_in_degrees(desk, scene):
    desk.crs = QgsCoordinateReferenceSystem("EPSG:4326")
    desk.view = QgsRectangle(10.30, 46.93, 10.33, 46.96)
    result, group = desk.map(desk.order(scene))
    assert desk.errors == []
    assert result.grid.crs == "EPSG:32632"
    assert product_layer(group, "outlines").featureCount() == 1


def test_a_memory_layer_is_mapped_like_a_file(desk, project, temporary):
    write_scene("/vsimem/scene_in_memory.tif")
    layer = project.addMapLayer(layer_of("/vsimem/scene_in_memory.tif", "in memory"))
    desk.view = layer.extent()
    result, group = desk.map(desk.order(layer))
    assert desk.errors == []
    assert product_layer(group, "outlines").featureCount() == 1
    assert files_in(temporary) == []
    gdal.Unlink("/vsimem/scene_in_memory.tif")


def test_runs_are_numbered_and_their_groups_too(desk, scene, project, tmp_path):
    desk.view = scene.extent()
    desk.map(desk.order(scene))
    desk.map(desk.order(scene))
    assert [group.name() for _, group in desk.results] == ["Glaciers scene (1)", "Glaciers scene (2)"]
    assert files_in(tmp_path / "out") == ["scene_001", "scene_002"]
    one, two = ((tmp_path / "out" / name / "probability.tif").read_bytes() for name in ("scene_001", "scene_002"))
    assert one == two
    assert len(outline_layers(project)) == 2


def test_results_in_two_folders_have_two_numbers(desk, scene, project, tmp_path):
    desk.view = scene.extent()
    desk.map(desk.order(scene))
    desk.out_dir = tmp_path / "elsewhere"
    desk.map(desk.order(scene))
    names = [group.name() for _, group in desk.results]
    assert names == ["Glaciers scene (1)", "Glaciers scene (2)"]
    assert files_in(tmp_path / "out") == files_in(tmp_path / "elsewhere") == ["scene_001"]
    assert new_title(project, "scene") == "Glaciers scene (3)"


def test_a_title_is_new_in_its_project(project, tmp_path):
    assert new_title(project, "2021-08-20") == "Glaciers 2021-08-20 (1)"
    folder = project.layerTreeRoot().addGroup("kept")
    show_result(project, make_products(tmp_path / "one"), "Glaciers 2021-08-20 (1)")
    folder.addGroup("Glaciers 2021-08-20 (2)")
    folder.addGroup("Glaciers 2021-08-20 (4)")
    assert new_title(project, "2021-08-20") == "Glaciers 2021-08-20 (3)"
    assert new_title(project, "2020-08-20") == "Glaciers 2020-08-20 (1)"
    assert new_title(QgsProject(), "2021-08-20") == "Glaciers 2021-08-20 (1)"


def test_the_second_click_starts_computing_at_once(desk, scene):
    desk.view = scene.extent()
    desk.map(desk.order(scene))
    desk.progress.clear()
    desk.mapping.start(desk.order(scene))
    assert desk.progress == []  # the click itself has returned; all else comes in turns of the event loop
    wait_until(lambda: desk.progress, 10)
    desk.wait()


def test_the_estimate_names_device_and_grid(desk, scene):
    desk.view = scene.extent()
    for _ in range(3):
        desk.mapping.estimate(desk.order(scene))
    wait_until(lambda: desk.estimates, 30)
    [estimate] = desk.estimates
    assert estimate.grid.shape_yx == (SIZE, SIZE)
    assert "CPU" in estimate.device


def test_a_measurement_is_asked_after_until_it_is_over(project, scene, tmp_path):
    grid = {"crs": "EPSG:32632", "pixel_size_m": 10.0, "origin_xy_m": [0.0, 0.0], "shape_yx": [4, 4]}
    told = {"device": "CPU", "grid": grid, "tiles": 1, "memory_mb": 1, "disk_mb": 1}
    measuring = FakeAnswer({**told, "seconds": None, "is_measuring": True})
    runner = FakeRunner({"estimate": [*[measuring] * 10, FakeAnswer({**told, "seconds": 3.0})]})
    desk = Desk(project, lambda: runner, tmp_path / "out")
    desk.mapping._again.setInterval(5)
    desk.view = scene.extent()
    desk.mapping.estimate(desk.order(scene))
    wait_until(lambda: len(desk.estimates) == 11, 60)
    assert [one.seconds for one in desk.estimates] == [None] * 10 + [3.0]
    assert not desk.mapping._again.isActive()
    desk.mapping.stop()


def test_no_estimate_without_layers(desk):
    desk.view = QgsRectangle(0, 0, 1, 1)
    desk.mapping.estimate(MapOrder(()))
    wait_until(lambda: desk.estimates)
    assert desk.estimates == [None]


@pytest.fixture
def expect(desk, temporary, tmp_path):
    """A check for one error of a kind, with nothing left behind."""

    def check(order, kind, words, by=desk):
        by.map(order)
        assert isinstance(by.error, kind), by.error
        assert words in str(by.error)
        assert files_in(temporary) == []
        out = tmp_path / "out"
        assert not out.exists() or files_in(out) == []
        assert not by.mapping.is_running

    return check


def test_no_layers(desk, expect):
    desk.view = QgsRectangle(0, 0, 10, 10)
    expect(MapOrder(()), NoLayersError, "Add a satellite image")


def test_no_extent(desk, scene, expect):
    expect(desk.order(scene), InvalidExtentError, "Zoom to the glaciers")


def test_a_view_outside_the_layers(desk, scene, expect):
    desk.view = QgsRectangle(0, 0, 1000, 1000)
    expect(desk.order(scene), NoOverlapError, "scene")


def test_a_role_twice(desk, scene, expect):
    desk.view = scene.extent()
    order = desk.order(scene)
    order = dataclasses.replace(order, choices=(*order.choices, BandChoice(Role.RED, scene.id(), 1)))
    expect(order, DuplicateRoleError, "scene, scene")


def test_without_shortwave_infrared(desk, scene, expect):
    desk.view = scene.extent()
    expect(desk.order(scene, (Role.RED, Role.NIR)), MissingRoleError, "Shortwave infrared 1")


def test_all_no_data(desk, project, expect, tmp_path):
    path = write_raster(tmp_path / "empty.tif", np.full((4, 20, 20), -1, np.float32), nodata=-1)
    layer = project.addMapLayer(layer_of(path, "empty"))
    desk.view = layer.extent()
    expect(desk.order(layer), NoValidPixelsError, "empty")


def test_a_truncated_file(desk, project, expect, tmp_path):
    path = Path(write_scene(tmp_path / "cut.tif", 200))
    layer = project.addMapLayer(layer_of(path, "cut"))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    desk.view = layer.extent()
    expect(desk.order(layer), UnreadableRasterError, "cut")


def test_a_layer_removed_before_the_click(desk, scene, project, expect):
    desk.view = scene.extent()
    order = desk.order(scene)
    project.removeMapLayer(scene.id())
    expect(order, LayerGoneError, "scene")


def test_a_file_where_the_folder_should_be(desk, scene, expect, tmp_path):
    desk.view = scene.extent()
    (tmp_path / "file").write_text("x")
    order = dataclasses.replace(desk.order(scene), out_dir=str(tmp_path / "file" / "out"))
    expect(order, OutputNotWritableError, "Choose another folder")


def test_no_runner(project, scene, expect, tmp_path):
    def missing():
        raise RunnerMissingError(folder="x")

    desk = Desk(project, missing, tmp_path / "out")
    desk.view = scene.extent()
    expect(desk.order(scene), RunnerMissingError, "Install model runner", desk)
    desk.mapping.stop()


def test_a_layer_deleted_during_the_run_does_no_harm(desk, scene, project):
    desk.view = scene.extent()
    desk.mapping.start(desk.order(scene))
    project.removeMapLayer(scene.id())
    desk.wait()
    assert desk.errors == []
    assert len(desk.results) == 1


def test_a_layer_removed_after_the_run_does_no_harm(desk, scene, project):
    desk.view = scene.extent()
    _, group = desk.map(desk.order(scene))
    project.removeMapLayer(product_layer(group, "probability").id())
    desk.map(desk.order(scene))
    assert len(desk.results) == 2


STEPS = [Progress(Stage.PREDICTING, n, 10, n / 10) for n in range(1, 11)]


def test_a_second_click_during_a_run_is_refused_and_the_run_goes_on(project, scene, tmp_path):
    result = make_products(tmp_path / "made")
    desk, runner = fake_desk(project, tmp_path, map=FakeAnswer(result.to_json(), progress=STEPS, delay_s=0.5))
    desk.view = scene.extent()
    desk.mapping.start(desk.order(scene))
    desk.mapping.start(desk.order(scene))
    assert isinstance(desk.errors[0], RunnerBusyError)
    assert "Glaciers scene (1)" in str(desk.errors[0])
    desk.wait()
    assert len(desk.results) == 1
    assert len(runner.params_of("map")) == 1
    desk.mapping.stop()


@pytest.mark.parametrize("after", [0, 1, 9], ids=["at once", "early", "late"])
def test_cancel_at_every_stage_leaves_nothing(project, scene, tmp_path, temporary, after):
    result = make_products(tmp_path / "made")
    desk, _ = fake_desk(project, tmp_path, map=FakeAnswer(result.to_json(), progress=STEPS, delay_s=0.5))
    desk.view = scene.extent()
    desk.mapping.start(desk.order(scene))
    wait_until(lambda: len(desk.progress) >= after)
    desk.mapping.cancel()
    desk.wait()
    assert isinstance(desk.error, Cancelled)
    assert files_in(temporary) == []
    assert files_in(tmp_path / "out") == []
    desk.mapping.stop()


def test_cancel_of_the_real_runner(desk, project, tmp_path, temporary):
    layer = project.addMapLayer(layer_of(write_scene(tmp_path / "big.tif", 3000), "big"))
    desk.view = layer.extent()
    desk.mapping.start(desk.order(layer))
    wait_until(lambda: desk.progress, 30)
    desk.mapping.cancel()
    desk.wait()
    assert isinstance(desk.error, Cancelled)
    assert files_in(temporary) == []
    assert files_in(tmp_path / "out") == []


def test_a_runner_that_dies_is_told_and_the_next_click_works(desk, scene, project, tmp_path, host):
    layer = project.addMapLayer(layer_of(write_scene(tmp_path / "big.tif", 3000), "big"))
    desk.view = layer.extent()
    desk.mapping.start(desk.order(layer))
    wait_until(lambda: desk.progress, 30)
    import os
    import signal

    os.kill(host.runner().hello["pid"], signal.SIGKILL)
    desk.wait()
    assert isinstance(desk.error, RunnerCrashedError)
    desk.view = scene.extent()
    desk.errors.clear()
    desk.map(desk.order(scene))
    assert desk.errors == []


def test_a_project_closed_during_the_run_gets_no_layers_of_another(project, scene, tmp_path):
    result = make_products(tmp_path / "made")
    desk, _ = fake_desk(project, tmp_path, map=FakeAnswer(result.to_json(), delay_s=0.2))
    desk.view = scene.extent()
    desk.mapping.start(desk.order(scene))
    project.clear()
    desk.wait()
    [(_, group)] = desk.results
    assert group is None
    assert project.mapLayers() == {}
    desk.mapping.stop()


def test_stopping_during_a_run_ends_it_and_says_nothing(project, scene, tmp_path, temporary):
    desk, _ = fake_desk(project, tmp_path, map=FakeAnswer({}, progress=STEPS, delay_s=60.0))
    desk.view = scene.extent()
    desk.mapping.start(desk.order(scene))
    wait_until(lambda: desk.progress)
    start = time.monotonic()
    desk.mapping.stop()
    assert time.monotonic() - start < 30.0  # it did not wait for the answer
    assert (desk.results, desk.errors) == ([], [])
    assert files_in(temporary) == []


def test_products_that_cannot_be_opened_are_told(project, scene, tmp_path):
    result = make_products(tmp_path / "made")
    Path(result.confidence).unlink()
    desk, _ = fake_desk(project, tmp_path, map=FakeAnswer(result.to_json()))
    desk.view = scene.extent()
    desk.map(desk.order(scene))
    assert isinstance(desk.error, UnreadableRasterError)
    assert set(project.mapLayers()) == {scene.id()}
    desk.mapping.stop()


@pytest.fixture
def preview(desk, project):
    made = PreviewModel(desk.around)
    made.seen, made.errors = [], []
    made.previewed.connect(made.seen.append)
    made.failed.connect(made.errors.append)
    yield made
    made.stop()


def preview_layers(project):
    return [
        layer
        for layer in project.mapLayers().values()
        if isinstance(layer, QgsRasterLayer) and layer.customProperty("glacier_mapper/product") == "preview"
    ]


def test_the_preview_follows_the_slider_in_place(desk, scene, project, preview):
    desk.view = scene.extent()
    preview.update(desk.order(scene, band_ratio=BandRatioSettings(threshold=2.0)))
    wait_until(lambda: preview.seen, 30)
    [layer] = preview_layers(project)
    preview.update(desk.order(scene, band_ratio=BandRatioSettings(threshold=50.0)))
    wait_until(lambda: len(preview.seen) == 2)
    assert preview_layers(project) == [layer]
    assert [seen.threshold for seen in preview.seen] == [2.0, 50.0]
    # with a threshold of 50 not even the ice (0.6 / 0.08 = 7.5) is glacier any more
    value, found = layer.dataProvider().sample(layer.extent().center(), 1)
    assert found
    assert value < 0.1


def test_a_view_that_is_still_read_is_given_up_for_the_next_one(project, scene, tmp_path):
    made = make_products(tmp_path / "made")
    answer = {
        "path": made.probability, "threshold": 2.0, "index": "red_swir", "histogram": [1], "histogram_range": [0, 1],
        "seconds": 0.1,
    }  # fmt: skip
    desk, runner = fake_desk(project, tmp_path, preview=[FakeAnswer(answer, delay_s=60.0), FakeAnswer(answer)])
    preview, seen, errors = PreviewModel(desk.around), [], []
    preview.previewed.connect(seen.append)
    preview.failed.connect(errors.append)
    first = scene.extent()
    desk.view = first
    preview.update(desk.order(scene))
    wait_until(lambda: runner.params_of("preview"))
    preview.update(desk.order(scene))  # the same view again: its reading goes on
    desk.view = first.buffered(-0.2 * first.width())
    preview.update(desk.order(scene))
    wait_until(lambda: seen)
    old, new = (params["request"]["extent"] for params in runner.params_of("preview"))
    assert old != new
    assert errors == []
    preview.stop()
    desk.mapping.stop()


def test_the_preview_goes_with_its_files(desk, scene, project, preview, temporary):
    desk.view = scene.extent()
    preview.update(desk.order(scene))
    wait_until(lambda: preview.seen, 30)
    preview.switch_off()
    assert preview_layers(project) == []
    assert files_in(temporary) == []
    assert not preview.is_on


def test_a_memory_layer_is_read_once_for_all_previews_of_a_view(desk, project, preview, monkeypatch):
    from glacier_mapper.qgis_io.provider_read import ProviderRead

    reads = []
    write = ProviderRead.write
    monkeypatch.setattr(ProviderRead, "write", lambda self, stop: (reads.append(1), write(self, stop)))
    write_scene("/vsimem/preview_scene.tif")
    layer = project.addMapLayer(layer_of("/vsimem/preview_scene.tif", "in memory"))
    desk.view = layer.extent()
    for number in (2.0, 3.0, 4.0):
        preview.update(desk.order(layer, band_ratio=BandRatioSettings(threshold=number)))
        wait_until(lambda number=number: preview.seen and preview.seen[-1].threshold == number, 30)
    assert len(reads) == 4
    assert preview.errors == []
    gdal.Unlink("/vsimem/preview_scene.tif")


def test_a_preview_that_cannot_be_says_why(desk, scene, preview):
    desk.view = QgsRectangle(0, 0, 100, 100)
    preview.update(desk.order(scene))
    wait_until(lambda: preview.errors, 30)
    assert isinstance(preview.errors[0], NoOverlapError)
