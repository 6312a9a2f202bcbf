"""Gaps that a file does not declare, NaN beside another number, infinities: as wide after warping as before."""

from __future__ import annotations

import os
import zipfile

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.enums import ColorInterp

from glacier_mapper.core.errors import UnreadableRasterError
from glacier_mapper.core.request import BandSource, MapRequest
from glacier_mapper.core.roles import Role
from glacier_mapper.runner.scene import open_scene

SIZE = 60
UTM = Affine(10, 0, 600000, 0, -10, 5200000)
PLACES = {
    "geographic": {"crs": "EPSG:4326", "transform": Affine(1e-4, 0, 10.3, 0, -1e-4, 46.95)},
    "Web Mercator": {"crs": "EPSG:3857", "transform": Affine(15, 0, 1147000, 0, -15, 5934000)},
    "feet": {"crs": "EPSG:2263", "transform": Affine(32.8, 0, 1000000, 0, -32.8, 200000)},
    "rotated": {"transform": UTM * Affine.rotation(20)},
}
GAPS = {"NaN": np.nan, "inf": np.inf, "-inf": -np.inf, "huge": 3e38}


def image(gap, seed=0, level=0.4):
    """A band of little noise with single gaps, and one along an edge."""
    rng = np.random.default_rng(seed)
    values = rng.normal(level, level / 100, (SIZE, SIZE)).astype(np.float32)
    values[rng.random(values.shape) < 0.02] = gap
    values[:4] = gap
    return values


def read(*sources, coarse=0):
    with open_scene(MapRequest(sources, "unused")) as scene:
        if coarse:
            return scene.read_coarse(scene.roles, coarse)[1]
        return scene.read(0, scene.grid.shape_yx[0], scene.roles)


def red(path, band=1, **more):
    return BandSource(Role.RED, str(path), band, **more)


@pytest.mark.parametrize("nodata", [None, -9999.0, np.nan], ids=["none declared", "-9999", "nan"])
@pytest.mark.parametrize("gap", GAPS)
@pytest.mark.parametrize("place", PLACES)
def test_undeclared_gaps_do_not_grow_where_the_image_is_warped(make_raster, place, gap, nodata):
    values = image(np.nan)
    twin = make_raster("twin.tif", values, nodata=np.nan, **PLACES[place])
    path = make_raster("a.tif", image(GAPS[gap]), nodata=nodata, **PLACES[place])
    np.testing.assert_array_equal(read(red(path))[Role.RED], read(red(twin))[Role.RED])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("declared", [-9999.0, -0.1, -1.7976931348623157e308, 0.0, 7e31])
def test_the_declared_number_is_a_gap_besides(make_raster, dtype, declared):
    values = image(np.nan).astype(dtype)
    twin = make_raster("twin.tif", values, nodata=np.nan, **PLACES["rotated"])
    if dtype == "float32":
        declared = float(np.clip(declared, *np.float32([-3.4028235e38, 3.4028235e38])))
    values[:, ::2] = np.where(np.isnan(values[:, ::2]), declared, values[:, ::2])
    path = make_raster("a.tif", values, nodata=declared, **PLACES["rotated"])
    np.testing.assert_array_equal(read(red(path))[Role.RED], read(red(twin))[Role.RED])


def test_the_analysts_own_number_is_a_gap_besides(make_raster):
    values = np.where(np.isnan(image(np.nan)), np.float32(-1), image(np.nan))
    values[30, 30:40] = np.nan
    expected = image(np.nan)
    expected[30, 30:40] = np.nan
    twin = make_raster("twin.tif", expected, nodata=np.nan, **PLACES["rotated"])
    path = make_raster("a.tif", values, **PLACES["rotated"])
    np.testing.assert_array_equal(read(red(path, nodata=-1.0))[Role.RED], read(red(twin))[Role.RED])


@pytest.mark.parametrize(("role", "level"), [(Role.ELEVATION, 2800.0), (Role.THERMAL, 271.0), (Role.SWIR1, 0.3)])
@pytest.mark.parametrize("nodata", [None, -9999.0], ids=["none declared", "-9999"])
def test_nor_where_another_layer_is_brought_to_the_grid(make_raster, role, level, nodata):
    """Off the grid by part of a pixel, or in another reference system."""
    anchor = make_raster("anchor.tif", np.full((SIZE, SIZE), 0.5, np.float32))
    for place in ({"origin_xy": (600003.0, 5199996.0)}, {"crs": "EPSG:25832", "pixel": 7.0}):
        paths = [
            make_raster(f"{tag}.tif", image(np.nan, level=level), nodata=tag, **place) for tag in (nodata, np.nan)
        ]
        plain, twin = (read(red(anchor), BandSource(role, str(path)))[role] for path in paths)
        assert np.isfinite(twin).sum() > 1000
        np.testing.assert_array_equal(plain, twin)


