"""Whether a model fits the layers in view, and what is in the way."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum

from .branches import REGION_CODES
from .models import ModelInfo
from .regions import UNKNOWN
from .roles import Role


class Verdict(str, Enum):
    """How a model and a view go together."""

    FITS = "fits"
    LACKS = "lacks"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class Fit:
    """`missing` are the fewest roles that would be enough to run, `gaps` those and every other set that would be.

    `here` is the region of the view, "" where nobody knows.
    """

    verdict: Verdict
    missing: frozenset[Role] = frozenset()
    here: str = ""
    gaps: tuple[frozenset[Role], ...] = ()


def fit_of(model: ModelInfo, regions: Sequence[str], roles: Collection[Role], here: str = "") -> Fit:
    """How `model`, made for `regions` (none: for all), goes with the roles that have a band and the region `here`.

    A missing role comes first: without it nothing runs. Another region is only a warning. Regions that are no codes
    of `branches.REGION_CODES` can't be compared and warn of nothing.
    """
    missing = model.missing(roles)
    if missing:
        return Fit(Verdict.LACKS, missing, here, model.gaps(roles))
    known = [code for code in regions if code in REGION_CODES and code != UNKNOWN]
    comparable = bool(known) and len(known) == len(regions) and here not in ("", UNKNOWN)
    if comparable and here not in known:
        return Fit(Verdict.ELSEWHERE, here=here)
    return Fit(Verdict.FITS, here=here)
