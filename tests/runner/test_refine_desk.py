"""The desk of open sessions: the oldest goes, names that are gone, and several threads at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import shapely
from refine_grounds import at, line, rectangle, tongue_bands

from glacier_mapper.core.errors import InvalidOutlinesError, MissingFileError, NoValidPixelsError
from glacier_mapper.core.refine import RefineRequest
from glacier_mapper.core.refine_errors import (
    NoAnchorError,
    NoSuchSessionError,
    NothingToUndoError,
    PointOutsideError,
    StrokeOutsideError,
    WindowTooLargeError,
)
from glacier_mapper.core.request import BandSource, MapRequest
from glacier_mapper.core.roles import Role
from glacier_mapper.runner.refine import session as sessions
from glacier_mapper.runner.refine.desk import Desk

SCALED = {"scale": 1.0, "offset": 0.0}
STROKES = [
    line((23, 4), (23, 40)),
    line((8, 5), (8, 50), inside=False),
    line((20, 30), (26, 45)),
    line((23, 60), (24, 61)),
]


@pytest.fixture
def request_of(make_raster):
    """A factory of requests on the middle of a valley, 48 by 64 pixels."""
    bands = {role: band[24:72, 40:104] for role, band in tongue_bands()[0].items()}
    red, dem = (make_raster(f"{role.value}.tif", bands[role]) for role in (Role.RED, Role.ELEVATION))
    sources = BandSource(Role.RED, str(red), **SCALED), BandSource(Role.ELEVATION, str(dem), **SCALED)
    return lambda **more: RefineRequest(MapRequest(sources, ""), **more)


class TestNames:
    def test_the_one_that_was_used_least_recently_goes_not_the_one_that_was_opened_first(self, request_of):
        desk = Desk()
        first, second = (desk.open(request_of()).session for _ in range(2))
        desk.stroke(first, STROKES[0])
        third = desk.open(request_of()).session
        assert len({first, second, third}) == 3
        with pytest.raises(NoSuchSessionError, match="Open it again"):
            desk.stroke(second, STROKES[0])
        assert desk.undo(first).strokes == 0
        assert desk.stroke(third, STROKES[0]).strokes == 1

    def test_moves_of_the_live_wire_are_a_use_too(self, request_of):
        desk = Desk()
        first, second = (desk.open(request_of()).session for _ in range(2))
        desk.livewire_start(first, at(10, 10), snap=True)
        desk.open(request_of())
        assert len(desk.livewire_move(first, at(10, 30), snap=False).points) >= 2
        with pytest.raises(NoSuchSessionError):
            desk.livewire_start(second, at(10, 10), snap=True)

    def test_a_desk_may_hold_one_only(self, request_of):
        desk = Desk(most_open=1)
        first, second = (desk.open(request_of()).session for _ in range(2))
        with pytest.raises(NoSuchSessionError):
            desk.undo(first)
        assert desk.stroke(second, STROKES[0]).strokes == 1

    def test_a_name_that_was_never_given(self):
        desk = Desk()
        asked = (
            lambda: desk.stroke("gone", STROKES[0]), lambda: desk.undo("gone"),
            lambda: desk.livewire_start("gone", at(1, 1), True), lambda: desk.livewire_move("gone", at(1, 1), True),
        )  # fmt: skip
        for ask in asked:
            with pytest.raises(NoSuchSessionError) as caught:
                ask()
            assert caught.value.details["session"] == "gone"

    def test_closing_twice_is_no_error_and_closes_no_other(self, request_of):
        desk = Desk()
        first, second = (desk.open(request_of()).session for _ in range(2))
        desk.close(first)
        desk.close(first)
        desk.close("never")
        with pytest.raises(NoSuchSessionError):
            desk.undo(first)
        assert desk.stroke(second, STROKES[0]).strokes == 1

    def test_an_open_that_fails_closes_no_other(self, request_of):
        desk = Desk()
        kept = [desk.open(request_of()).session for _ in range(2)]
        with pytest.raises(InvalidOutlinesError):
            desk.open(request_of(outline="POLYGON ((0 0, 1", outline_crs="EPSG:32632"))
        with pytest.raises(MissingFileError):
            desk.open(request_of(probability="/gone.tif"))
        with pytest.raises(StrokeOutsideError):
            desk.open(request_of(strokes=(line((-90, 0), (-90, 5)),)))
        assert [desk.stroke(name, STROKES[0]).strokes for name in kept] == [1, 1]


class TestSessions:
    def test_what_fails_leaves_the_session_as_it_was(self, request_of):
        desk = Desk()
        name = desk.open(request_of()).session
        before = desk.stroke(name, STROKES[0])
        with pytest.raises(StrokeOutsideError):
            desk.stroke(name, line((-90, 0), (-90, 5)))
        with pytest.raises(PointOutsideError):
            desk.livewire_start(name, at(-5, 5), True)
        with pytest.raises(NoAnchorError):
            desk.livewire_move(name, at(5, 5), True)
        after = desk.stroke(name, STROKES[0])
        assert after.strokes == before.strokes + 1
        assert desk.undo(name).wkt == before.wkt
        assert desk.undo(name).wkt == "MULTIPOLYGON EMPTY"
        with pytest.raises(NothingToUndoError):
            desk.undo(name)

    def test_two_sessions_on_the_same_image_know_nothing_of_each_other(self, request_of):
        desk = Desk()
        one, other = (desk.open(request_of()).session for _ in range(2))
        desk.stroke(one, STROKES[0])
        desk.livewire_start(one, at(10, 10), True)
        assert desk.stroke(other, STROKES[1]).wkt == "MULTIPOLYGON EMPTY"
        with pytest.raises(NoAnchorError):
            desk.livewire_move(other, at(5, 5), True)

    def test_kept_strokes_are_drawn_at_once(self, request_of):
        desk = Desk()
        name = desk.open(request_of()).session
        last = [desk.stroke(name, stroke) for stroke in STROKES][-1]
        opened = desk.open(request_of(strokes=tuple(STROKES)))
        assert opened.outline.wkt == last.wkt
        assert opened.outline.area_km2 == last.area_km2
        assert opened.outline.strokes == len(STROKES)
        assert desk.undo(opened.session).wkt == desk.undo(name).wkt

    def test_an_outline_and_its_neighbours_are_read_with_the_image(self, request_of):
        beside = rectangle(12, 30, 36, 60)
        desk = Desk()
        crs = {"outline_crs": "EPSG:32632"}
        opened = desk.open(request_of(outline=rectangle(12, 0, 36, 20).wkt, neighbours=beside.wkt, **crs))
        found = shapely.from_wkt(desk.stroke(opened.session, line((23, 18), (23, 40))).wkt)
        assert found.area > 24 * 20 * 100
        assert found.intersection(beside).area < 1e-6


class TestWindows:
    def test_one_without_data_is_refused(self, make_raster):
        path = make_raster("empty.tif", np.full((20, 20), np.nan, "float32"))
        request = RefineRequest(MapRequest((BandSource(Role.RED, str(path), **SCALED),), ""))
        with pytest.raises(NoValidPixelsError):
            Desk().open(request)

    def test_one_that_is_too_large_is_refused_with_its_size(self, request_of, monkeypatch):
        monkeypatch.setattr(sessions, "MOST_PX", 55)
        with pytest.raises(WindowTooLargeError, match="48 × 64"):
            Desk().open(request_of())
        monkeypatch.setattr(sessions, "MOST_PX", 56)
        assert Desk().open(request_of()).grid.shape_yx == (48, 64)


class TestThreads:
    def test_two_sessions_stroked_at_once_come_out_as_one_after_the_other(self, request_of):
        desk = Desk()
        alone = desk.open(request_of(strokes=tuple(STROKES))).outline.wkt
        turned = desk.open(request_of(strokes=tuple(STROKES[::-1]))).outline.wkt
        names = [desk.open(request_of()).session for _ in range(2)]

        def draw(name, strokes):
            return [desk.stroke(name, stroke).strokes for stroke in strokes]

        with ThreadPoolExecutor(2) as pool:
            counted = list(pool.map(draw, names, (STROKES, STROKES[::-1])))
        assert counted == [[1, 2, 3, 4]] * 2
        for name, expected in zip(names, (alone, turned)):
            desk.stroke(name, line((40, 4), (40, 9)))
            assert desk.undo(name).wkt == expected

    def test_strokes_of_many_threads_on_one_session_are_all_drawn_one_at_a_time(self, request_of):
        desk = Desk()
        opened = desk.open(request_of())
        lines = [line((row, 5), (row, 9), inside=bool(row % 4), width_px=0.0) for row in range(2, 46, 2)]
        with ThreadPoolExecutor(8) as pool:
            drawn = list(pool.map(lambda stroke: desk.stroke(opened.session, stroke).strokes, lines))
            assert sorted(drawn) == list(range(1, len(lines) + 1))
            undone = list(pool.map(lambda _: desk.undo(opened.session), lines))
        assert sorted(one.strokes for one in undone) == list(range(len(lines)))
        assert min(undone, key=lambda one: one.strokes).wkt == opened.outline.wkt

    def test_sessions_opened_and_closed_by_many_threads(self, request_of):
        """Each thread's session is there or gone; none is ever another's."""
        desk = Desk(most_open=3)

        def use(row):
            name = desk.open(request_of()).session
            try:
                outline = shapely.from_wkt(desk.stroke(name, line((row, 20), (row, 24))).wkt)
            except NoSuchSessionError:
                return None
            desk.close(name)
            return outline.covers(shapely.Point(at(row, 22)))

        with ThreadPoolExecutor(6) as pool:
            found = list(pool.map(use, range(10, 34, 2)))
        assert True in found
        assert False not in found
        assert not desk._open
