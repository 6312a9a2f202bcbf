"""Pixels of layers that are no file of their own: grids, types, tiles from a server's folder, and what fails."""

from __future__ import annotations

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsProject,
    QgsRasterBlock,
    QgsRasterLayer,
    QgsRectangle,
)
from qgis.PyQt.QtGui import QColor, QImage
from rasters_maker import files_in, layer_of, ramp, read_raster, write_raster

from glacier_mapper.core.choice import BandChoice
from glacier_mapper.core.errors import NoOverlapError, OutputNotWritableError, UnreadableRasterError
from glacier_mapper.core.extent import Extent
from glacier_mapper.core.model_errors import ComplexRasterError
from glacier_mapper.core.roles import Role
from glacier_mapper.qgis_io import provider_read
from glacier_mapper.qgis_io.hand_over import hand_over
from glacier_mapper.qgis_io.provider_read import LONG_SIDE_PX, block_values, plan_read
from glacier_mapper.qgis_io.vrt import Correction, write_vrt

LEFT, TOP = 600_000.0, 5_200_000.0
CRS = "EPSG:32632"


@pytest.fixture
def memory(qgis_app):
    """Makes layers on files that only this process can see."""
    made = []

    def make(array, **more):
        path = f"/vsimem/pixels_{len(made)}.tif"
        made.append(path)
        return layer_of(write_raster(path, array, **more), "in memory")

    yield make
    for path in made:
        gdal.Unlink(path)


def plan(layer, extent, path="/nowhere.tif", pixel=(0.0, ""), band=1):
    return plan_read(layer, BandChoice(Role.RED, layer.id(), band), (extent, pixel), path)


def view(left, bottom, right, top, crs=CRS):
    return Extent(left, bottom, right, top, crs)


@pytest.mark.parametrize(
    ("extent", "corner", "shape"),
    [
        # a view on the pixels' borders takes those pixels and no more
        (view(LEFT + 10, TOP - 30, LEFT + 40, TOP - 10), (LEFT + 10, TOP - 10), (2, 3)),
        # one that cuts pixels takes them whole
        (view(LEFT + 11, TOP - 29, LEFT + 39, TOP - 11), (LEFT + 10, TOP - 10), (2, 3)),
        (view(LEFT + 9, TOP - 31, LEFT + 41, TOP - 9), (LEFT, TOP), (4, 5)),
        # one within a pixel takes that one
        (view(LEFT + 22, TOP - 18, LEFT + 23, TOP - 17), (LEFT + 20, TOP - 10), (1, 1)),
        # one that reaches out of the layer is cut off there
        (view(LEFT - 500, TOP - 15, LEFT + 15, TOP + 500), (LEFT, TOP), (2, 2)),
        (None, (LEFT, TOP), (4, 5)),
    ],
    ids=["on borders", "cutting", "a bit more", "within one", "reaching out", "all"],
)
def test_the_pixels_that_a_view_touches(memory, extent, corner, shape):
    grid = plan(memory(ramp()), extent).grid
    assert (grid.left, grid.top) == pytest.approx(corner)
    assert grid.shape_yx == shape
    assert grid.pixel_xy == pytest.approx((10.0, 10.0))


