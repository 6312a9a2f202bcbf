"""The tensors that a package's network takes, as servers and model repositories describe them."""

from __future__ import annotations

from ...core.model_card import ModelCard
from .checking import expected_inputs

FREE = -1
"""A dimension that a request chooses."""


def served_shapes(card: ModelCard) -> dict[str, list[int]]:
    """The shapes of the network's inputs by name, the batch first, `FREE` where a request chooses."""
    wanted = expected_inputs(card)
    return {name: [FREE if size is None else size for size in shape] for name, shape in wanted.items()}
