"""Random inventories through every export format and back: nothing is lost, moved, mended or turned."""

from __future__ import annotations

import json
import math
import os
import random

import pytest
from osgeo import gdal, ogr
from outlines_maker import open_outlines, square, write_outlines
from qgis.core import (
    NULL,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCoordinateTransformContext,
    QgsFeature,
    QgsField,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QDateTime, QVariant

from glacier_mapper.core.errors import (
    GlacierMapperError,
    InvalidParameterError,
    OutputNotWritableError,
)
from glacier_mapper.core.export_choice import ExportChoice, Scope, short_names
from glacier_mapper.core.file_errors import OutlineWithoutShapeError
from glacier_mapper.core.outline_fields import OUTLINE_FIELDS
from glacier_mapper.qgis_io.export_formats import format_of, formats
from glacier_mapper.qgis_io.export_source import capture_source, read_state, stop_when
from glacier_mapper.qgis_io.export_writer import write_outlines as export
from glacier_mapper.qgis_io.measure import OutlineRuler

X, Y = 600_000.0, 5_150_000.0
NAMES = tuple(column.name for column in OUTLINE_FIELDS)
KEYS = [one.info.key for one in formats()]
REVIEWS = ["open", "accepted", "rejected", "needs_work"]
TEXTS = ["", "debris", "Ælva ß", "冰川", 'with "quotes" and \\', "line\nbreak", "a;b,c|d", "  blanks  "]


def go_on(_done, _total):
    """A step that never stops."""


def star(dice, x, y, radius):
    """A ring of 12 to 40 corners around a place, which never crosses itself."""
    count = dice.randint(12, 40)
    turns = [2 * math.pi * number / count for number in range(count)]
    radii = [radius * dice.uniform(0.6, 1.0) for _ in turns]
    ring = [QgsPointXY(x + r * math.cos(t), y + r * math.sin(t)) for t, r in zip(turns, radii)]
    return [*ring, ring[0]]


def glacier(dice, number):
    """A shape with up to three holes, far from its neighbours."""
    x, y = X + number % 5 * 4000, Y + number // 5 * 4000
    holes = [star(dice, x + 600 * math.cos(turn), y + 600 * math.sin(turn), 200) for turn in range(dice.randint(0, 3))]
    rings = [star(dice, x, y, 1900), *[[*reversed(hole)] if dice.random() < 0.5 else hole for hole in holes]]
    return QgsGeometry.fromPolygonXY(rings)


def inventory(seed, count=20):
    """Dicts as `outlines_maker.write_outlines` takes them."""
    dice = random.Random(seed)  # noqa: S311 (no secret)
    found = []
    for number in range(count):
        shape = glacier(dice, number)
        assert shape.isGeosValid()
        found.append({
            "outline_id": f"G{number:06d}E46000N", "wkt": shape.asWkt(4), "review": dice.choice(REVIEWS),
            "area_km2": shape.area() / 1e6, "confidence": dice.random(), "note": dice.choice(TEXTS),
            "unc_m": dice.choice([None, 10.0, 1 / 3]), "edited_at": dice.choice([None, "2025-08-20T10:11:12Z"]),
        })  # fmt: skip
    return found


def captured(tmp_path, outlines, crs="EPSG:32632"):
    layer = open_outlines(write_outlines(tmp_path / "in.gpkg", outlines, crs))
    return capture_source(layer, QgsProject.instance())


def written(source, folder, key, **more):
    values = {"crs": "EPSG:32632", "scope": Scope.ALL, "fields": NAMES, **more}
    choice = ExportChoice(key, str(folder / f"glaciers_{key}"), **values)
    return export(source, choice, False, go_on)


def read_back(path, key, fields=NAMES):
    """Features by outline ID with the project's names: (columns, geometry), and the layer."""
    layer = QgsVectorLayer(str(path), "back", "ogr")
    assert layer.isValid()
    names = format_of(key).rename(fields)
    return {
        f["outline_id"]: ({name: plain(f[names[name]]) for name in fields}, f.geometry()) for f in layer.getFeatures()
    }, layer


def table_of(path):
    """The names of the columns as the file has them, and the number of rows."""
    dataset = ogr.Open(str(path))
    layer = dataset.GetLayer(0)
    table = layer.GetLayerDefn()
    return [table.GetFieldDefn(number).GetName() for number in range(table.GetFieldCount())], layer.GetFeatureCount()


def plain(value):
    """NULL as None, and what GDAL's GeoJSON reader takes for a time as the text that it is in the file."""
    if isinstance(value, QDateTime):
        return value.toString("yyyy-MM-ddTHH:mm:ss") + "Z"
    return None if value is None or value == NULL else value


def to_utm(layer):
    crs = QgsCoordinateReferenceSystem("EPSG:32632")
    return QgsCoordinateTransform(layer.crs(), crs, QgsCoordinateTransformContext())


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("seed", range(3))
def test_ids_columns_shapes_and_holes_come_back(qgis_new_project, tmp_path, key, seed):
    outlines = inventory(seed)
    found, layer = read_back(written(captured(tmp_path, outlines), tmp_path, key), key)
    assert sorted(found) == [one["outline_id"] for one in outlines]
    for one in outlines:
        columns, shape = found[one["outline_id"]]
        before = QgsGeometry.fromWkt(one["wkt"])
        assert not shape.isMultipart() or shape.convertToSingleType()  # a shapefile has no other kind
        assert shape.transform(to_utm(layer)) == QgsGeometry.OperationResult.Success
        assert shape.constGet().numInteriorRings() == before.constGet().numInteriorRings()
        assert shape.area() == pytest.approx(before.area(), rel=1e-6 if key != "geojson" else 1e-5)
        assert shape.hausdorffDistance(before) < (0.001 if key != "geojson" else 0.02)  # seven decimals: 1.1 cm
        assert shape.isGeosValid()
        assert columns["area_km2"] == pytest.approx(one["area_km2"], rel=1e-6)
        assert columns["confidence"] == pytest.approx(one["confidence"], abs=1e-6)
        assert columns["review"] == one["review"]
        assert (columns["note"] or "").strip() == one["note"].strip()  # dBASE knows no blanks at the ends
        assert columns["unc_m"] == (None if one["unc_m"] is None else pytest.approx(one["unc_m"], rel=1e-6))
        assert columns["edited_at"] == one["edited_at"]


@pytest.mark.parametrize("key", KEYS)
def test_the_crs_of_the_file_is_the_one_chosen(qgis_new_project, tmp_path, key):
    source = captured(tmp_path, inventory(1, 3))
    path = written(source, tmp_path, key, crs="EPSG:2056")
    _, layer = read_back(path, key)
    assert layer.crs().authid() == ("EPSG:4326" if key == "geojson" else "EPSG:2056")
    ruler = OutlineRuler(layer.crs(), QgsCoordinateTransformContext())
    home = OutlineRuler(source.crs, QgsCoordinateTransformContext())
    before = sum(home.area_km2(feature.geometry()) for feature in source.features(Scope.ALL))
    assert sum(ruler.area_km2(feature.geometry()) for feature in layer.getFeatures()) == pytest.approx(before, rel=1e-5)


@pytest.mark.parametrize("key", ["gpkg", "shp", "fgb"])
def test_a_crs_that_has_no_code_is_kept(qgis_new_project, tmp_path, key):
    crs = QgsCoordinateReferenceSystem()
    crs.createFromProj("+proj=laea +lat_0=46 +lon_0=9.5 +datum=WGS84 +units=m +no_defs")
    path = written(captured(tmp_path, inventory(2, 2)), tmp_path, key, crs=f"WKT:{crs.toWkt()}")
    _, layer = read_back(path, key)
    assert layer.crs().isValid()
    back = QgsCoordinateTransform(layer.crs(), crs, QgsCoordinateTransformContext())
    point = back.transform(layer.extent().center())
    assert point.distance(layer.extent().center()) < 1e-6


def signed_area(ring):
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:])) / 2


