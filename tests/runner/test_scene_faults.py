"""What is wrong with a file is said by a typed error that names it, whenever it comes to light."""

from __future__ import annotations

import os
import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import rasterio.shutil
from rasterio._err import CPLE_BaseError
from rasterio.crs import CRS
from rasterio.errors import RasterioError

from glacier_mapper.core.errors import (
    InputError,
    MissingCrsError,
    MissingFileError,
    NoLayersError,
    UnreadableRasterError,
)
from glacier_mapper.core.file_errors import ContainerRasterError, MissingBandError, NoRasterError, UnusableCrsError
from glacier_mapper.core.model_errors import ComplexRasterError
from glacier_mapper.core.request import BandSource, MapRequest
from glacier_mapper.core.roles import Role
from glacier_mapper.runner.scene import describe_file, metric_grid, open_scene
from glacier_mapper.runner.scene.projections import is_on_earth


def open_red(path, *more):
    return open_scene(MapRequest((BandSource(Role.RED, str(path)), *more), "unused"))


def read_all(scene):
    return scene.read(0, scene.grid.shape_yx[0], scene.roles)


@pytest.fixture
def noise():
    return np.random.default_rng(0).integers(1, 9000, (256, 256), dtype=np.uint16)


def test_a_missing_file_is_named(tmp_path):
    path = tmp_path / "gone.tif"
    with pytest.raises(MissingFileError, match=r"gone\.tif"):
        open_red(path)
    with pytest.raises(MissingFileError, match=r"gone\.tif"):
        describe_file(str(path))


def test_a_zip_file_is_told_by_the_names_of_its_images(make_raster, tmp_path):
    image = make_raster("scene.tif", np.full((20, 20), 0.5, np.float32))
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("a.tif", "b.tif", "c.TIF", "d.tif", "readme.txt"):
            archive.write(image, f"in/{name}")
    with pytest.raises(ContainerRasterError, match=r"all\.zip holds images inside") as caught:
        open_red(path)
    first = f"/vsizip/{path}/in/a.tif"
    assert str(caught.value).endswith(f"as GDAL does ({first}, /vsizip/{path}/in/b.tif, /vsizip/{path}/in/c.TIF, …).")
    assert describe_file(first)["bands"]
    with zipfile.ZipFile(tmp_path / "none.zip", "w") as archive:
        archive.write(image, "readme.txt")
    with pytest.raises(UnreadableRasterError) as caught:
        open_red(tmp_path / "none.zip")
    assert type(caught.value) is UnreadableRasterError


def test_a_file_of_several_images_is_told_by_their_names(make_raster, tmp_path):
    path = tmp_path / "many.nc"
    try:
        rasterio.shutil.copy(make_raster("two.tif", np.full((2, 20, 20), 0.5, np.float32)), path, driver="netCDF")
    except RasterioError:
        pytest.skip("this GDAL writes no NetCDF")
    with pytest.raises(ContainerRasterError, match=r"many\.nc holds images inside") as caught:
        describe_file(str(path))
    first = caught.value.details["inside"].split(", ")[0]
    assert first.lower() == f"netcdf:{path}:band1".lower()
    assert describe_file(first)["bands"]


LOCAL = 'LOCAL_CS["site grid",UNIT["metre",1],AXIS["x",EAST],AXIS["y",NORTH]]'
ENGINEERING = (
    'ENGCRS["site grid",EDATUM["a corner stone"],CS[Cartesian,2],'
    'AXIS["x",east],AXIS["y",north],LENGTHUNIT["metre",1]]'
)


@pytest.mark.parametrize("wkt", [LOCAL, ENGINEERING], ids=["local", "engineering"])
@pytest.mark.parametrize("role", [Role.RED, Role.ELEVATION])
def test_a_reference_system_without_a_place_on_earth_is_said_with_the_remedy(make_raster, wkt, role):
    path = make_raster("site.tif", np.full((20, 20), 0.5, np.float32), crs=wkt)
    red = make_raster("red.tif", np.full((20, 20), 0.5, np.float32))
    request = MapRequest((BandSource(Role.GREEN, str(red)), BandSource(role, str(path))), "unused")
    with pytest.raises(UnusableCrsError, match=r"site\.tif .+“site grid”.+ gdal_edit\.py -a_srs"):
        open_scene(request)
    assert describe_file(str(path))["crs"]
    with pytest.raises(UnusableCrsError):
        metric_grid(str(path))


