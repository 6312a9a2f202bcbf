"""What follows from an outline's measures."""

from __future__ import annotations


def area_bounds_km2(area_km2: float, perimeter_m: float, unc_m: float | None) -> tuple[float, float] | None:
    """Lower and upper bound of an area whose line may lie `unc_m` further in or out.

    The buffer method to first order, perimeter x uncertainty (standards: 5.1); the lower bound is never
    below 0. None when the uncertainty is unknown.
    """
    if unc_m is None:
        return None
    margin = perimeter_m * unc_m / 1e6
    return max(0.0, area_km2 - margin), area_km2 + margin
