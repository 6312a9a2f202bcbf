"""The small parts of a scene: rectangles, decoding, handles, georeferences."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from rasterio.crs import CRS
from rasterio.errors import RasterioIOError

from glacier_mapper.core.errors import InternalError, MissingFileError, UnreadableRasterError
from glacier_mapper.core.grid import Grid
from glacier_mapper.core.messages import Message
from glacier_mapper.core.scaling import Scaling
from glacier_mapper.runner.scene.decode import Decoder, reads_as_stored
from glacier_mapper.runner.scene.edge import is_plain_path, reason_of, translated
from glacier_mapper.runner.scene.handles import Handles
from glacier_mapper.runner.scene.projections import WGS84, Box, box_of, centre_lonlat, code_of, ground_metres
from glacier_mapper.runner.scene.raster_file import inspect
from glacier_mapper.runner.scene.scene import coarsened


def test_boxes():
    a, b = Box(0, 0, 10, 10), Box(5, -5, 15, 5)
    assert a.intersection(b) == Box(5, 0, 10, 5)
    assert a.union(b) == Box(0, -5, 15, 10)
    assert a.intersection(Box(10, 0, 20, 10)) is None
    assert a.grown(0.1) == Box(-1, -1, 11, 11)
    assert a.shifted(360.0) == Box(360, 0, 370, 10)
    assert box_of(*a.lattice()) == a
    assert box_of(np.array([np.inf, 1, 2]), np.array([0.0, 3, 4])) == Box(1, 3, 2, 4)
    assert box_of(np.array([np.nan]), np.array([1.0])) is None


def test_the_middle_is_found_across_the_antimeridian_and_at_the_pole():
    lon, lat = centre_lonlat(np.array([179.0, -179.0]), np.array([10.0, 10.0]), WGS84)
    assert abs(lon) == pytest.approx(180.0)
    assert lat == pytest.approx(10.0, abs=0.01)
    _, lat = centre_lonlat(np.array([0.0, 90.0, 180.0, -90.0]), np.full(4, 85.0), WGS84)
    assert lat == pytest.approx(90.0)


def test_steps_on_the_ground():
    east, north = ground_metres(WGS84, 10.0, 60.0, ((0.01, 0.0), (0.0, 0.01)))
    assert east == pytest.approx(558.0, abs=1.0)  # 111.32 km x cos 60 x 0.01, on the ellipsoid
    assert north == pytest.approx(1114.1, abs=1.0)


def test_a_crs_without_code_keeps_its_wkt():
    assert code_of(CRS.from_epsg(32632)) == "EPSG:32632"
    own = CRS.from_proj4("+proj=laea +lat_0=47 +lon_0=11.3 +datum=WGS84 +units=m")
    assert CRS.from_user_input(code_of(own)) == own


@pytest.mark.parametrize(
    ("max_px", "factor", "shape"), [(1000, 1, (100, 250)), (125, 2, (50, 125)), (100, 3, (33, 83)), (1, 100, (1, 2))]
)
def test_coarser_grids(max_px, factor, shape):
    grid = coarsened(Grid("EPSG:32632", (0.0, 0.0), 10.0, (100, 250)), max_px)
    assert (grid.pixel_size_m, grid.shape_yx) == (10.0 * factor, shape)


def decoder(scale, offset, nodata, dtype, planck=None):
    return Decoder.of(Scaling(scale, offset, nodata, Message(""), planck), dtype)


@pytest.mark.parametrize(
    ("dtype", "nodata", "held"),
    [("uint8", 255.0, True), ("uint8", -9999.0, False), ("int16", -32768.0, True), ("uint16", 0.5, False),
     ("float32", -9999.0, True), ("int32", -9999.0, True), ("uint16", math.nan, False)],
)  # fmt: skip
def test_no_data_that_a_type_can_hold(dtype, nodata, held):
    assert (decoder(1, 0, nodata, dtype).nodata is not None) is held


def test_decoding_in_pieces_is_decoding_at_once():
    stored = np.random.default_rng(0).integers(0, 5, (5000, 400), dtype=np.uint16)  # 4 MB: four pieces
    out = np.empty(stored.shape, np.float32)
    decoder(0.5, 1.0, 0.0, "uint16").decode(stored, out)
    np.testing.assert_array_equal(out, np.where(stored == 0, np.nan, stored * np.float32(0.5) + 1))


def test_no_radiance_has_no_temperature():
    out = np.empty((1, 2), np.float32)
    decoder(1.0, -5.0, None, "uint16", (774.8853, 1321.0789)).decode(np.array([[5, 15]], np.uint16), out)
    assert np.isnan(out[0, 0])
    assert out[0, 1] == pytest.approx(1321.0789 / math.log(774.8853 / 10 + 1), rel=1e-6)


def test_small_integers_are_read_in_their_own_type():
    assert [reads_as_stored(t) for t in ("uint8", "int16", "uint16", "int32", "float32")] == [True] * 3 + [False] * 2


def test_each_thread_has_its_own_dataset_and_all_are_closed():
    closed = []

    def opener(stack):
        token = object()
        stack.callback(closed.append, token)
        return token

    handles = Handles({"a": opener})
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(handles.get, "a").result()
    mine = handles.get("a")
    assert mine is handles.get("a")
    assert mine is not other
    handles.release()
    assert set(closed) == {mine, other}
    with pytest.raises(InternalError):
        handles.get("a")


def test_a_scratch_buffer_is_used_again():
    handles = Handles({})
    first = handles.scratch((4, 5), "uint16")
    assert np.shares_memory(first, handles.scratch((2, 3), "uint16"))
    assert handles.scratch((9, 9), "uint16").shape == (9, 9)


@pytest.mark.parametrize(
    ("path", "plain"),
    [("/data/a.tif", True), ("a.tif", True), ("C:\\a.tif", True), ("/vsizip/a.zip/a.tif", False),
     ("https://x.org/a.tif", False), ("NETCDF:a.nc:b", False), ("<VRTDataset>", False)],
)  # fmt: skip
def test_plain_paths(path, plain):
    assert is_plain_path(path) is plain


def test_gdals_words_become_a_sentence_of_a_typed_error(tmp_path):
    there = tmp_path / "there.tif"
    there.touch()
    words = r"there\.tif can't be read: broken pipe\. "
    with pytest.raises(UnreadableRasterError, match=words), translated(str(there)):
        raise RasterioIOError("outer") from RasterioIOError("broken\npipe")
    with pytest.raises(MissingFileError), translated(str(tmp_path / "gone.tif")):
        raise RasterioIOError("no")
    assert reason_of(ValueError("")) == "ValueError."


def test_an_impossible_georeference_is_said(make_raster):
    path = make_raster("odd.tif", np.ones((2, 2), np.float32), origin_xy=(6e8, 5e8), pixel=1e-9)
    with pytest.raises(UnreadableRasterError, match="georeference"):
        inspect(str(path)).need_crs()
