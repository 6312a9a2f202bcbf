"""Statistics and calibrations that come beside the weights: the right ones are taken, wrong ones named."""

from __future__ import annotations

import json
import math

import pytest

from glacier_mapper.core.branches import Branch
from glacier_mapper.core.errors import InvalidParameterError, MissingFileError
from glacier_mapper.core.model_card import BandScaling, CalibrationKind, Scaler
from glacier_mapper.runner.architectures import KerasImport
from glacier_mapper.runner.architectures.calibration_file import kernel_value, read_calibration
from glacier_mapper.runner.architectures.scaling import read_scalings


def write(path, data):
    path.write_text(json.dumps(data))
    return str(path)


def order(calibration="", **more):
    """An import of GlaViTU on optical and dem."""
    basic = {"weights": "w.h5", "architecture": "glavitu", "out": "p", "inputs": ["optical", "dem"]}
    return KerasImport.from_json({**basic, "calibration": calibration, **more})


# ---- statistics

def test_each_branch_gets_its_bands_in_order(own_stats):
    specs = read_scalings(str(own_stats), (Branch.THERMAL, Branch.DEM, Branch.CO_POL_SAR))
    thermal, dem, co_pol = specs
    assert thermal.scalings == (BandScaling(Scaler.Z_SCORE, 270.0, 12.0),)
    assert dem.scalings == (BandScaling(Scaler.MIN_MAX, -100.0, 8900.0), BandScaling(Scaler.MIN_MAX, 0.0, 90.0))
    assert co_pol.scalings == (BandScaling(Scaler.MIN_MAX, -4.0, 1.0),) * 2


def test_only_backscatter_is_logarithmic(own_stats):
    logarithmic = {spec.branch for spec in read_scalings(str(own_stats), tuple(Branch)) if spec.log10}
    assert logarithmic == {Branch.CO_POL_SAR, Branch.CROSS_POL_SAR}


def test_the_references_statistics_are_read_to_the_last_digit(stats):
    optical, dem = read_scalings(str(stats), (Branch.OPTICAL, Branch.DEM))
    assert optical.scalings[0] == BandScaling(Scaler.MIN_MAX, -0.003735552541911602, 2.0468)
    assert optical.scalings[5].b == 2.1602
    assert dem.scalings[0].b == 8349.427068840781
    assert dem.scalings[1].b == 88.97835244066131


def test_a_number_without_end_is_named(tmp_path):
    path = tmp_path / "stats.json"
    path.write_text('{"features": {"thermal": {"mean": [1%s], "std": [12]}}}' % ("0" * 400))
    with pytest.raises(InvalidParameterError, match="mean of thermal in .*1000.*a list of finite numbers"):
        read_scalings(str(path), (Branch.THERMAL,))


def test_a_file_that_is_nested_without_end_is_no_statistics(tmp_path):
    path = tmp_path / "stats.json"
    path.write_text("[" * 100_000)
    with pytest.raises(InvalidParameterError, match="stats .*JSON in UTF-8"):
        read_scalings(str(path), (Branch.THERMAL,))


def test_statistics_must_be_given():
    with pytest.raises(InvalidParameterError) as caught:
        read_scalings("", (Branch.DEM,))
    assert "statistics of elevation, slope" in str(caught.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"slope": None}, "slope in"),
        ({"elevation": {"min": [0.0]}}, '"min" and "max", or "mean" and "std"'),
        ({"elevation": {"min": [0.0, 1.0], "max": [2.0, 3.0]}}, "lists of 2 and 2"),
        ({"elevation": {"min": [5.0], "max": [5.0]}}, "a maximum above the minimum"),
        ({"elevation": {"mean": [5.0], "std": [0.0]}}, "a standard deviation above 0"),
        ({"elevation": {"mean": [5.0], "std": [1e-40]}}, "a scale of 32 bits"),
        ({"elevation": {"min": [-1e308], "max": [1e308]}}, "a scale of 32 bits"),
        ({"elevation": {"min": ["low"], "max": [5.0]}}, "a list of finite numbers"),
        ({"elevation": {"min": 0.0, "max": 5.0}}, "a list of finite numbers"),
        ({"elevation": {"min": [float("nan")], "max": [5.0]}}, "a list of finite numbers"),
    ],
)
def test_wrong_statistics_are_named(change, said, own_stats):
    data = json.loads(own_stats.read_text())
    data["features"].update(change)
    with pytest.raises(InvalidParameterError) as caught:
        read_scalings(write(own_stats, data), (Branch.DEM,))
    assert said in str(caught.value)


def test_all_missing_features_are_named_and_others_not(own_stats):
    data = json.loads(own_stats.read_text())
    for name in ("slope", "in_sar", "optical"):
        del data["features"][name]
    with pytest.raises(InvalidParameterError) as caught:
        read_scalings(write(own_stats, data), (Branch.DEM, Branch.IN_SAR))
    assert "without slope, in_sar" in str(caught.value)


@pytest.mark.parametrize("content", ["", "[1, 2]", "{\"features\": 3}", "{"])
def test_files_that_hold_no_statistics(content, own_stats):
    own_stats.write_text(content)
    with pytest.raises(InvalidParameterError) as caught:
        read_scalings(str(own_stats), (Branch.DEM,))
    assert str(own_stats) in str(caught.value)


