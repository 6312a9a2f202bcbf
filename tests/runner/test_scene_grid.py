"""Which grid a scene lies on: the image's own, or UTM, for views in any reference system."""

from __future__ import annotations

import numpy as np
import pytest
from affine import Affine
from rasterio.crs import CRS
from rasterio.warp import transform as carry

from glacier_mapper.core.errors import InvalidExtentError, NoOverlapError
from glacier_mapper.core.extent import Extent
from glacier_mapper.core.request import BandSource, MapRequest
from glacier_mapper.core.roles import Role
from glacier_mapper.runner.scene import open_scene
from glacier_mapper.runner.scene.projections import is_metric, metric_crs_at, unwrap


def open_one(path, extent=None, *more):
    return open_scene(MapRequest((BandSource(Role.RED, str(path)), *more), "unused", extent=extent))


def flat(rows, cols, value=0.5):
    return np.full((rows, cols), value, np.float32)


def geographic(make_raster, corner, step, values):
    west, north = corner
    return make_raster("geographic.tif", values, crs="EPSG:4326", transform=Affine(step, 0, west, 0, -step, north))


def test_a_metric_image_keeps_its_own_grid(make_raster):
    with open_one(make_raster("a.tif", flat(30, 40), origin_xy=(600005.5, 5200001.25))) as scene:
        assert scene.grid.crs == "EPSG:32632"
        assert scene.grid.geotransform == (600005.5, 10.0, 0.0, 5200001.25, 0.0, -10.0)
        assert scene.grid.shape_yx == (30, 40)
        assert scene.notes == []


def test_the_finest_optical_band_gives_the_grid_and_the_dem_does_not(make_raster):
    twenty = make_raster("a.tif", flat(10, 10), pixel=20.0)
    ten = make_raster("b.tif", flat(20, 20))
    dem = make_raster("dem.tif", flat(900, 900), pixel=1.0)
    more = BandSource(Role.NIR, str(ten)), BandSource(Role.ELEVATION, str(dem))
    with open_one(twenty, None, *more) as scene:
        assert (scene.grid.pixel_size_m, scene.grid.shape_yx) == (10.0, (20, 20))


def test_bands_of_different_extent_span_both(make_raster):
    left, right = make_raster("a.tif", flat(5, 5)), make_raster("b.tif", flat(5, 5), origin_xy=(600030, 5200000))
    with open_one(left, None, BandSource(Role.NIR, str(right))) as scene:
        assert scene.grid.shape_yx == (5, 8)


def test_a_geographic_image_is_mapped_in_the_utm_zone_of_the_view(make_raster):
    # 1/3600 degree at 46.5 N: 30.9 m by 21.3 m on the ground, a square of 25.6 m
    path = geographic(make_raster, (10.0, 47.0), 1 / 3600, flat(3600, 3600))
    view = Extent(10.5, 46.49, 10.52, 46.5, "EPSG:4326")
    with open_one(path, view) as scene:
        assert scene.grid.crs == "EPSG:32632"
        assert scene.grid.pixel_size_m == pytest.approx(25.65, abs=0.1)
        rows, cols = scene.grid.shape_yx
        # 0.02 degrees of longitude are 1536 m, 0.01 of latitude 1112 m; the turn of the meridians adds some
        assert cols * scene.grid.pixel_size_m == pytest.approx(1536, abs=80)
        assert rows * scene.grid.pixel_size_m == pytest.approx(1112, abs=80)
        red = scene.read(0, rows, [Role.RED])[Role.RED]
        assert np.isfinite(red).all()
        assert "EPSG:32632" in str(scene.notes[0])


def test_web_mercator_is_not_metric_away_from_the_equator(make_raster):
    (x,), (y,) = carry("EPSG:4326", "EPSG:3857", [10.7], [46.8])
    path = make_raster("web.tif", flat(50, 50), crs="EPSG:3857", origin_xy=(x, y), pixel=10.0)
    with open_one(path) as scene:
        assert scene.grid.crs == "EPSG:32632"
        assert scene.grid.pixel_size_m == pytest.approx(10 * np.cos(np.radians(46.8)), abs=0.03)


@pytest.mark.parametrize(
    ("code", "lon", "lat", "metric"),
    [(32632, 9, 60, True), (3413, -45, 61, True), (3031, 0, -75, True), (3857, 0, 5, True), (3857, 10, 46, False),
     (4326, 10, 46, False), (2263, -74, 40.7, False), (2056, 8, 46.5, True)],
    ids=["utm", "greenland", "antarctica", "mercator-equator", "mercator-alps", "geographic", "feet", "swiss"],
)  # fmt: skip
def test_metric_means_that_a_metre_is_a_metre(code, lon, lat, metric):
    crs = CRS.from_epsg(code)
    (x,), (y,) = carry("EPSG:4326", crs, [lon], [lat])
    assert is_metric(crs, x, y) is metric


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [(10.7, 46.8, 32632), (-71.4, -36.8, 32719), (5.0, 60.5, 32632), (4.0, 55.9, 32631), (15.7, 78.0, 32633),
     (8.9, 78.0, 32631), (180.0, -16.0, 32701), (-180.0, 65.0, 32601), (179.9, 65.0, 32660), (20.0, 84.5, 3413),
     (20.0, -80.5, 3031)],
)  # fmt: skip
def test_the_zone_of_a_place(lon, lat, code):
    assert metric_crs_at(lon, lat).to_epsg() == code


