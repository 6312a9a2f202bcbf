"""Outlines from a probability raster: trace, clean, measure, write.

    summary = trace_outlines("probability.tif", OutlineSettings(), OutlineMeta(), "outlines.gpkg")
"""

from __future__ import annotations

from .service import OutlineSummary, trace_outlines
from .trial import tracing_seconds_per_px

__all__ = ["OutlineSummary", "trace_outlines", "tracing_seconds_per_px"]
