"""A mapping from the request to the four products, on real rasters, with its faults."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import rasterio

from glacier_mapper.core.errors import (
    Cancelled,
    DiskFullError,
    InputError,
    InvalidParameterError,
    MissingCrsError,
    MissingFileError,
    MissingRoleError,
    NoValidPixelsError,
    OutOfMemoryError,
    OutputExistsError,
    OutputNotWritableError,
    UnknownModelError,
    UnreadableRasterError,
)
from glacier_mapper.core.messages import Message
from glacier_mapper.core.models import BAND_RATIO
from glacier_mapper.core.outline_meta import OutlineMeta, OutlinesRequest
from glacier_mapper.core.progress import Progress, Stage
from glacier_mapper.core.request import BandRatioSettings, BandSource, MapRequest, OutlineSettings, with_image_facts
from glacier_mapper.core.result import MapResult
from glacier_mapper.core.roles import Role
from glacier_mapper.runner.mapping import estimate, map_glaciers, outlines_from_probability, preview
from glacier_mapper.runner.mapping.rasters import certainty

NAMES = ("blue", "green", "red", "nir", "swir1", "swir2")
ROCK = (0.12, 0.14, 0.16, 0.2, 0.24, 0.21)
ICE = (0.7, 0.65, 0.6, 0.5, 0.08, 0.06)
TILES = {"tiled": True, "blockxsize": 64, "blockysize": 64}
PRODUCTS = ["confidence.tif", "outlines.gpkg", "probability.tif", "report.json"]


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLACIER_MAPPER_CACHE", str(tmp_path / "cache"))


def glacier_scene(size: int = 200, radius_px: float = 60.0) -> np.ndarray:
    """Six bands, reflectance: a round glacier in rock, 2 % noise, a corner without data."""
    rng = np.random.default_rng(5)
    y, x = np.mgrid[:size, :size] + 0.5
    inside = np.hypot(x - size / 2, y - size / 2) < radius_px
    bands = np.where(inside, np.reshape(ICE, (6, 1, 1)), np.reshape(ROCK, (6, 1, 1)))
    bands = bands * (1 + 0.02 * rng.standard_normal(bands.shape))
    bands[:, :20, :20] = np.nan
    return bands.astype(np.float32)


@pytest.fixture
def scene(make_raster: Any) -> Path:
    return make_raster("scene.tif", glacier_scene(), descriptions=NAMES, nodata=float("nan"), **TILES)


def request_for(path: Path, out: Path, **more: Any) -> MapRequest:
    sources = tuple(
        BandSource(Role(name), str(path), band, layer="The scene", date="2021-08-30", scale=1.0, offset=0.0)
        for band, name in enumerate(NAMES, start=1)
    )
    return MapRequest(sources, str(out), **more)


def run(request: MapRequest, told: list[Progress] | None = None) -> MapResult:
    return map_glaciers(request, (lambda _: None) if told is None else told.append, lambda: False)


def pixels(path: str) -> np.ndarray:
    with rasterio.open(path) as dataset:
        return dataset.read(1)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# --- the products


def test_a_round_glacier_becomes_four_products(scene: Path, tmp_path: Path):
    result = run(request_for(scene, tmp_path / "out", analyst="A. Analyst"))
    assert names_in(tmp_path / "out") == PRODUCTS
    assert result.outline_count == 1
    assert result.area_km2 == pytest.approx(np.pi * 0.6**2, rel=0.02)
    assert result.grid.shape_yx == (200, 200)
    assert MapResult.from_json(json.loads(json.dumps(result.to_json()))) == result


def test_the_rasters_say_what_the_model_says(scene: Path, tmp_path: Path):
    result = run(request_for(scene, tmp_path / "out"))
    p, c = pixels(result.probability), pixels(result.confidence)
    assert np.isnan(p[:20, :20]).all()
    assert np.isnan(p).sum() == 400
    assert p[100, 100] > 0.99
    assert p[180, 20] < 0.01
    np.testing.assert_allclose(c, certainty(p), atol=1e-5)
    for path in (result.probability, result.confidence):
        with rasterio.open(path) as dataset:
            assert dataset.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"


def test_the_outlines_carry_their_origin(scene: Path, tmp_path: Path):
    result = run(request_for(scene, tmp_path / "out", analyst="A. Analyst"))
    table = pyogrio.raw.read(result.outlines, layer="outlines", read_geometry=False)
    row = {name: values[0] for name, values in zip(table[0]["fields"], table[3])}
    assert row["model"] == "band-ratio"
    assert row["sources"] == "The scene"
    assert row["src_date"] == "2021-08-30"
    assert row["analyst"] == "A. Analyst"


@pytest.mark.parametrize("role", [Role.ELEVATION, Role.SLOPE])
def test_the_outlines_name_the_terrain_that_was_used(scene: Path, make_raster: Any, tmp_path: Path, role: Role):
    terrain = make_raster("dem.tif", np.full((200, 200), 9.0, np.float32))
    dem = BandSource(Role.ELEVATION, str(terrain), layer="The heights")
    request = request_for(scene, tmp_path / "out")
    slope = (BandSource(Role.SLOPE, str(terrain), layer="The slope"),) if role is Role.SLOPE else ()
    result = run(replace(request, sources=(*request.sources, dem, *slope)))
    table = pyogrio.raw.read(result.outlines, layer="outlines", read_geometry=False)
    used = "The slope" if slope else "The heights"
    assert dict(zip(table[0]["fields"], table[3]))["sources"].tolist() == [f"The scene, {used}"]


def test_the_day_that_the_analyst_gives_goes_into_outlines_and_report(make_raster: Any, tmp_path: Path):
    path = make_raster("undated.tif", glacier_scene(), descriptions=NAMES, nodata=float("nan"))
    dem = BandSource(Role.ELEVATION, str(make_raster("dem.tif", np.full((200, 200), 9.0, np.float32))))
    bands = tuple(BandSource(Role(name), str(path), band) for band, name in enumerate(NAMES, start=1))
    request = MapRequest(with_image_facts((*bands, dem), acquired="2022-08-14"), str(tmp_path / "out"))
    result = run(request)
    table = pyogrio.raw.read(result.outlines, layer="outlines", read_geometry=False)
    assert dict(zip(table[0]["fields"], table[3]))["src_date"].tolist() == ["2022-08-14"]
    report = json.loads(Path(result.report).read_text(encoding="utf-8"))
    assert {(s["role"], s["date"]) for s in report["sources"]} == {
        *((name, "2022-08-14") for name in NAMES), ("elevation", "")
    }


def test_notes_of_the_request_come_back_with_the_result(scene: Path, tmp_path: Path):
    note = Message("{layer} was left out.", {"layer": "b.tif"}, to_check=True).to_json()
    result = run(request_for(scene, tmp_path / "out", notes=(note,)))
    assert result.notes[0] == note
    request = json.loads(Path(result.report).read_text(encoding="utf-8"))["request"]
    assert MapRequest.from_json(request).notes == (note,)


def test_a_run_into_no_folder_is_refused(scene: Path):
    with pytest.raises(InvalidParameterError, match="the name of a folder"):
        run(request_for(scene, Path("unused")).with_out_dir(""))


def test_the_report_tells_how_it_was_made(scene: Path, tmp_path: Path):
    result = run(request_for(scene, tmp_path / "out"))
    report = json.loads(Path(result.report).read_text(encoding="utf-8"))
    assert report["counts"] == {
        "pixels": 40000,
        "valid_pixels": 39600,
        "pixels_above_half": pytest.approx(np.pi * 60**2, rel=0.02),
        "outlines": 1,
        "outlines_area_km2": result.area_km2,
    }
    used = report["model"]["settings_used"]
    assert (used["index"], used["threshold"]) == ("red_swir", result.threshold)
    assert report["grid"] == result.grid.to_json()
    assert [file["path"] for file in report["files"]] == [str(scene)]
    assert report["files"][0]["bytes"] == scene.stat().st_size
    assert {source["role"] for source in report["sources"]} == set(NAMES)
    assert "rasterio" in report["versions"]["packages"]
    assert report["timings"]["total_s"] > 0
    assert report["notes"] == result.notes
    assert any("max_temperature_k" in name for name in used["rules_skipped"])


def test_the_threshold_that_was_used_is_told(scene: Path, tmp_path: Path):
    automatic = run(request_for(scene, tmp_path / "a"))
    chosen = run(request_for(scene, tmp_path / "b", band_ratio=BandRatioSettings(threshold=2.6)))
    assert 1.6 <= automatic.threshold <= 3.0
    assert chosen.threshold == 2.6
    assert any("your threshold 2.6" in note["template"].format(**note["details"]) for note in chosen.notes)


def geometries(path: str) -> dict[str, list[bytes]]:
    return {
        layer: list(pyogrio.raw.read(path, layer=layer)[2])
        for layer in ("outlines", "boundary", "originals")
    }


def test_a_reports_request_repeats_the_run(scene: Path, tmp_path: Path):
    first = run(request_for(scene, tmp_path / "a"))
    report = json.loads(Path(first.report).read_text(encoding="utf-8"))
    again = run(MapRequest.from_json(report["request"]).with_out_dir(str(tmp_path / "b")))
    for name in ("probability.tif", "confidence.tif"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert geometries(first.outlines) == geometries(again.outlines)


@pytest.mark.parametrize("more", [{"threads": 1}, {"memory_limit_mb": 300}], ids=["one thread", "little memory"])
def test_threads_and_memory_do_not_change_a_byte(make_raster: Any, tmp_path: Path, more: dict[str, Any]):
    wide = np.tile(glacier_scene(), (1, 6, 6))
    path = make_raster("wide.tif", wide, descriptions=NAMES, nodata=float("nan"))
    run(request_for(path, tmp_path / "a"))
    run(request_for(path, tmp_path / "b", **more))
    for name in ("probability.tif", "confidence.tif"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_progress_runs_through_all_stages_to_the_end(scene: Path, tmp_path: Path):
    told: list[Progress] = []
    run(request_for(scene, tmp_path / "out"), told)
    stages = list(dict.fromkeys(step.stage for step in told))
    assert stages[:3] == [Stage.READING, Stage.PREDICTING, Stage.WRITING]
    assert Stage.TRACING in stages
    assert stages[-1] is Stage.DONE
    fractions = [step.fraction for step in told]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


# --- what can't be done is said before anything is written


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"model": "nothing"}, UnknownModelError),
        ({"band_ratio": BandRatioSettings(index="ndsi"), "sources": "without green"}, MissingRoleError),
        ({"memory_limit_mb": 100}, OutOfMemoryError),
    ],
    ids=["model", "band", "memory"],
)
def test_a_wrong_request_writes_nothing(scene: Path, tmp_path: Path, change: dict[str, Any], kind: type[Exception]):
    request = request_for(scene, tmp_path / "out")
    if change.get("sources"):
        change = {**change, "sources": tuple(s for s in request.sources if s.role is not Role.GREEN)}
    with pytest.raises(kind):
        run(replace(request, **change))
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".out*"))


def test_what_is_there_stays_unless_overwriting_is_allowed(scene: Path, tmp_path: Path):
    run(request_for(scene, tmp_path / "out"))
    before = (tmp_path / "out" / "report.json").read_bytes()
    with pytest.raises(OutputExistsError):
        run(request_for(scene, tmp_path / "out"))
    assert (tmp_path / "out" / "report.json").read_bytes() == before
    run(request_for(scene, tmp_path / "out", overwrite=True))
    assert names_in(tmp_path / "out") == PRODUCTS


def test_a_file_in_the_folders_place(scene: Path, tmp_path: Path):
    (tmp_path / "out").write_text("")
    with pytest.raises(OutputNotWritableError):
        run(request_for(scene, tmp_path / "out"))


def test_no_valid_pixel(make_raster: Any, tmp_path: Path):
    empty = make_raster("empty.tif", np.full((6, 50, 50), np.nan, np.float32), descriptions=NAMES)
    with pytest.raises(NoValidPixelsError, match="The scene"):
        run(request_for(empty, tmp_path / "out"))
    assert names_in(tmp_path) == ["empty.tif"]


def test_a_truncated_file(make_raster: Any, tmp_path: Path):
    path = make_raster("cut.tif", glacier_scene(), descriptions=NAMES, compress="deflate", **TILES)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(UnreadableRasterError, match=r"cut\.tif"):
        run(request_for(path, tmp_path / "out"))
    assert names_in(tmp_path) == ["cut.tif"]


def test_non_finite_values_are_no_data(make_raster: Any, tmp_path: Path):
    bands = glacier_scene()
    bands[2, 100, 100], bands[4, 110, 110] = np.inf, -np.inf
    path = make_raster("infinite.tif", bands, descriptions=NAMES)
    p = pixels(run(request_for(path, tmp_path / "out")).probability)
    assert np.isnan(p[100, 100])
    assert np.isnan(p[110, 110])
    assert np.isnan(p).sum() == 402


def test_a_path_with_everything_in_it(make_raster: Any, tmp_path: Path):
    folder = tmp_path / "Ötz 'tal' \"50 %\" & (2)"
    path = make_raster("Gletscher größer.tif", glacier_scene(), folder=folder, descriptions=NAMES)
    result = run(request_for(path, folder / "Ergebnis ä"))
    assert names_in(folder / "Ergebnis ä") == PRODUCTS
    assert result.outline_count == 1


# --- cancel, at every stage


@pytest.mark.parametrize("stage", [Stage.READING, Stage.PREDICTING, Stage.WRITING, Stage.TRACING])
@pytest.mark.parametrize("exists", [True, False], ids=["folder there", "folder new"])
def test_a_cancel_leaves_nothing(scene: Path, tmp_path: Path, stage: Stage, exists: bool):
    out = tmp_path / "out"
    if exists:
        out.mkdir()
    stop = threading.Event()

    def listen(step: Progress) -> None:
        if step.stage is stage:
            stop.set()

    with pytest.raises(Cancelled):
        map_glaciers(request_for(scene, out), listen, stop.is_set)
    assert names_in(tmp_path) == (["out", "scene.tif"] if exists else ["scene.tif"])
    if exists:
        assert names_in(out) == []


def test_no_thread_outlives_a_run(scene: Path, tmp_path: Path):
    before = set(threading.enumerate())
    run(request_for(scene, tmp_path / "out"))
    assert set(threading.enumerate()) <= before


# --- disks


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    target = tmp_path / "disk"
    target.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(target)]
    try:
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("mounting a tmpfs is not permitted here")
    yield target
    subprocess.run(["umount", str(target)], check=True)


def test_a_disk_that_is_too_small_is_seen_before_the_work(scene: Path, small_disk: Path):
    (small_disk / "filler").write_bytes(b"x" * 3_500_000)
    told: list[Progress] = []
    with pytest.raises(DiskFullError, match="the disk is full|The disk is full"):
        run(request_for(scene, small_disk / "out"), told)
    assert told == []


@pytest.mark.parametrize("stage", [Stage.PREDICTING, Stage.TRACING])
def test_a_disk_that_fills_during_the_run(scene: Path, small_disk: Path, stage: Stage):
    def fill(step: Progress) -> None:
        if step.stage is stage:
            with (small_disk / "filler").open("ab", buffering=0) as filler:
                while True:
                    try:
                        if not filler.write(b"x" * 4096):
                            return
                    except OSError:
                        return

    with pytest.raises(DiskFullError):
        map_glaciers(request_for(scene, small_disk / "out"), fill, lambda: False)
    assert names_in(small_disk) == ["filler"]


def test_a_read_only_disk(scene: Path, small_disk: Path):
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(OutputNotWritableError):
        run(request_for(scene, small_disk / "out"))


# --- a killed run


KILLED = """
import json, os, signal, sys
from glacier_mapper.core.progress import Stage
from glacier_mapper.core.request import MapRequest
from glacier_mapper.runner.mapping import map_glaciers

