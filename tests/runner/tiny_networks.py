"""Tiny but real ONNX networks in whole model packages, whose outputs can be worked out by hand.

The network of `write_network` is logistic: per pixel z = bias + sum of weight x scaled band (+ context x mean of the
first branch over the patch) (+ location . location_weights), and the output is (1 - s, s) with s = 1 / (1 + exp(-z)).

    package = tiny_package(tmp_path / "tiny", weights={"optical": (0, 8, 0, 0, -8, 0)})    # green - swir1
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from glacier_mapper.core.branches import BRANCH_ROLES, REGION_CODES, Branch
from glacier_mapper.core.model_card import (
    BandScaling,
    BranchSpec,
    Description,
    Location,
    ModelCard,
    Scaler,
    Tiling,
)
from glacier_mapper.runner.models.package import GOLDEN_FILE, MODEL_FILE, Package, write_package

GREEN_MINUS_SWIR1 = (0.0, 8.0, 0.0, 0.0, -8.0, 0.0)
LOCATION_LENGTH = {Location.REGION: len(REGION_CODES), Location.COORDINATES: 4}


def bands_of(branch: str) -> int:
    return len(BRANCH_ROLES[Branch(branch)])


def default_weights(branches) -> dict[str, tuple[float, ...]]:
    return {name: GREEN_MINUS_SWIR1 if name == "optical" else (0.0,) * bands_of(name) for name in branches}


def write_network(
    path, branches=("optical", "dem"), *, weights=None, bias=0.0, context=0.0, location=Location.NONE,
    location_weights=(), side=None, opset=17, rename=None, nan=False, output_type=TensorProto.FLOAT, stored="float32",
) -> Path:  # fmt: skip
    """Write the logistic network. `side` None leaves rows and columns free. `rename` renames inputs, `nan` makes the
    output NaN where z > 0, so that faults can be met. `stored` is the precision of the weights.
    """
    weights, names = {**default_weights(branches), **(weights or {})}, rename or {}
    nodes, constants, inputs = [], [], []
    size = [side, side] if side else ["rows", "cols"]
    for branch in branches:
        name = names.get(branch, branch)
        inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", bands_of(branch), *size]))
        kernel = np.asarray(weights[branch], np.float32).reshape(1, -1, 1, 1)
        _store(kernel, f"{branch}_weight", stored, nodes, constants)
        nodes.append(helper.make_node("Conv", [name, f"{branch}_weight"], [f"{branch}_part"]))
    parts = [f"{branch}_part" for branch in branches]
    constants.append(numpy_helper.from_array(np.float32(bias).reshape(1, 1, 1, 1), "bias"))
    parts.append("bias")
    if context:
        constants.append(numpy_helper.from_array(np.float32(context).reshape(1, 1, 1, 1), "context_weight"))
        nodes.append(helper.make_node("GlobalAveragePool", [parts[0]], ["pooled"]))
        nodes.append(helper.make_node("Mul", ["pooled", "context_weight"], ["context_part"]))
        parts.append("context_part")
    if location is not Location.NONE:
        length = LOCATION_LENGTH[location]
        inputs.append(helper.make_tensor_value_info("location", TensorProto.FLOAT, ["batch", length]))
        column = np.asarray(location_weights or np.zeros(length), np.float32).reshape(length, 1)
        constants.append(numpy_helper.from_array(column, "location_weight"))
        constants.append(numpy_helper.from_array(np.array([-1, 1, 1, 1]), "location_shape"))
        nodes.append(helper.make_node("MatMul", ["location", "location_weight"], ["location_dot"]))
        nodes.append(helper.make_node("Reshape", ["location_dot", "location_shape"], ["location_part"]))
        parts.append("location_part")
    nodes += _head(parts, nan)
    constants.append(numpy_helper.from_array(np.float32(1.0).reshape(1, 1, 1, 1), "one"))
    if output_type != TensorProto.FLOAT:
        nodes.append(helper.make_node("Cast", ["both"], ["probabilities"], to=output_type))
    else:
        nodes.append(helper.make_node("Identity", ["both"], ["probabilities"]))
    output = helper.make_tensor_value_info("probabilities", output_type, ["batch", 2, *size])
    return save(path, helper.make_graph(nodes, "tiny", inputs, [output], constants), opset)


def _store(values, name, stored, nodes, constants):
    """A constant in float32, or in a reduced precision with the node that makes it float32 again."""
    if stored == "float32":
        constants.append(numpy_helper.from_array(values, name))
        return
    packed = values.astype(stored)
    constants.append(numpy_helper.from_array(packed, f"{name}_{stored}"))
    if stored == "float16":
        nodes.append(helper.make_node("Cast", [f"{name}_{stored}"], [name], to=TensorProto.FLOAT))
        return
    constants.append(numpy_helper.from_array(np.float32(1.0), f"{name}_scale"))
    nodes.append(helper.make_node("DequantizeLinear", [f"{name}_{stored}", f"{name}_scale"], [name]))


def _head(parts, nan):
    """z as the sum of the parts, then (1 - s, s)."""
    nodes, total = [], parts[0]
    for number, part in enumerate(parts[1:]):
        nodes.append(helper.make_node("Add", [total, part], [f"sum_{number}"]))
        total = f"sum_{number}"
    if nan:  # sqrt(-z) is NaN where z > 0
        nodes += [helper.make_node("Neg", [total], ["minus_z"]), helper.make_node("Sqrt", ["minus_z"], ["root"])]
        total = "root"
    return [
        *nodes,
        helper.make_node("Sigmoid", [total], ["ice"]),
        helper.make_node("Sub", ["one", "ice"], ["other"]),
        helper.make_node("Concat", ["other", "ice"], ["both"], axis=1),
    ]


def write_deep_network(path, branches=("optical",), *, filters=8, layers=3, seed=1, side=None, opset=17) -> Path:
    """Write a convolutional network with random weights: 3 x 3 convolutions with ReLU, softmax over two classes."""
    random = np.random.default_rng(seed)
    size = [side, side] if side else ["rows", "cols"]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", bands_of(name), *size]) for name in branches
    ]
    nodes, constants, last = [], [], branches[0]
    if len(branches) > 1:
        nodes.append(helper.make_node("Concat", list(branches), ["stack"], axis=1))
        last = "stack"
    channels = sum(bands_of(name) for name in branches)
    for layer in range(layers):
        out = filters if layer < layers - 1 else 2
        kernel = random.normal(0.0, 1.4 / np.sqrt(9 * channels), (out, channels, 3, 3)).astype(np.float32)
        if layer == layers - 1:
            kernel *= 4.0
        shift = random.normal(0.0, 0.05, out).astype(np.float32)
        constants += [numpy_helper.from_array(kernel, f"w{layer}"), numpy_helper.from_array(shift, f"b{layer}")]
        nodes.append(helper.make_node("Conv", [last, f"w{layer}", f"b{layer}"], [f"c{layer}"], pads=[1, 1, 1, 1]))
        last = f"c{layer}"
        if layer < layers - 1:
            nodes.append(helper.make_node("Relu", [last], [f"r{layer}"]))
            last = f"r{layer}"
        channels = out
    nodes.append(helper.make_node("Softmax", [last], ["probabilities"], axis=1))
    output = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", 2, *size])
    return save(path, helper.make_graph(nodes, "deep", inputs, [output], constants), opset)


def save(path, graph, opset) -> Path:
    """Write a graph as an ONNX file that ONNX Runtime 1.16 and later read."""
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    Path(path).write_bytes(model.SerializeToString())
    return Path(path)


def unit_scaling(branch: str) -> BranchSpec:
    """Bands that are taken as they are: (x - 0) / (1 - 0)."""
    return BranchSpec(Branch(branch), (BandScaling(Scaler.MIN_MAX, 0.0, 1.0),) * bands_of(branch))


def tiny_card(branches=("optical", "dem"), *, name="tiny", side=None, **changes) -> ModelCard:
    """A card for the networks above. `side` None: any size that is a multiple of 8, cut into patches of 64."""
    fixed = side is not None
    needs = (frozenset(role for branch in branches for role in BRANCH_ROLES[Branch(branch)]),)
    values = {
        "name": name,
        "version": "1.0",
        "architecture": "logistic",
        "branches": tuple(unit_scaling(branch) for branch in branches),
        "description": Description(title=f"Tiny {name}", summary="A network of the tests.", licence="CC0-1.0"),
        "needs": needs,
        "tiling": Tiling(side or 64, (side or 64) // 2, "cosine", fixed, 1 if fixed else 8),
        "parameters": 9,
        "created": "2026-01-02T03:04:05Z",
        "golden": GOLDEN_FILE,
    }
    return ModelCard(**{**values, **changes})


def golden_arrays(network, card, seed=7) -> dict[str, np.ndarray]:
    """Random inputs in 0..1 with the output that ONNX Runtime gives for them."""
    import onnxruntime

    random, side = np.random.default_rng(seed), card.tiling.patch_px
    shapes = {spec.branch.value: (1, len(spec.scalings), side, side) for spec in card.branches}
    feeds = {name: random.random(shape, np.float32) for name, shape in shapes.items()}
    if card.location is not Location.NONE:
        vector = random.random((1, LOCATION_LENGTH[card.location]), np.float32)
        feeds["location"] = vector / vector.sum()
    session = onnxruntime.InferenceSession(str(network), providers=["CPUExecutionProvider"])
    output = session.run(None, feeds)[0]
    return {**{f"input_{name}": value for name, value in feeds.items()}, "output": output}


def tiny_package(
    folder, branches=("optical", "dem"), *, side=None, deep=False, card=None, tolerance=1e-5, overwrite=False, **network
) -> Package:
    """Write a complete valid package: network, card, golden sample. `card` changes fields of the card; anything else
    goes to `write_network`, or with `deep` to `write_deep_network`. The name is the folder's.
    """
    folder = Path(folder)
    parts = folder.with_name(f"{folder.name} parts")
    parts.mkdir(parents=True, exist_ok=True)
    write = write_deep_network if deep else write_network
    path = write(parts / MODEL_FILE, branches, side=side, **network)
    changes = {"name": folder.name, "location": network.get("location", Location.NONE), **(card or {})}
    made = tiny_card(branches, side=side, **changes)
    files = {MODEL_FILE: path}
    if made.golden:
        np.savez_compressed(parts / made.golden, **golden_arrays(path, made), tolerance=np.float64(tolerance))
        files[made.golden] = parts / made.golden
    return write_package(folder, made, files, overwrite)


def by_hand(feeds, weights, bias=0.0):
    """The output of `write_network` without context and location, in float64: (batch, 2, rows, cols)."""
    z = bias + sum(np.einsum("nbrc,b->nrc", np.asarray(feeds[name], np.float64), w) for name, w in weights.items())
    ice = 1.0 / (1.0 + np.exp(-z))
    return np.stack([1.0 - ice, ice], axis=1)


def opset_of(path) -> int:
    return onnx.load(str(path)).opset_import[0].version