def test_reference_systems_of_the_earth_are_taken():
    rotated = "+proj=ob_tran +o_proj=longlat +o_lon_p=0 +o_lat_p=39.25 +lon_0=18 +datum=WGS84"
    for system in ("EPSG:4326", "EPSG:3413", "EPSG:32632+5773", "EPSG:2056", "EPSG:2263", rotated, "+proj=sinu"):
        assert is_on_earth(CRS.from_user_input(system)), system


@pytest.mark.parametrize("content", [b"", b"no raster", b"II*\x00\x08\x00\x00\x00"], ids=["empty", "text", "header"])
def test_a_corrupt_file_is_unreadable(tmp_path, content):
    path = tmp_path / "bad.tif"
    path.write_bytes(content)
    with pytest.raises(UnreadableRasterError, match=r"bad\.tif can't be read: .+\."):
        open_red(path)


def test_a_sound_file_of_shapes_is_not_called_damaged(tmp_path):
    path = tmp_path / "outlines.geojson"
    path.write_text('{"type": "FeatureCollection", "features": []}')
    with pytest.raises(NoRasterError, match=r"outlines\.geojson is no image: it holds shapes or a table\. Choose"):
        describe_file(str(path))


@pytest.mark.parametrize("options", [{}, {"compress": "deflate"}, {"tiled": True, "compress": "lzw"}], ids=str)
def test_a_truncated_file_is_found_while_reading(make_raster, noise, options):
    path = make_raster("half.tif", noise, **options)
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(UnreadableRasterError, match=r"half\.tif"), open_red(path) as scene:
        read_all(scene)


