"""Guessing roles: the right band, the reason, and how sure."""

from __future__ import annotations

import pytest

from glacier_mapper.core.guess import BandDescription, guess_roles
from glacier_mapper.core.roles import OPTICAL_ROLES, Role

L8 = "LC08_L1TP_204023_20200927_20201005_02_T1"
L5 = "LT05_L2SP_193027_19900927_20201005_02_T1"
L7 = "LE07_L1TP_193027_20010927_20201005_02_T1"
S2 = "T32TPT_20200715T101031"


def file(name, **more):
    """A single-band file."""
    values = {"dtype": "uint16", **more}
    return BandDescription(f"/data/{name}", name.rsplit(".", 1)[0], f"/data/{name}", 1, 1, **values)


def stack(descriptions, name="scene.tif", **more):
    """A multi-band file."""
    values = {"dtype": "uint16", **more}
    count = len(descriptions)
    return [BandDescription(name, name, f"/data/{name}", i, count, d, **values) for i, d in enumerate(descriptions, 1)]


def roles(bands):
    """{role: (layer's file name, band)}"""
    return {g.role: (g.layer_id.replace("/data/", ""), g.band) for g in guess_roles(bands)}


def by_role(bands):
    return {g.role: g for g in guess_roles(bands)}


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("blue", Role.BLUE), ("Green", Role.GREEN), ("RED", Role.RED), ("nir08", Role.NIR), ("NIR", Role.NIR),
        ("swir16", Role.SWIR1), ("SWIR 1", Role.SWIR1), ("swir22", Role.SWIR2), ("lwir11", Role.THERMAL),
        ("thermal", Role.THERMAL), ("elevation", Role.ELEVATION), ("DEM", Role.ELEVATION), ("slope", Role.SLOPE),
        ("VV", Role.CO_POL), ("HH", Role.CO_POL), ("vh", Role.CROSS_POL), ("HV", Role.CROSS_POL),
        ("coherence", Role.COHERENCE), ("Near-Infrared", Role.NIR), ("Rojo", Role.RED), ("red_reflectance", Role.RED),
        ("Band 3: red", Role.RED), ("Band 02: swir16", Role.SWIR1),
    ],
)  # fmt: skip
def test_common_names(text, role):
    (guess,) = guess_roles(stack([text, "x"])[:1])
    assert (guess.role, guess.band) == (role, 1)
    assert guess.certainty >= 0.9
    assert text.split(": ")[-1] in str(guess.reason)


@pytest.mark.parametrize(
    "text", ["pan", "QA_PIXEL", "SCL", "cirrus", "coastal", "B05 rededge", "", "Band 1 (Gray)", "nirvana"]
)
def test_names_that_play_no_role(text):
    assert guess_roles(stack([text, "y", "z"])[:1]) == []


def test_landsat_8_single_bands():
    bands = [file(f"{L8}_B{n}.TIF") for n in range(1, 12)] + [file(f"{L8}_QA_PIXEL.TIF")]
    found = roles(bands)
    numbers = {Role.BLUE: 2, Role.GREEN: 3, Role.RED: 4, Role.NIR: 5, Role.SWIR1: 6, Role.SWIR2: 7, Role.THERMAL: 10}
    assert found == {role: (f"{L8}_B{n}.TIF", 1) for role, n in numbers.items()}


def test_landsat_5_counts_differently():
    found = roles([file(f"{L5}_SR_B{n}.TIF") for n in (1, 2, 3, 4, 5, 7)] + [file(f"{L5}_ST_B6.TIF")])
    assert found[Role.BLUE] == (f"{L5}_SR_B1.TIF", 1)
    assert found[Role.SWIR1] == (f"{L5}_SR_B5.TIF", 1)
    assert found[Role.SWIR2] == (f"{L5}_SR_B7.TIF", 1)
    assert found[Role.THERMAL] == (f"{L5}_ST_B6.TIF", 1)


def test_landsat_7_takes_the_first_thermal_band_and_no_pan():
    bands = [file(f"{L7}_B6_VCID_2.TIF"), file(f"{L7}_B6_VCID_1.TIF"), file(f"{L7}_B8.TIF")]
    assert roles(bands) == {Role.THERMAL: (f"{L7}_B6_VCID_1.TIF", 1)}


def test_sentinel_2_takes_ten_metres_first_and_b08_before_b8a():
    names = ["B02_20m", "B02_10m", "B03_10m", "B04_10m", "B8A_20m", "B08_10m", "B11_20m", "B11_60m", "B12_20m",
             "SCL_20m", "TCI_10m", "B05_20m"]  # fmt: skip
    found = roles([file(f"{S2}_{name}.jp2") for name in names])
    chosen = ("B02_10m", "B03_10m", "B04_10m", "B08_10m", "B11_20m", "B12_20m")
    assert found == {role: (f"{S2}_{name}.jp2", 1) for role, name in zip(OPTICAL_ROLES, chosen)}


