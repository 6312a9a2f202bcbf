"""A layer without a file of its own (web, memory, virtual), read through its provider into a GeoTIFF."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from osgeo import gdal, osr
from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsProject,
    QgsRasterBlock,
    QgsRasterDataProvider,
    QgsRasterLayer,
    QgsRectangle,
)

from ..core.choice import BandChoice
from ..core.errors import Cancelled, DiskFullError, NoOverlapError, OutputNotWritableError, UnreadableRasterError
from ..core.extent import Extent
from ..core.guess import BandDescription
from ..core.model_errors import ComplexRasterError
from ..core.request import BandSource
from ..core.scaling import acquisition_date, known_scaling
from .bands import is_picture

TILE_PX = 1024
LONG_SIDE_PX = 2048
"""Pixels along the longer side of the view where neither the layer nor the scene has a pixel size."""
NUMPY_TYPES = {
    Qgis.DataType.Byte: np.uint8,
    Qgis.DataType.UInt16: np.uint16,
    Qgis.DataType.Int16: np.int16,
    Qgis.DataType.UInt32: np.uint32,
    Qgis.DataType.Int32: np.int32,
    Qgis.DataType.Float32: np.float32,
    Qgis.DataType.Float64: np.float64,
}


@dataclass(frozen=True)
class ReadGrid:
    """North-up pixels in the layer's own CRS: upper left corner, pixel size and shape (rows, columns)."""

    left: float
    top: float
    pixel_xy: tuple[float, float]
    shape_yx: tuple[int, int]

    def rectangle(self, row: int, col: int, shape_yx: tuple[int, int]) -> QgsRectangle:
        """The rectangle of a tile."""
        (dx, dy), (rows, cols) = self.pixel_xy, shape_yx
        left, top = self.left + col * dx, self.top - row * dy
        return QgsRectangle(left, top - rows * dy, left + cols * dx, top)


@dataclass(frozen=True)
class ProviderRead:
    """One band to read in the background; holds a clone of the provider, never the layer.

    Values are stored as float32 with NaN for no data, as the provider gives them: a scale and offset that
    the provider applies is in them already (`scaled`).
    """

    provider: QgsRasterDataProvider
    choice: BandChoice
    layer: str
    grid: ReadGrid
    crs_wkt: str
    path: str
    scaled: bool

    def source(self, band: BandDescription) -> BandSource:
        """The temporary file as a source of the run."""
        known = None if self.scaled else known_scaling(band, self.choice.role)
        return BandSource(
            role=self.choice.role,
            path=self.path,
            layer=self.layer,
            date=acquisition_date(band),
            scale=1.0 if self.scaled else known and known.scale,
            offset=0.0 if self.scaled else known and known.offset,
            temporary=True,
            by_hand=self.choice.by_hand,
        )

    def write(self, is_cancelled: Callable[[], bool]) -> None:
        """Read tile by tile and write the file; callable from any thread. Removes what is half written.

        Raises Cancelled, UnreadableRasterError kinds, OutputNotWritableError, DiskFullError.
        """
        target = Path(self.path)
        complete = False
        try:
            self._copy(_create(self), is_cancelled)
            complete = True
        finally:
            if not complete:
                target.unlink(missing_ok=True)

    def _copy(self, dataset: gdal.Dataset, is_cancelled: Callable[[], bool]) -> None:
        rows, cols = self.grid.shape_yx
        for row in range(0, rows, TILE_PX):
            for col in range(0, cols, TILE_PX):
                if is_cancelled():
                    raise Cancelled()
                values = self._tile(row, col, (min(TILE_PX, rows - row), min(TILE_PX, cols - col)))
                if dataset.GetRasterBand(1).WriteArray(values, col, row) != gdal.CE_None:
                    raise _write_error(self.path, values.nbytes)
        dataset.FlushCache()

    def _tile(self, row: int, col: int, shape_yx: tuple[int, int]) -> np.ndarray:
        """Float32 (rows, columns), NaN = no data."""
        band = 1 if _is_picture(self.provider) else self.choice.band
        rectangle = self.grid.rectangle(row, col, shape_yx)
        block = self.provider.block(band, rectangle, shape_yx[1], shape_yx[0])
        if block is None or not block.isValid() or block.isEmpty():
            reason = self.provider.lastError() or "the provider gave no data."
            raise UnreadableRasterError(path=self.layer, reason=reason)
        return block_values(block, self.choice.band, self.layer)


def block_values(block: QgsRasterBlock, band: int, layer: str = "") -> np.ndarray:
    """A block as float32 (rows, columns), NaN = no data; of a picture the colour 1 red, 2 green, 3 blue.

    Raises ComplexRasterError, which names the layer.
    """
    shape = (block.height(), block.width())
    raw = bytes(block.data())
    kind = block.dataType()
    if kind in (Qgis.DataType.ARGB32, Qgis.DataType.ARGB32_Premultiplied):
        argb = np.frombuffer(raw, dtype="=u4").reshape(shape)
        colour = ((argb >> (8 * (3 - band))) & 255).astype(np.float32)
        return np.where(argb >> 24 == 0, np.float32(np.nan), colour)
    if kind not in NUMPY_TYPES:
        raise ComplexRasterError(path=layer, reason="its values are complex numbers.")
    stored = np.frombuffer(raw, dtype=NUMPY_TYPES[kind]).reshape(shape)
    values = stored.astype(np.float32)
    if block.hasNoDataValue():
        values[stored == stored.dtype.type(block.noDataValue())] = np.nan
    elif block.hasNoData():
        for row, col in np.ndindex(shape):
            if block.isNoData(row, col):
                values[row, col] = np.nan
    return values


