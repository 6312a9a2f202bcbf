"""The words and numbers that names are read by, and that no text upsets the guessing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glacier_mapper.core import names
from glacier_mapper.core.guess import BandDescription, guess_roles
from glacier_mapper.core.roles import Role
from glacier_mapper.core.scaling import acquisition_date, known_scaling
from glacier_mapper.core.sensors import BANDS, STACKS, Sensor, baseline_of, day_of


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Band 1", ""), ("Band 1 (Gray)", ""), ("Band 01: blue", "blue"), ("Band 3 (Red)", "Red"), ("  nir ", "nir"),
     ("bandwidth", "bandwidth"), ("Band 4: SR_B4", "SR_B4")],
)  # fmt: skip
def test_descriptions_without_qgis_prefix(text, plain):
    assert names.plain_description(text) == plain


@pytest.mark.parametrize(
    ("text", "number"),
    [("B4", "4"), ("B04", "4"), ("B8A", "8A"), ("b12", "12"), ("SR_B5", "5"), ("ST_B10", "10"), ("Band 4", ""),
     ("band4", "4"), ("B6_VCID_1", "6_VCID_1"), ("B02_10m", "2"), ("blue", ""), ("AB4", ""), ("B123", "")],
)  # fmt: skip
def test_band_numbers_in_descriptions(text, number):
    assert names.band_id(text) == number


@pytest.mark.parametrize(
    ("name", "number"),
    [("x_B4.TIF", ("4", 0)), ("T32TPT_20200715T101031_B08_10m.jp2", ("8", 10)), ("x_B8A_20m.tif", ("8A", 20)),
     ("x_SR_B5.TIF", ("5", 0)), ("x_B6_VCID_2.TIF", ("6_VCID_2", 0)), ("B04.tif", ("4", 0)), ("climb4.tif", ("", 0)),
     ("x_B4_toa.tif", ("4", 0)), ("x_B4_notes.tif", ("", 0))],
)  # fmt: skip
def test_band_numbers_in_file_names(name, number):
    assert names.band_id_in_file(name) == number


@pytest.mark.parametrize(
    ("name", "words"),
    [("srtm3_UTM32.tif", ["srtm", "utm"]), ("swissALTI3D-dtm.tif", ["swiss", "alti", "d", "dtm"]),
     ("/a/b/Höhe dem.vrt", ["höhe", "dem"]), (r"C:\x\myDem.tif", ["my", "dem"])],
)  # fmt: skip
def test_words(name, words):
    assert names.words_of(name) == words


@pytest.mark.parametrize(
    ("ids", "texts", "sensor"),
    [(["2", "8A"], ["B2", "B8A"], Sensor.MSI), (["2"], ["B02"], Sensor.MSI), (["10"], ["B10"], Sensor.OLI),
     (["6_VCID_1"], ["B6_VCID_1"], Sensor.ETM), (["6"], ["ST_B6"], Sensor.TM), (["6"], ["SR_B6"], Sensor.OLI),
     (["5", "7"], ["SR_B5", "SR_B7"], Sensor.TM), (["2", "3"], ["B2", "B3"], None), ([], [], None)],
)  # fmt: skip
def test_sensors_by_their_numbering(ids, texts, sensor):
    assert names.sensor_of_ids(ids, texts) is sensor


@pytest.mark.parametrize("sensor", list(Sensor))
def test_every_sensor_has_the_six_optical_roles_and_stacks_of_its_bands(sensor):
    assert {Role.BLUE, Role.GREEN, Role.RED, Role.NIR, Role.SWIR1, Role.SWIR2} <= set(BANDS[sensor].values())
    assert all(count == len(order) for count, order in STACKS[sensor].items())
    assert sensor.is_landsat is (sensor is not Sensor.MSI)


@pytest.mark.parametrize(
    ("text", "baseline"), [("04.00", 4.0), ("N0214", 2.14), ("05.11", 5.11), ("", None), ("new", None)]
)
def test_baselines(text, baseline):
    assert baseline_of({"PROCESSING_BASELINE": text}) == (pytest.approx(baseline) if baseline else None)


def test_days_of_the_year():
    assert day_of(2020, 366) == "2020-12-31"
    assert day_of(2021, 1) == "2021-01-01"


any_band = st.builds(
    BandDescription,
    layer_id=st.sampled_from(["a", "b", "c"]),
    layer=st.text(max_size=20),
    path=st.one_of(st.just(""), st.from_regex(r"/data/[A-Za-z0-9_ .äß-]{1,40}\.(tif|jp2)", fullmatch=True)),
    band=st.integers(1, 14),
    band_count=st.integers(1, 14),
    description=st.one_of(st.text(max_size=12), st.sampled_from(["red", "B4", "SR_B5", "swir16", "Band 1 (Gray)"])),
    wavelength_nm=st.floats(0, 20_000),
    unit=st.sampled_from(["", "m", "K"]),
    dtype=st.sampled_from(["uint8", "uint16", "float32", ""]),
    metadata=st.dictionaries(st.sampled_from(["WAVELENGTH", "PLATFORM", "DATETIME"]), st.text(max_size=12)),
).filter(lambda band: band.band <= band.band_count)


@settings(max_examples=150, deadline=None)
@given(st.lists(any_band, max_size=8))
def test_any_bands_give_each_role_and_each_band_at_most_once(bands):
    guesses = guess_roles(bands)
    assert len({g.role for g in guesses}) == len(guesses)
    assert len({(g.layer_id, g.band) for g in guesses}) == len(guesses)
    for guess in guesses:
        assert 0.0 < guess.certainty <= 1.0
        assert str(guess.reason).endswith(".")
    for band in bands:
        assert acquisition_date(band) == "" or len(acquisition_date(band)) == 10
        scaling = known_scaling(band, Role.RED)
        assert scaling is None or scaling.scale > 0