def die(step):
    if step.stage is Stage.TRACING:
        os.kill(os.getpid(), signal.SIGKILL)

map_glaciers(MapRequest.from_json(json.load(sys.stdin)), die, lambda: False)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX's")
def test_what_a_killed_run_leaves_is_hidden_and_swept_by_the_next(scene: Path, tmp_path: Path):
    request = request_for(scene, tmp_path / "out")
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", KILLED], input=json.dumps(request.to_json()), text=True, cwd=root, check=False,
        env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    assert done.returncode == -9
    assert [name for name in names_in(tmp_path) if name.startswith(".out.part-")]
    assert not (tmp_path / "out").exists()
    run(request)
    assert names_in(tmp_path) == ["out", "scene.tif"]


# --- outlines from a raster that is there


def test_outlines_from_a_probability_raster_are_those_of_the_mapping(scene: Path, tmp_path: Path):
    mapped = run(request_for(scene, tmp_path / "out"))
    asked = OutlinesRequest(mapped.probability, str(tmp_path / "again"), meta=OutlineMeta(analyst="B", threshold=2.1))
    told: list[Progress] = []
    traced = outlines_from_probability(asked, told.append, lambda: False)
    assert names_in(tmp_path / "again") == ["outlines.gpkg", "outlines.report.json"]
    assert traced.grid == mapped.grid
    assert (traced.outline_count, traced.area_km2) == (mapped.outline_count, mapped.area_km2)
    assert (traced.confidence, traced.threshold) == (mapped.confidence, 2.1)
    assert geometries(traced.outlines) == geometries(mapped.outlines)
    assert (told[-1].stage, told[-1].fraction) == (Stage.DONE, 1.0)
    report = json.loads(Path(traced.report).read_text())
    own = json.loads(Path(mapped.report).read_text())["provenance"]
    filled = OutlineMeta.from_json({**own, "analyst": "B", "threshold": 2.1})
    assert OutlinesRequest.from_json(report["request"]) == replace(asked, meta=filled)
    assert report["counts"]["outlines"] == 1


