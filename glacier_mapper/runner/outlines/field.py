"""A probability raster from here or elsewhere, read in strips as float32 0..1 with NaN for no data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from rasterio._err import CPLE_BaseError
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.env import set_gdal_config
from rasterio.errors import RasterioError
from rasterio.windows import Window

from ...core.errors import MissingCrsError, MissingFileError, UnreadableRasterError
from ...core.file_errors import NotProbabilityError
from ...core.messages import QT_TRANSLATE_NOOP, Message, in_one_line

STRIP_PIXELS = 4_000_000
_BLOCK_CACHE_BYTES = 64 * 2**20
_STEPS = 8192
_OUT_OF_RANGE = 1.001
_WHOLE_NUMBERS = {"uint8": (1, 100, 255), "uint16": (1, 100, 10_000, 65_535), "int16": (1, 100, 10_000, 32_767)}
_REACHED = 0.8
"""The share of the full number that some pixel of a probability reaches; an image's numbers need not."""
_SCALED_NOTE = QT_TRANSLATE_NOOP(
    "outlines", "{file} holds whole numbers up to {highest} and no scale; they were taken as parts of {full}."
)


@dataclass(frozen=True)
class Field:
    """An open probability raster: probability = stored * scale + offset.

    `crs` is WKT, `transform` maps (column, row) of pixel corners to (x, y). `notes` says what was assumed.
    """

    dataset: rasterio.io.DatasetReader
    path: str
    crs: str
    transform: Affine
    scale: float
    offset: float
    notes: tuple[Message, ...] = ()

    @property
    def shape_yx(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.dataset.height, self.dataset.width

    @property
    def rows_per_strip(self) -> int:
        """A whole number of the file's blocks, about 4 million pixels in all."""
        block = self.dataset.block_shapes[0][0]
        rows = max(STRIP_PIXELS // self.dataset.width, 1)
        return max(rows // block * block, min(block, 512))

    def strips(self) -> Iterator[np.ndarray]:
        """Float32 (n, columns) from north to south.

        Raises UnreadableRasterError, and NotProbabilityError where values are no probabilities.
        """
        for values in _stored(self.dataset, self.path, self.rows_per_strip):
            strip = values if self.scale == 1.0 and self.offset == 0.0 else values * self.scale + self.offset
            strip[~np.isfinite(strip)] = np.nan
            low, high = _range(strip)
            if low < 1.0 - _OUT_OF_RANGE or high > _OUT_OF_RANGE:
                raise NotProbabilityError(path=self.path, reason=f"its values run from {low:g} to {high:g}.")
            yield strip.astype("float32", copy=False)


@contextmanager
def open_field(path: str | Path) -> Iterator[Field]:
    """Open a raster of one band as probability; an alpha band beside it is a mask.

    Whole numbers without a scale are taken as parts of 1, 100, 10 000 or the type's largest number, whichever is
    the first that is not below the highest value; the field's notes say so. Raises MissingFileError,
    UnreadableRasterError, MissingCrsError, NotProbabilityError.
    """
    plain = "://" not in str(path) and not str(path).startswith("/vsi")
    if plain and not Path(path).exists():
        raise MissingFileError(path=str(path))
    # Each block is read once, so a large cache would only fill memory with the raster.
    set_gdal_config("GDAL_CACHEMAX", _BLOCK_CACHE_BYTES)
    try:
        dataset = rasterio.open(Path(path) if plain else path)
    except (RasterioError, CPLE_BaseError) as exc:
        raise UnreadableRasterError(path=str(path), reason=in_one_line(str(exc))) from exc
    with dataset:
        if dataset.crs is None:
            raise MissingCrsError(path=str(path))
        bands = sum(kind is not ColorInterp.alpha for kind in dataset.colorinterp)
        if bands > 1:
            raise NotProbabilityError(path=str(path), reason=f"it has {bands} bands.")
        scale, offset, notes = float(dataset.scales[0]), float(dataset.offsets[0]), ()
        if dataset.dtypes[0] in _WHOLE_NUMBERS and scale == 1.0 and offset == 0.0:
            scale, notes = _whole_number_scale(dataset, str(path))
        yield Field(dataset, str(path), dataset.crs.to_wkt(), dataset.transform, scale, offset, notes)


def _whole_number_scale(dataset: rasterio.io.DatasetReader, path: str) -> tuple[float, tuple[Message, ...]]:
    """The scale that makes whole numbers probabilities, and a note unless they are 0 and 1."""
    highest = max((_range(strip)[1] for strip in _stored(dataset, path, 512)), default=0.0)
    full = next((top for top in _WHOLE_NUMBERS[dataset.dtypes[0]] if highest <= top), 1)
    if full > 255 and highest < _REACHED * full:
        reason = f"it has whole numbers up to {highest:.0f} and no scale, and they are no parts of {full}."
        raise NotProbabilityError(path=path, reason=reason)
    if full == 1:
        return 1.0, ()
    details = {"file": Path(path).name, "highest": round(highest), "full": full}
    return 1.0 / full, (Message(_SCALED_NOTE, details, to_check=True),)


def _stored(dataset: rasterio.io.DatasetReader, path: str, rows: int) -> Iterator[np.ndarray]:
    """Strips of stored numbers as float32, NaN where the file's no-data value, mask or alpha says no data."""
    flags = dataset.mask_flag_enums[0]
    masked = MaskFlags.all_valid not in flags and not (MaskFlags.nodata in flags and np.isnan(dataset.nodata))
    for row in range(0, dataset.height, rows):
        window = Window(0, row, dataset.width, min(rows, dataset.height - row))
        try:
            strip = dataset.read(1, window=window, out_dtype="float32")
            if masked:
                strip[dataset.read_masks(1, window=window) == 0] = np.nan
        except (RasterioError, CPLE_BaseError) as exc:
            raise UnreadableRasterError(path=path, reason=in_one_line(str(exc))) from exc
        yield strip


def _range(values: np.ndarray) -> tuple[float, float]:
    """Lowest and highest number; (0, 0) where there is none."""
    with np.errstate(invalid="ignore"):
        low, high = np.fmin.reduce(values, axis=None), np.fmax.reduce(values, axis=None)
    return (float(low), float(high)) if np.isfinite(low) and np.isfinite(high) else (0.0, 0.0)


def _certainty_table() -> np.ndarray:
    p = np.arange(_STEPS + 1) / _STEPS
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = -(p * np.log2(p) + (1 - p) * np.log2(1 - p))
    return (1.0 - np.nan_to_num(entropy)).astype("float32")


_CERTAINTY = _certainty_table()


def certainty(probability: np.ndarray) -> np.ndarray:
    """1 - H2(p), H2 the binary entropy in bits: float32, 0 where p is 0.5 or NaN, 1 where p is 0 or 1.

    From a table with steps of 1/8192 in p, which is off by less than 0.001.
    """
    steps = np.nan_to_num(probability * np.float32(_STEPS) + np.float32(0.5), nan=_STEPS / 2)
    return _CERTAINTY[np.clip(steps, 0, _STEPS).astype("int16")]
