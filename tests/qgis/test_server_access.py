"""Authentication of model servers: from QGIS's own store to the runner's memory, and to no other place."""

from __future__ import annotations

import base64
import logging
from pathlib import Path

import pytest
from card_maker import make_card, write_package
from plugin_maker import estimate_of, opened_plugin
from products_maker import make_products
from qgis.core import QgsApplication, QgsAuthMethodConfig, QgsProject
from test_task_background import wait_until

from glacier_mapper.core.model_errors import ServerAccessError
from glacier_mapper.core.roles import Role
from glacier_mapper.core.servers import ServerAccess, ServerSetting
from glacier_mapper.core.settings import Settings
from glacier_mapper.qgis_io import notify
from glacier_mapper.qgis_io.auth import headers_of
from glacier_mapper.runner_client.fake import FakeAnswer, FakeRunner
from glacier_mapper.workflow.server_access import ServerDoors

URL = "https://gpu.example.org:8000"
PASSWORD = "quartz-violet-8151"
TOKEN = "eyJ-basalt-magenta-4407"
BASIC = base64.b64encode(f"anna:{PASSWORD}".encode()).decode()


@pytest.fixture
def store(qgis_app):
    """QGIS's authentication store with a master password and nothing in it."""
    manager = QgsApplication.authManager()
    if manager.isDisabled():
        pytest.skip("this QGIS has no authentication store")
    manager.setMasterPassword("master-of-the-tests", True)
    yield manager
    for auth_id in manager.configIds():
        manager.removeAuthenticationConfig(auth_id)


def add(store, method, **values):
    config = QgsAuthMethodConfig(method)
    config.setName("server")
    for key, value in values.items():
        config.setConfig(key, value)
    done = store.storeAuthenticationConfig(config)
    config = done[1] if isinstance(done, tuple) else config
    assert config.id()
    return config.id()


def test_basic_authentication_becomes_a_header(store):
    auth_id = add(store, "Basic", username="anna", password=PASSWORD)
    assert headers_of(auth_id, URL) == {"Authorization": f"Basic {BASIC}"}


def test_a_bearer_token_is_basic_of_the_user_bearer(store):
    auth_id = add(store, "Basic", username="Bearer", password=TOKEN)
    assert headers_of(auth_id, URL) == {"Authorization": f"Bearer {TOKEN}"}


def test_a_bearer_token_is_an_api_header(store):
    if "APIHeader" not in store.authMethodsKeys():
        pytest.skip("this QGIS has no API headers")
    auth_id = add(store, "APIHeader", Authorization=f"Bearer {TOKEN}")
    assert headers_of(auth_id, URL) == {"Authorization": f"Bearer {TOKEN}"}


def test_a_method_without_headers_is_told(store):
    auth_id = add(store, "PKI-Paths", certpath="/c.pem", keypath="/k.pem")
    with pytest.raises(ServerAccessError, match="gives no header"):
        headers_of(auth_id, URL)


def test_a_configuration_that_is_gone_is_told(store):
    with pytest.raises(ServerAccessError, match="no longer in QGIS's store"):
        headers_of("gone123", URL)


def doors(*servers):
    return ServerDoors(lambda: Settings(servers=servers))


def test_a_device_of_this_machine_needs_no_door():
    assert doors().access("cuda") is None
    assert doors().access("auto") is None


def test_a_server_without_authentication_gets_its_certificate_only(store):
    access = doors(ServerSetting(URL, ca_file="/c/ca.pem")).access(URL)
    assert access == ServerAccess(URL, {}, "/c/ca.pem")
    assert access.params() == {"url": URL, "headers": {}, "ca_file": "/c/ca.pem"}


def test_a_server_that_is_not_the_users_is_refused():
    with pytest.raises(ServerAccessError, match="not among your model servers") as caught:
        doors().access(URL)
    assert "Glacier Mapper options" in str(caught.value)


def test_an_estimate_asks_nobody_for_the_master_password(store, monkeypatch):
    from glacier_mapper.workflow import server_access

    auth_id = add(store, "Basic", username="anna", password=PASSWORD)
    monkeypatch.setattr(server_access, "is_unlocked", lambda: False)
    asked = []
    monkeypatch.setattr(server_access, "headers_of", lambda *a: asked.append(a) or {})
    assert doors(ServerSetting(URL, auth_id)).access(URL, may_ask=False) is None
    assert asked == []
    doors(ServerSetting(URL, auth_id)).access(URL)
    assert asked == [(auth_id, URL)]


def test_the_secret_does_not_stand_in_the_texts_of_an_access():
    access = ServerAccess(URL, {"Authorization": TOKEN})
    assert TOKEN not in repr(access) + str(access)


@pytest.fixture
def runner(tmp_path):
    result = make_products(tmp_path / "made")
    return FakeRunner({
        "map": FakeAnswer(result.to_json(), delay_s=0.05), "credentials": {}, "models": [],
        "estimate": estimate_of(result, device="server", tiles=9, seconds=None),
        "devices": [{"name": "cpu", "title": "Processor (CPU)", "available": True, "reason": None, "chosen": True}],
    })  # fmt: skip


