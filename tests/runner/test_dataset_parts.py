"""The parts of a data set one by one: windows and places, labels on other grids, statistics, records, readers."""

from __future__ import annotations

import json
import math
import multiprocessing
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from learning_scenes import EAST, NORTH, checked_label, record, write_scene
from rasterio.transform import from_origin

from glacier_mapper.core.branches import Branch
from glacier_mapper.core.errors import InvalidParameterError, UnreadableRasterError
from glacier_mapper.core.grid import Grid
from glacier_mapper.core.model_errors import InvalidDataSetError
from glacier_mapper.core.progress import Controls
from glacier_mapper.core.request import BandSource
from glacier_mapper.core.roles import Role
from glacier_mapper.runner.training import simulate_scene
from glacier_mapper.runner.training.tiles import BuildOrder, Tile, TileRecord, build_tiles, check_tiles, open_tiles
from glacier_mapper.runner.training.tiles.building import tile_side
from glacier_mapper.runner.training.tiles.cutting import Window, record_of, windows_of
from glacier_mapper.runner.training.tiles.scenes import LabelRaster, SceneInput, read_nearest
from glacier_mapper.runner.training.tiles.statistics import (
    SAMPLE_PX,
    BandStatistics,
    gather,
    statistics_from_json,
    statistics_to_json,
)
from glacier_mapper.runner.training.tiles.tile import class_counts

GRID = Grid("EPSG:32632", (EAST, NORTH), 10.0, (20, 30))


# windows and places


def test_windows_cover_every_pixel_once():
    for shape, side in (((20, 30), 8), ((16, 16), 16), ((5, 7), 9), ((33, 1), 16)):
        seen = np.zeros(shape, int)
        for row, col, rows, cols in windows_of(Grid("EPSG:32632", (0, 0), 10.0, shape), side):
            assert 1 <= rows <= side
            assert 1 <= cols <= side
            seen[row : row + rows, col : col + cols] += 1
        assert (seen == 1).all()


def test_a_tile_knows_where_it_lies():
    found = record_of("s", GRID, Window(16, 24, 4, 6), 8)
    assert found.name == "s_02_03"
    assert found.bounds_m == (EAST + 240, NORTH - 200, EAST + 300, NORTH - 160)
    assert (found.row_px, found.col_px, found.pixel_size_m, found.crs) == (16, 24, 10.0, "EPSG:32632")
    assert (found.longitude_deg, found.latitude_deg) == pytest.approx((10.3125, 46.945), abs=0.01)
    assert found.region == "ALP"
    himalaya = record_of("s", Grid("EPSG:32643", (500_000, 3_600_000), 30.0, (8, 8)), Window(0, 0, 8, 8), 8)
    assert (himalaya.region, himalaya.longitude_deg) == ("HMA", pytest.approx(75.0, abs=0.01))


