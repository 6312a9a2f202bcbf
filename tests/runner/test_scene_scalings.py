"""Which scaling a file gets: by hand, from the file, from its product and the metadata beside it."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from glacier_mapper.core.request import BandSource, MapRequest
from glacier_mapper.core.roles import Role
from glacier_mapper.runner.scene import open_scene
from glacier_mapper.runner.scene.decode import Decoder
from glacier_mapper.runner.scene.sidecar import read_mtd, read_mtl, sidecar_tags

L1 = "LC08_L1TP_193027_20200927_20201005_02_T1"
MTL = """GROUP = LANDSAT_METADATA_FILE
  GROUP = IMAGE_ATTRIBUTES
    SPACECRAFT_ID = "LANDSAT_8"
    DATE_ACQUIRED = 2020-09-27
    SUN_ELEVATION = 30.00000000
  END_GROUP = IMAGE_ATTRIBUTES
  GROUP = LEVEL1_RADIOMETRIC_RESCALING
    RADIANCE_MULT_BAND_10 = 3.3420E-04
    RADIANCE_ADD_BAND_10 = 0.10000
    REFLECTANCE_MULT_BAND_4 = 2.0000E-05
    REFLECTANCE_ADD_BAND_4 = -0.100000
  END_GROUP = LEVEL1_RADIOMETRIC_RESCALING
  GROUP = LEVEL1_THERMAL_CONSTANTS
    K1_CONSTANT_BAND_10 = 774.8853
    K2_CONSTANT_BAND_10 = 1321.0789
  END_GROUP = LEVEL1_THERMAL_CONSTANTS
