"""What lies in a package beside the card: a clean graph, a golden sample that is the same each time, honest words."""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from keras_files import glavitu_layers, write_h5
from torch import nn

from glacier_mapper.core.branches import REGION_CODES, Branch
from glacier_mapper.core.model_card import Location
from glacier_mapper.core.progress import Controls, Stage
from glacier_mapper.core.roles import OPTICAL_ROLES, Role
from glacier_mapper.runner.architectures import KerasImport, WeightsExport, import_keras
from glacier_mapper.runner.architectures.describing import describe
from glacier_mapper.runner.architectures.export import export_onnx
from glacier_mapper.runner.architectures.golden import make_golden
from glacier_mapper.runner.architectures.packaging import needs
from glacier_mapper.runner.architectures.registry import ARCHITECTURES, LIGHT_SETR, architecture, build
from glacier_mapper.runner.models.package import open_package


def test_the_graph_of_glavitu_holds_the_networks_operations_and_nothing_about_shapes(imported):
    model = onnx.load(Path(imported("global")["package"]) / "model.onnx")
    found = Counter(node.op_type for node in model.graph.node)
    # fusion 4, patches 1, decoder 4, U-Net 7 x (2 + projection) + 3 x (4 products + 3 steps), head 1 + 1, again 1
    assert found["Conv"] == 4 + 1 + 4 + 21 + 21 + 2 + 1
    # 12 x (4 + 2 + 2) of the transformer, 2 convolutions of six sums
    assert found["MatMul"] == 12 * 8 + 2 * 3
    assert found["MaxPool"] == 3
    assert found["ConvTranspose"] == 0
    assert found["LeakyRelu"] == 4 + 14 + 2
    assert found["Gelu"] == found["LayerNormalization"] == 24
    assert found["Resize"] == 4 + 3 * 6
    assert found["Softmax"] == 12
    assert found["Sigmoid"] == 2 + 1
    # the two excitations pool one image a channel, of whatever rows and columns
    assert found["GlobalAveragePool"] == 2
    assert found["Concat"] == 3 + 2
    assert found["Shape"] == found["Gather"] == 2 * 2
    shapes = {"Slice", "ConstantOfShape", "Pad", "Expand", "Mod", "Cast", "Erf"}
    assert not shapes & set(found)
    assert model.opset_import[0].version == 20


def test_every_map_of_glavitu_is_told_to_be_one_a_patch(imported):
    """By which ONNX Runtime sees that two maps have one shape, and makes their sum part of a convolution."""
    model = onnx.shape_inference.infer_shapes(onnx.load(Path(imported("global")["package"]) / "model.onnx"))
    made_by = {node.output[0]: node.op_type for node in model.graph.node}
    kept = [one for one in model.graph.value_info if made_by[one.name] != "Reshape"]
    maps = {one.name: one.type.tensor_type.shape.dim for one in kept}
    others = {name for name, dim in maps.items() if len(dim) == 4 and dim[0].dim_param != "batch"}
    assert {made_by[name] for name in others} == {"GlobalAveragePool"}
    assert sum(len(dim) == 4 for dim in maps.values()) > 150


def test_any_batch_is_taken_of_a_network_of_fixed_side(tmp_path):
    torch.manual_seed(6)
    shape = replace(architecture("fusion-setr-ln16").shape, setr=replace(LIGHT_SETR, blocks=2))
    network = build("fusion-setr-ln16", (Branch.THERMAL,), shape=shape).eval()
    path = export_onnx(network, network.branches, Location.NONE, tmp_path / "setr.onnx")
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    patches = torch.rand(3, 1, 384, 384)
    with torch.no_grad():
        wanted = network(patches).numpy()
    assert np.abs(session.run(None, {"thermal": patches.numpy()})[0] - wanted).max() < 1e-5


