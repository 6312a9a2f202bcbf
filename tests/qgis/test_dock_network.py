"""Models that are packages: what fits, devices, servers, and how a network is run."""

from __future__ import annotations

import pytest
from card_maker import make_card, published_card
from dock_maker import Window, click, dem, heard, scene, scene_guesses, settle, sure
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest

from glacier_mapper.core.devices import Device
from glacier_mapper.core.messages import Message
from glacier_mapper.core.models import BUILT_IN
from glacier_mapper.core.request import NetworkSettings
from glacier_mapper.core.roles import Role
from glacier_mapper.core.scaling_choice import SCALINGS
from glacier_mapper.core.servers import ServerSetting
from glacier_mapper.gui.device_panel import device_title

OURS, PUBLISHED = make_card(), published_card()
CARDS = {card.name: card for card in (OURS, PUBLISHED)}
INFOS = [*BUILT_IN, OURS.info(), PUBLISHED.info()]
CPU = Device("cpu", "Processor (CPU), 2 threads", chosen=True)
CUDA = Device("cuda", "NVIDIA graphics card (CUDA)", chosen=True)
NO_CUDA = Device("cuda", "NVIDIA graphics card (CUDA)", False, Message("No {what} was found.", {"what": "driver"}))
SERVER = ServerSetting("https://gpu.example.org:8000")


@pytest.fixture
def dock(qgis_app):
    made = Window(height=1500)
    made.make_ready()
    made.dock.show_bands([*scene(), dem()], [*scene_guesses(), sure(Role.ELEVATION, "dem", 1)])
    made.dock.show_models(INFOS, CARDS)
    made.dock.set_model("glavitu-test")
    settle()
    yield made.dock
    made.close()


@pytest.fixture
def panel(dock):
    return dock.map.model


@pytest.fixture
def network(panel):
    panel.network.section.set_open(True)
    settle()
    return panel.network


def entries(panel):
    return [panel.combo.itemText(n) for n in range(panel.combo.count())]


def test_the_combo_says_of_each_model_whether_it_fits(dock, panel):
    dock.show_region("SVAL")
    assert entries(panel) == [
        "Band ratio (classical, clean ice) · fits", "GlaViTU (test) · fits", "GlaViTU (global) · other region",
    ]  # fmt: skip
    dock.show_bands(scene(), scene_guesses(without={Role.SWIR1}))
    assert entries(panel) == [
        "Band ratio (classical, clean ice) · lacks SWIR 1", "GlaViTU (test) · lacks SWIR 1 and Elevation",
        "GlaViTU (global) · lacks SWIR 1 and Elevation",
    ]  # fmt: skip
    dock.show_bands(scene(), scene_guesses(without={Role.SWIR1, Role.RED, Role.NIR}))
    assert entries(panel)[1].endswith("lacks Red, Near infrared and 2 more")


@pytest.mark.parametrize(("here", "text"), [
    ("ALP", "Fits the layers in view."), ("", "Fits the layers in view."), ("unknown", "Fits the layers in view."),
    ("HMA", "Made for Alps and Scandinavia; the view lies in High-Mountain Asia. Look at the result with care."),
])  # fmt: skip
def test_a_model_of_another_region_warns_and_still_runs(dock, panel, here, text):
    dock.set_model("glavitu-global")
    dock.show_region(here)
    assert panel.fit.text() == text
    assert dock.map.run.button.isEnabled()


def test_what_is_lacking_keeps_the_button_off(dock, panel):
    dock.show_bands(scene(), scene_guesses())
    assert dock.map.obstacle() == "The model still needs Elevation."
    assert not panel.fit.isVisible()


def test_band_ratio_has_its_thresholds_and_a_network_its_device(dock, panel):
    assert not panel.band_ratio.isVisible()
    assert panel.device.isVisible()
    assert panel.network.isVisible()
    dock.set_model("band-ratio")
    assert panel.band_ratio.isVisible()
    assert not panel.device.isVisible()
    panel.network.section.set_open(True)
    assert panel.network.extras.isVisible()  # what goes with every model
    assert not panel.network.tiles.isVisible()
    assert not panel.network.symmetries.isVisible()


