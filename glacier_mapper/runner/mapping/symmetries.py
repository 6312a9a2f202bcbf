"""Test-time augmentation: a network's mean answer over the eight symmetries of the square."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..models.base import Feeds, FloatImage

SYMMETRIES = tuple((turns, mirrored) for mirrored in (False, True) for turns in range(4))
"""Quarter turns to the left, then left and right exchanged or not."""


def turned(images: FloatImage, symmetry: tuple[int, bool]) -> FloatImage:
    """Images (..., side, side) after a symmetry, contiguous. What is no square image is returned as it is."""
    turns, mirrored = symmetry
    turned_images = np.rot90(images, turns, axes=(-2, -1))
    return np.ascontiguousarray(turned_images[..., ::-1] if mirrored else turned_images)


def turned_back(images: FloatImage, symmetry: tuple[int, bool]) -> FloatImage:
    """The inverse of `turned`."""
    turns, mirrored = symmetry
    return np.rot90(images[..., ::-1] if mirrored else images, -turns, axes=(-2, -1))


def averaged(infer: Callable[[Feeds], FloatImage], feeds: Feeds) -> FloatImage:
    """The mean of `infer`'s answers (batch, classes, side, side) to all eight symmetries, each turned back."""
    total: FloatImage = np.zeros((), np.float32)
    for symmetry in SYMMETRIES:
        asked = {name: turned(value, symmetry) if value.ndim == 4 else value for name, value in feeds.items()}
        answer = turned_back(infer(asked), symmetry)
        total = total + answer
    return np.asarray(total / np.float32(len(SYMMETRIES)), np.float32)
