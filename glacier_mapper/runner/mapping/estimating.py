"""What a mapping will cost, before the click."""

from __future__ import annotations

from ...core.request import MapRequest
from ...core.result import Estimate


def estimate(request: MapRequest) -> Estimate:
    """Grid, tiles, time, memory and disk of a mapping. Reads no pixel. Raises InputError kinds."""
    raise NotImplementedError
