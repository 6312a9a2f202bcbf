"""Makes small GeoPackages of outlines as the runner writes them: `outlines` and `originals`, the same columns."""

from __future__ import annotations

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransformContext,
    QgsFeature,
    QgsField,
    QgsFields,
    QgsGeometry,
    QgsProject,
    QgsVectorFileWriter,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QVariant

from glacier_mapper.core.outline_fields import ORIGINALS_LAYER, OUTLINE_FIELDS, OUTLINES_LAYER
from glacier_mapper.qgis_io.outline_rows import OutlineRows

KINDS = {"text": QVariant.String, "real": QVariant.Double, "datetime": QVariant.DateTime}

DEFAULTS = {
    "area_km2": 1.0,
    "area_min_km2": 0.9,
    "area_max_km2": 1.1,
    "perimeter_m": 4000.0,
    "confidence": 0.8,
    "unc_m": 10.0,
    "model": "band-ratio",
    "model_version": "1",
    "sources": "S2 Aletsch",
    "src_date": "2025-08-20",
    "analyst": "Ada",
    "edit_state": "model",
    "review": "open",
    "note": "",
}


def square(x: float, y: float, side: float = 1000.0) -> str:
    """A square as WKT, its lower left corner at x, y."""
    ring = [(x, y), (x, y + side), (x + side, y + side), (x + side, y), (x, y)]
    return "POLYGON((" + ", ".join(f"{a} {b}" for a, b in ring) + "))"


def write_outlines(path, outlines, crs="EPSG:32632", originals=None):
    """Write dicts (a column each, `wkt` the shape, `outline_id` needed) into both layers of a new file."""
    _write_layer(path, OUTLINES_LAYER, outlines, crs, create=True)
    _write_layer(path, ORIGINALS_LAYER, outlines if originals is None else originals, crs, create=False)
    return path


def open_outlines(path, name="Glacier outlines"):
    """The file's outlines as a layer."""
    layer = QgsVectorLayer(f"{path}|layername={OUTLINES_LAYER}", name, "ogr")
    assert layer.isValid()
    return layer


def by_id(layer):
    """The features of a layer, unsaved edits included, by outline ID."""
    return {feature["outline_id"]: feature for feature in layer.getFeatures()}


def read_rows(watch, originals):
    """The rows of a watched layer, read to the end at once."""
    rows = OutlineRows(watch, originals, QgsProject.instance())
    for _ in rows.reading():
        pass
    return rows


def _write_layer(path, name, outlines, crs, create):
    fields = QgsFields()
    for column in OUTLINE_FIELDS:
        fields.append(QgsField(column.name, KINDS[column.kind]))
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName, options.layerName = "GPKG", name
    actions = QgsVectorFileWriter.ActionOnExistingFile
    options.actionOnExistingFile = actions.CreateOrOverwriteFile if create else actions.CreateOrOverwriteLayer
    crs = QgsCoordinateReferenceSystem(crs)
    kind = QgsWkbTypes.Type.Polygon
    writer = QgsVectorFileWriter.create(str(path), fields, kind, crs, QgsCoordinateTransformContext(), options)
    assert writer.hasError() == QgsVectorFileWriter.WriterError.NoError, writer.errorMessage()
    for outline in outlines:
        feature = QgsFeature(fields)
        feature.setGeometry(QgsGeometry.fromWkt(outline["wkt"]))
        for column, value in {**DEFAULTS, **{k: v for k, v in outline.items() if k != "wkt"}}.items():
            feature[column] = value
        assert writer.addFeature(feature)
    del writer