@pytest.mark.parametrize("seed", range(3))
def test_geojson_turns_outer_rings_left_and_holes_right_whatever_came(qgis_new_project, tmp_path, seed):
    path = written(captured(tmp_path, inventory(10 + seed)), tmp_path, "geojson")
    document = json.loads(path.read_text(encoding="utf-8"))
    assert "crs" not in document  # RFC 7946 section 4: WGS 84, always
    assert len(document["features"]) == 20
    for feature in document["features"]:
        assert feature["geometry"]["type"] == "Polygon"
        outer, *holes = feature["geometry"]["coordinates"]
        assert outer[0] == outer[-1]
        assert signed_area(outer) > 0
        assert all(signed_area(hole) < 0 for hole in holes)
        assert max(len(repr(value).split(".")[1]) for point in outer for value in point) <= 9


def test_geojson_cuts_an_outline_at_the_antimeridian(qgis_new_project, tmp_path):
    # UTM zone 1: its central meridian is 177 W, so 180 lies about 115 km west of it at 70 N
    shape = "POLYGON((380000 7800000, 380000 7810000, 400000 7810000, 400000 7800000, 380000 7800000))"
    source = captured(tmp_path, [{"outline_id": "G1", "wkt": shape}], "EPSG:32601")
    path = written(source, tmp_path, "geojson")
    [feature] = json.loads(path.read_text(encoding="utf-8"))["features"]
    parts = feature["geometry"]["coordinates"]
    assert feature["geometry"]["type"] == "MultiPolygon"  # RFC 7946 section 3.1.9
    assert len(parts) == 2
    for [ring] in parts:
        lons = [lon for lon, _ in ring]
        assert max(lons) - min(lons) < 1
    _, layer = read_back(path, "geojson")
    ruler = OutlineRuler(layer.crs(), QgsCoordinateTransformContext())
    home = OutlineRuler(source.crs, QgsCoordinateTransformContext())
    [back] = layer.getFeatures()
    [before] = source.features(Scope.ALL)
    assert ruler.area_km2(back.geometry()) == pytest.approx(home.area_km2(before.geometry()), rel=1e-4)


