"""Reading a scene: physical units, no data, halos, warping, threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import rasterio.shutil
from affine import Affine
from rasterio.enums import ColorInterp

from glacier_mapper.core.errors import Cancelled, InternalError, NoValidPixelsError, UnreadableRasterError
from glacier_mapper.core.extent import Extent
from glacier_mapper.core.request import BandSource, MapRequest
from glacier_mapper.core.roles import OPTICAL_ROLES, Role
from glacier_mapper.runner.scene import Block, open_scene


def request_of(*sources, extent=None):
    return MapRequest(tuple(sources), "unused", extent=extent)


def source(role, path, band=1, **more):
    return BandSource(role, str(path), band, **more)


def read_all(scene, roles=None, halo_px=0):
    return scene.read(0, scene.grid.shape_yx[0], roles or scene.roles, halo_px)


def test_a_stack_is_scaled_and_its_no_data_is_nan(make_raster):
    stored = np.array([[0, 7273], [20000, 43636]], np.uint16)
    path = make_raster("s.tif", stored, nodata=0, scales=[2.75e-5], offsets=[-0.2])
    with open_scene(request_of(source(Role.RED, path))) as scene:
        red = read_all(scene)[Role.RED]
    assert red.dtype == np.float32
    np.testing.assert_allclose(red, [[np.nan, 0.0000075], [0.35, 0.99999]], atol=1e-6)


@pytest.mark.parametrize(
    ("dtype", "stored", "expected"),
    [
        ("uint8", [0, 51, 255], [0.0, 0.2, 1.0]),
        ("int16", [-100, 0, 5000], [-0.01, 0.0, 0.5]),
        ("uint16", [10, 4000, 9000], [0.001, 0.4, 0.9]),
        ("int32", [-100, 4000, 9000], [-0.01, 0.4, 0.9]),
        ("float32", [0.1, 0.5, 1.2], [0.1, 0.5, 1.2]),
        ("float64", [0.1, 0.5, 1.2], [0.1, 0.5, 1.2]),
        ("float32", [1000.0, 5000.0, 12000.0], [0.1, 0.5, 1.2]),
        ("float32", [10.0, 50.0, 90.0], [0.1, 0.5, 0.9]),
    ],
    ids=["uint8", "int16", "uint16", "int32", "float32", "float64", "float32-ten-thousandths", "float32-percent"],
)
def test_an_undescribed_image_is_scaled_by_its_type_and_its_numbers(make_raster, dtype, stored, expected):
    path = make_raster("plain.tif", np.array([stored], dtype))
    with open_scene(request_of(source(Role.RED, path))) as scene:
        np.testing.assert_allclose(read_all(scene)[Role.RED][0], expected, rtol=1e-6)
        said = " ".join(str(note) for note in scene.notes)
    assert ("plain.tif" in said) == (max(stored) > 3), "whatever was assumed is said"


def test_scale_and_offset_of_the_request_win_over_the_file(make_raster):
    path = make_raster("s.tif", np.full((2, 2), 100, np.uint16), scales=[0.5], offsets=[7.0])
    with open_scene(request_of(source(Role.NIR, path, scale=0.01, offset=0.25))) as scene:
        np.testing.assert_allclose(read_all(scene)[Role.NIR], 1.25)
        assert (scene.sources[Role.NIR].scale, scene.sources[Role.NIR].offset) == (0.01, 0.25)


def test_no_data_of_the_request_wins_over_the_file(make_raster):
    path = make_raster("s.tif", np.array([[1.0, 2.0]], np.float32), nodata=1.0)
    with open_scene(request_of(source(Role.RED, path, nodata=2.0))) as scene:
        np.testing.assert_array_equal(read_all(scene)[Role.RED], [[1.0, np.nan]])


@pytest.mark.parametrize("nodata", [-9999.0, float("nan"), -3.4028234663852886e38, None], ids=str)
def test_non_finite_numbers_and_any_no_data_are_nan(make_raster, nodata):
    hole = -3.4028234663852886e38 if nodata is None else nodata
    path = make_raster("f.tif", np.array([[0.5, np.inf, -np.inf, np.nan, hole]], np.float32), nodata=nodata)
    with open_scene(request_of(source(Role.RED, path))) as scene:
        np.testing.assert_array_equal(read_all(scene)[Role.RED], [[0.5] + [np.nan] * 4])


def test_a_no_data_number_that_the_type_cannot_hold_hides_nothing(make_raster):
    path = make_raster("u.tif", np.array([[0, 1]], np.uint8))
    with open_scene(request_of(source(Role.RED, path, nodata=-9999.0, scale=1.0))) as scene:
        np.testing.assert_array_equal(read_all(scene)[Role.RED], [[0, 1]])


@pytest.mark.parametrize("shift", [0.0, 3.0], ids=["as it lies", "warped"])
def test_alpha_and_masks_hide_pixels(make_raster, shift):
    colours = np.full((4, 20, 20), 102, np.uint8)
    colours[3] = 255
    colours[3, :, 10:] = 0
    anchor = make_raster("anchor.tif", np.full((20, 20), 0.5, np.float32))
    alpha = make_raster("rgba.tif", colours, photometric="RGB", alpha="yes", origin_xy=(600000 + shift, 5200000))
    mask = np.where(np.arange(20) < 10, 255, 0).astype(np.uint8) * np.ones((20, 1), np.uint8)
    masked = make_raster("m.tif", np.full((20, 20), 0.4, np.float32), mask=mask, origin_xy=(600000 + shift, 5200000))
    sources = (source(Role.GREEN, anchor), source(Role.RED, alpha), source(Role.NIR, masked))
    with open_scene(request_of(*sources, extent=Extent(600000, 5199800, 600200, 5200000, "EPSG:32632"))) as scene:
        bands = read_all(scene)
    for role in (Role.RED, Role.NIR):
        np.testing.assert_allclose(bands[role][2:18, 2:9], 0.4, atol=1e-6)
        assert np.isnan(bands[role][2:18, 12:]).all()


@pytest.mark.parametrize("shift", [0.0, 3.0], ids=["as it lies", "warped"])
@pytest.mark.parametrize("count", [3, 4, 6])
def test_alpha_behind_any_number_of_bands(make_raster, count, shift):
    """GDAL's own masks mind the alpha of stacks with one or three other bands only."""
    stack = np.full((count + 1, 20, 20), 4000, np.uint16)
    stack[count] = 65535
    stack[count, :, 10:] = 0
    anchor = make_raster("anchor.tif", np.full((20, 20), 0.5, np.float32))
    kinds = [*[ColorInterp.undefined] * count, ColorInterp.alpha]
    path = make_raster("stack.tif", stack, colorinterp=kinds, origin_xy=(600000 + shift, 5200000))
    sources = (source(Role.GREEN, anchor), source(Role.RED, path, 2, scale=1e-4, offset=0.0))
    with open_scene(request_of(*sources, extent=Extent(600000, 5199800, 600200, 5200000, "EPSG:32632"))) as scene:
        red = read_all(scene)[Role.RED]
        _, coarse = scene.read_coarse([Role.RED], 10)
    np.testing.assert_allclose(red[2:18, 2:9], 0.4, atol=1e-6)
    assert np.isnan(red[2:18, 12:]).all()
    assert np.isnan(coarse[Role.RED][1:9, 6:]).all()
    np.testing.assert_allclose(coarse[Role.RED][1:9, 1:4], 0.4, atol=1e-6)


