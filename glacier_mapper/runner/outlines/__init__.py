"""Outlines from a probability raster: trace, clean, measure, write.

    summary = trace_outlines("probability.tif", OutlineSettings(), OutlineMeta(), "outlines.gpkg")
"""

from __future__ import annotations

from .in_memory import place_of_grid, polygons_of_field
from .service import OutlineSummary, trace_outlines
from .trial import tracing_seconds_per_px

__all__ = ["OutlineSummary", "place_of_grid", "polygons_of_field", "trace_outlines", "tracing_seconds_per_px"]
