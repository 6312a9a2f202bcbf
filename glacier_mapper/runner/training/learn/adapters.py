"""What a fine-tuning may change: all weights, the last layers, the normalisations, or low-rank adapters.

An adapter adds to a convolution's weights a product of two thin matrices (Hu et al. 2022, LoRA, eq. 3), which starts
at zero; afterwards the sum is written into the weights, so a package with adapters is like any other.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from ....core.errors import InvalidParameterError
from ...architectures.base import Network

NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.LayerNorm)
LEAST_CHANNELS = 8
"""Layers with fewer channels are changed whole: an adapter would be no smaller."""


class LowRank(nn.Module):
    """Weights plus a product of rank `rank`, seen as (channels out, everything else)."""

    def __init__(self, weight: Tensor, rank: int) -> None:
        super().__init__()
        rows, cols = weight.shape[0], weight[0].numel()
        self.down = nn.Parameter(torch.randn(rank, cols) / rank**0.5)
        self.up = nn.Parameter(torch.zeros(rows, rank))

    def forward(self, weight: Tensor) -> Tensor:
        """The sum, in the shape of `weight`."""
        return weight + (self.up @ self.down).reshape(weight.shape)


def prepare(network: Network, tuned: str, rank: int) -> None:
    """Leave trainable what `tuned` names (`plan.TUNED`), in place.

    Raises InvalidParameterError for the location of a network that is not told any.
    """
    if tuned == "all":
        return
    network.requires_grad_(False)
    for part in {"location": _location, "last": last_parts}.get(tuned, _no_parts)(network):
        part.requires_grad_(True)
    if tuned in ("norms", "adapters"):
        for part in network.modules():
            if isinstance(part, NORMS):
                part.requires_grad_(True)
    if tuned == "adapters":
        for part in list(network.modules()):
            if isinstance(part, (nn.Conv2d, nn.Linear)):
                _adapt(part, rank)


def mix(network: Network, start: dict[str, Tensor], share: float) -> None:
    """Move the weights back towards those of `start`, by `share` of the way, in place.

    Both must be merged: names and shapes are those of the network.
    """
    with torch.no_grad():
        for name, value in network.state_dict().items():
            if value.is_floating_point():
                value.lerp_(start[name].to(value.device), share)


def _no_parts(_: Network) -> list[nn.Module]:
    return []


def _location(network: Network) -> list[nn.Module]:
    """What takes the place that a network is told."""
    encoding = getattr(network, "encoding", None)
    if encoding is None:
        expected = "another part: this network is not told where it is"
        raise InvalidParameterError(name="tuned", value="location", expected=expected)
    return [encoding]


def _adapt(part: nn.Module, rank: int) -> None:
    weight = part.weight
    if weight.shape[0] < LEAST_CHANNELS or rank >= min(weight.shape[0], weight[0].numel()):
        part.requires_grad_(True)
        return
    if part.bias is not None:
        part.bias.requires_grad_(True)
    parametrize.register_parametrization(part, "weight", LowRank(weight, rank), unsafe=True)


def last_parts(network: Network) -> list[nn.Module]:
    """The head, and the decoder's levels before it where the network has such."""
    named = dict(network.named_children())
    parts = [named[name] for name in ("head", "supervision") if named.get(name) is not None]
    if "merges" in named:
        parts += list(named["merges"])[-2:]
    return parts or [list(network.children())[-1]]


def merge(network: nn.Module) -> None:
    """Write adapters into the weights, in place; what had none stays."""
    for part in list(network.modules()):
        if parametrize.is_parametrized(part):
            parametrize.remove_parametrizations(part, "weight", leave_parametrized=True)


def trainable(network: nn.Module) -> list[nn.Parameter]:
    """The parameters that a training changes."""
    return [value for value in network.parameters() if value.requires_grad]
