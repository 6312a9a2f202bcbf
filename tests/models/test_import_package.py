"""From a weight file to a package, by the real command line and in-process: what stands in it, and what stops it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from keras_files import light_resunet_layers, write_h5

from glacier_mapper.core.branches import BRANCH_ROLES, Branch
from glacier_mapper.core.errors import Cancelled, InvalidParameterError, OutputExistsError
from glacier_mapper.core.model_card import Location, NoData, Scaler
from glacier_mapper.core.model_errors import KerasWeightsError, MissingPythonPackageError, WrongArchitectureError
from glacier_mapper.core.progress import Controls
from glacier_mapper.core.roles import OPTICAL_ROLES, Role
from glacier_mapper.runner import architectures
from glacier_mapper.runner.architectures import KerasImport, WeightsExport, export_package, import_keras
from glacier_mapper.runner.architectures.describing import OWN_LICENCE, OWN_SUMMARY
from glacier_mapper.runner.architectures.registry import build
from glacier_mapper.runner.architectures.weights_file import load_weights, save_weights
from glacier_mapper.runner.models.package import open_package

ROOT = Path(__file__).resolve().parents[2]
INPUTS = ("in_sar", "thermal", "optical")


@pytest.fixture
def cli():
    """cli("import-keras", ...) -> (exit code, stdout, stderr) of the real process."""

    def run(*arguments):
        command = [sys.executable, "-m", "glacier_mapper.runner", *map(str, arguments)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.fixture
def light_h5(tmp_path):
    return write_h5(tmp_path / "light.h5", light_resunet_layers(INPUTS))


def order(tmp_path, weights, statistics, **more):
    files = {"weights": str(weights), "stats": str(statistics), "out": str(tmp_path / "package")}
    return {"architecture": "light-fusion-resunet", "inputs": list(INPUTS), **files, **more}


def run_golden(folder):
    """(ONNX Runtime's output, golden output, tolerance) of a package."""
    package = open_package(folder)
    with np.load(package.golden_path, allow_pickle=False) as golden:
        feeds = {name.removeprefix("input_"): golden[name] for name in golden.files if name.startswith("input_")}
        output, tolerance = golden["output"], float(golden["tolerance"])
    session = onnxruntime.InferenceSession(str(package.model_path), providers=["CPUExecutionProvider"])
    return session.run(None, feeds)[0], output, tolerance


def test_the_command_makes_a_package_that_runs(cli, light_h5, own_stats, tmp_path):
    out = tmp_path / "made" / "my-resunet"
    asked = ("--architecture", "light-fusion-resunet", "--inputs", ",".join(INPUTS), "--stats", own_stats)
    code, said, log = cli("import-keras", light_h5, *asked, "--title", "Mine", "-o", out, "--json")
    assert code == 0, log
    told = json.loads(said)
    assert (told["name"], told["inputs"], told["deep_supervision"]) == ("my-resunet", list(INPUTS), False)
    assert told["onnx_difference"] <= told["tolerance"]
    found, wanted, tolerance = run_golden(out)
    assert np.abs(found - wanted).max() <= tolerance == 1e-4
    assert wanted.std() > 0.01
    card = open_package(out).card
    assert [spec.branch.value for spec in card.branches] == list(INPUTS)
    assert card.branches[1].scalings[0].kind is Scaler.Z_SCORE
    assert (card.no_data, card.location, card.ice_class) == (NoData.RAW_ZERO, Location.NONE, 1)
    assert (card.tiling.patch_px, card.tiling.stride_px, card.tiling.window) == (384, 192, "cosine")
    assert (card.tiling.fixed, card.tiling.multiple_px) == (False, 8)
    assert card.description.title == "Mine"
    assert card.description.licence == "GPL-2.0-only"
    assert "10.1038/s41467-024-54956-x" in card.description.citation
    assert "light.h5" in card.description.provenance
    assert card.needs == (frozenset({Role.COHERENCE, Role.THERMAL, *OPTICAL_ROLES}),)

    again, _, error = cli("import-keras", light_h5, *asked, "-o", out)
    assert again == 2
    assert "exists already" in error
    wrong, _, error = cli("import-keras", light_h5, "--architecture", "glavitu", *asked[2:], "-o", tmp_path / "other")
    assert wrong == 2
    assert "the layer SETR (221 weights) is missing" in error
    assert error.count("Traceback") == 0


def test_the_network_file_has_the_contracts_inputs_and_no_trace_of_where_it_was_made(light_h5, own_stats, tmp_path):
    told = import_keras(KerasImport.from_json(order(tmp_path, light_h5, own_stats)), Controls())
    path = Path(told["package"]) / "model.onnx"
    model = onnx.load(path)
    shapes = {
        one.name: [side.dim_param or side.dim_value for side in one.type.tensor_type.shape.dim]
        for one in (*model.graph.input, *model.graph.output)
    }
    free = ["rows", "columns"]
    assert shapes == {
        "in_sar": ["batch", 2, *free], "thermal": ["batch", 1, *free], "optical": ["batch", 6, *free],
        "probabilities": ["batch", 2, *free],
    }  # fmt: skip
    assert {node.op_type for node in model.graph.node}.isdisjoint({"BatchNormalization", "Identity", "Dropout"})
    raw = path.read_bytes()
    assert str(ROOT).encode() not in raw
    assert b"site-packages" not in raw

    second = order(tmp_path, light_h5, own_stats, out=str(tmp_path / "second"))
    assert import_keras(KerasImport.from_json(second), Controls())["file"]["sha256"] == told["file"]["sha256"]


def test_fixed_networks_say_so(imported):
    card = open_package(imported("regionenc")["package"]).card
    assert (card.tiling.fixed, card.tiling.patch_px, card.location) == (True, 384, Location.REGION)
    session = onnxruntime.InferenceSession(str(Path(imported("regionenc")["package"]) / "model.onnx"))
    assert {one.name: one.shape[1:] for one in session.get_inputs()} == {
        "optical": [6, 384, 384], "dem": [2, 384, 384], "location": [12],
    }  # fmt: skip


def test_nothing_is_made_where_something_stands(light_h5, own_stats, tmp_path):
    (tmp_path / "package").mkdir()
    with pytest.raises(OutputExistsError):
        import_keras(KerasImport.from_json(order(tmp_path, light_h5, own_stats)), Controls())


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
def test_a_cancel_leaves_nothing_behind(steps, light_h5, own_stats, tmp_path):
    asked = iter([False] * steps)
    controls = Controls(should_stop=lambda: next(asked, True))
    with pytest.raises(Cancelled):
        import_keras(KerasImport.from_json(order(tmp_path, light_h5, own_stats)), controls)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["light.h5", "own_stats.json"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"architecture": "compact", "inputs": [one.value for one in Branch]}, "published as Keras weights: glavitu"),
        ({"architecture": "unet"}, "published as Keras weights"),
        ({"architecture": "vgg"}, "one of glavitu"),
        ({"stats": ""}, "statistics of in_sar, thermal, optical"),
        ({"location": "region"}, "glavitu takes one"),
    ],
)
def test_orders_that_make_no_sense(change, said, light_h5, own_stats, tmp_path):
    with pytest.raises(InvalidParameterError) as caught:
        import_keras(KerasImport.from_json(order(tmp_path, light_h5, own_stats, **change)), Controls())
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("change", "said"), [({"inputs": ["optical", "radar"]}, "co_pol_sar"), ({"location": "gps"}, "coordinates")]
)
def test_words_that_are_no_branch_and_no_encoding(change, said, tmp_path):
    with pytest.raises(InvalidParameterError) as caught:
        KerasImport.from_json(order(tmp_path, "w.h5", "s.json", **change))
    assert said in str(caught.value)