def test_a_view_in_another_crs_is_carried_over_with_its_curved_edges(make_raster):
    path = make_raster("a.tif", flat(400, 400), origin_xy=(300000, 5200000), pixel=100.0)  # west of the meridian
    lon, lat = carry("EPSG:32632", "EPSG:4326", [310000, 330000, 310000, 330000], [5190000, 5190000, 5170000, 5170000])
    view = Extent(min(lon), min(lat), max(lon), max(lat), "EPSG:4326")
    with open_one(path, view) as scene:
        west, south, east, north = scene.grid.bounds_m
    assert 308500 <= west <= 310000
    assert 330000 <= east <= 331500
    assert 5168500 <= south <= 5170000
    assert 5190000 <= north <= 5191500


@pytest.mark.parametrize("code", ["EPSG:4326", "EPSG:3857"])
def test_a_view_of_the_whole_world_is_the_whole_image(make_raster, code):
    path = make_raster("a.tif", flat(30, 40))
    edge = {"EPSG:4326": (-180, -90, 180, 90), "EPSG:3857": (-2e7, -2e7, 2e7, 2e7)}[code]
    with open_one(path, Extent(*edge, code)) as scene:
        assert (scene.grid.shape_yx, scene.grid.origin_xy_m) == ((30, 40), (600000.0, 5200000.0))


def test_huge_coordinates_of_the_view_do_no_harm(make_raster):
    path = make_raster("a.tif", flat(30, 40))
    with open_one(path, Extent(-1e30, -1e30, 1e30, 1e30, "EPSG:32632")) as scene:
        assert scene.grid.shape_yx == (30, 40)
    with pytest.raises(NoOverlapError):
        open_one(path, Extent(1e29, 1e29, 1e30, 1e30, "EPSG:32632"))


def test_an_image_with_huge_coordinates_is_read(make_raster):
    path = make_raster("far.tif", flat(30, 40), origin_xy=(1e7, 1e8))
    with open_one(path) as scene:
        assert np.isfinite(scene.read(0, scene.grid.shape_yx[0], [Role.RED])[Role.RED]).any()


