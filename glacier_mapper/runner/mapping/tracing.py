"""Outlines from a probability raster that is there already."""

from __future__ import annotations

from typing import Callable

from ...core.outline_meta import OutlineMeta
from ...core.progress import Progress
from ...core.request import OutlineSettings
from ...core.result import MapResult


def outlines_from_probability(  # noqa: PLR0913 (the agreed interface)
    path: str,
    out_dir: str,
    settings: OutlineSettings,
    meta: OutlineMeta,
    on_progress: Callable[[Progress], None],
    should_stop: Callable[[], bool],
    overwrite: bool = False,
) -> MapResult:
    """Trace the glaciers of the probability raster at `path` into `out_dir`/outlines.gpkg.

    Raises MissingFileError, UnreadableRasterError, OutputError kinds, Cancelled.
    """
    raise NotImplementedError
