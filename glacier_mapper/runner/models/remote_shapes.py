"""The tensors that a package's network takes, as servers and model repositories describe them."""

from __future__ import annotations

from ...core.branches import BRANCH_ROLES, LOCATION_INPUT, REGION_CODES
from ...core.model_card import Location, ModelCard

FREE = -1
"""A dimension that a request chooses."""
COORDINATES = 4


def expected_inputs(card: ModelCard) -> dict[str, list[int]]:
    """The shapes of the network's inputs by name, the batch first, -1 where a request chooses."""
    side = card.tiling.patch_px if card.tiling.fixed else FREE
    shapes = {spec.branch.value: [FREE, len(BRANCH_ROLES[spec.branch]), side, side] for spec in card.branches}
    if card.location is not Location.NONE:
        shapes[LOCATION_INPUT] = [FREE, len(REGION_CODES) if card.location is Location.REGION else COORDINATES]
    return shapes
