"""From a request to products: read, predict, filter, write, trace.

    result = map_glaciers(request, on_progress, should_stop)
"""

from __future__ import annotations

from .engine import map_glaciers
from .estimating import estimate
from .previewing import preview
from .reducing import reduce_precision
from .tracing import outlines_from_probability

__all__ = ["estimate", "map_glaciers", "outlines_from_probability", "preview", "reduce_precision"]
