"""The same network rewritten for inference: fewer operations, the same function.

- Batch normalisation is folded into the layer before it.
- Layers that follow one another without an activation become one: a 1 x 1 convolution behind another convolution, and
  the head behind the last residual block, whose projection then makes classes, not feature maps.
- Nearest neighbour to twice the size and a 2 x 2 convolution need four products a source pixel (`Raising`), in place of
  sixteen as they stand, or of the nine of a transposed 3 x 3 convolution of stride 2.
- 3 x 3 convolutions of many channels on small maps of a known side take half the products (`SixSums`).

What is written is what ONNX Runtime computes fast on processors. It keeps maps in blocks of 8 or 16 channels through
convolutions, enlarging, pooling, stacking, and sums of maps whose shapes it can tell to be equal (export.py says so),
but not through transposed convolutions, which it also multiplies at half the speed, products with an image of one
pixel, and a leaky rectifier that is not right behind its convolution. The rest of the time is 3 x 3 convolutions at
nine tenths of what the processor can multiply.

GlaViTU of two branches on one thread (AVX-512, ONNX Runtime 1.32), thousandths of the time before, when only
normalisations were folded and enlarging was a transposed convolution:

| | before | now |
|---|---|---|
| enlarging | 107 | 58 |
| the last projection, the heads and the softmax, with their sums and reorderings | 36 | 7 |
| other sums | 13 | 4 |
| other reordering between blocks and planes | 27 | 9 |
| the two convolutions of `SixSums`, with their sums and reorderings | 118 | 81 |
| all | 1000 | 860 |

The fusion U-Nets take 920 thousandths (they have no known side), the light SETR 900. Sums of weights are taken in
float64, so that the weights are those of the network to the last float32 digit; GlaViTU's golden output is 8e-6 off.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional

from .base import CLASSES, Network
from .blocks import UpConv
from .glavitu import Glavitu
from .resunet import FusionResUNet, ResUNet
from .setr import UpsamplingDecoder
from .winograd import ROWS, SixSums

MANY_CHANNELS, SMALL_PX = 512, 96
"""Where the products of a convolution cost more than its sums. With 256 channels too GlaViTU would be 3 % faster, and
two runs side by side take 150 MB more."""
Weighted = (nn.Conv2d, nn.Linear)
Norm = (nn.BatchNorm1d, nn.BatchNorm2d)


def for_inference(network: Network) -> Network:
    """A rewritten copy of `network`, in evaluation mode, that can't be trained; `network` stays as it is."""
    copied = copy.deepcopy(network).eval().double().requires_grad_(False)
    for part in copied.modules():
        _fold_norms(part)
    if isinstance(copied, (Glavitu, FusionResUNet)):
        _oppose(copied if isinstance(copied, Glavitu) else copied.resunet)
        copied.against = True
    if isinstance(copied, Glavitu):
        # times 1, as ONNX Runtime makes the sum that follows part of this convolution, in blocks
        copied.again = _depthwise(torch.ones(1, 1), copied.shape.channels)
        copied.resunet.head, copied.merged = _one(copied.resunet.head, copied.head, bias=False), True
        _take_sums(copied.resunet, copied.fixed_px)
    for part in list(copied.modules()):
        if isinstance(part, UpsamplingDecoder):
            part.convs[-1], part.last = _one(part.convs[-1], part.last), nn.Identity()
        elif isinstance(part, ResUNet):
            _merge_head(part)
    return copied.float()


def _fold_norms(part: nn.Module) -> None:
    """Fold conv1 and norm1, dense2 and norm2, conv and norm, convs[i] and norms[i]: pairs that follow one another."""
    children = dict(part.named_children())
    for name, norm in children.items():
        before = children.get(name.replace("norm", "conv"), children.get(name.replace("norm", "dense")))
        if isinstance(norm, nn.ModuleList) and isinstance(before, nn.ModuleList):
            for index, one in enumerate(norm):
                if isinstance(one, Norm):
                    _fold(before[index], one)
                    norm[index] = nn.Identity()
        elif isinstance(norm, Norm) and isinstance(before, Weighted):
            _fold(before, norm)
            setattr(part, name, nn.Identity())


def _fold(layer: nn.Module, norm: nn.Module) -> None:
    """The layer's weights times gamma / sqrt(variance + epsilon), and its bias moved along."""
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    bias = torch.zeros_like(norm.bias) if layer.bias is None else layer.bias
    layer.bias = nn.Parameter((bias - norm.running_mean) * scale + norm.bias, requires_grad=False)
    layer.weight = nn.Parameter(layer.weight * scale.reshape(-1, *[1] * (layer.weight.dim() - 1)), requires_grad=False)


