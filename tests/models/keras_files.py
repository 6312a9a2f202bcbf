"""Keras weight files written from a description of the published networks, with any inputs and either encoding.

This is a second, independent account of the layout (order of weights, names, shapes), taken from the notes on the
reference files, so that the importer is not tested against itself.
"""

from __future__ import annotations

import zlib

import h5py
import numpy as np

BANDS = {"optical": 6, "dem": 2, "co_pol_sar": 2, "cross_pol_sar": 2, "in_sar": 2, "thermal": 1}
LOCATIONS = {"": 0, "region": 12, "coordinates": 4}


class Names:
    """Running numbers as Keras gives them: conv2d, conv2d_1, ..."""

    def __init__(self):
        self.counts = {}

    def __call__(self, kind):
        number = self.counts.get(kind, 0)
        self.counts[kind] = number + 1
        return kind if number == 0 else f"{kind}_{number}"


def batch_norm(path, channels):
    """Trainable and moving weights."""
    return [(f"{path}/gamma:0", (channels,)), (f"{path}/beta:0", (channels,))], [
        (f"{path}/moving_mean:0", (channels,)), (f"{path}/moving_variance:0", (channels,)),
    ]  # fmt: skip


def conv_block(names, into, out, prefix=""):
    """Twice convolution and normalisation."""
    block = prefix + names("conv_batch_norm_act_x2")
    trainable, moving = [], []
    for channels in (into, out):
        conv = f"{block}/{names('conv2d')}"
        trainable += [(f"{conv}/kernel:0", (3, 3, channels, out)), (f"{conv}/bias:0", (out,))]
        first, second = batch_norm(f"{block}/{names('batch_normalization')}", out)
        trainable, moving = trainable + first, moving + second
    return trainable, moving


def fusion_layer(inputs, width, name="fusion_block", first_dense=0):
    """All branches, then the first and then the second dense layers of all excitations, then the statistics."""
    names, trainable, moving = Names(), [], []
    for source in inputs:
        first, second = conv_block(names, BANDS[source], width, f"{name}/")
        trainable, moving = trainable + first, moving + second
    for place in (0, 1):
        for index in range(len(inputs)):
            number = first_dense + 2 * index + place
            dense = f"{name}/dense_{number}" if number else f"{name}/dense"
            trainable += [(f"{dense}/kernel:0", (width, width)), (f"{dense}/bias:0", (width,))]
    return [name, trainable + moving]


def location_layer(length, width):
    """Dense and normalisation, twice."""
    trainable, moving, block = [], [], "location_encoding_block"
    for number, into in (("", length), ("_1", width)):
        dense = f"{block}/dense{number}"
        trainable += [(f"{dense}/kernel:0", (into, width)), (f"{dense}/bias:0", (width,))]
        first, second = batch_norm(f"{block}/batch_normalization{number}", width)
        trainable, moving = trainable + first, moving + second
    return [block, trainable + moving]


