"""Fixtures that every folder of tests may use."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture
def make_raster(tmp_path):
    """A factory of small real rasters: `make_raster("a.tif", array, crs=..., descriptions=[...])` -> Path.

    `array` is (rows, cols) or (bands, rows, cols). The upper left corner lies at `origin_xy`, pixels are
    `pixel` wide, unless `transform` says otherwise. `mask` (rows, cols) writes a per-dataset mask, `tags` and
    `band_tags` metadata; anything else goes to the driver.
    """
    rasterio = pytest.importorskip("rasterio")
    numpy = pytest.importorskip("numpy")

    def make(name, array, *, crs="EPSG:32632", origin_xy=(600000.0, 5200000.0), pixel=10.0, transform=None, **more):
        array = numpy.asarray(array)
        bands = array if array.ndim == 3 else array[None]
        path = Path(more.pop("folder", tmp_path)) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        extras = {key: more.pop(key, None) for key in ("descriptions", "scales", "offsets", "units")}
        colours = more.pop("colorinterp", None)
        mask, tags, band_tags = more.pop("mask", None), more.pop("tags", {}), more.pop("band_tags", [])
        if transform is None:
            transform = rasterio.Affine(pixel, 0, origin_xy[0], 0, -pixel, origin_xy[1])
        profile = {"driver": "GTiff", "crs": crs, "transform": transform, "dtype": bands.dtype.name, **more}
        count, height, width = bands.shape
        with rasterio.open(path, "w", count=count, height=height, width=width, **profile) as raster:
            raster.colorinterp = colours or raster.colorinterp  # GDAL forgets it after the first pixels
            raster.write(bands)
            raster.update_tags(**tags)
            for number, values in enumerate(band_tags, 1):
                raster.update_tags(number, **values)
            for key, values in extras.items():
                if values is not None:
                    setattr(raster, key, tuple(values))
            if mask is not None:
                raster.write_mask(mask)
        return path

    return make


@pytest.fixture
def shared_data():
    """The folder of real test data beside the project; the test is skipped where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no real data in {SHARED_DATA}")
    return SHARED_DATA
