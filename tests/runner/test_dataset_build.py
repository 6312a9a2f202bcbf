"""A tile data set from scenes: what is in it is what lies in the files, and a changed byte is found."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest
import zarr
from learning_scenes import EAST, NORTH, checked_label, ramp, write_scene

from glacier_mapper.core.branches import Branch
from glacier_mapper.core.errors import (
    Cancelled,
    InvalidParameterError,
    MissingFileError,
    NoValidPixelsError,
    OutputExistsError,
    OutputNotWritableError,
    UsageError,
)
from glacier_mapper.core.model_errors import ChecksumError, InvalidDataSetError, MissingPythonPackageError
from glacier_mapper.core.progress import Controls
from glacier_mapper.runner.training.tiles import BuildOrder, build_tiles, check_tiles, describe_tiles, open_tiles
from glacier_mapper.runner.training.tiles.tile import GUARD

SIDE = 16


@pytest.fixture
def scenes(make_raster, tmp_path):
    """Two scenes of 32 x 40 pixels 100 km apart: one with terrain and debris, one without."""
    folder = tmp_path / "scenes"
    debris = np.zeros((32, 40), np.uint8)
    debris[:8] = 1
    dem = np.tile(np.arange(40, dtype=np.float32) * 10 + 1000, (32, 1))
    label = checked_label(32, 40)
    label[0, 0] = 255
    write_scene(make_raster, folder, "a", label=label, debris=debris, dem=dem)
    write_scene(make_raster, folder, "b", label=np.zeros((32, 40)), image=ramp(32, 40) + 0.7, east=EAST + 100_000)
    return folder


@pytest.fixture
def build(scenes, tmp_path):
    """A data set of the scenes: 16 px a tile, by scene."""

    def make(out="set.zarr", controls=None, **order):
        order.setdefault("split", "")
        if order["split"] == "":
            (scenes / "split.json").write_text(json.dumps({"train": ["a"], "validation": ["b"]}))
        values = {"scenes": str(scenes), "tile_px": SIDE, **order}
        return build_tiles(BuildOrder(out=str(tmp_path / out), **values), controls or Controls())

    return make


# what is in it


def test_tiles_hold_the_pixels_of_their_scene(build, tmp_path):
    build()
    store = open_tiles(tmp_path / "set.zarr")
    assert store.splits == {"train": 6, "validation": 6}
    tile = next(one for one in store.tiles("train") if one.name == "a_01_01")
    expected = ramp(32, 40)[:, 16:32, 16:32]
    np.testing.assert_array_equal(tile.inputs[Branch.OPTICAL], expected)
    assert tile.inputs[Branch.OPTICAL].dtype == np.float32
    np.testing.assert_array_equal(tile.label, checked_label(32, 40)[16:32, 16:32])
    np.testing.assert_array_equal(tile.inputs[Branch.DEM][0], np.tile(np.arange(16, 32) * 10 + 1000, (16, 1)))
    np.testing.assert_allclose(tile.inputs[Branch.DEM][1], 45.0, atol=1e-3)  # 10 m up on 10 m
    assert tile.region == "ALP"


def test_debris_is_a_class_of_its_own_and_gaps_are_not_known(build, tmp_path):
    build()
    tile = open_tiles(tmp_path / "set.zarr").tiles("train")[0]
    expected = checked_label(32, 40)[:16, :16].copy()
    expected[:8][expected[:8] == 1] = 2
    expected[0, 0] = 255
    np.testing.assert_array_equal(tile.label, expected)
    assert tile.record.class_px == (128, 64, 63, 1)


def test_a_tile_over_the_edge_is_filled_up_with_no_data(build, tmp_path):
    """The scene is 40 px wide: of its last tiles 8 columns are real."""
    build()
    tile = next(one for one in open_tiles(tmp_path / "set.zarr").tiles("train") if one.name == "a_00_02")
    assert np.isfinite(tile.inputs[Branch.OPTICAL][:, :, :8]).all()
    assert np.isnan(tile.inputs[Branch.OPTICAL][:, :, 8:]).all()
    assert (tile.label[:, 8:] == 255).all()
    assert tile.record.bounds_m == (EAST + 320, NORTH - 160, EAST + 400, NORTH)


def test_a_branch_that_a_scene_lacks_is_no_data_and_takes_no_chunk(build, tmp_path):
    build()
    store = open_tiles(tmp_path / "set.zarr")
    assert store.branches == (Branch.OPTICAL, Branch.DEM)
    assert all(np.isnan(tile.inputs[Branch.DEM]).all() for tile in store.tiles("validation"))
    root = tmp_path / "set.zarr"
    assert len(list((root / "inputs" / "dem").glob("[0-9]*"))) == 6
    assert len(list((root / "inputs" / "optical").glob("[0-9]*"))) == 12


def test_any_reader_of_zarr_finds_one_chunk_a_tile(build, tmp_path):
    build()
    group = zarr.open_group(str(tmp_path / "set.zarr"), mode="r")
    optical = group["inputs/optical"]
    assert optical.shape == (12, 6, SIDE, SIDE)
    assert optical.chunks == (1, 6, SIDE, SIDE)
    assert optical.attrs["_ARRAY_DIMENSIONS"] == ["tile", "band", "row", "col"]
    assert group["label"].chunks == (1, SIDE, SIDE)
    assert [one["name"] for one in group.attrs["glacier_mapper_tiles"]["classes"]] == [
        "other", "glacier", "debris-covered glacier", "not known",
    ]  # fmt: skip


def test_tiles_are_read_one_by_one_and_the_store_goes_to_other_processes(build, tmp_path):
    build()
    store = open_tiles(tmp_path / "set.zarr")
    tiles = store.tiles("train")
    again = pickle.loads(pickle.dumps(tiles))
    np.testing.assert_array_equal(again[-1].label, tiles[5].label)
    assert [one.name for one in tiles[1:3]] == [record.name for record in tiles.records][1:3]
    assert len(store.tiles("")) == 12
    assert len(store.tiles("no-such-part")) == 0
    with pytest.raises(IndexError):
        tiles[6]


def test_empty_tiles_are_left_out(build, scenes, make_raster, tmp_path):
    """A scene whose left half has no data, and whose lower right quarter nobody knows."""
    image, label = ramp(32, 32), checked_label(32, 32)
    image[:, :, :16] = np.nan
    label[16:, 16:] = 255
    write_scene(make_raster, scenes, "a", label=label, image=image)
    (scenes / "a_dem.tif").unlink()
    build()
    names = [record.name for record in open_tiles(tmp_path / "set.zarr").tiles("train").records]
    assert names == ["a_00_01"]


def test_statistics_are_those_of_the_training_tiles_alone(build, tmp_path):
    result = build()
    store = open_tiles(tmp_path / "set.zarr")
    truth = ramp(32, 40)[2].astype(np.float64)
    red = store.statistics[Branch.OPTICAL][2]
    assert red.role == "red"
    assert red.count == 32 * 40
    assert (red.minimum, red.maximum) == pytest.approx((truth.min(), truth.max()))
    assert (red.mean, red.std) == pytest.approx((truth.mean(), truth.std()), rel=1e-6)
    assert (red.p01, red.p99) == pytest.approx(tuple(np.percentile(truth, (1, 99))), rel=1e-5)
    assert red.maximum < 0.7 <= open_tiles(tmp_path / "set.zarr").tiles("validation")[0].inputs[Branch.OPTICAL].min()
    assert result["statistics"]["optical"][2]["mean"] == pytest.approx(truth.mean())


def test_radar_has_statistics_of_its_logarithms(make_raster, tmp_path):
    folder = write_scene(make_raster, tmp_path / "r", "a", label=checked_label(16, 16))
    radar = np.stack([np.full((16, 16), 0.01, np.float32), np.full((16, 16), np.nan, np.float32)])
    make_raster("a_co_pol.tif", radar, folder=folder, nodata=float("nan"))
    build_tiles(BuildOrder(str(tmp_path / "s.zarr"), str(folder), tile_px=16, split="100/0/0"), Controls())
    store = open_tiles(tmp_path / "s.zarr")
    first, second = store.statistics[Branch.CO_POL_SAR]
    assert first.log10.mean == pytest.approx(-2.0, abs=1e-3)
    assert (second.count, second.log10.count) == (0, 0)
    assert np.isnan(second.mean)
    assert store.tiles("train")[0].inputs[Branch.CO_POL_SAR].shape == (2, 16, 16)


def test_sources_say_where_it_comes_from(build):
    result = build(licence="CC0-1.0", region="Testland")
    source = result["sources"][0]
    assert source["scene"] == "a"
    assert source["licence"] == "CC0-1.0"
    assert {file["name"] for file in source["files"]} == {"a_img.tif", "a_dem.tif"}
    assert source["label"]["files"] == ["a_label.tif", "a_debris.tif"]
    assert result["splits"]["train"]["regions"] == {"Testland": 6}
    assert result["splits"]["train"]["pixels"]["debris-covered glacier"] == 4 * 40 - 1
    assert build("other.zarr")["sources"][0]["licence"] == ""


# its size and its parts


def test_tiles_of_about_ten_kilometres(make_raster, tmp_path):
    folder = write_scene(make_raster, tmp_path / "k", "a", label=checked_label(110, 110), pixel=100.0)
    result = build_tiles(BuildOrder(str(tmp_path / "s.zarr"), str(folder), split="100/0/0"), Controls())
    assert result["tile_px"] == 96
    assert result["tiles"] == 3  # of the corner 14 x 14 px are left, 2 % of a tile
    assert result["pixel_size_m"] == [100.0]


def test_a_scene_smaller_than_a_tile_is_one_tile(build):
    assert build(tile_px=0)["tile_px"] == 40
    assert build("large.zarr", tile_px=512)["tiles"] == 2


def test_kilometres_with_two_sizes_of_pixels_are_refused(build, scenes, make_raster):
    write_scene(make_raster, scenes, "b", label=np.zeros((16, 16)), pixel=30.0, east=EAST + 100_000)
    with pytest.raises(InvalidParameterError, match="--tile-px"):
        build(tile_px=0)
    assert build(tile_px=16)["pixel_size_m"] == [10.0, 30.0]


def test_blocks_leave_no_neighbours_in_two_parts(build, make_raster, tmp_path):
    folder = write_scene(make_raster, tmp_path / "wide", "w", label=checked_label(128, 160))
    result = build(scenes=str(folder), split="60/20/20", guard_km=0.1, block_km=0.3)
    store = open_tiles(tmp_path / "set.zarr")
    assert result["split"]["neighbours"] == 0
    assert min(store.splits[part] for part in ("train", "validation", "test")) > 5
    assert store.splits[GUARD] > 0
    assert sum(store.splits.values()) == 80
    assert check_tiles(str(tmp_path / "set.zarr"), Controls())["passed"]


def test_neighbours_in_two_parts_are_found_by_check(build, make_raster, tmp_path):
    """A table that says another part is caught by its checksum, and with a mended checksum by the distance."""
    from glacier_mapper.runner.training.tiles.writing import json_checksum

    folder = write_scene(make_raster, tmp_path / "wide", "w", label=checked_label(128, 160))
    build(scenes=str(folder), split="60/20/20", guard_km=0.1, block_km=0.3)
    group = zarr.open_group(str(tmp_path / "set.zarr"), mode="r+")
    tables = dict(group.attrs)["glacier_mapper_tiles"]
    for row in tables["tiles"]:
        row["split"] = "train" if row["split"] == GUARD else row["split"]
    group.attrs["glacier_mapper_tiles"] = tables
    with pytest.raises(ChecksumError, match="glacier_mapper_tiles"):
        check_tiles(str(tmp_path / "set.zarr"), Controls())
    group.attrs["sha256"] = {**group.attrs["sha256"], "tables": json_checksum(tables)}
    with pytest.raises(InvalidDataSetError, match="are neighbours"):
        check_tiles(str(tmp_path / "set.zarr"), Controls())


def test_a_split_by_scene_counts_its_neighbours(build, scenes, make_raster):
    write_scene(make_raster, scenes, "b", label=checked_label(32, 40), east=EAST + 400)
    assert build(guard_km=0.0)["split"]["neighbours"] == 4  # two edges, two corners, of 2 x 3 tiles each side
    assert build("far.zarr", guard_km=0.0, tile_px=40)["split"]["neighbours"] == 1


def test_scenes_that_no_part_names_are_left_out(build, scenes):
    (scenes / "other.json").write_text(json.dumps({"train": ["a"]}))
    result = build(split=str(scenes / "other.json"))
    assert {name: part["tiles"] for name, part in result["splits"].items()} == {"train": 6}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"train": ["a"], "test": ["a"]}', "stands in it once"), ('{"train": "a"}', "names of scenes"),
        ("[1]", "names of scenes"), ("{", "names of scenes"), ('{"train": ["x"]}', "names scenes of the folder"),
        ('{"validation": ["a"]}', "leaves tiles for training"),
    ],
)  # fmt: skip
def test_a_split_file_that_makes_no_sense(build, scenes, tmp_path, text, said):
    (tmp_path / "s.json").write_text(text)
    with pytest.raises(InvalidParameterError, match=said):
        build(split=str(tmp_path / "s.json"))
    assert not (tmp_path / "set.zarr").exists()


# check


@pytest.mark.parametrize("name", ["inputs/optical/3.0.0.0", "label/2.0.0", "label/.zarray", "label/.zattrs"])
def test_a_changed_byte_is_found(build, tmp_path, name):
    build()
    path = tmp_path / "set.zarr" / name
    data = bytearray(path.read_bytes())
    at = {".zarray": data.rfind(b"255"), ".zattrs": data.rfind(b'"tile"') + 1}.get(path.name, len(data) - 1)
    data[at] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(ChecksumError) as caught:
        check_tiles(str(tmp_path / "set.zarr"), Controls())
    assert name.split("/.")[0] in str(caught.value)


def test_a_missing_and_a_strange_chunk_are_found(build, tmp_path):
    build()
    chunk = tmp_path / "set.zarr" / "label" / "2.0.0"
    data = chunk.read_bytes()
    chunk.unlink()
    with pytest.raises(InvalidDataSetError, match=r"label/2\.0\.0 is missing"):
        check_tiles(str(tmp_path / "set.zarr"), Controls())
    chunk.write_bytes(data)
    (tmp_path / "set.zarr" / "inputs" / "dem" / "9.0.0.0").write_bytes(b"1")
    with pytest.raises(InvalidDataSetError, match="does not belong"):
        check_tiles(str(tmp_path / "set.zarr"), Controls())


def test_an_untouched_set_passes(build, tmp_path):
    build()
    told = []
    result = check_tiles(str(tmp_path / "set.zarr"), Controls(lambda step: told.append(step.fraction)))
    assert (result["passed"], result["tiles"], result["chunks"]) == (True, 12, 12 + 12 + 6)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_the_same_order_gives_the_same_bytes(build, tmp_path):
    first, second = build("one.zarr"), build("two.zarr")
    assert first["sha256"] == second["sha256"] == describe_tiles(str(tmp_path / "one.zarr"))["sha256"]
    for path in (tmp_path / "one.zarr").rglob("*"):
        if path.is_file() and path.parent != tmp_path / "one.zarr":
            assert path.read_bytes() == (tmp_path / "two.zarr" / path.relative_to(tmp_path / "one.zarr")).read_bytes()
    assert build("three.zarr", region="Elsewhere")["sha256"] != first["sha256"]


@pytest.mark.parametrize("spoil", ["empty", "other zarr", "version", "tables"])
def test_what_is_no_data_set(tmp_path, build, spoil):
    path = tmp_path / "x.zarr"
    if spoil == "empty":
        path.mkdir()
    elif spoil == "other zarr":
        zarr.open_group(str(path), mode="w")
    else:
        build("x.zarr")
        group = zarr.open_group(str(path), mode="r+")
        tables = dict(group.attrs)["glacier_mapper_tiles"]
        group.attrs["glacier_mapper_tiles"] = {**tables, "version": 9} if spoil == "version" else {"version": 1}
    with pytest.raises(InvalidDataSetError, match="no tile data set that can be used"):
        open_tiles(path)


def test_what_is_not_there(tmp_path):
    with pytest.raises(MissingFileError):
        open_tiles(tmp_path / "nowhere.zarr")


# all or nothing


def test_cancelled_at_any_moment_nothing_is_left(build, tmp_path):
    asked = []
    build("whole.zarr", Controls(should_stop=lambda: asked.append(1) or False))
    for at in (0, 3, len(asked) // 2, len(asked) - 1):
        count = iter(range(10**6))
        with pytest.raises(Cancelled):
            build("cut.zarr", Controls(should_stop=lambda at=at, count=count: next(count) >= at))
        assert [path.name for path in tmp_path.iterdir() if "cut" in path.name] == []


def test_progress_rises_to_one(build):
    told = []
    build(controls=Controls(lambda step: told.append(step.fraction)))
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) > 12


def test_a_place_that_is_taken(build, tmp_path):
    build()
    with pytest.raises(OutputExistsError):
        build()
    assert build(overwrite=True, region="New")["splits"]["train"]["regions"] == {"New": 6}
    (tmp_path / "photos").mkdir()
    with pytest.raises(OutputNotWritableError, match="no tile data set"):
        build("photos", overwrite=True)


def test_a_broken_scene_leaves_the_old_set(build, scenes, make_raster, tmp_path):
    before = build()["sha256"]
    (scenes / "b_label.tif").write_bytes(b"no raster")
    with pytest.raises(Exception, match="b_label"):
        build(overwrite=True)
    assert check_tiles(str(tmp_path / "set.zarr"), Controls())["sha256"] == before
    assert [path.name for path in tmp_path.iterdir() if ".part-" in path.name] == []


def test_scenes_without_a_label_or_a_pixel(build, scenes, make_raster, tmp_path):
    for name in "ab":
        write_scene(make_raster, scenes, name, label=np.full((32, 40), 255))
    with pytest.raises(NoValidPixelsError, match="a, b"):
        build()
    for name in "ab":
        (scenes / f"{name}_label.tif").unlink()
    with pytest.raises(InvalidParameterError, match=r"\*_label.tif"):
        build()


def test_zarr_is_not_installed(build, monkeypatch):
    from glacier_mapper.runner.training.tiles import store

    monkeypatch.setattr(store.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(MissingPythonPackageError, match=r"zarr.*training.txt"):
        build()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "either --scenes"), ({"scenes": "d", "outlines": "o"}, "either --scenes"),
        ({"outlines": "o.gpkg"}, "need layers"),
    ],
)  # fmt: skip
def test_an_order_that_makes_no_sense(values, said):
    with pytest.raises(UsageError, match=said):
        BuildOrder("o.zarr", **values)


@pytest.mark.parametrize(
    ("name", "value"),
    [("tile_px", 8), ("tile_px", 9999), ("tile_km", 0), ("tile_km", float("nan")), ("guard_km", -1), ("block_km", -1),
     ("seed", -1)],
)  # fmt: skip
def test_a_setting_out_of_range(name, value):
    with pytest.raises(InvalidParameterError, match=name):
        BuildOrder("o.zarr", scenes="d", **{name: value})


