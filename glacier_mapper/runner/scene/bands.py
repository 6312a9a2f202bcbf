"""The bands that one file gives to a scene, read together: as they lie where the pixels match, else warped."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from affine import Affine
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from ...core.grid import Grid
from ...core.roles import Role
from .decode import Decoder, reads_as_stored
from .edge import is_plain_path, open_raster, translated
from .gridding import footprint
from .handles import Handles
from .projections import centred_on
from .raster_file import RasterFile

_TOLERANCE_PX = 0.05
"""How far the pixels of a file may be off the grid's before it is warped."""


@dataclass(frozen=True)
class BandGroup:
    """Bands of one file on one grid; those of one data type where the file is read as it lies.

    `bands` and `decoders` go with `roles`. `offset_yx` is the file's pixel under the grid's first one where the
    file is read as it lies, None where it is warped. `nodata` is the stored number of all of them.
    """

    file: RasterFile
    grid: Grid
    roles: tuple[Role, ...]
    bands: tuple[int, ...]
    decoders: tuple[Decoder, ...]
    nodata: float | None
    offset_yx: tuple[int, int] | None

    @property
    def key(self) -> str:
        """Names the dataset among the scene's handles."""
        if self.offset_yx is not None:
            return f"direct|{self.file.path}"
        return f"warped|{self.bands}|{self.nodata}|{self.file.path}"

    def open(self, stack: ExitStack) -> Any:
        """The dataset to read from. Raises MissingFileError, UnreadableRasterError.

        It is closed plainly and not as a context manager: rasterio's would want the thread that opened it.
        """
        source = stack.enter_context(closing(open_raster(self._path)))
        if self.offset_yx is not None:
            return source
        with translated(self.file.path):
            return stack.enter_context(closing(WarpedVRT(source, **self._warp_options())))

    def _warp_options(self) -> dict[str, Any]:
        (rows, cols), (crs, transform) = self.grid.shape_yx, self._source_place()
        return {
            "src_crs": crs,
            "src_transform": transform,
            "src_nodata": self.nodata,
            "src_alpha": self.file.alpha,
            "crs": CRS.from_user_input(self.grid.crs),
            "transform": Affine.from_gdal(*self.grid.geotransform),
            "height": rows,
            "width": cols,
            "dtype": "float32",
            "nodata": math.nan,
            "resampling": Resampling.bilinear,
        }

    def _source_place(self) -> tuple[CRS, Affine]:
        """CRS and transform of the file, turned so that a raster across the antimeridian is in one piece."""
        crs, box, transform = self.file.need_crs(), footprint(self.file), self.file.transform
        if not crs.is_geographic or (box.xmin >= -180.0 - 1e-6 and box.xmax <= 180.0 + 1e-6):
            return crs, transform
        middle = (box.xmin + box.xmax) / 2
        turned = Affine(transform.a, transform.b, transform.c + middle % 360.0 - middle, *transform[3:6])
        return centred_on(crs, middle % 360.0), turned

    @property
    def _is_subset(self) -> bool:
        """Whether the warping can be spared the bands that are not wanted; it takes all that it is given."""
        path, plain = self.file.path, is_plain_path(self.file.path)
        few = len(self.bands) < self.file.count and not self.file.has_mask
        return self.offset_yx is None and few and plain and not set("?&#%") & set(path)

    @property
    def _path(self) -> str:
        if not self._is_subset:
            return self.file.path
        return f"vrt://{Path(self.file.path).resolve()}?bands={','.join(map(str, self.bands))}"

    def _band_numbers(self, picked: Sequence[int]) -> list[int]:
        """In the dataset that `open` opens."""
        return [place + 1 for place in picked] if self._is_subset else [self.bands[place] for place in picked]

    def pick(self, roles: Sequence[Role]) -> list[int]:
        """Places in `roles` of those that are wanted and here."""
        return [i for i, role in enumerate(self.roles) if role in roles]

    def read(self, handles: Handles, picked: Sequence[int], row: int, out: np.ndarray) -> None:
        """Fill `out`, float32 (picked, rows, cols of the grid), from grid row `row` on. NaN outside the file."""
        if self.offset_yx is None:
            self._read_window(handles, picked, Window(0, row, out.shape[2], out.shape[1]), out)
            return
        height, width = self.file.shape_yx
        top, left = row + self.offset_yx[0], self.offset_yx[1]
        r0, r1 = max(top, 0), min(top + out.shape[1], height)
        c0, c1 = max(left, 0), min(left + out.shape[2], width)
        if (r1 - r0, c1 - c0) != out.shape[1:]:
            out.fill(np.nan)
        if r0 < r1 and c0 < c1:
            inner = out[:, r0 - top : r1 - top, c0 - left : c1 - left]
            self._read_window(handles, picked, Window(c0, r0, c1 - c0, r1 - r0), inner)

    def _read_window(self, handles: Handles, picked: Sequence[int], window: Window, out: np.ndarray) -> None:
        dataset = handles.get(self.key)
        bands, dtype = self._band_numbers(picked), self.file.dtypes[self.bands[0] - 1]
        stored = out
        if self.offset_yx is not None and reads_as_stored(dtype):
            stored = handles.scratch(out.shape, dtype)
        with translated(self.file.path):
            dataset.read(bands, window=window, out=stored)
            valid = dataset.read_masks(bands[0], window=window) if self._masks_apart else None
        for i, place in enumerate(picked):
            self.decoders[place].decode(stored[i], out[i])
            if valid is not None:
                np.copyto(out[i], np.float32(np.nan), where=valid == 0)

    @property
    def _masks_apart(self) -> bool:
        """Whether a mask must be read besides; warping has done with it already."""
        return self.file.has_mask and self.offset_yx is not None

    def read_coarse(self, handles: Handles, picked: Sequence[int], factor: int, out: np.ndarray) -> None:
        """Fill `out`, float32 (picked, rows, cols), each pixel the mean of `factor` x `factor` of the grid's.

        From the file's overviews where it has them. NaN where a pixel is not wholly on the file.
        """
        top, left = self.offset_yx or (0, 0)
        height, width = self.file.shape_yx if self.offset_yx else self.grid.shape_yx
        r0, c0 = max(0, math.ceil(-top / factor)), max(0, math.ceil(-left / factor))
        r1 = min(out.shape[1], (height - top) // factor)
        c1 = min(out.shape[2], (width - left) // factor)
        out.fill(np.nan)
        if r0 >= r1 or c0 >= c1:
            return
        window = Window(c0 * factor + left, r0 * factor + top, (c1 - c0) * factor, (r1 - r0) * factor)
        dataset, inner = handles.get(self.key), out[:, r0:r1, c0:c1]
        bands = self._band_numbers(picked)
        options = {"window": window, "out_dtype": "float32", "resampling": Resampling.average}
        with translated(self.file.path):
            stored = dataset.read(bands, out_shape=inner.shape, **options)
            if self._masks_apart:
                valid = dataset.read_masks(self.bands[0], window=window, out_shape=inner.shape[1:])
                np.copyto(stored, np.float32(np.nan), where=valid == 0)
        for i, place in enumerate(picked):
            self.decoders[place].decode(stored[i], inner[i])


def offset_on(grid: Grid, file: RasterFile) -> tuple[int, int] | None:
    """The file's pixel (row, column) under the grid's first, None where the pixels do not match."""
    t, size = file.transform, grid.pixel_size_m
    longest = max(*file.shape_yx, *grid.shape_yx)
    if t.b != 0 or t.d != 0 or abs(t.a - size) * longest > _TOLERANCE_PX * size:
        return None
    if abs(t.e + size) * longest > _TOLERANCE_PX * size or file.crs != CRS.from_user_input(grid.crs):
        return None
    (x, y) = grid.origin_xy_m
    col, row = (x - t.c) / size, (t.f - y) / size
    if abs(col - round(col)) > _TOLERANCE_PX or abs(row - round(row)) > _TOLERANCE_PX:
        return None
    return round(row), round(col)
