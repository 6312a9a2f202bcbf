"""The bands that one file gives to a scene, read together: as they lie, enlarged, or warped."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any

import numpy as np
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.windows import Window

from ...core.errors import Cancelled
from ...core.grid import Grid
from ...core.progress import never
from ...core.roles import Role
from .decode import Decoder, reads_as_stored
from .edge import open_raster, translated
from .enlarge import Place, enlarge, taps
from .gaps import is_float, open_with_nan_gaps
from .handles import Handles, Opener
from .raster_file import RasterFile
from .warping import Warped

_TOLERANCE_PX = 0.05
"""How far the pixels of a file may be off the grid's before it is warped."""


@dataclass(frozen=True)
class Coarse:
    """How many pixels of the grid go into one along a side, who may stop the reading, how many threads share it."""

    factor: int
    should_stop: Callable[[], bool] = never
    threads: int = 1


@dataclass(frozen=True)
class BandGroup:
    """Bands of one file on one grid; those of one data type where the file is read as it lies, else see `Warped`.

    `bands` and `decoders` go with `roles`. `place` is where the grid lies on a file that is read as it lies or
    enlarged, None where it is warped. `nodata` is the stored number of all of them, for the warping.
    """

    file: RasterFile
    grid: Grid
    roles: tuple[Role, ...]
    bands: tuple[int, ...]
    decoders: tuple[Decoder, ...]
    nodata: float | None
    place: Place | None

    @property
    def offset_yx(self) -> tuple[int, int] | None:
        """The file's pixel under the grid's first one where the file is read as it lies, else None."""
        if self.place is None or self.place.ratio != 1.0:
            return None
        return round(self.place.corner_yx[0]), round(self.place.corner_yx[1])

    @property
    def openers(self) -> dict[str, Opener]:
        """How the datasets to read from are opened, by their names among the scene's handles."""
        return {self._key: self._open, self._coarse_key: self._open_coarse}

    @property
    def _warped(self) -> Warped:
        return Warped(self.file, self.grid, self.bands, self.nodata)

    @property
    def _key(self) -> str:
        return self._warped.key if self.place is None else f"direct|{self.file.path}"

    @property
    def _coarse_key(self) -> str:
        return f"coarse|{self.bands}|{self.file.path}" if self._fills_gaps else self._key

    @property
    def _fills_gaps(self) -> bool:
        """Whether means of pixels are taken of the file with all its gaps as NaN; warping has done with them."""
        return self.place is not None and is_float(self.file, self.bands[0]) and not self.file.alpha

    def _open(self, stack: ExitStack) -> Any:
        """The dataset to read from. Raises MissingFileError, UnreadableRasterError.

        It is closed plainly and not as a context manager: rasterio's would want the thread that opened it.
        """
        if self.place is None:
            return self._warped.open(stack)
        return stack.enter_context(closing(open_raster(self.file.path)))

    def _open_coarse(self, stack: ExitStack) -> Any:
        if not self._fills_gaps:
            return self._open(stack)
        nodatas = [None if decoder.nodata is None else float(decoder.nodata) for decoder in self.decoders]
        return stack.enter_context(closing(open_with_nan_gaps(self.file, self.bands, nodatas)))

    def _band_numbers(self, picked: Sequence[int]) -> list[int]:
        """In the dataset that `_open` opens."""
        return self._warped.band_numbers(picked) if self.place is None else [self.bands[place] for place in picked]

    def pick(self, roles: Sequence[Role]) -> list[int]:
        """Places in `roles` of those that are wanted and here."""
        return [i for i, role in enumerate(self.roles) if role in roles]

    def read(self, handles: Handles, picked: Sequence[int], row: int, out: np.ndarray) -> None:
        """Fill `out`, float32 (picked, rows, cols of the grid), from grid row `row` on. NaN outside the file."""
        if self.place is None:
            self._read_window(handles, picked, Window(0, row, out.shape[2], out.shape[1]), out)
        elif self.offset_yx is None:
            self._read_enlarged(handles, picked, row, out)
        else:
            self._read_as_it_lies(handles, picked, (row + self.offset_yx[0], self.offset_yx[1]), out)

    def _read_as_it_lies(
        self, handles: Handles, picked: Sequence[int], corner_yx: tuple[int, int], out: np.ndarray
    ) -> None:
        height, width = self.file.shape_yx
        top, left = corner_yx
        r0, r1 = max(top, 0), min(top + out.shape[1], height)
        c0, c1 = max(left, 0), min(left + out.shape[2], width)
        if (r1 - r0, c1 - c0) != out.shape[1:]:
            out.fill(np.nan)
        if r0 < r1 and c0 < c1:
            inner = out[:, r0 - top : r1 - top, c0 - left : c1 - left]
            self._read_window(handles, picked, Window(c0, r0, c1 - c0, r1 - r0), inner)

    def _read_enlarged(self, handles: Handles, picked: Sequence[int], row: int, out: np.ndarray) -> None:
        (top, left), ratio = self.place or Place((0.0, 0.0), 1.0)
        rows = taps(top, ratio, (row, row + out.shape[1]), self.file.shape_yx[0])
        cols = taps(left, ratio, (0, out.shape[2]), self.file.shape_yx[1])
        if rows is None or cols is None:
            out.fill(np.nan)
            return
        height, width = rows.last - rows.first + 1, cols.last - cols.first + 1
        values = np.empty((len(picked), height, width), np.float32)
        self._read_window(handles, picked, Window(cols.first, rows.first, width, height), values)
        for i in range(len(picked)):
            enlarge(values[i], rows, cols, out[i])

    def _read_window(self, handles: Handles, picked: Sequence[int], window: Window, out: np.ndarray) -> None:
        dataset = handles.get(self._key)
        bands, dtype = self._band_numbers(picked), self.file.dtypes[self.bands[0] - 1]
        stored = out
        if self.place is not None and reads_as_stored(dtype):
            stored = handles.scratch(out.shape, dtype)
        window, turned = self._as_stored(window)
        with translated(self.file.path):
            dataset.read(bands, window=window, out=stored)
            valid = self._read_mask(dataset, bands[0], window=window)[turned] if self._masks_apart else None
        for i, place in enumerate(picked):
            self.decoders[place].decode(stored[i], out[i])
            if turned.step:
                out[i] = out[i, turned].copy()
            if valid is not None:
                np.copyto(out[i], np.float32(np.nan), where=valid == 0)

    def _as_stored(self, window: Window) -> tuple[Window, slice]:
        """The same window in the dataset's own order of rows, and the slice that turns rows round."""
        if self.place is None or not self.file.south_up:
            return window, slice(None)
        row = self.file.shape_yx[0] - window.row_off - window.height
        return Window(window.col_off, row, window.width, window.height), slice(None, None, -1)

    def _read_mask(self, dataset: Any, band: int, **where: Any) -> np.ndarray:
        """0 where pixels are not valid. GDAL itself minds an alpha band in stacks of 2 and 4 bands only."""
        return dataset.read(self.file.alpha, **where) if self.file.alpha else dataset.read_masks(band, **where)

    @property
    def _masks_apart(self) -> bool:
        """Whether a mask must be read besides; warping has done with it already."""
        return self.file.has_mask and self.place is not None

    def read_coarse(self, handles: Handles, picked: Sequence[int], coarse: Coarse, out: np.ndarray) -> None:
        """Fill `out`, float32 (picked, rows, cols), each pixel the mean of factor x factor of the grid's.

        From the file's overviews where it has them. NaN where a pixel is not wholly on the file. Raises Cancelled.
        """
        (top, left), ratio = self.place or Place((0.0, 0.0), 1.0)
        height, width = self.file.shape_yx if self.place else self.grid.shape_yx
        step = coarse.factor * ratio
        r0, c0 = max(0, math.ceil(-top / step - 1e-6)), max(0, math.ceil(-left / step - 1e-6))
        r1 = min(out.shape[1], math.floor((height - top) / step + 1e-6))
        c1 = min(out.shape[2], math.floor((width - left) / step + 1e-6))
        out.fill(np.nan)
        if r0 >= r1 or c0 >= c1:
            return
        # In strips about as high as the file's blocks: GDAL takes band after band, and would decode a large file of
        # interleaved bands anew for each.
        rows = max(1, round(max(self.file.block_shape_yx[0], 256) / step))

        def read(row: int) -> None:
            inner = out[:, row : min(row + rows, r1), c0:c1]
            window = Window(c0 * step + left, row * step + top, (c1 - c0) * step, inner.shape[1] * step)
            self._read_resampled(handles, picked, window, inner)

        _side_by_side(read, range(r0, r1, rows), coarse)

    def _read_resampled(self, handles: Handles, picked: Sequence[int], window: Window, out: np.ndarray) -> None:
        """Fill `out` from a window of the file that is larger, by means, or smaller, bilinearly."""
        filled = self._fills_gaps
        dataset = handles.get(self._coarse_key)
        bands = [place + 1 for place in picked] if filled else self._band_numbers(picked)
        kind = Resampling.average if window.width >= out.shape[2] else Resampling.bilinear
        window, turned = self._as_stored(window)
        options = {"window": window, "out_dtype": "float32", "resampling": kind}
        with translated(self.file.path):
            stored = dataset.read(bands, out_shape=out.shape, **options)
            if self._masks_apart and not filled:
                valid = self._read_mask(dataset, self.bands[0], window=window, out_shape=out.shape[1:])
                np.copyto(stored, np.float32(np.nan), where=valid == 0)
        for i, place in enumerate(picked):
            self.decoders[place].decode(stored[i, turned], out[i])