def test_a_model_that_is_not_installed_is_told_and_comes_when_it_is_added(dock, panel):
    told = heard(dock.modelChanged)
    dock.set_model("glavitu-2030")
    assert panel.absent.isVisible()
    assert "“glavitu-2030”, which is not installed" in panel.absent.text()
    assert (dock.model(), dock.model_wish()) == ("glavitu-test", "glavitu-2030")
    later = make_card("glavitu-2030", title="Later")
    dock.show_models([*INFOS, later.info()], {**CARDS, later.name: later})
    assert dock.model() == "glavitu-2030"
    assert not panel.absent.isVisible()
    assert told == [("glavitu-2030",)]


def test_nothing_is_said_to_be_missing_before_anybody_has_looked(dock, panel):
    dock.show_models(BUILT_IN)
    dock.set_model("glavitu-test")
    assert not panel.absent.isVisible()
    dock.show_models(BUILT_IN, {})
    assert panel.absent.isVisible()


def test_choosing_another_model_ends_the_wish(dock, panel):
    dock.set_model("glavitu-2030")
    panel.combo.setFocus()
    QTest.keyClick(panel.combo, Qt.Key.Key_Down)
    assert dock.model_wish() == dock.model() == "glavitu-global"
    assert not panel.absent.isVisible()


def test_the_manager_opens_from_the_model(dock, panel):
    asked = heard(dock.modelsRequested)
    click(panel.manage)
    assert len(asked) == 1


def device_entries(panel):
    return [panel.device.combo.itemText(n) for n in range(panel.device.combo.count())]


def test_before_the_runner_has_spoken_there_is_automatic_and_the_processor(dock, panel):
    assert device_entries(panel) == ["Automatic", "Processor (CPU)"]
    assert dock.device() == "auto"


def test_devices_are_offered_where_they_work_and_automatic_says_what_it_is(dock, panel):
    dock.show_devices([CPU, NO_CUDA])
    assert device_entries(panel) == ["Automatic: Processor (CPU), 2 threads", "Processor (CPU), 2 threads"]
    assert "NVIDIA graphics card (CUDA): No driver was found." in panel.device.combo.toolTip()
    dock.show_devices([Device("cpu", "Processor (CPU), 2 threads"), CUDA])
    assert device_entries(panel)[0] == "Automatic: NVIDIA graphics card (CUDA)"


def test_a_server_is_offered_and_said_to_be_elsewhere(dock, panel):
    dock.show_servers([SERVER])
    told = heard(dock.deviceChanged)
    panel.device.combo.setFocus()
    QTest.keyClick(panel.device.combo, Qt.Key.Key_End)
    panel.device.combo.activated.emit(panel.device.combo.currentIndex())
    assert told[-1] == (SERVER.url,)
    assert dock.device() == SERVER.url
    assert "leave this machine" in panel.device.note.text()


def test_a_project_with_a_server_that_is_not_the_users_says_so_and_keeps_it(dock, panel):
    told = heard(dock.deviceChanged)
    dock.set_device("https://theirs:8000")
    assert "https://theirs:8000, which is not among your model servers" in panel.device.note.text()
    assert (dock.device(), dock.device_wish()) == ("auto", "https://theirs:8000")
    dock.show_servers([ServerSetting("https://theirs:8000")])
    assert dock.device() == "https://theirs:8000"
    assert told == []


def test_a_device_that_is_not_here_is_told_once_the_runner_has_spoken(dock, panel):
    dock.set_device("cuda")
    assert not panel.device.note.isVisible()
    dock.show_devices([CPU, NO_CUDA])
    assert f"“{device_title(NO_CUDA)}” is not available" in panel.device.note.text()
    assert "cuda" not in panel.device.note.text()
    assert (dock.device(), dock.device_wish()) == ("auto", "cuda")


def test_a_device_that_the_runner_does_not_know_has_its_title_too(dock, panel):
    dock.set_device("cuda")
    dock.show_devices([CPU])
    assert "“NVIDIA graphics card (CUDA)” is not available" in panel.device.note.text()


def test_servers_are_added_elsewhere(dock, panel):
    asked = heard(dock.serversRequested)
    click(panel.device.servers)
    assert len(asked) == 1


@pytest.mark.parametrize("settings", [
    NetworkSettings(),
    NetworkSettings(overlap=0.75, window="gaussian", symmetries=True, batch=4),
    NetworkSettings(overlap=0.0, window="cosine", on_server_loss="stop"),
    NetworkSettings(overlap=0.3),
], ids=["defaults", "all", "none", "another overlap"])  # fmt: skip
def test_settings_come_back_as_they_were_shown(dock, network, settings):
    told = heard(dock.networkChanged)
    dock.set_network(settings)
    assert dock.network() == settings
    assert told == []


