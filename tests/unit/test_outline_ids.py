"""Identifiers in the form of GLIMS, and area bounds."""

from __future__ import annotations

import math

import pytest

from glacier_mapper.core.outline_id import glims_id, unique_glims_id
from glacier_mapper.core.outline_measures import area_bounds_km2


@pytest.mark.parametrize(
    ("lon", "lat", "name"),
    [
        (8.0, 46.5, "G008000E46500N"),
        (-68.25, -16.3, "G291750E16300S"),
        (0.0, 0.0, "G000000E00000N"),
        (-0.0001, 78.9, "G000000E78900N"),
        (179.9996, -90.0, "G180000E90000S"),
        (359.9999, 60.0, "G000000E60000N"),
        (-180.0, 71.2345, "G180000E71234N"),
    ],
)
def test_the_id_says_where_the_glacier_lies(lon, lat, name):
    assert glims_id(lon, lat) == name
    assert len(name) == 14


@pytest.mark.parametrize(("lon", "lat"), [(math.nan, 0), (0, math.inf), (0, 90.5)])
def test_no_id_off_the_earth(lon, lat):
    with pytest.raises(ValueError, match="no place"):
        glims_id(lon, lat)


def test_a_taken_id_moves_to_the_next_cell():
    taken = {"G008000E46500N"}
    second = unique_glims_id(8.0, 46.5, taken)
    assert second == "G007999E46499N"
    third = unique_glims_id(8.0, 46.5, taken | {second})
    assert third == "G008000E46499N"


def test_a_hundred_outlines_in_one_cell_get_a_hundred_ids():
    taken = set()
    for _ in range(100):
        taken.add(unique_glims_id(10.0, 61.0, taken))
    assert len(taken) == 100


def test_the_pole_is_no_obstacle():
    taken = {"G000000E90000N"}
    assert unique_glims_id(0.0, 90.0, taken) not in taken


def test_bounds_are_the_perimeter_times_the_uncertainty():
    # 4 km of line, 10 m either way: 0.04 km2
    assert area_bounds_km2(1.0, 4000.0, 10.0) == pytest.approx((0.96, 1.04))


def test_a_lower_bound_is_never_negative():
    assert area_bounds_km2(0.01, 400.0, 100.0) == pytest.approx((0.0, 0.05))


def test_no_uncertainty_no_bounds():
    assert area_bounds_km2(1.0, 4000.0, None) is None
