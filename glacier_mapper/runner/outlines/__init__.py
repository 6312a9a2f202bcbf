"""Outlines from a probability raster: trace, clean, measure, write.

    summary = trace_outlines("probability.tif", OutlineSettings(), OutlineMeta(), "outlines.gpkg")
"""

from __future__ import annotations

from .service import OutlineSummary, trace_outlines

__all__ = ["OutlineSummary", "trace_outlines"]