def test_a_change_is_told_and_reset_takes_it_back(dock, network):
    told = heard(dock.networkChanged)
    network.symmetries.setChecked(True)
    assert dock.network() == NetworkSettings(symmetries=True)
    assert network.section.summary.full_text == "changed"
    click(network.reset)
    assert dock.network() == NetworkSettings()
    assert network.section.summary.full_text == "as the model says"
    assert len(told) == 2


@pytest.mark.parametrize(("overlap", "symmetries", "text"), [
    # a step of 192 in 384: 1 / (1 - 0.5)^2 = 4 tiles over each pixel; 1 / (1 - 0.75)^2 = 16; times 8
    (None, False, "about 4 times"), (0.75, False, "about 16 times"), (0.5, True, "about 32 times"),
    (0.0, True, "about 8 times"), (0.0, False, ""),
])  # fmt: skip
def test_what_overlap_and_symmetries_cost_is_said(dock, network, overlap, symmetries, text):
    dock.set_network(NetworkSettings(overlap=overlap, symmetries=symmetries))
    assert text in network.slower.text()
    assert network.slower.isVisible() == bool(text)


@pytest.mark.parametrize("model", ["band-ratio", "glavitu-test"])
def test_scaling_and_classes_go_with_every_model(dock, panel, model):
    dock.set_model(model)
    extras, section = panel.network.extras, panel.network.section
    section.set_open(True)
    told = heard(dock.networkChanged)
    dock.set_extras("sentinel-2-l2a", classes=True)
    assert told == []
    assert (dock.scaling(), dock.wants_classes()) == ("sentinel-2-l2a", True)
    assert section.summary.full_text == "changed"
    click(panel.network.reset)
    assert (dock.scaling(), dock.wants_classes()) == ("auto", False)
    assert section.summary.full_text == ("automatic" if model == "band-ratio" else "as the model says")
    told.clear()
    extras.scaling.setCurrentIndex(extras.scaling.findData("reflectance"))
    click(extras.classes)
    assert len(told) == 2
    assert (dock.scaling(), dock.wants_classes()) == ("reflectance", True)
    dock.set_extras("of a later version", classes=False)
    assert (dock.scaling(), dock.wants_classes()) == ("auto", False)


def test_every_scaling_that_a_request_knows_is_offered(panel):
    combo = panel.network.extras.scaling
    assert [combo.itemData(place) for place in range(combo.count())] == list(SCALINGS)


def test_parity_and_region_are_offered_where_the_model_has_a_use_for_them(dock, network):
    assert not network.parity.isVisible()
    assert not network.region.isVisible()
    dock.set_model("glavitu-global")
    assert network.parity.isVisible()
    assert network.region.isVisible()
    dock.set_network(NetworkSettings(region="HMA", parity="reference"))
    assert dock.network() == NetworkSettings(region="HMA", parity="reference")
    assert not network.overlap.isEnabled()
    dock.set_model("glavitu-test")
    assert dock.network() == NetworkSettings()


def test_parity_takes_no_other_tiles(dock, network):
    dock.set_model("glavitu-global")
    dock.set_network(NetworkSettings(overlap=0.75, window="cosine", symmetries=True))
    network.parity.setChecked(True)
    assert dock.network() == NetworkSettings(parity="reference")
    network.parity.setChecked(False)
    assert dock.network() == NetworkSettings(overlap=0.75, window="cosine", symmetries=True)


def test_nothing_is_cut_off_with_a_network_in_a_narrow_dock(qgis_app):
    from test_dock_look import cut_off

    window = Window(width=320, height=700)
    dock = window.make_ready()
    try:
        dock.setFixedWidth(320)
        dock.show_models(INFOS, CARDS)
        dock.set_model("glavitu-global")
        dock.show_region("NZ")
        dock.show_devices([CPU, CUDA])
        dock.set_device("https://a-server-with-a-long-name.example.org:8000")
        dock.map.model.network.section.set_open(True)
        settle(8)
        assert cut_off(dock, dock.map) == []
        assert dock.map.scroll.widget().width() <= dock.map.scroll.viewport().width()
    finally:
        window.close()
