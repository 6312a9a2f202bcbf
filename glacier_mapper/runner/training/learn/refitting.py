"""Learning once more from all tiles, those included that the first time were held back to find how long to learn.

What a network loses to tiles held back it gets again: they choose the best step and a calibration, then training
begins anew with them among the others and ends after as many rounds of the tiles. Nothing is left to look at then, so
step and calibration are those of the first time (Goodfellow et al. 2016, algorithm 7.2).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from torch.utils.data import ConcatDataset

from ....core.model_card import Calibration, ModelCard
from ....core.progress import Controls, Progress
from ...architectures.base import Network
from ..calibrating import Kind, Logits, before_and_after, fitted, gathered
from ..tiles import VALIDATION
from .inputs import Recipe
from .looking import probability
from .plan import Plan
from .run import Tiles

FOLDER = "again"
"""Of the second training, in the folder of the run."""


def growth(tiles: Tiles) -> float:
    """How many times as many tiles the second training has."""
    return (len(tiles.train) + len(tiles.validation)) / len(tiles.train)


def again(plan: Plan, tiles: Tiles, best_step: int) -> tuple[Plan, Tiles, int]:
    """Plan, tiles and last step of the second training: the same rounds of the tiles at the same rates."""
    count = math.ceil(plan.steps.count * growth(tiles))
    steps = replace(plan.steps, count=count, patience=0)
    # A ConcatDataset has what a run asks of tiles: a length, and each by its number.
    everything: Any = ConcatDataset([tiles.train, tiles.validation])  # type: ignore[list-item]
    return replace(plan, steps=steps), Tiles(everything, (), tiles.identity), round(best_step * growth(tiles))


def held_back(network: Network, tiles: Tiles, recipe: Recipe, controls: Controls) -> dict[str, Logits]:
    """The logits of a network over the tiles that it has not learnt from, by region. Raises Cancelled."""
    return gathered(tiles.validation, lambda tile: probability(network, tile, recipe), controls)


def calibrated(found: Mapping[str, Logits], card: ModelCard, tiles: int) -> tuple[Calibration, dict[str, Any]]:
    """Vector scaling on the `tiles` that were held back, and what the card says of it.

    Raises InvalidParameterError without pixels of both classes.
    """
    fit = fitted(Kind.VECTOR, found, card)
    told = {"kind": Kind.VECTOR.value, "split": VALIDATION, "tiles": tiles, "refit": True}
    return fit, {**told, **before_and_after(found, fit)}


def part(controls: Controls, low: float, high: float) -> Controls:
    """Controls of a part of a job, which is from `low` to `high` of all of it; time left grows to that of all."""

    def listen(progress: Progress) -> None:
        fraction = low + (high - low) * progress.fraction
        own = (high - low) * (1 - progress.fraction)
        left = progress.seconds_left * (1 - fraction) / own if progress.seconds_left is not None and own > 0 else None
        controls.on_progress(replace(progress, fraction=fraction, seconds_left=left))

    return Controls(listen, controls.should_stop)
