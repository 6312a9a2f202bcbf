"""Rasters that were given for a mapping and are not used: which, why, and what to do."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from .guess import BandDescription, guess_roles
from .messages import QT_TRANSLATE_NOOP, Message

SAME_ROLES = QT_TRANSLATE_NOOP(
    "guess",
    "{layer} was left out: its bands have the same roles as those that are used. To map neighbouring images together, "
    "build a virtual mosaic of them first (gdalbuildvrt, or Build virtual raster in QGIS).",
)
NO_ROLE = QT_TRANSLATE_NOOP(
    "guess", "{layer} was left out: none of its bands seems to have a role. Give them theirs by hand."
)


def left_out(bands: Sequence[BandDescription], used: Collection[str]) -> list[Message]:
    """A note for each layer of `bands` whose id is not in `used`, in their order."""
    layers: dict[str, list[BandDescription]] = {}
    for band in bands:
        if band.layer_id not in used:
            layers.setdefault(band.layer_id, []).append(band)
    return [
        Message(SAME_ROLES if guess_roles(layer) else NO_ROLE, {"layer": layer[0].name}, to_check=True)
        for layer in layers.values()
    ]