@pytest.mark.parametrize(
    ("pixel_m", "rows", "order", "side"),
    [
        (10.0, 10_980, {}, 992), (30.0, 2000, {}, 320), (30.0, 2000, {"tile_km": 5.0}, 160), (10.0, 200, {}, 200),
        (10.0, 2000, {"tile_px": 100}, 100), (100.0, 500, {"tile_km": 0.1}, 32), (10.0, 64, {"tile_px": 512}, 64),
    ],
)  # fmt: skip
def test_the_side_of_a_tile(pixel_m, rows, order, side):
    grid = Grid("EPSG:32632", (0, 0), pixel_m, (rows, rows // 2))
    assert tile_side(BuildOrder("o", "s", **order), [grid]) == side


def test_two_sizes_of_pixels_need_a_side_in_pixels():
    grids = [Grid("EPSG:32632", (0, 0), size, (500, 500)) for size in (10.0, 30.0)]
    with pytest.raises(InvalidParameterError, match=r"10\.0, 30\.0 m"):
        tile_side(BuildOrder("o", "s"), grids)
    assert tile_side(BuildOrder("o", "s", tile_px=64), grids) == 64


# labels


def test_a_label_on_its_own_grid_is_read_as_it_is(make_raster):
    values = np.random.default_rng(0).choice(np.array([0, 1, 2, 255], np.uint8), (20, 30))
    path = make_raster("l.tif", values)
    np.testing.assert_array_equal(read_nearest(path, GRID), values)
    np.testing.assert_array_equal(LabelRaster(path).burned(GRID), values)


@pytest.mark.parametrize("kind", ["int16", "float32", "uint16"])
def test_labels_of_other_types(make_raster, kind):
    values = np.array([[0, 1, 2, 7]] * 20).repeat(8, axis=1)[:, :30].astype(kind)
    expected = np.where(values == 7, 255, values).astype(np.uint8)
    np.testing.assert_array_equal(LabelRaster(make_raster("l.tif", values)).burned(GRID), expected)


def test_nodata_zero_does_not_make_other_ground_unknown(make_raster):
    path = make_raster("l.tif", checked_label(20, 30), nodata=0)
    np.testing.assert_array_equal(LabelRaster(path).burned(GRID), checked_label(20, 30))


def test_a_label_that_covers_a_part_and_has_other_pixels(make_raster):
    """20 m pixels over the upper left quarter: each is four of the grid's; beyond it nothing is known."""
    coarse = np.array([[1, 0, 1], [0, 1, 2]], np.uint8)
    path = make_raster("l.tif", coarse, pixel=20.0)
    expected = np.full((20, 30), 255, np.uint8)
    expected[:4, :6] = coarse.repeat(2, axis=0).repeat(2, axis=1)
    np.testing.assert_array_equal(LabelRaster(path).burned(GRID), expected)


def test_a_label_in_degrees_is_carried_over(make_raster):
    """A large box in degrees round the grid's left half."""
    from pyproj import Transformer

    to_degrees = Transformer.from_crs("EPSG:32632", "EPSG:4326", always_xy=True)
    west, north = to_degrees.transform(EAST - 500, NORTH + 500)
    middle = to_degrees.transform(EAST + 150, NORTH)[0]
    step = (middle - west) / 100
    values = np.zeros((300, 300), np.uint8)
    values[:, :100] = 1
    path = make_raster("l.tif", values, crs="EPSG:4326", transform=from_origin(west, north, step, step))
    found = LabelRaster(path).burned(GRID)
    assert (found[:, :14] == 1).all()
    assert (found[:, 16:] == 0).all()


def test_debris_counts_on_glaciers_alone(make_raster):
    label = np.array([[0, 1, 255, 2, 1]] * 4, np.uint8)
    debris = np.array([[1, 1, 1, 0, 255]] * 4, np.uint8)
    paths = make_raster("l.tif", label), make_raster("d.tif", debris)
    grid = Grid("EPSG:32632", (EAST, NORTH), 10.0, (4, 5))
    assert LabelRaster(*paths).burned(grid)[0].tolist() == [0, 2, 255, 2, 1]


def test_a_label_that_is_no_raster(tmp_path):
    (tmp_path / "l.tif").write_bytes(b"no raster")
    with pytest.raises(UnreadableRasterError, match=r"l\.tif"):
        read_nearest(tmp_path / "l.tif", GRID)


def test_classes_are_counted():
    label = np.array([[0, 0, 0, 1, 1, 2, 255]], np.uint8)
    assert class_counts(label) == (3, 2, 1, 1)


# statistics


def tiles_of(*images):
    return [Tile(str(at), "", {Branch.THERMAL: image[None]}, np.zeros(image.shape, np.uint8))
            for at, image in enumerate(images)]


def test_statistics_of_several_tiles_are_those_of_all_their_pixels():
    random = np.random.default_rng(1)
    images = [random.normal(280 + 10 * at, 5, (30, 20)).astype(np.float32) for at in range(5)]
    for image in images:
        image[random.random(image.shape) < 0.3] = np.nan
    images[3][:] = np.nan
    found = gather([Branch.THERMAL], tiles_of(*images))[Branch.THERMAL][0]
    values = np.concatenate([image[np.isfinite(image)] for image in images]).astype(np.float64)
    assert (found.role, found.count) == ("thermal", values.size)
    assert (found.minimum, found.maximum) == (values.min(), values.max())
    assert (found.mean, found.std) == pytest.approx((values.mean(), values.std()))
    assert (found.p01, found.p99) == pytest.approx(tuple(np.percentile(values, (1, 99))))


def test_large_values_keep_their_deviation():
    image = (1e4 + np.random.default_rng(2).normal(0, 0.5, (64, 64))).astype(np.float32)
    found = gather([Branch.THERMAL], tiles_of(image, image))[Branch.THERMAL][0]
    assert found.std == pytest.approx(image.astype(np.float64).std(), rel=1e-9)


def test_percentiles_of_large_tiles_come_from_a_sample_near_the_truth():
    image = np.random.default_rng(3).random((200, 200)).astype(np.float32)
    found = gather([Branch.THERMAL], tiles_of(image))[Branch.THERMAL][0]
    assert image.size > 2 * SAMPLE_PX
    assert (found.p01, found.p99) == pytest.approx((0.01, 0.99), abs=0.005)
    assert found.count == image.size


def test_statistics_of_nothing_are_written_as_nothing():
    found = gather([Branch.THERMAL, Branch.CO_POL_SAR], [])
    data = json.loads(json.dumps(statistics_to_json(found), allow_nan=False))
    assert data["thermal"][0]["mean"] is None
    back = statistics_from_json(data)
    assert math.isnan(back[Branch.CO_POL_SAR][1].log10.p99)
    assert back[Branch.THERMAL][0].count == 0


def test_statistics_survive_as_json():
    one = BandStatistics("co_pol", 3, 0.0, 1.0, 0.5, 0.1, 0.01, 0.99, BandStatistics("co_pol", 2, -2, 0, -1, 1, -2, 0))
    assert BandStatistics.from_json(json.loads(json.dumps(one.to_json()))) == one


def test_records_survive_as_json():
    one = record("a", 3, 4, split="train")
    assert TileRecord.from_json(json.loads(json.dumps(one.to_json()))) == one


def test_an_order_survives_as_json():
    order = BuildOrder("o", sources=(BandSource(Role.RED, "r.tif"),), outlines="g.gpkg", seed=3)
    data = {**vars(order), "sources": [source.to_json() for source in order.sources]}
    assert BuildOrder.from_json(json.loads(json.dumps(data))) == order


# readers


@pytest.fixture
def store(make_raster, tmp_path):
    folder = write_scene(make_raster, tmp_path / "scenes", "a", label=checked_label(48, 48))
    build_tiles(BuildOrder(str(tmp_path / "s.zarr"), str(folder), tile_px=16, split="100/0/0"), Controls())
    return open_tiles(tmp_path / "s.zarr")


def mean_of(job):
    """For another process: the mean of a tile."""
    tiles, at = job
    return float(tiles[at].inputs[Branch.OPTICAL].mean())


def test_threads_read_at_once(store):
    tiles = store.tiles("train")
    expected = [mean_of((tiles, at)) for at in range(len(tiles))]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(mean_of, [(tiles, at) for at in range(len(tiles))] * 3)) == expected * 3


def test_other_processes_read_what_this_one_has_opened(store):
    """As loaders of batches do; the store was read from before."""
    tiles = store.tiles("train")
    expected = [mean_of((tiles, at)) for at in range(4)]
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(mean_of, [(tiles, at) for at in range(4)]) == expected


def test_a_damaged_chunk_is_said_with_its_tile(store):
    (store.path / "inputs" / "optical" / "4.0.0.0").write_bytes(b"damaged")
    tiles = store.tiles("train")
    assert tiles[3].name == "a_01_00"
    with pytest.raises(InvalidDataSetError, match="a_01_01"):
        tiles[4]


def test_what_is_read_is_the_readers_own(store):
    tiles = store.tiles("train")
    tiles[0].label[:] = 9
    tiles[0].inputs[Branch.OPTICAL][:] = 9
    assert set(np.unique(tiles[0].label)) == {0, 1}
    assert tiles[0].inputs[Branch.OPTICAL].max() < 1


@pytest.mark.parametrize(
    ("name", "made", "world"),
    [("sim_s2_7", True, "sim_s2_7"), ("sim_s2_7_2015-08-28", True, "sim_s2_7"), ("gh_01_02", False, "")],
)
def test_the_dates_of_a_simulated_scene_share_a_world(make_raster, name, made, world):
    path = make_raster("x_img.tif", np.zeros((4, 4), np.uint8), tags={"SIMULATED": "yes"} if made else {})
    assert SceneInput(name, (BandSource(Role.RED, str(path)),), LabelRaster(path)).world == world


def test_simulated_scenes_become_a_data_set(tmp_path):
    """What `simulate` writes is what `dataset build` reads: optical, thermal, terrain, label, debris."""
    for seed in (1, 2):
        simulate_scene(seed, 96, str(tmp_path / "scenes"))
    order = BuildOrder(str(tmp_path / "s.zarr"), str(tmp_path / "scenes"), tile_px=48, split="100/0/0")
    result = build_tiles(order, Controls())
    assert set(result["branches"]) == {"optical", "dem", "thermal"}
    assert result["sources"][0]["sensor"].startswith("simulated")
    assert result["sources"][0]["date"] == "2023-08-28"
    pixels = result["splits"]["train"]["pixels"]
    assert pixels["glacier"] > 0
    assert sum(pixels.values()) == 2 * 96 * 96
    assert check_tiles(str(tmp_path / "s.zarr"), Controls())["passed"]
    assert {one.world for one in open_tiles(tmp_path / "s.zarr").records} == {"sim_s2_1", "sim_s2_2"}
    bands = {row["role"]: row for branch in result["statistics"].values() for row in branch}
    assert 250 < bands["thermal"]["mean"] < 300
    assert 0 < bands["slope"]["mean"] < 60
    assert -0.1 < bands["swir1"]["p01"] < bands["swir1"]["p99"] < 1
