"""The small values: extent, grid, progress, result, model list, columns."""

from __future__ import annotations

import json
import math

import pytest

from glacier_mapper.core.choice import MapOrder
from glacier_mapper.core.errors import InvalidExtentError, InvalidParameterError
from glacier_mapper.core.extent import Extent
from glacier_mapper.core.grid import Grid
from glacier_mapper.core.models import BAND_RATIO, BUILT_IN, ModelInfo
from glacier_mapper.core.outline_fields import (
    EDIT_STATE_LABELS,
    OUTLINE_FIELDS,
    REVIEW_LABELS,
    EditState,
    Review,
    unsureness,
)
from glacier_mapper.core.progress import STAGE_LABELS, Progress, Stage
from glacier_mapper.core.request import BandSource, with_image_facts
from glacier_mapper.core.result import Estimate, MapResult, Preview
from glacier_mapper.core.roles import Role

GRID = Grid("EPSG:32632", (600000.0, 5200000.0), 10.0, (30, 20))


def through_json(value):
    return type(value).from_json(json.loads(json.dumps(value.to_json())))


@pytest.mark.parametrize(
    "xyxy",
    [
        (0, 0, 0, 1),
        (0, 1, 1, 1),
        (0, 2, 1, 1),
        (math.nan, 0, 1, 1),
        (0, 0, math.inf, 1),
        (-math.inf, 0, 1, 1),
    ],
    ids=["no width", "no height", "upside down", "nan", "infinite", "minus infinite"],
)
def test_an_extent_must_be_a_finite_rectangle(xyxy):
    with pytest.raises(InvalidExtentError):
        Extent(*xyxy, crs="EPSG:4326")


def test_an_extent_may_cross_the_antimeridian():
    extent = Extent(179.0, 51.0, -179.0, 52.0, "EPSG:4326")
    assert extent.xyxy == (179.0, 51.0, -179.0, 52.0)
    assert through_json(extent) == extent


def test_an_extent_describes_itself_shortly():
    assert Extent(1.23456789, 2, 3, 4, "EPSG:4326").describe() == "(1.23457, 2, 3, 4)"


def test_a_grid_knows_its_corners():
    assert GRID.bounds_m == (600000.0, 5199700.0, 600200.0, 5200000.0)
    assert GRID.geotransform == (600000.0, 10.0, 0.0, 5200000.0, 0.0, -10.0)
    assert GRID.pixel_count == 600
    assert through_json(GRID) == GRID


@pytest.mark.parametrize("seconds_left", [None, 12.5])
def test_progress_survives_json(seconds_left):
    progress = Progress(Stage.PREDICTING, 3, 8, 0.4, seconds_left)
    assert progress.to_json()["stage"] == "predicting"
    assert through_json(progress) == progress


def test_every_stage_state_and_review_has_a_label():
    assert set(STAGE_LABELS) == set(Stage)
    assert set(EDIT_STATE_LABELS) == set(EditState)
    assert set(REVIEW_LABELS) == set(Review)


def test_a_result_survives_json():
    files = ("/o/p.tif", "/o/c.tif", "/o/o.gpkg", "/o/r.json")
    result = MapResult("/o", *files, GRID, 3, 1.5, 2.0, 1.9, [{"template": "x"}])
    assert through_json(result) == result


def test_an_estimate_survives_json():
    estimate = Estimate("CPU", GRID, 4, None, 300, 12, [{"template": "x", "details": {}}])
    assert through_json(estimate) == estimate


def test_a_preview_survives_json():
    preview = Preview("/tmp/p.tif", 1.9, "red_swir", [0, 3, 1], (0.0, 5.0), 0.2)
    assert through_json(preview) == preview


@pytest.mark.parametrize(
    ("roles", "missing"),
    [
        ({Role.RED, Role.SWIR1}, set()),
        ({Role.GREEN, Role.SWIR1, Role.BLUE}, set()),
        ({Role.SWIR1}, {Role.GREEN}),
        ({Role.RED, Role.NIR}, {Role.SWIR1}),
        (set(), {Role.GREEN, Role.SWIR1}),
    ],
    ids=["ratio", "ndsi", "one visible band", "no swir", "nothing"],
)
def test_a_model_names_the_smallest_gap(roles, missing):
    assert BAND_RATIO.missing(roles) == missing