@pytest.mark.parametrize("package", ["torch", "onnx", "h5py"])
def test_a_package_that_is_not_installed_is_named(package, light_h5, own_stats, tmp_path, monkeypatch):
    find = architectures.importlib.util.find_spec
    monkeypatch.setattr(architectures.importlib.util, "find_spec", lambda name: None if name == package else find(name))
    with pytest.raises(MissingPythonPackageError) as caught:
        import_keras(KerasImport.from_json(order(tmp_path, light_h5, own_stats)), Controls())
    assert package in str(caught.value)
    assert "requirements/training.txt" in str(caught.value)


# ---- weights of our own


def own_order(tmp_path, weights, stats, **more):
    files = {"weights": str(weights), "stats": str(stats), "out": str(tmp_path / "own")}
    return WeightsExport.from_json({"architecture": "compact", "inputs": ["optical", "dem"], **files, **more})


def test_another_network_is_named_before_a_calibration_that_does_not_fit_it(light_h5, own_stats, tmp_path):
    """The curve of GlaViTU fits no other network, but that is not what is wrong here."""
    tables = {"kernel": "laplacian", "gamma": 1.0, "models": {"glavitu_global_softmax": {}}}
    (tmp_path / "calibration.json").write_text(json.dumps(tables))
    wrong = order(tmp_path, light_h5, own_stats, calibration=str(tmp_path / "calibration.json"))
    with pytest.raises(WrongArchitectureError, match="fusion-resunet"):
        import_keras(KerasImport.from_json({**wrong, "architecture": "fusion-resunet"}), Controls())
    with pytest.raises(InvalidParameterError, match="glavitu_global_softmax"):
        import_keras(KerasImport.from_json(wrong), Controls())
    assert not (tmp_path / "package").exists()


