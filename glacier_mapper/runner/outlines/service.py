"""The straight line from a probability raster to a GeoPackage of outlines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ...core.outline_meta import OutlineMeta
from ...core.progress import Progress
from ...core.request import OutlineSettings


@dataclass(frozen=True)
class OutlineSummary:
    """What was written: the number of outlines and the sum of their areas."""

    count: int
    area_km2: float


def trace_outlines(  # noqa: PLR0913 (the interface between mapping and outlines)
    probability_path: str | Path,
    settings: OutlineSettings,
    meta: OutlineMeta,
    out_path: str | Path,
    on_progress: Callable[[Progress], None] = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> OutlineSummary:
    """Trace the outlines of a probability raster into a GeoPackage."""
    raise NotImplementedError