def origin(path: str) -> dict[str, Any]:
    """The provenance that stands with the outlines, which is one and the same for all."""
    names = ["model", "model_version", "sources", "src_date", "analyst"]
    info, _, _, columns = pyogrio.raw.read(path, layer="outlines", columns=names)
    [row] = {tuple(row) for row in zip(*columns)}
    return dict(zip(info["fields"], row))


def trace_again(probability: str, out: Path, **more: Any) -> MapResult:
    return outlines_from_probability(OutlinesRequest(probability, str(out), **more), lambda _: None, lambda: False)


class TestOrigin:
    @pytest.fixture
    def mapped(self, scene: Path, tmp_path: Path) -> MapResult:
        asked = request_for(scene, tmp_path / "out", analyst="A")
        sources = tuple(replace(source, date="2021-08-30", layer="My scene") for source in asked.sources)
        return run(replace(asked, sources=sources))

    def test_a_mapping_s_own_raster_knows_its_model_its_day_and_its_layers(self, mapped: MapResult, tmp_path: Path):
        traced = trace_again(mapped.probability, tmp_path / "again", meta=OutlineMeta(analyst="B"))
        assert origin(traced.outlines) == {**origin(mapped.outlines), "analyst": "B"}
        assert origin(traced.outlines)["sources"] == "My scene"
        assert origin(traced.outlines)["src_date"] == "2021-08-30"
        assert traced.threshold == mapped.threshold

    def test_what_is_said_goes_before_the_report(self, mapped: MapResult, tmp_path: Path):
        meta = OutlineMeta("other", sources="mine", src_date="2019-07-01")
        said = origin(trace_again(mapped.probability, tmp_path / "again", meta=meta).outlines)
        assert (said["model"], said["sources"], said["src_date"]) == ("other", "mine", "2019-07-01")
        assert not said["model_version"]

    @pytest.mark.parametrize("name", ["copy.tif", "probability.tif"])
    def test_another_raster_takes_nothing_from_the_report(self, mapped: MapResult, tmp_path: Path, name: str):
        folder = tmp_path / "elsewhere"
        folder.mkdir()
        if name == "copy.tif":
            shutil.copy(mapped.report, folder)
        else:
            (folder / "report.json").write_text('{"provenance": {"model": 1, "what": []}}')
        shutil.copy(mapped.probability, folder / name)
        said = origin(trace_again(str(folder / name), tmp_path / "again").outlines)
        assert (said["model"] or "", said["src_date"] or "", said["sources"]) == ("", "", name)

    def test_a_built_in_model_that_is_named_gets_its_version(self, make_raster: Any, tmp_path: Path):
        path = make_raster("p.tif", np.full((20, 20), 0.7, np.float32))
        said = origin(trace_again(str(path), tmp_path / "again", meta=OutlineMeta("band-ratio")).outlines)
        assert (said["model"], said["model_version"]) == ("band-ratio", BAND_RATIO.version)


