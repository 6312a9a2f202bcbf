"""Small rasters written with GDAL, and layers on them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from osgeo import gdal, osr
from qgis.core import QgsRasterLayer

ORIGIN = (600000.0, 5200000.0)


def write_raster(path, array, *, epsg=32632, origin=ORIGIN, pixel=10.0, **more) -> str:
    """`array` (bands, rows, cols) or (rows, cols); `nodata`, `names`, `tags`, `band_tags`, `scale`, `offset`."""
    bands = array if array.ndim == 3 else array[None]
    kind = gdal.GetDataTypeByName({"uint8": "Byte"}.get(bands.dtype.name, bands.dtype.name.replace("i", "I").replace(
        "uI", "UI").replace("float", "Float")))
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), bands.shape[2], bands.shape[1], bands.shape[0], kind)
    dataset.SetGeoTransform((origin[0], pixel, 0.0, origin[1], 0.0, -pixel))
    if epsg:
        system = osr.SpatialReference()
        system.ImportFromEPSG(epsg)
        dataset.SetProjection(system.ExportToWkt())
    dataset.SetMetadata(more.get("tags", {}))
    for number, values in enumerate(bands, 1):
        band = dataset.GetRasterBand(number)
        band.WriteArray(values)
        band.SetMetadata(more.get("band_tags", {}))
        if "names" in more:
            band.SetDescription(more["names"][number - 1])
        if "nodata" in more:
            band.SetNoDataValue(more["nodata"])
        if "scale" in more:
            band.SetScale(more["scale"])
            band.SetOffset(more.get("offset", 0.0))
    dataset.FlushCache()
    return str(path)


def read_raster(path) -> np.ndarray:
    """Band 1 as it is stored."""
    return gdal.Open(str(path)).ReadAsArray()


def layer_of(source, name="scene", provider="gdal") -> QgsRasterLayer:
    layer = QgsRasterLayer(str(source), name, provider)
    assert layer.isValid(), source
    return layer


def ramp(rows=4, cols=5, dtype=np.float32, start=0) -> np.ndarray:
    """0, 1, 2 ... row by row, so that every pixel can be told."""
    return (np.arange(rows * cols).reshape(rows, cols) + start).astype(dtype)


def files_in(folder) -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())
