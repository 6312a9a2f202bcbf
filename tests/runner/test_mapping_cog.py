"""The COG writer: what GDAL reads is what was written, and GDAL takes it for a cloud-optimised GeoTIFF."""

from __future__ import annotations

import shutil
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.windows import Window

from glacier_mapper.core.errors import Cancelled
from glacier_mapper.core.grid import Grid
from glacier_mapper.runner.mapping import cog
from glacier_mapper.runner.mapping.cog import CogWriter, halve
from glacier_mapper.runner.mapping.tiff import Image, geo_tags, header_of

NAN = float("nan")
VALIDATOR = Path("/usr/lib/python3/dist-packages/osgeo_utils/samples/validate_cloud_optimized_geotiff.py")


def grid_for(shape: tuple[int, int], crs: str = "EPSG:32632") -> Grid:
    return Grid(crs, (600000.0, 5100000.0), 10.0, shape)


def field(shape: tuple[int, int], seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    image = np.rint(rng.random(shape, dtype=np.float32) * 65536) / np.float32(65536)
    image[: shape[0] // 5, : shape[1] // 3] = np.nan
    return image.astype(np.float32)


def write(path: Path, image: np.ndarray, rows: int = 137, threads: int = 2, crs: str = "EPSG:32632") -> Path:
    with ThreadPoolExecutor(threads) as pool:
        writer = CogWriter(path, grid_for(image.shape, crs), "Glacier probability", pool)
        for row in range(0, len(image), rows):
            writer.write(image[row : row + rows])
        writer.finish(lambda: False)
    return path


def test_what_is_deflated_does_not_wait_in_memory(tmp_path: Path):
    """Small levels get a tile every few thousand rows; theirs must not pile up over the height of a scene."""
    with ThreadPoolExecutor(2) as pool:
        writer = CogWriter(tmp_path / "p.tif", grid_for((40 * 512, 512)), "Glacier probability", pool)
        for _ in range(40):
            writer.write(np.zeros((512, 512), np.float32))
            wait([tile for level in writer._levels for tile in level._in_flight])
        assert [len(level._in_flight) for level in writer._levels if level._sizes] == [1, 1, 1, 1, 1]
        writer.close()


@pytest.mark.parametrize(
    "shape",
    [(1, 1), (3, 700), (512, 512), (513, 512), (1100, 1301)],
    ids=lambda s: f"{s[0]}x{s[1]}",
)
def test_gdal_reads_what_was_written(tmp_path: Path, shape: tuple[int, int]):
    image = field(shape)
    with rasterio.open(write(tmp_path / "p.tif", image)) as dataset:
        np.testing.assert_array_equal(dataset.read(1), image)
        assert dataset.shape == shape
        assert np.isnan(dataset.nodata)
        assert dataset.dtypes == ("float32",)
        assert dataset.descriptions == ("Glacier probability",)
        assert dataset.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert dataset.crs.to_epsg() == 32632
        assert dataset.transform.to_gdal() == (600000.0, 10.0, 0.0, 5100000.0, 0.0, -10.0)


def test_overviews_halve_until_a_tile_holds_them(tmp_path: Path):
    image = field((1100, 1301))
    path = write(tmp_path / "p.tif", image)
    with rasterio.open(path) as dataset:
        assert dataset.overviews(1) == [2, 4]
    with rasterio.open(path, overview_level=0) as half:
        np.testing.assert_array_equal(half.read(1), halve(image))
    with rasterio.open(path, overview_level=1) as quarter:
        assert quarter.shape == (275, 326)
        np.testing.assert_array_equal(quarter.read(1), halve(halve(image)))


def test_a_window_in_the_middle_is_right(tmp_path: Path):
    image = field((1100, 1301))
    with rasterio.open(write(tmp_path / "p.tif", image)) as dataset:
        window = dataset.read(1, window=Window(500, 505, 30, 20))
    np.testing.assert_array_equal(window, image[505:525, 500:530])


@pytest.mark.parametrize("rows", [1, 511, 512, 2000])
def test_the_bytes_do_not_hang_on_strips_or_threads(tmp_path: Path, rows: int):
    image = field((1200, 600))
    first = write(tmp_path / "a.tif", image, rows=137, threads=2).read_bytes()
    assert write(tmp_path / "b.tif", image, rows=rows, threads=1).read_bytes() == first


def test_nothing_but_the_file_is_left(tmp_path: Path):
    write(tmp_path / "p.tif", field((1100, 1301)))
    assert [path.name for path in tmp_path.iterdir()] == ["p.tif"]


@pytest.mark.skipif(not VALIDATOR.exists(), reason="GDAL's own COG validator is not installed")
@pytest.mark.parametrize("shape", [(40, 50), (1100, 1301)], ids=["one tile", "pyramid"])
def test_gdals_validator_is_content(tmp_path: Path, shape: tuple[int, int]):
    path = write(tmp_path / "p.tif", field(shape))
    command = [shutil.which("python3", path="/usr/bin"), str(VALIDATOR), "--full-check=yes", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "is a valid cloud optimized GeoTIFF" in done.stdout
    assert "warning" not in done.stdout.lower()


@pytest.mark.parametrize(
    "crs",
    ["EPSG:3413", "EPSG:3031", "EPSG:2056", "+proj=laea +lat_0=61 +lon_0=8 +datum=WGS84 +units=m +no_defs"],
    ids=["Arctic", "Antarctic", "Swiss", "no code"],
)
def test_any_projection_survives(tmp_path: Path, crs: str):
    with rasterio.open(write(tmp_path / "p.tif", field((20, 20)), crs=crs)) as dataset:
        assert dataset.crs == rasterio.crs.CRS.from_user_input(crs)


def test_bigtiff_is_read_as_well(tmp_path: Path):
    image = field((600, 700))
    path = write(tmp_path / "p.tif", image)
    with ThreadPoolExecutor(1) as pool:
        writer = CogWriter(tmp_path / "big.tif", grid_for(image.shape), "Glacier probability", pool)
        writer.write(image)
        for number, level in enumerate(writer._levels):
            rest = level.flush()
            if number + 1 < len(writer._levels):
                writer._feed(number + 1, halve(rest))
            level.drain()
        images = [level.image() for level in writer._levels]
        with (tmp_path / "big.tif").open("wb") as target:
            target.write(header_of(images, writer._geo_tags, big=True))
            for level in reversed(writer._levels):
                level.copy_to(target, lambda: False)
        writer.close()
    with rasterio.open(tmp_path / "big.tif") as big, rasterio.open(path) as classic:
        np.testing.assert_array_equal(big.read(1), image)
        assert big.overviews(1) == classic.overviews(1)
        assert big.crs == classic.crs
        assert big.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"


def test_a_file_over_four_gigabytes_becomes_bigtiff():
    tags = geo_tags(grid_for((60_000, 60_000)), "p")
    tiles = 118 * 118
    small = header_of([Image((60_000, 60_000), 512, [100_000] * tiles)], tags)
    large = header_of([Image((60_000, 60_000), 512, [400_000] * tiles)], tags)
    assert small[:4] == b"II\x2a\x00"
    assert large[:4] == b"II\x2b\x00"


def test_uniform_rows_cost_almost_nothing(tmp_path: Path):
    path = write(tmp_path / "p.tif", np.full((2048, 2048), np.nan, np.float32))
    assert path.stat().st_size < 0.01 * 2048 * 2048 * 4


def test_a_cancel_while_the_file_is_put_together(tmp_path: Path):
    image = field((600, 600))
    with ThreadPoolExecutor(1) as pool:
        writer = CogWriter(tmp_path / "p.tif", grid_for(image.shape), "p", pool)
        writer.write(image)
        with pytest.raises(Cancelled):
            writer.finish(lambda: True)
        writer.close()
    assert [path.name for path in tmp_path.iterdir()] == ["p.tif"]


def test_tiles_under_way_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    gate, started = threading.Event(), []

    def slow(tile: np.ndarray) -> bytes:
        started.append(tile.nbytes)
        gate.wait(5)
        return b"12345678"

    monkeypatch.setattr(cog, "encode_tile", slow)
    monkeypatch.setattr(cog, "TILES_IN_FLIGHT", 2)
    with ThreadPoolExecutor(8) as pool:
        writer = CogWriter(tmp_path / "p.tif", grid_for((512, 512 * 6)), "p", pool)
        done = threading.Thread(target=writer.write, args=(np.zeros((512, 512 * 6), np.float32),))
        done.start()
        done.join(0.3)
        assert done.is_alive()
        assert len(started) == 3
        gate.set()
        done.join(5)
        writer.close()
    assert not done.is_alive()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([[1, 3], [5, 7]], [[4]]),
        ([[1, NAN], [5, NAN]], [[3]]),
        ([[NAN, NAN], [NAN, 2]], [[2]]),
        ([[NAN, NAN], [NAN, NAN]], [[NAN]]),
        ([[1, 3, 9], [5, 7, 11]], [[4, 10]]),
        ([[1, 3]], [[2]]),
        ([[4]], [[4]]),
    ],
    ids=["mean", "two valid", "one valid", "none", "odd column", "odd row", "single"],
)
def test_halving_by_hand(rows: list[list[float]], expected: list[list[float]]):
    np.testing.assert_array_equal(halve(np.array(rows, np.float32)), np.array(expected, np.float32))
