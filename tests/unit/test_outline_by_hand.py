"""Outlines of rasters from 3 x 3 to 8 x 8 worked out by hand: levels, saddles, nests, gaps in the data, strips.

A pixel is one metre and the raster's lower left corner lies at (0, 0) of EPSG:32632. WKT out; coordinates are
those of pixel centres (half metres) and of points between them.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from affine import Affine
from pyproj import CRS, Geod

from glacier_mapper.core.request import OutlineSettings
from glacier_mapper.runner.outlines.crossings import Rule, find_crossings
from glacier_mapper.runner.outlines.lines import lines_of
from glacier_mapper.runner.outlines.measure import measure
from glacier_mapper.runner.outlines.placing import place_of
from glacier_mapper.runner.outlines.rings import link_rings
from glacier_mapper.runner.outlines.sections import sections_of
from glacier_mapper.runner.outlines.service import outline_rings

UTM = CRS.from_epsg(32632).to_wkt()
NAN = float("nan")


class Traced:
    """A raster's outlines, and all that is known of them."""

    def __init__(self, field, threshold=0.5, strip_rows=None, pixel=1.0):
        field = np.asarray(field, "float32")
        rows, cols = field.shape
        step = strip_rows or rows
        self.crossings = find_crossings((field[r : r + step] for r in range(0, rows, step)), cols, Rule(threshold))
        self.place = place_of(Affine(pixel, 0, 0, 0, -pixel, rows * pixel), UTM, field.shape)
        settings = OutlineSettings(threshold, min_area_km2=0.0, smoothing=0.0)
        rings = outline_rings(self.crossings, self.place, settings)
        self.lines = lines_of(rings, self.crossings, self.place, threshold)
        self.polygons = self.lines.polygons()
        self.measures = measure(self.lines, rings, self.crossings, self.place)
        self.sections = sections_of(self.lines, pixel)


def logistic(logits):
    return 1 / (1 + np.exp(-np.asarray(logits, "float64")))


def areas(field, **more):
    return sorted(shapely.area(Traced(field, **more).polygons).round(6).tolist())


def corners(polygon):
    """The vertices of an exterior, to a thousandth, in the order of their places."""
    return sorted({(round(x, 3), round(y, 3)) for x, y in polygon.exterior.coords})


class TestLevel:
    """Where the line lies between two centres: linear in the logit."""

    @pytest.mark.parametrize(
        ("inside", "outside", "share"),
        [(1.0, -1.0, 0.5), (3.0, -1.0, 0.75), (1.0, -3.0, 0.25), (2.0, -0.5, 0.8), (0.2, -3.8, 0.05)],
    )
    def test_a_half_divides_the_logits_in_proportion(self, inside, outside, share):
        (found,) = Traced(logistic([[inside, outside, outside]] * 3)).polygons
        assert found.bounds == pytest.approx((0.0, 0.0, 0.5 + share, 3.0), abs=1e-6)

    @pytest.mark.parametrize("threshold", [0.2, 0.4, 0.6, 0.8])
    def test_another_level_cuts_the_same_ramp_elsewhere(self, threshold):
        # logits 3, 1, -1, -3 at x = 0.5, 1.5, 2.5, 3.5: level L lies at x = 2 - L / 2
        (found,) = Traced(logistic([[3, 1, -1, -3]] * 3), threshold).polygons
        level = math.log(threshold / (1 - threshold))
        assert found.bounds[2] == pytest.approx(2 - level / 2, abs=1e-6)

    def test_a_ramp_along_columns_is_cut_alike(self):
        across = Traced(logistic([[2, 0.5, -1, -4]] * 4)).polygons[0]
        down = Traced(logistic([[2, 0.5, -1, -4]] * 4).T).polygons[0]
        # a quarter turn: x becomes depth below the top, which lies at 4
        turned = shapely.transform(across, lambda xy: np.column_stack([4 - xy[:, 1], 4 - xy[:, 0]]))
        assert shapely.hausdorff_distance(turned, down) < 1e-9
        assert across.bounds[2] == pytest.approx(1.5 + 0.5 / 1.5, abs=1e-6)

    def test_one_centre_with_four_other_neighbours(self):
        # logits: centre 1; north -1, east -3, south -0.25, west -0.5, corners far out
        field = logistic([[-4, -1, -4], [-0.5, 1, -3], [-4, -0.25, -4]])
        (found,) = Traced(field).polygons
        assert corners(found) == [(round(1.5 - 1 / 1.5, 3), 1.5), (1.5, 0.7), (1.5, 2.0), (1.75, 1.5)]

    def test_a_probability_of_one_beside_naught_is_cut_halfway(self):
        assert areas([[0, 0, 0], [0, 1, 0], [0, 0, 0]]) == [0.5]


