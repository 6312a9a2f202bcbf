"""Bands that say nothing: dead, or filled with one value."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from ...core.roles import Role
from .base import Bands

MIN_PIXELS = 400
"""Fewer pixels than these may well be alike."""
_TOLERANCE = 1e-5
"""Share of a value by which resampling may move it; one step of 16 bits is more."""


class BandSpread:
    """The least and the largest value of each band, filled part by part."""

    def __init__(self) -> None:
        self._range: dict[Role, tuple[float, float]] = {}
        self._pixels: dict[Role, int] = {}

    def look(self, bands: Bands) -> None:
        """Take in a part of the scene; what is no data or infinite is left out."""
        for role, band in bands.items():
            if self._varies(role):
                continue
            values = band[np.isfinite(band)]
            if values.size:
                low, high = self._range.get(role, (np.inf, -np.inf))
                self._range[role] = min(low, float(values.min())), max(high, float(values.max()))
                self._pixels[role] = self._pixels.get(role, 0) + values.size

    def dead(self, roles: Collection[Role]) -> dict[Role, float]:
        """Those of `roles` whose band has one value everywhere, and that value.

        None where few pixels were seen, or where all bands have: then it is the image that has nothing in it.
        """
        seen = [role for role in roles if self._pixels.get(role, 0) >= MIN_PIXELS]
        dead = {role: self._range[role][0] for role in seen if not self._varies(role)}
        return dead if len(dead) < len(seen) else {}

    def _varies(self, role: Role) -> bool:
        low, high = self._range.get(role, (0.0, 0.0))
        return high - low > _TOLERANCE * max(abs(low), abs(high))
