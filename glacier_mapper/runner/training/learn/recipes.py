"""How a network that is trained here takes its inputs: fixed scalings where it can do without a data set's figures."""

from __future__ import annotations

import math

from ....core.branches import LOGARITHMIC, Branch
from ....core.errors import InvalidParameterError
from ....core.model_card import BandScaling, BranchSpec, Location, NoData, Scaler
from ...architectures.registry import architecture
from ..tiles.statistics import BandStatistics, Statistics
from .inputs import Recipe

NONE = BandScaling(Scaler.NONE)
FIXED: dict[Branch, tuple[BandScaling, ...]] = {
    Branch.OPTICAL: (NONE,) * 6,
    Branch.DEM: (BandScaling(Scaler.Z_SCORE, 0.0, 1000.0), BandScaling(Scaler.Z_SCORE, 0.0, 45.0)),
    Branch.CO_POL_SAR: (BandScaling(Scaler.Z_SCORE, -1.2, 0.5),) * 2,
    Branch.CROSS_POL_SAR: (BandScaling(Scaler.Z_SCORE, -1.8, 0.5),) * 2,
    Branch.IN_SAR: (NONE,) * 2,
    Branch.THERMAL: (BandScaling(Scaler.Z_SCORE, 273.15, 10.0),),
}
"""For `compact`, whose views want physical units: reflectance, height in km, log10 of sigma nought, coherence, and
tens of kelvin from the melting point. They hold on any ground, so a scene needs no figures of the training's."""
LEAST_SPREAD = 1e-6


def recipe_of(name: str, branches: tuple[Branch, ...], location: Location, statistics: Statistics) -> Recipe:
    """The scalings of a network that begins from nothing; z-scores over the training tiles but for `compact`.

    Raises InvalidParameterError for a band that no training tile has and that the network can't do without.
    """
    kind = architecture(name)
    if kind.every_branch:
        specs = tuple(BranchSpec(one, FIXED[one], one in LOGARITHMIC) for one in branches)
        return Recipe(specs, NoData.NAN, location)
    return Recipe(tuple(_spec(one, statistics.get(one, ())) for one in branches), NoData.ZERO, location)


def _spec(branch: Branch, bands: tuple[BandStatistics, ...]) -> BranchSpec:
    if not any(band.count for band in bands):
        expected = f"branches that training tiles have; none has {branch.value}"
        raise InvalidParameterError(name="inputs", value=branch.value, expected=expected)
    logarithmic = branch in LOGARITHMIC
    told = [(band.log10 or band) if logarithmic else band for band in bands]
    return BranchSpec(branch, tuple(_z_score(band) for band in told), logarithmic)


def _z_score(band: BandStatistics) -> BandScaling:
    """Of a band; one that no tile has is left as it is, as the network sees gaps there alone."""
    if not band.count or not math.isfinite(band.mean):
        return NONE
    return BandScaling(Scaler.Z_SCORE, band.mean, max(band.std, LEAST_SPREAD))
