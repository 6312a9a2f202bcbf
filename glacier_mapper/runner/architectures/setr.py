"""A vision transformer with a convolutional decoder of progressive upsampling (SETR-PUP), and its fusion networks.

Zheng et al. 2021 (SETR) after Dosovitskiy et al. 2021 (ViT), with the numbers of Maslov et al. 2025.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...core.branches import Branch
from ...core.model_card import Location
from .base import CLASSES, Network, band_count
from .blocks import KERAS_EPSILON, batch_norm, double, glorot
from .fusion import FusionFront

SIDE_PX = 384
"""The side of the patches that the positional embedding belongs to."""


@dataclass(frozen=True)
class SetrShape:
    """A transformer of `blocks` blocks on patches of `patch_px`; `channels` of the decoder."""

    embedding: int = 768
    hidden: int = 3072
    blocks: int = 12
    heads: int = 12
    channels: int = 256
    patch_px: int = 16
    side_px: int = SIDE_PX
    dropout: float = 0.1

    @property
    def tokens_per_side(self) -> int:
        """Patches along a side of the image."""
        return self.side_px // self.patch_px


class SelfAttention(nn.Module):
    """Attention of tokens (batch, tokens, embedding) over one another, with biases in all four projections."""

    def __init__(self, shape: SetrShape) -> None:
        super().__init__()
        embedding, self.heads = shape.embedding, shape.heads
        self.whole = (-1, shape.tokens_per_side**2, embedding)
        self.split = (-1, shape.tokens_per_side**2, self.heads, embedding // self.heads)
        self.query = nn.Linear(embedding, embedding)
        self.key = nn.Linear(embedding, embedding)
        self.value = nn.Linear(embedding, embedding)
        self.output = nn.Linear(embedding, embedding)

    def forward(self, tokens: Tensor) -> Tensor:
        """(batch, tokens, embedding)."""
        query, key, value = (self._split(layer(tokens)) for layer in (self.query, self.key, self.value))
        scores = (query * self.split[-1] ** -0.5) @ key.transpose(-1, -2)
        mixed = (scores.softmax(-1) @ value).transpose(1, 2)
        return self.output(mixed.reshape(self.whole))

    def _split(self, tokens: Tensor) -> Tensor:
        """(batch, heads, tokens, embedding / heads)."""
        return tokens.reshape(self.split).transpose(1, 2)


class TransformerBlock(nn.Module):
    """Normalise, attend, add; normalise, two dense layers with exact GELU after both, add."""

    def __init__(self, shape: SetrShape) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(shape.embedding, eps=KERAS_EPSILON)
        self.attention = SelfAttention(shape)
        self.norm2 = nn.LayerNorm(shape.embedding, eps=KERAS_EPSILON)
        self.dense1 = nn.Linear(shape.embedding, shape.hidden)
        self.dense2 = nn.Linear(shape.hidden, shape.embedding)
        self.dropout = nn.Dropout(shape.dropout)

    def forward(self, tokens: Tensor) -> Tensor:
        """(batch, tokens, embedding)."""
        tokens = tokens + self.dropout(self.attention(self.norm1(tokens)))
        hidden = self.dropout(functional.gelu(self.dense1(self.norm2(tokens))))
        return tokens + self.dropout(functional.gelu(self.dense2(hidden)))


class PatchTokens(nn.Module):
    """Feature maps to tokens: patches by row, then column, embedded, plus a learnt position (tokens, embedding)."""

    def __init__(self, channels: int, shape: SetrShape) -> None:
        super().__init__()
        self.embedding = nn.Conv2d(channels, shape.embedding, shape.patch_px, stride=shape.patch_px)
        self.position = nn.Parameter(torch.empty(shape.tokens_per_side**2, shape.embedding))
        nn.init.normal_(self.position, std=0.02)

    def forward(self, features: Tensor) -> Tensor:
        """(batch, tokens, embedding)."""
        embedded = self.embedding(features).reshape(-1, self.position.shape[1], self.position.shape[0])
        return embedded.transpose(1, 2) + self.position


class UpsamplingDecoder(nn.Module):
    """Maps of one sixteenth of the resolution to eight sixteenths in three doublings; no activation between.

    `last` is the 1 x 1 convolution; what follows it, and the fourth doubling, are the caller's.
    """

    def __init__(self, channels_in: int, channels: int, channels_out: int) -> None:
        super().__init__()
        widths = (channels_in, channels, channels, channels)
        self.convs = nn.ModuleList(nn.Conv2d(width, channels, 3, padding=1) for width in widths)
        self.norms = nn.ModuleList(batch_norm(channels) for _ in widths)
        self.last = nn.Conv2d(channels, channels_out, 1)

    def forward(self, features: Tensor) -> Tensor:
        """(batch, channels_out, 8 * rows, 8 * columns)."""
        for step, (conv, norm) in enumerate(zip(self.convs, self.norms, strict=True)):
            features = norm(conv(features if step == 0 else double(features)))
        return self.last(features)


class Setr(nn.Module):
    """Features (batch, channels_in, side, side) to maps (batch, channels_out, side / 2, side / 2)."""

    def __init__(self, channels_in: int, channels_out: int, shape: SetrShape) -> None:
        super().__init__()
        self.maps = (-1, shape.embedding, shape.tokens_per_side, shape.tokens_per_side)
        self.patches = PatchTokens(channels_in, shape)
        self.blocks = nn.ModuleList(TransformerBlock(shape) for _ in range(shape.blocks))
        self.decoder = UpsamplingDecoder(shape.embedding, shape.channels, channels_out)

    def forward(self, features: Tensor) -> Tensor:
        """Half the rows and columns: softmax, where there is one, comes before the last doubling."""
        tokens = self.patches(features)
        for block in self.blocks:
            tokens = block(tokens)
        return self.decoder(tokens.transpose(1, 2).reshape(self.maps))


@dataclass(frozen=True)
class FusionSetrShape:
    """Channels of the fused features and the transformer behind them."""

    fused: int = 64
    setr: SetrShape = SetrShape()


class FusionSetr(Network):
    """Fusion front end and SETR: the transformer baseline of Maslov et al. 2025.

    The probabilities, not the logits, are interpolated to the full resolution.
    """

    def __init__(self, branches: tuple[Branch, ...], shape: FusionSetrShape) -> None:
        super().__init__(branches, Location.NONE)
        self.shape = shape
        self.fixed_px = self.multiple_px = shape.setr.side_px
        self.fusion = FusionFront(tuple(band_count(one) for one in branches), shape.fused, shape.setr.dropout)
        self.setr = Setr(shape.fused, CLASSES, shape.setr)
        glorot(self)

    def logits(self, *inputs: Tensor) -> Tensor:
        """The logarithm of the probabilities, as nothing before softmax has the full resolution."""
        return self.forward(*inputs).clamp_min(torch.finfo(torch.float32).tiny).log()

    def forward(self, *inputs: Tensor) -> Tensor:
        """Class probabilities (batch, classes, side, side)."""
        return double(self.setr(self.fusion(*inputs)).softmax(1))