def setr_layer(into, out, *, embedding=64, hidden=256, blocks=12, heads=4, channels=64):
    """The transformer and its decoder."""
    names = Names()
    patches = f"patch_embedding/{names('dense')}"
    trainable = [(f"{patches}/kernel:0", (16 * 16 * into, embedding)), (f"{patches}/bias:0", (embedding,))]
    trainable += [("add_positional_embedding/positional_embedding:0", (576, embedding))]
    split, moving = (heads, embedding // heads), []
    for _ in range(blocks):
        block, attention = names("transformer_block"), names("multi_head_attention")
        norm = f"{block}/{names('layer_normalization')}"
        trainable += [(f"{norm}/gamma:0", (embedding,)), (f"{norm}/beta:0", (embedding,))]
        for one in ("query", "key", "value"):
            path = f"{block}/{attention}/{one}"
            trainable += [(f"{path}/kernel:0", (embedding, *split)), (f"{path}/bias:0", split)]
        path = f"{block}/{attention}/attention_output"
        trainable += [(f"{path}/kernel:0", (*split, embedding)), (f"{path}/bias:0", (embedding,))]
        norm = f"{block}/{names('layer_normalization')}"
        trainable += [(f"{norm}/gamma:0", (embedding,)), (f"{norm}/beta:0", (embedding,))]
        for one, two in ((embedding, hidden), (hidden, embedding)):
            dense = f"{block}/{names('dense')}"
            trainable += [(f"{dense}/kernel:0", (one, two)), (f"{dense}/bias:0", (two,))]
    for width in (embedding, channels, channels, channels):
        conv = names("conv2d")
        trainable += [(f"{conv}/kernel:0", (3, 3, width, channels)), (f"{conv}/bias:0", (channels,))]
        first, second = batch_norm(names("batch_normalization"), channels)
        trainable, moving = trainable + first, moving + second
    conv = names("conv2d")
    trainable += [(f"{conv}/kernel:0", (1, 1, channels, out)), (f"{conv}/bias:0", (out,))]
    return ["SETR", trainable + moving]


def resunet_layer(into, out, *, steps, width, name="ResUNet"):
    """Encoder, decoder, dense layer."""
    names, trainable, moving = Names(), [], []

    def residual(one, two):
        path = names("residual_with_projection")
        first, second = conv_block(names, one, two, f"{path}/")
        return [*first, (f"{path}/{names('dense')}/kernel:0", (one, two))], second

    channels = into
    for step in range(steps + 1):
        first, second = residual(channels, width * 2**step)
        trainable, moving, channels = trainable + first, moving + second, width * 2**step
    for _ in range(steps):
        up = names("up_conv")
        trainable += [(f"{up}/{names('conv2d')}/kernel:0", (2, 2, channels, channels // 2))]
        first, second = batch_norm(f"{up}/{names('batch_normalization')}", channels // 2)
        trainable, moving = trainable + first, moving + second
        first, second = residual(channels, channels // 2)
        trainable, moving, channels = trainable + first, moving + second, channels // 2
    dense = names("dense")
    trainable += [(f"{dense}/kernel:0", (channels, out)), (f"{dense}/bias:0", (out,))]
    return [name, trainable + moving]


def head(name, width):
    """A dense layer to two classes."""
    return [name, [(f"{name}/kernel:0", (width, 2)), (f"{name}/bias:0", (2,))]]


def input_layers(inputs, location=""):
    """Layers without weights; Keras lists the location first."""
    return [[name, []] for name in ([*(["location"] if location else []), *inputs])]


def glavitu_layers(inputs, location="", supervised=True):
    """All layers of GlaViTU, those without weights included."""
    layers = input_layers(inputs, location)
    if location:
        layers += [location_layer(LOCATIONS[location], 64)]
    layers += [fusion_layer(inputs, 64)]
    if location:
        layers += [["tf.reshape", []], ["tf.math.add", []]]
    layers += [setr_layer(64, 64), ["add_12", []], resunet_layer(64, 64, steps=3, width=64), ["add_13", []]]
    return layers + ([head("deepsupervision", 64)] if supervised else []) + [head("output", 64)]


def light_resunet_layers(inputs, **fusion):
    """All layers of LightFusionResUNet; `fusion` goes to the fusion layer."""
    unet = resunet_layer(32, 2, steps=3, width=32, name="LightResUNet")
    return [*input_layers(inputs), fusion_layer(inputs, 32, **fusion), unet]


def light_setr_layers(inputs):
    """All layers of FusionSETR-LN/16."""
    return [*input_layers(inputs), fusion_layer(inputs, 32), setr_layer(32, 2, blocks=24)]


def value_of(layer, name, shape):
    """Reproducible values of a weight: its own stream, variances positive, kernels that keep features in range."""
    rng = np.random.default_rng(zlib.crc32(f"{layer}/{name}".encode()))
    values = rng.uniform(-1, 1, shape)
    if name.endswith("moving_variance:0"):
        values = 1 + 0.5 * values
    elif name.endswith("gamma:0"):
        values = 1 + 0.2 * values
    elif name.endswith("kernel:0"):
        wide = name.split("/")[-2] in ("query", "key", "value")
        values *= np.sqrt(2 / (shape[0] if wide else np.prod(shape[:-1])))
    else:
        values *= 0.1
    return values.astype(np.float32)


def write_h5(path, layers, *, as_text=False, split=0, root=None, top_level=True):
    """Write the file. `as_text`: names as text; `split`: names in lists of that length; `root`: group around all."""

    def save_names(group, attribute, names):
        stored = list(names) if as_text else [name.encode() for name in names]
        if split and len(stored) > split:
            for number, start in enumerate(range(0, len(stored), split)):
                group.attrs[f"{attribute}{number}"] = stored[start : start + split]
        else:
            group.attrs[attribute] = stored

    with h5py.File(path, "w") as file:
        holder = file.create_group(root) if root else file
        save_names(holder, "layer_names", [name for name, _ in layers])
        holder.attrs["backend"], holder.attrs["keras_version"] = "tensorflow", "2.11.0"
        for layer, weights in layers:
            group = holder.create_group(layer)
            save_names(group, "weight_names", [name for name, _ in weights])
            for name, shape in weights:
                group.create_dataset(name, data=value_of(layer, name, shape))
        if top_level:
            holder.create_group("top_level_model_weights").attrs["weight_names"] = np.array([])
    return path