class TestSaddle:
    """Two corners of a cell inside, crosswise: they join when the middle of the four is likely ice."""

    @staticmethod
    def cross(inside, outside):
        field = np.full((4, 4), logistic(-4.0))
        field[1, 1] = field[2, 2] = logistic(inside)
        field[1, 2] = field[2, 1] = logistic(outside)
        return field

    @pytest.mark.parametrize(("inside", "outside", "count"), [(3.0, -0.5, 1), (0.5, -3.0, 2), (2.0, -1.9, 1)])
    def test_the_middle_decides(self, inside, outside, count):
        assert len(Traced(self.cross(inside, outside)).polygons) == count

    @pytest.mark.parametrize(("inside", "outside"), [(3.0, -0.5), (0.5, -3.0)])
    def test_the_other_diagonal_is_the_mirror_image(self, inside, outside):
        field = self.cross(inside, outside)
        assert areas(field) == pytest.approx(areas(field[:, ::-1]), abs=1e-6)
        assert areas(field) == pytest.approx(areas(field[::-1]), abs=1e-6)

    def test_a_chequerboard_falls_apart_into_diamonds(self):
        field = np.indices((5, 5)).sum(axis=0) % 2
        # inside the raster (1, 2), (2, 1), (2, 3), (3, 2) are whole; eight touch the edge with half a side more
        assert areas(np.pad(field, 1)) == [0.5] * 12

    def test_a_joined_chequerboard_is_one_net_with_holes(self):
        field = np.where(np.indices((5, 5)).sum(axis=0) % 2 == 0, 0.95, 0.45)
        found = Traced(field).polygons
        assert len(found) == 1
        # of the twelve gaps the eight at the raster's edge are open to it
        assert len(found[0].interiors) == 4


class TestNests:
    def test_four_rings_one_in_another(self):
        field = np.zeros((8, 8))
        field[0:7, 0:7] = 1  # 49 pixels, open to the raster's north west
        field[1:6, 1:6] = 0
        field[2:5, 2:5] = 1
        field[3, 3] = 0
        # outer: 49, of its corners one free (- 1/8), two at the raster's edge (none) and its hole 25 - 4/8
        # inner: 9 - 4/8 with a hole of 1 - 4/8
        assert areas(field) == pytest.approx([8.0, 49 - 0.125 - 24.5])
        holes = sorted(len(polygon.interiors) for polygon in Traced(field).polygons)
        assert holes == [1, 1]

    def test_two_holes_side_by_side_stay_two(self):
        field = np.ones((5, 7))
        field[2, 2] = field[2, 4] = 0
        (found,) = Traced(field).polygons
        assert sorted(shapely.centroid(shapely.polygons(ring)).wkt for ring in found.interiors) == [
            "POINT (2.5 2.5)", "POINT (4.5 2.5)",
        ]  # fmt: skip

    def test_holes_that_touch_at_a_corner_become_one(self):
        """Ice at the two other corners does not join: the middle of 1, 0, 0, 1 is no more ice than not."""
        field = np.ones((5, 5))
        field[1, 1] = field[2, 2] = 0
        (found,) = Traced(field).polygons
        assert sum(shapely.area(shapely.polygons(ring)) for ring in found.interiors) == pytest.approx(2 - 2 * 0.5 + 0.5)


