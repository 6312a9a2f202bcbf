"""Identifiers in the form of GLIMS, and area bounds."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from affine import Affine
from pyproj import CRS

from glacier_mapper.core.outline_id import glims_id, unique_glims_id
from glacier_mapper.core.outline_measures import area_bounds_km2, counting_share
from glacier_mapper.runner.outlines.identifiers import _FreeCells, outline_ids
from glacier_mapper.runner.outlines.placing import place_of


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


def crowd(count, size_m=2.0, gap_m=1.0):
    """`count` x `count` small squares about 10 degrees east, 46 degrees north, in UTM."""
    place = place_of(Affine(1, 0, 577_000, 0, -1, 5_095_000), CRS.from_epsg(32632).to_wkt(), (1000, 1000))
    at = np.arange(count) * (size_m + gap_m)
    x, y = (axis.ravel() for axis in np.meshgrid(577_100 + at, 5_094_900 - at))
    return shapely.box(x, y, x + size_m, y + size_m), place


def test_a_crowd_in_a_few_cells_costs_steps_in_proportion():
    """Cells that are looked at, so that no clock is needed."""

    def looked_at(count):
        polygons, place = crowd(count)
        cells = _FreeCells(place)
        seen = []
        is_free = cells._is_free
        cells._is_free = lambda cell: seen.append(cell) or is_free(cell)
        home = (10_000, 46_000)
        for polygon in polygons:
            cells.take(polygon, home)
        assert len(cells.taken) == count**2
        return len(seen)

    # four times as many outlines: about four times the steps, where a search from the start takes sixteen times
    assert looked_at(40) < 5 * looked_at(20)


def test_a_crowd_gets_the_nearest_identifiers_each_its_own():
    polygons, place = crowd(20)
    ids = outline_ids(polygons, place)
    assert len(set(ids)) == 400
    assert ids == outline_ids(polygons, place)
    east = np.array([int(name[1:7]) for name in ids])
    north = np.array([int(name[8:13]) for name in ids])
    # 400 cells round one place fill a disc of radius 11.3
    assert np.hypot(east - np.median(east), north - np.median(north)).max() < 14


def test_a_second_outline_takes_a_cell_that_lies_in_it():
    _, place = crowd(1)
    middle = place.to_lon_lat.transform(10.0, 46.0, direction="INVERSE")
    first = shapely.box(middle[0] - 5, middle[1] - 5, middle[0] + 5, middle[1] + 5)
    # its surface point has the same cell; two cells to the east, 155 m, are in it, too
    second = shapely.box(middle[0] - 300, middle[1] - 20, middle[0] + 300, middle[1] + 20)
    ids = outline_ids(np.array([first, second]), place)
    assert ids[0] == "G010000E46000N"
    assert ids[1] in ("G010001E46000N", "G009999E46000N")


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


def test_only_the_sure_share_of_a_perimeter_makes_bounds():
    assert area_bounds_km2(1.0, 4000.0, 10.0, 0.25) == pytest.approx((0.99, 1.01))
    assert area_bounds_km2(1.0, 4000.0, 10.0, 0.0) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("margin_km2", "perimeter_m", "unc_m", "share"),
    [
        (0.04, 4000, 10, 1.0), (0.02, 4000, 10, 0.5), (0.0, 4000, 10, 0.0), (0.05, 4000, 10, 1.0),
        (-0.01, 4000, 10, 0.0), (None, 4000, 10, 1.0), (0.02, None, 10, 1.0), (0.02, 4000, None, 1.0),
        (0.02, 0, 10, 1.0), (0.0, 4000, 0, 1.0),
    ],
)  # fmt: skip
def test_the_share_is_told_from_the_measures(margin_km2, perimeter_m, unc_m, share):
    assert counting_share(margin_km2, perimeter_m, unc_m) == pytest.approx(share)
