"""A network of ours with its convolutions by sums of rows (architectures/winograd.py) as plain convolutions again.

In float32 they save time. In 8 bits sums of rows are coarse (GlaViTU with five such convolutions was more than twice as
far off), and in 16 bits ONNX Runtime takes the kernel's sums anew at each run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

SUMS, TAPS = 6, 3


def plain_convolutions(model: Any) -> Any:
    """The ONNX model, changed in place; one that has no such convolutions stays as it is."""
    import onnx

    graph = model.graph
    weights = {one.name: one for one in graph.initializer}
    kept = list(graph.node)
    for taps in graph.node:
        constant = taps.op_type == "MatMul" and all(name in weights for name in taps.input)
        if constant and list(weights[taps.input[0]].dims) == [SUMS, TAPS]:
            chain = _Chain(kept, taps)
            plain = onnx.helper.make_node("Conv", [chain.cut.input[1], taps.input[1], chain.conv.input[2]],
                                          chain.join.output, f"{taps.name}_plain", pads=[1] * 4)  # fmt: skip
            kernel, bias = (weights[name] for name in plain.input[1:])
            _make_plain(kernel, bias)
            kept[kept.index(chain.join)] = plain
            kept = [node for node in kept if node not in chain.nodes]
    used = {name for node in kept for name in node.input} | {one.name for one in graph.output}
    kept = [node for node in kept if node.op_type != "Constant" or node.output[0] in used]
    plain_nodes = [onnx.NodeProto.FromString(node.SerializeToString()) for node in kept]
    del graph.node[:], graph.value_info[:]
    graph.node.extend(plain_nodes)
    for unused in [one for one in graph.initializer if one.name not in used]:
        graph.initializer.remove(unused)
    return model


class _Chain:
    """The nodes of one such convolution, from the sums of its map's rows (`cut`) to the rows of its result (`join`)."""

    def __init__(self, nodes: list[Any], taps: Any) -> None:
        makers = {name: node for node in nodes for name in node.output}
        users = {name: node for node in nodes for name in node.input}
        shaped = users[taps.output[0]]
        self.conv = users[shaped.output[0]]
        before = list(_until_product(self.conv, lambda node: makers[node.input[0]]))
        after = list(_until_product(self.conv, lambda node: users[node.output[0]]))
        self.cut, self.join = before[-1], after[-1]
        self.nodes = [taps, shaped, self.conv, *before, *after]


def _until_product(node: Any, step: Any) -> Iterator[Any]:
    while node.op_type != "MatMul":
        node = step(node)
        yield node


def _make_plain(kernel: Any, bias: Any) -> None:
    """(3, out * in * 3) to (out, in, 3, 3); of the bias that of the sum that is part of each row."""
    from onnx import numpy_helper

    biases = numpy_helper.to_array(bias)
    out = len(biases) // SUMS
    taps = numpy_helper.to_array(kernel).reshape(TAPS, out, -1, TAPS).transpose(1, 2, 0, 3)
    kernel.CopyFrom(numpy_helper.from_array(taps.copy(), kernel.name))
    bias.CopyFrom(numpy_helper.from_array(biases[out : 2 * out].copy(), bias.name))