def test_the_names_of_a_shapefile_are_short_unlike_and_those_that_were_told(qgis_new_project, tmp_path):
    path = written(captured(tmp_path, inventory(3, 2)), tmp_path, "shp")
    found, _ = table_of(path)
    assert found == list(short_names(NAMES).values())
    assert len({name.lower() for name in found}) == len(NAMES)
    assert max(map(len, found)) <= 10


def test_columns_of_other_scripts_are_names_that_every_reader_decodes(qgis_new_project, tmp_path):
    path = write_outlines(tmp_path / "in.gpkg", inventory(3, 2))
    layer = open_outlines(path)
    more = ("Gletscherfläche", "Gletscherflächen", "冰川面积平方公里", "größe_äöü")
    layer.dataProvider().addAttributes([QgsField(name, QVariant.Type.Int) for name in more])
    layer.updateFields()
    names = ("outline_id", *more)
    source = capture_source(layer, QgsProject.instance())
    file = export(source, ExportChoice("shp", str(tmp_path / "out"), "EPSG:32632", Scope.ALL, names), False, go_on)
    assert table_of(file)[0] == list(short_names(names).values())
    head = file.with_suffix(".dbf").read_bytes()
    raw = [head[32 * place : 32 * place + 11].rstrip(b"\0") for place in range(1, len(names) + 1)]
    assert [name.decode() for name in raw] == list(short_names(names).values())


