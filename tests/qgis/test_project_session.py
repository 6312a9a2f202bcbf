"""The dock and the project: roles, model and thresholds saved, restored, and what a run shows in the dock."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path

import pytest
from card_maker import make_card, write_package
from plugin_maker import estimate_of, opened_plugin
from products_maker import make_products
from qgis.core import Qgis, QgsApplication, QgsProject
from qgis.PyQt import sip
from rasters_maker import layer_of
from test_plugin_lifecycle import flush
from test_task_background import wait_until
from test_workflow_map import write_scene

from glacier_mapper.core.choice import BandChoice
from glacier_mapper.core.errors import NoValidPixelsError, RunnerCrashedError
from glacier_mapper.core.models import BUILT_IN
from glacier_mapper.core.progress import Progress, Stage
from glacier_mapper.core.request import BandRatioSettings, NetworkSettings, OutlineSettings
from glacier_mapper.core.roles import Role
from glacier_mapper.core.servers import ServerSetting
from glacier_mapper.qgis_io import task as task_module
from glacier_mapper.qgis_io.analyst import login_name
from glacier_mapper.qgis_io.layers import outline_layers
from glacier_mapper.qgis_io.settings import SettingsStore
from glacier_mapper.runner_client.fake import FakeAnswer, FakeRunner
from glacier_mapper.runner_client.runner import RunnerState


@pytest.fixture
def runner(tmp_path):
    result = make_products(tmp_path / "made")
    step = Progress(Stage.PREDICTING, 1, 2, 0.5)
    return FakeRunner({
        "map": FakeAnswer(result.to_json(), progress=[step], delay_s=0.1),
        "estimate": estimate_of(result),
        "preview": {
            "path": result.probability, "threshold": 1.9, "index": "red_swir", "histogram": [1, 2],
            "histogram_range": [0.0, 4.0], "seconds": 0.1,
        },
    })  # fmt: skip


@pytest.fixture
def opened(qgis_app, runner, monkeypatch, tmp_path):
    with opened_plugin(runner, monkeypatch, tmp_path) as plugin:
        yield plugin


def the_layer():
    return QgsProject.instance().mapLayersByName("scene")[0]


def roles(plugin):
    return {choice.role: choice.band for choice in plugin.dock.chosen_roles()}


def test_roles_are_guessed_when_the_dock_is_seen(opened):
    assert roles(opened) == {Role.GREEN: 1, Role.RED: 2, Role.NIR: 3, Role.SWIR1: 4}


def test_a_guess_does_not_touch_the_project_and_a_correction_does(opened):
    state = opened.session._memory.state
    assert state.load().choices is None
    opened.dock.set_chosen_roles([BandChoice(Role.SWIR1, the_layer().id(), 4)])
    opened.dock.rolesEdited.emit()
    assert state.load().choices == (BandChoice(Role.SWIR1, the_layer().id(), 4),)


def test_the_project_brings_roles_model_and_thresholds_back(opened, tmp_path):
    dock, project = opened.dock, QgsProject.instance()
    layer_id = the_layer().id()
    dock.set_chosen_roles([BandChoice(Role.RED, layer_id, 3), BandChoice(Role.SWIR1, layer_id, 4)])
    dock.rolesEdited.emit()
    dock.set_band_ratio(dataclasses.replace(dock.band_ratio(), threshold=2.5, index="red_swir"))
    dock.set_outlines(dataclasses.replace(dock.outlines(), min_area_km2=0.2))
    dock.settingsChanged.emit()
    assert project.write(str(tmp_path / "p.qgz"))
    project.clear()
    assert roles(opened) == {}
    assert dock.band_ratio().threshold is None
    assert dock.outlines().min_area_km2 == 0.01
    dock.setUserVisible(False)
    assert project.read(str(tmp_path / "p.qgz"))
    wait_until(lambda: roles(opened))
    assert roles(opened) == {Role.RED: 3, Role.SWIR1: 4}
    assert (dock.band_ratio().threshold, dock.band_ratio().index) == (2.5, "red_swir")
    assert dock.outlines().min_area_km2 == 0.2
    assert dock.isUserVisible()


def test_what_a_run_noted_is_in_the_dock_and_in_the_log(opened, runner):
    answer = runner.answers["map"].result
    template = "{layer} does not cover the view and is not used."
    answer["notes"] = [{"template": template, "details": {"layer": "dem"}, "to_check": True}]
    said = []
    QgsApplication.messageLog().messageReceived.connect(lambda *one: said.append(one))
    opened.dock.mapRequested.emit()
    wait_until(lambda: outline_layers(QgsProject.instance()))
    wait_until(lambda: opened.dock.map.run.notes.lines)
    assert opened.dock.map.run.notes.lines[0].text.text() == "dem does not cover the view and is not used."
    assert ("dem does not cover the view and is not used.", "Glacier Mapper", Qgis.MessageLevel.Warning) in said


def test_opening_a_project_does_not_make_it_dirty(opened, tmp_path):
    project = QgsProject.instance()
    project.write(str(tmp_path / "p.qgz"))
    project.read(str(tmp_path / "p.qgz"))
    wait_until(lambda: roles(opened))
    assert not project.isDirty()


def test_the_estimate_is_asked_for_the_view(opened, runner):
    wait_until(lambda: runner.params_of("estimate"))
    assert runner.params_of("estimate")[-1]["extent"]["crs"] == "EPSG:32632"
    before = len(runner.params_of("estimate"))
    canvas = opened._iface.canvas
    for factor in (0.9, 0.8, 0.7):
        canvas.zoomByFactor(factor)
    wait_until(lambda: len(runner.params_of("estimate")) > before)
    assert len(runner.params_of("estimate")) == before + 1


def test_a_click_maps_and_opens_the_outlines_for_editing(opened, runner, tmp_path):
    opened.dock.mapRequested.emit()
    wait_until(lambda: outline_layers(QgsProject.instance()))
    wait_until(lambda: not opened.session.mapping.is_running)
    [layer] = outline_layers(QgsProject.instance())
    wait_until(layer.isEditable)
    assert not layer.isModified()
    assert opened._iface.active is layer
    assert [text for text in opened._iface.bar_texts() if "1 outline, 0.00 km²" in text]
    [params] = runner.params_of("map")
    assert Path(params["out_dir"]) == tmp_path / "out" / "scene_001"
    layer.rollBack()


@pytest.mark.parametrize(
    "error",
    [NoValidPixelsError(layers="scene"), RunnerCrashedError(reason="signal 9", log_tail=["last words"])],
    ids=["input", "crash"],
)
def test_an_error_is_one_line_in_the_bar(opened, runner, error):
    runner.answers["map"] = FakeAnswer(error=error)
    opened.dock.mapRequested.emit()
    wait_until(lambda: not opened.session.mapping.is_running)
    texts = opened._iface.bar_texts()
    assert texts == [str(error)]
    assert outline_layers(QgsProject.instance()) == []


def test_mapping_switches_the_preview_off(opened):
    opened.dock.set_previewing(True)
    opened.dock.previewToggled.emit(True)
    wait_until(lambda: opened.session.preview._layer.layer is not None)
    opened.dock.mapRequested.emit()
    wait_until(lambda: not opened.session.mapping.is_running)
    assert not opened.dock.is_previewing()
    assert opened.session.preview._layer.layer is None


def test_numbers_in_the_message_bar_are_those_of_the_dock(spanish, opened, runner):
    runner.answers["map"].result.update(area_km2=4.163, seconds=2.04, outline_count=2)
    opened.dock.mapRequested.emit()
    wait_until(lambda: outline_layers(QgsProject.instance()))
    wait_until(lambda: opened.dock.map.run.status.text() != "")
    assert "4,16 km²" in opened.dock.map.run.status.text()
    [bar] = [text for text in opened._desktop._iface.bar_texts() if "km²" in text]
    assert "4,16 km²" in bar
    assert "2,0 s" in bar


def test_a_view_that_is_being_read_can_be_left_at_once(opened, runner):
    quick = runner.answers["preview"]
    runner.answers["preview"] = FakeAnswer(quick, delay_s=20)
    ratio = opened.dock.map.model.band_ratio
    ratio.preview.click()
    wait_until(lambda: runner.params_of("preview"))
    assert ratio.reading.isVisible()
    ratio.preview.click()
    assert not ratio.reading.isVisible()
    wait_until(lambda: runner.state is not RunnerState.BUSY, 3000)
    runner.answers["preview"] = quick
    ratio.preview.click()
    wait_until(lambda: opened.session.preview._layer.layer is not None)
    assert not ratio.reading.isVisible()


def test_a_failed_preview_goes_off_and_says_it_once(opened, runner):
    runner.answers["preview"] = FakeAnswer(error=NoValidPixelsError(layers="scene"))
    opened.dock.set_previewing(True)
    opened.dock.previewToggled.emit(True)
    wait_until(lambda: not opened.dock.is_previewing())
    opened.dock.settingsChanged.emit()
    assert len(opened._iface.bar_texts()) == 1


def test_the_next_project_takes_the_settings_used_last_but_no_threshold(opened):
    dock = opened.dock
    dock.set_band_ratio(
        dataclasses.replace(dock.band_ratio(), threshold=0.35, index="ndsi", min_blue=0.2, softness=0.4, median_px=5)
    )
    dock.set_outlines(dataclasses.replace(dock.outlines(), threshold=0.8, min_area_km2=0.2))
    dock.mapRequested.emit()
    wait_until(lambda: not opened.session.mapping.is_running)
    QgsProject.instance().clear()
    assert dock.band_ratio() == BandRatioSettings(softness=0.4, median_px=5)
    assert dock.outlines() == OutlineSettings(min_area_km2=0.2)
    assert opened.session.order().band_ratio.threshold is None


def test_a_new_project_says_nothing_of_the_run_before(opened, runner):
    noted = {"template": "{layer} is not used.", "details": {"layer": "dem"}, "to_check": True}
    runner.answers["map"].result["notes"] = [noted]
    opened.dock.mapRequested.emit()
    run = opened.dock.map.run
    wait_until(lambda: run.notes.lines)
    assert run.notes.isVisible()
    assert "1 outline" in run.status.text()
    QgsProject.instance().clear()
    assert not run.notes.isVisible()
    assert run.notes.lines == []
    assert "outline" not in run.status.text()
    assert not run.open_folder.isVisible()


def test_a_run_without_a_named_analyst_is_signed_with_the_login_name(opened, runner):
    opened.dock.mapRequested.emit()
    wait_until(lambda: runner.params_of("map"))
    assert runner.params_of("map")[-1]["analyst"] == login_name() != ""
    SettingsStore().save(dataclasses.replace(SettingsStore().load(), analyst=" Ada "))
    assert opened.session.order().analyst == "Ada"


def test_the_folder_chosen_in_the_dock_is_remembered(opened, tmp_path):
    opened.dock.outFolderChanged.emit(str(tmp_path / "new"))
    assert SettingsStore().load().out_folder == str(tmp_path / "new")
    assert opened.dock.out_folder() == str(tmp_path / "new")


def test_layers_that_come_and_go_are_followed(opened, tmp_path):
    QgsProject.instance().removeMapLayer(the_layer().id())
    wait_until(lambda: not roles(opened))
    QgsProject.instance().addMapLayer(layer_of(write_scene(tmp_path / "other.tif"), "scene"))
    wait_until(lambda: len(roles(opened)) == 4)


def test_unloading_during_a_run_ends_cleanly(opened, runner, tmp_path):
    runner.answers["map"] = FakeAnswer({}, delay_s=60)
    opened.dock.mapRequested.emit()
    wait_until(lambda: runner.params_of("map"))
    started = time.monotonic()
    opened.unload()
    assert time.monotonic() - started < 30.0  # it did not wait for the answer
    assert opened._iface.bar_texts() == []
    wait_until(lambda: not task_module._alive)
    assert not (tmp_path / "out" / "scene_001").exists()


def test_a_project_keeps_model_device_and_network_of_its_own(opened, tmp_path):
    dock, project = opened.dock, QgsProject.instance()
    card = make_card(needs=(frozenset({Role.GREEN, Role.SWIR1}),))
    folder = tmp_path / "models"
    write_package(folder, card)
    SettingsStore().save(dataclasses.replace(SettingsStore().load(), models_folder=str(folder)))
    opened._store.changed.emit(SettingsStore().load())
    wait_until(lambda: dock.map.model.combo.findData(card.name) >= 0)
    dock.set_model(card.name)
    dock.set_network(NetworkSettings(overlap=0.75))
    dock.set_device("https://gpu:8000")
    dock.networkChanged.emit()
    assert project.write(str(tmp_path / "p.qgz"))
    project.clear()
    assert (dock.model(), dock.network(), dock.device_wish()) == ("band-ratio", NetworkSettings(), "auto")
    assert project.read(str(tmp_path / "p.qgz"))
    assert (dock.model(), dock.network()) == (card.name, NetworkSettings(overlap=0.75))
    assert (dock.device(), dock.device_wish()) == ("auto", "https://gpu:8000")
    order = opened.session.order()
    assert (order.model, order.device, order.network) == (card.name, "auto", NetworkSettings(overlap=0.75))


def test_a_project_keeps_its_scaling_and_whether_classes_are_written(opened, tmp_path):
    dock, project = opened.dock, QgsProject.instance()
    extras = dock.map.model.network.extras
    extras.scaling.setCurrentIndex(extras.scaling.findData("reflectance-10000"))
    extras.classes.setChecked(True)
    order = opened.session.order()
    assert (order.scaling, order.classes) == ("reflectance-10000", True)
    opened.session._memory.save_last_used(order)
    assert project.write(str(tmp_path / "p.qgz"))
    project.clear()
    assert (dock.scaling(), dock.wants_classes()) == ("auto", True)  # the scaling is the image's
    extras.classes.setChecked(False)
    assert project.read(str(tmp_path / "p.qgz"))
    assert (dock.scaling(), dock.wants_classes()) == ("reflectance-10000", True)


def test_a_project_with_a_model_that_is_not_installed_says_so_and_keeps_it(opened, tmp_path):
    state = dataclasses.replace(opened.session._memory.state.load(), model="their-model")
    opened.session._memory.state.save(state)
    opened.session._project_read()
    absent = opened.dock.map.model.absent
    wait_until(absent.isVisible)
    assert "“their-model”, which is not installed" in absent.text()
    opened.dock.settingsChanged.emit()
    assert opened.session._memory.state.load().model == "their-model"
    card = make_card("their-model", needs=(frozenset({Role.GREEN, Role.SWIR1}),))
    write_package(tmp_path / "models", card)
    SettingsStore().save(dataclasses.replace(SettingsStore().load(), models_folder=str(tmp_path / "models")))
    opened._store.changed.emit(SettingsStore().load())
    wait_until(lambda: opened.dock.model() == "their-model")
    assert not absent.isVisible()


def test_band_ratio_is_never_sent_to_a_server(opened):
    SettingsStore().save(dataclasses.replace(SettingsStore().load(), servers=(ServerSetting("https://gpu:8000"),)))
    opened._store.changed.emit(SettingsStore().load())
    opened.dock.set_device("https://gpu:8000")
    assert opened.dock.device() == "https://gpu:8000"
    assert opened.session.order().device == "auto"


def test_the_manager_opens_on_what_the_dock_shows_and_goes_with_the_plugin(opened):
    opened.dock.modelsRequested.emit()
    dialog = opened.session.models.manage._dialog
    wait_until(lambda: dialog.list.topLevelItemCount() == 1)
    assert dialog.list.topLevelItem(0).text(3) == "fits"
    opened.unload()
    flush()
    assert sip.isdeleted(dialog)


def test_another_model_than_band_ratio_switches_the_preview_off(opened, tmp_path):
    card = make_card(needs=(frozenset({Role.GREEN, Role.SWIR1}),))
    opened.dock.show_models([*BUILT_IN, card.info()], {card.name: card})
    opened.dock.set_previewing(True)
    opened.dock.previewToggled.emit(True)
    opened.dock.set_model(card.name)
    assert not opened.dock.is_previewing()
    assert not opened.session.preview.is_on