def test_bands_of_mixed_types_in_one_vrt_keep_their_numbers(make_raster, tmp_path):
    make_raster("a.tif", np.full((4, 4), 30000, np.uint16))
    make_raster("b.tif", np.full((4, 4), -0.25, np.float32))
    vrt = tmp_path / "mixed.vrt"
    bands = "".join(
        f'<VRTRasterBand dataType="{kind}" band="{n}"><SimpleSource><SourceFilename relativeToVRT="1">{name}'
        "</SourceFilename><SourceBand>1</SourceBand></SimpleSource></VRTRasterBand>"
        for n, (kind, name) in enumerate([("UInt16", "a.tif"), ("Float32", "b.tif")], 1)
    )
    place = "<SRS>EPSG:32632</SRS><GeoTransform>600000,10,0,5200000,0,-10</GeoTransform>"
    vrt.write_text(f'<VRTDataset rasterXSize="4" rasterYSize="4">{place}{bands}</VRTDataset>')
    sources = source(Role.RED, vrt, 1, scale=1e-4), source(Role.SWIR1, vrt, 2, scale=1.0)
    with open_scene(request_of(*sources)) as scene:
        bands = read_all(scene)
    np.testing.assert_allclose(bands[Role.RED], 3.0)
    np.testing.assert_allclose(bands[Role.SWIR1], -0.25)


