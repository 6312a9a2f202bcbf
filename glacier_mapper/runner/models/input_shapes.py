"""The tensors that a package's network takes: as its card says, and as servers and model repositories say it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ...core.branches import BRANCH_ROLES, LOCATION_INPUT, REGION_CODES
from ...core.model_card import Location, ModelCard
from .package import Package

Shape = tuple[Any, ...]
COORDINATES = 4
FREE = -1
"""A dimension that a request chooses, in the words of servers."""


def expected_inputs(card: ModelCard) -> dict[str, Shape]:
    """The shape of each input by name, the batch first; None where any size will do."""
    side = card.tiling.patch_px if card.tiling.fixed else None
    shapes: dict[str, Shape] = {
        spec.branch.value: (None, len(BRANCH_ROLES[spec.branch]), side, side) for spec in card.branches
    }
    if card.location is not Location.NONE:
        shapes[LOCATION_INPUT] = (None, len(REGION_CODES) if card.location is Location.REGION else COORDINATES)
    return shapes


def served_shapes(card: ModelCard) -> dict[str, list[int]]:
    """The same with `FREE` for any size."""
    return {name: [FREE if size is None else size for size in shape] for name, shape in expected_inputs(card).items()}


def sample_feeds(package: Package, batch: int) -> dict[str, npt.NDArray[np.float32]]:
    """A batch of noise, 0..1, for a measurement."""
    found = expected_inputs(package.card)
    rng, side = np.random.default_rng(0), package.card.tiling.patch_px
    shapes = {name: [side if size is None else size for size in shape[1:]] for name, shape in found.items()}
    return {name: rng.random((batch, *shape), np.float32) for name, shape in shapes.items()}
