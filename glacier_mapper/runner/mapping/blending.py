"""Overlapping patches into one image, in a buffer that holds only the rows that are not finished."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .lattice import Lattice, Patch

FloatImage = npt.NDArray[np.float32]


class Piece(NamedTuple):
    """A patch with the shares of its rows and of its columns in the blend, float32 (side,) each."""

    patch: Patch
    down: FloatImage
    across: FloatImage


class Blender:
    """The weighted mean of the patches that cover a pixel, float32.

    Each patch is added with its share, so a pixel is finished when all its patches have been added. The sum is
    taken in the order of the calls: the same order gives the same bytes. `rows` is the height of the buffer.
    """

    def __init__(self, lattice: Lattice, channels: int, rows: int) -> None:
        self._lattice = lattice
        self._top = self._taken = 0
        self._holds_all = rows >= lattice.shape_yx[0]
        shape = (channels, min(rows, lattice.shape_yx[0]), lattice.shape_yx[1])
        self._sum: FloatImage = np.zeros(shape, np.float32)
        shares = lattice.shares()
        self._down, self._across = ([share.astype(np.float32) for share in axis] for axis in shares)

    def piece(self, patch: Patch) -> Piece:
        """The patch with its shares."""
        return Piece(patch, self._down[patch.down], self._across[patch.across])

    def add(self, piece: Piece, values: FloatImage) -> None:
        """Add a patch's values, (channels, side, side); those outside the scene are left out."""
        patch, (height, width) = piece.patch, self._lattice.shape_yx
        side = self._lattice.side
        top, bottom = max(patch.row, 0), min(patch.row + side, height)
        left, right = max(patch.col, 0), min(patch.col + side, width)
        rows, cols = slice(top - patch.row, bottom - patch.row), slice(left - patch.col, right - patch.col)
        share = np.multiply.outer(piece.down[rows], piece.across[cols])
        for channel, total in zip(values, self._sum):
            total[top - self._top : bottom - self._top, left:right] += channel[rows, cols] * share

    def take(self, row: int) -> FloatImage:
        """The finished rows up to `row`, (channels, rows, cols), the caller's; the buffer moves on to there."""
        if self._holds_all:
            done = self._sum[:, self._taken : row]
        else:
            count = row - self._top
            done = self._sum[:, :count].copy()
            kept = self._sum.shape[1] - count
            self._sum[:, :kept] = self._sum[:, count:]
            self._sum[:, kept:] = 0
            self._top = row
        self._taken = row
        return done
