"""The front end of the fusion networks: one convolutional branch a source, weighted by channel and summed.

Maslov et al. 2025 (doi 10.1038/s41467-024-54956-x), with the location encodings of the same work.
"""

from __future__ import annotations

from functools import reduce
from operator import add

from torch import Tensor, nn
from torch.nn import functional

from .blocks import KERAS_EPSILON, KERAS_MOMENTUM, LEAKY_SLOPE, DoubleConv

LOCATION_SLOPE = 0.3
"""Keras's LeakyReLU layer has another default than TensorFlow's function."""


class Excitation(nn.Module):
    """A weight 0..1 for each channel, from the channels' means over rows and columns.

    The means are pooled one image a channel: so ONNX Runtime sums in float32 in the order in which the published
    deployment did, to which its weights answer with up to 3e-4 of probability in a whole scene.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.dense1 = nn.Linear(channels, channels)
        self.dense2 = nn.Linear(channels, channels)

    def forward(self, features: Tensor) -> Tensor:
        """Weights (batch, channels, 1, 1) of features (batch, channels, rows, columns)."""
        images = features.reshape(-1, 1, *features.shape[2:])
        means = functional.adaptive_avg_pool2d(images, 1).reshape(-1, self.dense1.in_features)
        hidden = functional.leaky_relu(self.dense1(means), LEAKY_SLOPE)
        return self.dense2(hidden).sigmoid()[:, :, None, None]


class FusionFront(nn.Module):
    """Sources of `bands` channels each to one set of feature maps: the sum of branches times their excitations."""

    def __init__(self, bands: tuple[int, ...], channels: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.branches = nn.ModuleList(DoubleConv(count, channels, dropout) for count in bands)
        self.excitations = nn.ModuleList(Excitation(channels) for _ in bands)

    def forward(self, *sources: Tensor) -> Tensor:
        """Features (batch, channels, rows, columns) of one tensor a source, each (batch, bands, rows, columns)."""
        found = [branch(source) for branch, source in zip(self.branches, sources, strict=True)]
        weighted = [one * weight(one) for one, weight in zip(found, self.excitations, strict=True)]
        return reduce(add, weighted)


class LocationEncoding(nn.Module):
    """A location vector (batch, length) to values that are added to the features of every pixel."""

    def __init__(self, length: int, channels: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.dense1 = nn.Linear(length, channels)
        self.norm1 = nn.BatchNorm1d(channels, eps=KERAS_EPSILON, momentum=KERAS_MOMENTUM)
        self.dense2 = nn.Linear(channels, channels)
        self.norm2 = nn.BatchNorm1d(channels, eps=KERAS_EPSILON, momentum=KERAS_MOMENTUM)
        self.dropout = nn.Dropout(dropout)

    def forward(self, location: Tensor) -> Tensor:
        """(batch, channels)."""
        for dense, norm in ((self.dense1, self.norm1), (self.dense2, self.norm2)):
            location = self.dropout(functional.leaky_relu(norm(dense(location)), LOCATION_SLOPE))
        return location
