"""A window at several pixel sizes: coarse enough to be solved at once, and whole for its boundary."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .features import PROBABILITY, Features
from .lattice import Lattice, lattice_of

Image = npt.NDArray[np.float32]

FACTORS = (1, 2, 4, 8, 16)
SQUARES = 32_768
"""At most about this many squares are solved at once."""
ICY_NDSI, ICY_SPAN = 0.2, 0.3
"""Clean ice and snow may lie on walls; from here on upwards ground counts as such, more and more."""


@dataclass(frozen=True)
class Level:
    """A window in squares of `factor` by `factor` pixels, the last ones filled up with the pixels at the edge.

    `values` float32 (features, rows, cols) without the model's probability, whose normalised logit is `odds`
    (rows, cols); `elevation_m` and `icy` (0..1, how much a square looks like clean ice or snow) (rows, cols), NaN and 0
    where not known, None without a terrain model.
    """

    factor: int
    values: Image
    odds: Image
    lattice: Lattice
    elevation_m: Image | None
    icy: Image

    @property
    def shape_yx(self) -> tuple[int, int]:
        """Rows and columns of squares."""
        return self.values.shape[1], self.values.shape[2]


@dataclass(frozen=True)
class Levels:
    """All levels of a window that are of use, the finest first."""

    levels: tuple[Level, ...]

    def fit_for(self, shape_yx: tuple[int, int]) -> Level:
        """The finest level at which a window of `shape_yx` pixels has few enough squares, else the coarsest."""
        pixels = shape_yx[0] * shape_yx[1]
        return next((one for one in self.levels if pixels <= SQUARES * one.factor**2), self.levels[-1])

    @property
    def finest(self) -> Level:
        """The pixels themselves."""
        return self.levels[0]


def levels_of(features: Features, ndsi: Image | None) -> Levels:
    """The levels of a window. `ndsi` is (rows, cols), not normalised, NaN = not known."""
    rows, cols = features.shape_yx
    ground = features.ground
    odds = features.of(PROBABILITY) if PROBABILITY in features.names else np.zeros((rows, cols), np.float32)
    icy = np.zeros((rows, cols), np.float32) if ndsi is None else _icy(ndsi)
    values = features.values if len(ground) == len(features.names) else features.values[ground]
    finest = Level(1, values, odds, lattice_of(features), features.elevation_m, icy)
    needed = next((factor for factor in FACTORS if rows * cols <= SQUARES * factor**2), FACTORS[-1])
    levels = [finest]
    for factor in FACTORS[1 : FACTORS.index(needed) + 1]:
        levels.append(_coarser(levels[-1], finest, factor))
    return Levels(tuple(levels))


def _icy(ndsi: Image) -> Image:
    return np.clip((np.nan_to_num(ndsi) - np.float32(ICY_NDSI)) / np.float32(ICY_SPAN), 0.0, 1.0)


def _coarser(before: Level, finest: Level, factor: int) -> Level:
    """The level of twice the squares of `before`; the net is made of the finest one, whose edges are whole."""
    rows, cols = (-(-size // factor) * factor for size in finest.shape_yx)
    elevation = None if before.elevation_m is None else block_means(before.elevation_m, 2)
    return Level(
        factor, np.stack([block_means(one, 2) for one in before.values]), block_means(before.odds, 2),
        finest.lattice.padded((rows, cols)).coarser(factor), elevation, block_means(before.icy, 2),
    )  # fmt: skip


def block_means(image: Image, factor: int) -> Image:
    """Means of squares of `factor` by `factor` pixels, the image filled up with its edge; NaN where any is NaN."""
    rows, cols = (-size % factor for size in image.shape)
    if rows or cols:
        image = np.pad(image, ((0, rows), (0, cols)), mode="edge")
    down = sum(image[first::factor] for first in range(1, factor)) + image[::factor]
    both = sum(down[:, first::factor] for first in range(1, factor)) + down[:, ::factor]
    return (both * np.float32(1.0 / factor**2)).astype(np.float32, copy=False)


def block_any(mask: npt.NDArray[np.bool_], factor: int) -> npt.NDArray[np.bool_]:
    """Whether any pixel of each square is true."""
    if factor == 1:
        return mask
    rows, cols = (-size % factor for size in mask.shape)
    padded = np.pad(mask, ((0, rows), (0, cols)))
    return padded.reshape(padded.shape[0] // factor, factor, -1, factor).any(axis=(1, 3))


def spread_out(squares: npt.NDArray, factor: int, shape_yx: tuple[int, int]) -> npt.NDArray:
    """Each square's value at all of its pixels, cut to `shape_yx`."""
    if factor == 1:
        return squares
    return np.repeat(np.repeat(squares, factor, axis=0), factor, axis=1)[: shape_yx[0], : shape_yx[1]]
