"""Each feature of the ground by hand, on small arrays; gaps stay gaps and do not bleed into what is around them."""

from __future__ import annotations

import numpy as np
import pytest
from refine_grounds import PIXEL_M

from glacier_mapper.core.roles import Role
from glacier_mapper.runner.refine.features import LIMIT, SPREAD, compute_features, normalised, smooth

RNG = np.random.default_rng(11)
SHAPE = (20, 24)
ROWS, COLS = np.mgrid[: SHAPE[0], : SHAPE[1]].astype("float32")


def light(low=0.05, high=0.6):
    """Reflectances at random."""
    return RNG.uniform(low, high, SHAPE).astype("float32")


def everywhere(shape=SHAPE):
    return np.ones(shape, bool)


def features_of(bands, probability=None):
    return compute_features(bands, probability, PIXEL_M)


class TestNormalising:
    def test_by_hand(self):
        """1 to 9: the middle is 5, the median of the distances from it is 2."""
        raw = np.arange(1, 10, dtype="float32").reshape(3, 3)
        expected = (np.arange(1, 10) - 5.0) / (2.0 * SPREAD)
        assert normalised(raw, everywhere((3, 3))).ravel() == pytest.approx(expected)

    def test_a_normal_band_has_the_median_0_and_the_spread_1(self):
        values = normalised(RNG.normal(300.0, 25.0, (90, 90)).astype("float32"), everywhere((90, 90)))
        assert np.median(values) == pytest.approx(0.0, abs=1e-4)
        assert np.median(np.abs(values)) * SPREAD == pytest.approx(1.0, abs=1e-4)

    def test_the_unit_of_a_band_does_not_matter(self):
        raw = light()
        other = normalised((raw * 10_000.0 + 55.0).astype("float32"), everywhere())
        assert other == pytest.approx(normalised(raw, everywhere()), abs=2e-3)

    def test_what_lies_far_off_is_cut_on_both_sides(self):
        raw = light()
        raw[0, 0], raw[0, 1] = 1e6, -1e6
        values = normalised(raw, everywhere())
        assert (values[0, 0], values[0, 1]) == (LIMIT, -LIMIT)
        assert np.abs(values[1:]).max() < LIMIT

    def test_values_in_gaps_have_no_say(self):
        """Whatever stands where nothing is known: the rest is as with NaN there, and the gap is 0."""
        raw, known = light(), everywhere()
        known[:9] = False
        with_nan = np.where(known, raw, np.float32(np.nan))
        with_rubbish = np.where(known, raw, np.float32(9e5))
        first, second = normalised(with_nan, known), normalised(with_rubbish, known)
        assert np.array_equal(first, second)
        assert (first[:9] == 0).all()
        assert np.median(first[9:]) == pytest.approx(0.0, abs=1e-4)

    def test_where_more_than_half_is_one_value_the_rest_still_stands_out(self):
        """The median of the distances is 0 there, so that the standard deviation takes its place."""
        raw = np.full(SHAPE, 0.3, "float32")
        raw[:4] = 0.5
        values = normalised(raw, everywhere())
        assert (values[4:] == 0).all()
        assert values[:4] == pytest.approx(0.2 / np.std(raw), rel=1e-3)

    @pytest.mark.parametrize("known", [np.ones(SHAPE, bool), np.zeros(SHAPE, bool)])
    def test_one_value_or_none_says_nothing(self, known):
        assert not normalised(np.full(SHAPE, 7.0, "float32"), known).any()

    def test_a_few_known_pixels_off_the_lattice_of_samples_are_found(self):
        """In a large window only every so many pixels are looked at; here none of these is known."""
        raw, known = np.full((600, 600), np.nan, "float32"), np.zeros((600, 600), bool)
        raw[301, 1:599:2] = np.arange(299)
        known[301, 1:599:2] = True
        values = normalised(raw, known)
        assert values[301, 1] < 0 < values[301, 597]
        assert values[301, 299] == pytest.approx(0.0, abs=1e-6)


