"""Networks by name: their sizes, what they take, and what they refuse."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from glacier_mapper.core.branches import Branch
from glacier_mapper.core.errors import InvalidParameterError
from glacier_mapper.core.model_card import Location
from glacier_mapper.runner.architectures.base import parameter_count
from glacier_mapper.runner.architectures.registry import ARCHITECTURES, architecture, build
from glacier_mapper.runner.cli_models import ARCHITECTURES as NAMES_OF_THE_COMMAND_LINE
from glacier_mapper.runner.cli_models import PUBLISHED

BASIC = (Branch.OPTICAL, Branch.DEM)
EVERY = tuple(Branch)
RADAR = (Branch.OPTICAL, Branch.DEM, Branch.CO_POL_SAR, Branch.CROSS_POL_SAR, Branch.IN_SAR)


def test_the_command_line_offers_what_the_registry_has():
    assert tuple(ARCHITECTURES) == NAMES_OF_THE_COMMAND_LINE
    assert tuple(name for name, one in ARCHITECTURES.items() if one.published) == PUBLISHED


@pytest.mark.parametrize(
    ("name", "branches", "location", "count"),
    [
        ("glavitu", BASIC, Location.NONE, 10_032_068),
        ("glavitu", BASIC, Location.REGION, 10_037_572),
        # 12 x 64 + 64, 64 x 64 + 64, 2 x 4 x 64 for the region; 8 values fewer a channel for the coordinates
        ("glavitu", BASIC, Location.COORDINATES, 10_037_572 - 8 * 64),
        # a branch of two bands: 2 x 9 x 64 + 64, 64 x 9 x 64 + 64, 2 x 4 x 64, 2 x (64 x 64 + 64)
        ("glavitu", RADAR, Location.NONE, 10_032_068 + 3 * (1_216 + 36_928 + 512 + 8_320)),
        ("fusion-resunet", BASIC, Location.NONE, 32_586_370),
        ("light-fusion-resunet", BASIC, Location.NONE, 2_052_930),
        ("fusion-setr-b16", BASIC, Location.NONE, 101_721_346),
        ("fusion-setr-ln16", BASIC, Location.NONE, 1_935_298),
    ],
)  # fmt: skip
def test_published_networks_have_the_published_number_of_parameters(name, branches, location, count):
    with torch.device("meta"):
        assert parameter_count(build(name, branches, location)) == count


def test_our_own_network_has_about_a_million_parameters():
    with torch.device("meta"):
        assert 500_000 <= parameter_count(build("compact", EVERY)) <= 2_000_000


def test_the_plain_network_takes_all_bands_together():
    with torch.device("meta"):
        assert build("unet", BASIC).encoder[0].conv1.in_channels == 8
        assert build("unet", EVERY).encoder[0].conv1.in_channels == 15


def test_hyperparameters_are_frozen_and_plain():
    for one in ARCHITECTURES.values():
        with pytest.raises(dataclasses.FrozenInstanceError):
            one.shape.new = 1
        assert one.hyperparameters()


@pytest.mark.parametrize(
    ("name", "branches", "location", "said"),
    [
        ("resnet", BASIC, Location.NONE, "light-fusion-resunet"),
        ("glavitu", (), Location.NONE, "one or more branches"),
        ("glavitu", (Branch.DEM, Branch.DEM), Location.NONE, "each once"),
        ("fusion-resunet", BASIC, Location.REGION, "glavitu takes one"),
        ("compact", BASIC, Location.NONE, "in_sar, thermal"),
        ("compact", EVERY[::-1], Location.NONE, "all branches"),
    ],
)
def test_what_a_network_cannot_take_is_said(name, branches, location, said):
    with pytest.raises(InvalidParameterError) as caught:
        build(name, branches, location)
    assert said in str(caught.value)


@pytest.mark.parametrize("name", ["light-fusion-resunet", "unet"])
@pytest.mark.parametrize("branches", [BASIC, (Branch.THERMAL,), (Branch.IN_SAR, Branch.OPTICAL)], ids=str)
def test_any_subset_of_branches_in_the_order_given(name, branches):
    network = build(name, branches).eval()
    side = 2 * network.multiple_px
    counts = {Branch.OPTICAL: 6, Branch.DEM: 2, Branch.IN_SAR: 2, Branch.THERMAL: 1}
    inputs = [torch.rand(3, counts[branch], side, 2 * side) for branch in branches]
    output = network(*inputs)
    assert output.shape == (3, 2, side, 2 * side)
    assert torch.allclose(output.sum(1), torch.ones(3, side, 2 * side), atol=1e-6)
    assert network.input_names == tuple(branch.value for branch in branches)


def test_the_transformer_networks_have_one_side_and_the_others_a_multiple():
    sides = {}
    with torch.device("meta"):
        for name, one in ARCHITECTURES.items():
            network = build(name, EVERY if one.every_branch else BASIC)
            sides[name] = (network.fixed_px, network.multiple_px)
    assert sides == {
        "glavitu": (384, 384), "fusion-setr-b16": (384, 384), "fusion-setr-ln16": (384, 384), "unet": (0, 16),
        "fusion-resunet": (0, 16), "light-fusion-resunet": (0, 8), "compact": (0, 16),
    }  # fmt: skip


def test_a_location_changes_every_pixel_of_glavitu():
    torch.manual_seed(3)
    network = build("glavitu", (Branch.THERMAL,), Location.COORDINATES).eval()
    patch = torch.rand(1, 1, 384, 384)
    south, north = torch.tensor([[-0.5, 0.866, 0, 1]]), torch.tensor([[1.0, 0, 0, 1]])
    with torch.no_grad():
        there, here = network(patch, south), network(patch, north)
    assert ((there - here).abs() > 0).float().mean() > 0.99
    assert network.input_names == ("thermal", "location")


def test_dropout_is_of_training_only():
    torch.manual_seed(0)
    network, patch = build("light-fusion-resunet", (Branch.THERMAL,)), torch.rand(2, 1, 16, 16)
    assert not torch.equal(network(patch), network(patch))
    network.eval()
    assert torch.equal(network(patch), network(patch))


def test_logits_are_what_softmax_makes_probabilities_of():
    network, patch = build("unet", (Branch.THERMAL,)).eval(), torch.rand(2, 1, 32, 32)
    assert torch.allclose(network.logits(patch).softmax(1), network(patch))


def test_the_second_output_of_glavitu_can_be_left_out():
    shape = dataclasses.replace(architecture("glavitu").shape, supervised=False)
    with torch.device("meta"):
        # the head of the deep supervision: 64 x 2 weights and 2 biases
        assert parameter_count(build("glavitu", BASIC, Location.NONE, shape)) == 10_032_068 - 130
