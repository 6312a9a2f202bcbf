"""Exported files, read back with GDAL: outlines, columns, CRS, winding; and what is left when it fails."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess

import pytest
from osgeo import ogr
from outlines_maker import open_outlines, square, write_outlines
from qgis.core import QgsCoordinateTransformContext, QgsGeometry, QgsProject

from glacier_mapper.core.errors import (
    Cancelled,
    DiskFullError,
    InvalidParameterError,
    OutputExistsError,
    OutputNotWritableError,
)
from glacier_mapper.core.export_choice import ExportChoice, FormatInfo, Scope
from glacier_mapper.core.export_rules import Severity, check_export
from glacier_mapper.core.file_errors import FolderInTheWayError
from glacier_mapper.core.outline_fields import OUTLINE_FIELDS
from glacier_mapper.qgis_io import export_formats
from glacier_mapper.qgis_io.export_source import capture_source, overlapping, read_state, stop_when
from glacier_mapper.qgis_io.export_writer import target_path
from glacier_mapper.qgis_io.export_writer import write_outlines as export
from glacier_mapper.qgis_io.measure import OutlineRuler

X, Y = 600_000.0, 5_150_000.0
NAMES = tuple(column.name for column in OUTLINE_FIELDS)
DRIVERS = {"gpkg": "GPKG", "shp": "ESRI Shapefile", "geojson": "GeoJSON", "fgb": "FlatGeobuf"}
HOLE = f"POLYGON(({X} {Y}, {X + 2000} {Y}, {X + 2000} {Y + 2000}, {X} {Y + 2000}, {X} {Y}), ({X + 500} {Y + 500}, {X + 500} {Y + 1500}, {X + 1500} {Y + 1500}, {X + 1500} {Y + 500}, {X + 500} {Y + 500}))"  # noqa: E501


def never(_done, _total):
    """A step that never stops."""


@pytest.fixture
def source(qgis_new_project, tmp_path):
    outlines = [
        {"outline_id": "G1", "wkt": HOLE, "review": "accepted", "area_km2": 3.0, "note": "Ælva Großglockner ß"},
        {"outline_id": "G2", "wkt": square(X + 4000, Y), "review": "rejected"},
        {"outline_id": "G3", "wkt": square(X + 6000, Y), "review": "open"},
    ]
    layer = open_outlines(write_outlines(tmp_path / "in.gpkg", outlines))
    return capture_source(layer, QgsProject.instance())


def choice(key, path, **more):
    values = {"format_key": key, "path": str(path), "crs": "EPSG:32632", "scope": Scope.ALL, "fields": NAMES, **more}
    return ExportChoice(**values)


def read(path):
    """The file's only layer: (driver, EPSG code, [attributes], [geometry])."""
    dataset = ogr.Open(str(path))
    assert dataset.GetLayerCount() == 1
    layer = dataset.GetLayer(0)
    code = layer.GetSpatialRef().GetAuthorityCode(None)
    features = [(feature.items(), feature.GetGeometryRef().ExportToWkt()) for feature in layer]
    return dataset.GetDriver().GetName(), code, [f[0] for f in features], [f[1] for f in features]


@pytest.mark.parametrize("key", DRIVERS)
def test_every_format_keeps_outlines_columns_and_areas(source, tmp_path, key):
    path = export(source, choice(key, tmp_path / "out"), False, never)
    driver, code, rows, shapes = read(path)
    assert driver == DRIVERS[key]
    assert code == ("4326" if key == "geojson" else "32632")
    assert [row["outline_id"] for row in sorted(rows, key=lambda row: row["outline_id"])] == ["G1", "G2", "G3"]
    assert len(rows[0]) == len(NAMES)
    first = next(row for row in rows if row["outline_id"] == "G1")
    assert first["note"] == "Ælva Großglockner ß"
    assert first["area_km2"] == pytest.approx(3.0)
    shape = QgsGeometry.fromWkt(shapes[[row["outline_id"] for row in rows].index("G1")])
    from qgis.core import QgsCoordinateReferenceSystem

    ruler = OutlineRuler(QgsCoordinateReferenceSystem(f"EPSG:{code}"), QgsCoordinateTransformContext())
    assert ruler.area_km2(shape) == pytest.approx(3.0, rel=1.5e-3)
    assert shape.constGet().numInteriorRings() == 1
    assert shape.isGeosValid()


@pytest.mark.parametrize("key", DRIVERS)
def test_ogrinfo_reads_it_without_a_word(source, tmp_path, key):
    ogrinfo = shutil.which("ogrinfo")
    if ogrinfo is None:
        pytest.skip("ogrinfo is not installed")
    path = export(source, choice(key, tmp_path / "out"), False, never)
    done = subprocess.run([ogrinfo, "-ro", "-so", "-al", str(path)], capture_output=True, text=True, check=True)
    assert "Feature Count: 3" in done.stdout
    assert "Geometry: Polygon" in done.stdout
    assert done.stderr == ""


