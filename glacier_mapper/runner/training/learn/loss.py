"""What a network is made to do: probabilities near the labels, pixel by pixel and as areas."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from ..tiles.tile import DEBRIS, GLACIER, UNKNOWN
from .plan import Loss

EPSILON = 1.0
"""Pixels that soft dice adds, so that crops without glacier say little."""


def loss_of(outputs: tuple[Tensor, ...], label: Tensor, weights: Loss) -> Tensor:
    """The mean over a batch, a scalar.

    `outputs`: logits (batch, 2, rows, columns), the network's own last, those of a deep supervision before it.
    `label`: (batch, rows, columns), 0 other, 1 glacier, 2 debris-covered glacier, 255 unknown.
    """
    total = _one(outputs[-1], label, weights)
    for output in outputs[:-1]:
        total = total + weights.supervision * _one(output, label, weights)
    return total


def _one(logits: Tensor, label: Tensor, weights: Loss) -> Tensor:
    known = (label != UNKNOWN).to(logits.dtype)
    ice = ((label == GLACIER) | (label == DEBRIS)).to(logits.dtype)
    share = known * (1 + (weights.debris - 1) * (label == DEBRIS).to(logits.dtype))
    count = share.sum().clamp(min=1.0)
    margin = logits[:, 1] - logits[:, 0]
    aim = ice * (1 - weights.smoothing) + 0.5 * weights.smoothing
    surprise = functional.binary_cross_entropy_with_logits(margin, aim, reduction="none")
    total = weights.cross_entropy * (surprise * share).sum() / count
    if weights.focal > 0:
        unsure = (1 - (-surprise).exp()) ** weights.gamma
        total = total + weights.focal * (unsure * surprise * share).sum() / count
    if weights.dice > 0:
        total = total + weights.dice * (1 - _dice(margin.sigmoid() * known, ice * known))
    return total


def _dice(probability: Tensor, ice: Tensor) -> Tensor:
    """Of the whole batch: 2 |A and B| / (|A| + |B|), soft (Milletari et al. 2016, V-Net)."""
    both = (probability * ice).sum()
    return (2 * both + EPSILON) / (probability.sum() + ice.sum() + EPSILON)