@pytest.mark.parametrize("west", [179.0, -181.0], ids=["east of 180", "west of -180"])
def test_an_image_across_the_antimeridian(make_raster, west):
    values = np.tile(np.linspace(0, 1, 400, dtype=np.float32), (200, 1))
    path = geographic(make_raster, (west, 66.0), 0.005, values)
    with open_one(path, Extent(179.8, 65.2, -179.8, 65.8, "EPSG:4326")) as scene:
        red = scene.read(0, scene.grid.shape_yx[0], [Role.RED])[Role.RED]
        assert scene.grid.crs in ("EPSG:32601", "EPSG:32660")
    middle = red[red.shape[0] // 2]
    assert np.isfinite(middle).all()
    assert middle[len(middle) // 2] == pytest.approx(0.5, abs=0.01)
    assert (np.diff(middle) > 0).all() or (np.diff(middle) < 0).all()


@pytest.mark.parametrize(("west", "lat"), [(179.9, -20.0), (-180.1, -20.0), (179.9, 66.0)])
def test_an_image_across_the_antimeridian_in_a_view_of_the_world(make_raster, west, lat):
    path = geographic(make_raster, (west, lat), 0.001, flat(200, 200))
    with open_one(path, Extent(-180.0, lat - 0.1, 180.0, lat, "EPSG:4326")) as scene:
        rows, cols = scene.grid.shape_yx
        red = scene.read(0, rows, [Role.RED])[Role.RED]
        assert scene.grid.crs in ("EPSG:32601", "EPSG:32660", "EPSG:32701", "EPSG:32760")
    # 0.2 degrees of longitude, all of it, not one half
    width_m = np.isfinite(red[rows // 2]).sum() * scene.grid.pixel_size_m
    assert width_m == pytest.approx(0.2 * 111_320 * np.cos(np.radians(lat)), rel=0.03)
    assert cols * scene.grid.pixel_size_m < 1.2 * width_m


def test_a_global_image_seen_across_the_antimeridian(make_raster):
    lon = np.arange(-180, 180, 0.25, dtype=np.float32) + 0.125
    values = np.tile(np.abs(lon) / 180, (720, 1))
    path = geographic(make_raster, (-180, 90), 0.25, values)
    with open_one(path, Extent(178.0, 65.0, -178.0, 67.0, "EPSG:4326")) as scene:
        rows, cols = scene.grid.shape_yx
        red = scene.read(0, rows, [Role.RED])[Role.RED]
    assert rows * cols < 400, "the view alone, not the world"
    assert np.nanmin(red) > 0.98
    assert np.isfinite(red[rows // 2]).mean() > 0.9


@pytest.mark.parametrize(
    ("crs", "lonlat_box"),
    [("EPSG:3413", (-50, 70, -45, 72)), ("EPSG:3031", (160, -79, 170, -77)), ("EPSG:3413", (-180, 88, 180, 90))],
    ids=["greenland", "ross sea", "the pole itself"],
)
def test_polar_images_and_geographic_views(make_raster, crs, lonlat_box):
    edge = 4_000_000
    path = make_raster("polar.tif", flat(800, 800), crs=crs, origin_xy=(-edge, edge), pixel=10_000.0)
    with open_one(path, Extent(*lonlat_box, "EPSG:4326")) as scene:
        assert scene.grid.crs == crs
        (x,), (y,) = carry("EPSG:4326", crs, [lonlat_box[0]], [lonlat_box[1]])
        west, south, east, north = scene.grid.bounds_m
        assert west <= x <= east
        assert south <= y <= north
        assert scene.grid.pixel_count < 3600
        if lonlat_box[3] == 90:
            assert west < 0 < east
            assert south < 0 < north


@pytest.mark.parametrize(("north", "code"), [(88.0, "EPSG:3413"), (-82.0, "EPSG:3031")], ids=["north", "south"])
def test_geographic_images_beyond_utm_are_mapped_polar(make_raster, north, code):
    path = geographic(make_raster, (20.0, north), 0.01, flat(100, 100))
    with open_one(path) as scene:
        assert scene.grid.crs == code
        assert np.isfinite(scene.read(0, scene.grid.shape_yx[0], [Role.RED])[Role.RED]).any()


def test_a_polar_view_of_a_utm_image(make_raster):
    path = make_raster("svalbard.tif", flat(100, 100), crs="EPSG:32633", origin_xy=(500000, 8700000), pixel=30.0)
    x, y = carry("EPSG:32633", "EPSG:3413", [500600, 501200], [8699400, 8698800])
    view = Extent(min(x), min(y), max(x), max(y), "EPSG:3413")
    with open_one(path, view) as scene:
        west, south, east, north = scene.grid.bounds_m
    assert (west - 500000) % 30 == 0
    assert west <= 500600
    assert east >= 501200
    assert east - west < 1400


def test_a_view_beside_the_image_names_it(make_raster):
    path = make_raster("a.tif", flat(30, 40))
    with pytest.raises(NoOverlapError, match=r"a\.tif"):
        open_one(path, Extent(0, 0, 1, 1, "EPSG:4326"))


def test_an_optical_band_outside_the_view_is_named(make_raster):
    here = make_raster("here.tif", flat(30, 40))
    there = make_raster("there.tif", flat(5, 5), origin_xy=(700000, 5200000))
    view = Extent(600000, 5199700, 600400, 5200000, "EPSG:32632")
    with pytest.raises(NoOverlapError, match=r"there\.tif"):
        open_one(here, view, BandSource(Role.SWIR1, str(there)))


def test_a_dem_outside_the_view_is_left_out_and_said(make_raster):
    here, there = make_raster("here.tif", flat(30, 40)), make_raster("dem.tif", flat(5, 5), origin_xy=(700000, 5200000))
    with open_one(here, None, BandSource(Role.ELEVATION, str(there))) as scene:
        assert scene.roles == {Role.RED}
        assert "dem.tif does not cover the view" in str(scene.notes[0])


@pytest.mark.parametrize(
    ("extent", "words"),
    [
        (lambda: Extent(1, 1, 2, 2, "EPSG:999999"), "unknown"),
        (lambda: Extent(5, 1, 2, 2, "EPSG:32632"), "left edge"),
        (lambda: Extent(5, 91, 6, 95, "EPSG:4326"), "pole"),
        (lambda: Extent(float("inf"), 1, 2, 2, "EPSG:32632"), "not finite"),
        (lambda: Extent(1, 2, 3, 2, "EPSG:32632"), "empty"),
    ],
    ids=["crs", "swapped", "beyond-pole", "infinite", "empty"],
)
def test_extents_that_cannot_be_mapped(make_raster, extent, words):
    path = make_raster("a.tif", flat(3, 4))
    with pytest.raises(InvalidExtentError, match=words):
        open_one(path, extent())


def test_longitudes_are_unwrapped_round_the_view():
    np.testing.assert_allclose(unwrap(np.array([-179.0, 179.0, 0.0]), 180.0), [181.0, 179.0, 0.0])
