"""Band statistics of a JSON file as the scalings of a network's inputs.

    {"features": {"optical": {"min": [...], "max": [...]}, "elevation": {...}, "slope": {...}, "thermal": {...},
                  "co_pol_sar": {...}, "cross_pol_sar": {...}, "in_sar": {...}}}

A list has a number a band, in the order of the branch's channels; elevation and slope are the two bands of the
branch dem. "min" and "max" give (x - min) / (max - min), "mean" and "std" give (x - mean) / std. Backscatter is
log10(sigma0 + 1e-6), linear sigma0, before either. Published networks come with minima and maxima; for our own
networks either will do.
"""

from __future__ import annotations

from typing import Any

from ...core.branches import BRANCH_ROLES, LOGARITHMIC, Branch
from ...core.errors import InvalidParameterError
from ...core.model_card import BandScaling, BranchSpec, Scaler
from .json_file import numbers, read_object

FEATURES: dict[Branch, tuple[str, ...]] = {Branch.DEM: ("elevation", "slope")}
"""What the statistics call a branch's bands; other branches bear the name of the branch."""
KINDS = (("min", "max", Scaler.MIN_MAX), ("mean", "std", Scaler.Z_SCORE))


def read_scalings(path: str, branches: tuple[Branch, ...]) -> tuple[BranchSpec, ...]:
    """The inputs with their scalings, in the order of `branches`.

    Raises MissingFileError; InvalidParameterError for a missing file name, and naming what is missing or wrong.
    """
    if not path:
        needed = ", ".join(name for branch in branches for name in _features(branch))
        raise InvalidParameterError(name="stats", value="left out", expected=f"a JSON file with statistics of {needed}")
    features = read_object(path, "stats").get("features")
    if not isinstance(features, dict):
        raise InvalidParameterError(name=f"stats {path}", value="used", expected='an object with "features"')
    missing = [name for branch in branches for name in _features(branch) if name not in features]
    if missing:
        names = ", ".join(missing)
        raise InvalidParameterError(name=f"stats {path}", value=f"without {names}", expected=f"with {names}")
    return tuple(_spec(branch, features, path) for branch in branches)


def _features(branch: Branch) -> tuple[str, ...]:
    return FEATURES.get(branch, (branch.value,))


def _spec(branch: Branch, features: dict[str, Any], path: str) -> BranchSpec:
    names = _features(branch)
    bands = len(BRANCH_ROLES[branch]) // len(names)
    scalings = [one for name in names for one in _scalings(features[name], bands, f"{name} in {path}")]
    return BranchSpec(branch, tuple(scalings), branch in LOGARITHMIC)


def _scalings(entry: Any, bands: int, name: str) -> list[BandScaling]:
    for low, high, kind in KINDS:
        if isinstance(entry, dict) and low in entry and high in entry:
            first, second = (numbers(entry[key], f"{key} of {name}") for key in (low, high))
            if len(first) != bands or len(second) != bands:
                found = f"lists of {len(first)} and {len(second)}"
                raise InvalidParameterError(name=name, value=found, expected=f"two lists of {bands}")
            return [_scaling(kind, one, two, name) for one, two in zip(first, second, strict=True)]
    raise InvalidParameterError(name=name, value="used", expected='with "min" and "max", or "mean" and "std"')


def _scaling(kind: Scaler, first: float, second: float, name: str) -> BandScaling:
    scaling = BandScaling(kind, first, second)
    if not scaling.spread > 0:
        wanted = "a maximum above the minimum" if kind is Scaler.MIN_MAX else "a standard deviation above 0"
        raise InvalidParameterError(name=name, value=f"{first}, {second}", expected=wanted)
    if not scaling.is_usable:
        expected = "numbers that make a scale of 32 bits: neither so large nor so near each other"
        raise InvalidParameterError(name=name, value=f"{first}, {second}", expected=expected)
    return scaling
