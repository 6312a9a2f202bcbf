"""The edge to GDAL: paths in, typed errors out."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import rasterio
from rasterio._err import CPLE_BaseError
from rasterio.env import set_gdal_config
from rasterio.errors import CRSError, RasterioError

from ...core.errors import MissingFileError, UnreadableRasterError
from ...core.file_errors import ContainerRasterError, NoRasterError

BLOCK_CACHE_BYTES = 256 * 2**20
"""Bound of GDAL's cache of decoded blocks, for the process. GDAL's own choice, 5 % of the memory, has none on a
large server and is too little for a row of blocks on a small laptop."""

MOST_NAMES = 3
_IMAGES = (".tif", ".tiff", ".jp2", ".vrt", ".img", ".nc")
_NO_PLAIN_PATH = re.compile(r"^(/vsi|[A-Za-z][A-Za-z0-9_+.-]+:|<)")


@contextmanager
def translated(path: str) -> Iterator[None]:
    """Turn GDAL's and rasterio's errors into MissingFileError and UnreadableRasterError of `path`."""
    try:
        yield
    except (RasterioError, CRSError, CPLE_BaseError) as error:
        if is_plain_path(path) and not Path(path).exists():
            raise MissingFileError(path=path) from error
        reason = reason_of(error)
        if "not recognized" in reason and is_plain_path(path) and _holds_shapes(path):
            raise NoRasterError(path=path) from error
        if inside := _in_archive(path):
            raise ContainerRasterError(path=path, inside=some_of(inside)) from error
        raise UnreadableRasterError(path=path, reason=reason) from error


def _holds_shapes(path: str) -> bool:
    """Whether it is a sound file of another kind: one of vectors, or a table."""
    from pyogrio import list_layers  # a library that few runs need
    from pyogrio.errors import DataSourceError

    with suppress(DataSourceError):
        return len(list_layers(path)) > 0
    return False


def _in_archive(path: str) -> list[str]:
    """GDAL's names of the images in a zip file; none where it is no such file."""
    if not is_plain_path(path) or not zipfile.is_zipfile(path):
        return []
    with suppress(OSError, zipfile.BadZipFile), zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.lower().endswith(_IMAGES)]
        return [f"/vsizip/{Path(path).absolute().as_posix()}/{name}" for name in names]
    return []


def some_of(names: Sequence[str]) -> str:
    """The first of many names, in words."""
    return ", ".join(names[:MOST_NAMES]) + (", …" if len(names) > MOST_NAMES else "")


def reason_of(error: BaseException) -> str:
    """GDAL's own words, from the innermost cause, as a sentence."""
    while error.__cause__ is not None:
        error = error.__cause__
    text = " ".join(str(error).split()) or type(error).__name__
    return text if text.endswith((".", "!", "?")) else f"{text}."


def is_plain_path(path: str) -> bool:
    """Whether it names a file of this machine, neither a URL nor one of GDAL's own notations."""
    return not _NO_PLAIN_PATH.match(path)


def open_raster(path: str) -> rasterio.DatasetReader:
    """Open for reading. Raises MissingFileError, UnreadableRasterError."""
    set_gdal_config("GDAL_CACHEMAX", BLOCK_CACHE_BYTES)
    with translated(path):
        # A Path is never taken apart as a URL, whatever signs the name has in it.
        return rasterio.open(Path(path) if is_plain_path(path) else path)
