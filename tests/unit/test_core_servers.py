"""Servers, devices, regions, fitting, the shelf, speed and curves: values that the dock shows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from glacier_mapper.core.addresses import holds_secret, plain_address
from glacier_mapper.core.branches import REGION_CODES, Branch
from glacier_mapper.core.calibration_curve import curve, is_monotone
from glacier_mapper.core.choice import BandChoice, MapOrder, check_model
from glacier_mapper.core.devices import Device
from glacier_mapper.core.errors import InvalidParameterError, MissingRoleError
from glacier_mapper.core.fitting import Verdict, fit_of
from glacier_mapper.core.keras_form import KerasForm, name_from
from glacier_mapper.core.messages import Message
from glacier_mapper.core.model_card import Calibration, CalibrationKind
from glacier_mapper.core.model_errors import InvalidPackageError
from glacier_mapper.core.models import BAND_RATIO, ModelInfo
from glacier_mapper.core.progress import Progress, Stage
from glacier_mapper.core.regions import REGION_LABELS, region_of
from glacier_mapper.core.request import BandSource, NetworkSettings
from glacier_mapper.core.roles import Role, provided
from glacier_mapper.core.servers import ServerAccess, ServerReport, ServerSetting, clean_address, find_server
from glacier_mapper.core.settings import Settings, with_values
from glacier_mapper.core.shelf import ModelShelf, Shelved
from glacier_mapper.core.speed import Speed, TileClock

URL = "https://gpu.example.org:8000"
NETWORK = ModelInfo(
    "net", "Net", "1", "", (frozenset({Role.RED, Role.SWIR1}),), frozenset({Role.RED, Role.SWIR1, Role.ELEVATION})
)


@pytest.mark.parametrize(
    "url",
    [
        "gpu.example.org", "ftp://gpu", "https://", "https://anna:hush@gpu:8000", "https://gpu/?token=hush",
        "https://gpu/#hush", "https://gpu:8000/", "https://g pu", "anna:hush@gpu:8000", "gpu:8000?token=hush",
        "ftp://anna:hush@gpu", "https://anna:hu?sh@gpu", "https://gpu?token=hush@hush", "https://anna:hu#hush@gpu",
    ],
)
def test_an_address_holds_no_secret_and_nothing_odd(url):
    with pytest.raises(InvalidParameterError) as caught:
        ServerSetting(url)
    assert "hu" not in str(caught.value).lower().replace("though", "")
    assert "hush" not in str(caught.value.details)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://anna:hush@gpu:8000/serve", "https://gpu:8000/serve"),
        ("https://gpu/serve?token=hush&b=1", "https://gpu/serve"),
        ("https://gpu#hush", "https://gpu"),
        ("gpu:8000?token=hush", "gpu:8000"),
        ("anna:hush@gpu", "gpu"),
        ("https://anna:hu?sh@gpu", "https://…"),
        ("https://gpu/?token=a@b", "https://…"),
        ("https://gpu:8000", "https://gpu:8000"),
        ("cuda", "cuda"),
    ],
)
def test_an_address_as_it_may_be_shown(address, shown):
    assert plain_address(address) == shown
    assert plain_address(shown) == shown
    assert holds_secret(address) == (address != shown)


def test_what_happens_when_a_server_dies_is_one_of_two():
    assert ServerSetting(URL).on_loss == "local"
    with pytest.raises(InvalidParameterError):
        ServerSetting(URL, on_loss="wait")


def test_a_server_is_found_by_its_address_however_it_was_typed():
    servers = (ServerSetting("https://other"), ServerSetting(URL))
    assert find_server(servers, f" {URL}/ ") is servers[1]
    assert find_server(servers, "auto") is None
    assert clean_address(" https://a/b// ") == "https://a/b"


def test_servers_come_back_from_the_settings_and_one_bad_one_drops_no_other():
    settings = Settings(servers=(ServerSetting(URL, "abc1234", "/ca.pem", "stop"),), device=URL)
    assert with_values(Settings(), settings.to_json()) == settings
    stored = [{"url": URL, "more": "x"}, {"url": "nonsense"}, 7, {"auth_id": "a"}, {"url": URL, "on_loss": 3}]
    assert with_values(Settings(), {"servers": stored}).servers == (ServerSetting(URL),)
    assert with_values(settings, {"servers": "no list"}) == settings


@pytest.mark.parametrize("bad", ["gpu 7", "https://a:b@host", "https://host?token=hush", 3, None], ids=str)
def test_a_device_that_no_request_takes_is_left_out(bad):
    assert with_values(Settings(threads=2), {"device": bad}) == Settings(threads=2)


def test_network_settings_come_back_key_by_key():
    found = with_values(Settings(), {"network": {"overlap": 0.5, "window": "square", "symmetries": True, "batch": 4.0}})
    assert found.network == NetworkSettings(overlap=0.5, symmetries=True, batch=4)


def test_the_order_carries_device_network_and_live_file_into_the_request():
    settings = NetworkSettings(overlap=0.25, on_server_loss="stop")
    order = MapOrder((), model="net", device=URL, network=settings, live="/t/live.tif")
    request = order.request([BandSource(Role.RED, "/a.tif")], "/out", None)
    assert (request.device, request.network, request.live, request.model) == (URL, settings, "/t/live.tif", "net")


def test_a_package_is_checked_for_its_roles_like_a_built_in_model():
    order = MapOrder((BandChoice(Role.RED, "a"),), model="net", info=NETWORK)
    with pytest.raises(MissingRoleError, match="swir1"):
        check_model(order)
    check_model(replace(order, choices=(*order.choices, BandChoice(Role.SWIR1, "a", 2))))
    check_model(replace(order, info=None))


def test_what_opens_the_door_stands_in_the_params_alone():
    access = ServerAccess(URL, {"Authorization": "Bearer hush"}, "/ca.pem")
    assert access.params() == {"url": URL, "headers": {"Authorization": "Bearer hush"}, "ca_file": "/ca.pem"}
    assert "hush" not in repr(access)


def test_a_report_takes_models_as_names_and_as_objects():
    said = {"url": URL, "live": True, "name": "triton", "version": None, "models": [{"name": "a", "ready": True}, "b"]}
    assert ServerReport.from_json(said) == ServerReport(URL, True, "triton", "", ("a", "b"))
    assert ServerReport.from_json({}) == ServerReport("", False)


def test_a_device_comes_with_its_reason():
    reason = Message("Built without {name}.", {"name": "it"})
    data = {"name": "cuda", "title": "Card", "available": False, "reason": reason.to_json(), "chosen": False}
    assert Device.from_json(data) == Device("cuda", "Card", False, reason, False)
    assert Device.from_json({"name": "cpu", "reason": None}) == Device("cpu", "cpu")


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ((8.0, 46.5), "ALP"), ((-150.5, 61.0), "AWA"), ((-117.0, 51.5), "AWA"), ((43.0, 43.0), "CA"),
        ((-50.0, 69.2), "GR"), ((-21.0, 76.8), "GR"), ((86.9, 28.0), "HMA"), ((72.0, 38.8), "HMA"),
        ((-77.5, -9.1), "LL"), ((37.35, -3.07), "LL"), ((170.1, -43.6), "NZ"), ((-73.2, -49.3), "SA"),
        ((7.0, 61.7), "SC"), ((18.0, 67.9), "SC"), ((16.0, 78.5), "SVAL"), ((-60.0, -65.0), "AN"),
        ((-19.0, 64.4), "unknown"), ((-80.0, 80.0), "unknown"), ((55.0, 80.5), "unknown"), ((140.0, 36.0), "unknown"),
    ],
    ids=str,
)  # fmt: skip
def test_places_lie_in_their_regions(place, code):
    """Aletsch, Denali, Columbia Icefield, Elbrus, Ilulissat, ... Vatnajökull, Ellesmere, Franz Josef, Japan."""
    assert region_of(*place) == code


def test_every_region_has_a_name():
    assert set(REGION_LABELS) == set(REGION_CODES)


@pytest.mark.parametrize(
    ("regions", "roles", "here", "verdict"),
    [
        ((), {Role.RED, Role.SWIR1}, "ALP", Verdict.FITS),
        (("ALP",), {Role.RED, Role.SWIR1}, "ALP", Verdict.FITS),
        (("ALP",), {Role.RED, Role.SWIR1}, "NZ", Verdict.ELSEWHERE),
        (("ALP",), {Role.RED}, "NZ", Verdict.LACKS),
        (("ALP",), {Role.RED, Role.SWIR1}, "", Verdict.FITS),
        (("ALP",), {Role.RED, Role.SWIR1}, "unknown", Verdict.FITS),
        (("Karakoram",), {Role.RED, Role.SWIR1}, "NZ", Verdict.FITS),
        (("ALP", "Karakoram"), {Role.RED, Role.SWIR1}, "NZ", Verdict.FITS),
    ],
    ids=["all regions", "here", "elsewhere", "lacking first", "nobody knows", "nowhere", "free name", "mixed"],
)
def test_a_missing_role_comes_before_another_region(regions, roles, here, verdict):
    fit = fit_of(NETWORK, regions, roles, here)
    assert fit.verdict is verdict
    assert fit.missing == (frozenset({Role.SWIR1}) if verdict is Verdict.LACKS else frozenset())


class Card:
    """As much of a ModelCard as a shelf needs."""

    def __init__(self, name, title):
        self.name, self._info = name, replace(NETWORK, name=name, title=title)
        self.description = self._info

    def info(self):
        return self._info


def test_a_shelf_lists_the_first_of_two_and_no_broken_one():
    first, second, other = Card("a", "Zebra"), Card("a", "Older"), Card("b", "ant")
    broken = Shelved(Path("/m/half"), error=InvalidPackageError(model="half", reason="x."))
    shelf = ModelShelf(Path("/m"), (Shelved(Path("/m/a"), first), broken, Shelved(Path("/p/a"), second),
                                    Shelved(Path("/p/b"), other), Shelved(Path("/p/c"), Card("band-ratio", "X"))))
    assert shelf.cards() == {"a": first, "b": other}
    assert [info.title for info in shelf.infos()] == [BAND_RATIO.title, "ant", "Zebra"]
    assert broken.name == "half"


def progress(done, stage=Stage.PREDICTING):
    return Progress(stage, done, 40, done / 40)


def test_the_speed_is_that_between_the_first_and_the_last_tile():
    clock = TileClock("CPU")
    clock.note(progress(0, Stage.READING), 1.0)
    clock.note(progress(2), 10.0)
    clock.note(progress(20), 14.0)
    clock.note(progress(38), 22.0)
    clock.note(progress(0, Stage.TRACING), 90.0)
    assert clock.speed() == Speed(3.0, "CPU")  # 36 tiles in 12 s


@pytest.mark.parametrize("steps", [[], [(1, 0.0)], [(0, 0.0), (40, 0.1)], [(4, 0.0), (4, 9.0)]], ids=str)
def test_too_little_is_no_speed(steps):
    clock = TileClock()
    for done, now_s in steps:
        clock.note(progress(done), now_s)
    assert clock.speed() is None


def test_no_calibration_is_no_curve():
    assert curve(Calibration()) == []


def test_a_temperature_of_two_takes_the_root_of_the_odds():
    points = dict(curve(Calibration(CalibrationKind.TEMPERATURE, temperature=2.0), points=11))
    # odds 0.9 / 0.1 = 9, root 3, p = 3 / 4
    assert points[0.9] == pytest.approx(0.75)
    assert points[0.5] == pytest.approx(0.5)
    assert is_monotone(list(points.items()))


def test_a_vector_shifts_and_scales_by_class():
    values = Calibration(CalibrationKind.VECTOR, scale=(1.0, 1.0), bias=(0.0, 1.0986122887))
    # exp(1.0986) = 3: odds of 1 become 3
    assert dict(curve(values, points=3))[0.5] == pytest.approx(0.75)
    turned = replace(values, bias=(1.0986122887, 0.0))
    assert dict(curve(turned, ice_class=0, points=3))[0.5] == pytest.approx(0.75)


def test_a_kernel_is_clipped_and_need_not_rise():
    kernel = Calibration(CalibrationKind.CONFIDENCE_KERNEL, gamma=2.0, support=(0.0, 1.0), coefficients=(0.8, -0.3))
    points = curve(kernel, points=3)
    # 0.8 - 0.3 exp(-2) = 0.7594; 0.5 exp(-1) = 0.1839; 0.8 exp(-2) - 0.3 = -0.19, clipped
    assert [round(y, 4) for _, y in points] == [0.7594, 0.1839, 0.0]
    assert not is_monotone(points)


@pytest.mark.parametrize("name", ["", "../x", "ab", "a b", "-ab", "a/b", "x" * 65, "abc-", "1ab", "NUL"])
def test_a_package_name_is_a_plain_folder_name(name):
    form = KerasForm("/w.h5", "glavitu", (Branch.OPTICAL,), name)
    with pytest.raises(InvalidParameterError):
        form.check()


def test_a_form_without_inputs_is_refused():
    with pytest.raises(InvalidParameterError, match="inputs"):
        KerasForm("/w.h5", "glavitu", (), "net").check()
    KerasForm("/w.h5", "glavitu", (Branch.DEM,), "net").check()


def test_a_name_is_made_of_the_files():
    assert name_from("/w/GlaViTU Global (v2).h5") == "glavitu-global-v2"
    assert name_from("/w/….h5") == ""


@pytest.mark.parametrize(
    ("roles", "more"),
    [
        ({Role.ELEVATION}, {Role.SLOPE}), ({Role.SLOPE}, set()), ({Role.RED}, set()),
        ({Role.CO_POL, Role.COHERENCE}, {Role.CO_POL_2, Role.COHERENCE_2}), ({Role.CROSS_POL_2}, set()),
    ],
    ids=str,
)  # fmt: skip
def test_slope_comes_with_elevation_and_a_second_orbit_with_the_first(roles, more):
    assert provided(roles) == roles | more
    need = replace(NETWORK, needs=(frozenset(roles | more),))
    assert need.missing(roles) == frozenset()
    assert need.missing(more) == roles - more
