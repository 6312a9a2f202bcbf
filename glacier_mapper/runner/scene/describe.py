"""What a raster file holds, and the roles that its bands seem to play."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...core.request import BandSource


def describe_file(path: str) -> dict[str, Any]:
    """What `info FILE` prints, as a JSON object.

    Keys: path, driver, width, height, crs, bounds, pixel_size, date, bands; a band has band, description,
    dtype, nodata, scale, offset, unit, role, reason, certainty and scaling.
    Raises MissingFileError, UnreadableRasterError.
    """
    raise NotImplementedError


def guess_sources(paths: Sequence[str]) -> tuple[BandSource, ...]:
    """The bands of these files with the roles they seem to play, for `map --optical F...`.

    Raises MissingFileError, UnreadableRasterError, MissingRoleError when no role can be guessed.
    """
    raise NotImplementedError