@pytest.mark.parametrize("seed", range(5))
def test_any_view_reads_the_pixels_of_the_array(memory, tmp_path, seed):
    dice = np.random.default_rng(seed)
    array = dice.normal(size=(37, 53)).astype(np.float32)
    layer = memory(array)
    x0, x1 = dice.uniform(LEFT - 100, LEFT + 250), dice.uniform(LEFT + 260, LEFT + 630)
    y0, y1 = dice.uniform(TOP - 470, TOP - 190), dice.uniform(TOP - 180, TOP + 100)
    path = tmp_path / "read.tif"
    read = plan(layer, view(x0, y0, x1, y1), str(path))
    read.write(lambda: False)
    first_col, first_row = max(0, int((x0 - LEFT) // 10)), max(0, int((TOP - y1) // 10))
    rows, cols = read.grid.shape_yx
    expected = array[first_row : first_row + rows, first_col : first_col + cols]
    assert (rows, cols) == expected.shape
    np.testing.assert_array_equal(read_raster(path), expected)
    transform = gdal.Open(str(path)).GetGeoTransform()
    assert transform == pytest.approx((LEFT + 10 * first_col, 10, 0, TOP - 10 * first_row, 0, -10))


@pytest.mark.parametrize("tile", [1, 3, 4, 7])
def test_tiles_of_any_size_make_one_picture(memory, tmp_path, monkeypatch, tile):
    monkeypatch.setattr(provider_read, "TILE_PX", tile)
    asked, path = [], tmp_path / "read.tif"
    plan(memory(ramp(7, 9)), None, str(path)).write(lambda: asked.append(1) is not None)
    np.testing.assert_array_equal(read_raster(path), ramp(7, 9))
    assert len(asked) == -(-7 // tile) * -(-9 // tile)


def test_cancelling_between_tiles_leaves_nothing(memory, tmp_path, monkeypatch):
    from glacier_mapper.core.errors import Cancelled

    monkeypatch.setattr(provider_read, "TILE_PX", 2)
    asked = []
    read = plan(memory(ramp()), None, str(tmp_path / "read.tif"))
    with pytest.raises(Cancelled):
        read.write(lambda: asked.append(1) or len(asked) == 3)
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("kind", ["uint8", "uint16", "int16", "uint32", "int32", "float32", "float64"])
def test_every_type_comes_as_it_is(memory, tmp_path, kind):
    array = np.array([[0, 1, 100], [7, 127, 126]], kind)
    path = tmp_path / "read.tif"
    plan(memory(array, nodata=7), None, str(path)).write(lambda: False)
    np.testing.assert_array_equal(read_raster(path), [[0, 1, 100], [np.nan, 127, 126]])


def test_no_data_that_is_not_a_number_stays_so(memory, tmp_path):
    array = np.array([[np.nan, 1.5], [np.inf, -2.5]], np.float32)
    path = tmp_path / "read.tif"
    plan(memory(array, nodata=float("nan")), None, str(path)).write(lambda: False)
    found = read_raster(path)
    assert np.isnan(found[0, 0])
    assert (found[0, 1], found[1, 1]) == (1.5, -2.5)


def test_complex_numbers_are_refused(qgis_app):
    block = QgsRasterBlock(Qgis.DataType.CFloat32, 2, 2)
    with pytest.raises(ComplexRasterError, match="Radar can't be read: .*complex numbers. Write its amplitude"):
        block_values(block, 1, "Radar")


def test_a_view_beside_the_layer_names_it(memory):
    layer = memory(ramp())
    for extent in (view(0, 0, 10, 10), view(LEFT + 60, TOP - 30, LEFT + 90, TOP)):
        with pytest.raises(NoOverlapError, match="in memory"):
            plan(layer, extent)


def test_a_view_over_the_antimeridian_has_both_sides(memory):
    layer = memory(ramp(10, 3600), epsg=4326, origin=(-180.0, 70.0), pixel=0.1)
    grid = plan(layer, view(179.0, 69.2, -179.0, 69.8, "EPSG:4326")).grid
    assert grid.left == pytest.approx(-180.0)
    assert grid.shape_yx[1] == 3600  # one rectangle holds both: all around the world
    east = plan(layer, view(179.0, 69.2, 179.5, 69.8, "EPSG:4326")).grid
    assert east.left == pytest.approx(179.0)
    assert east.shape_yx == (6, 5)


def test_the_provider_that_was_planned_outlives_its_layer(memory, tmp_path):
    layer = memory(ramp())
    path = tmp_path / "read.tif"
    read = plan(layer, None, str(path))
    from qgis.PyQt import sip

    sip.delete(layer)
    read.write(lambda: False)
    np.testing.assert_array_equal(read_raster(path), ramp())


def test_a_provider_that_answers_nothing_is_an_unreadable_raster(memory, tmp_path):
    layer = memory(ramp())
    read = plan(layer, None, str(tmp_path / "read.tif"), band=9)
    with pytest.raises(UnreadableRasterError, match="in memory"):
        read.write(lambda: False)
    assert files_in(tmp_path) == []


# A server's tiles, read through the provider of web maps: no pixel size, colours instead of values


@pytest.fixture
def tiles(tmp_path, qgis_app):
    """A world of tiles of one colour in a folder, as a layer."""
    image = QImage(256, 256, QImage.Format.Format_ARGB32)
    image.fill(QColor(10, 120, 240))
    for zoom in range(3):
        for x in range(2**zoom):
            folder = tmp_path / "tiles" / str(zoom) / str(x)
            folder.mkdir(parents=True)
            for y in range(2**zoom):
                assert image.save(str(folder / f"{y}.png"))
    uri = f"type=xyz&url=file://{tmp_path}/tiles/%7Bz%7D/%7Bx%7D/%7By%7D.png&zmin=0&zmax=2"
    layer = QgsRasterLayer(uri, "tiles", "wms")
    assert layer.isValid()
    QgsProject.instance().addMapLayer(layer)
    yield layer
    QgsProject.instance().removeMapLayer(layer.id())


MERCATOR = "EPSG:3857"


@pytest.mark.parametrize(("band", "value"), [(1, 10), (2, 120), (3, 240)])
def test_the_colours_of_tiles_are_read_for_the_view(tiles, tmp_path, band, value):
    folder = tmp_path / "temporary"
    folder.mkdir()
    extent = view(1e6, 5e6, 2e6, 5.5e6, MERCATOR)
    [source] = hand_over(QgsProject.instance(), [BandChoice(Role.RED, tiles.id(), band)], extent, folder)
    found = read_raster(source.path)
    assert found.shape == (LONG_SIDE_PX // 2, LONG_SIDE_PX)
    assert source.temporary
    assert np.unique(found).tolist() == [value]


def test_tiles_take_the_pixel_size_of_the_scene(tiles):
    scene = QgsCoordinateReferenceSystem(CRS)
    extent = view(1e6, 5.8e6, 1.1e6, 5.85e6, MERCATOR)
    grid = plan(tiles, extent, pixel=(100.0, scene.toWkt())).grid
    dx, dy = grid.pixel_xy
    assert dx == dy
    there = QgsCoordinateTransform(QgsCoordinateReferenceSystem(MERCATOR), scene, QgsProject.instance())
    across = there.transformBoundingBox(QgsRectangle(1e6, 5.8e6, 1.1e6, 5.85e6))
    # a pixel of the map projection is larger than one on the ground; so many fit as on the ground
    assert grid.shape_yx[1] == pytest.approx(max(across.width(), across.height()) / 100, rel=0.01)
    assert dx > 100


def test_tiles_have_a_fixed_number_of_pixels_where_the_scene_has_none(tiles):
    wide = plan(tiles, view(1e6, 5e6, 2e6, 5.25e6, MERCATOR)).grid
    high = plan(tiles, view(1e6, 5e6, 1.1e6, 6e6, MERCATOR)).grid
    assert wide.shape_yx == (LONG_SIDE_PX // 4, LONG_SIDE_PX)
    assert high.shape_yx[0] == LONG_SIDE_PX
    assert high.shape_yx[1] == pytest.approx(LONG_SIDE_PX / 10, abs=1)


# The small files that carry corrections


@pytest.fixture
def three_bands(tmp_path):
    array = np.stack([ramp(), ramp(start=100), ramp(start=200)])
    names = ["blue", "green", "red"]
    return write_raster(tmp_path / "scene.tif", array, nodata=7, scale=0.5, offset=2.0, names=names)


@pytest.mark.parametrize("band", [1, 2, 3])
def test_a_correction_keeps_pixels_scale_and_name(three_bands, tmp_path, band):
    target = tmp_path / "corrected.vrt"
    assert write_vrt(three_bands, band, Correction(nodata=3.0), target) == str(target)
    made = gdal.Open(str(target))
    found = made.GetRasterBand(1)
    assert made.RasterCount == 1
    np.testing.assert_array_equal(found.ReadAsArray(), ramp(start=100 * (band - 1)))
    assert (found.GetNoDataValue(), found.GetScale(), found.GetOffset()) == (3.0, 0.5, 2.0)
    assert found.GetDescription() == ["blue", "green", "red"][band - 1]


def test_no_data_can_be_taken_away_and_a_crs_be_given(three_bands, tmp_path):
    wkt = QgsCoordinateReferenceSystem("EPSG:2056").toWkt()
    write_vrt(three_bands, 1, Correction(wkt, ignore_nodata=True), tmp_path / "c.vrt")
    made = gdal.Open(str(tmp_path / "c.vrt"))
    assert made.GetRasterBand(1).GetNoDataValue() is None
    assert made.GetSpatialRef().GetAuthorityCode(None) == "2056"


@pytest.mark.parametrize(
    ("correction", "needed"),
    [
        (Correction(), False),
        (Correction(crs_wkt="x"), True),
        (Correction(nodata=0.0), True),
        (Correction(ignore_nodata=True), True),
    ],
)
def test_what_needs_a_correction(correction, needed):
    assert correction.needed is needed


@pytest.mark.parametrize("raises", [False, True], ids=["GDAL quiet", "GDAL raises"])
@pytest.mark.parametrize(("source", "band"), [("gone.tif", 1), ("scene.tif", 9)], ids=["no file", "no band"])
def test_a_correction_of_what_is_not_there_is_a_typed_error(three_bands, tmp_path, raises, source, band):
    (gdal.UseExceptions if raises else gdal.DontUseExceptions)()
    try:
        with pytest.raises(OutputNotWritableError):
            write_vrt(str(tmp_path / source), band, Correction(nodata=1.0), tmp_path / "c.vrt")
    finally:
        gdal.DontUseExceptions()


def test_a_folder_that_is_gone_is_a_typed_error_even_where_gdal_raises(memory, tmp_path):
    read = plan(memory(ramp()), None, str(tmp_path / "gone" / "read.tif"))
    gdal.UseExceptions()
    try:
        with pytest.raises(OutputNotWritableError):
            read.write(lambda: False)
    finally:
        gdal.DontUseExceptions()