def test_geojson_winds_as_its_standard_wants(source, tmp_path):
    path = export(source, choice("geojson", tmp_path / "out"), False, never)
    document = json.loads(path.read_text(encoding="utf-8"))
    assert "crs" not in document
    for feature in document["features"]:
        outer, *holes = feature["geometry"]["coordinates"]
        assert signed_area(outer) > 0
        assert all(signed_area(hole) < 0 for hole in holes)
        assert all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in outer)


def thorn(gap_deg):
    """A square with a notch whose flanks are `gap_deg` apart at the tip, and lean: rounding makes them cross."""
    inner = [(9.5 + gap_deg * 0.49, 46.002), (9.5, 46.00700003), (9.5 - gap_deg * 0.49, 46.0020000001)]
    corners = [(9.49, 46.0), (9.49, 46.01), (9.51, 46.01), (9.51, 46.0), (9.5 + gap_deg, 46.0), *inner]
    ring = [*corners, (9.5 - gap_deg, 46.0), corners[0]]
    return "POLYGON((" + ", ".join(f"{x:.15f} {y:.15f}" for x, y in ring) + "))"


@pytest.mark.parametrize(("gap_deg", "decimals"), [(1e-3, 9), (2e-8, 9), (3e-10, 13)], ids=["wide", "mm", "0.03 mm"])
def test_rounded_coordinates_never_make_a_valid_outline_invalid(qgis_new_project, tmp_path, gap_deg, decimals):
    shape = QgsGeometry.fromWkt(thorn(gap_deg))
    assert shape.isGeosValid()
    given = [{"outline_id": "G1", "wkt": thorn(gap_deg)}]
    layer = open_outlines(write_outlines(tmp_path / "in.gpkg", given, "EPSG:4326"))
    out = tmp_path / "out.geojson"
    export(capture_source(layer, QgsProject.instance()), choice("geojson", out), False, never)
    text = out.read_text(encoding="utf-8")
    [feature] = json.loads(text)["features"]
    rings = [", ".join(f"{x} {y}" for x, y in ring) for ring in feature["geometry"]["coordinates"]]
    assert QgsGeometry.fromWkt("POLYGON((" + "), (".join(rings) + "))").isGeosValid()
    assert max(len(number) for number in re.findall(r"\d\.(\d+)", text.split("coordinates")[1])) <= decimals


