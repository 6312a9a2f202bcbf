"""The branches of a fusion network: one per kind of source, each with its bands in a fixed order."""

from __future__ import annotations

from enum import Enum

from .roles import OPTICAL_ROLES, SECOND_ORBIT, Role


class Branch(str, Enum):
    """A branch, named as the inputs of a package's `model.onnx` are."""

    OPTICAL = "optical"
    DEM = "dem"
    CO_POL_SAR = "co_pol_sar"
    CROSS_POL_SAR = "cross_pol_sar"
    IN_SAR = "in_sar"
    THERMAL = "thermal"


BRANCH_ROLES: dict[Branch, tuple[Role, ...]] = {
    Branch.OPTICAL: OPTICAL_ROLES,
    Branch.DEM: (Role.ELEVATION, Role.SLOPE),
    Branch.CO_POL_SAR: (Role.CO_POL, Role.CO_POL_2),
    Branch.CROSS_POL_SAR: (Role.CROSS_POL, Role.CROSS_POL_2),
    Branch.IN_SAR: (Role.COHERENCE, Role.COHERENCE_2),
    Branch.THERMAL: (Role.THERMAL,),
}
"""The bands of each branch in the order of its channels (standards: 5.6)."""

LOGARITHMIC = (Branch.CO_POL_SAR, Branch.CROSS_POL_SAR)
"""Branches that are scaled after log10(x + 1e-6): backscatter spreads over orders of magnitude."""

DERIVED = frozenset({Role.SLOPE, *SECOND_ORBIT})
"""Bands that need no layer: slope is computed from elevation, a second orbit is stood in for by the first."""

LOCATION_INPUT = "location"
"""The input of a package's `model.onnx` that takes the region or coordinate vector."""

REGION_CODES = ("ALP", "AN", "AWA", "CA", "GR", "HMA", "LL", "NZ", "SA", "SC", "SVAL", "unknown")
"""The places of the region vector, in order (standards: 9.2)."""
