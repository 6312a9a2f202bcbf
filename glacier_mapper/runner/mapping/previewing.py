"""A quick look at the view while sliders move."""

from __future__ import annotations

from ...core.request import MapRequest
from ...core.result import Preview


def preview(request: MapRequest, max_px: int = 1024) -> Preview:
    """The probability of the view at a coarser pixel, at most `max_px` on the longer side.

    The bands of the last view stay in memory, so a call that changes only `request.band_ratio` reads no file.
    The GeoTIFF lies in a temporary folder that ends with the process. Raises InputError kinds.
    """
    raise NotImplementedError
