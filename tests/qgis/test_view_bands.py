"""Raster layers described band by band, and which of them the runner can open itself."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import QgsProject, QgsRasterLayer
from rasters_maker import layer_of, ramp, write_raster

from glacier_mapper.core.guess import guess_roles
from glacier_mapper.core.roles import Role
from glacier_mapper.core.scaling import acquisition_date
from glacier_mapper.qgis_io.bands import describe_bands, describe_layer, local_path, open_quietly


@pytest.fixture
def project():
    made = QgsProject()
    yield made
    made.clear()


def test_bands_come_with_what_the_file_says(tmp_path):
    array = np.stack([ramp(), ramp()]).astype(np.uint16)
    path = write_raster(tmp_path / "s.tif", array, names=["red", "swir16"], tags={"ACQUISITION_DATE": "2021-08-24"})
    dataset = gdal.Open(path, gdal.GA_Update)
    dataset.GetRasterBand(2).SetMetadata({"wavelength": "1.61", "wavelength_units": "Micrometers"})
    dataset.GetRasterBand(2).SetUnitType("DN")
    dataset = None
    red, swir = describe_layer(layer_of(path, "my scene"))
    assert (red.layer, red.path, red.band, red.band_count) == ("my scene", path, 1, 2)
    assert (red.description, red.dtype, red.wavelength_nm) == ("red", "uint16", 0.0)
    assert (swir.description, swir.unit, swir.wavelength_nm) == ("swir16", "DN", pytest.approx(1610.0))
    assert red.metadata["ACQUISITION_DATE"] == swir.metadata["ACQUISITION_DATE"] == "2021-08-24"


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"wavelength": "865.0", "wavelength_units": "Nanometers"}, 865.0),
        ({"WAVELENGTH": "865"}, 865.0),
        ({"wavelength": "0.865"}, 865.0),
        ({"wavelength": "much"}, 0.0),
        ({}, 0.0),
    ],
    ids=["nanometres", "no unit", "surely micrometres", "nonsense", "nothing"],
)
def test_wavelengths(tmp_path, tags, expected):
    path = write_raster(tmp_path / "w.tif", ramp())
    dataset = gdal.Open(path, gdal.GA_Update)
    dataset.GetRasterBand(1).SetMetadata(tags)
    dataset = None
    assert describe_layer(layer_of(path))[0].wavelength_nm == pytest.approx(expected)


def test_layers_come_in_the_order_of_the_tree_without_products_and_broken_ones(tmp_path, project):
    paths = [write_raster(tmp_path / f"{name}.tif", ramp()) for name in "abc"]
    low, high, product = (QgsRasterLayer(path, path[-5]) for path in paths)
    product.setCustomProperty("glacier_mapper/product", "probability")
    broken = QgsRasterLayer(str(tmp_path / "gone.tif"), "broken")
    for layer in (low, product, broken, high):
        project.addMapLayer(layer, False)
    for layer in (high, product, broken, low):
        project.layerTreeRoot().addLayer(layer)
    assert [band.layer for band in describe_bands(project)] == ["b", "a"]


@pytest.mark.parametrize(
    "name",
    ["plain.tif", "mit Umlaut ü und Leerzeichen.tif", "o'clock \"quoted\".tif"],
    ids=["plain", "umlauts and spaces", "quotes"],
)
def test_files_are_handed_over_by_path(tmp_path, name):
    path = write_raster(tmp_path / name, ramp())
    assert local_path(layer_of(path)) == path


@pytest.mark.parametrize("name", ["./a.tif", "a.tif", "below/a.tif", "below/../a.tif"])
def test_a_relative_path_is_made_absolute(tmp_path, monkeypatch, name):
    (tmp_path / "below").mkdir()
    for folder in (tmp_path, tmp_path / "below"):
        write_raster(folder / "a.tif", ramp())
    monkeypatch.chdir(tmp_path)
    found = local_path(layer_of(name))
    assert Path(found).is_absolute()
    assert Path(found).samefile(tmp_path / name)


def test_a_relative_archive_is_made_absolute(tmp_path, monkeypatch):
    path = write_raster(tmp_path / "in.tif", ramp())
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.write(path, "in.tif")
    monkeypatch.chdir(tmp_path)
    assert local_path(layer_of("/vsizip/z.zip/in.tif")) == f"/vsizip/{tmp_path}/z.zip/in.tif"


def test_open_options_are_not_part_of_a_path(tmp_path):
    path = write_raster(tmp_path / "a.tif", ramp())
    layer = layer_of(f"{path}|option:NUM_THREADS=2")
    assert local_path(layer) == ""
    assert open_quietly(layer.source()).RasterXSize == 5


def test_memory_files_and_subdatasets_are_not_files(tmp_path):
    write_raster("/vsimem/bands_test.tif", ramp())
    assert local_path(layer_of("/vsimem/bands_test.tif")) == ""
    package = str(tmp_path / "r.gpkg")
    source = gdal.Open(write_raster(tmp_path / "b.tif", ramp(dtype=np.uint8)))
    gdal.Translate(package, source, format="GPKG", creationOptions=["RASTER_TABLE=tab"])
    assert local_path(layer_of(f"GPKG:{package}:tab")) == ""
    gdal.Unlink("/vsimem/bands_test.tif")


def test_a_zip_on_disk_is_a_file(tmp_path):
    path = write_raster(tmp_path / "in.tif", ramp())
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.write(path, "in.tif")
    source = f"/vsizip/{tmp_path}/z.zip/in.tif"
    assert local_path(layer_of(source)) == source


def two_tiles(folder, **more):
    """A virtual mosaic of two tiles side by side, with what GDAL keeps of their bands: no names before 3.7."""
    left = write_raster(folder / "left.tif", np.stack([ramp(), ramp()]), names=["red", "swir1"], **more)
    east = (600050.0, 5200000.0)
    right = write_raster(folder / "right.tif", np.stack([ramp(), ramp()]), names=["red", "swir1"], origin=east, **more)
    path = str(folder / "mosaic.vrt")
    made = gdal.BuildVRT(path, [left, right])
    for number in (1, 2):
        made.GetRasterBand(number).SetDescription("")
    made.FlushCache()
    return path


def test_a_virtual_mosaic_says_what_its_tiles_say(tmp_path):
    bands = describe_layer(layer_of(two_tiles(tmp_path, tags={"ACQUISITION_DATE": "2021-08-24"}), "mosaic"))
    assert [(band.layer, band.band, band.description) for band in bands] == [
        ("mosaic", 1, "red"), ("mosaic", 2, "swir1"),
    ]  # fmt: skip
    assert {acquisition_date(band) for band in bands} == {"2021-08-24"}
    assert [guess.role for guess in guess_roles(bands)] == [Role.RED, Role.SWIR1]


def test_a_virtual_mosaic_of_mosaics_and_one_with_a_tile_that_is_gone(tmp_path):
    outer = str(tmp_path / "outer.vrt")
    gdal.BuildVRT(outer, [two_tiles(tmp_path)]).FlushCache()
    assert [band.description for band in describe_layer(layer_of(outer))] == ["red", "swir1"]
    (tmp_path / "right.tif").unlink()
    assert [band.description for band in describe_layer(layer_of(outer))] == ["", ""]


def test_what_gdal_cannot_open_is_none(tmp_path, capfd):
    assert open_quietly(str(tmp_path / "nothing.tif")) is None
    assert capfd.readouterr().err == ""
