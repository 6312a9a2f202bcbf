"""Layers handed to the runner."""

from __future__ import annotations

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsProject,
    QgsRasterBlock,
    QgsRasterDataProvider,
    QgsRasterLayer,
    QgsRasterRange,
)
from rasters_maker import files_in, layer_of, ramp, read_raster, write_raster

from glacier_mapper.core.choice import BandChoice
from glacier_mapper.core.errors import (
    Cancelled,
    DuplicateRoleError,
    LayerGoneError,
    MissingCrsError,
    MissingFileError,
    NoLayersError,
    NoOverlapError,
    OutputNotWritableError,
    UnreadableRasterError,
)
from glacier_mapper.core.extent import Extent
from glacier_mapper.core.roles import Role
from glacier_mapper.qgis_io.hand_over import hand_over, plan_hand_over
from glacier_mapper.qgis_io.provider_read import block_values

VIEW = Extent(600010, 5199970, 600040, 5199990, "EPSG:32632")
"""Columns 1 to 3 and rows 1 to 2 of a raster of 10 m pixels at the usual origin."""


@pytest.fixture
def project():
    made = QgsProject()
    yield made
    made.clear()


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "temporary"
    made.mkdir()
    return made


@pytest.fixture
def memory_scene(project):
    """A layer on a file that only this process can see."""
    write_raster("/vsimem/hand_over.tif", np.stack([ramp(), ramp(start=100)]))
    layer = layer_of("/vsimem/hand_over.tif", "in memory")
    project.addMapLayer(layer)
    yield layer
    gdal.Unlink("/vsimem/hand_over.tif")


def red(layer, band=1) -> list[BandChoice]:
    return [BandChoice(Role.RED, layer.id(), band)]


def test_a_file_is_handed_over_as_path_and_band(tmp_path, project, folder):
    path = write_raster(tmp_path / "s.tif", np.stack([ramp(), ramp()]))
    layer = project.addMapLayer(layer_of(path, "S2"))
    [source] = hand_over(project, red(layer, 2), VIEW, folder)
    assert (source.path, source.band, source.layer, source.temporary) == (path, 2, "S2", False)
    assert (source.scale, source.offset, source.nodata) == (None, None, None)
    assert files_in(folder) == []


def test_a_memory_layer_is_read_for_the_view_on_its_own_pixels(project, folder, memory_scene):
    [source] = hand_over(project, red(memory_scene, 2), VIEW, folder)
    assert source.temporary
    assert source.layer == "in memory"
    dataset = gdal.Open(source.path)
    assert dataset.GetGeoTransform() == (600010.0, 10.0, 0.0, 5199990.0, 0.0, -10.0)
    assert "32632" in dataset.GetProjection()
    # rows 1-2, columns 1-3 of 100 + 5 * row + column
    np.testing.assert_array_equal(dataset.ReadAsArray(), [[106, 107, 108], [111, 112, 113]])


def test_that_a_band_was_named_by_hand_goes_with_it(tmp_path, project, folder, memory_scene):
    file = project.addMapLayer(layer_of(write_raster(tmp_path / "s.tif", ramp()), "S2"))
    by_hand = [BandChoice(Role.RED, memory_scene.id(), 2, by_hand=True), BandChoice(Role.NIR, file.id(), by_hand=True)]
    guessed = [BandChoice(Role.BLUE, memory_scene.id(), 1), BandChoice(Role.GREEN, file.id())]
    handed = hand_over(project, by_hand + guessed, VIEW, folder)
    assert [source.by_hand for source in handed] == [True, True, False, False]


def test_reading_waits_for_fetch_and_clean_removes_the_file(project, folder, memory_scene):
    planned = plan_hand_over(project, red(memory_scene), VIEW, folder)
    assert planned.on_disk == ()
    assert files_in(folder) == []
    planned.fetch()
    assert files_in(folder) == ["00_red.tif"]
    planned.clean()
    assert files_in(folder) == []


def test_a_layer_deleted_between_plan_and_fetch_is_still_read(project, folder, memory_scene):
    planned = plan_hand_over(project, red(memory_scene), VIEW, folder)
    project.removeMapLayer(memory_scene.id())
    [source] = planned.fetch()
    assert read_raster(source.path)[0, 0] == 6


def test_the_whole_layer_where_no_extent_is_given(project, folder, memory_scene):
    [source] = hand_over(project, red(memory_scene), None, folder)
    np.testing.assert_array_equal(read_raster(source.path), ramp())


