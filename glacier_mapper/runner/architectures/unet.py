"""A plain U-Net (Ronneberger et al. 2015) on all bands together, with batch normalisation and "same" padding."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional

from ...core.branches import Branch
from ...core.model_card import Location
from .base import CLASSES, Network, band_count
from .blocks import DoubleConv, double, pointwise, stack


@dataclass(frozen=True)
class UNetShape:
    """`steps` halvings of rows and columns; `channels` of the first level, doubled at each step."""

    steps: int = 4
    channels: int = 32
    dropout: float = 0.0


class UNet(Network):
    """The bands of all branches behind one another, encoder, decoder, 1 x 1 convolution."""

    def __init__(self, branches: tuple[Branch, ...], shape: UNetShape) -> None:
        super().__init__(branches, Location.NONE)
        self.shape = shape
        self.multiple_px = 2**shape.steps
        widths = [shape.channels * 2**step for step in range(shape.steps + 1)]
        before = [sum(band_count(one) for one in branches), *widths]
        pairs = zip(before, widths, strict=False)
        self.encoder = nn.ModuleList(DoubleConv(one, two, shape.dropout) for one, two in pairs)
        rising = list(zip(widths[:0:-1], widths[-2::-1], strict=True))
        self.decoder = nn.ModuleList(DoubleConv(low + skip, skip, shape.dropout) for low, skip in rising)
        self.head = pointwise(shape.channels, CLASSES)
        for part in self.modules():
            if isinstance(part, nn.Conv2d):
                nn.init.kaiming_normal_(part.weight, nonlinearity="relu")

    def logits(self, *inputs: Tensor) -> Tensor:
        """Before softmax (batch, classes, rows, columns)."""
        features, skips = stack(list(inputs)), []
        for level, block in enumerate(self.encoder):
            features = block(features if level == 0 else functional.max_pool2d(features, 2))
            skips.append(features)
        skips.pop()
        for block in self.decoder:
            features = block(stack([double(features), skips.pop()]))
        return self.head(features)
