"""Crops of tiles, changed as other light, places and sensors would: geometry, radiometry, and what is missing.

Everything follows from one random generator, so the same generator gives the same crop. Slope is an angle and stays
as it is when the image turns; the way a slope faces is worked out from the elevation in the crop itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ....core.branches import Branch
from ..tiles.tile import UNKNOWN
from .plan import Augmentation

FloatImage = npt.NDArray[np.float32]
Inputs = dict[Branch, FloatImage]
Label = npt.NDArray[np.uint8]
RADAR = (Branch.CO_POL_SAR, Branch.CROSS_POL_SAR, Branch.IN_SAR)
SATURATED = 1.6
"""The brightest reflectance that a sensor's product holds."""
USUAL_SETS = ((0, 1, 2, 4), (0, 1, 2, 3), (1, 2, 3, 4), (0, 1, 2), (1, 4), (2, 4))
"""Optical bands that scenes come with where not all six do: with shortwave infrared but no near infrared, four of the
visible and near infrared, those of ASTER, a picture's three, and the two of each ratio of snow."""
USUAL_BRANCHES = (
    (Branch.OPTICAL,), (Branch.OPTICAL,), (Branch.OPTICAL, Branch.THERMAL), (Branch.OPTICAL, Branch.DEM),
    (Branch.OPTICAL, Branch.DEM, Branch.THERMAL), (Branch.OPTICAL, Branch.DEM, *RADAR),
)  # fmt: skip
"""What an analyst has open beside the optical bands: nothing, the same sensor's thermal band, terrain, all of these
without radar, and what the published networks take."""
LEAST_KNOWN = 0.1
TRIES = 6
"""Crops that are drawn until one has labels in more than LEAST_KNOWN of its pixels; the last one is taken."""


def crop(
    tile: Any, side: int, augmentation: Augmentation, rng: np.random.Generator
) -> tuple[Inputs, Label]:
    """A square of `side` pixels of a tile, resampled by a random zoom, in one of eight symmetries; copies.

    What lies outside the tile is NaN and unknown.
    """
    for _ in range(TRIES):
        zoom = np.exp(rng.uniform(-1, 1) * np.log(augmentation.zoom)) if augmentation.zoom > 1 else 1.0
        wide = max(8, round(side * zoom))
        top, left = (_start(rng, size, wide) for size in tile.label.shape)
        rows, cols = (_places(start, wide, side) for start in (top, left))
        label = _taken(tile.label, rows, cols, UNKNOWN)
        if (label != UNKNOWN).mean() > LEAST_KNOWN:
            break
    turn = int(rng.integers(8)) if augmentation.turns else 0
    inputs = {branch: turned(_taken(bands, rows, cols, np.nan), turn) for branch, bands in tile.inputs.items()}
    return inputs, turned(label, turn)


def _start(rng: np.random.Generator, size: int, wide: int) -> int:
    """Where a crop begins: inside the tile where it fits, else so that the tile lies in it."""
    low, high = sorted((0, size - wide))
    return int(rng.integers(low, high + 1))


def _places(start: int, wide: int, side: int) -> npt.NDArray[np.intp]:
    """The nearest pixels of `side` places spread evenly over `wide` pixels from `start`."""
    return np.floor(start + (np.arange(side) + 0.5) * (wide / side)).astype(np.intp)


def _taken(image: npt.NDArray[Any], rows: npt.NDArray[np.intp], cols: npt.NDArray[np.intp], outside: Any) -> Any:
    """The image at rows and columns, `outside` beyond its sides; a copy."""
    height, width = image.shape[-2:]
    inside_rows, inside_cols = (rows >= 0) & (rows < height), (cols >= 0) & (cols < width)
    # Rows first: they are copied whole, and only what is left of them is picked through.
    found = image.take(rows.clip(0, height - 1), axis=-2).take(cols.clip(0, width - 1), axis=-1)
    if not (inside_rows.all() and inside_cols.all()):
        found[..., ~(inside_rows[:, None] & inside_cols[None, :])] = outside
    return found


