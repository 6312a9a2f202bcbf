"""The convolutional parts that the published networks are built from.

Their numbers are those of Keras: batch normalisation with epsilon 1e-3, slope 0.2 of the leaky rectifier, "same"
padding of a 2 x 2 kernel below and to the right.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

KERAS_EPSILON = 1e-3
KERAS_MOMENTUM = 0.01
"""Keras keeps 0.99 of the old moving statistics at each step."""
LEAKY_SLOPE = 0.2


def batch_norm(channels: int) -> nn.BatchNorm2d:
    """Batch normalisation of feature maps as Keras does it."""
    return nn.BatchNorm2d(channels, eps=KERAS_EPSILON, momentum=KERAS_MOMENTUM)


class DoubleConv(nn.Module):
    """Twice: 3 x 3 convolution with bias, batch normalisation, leaky rectifier; (batch, channels, rows, columns)."""

    def __init__(self, channels_in: int, channels: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels, 3, padding=1)
        self.norm1 = batch_norm(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm2 = batch_norm(channels)
        self.dropout = nn.Dropout2d(dropout)

    def forward(self, features: Tensor) -> Tensor:
        """Features of the same rows and columns."""
        for conv, norm in ((self.conv1, self.norm1), (self.conv2, self.norm2)):
            features = self.dropout(functional.leaky_relu(norm(conv(features)), LEAKY_SLOPE))
        return features


class ProjectedResidual(nn.Module):
    """A double convolution plus a 1 x 1 projection of its input; no activation after the sum."""

    def __init__(self, channels_in: int, channels: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.block = DoubleConv(channels_in, channels, dropout)
        self.projection = nn.Conv2d(channels_in, channels, 1, bias=False)

    def forward(self, features: Tensor) -> Tensor:
        """Features of the same rows and columns."""
        return self.block(features) + self.projection(features)


class UpConv(nn.Module):
    """Nearest neighbour to twice the rows and columns, 2 x 2 convolution, batch normalisation; no activation."""

    def __init__(self, channels_in: int, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels, 2, bias=False)
        self.norm = batch_norm(channels)

    def forward(self, features: Tensor) -> Tensor:
        """Features of twice the rows and columns."""
        large = functional.interpolate(features, scale_factor=2, mode="nearest")
        return self.norm(self.conv(functional.pad(large, (0, 1, 0, 1))))


def double(features: Tensor) -> Tensor:
    """Bilinear to twice the rows and columns: half-pixel centres, edges clamped."""
    return functional.interpolate(features, scale_factor=2, mode="bilinear", align_corners=False)


def pointwise(channels_in: int, channels: int) -> nn.Conv2d:
    """What Keras calls a Dense layer on feature maps: a 1 x 1 convolution with bias."""
    return nn.Conv2d(channels_in, channels, 1)


def glorot(module: nn.Module) -> None:
    """Start the weights of convolutions and dense layers below `module` as Keras does: Glorot uniform, no bias."""
    for part in module.modules():
        if isinstance(part, (nn.Conv2d, nn.Linear)):
            nn.init.xavier_uniform_(part.weight)
            if part.bias is not None:
                nn.init.zeros_(part.bias)


def stack(tensors: list[Tensor]) -> Tensor:
    """The tensors behind one another along the channels."""
    return torch.cat(tensors, 1)
