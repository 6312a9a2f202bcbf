"""Outlines of any source become labels: whose columns they are, what each polygon is, and on which pixels it lies."""

from __future__ import annotations

import numpy as np
import pyogrio
import pytest
import shapely
from learning_scenes import EAST, NORTH, write_scene
from pyproj import Transformer

from glacier_mapper.core.errors import InvalidOutlinesError, MissingFileError
from glacier_mapper.core.grid import Grid
from glacier_mapper.core.progress import Controls
from glacier_mapper.runner.scene import guess_sources
from glacier_mapper.runner.training.tiles import BuildOrder, build_tiles, open_tiles
from glacier_mapper.runner.training.tiles.outlines import (
    LEFT_OUT,
    REJECTED,
    classes_of,
    convention_of,
    dates_of,
    read_outlines,
)

GRID = Grid("EPSG:32632", (EAST, NORTH), 10.0, (8, 10))


def box(left, top, right, bottom):
    """A rectangle from pixel corners, columns to the right and rows down."""
    return shapely.box(EAST + 10 * left, NORTH - 10 * bottom, EAST + 10 * right, NORTH - 10 * top)


@pytest.fixture
def write(tmp_path):
    """A GeoPackage layer of polygons with columns."""

    def make(geometries, columns=None, *, name="o.gpkg", layer="outlines", crs="EPSG:32632", kind="Polygon"):
        path, columns = tmp_path / name, columns or {}
        pyogrio.raw.write(
            path, shapely.to_wkb(np.array(geometries)), [np.array(values) for values in columns.values()],
            list(columns), layer=layer, driver="GPKG" if name.endswith("gpkg") else "GeoJSON", geometry_type=kind,
            crs=crs, append=path.exists(),
        )  # fmt: skip
        return str(path)

    return make


def text_of(label):
    """A label as lines of digits, "." for not known."""
    return ["".join("." if value == 255 else str(value) for value in row) for row in label]


def test_a_pixel_is_glacier_whose_middle_lies_inside(write):
    path = write([box(1.4, 1.4, 4.6, 3.6)])
    assert text_of(read_outlines(path).burned(GRID))[:5] == [
        "0000000000",
        "0111100000",
        "0111100000",
        "0111100000",
        "0000000000",
    ]


def test_holes_are_no_glacier_and_other_systems_are_carried_over(write):
    with_hole = box(1, 1, 8, 7).difference(box(3, 3, 5, 5))
    plain = read_outlines(write([with_hole])).burned(GRID)
    to_degrees = Transformer.from_crs("EPSG:32632", "EPSG:4326", always_xy=True)
    degrees = shapely.transform(with_hole, lambda xy: np.stack(to_degrees.transform(*xy.T), axis=1))
    assert plain.sum() == 7 * 6 - 4
    carried = read_outlines(write([degrees], name="d.gpkg", crs="EPSG:4326")).burned(GRID)
    np.testing.assert_array_equal(carried, plain)
    again = read_outlines(write([degrees], name="d.geojson", crs="EPSG:4326")).burned(GRID)
    np.testing.assert_array_equal(again, plain)


def test_glims_lines_rock_lakes_and_debris(write):
    shapes = [box(0, 0, 10, 8), box(1, 1, 3, 3), box(4, 1, 6, 3), box(0, 5, 10, 8), box(7, 1, 9, 3), box(8, 0, 9, 1)]
    kinds = ["glac_bound", "intrnl_rock", "pro_lake", "debris_cov", "supra_lake", "snowline"]
    outlines = read_outlines(write(shapes, {"line_type": kinds, "glac_id": ["G007026E45991N"] * 6}))
    assert outlines.convention == "GLIMS"
    assert outlines.licence == "CC-BY-4.0"
    assert text_of(outlines.burned(GRID)) == [
        "1111111111",
        "1001001111",
        "1001001111",
        "1111111111",
        "1111111111",
        "2222222222",
        "2222222222",
        "2222222222",
    ]


def test_nominal_glaciers_and_seasonal_snow_of_rgi_6_are_not_known(write):
    columns = {
        "RGIId": ["RGI60-11.00001", "RGI60-11.00002", "RGI60-11.00003"], "Status": [0, 2, 0], "Form": [0, 0, 3],
        "BgnDate": ["20030799", "-9999999", "20110830"],
    }  # fmt: skip
    outlines = read_outlines(write([box(0, 0, 4, 8), box(3, 0, 6, 8), box(8, 0, 10, 8)], columns))
    assert outlines.convention == "RGI 6"
    assert outlines.dates == ("2003-07", "2011-08-30")
    assert text_of(outlines.burned(GRID)) == ["1111..00.."] * 8


def test_our_own_outlines_count_when_they_are_reviewed(write):
    columns = {
        "outline_id": list("abcd"), "review": ["accepted", "open", "rejected", "needs_work"],
        "src_date": ["2021-08-30"] * 4,
    }  # fmt: skip
    outlines = read_outlines(write([box(0, 0, 2, 8), box(2, 0, 4, 8), box(4, 0, 6, 8), box(6, 0, 8, 8)], columns))
    assert (outlines.convention, outlines.licence) == ("Glacier Mapper", "")
    assert text_of(outlines.burned(GRID)) == ["11..00..00"] * 8


@pytest.mark.parametrize(
    "values", [[True, False], [1, 0], ["yes", "no"], ["True", ""], [2.0, 0.0]],
    ids=["flag", "whole", "word", "text", "share"],
)  # fmt: skip
def test_a_column_debris_marks_covered_outlines(write, values):
    outlines = read_outlines(write([box(0, 0, 3, 8), box(3, 0, 6, 8)], {"Debris": values}))
    assert text_of(outlines.burned(GRID)) == ["2221110000"] * 8