def turned(image: Any, turn: int) -> Any:
    """The image in symmetry `turn`, 0..7: quarter turns, then the same mirrored; contiguous."""
    found = np.rot90(image, turn % 4, axes=(-2, -1))
    return np.ascontiguousarray(found[..., ::-1] if turn >= 4 else found)


def relight(inputs: Inputs, augmentation: Augmentation, rng: np.random.Generator) -> None:
    """Change optical bands in place as other light, haze, calibration and sensors would."""
    bands = inputs.get(Branch.OPTICAL)
    if bands is None:
        return
    count = len(bands)
    light = rng.normal(0, augmentation.light) + rng.normal(0, augmentation.gain, count)
    haze = np.abs(rng.normal(0, augmentation.haze)) * rng.choice((-1, 1), p=(0.3, 0.7)) * np.linspace(1, 0.1, count)
    bands *= np.exp(light).astype(np.float32)[:, None, None]
    bands += haze.astype(np.float32)[:, None, None]
    if augmentation.noise > 0:
        strength = np.float32(abs(rng.normal(0, augmentation.noise)))
        bands += rng.standard_normal(bands.shape, np.float32) * strength
    np.minimum(bands, np.float32(SATURATED), out=bands)


def rewarm(inputs: Inputs, augmentation: Augmentation, rng: np.random.Generator) -> None:
    """Change the thermal band in place as another hour of the day, air and emissivity would."""
    bands = inputs.get(Branch.THERMAL)
    if bands is None or not (augmentation.warmth or augmentation.contrast):
        return
    added, factor = rng.normal(0, augmentation.warmth), np.exp(rng.normal(0, augmentation.contrast))
    if np.isfinite(bands).any():
        mean = np.nanmean(bands)
        bands -= mean
        bands *= np.float32(factor)
        bands += np.float32(mean + added)


def take_away(inputs: Inputs, augmentation: Augmentation, rng: np.random.Generator) -> None:
    """Make branches, optical bands and a box NaN in place; one branch with data stays."""
    there = [branch for branch, bands in inputs.items() if np.isfinite(bands).any()]
    for branch in _lost_branches(there, augmentation, rng):
        inputs[branch][:] = np.nan
    optical = inputs.get(Branch.OPTICAL)
    if optical is not None:
        lost = _lost_bands(len(optical), augmentation, rng)
        if np.isfinite(optical[~lost]).any():
            optical[lost] = np.nan
    if rng.random() < augmentation.drop_hole:
        _hole(inputs, there, rng)


def _lost_branches(there: list[Branch], augmentation: Augmentation, rng: np.random.Generator) -> list[Branch]:
    """Which branches go: all but those of a usual set, or each by its own chance; never all."""
    if augmentation.usual_branches and rng.random() < augmentation.usual_branches:
        kept = USUAL_BRANCHES[int(rng.integers(len(USUAL_BRANCHES)))]
        gone = [branch for branch in there if branch not in kept]
        return gone if len(gone) < len(there) else []
    gone = [branch for branch in there if rng.random() < augmentation.drop_branch]
    if augmentation.drop_radar and rng.random() < augmentation.drop_radar:
        gone += [branch for branch in there if branch in RADAR and branch not in gone]
    if there and len(gone) == len(there):
        gone.remove(gone[int(rng.integers(len(gone)))])
    return gone


def _lost_bands(count: int, augmentation: Augmentation, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Which of the optical bands go: all but those of a usual set, or each by its own chance."""
    lost = rng.random(count) < augmentation.drop_band
    if rng.random() < augmentation.drop_set:
        kept = USUAL_SETS[int(rng.integers(len(USUAL_SETS)))]
        lost = ~np.isin(np.arange(count), kept)
    return lost


def _hole(inputs: Inputs, there: list[Branch], rng: np.random.Generator) -> None:
    """A box without data in one branch, as clouds and the edges of scenes leave."""
    if not there:
        return
    bands = inputs[there[int(rng.integers(len(there)))]]
    height, width = bands.shape[1:]
    tall, wide = (int(rng.integers(1, max(2, size // 2))) for size in (height, width))
    top, left = int(rng.integers(height - tall + 1)), int(rng.integers(width - wide + 1))
    bands[:, top : top + tall, left : left + wide] = np.nan