def test_a_view_in_degrees_is_brought_to_the_layer(project, folder, memory_scene):
    """The box of the view in degrees is a little larger, so that no pixel of the view is lost."""
    [source] = hand_over(project, red(memory_scene), Extent(10.31, 46.94, 10.32, 46.95, "EPSG:4326"), folder)
    np.testing.assert_array_equal(read_raster(source.path), ramp())


@pytest.mark.parametrize("crs", ["EPSG:32632", "EPSG:4326"])
def test_a_view_elsewhere_does_not_overlap(project, folder, memory_scene, crs):
    with pytest.raises(NoOverlapError, match="in memory"):
        hand_over(project, red(memory_scene), Extent(10, 20, 30, 40, crs), folder)


def test_a_scale_that_the_provider_applies_is_not_applied_again(project, folder):
    write_raster("/vsimem/scaled.tif", ramp(dtype=np.uint16), scale=0.5, offset=-1.0)
    layer = project.addMapLayer(layer_of("/vsimem/scaled.tif"))
    [source] = hand_over(project, red(layer), VIEW, folder)
    assert (source.scale, source.offset) == (1.0, 0.0)
    # 0.5 * 6 - 1 is the first pixel of the view
    assert read_raster(source.path)[0, 0] == 2.0
    gdal.Unlink("/vsimem/scaled.tif")


def test_no_data_becomes_not_a_number(project, folder):
    write_raster("/vsimem/nodata.tif", ramp(dtype=np.uint16), nodata=7)
    layer = project.addMapLayer(layer_of("/vsimem/nodata.tif"))
    [source] = hand_over(project, red(layer), VIEW, folder)
    np.testing.assert_array_equal(read_raster(source.path), [[6, np.nan, 8], [11, 12, 13]])
    gdal.Unlink("/vsimem/nodata.tif")


def test_a_layer_larger_than_a_tile_is_read_without_seams(project, folder):
    values = ramp(1030, 1100)
    write_raster("/vsimem/large.tif", values)
    layer = project.addMapLayer(layer_of("/vsimem/large.tif"))
    [source] = hand_over(project, red(layer), None, folder)
    np.testing.assert_array_equal(read_raster(source.path), values)
    gdal.Unlink("/vsimem/large.tif")


def test_cancel_leaves_nothing(project, folder, memory_scene):
    with pytest.raises(Cancelled):
        plan_hand_over(project, red(memory_scene), VIEW, folder).fetch(lambda: True)
    assert files_in(folder) == []


def test_a_folder_that_is_gone_is_named(project, folder, memory_scene):
    planned = plan_hand_over(project, red(memory_scene), VIEW, folder / "gone")
    with pytest.raises(OutputNotWritableError, match="gone"):
        planned.fetch()


def test_a_crs_that_the_user_assigned_travels_with_the_file(tmp_path, project, folder):
    path = write_raster(tmp_path / "nocrs.tif", np.stack([ramp(), ramp(start=50)]), epsg=None, scale=0.5, names="ab")
    layer = project.addMapLayer(layer_of(path, "no crs"))
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32633"))
    [source] = hand_over(project, red(layer, 2), None, folder)
    assert source.path.endswith(".vrt")
    assert (source.band, source.temporary) == (1, True)
    dataset = gdal.Open(source.path)
    assert "32633" in dataset.GetProjection()
    assert dataset.GetRasterBand(1).GetScale() == 0.5
    assert dataset.GetRasterBand(1).GetDescription() == "b"
    assert dataset.ReadAsArray()[0, 0] == 50


def test_a_no_data_value_of_the_users_own_travels_with_the_file(tmp_path, project, folder):
    layer = project.addMapLayer(layer_of(write_raster(tmp_path / "u.tif", ramp())))
    layer.dataProvider().setUserNoDataValue(1, [QgsRasterRange(3, 3)])
    [source] = hand_over(project, red(layer), None, folder)
    assert gdal.Open(source.path).GetRasterBand(1).GetNoDataValue() == 3


def test_a_no_data_value_that_the_user_switched_off_is_data(tmp_path, project, folder):
    layer = project.addMapLayer(layer_of(write_raster(tmp_path / "u.tif", ramp(), nodata=7)))
    layer.dataProvider().setUseSourceNoDataValue(1, False)
    [source] = hand_over(project, red(layer), None, folder)
    assert gdal.Open(source.path).GetRasterBand(1).GetNoDataValue() is None


