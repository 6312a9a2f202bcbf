"""A raster that shows a mapping's probability while it grows, for whoever looks on.

An uncompressed GeoTIFF, complete from its first moment on and NaN where nothing is known yet, whose pixels are then
overwritten in place: its structure never changes, so a reader sees old or new pixels and never a broken file, also
on Windows, where a file that is open can't be replaced. What goes wrong with it is logged and ends it, never the
mapping.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.errors import RasterioError
from rasterio.transform import Affine

from ...core.grid import Grid
from .blending import Piece

log = logging.getLogger(__name__)

FloatImage = npt.NDArray[np.float32]
ToIce = Callable[[FloatImage], FloatImage]
Clock = Callable[[], float]
MAX_PX = 2048
"""On the longer side."""
EVERY_S = 0.7


class LiveRaster:
    """Every `step`-th pixel of the growing result in a file; none where the path is empty. Belongs to one thread.

    `ice` turns samples of what a network gives, (channels, rows, cols), into the probability of ice (rows, cols).
    """

    def __init__(self, path: str, grid: Grid, ice: ToIce = np.squeeze, clock: Clock = time.monotonic) -> None:
        self.path, self._ice = Path(path), ice
        rows, cols = grid.shape_yx
        self.step = max(1, -(-max(rows, cols) // MAX_PX))
        self._middle = self.step // 2
        shape = tuple(max(1, len(range(self._middle, size, self.step))) for size in grid.shape_yx)
        self._middle = min(self._middle, rows - 1, cols - 1)
        self._shown = np.full(shape, np.nan, np.float32)
        self._sum, self._weight = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        self._dirty: tuple[int, int] | None = None
        self._clock, self._written = clock, clock() - EVERY_S
        self._offset: int | None = None
        if not path:
            return
        coarse = Grid(grid.crs, grid.origin_xy_m, grid.pixel_size_m * self.step, (shape[0], shape[1]))
        with self._forgiving():
            self._offset = create(self.path, coarse)

    def _forgiving(self) -> _Forgiving:
        return _Forgiving(self)

    def give_up(self) -> None:
        """Write no more."""
        self._offset = None

    def _places(self, first: int, last: int, axis: int) -> slice:
        """The places in the file of what lies in pixels `first` to `last` of the grid."""
        low, high = (-(-(max(at, 0) - self._middle) // self.step) for at in (first, last))
        return slice(max(low, 0), min(max(high, 0), self._shown.shape[axis]))

    def _samples(self, places: slice, first: int) -> npt.NDArray[np.intp]:
        """Where in an image that begins at pixel `first` the samples for `places` lie."""
        return np.arange(places.start, places.stop) * self.step + self._middle - first

    def add_patch(self, piece: Piece, values: FloatImage, valid: npt.NDArray[np.bool_]) -> None:
        """Blend in what a network gave for a patch, (channels, side, side), where it has data, (side, side)."""
        patch, side = piece.patch, len(valid)
        rows, cols = self._places(patch.row, patch.row + side, 0), self._places(patch.col, patch.col + side, 1)
        if self._offset is None or rows.start >= rows.stop or cols.start >= cols.stop:
            return
        down, across = self._samples(rows, patch.row), self._samples(cols, patch.col)
        sampled = self._ice(values[:, down[:, None], across])
        weight = np.multiply.outer(piece.down[down], piece.across[across]) * valid[down[:, None], across]
        self._sum[rows, cols] += sampled * weight
        self._weight[rows, cols] += weight
        with np.errstate(invalid="ignore", divide="ignore"):
            self._shown[rows, cols] = self._sum[rows, cols] / self._weight[rows, cols]
        self._touch(rows)

    def add_rows(self, row: int, image: FloatImage) -> None:
        """Put in finished rows of the grid, (rows, cols), from row `row` on."""
        rows = self._places(row, row + len(image), 0)
        if self._offset is not None and rows.start < rows.stop:
            cols = slice(0, self._shown.shape[1])
            self._shown[rows] = image[np.ix_(self._samples(rows, row), self._samples(cols, 0))]
            self._touch(rows)

    def _touch(self, rows: slice) -> None:
        low, high = self._dirty or (rows.start, rows.stop)
        self._dirty = (min(low, rows.start), max(high, rows.stop))

    def show(self, at_once: bool = False) -> None:
        """Write what changed, if the last time is long enough ago."""
        if self._offset is None or self._dirty is None or not (at_once or self._clock() - self._written >= EVERY_S):
            return
        low, high = self._dirty
        with self._forgiving(), self.path.open("r+b") as file:
            file.seek(self._offset + low * self._shown.shape[1] * self._shown.itemsize)
            file.write(self._shown[low:high].tobytes())
        self._dirty, self._written = None, self._clock()


class _Forgiving:
    """Ends the live raster where its file can't be written."""

    def __init__(self, live: LiveRaster) -> None:
        self._live = live

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> bool:
        if isinstance(error, (OSError, RasterioError)):
            log.warning("the live raster %s is given up: %s", self._live.path, error)
            self._live.give_up()
            return True
        return False


def create(path: Path, grid: Grid) -> int:
    """Write a GeoTIFF of NaN in one strip; gives the place of its first pixel in the file. Raises OSError."""
    rows, cols = grid.shape_yx
    fresh = path.with_name(f".{path.name}.part-{os.getpid()}")
    profile = {
        "driver": "GTiff", "width": cols, "height": rows, "count": 1, "dtype": "float32", "nodata": float("nan"),
        "crs": rasterio.crs.CRS.from_user_input(grid.crs), "transform": Affine.from_gdal(*grid.geotransform),
        "blockysize": rows, "endianness": "LITTLE",
    }  # fmt: skip
    try:
        with rasterio.open(fresh, "w", **profile) as dataset:
            dataset.write(np.full((1, rows, cols), np.nan, np.float32))
            dataset.set_band_description(1, "Glacier probability so far")
        with rasterio.open(fresh) as dataset:
            offset = int(dataset.get_tag_item("BLOCK_OFFSET_0_0", "TIFF", bidx=1))
        fresh.replace(path)
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
    return offset