class TestTemporaryRaster:
    """The raster of a layer without a file of its own: it is kept, and called by the layer's name."""

    def test_it_is_among_the_products(self, scene: Path, tmp_path: Path):
        mapped = run(request_for(scene, tmp_path / "out"))
        temporary = Path(shutil.copy(mapped.probability, tmp_path / "00_x.tif"))
        traced = trace_again(str(temporary), tmp_path / "again", layer="My layer", keep=True)
        temporary.unlink()
        kept = tmp_path / "again" / "probability.tif"
        assert names_in(kept.parent) == ["outlines.gpkg", "outlines.report.json", "probability.tif"]
        assert traced.probability == str(kept)
        np.testing.assert_array_equal(pixels(str(kept)), pixels(mapped.probability))
        assert origin(traced.outlines)["sources"] == "My layer"
        text = Path(traced.report).read_text()
        report = json.loads(text)
        assert "00_x" not in text
        assert report["files"][0]["path"] == str(kept)
        assert report["files"][0]["bytes"] == kept.stat().st_size
        request = OutlinesRequest.from_json(report["request"])
        repeated = outlines_from_probability(replace(request, out_dir=str(tmp_path / "r")), print, lambda: False)
        assert geometries(repeated.outlines) == geometries(traced.outlines)

    def test_a_raster_that_is_there_is_replaced_only_when_told(self, make_raster: Any, tmp_path: Path):
        path = make_raster("p.tif", np.full((20, 20), 0.7, np.float32))
        there = tmp_path / "out" / "probability.tif"
        there.parent.mkdir()
        there.write_bytes(b"mine")
        with pytest.raises(OutputExistsError, match=r"probability\.tif"):
            trace_again(str(path), there.parent, keep=True)
        assert there.read_bytes() == b"mine"
        trace_again(str(path), there.parent, keep=True, overwrite=True)
        assert pixels(str(there))[0].max() == pytest.approx(0.7)

    @pytest.mark.parametrize("value", [7.0, np.nan], ids=["no probability", "nothing"])
    def test_errors_name_the_layer(self, make_raster: Any, tmp_path: Path, value: float):
        path = make_raster("00_x.tif", np.full((20, 20), value, np.float32))
        with pytest.raises(InputError, match="My layer") as caught:
            trace_again(str(path), tmp_path / "again", layer="My layer", keep=True)
        assert "00_x" not in str(caught.value)
        assert names_in(tmp_path) == ["00_x.tif"]


