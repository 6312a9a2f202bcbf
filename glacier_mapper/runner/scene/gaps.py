"""A raster of floats with all its gaps as NaN, which GDAL then minds when it warps and when it takes means.

GDAL knows one number for no data. NaN beside another one that is declared, infinities and the huge numbers that
programs write would be blended with their neighbours, and each gap would grow by a pixel all round.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import rasterio
from rasterio._path import _parse_path

from .decode import FLOAT_LIMIT
from .edge import is_plain_path, open_raster, translated
from .raster_file import RasterFile

_UNCHANGED = (-FLOAT_LIMIT, -1e24, -1e18, -1e12, -1e6, -1.0, -1e-6, 0.0, FLOAT_LIMIT)
"""GDAL interpolates between them, and they are close enough for it to lose no digit of a float32."""

_TABLE = ",".join(
    (f"{-1.000001 * FLOAT_LIMIT!r}:nan", *(f"{x!r}:{x!r}" for x in _UNCHANGED), f"{1.000001 * FLOAT_LIMIT!r}:nan")
)
"""What GDAL makes of a number: itself, or NaN of what is too large, infinite or NaN."""


def is_float(file: RasterFile, band: int) -> bool:
    """Whether a band, numbered from 1, can hold NaN."""
    return file.dtypes[band - 1].startswith("float")


def open_with_nan_gaps(file: RasterFile, bands: Sequence[int], nodatas: Sequence[float | None]) -> Any:
    """Open bands of floats as 1, 2, ... in the order given, and the file's alpha band, if it has one, after them.

    NaN is their no-data number; it stands for `nodatas`, one for each band, for masked pixels, for infinities and
    for what is too large for a measurement, in the file's overviews too. Read as it is asked for, nothing is copied.
    Raises MissingFileError, UnreadableRasterError.
    """
    with closing(open_raster(file.path)) as dataset, translated(file.path):
        count = len(dataset.overviews(bands[0]))
    overviews = [_Level(file, number, _shape(file, number)).text(bands, nodatas) for number in range(count)]
    with translated(file.path):
        return rasterio.open(_Level(file, None, file.shape_yx).text(bands, nodatas, overviews))


def _shape(file: RasterFile, overview: int) -> tuple[int, int]:
    path = Path(file.path) if is_plain_path(file.path) else file.path
    with translated(file.path), closing(rasterio.open(path, OVERVIEW_LEVEL=overview)) as dataset:
        return dataset.shape


@dataclass(frozen=True)
class _Level:
    """The file itself, `number` None, or one of its overviews, from 0."""

    file: RasterFile
    number: int | None
    shape_yx: tuple[int, int]

    def text(self, bands: Sequence[int], nodatas: Sequence[float | None], overviews: Sequence[str] = ()) -> str:
        """A virtual raster of it in GDAL's XML."""
        (rows, cols), t = self.shape_yx, self.file.stored_transform
        x, y = self.file.shape_yx[1] / cols, self.file.shape_yx[0] / rows
        place = f"{t.c!r},{t.a * x!r},{t.b * y!r},{t.f!r},{t.d * x!r},{t.e * y!r}"
        parts = [self._data(band, nodata) for band, nodata in zip(bands, nodatas)]
        parts += [self._alpha()] if self.file.alpha else []
        body = "".join(
            f'<VRTRasterBand band="{number}" {part}{_links(overviews, number)}</VRTRasterBand>'
            for number, part in enumerate(parts, 1)
        )
        head = f'<VRTDataset rasterXSize="{cols}" rasterYSize="{rows}"><GeoTransform>{place}</GeoTransform>'
        return f"{head}{body}</VRTDataset>"

    def _data(self, band: int, nodata: float | None) -> str:
        kind = self.file.dtypes[band - 1]
        stored = None if nodata is None else float(np.float32(nodata) if kind == "float32" else nodata)
        mask = "<UseMaskBand>true</UseMaskBand>" if self.file.has_mask and not self.file.alpha else ""
        gap = "" if stored is None else f"<NODATA>{stored!r}</NODATA>"
        return (
            f'dataType="{kind.title()}"><NoDataValue>nan</NoDataValue>'
            f"<ComplexSource>{self._source(band)}{mask}{gap}<LUT>{_TABLE}</LUT></ComplexSource>"
        )

    def _alpha(self) -> str:
        kind = {"uint8": "Byte", "uint16": "UInt16"}.get(self.file.dtypes[self.file.alpha - 1], "Float32")
        source = f"<SimpleSource>{self._source(self.file.alpha)}</SimpleSource>"
        return f'dataType="{kind}"><ColorInterp>Alpha</ColorInterp>{source}'

    def _source(self, band: int) -> str:
        path, level = self.file.path, self.number
        name = escape(str(Path(path).resolve()) if is_plain_path(path) else _parse_path(path).as_vsi())
        options = "" if level is None else f'<OpenOptions><OOI key="OVERVIEW_LEVEL">{level}</OOI></OpenOptions>'
        return (
            f'<SourceFilename relativeToVRT="0" shared="0">{name}</SourceFilename>{options}'
            f"<SourceBand>{band}</SourceBand>"
        )


def _links(overviews: Sequence[str], band: int) -> str:
    """To the virtual rasters that are a band's overviews."""
    link = '<Overview><SourceFilename relativeToVRT="0">{}</SourceFilename><SourceBand>{}</SourceBand></Overview>'
    return "".join(link.format(escape(text), band) for text in overviews)
