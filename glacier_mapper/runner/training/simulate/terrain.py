"""Relief from a raster of elevations of the user's."""

from __future__ import annotations

import numpy as np
import rasterio
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.vrt import WarpedVRT
from rasterio.warp import transform_bounds
from scipy import ndimage

from ....core.errors import InvalidParameterError


def real_relief(rng: np.random.Generator, path: str, cells: int, cell_m: float) -> np.ndarray:
    """A square of `cells` cells of `cell_m` from the elevations at `path`, drawn by chance, turned or mirrored.

    Float32 (cells, cells), metres; gaps are filled from beside them. Raises InvalidParameterError where the raster
    can not be read or is smaller than the square.
    """
    try:
        bilinear = Resampling.bilinear
        with rasterio.open(path) as source, WarpedVRT(source, crs=_metric(source), resampling=bilinear) as grid:
            wide = round(cells * cell_m / grid.res[0])
            if wide > min(grid.shape):
                expected = f"elevations of at least {cells * cell_m / 1000:.1f} km each way"
                raise InvalidParameterError(name="terrain", value=path, expected=expected)
            row, col = (int(rng.integers(0, size - wide + 1)) for size in grid.shape)
            window = rasterio.windows.Window(col, row, wide, wide)
            read = grid.read(1, window=window, out_shape=(cells, cells), masked=True, resampling=bilinear)
    except RasterioError as exc:
        raise InvalidParameterError(name="terrain", value=path, expected="a raster of elevations") from exc
    height = _whole(read.astype("float32"))
    return np.ascontiguousarray(np.rot90(height[:, ::-1] if rng.random() < 0.5 else height, int(rng.integers(4))))


def _metric(source: rasterio.DatasetReader) -> str:
    """The raster's own system where it is in metres, else the UTM zone of its middle."""
    if source.crs and source.crs.is_projected:
        return source.crs.to_string()
    west, south, east, north = transform_bounds(source.crs or "EPSG:4326", "EPSG:4326", *source.bounds)
    zone = int(((west + east) / 2 + 180) // 6) + 1
    return f"EPSG:{(32600 if north + south >= 0 else 32700) + zone}"


def _whole(height: np.ma.MaskedArray) -> np.ndarray:
    gaps = np.ma.getmaskarray(height)
    if not gaps.any() or gaps.all():
        return height.filled(0.0)
    nearest = ndimage.distance_transform_edt(gaps, return_distances=False, return_indices=True)
    return height.data[tuple(nearest)]