def test_coordinates_reach_the_network_file(tmp_path, own_stats):
    """An encoding that no golden file has: three branches and a coordinate vector, through the whole import."""
    inputs = ("thermal", "in_sar", "dem")
    weights = write_h5(tmp_path / "w.h5", glavitu_layers(inputs, "coordinates"))
    order = {"weights": str(weights), "architecture": "glavitu", "inputs": list(inputs), "location": "coordinates"}
    files = {"stats": str(own_stats), "out": str(tmp_path / "placed")}
    told = import_keras(KerasImport.from_json({**order, **files}), Controls())
    assert (told["inputs"], told["location"], told["calibration"]) == (list(inputs), "coordinates", "")
    assert told["onnx_difference"] <= 1e-4
    package = open_package(told["package"])
    session = onnxruntime.InferenceSession(str(package.model_path), providers=["CPUExecutionProvider"])
    assert [(one.name, one.shape[1]) for one in session.get_inputs()] == [
        ("thermal", 1), ("in_sar", 2), ("dem", 2), ("location", 4),
    ]  # fmt: skip
    with np.load(package.golden_path) as golden:
        feeds = {name.removeprefix("input_"): golden[name] for name in golden.files if name.startswith("input_")}
    elsewhere = {**feeds, "location": -feeds["location"]}
    assert np.abs(session.run(None, feeds)[0] - session.run(None, elsewhere)[0]).max() > 1e-4


def test_a_module_that_is_no_network_of_ours_is_exported_as_it_is(tmp_path):
    class Mean(nn.Module):
        def forward(self, optical, thermal):
            return torch.cat([optical.mean(1, keepdim=True), thermal], 1).softmax(1)

    path = export_onnx(Mean(), (Branch.OPTICAL, Branch.THERMAL), Location.NONE, tmp_path / "mean.onnx")
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    feeds = {"optical": np.full((2, 6, 3, 5), 2, np.float32), "thermal": np.full((2, 1, 3, 5), 2, np.float32)}
    assert np.allclose(session.run(None, feeds)[0], 0.5)


# ---- golden samples


def test_a_golden_sample_is_the_same_each_time_and_packs_well():
    torch.manual_seed(1)
    network = build("light-fusion-resunet", (Branch.OPTICAL, Branch.DEM))
    first, second = make_golden(network), make_golden(network)
    for name, values in first.inputs.items():
        assert np.array_equal(values, second.inputs[name])
        assert values.dtype == np.float32
        assert 0 <= values.min() < 0.4
        assert 0.6 < values.max() <= 1
        assert np.allclose(values * 255, np.round(values * 255), atol=1e-4)
    assert np.array_equal(first.output, second.output)
    assert not network.training


@pytest.mark.parametrize("location", [Location.REGION, Location.COORDINATES])
def test_the_location_of_a_golden_sample_is_one_that_can_be(location):
    torch.manual_seed(1)
    vector = make_golden(build("glavitu", (Branch.THERMAL,), location)).inputs["location"]
    if location is Location.REGION:
        assert vector.shape == (1, 12)
        assert vector.sum() == pytest.approx(1)
        assert (vector > 0).all()
    else:
        assert vector.shape == (1, 4)
        assert vector[0, 0] ** 2 + vector[0, 1] ** 2 == pytest.approx(1)
        assert vector[0, 2] ** 2 + vector[0, 3] ** 2 == pytest.approx(1)
        assert vector[0, 1] > 0  # the cosine of a latitude


def test_the_gaps_of_a_golden_sample_are_a_corner_a_band_and_a_branch():
    torch.manual_seed(1)
    inputs = make_golden(build("compact", tuple(Branch)), with_gaps=True).inputs
    assert np.isnan(inputs["optical"][0, :, :40, :53]).all()
    assert np.isnan(inputs["optical"][0, 5]).all()
    assert np.isfinite(inputs["optical"][0, :5, 40:]).all()
    assert np.isnan(inputs["thermal"]).all()
    assert np.isfinite(inputs["dem"]).all()


def test_the_tolerance_of_a_golden_sample_grows_with_the_noise_of_the_weights_alone():
    torch.manual_seed(1)
    network = build("light-fusion-resunet", (Branch.THERMAL,)).eval()
    sample = make_golden(network)
    assert sample.tolerance(network, sample.output + np.float32(5e-5)) == 1e-4
    wrong = sample.output + np.float32(1e-2)
    assert sample.tolerance(network, wrong) < np.abs(wrong - sample.output).max()
    with torch.no_grad():
        other, ice = network.logits(torch.from_numpy(sample.inputs["thermal"])).unbind(1)
        network.resunet.head.weight.mul_(1e5)  # large logits of either sign: float32 differs from float64 visibly
        network.resunet.head.bias[1] = -1e5 * (ice - other).median()
        doubles = copy.deepcopy(network).double()(torch.from_numpy(sample.inputs["thermal"]).double())
    noisy, exact = make_golden(network), doubles.numpy().astype(np.float32)
    off = np.abs(noisy.output - exact).max()
    assert off > 1e-4
    assert noisy.tolerance(network, exact) == pytest.approx(2 * off, rel=1e-3)


