"""What a network takes of a scene: roles, scalings, gaps, places; numbers worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from tiny_networks import tiny_card

from glacier_mapper.core.branches import REGION_CODES, Branch
from glacier_mapper.core.errors import MissingRoleError, UnknownModelError
from glacier_mapper.core.grid import Grid
from glacier_mapper.core.model_card import (
    BandScaling,
    BranchSpec,
    Calibration,
    CalibrationKind,
    Location,
    NoData,
    Scaler,
    Tiling,
)
from glacier_mapper.core.models import BAND_RATIO
from glacier_mapper.core.request import BandSource, MapRequest, NetworkSettings
from glacier_mapper.core.roles import OPTICAL_ROLES, Role
from glacier_mapper.runner.models import NetworkModel, load_model, model_infos
from glacier_mapper.runner.models.network import scale, with_stand_ins
from glacier_mapper.runner.models.package import Package
from glacier_mapper.runner.models.places import Places, coordinate_vector, region_at, region_vector

NAN = float("nan")


def request_for(roles, **network):
    return MapRequest(tuple(BandSource(role, "a.tif") for role in roles), "out", network=NetworkSettings(**network))


def network_of(card, roles, **network):
    from pathlib import Path

    return NetworkModel(Package(Path("tiny"), card), request_for(roles, **network))


def image(*values):
    """One row of pixels."""
    return np.array([values], np.float32)


def optical(**bands):
    """Six bands of one row; those not named are 0.5."""
    count = len(next(iter(bands.values())))
    return {role: image(*bands.get(role.value, [0.5] * count)) for role in OPTICAL_ROLES}


class TestRoles:
    def test_slope_is_the_scenes_to_compute(self):
        network = network_of(tiny_card(), (*OPTICAL_ROLES, Role.ELEVATION))
        assert network.roles == {*OPTICAL_ROLES, Role.ELEVATION, Role.SLOPE}
        assert network.notes() == []

    def test_a_missing_branch_is_named(self):
        with pytest.raises(MissingRoleError) as caught:
            network_of(tiny_card(), OPTICAL_ROLES)
        assert "Tiny tiny" in str(caught.value)
        assert caught.value.details["roles"] == "Elevation, Slope"

    def test_one_orbit_stands_in_for_both_and_that_is_said(self):
        network = network_of(tiny_card(("optical", "co_pol_sar")), (*OPTICAL_ROLES, Role.CO_POL))
        assert network.roles == {*OPTICAL_ROLES, Role.CO_POL}
        (note,) = network.notes()
        assert str(note) == (
            "Radar co-pol backscatter, second orbit is missing; Radar co-pol backscatter takes its place."
        )
        bands = {**optical(blue=[0.1]), Role.CO_POL: image(0.25)}
        assert network.features(bands).inputs["co_pol_sar"].ravel().tolist() == [0.25, 0.25]

    def test_two_orbits_are_both_read(self):
        network = network_of(tiny_card(("co_pol_sar",)), (Role.CO_POL, Role.CO_POL_2))
        bands = {Role.CO_POL: image(0.25), Role.CO_POL_2: image(0.5)}
        assert network.features(bands).inputs["co_pol_sar"].ravel().tolist() == [0.25, 0.5]
        assert network.notes() == []

    def test_names_with_a_comma_of_their_own_are_kept_apart(self):
        spec = replace(tiny_card(("co_pol_sar", "cross_pol_sar")), needs=(frozenset({Role.CO_POL}),))
        network = network_of(spec, (Role.CO_POL,))
        note = next(note for note in network.notes() if "runs without" in str(note))
        assert "without Radar cross-pol backscatter; Radar cross-pol backscatter, second orbit, which" in str(note)

    def test_what_the_package_can_do_without_is_left_out_and_said(self):
        card = tiny_card(("optical", "thermal"), needs=(frozenset({Role.RED, Role.SWIR1}),), no_data=NoData.NAN)
        network = network_of(card, (Role.RED, Role.SWIR1))
        assert network.roles == {Role.RED, Role.SWIR1}
        assert "Blue; Green; Near infrared" in str(network.notes()[0])
        features = network.features({Role.RED: image(0.1), Role.SWIR1: image(0.2)})
        np.testing.assert_array_equal(
            features.inputs["optical"].ravel(), np.array([NAN, NAN, 0.1, NAN, 0.2, NAN], np.float32)
        )
        assert np.isnan(features.inputs["thermal"]).all()

    def test_a_layer_that_does_not_meet_the_view_is_missing_after_all(self):
        class Scene:
            roles = frozenset(OPTICAL_ROLES)
            grid = Grid("EPSG:32632", (600000.0, 5200000.0), 10.0, (10, 10))

        network = network_of(tiny_card(), (*OPTICAL_ROLES, Role.ELEVATION))
        with pytest.raises(MissingRoleError):
            network.prepare(Scene(), lambda: False)

    def test_stand_ins(self):
        assert with_stand_ins({Role.ELEVATION, Role.COHERENCE}) == {
            Role.ELEVATION, Role.SLOPE, Role.COHERENCE, Role.COHERENCE_2,
        }  # fmt: skip


class TestScaling:
    @pytest.mark.parametrize(
        ("scaling", "log10", "value", "expected"),
        [
            (BandScaling(Scaler.NONE), False, 0.7, 0.7),
            (BandScaling(Scaler.MIN_MAX, -1.0, 3.0), False, 0.0, 0.25),
            (BandScaling(Scaler.MIN_MAX, 0.0, 2.0), False, 5.0, 2.5),  # not clipped
            (BandScaling(Scaler.Z_SCORE, 10.0, 4.0), False, 12.0, 0.5),
            (BandScaling(Scaler.MIN_MAX, -6.0, 0.0), True, 0.0, 0.0),  # log10(1e-6) = -6
            (BandScaling(Scaler.MIN_MAX, -6.0, 0.0), True, 1e-3 - 1e-6, 0.5),
            (BandScaling(Scaler.NONE), True, 100.0, 2.0),
        ],
    )
    def test_by_hand(self, scaling, log10, value, expected):
        out = np.empty((1, 1), np.float32)
        scale(np.full((1, 1), value, np.float32), scaling, log10, out)
        assert out[0, 0] == pytest.approx(expected, abs=2e-6)

    def test_what_has_no_logarithm_is_a_gap(self):
        out = np.empty((1, 3), np.float32)
        scale(image(-1.0, -1e-6, NAN), BandScaling(Scaler.NONE), True, out)
        assert np.isnan(out).all()

    def test_elevation_keeps_its_centimetres(self):
        """The published range of elevation: a step of 1 cm is 1.2e-6 after scaling."""
        low, high = -103.29675627387357, 8349.427068840781
        out = np.empty((1, 2), np.float32)
        scale(image(3000.0, 3000.01), BandScaling(Scaler.MIN_MAX, low, high), False, out)
        assert out[0, 0] == pytest.approx((3000.0 - low) / (high - low), abs=1e-7)
        assert out[0, 1] - out[0, 0] == pytest.approx(1.2e-6, rel=0.2)

    def test_long_strips_are_scaled_in_pieces(self):
        rng = np.random.default_rng(3)
        bands = {role: rng.random((300, 700), np.float32) for role in (*OPTICAL_ROLES, Role.ELEVATION, Role.SLOPE)}
        network = network_of(tiny_card(), (*OPTICAL_ROLES, Role.ELEVATION))
        features = network.features(bands)
        np.testing.assert_array_equal(features.inputs["optical"], np.stack([bands[role] for role in OPTICAL_ROLES]))
        assert features.valid.all()


class TestGaps:
    SPEC = BranchSpec(Branch.OPTICAL, (BandScaling(Scaler.MIN_MAX, -1.0, 1.0),) * 6)

    def card(self, no_data, branches=("optical", "dem")):
        card = tiny_card(branches, no_data=no_data)
        return replace(card, branches=(self.SPEC, *card.branches[1:]))

    def bands(self):
        """Four pixels: all there; no optical; blue alone is missing; no elevation."""
        gap = {role.value: [0.0, NAN, 0.0, 0.0] for role in OPTICAL_ROLES}
        gap["blue"] = [0.0, NAN, NAN, 0.0]
        terrain = {Role.ELEVATION: image(0.2, 0.2, 0.2, NAN), Role.SLOPE: image(0.3, 0.3, 0.3, NAN)}
        return {**optical(**gap), **terrain}

    @pytest.mark.parametrize(
        ("no_data", "blue", "elevation"),
        [
            (NoData.ZERO, [0.5, 0.0, 0.0, 0.5], [0.2, 0.2, 0.2, 0.0]),
            (NoData.RAW_ZERO, [0.5, 0.5, 0.5, 0.5], [0.2, 0.2, 0.2, 0.0]),
            (NoData.NAN, [0.5, NAN, NAN, 0.5], [0.2, 0.2, 0.2, NAN]),
        ],
        ids=["zero after scaling", "optical zero before scaling", "NaN"],
    )
    def test_what_the_network_sees(self, no_data, blue, elevation):
        features = network_of(self.card(no_data), (*OPTICAL_ROLES, Role.ELEVATION)).features(self.bands())
        np.testing.assert_allclose(features.inputs["optical"][0, 0], blue)
        np.testing.assert_allclose(features.inputs["dem"][0, 0], elevation, rtol=1e-6)
        assert features.valid[0].tolist() == [True, False, True, True]

    def test_the_reference_puts_optical_gaps_to_zero_before_scaling(self):
        card = replace(self.card(NoData.RAW_ZERO), architecture="glavitu")
        network = network_of(card, (*OPTICAL_ROLES, Role.ELEVATION), parity="reference")
        assert network.features(self.bands()).inputs["optical"][0, 0].tolist() == [0.5] * 4

    def test_a_network_that_masks_for_itself_maps_where_radar_sees_through(self):
        card = tiny_card(("optical", "dem", "co_pol_sar"), no_data=NoData.NAN)
        network = network_of(card, (*OPTICAL_ROLES, Role.ELEVATION, Role.CO_POL))
        bands = {**self.bands(), Role.CO_POL: image(NAN, 0.1, NAN, NAN)}
        assert network.features(bands).valid[0].tolist() == [True, True, True, True]
        bands = {**self.bands(), Role.CO_POL: image(NAN, NAN, NAN, NAN)}
        assert network.features(bands).valid[0].tolist() == [True, False, True, True]

    def test_without_an_optical_branch_any_band_is_data(self):
        network = network_of(tiny_card(("dem", "co_pol_sar")), (Role.ELEVATION, Role.CO_POL))
        bands = {Role.ELEVATION: image(1, 1), Role.SLOPE: image(1, 1), Role.CO_POL: image(0.5, NAN)}
        assert network.features(bands).valid[0].tolist() == [True, False]
        network = network_of(tiny_card(("dem",)), (Role.ELEVATION,))
        bands = {Role.ELEVATION: image(1, NAN), Role.SLOPE: image(1, NAN)}
        assert network.features(bands).valid[0].tolist() == [True, False]


class TestTiling:
    @pytest.mark.parametrize(
        ("network", "stride", "window"),
        [
            ({}, 96, "cosine"),
            ({"overlap": 0.5}, 192, "cosine"),
            ({"overlap": 0.0}, 384, "cosine"),
            ({"overlap": 0.875}, 48, "cosine"),
            ({"window": "gaussian"}, 96, "gaussian"),
            ({"parity": "reference"}, 192, "gaussian"),
            ({"parity": "reference", "window": "gaussian"}, 192, "gaussian"),
        ],
    )
    def test_the_request_changes_the_packages(self, network, stride, window):
        card = tiny_card(
            tiling=Tiling(384, 96, "cosine", True), architecture="fusion-resunet", no_data=NoData.RAW_ZERO
        )
        tiling = network_of(card, (*OPTICAL_ROLES, Role.ELEVATION), **network).tiling
        assert (tiling.patch_px, tiling.stride_px, tiling.window) == (384, stride, window)


class TestPlaces:
    @pytest.mark.parametrize(
        ("name", "longitude", "latitude", "code"),
        [
            ("Aletsch", 8.0, 46.5, "ALP"),
            ("Svartisen", 14.0, 66.6, "SC"),
            ("Lyngen", 20.2, 69.6, "SC"),
            ("Longyearbyen", 15.6, 78.2, "SVAL"),
            ("Elbrus", 42.4, 43.3, "CA"),
            ("Khumbu", 86.8, 28.0, "HMA"),
            ("Tien Shan", 80.0, 42.0, "HMA"),
            ("Baltoro", 76.3, 35.7, "HMA"),
            ("Denali", -151.0, 63.0, "AWA"),
            ("Columbia Icefield", -117.3, 52.2, "AWA"),
            ("Aasiaat", -50.0, 68.7, "GR"),
            ("Vatnajökull", -16.8, 64.4, "unknown"),
            ("Devon Island", -82.0, 75.3, "unknown"),
            ("Baffin Island", -70.0, 70.0, "unknown"),
            ("Severny Island", 62.0, 76.0, "unknown"),
            ("Huascarán", -77.6, -9.1, "LL"),
            ("Kilimanjaro", 37.4, -3.1, "LL"),
            ("Perito Moreno", -73.1, -50.5, "SA"),
            ("Aoraki", 170.1, -43.6, "NZ"),
            ("South Georgia", -36.5, -54.4, "AN"),
            ("King George Island", -58.5, -62.1, "AN"),
            ("McMurdo", 166.7, -77.8, "unknown"),
            ("Aoraki, once round", 530.1, -43.6, "NZ"),
            ("Gulf of Guinea", 0.0, 0.0, "LL"),
            ("Warsaw", 21.0, 52.2, "unknown"),
        ],
    )
    def test_regions(self, name, longitude, latitude, code):
        assert region_at(longitude, latitude) == code, name

    def test_vectors(self):
        assert region_vector("HMA").tolist() == [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
        assert region_vector("unknown").tolist() == [0] * 11 + [1]
        expected = [math.sin(0.5), math.cos(0.5), math.sin(-1.0), math.cos(-1.0)]
        np.testing.assert_allclose(coordinate_vector(math.degrees(-1.0), math.degrees(0.5)), expected, rtol=1e-6)

    def test_pixels_on_the_earth(self):
        """EPSG:32632 has its central meridian, 9 E, at x = 500 km."""
        places = Places(Grid("EPSG:32632", (490_000.0, 5_100_000.0), 10.0, (2000, 2000)))
        assert places.at(100, 1000)[0] == pytest.approx(9.0, abs=1e-9)
        assert places.centre() == places.at(1000, 1000)
        assert places.centre()[1] == pytest.approx(45.96, abs=0.01)


class TestLocation:
    GRID = Grid("EPSG:32632", (490_000.0, 5_100_000.0), 10.0, (2000, 2000))

    def network(self, location, **more):
        settings = {key: more.pop(key) for key in ("region",) if key in more}
        card = tiny_card(location=location, **more)
        network = network_of(card, (*OPTICAL_ROLES, Role.ELEVATION), **settings)
        network.place(self.GRID)
        return network

    def test_the_region_is_found_from_the_place_and_that_is_said(self):
        network = self.network(Location.REGION)
        assert network.location(0, 0).tolist() == region_vector("ALP").tolist()
        assert "ALP" in str(network.notes()[0])
        assert "Set it where it is wrong" in str(network.notes()[0])

    @pytest.mark.parametrize("code", REGION_CODES)
    def test_the_region_that_was_set_is_taken(self, code):
        network = self.network(Location.REGION, region=code)
        assert network.location(0, 0).tolist() == region_vector(code).tolist()
        assert str(network.notes()[0]) == f"The model is told the region {code}, as set."

    def test_coordinates_are_those_of_the_patch(self):
        network = self.network(Location.COORDINATES)
        here, there = network.location(100, 1000), network.location(1900, 1000)
        assert here[2:] == pytest.approx([math.sin(math.radians(9)), math.cos(math.radians(9))], abs=1e-6)
        # 18 km to the south: 18 / 111.13 degrees of latitude
        turned = math.degrees(math.asin(here[0]) - math.asin(there[0]))
        assert turned == pytest.approx(18.0 / 111.13, rel=1e-3)

    def test_a_network_that_is_told_nothing(self):
        network = self.network(Location.NONE)
        assert network.location(0, 0) is None
        assert network.notes() == []

    def test_a_calibration_by_region_is_told(self):
        calibration = Calibration(CalibrationKind.TEMPERATURE, 1.0, by_region={"ALP": 2.0})
        network = self.network(Location.NONE, calibration=calibration)
        assert network.calibration_vector.tolist() == region_vector("ALP").tolist()
        assert "ALP" in str(network.notes()[0])


class TestRegistry:
    def test_a_folder_is_a_model_and_so_is_the_name_of_an_installed_one(self, tmp_path, monkeypatch):
        from tiny_networks import tiny_package

        package = tiny_package(tmp_path / "models" / "mine")
        request = request_for((*OPTICAL_ROLES, Role.ELEVATION))
        assert load_model(str(package.folder), request).card.name == "mine"
        with pytest.raises(UnknownModelError):
            load_model("mine", request)
        monkeypatch.setenv("GLACIER_MAPPER_MODELS", str(tmp_path / "models"))
        model = load_model("mine", request)
        assert isinstance(model, NetworkModel)
        assert {info.name for info in model_infos()} == {BAND_RATIO.name, "mine", "compact"}
        used = model.settings_used()
        assert used["package"]["sha256"] == package.card.file.sha256
        assert used["tiling"] == {"patch_px": 64, "stride_px": 32, "window": "cosine"}