def test_a_file_of_statistics_that_is_not_there():
    with pytest.raises(MissingFileError):
        read_scalings("nowhere.json", (Branch.DEM,))


# ---- calibrations

@pytest.fixture
def tables(golden_folder):
    return str(golden_folder / "calibration.json")


WITH_RADAR = ["optical", "dem", "co_pol_sar", "cross_pol_sar", "in_sar"]


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({}, "glavitu_global_softmax"),
        ({"inputs": ["dem", "optical"]}, "glavitu_global_softmax"),
        ({"inputs": WITH_RADAR}, "glavitu_global_insar_softmax"),
        ({"location": "region"}, "glavitu_regionencoding_softmax"),
    ],
)
def test_the_table_that_belongs_to_the_network(more, name, tables):
    found = read_calibration(order(tables, **more))
    assert found.title == name
    assert found.kind is CalibrationKind.CONFIDENCE_KERNEL


@pytest.mark.parametrize(
    "more",
    [
        {"location": "coordinates"},
        {"location": "region", "inputs": WITH_RADAR},
        {"inputs": ["optical", "dem", "thermal"]},
        {"inputs": ["optical"]},
        {"architecture": "light-fusion-resunet"},
    ],
    ids=str,
)
def test_a_network_that_no_table_belongs_to_gets_none_of_the_published(more, tables):
    with pytest.raises(InvalidParameterError) as caught:
        read_calibration(order(tables, **more))
    assert "left out, as none of them was fitted for this network" in str(caught.value)
    for name in ("glavitu_global_softmax", "glavitu_global_insar_softmax", "glavitu_regionencoding_softmax"):
        with pytest.raises(InvalidParameterError) as caught:
            read_calibration(order(tables, calibration_name=name, **more))
        assert f"calibration-name can't be {name}" in str(caught.value)
        assert "its curve fits no other. Leave it out" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("glavitu_regionencoding_softmax", {}),
        ("glavitu_global_insar_softmax", {}),
        ("glavitu_global_softmax", {"location": "region"}),
        ("glavitu_global_softmax", {"inputs": WITH_RADAR}),
    ],
)
def test_the_table_of_another_network_is_refused_though_one_of_its_own_is_there(name, more, tables):
    assert read_calibration(order(tables, **more)).title != name
    with pytest.raises(InvalidParameterError, match="fitted for this network, glavitu on optical, dem"):
        read_calibration(order(tables, calibration_name=name, **more))


def test_a_table_that_says_nothing_of_a_network_is_taken_by_name_only(tables, tmp_path):
    data = json.loads(open(tables).read())  # noqa: SIM115
    data["models"] = {"my_own_fit": data["models"]["glavitu_global_softmax"]}
    path = write(tmp_path / "own.json", data)
    with pytest.raises(InvalidParameterError, match="named with calibration-name: my_own_fit"):
        read_calibration(order(path, architecture="light-fusion-resunet"))
    made = read_calibration(order(path, architecture="light-fusion-resunet", calibration_name="my_own_fit"))
    assert (made.title, len(made.support)) == ("my_own_fit", 102)


def test_the_curve_is_the_references(tables):
    found = read_calibration(order(tables))
    assert len(found.support) == 102
    assert kernel_value(found, 0.05) == pytest.approx(0.8323898920321613, abs=1e-12)


def test_the_kernel_by_hand():
    found = read_calibration(order())
    assert found.kind is CalibrationKind.NONE
    from glacier_mapper.core.model_card import Calibration

    made = Calibration(CalibrationKind.CONFIDENCE_KERNEL, gamma=2.0, support=(0.0, 1.0), coefficients=(0.5, 0.25))
    assert kernel_value(made, 0.25) == pytest.approx(0.5 * math.exp(-0.5) + 0.25 * math.exp(-1.5))
    high = Calibration(CalibrationKind.CONFIDENCE_KERNEL, support=(0.0,), coefficients=(7.0,))
    assert kernel_value(high, 0.0) == 1.0


def test_a_name_without_a_file_and_a_name_that_the_file_lacks(tables):
    with pytest.raises(InvalidParameterError):
        read_calibration(order(calibration_name="glavitu_global_softmax"))
    with pytest.raises(InvalidParameterError) as caught:
        read_calibration(order(tables, calibration_name="temperature"))
    assert "glavitu_regionencoding_softmax" in str(caught.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"x_fit": [0.0, 1.0]}, "102 coefficients"),
        ({"dual_coef": None}, "dual_coef"),
        ({"check_calibrated": [0.5] * 21}, "off by"),
    ],
)
def test_a_damaged_table_is_named(change, said, tables, tmp_path):
    data = json.loads(open(tables).read())  # noqa: SIM115
    data["models"]["glavitu_global_softmax"].update(change)
    with pytest.raises(InvalidParameterError) as caught:
        read_calibration(order(write(tmp_path / "c.json", data)))
    assert said in str(caught.value)
    assert "glavitu_global_softmax" in str(caught.value)


def test_a_file_of_another_kernel(tables, tmp_path):
    data = {**json.loads(open(tables).read()), "kernel": "rbf"}  # noqa: SIM115
    with pytest.raises(InvalidParameterError) as caught:
        read_calibration(order(write(tmp_path / "c.json", data)))
    assert "laplacian" in str(caught.value)