def test_a_truncated_file_is_found_while_warping(make_raster, noise):
    red = make_raster("red.tif", np.full((512, 512), 0.5, np.float32))
    path = make_raster("half.tif", noise, pixel=20.0, compress="deflate")
    os.truncate(path, path.stat().st_size // 2)
    swir = BandSource(Role.SWIR1, str(path), scale=1e-4)
    with pytest.raises(UnreadableRasterError, match=r"half\.tif"), open_red(red, swir) as scene:
        read_all(scene)


def test_a_truncated_file_is_found_in_the_coarse_view(make_raster, noise):
    path = make_raster("half.tif", noise, compress="deflate")
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(UnreadableRasterError, match=r"half\.tif"), open_scene(
        MapRequest((BandSource(Role.RED, str(path), scale=1e-4),), "unused")
    ) as scene:
        scene.read_coarse([Role.RED], 32)


def test_a_truncated_jpeg2000_is_found(make_raster, noise):
    path = make_raster("half.jp2", noise, driver="JP2OpenJPEG", QUALITY="100", REVERSIBLE="YES")
    os.truncate(path, path.stat().st_size // 3)
    with pytest.raises(UnreadableRasterError, match=r"half\.jp2"), open_red(path) as scene:
        read_all(scene)


def test_a_file_deleted_after_opening_is_an_input_error_in_the_next_thread(make_raster, noise):
    path = make_raster("red.tif", noise)
    with open_red(path) as scene, ThreadPoolExecutor(1) as pool:
        path.unlink()
        with pytest.raises(MissingFileError, match=r"red\.tif"):
            pool.submit(read_all, scene).result()


def test_a_raster_without_crs_is_named_with_the_remedy(make_raster, noise):
    path = make_raster("nowhere.tif", noise, crs=None)
    with pytest.raises(MissingCrsError, match=r"nowhere\.tif has no coordinate reference system\. Assign"):
        open_red(path)
    assert describe_file(str(path))["crs"] is None


def test_a_band_that_is_not_there(make_raster, noise):
    path = make_raster("one.tif", noise)
    with pytest.raises(MissingBandError, match=r"has no band 3; its bands are 1 to 1\. .+--band"):
        open_scene(MapRequest((BandSource(Role.RED, str(path), 3),), "unused"))


def test_complex_numbers_are_refused(make_raster):
    path = make_raster("slc.tif", np.ones((4, 4), np.complex64))
    with pytest.raises(ComplexRasterError, match="complex numbers. Write its amplitude or intensity"):
        open_red(path)


def test_a_lone_thermal_band_of_unknown_scaling_leaves_no_layer(make_raster, noise):
    path = make_raster("t.tif", noise)
    with pytest.raises(NoLayersError):
        open_scene(MapRequest((BandSource(Role.THERMAL, str(path)),), "unused"))


@pytest.mark.parametrize(
    "name",
    ["with space.tif", "Übersicht Ötztal.tif", "it's \"quoted\".tif", "a#b?c&d=1.tif", "100%.tif", "50%20.tif",
     "a,b;c.tif", "http:x.tif", "雪.tif"],
)  # fmt: skip
@pytest.mark.parametrize("pixel", [10.0, 15.0], ids=["as it lies", "warped"])
def test_any_file_name_is_read(make_raster, tmp_path, name, pixel):
    folder = tmp_path / "Ordner mit Leerzeichen und 'Zeichen'"
    red = make_raster("red.tif", np.full((30, 30), 0.5, np.float32))
    two = np.stack([np.full((20, 20), 0.25, np.float32), np.full((20, 20), 0.75, np.float32)])
    path = make_raster(name, two, pixel=pixel, folder=folder)
    with open_red(red, BandSource(Role.SWIR1, str(path), 2)) as scene:
        swir = read_all(scene)[Role.SWIR1]
    np.testing.assert_allclose(swir[:18, :18], 0.75)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_no_foreign_error_is_left_untranslated(make_raster, tmp_path):
    """Bytes flipped all over a small compressed file: it reads, or a typed error names it."""
    rng = np.random.default_rng(5)
    good = make_raster("plain.tif", rng.integers(0, 9000, (64, 64), dtype=np.uint16), compress="deflate").read_bytes()
    outcomes = set()
    for i in range(60):
        data = bytearray(good)
        for place in rng.integers(0, len(data) if i % 2 else 400, 3):
            data[place] = int(rng.integers(0, 256))
        path = tmp_path / f"flip{i}.tif"
        path.write_bytes(bytes(data))
        try:
            with open_red(path) as scene:
                if scene.grid.pixel_count < 1e6:
                    read_all(scene)
            outcomes.add("read")
        except InputError as error:
            outcomes.add(type(error).__name__)
        except (RasterioError, CPLE_BaseError, ValueError, OverflowError) as error:
            pytest.fail(f"untranslated: {error!r}")
    assert "UnreadableRasterError" in outcomes


# What is odd but no fault: a note


def notes_with(make_raster, dem, role=Role.ELEVATION, band=1, **more):
    red = BandSource(Role.RED, str(make_raster("red.tif", np.full((20, 20), 0.5, np.float32))))
    with open_scene(MapRequest((red, BandSource(role, str(dem), band, **more)), "unused")) as scene:
        return [str(note) for note in scene.notes]


def flat(bands):
    return np.full((bands, 20, 20), 0.5, np.float32)


def test_an_optical_image_given_as_elevation_is_doubted(make_raster):
    names = ["blue", "green", "red", "nir", "swir1", "swir2", "thermal"]
    image = make_raster("scene.tif", flat(7), descriptions=names)
    assert notes_with(make_raster, image) == [
        "scene.tif, band 1 of 7, is taken for “Elevation”, but looks like “Blue”. Please check."
    ]
    single = make_raster("LC08_L2SP_193027_20200927_20201006_02_T1_SR_B4.TIF", flat(1))
    assert "looks like “Red”" in notes_with(make_raster, single)[0]


def test_a_band_among_others_that_says_nothing_is_doubted(make_raster):
    notes = notes_with(make_raster, make_raster("stack.tif", flat(2), descriptions=["one", "two"]), band=2)
    assert notes == [
        "stack.tif, band 2 of 2, is taken for “Elevation”, though nothing in the file says so. Please check."
    ]


def test_a_band_that_was_named_is_doubted_only_where_the_file_says_otherwise(make_raster):
    stack = make_raster("stack.tif", flat(2) * 540, descriptions=["one", "two"])
    assert notes_with(make_raster, stack, Role.THERMAL, 2, by_hand=True) == []
    named = make_raster("named.tif", flat(2) * 540, descriptions=["red", "nir"])
    assert notes_with(make_raster, named, Role.THERMAL, 2, by_hand=True) == [
        "named.tif, band 2 of 2, is taken for “Thermal infrared”, but looks like “Near infrared”. Please check."
    ]


def scaled_notes(path, **more):
    sources = [BandSource(role, str(path), number, **more) for number, role in ((1, Role.RED), (2, Role.SWIR1))]
    with open_scene(MapRequest(tuple(sources), "unused")) as scene:
        return [str(note) for note in scene.notes if "looks wrong" in str(note)]


COUNTS = np.stack([np.full((20, 20), 4000, np.uint16), np.full((20, 20), 900, np.uint16)])


@pytest.mark.parametrize(
    ("said", "median"),
    [({"scale": 2.0}, "8e+03"), ({"scale": 1e-4, "offset": -5.0}, "-4.91"), ({"scaling": "reflectance"}, "4e+03"),
     ({"scale": -1e-3}, "-4"), ({"scale": 1e-3}, "4")],
)  # fmt: skip
def test_a_scaling_that_no_surface_has_is_said_once(make_raster, said, median):
    path = make_raster("dn.tif", COUNTS)
    assert scaled_notes(path, **said) == [
        f"dn.tif: reflectance looks wrong with the scaling given: the median of a band is {median}, where 0 to 1 is "
        "usual. Check scale and offset."
    ]


def test_pixels_that_cannot_be_read_are_not_looked_at_for_a_note(make_raster):
    counts = np.random.default_rng(1).integers(0, 9000, (300, 300), dtype=np.uint16)
    path = make_raster("dn.tif", counts, compress="deflate")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 4000] = bytes(4000)
    path.write_bytes(bytes(data))
    sources = (BandSource(Role.RED, str(path), scale=1e-4),)
    with open_scene(MapRequest(sources, "unused")) as scene, pytest.raises(UnreadableRasterError, match=r"dn\.tif"):
        read_all(scene)


@pytest.mark.parametrize(
    "said", [{"scale": 1e-4}, {"scale": 2.75e-5, "offset": -0.2}, {"scaling": "landsat-c2-l2"}, {}]
)
def test_a_scaling_that_a_surface_can_have_is_not_questioned(make_raster, said):
    empty = COUNTS.copy()
    empty[:, :12] = 65535  # no data over more than half of the image says nothing of the rest
    assert scaled_notes(make_raster("dn.tif", empty, nodata=65535), **said) == []


@pytest.mark.parametrize(
    ("name", "descriptions", "role", "band"),
    [
        ("dem.tif", None, Role.ELEVATION, 1),
        ("anything.tif", None, Role.ELEVATION, 1),
        ("anything.tif", None, Role.COHERENCE, 1),
        ("terrain.tif", ["elevation", "slope"], Role.ELEVATION, 1),
        ("terrain.tif", ["elevation", "slope"], Role.SLOPE, 2),
        ("radar.tif", ["vv", "vh"], Role.CO_POL_2, 1),
    ],
)
def test_what_fits_its_role_is_not_doubted(make_raster, name, descriptions, role, band):
    raster = make_raster(name, flat(len(descriptions or "x")), descriptions=descriptions)
    assert notes_with(make_raster, raster, role, band) == []


@pytest.mark.parametrize("hole", [np.inf, -np.inf, 1e38, -1e38, 1e31], ids=str)
@pytest.mark.parametrize("scale", [None, 50.0])
@pytest.mark.filterwarnings("error")
def test_numbers_that_no_sensor_measures_are_no_data_without_a_warning(make_raster, hole, scale):
    stored = np.full((8, 8), 0.5, np.float32)
    stored[2:4] = hole
    path = make_raster("odd.tif", stored)
    with open_scene(MapRequest((BandSource(Role.RED, str(path), scale=scale),), "unused")) as scene:
        red = read_all(scene)[Role.RED]
    assert np.isnan(red[2:4]).all()
    np.testing.assert_allclose(np.delete(red, [2, 3], axis=0), 0.5 * (scale or 1))
