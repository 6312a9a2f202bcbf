"""Keras files of any inputs and either encoding: each weight lands where it belongs."""

from __future__ import annotations

import numpy as np
import pytest
from keras_files import glavitu_layers, light_resunet_layers, light_setr_layers, value_of, write_h5

from glacier_mapper.runner.architectures import KerasImport
from glacier_mapper.runner.architectures.keras_import import load_network

MAKERS = {
    "glavitu": glavitu_layers, "light-fusion-resunet": light_resunet_layers, "fusion-setr-ln16": light_setr_layers,
}  # fmt: skip


def load(path, architecture, inputs, location=""):
    order = {"weights": str(path), "architecture": architecture, "inputs": list(inputs), "location": location}
    return load_network(KerasImport.from_json({**order, "out": "unused"}))


@pytest.fixture
def loaded(tmp_path):
    """loaded(architecture, inputs, location) -> (state of the network, value(layer, name) of the file)."""

    def make(architecture, inputs, location="", **how):
        layers = MAKERS[architecture](inputs, location) if location else MAKERS[architecture](inputs)
        network = load(write_h5(tmp_path / "w.h5", layers, **how), architecture, inputs, location)
        shapes = {(layer, name): shape for layer, weights in layers for name, shape in weights}
        state = {key: values.numpy() for key, values in network.state_dict().items()}
        return state, lambda layer, name: value_of(layer, name, shapes[layer, name])

    return make


SUBSETS = [
    ("optical",),
    ("dem", "thermal"),
    ("thermal", "dem"),
    ("optical", "dem", "in_sar"),
    ("optical", "dem", "co_pol_sar", "cross_pol_sar", "in_sar", "thermal"),
]


@pytest.mark.parametrize("inputs", SUBSETS, ids="+".join)
def test_each_branch_gets_its_convolutions_and_its_own_excitation(inputs, loaded):
    state, value = loaded("light-fusion-resunet", inputs)
    for index in range(len(inputs)):
        block = f"fusion_block/conv_batch_norm_act_x2{f'_{index}' if index else ''}"
        conv = 2 * index
        kernel = value("fusion_block", f"{block}/conv2d{f'_{conv}' if conv else ''}/kernel:0")
        assert np.array_equal(state[f"fusion.branches.{index}.conv1.weight"], kernel.transpose(3, 2, 0, 1))
        variance = value("fusion_block", f"{block}/batch_normalization_{conv + 1}/moving_variance:0")
        assert np.array_equal(state[f"fusion.branches.{index}.norm2.running_var"], variance)
        for place in (0, 1):
            number = 2 * index + place
            dense = f"fusion_block/dense{f'_{number}' if number else ''}"
            found = state[f"fusion.excitations.{index}.dense{place + 1}.weight"]
            assert np.array_equal(found, value("fusion_block", f"{dense}/kernel:0").T), (index, place)


def test_a_residual_block_and_the_statistics_far_behind_it_belong_together(loaded):
    state, value = loaded("light-fusion-resunet", ("dem",))
    layer, block = "LightResUNet", "residual_with_projection_4/conv_batch_norm_act_x2_4"
    # 4 encoder blocks make 8 convolutions and normalisations, the first up-convolution one more
    assert np.array_equal(state["resunet.decoder.0.block.conv1.bias"], value(layer, f"{block}/conv2d_9/bias:0"))
    means = value(layer, f"{block}/batch_normalization_9/moving_mean:0")
    assert np.array_equal(state["resunet.decoder.0.block.norm1.running_mean"], means)
    kernel = value(layer, "residual_with_projection_4/dense_4/kernel:0")
    assert np.array_equal(state["resunet.decoder.0.projection.weight"][:, :, 0, 0], kernel.T)
    up = value(layer, "up_conv/conv2d_8/kernel:0")
    assert np.array_equal(state["resunet.ups.0.conv.weight"], up.transpose(3, 2, 0, 1))


