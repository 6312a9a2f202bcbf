"""Coarser pixels onto a finer grid of the same CRS: bilinear by hand, gaps, edges, strips, and GDAL's word."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT

from glacier_mapper.core.extent import Extent
from glacier_mapper.core.request import BandSource, MapRequest
from glacier_mapper.core.roles import Role
from glacier_mapper.runner.scene import open_scene
from glacier_mapper.runner.scene.enlarge import enlarge, taps


def run(values, corner=(0.0, 0.0), ratio=0.5, shape=None):
    values = np.asarray(values, np.float32)
    rows, cols = shape or (round(values.shape[0] / ratio), round(values.shape[1] / ratio))
    down, right = taps(corner[0], ratio, (0, rows), values.shape[0]), taps(corner[1], ratio, (0, cols), values.shape[1])
    out = np.empty((rows, cols), np.float32)
    part = values[down.first : down.last + 1, right.first : right.last + 1]
    enlarge(part, down, right, out)
    return out


def test_twice_as_fine():
    """Centres of the fine pixels lie a quarter of a coarse pixel off its centre."""
    np.testing.assert_allclose(run([[0.0, 4.0]])[0], [0.0, 1.0, 3.0, 4.0])
    np.testing.assert_allclose(run([[0.0], [4.0]])[:, 1], [0.0, 1.0, 3.0, 4.0])


def test_three_times_as_fine_both_ways():
    np.testing.assert_allclose(
        run([[0.0, 3.0], [6.0, 9.0]], ratio=1 / 3)[2], [2.0, 2.0, 3.0, 4.0, 5.0, 5.0], atol=1e-5
    )


def test_a_grid_that_starts_within_a_pixel():
    # corner 0.75: centres at 1.0, 1.5 in edges, 0.5, 1.0 in centres
    np.testing.assert_allclose(run([[0.0, 4.0, 8.0]], (0.0, 0.75), 0.5, (2, 2))[0], [2.0, 4.0])


def test_a_gap_is_as_wide_as_its_pixel():
    out = run([[1.0, np.nan, 3.0]])[0]
    np.testing.assert_array_equal(out, [1.0, 1.0, np.nan, np.nan, 3.0, 3.0])


def test_outside_is_nan_and_wholly_outside_is_none():
    out = run([[1.0, 2.0]], (0.0, -1.0), 0.5, (2, 8))[0]
    np.testing.assert_array_equal(out, [np.nan, np.nan, 1.0, 1.25, 1.75, 2.0, np.nan, np.nan])
    assert taps(50.0, 0.5, (0, 4), 10) is None
    assert taps(-50.0, 0.5, (0, 4), 10) is None


def scene_of(make_raster, coarse, coarse_pixel):
    red = make_raster("red.tif", np.full((120, 130), 0.5, np.float32))
    swir = make_raster("swir.tif", coarse, pixel=coarse_pixel)
    sources = BandSource(Role.RED, str(red)), BandSource(Role.SWIR1, str(swir), scale=1.0)
    return open_scene(MapRequest(sources, "unused")), swir


@pytest.mark.parametrize("pixel", [20.0, 30.0, 37.0])
def test_it_agrees_with_gdals_warper_inside(make_raster, pixel):
    coarse = np.random.default_rng(1).random((80, 80), np.float32)
    scene, path = scene_of(make_raster, coarse, pixel)
    with scene, rasterio.open(path) as source:
        place = rasterio.Affine.from_gdal(*scene.grid.geotransform)
        rows, cols = scene.grid.shape_yx
        with WarpedVRT(source, crs=scene.grid.crs, transform=place, height=rows, width=cols,
                       resampling=Resampling.bilinear) as warped:  # fmt: skip
            expected = warped.read(1)
        ours = scene.read(0, rows, [Role.SWIR1])[Role.SWIR1]
    np.testing.assert_allclose(ours[5:-5, 5:-5], expected[5:-5, 5:-5], atol=2e-5)


@pytest.mark.parametrize("rows", [1, 13, 50])
def test_strips_and_views_agree_with_the_whole_to_the_last_bit(make_raster, rows):
    red = make_raster("red.tif", np.full((120, 130), 0.5, np.float32))
    coarse = np.random.default_rng(2).integers(0, 900, (50, 50)).astype(np.uint16)
    dem = make_raster("dem.tif", coarse, pixel=27.0, nodata=0, origin_xy=(600013.0, 5199951.0))
    sources = BandSource(Role.RED, str(red)), BandSource(Role.ELEVATION, str(dem))
    with open_scene(MapRequest(sources, "unused")) as scene:
        whole = scene.read(0, 120, [Role.ELEVATION], 2)[Role.ELEVATION]
        assert np.isnan(whole[:6]).all()
        for block in scene.blocks(rows):
            part = scene.read(block.row, block.rows, [Role.ELEVATION], 2)[Role.ELEVATION]
            np.testing.assert_array_equal(part, whole[block.row : block.row + block.rows + 4])
    view = Extent(600300, 5199300, 600800, 5199500, "EPSG:32632")
    with open_scene(MapRequest(sources, "unused", extent=view)) as scene:
        part = scene.read(0, 20, [Role.ELEVATION])[Role.ELEVATION]
    np.testing.assert_array_equal(part, whole[52:72, 32:82])


def test_no_data_without_a_tag_does_not_darken_the_edge(make_raster):
    """Sentinel-2's JP2 do not tell that 0 is no data; the product does."""
    coarse = np.full((20, 20), 4000, np.uint16)
    coarse[:, 10:] = 0
    ten = make_raster("T32TPT_20200715T101031_B04_10m.tif", np.full((40, 40), 4000, np.uint16))
    twenty = make_raster("T32TPT_20200715T101031_B11_20m.tif", coarse, pixel=20.0)
    sources = BandSource(Role.RED, str(ten)), BandSource(Role.SWIR1, str(twenty))
    with open_scene(MapRequest(sources, "unused")) as scene:
        swir = scene.read(0, 40, [Role.SWIR1])[Role.SWIR1]
    np.testing.assert_allclose(swir[:, :20], 0.4, rtol=1e-6)
    assert np.isnan(swir[:, 20:]).all()


def test_the_coarse_view_of_an_enlarged_band(make_raster):
    scene, _ = scene_of(make_raster, np.tile(np.arange(65, dtype=np.float32), (60, 1)), 20.0)
    with scene:
        grid, bands = scene.read_coarse([Role.SWIR1], 33)  # 40 m: two by two of the 20 m pixels
        fine, finer = scene.read_coarse([Role.SWIR1], 65)
    assert (grid.pixel_size_m, fine.pixel_size_m) == (40.0, 20.0)
    np.testing.assert_allclose(bands[Role.SWIR1][0, :4], [0.5, 2.5, 4.5, 6.5])
    np.testing.assert_allclose(finer[Role.SWIR1][0, :4], [0, 1, 2, 3])
