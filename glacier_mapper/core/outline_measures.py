"""What follows from an outline's measures."""

from __future__ import annotations

LONGEST_SIDE_M = 250.0
"""Longer sides are cut into pieces before they are carried to another projection: a line that is straight on one map
is curved on another, by less than 1e-6 of an area within a piece."""


def equal_area_crs(lon_deg: float, lat_deg: float) -> str:
    """The projection, as a PROJ string, in which planar areas round a place are areas on the ellipsoid.

    Lambert's azimuthal one about the nearest whole degree: no seam at the antimeridian and none at the poles. The areas
    are those of the cylindrical projection that RGI 7 takes (standards: 1.2 area_km2).
    """
    centre = f"+lat_0={round(lat_deg)} +lon_0={round(lon_deg)}"
    return f"+proj=laea {centre} +x_0=0 +y_0=0 +ellps=WGS84 +datum=WGS84 +units=m +no_defs"


def area_bounds_km2(
    area_km2: float, perimeter_m: float, unc_m: float | None, share: float = 1.0
) -> tuple[float, float] | None:
    """Lower and upper bound of an area whose line may lie `unc_m` further in or out.

    The buffer method to first order, perimeter x uncertainty (standards: 5.1); the lower bound is never
    below 0. `share` is the part of the perimeter that counts, see `counting_share`. None when the uncertainty is
    unknown.
    """
    if unc_m is None:
        return None
    margin = share * perimeter_m * unc_m / 1e6
    return max(0.0, area_km2 - margin), area_km2 + margin


def counting_share(margin_km2: float | None, perimeter_m: float | None, unc_m: float | None) -> float:
    """The part, 0..1, of an outline's perimeter that counts for its bounds: not where it merely ends with the data.

    Told from its measures: `margin_km2` is upper bound less area. 1 where they are unknown.
    """
    if margin_km2 is None or not perimeter_m or not unc_m:
        return 1.0
    return min(1.0, max(0.0, margin_km2 * 1e6 / (perimeter_m * unc_m)))