@pytest.mark.parametrize("nodata", [None, -9999.0, np.nan], ids=["none declared", "-9999", "nan"])
def test_a_gap_of_one_band_is_none_of_the_others_and_as_wide(make_raster, nodata):
    gap = np.nan if nodata is None else nodata
    bands = np.stack([image(gap, seed) for seed in range(3)])
    stack = make_raster("stack.tif", bands, nodata=nodata, **PLACES["rotated"])
    together = read(red(stack), BandSource(Role.NIR, str(stack), 2), BandSource(Role.SWIR1, str(stack), 3))
    for band, role in enumerate((Role.RED, Role.NIR, Role.SWIR1)):
        alone = make_raster(f"{band}.tif", bands[band], nodata=gap, **PLACES["rotated"])
        np.testing.assert_array_equal(together[role], read(BandSource(role, str(alone)))[role])
        assert np.nanmin(together[role]) > 0.3


def test_whole_numbers_of_one_bands_gap_are_not_blended_into_the_image(make_raster):
    bands = np.full((2, SIZE, SIZE), 4000, np.uint16)
    bands[0, 20:30:3, 20:30:3] = 0
    path = make_raster("stack.tif", bands, nodata=0, **PLACES["rotated"])
    sources = red(path, scale=1e-4), BandSource(Role.SWIR1, str(path), 2, scale=1e-4)
    for values in read(*sources).values():
        np.testing.assert_allclose(values[np.isfinite(values)], 0.4, rtol=1e-6)


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("place", ["as it lies", "rotated"])
def test_masks_and_alpha_of_floats_hide_pixels_besides(make_raster, count, place):
    place = PLACES.get(place, {})
    hidden = np.zeros((SIZE, SIZE), bool)
    hidden[:, 40:] = True
    expected = np.where(hidden, np.float32(np.nan), image(np.nan))
    twin = make_raster("twin.tif", expected, nodata=np.nan, **place)
    stack = np.stack([image(np.nan)] * count)
    masked = make_raster("mask.tif", stack, mask=np.where(hidden, 0, 255).astype(np.uint8), **place)
    alpha = np.where(hidden, 0, 255).astype(np.float32)
    kinds = [*[ColorInterp.undefined] * count, ColorInterp.alpha]
    behind = make_raster("alpha.tif", np.concatenate([stack, alpha[None]]), colorinterp=kinds, **place)
    twin_values = read(red(twin))[Role.RED]
    np.testing.assert_array_equal(read(red(masked, count))[Role.RED], twin_values)
    values, seen = read(red(behind, count))[Role.RED], np.isfinite(twin_values)
    np.testing.assert_array_equal(values[seen], twin_values[seen])
    more = np.isfinite(values).sum() - seen.sum()
    assert more <= (SIZE if place else 0), "along the border of the alpha band half a pixel may be seen"


@pytest.mark.parametrize("nodata", [None, -9999.0], ids=["none declared", "-9999"])
@pytest.mark.parametrize("gap", GAPS)
def test_the_coarse_view_is_the_mean_of_what_there_is(make_raster, gap, nodata):
    values = image(GAPS[gap])
    values[::5, ::5] = GAPS[gap]  # a gap in every pixel of the coarse view
    stack = make_raster("a.tif", np.stack([image(0.2, 1), values]), nodata=nodata)
    coarse = read(red(stack), BandSource(Role.SWIR1, str(stack), 2), coarse=12)[Role.SWIR1]
    expected = np.where(np.isfinite(values) & (np.abs(values) < 1e30), values, np.nan)
    expected = expected.reshape(12, 5, 12, 5).transpose(0, 2, 1, 3).reshape(12, 12, 25)
    np.testing.assert_allclose(coarse[1:], np.nanmean(expected[1:], axis=2), rtol=1e-5)
    assert np.isnan(expected[0]).mean() > 0.75


@pytest.mark.parametrize("coarse", [0, 20], ids=["warped", "coarse view"])
def test_a_truncated_file_of_floats_is_named(make_raster, coarse):
    place = {} if coarse else PLACES["rotated"]
    path = make_raster("half.tif", np.tile(image(np.nan), (5, 5)), compress="deflate", **place)
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(UnreadableRasterError, match=r"half\.tif"):
        read(red(path, scale=1.0), coarse=coarse)


def test_a_file_in_an_archive_is_warped_too(make_raster, tmp_path):
    path = make_raster("a&b.tif", image(np.nan), **PLACES["rotated"])
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.write(path, "a&b.tif")
    for name in (f"/vsizip/{tmp_path}/z.zip/a&b.tif", f"zip://{tmp_path}/z.zip!a&b.tif"):
        np.testing.assert_array_equal(read(red(name))[Role.RED], read(red(path))[Role.RED])


@pytest.mark.parametrize("place", ["as it lies", "rotated"])
def test_the_coarse_view_of_floats_comes_from_the_overviews(make_raster, place):
    """They say something else here, so that one can tell."""
    path = make_raster("a.tif", np.full((640, 640), 0.7, np.float32), **PLACES.get(place, {}))
    with rasterio.open(path, "r+") as raster:
        raster.build_overviews([2, 4], rasterio.enums.Resampling.average)
        raster.write(np.full((640, 640), 0.2, np.float32), 1)
    coarse = read(red(path), coarse=160)[Role.RED]
    np.testing.assert_allclose(coarse[np.isfinite(coarse)], 0.7, rtol=1e-6)
    assert np.isfinite(coarse).sum() > 10_000
