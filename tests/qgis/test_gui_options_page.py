"""The page in QGIS's options dialog."""

from __future__ import annotations

import pytest
from dock_maker import click, settle
from qgis.gui import QgsOptionsPageWidget
from qgis.PyQt.QtTest import QTest

from glacier_mapper.core.request import BandRatioSettings
from glacier_mapper.core.servers import ServerSetting
from glacier_mapper.core.settings import Settings
from glacier_mapper.gui.options_page import PAGE_NAME, OptionsHooks, OptionsPageFactory

SETTINGS = Settings(
    runner_folder="/r", wheel_folder="/w", threads=3, memory_limit_mb=2048, analyst="Grace", out_folder="/o",
    band_ratio=BandRatioSettings(threshold=1.9), models_folder="/m", servers=(ServerSetting("https://a:8000"),),
)


class Plugin:
    """What the page is given."""

    def __init__(self, settings=SETTINGS, size_mb=612.0):
        self.settings, self.size_mb, self.removals = settings, size_mb, 0
        self.factory = OptionsPageFactory(
            OptionsHooks(lambda: self.settings, self.save, self.remove, lambda: self.size_mb, "/default/runner")
        )

    def save(self, settings):
        self.settings = settings

    def remove(self):
        self.removals += 1
        self.size_mb = None


@pytest.fixture
def plugin(qgis_app):
    return Plugin()


@pytest.fixture
def page(plugin):
    made = plugin.factory.createWidget(None)
    made.resize(560, 420)
    made.show()
    settle()
    yield made
    made.close()


def test_the_factory_names_the_page(plugin, page):
    assert plugin.factory.title() == "Glacier Mapper"
    assert not plugin.factory.icon().isNull()
    assert isinstance(page, QgsOptionsPageWidget)
    assert page.objectName() == PAGE_NAME


def test_an_untouched_page_saves_what_it_was_shown(plugin, page):
    page.apply()
    assert plugin.settings == SETTINGS


def test_the_page_says_who_signs_where_no_analyst_is_named(qgis_app):
    hooks = OptionsHooks(Settings, lambda _: None, lambda: None, lambda: None, login_name="Grace Hopper")
    made = OptionsPageFactory(hooks).createWidget(None)
    assert made.analyst.text() == ""
    assert made.analyst.placeholderText() == "Grace Hopper (the login name)"


def test_what_is_typed_is_saved_and_the_rest_is_kept(plugin, page):
    page.analyst.selectAll()
    QTest.keyClicks(page.analyst, " Ada Lovelace ")
    page.threads.setValue(0)
    page.memory.setValue(4096)
    page.wheel_folder.setFilePath("/media/stick")
    page.runner_folder.setFilePath("")
    page.apply()
    assert plugin.settings == Settings(
        runner_folder="", wheel_folder="/media/stick", threads=0, memory_limit_mb=4096, analyst="Ada Lovelace",
        out_folder="/o", band_ratio=BandRatioSettings(threshold=1.9), models_folder="/m",
        servers=(ServerSetting("https://a:8000"),),
    )


def test_models_folder_and_servers_are_saved(plugin, page):
    page.models_folder.setFilePath("/media/models")
    page.servers.put(ServerSetting("https://b:8000", on_loss="stop"))
    page.apply()
    assert plugin.settings.models_folder == "/media/models"
    assert plugin.settings.servers == (ServerSetting("https://a:8000"), ServerSetting("https://b:8000", on_loss="stop"))


def test_nothing_is_saved_before_ok(plugin, page):
    page.analyst.setText("Somebody")
    assert plugin.settings is SETTINGS


def test_zero_is_called_automatic_and_folders_name_their_default(qgis_app):
    page = Plugin(Settings()).factory.createWidget(None)
    assert page.threads.text() == "automatic"
    assert page.memory.text() == "automatic"
    assert page.runner_folder.lineEdit().placeholderText() == "/default/runner"


def test_the_runner_is_removed_by_the_second_click(plugin, page):
    assert page.remove.text() == "Remove model runner (612 MB)"
    click(page.remove)
    assert plugin.removals == 0
    assert page.remove.text() == "Click again to remove it"
    click(page.remove)
    assert plugin.removals == 1
    assert page.remove.text() == "The model runner is not installed"
    assert not page.remove.isEnabled()


def test_a_first_click_alone_is_forgotten(plugin, page):
    page._sure.setInterval(30)
    click(page.remove)
    QTest.qWait(120)
    assert page.remove.text() == "Remove model runner (612 MB)"
    click(page.remove)
    assert plugin.removals == 0


def test_the_tab_key_goes_from_top_to_bottom(page):
    chain = [page.analyst, page.out_folder.lineEdit(), page.threads, page.memory, page.runner_folder.lineEdit()]
    places = [widget.mapTo(page, widget.rect().topLeft()).y() for widget in chain]
    assert places == sorted(places)
    walker, seen = chain[0], []
    for _ in range(60):
        seen.append(walker)
        walker = walker.nextInFocusChain()
    assert [widget for widget in seen if widget in chain][:5] == chain
