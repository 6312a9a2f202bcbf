"""The small values: extent, grid, progress, result, model list, columns."""

from __future__ import annotations

import json
import math

import pytest

from glacier_mapper.core.errors import InvalidExtentError
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
    estimate = Estimate("CPU", GRID, 4, None, 300, 12)
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


def test_a_model_info_survives_json():
    assert through_json(BAND_RATIO) == BAND_RATIO
    assert isinstance(through_json(BAND_RATIO), ModelInfo)
    assert [info.name for info in BUILT_IN][0] == "band-ratio"


def test_the_columns_are_unique_and_computed_ones_are_marked():
    names = [field.name for field in OUTLINE_FIELDS]
    assert len(names) == len(set(names))
    assert {field.name for field in OUTLINE_FIELDS if not field.computed} == {"analyst", "review", "note"}
    assert {field.kind for field in OUTLINE_FIELDS} <= {"text", "real", "datetime"}


def test_the_review_order_weighs_doubt_with_area():
    assert unsureness(0.75, 4.0) == 1.0
    assert unsureness(0.5, 1.0) > unsureness(0.9, 4.0)
