"""Slope from elevation: Horn's numbers, gaps, and blocks that agree with the whole."""

from __future__ import annotations

import numpy as np
import pytest

from glacier_mapper.core.extent import Extent
from glacier_mapper.core.request import BandSource, MapRequest
from glacier_mapper.core.roles import Role
from glacier_mapper.runner.scene import open_scene
from glacier_mapper.runner.scene.terrain import slope_deg


def plane(rows, cols, east, north, pixel=10.0):
    """Heights of a plane that rises by `east` and `north` metres a metre."""
    row, col = np.mgrid[:rows, :cols]
    return (1000 + east * pixel * col - north * pixel * row).astype(np.float32)


@pytest.mark.parametrize(
    ("east", "north", "degrees"),
    [(0.0, 0.0, 0.0), (1.0, 0.0, 45.0), (0.0, -1.0, 45.0), (0.3, 0.4, 26.565051), (3**0.5, 0.0, 60.0)],
)
def test_a_plane_has_its_slope_everywhere_edges_included(east, north, degrees):
    slope = slope_deg(plane(5, 6, east, north), 10.0)
    assert slope.dtype == np.float32
    np.testing.assert_allclose(slope, degrees, atol=1e-3)


def test_horns_weights():
    """One peak of 8 m in flat ground: neighbours above and below see (2 * 8) / (8 * 10) = 0.2."""
    z = np.zeros((5, 5), np.float32)
    z[2, 2] = 8.0
    slope = slope_deg(z, 10.0)
    assert slope[2, 2] == 0.0
    assert slope[2, 1] == pytest.approx(np.degrees(np.arctan(0.2)), rel=1e-5)
    assert slope[1, 1] == pytest.approx(np.degrees(np.arctan(0.1 * 2**0.5)), rel=1e-5)


def test_a_gap_stays_a_gap_and_does_not_eat_its_neighbours():
    z = plane(7, 7, 0.0, 0.0)
    z[3, 3] = np.nan
    slope = slope_deg(z, 10.0)
    assert np.isnan(slope[3, 3])
    assert np.isnan(slope).sum() == 1
    np.testing.assert_allclose(slope[np.isfinite(slope)], 0.0, atol=1e-3)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1)])
def test_a_single_row_is_flat(shape):
    z = np.ones(shape, np.float32)
    z[0, 0] = np.nan
    slope = slope_deg(z, 10.0)
    assert np.isnan(slope[0, 0])
    assert (slope.ravel()[1:] == 0).all()


def rough(rows, cols):
    z = np.random.default_rng(7).random((rows, cols)).astype(np.float32) * 300
    z[20:24, 10:30] = np.nan
    return z


@pytest.mark.parametrize("pixel", [10.0, 23.0], ids=["as it lies", "warped"])
@pytest.mark.parametrize("rows", [1, 7, 64])
def test_blocks_agree_with_the_whole_to_the_last_bit(make_raster, pixel, rows):
    red = make_raster("red.tif", np.full((150, 90), 0.5, np.float32))
    dem = make_raster("dem.tif", rough(150, 90), pixel=pixel, nodata=np.nan)
    sources = BandSource(Role.RED, str(red)), BandSource(Role.ELEVATION, str(dem))
    with open_scene(MapRequest(sources, "unused")) as scene:
        wanted = [Role.SLOPE, Role.ELEVATION]
        whole = scene.read(0, 150, wanted, 3)
        for block in scene.blocks(rows):
            part = scene.read(block.row, block.rows, wanted, 3)
            for role in wanted:
                np.testing.assert_array_equal(part[role], whole[role][block.row : block.row + block.rows + 6])


def test_slope_in_a_view_is_that_of_the_whole_inside_its_border(make_raster):
    dem = make_raster("dem.tif", rough(60, 60))
    source = BandSource(Role.ELEVATION, str(dem))
    with open_scene(MapRequest((source,), "unused")) as scene:
        whole = scene.read(0, 60, [Role.SLOPE])[Role.SLOPE]
    view = Extent(600100, 5199700, 600400, 5199900, "EPSG:32632")
    with open_scene(MapRequest((source,), "unused", extent=view)) as scene:
        part = scene.read(0, 20, [Role.SLOPE])[Role.SLOPE]
    np.testing.assert_array_equal(part[2:-2, 2:-2], whole[12:28, 12:38])


def test_a_slope_layer_is_taken_as_it_is(make_raster):
    slope = make_raster("slope.tif", np.full((5, 5), 12.5, np.float32))
    dem = make_raster("dem.tif", plane(5, 5, 1.0, 0.0))
    sources = BandSource(Role.SLOPE, str(slope)), BandSource(Role.ELEVATION, str(dem))
    with open_scene(MapRequest(sources, "unused")) as scene:
        assert scene.roles == {Role.SLOPE, Role.ELEVATION}
        np.testing.assert_allclose(scene.read(0, 5, [Role.SLOPE])[Role.SLOPE], 12.5)


def test_the_slope_of_a_geographic_dem_is_that_of_the_ground(make_raster, tmp_path):
    """A plane of 30 degrees towards north, given in degrees: 1/3600 degree of latitude at 46.5 N is 30.88 m."""
    import rasterio

    row = np.arange(200, dtype=np.float32)[:, None]
    z = np.broadcast_to(2000 + row * 30.88 * np.tan(np.radians(30)), (200, 200)).astype(np.float32)
    step = 1 / 3600
    dem = make_raster("dem.tif", z, crs="EPSG:4326", transform=rasterio.Affine(step, 0, 9.0, 0, -step, 46.53))
    with open_scene(MapRequest((BandSource(Role.ELEVATION, str(dem)),), "unused")) as scene:
        slope = scene.read(0, scene.grid.shape_yx[0], [Role.SLOPE])[Role.SLOPE]
    assert np.nanmedian(slope) == pytest.approx(30.0, abs=0.1)


def test_feet_become_metres(make_raster):
    dem = make_raster("dem.tif", np.full((3, 3), 1000, np.int16), units=["ft"])
    with open_scene(MapRequest((BandSource(Role.ELEVATION, str(dem)),), "unused")) as scene:
        np.testing.assert_allclose(scene.read(0, 3, [Role.ELEVATION])[Role.ELEVATION], 304.8, rtol=1e-6)
        assert "0.3048" in str(scene.notes[0])


def test_the_coarse_slope_is_that_of_the_coarse_surface(make_raster):
    dem = make_raster("dem.tif", plane(40, 40, 1.0, 0.0))
    with open_scene(MapRequest((BandSource(Role.ELEVATION, str(dem)),), "unused")) as scene:
        grid, bands = scene.read_coarse([Role.SLOPE], 10)
    assert (grid.pixel_size_m, set(bands)) == (40.0, {Role.SLOPE})
    np.testing.assert_allclose(bands[Role.SLOPE], 45.0, atol=1e-3)