@pytest.fixture
def opened(store, runner, monkeypatch, tmp_path):
    """The plugin with a scene, a package and a server that needs a token."""
    auth_id = add(store, "Basic", username="Bearer", password=TOKEN)
    write_package(tmp_path / "models", make_card(needs=(frozenset({Role.GREEN, Role.SWIR1}),)))
    servers = (ServerSetting(URL, auth_id, on_loss="stop"),)
    more = {"models_folder": str(tmp_path / "models"), "servers": servers, "model": "glavitu-test", "device": URL}
    with opened_plugin(runner, monkeypatch, tmp_path, **more) as plugin:
        wait_until(lambda: plugin.dock.model() == "glavitu-test")
        yield plugin


def test_a_run_on_a_server_hands_the_headers_to_the_runner_before_the_map(opened, runner):
    opened.dock.mapRequested.emit()
    wait_until(lambda: runner.params_of("map") and not opened.session.mapping.is_running)
    methods = [method for method, _ in runner.calls]
    assert methods.index("credentials") < methods.index("map")
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert runner.params_of("credentials")[-1] == {"url": URL, "headers": headers, "ca_file": ""}
    [request] = runner.params_of("map")
    assert (request["device"], request["network"]["on_server_loss"]) == (URL, "stop")
    assert (request["model"], request["live"][-8:]) == ("glavitu-test", "live.tif")


def test_the_secret_is_in_no_file_no_setting_no_log_and_no_diagnostics(opened, runner, tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(notify, "log", lambda text, level=None: said.append(text))
    records = []
    handler = logging.Handler(level=0)
    handler.emit = lambda record: records.append(record.getMessage())
    logging.getLogger().addHandler(handler)
    QgsApplication.messageLog().messageReceived.connect(lambda text, *_: said.append(text))
    runner.answers["map"] = FakeAnswer(error=ServerAccessError(url=URL, reason="401."))
    opened.dock.mapRequested.emit()
    wait_until(lambda: runner.params_of("map") and not opened.session.mapping.is_running)
    logging.getLogger().removeHandler(handler)
    opened.session._memory.save()
    assert QgsProject.instance().write(str(tmp_path / "p.qgs"))
    opened.dock.copyDiagnosticsRequested.emit()
    settings = Path(QgsApplication.qgisUserDatabaseFilePath()).parent
    files = [*tmp_path.rglob("*"), *settings.rglob("*.ini"), *settings.rglob("*.log"), Path(_ini())]
    assert (tmp_path / "p.qgs") in files
    texts = {str(file): file.read_bytes() for file in files if file.is_file()}
    texts["log"] = "\n".join([*said, *records]).encode()
    texts["bar"] = "\n".join(opened._iface.bar_texts()).encode()
    texts["clipboard"] = QgsApplication.clipboard().text().encode()
    assert URL.encode() in texts[str(tmp_path / "p.qgs")]
    assert b"refuses access" in texts["bar"]
    leaks = [name for name, content in texts.items() if TOKEN.encode() in content]
    assert leaks == []


def _ini():
    from qgis.core import QgsSettings

    settings = QgsSettings()
    settings.sync()
    return settings.fileName()


def test_a_server_whose_authentication_is_gone_maps_nothing_and_says_so(opened, runner, store):
    store.removeAuthenticationConfig(store.configIds()[0])
    opened.dock.mapRequested.emit()
    wait_until(opened._iface.bar_texts)
    assert not opened.session.mapping.is_running
    assert runner.params_of("map") == []
    assert "no longer in QGIS's store" in opened._iface.bar_texts()[0]


def test_the_estimate_says_that_a_network_is_being_measured_and_asks_again(opened, runner, monkeypatch):
    opened.dock.set_device("cpu")
    opened.session.mapping._again.setInterval(50)
    runner.answers["estimate"] = {**runner.answers["estimate"], "is_measuring": True}
    opened.session._view_changed()
    wait_until(lambda: len(runner.params_of("estimate")) >= 3)
    assert "measuring…" in opened.dock.map.run.estimate.text()
    runner.answers["estimate"] = {**runner.answers["estimate"], "seconds": 75.0, "is_measuring": False}
    wait_until(lambda: "about 1 min 15 s" in opened.dock.map.run.estimate.text())
    count = len(runner.params_of("estimate"))
    wait_until(lambda: not opened.session.mapping._again.isActive())
    assert len(runner.params_of("estimate")) == count


def test_what_is_on_its_way_for_another_device_is_not_shown_once_a_server_is_chosen(opened, runner):
    wait_until(lambda: not opened.session.mapping._estimates.is_busy)
    here = {**runner.answers["estimate"], "device": "here", "seconds": 75.0}
    there = {**runner.answers["estimate"], "device": URL}
    opened.dock.set_device("cpu")
    asked = len(runner.params_of("estimate"))
    runner.answers["estimate"] = FakeAnswer(here, delay_s=0.4)
    opened.session._view_changed()
    wait_until(lambda: len(runner.params_of("estimate")) > asked)
    shown, line = [], opened.dock.map.run.estimate
    opened.session.mapping.estimated.connect(lambda _: shown.append(line.text()))
    runner.answers["estimate"] = FakeAnswer(there, delay_s=0.4)
    opened.dock.set_device(URL)
    opened.dock.deviceChanged.emit(URL)
    assert "not known yet" in line.text()
    wait_until(lambda: shown)
    assert URL in shown[0]
    assert runner.params_of("estimate")[-1]["device"] == URL


def test_the_devices_of_the_runner_come_into_the_dock(opened):
    wait_until(lambda: opened.session.models.know.devices)
    assert opened.dock.map.model.device.combo.itemText(0) == "Automatic: Processor (CPU)"