def test_another_threshold_beside_the_mapping_needs_leave_to_overwrite(scene: Path, tmp_path: Path):
    mapped = run(request_for(scene, tmp_path / "out"))
    asked = OutlinesRequest(mapped.probability, mapped.out_dir, OutlineSettings(threshold=0.9))
    with pytest.raises(OutputExistsError):
        outlines_from_probability(asked, lambda _: None, lambda: False)
    traced = outlines_from_probability(replace(asked, overwrite=True), lambda _: None, lambda: False)
    assert traced.area_km2 < mapped.area_km2
    assert names_in(tmp_path / "out") == sorted([*PRODUCTS, "outlines.report.json"])


def test_a_cancel_while_tracing_keeps_the_outlines_there(scene: Path, tmp_path: Path):
    mapped = run(request_for(scene, tmp_path / "out"))
    before = Path(mapped.outlines).read_bytes()
    asked = OutlinesRequest(mapped.probability, mapped.out_dir, overwrite=True)
    with pytest.raises(Cancelled):
        outlines_from_probability(asked, lambda _: None, lambda: True)
    assert Path(mapped.outlines).read_bytes() == before
    assert names_in(tmp_path / "out") == PRODUCTS


def test_a_raster_that_lies_nowhere(make_raster: Any, tmp_path: Path):
    path = make_raster("p.tif", np.full((20, 20), 0.7, np.float32), crs=None)
    with pytest.raises(MissingCrsError, match=r"p\.tif"):
        outlines_from_probability(OutlinesRequest(str(path), str(tmp_path / "out")), lambda _: None, lambda: False)
    assert names_in(tmp_path) == ["p.tif"]