def test_attention_and_patches_are_turned_as_the_reference_reads_them(loaded):
    state, value = loaded("fusion-setr-ln16", ("thermal",))
    query = value("SETR", "transformer_block_3/multi_head_attention_3/query/kernel:0")
    output = value("SETR", "transformer_block_3/multi_head_attention_3/attention_output/kernel:0")
    bias = value("SETR", "transformer_block_3/multi_head_attention_3/value/bias:0")
    # head 2, value 5 of the head is row 2 x 16 + 5 of the matrix
    assert np.array_equal(state["setr.blocks.3.attention.query.weight"][37], query[:, 2, 5])
    assert np.array_equal(state["setr.blocks.3.attention.output.weight"][:, 37], output[2, 5])
    assert state["setr.blocks.3.attention.value.bias"][37] == bias[2, 5]
    patches = value("SETR", "patch_embedding/dense/kernel:0")
    # row 3, column 7, channel 11 of a patch of 16 x 16 x 32
    assert np.array_equal(state["setr.patches.embedding.weight"][:, 11, 3, 7], patches[(3 * 16 + 7) * 32 + 11])


@pytest.mark.parametrize("location", ["", "region", "coordinates"])
def test_glavitu_takes_either_encoding(location, loaded):
    state, value = loaded("glavitu", ("optical", "dem", "thermal"), location)
    assert np.array_equal(state["head.weight"][:, :, 0, 0], value("output", "output/kernel:0").T)
    second = value("deepsupervision", "deepsupervision/bias:0")
    assert np.array_equal(state["supervision.bias"], second)
    encoded = [key for key in state if key.startswith("encoding.")]
    assert bool(encoded) == bool(location)
    if location:
        layer = "location_encoding_block"
        kernel = value(layer, f"{layer}/dense/kernel:0")
        assert np.array_equal(state["encoding.dense1.weight"], kernel.T)
        assert kernel.shape[0] == {"region": 12, "coordinates": 4}[location]
        moving = value(layer, f"{layer}/batch_normalization_1/moving_variance:0")
        assert np.array_equal(state["encoding.norm2.running_var"], moving)


def test_every_weight_of_the_network_comes_from_the_file(loaded):
    """No value is left as the network started: none of the states is that of a fresh network."""
    state, _ = loaded("light-fusion-resunet", ("optical", "in_sar"))
    constants = [key for key, values in state.items() if values.ndim and (values == values.flat[0]).all()]
    assert constants == []


@pytest.mark.parametrize(
    "how",
    [
        {"as_text": True},
        {"split": 5},
        {"as_text": True, "split": 40},
        {"root": "model_weights"},
        {"top_level": False},
    ],
    ids=["names as text", "split lists", "text in split lists", "inside a saved model", "no top-level group"],
)
def test_the_ways_in_which_keras_writes_names(how, loaded):
    state, _ = loaded("light-fusion-resunet", ("optical", "dem"), **how)
    usual, _ = loaded("light-fusion-resunet", ("optical", "dem"))
    assert all(np.array_equal(values, usual[key]) for key, values in state.items())


def test_running_numbers_of_another_process_do_not_matter(tmp_path):
    layers = light_resunet_layers(("optical", "dem"), name="fusion_block_1", first_dense=4)
    network = load(write_h5(tmp_path / "w.h5", layers), "light-fusion-resunet", ("optical", "dem"))
    weights = dict(layers[2][1])
    first = value_of("fusion_block_1", "fusion_block_1/dense_6/kernel:0", weights["fusion_block_1/dense_6/kernel:0"])
    assert np.array_equal(network.fusion.excitations[1].dense1.weight.detach().numpy(), first.T)


def test_the_inference_model_without_its_second_output_is_taken_too(tmp_path):
    layers = glavitu_layers(("dem",), supervised=False)
    network = load(write_h5(tmp_path / "w.h5", layers), "glavitu", ("dem",))
    assert network.supervision is None
    assert network.shape.supervised is False
