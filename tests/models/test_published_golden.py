"""The published networks against the reference's own output: stage by stage in torch, then through ONNX Runtime."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest
import torch
from conftest import FIXTURES, patch_inputs, sampled

from glacier_mapper.runner.architectures import KerasImport
from glacier_mapper.runner.architectures.keras_import import load_network
from glacier_mapper.runner.models.package import open_package

TOLERANCE = 1e-4


def stage_modules(network):
    """Where each stage of the golden files is computed: module, and what is done to its output."""
    found, setr, unet = {"fusion": network.fusion}, getattr(network, "setr", None), getattr(network, "resunet", None)
    if getattr(network, "encoding", None) is not None:
        found["location_encoding"] = network.encoding
    if setr is not None:
        norms = setr.decoder.norms
        found.update({
            "vit_tokens_plus_position": setr.patches, "vit_block_first": setr.blocks[0],
            "vit_block_last": setr.blocks[-1], "setr_decoder_bn1": norms[0], "setr_decoder_bn4": norms[3],
        })  # fmt: skip
    if unet is not None:
        found.update({f"resunet_encoder_{level}": block for level, block in enumerate(unet.encoder)})
        found["resunet_decoder_upconv1"] = unet.ups[0]
        found["resunet"] = unet
    return found


def derived_stages(found):
    """Stages that are sums or enlargements of others."""
    from glacier_mapper.runner.architectures.blocks import double

    more = dict(found)
    if "setr_decoder_bn1" in found:
        more["setr_decoder_up1"] = double(found["setr_decoder_bn1"])
    if "location_encoding" in found:
        more["fusion_plus_location"] = found["fusion"] + found["location_encoding"][:, :, None, None]
    if "resunet_input" in found:
        more["encoded1"] = found["resunet_input"]
        more["setr"] = more["encoded1"] - more.get("fusion_plus_location", found["fusion"])
        more["encoded2"] = found["resunet_input"] + found["resunet"]
    return more


@pytest.fixture(scope="module", params=list(FIXTURES))
def computed(request, golden_h5, golden_file, stats):
    """(golden arrays, output, second output, stages by name) of a fixture, all computed in torch."""
    name = request.param
    files = {"weights": str(golden_h5(name)), "stats": str(stats), "out": "unused"}
    network = load_network(KerasImport.from_json({**FIXTURES[name].order, **files}))
    golden, kept = golden_file(name), {}
    handles = [
        module.register_forward_hook(lambda _, __, output, stage=stage: kept.__setitem__(stage, output))
        for stage, module in stage_modules(network).items()
    ]
    if FIXTURES[name].architecture == "glavitu":
        handles.append(network.resunet.register_forward_pre_hook(lambda _, given: kept.update(resunet_input=given[0])))
    inputs = [torch.from_numpy(values) for values in patch_inputs(golden).values()]
    with torch.no_grad():
        if FIXTURES[name].architecture == "glavitu":
            supervision, output = (logits.softmax(1) for logits in network.both_logits(*inputs))
        else:
            supervision, output = None, network(*inputs)
    for handle in handles:
        handle.remove()
    return golden, output.numpy(), supervision, derived_stages(kept)


def test_the_output_is_the_references_to_four_digits(computed):
    golden, output, _, _ = computed
    assert np.abs(sampled(output) - golden["output"]).max() <= TOLERANCE
    assert output.shape[1:] == (2, 384, 384)


def test_mean_and_extremes_over_all_pixels_agree(computed):
    golden, output, _, _ = computed
    statistics = np.stack([output.mean((2, 3)), output.std((2, 3)), output.min((2, 3)), output.max((2, 3))], 1)
    assert np.abs(statistics - golden["output_stats"]).max() <= TOLERANCE


def test_the_second_output_is_that_of_the_deep_supervision(computed):
    golden, _, supervision, _ = computed
    if supervision is None:
        assert "deepsupervision" not in golden.files
    else:
        assert np.abs(sampled(supervision) - golden["deepsupervision"]).max() <= TOLERANCE


def test_every_stage_on_the_way_agrees(computed):
    golden, _, _, stages = computed
    assert len(golden["stages"]) >= 6
    for name in golden["stages"]:
        wanted, steps = golden[f"act_{name}"], tuple(golden[f"act_{name}_step"])
        found = stages[name].numpy()
        found = found.transpose(0, 2, 3, 1) if found.ndim == 4 else found
        items = len(found) if name == "location_encoding" else 1
        sample = found[(slice(items), *(slice(None, None, step) for step in steps))]
        limit = TOLERANCE * max(1.0, np.abs(wanted).max())
        assert np.abs(sample - wanted).max() <= limit, f"the first stage that differs is {name}"


@pytest.mark.parametrize("name", FIXTURES)
def test_the_imported_package_computes_the_same_in_onnx_runtime(name, imported, golden_file):
    package = open_package(imported(name)["package"])
    session = onnxruntime.InferenceSession(str(package.model_path), providers=["CPUExecutionProvider"])
    golden = golden_file(name)
    output = session.run(None, patch_inputs(golden))[0]
    assert np.abs(sampled(output) - golden["output"]).max() <= TOLERANCE
    assert session.get_outputs()[0].name == "probabilities"


@pytest.mark.parametrize(
    ("name", "parameters"),
    [("global", 10_032_068), ("regionenc", 10_037_572), ("fusionresunet", 2_052_930), ("fusionsetr", 1_935_298)],
)
def test_the_import_tells_what_it_made(name, parameters, imported):
    told = imported(name)
    card = open_package(told["package"]).card
    assert told["parameters"] == card.parameters == parameters
    assert told["onnx_difference"] <= told["tolerance"] == TOLERANCE
    assert told["deep_supervision"] == (FIXTURES[name].architecture == "glavitu")
    assert told["file"]["sha256"] == card.file.sha256
    assert told["weights_sha256"] in card.description.provenance


@pytest.mark.parametrize(
    ("name", "table"),
    [("global", "glavitu_global_softmax"), ("regionenc", "glavitu_regionencoding_softmax"), ("fusionresunet", "")],
)
def test_the_calibration_that_belongs_to_the_network_is_taken(name, table, imported):
    card = open_package(imported(name)["package"]).card
    assert imported(name)["calibration"] == card.calibration.title == table
    assert len(card.calibration.support) == len(card.calibration.coefficients) == (102 if table else 0)
