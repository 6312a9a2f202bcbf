"""Outlines of tiny fields, worked out by hand, and what must hold for every field.

A field's pixel is one metre, its lower left corner lies at (0, 0) of EPSG:32632. WKT in, WKT out.
"""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from pyproj import CRS

from glacier_mapper.runner.outlines.crossings import Rule, find_crossings, interpolate
from glacier_mapper.runner.outlines.lines import lines_of
from glacier_mapper.runner.outlines.placing import place_of
from glacier_mapper.runner.outlines.rings import link_rings
from glacier_mapper.runner.outlines.smooth import smoothed

UTM = CRS.from_epsg(32632).to_wkt()
NAN = float("nan")


def lines(field, threshold=0.5, strip_rows=None, smoothing=0.0):
    field = np.asarray(field, "float32")
    rows, cols = field.shape
    step = strip_rows or rows
    crossings = find_crossings((field[r : r + step] for r in range(0, rows, step)), cols, Rule(threshold))
    rings = smoothed(link_rings(crossings), smoothing)
    return lines_of(rings, crossings, place_of(Affine(1, 0, 0, 0, -1, rows), UTM, field.shape), threshold)


def polygons(field, **more):
    return lines(field, **more).polygons()


def same(found, *wanted):
    found = [shapely.normalize(polygon) for polygon in found]
    expected = [shapely.normalize(shapely.from_wkt(text)) for text in wanted]
    return len(found) == len(expected) and all(
        any(shapely.equals_exact(f, w, 1e-6) for f in found) for w in expected
    )


