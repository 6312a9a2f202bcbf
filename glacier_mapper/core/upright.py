"""Networks that learnt their scenes as they lie: with the sun in one part of the sky, north up.

Turned or mirrored scenes are strange to them: the light comes from where it never comes from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import InvalidParameterError
from .model_card import ModelCard

if TYPE_CHECKING:
    from .request import NetworkSettings


def learnt_upright(card: ModelCard) -> bool:
    """Whether a package's training says that its crops were not turned; false where it says nothing of it.

    Of an ensemble that any of its networks' does (`networks` of its training).
    """
    others = card.training.get("networks")
    trainings = [card.training, *(others if isinstance(others, list) else [])]
    return any(_is_upright(one) for one in trainings)


def _is_upright(training: object) -> bool:
    plan = training.get("plan") if isinstance(training, dict) else None
    changed = plan.get("augmentation") if isinstance(plan, dict) else None
    return isinstance(changed, dict) and changed.get("turns") is False


def check_symmetries(settings: NetworkSettings, card: ModelCard) -> None:
    """Refuse the average over symmetries for a network that learnt its scenes upright. Raises InvalidParameterError."""
    if settings.symmetries and learnt_upright(card):
        expected = f"left out: “{card.name}” learnt its scenes with north up, and turned ones would mislead it"
        raise InvalidParameterError(name="symmetries", value="used", expected=expected)