class TestRatios:
    def test_ndsi_is_the_difference_over_the_sum(self):
        green, swir1 = light(), light()
        found = features_of({Role.GREEN: green, Role.SWIR1: swir1}).of("ndsi")
        assert found == pytest.approx(normalised((green - swir1) / (green + swir1), everywhere()), abs=1e-4)

    def test_ndsi_is_not_known_in_the_dark(self):
        green, swir1 = light(), light()
        green[3, 3] = swir1[3, 3] = 0.004
        features = features_of({Role.GREEN: green, Role.SWIR1: swir1})
        known = features.known[features.names.index("ndsi")]
        assert not known[3, 3]
        assert known.sum() == known.size - 1
        assert features.seen[3, 3]

    def test_ndsi_of_negative_reflectances_stays_an_ndsi(self):
        """Beyond -1 and 1 there is no NDSI: a band below 0 counts as one at 0."""
        green, swir1 = light(), light()
        below, at_zero = swir1.copy(), swir1.copy()
        below[5, 5], at_zero[5, 5] = -0.02, 0.0
        first, second = (features_of({Role.GREEN: green, Role.SWIR1: one}).of("ndsi") for one in (below, at_zero))
        assert np.array_equal(first, second)

    def test_the_ratio_is_a_logarithm_of_bands_that_are_at_least_a_hundredth(self):
        red, swir1 = light(), light()
        red[0, 0], swir1[1, 1] = -0.3, 0.0
        expected = np.log(np.maximum(red, 0.01) / np.maximum(swir1, 0.01))
        found = features_of({Role.RED: red, Role.SWIR1: swir1}).of("red_swir1")
        assert found == pytest.approx(normalised(expected, everywhere()), abs=1e-4)

    @pytest.mark.parametrize(("role", "name"), [(Role.GREEN, "ndsi"), (Role.RED, "red_swir1")])
    def test_a_gap_in_either_band_is_a_gap_of_the_ratio(self, role, name):
        one, swir1 = light(), light()
        one[2:4, 2:4] = np.nan
        swir1[9, 9] = np.nan
        features = features_of({role: one, Role.SWIR1: swir1})
        known = features.known[features.names.index(name)]
        assert np.array_equal(known, np.isfinite(one) & np.isfinite(swir1))
        assert (features.of(name)[~known] == 0).all()


class TestTerrain:
    def basin(self, height_m):
        """A round hollow 20 m wide and deep in the middle of plain ground of `height_m`, or a knoll where negative."""
        away = np.hypot(ROWS - 10, COLS - 12)
        return (500.0 - height_m * np.exp(-((away / 4.0) ** 2))).astype("float32")

    def test_a_hollow_bends_upwards_and_a_crest_downwards(self):
        hollow, crest = (features_of({Role.ELEVATION: self.basin(sign * 30.0)}).of("curvature") for sign in (1, -1))
        assert hollow[10, 12] == hollow.max() > 1.0
        assert crest[10, 12] == crest.min() < -1.0

    def test_an_even_slope_does_not_bend(self):
        """A hollow on a slope bends as one on level ground does, but for the unit; far from the window's sides."""
        rows, cols = np.mgrid[:90, :90].astype("float32")
        hollow = -30.0 * np.exp(-((np.hypot(rows - 45, cols - 45) / 4.0) ** 2))
        level, tilted = (
            features_of({Role.ELEVATION: (hollow + rise * cols).astype("float32")}).of("curvature")[43:48, 43:48]
            for rise in (0.0, 3.0)
        )
        assert tilted.min() > 0
        assert tilted / level == pytest.approx(np.full((5, 5), (tilted / level).mean()), rel=0.05)

    def test_a_gap_in_the_terrain_takes_one_pixel_around_with_it_and_no_cliff_appears(self):
        ground = self.basin(30.0)
        whole = features_of({Role.ELEVATION: ground}).of("curvature")
        ground[2:5, 2:5] = np.nan
        features = features_of({Role.ELEVATION: ground})
        unknown = ~features.known[features.names.index("curvature")]
        assert unknown[2:5, 2:5].all()
        assert not unknown[~((ROWS >= 1) & (ROWS <= 5) & (COLS >= 1) & (COLS <= 5))].any()
        assert np.abs(features.of("curvature")[:8, :8]).max() < np.abs(whole).max()

    def test_elevation_and_slope_are_kept_in_their_own_units(self):
        ground, slope = self.basin(30.0), light(0.0, 50.0)
        features = features_of({Role.ELEVATION: ground, Role.SLOPE: slope})
        assert np.array_equal(features.elevation_m, ground)
        assert np.array_equal(features.slope_deg, slope)
        assert features_of({Role.RED: light()}).elevation_m is None