def test_a_layer_debris_marks_what_it_covers_of_the_glaciers(write):
    path = write([box(0, 0, 5, 8)])
    write([box(3, 0, 8, 4)], layer="debris")
    assert text_of(read_outlines(path).burned(GRID)) == ["1112200000"] * 4 + ["1111100000"] * 4
    other = write([box(0, 0, 1, 8)], name="other.gpkg", layer="tongues")
    assert text_of(read_outlines(path, debris=other).burned(GRID)) == ["2111100000"] * 8


def test_the_layer_that_is_named_is_taken(write):
    path = write([box(0, 0, 1, 8)])
    write([box(5, 0, 6, 8)], layer="later")
    assert text_of(read_outlines(path, "later").burned(GRID)) == ["0000010000"] * 8
    with pytest.raises(InvalidOutlinesError, match="no layer nope, but outlines, later"):
        read_outlines(path, "nope")


def test_outlines_elsewhere_leave_no_glacier(write):
    assert read_outlines(write([box(500, 500, 600, 600)])).burned(GRID).sum() == 0


@pytest.mark.parametrize("spoil", ["missing", "no vector", "points", "no system"])
def test_what_is_no_outlines(write, tmp_path, spoil):
    if spoil == "missing":
        with pytest.raises(MissingFileError):
            read_outlines(str(tmp_path / "nowhere.gpkg"))
        return
    path = str(tmp_path / "x.gpkg")
    if spoil == "no vector":
        (tmp_path / "x.gpkg").write_bytes(b"not a GeoPackage")
    elif spoil == "points":
        path = write([shapely.Point(EAST, NORTH)], kind="Point")
    else:
        with pytest.warns(UserWarning, match="'crs' was not provided"):
            path = write([box(0, 0, 1, 1)], crs=None)
    with pytest.raises(InvalidOutlinesError):
        read_outlines(path)


# columns


@pytest.mark.parametrize(
    ("names", "convention"),
    [
        (("rgi_id", "src_date"), "RGI 7"), (("rgiid", "bgndate"), "RGI 6"), (("line_type", "glac_id"), "GLIMS"),
        (("outline_id", "review"), "Glacier Mapper"), (("name",), ""), ((), ""),
    ],
)  # fmt: skip
def test_whose_columns_they_are(names, convention):
    assert convention_of(dict.fromkeys(names, np.array([]))) == convention


def test_classes_by_column():
    assert classes_of({}, 2).tolist() == [1, 1]
    assert classes_of({"line_type": np.array(["GLAC_BOUND", "basin_bound"])}, 2).tolist() == [1, LEFT_OUT]
    reviews = np.array(["accepted", "rejected", "open", None], object)
    assert classes_of({"review": reviews}, 4).tolist() == [1, REJECTED, 255, 255]
    assert classes_of({"status": np.array([2])}, 1).tolist() == [1]  # RGI 6 alone has that code
    both = {"review": np.array(["accepted", "open"]), "debris": np.array([1, 1])}
    assert classes_of(both, 2).tolist() == [2, 255]


@pytest.mark.parametrize(
    ("column", "values", "dates"),
    [
        ("src_date", ["2000-07-01T00:00:00", "2011-08-30"], ("2000-07-01", "2011-08-30")),
        ("bgndate", ["20030799", "19999999"], ("1999", "2003-07")), ("bgndate", ["-9999999", "99999999"], ("", "")),
        ("acq_time", [None, ""], ("", "")), ("name", ["2000-01-01"], ("", "")),
    ],
)  # fmt: skip
def test_dates_by_column(column, values, dates):
    assert dates_of({column: np.array(values, object)}) == dates


# a data set from layers and outlines


def test_a_data_set_from_layers_and_outlines(write, make_raster, tmp_path):
    folder = write_scene(make_raster, tmp_path / "l", "s", label=np.zeros((32, 32)))
    path = write([box(4, 4, 20, 12)], {"rgi_id": ["RGI2000-v7.0-G-11-00001"], "src_date": ["2003-08-01T00:00:00"]})
    sources = guess_sources([str(folder / "s_img.tif")])
    order = BuildOrder(str(tmp_path / "s.zarr"), sources=sources, outlines=path, tile_px=32, split="100/0/0")
    result = build_tiles(order, Controls())
    tile = open_tiles(tmp_path / "s.zarr").tiles("train")[0]
    assert tile.name == "s_00_00"
    assert (tile.label == 1).sum() == 16 * 8
    assert tile.label[4:12, 4:20].all()
    source = result["sources"][0]["label"]
    assert (source["kind"], source["licence"], source["first_date"]) == ("RGI 7", "CC-BY-4.0", "2003-08-01")


def test_real_outlines_have_the_areas_that_they_tell(shared_data):
    """RGI 6 outline of Hintereisferner over a 30 m grid, within half a per cent of its own area."""
    outlines = read_outlines(str(shared_data / "oetztal" / "oetztal_rgi.gpkg"), "rgi6_hintereisferner")
    label = outlines.burned(Grid("EPSG:32632", (625_000.0, 5_195_000.0), 30.0, (600, 600)))
    _, _, _, data = pyogrio.raw.read(
        shared_data / "oetztal" / "oetztal_rgi.gpkg", layer="rgi6_hintereisferner", columns=["Area"]
    )
    assert (label == 1).sum() * 0.0009 == pytest.approx(float(data[0][0]), rel=0.005)
