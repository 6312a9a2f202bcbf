"""The probability of an earlier mapping on the grid of a window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import rasterio
from affine import Affine
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.vrt import WarpedVRT

from ...core.errors import MissingFileError, UnreadableRasterError
from ...core.grid import Grid
from ...core.messages import in_one_line


def read_probability(path: str, grid: Grid) -> npt.NDArray[np.float32]:
    """Float32 (rows, cols) 0..1 on `grid`, NaN where the raster says nothing.

    Raises MissingFileError, UnreadableRasterError.
    """
    if not Path(path).is_file():
        raise MissingFileError(path=path)
    rows, cols = grid.shape_yx
    target = {
        "crs": rasterio.crs.CRS.from_user_input(grid.crs), "transform": Affine.from_gdal(*grid.geotransform),
        "width": cols, "height": rows, "resampling": Resampling.bilinear, "nodata": np.nan, "dtype": "float32",
    }  # fmt: skip
    try:
        with rasterio.open(path) as raster, WarpedVRT(raster, **target) as warped:
            values = warped.read(1)
    except RasterioError as exc:
        raise UnreadableRasterError(path=path, reason=in_one_line(str(exc))) from exc
    return np.where((values >= 0.0) & (values <= 1.0), values, np.float32(np.nan))
