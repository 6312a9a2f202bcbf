"""Which band plays which role: guessed from descriptions, names and metadata, with the reason said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .messages import Message
from .roles import Role


@dataclass(frozen=True)
class BandDescription:
    """What a raster says of one of its bands.

    `layer` is the name in the layer tree or of the file, `path` empty for a layer without a file, `band`
    counts from 1, `wavelength_nm` 0 when unknown. `metadata` merges the tags of the file and of the band;
    keys as found.
    """

    layer_id: str
    layer: str
    path: str
    band: int
    band_count: int
    description: str = ""
    wavelength_nm: float = 0.0
    unit: str = ""
    dtype: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RoleGuess:
    """One band for one role, why, and how sure: 0..1, below 0.5 the user should look."""

    layer_id: str
    band: int
    role: Role
    reason: Message
    certainty: float


def guess_roles(bands: Sequence[BandDescription]) -> list[RoleGuess]:
    """The best band for each role, at most one a role and one role a band, in the order of `Role`."""
    raise NotImplementedError
