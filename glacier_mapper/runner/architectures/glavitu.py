"""GlaViTU: a transformer for context, then a residual U-Net for detail (Maslov et al. 2023, 2025)."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from ...core.branches import Branch
from ...core.model_card import Location
from .base import CLASSES, LOCATION_LENGTHS, Network, band_count
from .blocks import double, glorot, pointwise
from .fusion import FusionFront, LocationEncoding
from .resunet import ResUNet, ResUNetShape
from .setr import Setr, SetrShape


@dataclass(frozen=True)
class GlavituShape:
    """`channels` of the fused features and of all that is added to them; `supervised`: with the second output."""

    channels: int = 64
    setr: SetrShape = SetrShape(embedding=64, hidden=256, blocks=12, heads=4, channels=64)
    unet: ResUNetShape = ResUNetShape(steps=3, channels=64)
    supervised: bool = True


class Glavitu(Network):
    """The published network, with or without its second output for deep supervision."""

    merged = False
    """True where the head is part of the U-Net's (inference.py), which then ends in classes without the bias."""

    def __init__(self, branches: tuple[Branch, ...], location: Location, shape: GlavituShape) -> None:
        super().__init__(branches, location)
        self.shape = shape
        self.fixed_px = self.multiple_px = shape.setr.side_px
        width, dropout = shape.channels, shape.unet.dropout
        self.fusion = FusionFront(tuple(band_count(one) for one in branches), width, dropout)
        length = LOCATION_LENGTHS[location]
        self.encoding = LocationEncoding(length, width, dropout) if length else None
        self.setr = Setr(width, width, shape.setr)
        self.again = nn.Identity()
        self.resunet = ResUNet(width, width, shape.unet)
        self.supervision = pointwise(width, CLASSES) if shape.supervised else None
        self.head = pointwise(width, CLASSES)
        glorot(self)

    def logits(self, *inputs: Tensor) -> Tensor:
        """Before softmax (batch, classes, side, side)."""
        encoded = self._encoded(*inputs)
        refined = self.resunet(encoded)
        return self.head(encoded) + refined if self.merged else self.head(encoded + refined)

    def both_logits(self, *inputs: Tensor) -> tuple[Tensor, Tensor]:
        """Of the deep supervision, which looks at the transformer's features alone, and of the output."""
        encoded = self._encoded(*inputs)
        output = self.head(encoded + self.resunet(encoded))
        return (output if self.supervision is None else self.supervision(encoded)), output

    def _encoded(self, *inputs: Tensor) -> Tensor:
        fused = self.fusion(*inputs[: len(self.branches)])
        if self.encoding is not None:
            fused = fused + self.encoding(inputs[-1])[:, :, None, None]
        return double(self.setr(fused)) + self.again(fused)
