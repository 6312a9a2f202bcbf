"""From a request to products: read, predict, filter, write, trace.

    result = map_glaciers(request, on_progress, should_stop)
"""

from __future__ import annotations

from .engine import map_glaciers
from .estimating import estimate
from .previewing import preview
from .reducing import reduce_precision
from .staging import all_or_nothing
from .tracing import outlines_from_probability

__all__ = ["all_or_nothing", "estimate", "map_glaciers", "outlines_from_probability", "preview", "reduce_precision"]
