"""The roles that a raster band can play in a mapping."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum

from .messages import QT_TRANSLATE_NOOP


class Role(str, Enum):
    """What a band measures, after the STAC common names where there is one."""

    BLUE = "blue"
    GREEN = "green"
    RED = "red"
    NIR = "nir"
    SWIR1 = "swir1"
    SWIR2 = "swir2"
    ELEVATION = "elevation"
    SLOPE = "slope"
    CO_POL = "co_pol"
    CROSS_POL = "cross_pol"
    COHERENCE = "coherence"
    THERMAL = "thermal"
    CO_POL_2 = "co_pol_2"
    CROSS_POL_2 = "cross_pol_2"
    COHERENCE_2 = "coherence_2"


OPTICAL_ROLES = (Role.BLUE, Role.GREEN, Role.RED, Role.NIR, Role.SWIR1, Role.SWIR2)
"""The optical roles in band order. Values are reflectance, about 0..1 (bright snow up to 1.6)."""

ROLE_LABELS: dict[Role, str] = {
    Role.BLUE: QT_TRANSLATE_NOOP("roles", "Blue"),
    Role.GREEN: QT_TRANSLATE_NOOP("roles", "Green"),
    Role.RED: QT_TRANSLATE_NOOP("roles", "Red"),
    Role.NIR: QT_TRANSLATE_NOOP("roles", "Near infrared"),
    Role.SWIR1: QT_TRANSLATE_NOOP("roles", "Shortwave infrared 1 (1.6 µm)"),
    Role.SWIR2: QT_TRANSLATE_NOOP("roles", "Shortwave infrared 2 (2.2 µm)"),
    Role.ELEVATION: QT_TRANSLATE_NOOP("roles", "Elevation"),
    Role.SLOPE: QT_TRANSLATE_NOOP("roles", "Slope"),
    Role.CO_POL: QT_TRANSLATE_NOOP("roles", "Radar co-pol backscatter"),
    Role.CROSS_POL: QT_TRANSLATE_NOOP("roles", "Radar cross-pol backscatter"),
    Role.COHERENCE: QT_TRANSLATE_NOOP("roles", "Interferometric coherence"),
    Role.THERMAL: QT_TRANSLATE_NOOP("roles", "Thermal infrared"),
    Role.CO_POL_2: QT_TRANSLATE_NOOP("roles", "Radar co-pol backscatter, second orbit"),
    Role.CROSS_POL_2: QT_TRANSLATE_NOOP("roles", "Radar cross-pol backscatter, second orbit"),
    Role.COHERENCE_2: QT_TRANSLATE_NOOP("roles", "Interferometric coherence, second orbit"),
}

SECOND_ORBIT: dict[Role, Role] = {
    Role.CO_POL_2: Role.CO_POL,
    Role.CROSS_POL_2: Role.CROSS_POL,
    Role.COHERENCE_2: Role.COHERENCE,
}
"""Radar is taken from ascending and descending orbits; the first stands in for the second where there is one only."""


def provided(roles: Collection[Role]) -> frozenset[Role]:
    """The roles that are there when `roles` have a band: slope comes with elevation, a second orbit with the first."""
    found = set(roles)
    if Role.ELEVATION in found:
        found.add(Role.SLOPE)
    found.update(second for second, first in SECOND_ORBIT.items() if first in found)
    return frozenset(found)
