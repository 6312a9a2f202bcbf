"""The numbers of each outline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .crossings import Crossings
from .lines import Lines
from .placing import Place
from .rings import Rings


@dataclass(frozen=True)
class Measures:
    """One number an outline: km² on the ellipsoid with bounds, metres, 0..1, metres."""

    area_km2: np.ndarray
    area_min_km2: np.ndarray
    area_max_km2: np.ndarray
    perimeter_m: np.ndarray
    confidence: np.ndarray
    unc_m: np.ndarray


def measure(lines: Lines, rings: Rings, crossings: Crossings, place: Place) -> Measures:
    """Measure the outlines that `lines`, made of `rings`, bound.

    Area: planar in an equal-area projection of the ellipsoid, holes out. Bounds: the band swept by one sigma (see
    uncertainty). Perimeter: geodesic, holes included. Confidence: mean of 1 - H2(p) over the pixels whose centre
    is inside. Uncertainty: mean sigma weighted by length. Where the outline merely ends with the data it counts
    for neither bounds nor uncertainty; an outline that does so all round has the largest uncertainty.
    """
    count = int(lines.polygon.max(initial=-1)) + 1
    x, y = lines.xy.T
    of_side = np.repeat(lines.polygon, np.diff(lines.start))

    def total(values: np.ndarray, owner: np.ndarray) -> np.ndarray:
        return np.bincount(owner, values, minlength=count).astype("float64")  # whole numbers where empty

    area = total(place.areas_m2(x, y, lines.start), lines.polygon)
    length, sigma, at_edge = lines.of_sides()
    free = np.where(at_edge, 0.0, length)
    band, free_length = total(free * sigma, of_side), total(free, of_side)
    # The band is planar; it goes to the ellipsoid as the area did.
    band = band * area / total(lines.areas_m2(), lines.polygon)
    unc = total(np.where(free_length[of_side] > 0, free, length) * sigma, of_side)
    unc = unc / np.where(free_length > 0, free_length, total(length, of_side))
    return Measures(
        area / 1e6, np.maximum(area - band, 0.0) / 1e6, (area + band) / 1e6,
        total(place.lengths_m(x, y, lines.start), of_side), _confidence(rings, crossings, (lines.polygon, count)), unc,
    )


def _confidence(rings: Rings, crossings: Crossings, owners: tuple[np.ndarray, int]) -> np.ndarray:
    """Mean certainty over the pixels inside each outline.

    Summed along each row: what lies before a closing vertex less what lies before the opening one.
    """
    polygon, count = owners
    rows = crossings.rows
    on_row = rings.along_row
    vertex, owner = rings.vertex[on_row], polygon[rings.ring_of[on_row]]
    sign = np.where(rows.opens[vertex], -1.0, 1.0)
    sure = np.bincount(owner, sign * rows.sure[vertex], minlength=count)
    pixels = np.bincount(owner, sign * (rows.place[vertex] % crossings.width), minlength=count)
    return np.clip(sure / np.maximum(pixels, 1.0), 0.0, 1.0)
