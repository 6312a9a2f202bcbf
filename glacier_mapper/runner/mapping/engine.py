"""One mapping from the click to the products."""

from __future__ import annotations

from typing import Callable

from ...core.progress import Progress
from ...core.request import MapRequest
from ...core.result import MapResult


def map_glaciers(
    request: MapRequest, on_progress: Callable[[Progress], None], should_stop: Callable[[], bool]
) -> MapResult:
    """Map the glaciers of `request.extent` and write the four products into `request.out_dir`.

    Everything is written to a temporary folder first and moved only when all is done. Raises InputError kinds
    before anything is written, OutputError kinds, UnreadableRasterError for a damaged file, NoValidPixelsError,
    Cancelled.
    """
    raise NotImplementedError