def test_a_raster_in_degrees_is_traced_in_metres(make_raster: Any, tmp_path: Path):
    # 10 x 20 pixels of a thousandth of a degree at 46 degrees north
    pixels = np.full((20, 40), 0.1, np.float32)
    pixels[5:15, 10:30] = 0.9
    path = make_raster("p.tif", pixels, origin_xy=(10.0, 46.0), crs="EPSG:4326", pixel=0.001)
    result = outlines_from_probability(OutlinesRequest(str(path), str(tmp_path / "out")), lambda _: None, lambda: False)
    meta, _, _, columns = pyogrio.raw.read(result.outlines, layer="outlines", columns=["area_km2"])
    assert meta["crs"] == "EPSG:32632"
    # 0.010 degrees by 0.020: 1112 m by 1549 m, less what the smoothed corners take
    assert columns[0].tolist() == pytest.approx([1.112 * 1.549], rel=0.02)
    assert result.grid.crs == "EPSG:32632"
    assert result.grid.pixel_size_m == pytest.approx(np.sqrt(111.2 * 77.4), rel=0.01)


@pytest.mark.parametrize("content", [None, b"no raster"], ids=["missing", "damaged"])
def test_a_probability_raster_that_cannot_be_read(tmp_path: Path, content: bytes | None):
    path = tmp_path / "p.tif"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MissingFileError if content is None else UnreadableRasterError, match=r"p\.tif"):
        outlines_from_probability(OutlinesRequest(str(path), str(tmp_path / "out")), lambda _: None, lambda: False)


