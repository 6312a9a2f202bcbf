"""What `info` says of a file, the guesses of `map --optical`, and the real scenes."""

from __future__ import annotations

import json

import numpy as np
import pytest

from glacier_mapper.core.errors import MissingRoleError, NoLayersError
from glacier_mapper.core.extent import Extent
from glacier_mapper.core.request import BandSource, MapRequest
from glacier_mapper.core.roles import OPTICAL_ROLES, Role
from glacier_mapper.runner.scene import describe_file, guess_sources, open_scene


def test_a_description_is_json_and_complete(make_raster):
    stack = np.zeros((3, 4, 5), np.float32)
    path = make_raster("scene_20200927.tif", stack, descriptions=["red", "swir1", "my notes"], nodata=float("nan"))
    info = json.loads(json.dumps(describe_file(str(path)), allow_nan=False))
    assert (info["driver"], info["width"], info["height"], info["crs"]) == ("GTiff", 5, 4, "EPSG:32632")
    assert info["bounds"] == [600000.0, 5199960.0, 600050.0, 5200000.0]
    assert (info["pixel_size"], info["date"]) == (10.0, "2020-09-27")
    assert [band["role"] for band in info["bands"]] == ["red", "swir1", None]
    assert info["bands"][0]["scaling"]["scale"] == 1.0
    assert info["bands"][0]["nodata"] == "nan"
    assert info["bands"][0]["reason"]["details"] == {"text": "red"}
    assert info["bands"][2]["certainty"] is None


def test_sources_of_single_band_files(make_raster):
    dn = np.ones((2, 2), np.uint16)
    paths = [str(make_raster(f"T32TPT_20200715T101031_{band}_20m.tif", dn)) for band in ("B04", "B11")]
    paths.append(str(make_raster("srtm_dem.tif", np.ones((2, 2), np.int16))))
    sources = guess_sources(paths)
    assert [(s.role, s.path, s.band) for s in sources] == [
        (Role.RED, paths[0], 1), (Role.SWIR1, paths[1], 1), (Role.ELEVATION, paths[2], 1),
    ]  # fmt: skip


def test_no_guess_and_no_file_are_errors(make_raster):
    path = make_raster("mask.tif", np.ones((2, 2), np.uint8))
    with pytest.raises(MissingRoleError, match="swir1"):
        guess_sources([str(path)])
    with pytest.raises(NoLayersError):
        guess_sources([])


def test_a_file_named_twice_is_one(make_raster):
    path = str(make_raster("a.tif", np.ones((2, 2, 2), np.float32), descriptions=["red", "swir1"]))
    assert len(guess_sources([path, path])) == 2


def test_landsat_tile_as_it_comes(shared_data):
    """SR = DN * 2.75e-5 - 0.2 and K = DN * 0.00341802 + 149; 0 is no data."""
    import rasterio

    path = str(shared_data / "hackathon_landsat" / "gh_03_07_img.tif")
    sources = guess_sources([path])
    assert [s.role for s in sources] == [Role.BLUE, Role.GREEN, Role.RED, Role.SWIR1, Role.THERMAL]
    with rasterio.open(path) as raster:
        stored = raster.read().astype(float)
    with open_scene(MapRequest(sources, "unused")) as scene:
        bands = scene.read(0, 512, scene.roles)
    for i, role in enumerate([Role.BLUE, Role.GREEN, Role.RED, Role.SWIR1, Role.THERMAL]):
        scale, offset = (0.00341802, 149.0) if role is Role.THERMAL else (2.75e-5, -0.2)
        expected = np.where(stored[i] == 0, np.nan, stored[i] * scale + offset)
        np.testing.assert_allclose(bands[role], expected, rtol=2e-6, atol=2e-6)


def test_liverpool_has_all_seven_roles_and_its_date(shared_data):
    path = str(shared_data / "negatives" / "neg_liverpool_l8_20200927.tif")
    sources = guess_sources([path])
    assert {s.role for s in sources} == {*OPTICAL_ROLES, Role.THERMAL}
    with open_scene(MapRequest(sources, "unused")) as scene:
        assert scene.sources[Role.RED].date == "2020-09-27"
        thermal = scene.read(0, 100, [Role.THERMAL])[Role.THERMAL]
    assert 283 < np.nanmean(thermal) < 293


def test_the_wgs84_dem_on_a_utm_grid_is_the_utm_dem(shared_data):
    """Warped here from 3 arc seconds, against the copy that was warped bilinearly elsewhere."""
    oetztal = shared_data / "oetztal"
    utm = BandSource(Role.ELEVATION, str(oetztal / "oetztal_srtm_utm32_60m.tif"))
    wgs = BandSource(Role.ELEVATION, str(oetztal / "oetztal_srtm3_wgs84.tif"))
    with open_scene(MapRequest((utm,), "unused")) as scene:
        grid, expected = scene.grid, scene.read(0, 701, [Role.ELEVATION])[Role.ELEVATION]
    # a band with the grid of the UTM copy, so that both lie on it
    red = BandSource(Role.RED, utm.path, scale=1e-4)
    with open_scene(MapRequest((red, wgs), "unused")) as scene:
        assert scene.grid == grid
        warped = scene.read(0, 701, [Role.ELEVATION])[Role.ELEVATION]
    both = np.isfinite(expected) & np.isfinite(warped)
    assert both.mean() > 0.9
    assert np.abs(warped - expected)[both].mean() < 1.0


@pytest.mark.parametrize("name", ["nevados_CerroBlanco_2024.tif", "lyb_1990_raw.tif", "oetz_a_dem_2000.tif"])
def test_real_dems_give_plausible_slopes(shared_data, name):
    source = BandSource(Role.ELEVATION, str(shared_data / "dem_pairs" / name))
    with open_scene(MapRequest((source,), "unused")) as scene:
        slope = scene.read(0, scene.grid.shape_yx[0], [Role.SLOPE])[Role.SLOPE]
    assert 5 < np.nanmean(slope) < 40
    assert np.nanmax(slope) < 85


def test_a_geographic_view_of_a_real_tile(shared_data):
    path = str(shared_data / "hackathon_landsat" / "gh_03_07_img.tif")
    view = Extent(75.80, 33.86, 75.83, 33.89, "EPSG:4326")
    with open_scene(MapRequest(guess_sources([path]), "unused", extent=view)) as scene:
        rows, cols = scene.grid.shape_yx
        assert (scene.grid.origin_xy_m[0] - 567945) % 30 == 0
    assert cols * 30 == pytest.approx(2778, abs=120)  # 0.03 degrees at 33.9 N
    assert rows * 30 == pytest.approx(3328, abs=120)
