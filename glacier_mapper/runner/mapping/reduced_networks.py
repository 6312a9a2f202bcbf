"""An ONNX network in float16, or in 8 bits by what its tensors hold on real patches.

float16: weights and arithmetic of 16 bits, inputs and outputs stay float32. A processor without such arithmetic
computes it no faster; the file is half as large. bfloat16 is not made: ONNX Runtime has no convolution in it on a CPU.

int8: quantize-dequantize nodes round each convolution and multiplication (static quantization), weights a channel
each, their range measured on patches of the scenes. Weights take 7 of their 8 bits: two products then fit into the 16
bits that processors without VNNI add them in, so that the result does not hang on the processor. The last layer
and the softmax stay float32, or probabilities would come in steps.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...core.model_errors import InvalidPackageError, MissingPythonPackageError
from ..models.devices import ORT_ERRORS, first_line
from .plain_networks import plain_convolutions

FloatImage = npt.NDArray[np.float32]
WEIGHTED = ("Conv", "MatMul", "Gemm")
ROUNDED = (*WEIGHTED, "Add", "Concat", "MaxPool", "Relu", "LeakyRelu", "Clip", "Resize", "Transpose", "Reshape")
"""The operators that are computed in 8 bits: the weighted ones, and those between them that keep a tensor's range."""


def to_float16(source: Path, target: Path) -> None:
    """Write the network of `source` in float16 to `target`.

    Raises MissingPythonPackageError, InvalidPackageError for a network that can't be converted.
    """
    try:
        import onnx
        from onnxruntime.transformers.float16 import convert_float_to_float16
    except ImportError as exc:
        raise _missing(exc) from exc
    try:
        reduced = convert_float_to_float16(plain_convolutions(onnx.load(str(source))), keep_io_types=True)
        onnx.save(reduced, str(target))
    except (*ORT_ERRORS, ValueError, TypeError, KeyError, RuntimeError) as exc:
        raise _unfit(source, "float16", exc) from exc


def to_int8(source: Path, target: Path, samples: Sequence[dict[str, FloatImage]]) -> None:
    """Write the network of `source` in 8 bits to `target`; `samples` are batches of its inputs that set the ranges.

    Raises MissingPythonPackageError, InvalidPackageError for a network that can't be converted.
    """
    try:
        import onnx
        from onnxruntime import quantization
        from onnxruntime.quantization.shape_inference import quant_pre_process
    except ImportError as exc:
        raise _missing(exc) from exc

    class Reader(quantization.CalibrationDataReader):
        """Gives the samples one after another."""

        def __init__(self) -> None:
            self._left = iter(samples)

        def get_next(self) -> dict[str, FloatImage] | None:
            return next(self._left, None)

    prepared = target.with_name("prepared.onnx")
    logging.getLogger("root").setLevel(logging.ERROR)  # the quantizer recommends steps that are done here
    try:
        quant_pre_process(plain_convolutions(onnx.load(str(source))), str(prepared), skip_symbolic_shape=True)
        network = onnx.load(str(prepared))
        name_nodes(network.graph)
        quantization.quantize_static(
            network, str(target), Reader(), op_types_to_quantize=list(ROUNDED), per_channel=True, reduce_range=True,
            activation_type=quantization.QuantType.QUInt8, weight_type=quantization.QuantType.QInt8,
            nodes_to_exclude=last_layer(network.graph),
        )  # fmt: skip
        _check_rounded(onnx.load(str(target)).graph)
    except (*ORT_ERRORS, ValueError, TypeError, KeyError, RuntimeError) as exc:
        raise _unfit(source, "int8", exc) from exc
    finally:
        prepared.unlink(missing_ok=True)


def _check_rounded(graph: Any) -> None:
    if not any(node.op_type == "QuantizeLinear" for node in graph.node):
        raise ValueError("it has no layer before the last that could be computed in 8 bits")


def name_nodes(graph: Any) -> None:
    """Give each node a name of its own, so that it can be left out by it."""
    for number, node in enumerate(graph.node):
        node.name = f"{node.op_type}_{number}"


def last_layer(graph: Any) -> list[str]:
    """The names of the nodes from the network's first output back to its last weighted layers, with these.

    They are left in float32. Empty where no weighted layer leads to the output.
    """
    makers = {name: node for node in graph.node for name in node.output}
    ahead, found, seen = [graph.output[0].name], [], set()
    while ahead:
        node = makers.get(ahead.pop())
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        found.append(node)
        if node.op_type not in WEIGHTED:
            ahead.extend(node.input)
    return [node.name for node in found] if any(node.op_type in WEIGHTED for node in found) else []


def _missing(exc: ImportError) -> MissingPythonPackageError:
    return MissingPythonPackageError(package=exc.name or "onnx", job="reduce", reason=str(exc))


def _unfit(source: Path, precision: str, exc: Exception) -> InvalidPackageError:
    reason = f"its network can't be converted to {precision}: {first_line(exc)}"
    return InvalidPackageError(model=str(source.parent), reason=reason)
