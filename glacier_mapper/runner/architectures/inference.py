"""The same network rewritten for inference: fewer operations, the same function.

Batch normalisation is folded into the layer before it. Nearest neighbour to twice the size and a 2 x 2 convolution
become one transposed 3 x 3 convolution of stride 2: nine products a source pixel in place of sixteen, and no large
image between. Sums are taken in float64, so that the weights are those of the network to the last float32 digit.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from .base import Network
from .blocks import UpConv

Weighted = (nn.Conv2d, nn.Linear, nn.ConvTranspose2d)
Norm = (nn.BatchNorm1d, nn.BatchNorm2d)


def for_inference(network: Network) -> Network:
    """A rewritten copy of `network`, in evaluation mode, that can't be trained; `network` stays as it is."""
    copied = copy.deepcopy(network).eval().double().requires_grad_(False)
    for part in copied.modules():
        _fold_norms(part)
    _replace_up_convs(copied)
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


def _replace_up_convs(network: nn.Module) -> None:
    for part in network.modules():
        for name, child in part.named_children():
            if isinstance(child, UpConv):
                setattr(part, name, transposed(child))


def transposed(up: UpConv) -> nn.ConvTranspose2d:
    """One transposed convolution that does what `up`, its normalisation folded, does."""
    out, into = up.conv.weight.shape[:2]
    layer = nn.ConvTranspose2d(into, out, 3, stride=2, padding=1, output_padding=1).to(up.conv.weight.dtype)
    layer.weight = nn.Parameter(_spread(up.conv.weight).transpose(0, 1).contiguous(), requires_grad=False)
    layer.bias = nn.Parameter(up.conv.bias.clone(), requires_grad=False)
    return layer


def _spread(kernel: Tensor) -> Tensor:
    """The 3 x 3 kernel (out, in, 3, 3) by which a source pixel reaches the nine pixels around its place.

    Its own four pixels lie at (1..2, 1..2); each product of a 2 x 2 tap with one of them lands one tap earlier.
    """
    spread = kernel.new_zeros(*kernel.shape[:2], 3, 3)
    for row in (0, 1):
        for column in (0, 1):
            tap = kernel[:, :, row : row + 1, column : column + 1]
            spread[:, :, 1 - row : 3 - row, 1 - column : 3 - column] += tap
    return spread
