"""Convolutions by sums of rows made plain again, as networks are before they are reduced to 16 or 8 bits."""

from __future__ import annotations

from collections import Counter

import numpy as np
import onnx
import torch
from torch import nn

from glacier_mapper.core.branches import Branch
from glacier_mapper.core.model_card import Location
from glacier_mapper.runner.architectures.export import export_onnx, run_onnx
from glacier_mapper.runner.architectures.winograd import SixSums
from glacier_mapper.runner.mapping.plain_networks import plain_convolutions

SIDE = 16


class Two(nn.Module):
    """Two convolutions with a rectifier between, by sums of rows or plain."""

    fixed_px = SIDE

    def __init__(self, with_sums: bool) -> None:
        super().__init__()
        torch.manual_seed(2)
        convs = nn.Conv2d(2, 7, 3, padding=1), nn.Conv2d(7, 2, 3, padding=1)
        ways = [SixSums(conv, SIDE) if with_sums else conv for conv in convs]
        self.layers = nn.Sequential(ways[0], nn.LeakyReLU(0.2), ways[1]).requires_grad_(False)

    def forward(self, dem):
        return self.layers(dem).softmax(1)


def test_what_was_by_sums_of_rows_is_what_a_plain_network_is(tmp_path):
    paths = {kind: export_onnx(Two(kind), (Branch.DEM,), Location.NONE, tmp_path / f"{kind}.onnx")
             for kind in (True, False)}  # fmt: skip
    made, plain = plain_convolutions(onnx.load(paths[True])), onnx.load(paths[False])
    onnx.checker.check_model(made, full_check=True)
    assert Counter(node.op_type for node in made.graph.node) == Counter(node.op_type for node in plain.graph.node)
    shapes = [{tuple(one.dims) for one in model.graph.initializer} for model in (made, plain)]
    assert shapes[0] == shapes[1] == {(7, 2, 3, 3), (7,), (2, 7, 3, 3), (2,)}
    onnx.save(made, tmp_path / "made.onnx")
    feeds = {"dem": np.random.default_rng(3).random((2, 2, SIDE, SIDE), np.float32)}
    found, wanted = run_onnx(tmp_path / "made.onnx", feeds), run_onnx(paths[False], feeds)
    assert np.abs(found - wanted).max() < 1e-6
    assert np.abs(run_onnx(paths[True], feeds) - wanted).max() < 1e-5


def test_a_network_without_them_stays_as_it_is(tmp_path):
    path = export_onnx(Two(False), (Branch.DEM,), Location.NONE, tmp_path / "plain.onnx")
    before = onnx.load(path)
    assert plain_convolutions(onnx.load(path)).graph.node == before.graph.node