def test_b8a_serves_where_b08_is_missing():
    guess = by_role([file(f"{S2}_B8A_20m.jp2"), file(f"{S2}_B04_20m.jp2")])[Role.NIR]
    assert guess.certainty == pytest.approx(0.69, abs=0.01)


@pytest.mark.parametrize(
    ("descriptions", "swir1"),
    [
        (["SR_B2", "SR_B3", "SR_B4", "SR_B5", "SR_B6", "SR_B7", "ST_B10"], "SR_B6"),
        (["SR_B1", "SR_B2", "SR_B3", "SR_B4", "SR_B5", "SR_B7", "ST_B6"], "SR_B5"),
        (["B2", "B3", "B4", "B8", "B11", "B12"], "B11"),
        (["B02", "B03", "B04", "B08", "B11", "B12"], "B11"),
        (["B2", "B3", "B4", "B5", "B6", "B7", "B10", "B11"], "B6"),
    ],
    ids=["landsat 8", "landsat 5", "sentinel 2", "sentinel 2 padded", "landsat 8 toa"],
)
def test_the_numbering_of_a_whole_layer_tells_the_sensor(descriptions, swir1):
    guess = by_role(stack(descriptions))[Role.SWIR1]
    assert descriptions[guess.band - 1] == swir1
    assert guess.certainty > 0.9


def test_numbers_that_fit_two_sensors_are_unsure():
    guesses = by_role(stack(["B2", "B3", "B4", "B5"]))
    assert guesses
    assert all(g.certainty < 0.5 and "please check" in str(g.reason) for g in guesses.values())


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("srtm_oetztal.tif", Role.ELEVATION), ("Copernicus_DSM_COG_10_N46.tif", Role.ELEVATION),
        ("swissALTI_dtm.tif", Role.ELEVATION), ("oetztal_srtm3_wgs84.tif", Role.ELEVATION),
        ("N46E010.hgt", None), ("ArcticDEM_v4.tif", Role.ELEVATION), ("dem_slope.tif", Role.SLOPE),
        ("S1_20200101_20200113_coherence.tif", Role.COHERENCE), ("pair_cc.tif", Role.COHERENCE),
        ("s1a-iw-grd-vv-2020.tif", Role.CO_POL), ("S1A_VH.tif", Role.CROSS_POL), ("sigma0_HH.tif", Role.CO_POL),
        ("scene_red.tif", Role.RED), ("scene-swir16.tif", Role.SWIR1), ("demo.tif", None), ("dem_hillshade.tif", None),
        ("glacier_mask.tif", None), ("accuracy.tif", None), ("B04.tif", Role.RED), ("B11.tif", Role.SWIR1),
    ],
)  # fmt: skip
def test_names_of_single_band_files(name, role):
    guesses = guess_roles([file(name, dtype="float32")])
    assert [g.role for g in guesses] == ([role] if role else [])
    assert all(str(g.reason) for g in guesses)


def test_wavelengths_tell_the_band_and_the_red_edge_is_none():
    nanometres = [443, 490, 560, 665, 705, 783, 842, 865, 1610, 2190, 10895]
    bands = [
        BandDescription("s", "s", "", i, len(nanometres), f"c{i}", wavelength_nm=w) for i, w in enumerate(nanometres, 1)
    ]
    found = {g.role: nanometres[g.band - 1] for g in guess_roles(bands)}
    assert found == dict(zip((*OPTICAL_ROLES, Role.THERMAL), (490, 560, 665, 842, 1610, 2190, 10895)))


@pytest.mark.parametrize(
    ("tags", "role"),
    [
        ({"WAVELENGTH": "664.6 nm"}, Role.RED), ({"central_wavelength": "1.61"}, Role.SWIR1),
        ({"eo:common_name": "nir"}, Role.NIR), ({"long_name": "surface_temperature"}, Role.THERMAL),
        ({"WAVELENGTH_UNIT": "664"}, None), ({"WAVELENGTH": "..."}, None),
    ],
)  # fmt: skip
def test_metadata_of_a_band(tags, role):
    guesses = guess_roles([file("layer.tif", metadata=tags)])
    assert [g.role for g in guesses] == ([role] if role else [])


def test_a_stack_of_a_known_sensor_without_names_goes_by_position():
    found = by_role(stack([""] * 7, name=f"{L8}.tif"))
    assert {role: g.band for role, g in found.items()} == dict(zip(OPTICAL_ROLES, (2, 3, 4, 5, 6, 7)))
    assert all(0.5 < g.certainty < 0.7 and "Landsat 8-9" in str(g.reason) for g in found.values())
    found = by_role(stack(["Band 1"] + [""] * 12, name="S2A_MSIL1C_20200715T101031_N0209_R022_T32TPT.tif"))
    assert {role: g.band for role, g in found.items()} == dict(zip(OPTICAL_ROLES, (2, 3, 4, 8, 12, 13)))


