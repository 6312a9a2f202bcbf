"""Every product of the table of standards 7.3, each with a stored number and the physical value worked by hand."""

from __future__ import annotations

import math

import pytest

from glacier_mapper.core.guess import BandDescription
from glacier_mapper.core.roles import OPTICAL_ROLES, Role
from glacier_mapper.core.scaling import acquisition_date, known_scaling
from glacier_mapper.core.sensors import BANDS, SECOND_CHOICE, STACKS, Sensor, day_of


def band(name, role_tags=None, dtype="uint16"):
    return BandDescription("id", "", f"/data/{name}", 1, 1, "", dtype=dtype, metadata=role_tags or {})


def physical(name, role, stored, tags=None):
    """The stored number as the project takes it."""
    scaling = known_scaling(band(name, tags), role)
    value = stored * scaling.scale + scaling.offset
    if scaling.planck_k1_k2:
        k1, k2 = scaling.planck_k1_k2
        return k2 / math.log(k1 / value + 1)
    return value


LANDSAT_BANDS = {
    "LT04_L2SP_193027_19880927_20201005_02_T1_SR_B{}.TIF": ("1", "2", "3", "4", "5", "7"),
    "LT05_L2SP_193027_19900927_20201005_02_T1_SR_B{}.TIF": ("1", "2", "3", "4", "5", "7"),
    "LE07_L2SP_193027_20000927_20201005_02_T1_SR_B{}.TIF": ("1", "2", "3", "4", "5", "7"),
    "LC08_L2SP_193027_20200927_20201005_02_T1_SR_B{}.TIF": ("2", "3", "4", "5", "6", "7"),
    "LC09_L2SP_193027_20220927_20221005_02_T1_SR_B{}.TIF": ("2", "3", "4", "5", "6", "7"),
}


@pytest.mark.parametrize("pattern", LANDSAT_BANDS, ids=lambda pattern: pattern[:4])
def test_landsat_surface_reflectance(pattern):
    for number, role in zip(LANDSAT_BANDS[pattern], OPTICAL_ROLES):
        # 18 182 * 2.75e-5 = 0.500005, less 0.2
        assert physical(pattern.format(number), role, 18_182) == pytest.approx(0.300005, abs=1e-9)
        # the darkest that is valid, 7273, is nought to 3 digits in 100 000
        assert physical(pattern.format(number), role, 7_273) == pytest.approx(0.0, abs=1e-5)


@pytest.mark.parametrize("name", [
    "LT05_L2SP_193027_19900927_20201005_02_T1_ST_B6.TIF", "LE07_L2SP_193027_20000927_20201005_02_T1_ST_B6.TIF",
    "LC08_L2SP_193027_20200927_20201005_02_T1_ST_B10.TIF",
])  # fmt: skip
def test_landsat_surface_temperature(name):
    # 36 321 * 0.00341802 = 124.1459, and 149 are the melting point
    assert physical(name, Role.THERMAL, 36_321) == pytest.approx(273.146, abs=1e-3)


@pytest.mark.parametrize(("sun_deg", "wanted"), [("90", 0.3), ("30", 0.6), ("45", 0.3 * math.sqrt(2))])
def test_landsat_top_of_atmosphere_reflectance(sun_deg, wanted):
    # 20 000 * 2e-5 - 0.1 = 0.3, divided by the sine of the sun's height
    tags = {"SUN_ELEVATION": sun_deg, "REFLECTANCE_MULT_BAND_4": "2.0E-05", "REFLECTANCE_ADD_BAND_4": "-0.100000"}
    name = "LC08_L1TP_193027_20200927_20201005_02_T1_B4.TIF"
    assert physical(name, Role.RED, 20_000, tags) == pytest.approx(wanted)


def test_landsat_brightness_temperature():
    tags = {"RADIANCE_MULT_BAND_6": "0.055375", "RADIANCE_ADD_BAND_6": "1.18243", "K1_CONSTANT_BAND_6": "607.76",
            "K2_CONSTANT_BAND_6": "1260.56"}  # fmt: skip
    name = "LT05_L1TP_193027_19900927_20201005_02_T1_B6.TIF"
    # 110 * 0.055375 + 1.18243 = 7.27368; 1260.56 / ln(607.76 / 7.27368 + 1) = 283.99
    assert physical(name, Role.THERMAL, 110, tags) == pytest.approx(1260.56 / math.log(607.76 / 7.27368 + 1))
    assert physical(name, Role.THERMAL, 110, tags) == pytest.approx(284.0, abs=0.2)


