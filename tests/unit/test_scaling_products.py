"""Known scalings by product (standards 7.3) and acquisition dates."""

from __future__ import annotations

import math

import pytest

from glacier_mapper.core.guess import BandDescription
from glacier_mapper.core.roles import Role
from glacier_mapper.core.scaling import acquisition_date, chosen_scaling, known_scaling
from glacier_mapper.core.scaling_choice import AUTO_SCALING, SCALINGS, scaling_choices
from glacier_mapper.core.sensors import Product, Sensor, product_of

L8_L1 = "LC08_L1TP_204023_20200927_20201005_02_T1"


def band(name, dtype="uint16", description="", count=1, number=1, **metadata):
    tags = {key.replace("__", ":"): value for key, value in metadata.items()}
    return BandDescription("id", "", f"/data/{name}", number, count, description, dtype=dtype, metadata=tags)


def numbers(scaling):
    return scaling.scale, scaling.offset, scaling.nodata


@pytest.mark.parametrize(
    "name", ["LC09_L2SP_204023_20220927_20221005_02_T1_SR_B4.TIF", "LT05_L2SP_193027_19900927_20201005_02_T1_SR_B3.TIF"]
)
def test_landsat_level_2(name):
    assert numbers(known_scaling(band(name), Role.RED)) == (2.75e-5, -0.2, 0.0)
    assert numbers(known_scaling(band(name), Role.THERMAL)) == (0.00341802, 149.0, 0.0)


def test_exports_that_keep_landsats_band_names():
    assert numbers(known_scaling(band("export.tif", description="SR_B4", count=7), Role.RED)) == (2.75e-5, -0.2, 0.0)
    assert known_scaling(band("export.tif", description="B4", count=7), Role.RED) is None


def test_landsat_level_1_reflectance_is_divided_by_the_sine_of_the_suns_height():
    scaling = known_scaling(band(f"{L8_L1}_B4.TIF", SUN_ELEVATION="30.0"), Role.RED)
    assert numbers(scaling) == pytest.approx((4e-5, -0.2, 0.0))
    assert "30.0" in str(scaling.reason)


def test_landsat_5_level_1_needs_its_metadata():
    name = "LT05_L1TP_193027_19900927_20201005_02_T1_B5.TIF"
    assert known_scaling(band(name), Role.SWIR1) is None
    tags = {"REFLECTANCE_MULT_BAND_5": "0.0025", "REFLECTANCE_ADD_BAND_5": "-0.004", "SUN_ELEVATION": "90"}
    assert numbers(known_scaling(band(name, **tags), Role.SWIR1)) == pytest.approx((0.0025, -0.004, 0.0))


def test_a_sun_below_the_horizon_is_not_believed():
    scaling = known_scaling(band(f"{L8_L1}_B4.TIF", SUN_ELEVATION="-3"), Role.RED)
    assert numbers(scaling) == (2e-5, -0.1, 0.0)
    assert "MTL" in str(scaling.reason)


def test_landsat_level_1_thermal_has_plancks_constants():
    tags = {"RADIANCE_MULT_BAND_10": "3.342E-04", "RADIANCE_ADD_BAND_10": "0.1", "K1_CONSTANT_BAND_10": "774.8853",
            "K2_CONSTANT_BAND_10": "1321.0789"}  # fmt: skip
    scaling = known_scaling(band(f"{L8_L1}_B10.TIF", **tags), Role.THERMAL)
    assert scaling.planck_k1_k2 == (774.8853, 1321.0789)
    assert not scaling.is_identity
    assert known_scaling(band(f"{L8_L1}_B10.TIF"), Role.THERMAL) is None
    assert known_scaling(band(f"{L8_L1}_B10.TIF", **{**tags, "K1_CONSTANT_BAND_10": "nan"}), Role.THERMAL) is None


S2_TILE = "T32TPT_20220715T101031_B04_10m.jp2"
S2_OLD_TILE = "T32TPT_20200715T101031_B04_10m.jp2"


@pytest.mark.parametrize(
    ("name", "tags", "offset", "words"),
    [
        ("S2A_MSIL1C_20200715T101031_N0209_R022_T32TPT_1.SAFE/B04.jp2", {}, 0.0, "02.09"),
        ("S2A_MSIL2A_20220715T101031_N0400_R022_T32TPT_1.SAFE/B04.jp2", {}, -0.1, "04.00"),
        ("S2A_MSIL2A_20170715T101031_N0500_R022_T32TPT_1.SAFE/B04.jp2", {}, -0.1, "05.00"),
        (S2_OLD_TILE, {"PROCESSING_BASELINE": "05.10"}, -0.1, "05.10"),
        (S2_TILE, {"s2__processing_baseline": "03.01"}, 0.0, "03.01"),
        (S2_TILE, {"BOA_ADD_OFFSET": "-1000"}, -0.1, "metadata"),
        (S2_TILE, {"RADIO_ADD_OFFSET": "0"}, 0.0, "metadata"),
        (S2_TILE, {"earthsearch__boa_offset_applied": "true", "BOA_ADD_OFFSET": "-1000"}, 0.0, "already"),
        (S2_TILE, {"earthsearch__boa_offset_applied": "false"}, -0.1, "date"),
        ("S2A_32TPT_20230715_0_L2A/B04.tif", {}, 0.0, "Earth Search"),
        (S2_TILE, {}, -0.1, "Please check"),
        (S2_OLD_TILE, {}, 0.0, "Please check"),
        ("export_B4.tif", {"SPACECRAFT_NAME": "Sentinel-2A"}, 0.0, "unknown"),
    ],
)
def test_sentinel_2_offset(name, tags, offset, words):
    scaling = known_scaling(band(name, **tags), Role.RED)
    assert numbers(scaling) == pytest.approx((1e-4, offset, 0.0))
    assert words in str(scaling.reason)


