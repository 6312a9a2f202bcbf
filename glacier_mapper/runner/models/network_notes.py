"""What the user should know of a network before its result: what its precision costs, what it was not trained on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from ...core.messages import QT_TRANSLATE_NOOP, Message
from ...core.model_card import FULL_PRECISION, ModelCard
from ...core.models import ModelInfo
from ...core.parity import why_no_reference
from ...core.roles import ROLE_LABELS, Role
from ...core.scaling import LANDSAT_L2, Scaling

REDUCED = QT_TRANSLATE_NOOP(
    "models",
    "“{model}” computes in {precision}: where that was checked, {flipped} % of the pixels changed their class; without "
    "labels there, what it costs in IoU is not known.",
)
REDUCED_IOU = QT_TRANSLATE_NOOP(
    "models",
    "“{model}” computes in {precision}: where that was checked, {flipped} % of the pixels changed their class, and "
    "{iou} of IoU was lost.",
)
SURFACE = QT_TRANSLATE_NOOP(
    "models",
    "“{model}” was trained on top-of-atmosphere reflectance; these bands hold surface reflectance. Look at the result "
    "with more care, or take the Level 1 product.",
)
EMPTY_NEEDED = QT_TRANSLATE_NOOP(
    "models",
    "{role} has no data anywhere in the mapped area ({layer}), and “{model}” needs it: look at the result with care, "
    "or choose another layer.",
)
EMPTY = QT_TRANSLATE_NOOP(
    "models", "{role} has no data anywhere in the mapped area ({layer}): “{model}” computed without it."
)


ENSEMBLE = QT_TRANSLATE_NOOP(
    "models",
    "“{model}” is an ensemble of {count} networks: each of them computes every tile, and model_uncertainty.tif shows "
    "where they disagree.",
)


def ensemble_note(card: ModelCard) -> Message:
    """That a card's several networks are all run, and what shows how far they agree."""
    return Message(ENSEMBLE, {"model": card.description.title, "count": len(card.networks)})


def empty_notes(
    info: ModelInfo, roles: Collection[Role], empty: Collection[Role], layers: Mapping[Role, str]
) -> list[Message]:
    """What to say of bands that are `empty`, among the `roles` that were read; `layers` are their layers' names.

    Slope that is computed here is its elevation's.
    """
    notes = []
    for role in sorted(set(empty) & set(layers), key=list(Role).index):
        template = EMPTY_NEEDED if info.missing(set(roles) - {role}) else EMPTY
        details = {"role": Message(ROLE_LABELS[role]).to_json(), "layer": layers[role], "model": info.title}
        notes.append(Message(template, details, to_check=True))
    return notes


def precision_note(card: ModelCard) -> Message:
    """What the reduced precision of a card's network was found to cost."""
    check = card.precision_check
    flipped = f"{100 * check.get('pixels_flipped', 0):.2g}"
    details = {"model": card.description.title, "precision": card.precision, "flipped": flipped}
    if check.get("iou_lost") is None:
        return Message(REDUCED, details)
    return Message(REDUCED_IOU, {**details, "iou": f"{check['iou_lost']:.3f}"})


def notes_on_products(card: ModelCard, scalings: Sequence[Scaling]) -> list[Message]:
    """What a published network was not trained on, as far as the products of the bands are known."""
    at_surface = any(one.reason.template == LANDSAT_L2 for one in scalings)
    is_published = not why_no_reference(replace(card, precision=FULL_PRECISION))
    return [Message(SURFACE, {"model": card.description.title})] if at_surface and is_published else []
