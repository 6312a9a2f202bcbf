"""Which networks have a published deployment that can be repeated, and what may be asked together with that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import InvalidParameterError
from .keras_form import PUBLISHED
from .model_card import FULL_PRECISION, ModelCard, NoData
from .model_errors import NoReferenceError

if TYPE_CHECKING:
    from .request import NetworkSettings

REFERENCE_WINDOW = "gaussian"


def why_no_reference(card: ModelCard) -> str:
    """Why a package's network has no published deployment to repeat, "" where it has one."""
    if card.architecture not in PUBLISHED:
        return f"its architecture is {card.architecture}, and the published ones are {', '.join(PUBLISHED)}."
    if card.no_data is not NoData.RAW_ZERO:
        return f"it takes no data as “{card.no_data.value}”, not as the published networks do."
    if card.precision != FULL_PRECISION:
        return f"its weights were reduced to {card.precision}."
    if card.is_ensemble:
        return f"it is an ensemble of {len(card.networks)} networks, and each published one ran alone."
    return ""


def check_parity(settings: NetworkSettings, name: str, card: ModelCard | None) -> None:
    """Refuse parity where there is nothing to repeat; `card` is None for a model that is no package.

    Raises NoReferenceError, and InvalidParameterError for settings that the published deployment knows otherwise.
    """
    if not settings.parity:
        return
    reason = "it is no network." if card is None else why_no_reference(card)
    if reason:
        raise NoReferenceError(model=name, reason=reason)
    asked = {
        "overlap": settings.overlap,
        "window": "" if settings.window == REFERENCE_WINDOW else settings.window,
        "symmetries": "used" if settings.symmetries else None,
    }
    for key, value in asked.items():
        if value not in (None, ""):
            expected = f"left out together with parity “{settings.parity}”, which has the published deployment's own"
            raise InvalidParameterError(name=key, value=value, expected=expected)