class TestTexture:
    def halves(self):
        """Plain on the left, rough on the right, the same mean."""
        rough = 0.3 + np.where(COLS >= 12, 0.1, 0.002) * RNG.standard_normal(SHAPE)
        return rough.astype("float32")

    def test_rough_ground_stands_out_from_plain_ground(self):
        texture = features_of({Role.RED: self.halves()}).of("texture")
        assert texture[:, 15:].min() > texture[:, :9].max()

    def test_an_edge_between_two_plain_grounds_is_no_texture(self):
        edged = (0.2 + 0.3 * (COLS >= 12) + 0.002 * RNG.standard_normal(SHAPE)).astype("float32")
        rough = self.halves()
        edge = features_of({Role.RED: np.hstack([edged, rough])}).of("texture")
        assert edge[:, 8:16].max() < edge[:, 24 + 15 :].min()

    def test_it_is_that_of_the_brightest_band_there_is(self):
        rough, plain = self.halves(), np.full(SHAPE, 0.3, "float32")
        both = features_of({Role.BLUE: plain, Role.RED: plain, Role.NIR: rough})
        assert np.array_equal(both.of("texture"), features_of({Role.NIR: rough}).of("texture"))
        assert not features_of({Role.BLUE: rough, Role.RED: plain}).of("texture").any()

    def test_beside_a_gap_plain_ground_is_as_plain_as_elsewhere(self):
        band = self.halves()
        band[6:14, 2:6] = np.nan
        features = features_of({Role.RED: band})
        texture, known = features.of("texture"), features.known[features.names.index("texture")]
        assert np.array_equal(known, np.isfinite(band))
        plain = known & (COLS < 9)
        assert texture[plain].max() < texture[:, 15:].min()

    def test_there_is_none_without_an_optical_band(self):
        assert "texture" not in features_of({Role.CO_POL: light()}).names


class TestOthers:
    def test_backscatter_is_taken_in_decibel(self):
        sigma = light(0.001, 0.5)
        sigma[0, 0] = 0.0
        expected = 10.0 * np.log10(np.maximum(sigma, 1e-4))
        assert features_of({Role.CROSS_POL: sigma}).of("cross_pol") == pytest.approx(
            normalised(expected.astype("float32"), everywhere()), abs=1e-4
        )

    def test_a_probability_is_taken_as_log_odds_and_no_surer_than_a_hundredth(self):
        probability = light(0.02, 0.98)
        probability[0, 0], probability[0, 1] = 0.0, 1.0
        inside = np.clip(probability, 0.01, 0.99)
        expected = normalised(np.log(inside / (1.0 - inside)), everywhere())
        found = features_of({Role.RED: light()}, probability).of("probability")
        assert found == pytest.approx(expected, abs=1e-4)
        assert found[0, 1] == pytest.approx(-found[0, 0], abs=0.3)

    def test_the_models_opinion_alone_is_nothing_seen(self):
        """Ground is seen where a layer tells of it; that a model has an opinion there is no data."""
        red = light()
        red[:, :5] = np.nan
        features = features_of({Role.RED: red}, light(0.1, 0.9))
        assert np.array_equal(features.seen, np.isfinite(red))
        assert features.known[features.names.index("probability")].all()

    def test_an_unknown_name_is_a_key_error_that_names_it(self):
        features = features_of({Role.RED: light()})
        assert np.array_equal(features.of("red"), features.values[0])
        with pytest.raises(KeyError, match="ndsi"):
            features.of("ndsi")

    def test_bands_that_are_not_given_make_no_feature_and_the_order_is_always_the_same(self):
        bands = {Role.CROSS_POL: light(), Role.SWIR1: light(), Role.ELEVATION: light(), Role.GREEN: light()}
        names = features_of(bands).names
        assert names == ("green", "swir1", "ndsi", "curvature", "texture", "cross_pol")
        assert features_of(dict(reversed(bands.items()))).names == names

    def test_the_bands_are_not_written_to(self):
        bands = {Role.GREEN: light(), Role.RED: light(), Role.SWIR1: light(), Role.ELEVATION: light(0.0, 90.0)}
        bands[Role.RED][4, 4] = np.nan
        before = {role: band.copy() for role, band in bands.items()}
        features_of(bands, light())
        assert all(np.array_equal(bands[role], before[role], equal_nan=True) for role in bands)


class TestSmoothing:
    def test_a_gap_does_not_pull_its_surroundings_down(self):
        values = np.full(SHAPE, 2500.0, "float32")
        values[8:12, 8:12] = np.nan
        smoothed = smooth(values, 2.0)
        assert np.array_equal(np.isnan(smoothed), np.isnan(values))
        assert smoothed[~np.isnan(values)] == pytest.approx(2500.0, abs=0.01)

    def test_a_peak_is_spread_and_its_sum_kept(self):
        values = np.zeros((31, 31), "float32")
        values[15, 15] = 1.0
        smoothed = smooth(values, 2.0)
        assert smoothed.sum() == pytest.approx(1.0, abs=1e-4)
        assert smoothed[15, 15] == smoothed.max() == pytest.approx(1.0 / (2.0 * np.pi * 4.0), rel=0.02)