class TestNoData:
    def test_a_gap_is_a_hole_along_its_pixels(self):
        field = np.ones((5, 5))
        field[2, 2] = NAN
        (found,) = Traced(field).polygons
        assert shapely.normalize(shapely.polygons(found.interiors[0])) == shapely.normalize(shapely.box(2, 2, 3, 3))

    def test_a_gap_and_a_nunatak_are_two_kinds_of_hole(self):
        field = np.ones((5, 8))
        field[2, 2], field[2, 5] = NAN, 0.0
        traced = Traced(field)
        holes = shapely.area(shapely.polygons(list(traced.polygons[0].interiors)))
        assert sorted(holes) == pytest.approx([0.5, 1.0])
        edge = traced.sections.data_edge
        # the raster's own edge, 26 m, and the gap's, 4 m
        assert traced.sections.length_m[edge].sum() == pytest.approx(26 + 4)
        assert traced.sections.length_m[~edge].sum() == pytest.approx(4 * 0.5**0.5)

    @pytest.mark.parametrize("turns", range(4), ids="turned by {}".format)
    def test_ice_against_a_gap_ends_straight(self, turns):
        field = np.full((4, 4), 0.0)
        field[1:3, 1:3], field[:, 3] = 1.0, NAN
        (found,) = Traced(np.rot90(field, turns)).polygons
        # 2 x 2 pixels, two free corners rounded, two square ones at the gap
        assert found.area == pytest.approx(4 - 2 * 0.125)
        assert found.is_valid

    def test_a_lone_pixel_in_the_void_is_a_square_of_which_nothing_is_known(self):
        field = np.full((3, 3), NAN)
        field[1, 1] = 1.0
        traced = Traced(field, pixel=100.0)
        assert traced.polygons[0].equals(shapely.box(100, 100, 200, 200))
        assert traced.measures.unc_m.tolist() == [1000.0]
        assert traced.measures.area_min_km2 == pytest.approx(traced.measures.area_km2)
        assert traced.sections.confidence.tolist() == [0.0]

    def test_no_data_on_one_side_changes_nothing_on_the_other(self):
        field = logistic([[3, 1, -1, -3]] * 4)
        void = np.pad(field, ((0, 0), (0, 2)), constant_values=NAN)
        assert Traced(void).polygons[0].equals_exact(Traced(field).polygons[0], 1e-9)


SCENES = {
    "blobs": logistic(np.round(3 * np.sin(np.arange(8)[:, None] * 1.7) * np.cos(np.arange(8)[None] * 1.3), 2)),
    "nest": np.pad(np.pad(np.pad(np.pad([[0.0]], 1, constant_values=1), 1), 1, constant_values=1), 1),
    "gaps": np.where(np.indices((7, 6)).sum(axis=0) % 3 == 0, NAN, np.indices((7, 6))[0] / 6),
    "chequer": np.indices((6, 6)).sum(axis=0) % 2 * 0.9,
    "full": np.ones((5, 4)),
}


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize("strip_rows", [1, 2, 3, 5, 7])
def test_strips_of_any_height_give_the_whole_rasters_numbers(name, strip_rows):
    """Not only the lines: keys, slopes, certainty, measures and sections are the same to the last bit."""
    whole, parts = Traced(SCENES[name]), Traced(SCENES[name], strip_rows=strip_rows)
    for kind in ("rows", "columns"):
        for field, values in vars(getattr(whole.crossings, kind)).items():
            if field != "sure":  # summed along rows, which strips do not cut
                np.testing.assert_array_equal(values, getattr(getattr(parts.crossings, kind), field), err_msg=field)
    assert [p.wkb for p in whole.polygons] == [p.wkb for p in parts.polygons]
    for field, values in vars(whole.measures).items():
        np.testing.assert_array_equal(values, getattr(parts.measures, field), err_msg=field)
    assert [line.wkb for line in whole.sections.line] == [line.wkb for line in parts.sections.line]


@pytest.mark.parametrize("name", SCENES)
def test_sections_add_up_to_each_outlines_perimeter(name):
    traced = Traced(SCENES[name])
    for number, polygon in enumerate(traced.polygons):
        mine = traced.sections.polygon == number
        assert traced.sections.length_m[mine].sum() == pytest.approx(polygon.length)
        together = shapely.union_all(traced.sections.line[mine])
        assert together.length == pytest.approx(polygon.length)
        assert shapely.hausdorff_distance(together, polygon.boundary) < 1e-9


