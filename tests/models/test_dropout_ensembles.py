"""MC dropout as an ensemble: masks in the normalisations do what dropout of channels does, and can be drawn again."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from glacier_mapper.core.branches import Branch
from glacier_mapper.core.errors import InvalidParameterError
from glacier_mapper.core.model_card import EnsembleKind, Location
from glacier_mapper.core.progress import Controls
from glacier_mapper.runner.architectures import WeightsExport, export_package
from glacier_mapper.runner.architectures.blocks import DoubleConv
from glacier_mapper.runner.architectures.dropout import check_masks, masked
from glacier_mapper.runner.architectures.fusion import LocationEncoding
from glacier_mapper.runner.architectures.registry import build
from glacier_mapper.runner.architectures.unet import UNetShape
from glacier_mapper.runner.architectures.weights_file import save_weights
from glacier_mapper.runner.models import check_package
from glacier_mapper.runner.models.package import open_package

OPTICAL = (Branch.OPTICAL,)
SHAPE = UNetShape(steps=2, channels=8, dropout=0.3)


@pytest.fixture
def unet():
    torch.manual_seed(2)
    return build("unet", OPTICAL, shape=SHAPE).eval()


class Masks(nn.Module):
    """Dropout whose masks are given, in the order of the calls."""

    def __init__(self, masks):
        super().__init__()
        self.masks, self.calls = masks, 0

    def forward(self, features):
        mask = self.masks[self.calls % len(self.masks)]
        self.calls += 1
        return features * mask.reshape(1, -1, *[1] * (features.dim() - 2))


@pytest.mark.parametrize("kind", ["convolution", "location"])
def test_a_mask_in_the_normalisation_is_one_behind_the_rectifier(kind):
    torch.manual_seed(1)
    block = DoubleConv(3, 16, 0.4) if kind == "convolution" else LocationEncoding(4, 16, 0.4)
    for norm in (block.norm1, block.norm2):
        nn.init.normal_(norm.weight)
        nn.init.normal_(norm.bias)
        norm.running_mean.normal_()
        norm.running_var.uniform_(0.5, 2.0)
    given = torch.randn(2, 3, 9, 7) if kind == "convolution" else torch.randn(2, 4)
    (copied,) = masked(block, 5, 1)
    drawn = np.random.default_rng([5, 1])
    masks = [torch.from_numpy(((drawn.random(16) >= 0.4) / 0.6).astype("f4")) for _ in range(2)]
    block.eval().dropout = Masks(masks)
    assert 0 < sum(int((mask == 0).sum()) for mask in masks) < 32
    with torch.no_grad():
        torch.testing.assert_close(copied(given), block(given), atol=1e-5, rtol=1e-5)


def test_the_same_seed_draws_the_same_networks(unet):
    first, again, other = (list(masked(unet, seed, 3)) for seed in (7, 7, 8))
    given = torch.rand(1, 6, 32, 32)
    with torch.no_grad():
        answers = [[one(given) for one in networks] for networks in (first, again, other)]
        alone = unet(given)
    assert all(torch.equal(one, two) for one, two in zip(answers[0], answers[1], strict=True))
    assert not any(torch.equal(one, two) for one, two in zip(answers[0], answers[2], strict=True))
    assert not torch.equal(answers[0][0], answers[0][1])
    assert all(not torch.equal(one, alone) for one in answers[0])


def test_masks_keep_the_mean_of_the_features():
    """A channel is 0 in a share p of the draws and 1 / (1 - p) times itself in the others."""
    torch.manual_seed(1)
    block = DoubleConv(1, 64, 0.25)
    factors = torch.stack([copied.norm1.weight / block.norm1.weight for copied in masked(block, 0, 400)]).detach()
    assert set(np.unique(factors.numpy().round(4))) == {0.0, np.float32(1.3333)}
    assert float(factors.mean()) == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize(
    ("name", "inputs", "said"),
    [
        ("compact", tuple(Branch), "compact has no dropout"),
        ("unet", OPTICAL, "unet has no dropout"),
        ("fusion-setr-ln16", OPTICAL, "drops single values of its tokens"),
        ("glavitu", OPTICAL, "drops single values of its tokens"),
    ],
)
def test_networks_without_dropout_of_channels_alone_are_refused(name, inputs, said):
    torch.manual_seed(1)
    with torch.device("meta"):
        network = build(name, inputs)
    with pytest.raises(InvalidParameterError) as caught:
        check_masks(network, 3, name)
    assert said in str(caught.value)
    assert "join them with the command ensemble" in str(caught.value)


@pytest.mark.parametrize("count", [1, -2, 65])
def test_how_many_there_may_be(unet, count):
    with pytest.raises(InvalidParameterError, match="2 to 64 networks"):
        check_masks(unet, count, "unet")
    check_masks(unet, 2, "unet")


def test_the_published_fusion_network_has_dropout_of_channels_alone():
    with torch.device("meta"):
        check_masks(build("light-fusion-resunet", (Branch.OPTICAL, Branch.DEM)), 4, "light-fusion-resunet")


@pytest.fixture
def export(tmp_path, own_stats):
    """export("name", seed=3) -> what the job says, of one file of weights."""
    torch.manual_seed(4)
    weights = tmp_path / "w.npz"
    save_weights(build("light-fusion-resunet", OPTICAL), weights)

    def run(name, count=3, seed=0):
        order = {"weights": str(weights), "architecture": "light-fusion-resunet", "inputs": ["optical"],
                 "stats": str(own_stats), "out": str(tmp_path / name), "mc_dropout": count, "seed": seed}  # fmt: skip
        return export_package(WeightsExport.from_json(order), Controls())

    return run


def test_the_exported_package(export, tmp_path):
    told = export("masks", seed=3)
    assert told["onnx_difference"] <= told["tolerance"]
    card = open_package(tmp_path / "masks").card
    assert (len(card.networks), card.ensemble.kind) == (3, EnsembleKind.DROPOUT)
    assert card.ensemble.made_of == tuple({"seed": 3, "member": number} for number in (1, 2, 3))
    assert len({file.sha256 for file in card.networks}) == 3
    assert card.location is Location.NONE
    assert card.weights.name == "weights.npz"
    checked = check_package(told["package"], Controls())
    assert (checked["passed"], checked["networks"]) == (True, 3)
    export("again", seed=3)
    assert open_package(tmp_path / "again").card.checksum == card.checksum
    alone = export("alone", count=0)
    assert not open_package(alone["package"]).card.is_ensemble
