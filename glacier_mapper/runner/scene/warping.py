"""Bands of one file warped to a grid by GDAL, bilinearly, block by block as they are read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from affine import Affine
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT

from ...core.grid import Grid
from .edge import is_plain_path, open_raster, translated
from .gaps import is_float, open_with_nan_gaps
from .gridding import footprint
from .projections import centred_on
from .raster_file import RasterFile


@dataclass(frozen=True)
class Warped:
    """The bands of a file that are warped together: of whole numbers, or one of floats; `nodata` is their stored one.

    Bands of floats may have gaps each its own, and GDAL minds those of one band alone or of all alike.
    """

    file: RasterFile
    grid: Grid
    bands: tuple[int, ...]
    nodata: float | None

    @property
    def key(self) -> str:
        """Names the dataset among the scene's handles."""
        return f"warped|{self.bands}|{self.nodata}|{self.file.path}"

    def open(self, stack: ExitStack) -> Any:
        """The dataset to read from. Raises MissingFileError, UnreadableRasterError."""
        if self._is_float:
            source = open_with_nan_gaps(self.file, self.bands, [self.nodata] * len(self.bands))
        else:
            source = open_raster(self._path)
        stack.enter_context(closing(source))
        with translated(self.file.path):
            return stack.enter_context(closing(WarpedVRT(source, **self._options())))

    def band_numbers(self, picked: Sequence[int]) -> list[int]:
        """In the dataset that `open` opens, of places in `bands`."""
        own = self._is_float or self._is_subset
        return [place + 1 for place in picked] if own else [self.bands[place] for place in picked]

    def _options(self) -> dict[str, Any]:
        (rows, cols), (crs, transform) = self.grid.shape_yx, self._source_place()
        moved = self._is_float and self.file.alpha
        return {
            "src_crs": crs,
            "src_transform": transform,
            "src_nodata": math.nan if self._is_float else self.nodata,
            "src_alpha": len(self.bands) + 1 if moved else self.file.alpha,
            "crs": CRS.from_user_input(self.grid.crs),
            "transform": Affine.from_gdal(*self.grid.geotransform),
            "height": rows,
            "width": cols,
            "dtype": "float32",
            "nodata": math.nan,
            "resampling": Resampling.bilinear,
            # A gap in one band of several is a gap in all: else its number would be blended with its neighbours'.
            "UNIFIED_SRC_NODATA": "PARTIAL",
        }

    def _source_place(self) -> tuple[CRS, Affine]:
        """CRS and transform of the file, turned so that a raster across the antimeridian is in one piece."""
        crs, box, transform = self.file.need_crs(), footprint(self.file), self.file.stored_transform
        if not crs.is_geographic or (box.xmin >= -180.0 - 1e-6 and box.xmax <= 180.0 + 1e-6):
            return crs, transform
        middle = (box.xmin + box.xmax) / 2
        turned = Affine(transform.a, transform.b, transform.c + middle % 360.0 - middle, *transform[3:6])
        return centred_on(crs, middle % 360.0), turned

    @property
    def _is_float(self) -> bool:
        return is_float(self.file, self.bands[0])

    @property
    def _is_subset(self) -> bool:
        """Whether the warping can be spared the bands that are not wanted; it takes all that it is given."""
        path, few = self.file.path, len(self.bands) < self.file.count and not self.file.has_mask
        return few and is_plain_path(path) and not set("?&#%") & set(path)

    @property
    def _path(self) -> str:
        if not self._is_subset:
            return self.file.path
        return f"vrt://{Path(self.file.path).resolve()}?bands={','.join(map(str, self.bands))}"
