"""Networks rewritten for inference: the same function with fewer operations; numbers worked out by hand."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from glacier_mapper.core.branches import Branch
from glacier_mapper.core.model_card import Location
from glacier_mapper.runner.architectures.blocks import UpConv, double
from glacier_mapper.runner.architectures.glavitu import GlavituShape
from glacier_mapper.runner.architectures.inference import Raising, for_inference
from glacier_mapper.runner.architectures.registry import build
from glacier_mapper.runner.architectures.resunet import ResUNetShape
from glacier_mapper.runner.architectures.setr import FusionSetrShape, SetrShape
from glacier_mapper.runner.architectures.winograd import CUT, JOIN, TAPS, SixSums


def shaken(network):
    """With statistics and normalisations that are not those of the start."""
    torch.manual_seed(1)
    for name, values in network.state_dict().items():
        if name.endswith("running_var"):
            values.uniform_(0.5, 1.5)
        elif "norm" in name and values.is_floating_point():
            values.normal_(0.3 if name.endswith("running_mean") else 0.9, 0.2)
    return network.eval()


def test_up_conv_pads_below_and_to_the_right_alone():
    """One source pixel of 1 under the taps a b / c d: what each of the four pixels it becomes collects."""
    up = UpConv(1, 1).eval()
    with torch.no_grad():
        up.conv.weight.copy_(torch.tensor([[[[1.0, 10.0], [100.0, 1000.0]]]]))
        found = up(torch.ones(1, 1, 1, 1)) * (1 + 1e-3) ** 0.5  # variance 1, epsilon 1e-3
    assert torch.allclose(found[0, 0], torch.tensor([[1111.0, 101.0], [11.0, 1.0]]), rtol=1e-5)


def test_bilinear_doubling_keeps_half_pixel_centres_and_clamps_edges():
    """Of 0 and 4: 0, 1 (a quarter of the way), 3, 4."""
    found = double(torch.tensor([[[[0.0, 4.0]]]]))
    assert torch.equal(found[0, 0], torch.tensor([[0.0, 1.0, 3.0, 4.0]] * 2))


def folded(up, bias):
    """An up-convolution as it is once its normalisation is folded."""
    up.conv.bias, up.norm = nn.Parameter(bias), nn.Identity()
    return up.double().eval()


def test_four_products_a_pixel_are_the_enlarged_convolution():
    torch.manual_seed(0)
    up = folded(UpConv(3, 5), torch.rand(5))
    features = torch.rand(2, 3, 4, 7).double()
    with torch.no_grad():
        assert torch.allclose(Raising(up)(features), up(features), atol=1e-12)


def test_the_four_matrices_are_sums_of_the_four_taps():
    """Of a b / c d: all; b + d, which a step to the right brings; c + d, a step down; d, both."""
    up = folded(UpConv(1, 1), torch.tensor([7.0]))
    with torch.no_grad():
        up.conv.weight.copy_(torch.tensor([[[[1.0, 10.0], [100.0, 1000.0]]]]))
    raising = Raising(up)
    parts = (raising.whole, raising.right, raising.below, raising.corner)
    assert [part.weight.item() for part in parts] == [1111, 1010, 1100, 1000]
    assert [None if part.bias is None else part.bias.item() for part in parts] == [7, None, None, None]


def test_six_products_make_four_rows():
    """Of the rows 1, 10, 100, ... and the kernel 1, 2, 3, one number a row, by hand: 321, 3210, 32100, 321000."""
    rows = torch.tensor([1.0, 10, 100, 1000, 10_000, 100_000]).double()
    products = (torch.tensor(CUT).double() @ rows) * (torch.tensor(TAPS).double() @ torch.tensor([1.0, 2, 3]).double())
    found = torch.tensor(JOIN).double() @ products / 24
    assert found.tolist() == pytest.approx([321, 3210, 32_100, 321_000])


def test_six_sums_are_the_convolution():
    torch.manual_seed(0)
    conv = nn.Conv2d(3, 5, 3, padding=1).double().requires_grad_(False)
    features = torch.rand(2, 3, 12, 12).double()
    assert torch.allclose(SixSums(conv, 12)(features), conv(features), atol=1e-12)


def test_glavitu_takes_six_sums_where_channels_are_many_and_maps_small():
    rewritten = for_inference(build("glavitu", (Branch.DEM,)))
    names = [name for name, part in rewritten.named_modules() if isinstance(part, SixSums)]
    assert names == ["resunet.encoder.3.block.conv2", "resunet.decoder.0.block.conv1"]


@pytest.mark.parametrize("location", [Location.NONE, Location.REGION])
def test_glavitu_rewritten_computes_the_same(location):
    """A small one: heads and projections put together, the sigmoid of opposed logits in place of the softmax."""
    setr = SetrShape(embedding=32, hidden=64, blocks=1, heads=2, channels=16, side_px=64)
    shape = GlavituShape(channels=16, setr=setr, unet=ResUNetShape(steps=2, channels=16))
    network = shaken(build("glavitu", (Branch.OPTICAL, Branch.DEM), location, shape=shape))
    inputs = [torch.rand(2, 6, 64, 64), torch.rand(2, 2, 64, 64)]
    inputs += [torch.rand(2, 12)] if location is Location.REGION else []
    rewritten = for_inference(network)
    with torch.no_grad():
        assert torch.allclose(rewritten(*inputs), network(*inputs), atol=2e-5)
    assert not network.merged
    assert not network.against


def test_the_1_x_1_convolution_of_the_transformers_decoder_is_part_of_the_one_before():
    shape = SetrShape(embedding=32, hidden=64, blocks=1, heads=2, channels=16, side_px=64)
    network = shaken(build("fusion-setr-ln16", (Branch.DEM,), shape=FusionSetrShape(fused=16, setr=shape)))
    rewritten, inputs = for_inference(network), torch.rand(2, 2, 64, 64)
    assert isinstance(rewritten.setr.decoder.last, nn.Identity)
    with torch.no_grad():
        assert torch.allclose(rewritten(inputs), network(inputs), atol=2e-5)


@pytest.mark.parametrize("name", ["light-fusion-resunet", "unet", "compact"])
def test_a_rewritten_network_computes_the_same(name):
    branches = tuple(Branch) if name == "compact" else (Branch.OPTICAL, Branch.THERMAL)
    network = shaken(build(name, branches))
    counts = {Branch.OPTICAL: 6, Branch.THERMAL: 1}
    inputs = [torch.rand(2, counts.get(branch, 2), 32, 48) for branch in branches]
    before = {key: values.clone() for key, values in network.state_dict().items()}
    with torch.no_grad():
        assert torch.allclose(for_inference(network)(*inputs), network(*inputs), atol=2e-5)
    assert all(torch.equal(values, before[key]) for key, values in network.state_dict().items())


@pytest.mark.parametrize("name", ["glavitu", "fusion-setr-ln16", "light-fusion-resunet", "unet", "compact"])
def test_no_normalisation_of_feature_maps_and_no_enlarging_convolution_is_left(name):
    location = Location.REGION if name == "glavitu" else Location.NONE
    network = build(name, tuple(Branch) if name == "compact" else (Branch.DEM,), location)
    kinds = {type(part) for part in for_inference(network).modules()}
    assert not kinds & {nn.BatchNorm1d, nn.BatchNorm2d, UpConv}
