"""The project's own network: any subset of the branches, pixel by pixel, in about a million parameters.

What is missing is NaN. Each branch has a stem of its own; the fused features are the mean of the stems' features,
weighted at each pixel by a learnt gate where the branch has data and by nothing where it has none. So an absent
branch changes neither the features nor their scale. Behind stands a residual U-Net of four halvings, its last level
dilated for context. Nothing looks at the image as a whole, so the result hardly depends on how a scene is cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add

import torch
from torch import Tensor, nn

from ...core.branches import Branch
from ...core.model_card import Location
from .base import CLASSES, Network
from .blocks import double, pointwise, stack
from .views import VIEWS

TINY = 1e-6
"""Added to the sum of gates, so that a pixel without any data has features of 0."""


@dataclass(frozen=True)
class CompactShape:
    """`stem` channels at full resolution; `widths` and `depths` (residual blocks) of each halving after it.

    `dilations` are those of the blocks of the last level, one after the other.
    """

    stem: int = 16
    widths: tuple[int, ...] = (32, 64, 96, 112)
    depths: tuple[int, ...] = (1, 1, 2, 2)
    dilations: tuple[int, ...] = (1, 2)


class Stem(nn.Module):
    """A branch's view and the bands' presence to features and a gate; no normalisation, as a branch may be absent."""

    def __init__(self, branch: Branch, channels: int) -> None:
        super().__init__()
        self.view = VIEWS[branch](branch)
        self.conv = nn.Conv2d(self.view.channels + self.view.bands, channels, 3, padding=1)
        self.gate = nn.Conv2d(channels, 1, 1)

    def forward(self, bands: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Features (batch, channels, rows, columns); weight and presence (batch, 1, rows, columns), 0..1."""
        seen, present = self.view(bands)
        features = self.conv(stack([seen, present])).relu()
        anything = reduce(torch.maximum, present.split(1, 1))
        return features, self.gate(features).sigmoid() * anything, anything


class Normed(nn.Module):
    """3 x 3 convolution without bias and batch normalisation."""

    def __init__(self, channels_in: int, channels: int, stride: int = 1, dilation: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(
            channels_in, channels, 3, stride=stride, padding=dilation, dilation=dilation, bias=False
        )
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, features: Tensor) -> Tensor:
        """Rows and columns divided by the stride."""
        return self.norm(self.conv(features))


class Residual(nn.Module):
    """Two normed convolutions whose sum with the input is rectified; starts as the identity."""

    def __init__(self, channels: int, dilation: int = 1) -> None:
        super().__init__()
        self.first = Normed(channels, channels, dilation=dilation)
        self.second = Normed(channels, channels, dilation=dilation)

    def forward(self, features: Tensor) -> Tensor:
        """The same shape."""
        return (features + self.second(self.first(features).relu())).relu()


class Merge(nn.Module):
    """Features of half the resolution, narrowed and doubled, plus the encoder's; then one normed convolution."""

    def __init__(self, channels_in: int, channels: int) -> None:
        super().__init__()
        self.narrow = pointwise(channels_in, channels)
        self.mix = Normed(channels, channels)

    def forward(self, low: Tensor, skip: Tensor) -> Tensor:
        """The shape of `skip`."""
        return self.mix(double(self.narrow(low)) + skip).relu()


class Compact(Network):
    """Stems, gated mean, residual encoder, additive decoder."""

    def __init__(self, branches: tuple[Branch, ...], shape: CompactShape) -> None:
        super().__init__(branches, Location.NONE)
        self.shape = shape
        self.multiple_px = 2 ** len(shape.widths)
        self.stems = nn.ModuleList(Stem(one, shape.stem) for one in branches)
        self.presence = nn.Conv2d(len(branches), shape.stem, 1, bias=False)
        before = (shape.stem, *shape.widths)
        self.downs = nn.ModuleList(Normed(one, two, stride=2) for one, two in zip(before, shape.widths, strict=False))
        self.levels = nn.ModuleList(nn.Sequential(*self._blocks(shape, level)) for level in range(len(shape.widths)))
        rising = zip(before[:0:-1], before[-2::-1], strict=True)
        self.merges = nn.ModuleList(Merge(low, skip) for low, skip in rising)
        self.head = pointwise(shape.stem, CLASSES)
        self._start()

    @staticmethod
    def _blocks(shape: CompactShape, level: int) -> list[Residual]:
        last = level == len(shape.widths) - 1
        dilations = shape.dilations if last else (1,) * shape.depths[level]
        return [Residual(shape.widths[level], dilation) for dilation in dilations[: shape.depths[level]]]

    def _start(self) -> None:
        for part in self.modules():
            if isinstance(part, nn.Conv2d):
                nn.init.kaiming_normal_(part.weight, nonlinearity="relu")
                if part.bias is not None:
                    nn.init.zeros_(part.bias)
            if isinstance(part, Residual):
                nn.init.zeros_(part.second.norm.weight)
        for stem in self.stems:
            nn.init.zeros_(stem.gate.weight)
        nn.init.normal_(self.head.weight, std=0.01)

    def fused(self, *inputs: Tensor) -> Tensor:
        """Features (batch, stem channels, rows, columns): the gated mean, plus what stands for the branches present."""
        found = [stem(bands) for stem, bands in zip(self.stems, inputs, strict=True)]
        total = reduce(add, (weight for _, weight, _ in found))
        weighted = reduce(add, (features * weight for features, weight, _ in found))
        told = self.presence(stack([present for _, _, present in found]))
        return weighted / (total + TINY) + told

    def logits(self, *inputs: Tensor) -> Tensor:
        """Before softmax (batch, classes, rows, columns)."""
        features, skips = self.fused(*inputs), []
        for down, level in zip(self.downs, self.levels, strict=True):
            skips.append(features)
            features = level(down(features).relu())
        for merge in self.merges:
            features = merge(features, skips.pop())
        return self.head(features)
