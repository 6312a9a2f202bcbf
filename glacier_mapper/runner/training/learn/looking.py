"""How good a network is on whole tiles: counts, and the threshold-free loss, by split."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch.nn import functional

from ...architectures.base import Network
from ..tiles.tile import DEBRIS, UNKNOWN
from .inputs import Recipe, placed, scaled


class Look(NamedTuple):
    """Counts of pixels over all tiles, and the mean cross-entropy."""

    hits: int = 0
    wrong: int = 0
    missed: int = 0
    debris: int = 0
    debris_found: int = 0
    pixels: int = 0
    surprise: float = 0.0

    @property
    def iou(self) -> float:
        """Of the glacier class; 1 where there is none and none was found."""
        union = self.hits + self.wrong + self.missed
        return self.hits / union if union else 1.0

    def to_json(self) -> dict[str, float]:
        """Figures for the log."""
        recall = self.debris_found / self.debris if self.debris else None
        figures = {"iou": self.iou, "cross_entropy": self.surprise / max(1, self.pixels)}
        return figures if recall is None else {**figures, "debris_recall": recall}


def look(
    network: Network, tiles: Sequence[Any], recipe: Recipe, stop_if_asked: Callable[[], None] = lambda: None
) -> Look:
    """The network's counts on tiles at a threshold of one half."""
    total = Look()
    training = network.training
    network.eval()
    for tile in tiles:
        stop_if_asked()
        total = Look(*(a + b for a, b in zip(total, _tile(network, tile, recipe), strict=True)))
    network.train(training)
    return total


@torch.no_grad()
def probability(network: Network, tile: Any, recipe: Recipe) -> np.ndarray:
    """Of glacier, float32 (rows, columns); the tile is filled up to what the network takes by repeating its edge."""
    height, width = tile.label.shape
    side = network.fixed_px or network.multiple_px
    lacking = (-width) % side, (-height) % side
    device = next(network.parameters()).device
    inputs = [torch.from_numpy(one)[None].to(device) for one in scaled(tile.inputs, tile.label.shape, recipe)]
    padded = [functional.pad(one, (0, lacking[0], 0, lacking[1]), mode="replicate") for one in inputs]
    place = [torch.from_numpy(one)[None].to(device) for one in placed(tile, recipe)]
    return network(*padded, *place)[0, 1, :height, :width].cpu().numpy()


def _tile(network: Network, tile: Any, recipe: Recipe) -> Look:
    found = probability(network, tile, recipe)
    label = tile.label
    known = label != UNKNOWN
    p, ice, debris = found[known], (label[known] > 0), label[known] == DEBRIS
    taken = p > 0.5
    surprise = -np.log(np.clip(np.where(ice, p, 1 - p), 1e-6, 1))
    return Look(
        int((taken & ice).sum()), int((taken & ~ice).sum()), int((~taken & ice).sum()), int(debris.sum()),
        int((taken & debris).sum()), int(known.sum()), float(surprise.sum()),
    )  # fmt: skip