def test_twenty_metre_bands_come_onto_the_ten_metre_grid_bilinearly(make_raster):
    ten = make_raster("B04_10m.tif", np.ones((8, 8), np.float32))
    ramp = np.tile(np.arange(4, dtype=np.float32), (4, 1))
    twenty = make_raster("B11_20m.tif", ramp, pixel=20.0)
    with open_scene(request_of(source(Role.SWIR1, twenty), source(Role.RED, ten))) as scene:
        assert scene.grid.pixel_size_m == 10.0
        swir = read_all(scene)[Role.SWIR1]
    # 20 m centres lie at columns 0.5, 2.5, 4.5, 6.5 of the 10 m grid: slope 0.5 a pixel between them
    np.testing.assert_allclose(swir[4], [0.0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3.0], atol=1e-6)


def test_no_data_does_not_bleed_into_warped_neighbours(make_raster):
    ten = make_raster("red.tif", np.ones((40, 40), np.float32))
    coarse = np.full((20, 20), 5000, np.uint16)
    coarse[:, 10:] = 0
    twenty = make_raster("swir.tif", coarse, pixel=20.0, nodata=0)
    with open_scene(request_of(source(Role.RED, ten), source(Role.SWIR1, twenty, scale=1e-4))) as scene:
        swir = read_all(scene)[Role.SWIR1]
    good = np.isfinite(swir)
    np.testing.assert_allclose(swir[good], 0.5, atol=1e-6)
    assert good[:, :20].all()
    assert not good[:, 21:].any()


def test_outside_a_source_is_nan(make_raster):
    red = make_raster("red.tif", np.ones((6, 6), np.float32))
    part = make_raster("swir.tif", np.full((3, 3), 0.5, np.float32), origin_xy=(600020, 5199980))
    with open_scene(request_of(source(Role.RED, red), source(Role.SWIR1, part))) as scene:
        swir = read_all(scene)[Role.SWIR1]
    expected = np.full((6, 6), np.nan)
    expected[2:5, 2:5] = 0.5
    np.testing.assert_array_equal(swir, expected)


def test_the_view_cuts_out_whole_pixels_of_the_source(make_raster):
    values = np.arange(100, dtype=np.float32).reshape(10, 10) / 100
    path = make_raster("red.tif", values)
    view = Extent(600025, 5199935, 600055, 5199965, "EPSG:32632")  # touches columns 2-5, rows 3-6
    with open_scene(request_of(source(Role.RED, path), extent=view)) as scene:
        assert scene.grid.geotransform == (600020.0, 10.0, 0.0, 5199970.0, 0.0, -10.0)
        np.testing.assert_array_equal(read_all(scene)[Role.RED], values[3:7, 2:6])


def test_the_halo_is_the_neighbourhood_and_the_edge_repeated(make_raster):
    values = np.arange(12, dtype=np.float32).reshape(4, 3) / 10
    path = make_raster("red.tif", values)
    with open_scene(request_of(source(Role.RED, path))) as scene:
        padded = np.pad(values, 2, mode="edge")
        np.testing.assert_array_equal(read_all(scene, halo_px=2)[Role.RED], padded)
        np.testing.assert_array_equal(scene.read(1, 2, [Role.RED], 2)[Role.RED], padded[1:7])
        np.testing.assert_array_equal(scene.read(3, 1, [Role.RED], 2)[Role.RED], padded[3:8])


def make_six(make_raster, **more):
    rng = np.random.default_rng(1)
    values = rng.integers(0, 10_000, (6, 300, 200), dtype=np.uint16)
    return make_raster("six.tif", values, nodata=0, tiled=True, blockxsize=64, blockysize=64, **more), values


