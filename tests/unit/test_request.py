"""Requests: frozen, checked when they are made, and the same after a journey as JSON."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError

import pytest

from glacier_mapper.core.errors import DuplicateRoleError, InvalidExtentError, InvalidParameterError, NoLayersError
from glacier_mapper.core.extent import Extent
from glacier_mapper.core.request import BandRatioSettings, BandSource, MapRequest, OutlineSettings
from glacier_mapper.core.roles import OPTICAL_ROLES, ROLE_LABELS, Role


@pytest.fixture
def request_():
    return MapRequest(
        sources=(
            BandSource(Role.RED, "/scenes/a ü.tif", 3, "Scene", "2026-08-31", 1e-4, -0.1, 0.0),
            BandSource(Role.SWIR1, "/scenes/a ü.tif", 5, temporary=True),
        ),
        out_dir="/out",
        extent=Extent(600000, 5100000, 610000, 5110000, "EPSG:32632"),
        band_ratio=BandRatioSettings(index="red_swir", threshold=2.0, min_blue=None),
        outlines=OutlineSettings(threshold=0.4, min_area_km2=0.02, smoothing=0.0),
        analyst="A. Nalyst",
        threads=2,
        memory_limit_mb=1500,
        overwrite=True,
    )


def test_a_request_survives_json(request_):
    assert MapRequest.from_json(json.loads(json.dumps(request_.to_json()))) == request_


def test_a_request_without_an_extent_survives_json():
    request = MapRequest((BandSource(Role.RED, "a.tif"),), "out")
    assert request.to_json()["extent"] is None
    assert MapRequest.from_json(request.to_json()) == request


def test_the_output_folder_can_be_exchanged(request_):
    other = request_.with_out_dir("/elsewhere")
    assert other.out_dir == "/elsewhere"
    assert other.sources == request_.sources
    assert request_.out_dir == "/out"


def test_a_request_can_not_be_changed(request_):
    with pytest.raises(FrozenInstanceError):
        request_.model = "other"


def test_sources_are_found_by_role(request_):
    assert request_.by_role[Role.SWIR1].band == 5
    assert Role.BLUE not in request_.by_role


def test_no_sources_is_an_error():
    with pytest.raises(NoLayersError):
        MapRequest((), "out")


def test_a_role_taken_twice_names_both_layers():
    twice = (BandSource(Role.RED, "a.tif", layer="North"), BandSource(Role.RED, "/x/south.tif"))
    with pytest.raises(DuplicateRoleError) as caught:
        MapRequest(twice, "out")
    assert "North, south.tif" in str(caught.value)


def test_unknown_keys_are_refused(request_):
    with pytest.raises(TypeError):
        MapRequest.from_json({**request_.to_json(), "colour": "red"})


@pytest.mark.parametrize(
    ("layer", "path", "label"),
    [("Scene", "/a/b.tif", "Scene"), ("", "/a/b c.tif", "b c.tif")],
    ids=["layer name", "file name"],
)
def test_the_label_is_the_layers_name_or_the_files(layer, path, label):
    assert BandSource(Role.RED, path, layer=layer).label == label


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"index": "ndvi"}, "index"),
        ({"median_px": 2}, "median_px"),
        ({"median_px": 9}, "median_px"),
        ({"softness": 0.0}, "softness"),
        ({"softness": 2.1}, "softness"),
        ({"softness": float("nan")}, "softness"),
    ],
    ids=str,
)
def test_band_ratio_settings_out_of_range_are_named(settings, name):
    with pytest.raises(InvalidParameterError) as caught:
        BandRatioSettings(**settings)
    assert caught.value.details["name"] == name


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"threshold": 0.0}, "outline threshold"),
        ({"threshold": 1.0}, "outline threshold"),
        ({"min_area_km2": -0.1}, "min_area_km2"),
        ({"min_hole_km2": -1}, "min_hole_km2"),
        ({"smoothing": 1.01}, "smoothing"),
    ],
    ids=str,
)
def test_outline_settings_out_of_range_are_named(settings, name):
    with pytest.raises(InvalidParameterError) as caught:
        OutlineSettings(**settings)
    assert caught.value.details["name"] == name


def test_the_ends_that_an_outline_threshold_may_not_have_are_said():
    with pytest.raises(InvalidParameterError) as caught:
        OutlineSettings(threshold=0.0)
    assert str(caught.value) == "outline threshold can't be 0.0. It must be above 0 and below 1."


def test_the_defaults_are_those_of_the_field():
    assert OutlineSettings().min_area_km2 == 0.01
    assert OutlineSettings().threshold == 0.5
    assert BandRatioSettings().threshold is None
    assert BandRatioSettings().median_px == 3


def test_a_bad_extent_in_a_request_is_an_extent_error(request_):
    data = request_.to_json()
    data["extent"]["bounds"] = [1.0, 2.0, 1.0, 3.0]
    with pytest.raises(InvalidExtentError):
        MapRequest.from_json(data)


def test_every_role_has_a_label_and_the_optical_ones_come_in_band_order():
    assert set(ROLE_LABELS) == set(Role)
    assert [role.value for role in OPTICAL_ROLES] == ["blue", "green", "red", "nir", "swir1", "swir2"]