class TestTerrainElsewhere:
    """A DEM that does not cover the view is left out and said, with the water rule, which would use slope, on."""

    @pytest.fixture
    def request_with_far_dem(self, scene: Path, make_raster: Any, tmp_path: Path) -> MapRequest:
        far = make_raster("far_dem.tif", np.full((20, 20), 900.0, np.float32), origin_xy=(800000.0, 5000000.0))
        asked = request_for(scene, tmp_path / "out")
        return replace(asked, sources=(*asked.sources, BandSource(Role.ELEVATION, str(far))))

    def test_it_maps_as_without(self, scene: Path, tmp_path: Path, request_with_far_dem: MapRequest):
        result = run(request_with_far_dem)
        plain = run(request_for(scene, tmp_path / "plain"))
        assert np.array_equal(pixels(result.probability), pixels(plain.probability), equal_nan=True)
        assert "far_dem.tif does not cover the view and is not used." in [
            note["template"].format(**note["details"]) for note in result.notes
        ]
        assert json.loads(Path(result.report).read_text())["model"]["settings_used"]["slope_used"] is False

    def test_its_cost_is_estimated_and_it_is_previewed(self, request_with_far_dem: MapRequest):
        assert estimate(request_with_far_dem).grid.pixel_count > 0
        assert Path(preview(request_with_far_dem, 64).path).is_file()


@pytest.mark.parametrize("name", ["threads", "memory_limit_mb"])
def test_less_than_nothing_is_refused(scene: Path, tmp_path: Path, name: str):
    with pytest.raises(InvalidParameterError, match=name):
        request_for(scene, tmp_path / "out", **{name: -3})
