"""What is wrong in a model.json is named: the field, what stands there, what should."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from card_maker import CARD, card_json  # noqa: E402

from glacier_mapper.core.model_card import CARD_VERSION  # noqa: E402
from glacier_mapper.core.model_card_json import card_from_json, card_from_text  # noqa: E402
from glacier_mapper.core.model_errors import InvalidPackageError, PackageVersionError  # noqa: E402

P, A = "properties", "assets"
MODEL = (A, "model")
INPUT = (P, "mlm:input", 0)
DROP = object()


def broken(path, value):
    data = card_json()
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    if value is DROP:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return data


def test_the_card_itself_is_right():
    assert card_from_json(card_json(), "x") == CARD


MISSING = [
    ("type",), (P,), (A,), ("stac_extensions",), (*MODEL, "href"), (*MODEL, "file:checksum"), (*MODEL, "file:size"),
    MODEL,
    *[(P, name) for name in ("mlm:name", "version", "mlm:architecture", "mlm:input", "mlm:output", "glacier:needs",
                             "mlm:hyperparameters", "glacier:card_version")],
    (*INPUT, "name"), (*INPUT, "bands"), (*INPUT, "input"), (*INPUT, "input", "shape"), (*INPUT, "input", "data_type"),
    (*INPUT, "value_scaling", 0, "minimum"), (*INPUT, "value_scaling", 1, "stddev"),
    (*INPUT, "value_scaling", 0, "type"), (P, "mlm:input", 1, "pre_processing_function", "expression"),
    (P, "mlm:hyperparameters", "patch_px"), (P, "mlm:hyperparameters", "stride_px"),
    (P, "mlm:output", 0, "classification:classes"), (P, "mlm:output", 0, "result"),
    (P, "mlm:output", 0, "classification:classes", 1, "name"),
]  # fmt: skip


@pytest.mark.parametrize("path", MISSING, ids=lambda path: ".".join(map(str, path)))
def test_a_missing_field_is_named(path):
    with pytest.raises(InvalidPackageError) as caught:
        card_from_json(broken(path, DROP), "the package")
    assert f"{path[-1]} is missing" in str(caught.value)
    assert "“the package”" in str(caught.value)


WRONG = [
    ((P, "mlm:name"), "", "mlm:name"),
    ((P, "mlm:name"), "../evil", "mlm:name is '../evil'"),
    ((P, "mlm:name"), "a/b/c", "mlm:name"),
    ((P, "mlm:name"), ".hidden", "mlm:name"),
    ((P, "mlm:name"), "ends.", "mlm:name"),
    ((P, "mlm:name"), "two words", "mlm:name"),
    ((P, "mlm:name"), "con.fig", "Windows"),
    ((P, "mlm:name"), "LPT1", "Windows"),
    ((P, "mlm:name"), "x" * 65, "mlm:name"),
    ((P, "mlm:name"), 5, "mlm:name is 5, not a text"),
    ((P, "version"), None, "version is None, not a text"),
    ((P, "version"), 1.0, "version is 1.0, not a text"),
    ((P, "title"), ["x"], "title is ['x'], not a text"),
    ((P, "created"), "yesterday", "created is 'yesterday'"),
    ((P, "mlm:total_parameters"), -1, "mlm:total_parameters is -1"),
    ((P, "mlm:total_parameters"), 1.5, "mlm:total_parameters"),
    ((P, "glacier:card_version"), True, "glacier:card_version is True"),
    ((P, "glacier:card_version"), "1", "glacier:card_version"),
    ((P, "glacier:card_version"), 0, "glacier:card_version is 0"),
    ((P, "glacier:needs"), [], "glacier:needs is []"),
    ((P, "glacier:needs"), [[]], "glacier:needs[0] is not a list of roles"),
    ((P, "glacier:needs"), ["blue"], "glacier:needs[0] is not a list of roles"),
    ((P, "glacier:needs"), [["bleu"]], "glacier:needs[0] is 'bleu', none of"),
    ((P, "glacier:needs"), [["blue"]], "asks for blue, which no input takes"),
    ((P, "glacier:location"), "village", "glacier:location is 'village', none of '', 'region', 'coordinates'"),
    ((P, "glacier:location"), "", "has 1 inputs named location"),
    ((P, "glacier:location"), "coordinates", "shape is [-1, 12], and should be [-1, 4]"),
    ((P, "glacier:no_data"), "seven", "glacier:no_data is 'seven'"),
    ((P, "glacier:ice_class"), 2, "glacier:ice_class is 2, not a whole number from 0 to 1"),
    ((P, "glacier:ice_class"), 0, "glacier:ice_class is 0, the class 'other', which is not glacier"),
    ((P, "mlm:output", 0, "classification:classes", 1, "name"), "Background",
     "glacier:ice_class is 1, the class 'Background', which is not glacier"),
    (("type",), "Collection", "type is 'Collection', and should be 'Feature'"),
    (("type",), 7, "type"),
    ((P, "glacier:precision"), "float8", "glacier:precision is 'float8'"),
    ((P, "glacier:precision_check"), [1], "glacier:precision_check is no object"),
    ((P, "glacier:accuracy"), [3], "glacier:accuracy is no object"),
    ((P, "glacier:regions"), "ALP", "glacier:regions is 'ALP', not a list"),
    ((P, "mlm:hyperparameters"), [], "mlm:hyperparameters is no object"),
    ((P, "mlm:hyperparameters", "patch_px"), 0, "patch_px is 0, not a whole number from 1"),
    ((P, "mlm:hyperparameters", "patch_px"), 40, "patch_px is 40, not a multiple of multiple_px, 16"),
    ((P, "mlm:hyperparameters", "stride_px"), 65, "stride_px is 65"),
    ((P, "mlm:hyperparameters", "stride_px"), 0, "stride_px is 0"),
    ((P, "mlm:hyperparameters", "window"), "hann", "window is 'hann', none of cosine, gaussian"),
    ((P, "mlm:hyperparameters", "fixed"), 1, "fixed is 1, neither true nor false"),
    ((P, "mlm:input"), [], "mlm:input is []"),
    ((P, "mlm:input"), {}, "mlm:input is {}"),
    ((*INPUT, "name"), "lidar", "name is 'lidar', none of 'optical'"),
    ((*INPUT, "name"), "in_sar", "bands must be coherence, coherence_2"),
    ((*INPUT, "bands"), ["slope", "elevation"], "bands must be elevation, slope, in this order"),
    ((*INPUT, "input", "shape"), [-1, 2, 32, 32], "shape is [-1, 2, 32, 32], and should be [-1, 2, 64, 64]"),
    ((*INPUT, "input", "shape"), [1, 2, 64, 64], "should be [-1, 2, 64, 64]"),
    ((*INPUT, "input", "data_type"), "uint8", "data_type must be float32"),
    ((*INPUT, "value_scaling"), [], "value_scaling must be null or a list of 2"),
    ((*INPUT, "value_scaling"), [None] * 3, "value_scaling must be null or a list of 2"),
    ((*INPUT, "value_scaling"), {"type": "min-max"}, "value_scaling must be null or a list of 2"),
    ((*INPUT, "value_scaling", 0, "type"), "log", "mlm:input[0].value_scaling[0].type is 'log'"),
    ((*INPUT, "value_scaling", 0, "maximum"), -100.0, "maximum is -100.0, not above the minimum, -100.0"),
    ((*INPUT, "value_scaling", 0, "maximum"), -200, "not above the minimum"),
    ((*INPUT, "value_scaling", 0, "minimum"), "low", "minimum is 'low', not a number"),
    ((*INPUT, "value_scaling", 0, "minimum"), True, "minimum is True, not a number"),
    ((*INPUT, "value_scaling", 1, "stddev"), 0, "stddev is 0.0, not above 0"),
    ((*INPUT, "value_scaling", 1, "stddev"), -3.0, "stddev"),
    ((P, "mlm:input", 1, "pre_processing_function", "expression"), "sqrt(x)", "is 'sqrt(x)'; only 'log10(x + 1e-6)'"),
    ((P, "mlm:output"), [], "mlm:output is []"),
    ((P, "mlm:output", 0, "result", "shape"), [-1, 3, 64, 64], "should be [-1, 2, 64, 64]"),
    ((P, "mlm:output", 0, "classification:classes", 1, "value"), 5, "value is 5; classes are listed in the order"),
    ((P, "mlm:output", 0, "classification:classes", 1, "name"), "other", "must name two classes at least, each once"),
    ((P, "mlm:output", 0, "classification:classes"), [{"value": 0, "name": "ice"}], "two classes at least"),
    ((*MODEL, "file:size"), 0, "file:size is 0"),
    ((*MODEL, "file:size"), "12", "file:size is '12'"),
    ((*MODEL, "file:checksum"), "ab" * 32, "file:checksum is no SHA2-256 multihash"),
    ((*MODEL, "file:checksum"), "1220" + "AB" * 32, "file:checksum"),
    ((*MODEL, "file:checksum"), "1114" + "ab" * 20, "file:checksum"),
    ((*MODEL, "file:checksum"), "1220" + "ab" * 31, "file:checksum"),
    (MODEL, "model.onnx", "assets.model is no object"),
    *[((*MODEL, "href"), href, "not the name of a file beside model.json")
      for href in ("../model.onnx", "/etc/passwd", "a/b.onnx", "..", ".", "a\\b", "C:x.onnx", "https://x.org/m.onnx",
                   "file.", "nul.onnx", "n\u00fcl.onnx", "a\x00b", " model.onnx", "x" * 101)],
    *[((A, "golden", "href"), href, "href")
      for href in ("../golden.npz", "model.json", "MODEL.ONNX", "model.onnx", "/golden.npz")],
    (("stac_extensions",), ["https://stac-extensions.github.io/mlm/v2.0.0/schema.json"], "does not name the machine-"),
    (("stac_extensions",), [], "stac_extensions is []"),
    ((P, "glacier:calibration"), {"kind": "magic"}, "glacier:calibration.kind is 'magic'"),
    ((P, "glacier:calibration"), {"kelvin": 3}, "glacier:calibration.kelvin is no field"),
    ((P, "glacier:calibration"), {"kind": "temperature", "temperature": 0}, "temperature is 0.0, not above 0"),
    ((P, "glacier:calibration"), {"by_region": {"XX": 1.0}}, "by_region.XX is no region"),
    ((P, "glacier:calibration"), {"by_region": {"ALP": -1.0}}, "by_region.ALP is -1.0"),
    ((P, "glacier:calibration"), {"kind": "vector", "scale": [1], "bias": [0, 0]}, "scale has 1 numbers for 2 classes"),
    ((P, "glacier:calibration"), {"kind": "confidence-kernel", "title": "t"}, "support has 0 points"),
    ((P, "glacier:calibration"), {"kind": "confidence-kernel", "support": [0], "coefficients": [1]}, "which network"),
    ((P, "glacier:calibration"), {"kind": "confidence-kernel", "support": [0.1], "coefficients": []}, "0 coefficients"),
    ((P, "glacier:calibration"), {"support": [1, "x"]}, "support[1] is 'x', not a number"),
    ((P, "glacier:calibration"), {"gamma": -1}, "gamma is -1.0"),
    ((P, "glacier:calibration"), {"support": [0.0] * 10001}, "has 10001 entries"),
    ((*INPUT, "value_scaling", 0, "maximum"), 10**400, "value_scaling[0].maximum is 1000"),
    ((P, "glacier:calibration"), {"kind": "temperature", "temperature": 10**400}, "temperature is 1000"),
    ((P, "mlm:total_parameters"), 10**400, "mlm:total_parameters is 1000"),
    ((P, "glacier:calibration"), {"kind": "temperature", "temperature": 1e-30}, "is 1e-30, not from 0.01 to 100"),
    ((P, "glacier:calibration"), {"kind": "temperature", "temperature": 1e30}, "is 1e+30, not from 0.01 to 100"),
    ((P, "glacier:calibration"), {"by_region": {"ALP": 0.001}}, "by_region.ALP is 0.001, not from 0.01 to 100"),
    ((P, "glacier:calibration"), {"kind": "vector", "scale": [1, -1], "bias": [0, 0]}, "scale[1] is -1, not from 0.01"),
    ((P, "glacier:calibration"), {"kind": "vector", "scale": [1, 1], "bias": [0, 1e39]}, "bias[1] is 1e+39"),
    ((P, "glacier:calibration"), {"coefficients": [1e308]}, "coefficients[0] is 1e+308"),
    ((*INPUT, "value_scaling", 0, "maximum"), 1e39, "maximum is 1e+39: with -100 it makes a scale that"),
    ((*INPUT, "value_scaling", 0), {"type": "min-max", "minimum": -1e308, "maximum": 1e308}, "maximum is 1e+308"),
    ((*INPUT, "value_scaling", 0), {"type": "min-max", "minimum": 0, "maximum": 1e-40}, "maximum is 1e-40"),
    ((*INPUT, "value_scaling", 1, "stddev"), 1e-40, "stddev is 1e-40"),
    ((*INPUT, "value_scaling", 1, "mean"), 1e39, "with 1e+39 it makes a scale"),
    ((P, "glacier:accuracy"), [{"iou": 10**400}], "properties.glacier:accuracy[0].iou is 1000"),
    ((P, "glacier:precision_check"), {"iou_lost": float("inf")}, "iou_lost is inf, not a number"),
    ((P, "glacier:colour"), json.loads("[" * 200 + "]" * 200), "nested more than 32 levels"),
]  # fmt: skip


def shown(one):
    return str(one)[:60].encode("ascii", "replace").decode()


@pytest.mark.parametrize(("path", "value", "said"), WRONG, ids=shown)
def test_a_wrong_field_is_named_with_what_it_should_be(path, value, said):
    with pytest.raises(InvalidPackageError) as caught:
        card_from_json(broken(path, value), "x")
    assert said in str(caught.value)


def test_the_path_leads_to_the_field():
    with pytest.raises(InvalidPackageError) as caught:
        card_from_json(broken((P, "mlm:input", 1, "value_scaling", 1, "maximum"), 0), "x")
    assert "in model.json, properties.mlm:input[1].value_scaling[1].maximum is 0.0" in str(caught.value)


def test_two_inputs_of_one_branch():
    data = card_json()
    data[P]["mlm:input"].append(data[P]["mlm:input"][0])
    with pytest.raises(InvalidPackageError, match="must name one branch at least, and each once"):
        card_from_json(data, "x")


def test_a_network_that_takes_a_location_alone():
    data = card_json()
    data[P]["mlm:input"] = data[P]["mlm:input"][2:]
    with pytest.raises(InvalidPackageError, match="must name one branch at least"):
        card_from_json(data, "x")


@pytest.mark.parametrize("version", [CARD_VERSION + 1, 99])
def test_a_card_of_a_later_version_is_refused_as_such(version):
    with pytest.raises(PackageVersionError) as caught:
        card_from_json(broken((P, "glacier:card_version"), version), "x")
    assert f"is of version {version}; this release reads up to version {CARD_VERSION}" in str(caught.value)
    assert "Update Glacier Mapper" in str(caught.value)


@pytest.mark.parametrize("data", [None, [], 3, "text", {}, {P: 1}, {P: {}, A: []}], ids=repr)
def test_what_is_no_item_at_all(data):
    with pytest.raises(InvalidPackageError):
        card_from_json(data, "x")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "no JSON"),
        (b"{", "no JSON"),
        (b"\xff\xfe{}", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (json.dumps(card_json()).replace("8300.0", "NaN").encode(), "NaN is no number of JSON"),
        (json.dumps(card_json()).replace("8300.0", "Infinity").encode(), "Infinity is no number"),
        (json.dumps(card_json()).replace("8300.0", "1e999").encode(), "maximum is inf, not a number"),
    ],
    ids=["empty", "cut", "not UTF-8", "deep", "NaN", "infinity", "too large"],
)
def test_bytes_that_are_no_card(raw, said):
    with pytest.raises(InvalidPackageError) as caught:
        card_from_text(raw, "x")
    assert said in str(caught.value)


def test_a_scaling_of_null_in_a_list_is_none_as_well():
    card = card_from_json(broken((*INPUT, "value_scaling", 0), None), "x")
    assert card.branches[0].scalings[0].kind.value == "none"


def test_unknown_properties_are_kept_and_unknown_parts_elsewhere_ignored():
    data = broken((P, "glacier:colour"), "blue")
    data[P]["mlm:batch_size_suggestion"] = 4
    data["links"] = [{"rel": "license", "href": "https://example.org"}]
    data[A]["notes"] = {"href": "notes.txt"}
    data[P]["mlm:input"][0]["colour"] = "red"
    card = card_from_json(data, "x")
    assert card.extra == {"glacier:colour": "blue", "mlm:batch_size_suggestion": 4}
    assert card.golden == "golden.npz"


def test_optional_properties_have_their_defaults():
    data = card_json()
    own = ("no_data", "calibration", "ice_class", "precision", "precision_check", "regions", "accuracy", "limits")
    common = ("created", "title", "description", "license", "sci:citation", "mlm:total_parameters")
    for name in (*common, *(f"glacier:{word}" for word in (*own, "licence", "provenance"))):
        data[P].pop(name, None)
    del data[A]["golden"]
    card = card_from_json(data, "x")
    assert (card.no_data.value, card.calibration.kind.value, card.ice_class) == ("zero", "none", 1)
    assert (card.precision, card.parameters, card.golden, card.created) == ("float32", 0, "", "")
    assert card.description.title == "tiny-net"
    assert card.description.accuracy == ()
