"""How far and how long, by arithmetic; and identifiers and metric grids at the ends of the Earth."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from glacier_mapper.core.outline_id import glims_id, unique_glims_id
from glacier_mapper.core.progress import Progress, Stage
from glacier_mapper.runner.mapping.pace import FIRST_LEFT_AT, Pace, remember_speed, remembered_speed
from glacier_mapper.runner.outlines.identifiers import outline_ids
from glacier_mapper.runner.outlines.placing import place_of

DEGREES = CRS.from_epsg(4326).to_wkt()


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


class TestPace:
    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.tuples(st.floats(0, 1.5), st.floats(0, 50)), min_size=1, max_size=12))
    def test_time_left_is_what_the_share_so_far_says(self, steps):
        told, clock, furthest = [], Clock(), 0.0
        listen = Pace(told.append, clock).within((0.0, 1.0))
        for fraction, seconds in steps:
            clock.now += seconds
            furthest = max(furthest, min(fraction, 1.0))
            listen(Progress(Stage.PREDICTING, 0, 1, fraction))
            assert told[-1].fraction == pytest.approx(furthest, abs=5e-5)
            if furthest < FIRST_LEFT_AT:
                assert told[-1].seconds_left is None
            else:
                assert told[-1].seconds_left == pytest.approx(clock.now * (1 / furthest - 1), abs=0.051)
        assert [one.fraction for one in told] == sorted(one.fraction for one in told)

    def test_stages_that_follow_one_another_cover_the_job(self):
        told, clock = [], Clock()
        pace = Pace(told.append, clock)
        for number in range(1, 11):
            clock.now += 3.0
            pace.step(Stage.PREDICTING, number, 10, (0.0, 0.6))
        for number in range(1, 5):
            clock.now += 5.0
            pace.step(Stage.TRACING, number, 4, (0.6, 1.0))
        # 30 s for 0.6: 20 s are left, and they are taken
        assert told[9].seconds_left == 20.0
        assert [one.seconds_left for one in told[9:]] == [20.0, 15.0, 10.0, 5.0, 0.0]
        assert pace.elapsed() == 50.0

    def test_a_stage_without_tiles_is_done_at_once(self):
        told = []
        Pace(told.append, Clock()).step(Stage.WRITING, 0, 0, (0.4, 0.5))
        assert told[0].fraction == 0.5


@pytest.mark.parametrize("speed", ["Infinity", "NaN", "0.0", "-1.0", "true", "null", '"9.0"', "[1.0]", "7"])
def test_a_speed_that_is_no_speed_is_forgotten(tmp_path, monkeypatch, speed):
    monkeypatch.setenv("GLACIER_MAPPER_CACHE", str(tmp_path))
    (tmp_path / "speed.json").write_text(f'{{"a": {speed}, "b": 8.0}}')
    assert remembered_speed("a") is None
    assert remembered_speed("b") == 8.0
    remember_speed("a", 4.0)
    assert json.loads((tmp_path / "speed.json").read_text()) == {"a": 4.0, "b": 8.0}


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b"", b"\x00" * 50, b'{"a": 5.0'], ids=["bytes", "empty", "naughts", "half"]
)
def test_a_corrupt_file_of_speeds_is_replaced(tmp_path, monkeypatch, content):
    monkeypatch.setenv("GLACIER_MAPPER_CACHE", str(tmp_path))
    (tmp_path / "speed.json").write_bytes(content)
    assert remembered_speed("a") is None
    remember_speed("a", 6.0)
    assert remembered_speed("a") == 6.0


def box_at(lon, lat, place, size_m=400.0):
    x, y = place.to_lon_lat.transform(lon, lat, direction="INVERSE")
    return shapely.box(x - size_m, y - size_m, x + size_m, y + size_m)


def around(lon, lat):
    """The place of a raster of 0.1 degrees about a point."""
    return place_of(Affine(0.001, 0, lon - 0.05, 0, -0.001, lat + 0.05), DEGREES, (100, 100))


class TestIdentifiers:
    @settings(max_examples=100, deadline=None)
    @given(st.floats(-540, 540), st.floats(-90, 90))
    def test_the_form_holds_everywhere_and_a_turn_changes_nothing(self, lon, lat):
        name = glims_id(lon, lat)
        assert re.fullmatch(r"G[0-3]\d{5}E\d{5}[NS]", name)
        assert int(name[1:7]) < 360_000
        assert int(name[8:13]) <= 90_000
        # half a thousandth and what floats round away
        assert abs((int(name[1:7]) / 1000 - lon + 180) % 360 - 180) < 5.001e-4

    @pytest.mark.parametrize(("lon", "lat", "wanted"), [
        (0.0, 79.0, "G000000E79000N"), (179.999, 67.0, "G179999E67000N"), (-179.999, 67.0, "G180001E67000N"),
        (33.5, 0.0, "G033500E00000N"), (-78.0, -0.5, "G282000E00500S"), (10.0, 89.5, "G010000E89500N"),
        (-120.0, -88.0, "G240000E88000S"),
    ])  # fmt: skip
    def test_an_outline_gets_that_of_its_middle(self, lon, lat, wanted):
        place = around(lon, lat)
        (name,) = outline_ids(np.array([box_at(lon, lat, place)]), place)
        # a point on the surface lies within a metre or so of a box's middle
        east = abs(int(name[1:7]) - int(wanted[1:7]))
        assert min(east, 360_000 - east) <= 1 / max(np.cos(np.radians(lat)), 0.01)
        assert abs(int(name[8:13]) - int(wanted[8:13])) <= 1

    @pytest.mark.parametrize(("lon", "lat"), [(0.0, 60.0), (180.0, 65.0), (-180.0, -70.0), (20.0, 0.0), (0.0, 89.9)])
    def test_many_outlines_in_one_place_all_get_their_own(self, lon, lat):
        place = around(lon, lat)
        ids = outline_ids(np.array([box_at(lon, lat, place)] * 40), place)
        assert len(set(ids)) == 40
        assert all(re.fullmatch(r"G[0-3]\d{5}E\d{5}[NS]", name) for name in ids)
        assert ids == outline_ids(np.array([box_at(lon, lat, place)] * 40), place)

    @pytest.mark.parametrize(("lon", "lat"), [(0.0, 90.0), (0.0, -90.0), (359.9995, 12.0), (180.0, 0.0)])
    def test_a_new_outline_drawn_there_too(self, lon, lat):
        taken = set()
        for _ in range(60):
            taken.add(unique_glims_id(lon, lat, taken))
        assert len(taken) == 60


class TestPlaces:
    @pytest.mark.parametrize(("lon", "lat"), [
        (180.0, 65.0), (-180.0, 65.0), (0.0, 50.0), (6.0, 60.0), (-78.0, 0.0), (174.0, -43.5), (15.0, 79.9),
        (0.0, -79.9),
    ])  # fmt: skip
    def test_degrees_become_metres_that_are_true_to_a_thousandth(self, lon, lat):
        place = around(lon, lat)
        right_x, right_y, down_x, down_y = (float(v[0]) for v in place.steps_m(np.array([50.0]), np.array([50.0])))
        # a thousandth of a degree: along the parallel and along the meridian of WGS 84
        e2, sin = 0.00669438, np.sin(np.radians(lat))
        parallel = np.radians(0.001) * 6378137 * np.cos(np.radians(lat)) / np.sqrt(1 - e2 * sin**2)
        meridian = np.radians(0.001) * 6378137 * (1 - e2) / (1 - e2 * sin**2) ** 1.5
        assert np.hypot(right_x, right_y) == pytest.approx(parallel, rel=2e-3)
        assert np.hypot(down_x, down_y) == pytest.approx(meridian, rel=2e-3)

    @pytest.mark.parametrize(("lat", "code"), [(80.5, 3413), (-80.5, 3031), (89.9, 3413)])
    def test_beyond_eighty_degrees_a_polar_grid(self, lat, code):
        assert around(12.0, lat).crs.to_epsg() == code