def test_sentinel_2_quantification():
    scaling = known_scaling(band(S2_OLD_TILE, QUANTIFICATION_VALUE="1000"), Role.RED)
    assert scaling.scale == pytest.approx(1e-3)


def test_floats_and_other_roles_have_no_known_scaling():
    assert known_scaling(band(S2_TILE, dtype="float32"), Role.RED) is None
    assert known_scaling(band("dem.tif", dtype="int16"), Role.ELEVATION) is None
    assert known_scaling(band("any.tif"), Role.RED) is None
    assert known_scaling(band(S2_TILE), Role.THERMAL) is None


@pytest.mark.parametrize(
    ("name", "tags", "date"),
    [
        (f"{L8_L1}_B4.TIF", {}, "2020-09-27"),
        ("LC82040232020271LGN00_B4.TIF", {}, "2020-09-27"),
        (S2_TILE, {}, "2022-07-15"),
        ("S2A_OPER_MSI_L1C_TL_SGS__20160808T123456_A005888_T32TPT_B02.jp2", {}, "2016-08-08"),
        ("a.tif", {"DATE_ACQUIRED": "1999-08-31"}, "1999-08-31"),
        ("a.tif", {"datetime": "2021-08-31T10:20:30Z"}, "2021-08-31"),
        ("neg_liverpool_l8_20200927.tif", {}, "2020-09-27"),
        ("glacier_2019-08-04_final.tif", {}, "2019-08-04"),
        ("glacier_20191399.tif", {}, ""),
        ("dem_2000.tif", {}, ""),
        ("id_123456789012.tif", {}, ""),
    ],
)
def test_dates(name, tags, date):
    assert acquisition_date(band(name, **tags)) == date


@pytest.mark.parametrize(
    ("text", "tags", "product"),
    [
        (L8_L1, {}, Product(Sensor.OLI, "L1", "2020-09-27", None, "8_204023_20200927_1")),
        ("", {"SPACECRAFT_ID": "LANDSAT_7", "PROCESSING_LEVEL": "L1TP"}, Product(Sensor.ETM, "L1")),
        ("", {"platform": "landsat-5"}, Product(Sensor.TM)),
        ("", {"PRODUCT_URI": "S2B_MSIL2A_20220715T101031_N0400_R022_T32TPT_1.SAFE"},
         Product(Sensor.MSI, "L2A", "2022-07-15", 4.0, "T32TPT_20220715_L2A")),
        ("", {}, None),
        ("", {"platform": "sentinel-1a"}, None),
    ],
)  # fmt: skip
def test_products(text, tags, product):
    assert product_of(text, tags) == product


def test_metadata_fills_what_the_name_leaves_open():
    tags = {"PROCESSING_BASELINE": "04.00", "SPACECRAFT_NAME": "Sentinel-2B"}
    product = product_of("T32TPT_20220715T101031_B04", tags)
    assert (product.baseline, product.date) == (4.0, "2022-07-15")
    assert math.isclose(product.baseline, 4.0)


# What the analyst chooses


@pytest.mark.parametrize(
    ("choice", "role", "expected"),
    [
        ("landsat-c2-l2", Role.RED, (2.75e-5, -0.2, 0.0)),
        ("landsat-c2-l2", Role.THERMAL, (0.00341802, 149.0, 0.0)),
        ("landsat-c2-l1", Role.SWIR1, (2e-5, -0.1, 0.0)),
        ("sentinel-2-l2a", Role.RED, (1e-4, 0.0, 0.0)),
        ("sentinel-2-l1c", Role.RED, (1e-4, 0.0, 0.0)),
        ("reflectance", Role.NIR, (1.0, 0.0, None)),
        ("reflectance-10000", Role.NIR, (1e-4, 0.0, None)),
    ],
)
def test_a_chosen_scaling_is_taken_for_a_file_that_says_nothing(choice, role, expected):
    assert numbers(chosen_scaling(choice, band("image.tif", description="b1", count=6), role)) == expected


def test_a_chosen_product_uses_what_the_metadata_have():
    tags = {"SUN_ELEVATION": "30", "REFLECTANCE_MULT_BAND_4": "3e-5", "REFLECTANCE_ADD_BAND_4": "-0.15"}
    found = chosen_scaling("landsat-c2-l1", band("image_B4.tif", **tags), Role.RED)
    assert numbers(found) == pytest.approx((6e-5, -0.3, 0.0))
    found = chosen_scaling("sentinel-2-l2a", band("image.tif", DATE_ACQUIRED="2023-08-01"), Role.RED)
    assert numbers(found) == (1e-4, -0.1, 0.0)
    assert "2023-08-01" in str(found.reason)


def test_kelvin_of_level_1_need_the_metadata():
    assert chosen_scaling("landsat-c2-l1", band("image.tif"), Role.THERMAL) is None


def test_the_choices_are_words_with_titles_and_begin_with_the_automatic_one():
    assert scaling_choices()[0][0] == AUTO_SCALING
    assert dict(scaling_choices()) == SCALINGS
    assert all(title[0].isupper() for title in SCALINGS.values())