SENTINEL = {
    "S2A_MSIL1C_20200715T101031_N0209_R022_T32TPT_20200715T120000.SAFE/{}.jp2": 0.3,
    "S2A_MSIL2A_20210715T101031_N0301_R022_T32TPT_20210715T120000.SAFE/{}_10m.jp2": 0.3,
    "S2B_MSIL1C_20220715T101031_N0400_R022_T32TPT_20220715T120000.SAFE/{}.jp2": 0.2,
    "S2B_MSIL2A_20230715T101031_N0509_R022_T32TPT_20230715T120000.SAFE/{}_20m.jp2": 0.2,
    "S2C_MSIL2A_20250715T101031_N0511_R022_T32TPT_20250715T120000.SAFE/{}_20m.jp2": 0.2,
    # reprocessed into Collection 1: the baseline counts, not the date
    "S2A_MSIL2A_20160715T101031_N0500_R022_T32TPT_20230715T120000.SAFE/{}_20m.jp2": 0.2,
}


@pytest.mark.parametrize("pattern", SENTINEL, ids=lambda pattern: pattern[:32])
def test_sentinel_2_reflectance(pattern):
    numbers = ("B02", "B03", "B04", "B08", "B11", "B12")
    for number, role in zip(numbers, OPTICAL_ROLES):
        assert physical(pattern.format(number), role, 3000) == pytest.approx(SENTINEL[pattern])
    assert physical(pattern.format("B8A"), Role.NIR, 10_000) == pytest.approx(SENTINEL[pattern] + 0.7)


@pytest.mark.parametrize(("flag", "offset", "wanted"), [
    ("true", "-1000", 0.3), ("True", "-1000", 0.3), ("false", "-1000", 0.2), ("", "0", 0.3), ("", None, 0.2),
])  # fmt: skip
def test_earth_searchs_flag_outweighs_the_offset_it_still_names(flag, offset, wanted):
    tags = {"s2:processing_baseline": "05.09", "earthsearch:boa_offset_applied": flag}
    if offset is not None:
        tags["BOA_ADD_OFFSET"] = offset
    assert physical("T32TPT_20230715T101031_B04.tif", Role.RED, 3000, tags) == pytest.approx(wanted)


class TestTables:
    @pytest.mark.parametrize("sensor", Sensor, ids=lambda sensor: sensor.name)
    def test_each_sensor_has_each_optical_role_once_and_seconds_for_some(self, sensor):
        first = [role for number, role in BANDS[sensor].items() if (sensor, number) not in SECOND_CHOICE]
        assert set(OPTICAL_ROLES) <= set(first)
        assert len([role for role in first if role in OPTICAL_ROLES]) == len(OPTICAL_ROLES)

    @pytest.mark.parametrize("sensor", Sensor, ids=lambda sensor: sensor.name)
    def test_a_stack_has_as_many_bands_as_it_says_each_once(self, sensor):
        for count, numbers in STACKS[sensor].items():
            assert len(numbers) == len(set(numbers)) == count

    def test_the_six_bands_of_a_stack_are_the_six_roles_in_order(self):
        for sensor in Sensor:
            assert tuple(BANDS[sensor][number] for number in STACKS[sensor][6]) == OPTICAL_ROLES


class TestDays:
    @pytest.mark.parametrize(("year", "day", "wanted"), [
        (2020, 1, "2020-01-01"), (2020, 366, "2020-12-31"), (2019, 365, "2019-12-31"), (2000, 60, "2000-02-29"),
        (2019, 366, ""), (2020, 0, ""), (0, 12, ""), (9999, 999, ""),
    ])  # fmt: skip
    def test_of_the_year(self, year, day, wanted):
        assert day_of(year, day) == wanted

    @pytest.mark.parametrize("name", ["LC80820400000271LGN00_B4.TIF", "LC80820409999999LGN00_B4.TIF"])
    def test_a_name_with_an_impossible_date_has_none(self, name):
        assert acquisition_date(band(name)) == ""
