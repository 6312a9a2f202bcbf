"""A U-Net of projected residual blocks, and the fusion networks built on it."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional

from ...core.branches import Branch
from ...core.model_card import Location
from .base import CLASSES, Network, band_count
from .blocks import ProjectedResidual, UpConv, glorot, pointwise, stack
from .fusion import FusionFront


@dataclass(frozen=True)
class ResUNetShape:
    """`steps` halvings of rows and columns; `channels` of the first level, doubled at each step."""

    steps: int = 4
    channels: int = 64
    dropout: float = 0.1


class ResUNet(nn.Module):
    """Features (batch, channels_in, rows, columns) to maps (batch, channels_out, rows, columns), without softmax."""

    def __init__(self, channels_in: int, channels_out: int, shape: ResUNetShape) -> None:
        super().__init__()
        widths = [shape.channels * 2**step for step in range(shape.steps + 1)]
        before = [channels_in, *widths]
        pairs = zip(before, widths, strict=False)
        self.encoder = nn.ModuleList(ProjectedResidual(one, two, shape.dropout) for one, two in pairs)
        falling = widths[-2::-1]
        self.ups = nn.ModuleList(UpConv(2 * width, width) for width in falling)
        self.decoder = nn.ModuleList(ProjectedResidual(2 * width, width, shape.dropout) for width in falling)
        self.head = pointwise(shape.channels, channels_out)

    def forward(self, features: Tensor) -> Tensor:
        """Rows and columns must be multiples of 2 ** steps."""
        skips = []
        for level, block in enumerate(self.encoder):
            features = block(features if level == 0 else functional.max_pool2d(features, 2))
            skips.append(features)
        skips.pop()
        for up, block in zip(self.ups, self.decoder, strict=True):
            features = block(stack([up(features), skips.pop()]))
        return self.head(features)


@dataclass(frozen=True)
class FusionResUNetShape:
    """Channels of the fused features and the U-Net behind them."""

    fused: int = 64
    unet: ResUNetShape = ResUNetShape()


class FusionResUNet(Network):
    """Fusion front end and residual U-Net: the convolutional baseline of Maslov et al. 2025."""

    def __init__(self, branches: tuple[Branch, ...], shape: FusionResUNetShape) -> None:
        super().__init__(branches, Location.NONE)
        self.shape = shape
        self.multiple_px = 2**shape.unet.steps
        self.fusion = FusionFront(tuple(band_count(one) for one in branches), shape.fused, shape.unet.dropout)
        self.resunet = ResUNet(shape.fused, CLASSES, shape.unet)
        glorot(self)

    def logits(self, *inputs: Tensor) -> Tensor:
        """Before softmax (batch, classes, rows, columns)."""
        return self.resunet(self.fusion(*inputs))