@pytest.mark.parametrize("length", [253, 254, 255, 400])
def test_a_text_too_long_for_a_shapefile_is_cut_between_letters(qgis_new_project, tmp_path, length):
    note = "a" + "ß" * ((length - 1) // 2) + "b" * ((length - 1) % 2)
    assert len(note.encode()) == length
    source = captured(tmp_path, [{"outline_id": "G1", "wkt": square(X, Y), "note": note}])
    state = read_state(source, Scope.ALL, 254, go_on)
    assert (state.outlines[0].longest_text > 254) == (length > 254)
    columns, _ = read_back(written(source, tmp_path, "shp"), "shp")[0]["G1"]
    assert columns["note"] == note.encode()[:254].decode(errors="ignore")
    assert columns["review"] == "open"


@pytest.mark.parametrize("key", KEYS)
def test_an_outline_without_a_shape_is_written_or_named(qgis_new_project, tmp_path, key):
    layer = open_outlines(write_outlines(tmp_path / "in.gpkg", [{"outline_id": "G1", "wkt": square(X, Y)}]))
    layer.startEditing()
    bare = QgsFeature(layer.fields())
    bare["outline_id"], bare["review"] = "G2", "open"
    assert layer.addFeature(bare)
    source = capture_source(layer, QgsProject.instance())
    assert source.unsaved
    if key == "fgb":  # GDAL's FlatGeobuf drops such rows
        with pytest.raises(OutlineWithoutShapeError, match=r"as FlatGeobuf: G2\. Delete .+ restore .+ another format"):
            written(source, tmp_path, key)
        assert not list(tmp_path.glob("glaciers_*"))
        layer.rollBack()
        return
    found, _ = read_back(written(source, tmp_path, key), key)
    assert sorted(found) == ["G1", "G2"]
    assert found["G2"][1].isEmpty()
    assert not found["G1"][1].isEmpty()
    layer.rollBack()


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("scope", list(Scope))
def test_the_scope_is_counted_alike_in_check_and_file(qgis_new_project, tmp_path, key, scope):
    outlines = inventory(5)
    source = captured(tmp_path, outlines)
    expected = [one["outline_id"] for one in outlines if scope.includes(one["review"])]
    facts = read_state(source, scope, 0, go_on).outlines
    assert [fact.outline_id for fact in facts] == expected
    assert sorted(read_back(written(source, tmp_path, key, scope=scope), key)[0]) == expected


@pytest.mark.parametrize("key", KEYS)
def test_a_file_without_any_outline_can_be_read(qgis_new_project, tmp_path, key):
    source = captured(tmp_path, [{"outline_id": "G1", "wkt": square(X, Y), "review": "open"}])
    path = written(source, tmp_path, key, scope=Scope.ACCEPTED)
    assert table_of(path)[1] == 0


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("fields", [("outline_id",), ("review", "outline_id"), NAMES[::-1]], ids=["one", "two", "back"])
def test_columns_come_in_the_order_chosen(qgis_new_project, tmp_path, key, fields):
    path = written(captured(tmp_path, inventory(6, 2)), tmp_path, key, fields=fields)
    found, _ = table_of(path)
    assert found == [format_of(key).rename(fields)[name] for name in fields]


# Whatever goes wrong is an error of the project's own tree, and leaves nothing


def long_name(tmp_path):
    return {"path": str(tmp_path / "out" / ("g" * 300))}


def in_a_file(tmp_path):
    (tmp_path / "out" / "taken").write_text("mine")
    return {"path": str(tmp_path / "out" / "taken" / "g")}


def on_a_folder(tmp_path):
    return {"path": str(tmp_path / "out"), "format_key": "gpkg"}


BAD = {
    "a name too long": long_name,
    "a file for a folder": in_a_file,
    "a CRS that nobody knows": lambda _: {"crs": "EPSG:999999"},
    "no CRS": lambda _: {"crs": ""},
    "no name": lambda _: {"path": "  "},
    "a root": lambda _: {"path": "/"},
    "no format": lambda _: {"format_key": "dwg"},
}


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("gdal_raises", [False, True], ids=["GDAL quiet", "GDAL raises"])
def test_only_errors_of_our_own_come_out(qgis_new_project, tmp_path, bad, gdal_raises):
    source = captured(tmp_path, inventory(8, 2))
    (tmp_path / "out").mkdir()
    values = {"format_key": "gpkg", "path": str(tmp_path / "out" / "a"), "crs": "EPSG:32632", **BAD[bad](tmp_path)}
    before = sorted(os.listdir(tmp_path / "out"))
    (gdal.UseExceptions if gdal_raises else gdal.DontUseExceptions)()
    try:
        with pytest.raises(GlacierMapperError):
            export(source, ExportChoice(scope=Scope.ALL, fields=NAMES, **values), False, go_on)
    finally:
        gdal.DontUseExceptions()
    assert sorted(os.listdir(tmp_path / "out")) == before


def test_a_column_that_a_format_cannot_hold_is_told(qgis_new_project, tmp_path):
    layer = open_outlines(write_outlines(tmp_path / "in.gpkg", [{"outline_id": "G1", "wkt": square(X, Y)}]))
    layer.addExpressionField("array(1, 2)", layer.fields().field("note"))
    source = capture_source(layer, QgsProject.instance())
    try:
        path = written(source, tmp_path, "shp")
    except OutputNotWritableError:
        assert not list(tmp_path.glob("glaciers_*"))
    else:
        assert sorted(read_back(path, "shp")[0]) == ["G1"]


def test_a_file_that_vanishes_before_it_is_read_back_is_told(qgis_new_project, tmp_path):
    source = captured(tmp_path, inventory(9, 4))

    def sweep(done, total):
        if done == total:
            for folder in tmp_path.glob(".glacier_mapper_*"):
                for file in folder.iterdir():
                    file.unlink()

    ogr.UseExceptions()
    try:
        with pytest.raises(OutputNotWritableError):
            export(source, ExportChoice("geojson", str(tmp_path / "g"), "", Scope.ALL, NAMES), False, sweep)
    finally:
        ogr.DontUseExceptions()
    assert [file.name for file in tmp_path.iterdir()] == ["in.gpkg"]


def test_a_failed_replacement_puts_back_every_file(qgis_new_project, tmp_path, monkeypatch):
    source, out = captured(tmp_path, inventory(4, 3)), tmp_path / "out"
    out.mkdir()
    choice = ExportChoice("shp", str(out / "g.shp"), "EPSG:32632", Scope.ALL, NAMES)
    export(source, choice, False, go_on)
    before = {file.name: file.read_bytes() for file in out.iterdir()}
    real, calls = os.replace, []

    def breaks(one, two):
        calls.append(one)
        if len(calls) == len(before) + 3:
            raise OSError(5, "Input/output error")
        real(one, two)

    monkeypatch.setattr(os, "replace", breaks)
    with pytest.raises(OutputNotWritableError, match="Input/output error"):
        export(source, choice, True, go_on)
    assert {file.name: file.read_bytes() for file in out.iterdir()} == before


def test_a_layer_of_another_kind_is_no_source(qgis_app):
    layer = QgsVectorLayer("Polygon?crs=EPSG:32632&field=name:string", "lakes", "memory")
    with pytest.raises(GlacierMapperError, match="lakes"):
        capture_source(layer, QgsProject.instance())
    with pytest.raises(InvalidParameterError, match="dwg"):
        format_of("dwg")


def test_the_source_is_frozen_when_it_is_captured(qgis_new_project, tmp_path):
    layer = open_outlines(write_outlines(tmp_path / "in.gpkg", inventory(11, 3)))
    layer.startEditing()
    source = capture_source(layer, QgsProject.instance())
    assert not source.unsaved
    layer.deleteFeature(next(layer.getFeatures()).id())
    assert len(list(source.features(Scope.ALL))) == source.count == 3
    assert capture_source(layer, QgsProject.instance()).unsaved
    layer.rollBack()
    assert stop_when(lambda: False)(1, 2) is None
