"""A network as an ONNX file: `model.onnx` of a package.

Float32 inputs named after the branches, NCHW, and `location` (batch, length) last; one output, `probabilities`. The
batch is free; rows and columns are too, unless the network is fixed to a side. What is written depends on the
network alone, so the same weights give the same bytes.

The graph is traced (torch's exporter by TorchScript): the networks have no branches in their code and fixed shapes
where they reshape, and so it has the same operations as that of torch.export, in a tenth of the time.
"""

from __future__ import annotations

import io
import os
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn

from ...core.branches import LOCATION_INPUT, Branch
from ...core.model_card import Location
from .base import LOCATION_LENGTHS, Network, band_count
from .inference import for_inference

OUTPUT = "probabilities"
OPSET = 20
"""GELU is one operation from here on."""
FREE_SIDE_PX = 64
"""Side of the trace of a network whose sides are free."""
AXES = {0: "batch", 2: "rows", 3: "columns"}


def export_onnx(
    module: nn.Module, branches: tuple[Branch, ...], location: Location, path: str | os.PathLike[str]
) -> Path:
    """Write `module`, which takes `branches` in order and then the location, to the ONNX file `path`.

    `module` stays as it is; a `Network` is rewritten for inference first.
    Raises OSError when the file can't be written.
    """
    fixed = getattr(module, "fixed_px", 0)
    ready = for_inference(module) if isinstance(module, Network) else module.eval()
    side = fixed or FREE_SIDE_PX
    inputs = {branch.value: torch.zeros(1, band_count(branch), side, side) for branch in branches}
    free = {name: {0: AXES[0]} if fixed else AXES for name in (*inputs, OUTPUT)}
    if location is not Location.NONE:
        inputs[LOCATION_INPUT], free[LOCATION_INPUT] = torch.zeros(1, LOCATION_LENGTHS[location]), {0: AXES[0]}
    buffer = io.BytesIO()
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the exporter by torch.export is recommended
        torch.onnx.export(
            ready, tuple(inputs.values()), buffer, dynamo=False, input_names=list(inputs), output_names=[OUTPUT],
            opset_version=OPSET, dynamic_axes=free,
        )  # fmt: skip
    target = Path(path)
    target.write_bytes(_tidy(onnx.load_from_string(buffer.getvalue())).SerializeToString(deterministic=True))
    return target


def _tidy(model: onnx.ModelProto) -> onnx.ModelProto:
    """Plain names; no notes on where the code stood; equal weights named once, without a node that copies them."""
    graph = model.graph
    graph.ClearField("value_info")
    _tell_batch(model)
    graph.ClearField("doc_string")
    graph.name, model.producer_name, model.producer_version = "network", "glacier-mapper", ""
    weights = {one.name for one in graph.initializer}
    same = [one for one in graph.node if one.op_type == "Identity" and one.input[0] in weights]
    copies = {one.output[0]: one.input[0] for one in same}
    kept = [one for one in graph.node if one.output[0] not in copies]
    for number, node in enumerate(kept):
        node.ClearField("doc_string")
        node.name = f"{node.op_type}_{number}"
        node.input[:] = [copies.get(name, name) for name in node.input]
    tidied = [onnx.NodeProto.FromString(node.SerializeToString()) for node in kept]
    del graph.node[:]
    graph.node.extend(tidied)
    onnx.checker.check_model(model)
    return model


def _tell_batch(model: onnx.ModelProto) -> None:
    """Say what the checker of shapes does not see: enlarging, and reshaping to (-1, a, b, ...), keep the batch.

    Every such order in the networks does. ONNX Runtime makes a sum part of the convolution before it only where it can
    tell that both feature maps have one shape.
    """
    graph, kind = model.graph, onnx.TensorProto.FLOAT
    known = onnx.shape_inference.infer_shapes(model).graph.value_info
    kinds = {one.name: one.type.tensor_type.elem_type for one in known}
    constants = {one.output[0]: onnx.numpy_helper.to_array(one.attribute[0].t)
                 for one in graph.node if one.op_type == "Constant"}  # fmt: skip
    for node in graph.node:
        target = list(constants.get(node.input[1], ())) if node.op_type == "Reshape" else []
        is_map = kinds.get(node.output[0], kind) == kind  # and no order of numbers, such as paddings
        if (target[:1] == [-1] and is_map) or node.op_type == "Resize":
            shape = [AXES[0], *(map(int, target[1:]) if target else (None,) * 3)]
            graph.value_info.append(onnx.helper.make_tensor_value_info(node.output[0], kind, shape))


def run_onnx(path: Path, feeds: dict[str, np.ndarray]) -> np.ndarray:
    """The probabilities that ONNX Runtime computes of `feeds` on the processor."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run([OUTPUT], feeds)[0]