def _side_by_side(read: Callable[[int], None], rows: Sequence[int], coarse: Coarse) -> None:
    """Read strips in several threads, each one its own run of neighbours, which share blocks of the file.

    Raises Cancelled, and what the first thread that fails raises.
    """
    failed = threading.Event()

    def run(part: Sequence[int]) -> None:
        for row in part:
            if failed.is_set() or coarse.should_stop():
                raise Cancelled()
            try:
                read(row)
            except BaseException:
                failed.set()
                raise

    size = -(-len(rows) // max(1, coarse.threads))
    parts = [rows[start : start + size] for start in range(0, len(rows), size)]
    if len(parts) == 1:
        run(parts[0])
        return
    with ThreadPoolExecutor(len(parts), thread_name_prefix="coarse") as pool:
        futures = [pool.submit(run, part) for part in parts]
    errors = [error for error in (future.exception() for future in futures) if error is not None]
    if errors:
        raise next((error for error in errors if not isinstance(error, Cancelled)), errors[0])


def place_on(grid: Grid, file: RasterFile) -> Place | None:
    """Where the grid lies on a file of its own CRS and no finer pixels; None where the file must be warped."""
    t, size = file.transform, grid.pixel_size_m
    is_plain = t.b == t.d == 0 and t.a > 0 > t.e and math.isclose(t.a, -t.e, rel_tol=1e-6)
    if not is_plain or file.crs != CRS.from_user_input(grid.crs):
        return None
    (x, y), longest = grid.origin_xy_m, max(*file.shape_yx, *grid.shape_yx)
    row, col = (t.f - y) / -t.e, (x - t.c) / t.a
    if abs(t.a - size) * longest <= _TOLERANCE_PX * size:
        if abs(row - round(row)) <= _TOLERANCE_PX and abs(col - round(col)) <= _TOLERANCE_PX:
            return Place((float(round(row)), float(round(col))), 1.0)
        return None
    return Place((row, col), size / t.a) if t.a > size else None