def test_a_range_of_no_data_is_read_through_the_provider(tmp_path, project, folder):
    layer = project.addMapLayer(layer_of(write_raster(tmp_path / "u.tif", ramp())))
    layer.dataProvider().setUserNoDataValue(1, [QgsRasterRange(6, 8)])
    [source] = hand_over(project, red(layer), VIEW, folder)
    np.testing.assert_array_equal(read_raster(source.path), [[np.nan] * 3, [11, 12, 13]])


def test_a_virtual_raster_layer_is_read_through_its_provider(tmp_path, project, folder):
    base = layer_of(write_raster(tmp_path / "base.tif", ramp()), "base")
    project.addMapLayer(base)
    parameters = QgsRasterDataProvider.VirtualRasterParameters()
    parameters.crs, parameters.extent = base.crs(), base.extent()
    parameters.width, parameters.height = 5, 4
    parameters.formula = '"base@1" * 2'
    part = QgsRasterDataProvider.VirtualRasterInputLayers()
    part.name, part.uri, part.provider = "base", base.source(), "gdal"
    parameters.rInputLayers = [part]
    uri = QgsRasterDataProvider.encodeVirtualRasterProviderUri(parameters)
    layer = QgsRasterLayer(uri, "twice", "virtualraster")
    if not layer.isValid():
        pytest.skip("this QGIS can't make a virtual raster from Python")
    project.addMapLayer(layer)
    [source] = hand_over(project, red(layer), VIEW, folder)
    np.testing.assert_array_equal(read_raster(source.path), [[12, 14, 16], [22, 24, 26]])


def test_colours_of_a_picture():
    block = QgsRasterBlock(Qgis.DataType.ARGB32, 2, 1)
    block.setData(np.array([[0xFF102030, 0x00FFFFFF]], dtype="=u4").tobytes())
    colours = [block_values(block, band)[0] for band in (1, 2, 3)]
    np.testing.assert_array_equal([pair[0] for pair in colours], [0x10, 0x20, 0x30])
    assert all(np.isnan(pair[1]) for pair in colours)


def test_a_layer_that_was_removed_is_named(tmp_path, project, folder):
    layer = project.addMapLayer(layer_of(write_raster(tmp_path / "s.tif", ramp()), "scene"))
    choices = red(layer)
    project.removeMapLayer(layer.id())
    with pytest.raises(LayerGoneError, match="“scene”"):
        hand_over(project, choices, VIEW, folder)


def test_a_role_taken_twice_names_both_layers(tmp_path, project, folder):
    one = project.addMapLayer(layer_of(write_raster(tmp_path / "1.tif", ramp()), "one"))
    two = project.addMapLayer(layer_of(write_raster(tmp_path / "2.tif", ramp()), "two"))
    with pytest.raises(DuplicateRoleError, match="one, two"):
        hand_over(project, red(one) + red(two), VIEW, folder)


def test_nothing_chosen(project, folder):
    with pytest.raises(NoLayersError):
        hand_over(project, [], VIEW, folder)


def test_a_file_that_was_moved_away(tmp_path, project, folder):
    layer = QgsRasterLayer(str(tmp_path / "moved.tif"), "moved")
    project.addMapLayer(layer)
    with pytest.raises(MissingFileError, match=r"moved\.tif"):
        hand_over(project, red(layer), VIEW, folder)


def test_a_file_that_is_no_raster(tmp_path, project, folder):
    (tmp_path / "text.tif").write_text("no raster")
    layer = QgsRasterLayer(str(tmp_path / "text.tif"), "text")
    project.addMapLayer(layer)
    with pytest.raises(UnreadableRasterError, match="text"):
        hand_over(project, red(layer), VIEW, folder)


def test_a_layer_without_crs(tmp_path, project, folder):
    layer = project.addMapLayer(layer_of(write_raster(tmp_path / "n.tif", ramp(), epsg=None), "nowhere"))
    layer.setCrs(QgsCoordinateReferenceSystem())
    with pytest.raises(MissingCrsError, match="nowhere"):
        hand_over(project, red(layer), VIEW, folder)


def test_a_band_that_the_layer_does_not_have(tmp_path, project, folder):
    layer = project.addMapLayer(layer_of(write_raster(tmp_path / "s.tif", ramp())))
    with pytest.raises(UnreadableRasterError, match="no band 2"):
        hand_over(project, red(layer, 2), VIEW, folder)
