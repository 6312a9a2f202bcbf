"""What a model is and needs, as the dock shows it before any runner has started."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from .messages import QT_TRANSLATE_NOOP
from .roles import Role, provided


@dataclass(frozen=True)
class ModelInfo:
    """A model in the list. `needs` holds alternatives: any one set of roles is enough to run."""

    name: str
    title: str
    version: str
    summary: str
    needs: tuple[frozenset[Role], ...]
    uses: frozenset[Role]
    licence: str = "GPL-2.0-or-later"
    citation: str = ""

    def missing(self, roles: Collection[Role]) -> frozenset[Role]:
        """The smallest set of roles that is lacking; empty when the model can run. See `roles.provided`."""
        there = provided(roles)
        gaps = [frozenset(need - there) for need in self.needs]
        return min(gaps, key=lambda gap: (len(gap), sorted(gap)), default=frozenset())

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            **asdict(self),
            "needs": [sorted(role.value for role in need) for need in self.needs],
            "uses": sorted(role.value for role in self.uses),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> ModelInfo:
        """Back from `to_json`."""
        needs = tuple(frozenset(Role(r) for r in need) for need in data["needs"])
        return cls(**{**data, "needs": needs, "uses": frozenset(Role(r) for r in data["uses"])})


BAND_RATIO = ModelInfo(
    name="band-ratio",
    title=QT_TRANSLATE_NOOP("models", "Band ratio (classical, clean ice)"),
    version="1.0",
    summary=QT_TRANSLATE_NOOP(
        "models",
        "Red/SWIR1, NIR/SWIR1 or NDSI against a threshold, with rules for shadow, water and vegetation. "
        "It maps clean ice and snow; debris-covered ice needs your hand.",
    ),
    needs=(
        frozenset({Role.RED, Role.SWIR1}),
        frozenset({Role.NIR, Role.SWIR1}),
        frozenset({Role.GREEN, Role.SWIR1}),
    ),
    uses=frozenset({
        Role.BLUE, Role.GREEN, Role.RED, Role.NIR, Role.SWIR1, Role.THERMAL, Role.ELEVATION, Role.SLOPE,
    }),
    citation="Paul, F. et al. (2009) Ann. Glaciol. 50(53), 119-126",
)

BUILT_IN = (BAND_RATIO,)