@pytest.mark.parametrize("name", SCENES)
def test_ice_and_no_ice_share_one_line(name):
    """What is ice for p is land for 1 - p: away from saddles and data's edge both cut at the same places."""
    field = np.nan_to_num(SCENES[name], nan=0.25) * 0.98 + 0.0101
    ice, land = Traced(np.pad(field, 1, mode="edge")), Traced(np.pad(1 - field, 1, mode="edge"))
    # together they tile the raster but for saddles, where at most half a pixel belongs to neither or both
    total = shapely.area(ice.polygons).sum() + shapely.area(land.polygons).sum()
    inside = np.pad(field, 1, mode="edge") >= 0.5
    a, b, c, d = inside[:-1, :-1], inside[:-1, 1:], inside[1:, :-1], inside[1:, 1:]
    saddles = int(((a == d) & (b == c) & (a != b)).sum())
    assert total == pytest.approx(inside.size, abs=0.5 * saddles + 1e-5)


class TestAnalyticEdge:
    """A straight margin whose place is normally distributed: p = Phi((x0 - x) / sigma)."""

    @staticmethod
    def edge(sigma_px, x0=20.0, size=40):
        from scipy.special import ndtr

        x = np.arange(size) + 0.5
        return np.tile(ndtr((x0 - x) / sigma_px), (size, 1))

    @pytest.mark.parametrize("sigma_px", [1.5, 3.0, 6.0])
    def test_sigma_is_found_again(self, sigma_px):
        traced = Traced(self.edge(sigma_px), pixel=10.0)
        free = ~traced.sections.data_edge
        assert traced.sections.unc_m[free] == pytest.approx(10 * sigma_px, rel=0.05)
        # erf(1 / (sigma sqrt 2)): within one pixel
        assert traced.sections.confidence[free] == pytest.approx(math.erf(1 / sigma_px / math.sqrt(2)), rel=0.06)

    @pytest.mark.parametrize("x0", [19.5, 19.75, 20.0, 20.3])
    def test_the_line_lies_where_the_margin_is(self, x0):
        assert Traced(self.edge(2.0, x0)).polygons[0].bounds[2] == pytest.approx(x0, abs=0.01)

    def test_the_bounds_are_one_sigma_out_and_in(self):
        traced = Traced(self.edge(2.0), pixel=10.0)
        area, low, high = (float(getattr(traced.measures, f"area{end}_km2")[0]) for end in ("", "_min", "_max"))
        # the free side is 400 m long and may lie 20 m further: 0.008 km2 of 0.08, on the ellipsoid alike
        assert (high - area) / area == pytest.approx(0.1, rel=0.05)
        assert (area - low) / area == pytest.approx(0.1, rel=0.05)

    def test_another_threshold_moves_the_line_and_keeps_sigma(self):
        low, high = Traced(self.edge(3.0), 0.3, pixel=10.0), Traced(self.edge(3.0), 0.7, pixel=10.0)
        # Phi^-1(0.7) = 0.5244: 0.5244 sigma either side of the margin
        assert low.polygons[0].bounds[2] - high.polygons[0].bounds[2] == pytest.approx(2 * 0.5244 * 30, rel=0.01)
        assert low.measures.unc_m == pytest.approx(high.measures.unc_m, rel=0.02)
        # the slope is that midway between two pixels, off the bell's top by up to half a pixel of curve
        assert high.measures.unc_m == pytest.approx([30.0], rel=0.1)


def test_perimeter_is_that_of_the_ellipsoid_holes_included():
    field = np.ones((8, 8))
    field[3:5, 3:5] = NAN
    traced = Traced(field, pixel=30.0)
    geod, wanted = Geod(ellps="WGS84"), 0.0
    for ring in (traced.polygons[0].exterior, *traced.polygons[0].interiors):
        wanted += geod.line_length(*traced.place.to_lon_lat.transform(*np.asarray(ring.coords).T))
    assert traced.measures.perimeter_m == pytest.approx([wanted], rel=1e-6)
    # 4 x 240 m and 4 x 60 m on the map
    assert traced.polygons[0].length == pytest.approx(1200.0)


def test_links_of_nothing_are_nothing():
    assert len(link_rings(find_crossings([np.zeros((3, 3), "float32")], 3, Rule(0.5))).col) == 0