def test_weights_that_say_the_same_of_every_pixel_are_refused(light_h5, own_stats, tmp_path):
    with h5py.File(light_h5, "r+") as file:
        file.visititems(lambda _, one: one.write_direct(np.zeros_like(one)) if isinstance(one, h5py.Dataset) else None)
    with pytest.raises(WrongArchitectureError, match="the same probability; they were never trained, or are zeros"):
        import_keras(KerasImport.from_json(order(tmp_path, light_h5, own_stats)), Controls())
    assert not (tmp_path / "package").exists()


def test_weights_survive_the_file(tmp_path):
    torch.manual_seed(4)
    first, second = build("compact", tuple(Branch)), build("compact", tuple(Branch))
    save_weights(first, tmp_path / "w.npz")
    load_weights(second, str(tmp_path / "w.npz"), "compact")
    for key, values in second.state_dict().items():
        assert torch.equal(values, first.state_dict()[key])


def test_the_export_of_our_own_network(cli, own_stats, tmp_path):
    torch.manual_seed(4)
    save_weights(build("compact", tuple(Branch)), tmp_path / "w.npz")
    asked = ("--architecture", "compact", "--stats", own_stats, "--licence", "CC-BY-4.0", "--name", "tiny-one")
    code, said, log = cli("export", tmp_path / "w.npz", *asked, "-o", tmp_path / "own", "--json")
    assert code == 0, log
    assert json.loads(said)["inputs"] == [branch.value for branch in Branch]
    found, wanted, tolerance = run_golden(tmp_path / "own")
    assert np.abs(found - wanted).max() <= tolerance
    card = open_package(tmp_path / "own").card
    assert (card.name, card.description.licence, card.architecture) == ("tiny-one", "CC-BY-4.0", "compact")
    assert (card.no_data, card.tiling.fixed, card.tiling.window) == (NoData.NAN, False, "cosine")
    assert [spec.log10 for spec in card.branches] == [False, False, True, True, False, False]
    assert frozenset({Role.ELEVATION}) in card.needs
    assert frozenset({Role.CO_POL}) in card.needs
    with np.load(tmp_path / "own" / "golden.npz") as golden:
        assert np.isnan(golden["input_thermal"]).all()
        assert 0 < np.isnan(golden["input_optical"]).mean() < 1
        assert golden["input_optical"].shape[1] == len(BRANCH_ROLES[Branch.OPTICAL])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda state: state.pop("head.bias"), "head.bias is missing"),
        (lambda state: state.update(more=np.ones(2)), "more is extra"),
        (lambda state: state.update({"head.bias": np.ones(3)}), "head.bias has the shape (3,) instead of (2,)"),
        (lambda state: state.update({"head.bias": np.array([0, np.nan])}), "head.bias holds values that are no"),
        (lambda state: state.update({"head.bias": np.array(["a", "b"])}), "head.bias holds values that are no"),
        (lambda state: state.update({"head.bias": np.array([None, 1], dtype=object)}), "it is no .npz file of plain"),
    ],
)
def test_weights_of_another_network_are_named(change, said, own_stats, tmp_path):
    state = {key: values.numpy() for key, values in build("compact", tuple(Branch)).state_dict().items()}
    change(state)
    np.savez(tmp_path / "w.npz", **state)
    with pytest.raises(WrongArchitectureError) as caught:
        export_package(own_order(tmp_path, tmp_path / "w.npz", own_stats), Controls())
    assert said in str(caught.value)
    assert not (tmp_path / "own").exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"weights"])
