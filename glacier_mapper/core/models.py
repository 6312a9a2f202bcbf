"""What a model is and needs, as the dock shows it before any runner has started."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from typing import Any

from .messages import QT_TRANSLATE_NOOP
from .roles import ROLE_LABELS, Role, provided


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
        return next(iter(self.gaps(roles)), frozenset())

    def gaps(self, roles: Collection[Role]) -> tuple[frozenset[Role], ...]:
        """Every set of roles that would be enough, the smallest first and none that holds another; () for none."""
        there = provided(roles)
        gaps = {frozenset(need - there) for need in self.needs}
        least = [gap for gap in gaps if not any(other < gap for other in gaps)]
        return tuple(sorted((gap for gap in least if gap), key=lambda gap: (len(gap), sorted(gap))))

    def lacking(self, roles: Collection[Role], label: Callable[[Role], str] = ROLE_LABELS.__getitem__) -> str:
        """What would be enough, in words, alternatives after one another; "" when the model can run."""
        return "; or ".join(", ".join(sorted(map(label, gap))) for gap in self.gaps(roles))

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

DEFAULT_MODEL = "compact"
"""The model that the panel begins with: the bundled network, which takes what bands there are."""

BUNDLED_SUMMARY = QT_TRANSLATE_NOOP(
    "models",
    "The bundled network: takes any of the optical, terrain, radar and thermal bands, and maps debris-covered ice too. "
    "Trained on simulated scenes alone.",
)
BUNDLED_LIMITS = QT_TRANSLATE_NOOP(
    "models",
    "Late summer scenes with terrain go best. Under full winter snow and a low sun it finds little of what lies in "
    "deep shadow and takes snow for glacier: choose a late summer scene, or teach it your region. Debris without "
    "terrain or radar is a guess.",
)
