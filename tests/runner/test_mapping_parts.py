"""The parts of a mapping by themselves: strips, pace, confidence, report."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import rasterio

from glacier_mapper.core.errors import Cancelled, UnreadableRasterError
from glacier_mapper.core.grid import Grid
from glacier_mapper.core.messages import Message
from glacier_mapper.core.model_errors import MemoryLimitError
from glacier_mapper.core.progress import Progress, Stage
from glacier_mapper.core.request import BandSource, MapRequest
from glacier_mapper.core.roles import Role
from glacier_mapper.runner import cache as cache_module
from glacier_mapper.runner.cache import cache_dir
from glacier_mapper.runner.mapping.pace import Pace, remember_speed, remembered_speed
from glacier_mapper.runner.mapping.rasters import CONFIDENCE_OF, STEPS, certainty, product_writer, thread_count
from glacier_mapper.runner.mapping.report import file_identity, finite, notes_json, outline_meta, write_report
from glacier_mapper.runner.mapping.strips import MAX_ROWS, memory_bytes, read_strips, strip_rows
from glacier_mapper.runner.models import load_model


def grid_of(rows: int, cols: int) -> Grid:
    return Grid("EPSG:32632", (0.0, 0.0), 10.0, (rows, cols))


# --- confidence


@pytest.mark.parametrize(
    ("p", "expected"),
    [(0.0, 1.0), (1.0, 1.0), (0.5, 0.0), (0.25, 0.18872187554086717), (0.9, 0.5310044064107188)],
)
def test_certainty_by_hand(p: float, expected: float):
    assert certainty(np.array([p]))[0] == pytest.approx(expected, abs=1e-12)


def test_certainty_of_no_data_is_no_data_and_it_is_symmetric():
    p = np.linspace(0, 1, 101)
    assert np.isnan(certainty(np.array([np.nan]))[0])
    np.testing.assert_allclose(certainty(p), certainty(1 - p), atol=1e-12)


def test_the_table_keeps_certainty_to_half_a_step():
    p = np.arange(STEPS + 1) / STEPS
    assert np.abs(CONFIDENCE_OF[:-1] - certainty(p)).max() <= 0.5 / STEPS
    assert np.isnan(CONFIDENCE_OF[-1])


def written(tmp_path: Path, probability: np.ndarray) -> tuple[np.ndarray, np.ndarray, int, int]:
    with product_writer(tmp_path, grid_of(*probability.shape), 2) as writer:
        writer.write(probability.copy())
        writer.finish(lambda: False)
        counts = writer.valid_px, writer.likely_px
    with rasterio.open(tmp_path / "probability.tif") as p, rasterio.open(tmp_path / "confidence.tif") as c:
        return (p.read(1), c.read(1), *counts)


def test_both_rasters_and_the_counts(tmp_path: Path):
    p, c, valid, likely = written(tmp_path, np.array([[0.0, 0.25, 0.5], [0.75, 1.0, np.nan]], np.float32))
    np.testing.assert_array_equal(p, np.array([[0.0, 0.25, 0.5], [0.75, 1.0, np.nan]], np.float32))
    np.testing.assert_allclose(c, [[1.0, 0.1887, 0.0], [0.1887, 1.0, np.nan]], atol=1e-4)
    assert (valid, likely) == (5, 2)


def test_probability_is_kept_to_half_a_step(tmp_path: Path):
    before = np.random.default_rng(0).random((300, 400), dtype=np.float32)
    p, *_ = written(tmp_path, before)
    assert np.abs(p - before).max() <= 0.5 / STEPS
    np.testing.assert_array_equal(p * STEPS, np.rint(p * STEPS))


def test_a_failure_leaves_no_intermediate_file_and_no_thread(tmp_path: Path):
    before = threading.active_count()
    with pytest.raises(ZeroDivisionError), product_writer(tmp_path, grid_of(1200, 600), 2) as writer:
        writer.write(np.full((1200, 600), 1 / 0, np.float32))
    assert list(tmp_path.iterdir()) == []
    assert threading.active_count() == before


def test_threads():
    assert thread_count(3) == 3
    assert thread_count(0) >= 1


# --- strips


@dataclass(frozen=True)
class Strip:
    row: int
    rows: int


class Source:
    """A scene that notes what is read, by whom, and may fail."""

    def __init__(self, fail_at: int = -1) -> None:
        self.grid = grid_of(100, 10)
        self.reads: list[int] = []
        self.threads: set[str] = set()
        self.fail_at = fail_at
        self.read_once = threading.Event()

    def blocks(self, rows: int = 0) -> list[Strip]:
        return [Strip(row, rows) for row in range(0, 100, rows)]

    def read(self, row: int, rows: int, roles, halo_px: int = 0):
        if row == self.fail_at:
            raise UnreadableRasterError(path="scene.tif", reason="truncated.")
        self.reads.append(row)
        self.threads.add(threading.current_thread().name)
        if len(self.reads) > 1:
            self.read_once.set()
        return {role: np.full((rows + 2 * halo_px, 10 + 2 * halo_px), row, np.float32) for role in roles}


@dataclass
class Reads:
    roles: frozenset[Role] = frozenset({Role.RED})
    halo_px: int = 1


def test_strips_come_in_order_with_their_halo_and_are_read_once():
    source = Source()
    strips = read_strips(source, source.blocks(20), Reads(), lambda: False)
    seen = [(block.row, bands[Role.RED].shape) for block, bands in strips]
    assert seen == [(row, (22, 12)) for row in range(0, 100, 20)]
    assert source.reads == [0, 20, 40, 60, 80]
    assert all(name.startswith("reader") for name in source.threads)


def test_the_next_strip_is_read_while_one_is_in_work():
    source = Source()
    strips = read_strips(source, source.blocks(20), Reads(), lambda: False)
    next(strips)
    assert source.read_once.wait(5)
    strips.close()
    assert len(source.reads) <= 2


def test_a_cancel_between_strips():
    source, stop = Source(), threading.Event()
    strips = read_strips(source, source.blocks(10), Reads(), stop.is_set)
    next(strips)
    stop.set()
    with pytest.raises(Cancelled):
        next(strips)
    assert len(source.reads) <= 2


def test_a_damaged_strip_is_told_as_it_is():
    source = Source(fail_at=40)
    with pytest.raises(UnreadableRasterError, match="truncated"):
        list(read_strips(source, source.blocks(20), Reads(), lambda: False))


def test_no_reader_is_left_behind():
    before = threading.active_count()
    source = Source()
    list(read_strips(source, source.blocks(50), Reads(), lambda: False))
    assert threading.active_count() == before


def test_a_sentinel_tile_stays_within_the_default_memory():
    grid = grid_of(10980, 10980)
    rows = strip_rows(grid, 5, 0)
    assert 500 <= rows <= MAX_ROWS
    assert memory_bytes(grid, 5, rows) <= 1200e6


def test_the_memory_limit_sets_the_height_and_the_length_of_the_scene_does_not():
    low, high = strip_rows(grid_of(5000, 5000), 5, 600), strip_rows(grid_of(5000, 5000), 5, 700)
    assert low < high
    assert strip_rows(grid_of(500_000, 5000), 5, 600) == low


def test_classes_take_memory_and_make_strips_lower():
    grid = grid_of(5000, 5000)
    rows, lower = strip_rows(grid, 5, 600), strip_rows(grid, 5, 600, classes=True)
    assert lower < rows
    assert memory_bytes(grid, 5, lower, classes=True) <= 600e6
    # a row of tiles on each level, 24 tiles under way, and two bytes a pixel of the strip
    more = 2 * 512 * 5000 + 24 * 512 * 512 + 2 * 5000 * rows
    assert memory_bytes(grid, 5, rows, classes=True) - memory_bytes(grid, 5, rows) == pytest.approx(more, abs=1)


def test_too_little_memory_for_the_width_is_said_with_the_need():
    with pytest.raises(MemoryLimitError) as caught:
        strip_rows(grid_of(1000, 200_000), 5, 300)
    assert caught.value.exit_code == 2
    assert caught.value.details["limit_mb"] == 300
    needed_mb = caught.value.details["needed_mb"]
    assert strip_rows(grid_of(1000, 200_000), 5, needed_mb) >= 16
    with pytest.raises(MemoryLimitError):
        strip_rows(grid_of(1000, 200_000), 5, needed_mb - 1)


# --- pace


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_progress_of_a_stage_is_a_share_of_the_whole():
    told: list[Progress] = []
    clock = Clock()
    pace = Pace(told.append, clock)
    clock.now += 10
    pace.step(Stage.PREDICTING, 1, 4, (0.0, 0.8))
    assert told == [Progress(Stage.PREDICTING, 1, 4, 0.2, 40.0)]


def test_no_time_left_is_told_before_there_is_something_to_go_by():
    told: list[Progress] = []
    Pace(told.append, Clock()).step(Stage.READING, 0, 1, (0.0, 0.04))
    assert told[0].seconds_left is None


def test_progress_never_goes_back():
    told: list[Progress] = []
    pace = Pace(told.append, Clock())
    pace.step(Stage.PREDICTING, 4, 4, (0.0, 0.8))
    pace.step(Stage.WRITING, 0, 1, (0.7, 0.9))
    assert [p.fraction for p in told] == [0.8, 0.8]


def test_a_parts_own_progress_becomes_its_share_and_its_end_is_not_ours():
    told: list[Progress] = []
    pace = Pace(told.append, Clock())
    listen = pace.within((0.8, 1.0))
    listen(Progress(Stage.TRACING, 1, 2, 0.5))
    listen(Progress(Stage.DONE, 2, 2, 1.0))
    pace.finish(7)
    assert [(p.stage, p.fraction) for p in told] == [(Stage.TRACING, 0.9), (Stage.ATTRIBUTES, 1.0), (Stage.DONE, 1.0)]
    assert told[-1].seconds_left == 0.0


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GLACIER_MAPPER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_speed_is_remembered_and_blended(own_cache: Path):
    assert remembered_speed("a") is None
    remember_speed("a", 100.0)
    remember_speed("b", 7.0)
    remember_speed("a", 200.0)
    assert remembered_speed("a") == 150.0
    assert remembered_speed("b") == 7.0
    assert [path.name for path in own_cache.iterdir()] == ["speed.json"]


@pytest.mark.parametrize("content", ["{", "[]", '{"a": "fast"}', '{"a": -1.0}'])
def test_a_broken_cache_is_no_cache(own_cache: Path, content: str):
    own_cache.mkdir()
    (own_cache / "speed.json").write_text(content)
    assert remembered_speed("a") is None
    remember_speed("a", 5.0)
    assert remembered_speed("a") == 5.0


def test_a_cache_that_cannot_be_written_is_no_error(own_cache: Path):
    own_cache.write_text("a file")
    remember_speed("a", 5.0)
    assert remembered_speed("a") is None


@pytest.mark.parametrize(
    ("platform", "variable", "expected"),
    [("linux", "XDG_CACHE_HOME", "x/glacier-mapper"), ("win32", "LOCALAPPDATA", "x/glacier-mapper")],
)
def test_the_users_cache_folder(monkeypatch: pytest.MonkeyPatch, platform: str, variable: str, expected: str):
    monkeypatch.delenv("GLACIER_MAPPER_CACHE", raising=False)
    monkeypatch.setenv(variable, "x")
    monkeypatch.setattr(cache_module.sys, "platform", platform)
    assert cache_dir() == Path(expected)


# --- report


def test_a_files_identity(tmp_path: Path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"abc")
    identity = file_identity(str(path))
    assert identity["bytes"] == 3
    assert identity["sha256_of_first_mib"].startswith("ba7816bf8f01cfea")
    assert identity["changed"].endswith("+00:00")


def test_what_is_no_file_is_named_only():
    assert file_identity("NETCDF:a.nc:red") == {"path": "NETCDF:a.nc:red"}


def test_the_report_is_json_without_nan(tmp_path: Path):
    write_report(tmp_path / "r.json", {"a": float("nan"), "b": [1.5, float("-inf")], "c": "ü"})
    text = (tmp_path / "r.json").read_text(encoding="utf-8")
    assert json.loads(text) == {"a": "nan", "b": [1.5, "-inf"], "c": "ü"}
    assert finite((1, 2.0)) == [1, 2.0]


def test_a_note_is_given_once():
    note = Message("{a} was skipped.", {"a": "x"})
    assert notes_json([note, Message("Other.", {}), note]) == [note.to_json(), {"template": "Other.", "details": {}}]


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (("2021-08-01", "2021-08-01"), "2021-08-01"),
        (("2021-08-03", "2021-08-01"), "2021-08-01/2021-08-03"),
        (("", ""), ""),
    ],
    ids=["one day", "two days", "unknown"],
)
def test_provenance_of_an_outline(dates: tuple[str, str], expected: str):
    sources = (
        BandSource(Role.RED, "a.tif", 1, "Scene A", dates[0]),
        BandSource(Role.SWIR1, "b.tif", 1, "Scene B", dates[1]),
        BandSource(Role.SWIR2, "c.tif", 1, "Not read", "1999-01-01"),
    )
    request = MapRequest(sources, "out", analyst="A. Analyst")
    meta = outline_meta(request, sources, load_model("band-ratio", request))
    assert (meta.model, meta.model_version, meta.analyst) == ("band-ratio", "1.0", "A. Analyst")
    assert meta.sources == "Scene A, Scene B"
    assert meta.src_date == expected
    assert meta.threshold == 2.0


def test_a_pool_of_one_is_enough(tmp_path: Path):
    with ThreadPoolExecutor(1) as outer:
        future = outer.submit(written, tmp_path, np.zeros((600, 700), np.float32))
        assert future.result(timeout=30)[2] == 420_000