def test_strips_end_at_block_borders_and_cover_the_grid_once(make_raster):
    path, _ = make_six(make_raster)
    sources = [source(role, path, i) for i, role in enumerate(OPTICAL_ROLES, 1)]
    view = Extent(600000, 5197000, 602000, 5199700, "EPSG:32632")  # starts at row 30
    with open_scene(request_of(*sources, extent=view)) as scene:
        assert scene.blocks(70) == [Block(0, 34), Block(34, 64), Block(98, 64), Block(162, 64), Block(226, 44)]
        for rows in (0, 1, 7, 64, 1000):
            blocks = scene.blocks(rows)
            assert [b.row for b in blocks] == list(np.cumsum([0, *(b.rows for b in blocks[:-1])]))
            assert sum(b.rows for b in blocks) == 270


def test_any_band_order_and_subset_reads_the_right_bands(make_raster):
    path, values = make_six(make_raster)
    sources = [source(role, path, 6 - i, scale=1.0) for i, role in enumerate(OPTICAL_ROLES)]
    with open_scene(request_of(*sources)) as scene:
        bands = scene.read(10, 20, [Role.SWIR2, Role.GREEN])
    assert set(bands) == {Role.SWIR2, Role.GREEN}
    expected = np.where(values == 0, np.nan, values.astype(np.float32))[:, 10:30]
    np.testing.assert_array_equal(bands[Role.SWIR2], expected[0])
    np.testing.assert_array_equal(bands[Role.GREEN], expected[4])


def test_threads_read_the_same_numbers(make_raster):
    path, _ = make_six(make_raster)
    dem = make_raster("dem.tif", np.random.default_rng(2).random((90, 70), np.float32) * 900, pixel=33.0)
    sources = [source(role, path, i) for i, role in enumerate(OPTICAL_ROLES, 1)] + [source(Role.ELEVATION, dem)]
    with open_scene(request_of(*sources)) as scene, ThreadPoolExecutor(4) as pool:
        whole = read_all(scene)
        for block, bands in zip(
            scene.blocks(23) * 3, pool.map(lambda b: scene.read(b.row, b.rows, scene.roles), scene.blocks(23) * 3)
        ):
            for role, values in bands.items():
                np.testing.assert_array_equal(values, whole[role][block.row : block.row + block.rows])


def test_what_is_handed_out_is_not_overwritten_by_the_next_read(make_raster):
    path, _ = make_six(make_raster)
    with open_scene(request_of(source(Role.RED, path, 1))) as scene:
        first = scene.read(0, 10, [Role.RED])[Role.RED]
        kept = first.copy()
        scene.read(100, 10, [Role.RED])
        np.testing.assert_array_equal(first, kept)


def test_a_released_scene_refuses_to_read(make_raster):
    path, _ = make_six(make_raster)
    scene = open_scene(request_of(source(Role.RED, path)))
    with ThreadPoolExecutor(1) as pool:
        pool.submit(scene.read, 0, 5, [Role.RED]).result()  # its file is closed by another thread
    scene.release()
    scene.release()
    with pytest.raises(InternalError, match="closed"):
        scene.read(0, 5, [Role.RED])


def test_unknown_roles_and_rows_are_refused(make_raster):
    path, _ = make_six(make_raster)
    with open_scene(request_of(source(Role.RED, path))) as scene:
        with pytest.raises(InternalError, match="swir1"):
            scene.read(0, 5, [Role.SWIR1])
        with pytest.raises(InternalError, match="299 to 301"):
            scene.read(299, 2, [Role.RED])


def test_an_image_without_valid_pixels_reads_as_nan_and_has_its_error(make_raster):
    path = make_raster("empty.tif", np.zeros((3, 3), np.uint16), nodata=0)
    with open_scene(request_of(source(Role.RED, path, layer="Autumn scene"))) as scene:
        assert np.isnan(read_all(scene)[Role.RED]).all()
        error = scene.no_valid_pixels()
    assert isinstance(error, NoValidPixelsError)
    assert "Autumn scene" in str(error)


