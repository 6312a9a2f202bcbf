"""Areas, uncertainties, confidences and identifiers of outlines."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from affine import Affine
from pyproj import CRS, Geod

from glacier_mapper.core.request import OutlineSettings
from glacier_mapper.runner.outlines.crossings import Rule, find_crossings
from glacier_mapper.runner.outlines.field import certainty
from glacier_mapper.runner.outlines.identifiers import outline_ids
from glacier_mapper.runner.outlines.lines import lines_of
from glacier_mapper.runner.outlines.measure import measure
from glacier_mapper.runner.outlines.placing import place_of
from glacier_mapper.runner.outlines.sections import sections_of
from glacier_mapper.runner.outlines.service import outline_rings
from glacier_mapper.runner.outlines.uncertainty import line_confidence, sigma_m

UTM = CRS.from_epsg(32632).to_wkt()
NOTHING_SMALL = OutlineSettings(min_area_km2=0.0, smoothing=0.0)


class Traced:
    """Everything about the outlines of a field with 10 m pixels."""

    def __init__(self, field, settings=NOTHING_SMALL, transform=None, crs=UTM):
        field = np.asarray(field, "float32")
        transform = transform or Affine(10, 0, 600_000, 0, -10, 5_200_000)
        self.place = place_of(transform, crs, field.shape)
        crossings = find_crossings([field], field.shape[1], Rule(settings.threshold))
        rings = outline_rings(crossings, self.place, settings)
        self.lines = lines_of(rings, crossings, self.place, settings.threshold)
        self.polygons = self.lines.polygons()
        self.measures = measure(self.lines, rings, crossings, self.place)
        self.sections = sections_of(self.lines, 10.0)


def disc(radius_px, sigma_px, size=None):
    """Probability of a disc whose edge is blurred by a normal distribution."""
    from scipy.special import ndtr

    size = size or int(2 * radius_px + 40)
    y, x = np.mgrid[:size, :size] + 0.5
    return ndtr((radius_px - np.hypot(x - size / 2, y - size / 2)) / sigma_px)


def cap_m2(lat_deg):
    """Area of the ellipsoid between a parallel and its pole, in closed form."""
    a, b = 6_378_137.0, 6_356_752.314245179
    e = np.sqrt(1 - (b / a) ** 2)

    def to_equator(sine):
        return sine / (1 - (e * sine) ** 2) + np.arctanh(e * sine) / e

    return np.pi * b * b * (to_equator(1.0) - to_equator(np.sin(np.radians(lat_deg))))


class TestUncertainty:
    def test_sigma_is_the_inverse_slope_at_a_half(self):
        # slope 0.02 a metre: 1 / (2.5066 * 0.02) = 19.947 m
        assert sigma_m(np.array([0.02]), np.array([10.0]), 0.5) == pytest.approx([19.9471], abs=1e-4)

    def test_at_another_threshold_the_bell_is_lower(self):
        # phi(Phi^-1(0.8413)) = phi(1) = 0.24197
        assert sigma_m(np.array([0.02]), np.array([10.0]), 0.841345) == pytest.approx([12.0985], abs=1e-3)

    def test_it_lies_between_a_tenth_and_ten_pixels(self):
        found = sigma_m(np.array([0.0, 1e-9, 100.0]), np.full(3, 30.0), 0.5)
        assert found.tolist() == [300.0, 300.0, 3.0]

    @pytest.mark.parametrize("sigma_px", [1.0, 2.0, 4.0])
    def test_it_is_found_again_from_a_blurred_disc(self, sigma_px):
        traced = Traced(disc(60, sigma_px))
        assert traced.measures.unc_m[0] == pytest.approx(10 * sigma_px, rel=0.09)

    def test_a_sharp_jump_gives_what_two_pixels_can_tell(self):
        # slope 1 per pixel across, and at corners a little less
        field = np.zeros((40, 40))
        field[10:30, 10:30] = 1
        assert Traced(field).measures.unc_m[0] == pytest.approx(10 / np.sqrt(2 * np.pi), rel=0.1)

    def test_bounds_are_the_area_and_the_band_of_one_sigma(self):
        traced = Traced(disc(60, 2.0))
        area, low, high = (getattr(traced.measures, f"area{part}_km2")[0] for part in ("", "_min", "_max"))
        ring = 2 * np.pi * 600 * 20 / 1e6
        assert high - area == pytest.approx(ring, rel=0.06)
        assert area - low == pytest.approx(high - area)

    def test_the_lower_bound_is_not_below_nothing(self):
        y, x = np.mgrid[:40, :40]
        faint = 0.45 + 0.1 * np.exp(-((x - 20) ** 2 + (y - 20) ** 2) / 200)
        assert Traced(faint).measures.area_min_km2[0] == 0.0

    def test_the_edge_of_the_data_counts_for_neither(self):
        whole, half = disc(60, 2.0), disc(60, 2.0)
        half[:, 80:] = np.nan
        cut, full = Traced(half).measures, Traced(whole).measures
        assert cut.unc_m[0] == pytest.approx(full.unc_m[0], rel=0.02)
        assert cut.area_max_km2[0] - cut.area_km2[0] == pytest.approx(
            0.5 * (full.area_max_km2[0] - full.area_km2[0]), rel=0.03)

    def test_an_outline_that_is_all_edge_of_data_knows_nothing(self):
        assert Traced(np.ones((20, 20))).measures.unc_m.tolist() == [100.0]

    def test_confidence_of_a_line_is_the_chance_of_one_pixel(self):
        assert line_confidence(np.array([10.0, 5.0]), 10.0) == pytest.approx([0.6827, 0.9545], abs=1e-4)


class TestConfidence:
    def test_certainty_of_probabilities(self):
        # H2(0.11) = 0.49992, H2(0.25) = 0.81128
        assert certainty(np.float32([0, 1, 0.5, 0.11, 0.25, np.nan])) == pytest.approx(
            [1, 1, 0, 0.50008, 0.18872, 0], abs=1e-3)

    def test_it_is_the_mean_over_the_pixels_inside(self):
        field = np.full((12, 12), 0.1)
        field[3:6, 3:6] = 0.9
        field[4, 4] = 0.6
        wanted = (8 * certainty(np.float32([0.9]))[0] + certainty(np.float32([0.6]))[0]) / 9
        assert Traced(field).measures.confidence == pytest.approx([wanted], abs=1e-6)

    def test_holes_are_left_out(self):
        field = np.full((12, 12), 0.02)
        field[2:10, 2:10] = 0.8
        field[4:8, 4:8] = 0.0
        assert Traced(field).measures.confidence == pytest.approx(certainty(np.float32([0.8])), abs=1e-6)

    @pytest.mark.parametrize("seed", range(4))
    def test_it_agrees_with_the_pixels_of_each_outline(self, seed):
        from scipy import ndimage

        noise = ndimage.gaussian_filter(np.random.default_rng(seed).standard_normal((80, 90)), 3)
        field = (1 / (1 + np.exp(-4 * noise / noise.std()))).astype("float32")
        traced = Traced(field)
        y, x = np.mgrid[:80, :90] + 0.5
        for polygon, found in zip(traced.polygons, traced.measures.confidence):
            inside = shapely.contains_xy(polygon, 600_000 + 10 * x, 5_200_000 - 10 * y)
            assert found == pytest.approx(certainty(field[inside]).mean(), abs=1e-6)


class TestSizes:
    def test_area_is_that_of_the_ellipsoid(self):
        field = np.zeros((120, 120))
        field[10:110, 10:110] = 1
        traced = Traced(field, transform=Affine(10, 0, 500_000, 0, -10, 5_200_000))
        # 1 km² less half a pixel for its corners, in a zone's middle where UTM shrinks by 0.9996
        lon, lat = traced.place.to_lon_lat.transform(*np.asarray(traced.polygons[0].exterior.coords).T)
        geodesic, perimeter = Geod(ellps="WGS84").polygon_area_perimeter(lon, lat)
        assert traced.measures.area_km2[0] == pytest.approx(abs(geodesic) / 1e6, rel=1e-6)
        assert traced.measures.area_km2[0] == pytest.approx((1 - 5e-5) / 0.9996**2, rel=1e-5)
        assert traced.measures.perimeter_m[0] == pytest.approx(perimeter, rel=1e-9)

    def test_polar_maps_stretch_and_the_area_does_not(self):
        field = np.zeros((60, 60))
        field[10:50, 10:50] = 1
        polar = CRS.from_epsg(3413).to_wkt()
        traced = Traced(field, transform=Affine(100, 0, 0, 0, -100, -2_000_000), crs=polar)
        lon, lat = traced.place.to_lon_lat.transform(*np.asarray(traced.polygons[0].exterior.coords).T)
        geodesic = abs(Geod(ellps="WGS84").polygon_area_perimeter(lon, lat)[0]) / 1e6
        assert traced.measures.area_km2[0] == pytest.approx(geodesic, rel=1e-4)
        assert abs(geodesic / 16 - 1) > 0.005

    @pytest.mark.parametrize(
        ("code", "corner"),
        [(32632, (500_000, 5_200_000)), (32633, (500_000, 7_850_000)), (32633, (500_000, 8_700_000)),
         (3413, (-200_000, -2_000_000)), (3031, (400_000, 1_200_000))],
        ids=["46 N", "70 N", "78 N", "Greenland", "Antarctica"],
    )
    def test_long_sides_are_straight_on_the_map_and_not_on_the_ground(self, code, corner):
        transform = Affine(100, 0, corner[0], 0, -100, corner[1])
        traced = Traced(np.ones((1104, 1104)), transform=transform, crs=CRS.from_epsg(code).to_wkt())
        assert shapely.get_num_coordinates(traced.polygons[0]) == 5
        # geodesics between points 50 m apart along the map's straight lines
        fine = shapely.segmentize(traced.polygons[0], 50.0)
        lon, lat = traced.place.to_lon_lat.transform(*np.asarray(fine.exterior.coords).T)
        geodesic = abs(Geod(ellps="WGS84").polygon_area_perimeter(lon, lat)[0]) / 1e6
        assert traced.measures.area_km2[0] == pytest.approx(geodesic, rel=2e-7)

    @pytest.mark.parametrize(("code", "lat_deg"), [(3413, 89.9), (3413, 88.0), (3031, -89.5)])
    def test_a_ring_round_a_pole_is_a_cap_of_the_ellipsoid(self, code, lat_deg):
        place = place_of(Affine(30, 0, -7680, 0, -30, 7680), CRS.from_epsg(code).to_wkt(), (512, 512))
        lon = np.linspace(-180, 180, 7200, endpoint=False)
        x, y = place.to_lon_lat.transform(lon, np.full_like(lon, lat_deg), direction="INVERSE")
        assert abs(place.areas_m2(x, y, np.array([0, 7200]))[0]) == pytest.approx(cap_m2(abs(lat_deg)), rel=1e-6)

    def test_over_the_pole_an_outline_is_as_large_as_beside_it(self):
        field = np.pad(disc(100, 2.0), 10)
        for code in (3413, 3031):
            over, beside = (
                Traced(field, transform=Affine(30, 0, x, 0, -30, 4000), crs=CRS.from_epsg(code).to_wkt())
                for x in (-3000, 9000)
            )
            assert over.measures.area_km2[0] == pytest.approx(beside.measures.area_km2[0], rel=1e-5)
            assert over.measures.area_max_km2[0] > over.measures.area_km2[0] > 25

    def test_across_the_antimeridian_nothing_wraps(self):
        field = np.zeros((60, 60))
        field[10:50, 10:50] = 1
        transform = Affine(0.001, 0, 179.97, 0, -0.001, 65.03)
        traced = Traced(field, transform=transform, crs=CRS.from_epsg(4326).to_wkt())
        # 0.04 degrees square at 65 N: 4.458 km by 1.888 km
        assert traced.measures.area_km2[0] == pytest.approx(8.42, rel=0.01)

    def test_degrees_become_a_metric_grid(self):
        field = np.pad(np.ones((20, 20)), 5)
        traced = Traced(field, transform=Affine(0.0001, 0, 10.5, 0, -0.0001, 46.8), crs=CRS.from_epsg(4326).to_wkt())
        assert traced.place.crs.to_epsg() == 32632
        # 0.002 degrees: 222.3 m by 152.6 m
        assert traced.measures.area_km2[0] == pytest.approx(0.2223 * 0.1526, rel=0.01)

    @pytest.mark.parametrize(("lat", "epsg"), [(85.0, 3413), (-85.0, 3031), (-45.0, 32718)])
    def test_the_metric_grid_goes_by_the_place(self, lat, epsg):
        place = place_of(Affine(0.001, 0, -73.5, 0, -0.001, lat), CRS.from_epsg(4326).to_wkt(), (10, 10))
        assert place.crs.to_epsg() == epsg

    def test_feet_become_metres(self):
        place = place_of(Affine(30, 0, 2e6, 0, -30, 2e6), CRS.from_epsg(2263).to_wkt(), (10, 10))
        assert place.crs.axis_info[0].unit_name == "metre"


class TestSelection:
    """Pixels of 10 m: 100 of them are 0.01 km²."""

    def field(self):
        field = np.zeros((60, 60))
        field[2:32, 2:32] = 1  # 900 pixels
        field[8:26, 8:26] = 0  # a hole of 324
        field[10:24, 10:24] = 1  # an island in it of 196
        field[40:45, 40:45] = 1  # 25 pixels
        return field

    def count(self, **settings):
        return len(Traced(self.field(), OutlineSettings(smoothing=0.0, **settings)).polygons)

    @pytest.mark.parametrize(("least", "count"), [(0.0, 3), (0.01, 2), (0.05, 1), (0.1, 0)])
    def test_small_outlines_go(self, least, count):
        assert self.count(min_area_km2=least) == count

    def test_a_filled_hole_takes_its_island_along(self):
        traced = Traced(self.field(), OutlineSettings(min_area_km2=0.01, min_hole_km2=0.05, smoothing=0.0))
        assert len(traced.polygons) == 1
        assert traced.polygons[0].area == pytest.approx(90_000 - 50)
        assert traced.measures.confidence[0] == pytest.approx(1.0)

    def test_a_hole_that_is_large_enough_stays(self):
        traced = Traced(self.field(), OutlineSettings(min_area_km2=0.01, min_hole_km2=0.02, smoothing=0.0))
        assert [len(polygon.interiors) for polygon in traced.polygons] == [1, 0]


class TestSections:
    def test_they_make_up_the_whole_boundary_once(self):
        traced = Traced(disc(40, 2.0))
        together = shapely.line_merge(shapely.multilinestrings(list(traced.sections.line)))
        assert together.length == pytest.approx(traced.polygons[0].exterior.length)
        assert traced.sections.length_m.sum() == pytest.approx(traced.polygons[0].exterior.length)

    def test_a_line_that_is_equally_sure_all_round_is_one_section(self):
        assert len(Traced(disc(60, 3.0, 200)).sections.line) <= 4

    def test_a_blurred_side_shows(self):
        y, x = np.mgrid[:120, :120] + 0.5
        width = np.where(x < 60, 0.5, 6.0)
        sections = Traced(1 / (1 + np.exp(np.clip((np.hypot(x - 60, y - 60) - 40) / width, -50, 50)))).sections
        west, east = (
            int(np.argmin([line.distance(shapely.Point(600_000 + x, 5_199_400)) for line in sections.line]))
            for x in (200, 1000)
        )
        # a logistic edge of width w is as steep as a normal one of sigma 4 w / 2.5066
        assert sections.unc_m[west] == pytest.approx(8.0, rel=0.3)
        assert sections.unc_m[east] == pytest.approx(95.7, rel=0.1)
        assert sections.confidence[west] > 0.6
        assert sections.confidence[east] < 0.2

    def test_the_edge_of_the_data_is_a_section_of_its_own(self):
        field = disc(40, 2.0)
        field[:, 60:] = np.nan
        sections = Traced(field).sections
        (edge,) = np.flatnonzero(sections.data_edge)
        # the chord through the middle
        assert sections.length_m[edge] == pytest.approx(800, abs=15)
        assert sections.confidence[edge] == 0.0
        assert sections.unc_m[edge] == 100.0

    def test_they_lie_between_three_pixels_and_one_round(self):
        from scipy import ndimage

        noise = ndimage.gaussian_filter(np.random.default_rng(3).standard_normal((200, 200)), 4)
        sections = Traced(1 / (1 + np.exp(-3 * noise / noise.std())), OutlineSettings()).sections
        inner = ~sections.data_edge
        assert np.median(sections.length_m[inner]) > 30
        assert len(sections.line) > 3 * len(np.unique(sections.polygon))


class TestIdentifiers:
    place = place_of(Affine(10, 0, 600_000, 0, -10, 5_200_000), UTM, (100, 100))

    def square(self, x, y, size=30.0):
        return shapely.box(x, y, x + size, y + size)

    def test_it_is_the_place_of_a_point_inside(self):
        x, y = 600_000.0, 5_200_000.0
        lon, lat = self.place.to_lon_lat.transform(x + 15, y + 15)
        assert outline_ids(np.array([self.square(x, y)]), self.place) == [f"G{lon * 1000:06.0f}E{lat * 1000:05.0f}N"]

    def test_neighbours_get_different_ones(self):
        squares = np.array([self.square(600_000 + 35 * i, 5_200_000 + 35 * j) for i in range(6) for j in range(6)])
        ids = outline_ids(squares, self.place)
        assert len(set(ids)) == 36
        assert ids == outline_ids(squares, self.place)

    def test_a_large_one_moves_within_itself(self):
        square = self.square(600_000, 5_200_000, 2_000.0)
        first, second = outline_ids(np.array([square, square]), self.place)
        lon, lat = int(second[1:7]) / 1000, int(second[8:13]) / 1000
        x, y = self.place.to_lon_lat.transform(lon, lat, direction="INVERSE")
        assert first != second
        assert square.contains(shapely.Point(x, y))

    def test_a_crowd_in_one_cell_is_named_all_the_same(self):
        ids = outline_ids(np.array([self.square(600_000, 5_200_000, 1.0)] * 700), self.place)
        assert len(set(ids)) == 700