class TestByHand:
    def test_no_glacier_gives_no_outline(self):
        assert len(polygons([[0.0, 0.2], [0.4, 0.49]])) == 0

    def test_no_data_gives_no_outline(self):
        assert len(polygons([[NAN, NAN]])) == 0

    def test_a_raster_full_of_glacier_ends_at_its_own_edge(self):
        assert same(polygons(np.ones((2, 3))), "POLYGON ((0 0, 3 0, 3 2, 0 2, 0 0))")

    def test_one_pixel_is_a_diamond_halfway_to_its_neighbours(self):
        field = [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
        assert same(polygons(field), "POLYGON ((1.5 1, 2 1.5, 1.5 2, 1 1.5, 1.5 1))")

    def test_a_linear_ramp_is_cut_where_it_passes_the_threshold(self):
        # 0.9 at x = 0.5, 0.0 at x = 1.5: half at 0.5 + 0.4 / 0.9 = 0.9444
        assert same(polygons([[0.9, 0.0]]), "POLYGON ((0 0, 0.944444 0, 0.944444 0.5, 0.944444 1, 0 1, 0 0))")

    def test_a_logistic_ramp_is_cut_in_the_logit(self):
        # logits 2 and -1: two thirds of the way from 0.5 to 1.5
        p, q = 1 / (1 + np.exp(-2)), 1 / (1 + np.exp(1))
        assert same(polygons([[p, q]]), "POLYGON ((0 0, 1.166667 0, 1.166667 0.5, 1.166667 1, 0 1, 0 0))")

    def test_a_nunatak_is_a_hole(self):
        field = np.ones((3, 3))
        field[1, 1] = 0
        assert same(polygons(field),
                    "POLYGON ((0 0, 3 0, 3 3, 0 3, 0 0), (1.5 1, 1 1.5, 1.5 2, 2 1.5, 1.5 1))")

    def test_ice_on_a_nunatak_is_an_outline_of_its_own(self):
        field = np.ones((5, 5))
        field[1:4, 1:4] = 0
        field[2, 2] = 1
        found = polygons(field)
        assert sorted(len(p.interiors) for p in found) == [0, 1]
        # 25 - 9 + 4 * 1/8 for the rounded corners of the hole, and a diamond
        assert sorted(p.area for p in found) == pytest.approx([0.5, 16.5])

    def test_pixels_that_touch_at_a_corner_stay_apart(self):
        found = polygons(np.pad([[1, 0], [0, 1]], 1))
        assert len(found) == 2
        assert found[0].distance(found[1]) == pytest.approx(2**0.5 / 2)

    def test_a_likely_middle_joins_them(self):
        found = polygons(np.pad(np.array([[0.9, 0.45], [0.45, 0.9]]), 1))
        assert len(found) == 1

    def test_the_outline_follows_the_corner_of_the_data(self):
        assert same(polygons([[1, 1], [1, NAN]]), "POLYGON ((0 0, 1 0, 1 1, 2 1, 2 2, 0 2, 0 0))")

    def test_where_ice_ends_at_the_datas_edge_the_outline_runs_straight_to_it(self):
        # 1 and 0.2: half at 0.5 + 0.5 / 0.8 = 1.125; the data end at y = 1
        found = polygons([[1, 0.2], [NAN, NAN]])
        assert same(found, "POLYGON ((0 1, 1.125 1, 1.125 1.5, 1.125 2, 0 2, 0 1))")

    def test_only_the_datas_edge_is_marked(self):
        traced = lines([[1, 0.2]])
        ends = {tuple(xy): bool(edge) for xy, edge in zip(traced.xy.round(3).tolist(), traced.data_edge)}
        assert ends == {(0.0, 0.0): True, (0.0, 1.0): True, (1.125, 1.0): True, (1.125, 0.5): False, (1.125, 0.0): True}

    def test_exteriors_turn_left_and_holes_right(self):
        field = np.ones((5, 5))
        field[2, 2] = 0
        (found,) = polygons(field)
        assert found.exterior.is_ccw
        assert not found.interiors[0].is_ccw

    def test_a_raster_whose_rows_run_north_is_turned_the_same_way(self):
        field = np.pad(np.ones((2, 2), "float32"), 1)
        crossings = find_crossings([field], 4, Rule(0.5))
        place = place_of(Affine(1, 0, 0, 0, 1, 0), UTM, field.shape)
        (found,) = lines_of(link_rings(crossings), crossings, place, 0.5).polygons()
        assert found.exterior.is_ccw
        assert found.area == pytest.approx(4 - 0.5)

    def test_values_right_at_the_threshold_are_inside_and_make_no_spike(self):
        field = np.pad([[0.5, 0.5], [0.5, 0.0]], 1)
        (found,) = polygons(field)
        assert found.is_valid
        assert found.contains(shapely.Point(1.5, 2.5))


@pytest.mark.parametrize(
    ("near", "far", "clipped", "threshold", "wanted"),
    [
        (0.8, 0.2, False, 0.5, 0.5),
        (0.8, 0.2, True, 0.5, 0.5),
        (0.9, 0.4, True, 0.5, 0.8),
        (0.2, 0.8, True, 0.35, 0.25),
        (0.5, 0.1, False, 0.5, 1e-4),
        (np.nan, 0.1, False, 0.5, np.nan),
    ],
    ids=["logit even", "linear even", "linear", "other threshold", "on a pixel", "no data"],
)
def test_interpolation(near, far, clipped, threshold, wanted):
    found = interpolate(np.float32([near]), np.float32([far]), np.array([clipped]), threshold)
    assert found == pytest.approx([wanted], abs=1e-6, nan_ok=True)


probabilities = st.floats(0, 1, width=32)
coarse = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])
with_gaps = st.one_of(probabilities, coarse, st.just(np.nan))
shapes = array_shapes(min_dims=2, max_dims=2, max_side=9)
fields = st.one_of(arrays("float32", shapes, elements=with_gaps), arrays("float32", shapes, elements=coarse))
masks = arrays("float32", array_shapes(min_dims=2, max_dims=2, max_side=12), elements=st.sampled_from([0.0, 1.0]))


@settings(max_examples=150, deadline=None)
@given(fields, st.sampled_from([0.25, 0.5, 0.8]), st.sampled_from([0.0, 0.5, 1.0]))
def test_every_outline_is_valid_and_none_overlaps(field, threshold, smoothing):
    found = polygons(field, threshold=threshold, smoothing=smoothing)
    assert shapely.is_valid(found).all()
    assert shapely.area(shapely.union_all(found)) == pytest.approx(shapely.area(found).sum(), abs=1e-9)