def signed_area(ring):
    """Twice the area of a ring, positive when it runs counter-clockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:]))


def test_a_shapefile_comes_with_its_sidecars_and_short_names(source, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    path = export(source, choice("shp", out / "glaciers.shp"), False, never)
    assert sorted(file.suffix for file in out.iterdir()) == [".cpg", ".dbf", ".prj", ".shp", ".shx"]
    assert path.with_suffix(".cpg").read_text().strip() == "UTF-8"
    names = list(read(path)[2][0])
    assert all(len(name) <= 10 for name in names)
    assert {"area_min", "area_max", "perimeter", "model_ver", "edit_with"} <= set(names)


def test_only_the_scope_and_the_fields_chosen_are_written(source, tmp_path):
    one = export(
        source, choice("gpkg", tmp_path / "a", scope=Scope.ACCEPTED, fields=("outline_id", "area_km2")), False, never
    )
    rows = read(one)[2]
    assert rows == [{"outline_id": "G1", "area_km2": 3.0}]
    two = export(source, choice("gpkg", tmp_path / "b", scope=Scope.NOT_REJECTED), False, never)
    assert [row["outline_id"] for row in read(two)[2]] == ["G1", "G3"]


def test_another_crs_moves_the_outlines(source, tmp_path):
    path = export(source, choice("gpkg", tmp_path / "out", crs="EPSG:2056"), False, never)
    _, code, _, shapes = read(path)
    assert code == "2056"
    assert 2_600_000 < QgsGeometry.fromWkt(shapes[0]).boundingBox().xMinimum() < 2_900_000


def test_nothing_is_overwritten_unasked(source, tmp_path):
    path = export(source, choice("gpkg", tmp_path / "out"), False, never)
    before = path.read_bytes()
    with pytest.raises(OutputExistsError, match="exists already"):
        export(source, choice("gpkg", tmp_path / "out", scope=Scope.ACCEPTED), False, never)
    assert path.read_bytes() == before


def test_overwriting_replaces_every_file(source, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "glaciers.qix").write_bytes(b"an old index")
    (out / "glaciers.txt").write_text("mine")
    path = export(source, choice("shp", out / "glaciers.shp"), True, never)
    export(source, choice("shp", out / "glaciers.shp", scope=Scope.ACCEPTED), True, never)
    assert len(read(path)[2]) == 1
    assert not (out / "glaciers.qix").exists()
    assert (out / "glaciers.txt").read_text() == "mine"


@pytest.mark.parametrize("at", [0, 2], ids=["at the start", "near the end"])
def test_a_cancelled_export_leaves_nothing(source, tmp_path, at):
    out = tmp_path / "out"
    out.mkdir()

    def step(done, _total):
        if done >= at:
            raise Cancelled()

    with pytest.raises(Cancelled):
        export(source, choice("shp", out / "glaciers.shp"), False, step)
    assert list(out.iterdir()) == []


def test_a_cancelled_export_keeps_the_old_file(source, tmp_path):
    path = export(source, choice("gpkg", tmp_path / "out"), False, never)
    before = path.read_bytes()
    with pytest.raises(Cancelled):
        export(source, choice("gpkg", path), True, stop_when(lambda: True))
    assert path.read_bytes() == before


def test_a_folder_that_is_not_there_is_named(source, tmp_path):
    with pytest.raises(OutputNotWritableError, match="nowhere"):
        export(source, choice("gpkg", tmp_path / "nowhere" / "out.gpkg"), False, never)


@pytest.fixture
def mounted(tmp_path):
    """A factory of small disks: `mounted("disk", "size=64k")`; skips where nobody may mount."""
    made = []

    def mount(name, options):
        folder = tmp_path / name
        folder.mkdir()
        program = shutil.which("mount")
        command = [program, "-t", "tmpfs", "-o", options, "tmpfs", folder]
        if program is None or subprocess.run(command, check=False, capture_output=True).returncode:
            pytest.skip("a disk can't be mounted here")
        made.append(folder)
        return folder

    yield mount
    for folder in made:
        subprocess.run([shutil.which("umount"), folder], check=True)


def test_a_read_only_folder_is_named(source, tmp_path, request):
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0o500)
    if os.access(folder, os.W_OK):  # root may write wherever the disk lets it
        folder = request.getfixturevalue("mounted")("locked disk", "ro")
    with pytest.raises(OutputNotWritableError, match="locked"):
        export(source, choice("gpkg", folder / "out.gpkg"), False, never)


@pytest.mark.parametrize("key", DRIVERS)
def test_a_full_disk_is_told_and_nothing_is_left(mounted, qgis_new_project, tmp_path, key):
    small_disk = mounted("small disk", "size=64k")
    outlines = [{"outline_id": f"G{n}", "wkt": square(X + 2000 * n, Y), "note": "x" * 200} for n in range(400)]
    layer = open_outlines(write_outlines(tmp_path / "in.gpkg", outlines))
    source = capture_source(layer, QgsProject.instance())
    with pytest.raises(DiskFullError, match="full"):
        export(source, choice(key, small_disk / "out"), False, never)
    assert list(small_disk.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a", "a.gpkg"), ("a.gpkg", "a.gpkg"), ("A.GPKG", "A.GPKG"), ("v1.2", "v1.2.gpkg"), ("ä 'b\" c", "ä 'b\" c.gpkg")],
)
def test_the_suffix_is_put_where_it_lacks(tmp_path, name, expected):
    assert target_path(choice("gpkg", tmp_path / name)).name == expected


def test_a_path_with_blanks_umlauts_and_quotes_is_a_path(source, tmp_path):
    folder = tmp_path / "Ötztal 'north' [1]"
    folder.mkdir()
    for key in DRIVERS:
        path = export(source, choice(key, folder / 'gla "ciers" ü'), False, never)
        assert len(read(path)[2]) == 3


def test_no_name_and_no_format_are_refused():
    with pytest.raises(InvalidParameterError):
        target_path(choice("gpkg", " "))
    with pytest.raises(InvalidParameterError):
        target_path(choice("dwg", "a"))


def test_an_outline_of_several_parts_is_written_whole(qgis_new_project, tmp_path):
    wkt = f"MULTIPOLYGON(({square(X, Y)[8:-1]}), ({square(X + 3000, Y)[8:-1]}))"
    layer = open_outlines(write_outlines(tmp_path / "in.gpkg", [{"outline_id": "G1", "wkt": square(X, Y)}]))
    layer.startEditing()
    layer.changeGeometry(1, QgsGeometry.fromWkt(wkt))
    path = export(capture_source(layer, QgsProject.instance()), choice("fgb", tmp_path / "out"), False, never)
    assert read(path)[3][0].startswith("MULTIPOLYGON")
    layer.rollBack()


def test_another_format_fits_in_without_a_change(source, tmp_path):
    info = FormatInfo("rgi-like", "RGI-like", ".shp", fixed_crs="EPSG:4326")
    rename = {"outline_id": "rgi_id", "area_km2": "area_km2"}
    one = export_formats.VectorFormat(info, "ESRI Shapefile", rename=lambda names: {n: rename[n] for n in names})
    export_formats.register(one)
    try:
        path = export(source, choice("rgi-like", tmp_path / "rgi", fields=tuple(rename)), False, never)
    finally:
        export_formats._formats.pop("rgi-like")
    assert read(path)[1] == "4326"
    assert list(read(path)[2][0]) == ["rgi_id", "area_km2"]


def test_the_check_reads_the_layer_as_it_is(qgis_new_project, tmp_path):
    bow = f"POLYGON(({X} {Y}, {X + 900} {Y + 900}, {X + 900} {Y}, {X} {Y + 900}, {X} {Y}))"
    outlines = [
        {"outline_id": "G1", "wkt": square(X + 2000, Y)},
        {"outline_id": "G2", "wkt": square(X + 2500, Y), "src_date": None},
        {"outline_id": "G2", "wkt": square(X + 9000, Y, 90), "area_km2": 0.0081, "analyst": ""},
        {"outline_id": "G4", "wkt": bow},
    ]
    layer = open_outlines(write_outlines(tmp_path / "in.gpkg", outlines))
    state = read_state(capture_source(layer, QgsProject.instance()), Scope.ALL, 0, never)
    assert state.overlaps == [(1, 2)]
    assert not state.unsaved
    found = {str(f.message): [p.label.split(":")[0] for p in f.places] for f in check_export(state)}
    assert found["Pairs of outlines that overlap: 1"] == ["G1 – G2"]
    assert found["Outlines that share an ID: 2"] == ["G2", "G2"]
    assert found["Outlines with an invalid shape: 1"] == ["G4"]
    assert found["Outlines under 0.01 km²: 1"] == ["G2"]
    assert found["Outlines without source date: 1"] == ["G2"]
    assert found["Outlines without analyst: 1"] == ["G2"]


def test_unsaved_edits_are_found_and_exported_as_they_are(qgis_new_project, tmp_path):
    layer = open_outlines(write_outlines(tmp_path / "in.gpkg", [{"outline_id": "G1", "wkt": square(X, Y)}]))
    layer.startEditing()
    layer.changeGeometry(1, QgsGeometry.fromWkt(square(X, Y, 2000)))
    source = capture_source(layer, QgsProject.instance())
    findings = check_export(read_state(source, Scope.ALL, 0, never))
    assert [f.severity for f in findings][:2] == [Severity.ERROR, Severity.ERROR]
    assert "unsaved edits" in str(findings[0].message)
    path = export(source, choice("gpkg", tmp_path / "out"), False, never)
    assert QgsGeometry.fromWkt(read(path)[3][0]).area() == pytest.approx(4e6)
    layer.rollBack()


def test_neighbours_that_share_a_border_do_not_overlap():
    shapes = [(1, QgsGeometry.fromWkt(square(0, 0, 10))), (2, QgsGeometry.fromWkt(square(10, 0, 10)))]
    assert overlapping(shapes, 1.0, never) == []
    shapes.append((3, QgsGeometry.fromWkt(square(8, 0, 10))))
    assert overlapping(shapes, 1.0, never) == [(1, 3), (2, 3)]


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_of_that_name_is_refused_and_kept(source, tmp_path, overwrite):
    (tmp_path / "out.gpkg").mkdir()
    (tmp_path / "out.gpkg" / "thesis.txt").write_text("precious")
    with pytest.raises(FolderInTheWayError, match=r"out\.gpkg can't be written: a folder has that name"):
        export(source, choice("gpkg", tmp_path / "out.gpkg"), overwrite, never)
    assert (tmp_path / "out.gpkg" / "thesis.txt").read_text() == "precious"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["in.gpkg", "out.gpkg"]


def test_a_folder_named_like_a_sidecar_is_no_sidecar(source, tmp_path):
    (tmp_path / "out.sbn").mkdir()
    (tmp_path / "out.sbn" / "thesis.txt").write_text("precious")
    export(source, choice("shp", tmp_path / "out.shp"), True, never)
    assert (tmp_path / "out.sbn" / "thesis.txt").read_text() == "precious"


def test_a_name_alone_lies_in_the_folder_given_and_a_tilde_at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    folder = str(tmp_path / "project")
    assert target_path(choice("gpkg", "out.gpkg"), folder) == tmp_path / "project" / "out.gpkg"
    assert target_path(choice("gpkg", "sub/out"), folder) == tmp_path / "project" / "sub" / "out.gpkg"
    assert target_path(choice("gpkg", "~/out"), folder) == tmp_path / "home" / "out.gpkg"
    assert target_path(choice("gpkg", "~nobody_of_that_name/out"), folder).is_relative_to(folder)
    assert target_path(choice("gpkg", tmp_path / "out"), folder) == tmp_path / "out.gpkg"
