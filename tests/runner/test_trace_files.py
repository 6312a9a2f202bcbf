"""From a probability raster on disk to outlines.gpkg, with everything that can be wrong with either."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from affine import Affine
from rasterio.enums import ColorInterp

from glacier_mapper.core.errors import (
    Cancelled,
    DiskFullError,
    MissingCrsError,
    MissingFileError,
    NoValidPixelsError,
    OutputNotWritableError,
    UnreadableRasterError,
)
from glacier_mapper.core.file_errors import NotProbabilityError
from glacier_mapper.core.outline_fields import OUTLINE_FIELDS
from glacier_mapper.core.outline_meta import OutlineMeta
from glacier_mapper.core.progress import Controls, Stage
from glacier_mapper.core.request import OutlineSettings
from glacier_mapper.runner.outlines import trace_outlines
from glacier_mapper.runner.outlines import write as writing

ROOT = Path(__file__).resolve().parents[2]
META = OutlineMeta("band-ratio", "1.0", "S2 <blue, “red”>", "2023-08-28", "Åsa")
SMALL = OutlineSettings(min_area_km2=0.0)


def blobs(rows=120, cols=160, seed=1):
    from scipy import ndimage

    noise = ndimage.gaussian_filter(np.random.default_rng(seed).standard_normal((rows, cols)), 5)
    return (1 / (1 + np.exp(-4 * (noise / noise.std() - 0.7)))).astype("float32")


@pytest.fixture
def raster(make_raster):
    def make(field=None, name="probability.tif", **more):
        field = blobs() if field is None else field
        nodata = {"nodata": np.nan} if np.asarray(field).dtype.kind == "f" else {}
        return make_raster(name, field, **{**nodata, **more})

    return make


def read(path, layer="outlines"):
    info, _, geometry, columns = pyogrio.raw.read(path, layer=layer)
    return shapely.from_wkb(geometry), dict(zip(info["fields"], columns)), info


def trace(path, out, settings=SMALL, **more):
    return trace_outlines(path, settings, META, out, Controls(**more))


class TestLayers:
    @pytest.fixture
    def out(self, raster, tmp_path):
        out = tmp_path / "outlines.gpkg"
        self.summary = trace(raster(), out)
        return out

    def test_three_layers_in_order(self, out):
        assert [name for name, _ in pyogrio.list_layers(out)] == ["outlines", "boundary", "originals"]

    def test_columns_are_those_of_the_contract(self, out):
        kinds = {"text": "object", "real": "float64"}
        info = pyogrio.read_info(out, layer="outlines")
        assert list(info["fields"]) == [field.name for field in OUTLINE_FIELDS]
        assert list(info["dtypes"]) == [kinds[field.kind] for field in OUTLINE_FIELDS]

    def test_provenance_stands_with_each_outline(self, out):
        _, columns, _ = read(out)
        for name, value in vars(META).items():
            if name in columns:
                assert set(columns[name]) == {value}
        assert set(columns["edit_state"]) == {"model"}
        assert set(columns["review"]) == {"open"}
        assert set(columns["note"]) == {None}

    def test_the_summary_is_their_sum(self, out):
        polygons, columns, _ = read(out)
        assert self.summary.count == len(polygons) > 5
        assert self.summary.area_km2 == pytest.approx(columns["area_km2"].sum())
        assert columns["area_km2"].sum() == pytest.approx(shapely.area(polygons).sum() / 1e6, rel=2e-3)

    def test_largest_first_each_with_its_own_id(self, out):
        _, columns, _ = read(out)
        assert (np.diff(columns["area_km2"]) <= 0).all()
        assert len(set(columns["outline_id"])) == len(columns["outline_id"])

    def test_bounds_enclose_the_area(self, out):
        _, columns, _ = read(out)
        assert (columns["area_min_km2"] <= columns["area_km2"]).all()
        assert (columns["area_max_km2"] > columns["area_km2"]).all()
        assert ((columns["confidence"] >= 0) & (columns["confidence"] <= 1)).all()

    def test_originals_are_a_copy(self, out):
        (one, first, _), (two, second, _) = read(out), read(out, "originals")
        assert shapely.equals_exact(one, two).all()
        assert all((first[name] == second[name]).all() for name in first)

    def test_boundary_belongs_to_the_outlines(self, out):
        polygons, columns, _ = read(out)
        lines, sections, _ = read(out, "boundary")
        by_id = dict(zip(columns["outline_id"], shapely.boundary(polygons)))
        for name, boundary in by_id.items():
            parts = shapely.union_all(lines[sections["outline_id"] == name])
            assert shapely.hausdorff_distance(parts, boundary) < 1e-6
        assert sections["length_m"].sum() == pytest.approx(shapely.length(polygons).sum())
        assert set(sections["data_edge"].tolist()) == {0, 1}

    def test_geometries_are_valid_oriented_and_apart(self, out):
        polygons, _, info = read(out)
        assert shapely.is_valid(polygons).all()
        assert shapely.is_ccw(shapely.get_exterior_ring(polygons)).all()
        assert shapely.area(shapely.union_all(polygons)) == pytest.approx(shapely.area(polygons).sum(), rel=1e-12)
        assert info["crs"] == "EPSG:32632"
        assert pyogrio.read_info(out, layer="outlines")["geometry_type"] == "Polygon"

    def test_a_spatial_index_is_there(self, out):
        with sqlite3.connect(out) as database:
            names = {row[0] for row in database.execute("select name from sqlite_master")}
        assert {"rtree_outlines_geom", "rtree_boundary_geom"} <= names

    @pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="ogrinfo is not installed")
    def test_gdal_of_the_system_opens_it(self, out):
        text = subprocess.run(["ogrinfo", "-so", "-al", str(out)], check=True, capture_output=True, text=True).stdout
        assert text.count("Geometry: Polygon") == 2
        assert "Geometry: Line String" in text


class TestRepeat:
    def test_the_same_again(self, raster, tmp_path):
        path = raster()
        for name in ("one.gpkg", "two.gpkg"):
            trace(path, tmp_path / name)
        for layer in ("outlines", "boundary"):
            (one, first, _), (two, second, _) = read(tmp_path / "one.gpkg", layer), read(tmp_path / "two.gpkg", layer)
            assert shapely.to_wkb(one).tolist() == shapely.to_wkb(two).tolist()
            assert all((first[name] == second[name]).all() for name in first)

    @pytest.mark.parametrize("layout", [{"blockysize": 16, "blockxsize": 16, "tiled": True}, {"blockysize": 7}],
                             ids=["tiles", "strips"])
    def test_however_the_file_is_laid_out(self, raster, tmp_path, monkeypatch, layout):
        trace(raster(), tmp_path / "one.gpkg")
        monkeypatch.setattr("glacier_mapper.runner.outlines.field.STRIP_PIXELS", 3000)
        trace(raster(name="other.tif", **layout), tmp_path / "two.gpkg")
        assert shapely.equals_exact(read(tmp_path / "one.gpkg")[0], read(tmp_path / "two.gpkg")[0]).all()


class TestNothingThere:
    def test_empty_layers_are_whole_layers(self, raster, tmp_path):
        out = tmp_path / "empty.gpkg"
        summary = trace(raster(np.zeros((20, 30), "float32")), out)
        assert (summary.count, summary.area_km2) == (0, 0.0)
        assert [name for name, _ in pyogrio.list_layers(out)] == ["outlines", "boundary", "originals"]
        info = pyogrio.read_info(out, layer="outlines")
        assert list(info["fields"]) == [field.name for field in OUTLINE_FIELDS]
        kinds = {"text": "object", "real": "float64"}
        assert list(info["dtypes"]) == [kinds[field.kind] for field in OUTLINE_FIELDS]
        assert info["geometry_type"] == "Polygon"
        assert pyogrio.read_info(out, layer="boundary")["geometry_type"] == "LineString"

    def test_all_too_small(self, raster, tmp_path):
        assert trace(raster(), tmp_path / "o.gpkg", OutlineSettings(min_area_km2=100.0)).count == 0


class TestRastersFromElsewhere:
    """The same field in other clothes gives the same area."""

    def area(self, path, tmp_path):
        summary = trace(path, tmp_path / "o.gpkg")
        return summary.area_km2, summary

    @pytest.fixture
    def wanted(self, raster, tmp_path):
        return trace(raster(name="plain.tif"), tmp_path / "plain.gpkg").area_km2

    @pytest.mark.parametrize(("full", "dtype"), [(255, "uint8"), (100, "uint8"), (10_000, "uint16"), (10_000, "int16")])
    def test_whole_numbers_are_taken_as_parts(self, raster, tmp_path, wanted, full, dtype):
        field = np.rint(np.clip(blobs() * 1.0, 0, 1) * full).astype(dtype)
        field[0, 0] = full
        found, summary = self.area(raster(field), tmp_path)
        assert found == pytest.approx(wanted, rel=0.01)
        assert str(full) in str(summary.notes[0])

    def test_a_mask_needs_no_word(self, raster, tmp_path, wanted):
        found, summary = self.area(raster((blobs() >= 0.5).astype("uint8")), tmp_path)
        assert found == pytest.approx(wanted, rel=0.05)
        assert summary.notes == ()

    def test_the_files_own_scale_comes_first(self, raster, tmp_path, wanted):
        field = np.rint(blobs() * 200 + 20).astype("uint8")
        found, summary = self.area(raster(field, scales=[0.005], offsets=[-0.1]), tmp_path)
        assert found == pytest.approx(wanted, rel=0.01)
        assert summary.notes == ()

    def test_a_nodata_value(self, raster, tmp_path):
        field = blobs()
        field[:, :80] = -9999
        trace(raster(field, nodata=-9999.0), tmp_path / "o.gpkg")
        assert shapely.total_bounds(read(tmp_path / "o.gpkg")[0])[0] == pytest.approx(600_800)

    def test_a_mask_band(self, raster, tmp_path):
        mask = np.full((120, 160), 255, "uint8")
        mask[:, :80] = 0
        trace(raster(blobs(), mask=mask, nodata=None), tmp_path / "o.gpkg")
        assert shapely.total_bounds(read(tmp_path / "o.gpkg")[0])[0] == pytest.approx(600_800)

    def test_infinite_values_are_no_data(self, raster, tmp_path):
        field = blobs()
        field[:, :80] = np.inf
        trace(raster(field), tmp_path / "o.gpkg")
        assert shapely.total_bounds(read(tmp_path / "o.gpkg")[0])[0] == pytest.approx(600_800)

    def test_rows_that_run_north(self, raster, tmp_path, wanted):
        upside_down = raster(blobs()[::-1], transform=Affine(10, 0, 600_000, 0, 10, 5_200_000 - 1200))
        found, _ = self.area(upside_down, tmp_path)
        assert found == pytest.approx(wanted)
        assert shapely.is_ccw(shapely.get_exterior_ring(read(tmp_path / "o.gpkg")[0])).all()

    def test_a_rotated_raster(self, raster, tmp_path, wanted):
        turned = Affine.translation(600_000, 5_200_000) @ Affine.rotation(30) @ Affine.scale(10, -10)
        found, _ = self.area(raster(blobs(), transform=turned), tmp_path)
        assert found == pytest.approx(wanted, rel=1e-3)

    def test_degrees_give_metric_outlines(self, raster, tmp_path):
        path = raster(blobs(), crs="EPSG:4326", transform=Affine(1e-4, 0, 10.5, 0, -1e-4, 46.8))
        assert trace(path, tmp_path / "o.gpkg").count > 5
        polygons, columns, info = read(tmp_path / "o.gpkg")
        assert info["crs"] == "EPSG:32632"
        assert shapely.is_valid(polygons).all()
        assert columns["area_km2"] * 1e6 == pytest.approx(shapely.area(polygons), rel=2e-3)

    @pytest.mark.parametrize("crs", ["EPSG:3413", "EPSG:3031"])
    def test_polar_grids_stay(self, raster, tmp_path, crs):
        y = -1_900_000 if crs == "EPSG:3413" else 1_900_000
        assert trace(raster(blobs(), crs=crs, transform=Affine(10, 0, 2e5, 0, -10, y)), tmp_path / "o.gpkg").count > 5
        assert read(tmp_path / "o.gpkg")[2]["crs"] == crs


class TestFaults:
    """One typed error each, and what was there before is untouched."""

    @pytest.fixture
    def out(self, tmp_path):
        out = tmp_path / "out" / "outlines.gpkg"
        out.parent.mkdir()
        out.write_text("as it was")
        return out

    def stays(self, out):
        return out.read_text() == "as it was" and os.listdir(out.parent) == [out.name]

    def test_no_such_file(self, out, tmp_path):
        with pytest.raises(MissingFileError, match="nowhere.tif"):
            trace(tmp_path / "nowhere.tif", out)
        assert self.stays(out)

    def test_no_raster_at_all(self, out, tmp_path):
        path = tmp_path / "text.tif"
        path.write_text("hello")
        with pytest.raises(UnreadableRasterError, match=r"text\.tif"):
            trace(path, out)
        assert self.stays(out)

    def test_a_truncated_file(self, raster, out):
        path = raster(np.random.default_rng(0).random((600, 600), "float32"), compress="deflate")
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        with pytest.raises(UnreadableRasterError):
            trace(path, out)
        assert self.stays(out)

    def test_no_crs(self, raster, out):
        with pytest.raises(MissingCrsError):
            trace(raster(crs=None), out)
        assert self.stays(out)

    @pytest.mark.parametrize("factor", [100.0, -1.0])
    def test_values_that_are_no_probabilities(self, raster, out, factor):
        with pytest.raises(NotProbabilityError, match=r"probability\.tif .+ values run from .+ from 0 to 1"):
            trace(raster(blobs() * np.float32(factor)), out)
        assert self.stays(out)

    def test_an_image_of_many_bands(self, raster, out):
        image = (np.stack([blobs()] * 5) * 43_000).astype("uint16")
        with pytest.raises(NotProbabilityError, match=r"it has 5 bands\. .+ An image is mapped first"):
            trace(raster(image), out)
        assert self.stays(out)

    @pytest.mark.parametrize(("dtype", "highest"), [("uint16", 43_000), ("uint16", 3_000), ("int16", 20_000)])
    def test_a_band_of_an_image(self, raster, out, dtype, highest):
        band = np.rint(blobs() / blobs().max() * highest).astype(dtype)
        with pytest.raises(NotProbabilityError, match=f"whole numbers up to {highest} and no scale"):
            trace(raster(band), out)
        assert self.stays(out)

    @pytest.mark.parametrize("field", [np.full((20, 30), np.nan, "float32"), np.full((20, 30), np.inf, "float32")])
    def test_no_data_at_all(self, raster, out, field):
        with pytest.raises(NoValidPixelsError, match=r"probability\.tif has no valid pixel"):
            trace(raster(field), out)
        assert self.stays(out)

    def test_an_alpha_band_is_no_second_band(self, raster, tmp_path):
        alpha = np.full((120, 160), 255, "uint8")
        alpha[:, :80] = 0
        colours = [ColorInterp.gray, ColorInterp.alpha]
        bands = np.stack([np.rint(blobs() * 255).astype("uint8"), alpha])
        trace(raster(bands, colorinterp=colours), tmp_path / "o.gpkg")
        assert shapely.total_bounds(read(tmp_path / "o.gpkg")[0])[0] == pytest.approx(600_800)

    @pytest.mark.parametrize("stage", [Stage.TRACING, Stage.ATTRIBUTES])
    def test_cancelled(self, raster, out, stage):
        reached = []
        with pytest.raises(Cancelled):
            trace(raster(), out, on_progress=lambda step: reached.append(step.stage),
                  should_stop=lambda: stage in reached)
        assert reached[-1] is stage
        assert self.stays(out)

    def test_the_folder_is_a_file(self, raster, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(OutputNotWritableError):
            trace(raster(), tmp_path / "file" / "o.gpkg")

    @pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may write anywhere")
    def test_a_folder_that_may_not_be_written(self, raster, tmp_path):
        (tmp_path / "locked").mkdir(mode=0o500)
        with pytest.raises(OutputNotWritableError):
            trace(raster(), tmp_path / "locked" / "o.gpkg")

    def test_a_full_disk_is_seen_beforehand(self, raster, out, monkeypatch):
        usage = shutil.disk_usage(out.parent)
        monkeypatch.setattr(writing.shutil, "disk_usage", lambda _: usage._replace(free=50_000))
        with pytest.raises(DiskFullError, match="needs 2 MB"):
            trace(raster(), out)
        assert self.stays(out)

    @pytest.mark.skipif(os.name != "posix", reason="limits of the size of files")
    def test_a_disk_that_fills_up_during_writing(self, raster, out):
        """A limit on the size of files makes the write fail midway, as a full disk does."""
        code = (
            "import resource, signal, sys; sys.path.insert(0, sys.argv[3])\n"
            "from glacier_mapper.core.errors import OutputError\n"
            "from glacier_mapper.core.outline_meta import OutlineMeta\n"
            "from glacier_mapper.core.request import OutlineSettings\n"
            "from glacier_mapper.runner.outlines import trace_outlines\n"
            "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))\n"
            "try:\n"
            "    trace_outlines(sys.argv[1], OutlineSettings(min_area_km2=0.0), OutlineMeta(), sys.argv[2])\n"
            "except OutputError as error:\n"
            "    print(type(error).__name__, error.details['path'])\n"
        )
        path = raster(blobs(500, 500))
        done = subprocess.run([sys.executable, "-c", code, str(path), str(out), str(ROOT)], check=True,
                              capture_output=True, text=True)
        assert done.stdout.split() == ["OutputNotWritableError", str(out)]
        assert self.stays(out)

    def test_an_older_result_and_its_journal_are_replaced(self, raster, tmp_path):
        out = tmp_path / "out" / "o.gpkg"
        trace(raster(), out)
        (out.parent / "o.gpkg-wal").write_text("stale")
        trace(raster(np.zeros((10, 10), "float32"), name="other.tif"), out)
        assert len(read(out)[0]) == 0
        assert os.listdir(out.parent) == ["o.gpkg"]

    def test_odd_names(self, raster, tmp_path):
        folder = tmp_path / "Gletscher ‘Große’ \"2023\" & mehr"
        path = raster(name="Wahr schein'lich.tif", folder=folder)
        assert trace(path, folder / "Umriß 100%.gpkg").count > 5
        assert len(read(folder / "Umriß 100%.gpkg")[0]) > 5


def test_progress_goes_forward_to_the_end(raster, tmp_path, monkeypatch):
    monkeypatch.setattr("glacier_mapper.runner.outlines.field.STRIP_PIXELS", 3000)
    steps = []
    trace(raster(blockysize=16), tmp_path / "o.gpkg", on_progress=steps.append)
    fractions = [step.fraction for step in steps]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0.0
    assert fractions[-1] == 1.0
    assert [step.stage for step in steps if step.stage is Stage.TRACING][4:]
    assert steps[-1].stage is Stage.DONE


def test_the_real_outlines_of_a_scene_can_be_traced_from_its_label(shared_data, tmp_path):
    label = shared_data / "hackathon_landsat" / "gh_03_09_label.tif"
    with rasterio.open(label) as source:
        mask = source.read(1)
        pixel_km2 = abs(source.transform.determinant) / 1e6
        profile = {**source.profile, "nodata": 255}
    path = tmp_path / "mask.tif"
    with rasterio.open(path, "w", **profile) as target:
        target.write(mask, 1)
    summary = trace(path, tmp_path / "o.gpkg", OutlineSettings(min_area_km2=0.0, smoothing=0.0))
    polygons, columns, _ = read(tmp_path / "o.gpkg")
    assert shapely.is_valid(polygons).all()
    assert summary.area_km2 == pytest.approx((mask == 1).sum() * pixel_km2, rel=0.02)