def test_a_file_that_is_no_npz(content, own_stats, tmp_path):
    (tmp_path / "w.npz").write_bytes(content)
    with pytest.raises(WrongArchitectureError) as caught:
        export_package(own_order(tmp_path, tmp_path / "w.npz", own_stats), Controls())
    assert "no .npz file" in str(caught.value)


def test_a_keras_file_is_sent_to_its_own_command(cli, light_h5, own_stats, tmp_path):
    with pytest.raises(KerasWeightsError) as caught:
        export_package(own_order(tmp_path, light_h5, own_stats), Controls())
    assert "light.h5 is a weight file of Keras" in str(caught.value)
    code, _, error = cli("export", light_h5, "--architecture", "compact", "--stats", own_stats, "-o", tmp_path / "own")
    assert code == 2
    assert "with the command import-keras" in error
    assert "pickle" not in error
    assert not (tmp_path / "own").exists()


@pytest.mark.parametrize("content", [b"weights", b"\x80\x04a pickle", b"\x89HDF"])
def test_nobody_is_told_to_trust_a_pickle(content, own_stats, tmp_path):
    (tmp_path / "w.npz").write_bytes(content)
    with pytest.raises(WrongArchitectureError) as caught:
        export_package(own_order(tmp_path, tmp_path / "w.npz", own_stats), Controls())
    assert "pickle" not in str(caught.value)
    assert str(caught.value).count("..") == 0


def test_a_single_array_is_no_weight_file(own_stats, tmp_path):
    np.save(tmp_path / "w.npy", np.ones(3))
    with pytest.raises(WrongArchitectureError):
        export_package(own_order(tmp_path, tmp_path / "w.npy", own_stats), Controls())


def test_a_plain_network_takes_the_branches_it_is_given(own_stats, tmp_path):
    torch.manual_seed(4)
    save_weights(build("unet", (Branch.DEM, Branch.THERMAL)), tmp_path / "w.npz")
    given = {"architecture": "unet", "inputs": "dem, thermal"}
    told = export_package(own_order(tmp_path, tmp_path / "w.npz", own_stats, **given), Controls())
    card = open_package(told["package"]).card
    assert (told["inputs"], card.no_data) == (["dem", "thermal"], NoData.ZERO)
    assert card.needs == (frozenset({Role.ELEVATION, Role.THERMAL}),)


@pytest.mark.parametrize(("asked", "written"), [("", NoData.ZERO), ("raw-zero", NoData.RAW_ZERO)])
def test_own_weights_see_gaps_as_their_training_showed_them(asked, written, own_stats, tmp_path):
    """Also in an architecture whose published deployment shows them in another way."""
    torch.manual_seed(4)
    save_weights(build("light-fusion-resunet", (Branch.THERMAL,)), tmp_path / "w.npz")
    given = {"architecture": "light-fusion-resunet", "inputs": "thermal", "no_data": asked}
    export_package(own_order(tmp_path, tmp_path / "w.npz", own_stats, **given), Controls())
    card = open_package(tmp_path / "own").card
    assert card.no_data is written
    words = card.description
    assert (words.summary, words.licence, words.citation, words.regions) == (OWN_SUMMARY, OWN_LICENCE, "", ())


@pytest.mark.parametrize(("name", "asked"), [("compact", "zero"), ("unet", "nan"), ("unet", "none")])
def test_a_way_of_gaps_that_the_network_can_not_take(name, asked, own_stats, tmp_path):
    given = {"architecture": name, "inputs": "dem", "no_data": asked}
    with pytest.raises(InvalidParameterError) as caught:
        export_package(own_order(tmp_path, tmp_path / "nowhere.npz", own_stats, **given), Controls())
    assert caught.value.details["value"] == asked
