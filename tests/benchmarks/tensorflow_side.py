"""The reference's side of bench_tensorflow: GlaViTU in Keras, run by the Python of a throw-away environment.

    python tensorflow_side.py WEIGHTS.h5 PATCHES.npz

Needs tensorflow, h5py and numpy, nothing of this project. The network is built anew here, from the same description
as the torch one. It reads commands from stdin, a word a line, and answers each with one line of JSON:
"check" computes the patches and saves them beside PATCHES.npz as output.npy; "graph" (a patch at a time), "batch" (all
at once) and "predict" (Keras's own loop, a patch at a time) time one pass over the patches; "quit" ends.
"""

from __future__ import annotations

import json
import os
import sys
import time

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf

layers = tf.keras.layers
SIDE, PATCH, WIDTH, HIDDEN, HEADS, BLOCKS = 384, 16, 64, 256, 4, 12


def slope(features):
    """The rectifier of the convolutions."""
    return tf.nn.leaky_relu(features, alpha=0.2)


def twice(features, channels):
    """Convolution, normalisation, rectifier, twice."""
    for _ in range(2):
        features = layers.Conv2D(channels, 3, padding="same")(features)
        features = slope(layers.BatchNormalization()(features))
    return features


def residual(features, channels):
    """`twice` plus a projection."""
    return layers.Add()([twice(features, channels), layers.Dense(channels, use_bias=False)(features)])


def rise(features, channels):
    """Enlarge, convolve, normalise."""
    large = layers.UpSampling2D(2)(features)
    mixed = layers.Conv2D(channels, 2, padding="same", use_bias=False)(large)
    return layers.BatchNormalization()(mixed)


class Position(layers.Layer):
    """A learnt vector a token."""

    def build(self, shape):
        self.values = self.add_weight("positional_embedding", shape=shape[1:])

    def call(self, tokens):
        return tokens + self.values


def fused(sources):
    """One convolutional branch a source, weighted by its excitation, summed."""
    found = [twice(source, WIDTH) for source in sources]
    means = [layers.GlobalAveragePooling2D()(one) for one in found]
    first = [slope(layers.Dense(WIDTH)(mean)) for mean in means]
    weights = [layers.Dense(WIDTH, activation="sigmoid")(one) for one in first]
    shaped = [layers.Reshape((1, 1, WIDTH))(weight) for weight in weights]
    return layers.Add()([layers.Multiply()(pair) for pair in zip(found, shaped)])


