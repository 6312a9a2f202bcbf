"""A network as an ONNX file: `model.onnx` of a package.

Float32 inputs named after the branches, NCHW, and `location` (batch, length) last; one output, `probabilities`. The
batch is free; rows and columns are too, unless the network is fixed to a side. What is written depends on the
network alone, so the same weights give the same bytes.
"""

from __future__ import annotations

import contextlib
import logging
import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn
from torch.export import Dim

from ...core.branches import LOCATION_INPUT, Branch
from ...core.model_card import Location
from .base import LOCATION_LENGTHS, Network, band_count
from .inference import for_inference

OUTPUT = "probabilities"
OPSET = 20
"""GELU is one operation from here on."""
TRACE_BATCH = 2
"""A batch of 1 would be taken for a constant."""
CHATTY = ("torch.onnx", "torch.export", "onnx_ir", "onnxscript")
FREE_SIDE_PX = 192
"""Side of the trace of a network whose sides are free."""


def export_onnx(
    module: nn.Module, branches: tuple[Branch, ...], location: Location, path: str | os.PathLike[str]
) -> Path:
    """Write `module`, which takes `branches` in order and then the location, to the ONNX file `path`.

    `module` stays as it is; a `Network` is rewritten for inference first.
    Raises OSError when the file can't be written.
    """
    fixed, multiple = getattr(module, "fixed_px", 0), getattr(module, "multiple_px", 1)
    ready = for_inference(module) if isinstance(module, Network) else module.eval()
    side = fixed or FREE_SIDE_PX
    inputs = tuple(torch.zeros(TRACE_BATCH, band_count(branch), side, side) for branch in branches)
    names = [branch.value for branch in branches]
    if location is not Location.NONE:
        inputs += (torch.zeros(TRACE_BATCH, LOCATION_LENGTHS[location]),)
        names.append(LOCATION_INPUT)
    with _quietly():
        program = torch.onnx.export(
            ready, inputs, dynamo=True, input_names=names, output_names=[OUTPUT], opset_version=OPSET,
            dynamic_shapes=(_free_sides(inputs, multiple, bool(fixed)),), verbose=False,
        )  # fmt: skip
    target = Path(path)
    target.write_bytes(_tidy(program.model_proto).SerializeToString(deterministic=True))
    return target


def _free_sides(inputs: tuple[torch.Tensor, ...], multiple: int, fixed: bool) -> tuple[dict[int, Dim], ...]:
    """For each input, which axes are free: the batch; rows and columns as multiples."""
    batch = Dim("batch", min=1, max=4096)
    tiles = {axis: Dim(name, min=1, max=4096) for axis, name in ((2, "tile_rows"), (3, "tile_columns"))}
    sides = {} if fixed else {axis: multiple * tile if multiple > 1 else tile for axis, tile in tiles.items()}
    return tuple({0: batch, **(sides if one.dim() == 4 else {})} for one in inputs)


def _tidy(model: onnx.ModelProto) -> onnx.ModelProto:
    """Without notes on where the code stood and shapes inside; free axes with plain names."""
    graph = model.graph
    names = {0: "batch", 2: "rows", 3: "columns"}
    for value in (*graph.input, *graph.output):
        for axis, side in enumerate(value.type.tensor_type.shape.dim):
            if side.dim_param or not side.HasField("dim_value"):
                side.dim_param = names[axis]
        value.ClearField("metadata_props")
        value.ClearField("doc_string")
    graph.ClearField("value_info")
    for holder in (model, graph, *graph.node, *graph.initializer):
        holder.ClearField("metadata_props")
        holder.ClearField("doc_string")
    graph.name, model.producer_name, model.producer_version = "network", "glacier-mapper", ""
    onnx.checker.check_model(model)
    return model


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Without the exporter's hundreds of notes on how it went about it, and on packages that it would like to have."""
    logs = [logging.getLogger(name) for name in CHATTY]
    levels = [log.level for log in logs]
    for log in logs:
        log.setLevel(logging.ERROR)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            for log, level in zip(logs, levels, strict=True):
                log.setLevel(level)


def run_onnx(path: Path, feeds: dict[str, np.ndarray]) -> np.ndarray:
    """The probabilities that ONNX Runtime computes of `feeds` on the processor."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run([OUTPUT], feeds)[0]