def plan_read(
    layer: QgsRasterLayer, choice: BandChoice, view: tuple[Extent | None, tuple[float, str]], path: Path
) -> ProviderRead:
    """Clone the provider and choose the pixels; `view` is the extent and the scene's pixel size with its CRS.

    Main thread only. Raises NoOverlapError when the view lies outside the layer.
    """
    extent, pixel = view
    provider = layer.dataProvider()
    window = _window(layer, extent)
    grid = _native_grid(layer, window) if provider.xSize() > 0 else _view_grid(layer, window, pixel)
    picture = is_picture(layer)
    scaled = not picture and (provider.bandScale(choice.band) != 1.0 or provider.bandOffset(choice.band) != 0.0)
    return ProviderRead(provider.clone(), choice, layer.name(), grid, layer.crs().toWkt(), str(path), scaled)


def _window(layer: QgsRasterLayer, extent: Extent | None) -> QgsRectangle:
    """The part of the layer that the view shows, in the layer's CRS."""
    if extent is None:
        return layer.extent()
    crs = QgsCoordinateReferenceSystem()
    crs.createFromUserInput(extent.crs)
    transform = QgsCoordinateTransform(crs, layer.crs(), QgsProject.instance().transformContext())
    window = QgsRectangle()
    window.setMinimal()
    try:
        for part in _parts(extent):
            window.combineExtentWith(transform.transformBoundingBox(part))
    except QgsCsException:
        raise NoOverlapError(layers=layer.name()) from None
    window = window.intersect(layer.extent())
    if window.isEmpty() or not window.isFinite():
        raise NoOverlapError(layers=layer.name())
    return window


def _parts(extent: Extent) -> list[QgsRectangle]:
    """The extent as rectangles with xmin < xmax: two for a view over the antimeridian."""
    xmin, ymin, xmax, ymax = extent.xyxy
    if xmin < xmax:
        return [QgsRectangle(xmin, ymin, xmax, ymax)]
    return [QgsRectangle(xmin, ymin, 180.0, ymax), QgsRectangle(-180.0, ymin, xmax, ymax)]


def _native_grid(layer: QgsRasterLayer, window: QgsRectangle) -> ReadGrid:
    """The layer's own pixels that touch the window."""
    whole, provider = layer.extent(), layer.dataProvider()
    dx, dy = whole.width() / provider.xSize(), whole.height() / provider.ySize()
    col = max(0, math.floor((window.xMinimum() - whole.xMinimum()) / dx + 1e-6))
    row = max(0, math.floor((whole.yMaximum() - window.yMaximum()) / dy + 1e-6))
    last_col = min(provider.xSize(), math.ceil((window.xMaximum() - whole.xMinimum()) / dx - 1e-6))
    last_row = min(provider.ySize(), math.ceil((whole.yMaximum() - window.yMinimum()) / dy - 1e-6))
    shape = (max(1, last_row - row), max(1, last_col - col))
    return ReadGrid(whole.xMinimum() + col * dx, whole.yMaximum() - row * dy, (dx, dy), shape)


def _view_grid(layer: QgsRasterLayer, window: QgsRectangle, pixel: tuple[float, str]) -> ReadGrid:
    """Square pixels of the scene's size over the window; of a fixed count where the scene has none."""
    size = max(window.width(), window.height()) / LONG_SIDE_PX
    pixel_size, wkt = pixel
    if pixel_size > 0:
        scene = QgsCoordinateReferenceSystem.fromWkt(wkt)
        there = QgsCoordinateTransform(layer.crs(), scene, QgsProject.instance().transformContext())
        try:
            across = there.transformBoundingBox(window)
            size = pixel_size * max(window.width(), window.height()) / max(across.width(), across.height())
        except QgsCsException:
            pass
    shape = (max(1, math.ceil(window.height() / size)), max(1, math.ceil(window.width() / size)))
    return ReadGrid(window.xMinimum(), window.yMaximum(), (size, size), shape)


def _is_picture(provider: QgsRasterDataProvider) -> bool:
    return provider.dataType(1) in (Qgis.DataType.ARGB32, Qgis.DataType.ARGB32_Premultiplied)


def _create(read: ProviderRead) -> gdal.Dataset:
    """A tiled float32 GeoTIFF on the grid. Raises OutputNotWritableError."""
    (rows, cols), (dx, dy) = read.grid.shape_yx, read.grid.pixel_xy
    options = ["TILED=YES", "COMPRESS=LZW", "BIGTIFF=IF_SAFER"]
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        dataset = gdal.GetDriverByName("GTiff").Create(read.path, cols, rows, 1, gdal.GDT_Float32, options)
        reason = gdal.GetLastErrorMsg()
    except RuntimeError as exc:  # only where another plugin has switched GDAL's exceptions on
        dataset, reason = None, str(exc)
    finally:
        gdal.PopErrorHandler()
    if dataset is None:
        raise OutputNotWritableError(path=read.path, reason=reason)
    system = osr.SpatialReference()
    system.ImportFromWkt(read.crs_wkt)
    dataset.SetProjection(system.ExportToWkt())
    dataset.SetGeoTransform((read.grid.left, dx, 0.0, read.grid.top, 0.0, -dy))
    dataset.GetRasterBand(1).SetNoDataValue(float("nan"))
    return dataset


def _write_error(path: str, needed: int) -> DiskFullError | OutputNotWritableError:
    free = shutil.disk_usage(Path(path).parent).free
    if free < max(needed, 4_000_000):
        return DiskFullError(path=path, needed_mb=max(1, needed // 1_000_000), free_mb=free // 1_000_000)
    return OutputNotWritableError(path=path, reason=gdal.GetLastErrorMsg())