# ---- words and needs


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_network_has_words_for_its_card(name):
    published = architecture(name).published
    order = KerasImport if published else WeightsExport
    words = describe(architecture(name), order("w", name, "o", (Branch.OPTICAL, Branch.DEM)))
    assert words.title
    assert words.licence.startswith("GPL-2.0")
    assert words.summary.endswith(".")
    assert words.limits.endswith(".")
    assert bool(words.citation) == published
    assert words.regions == (REGION_CODES[:11] if published else ())
    assert words.accuracy == ()  # nothing was measured


def test_the_title_tells_variants_apart():
    kind, inputs = architecture("glavitu"), (Branch.OPTICAL, Branch.DEM)
    titles = {describe(kind, KerasImport("w", "glavitu", "o", inputs, location)).title for location in Location}
    assert titles == {
        "GlaViTU (optical + dem)", "GlaViTU (optical + dem, region vector)", "GlaViTU (optical + dem, coordinates)",
    }  # fmt: skip


def test_slope_and_second_orbits_need_no_layer():
    inputs = (Branch.OPTICAL, Branch.DEM, Branch.CO_POL_SAR, Branch.IN_SAR)
    (one,) = needs(architecture("glavitu"), inputs)
    assert one == {*OPTICAL_ROLES, Role.ELEVATION, Role.CO_POL, Role.COHERENCE}


def test_any_one_branch_is_enough_for_our_own_network():
    found = needs(architecture("compact"), tuple(Branch))
    assert {frozenset({one}) for one in (Role.ELEVATION, Role.CO_POL, Role.COHERENCE, Role.THERMAL)} <= set(found)


@pytest.mark.parametrize(
    ("there", "is_enough"),
    [
        ({Role.GREEN, Role.SWIR1}, True), ({Role.BLUE, Role.GREEN, Role.RED, Role.NIR}, True),
        (set(OPTICAL_ROLES), True), ({Role.BLUE}, False), ({Role.SWIR1, Role.SWIR2}, False),
    ],
)  # fmt: skip
def test_our_own_network_takes_the_optical_bands_that_most_scenes_have(there, is_enough):
    found = needs(architecture("compact"), tuple(Branch))
    assert any(need <= there for need in found) == is_enough


def test_progress_goes_up_and_stays_below_the_end(tmp_path, own_stats):
    weights = write_h5(tmp_path / "w.h5", glavitu_layers(("dem",)))
    order = {"weights": str(weights), "architecture": "glavitu", "inputs": ["dem"], "stats": str(own_stats)}
    heard = []
    controls = Controls(on_progress=heard.append, should_stop=lambda: len(heard) == 2)
    with pytest.raises(Exception, match="Cancelled"):
        import_keras(KerasImport.from_json({**order, "out": str(tmp_path / "package")}), controls)
    assert [(one.stage, one.fraction) for one in heard] == [(Stage.WEIGHTS, 0.0), (Stage.PACKAGING, 0.2)]


def test_the_stages_of_an_import_are_its_own(tmp_path, own_stats):
    weights = write_h5(tmp_path / "w.h5", glavitu_layers(("dem",)))
    order = {"weights": str(weights), "architecture": "glavitu", "inputs": ["dem"], "stats": str(own_stats)}
    heard = []
    import_keras(KerasImport.from_json({**order, "out": str(tmp_path / "package")}), Controls(heard.append))
    made = [Stage.WEIGHTS, Stage.PACKAGING, Stage.PACKAGING, Stage.CHECKING, Stage.PACKAGING]
    assert [(one.stage, one.fraction) for one in heard] == [
        (stage, pytest.approx(step / 5)) for step, stage in enumerate(made)
    ]