def transformer(tokens):
    """A pre-norm block; GELU after both dense layers."""
    normed = layers.LayerNormalization()(tokens)
    attended = layers.MultiHeadAttention(HEADS, WIDTH // HEADS)(normed, normed)
    tokens = layers.Add()([tokens, attended])
    normed = layers.LayerNormalization()(tokens)
    hidden = layers.Dense(HIDDEN, activation="gelu")(normed)
    return layers.Add()([tokens, layers.Dense(WIDTH, activation="gelu")(hidden)])


def context(features):
    """Tokens of 16 x 16 pixels, transformer, decoder with bilinear doublings."""
    cells = SIDE // PATCH
    patches = layers.Lambda(
        lambda x: tf.reshape(
            tf.transpose(tf.reshape(x, (-1, cells, PATCH, cells, PATCH, WIDTH)), (0, 1, 3, 2, 4, 5)),
            (-1, cells * cells, PATCH * PATCH * WIDTH),
        )
    )(features)
    tokens = layers.Dense(WIDTH)(patches)
    tokens = Position()(tokens)
    for _ in range(BLOCKS):
        tokens = transformer(tokens)
    maps = layers.Reshape((cells, cells, WIDTH))(tokens)
    for _ in range(3):
        maps = layers.Conv2D(WIDTH, 3, padding="same")(maps)
        maps = layers.BatchNormalization()(maps)
        maps = layers.UpSampling2D(2, interpolation="bilinear")(maps)
    maps = layers.Conv2D(WIDTH, 3, padding="same")(maps)
    maps = layers.BatchNormalization()(maps)
    maps = layers.Conv2D(WIDTH, 1)(maps)
    return layers.UpSampling2D(2, interpolation="bilinear")(maps)


def unet(features):
    """Three halvings and back."""
    skips = []
    for step in range(3):
        features = residual(features, WIDTH * 2**step)
        skips.append(features)
        features = layers.MaxPooling2D(2)(features)
    features = residual(features, WIDTH * 8)
    for step in (2, 1, 0):
        up = rise(features, WIDTH * 2**step)
        features = residual(layers.Concatenate()([up, skips[step]]), WIDTH * 2**step)
    return layers.Dense(WIDTH)(features)


def build():
    """The single-output network on optical and dem."""
    inputs = [layers.Input((SIDE, SIDE, bands), name=name) for name, bands in (("optical", 6), ("dem", 2))]
    front = fused(inputs)
    encoded = layers.Add()([context(front), front])
    refined = unet(encoded)
    output = layers.Dense(2, activation="softmax")(layers.Add()([encoded, refined]))
    return tf.keras.Model(inputs, output)


def stored(path):
    """The file's weights in the order of this network's layers, as lists of one layer of the file each."""
    import h5py

    with h5py.File(path, "r") as file:
        names = ("fusion_block", "SETR", "ResUNet", "output")
        return {
            name: [(one.decode() if isinstance(one, bytes) else one, file[name][one][()])
                   for one in file[name].attrs["weight_names"]]
            for name in names
        }  # fmt: skip


def in_order(weights):
    """The weights of a nested file layer, moving statistics put behind the gamma and beta they belong to."""
    plain = [item for item in weights if "moving_" not in item[0]]
    moving = iter([item for item in weights if "moving_" in item[0]])
    ordered = []
    for item in plain:
        ordered.append(item)
        if item[0].endswith("beta:0") and "batch_normalization" in item[0]:
            ordered += [next(moving), next(moving)]
    return [values for _, values in ordered]


def fill(model, path):
    """Give the model the file's weights: each of its layers, in the order in which they were made."""
    values = iter([values for weights in stored(path).values() for values in in_order(weights)])
    for layer in sorted(model.layers, key=lambda one: MADE[one.name]):
        if layer.weights:
            layer.set_weights([next(values) for _ in layer.weights])
    if next(values, None) is not None:
        raise SystemExit("the file has weights that the network has no place for")


MADE: dict[str, int] = {}
_init = layers.Layer.__init__


def _remember(self, *args, **kwargs):
    _init(self, *args, **kwargs)
    MADE.setdefault(self.name, len(MADE))


layers.Layer.__init__ = _remember


def main(arguments):
    """Read commands until told to quit."""
    weights, patches = arguments[:2]
    tf.config.threading.set_intra_op_parallelism_threads(int(os.environ.get("BENCH_THREADS", "2")))
    model = build()
    fill(model, weights)
    with np.load(patches) as file:
        inputs = [np.ascontiguousarray(file[name].transpose(0, 2, 3, 1)) for name in ("optical", "dem")]
    graph = tf.function(lambda one, two: model([one, two], training=False), jit_compile=False)

    def each(run):
        return np.concatenate([np.asarray(run(*(one[at : at + 1] for one in inputs))) for at in range(len(inputs[0]))])

    ways = {
        "graph": lambda: each(lambda *one: graph(*map(tf.constant, one))),
        "batch": lambda: np.asarray(graph(*map(tf.constant, inputs))),
        "predict": lambda: model.predict(inputs, batch_size=1, verbose=0),
    }
    for line in sys.stdin:
        word = line.strip()
        if word == "quit":
            break
        started, cpu = time.perf_counter(), time.process_time()
        output = ways["graph" if word == "check" else word]()
        answer = {"wall_s": time.perf_counter() - started, "cpu_s": time.process_time() - cpu}
        if word == "check":
            np.save(os.path.join(os.path.dirname(patches), "output.npy"), output)
            answer = {"parameters": int(model.count_params()), "tensorflow": tf.__version__}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