def test_six_bands_of_an_unknown_sensor_are_a_guess_to_check():
    guesses = guess_roles(stack([""] * 6))
    assert [g.role for g in guesses] == list(OPTICAL_ROLES)
    assert all(g.certainty < 0.5 and "check" in str(g.reason) for g in guesses)


def test_a_photo_is_never_sure():
    photo = stack(["Band 1 (Red)", "Band 2 (Green)", "Band 3 (Blue)"], name="Google Satellite", dtype="uint8")
    guesses = by_role(photo)
    assert {role: g.band for role, g in guesses.items()} == {Role.RED: 1, Role.GREEN: 2, Role.BLUE: 3}
    assert all(g.certainty < 0.2 and "no reflectance" in str(g.reason) for g in guesses.values())


def test_a_photo_beside_a_scene_takes_nothing():
    photo = stack(["red", "green", "blue", "alpha"], name="photo", dtype="Byte")
    scene = stack(["blue", "green", "red", "nir", "swir1", "swir2"])
    assert {g.layer_id for g in guess_roles(photo + scene)} == {"scene.tif"}


def test_eight_bit_landsat_tm_is_no_photo():
    names = [f"LT05_L1TP_193027_19900927_20201005_02_T1_B{n}.TIF" for n in (3, 5)]
    assert all(g.certainty > 0.9 for g in guess_roles([file(n, dtype="uint8") for n in names]))


def test_all_optical_bands_come_from_one_scene():
    """Scene A has six bands, B only two that would win by order alone."""
    few = [file(f"T32TPT_20190801T101031_{b}_10m.jp2") for b in ("B03", "B04")]
    many = [file(f"{S2}_{b}_10m.jp2") for b in ("B02", "B03", "B04", "B08", "B11", "B12")]
    guesses = guess_roles(few + many)
    assert {g.layer_id.split("_")[1] for g in guesses} == {"20200715T101031"}
    assert len(guesses) == 6


def test_a_band_that_only_another_scene_has_is_offered_unsure():
    main = [file(f"{S2}_{b}_10m.jp2") for b in ("B03", "B04", "B08")]
    other = [file("T32TPT_20190801T101031_B11_20m.jp2")]
    guess = by_role(main + other)[Role.SWIR1]
    assert guess.layer_id == "/data/T32TPT_20190801T101031_B11_20m.jp2"
    assert guess.certainty < 0.5


def test_one_band_plays_one_role_and_one_role_has_one_band():
    guesses = guess_roles(stack(["red", "red", "Red"]) + stack(["red"], name="b.tif"))
    assert [(g.role, g.layer_id, g.band) for g in guesses] == [(Role.RED, "scene.tif", 1)]


def test_a_single_band_in_metres_may_be_elevation():
    (guess,) = guess_roles([file("tile_17.tif", dtype="float32", unit="m")])
    assert guess.role is Role.ELEVATION
    assert guess.certainty < 0.6


def test_elevation_comes_along_with_any_scene():
    found = roles([*stack(["red", "swir1"]), file("dem.tif", dtype="int16")])
    assert found[Role.ELEVATION] == ("dem.tif", 1)


def test_layers_without_a_file_go_by_their_name():
    layer = BandDescription("wms", "Sentinel-2 swir16", "", 1, 1, "", dtype="float32")
    (guess,) = guess_roles([layer])
    assert guess.role is Role.SWIR1


def test_windows_paths_and_nothing_at_all():
    path = rf"C:\data\{S2}_B04_10m.jp2"
    (guess,) = guess_roles([BandDescription("a", "layer", path, 1, 1)])
    assert guess.role is Role.RED
    assert guess_roles([]) == []


def test_of_two_tiles_the_one_that_shows_more_of_the_view_is_taken():
    bands = stack(["blue", "green", "red", "nir", "swir16"], "a.tif") + stack(
        ["blue", "green", "red", "nir", "swir16"], "b.tif"
    )
    assert {g.layer_id for g in guess_roles(bands)} == {"a.tif"}
    assert {g.layer_id for g in guess_roles(bands, {"a.tif": 0.2, "b.tif": 0.7})} == {"b.tif"}
    assert {g.layer_id for g in guess_roles(bands, {"a.tif": 0.0, "b.tif": 0.0})} == {"a.tif"}
    assert all(g.certainty > 0.9 for g in guess_roles(bands, {"a.tif": 0.2, "b.tif": 0.7}))
