"""Products of a mapping as the runner writes them, made with GDAL alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from osgeo import ogr, osr
from rasters_maker import ORIGIN, write_raster

from glacier_mapper.core.grid import Grid
from glacier_mapper.core.outline_fields import BOUNDARY_LAYER, OUTLINE_FIELDS, OUTLINES_LAYER
from glacier_mapper.core.result import MapResult

SQUARE = "((600010 5199990, 600040 5199990, 600040 5199960, 600010 5199960, 600010 5199990))"


def make_products(folder, epsg=32632, networks=1, classes=()) -> MapResult:
    """A 10 x 10 probability map with one square glacier of 30 m; of several networks also where they disagree.

    `classes` are the names of the values of the map of classes, which is made where there are any.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    probability = np.zeros((10, 10), np.float32)
    probability[1:4, 1:4] = 0.9
    paths = {name: str(folder / f"{name}.tif") for name in ("probability", "confidence")}
    write_raster(paths["probability"], probability, epsg=epsg, nodata=float("nan"))
    write_raster(paths["confidence"], np.abs(2 * probability - 1), epsg=epsg, nodata=float("nan"))
    outlines = str(folder / "outlines.gpkg")
    _write_outlines(outlines, epsg)
    (folder / "report.json").write_text("{}")
    grid = Grid(f"EPSG:{epsg}", ORIGIN, 10.0, (10, 10))
    report = str(folder / "report.json")
    unsure = ""
    if networks > 1:
        unsure = str(folder / "model_uncertainty.tif")
        write_raster(unsure, 0.2 * probability, epsg=epsg, nodata=float("nan"))
    told_apart = ""
    if classes:
        told_apart = str(folder / "classes.tif")
        named = {f"CLASS_{value}": name for value, name in enumerate(classes)}
        write_raster(told_apart, (probability > 0.5).astype(np.uint8), epsg=epsg, nodata=255, band_tags=named)
    return MapResult(
        str(folder), paths["probability"], paths["confidence"], outlines, report, grid, 1, 0.0009, 0.5,
        model_uncertainty=unsure, classes=told_apart,
    )  # fmt: skip


def _write_outlines(path, epsg):
    system = osr.SpatialReference()
    system.ImportFromEPSG(epsg)
    dataset = ogr.GetDriverByName("GPKG").CreateDataSource(path)
    outlines = dataset.CreateLayer(OUTLINES_LAYER, system, ogr.wkbMultiPolygon)
    kinds = {"real": ogr.OFTReal}
    for field in OUTLINE_FIELDS:
        outlines.CreateField(ogr.FieldDefn(field.name, kinds.get(field.kind, ogr.OFTString)))
    _add(outlines, f"MULTIPOLYGON ({SQUARE})", {"outline_id": "a", "area_km2": 0.0009, "confidence": 0.8})
    boundary = dataset.CreateLayer(BOUNDARY_LAYER, system, ogr.wkbMultiLineString)
    boundary.CreateField(ogr.FieldDefn("outline_id", ogr.OFTString))
    for name in ("unc_m", "confidence", "length_m"):
        boundary.CreateField(ogr.FieldDefn(name, ogr.OFTReal))
    boundary.CreateField(ogr.FieldDefn("data_edge", ogr.OFTInteger))
    _add(boundary, f"MULTILINESTRING {SQUARE}", {"outline_id": "a", "unc_m": 5.0, "confidence": 0.8, "data_edge": 0})
    dataset = None


def _add(layer, wkt, values):
    feature = ogr.Feature(layer.GetLayerDefn())
    feature.SetGeometry(ogr.CreateGeometryFromWkt(wkt))
    for name, value in values.items():
        feature.SetField(name, value)
    layer.CreateFeature(feature)
