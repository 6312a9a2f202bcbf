"""Every value that travels between the processes comes back from JSON as it was, whatever it holds.

"JSON" is the text on the wire: `json.dumps` and back, not merely the dictionary in between.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, fields, replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from glacier_mapper.core.branches import REGION_CODES
from glacier_mapper.core.errors import InvalidExtentError, InvalidParameterError
from glacier_mapper.core.extent import Extent
from glacier_mapper.core.grid import Grid
from glacier_mapper.core.messages import Message, in_one_line
from glacier_mapper.core.models import BAND_RATIO, ModelInfo
from glacier_mapper.core.outline_meta import OutlineMeta, OutlinesRequest
from glacier_mapper.core.progress import Progress, Stage
from glacier_mapper.core.refine import LivewirePath, RefinedOutline, RefineOpened, RefineRequest, Stroke
from glacier_mapper.core.request import (
    DEVICES,
    BandRatioSettings,
    BandSource,
    MapRequest,
    NetworkSettings,
    OutlineSettings,
)
from glacier_mapper.core.result import Estimate, MapResult, Preview
from glacier_mapper.core.roles import Role
from glacier_mapper.core.scaling_choice import SCALINGS
from glacier_mapper.core.servers import ServerSetting
from glacier_mapper.core.settings import MAX_MEMORY_MB, MAX_THREADS, Settings, with_values

EXAMPLES = settings(max_examples=30, deadline=None)

texts = st.text(max_size=12)
paths = st.sampled_from(["/a/b.tif", "C:\\Gletscher Ä\\b.tif", "/vsicurl/https://x/y.tif", "/it's \"here\"/é.tif", ""])
numbers = st.floats(-1e12, 1e12)
positive = st.floats(1e-6, 1e9)
counts = st.integers(0, 10**9)
maybe = st.none() | numbers
json_values = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | numbers | texts


@st.composite
def extents(draw):
    xmin, ymin, xmax, ymax = (draw(numbers) for _ in range(4))
    assume(ymin < ymax and xmin != xmax)
    return Extent(xmin, ymin, xmax, ymax, draw(st.sampled_from(["EPSG:4326", "EPSG:3413", 'PROJCRS["ä"]'])))


codes = st.sampled_from(["EPSG:32632", 'PROJCRS["x"]'])
grids = st.builds(Grid, codes, st.tuples(numbers, numbers), positive, st.tuples(counts, counts))
messages = st.builds(Message, texts, st.dictionaries(texts, json_values, max_size=3))
outline_settings = st.builds(
    OutlineSettings, st.floats(0.01, 0.99), st.floats(0, 1e3), st.floats(0, 1e3), st.floats(0, 1)
)
ratios = st.tuples(st.sampled_from(["auto", "red_swir", "nir_swir"]), st.none() | positive)
differences = st.tuples(st.just("ndsi"), st.none() | st.floats(-1, 1))
ratio_settings = st.builds(
    lambda index, *others: BandRatioSettings(*index, *others), ratios | differences, st.floats(0.01, 2.0),
    maybe, maybe, maybe, maybe, numbers, st.sampled_from([1, 3, 5, 7]),
)  # fmt: skip
addresses = st.sampled_from(["http://127.0.0.1:8000", "https://glaciers.example:8443/triton"])
devices = st.sampled_from(DEVICES) | addresses
network_settings = st.builds(
    NetworkSettings, overlap=st.none() | st.floats(0, 0.875), window=st.sampled_from(["", "cosine", "gaussian"]),
    symmetries=st.booleans(), parity=st.sampled_from(["", "reference"]),
    region=st.sampled_from(["auto", *REGION_CODES]), batch=st.integers(0, 256),
    on_server_loss=st.sampled_from(["local", "stop"]),
)  # fmt: skip
servers = st.builds(ServerSetting, addresses, texts, paths, st.sampled_from(["local", "stop"]))
sources = st.builds(
    BandSource, st.sampled_from(Role), paths, st.integers(1, 400), texts, texts, maybe.filter(lambda scale: scale != 0),
    maybe, maybe, st.booleans(), st.sampled_from(list(SCALINGS)), st.booleans(),
)  # fmt: skip
requests = st.builds(
    MapRequest, st.lists(sources, min_size=1, max_size=3, unique_by=lambda source: source.role).map(tuple), paths,
    texts, st.none() | extents(), ratio_settings, outline_settings, network_settings, texts, devices, counts, counts,
    st.booleans(), paths, st.booleans(), st.lists(messages.map(Message.to_json), max_size=2).map(tuple),
)  # fmt: skip
metas = st.builds(OutlineMeta, texts, texts, texts, texts, texts, maybe)
points = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=4).map(tuple)
strokes = st.builds(Stroke, points, st.booleans(), st.floats(0, 1e4))
refined = st.builds(
    RefinedOutline, texts, positive, counts, st.lists(messages, max_size=2).map(tuple), positive
)  # fmt: skip
VALUES = {
    "Stroke": strokes,
    "RefinedOutline": refined,
    "RefineOpened": st.builds(RefineOpened, texts, grids, st.lists(texts, max_size=3).map(tuple), refined),
    "RefineRequest": st.builds(
        RefineRequest, requests, texts, texts, texts, paths, st.lists(strokes, max_size=2).map(tuple)
    ),
    "LivewirePath": st.builds(LivewirePath, points),
    "Extent": extents(),
    "Grid": grids,
    "Message": messages,
    "BandSource": sources,
    "MapRequest": requests,
    "OutlineMeta": metas,
    "OutlinesRequest": st.builds(
        OutlinesRequest, paths, paths, outline_settings, metas, st.booleans(), texts, st.booleans()
    ),
    "Progress": st.builds(Progress, st.sampled_from(Stage), counts, counts, st.floats(0, 1), maybe),
    "MapResult": st.builds(
        MapResult, paths, paths, paths, paths, paths, grids, counts, positive, positive, maybe,
        st.lists(messages.map(Message.to_json), max_size=2),
    ),
    "Estimate": st.builds(
        Estimate, texts, grids, counts, st.none() | positive, counts, counts,
        st.lists(messages.map(Message.to_json), max_size=2),
    ),
    "Preview": st.builds(
        Preview, paths, numbers, texts, st.lists(counts, max_size=4), st.tuples(numbers, numbers), positive
    ),
    "ModelInfo": st.builds(
        ModelInfo, texts, texts, texts, texts, st.lists(st.frozensets(st.sampled_from(Role)), max_size=3).map(tuple),
        st.frozensets(st.sampled_from(Role)),
    ),
}  # fmt: skip


def over_the_wire(value):
    """The value as the other process gets it."""
    return type(value).from_json(json.loads(json.dumps(value.to_json(), allow_nan=False)))


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
@EXAMPLES
@given(data=st.data())
def test_a_value_survives_the_wire(values, data):
    value = data.draw(values)
    again = over_the_wire(value)
    assert again == value
    assert type(again) is type(value)
    assert again.to_json() == value.to_json()


@EXAMPLES
@given(requests, paths)
def test_another_folder_is_all_that_changes(request, folder):
    moved = request.with_out_dir(folder)
    assert moved.out_dir == folder
    assert replace(moved, out_dir=request.out_dir) == request


@EXAMPLES
@given(requests)
def test_sources_by_role_are_all_of_them(request):
    assert set(request.by_role.values()) == set(request.sources)
    assert all(source.role is role for role, source in request.by_role.items())


class TestExtent:
    @pytest.mark.parametrize("corner", range(4))
    @pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
    def test_no_corner_may_be_infinite(self, corner, bad):
        xyxy = [0.0, 0.0, 1.0, 1.0]
        xyxy[corner] = bad
        with pytest.raises(InvalidExtentError) as caught:
            Extent(*xyxy, "EPSG:4326")
        assert "finite" in str(caught.value)

    def test_a_box_across_the_antimeridian_keeps_its_order(self):
        box = Extent(179.5, 65.0, -179.5, 66.0, "EPSG:4326")
        assert over_the_wire(box).xyxy == (179.5, 65.0, -179.5, 66.0)

    @EXAMPLES
    @given(st.floats(-90, 89), st.floats(0, 1e-3, exclude_min=True), st.floats(-180, 180), st.floats(-180, 180))
    def test_any_two_meridians_bound_a_box_but_one_twice_does_not(self, south, height, west, east):
        assume(south + height > south)
        if west == east:
            with pytest.raises(InvalidExtentError):
                Extent(west, south, east, south + height, "EPSG:4326")
        else:
            assert Extent(west, south, east, south + height, "EPSG:4326").xmin == west

    @pytest.mark.parametrize("top", [1.0, 0.0], ids=["flat", "upside down"])
    def test_south_lies_below_north(self, top):
        with pytest.raises(InvalidExtentError) as caught:
            Extent(0.0, 1.0, 1.0, top, "EPSG:32632")
        assert "empty" in str(caught.value)

    @pytest.mark.parametrize("bounds", [[0, 0, 1], [0, 0, 1, "north"], None], ids=["three", "a word", "nothing"])
    def test_what_is_no_box_is_no_extent(self, bounds):
        with pytest.raises((TypeError, ValueError)):
            Extent.from_json({"bounds": bounds, "crs": "EPSG:4326"})


class TestGrid:
    @EXAMPLES
    @given(st.tuples(*[st.integers(0, 10**6)] * 2), st.tuples(*[st.integers(1, 2000)] * 2), st.integers(1, 100))
    def test_bounds_and_geotransform_agree(self, origin_xy, shape_yx, pixel):
        rows, cols = shape_yx
        grid = Grid("EPSG:32632", origin_xy, pixel, shape_yx)
        left, width, skew_x, top, skew_y, height = grid.geotransform
        assert (skew_x, skew_y) == (0.0, 0.0)
        assert grid.bounds_m == (left, top + rows * height, left + cols * width, top)
        west, south, east, north = grid.bounds_m
        assert (east - west) * (north - south) == grid.pixel_count * pixel**2


class TestMessage:
    @EXAMPLES
    @given(st.dictionaries(st.sampled_from(["layer", "path", "reason"]), texts, min_size=3, max_size=3))
    def test_details_stand_where_their_name_stood(self, details):
        message = Message("{layer}: {path} ({reason}).", details)
        assert str(message) == f"{details['layer']}: {details['path']} ({details['reason']})."

    @EXAMPLES
    @given(st.lists(st.sampled_from(["One", "Two.", " Three! ", "Four?", "", "  ", "Five…", "Six:"]), max_size=6))
    def test_one_line_has_every_sentence_once_and_in_order(self, parts):
        line = in_one_line(*parts)
        words = [part.strip().rstrip(".") for part in parts if part.strip()]
        assert line.replace(". ", " ").rstrip(".") == " ".join(words).rstrip(".")
        assert line == in_one_line(line)
        assert ".." not in line
        assert "  " not in line


class TestSettings:
    @EXAMPLES
    @given(
        st.builds(
            Settings, texts, texts, texts, st.integers(0, MAX_THREADS), st.integers(0, MAX_MEMORY_MB), texts, texts,
            texts, st.lists(servers, max_size=2).map(tuple), texts, devices, network_settings, ratio_settings,
            outline_settings, st.booleans(),
        )
    )  # fmt: skip
    def test_a_store_gives_back_what_it_was_given(self, chosen):
        stored = json.loads(json.dumps(chosen.to_json(), allow_nan=False))
        assert with_values(Settings(), stored) == chosen

    @EXAMPLES
    @given(st.dictionaries(st.sampled_from([one.name for one in fields(Settings)]), json_values))
    def test_no_stored_value_makes_settings_that_are_not_valid(self, stored):
        found = with_values(Settings(), stored)
        assert Settings(**{one.name: getattr(found, one.name) for one in fields(Settings)}) == found
        assert found.threads in range(MAX_THREADS + 1)

    def test_a_number_that_is_none_is_left_out(self):
        found = with_values(Settings(), {"band_ratio": {"threshold": math.nan}, "outlines": {"min_area_km2": math.inf}})
        assert found == Settings()


class TestNumbersThatAreNone:
    """NaN compares false with everything, so a plain range check lets it through."""

    @pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
    @pytest.mark.parametrize("name", [name for name, value in asdict(OutlineSettings()).items() if value is not None])
    def test_in_the_outlines_settings(self, name, bad):
        with pytest.raises(InvalidParameterError) as caught:
            OutlineSettings(**{name: bad})
        assert caught.value.details["name"] == name

    @pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
    @pytest.mark.parametrize(
        "name",
        ["threshold", "softness", "min_blue", "max_ndwi", "max_ndvi", "max_temperature_k", "water_max_slope_deg"],
    )
    def test_in_the_models_settings(self, name, bad):
        with pytest.raises(InvalidParameterError) as caught:
            BandRatioSettings(**{name: bad})
        assert caught.value.details["name"] == name

    def test_the_setting_that_is_wrong_is_the_one_that_is_named(self):
        with pytest.raises(InvalidParameterError) as caught:
            OutlineSettings(min_hole_km2=-1.0)
        assert caught.value.details["name"] == "min_hole_km2"
        assert caught.value.details["value"] == -1.0


class TestModel:
    @EXAMPLES
    @given(st.frozensets(st.sampled_from(Role)))
    def test_what_is_missing_makes_it_run_and_nothing_less_does(self, roles):
        gap = BAND_RATIO.missing(roles)
        assert not gap & roles
        assert not BAND_RATIO.missing(roles | gap)
        assert all(BAND_RATIO.missing(roles | (gap - {one})) for one in gap)

    @EXAMPLES
    @given(st.frozensets(st.sampled_from(Role)), st.sampled_from(Role))
    def test_another_layer_never_widens_the_gap(self, roles, more):
        assert len(BAND_RATIO.missing(roles | {more})) <= len(BAND_RATIO.missing(roles))
