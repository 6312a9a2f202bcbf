"""The loss against numbers worked out by hand, and what it does not look at."""

from __future__ import annotations

import math

import pytest
import torch
from learning import Loss

from glacier_mapper.runner.training.learn.loss import loss_of

ENTROPY = Loss(cross_entropy=1.0, focal=0.0, dice=0.0, debris=1.0, smoothing=0.0)


def logits(*margins):
    """A row of pixels with logits 0 and the margin."""
    return torch.tensor([[0.0] * len(margins), list(margins)])[None, :, None, :]


def label(*values):
    return torch.tensor(values, dtype=torch.uint8)[None, None, :]


def value(margins, labels, weights=ENTROPY):
    return float(loss_of((logits(*margins),), label(*labels), weights))


def test_cross_entropy_of_one_pixel():
    assert value([math.log(3)], [1]) == pytest.approx(-math.log(0.75))
    assert value([math.log(3)], [0]) == pytest.approx(-math.log(0.25))


def test_debris_is_glacier():
    assert value([math.log(3)], [2]) == pytest.approx(-math.log(0.75))


def test_debris_counts_more():
    weights = Loss(focal=0, dice=0, debris=3.0, smoothing=0.0)
    expected = (3 * -math.log(0.75) + 1 * -math.log(0.5)) / 4
    assert value([math.log(3), 0.0], [2, 1], weights) == pytest.approx(expected)


def test_unknown_pixels_do_not_count_and_give_no_gradient():
    output = logits(0.3, 5.0).requires_grad_()
    loss = loss_of((output,), label(1, 255), Loss())
    loss.backward()
    assert output.grad[..., 1].abs().max() == 0
    assert float(loss.detach()) == pytest.approx(value([0.3], [1], Loss()))


def test_nothing_but_unknown_is_no_fault():
    loss = loss_of((logits(0.3, 0.1).requires_grad_(),), label(255, 255), Loss(dice=0.0))
    loss.backward()
    assert float(loss.detach()) == 0


def test_focal_loss_of_one_pixel():
    weights = Loss(cross_entropy=0.0, focal=1.0, gamma=2.0, dice=0.0, debris=1.0, smoothing=0.0)
    assert value([math.log(3)], [1], weights) == pytest.approx(0.25**2 * -math.log(0.75))


def test_dice_of_the_batch():
    weights = Loss(cross_entropy=0.0, dice=1.0, debris=1.0, smoothing=0.0)
    # p = 3/4 on ice, 1/4 beside it: (2 * 0.75 + 1) / (1 + 1 + 1)
    assert value([math.log(3), -math.log(3)], [1, 0], weights) == pytest.approx(1 - 2.5 / 3)


def test_smoothing_wants_no_certainty():
    weights = Loss(focal=0, dice=0, smoothing=0.1)
    best = math.log(0.95 / 0.05)
    assert value([best], [1], weights) < value([best + 1], [1], weights)
    assert value([best], [1], weights) < value([best - 1], [1], weights)


def test_the_second_output_counts_as_said():
    outputs = logits(1.0), logits(2.0)
    both = loss_of(outputs, label(1), Loss(supervision=0.3, smoothing=0.0))
    apart = [value([margin], [1], Loss(smoothing=0.0)) for margin in (1.0, 2.0)]
    assert float(both) == pytest.approx(apart[1] + 0.3 * apart[0])
