"""`check_package`: the network against its card, and against its own golden sample, in ONNX Runtime."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from onnx import TensorProto, helper
from tiny_networks import by_hand, save, tiny_package, write_network

from glacier_mapper.core.errors import Cancelled, MissingFileError
from glacier_mapper.core.model_card import Location
from glacier_mapper.core.model_errors import ChecksumError, InvalidPackageError, ModelOutputError
from glacier_mapper.core.package_folder import install_package
from glacier_mapper.core.progress import STAGE_LABELS, Controls
from glacier_mapper.runner.models import check_package
from glacier_mapper.runner.models.checking import check_probabilities, read_golden
from glacier_mapper.runner.models.devices import make_session
from glacier_mapper.runner.models.package import CARD_FILE, GOLDEN_FILE, MODEL_FILE, open_package, write_package


def check(package):
    return check_package(str(package.folder), Controls())


def put_network(package, **network):
    """The same package with another network, its checksum right again."""
    other = write_network(package.folder.parent / "other.onnx", **network)
    return write_other(package, other)


def write_other(package, network, **changes):
    golden = package.folder.parent / "kept.npz"
    files = {MODEL_FILE: network}
    if package.golden_path:
        golden.write_bytes(package.golden_path.read_bytes())
        files[GOLDEN_FILE] = golden
    return write_package(package.folder, replace(package.card, **changes), files, overwrite=True)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"side": 32},
        {"branches": ("optical",)},
        {"branches": ("optical", "dem", "co_pol_sar", "cross_pol_sar", "in_sar", "thermal"), "side": 16},
        {"location": Location.REGION, "location_weights": tuple(range(12))},
        {"location": Location.COORDINATES, "location_weights": (1.0, 2.0, 3.0, 4.0), "side": 24},
        {"deep": True, "branches": ("optical",), "side": 32},
        {"context": 2.0},
        {"opset": 13},
        {"opset": 21},
    ],
    ids=str,
)
def test_a_good_package_passes(tmp_path, options):
    package = tiny_package(tmp_path / "tiny", **options)
    result = check(package)
    assert result["passed"] is True
    assert result["golden"] is True
    assert result["package"] == "tiny"
    assert result["folder"] == str(package.folder)
    assert result["max_difference"] <= result["tolerance"] == 1e-5
    assert result["seconds"] > 0
    assert result["device"].startswith("Processor (CPU)")
    expected = [*options.get("branches", ("optical", "dem")), *(["location"] if "location" in options else [])]
    assert result["inputs"] == expected


def test_the_networks_of_the_tests_compute_what_is_worked_out_by_hand(tmp_path):
    """z = 8 green - 8 swir1 + 1: for 0.5 and 0.25 z = 3, so 1 / (1 + e^-3) = 0.952574."""
    path = write_network(tmp_path / "n.onnx", ("optical",), bias=1.0)
    image = np.zeros((1, 6, 1, 1), np.float32)
    image[0, 1], image[0, 4] = 0.5, 0.25
    session, _, _ = make_session(path, "cpu")
    found = session.run(None, {"optical": image})[0]
    np.testing.assert_allclose(found[0, :, 0, 0], [0.047426, 0.952574], atol=1e-6)
    np.testing.assert_allclose(by_hand({"optical": image}, {"optical": (0, 8, 0, 0, -8, 0)}, 1.0), found, atol=1e-6)


def test_a_package_without_a_sample_is_checked_as_far_as_it_goes(tmp_path):
    result = check(tiny_package(tmp_path / "tiny", card={"golden": ""}))
    assert result["passed"] is True
    assert result["golden"] is False
    assert result["max_difference"] is None


def test_a_network_that_computes_something_else_fails(tmp_path):
    package = put_network(tiny_package(tmp_path / "tiny"), bias=0.01)
    with pytest.raises(ModelOutputError) as caught:
        check(package)
    assert "off the golden sample (at most 1e-05 is right)" in str(caught.value)
    assert caught.value.exit_code == 2


def test_the_tolerance_of_the_sample_counts(tmp_path):
    """A bias of 0.01 moves p by at most 0.01 / 4 = 0.0025."""
    package = put_network(tiny_package(tmp_path / "tiny", tolerance=0.003), bias=0.01)
    result = check(package)
    assert 0.0015 < result["max_difference"] <= 0.0025


WRONG = [
    ({"rename": {"dem": "height"}}, ["the input dem is missing", "the card knows no input height"]),
    ({"branches": ("optical",)}, ["the input dem is missing"]),
    ({"branches": ("optical", "dem", "thermal")}, ["the card knows no input thermal"]),
    ({"location": Location.REGION}, ["the card knows no input location"]),
    ({"side": 32}, ["the input optical has the shape (batch, 6, 32, 32) instead of (any, 6, any, any)"]),
    ({"output_type": TensorProto.DOUBLE}, ["the first output is tensor(double) instead of tensor(float)"]),
]


@pytest.mark.parametrize(("network", "said"), WRONG, ids=[str(list(one)) for one, _ in WRONG])
def test_every_difference_from_the_card_is_named(tmp_path, network, said):
    package = put_network(tiny_package(tmp_path / "tiny"), **network)
    with pytest.raises(InvalidPackageError) as caught:
        check(package)
    for words in said:
        assert words in str(caught.value)


def test_a_network_of_another_side_than_the_cards(tmp_path):
    package = put_network(tiny_package(tmp_path / "tiny", side=32), side=64)
    with pytest.raises(InvalidPackageError, match=r"\(batch, 6, 64, 64\) instead of \(any, 6, 32, 32\)"):
        check(package)


def test_a_network_that_takes_one_patch_at_a_time(tmp_path):
    """Batches must be free, as the engine chooses them."""
    package = tiny_package(tmp_path / "tiny", ("dem",), side=16)
    given = helper.make_tensor_value_info("dem", TensorProto.FLOAT, [1, 2, 16, 16])
    output = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [1, 2, 16, 16])
    graph = helper.make_graph([helper.make_node("Softmax", ["dem"], ["probabilities"], axis=1)], "g", [given], [output])
    package = write_other(package, save(tmp_path / "one.onnx", graph, 17))
    with pytest.raises(InvalidPackageError, match=r"\(1, 2, 16, 16\) instead of \(any, 2, 16, 16\)"):
        check(package)


def test_a_network_of_a_later_opset_says_what_onnx_runtime_said(tmp_path):
    package = put_network(tiny_package(tmp_path / "tiny"), opset=99)
    with pytest.raises(InvalidPackageError) as caught:
        check(package)
    assert "model.onnx can't be loaded" in str(caught.value)
    assert "opset" in str(caught.value).lower()


@pytest.mark.parametrize("content", [b"", b"not a network", b"\x08\x08\x12\x00" * 50], ids=["empty", "text", "cut"])
def test_a_file_that_is_no_network(tmp_path, content):
    package = tiny_package(tmp_path / "tiny")
    (tmp_path / "bad.onnx").write_bytes(content or b"\x00")
    package = write_other(package, tmp_path / "bad.onnx")
    with pytest.raises(InvalidPackageError, match=r"model\.onnx can't be loaded|is missing"):
        check(package)


def test_an_operator_that_nobody_knows(tmp_path):
    package = tiny_package(tmp_path / "tiny", ("dem",), side=16)
    given = helper.make_tensor_value_info("dem", TensorProto.FLOAT, ["batch", 2, 16, 16])
    output = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", 2, 16, 16])
    graph = helper.make_graph([helper.make_node("Glaciate", ["dem"], ["probabilities"])], "g", [given], [output])
    package = write_other(package, save(tmp_path / "odd.onnx", graph, 17))
    with pytest.raises(InvalidPackageError, match="Glaciate"):
        check(package)


def test_nan_from_the_network(tmp_path):
    package = put_network(tiny_package(tmp_path / "tiny"), nan=True)
    with pytest.raises(ModelOutputError, match=r"NaN \(not a number\) or infinity in [0-9]+ of 8192 values"):
        check(package)


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ([0.5, np.nan], "NaN (not a number) or infinity in 1 of 2 values"),
        ([np.inf, 0.0], "or infinity"),
        ([-0.2, 1.2], "values from -0.2 to 1.2"),
        ([12.0, -11.0], "values from -11 to 12"),
        ([0.5, 0.4], "sum to 1 only within 0.1"),
    ],
)
def test_what_is_no_probability(output, said):
    with pytest.raises(ModelOutputError) as caught:
        check_probabilities(np.array(output, np.float32).reshape(1, 2, 1, 1), "tiny")
    assert said in str(caught.value)


def test_rounding_is_no_fault():
    check_probabilities(np.array([1.00001, -0.00001], np.float32).reshape(1, 2, 1, 1), "tiny")


def test_a_changed_file_is_found_before_anything_runs(tmp_path):
    package = tiny_package(tmp_path / "tiny")
    data = package.model_path.read_bytes()
    package.model_path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(ChecksumError):
        check(package)


def test_a_package_that_is_not_there(tmp_path):
    with pytest.raises(MissingFileError):
        check_package(str(tmp_path / "none"), Controls())


# the golden sample


def unsealed(package):
    """The same package with a card as they were before samples had a checksum in them."""
    path = package.folder / CARD_FILE
    data = json.loads(path.read_text(encoding="utf-8"))
    del data["assets"]["golden"]["file:size"], data["assets"]["golden"]["file:checksum"]
    path.write_text(json.dumps(data), encoding="utf-8")
    return open_package(package.folder)


def broken_golden(package, content):
    package.golden_path.write_bytes(content)
    return package


def test_a_card_without_the_samples_checksum_is_read_as_before(tmp_path):
    package = unsealed(tiny_package(tmp_path / "tiny"))
    assert package.card.golden == GOLDEN_FILE
    assert not package.card.is_golden_sealed
    assert check(package)["golden"]


def test_a_changed_golden_sample_is_found(tmp_path):
    """One that agrees with the network, and with another card's tolerance: by itself nobody could tell."""
    package = tiny_package(tmp_path / "tiny")
    assert package.card.golden_seal.bytes == package.golden_path.stat().st_size
    assert check(package)["passed"]
    with np.load(package.golden_path) as stored:
        arrays = {**{name: stored[name] for name in stored.files}, "tolerance": np.float64(0.1)}
    np.savez(package.golden_path, **arrays)
    with pytest.raises(ChecksumError, match=GOLDEN_FILE):
        check(package)
    with pytest.raises(ChecksumError, match=GOLDEN_FILE):
        read_golden(open_package(package.folder))