def _one(first: nn.Conv2d, then: nn.Conv2d, bias: bool = True) -> nn.Conv2d:
    """The convolution that does what `first` and the 1 x 1 convolution `then` do; `bias`: with the bias of `then`."""
    mixed = copy.deepcopy(first)
    mixed.out_channels, mix = then.out_channels, then.weight[:, :, 0, 0]
    mixed.weight = nn.Parameter(torch.einsum("oi,ijkl->ojkl", mix, first.weight), requires_grad=False)
    biases = [] if first.bias is None else [mix @ first.bias]
    biases += [then.bias] if bias else []
    mixed.bias = nn.Parameter(sum(biases), requires_grad=False) if biases else None
    return mixed


def _oppose(part: Glavitu | ResUNet) -> None:
    """Let its head give the logit of each of the two classes less that of the other."""
    both = nn.Conv2d(CLASSES, CLASSES, 1, bias=False)
    both.weight = nn.Parameter(torch.tensor([[1.0, -1.0], [-1.0, 1.0]]).double()[:, :, None, None])
    part.head = _one(part.head, both, bias=False)


def _merge_head(network: ResUNet) -> None:
    """Put the head into both ways of the last block, and `Raising` in place of the up-convolutions."""
    last, head, network.head = network.decoder[-1], network.head, nn.Identity()
    last.projection = _one(last.projection, head, bias=False)
    last.block = nn.Sequential(last.block, head)
    for index, up in enumerate(network.ups):
        network.ups[index] = Raising(up)


def _take_sums(network: ResUNet, side: int) -> None:
    """Put `SixSums` in place of 3 x 3 convolutions of many channels on small maps, where products are what costs."""
    levels = range(len(network.encoder))
    for level, part in (*zip(levels, network.encoder, strict=True), *zip(levels[-2::-1], network.decoder, strict=True)):
        for name in ("conv1", "conv2"):
            conv, here = getattr(part.block, name), side >> level
            if conv.in_channels >= MANY_CHANNELS and here <= SMALL_PX and here % ROWS == 0:
                setattr(part.block, name, SixSums(conv, here))


class Raising(nn.Module):
    """What an `UpConv`, its normalisation folded, does: twice the rows and columns, mixed by a kernel a b / c d.

    In a row, the two pixels that a source pixel x becomes see x x and x y, y being its neighbour to the right:
    (a + b) x and a x + b y = (a + b) x + b (y - x). So the mixed channels (a + b) x, enlarged, are right but for the
    step of b x to the next pixel, which in the enlarged image is 0 but between two source pixels. Down the rows it is
    the same again. All products are taken before the image is enlarged.
    """

    def __init__(self, up: UpConv) -> None:
        super().__init__()
        (a, b), (c, d) = (kernel.unbind(-1) for kernel in up.conv.weight.unbind(2))
        self.whole, self.right = _pointwise(a + b + c + d, up.conv.bias), _pointwise(b + d)
        self.below, self.corner = _pointwise(c + d), _pointwise(d)
        step = torch.tensor([[0, -1, 1]])  # the next pixel, 0 behind the last one, less this one
        self.across, self.down = _depthwise(step, len(a)), _depthwise(step.T, len(a))

    def forward(self, features: Tensor) -> Tensor:
        """Features of twice the rows and columns."""
        whole = _wide(self.whole(features)) + self.across(_wide(self.right(features)))
        below = _wide(self.below(features)) + self.across(_wide(self.corner(features)))
        return _tall(whole) + self.down(_tall(below))


def _pointwise(weight: Tensor, bias: Tensor | None = None) -> nn.Conv2d:
    """The 1 x 1 convolution of a matrix (out, in)."""
    layer = nn.Conv2d(weight.shape[1], weight.shape[0], 1, bias=bias is not None)
    layer.weight, layer.bias = nn.Parameter(weight[:, :, None, None].contiguous(), requires_grad=False), bias
    return layer


def _depthwise(kernel: Tensor, channels: int) -> nn.Conv2d:
    """A kernel of odd sides, padded with 0, on each channel by itself."""
    sides = tuple(kernel.shape)
    padding = (sides[0] // 2, sides[1] // 2)
    layer = nn.Conv2d(channels, channels, sides, padding=padding, groups=channels, bias=False)
    layer.weight = nn.Parameter(kernel.double().expand(channels, 1, *sides).contiguous(), requires_grad=False)
    return layer


def _wide(features: Tensor) -> Tensor:
    return functional.interpolate(features, scale_factor=(1.0, 2.0), mode="nearest")


def _tall(features: Tensor) -> Tensor:
    return functional.interpolate(features, scale_factor=(2.0, 1.0), mode="nearest")
