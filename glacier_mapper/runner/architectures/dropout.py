"""MC dropout as an ensemble (Gal & Ghahramani 2016): a network under drawn masks of its dropout of whole channels.

A mask that holds for a whole network is one draw of it, the same at every pixel and in every patch, so that the
networks of an ensemble are functions that can be repeated. ONNX Runtime's own Dropout in training mode is none: its
seed holds for a session, draws anew at each run and differs between devices.

Dropout of channels stands right behind a leaky rectifier behind a batch normalisation. A factor of 0 or 1 / (1 - p)
goes through the rectifier, so it is put into the normalisation: the exported graph is that of the network without
dropout, at the same speed. Dropout of single values of tokens (transformers) has no such place: a mask of every token
would be larger than the network, so such networks have no MC dropout here.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

import numpy as np
import torch
from torch import nn

from ...core.errors import InvalidParameterError
from ...core.model_card_files import MOST_NETWORKS
from .base import Network
from .blocks import DoubleConv
from .fusion import LocationEncoding

Channelwise = (DoubleConv, LocationEncoding)
"""Parts with norm1 and norm2, behind each of which a leaky rectifier and then their dropout stand."""


def check_masks(network: Network, count: int, name: str) -> None:
    """Raise InvalidParameterError where there is nothing to draw, or too much: `name` is the architecture's."""
    if not 2 <= count <= MOST_NETWORKS:
        raise InvalidParameterError(name="--mc-dropout", value=count, expected=f"2 to {MOST_NETWORKS} networks")
    drops = [part for part in network.modules() if isinstance(part, (nn.Dropout, nn.Dropout2d)) and part.p > 0]
    of_channels = {id(part.dropout) for part in network.modules() if isinstance(part, Channelwise)}
    what = "" if drops else "has no dropout"
    if any(id(part) not in of_channels for part in drops):
        what = "drops single values of its tokens"
    if what:
        expected = f"left out: {name} {what}. Train several networks and join them with the command ensemble"
        raise InvalidParameterError(name="--mc-dropout", value=count, expected=expected)


def masked(network: Network, seed: int, count: int) -> Iterator[Network]:
    """So many copies of `network`, each with masks of its own in its normalisations, in evaluation mode."""
    for member in range(1, count + 1):
        drawn = np.random.default_rng([seed, member])
        copied = copy.deepcopy(network).eval()
        for part in copied.modules():
            if isinstance(part, Channelwise) and part.dropout.p > 0:
                for norm in (part.norm1, part.norm2):
                    _mask(norm, part.dropout.p, drawn)
        yield copied


def _mask(norm: nn.Module, p: float, drawn: np.random.Generator) -> None:
    """Multiply each channel by 0, with probability `p`, or by 1 / (1 - p)."""
    kept = drawn.random(norm.num_features) >= p
    factor = torch.from_numpy(kept.astype(np.float32) / np.float32(1 - p))
    with torch.no_grad():
        norm.weight.mul_(factor)
        norm.bias.mul_(factor)