def test_a_changed_golden_sample_is_not_installed(tmp_path):
    package = tiny_package(tmp_path / "tiny")
    data = bytearray(package.golden_path.read_bytes())
    data[len(data) // 2] ^= 1
    package.golden_path.write_bytes(data)
    with pytest.raises(ChecksumError, match=GOLDEN_FILE):
        install_package(package.folder, tmp_path / "home")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut", b"text"], ids=["empty", "cut", "text"])
def test_a_golden_sample_that_can_not_be_read(tmp_path, content):
    with pytest.raises(InvalidPackageError, match="golden sample can't be read"):
        check(broken_golden(unsealed(tiny_package(tmp_path / "tiny")), content))


def test_a_lost_golden_sample(tmp_path):
    package = tiny_package(tmp_path / "tiny")
    package.golden_path.unlink()
    with pytest.raises(InvalidPackageError, match="golden sample can't be read"):
        check(package)


@pytest.mark.parametrize("lost", ["input_dem", "output", "tolerance"])
def test_a_golden_sample_that_lacks_something(tmp_path, lost):
    package = unsealed(tiny_package(tmp_path / "tiny"))
    with np.load(package.golden_path) as stored:
        arrays = {name: stored[name] for name in stored.files if name != lost}
    np.savez(package.golden_path, **arrays)
    with pytest.raises(InvalidPackageError, match=f"golden sample lacks {lost}"):
        check(package)


def test_a_golden_sample_with_a_pickle_is_never_loaded(tmp_path):
    package = unsealed(tiny_package(tmp_path / "tiny"))
    with np.load(package.golden_path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    np.savez(package.golden_path, **{**arrays, "output": np.array([{"a": 1}], dtype=object)})
    with pytest.raises(InvalidPackageError, match="golden sample can't be read"):
        check(package)


@pytest.mark.parametrize(
    ("change", "kind", "said"),
    [
        (lambda arrays: {"input_dem": arrays["input_dem"][:, :1]}, InvalidPackageError, "does not run"),
        (lambda arrays: {"input_dem": arrays["input_dem"][:, :, :8]}, InvalidPackageError, "does not run"),
        (lambda arrays: {"output": arrays["output"][:, :, ::4]}, ModelOutputError, "where the sample has"),
        (lambda arrays: {"output": arrays["output"] * np.float32(np.nan)}, InvalidPackageError, "NaN, in output"),
        (lambda arrays: {"output": np.full(arrays["output"].shape, "much")}, InvalidPackageError, "NaN, in output"),
        (lambda _: {"input_dem": np.array("abc")}, InvalidPackageError, "NaN, in input_dem"),
        (lambda arrays: {"input_dem": arrays["input_dem"][:0]}, InvalidPackageError, "NaN, in input_dem"),
        (lambda _: {"tolerance": np.array([1.0, 2.0])}, InvalidPackageError, "tolerance"),
        (lambda _: {"tolerance": np.float64(0.11)}, InvalidPackageError, "may be 0.11 off; a check of more than 0.1"),
        (lambda _: {"tolerance": np.float64(np.nan)}, InvalidPackageError, "tolerance"),
        (lambda _: {"tolerance": np.array("much")}, InvalidPackageError, "tolerance"),
    ],
    ids=["bands", "rows", "output shape", "NaN", "words", "a word", "no patch", "two tolerances", "any tolerance",
         "NaN tolerance", "word"],
)  # fmt: skip
def test_a_golden_sample_that_does_not_fit(tmp_path, change, kind, said):
    package = unsealed(tiny_package(tmp_path / "tiny"))
    with np.load(package.golden_path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    np.savez(package.golden_path, **{**arrays, **change(arrays)})
    with pytest.raises(kind) as caught:
        check(package)
    assert said in str(caught.value)


def test_a_sample_that_is_too_large(tmp_path, monkeypatch):
    package = tiny_package(tmp_path / "tiny")
    monkeypatch.setattr("glacier_mapper.runner.models.checking.MAX_GOLDEN_BYTES", 1000)
    with pytest.raises(InvalidPackageError, match="golden sample"):
        read_golden(package)


# listening


def test_progress_and_cancel(tmp_path):
    package = tiny_package(tmp_path / "tiny")
    told, asked = [], []
    check_package(str(package.folder), Controls(told.append, lambda: asked.append(1)))
    shares = [step.fraction for step in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    labels = [STAGE_LABELS[step.stage] for step in told]
    assert labels == ["Reading the package", "Checking the model", "Done"]
    for at in range(len(asked)):
        count = iter(range(100))
        with pytest.raises(Cancelled):
            check_package(str(package.folder), Controls(should_stop=lambda at=at, count=count: next(count) >= at))