def test_a_model_that_one_of_several_layers_is_enough_for_lists_them_all():
    needs = (frozenset({Role.RED, Role.NIR}), frozenset({Role.CO_POL}), frozenset({Role.ELEVATION, Role.SLOPE}))
    model = ModelInfo("compact", "Compact", "1", "", needs, frozenset(Role))
    assert model.lacking({Role.RED}) == "Radar co-pol backscatter; or Near infrared; or Elevation, Slope"
    assert model.lacking({Role.RED, Role.NIR}) == ""
    assert model.gaps({Role.CO_POL}) == ()
    assert BAND_RATIO.lacking({Role.RED}) == "Shortwave infrared 1 (1.6 µm)"  # what holds more is no alternative
    assert BAND_RATIO.lacking({Role.SWIR1}) == "Green; or Near infrared; or Red"


def test_a_model_info_survives_json():
    assert through_json(BAND_RATIO) == BAND_RATIO
    assert isinstance(through_json(BAND_RATIO), ModelInfo)
    assert [info.name for info in BUILT_IN][0] == "band-ratio"


def test_the_columns_are_unique_and_computed_ones_are_marked():
    names = [field.name for field in OUTLINE_FIELDS]
    assert len(names) == len(set(names))
    assert {field.name for field in OUTLINE_FIELDS if not field.computed} == {"analyst", "src_date", "review", "note"}
    assert {field.kind for field in OUTLINE_FIELDS} <= {"text", "real", "datetime"}


def test_the_review_order_weighs_doubt_with_area():
    assert unsureness(0.75, 4.0) == 1.0
    assert unsureness(0.5, 1.0) > unsureness(0.9, 4.0)


# What the analyst says of the image


def sources():
    return (
        BandSource(Role.RED, "i.tif", 1, date="2020-01-01"),
        BandSource(Role.SWIR1, "i.tif", 2, scale=2.0, offset=1.0),
        BandSource(Role.NIR, "physical.tif", scale=1.0, offset=0.0),
        BandSource(Role.ELEVATION, "dem.tif", date="2013-01-01"),
    )


def test_scaling_and_day_are_those_of_the_image_alone():
    red, swir, nir, dem = with_image_facts(sources(), "landsat-c2-l2", "2021-08-31")
    assert (red.scaling, red.date) == ("landsat-c2-l2", "2021-08-31")
    assert (swir.scaling, swir.scale, swir.offset) == ("landsat-c2-l2", None, None)
    assert (nir.scaling, nir.scale, nir.date) == ("auto", 1.0, "2021-08-31")
    assert dem == sources()[3]


def test_nothing_said_changes_nothing():
    assert with_image_facts(sources()) == sources()


@pytest.mark.parametrize("day", ["2021-8-31", "31.8.2021", "2021-02-30", "20210831", "yesterday"])
def test_a_day_is_a_day(day):
    with pytest.raises(InvalidParameterError, match="date can't be"):
        with_image_facts(sources(), acquired=day)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [({"scaling": "sentinel"}, "scaling"), ({"scale": 0.0}, "scale"), ({"scale": float("nan")}, "scale"),
     ({"offset": float("inf")}, "offset")],
)  # fmt: skip
def test_a_source_refuses_what_scales_nothing(wrong, named):
    with pytest.raises(InvalidParameterError, match=f"{named} can't be"):
        BandSource(Role.RED, "i.tif", **wrong)


def test_an_order_gives_its_facts_to_the_request():
    order = MapOrder((), scaling="reflectance", acquired="2021-08-31")
    request = order.request([BandSource(Role.RED, "r.tif")], "out", None)
    assert (request.sources[0].scaling, request.sources[0].date) == ("reflectance", "2021-08-31")
    assert through_json(request) == request
