"""Virtual mosaics whose bands have lost their names, as GDAL before 3.7 makes them."""

from __future__ import annotations

import os
import shutil

import numpy as np
import pytest

from glacier_mapper.core.errors import MissingFileError
from glacier_mapper.core.request import MapRequest
from glacier_mapper.core.roles import Role
from glacier_mapper.runner.scene import describe_file, guess_sources, open_scene
from glacier_mapper.runner.scene.raster_file import inspect

NAMES = ["red", "swir1"]


def tile(make_raster, name, column=0, **more):
    """20 x 20 pixels of 10 m, `column` tiles to the right; red is stored as 2000 and swir1 as 500."""
    stored = np.stack([np.full((20, 20), number, np.uint16) for number in (2000, 500)])
    facts = {"descriptions": NAMES, "scales": (1e-4, 1e-4), "offsets": (-0.1, -0.1), **more}
    return make_raster(name, stored, origin_xy=(600000.0 + 200 * column, 5200000.0), **facts)


def write_vrt(path, bands, wide=40, kind="UInt16"):
    """A VRT of GDAL's form; `bands` holds for each band its (file, band of the file, first column)."""
    import rasterio

    wkt = rasterio.CRS.from_epsg(32632).to_wkt()
    rows = [f'<VRTDataset rasterXSize="{wide}" rasterYSize="20"><SRS>{wkt.replace(chr(34), "&quot;")}</SRS>'
            "<GeoTransform>600000, 10, 0, 5200000, 0, -10</GeoTransform>"]  # fmt: skip
    for number, sources in enumerate(bands, 1):
        rows.append(f'<VRTRasterBand dataType="{kind}" band="{number}">')
        for file, band, column in sources:
            name = os.path.relpath(file, path.parent)
            rows.append(
                f'<SimpleSource><SourceFilename relativeToVRT="1">{name}</SourceFilename>'
                f'<SourceBand>{band}</SourceBand><SrcRect xOff="0" yOff="0" xSize="20" ySize="20"/>'
                f'<DstRect xOff="{column}" yOff="0" xSize="20" ySize="20"/></SimpleSource>'
            )
        rows.append("</VRTRasterBand>")
    path.write_text("".join([*rows, "</VRTDataset>"]))
    return path


def mosaic(path, left, right):
    return write_vrt(path, [[(left, band, 0), (right, band, 20)] for band in (1, 2)])


def test_two_tiles_become_one_scene_with_roles_scaling_and_day(make_raster, tmp_path):
    day = {"DATE_ACQUIRED": "2021-08-30"}
    left = tile(make_raster, "left.tif", tags=day, folder=tmp_path / "tiles")
    right = tile(make_raster, "right.tif", 1, tags=day)
    path = mosaic(tmp_path / "mosaic.vrt", left, right)
    sources = guess_sources([str(path)])
    assert [(source.role, source.band) for source in sources] == [(Role.RED, 1), (Role.SWIR1, 2)]
    with open_scene(MapRequest(sources, "unused")) as scene:
        assert scene.grid.shape_yx == (20, 40)
        assert {source.date for source in scene.sources.values()} == {"2021-08-30"}
        red = scene.read(0, 20, [Role.RED])[Role.RED]
    np.testing.assert_allclose(red, 0.1, rtol=1e-5)
    assert describe_file(str(path))["date"] == "2021-08-30"


def test_single_bands_side_by_side(make_raster, tmp_path):
    files = [make_raster(f"{name}.tif", np.ones((20, 20), np.uint16), descriptions=[name]) for name in NAMES]
    path = write_vrt(tmp_path / "stack.vrt", [[(file, 1, 0)] for file in files], wide=20)
    assert [source.role for source in guess_sources([str(path)])] == [Role.RED, Role.SWIR1]


def test_what_the_tiles_do_not_agree_on_is_not_taken(make_raster, tmp_path):
    left = tile(make_raster, "left.tif", tags={"DATE_ACQUIRED": "2021-08-30"})
    other = {"descriptions": ["red", "nir"], "offsets": (-0.1, 0.0), "tags": {"DATE_ACQUIRED": "2021-09-04"}}
    file = inspect(str(mosaic(tmp_path / "mosaic.vrt", left, tile(make_raster, "right.tif", 1, **other))))
    assert file.descriptions == ("red", "")
    assert (file.scales, file.offsets) == ((1e-4, 1.0), (-0.1, 0.0))
    assert "DATE_ACQUIRED" not in file.describe(1).metadata


def test_a_mosaic_of_mosaics(make_raster, tmp_path):
    left, right = tile(make_raster, "left.tif"), tile(make_raster, "right.tif", 1)
    for name in ("inner", "outer"):
        (tmp_path / name).mkdir()
    inner = write_vrt(tmp_path / "inner" / "m.vrt", [[(left, band, 0)] for band in (1, 2)], wide=20)
    assert inspect(str(mosaic(tmp_path / "outer" / "m.vrt", inner, right))).descriptions == tuple(NAMES)


def test_a_mosaic_of_itself_ends(make_raster, tmp_path):
    path = tmp_path / "m.vrt"
    write_vrt(path, [[(path, band, 0)] for band in (1, 2)])
    assert inspect(str(path)).descriptions == ("", "")


def test_a_tile_that_is_gone_is_said_when_its_pixels_are_read(make_raster, tmp_path):
    left, right = tile(make_raster, "left.tif"), tile(make_raster, "right.tif", 1)
    path = mosaic(tmp_path / "m.vrt", left, right)
    right.unlink()
    assert inspect(str(path)).descriptions == ("", "")
    path.unlink()
    with pytest.raises(MissingFileError, match=r"m\.vrt"):
        inspect(str(path))


def test_names_of_the_mosaic_itself_stay(make_raster, tmp_path):
    path = mosaic(tmp_path / "m.vrt", tile(make_raster, "a.tif"), tile(make_raster, "b.tif", 1))
    first = path.read_text().replace('band="1">', 'band="1"><Description>nir</Description>')
    path.write_text(first)
    assert inspect(str(path)).descriptions == ("nir", "")


@pytest.mark.skipif(shutil.which("gdalbuildvrt") is None, reason="no gdalbuildvrt on this machine")
def test_what_gdalbuildvrt_makes(make_raster, tmp_path):
    import subprocess

    tiles = [str(tile(make_raster, f"{number}.tif", number)) for number in (0, 1)]
    path = str(tmp_path / "m.vrt")
    subprocess.run([shutil.which("gdalbuildvrt"), "-q", path, *tiles], check=True)
    file = inspect(path)
    assert (file.descriptions, file.scales, file.offsets) == (tuple(NAMES), (1e-4, 1e-4), (-0.1, -0.1))
