"""From stored numbers to physical units: the scalings that are known by product, and acquisition dates."""

from __future__ import annotations

from dataclasses import dataclass

from .guess import BandDescription
from .messages import Message
from .roles import Role


@dataclass(frozen=True)
class Scaling:
    """physical = stored * scale + offset; `nodata` is a stored number. `reason` says where they are from."""

    scale: float
    offset: float
    nodata: float | None
    reason: Message

    @property
    def is_identity(self) -> bool:
        """Whether stored numbers are physical already."""
        return self.scale == 1.0 and self.offset == 0.0


def known_scaling(band: BandDescription, role: Role) -> Scaling | None:
    """The scaling of a known product (standards 7.3), None when the product isn't known."""
    raise NotImplementedError


def acquisition_date(band: BandDescription) -> str:
    """The day of acquisition from metadata or the product's name, ISO 8601, or ""."""
    raise NotImplementedError