def test_the_coarse_view_is_the_mean_of_the_pixels(make_raster):
    values = np.arange(42, dtype=np.float32).reshape(6, 7) / 50
    red = make_raster("red.tif", values)
    swir = make_raster("swir.tif", np.full((3, 3), 0.5, np.float32), pixel=20.0)
    with open_scene(request_of(source(Role.RED, red), source(Role.SWIR1, swir))) as scene:
        grid, bands = scene.read_coarse([Role.RED, Role.SWIR1], 4)
        same, fine = scene.read_coarse([Role.RED], 100)
    assert (grid.pixel_size_m, grid.shape_yx) == (20.0, (3, 3))
    expected = values[:6, :6].reshape(3, 2, 3, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(bands[Role.RED], expected, rtol=1e-6)
    np.testing.assert_allclose(bands[Role.SWIR1], 0.5)
    assert same == scene.grid
    np.testing.assert_array_equal(fine[Role.RED], values)


@pytest.mark.parametrize("tiled", [True, False], ids=["tiles", "strips"])
def test_threads_change_nothing_in_the_coarse_view(make_raster, tiled):
    values = np.random.default_rng(5).integers(1, 9000, (2, 1200, 700)).astype(np.uint16)
    more = {"tiled": True, "blockxsize": 128, "blockysize": 128} if tiled else {}
    path = str(make_raster("a.tif", values, compress="deflate", descriptions=["red", "swir1"], **more))
    request = MapRequest((BandSource(Role.RED, path, 1), BandSource(Role.SWIR1, path, 2)), "unused")
    with open_scene(request) as scene:
        _, one = scene.read_coarse([Role.RED, Role.SWIR1], 300)
        for threads in (2, 3, 16):
            _, several = scene.read_coarse([Role.RED, Role.SWIR1], 300, threads=threads)
            for role, band in one.items():
                np.testing.assert_array_equal(several[role], band)


def test_several_threads_stop_when_they_are_told_to_and_say_what_one_met(make_raster):
    values = np.random.default_rng(6).integers(1, 9000, (3000, 400)).astype(np.uint16)
    path = make_raster("a.tif", values, compress="deflate")
    asked = []

    def stop():
        asked.append(1)
        return len(asked) > 3

    request = MapRequest((BandSource(Role.RED, str(path), scale=1.0, offset=0.0),), "unused")
    with open_scene(request) as scene, pytest.raises(Cancelled):
        scene.read_coarse([Role.RED], 300, stop, threads=2)
    content = path.read_bytes()
    middle = len(content) // 2
    path.write_bytes(content[:middle] + bytes(4000) + content[middle + 4000 :])
    with open_scene(request) as scene, pytest.raises(UnreadableRasterError):
        scene.read_coarse([Role.RED], 300, threads=2)


def test_the_coarse_view_of_a_partly_covering_source_is_nan_beside_it(make_raster):
    red = make_raster("red.tif", np.full((8, 8), 0.3, np.float32))
    part = make_raster("swir.tif", np.full((5, 5), 0.5, np.float32), origin_xy=(600030, 5199970))
    with open_scene(request_of(source(Role.RED, red), source(Role.SWIR1, part))) as scene:
        _, bands = scene.read_coarse([Role.SWIR1], 4)
    expected = np.full((4, 4), np.nan)
    expected[2:, 2:] = 0.5  # rows and columns 3 are on the source, but 2 is not: the pixel 2-3 is not whole
    np.testing.assert_array_equal(bands[Role.SWIR1], expected)


def test_jpeg2000_and_cog_read_like_geotiff(make_raster):
    values = np.random.default_rng(3).integers(1, 9000, (64, 64), dtype=np.uint16)
    plain = make_raster("x.tif", values)
    jp2 = plain.with_name("T32TPT_20200715T101031_B04_10m.jp2")
    rasterio.shutil.copy(plain, jp2, driver="JP2OpenJPEG", QUALITY=100, REVERSIBLE="YES")
    cog = plain.with_name("T32TPT_20200715T101031_B08_10m.tif")
    rasterio.shutil.copy(plain, cog, driver="COG")
    with open_scene(request_of(source(Role.RED, jp2), source(Role.NIR, cog))) as scene:
        bands = read_all(scene)
        assert scene.sources[Role.RED].date == "2020-07-15"
    np.testing.assert_allclose(bands[Role.RED], values / 10000, rtol=1e-6)
    np.testing.assert_allclose(bands[Role.NIR], values / 10000, rtol=1e-6)


def test_a_rotated_raster_is_turned_north_up(make_raster):
    turn = Affine.translation(600000, 5200000) @ Affine.rotation(30) @ Affine.scale(10, -10)
    values = np.tile(np.linspace(0.2, 0.8, 60, dtype=np.float32), (60, 1))
    path = make_raster("turned.tif", values, transform=turn)
    with open_scene(request_of(source(Role.RED, path))) as scene:
        grid, red = scene.grid, read_all(scene)[Role.RED]
    assert grid.pixel_size_m == pytest.approx(10.0)
    x, y = turn @ (40.5, 20.5)  # the centre of pixel (20, 40)
    col, row = (x - grid.origin_xy_m[0]) / 10, (grid.origin_xy_m[1] - y) / 10
    assert red[int(row), int(col)] == pytest.approx(values[20, 40], abs=0.01)
    assert np.isnan(red[0, 0])


@pytest.fixture
def twins(make_raster):
    """Makes the same raster twice: the usual way round, and with its southern row first."""

    def make(name, array, *, pixel=10.0, west=600005.0, north=5200005.0, **more):
        array = np.asarray(array)
        rows = array.shape[-2]
        turned = {**more, "mask": more["mask"][::-1]} if "mask" in more else more
        return (
            make_raster(f"{name}_n.tif", array, transform=Affine(pixel, 0, west, 0, -pixel, north), **more),
            make_raster(
                f"{name}_s.tif", array[..., ::-1, :],
                transform=Affine(pixel, 0, west, 0, pixel, north - rows * pixel), **turned,
            ),
        )

    return make


def two_scenes(paths, extent=None, *more):
    return [open_scene(request_of(source(Role.RED, path), *more, extent=extent)) for path in paths]


NOISE = np.random.default_rng(3).integers(1, 9000, (70, 90), dtype=np.uint16)
KINDS = {
    "numbers": {"array": np.where(NOISE > 8000, 0, NOISE), "nodata": 0, "scales": [1e-4]},
    "fractions": {"array": np.where(NOISE > 8000, np.nan, NOISE / 1e4).astype(np.float32), "nodata": np.nan},
    "in blocks": {"array": NOISE, "scales": [1e-4], "tiled": True, "blockxsize": 32, "blockysize": 32},
    "with a mask": {"array": NOISE, "scales": [1e-4], "mask": NOISE < 8000},
}


@pytest.mark.parametrize("view", [None, Extent(600100, 5199500, 600500, 5199950, "EPSG:32632")], ids=["all", "view"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_raster_with_its_southern_row_first_is_read_as_its_twin(twins, kind, view):
    north, south = two_scenes(twins("t", **KINDS[kind]), view)
    with north, south:
        assert south.grid == north.grid
        assert south.blocks(16) == north.blocks(16)
        for block in north.blocks(16):
            one, other = (s.read(block.row, block.rows, [Role.RED], 2)[Role.RED] for s in (north, south))
            np.testing.assert_array_equal(one, other)
        coarse = [s.read_coarse([Role.RED], 20)[1][Role.RED] for s in (north, south)]
        np.testing.assert_allclose(*coarse, rtol=1e-6)


def test_coarser_and_warped_bands_lie_right_way_round_too(twins, make_raster):
    grid = make_raster("nir.tif", np.full((70, 90), 0.5, np.float32), origin_xy=(600005.0, 5200005.0))
    nir = source(Role.NIR, grid)
    for name, more in {
        "coarse": {"pixel": 20.0},
        "shifted": {"west": 600008.0},
        "degrees": {"crs": "EPSG:4326", "pixel": 0.0001, "west": 10.31, "north": 46.95},
    }.items():
        paths = twins(name, NOISE / np.float32(1e4), **more)
        reds = []
        for path in paths:
            with open_scene(request_of(nir, source(Role.RED, path))) as scene:
                reds.append(read_all(scene)[Role.RED])
        assert np.isfinite(reds[0]).any(), name
        np.testing.assert_allclose(reds[1], reds[0], rtol=1e-5, atol=1e-6, err_msg=name)


def test_an_alpha_band_is_turned_with_the_others(twins):
    alpha = np.where(NOISE > 8000, 0, 255).astype(np.uint16)
    colours = [ColorInterp.gray, ColorInterp.alpha]
    paths = twins("a", np.stack([NOISE, alpha]), colorinterp=colours, scales=[1e-4, 1.0])
    north, south = two_scenes(paths)
    with north, south:
        one, other = read_all(north)[Role.RED], read_all(south)[Role.RED]
    assert np.isnan(one).sum() == (NOISE > 8000).sum()
    np.testing.assert_array_equal(one, other)
