"""A scene for the report: a quick look at its image, and its errors to be laid over it, as encoded pictures."""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import MemoryFile

from ....core.grid import Grid
from ....core.request import MapRequest
from ....core.roles import Role
from ...scene import open_scene
from ..tiles.tile import DEBRIS, GLACIER, UNKNOWN
from .scoring import THRESHOLD

LARGEST_PX = 512
COMPOSITES = (
    (Role.SWIR1, Role.NIR, Role.RED), (Role.SWIR1, Role.RED, Role.GREEN), (Role.RED, Role.GREEN, Role.BLUE),
)  # fmt: skip
"""Bands shown as red, green and blue, the first whose bands are all there; snow and ice are cyan in the first two."""
STRETCH = (2.0, 98.0)
COLORS = {"hit": (0, 114, 178, 90), "false": (213, 94, 0, 215), "missed": (240, 228, 66, 215), "unknown": (0, 0, 0, 90)}
"""Red, green, blue and opacity, 0..255; colours that colour-blind people tell apart (Okabe and Ito 2008)."""

ByteImage = npt.NDArray[np.uint8]


class Picture(NamedTuple):
    """`look` is a JPEG, `errors` a PNG of the same size with transparency; `size_xy` in pixels."""

    look: bytes
    errors: bytes
    size_xy: tuple[int, int]


def picture_of(
    request: MapRequest, grid: Grid, probability: npt.NDArray[np.float32], label: npt.NDArray[np.uint8]
) -> Picture:
    """The picture of what was mapped on `grid` from a request's sources and extent. Raises as `open_scene`."""
    look, errors = look_and_errors(request, grid, probability, label)
    rows, cols = look.shape[1:]
    return Picture(_encoded(look, "JPEG", QUALITY=82), _encoded(errors, "PNG", ZLEVEL=9), (cols, rows))


def flat_picture(
    request: MapRequest, grid: Grid, probability: npt.NDArray[np.float32], label: npt.NDArray[np.uint8]
) -> bytes:
    """The same with the errors drawn into the image: a PNG. Raises as `open_scene`."""
    look, errors = look_and_errors(request, grid, probability, label)
    share = errors[3:].astype(np.float32) / 255
    return _encoded(np.rint(look * (1 - share) + errors[:3] * share).astype(np.uint8), "PNG", ZLEVEL=9)


def look_and_errors(
    request: MapRequest, grid: Grid, probability: npt.NDArray[np.float32], label: npt.NDArray[np.uint8]
) -> tuple[ByteImage, ByteImage]:
    """A quick look at the image (3, rows, cols), and `error_image` of the same size."""
    with open_scene(request) as opened:
        roles = _shown(opened.roles)
        coarse, bands = opened.read_coarse(roles, LARGEST_PX)
    factor = round(coarse.pixel_size_m / grid.pixel_size_m)
    rows, cols = coarse.shape_yx
    middle = (slice(factor // 2, None, factor), slice(factor // 2, None, factor))
    errors = error_image(probability[middle][:rows, :cols], label[middle][:rows, :cols])
    return np.stack([stretched(bands[role]) for role in roles]), errors


def _shown(roles: frozenset[Role]) -> tuple[Role, ...]:
    """The three roles of a composite, or one of what there is three times."""
    there = next((composite for composite in COMPOSITES if set(composite) <= roles), None)
    return there or (min(roles - {Role.SLOPE} or roles, key=list(Role).index),) * 3


def stretched(band: npt.NDArray[np.float32]) -> ByteImage:
    """A band between its 2nd and 98th percentile as 1..255, 0 where there is no data."""
    valid = np.isfinite(band)
    if not valid.any():
        return np.zeros(band.shape, np.uint8)
    low, high = np.percentile(band[valid], STRETCH)
    scaled = (np.where(valid, band, low) - low) / max(float(high - low), 1e-6)
    return np.where(valid, 1 + 254 * np.clip(scaled, 0, 1), 0).astype(np.uint8)


def error_image(probability: npt.NDArray[np.float32], label: npt.NDArray[np.uint8]) -> ByteImage:
    """What was right and what was wrong, uint8 (red green blue opacity, rows, cols)."""
    image = np.zeros((4, *label.shape), np.uint8)
    known, true = label != UNKNOWN, np.isin(label, (GLACIER, DEBRIS))
    mapped = np.isfinite(probability) & (probability > THRESHOLD)
    masks = {
        "hit": known & mapped & true, "false": known & mapped & ~true, "missed": known & ~mapped & true,
        "unknown": ~known,
    }  # fmt: skip
    for name, mask in masks.items():
        image[:, mask] = np.array(COLORS[name], np.uint8)[:, None]
    return image


def _encoded(image: ByteImage, driver: str, **options: int) -> bytes:
    """An image (channels, rows, cols) in a file's bytes."""
    channels, rows, cols = image.shape
    profile = {"driver": driver, "count": channels, "height": rows, "width": cols, "dtype": "uint8"}
    with warnings.catch_warnings(), MemoryFile() as memory:
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with memory.open(**profile, **options) as raster:
            raster.write(image)
        return bytes(memory.read())