END_GROUP = LANDSAT_METADATA_FILE
END
"""
MTD = """<n1:Level-1C_User_Product><PROCESSING_BASELINE>04.00</PROCESSING_BASELINE>
<PRODUCT_URI>S2A_MSIL1C_20220815T101031_N0400_R022_T32TPT_20220815T121031.SAFE</PRODUCT_URI>
<QUANTIFICATION_VALUE unit="none">10000</QUANTIFICATION_VALUE>
<RADIO_ADD_OFFSET band_id="2">-990</RADIO_ADD_OFFSET><RADIO_ADD_OFFSET band_id="3">-1000</RADIO_ADD_OFFSET>
</n1:Level-1C_User_Product>"""


def read_one(path, role=Role.RED):
    """First pixel, the reason of its scaling, the completed source."""
    with open_scene(MapRequest((BandSource(role, str(path)),), "unused")) as scene:
        value = scene.read(0, 1, [role])[role][0, 0]
        return float(value), str(scene.scalings[role].reason), scene.sources[role]


def dn(value):
    return np.array([[value, 0]], np.uint16)


def test_landsat_level_1_with_its_mtl(make_raster):
    path = make_raster(f"{L1}_B4.TIF", dn(15_000))
    path.with_name(f"{L1}_MTL.txt").write_text(MTL)
    value, reason, source = read_one(path)
    assert value == pytest.approx((15_000 * 2e-5 - 0.1) / 0.5)  # sin 30 deg
    assert "30.0" in reason
    assert (source.date, source.nodata) == ("2020-09-27", 0.0)


def test_landsat_level_1_without_its_mtl_says_what_is_lacking(make_raster):
    path = make_raster(f"{L1}_B4.TIF", dn(15_000))
    value, reason, _ = read_one(path)
    assert value == pytest.approx(0.2)
    assert "MTL" in reason
    with open_scene(MapRequest((BandSource(Role.RED, str(path)),), "unused")) as scene:
        assert "MTL" in str(scene.notes[0])


def test_landsat_level_1_thermal_is_brightness_temperature(make_raster):
    path = make_raster(f"{L1}_B10.TIF", dn(25_000))
    path.with_name(f"{L1}_MTL.txt").write_text(MTL)
    value, _, source = read_one(path, Role.THERMAL)
    radiance = 25_000 * 3.342e-4 + 0.1
    assert value == pytest.approx(1321.0789 / np.log(774.8853 / radiance + 1), rel=1e-6)
    assert 270 < value < 300
    assert source.scale is None, "a line can't say Planck's law; a repeated run finds it again"


def test_thermal_of_unknown_scaling_is_left_out_and_said(make_raster):
    red = make_raster(f"{L1}_B4.TIF", dn(15_000))
    thermal = make_raster(f"{L1}_B10.TIF", dn(25_000))
    sources = BandSource(Role.RED, str(red)), BandSource(Role.THERMAL, str(thermal))
    with open_scene(MapRequest(sources, "unused")) as scene:
        assert scene.roles == {Role.RED}
        assert any("kelvin" in str(note) for note in scene.notes)


@pytest.mark.parametrize(("unit", "expected"), [("C", 283.15), ("K", 270.0), ("", 270.0)])
def test_float_thermal_by_its_unit(make_raster, unit, expected):
    path = make_raster("lst.tif", np.full((2, 2), 10 if unit == "C" else 270, np.float32), units=[unit])
    assert read_one(path, Role.THERMAL)[0] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("values", "more", "said"),
    [
        (np.linspace(2110, 3876, 400), {}, r"is not used: its numbers, about 2993, are no temperatures in kelvin"),
        (np.linspace(-20, 15, 400), {}, r"is not used.+ about -2\.5\d*, look like degrees Celsius.+273\.15"),
        (np.linspace(-20, 15, 400), {"units": ["K"]}, "look like degrees Celsius"),
        (np.linspace(2110, 3876, 400), {"scales": [0.1], "offsets": [1000.0]}, "about 1299, are no temperatures"),
        (np.linspace(2500, 2800, 400), {"scales": [0.1], "offsets": [0.0]}, None),
        (np.linspace(-20, 15, 400), {"scales": [1.0], "offsets": [273.15]}, None),
        (np.full(400, np.nan), {}, None),
    ],
    ids=["heights", "celsius", "celsius with another unit", "scaled heights", "tenths", "with an offset", "nothing"],
)
def test_thermal_that_cannot_be_kelvin_is_left_out_and_said(make_raster, values, more, said):
    """The rule would take all away, or nothing, without a word."""
    red = make_raster("red.tif", np.full((20, 20), 0.5, np.float32))
    thermal = make_raster("thermal.tif", values.reshape(20, 20).astype(np.float32), **more)
    sources = BandSource(Role.RED, str(red)), BandSource(Role.THERMAL, str(thermal))
    with open_scene(MapRequest(sources, "unused")) as scene:
        assert (Role.THERMAL in scene.roles) == (said is None)
        notes = [note for note in scene.notes if "is not used" in str(note)]
    assert len(notes) == (said is not None)
    if said:
        assert notes[0].to_check
        assert re.search(said, str(notes[0]))


@pytest.mark.parametrize(
    ("values", "dtype", "said"),
    [(-0.8, "float32", "-0.8"), (1e9, "float32", "1e[+]05"), (-3000, "int16", "-3e[+]03"), (0.4, "float32", None),
     (4000, "uint16", None), (40, "float32", None)],
)  # fmt: skip
def test_odd_reflectance_of_a_guessed_scaling_is_said(make_raster, values, dtype, said):
    path = make_raster("odd.tif", np.full((20, 20), values, dtype))
    with open_scene(MapRequest((BandSource(Role.RED, str(path)),), "unused")) as scene:
        notes = [str(note) for note in scene.notes if "looks wrong" in str(note)]
    assert len(notes) == (said is not None)
    if said:
        assert re.search(rf"odd\.tif: .+ assumed: the median of a band is {said}, .+ Choose its scaling", notes[0])


def test_landsat_level_2(make_raster):
    path = make_raster("LC09_L2SP_193027_20220927_20221005_02_T1_SR_B4.TIF", dn(20_000))
    assert read_one(path)[0] == pytest.approx(0.35)
    path = make_raster("LC09_L2SP_193027_20220927_20221005_02_T1_ST_B10.TIF", dn(40_000))
    assert read_one(path, Role.THERMAL)[0] == pytest.approx(40_000 * 0.00341802 + 149, rel=1e-6)


def test_sentinel_2_offset_of_the_band_from_the_product_metadata(make_raster, tmp_path):
    safe = tmp_path / "S2A_MSIL1C_20220815T101031_N0400_R022_T32TPT_20220815T121031.SAFE"
    path = make_raster("T32TPT_20220815T101031_B03.tif", dn(3000), folder=safe / "GRANULE" / "L1C_T32TPT" / "IMG_DATA")
    assert read_one(path, Role.GREEN)[0] == pytest.approx(0.2), "baseline from the folder's name"
    (safe / "MTD_MSIL1C.xml").write_text(MTD)
    value, reason, _ = read_one(path, Role.GREEN)
    assert value == pytest.approx(0.201), "band 3 has band_id 2"
    assert "-990" in reason


def stac_item(properties, offset=None):
    bands = [{"scale": 0.0001, "offset": offset}] if offset is not None else []
    asset = {"href": "https://example.org/x/B04.tif", "raster:bands": bands}
    return json.dumps({"type": "Feature", "properties": properties, "assets": {"red": asset}})


@pytest.mark.parametrize(
    ("properties", "offset", "expected"),
    [
        ({"s2:processing_baseline": "05.10", "earthsearch:boa_offset_applied": True}, -0.1, 0.3),
        ({"s2:processing_baseline": "05.10", "earthsearch:boa_offset_applied": False}, -0.1, 0.2),
        ({"s2:processing_baseline": "05.10"}, None, 0.2),
        ({"s2:processing_baseline": "02.14"}, None, 0.3),
    ],
    ids=["applied already", "not applied", "new baseline", "old baseline"],
)
def test_sentinel_2_from_a_stac_item_beside(make_raster, tmp_path, properties, offset, expected):
    folder = tmp_path / "item"
    path = make_raster("B04.tif", dn(3000), folder=folder)
    folder.joinpath("item.json").write_text(stac_item({"platform": "sentinel-2a", **properties}, offset))
    assert read_one(path)[0] == pytest.approx(expected)


def test_the_files_own_scale_wins_over_the_products(make_raster):
    path = make_raster("T32TPT_20230815T101031_B04_10m.tif", dn(3000), scales=[0.0001], offsets=[0.0])
    value, reason, source = read_one(path)
    assert value == pytest.approx(0.3)
    assert "as the file says" in reason
    assert source.nodata == 0.0, "the product's no-data number still holds"


def test_the_completed_source_repeats_the_run(make_raster):
    path = make_raster("LC09_L2SP_193027_20220927_20221005_02_T1_SR_B4.TIF", dn(20_000))
    _, _, source = read_one(path)
    with open_scene(MapRequest((source,), "unused")) as scene:
        np.testing.assert_allclose(scene.read(0, 1, [Role.RED])[Role.RED], [[0.35, np.nan]], rtol=1e-6)


def test_eight_bits_are_said(make_raster):
    value, reason, _ = read_one(make_raster("photo.tif", np.full((2, 2), 51, np.uint8)))
    assert value == pytest.approx(0.2)
    assert "8 bits" in reason


def test_mtl_keeps_the_first_of_equal_keys_and_no_groups():
    tags = read_mtl('GROUP = A\nX = "1"\nEND_GROUP = A\nX = 2\n')
    assert tags == {"X": "1"}


def test_mtd_of_another_band():
    assert read_mtd(MTD, "T32TPT_20220815T101031_B04.jp2")["RADIO_ADD_OFFSET"] == "-1000"
    assert "RADIO_ADD_OFFSET" not in read_mtd(MTD, "T32TPT_20220815T101031_B8A.jp2")


@pytest.mark.parametrize("content", ["", "[1, 2]", "{", '{"properties": 3}'])
def test_a_foreign_json_beside_does_no_harm(tmp_path, content):
    (tmp_path / "a.json").write_text(content)
    assert sidecar_tags(str(tmp_path / "a.tif")) == {}


def test_nothing_is_looked_for_beside_a_url():
    assert sidecar_tags("https://example.org/a.tif") == {}
    assert sidecar_tags("/vsicurl/https://example.org/a.tif") == {}


def test_decoding_needs_no_second_array_for_floats():
    values = np.array([[1.0, -9999.0]], np.float32)
    Decoder(np.float32(2), np.float32(1), np.float32(-9999)).decode(values, values)
    np.testing.assert_array_equal(values, [[3.0, np.nan]])


# Chosen by hand


def value_and_source(path, role=Role.RED, **more):
    with open_scene(MapRequest((BandSource(role, str(path), **more),), "unused")) as scene:
        notes = [str(note) for note in scene.notes]
        return float(scene.read(0, 1, [role])[role][0, 0]), scene.sources[role], notes


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("auto", 1.0), ("landsat-c2-l2", 0.075), ("landsat-c2-l1", 0.1), ("reflectance-10000", 1.0),
     ("reflectance", 10_000.0), ("sentinel-2-l2a", 1.0)],
)  # fmt: skip
def test_a_choice_goes_before_the_guess(make_raster, choice, expected):
    path = make_raster("plain.tif", np.full((20, 20), 10_000, np.uint16))
    value, source, notes = value_and_source(path, scaling=choice)
    assert value == pytest.approx(expected)
    assert source.scaling == choice
    if choice == "auto":
        assert "choose its scaling" in notes[0]


def test_a_choice_goes_before_what_the_file_says_and_numbers_before_the_choice(make_raster):
    path = make_raster("wrong.tif", np.full((20, 20), 10_000, np.uint16), scales=[1.0], offsets=[0.5])
    assert value_and_source(path)[0] == pytest.approx(10_000.5)
    assert value_and_source(path, scaling="landsat-c2-l2")[0] == pytest.approx(0.075)
    assert value_and_source(path, scaling="landsat-c2-l2", scale=1e-5, offset=-0.05)[0] == pytest.approx(0.05)


def test_the_day_that_is_given_tells_sentinels_offset_and_goes_into_the_source(make_raster):
    path = make_raster("plain.tif", np.full((20, 20), 3000, np.uint16))
    value, source, _ = value_and_source(path, scaling="sentinel-2-l2a", date="2023-07-01")
    assert (value, source.date) == (pytest.approx(0.2), "2023-07-01")


def test_a_choice_for_the_optical_bands_leaves_heights_alone(make_raster):
    path = make_raster("dem.tif", np.full((20, 20), 3000, np.int16))
    assert value_and_source(path, Role.ELEVATION, scaling="landsat-c2-l2")[0] == 3000.0


def test_kelvin_follow_a_landsat_choice_and_no_other(make_raster):
    path = make_raster("plain.tif", np.full((20, 20), 36_000, np.uint16))
    red = BandSource(Role.RED, str(path))
    for choice, kelvin in (("landsat-c2-l2", 272.049), ("reflectance-10000", None)):
        thermal = BandSource(Role.THERMAL, str(path), scaling=choice)
        with open_scene(MapRequest((red, thermal), "unused")) as scene:
            assert (Role.THERMAL in scene.roles) == (kelvin is not None)
            if kelvin:
                assert scene.read(0, 1, [Role.THERMAL])[Role.THERMAL][0, 0] == pytest.approx(kelvin, abs=0.01)