@settings(max_examples=150, deadline=None)
@given(fields, st.sampled_from([0.3, 0.5]), st.sampled_from([0.0, 1.0]))
def test_every_pixel_centre_is_on_its_own_side(field, threshold, smoothing):
    found = polygons(field, threshold=threshold, smoothing=smoothing)
    rows, cols = np.indices(field.shape)
    x, y = cols + 0.5, field.shape[0] - rows - 0.5
    within = sum((shapely.contains_xy(polygon, x, y) for polygon in found), np.zeros(field.shape, bool))
    # as float32, in which the raster is
    np.testing.assert_array_equal(within, field >= np.float32(threshold))


@settings(max_examples=100, deadline=None)
@given(fields, st.integers(1, 4))
def test_strips_join_without_a_trace(field, strip_rows):
    whole, joined = lines(field), lines(field, strip_rows=strip_rows)
    np.testing.assert_array_equal(whole.xy, joined.xy)
    np.testing.assert_array_equal(whole.start, joined.start)


@settings(max_examples=100, deadline=None)
@given(masks)
def test_a_mask_keeps_its_area_but_for_the_corners(mask):
    """Along a ring four more corners turn one way than the other; each cuts or fills an eighth of a pixel."""
    found = polygons(np.pad(mask, 1))
    holes = sum(len(polygon.interiors) for polygon in found)
    assert shapely.area(found).sum() == pytest.approx(mask.sum() - 0.5 * (len(found) - holes))


@settings(max_examples=60, deadline=None)
@given(masks)
def test_a_mask_that_ends_with_the_data_keeps_its_area_exactly(mask):
    found = polygons(np.where(mask > 0, 1.0, np.nan))
    corners_cut = 0.125 * 4 * saddles(mask)
    assert shapely.area(found).sum() == pytest.approx(mask.sum(), abs=corners_cut + 1e-9)


def saddles(mask):
    a, b, c, d = mask[:-1, :-1], mask[:-1, 1:], mask[1:, :-1], mask[1:, 1:]
    return int(((a == d) & (b == c) & (a != b)).sum())


class TestAnalytic:
    """A disc of 200 pixels whose 0.5 level is known."""

    @pytest.mark.parametrize("width", [0.4, 1.0, 3.0], ids="logistic {} px".format)
    def test_a_logistic_edge_is_hit_within_a_fiftieth_of_a_pixel(self, width):
        (found,) = polygons(disc(lambda d: 1 / (1 + np.exp(np.clip(-d / width, -50, 50)))))
        assert off_circle(found) < 0.02
        assert found.area == pytest.approx(np.pi * 200**2, rel=1e-5)

    @pytest.mark.parametrize("width", [2.0, 4.0, 9.0], ids="linear {} px".format)
    def test_a_linear_edge_too(self, width):
        (found,) = polygons(disc(lambda d: np.clip(0.5 + d / width, 0, 1)))
        assert off_circle(found) < 0.02
        assert found.area == pytest.approx(np.pi * 200**2, rel=1e-5)

    def test_smoothing_leaves_a_good_line_where_it_is(self):
        (found,) = polygons(disc(lambda d: 1 / (1 + np.exp(np.clip(-d, -50, 50)))), smoothing=1.0)
        assert off_circle(found) < 0.02
        assert found.area == pytest.approx(np.pi * 200**2, rel=2e-5)


def disc(ramp):
    y, x = np.mgrid[:440, :440] + 0.5
    return ramp(200 - np.hypot(x - 220.3, y - 219.8))


def off_circle(polygon):
    xy = np.asarray(polygon.exterior.coords)
    points = np.concatenate([xy, 0.5 * (xy[1:] + xy[:-1])])
    return np.abs(np.hypot(points[:, 0] - 220.3, points[:, 1] - (440 - 219.8)) - 200).max()
