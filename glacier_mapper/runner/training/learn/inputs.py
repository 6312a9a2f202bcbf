"""How a network takes a crop or a tile: branches in order, scaled, gaps filled, and the place that it is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ....core.branches import BRANCH_ROLES, REGION_CODES, Branch
from ....core.model_card import BranchSpec, Location, NoData, Scaler
from ...models.network import scale
from ...models.places import UNKNOWN, coordinate_vector, region_vector
from .augment import Inputs


class Recipe(NamedTuple):
    """How a network takes its inputs: the branches with their scalings in order, what a gap becomes, and the place."""

    branches: tuple[BranchSpec, ...]
    no_data: NoData
    location: Location = Location.NONE


def scaled(inputs: Inputs, shape: tuple[int, ...], recipe: Recipe) -> list[np.ndarray]:
    """A crop's or a tile's inputs as the network takes them, float32 (bands, rows, columns) a branch.

    A branch that is not there is all gaps.
    """
    found = room_for(recipe, shape)
    scale_into(found, inputs, recipe)
    return found


def room_for(recipe: Recipe, shape: tuple[int, ...], ahead: tuple[int, ...] = ()) -> list[np.ndarray]:
    """Arrays for `scaled`, with the axes `ahead` before their own."""
    return [np.empty((*ahead, len(BRANCH_ROLES[spec.branch]), *shape), np.float32) for spec in recipe.branches]


def scale_into(out: Sequence[np.ndarray], inputs: Inputs, recipe: Recipe) -> None:
    """`scaled` into arrays that are there, a branch each."""
    for spec, one in zip(recipe.branches, out, strict=True):
        _branch(spec, inputs.get(spec.branch), recipe.no_data, one)


def placed(tile: Any, recipe: Recipe) -> list[np.ndarray]:
    """The vector that tells a network where a tile lies; none where it is not told."""
    if recipe.location is Location.NONE:
        return []
    if recipe.location is Location.REGION:
        return [region_vector(tile.region if tile.region in REGION_CODES else UNKNOWN)]
    record = getattr(tile, "record", None)
    return [coordinate_vector(record.longitude_deg, record.latitude_deg) if record else coordinate_vector(0.0, 0.0)]


def _branch(spec: BranchSpec, bands: Any, no_data: NoData, out: np.ndarray) -> None:
    if bands is None:
        out[:] = np.nan
    else:
        for number, scaling in enumerate(spec.scalings):
            if scaling.kind is Scaler.NONE and not spec.log10:
                out[number] = bands[number]
            else:
                scale(np.asarray(bands[number], np.float32), scaling, spec.log10, out[number])
    if no_data is not NoData.NAN:
        gaps = np.isnan(out)
        out[gaps] = 0
        if no_data is NoData.RAW_ZERO and spec.branch is Branch.OPTICAL:
            for number, scaling in enumerate(spec.scalings):
                zero = np.zeros((1, 1), np.float32)
                scale(np.zeros((1, 1), np.float32), scaling, spec.log10, zero)
                out[number][gaps[number]] = zero[0, 0]
