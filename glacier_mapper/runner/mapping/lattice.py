"""Where the patches of a network lie on a scene, and how much each of their pixels weighs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ...core.model_card import Tiling

FloatAxis = npt.NDArray[np.float64]


class Patch(NamedTuple):
    """A patch by its place in the lattice: `down` and `across` count, `row` and `col` are its first pixel.

    A first pixel may lie outside the scene: what is beyond the edge is padding.
    """

    down: int
    across: int
    row: int
    col: int


@dataclass(frozen=True)
class Lattice:
    """Patches of `side` pixels over a scene of `shape_yx`; `rows` and `cols` are their first pixels.

    `reflects`: beyond the edge the scene is reflected; otherwise the network sees 0 there, after scaling.
    """

    shape_yx: tuple[int, int]
    side: int
    rows: tuple[int, ...]
    cols: tuple[int, ...]
    window: str
    reflects: bool

    @property
    def count(self) -> int:
        """How many patches there are."""
        return len(self.rows) * len(self.cols)

    def southward(self) -> list[Patch]:
        """All patches, row of patches by row of patches from north to south, each from west to east."""
        return [Patch(i, j, row, col) for i, row in enumerate(self.rows) for j, col in enumerate(self.cols)]

    def outward(self) -> list[Patch]:
        """All patches, those nearest to the scene's middle first."""
        middle_row, middle_col = ((size - self.side) / 2 for size in self.shape_yx)

        def distance(patch: Patch) -> tuple[float, int, int]:
            squared = (patch.row - middle_row) ** 2 + (patch.col - middle_col) ** 2
            return squared, patch.down, patch.across

        return sorted(self.southward(), key=distance)

    def finished_row(self, down: int) -> int:
        """The first row of the scene that a patch below the `down`-th row of patches still covers."""
        return self.shape_yx[0] if down + 1 >= len(self.rows) else max(0, self.rows[down + 1])

    def shares(self) -> tuple[list[FloatAxis], list[FloatAxis]]:
        """For each row and each column of patches the share of its pixels in the blend, float64 (side,).

        The product of both is a pixel's weight over the sum of the weights of all patches there, as weights and
        patches both are products of rows and columns: at each pixel of the scene the shares sum to 1.
        """
        weights = axis_weights(self.window, self.side)
        return _shares(self.rows, self.shape_yx[0], weights), _shares(self.cols, self.shape_yx[1], weights)


def axis_weights(window: str, side: int) -> FloatAxis:
    """One factor of the window along an axis, float64 (side,), all above 0.

    "gaussian": exp(-x^2 / 2) on [-1, 1], which as a product is exp(-r^2 / 2) (Maslov et al. 2025); "cosine": the
    raised cosine, sampled in the middle of the pixels so that the outermost one counts.
    """
    if window == "gaussian":
        return np.exp(-np.linspace(-1.0, 1.0, side) ** 2 / 2.0) if side > 1 else np.ones(1)
    return np.sin(np.pi * (np.arange(side) + 0.5) / side) ** 2


def _shares(starts: Sequence[int], size: int, weights: FloatAxis) -> list[FloatAxis]:
    side = len(weights)
    total = np.zeros(size)
    spans = [(max(start, 0), min(start + side, size)) for start in starts]
    for start, (low, high) in zip(starts, spans):
        total[low:high] += weights[low - start : high - start]
    shares = []
    for start, (low, high) in zip(starts, spans):
        share = np.zeros(side)
        share[low - start : high - start] = weights[low - start : high - start] / total[low:high]
        shares.append(share)
    return shares


def lattice_over(shape_yx: tuple[int, int], tiling: Tiling) -> Lattice:
    """Patches every `stride_px` from the upper left corner, the last ones moved back to the edge.

    An axis shorter than a patch has one patch, with the scene in its middle and reflected round it.
    """
    side, stride = tiling.patch_px, min(tiling.stride_px, tiling.patch_px)
    rows, cols = (_starts(size, side, stride) for size in shape_yx)
    return Lattice(shape_yx, side, rows, cols, tiling.window, reflects=True)


def _starts(size: int, side: int, stride: int) -> tuple[int, ...]:
    if size <= side:
        return (-((side - size) // 2),)
    last = size - side
    return (*range(0, last, stride), last)


def reference_lattice(shape_yx: tuple[int, int], tiling: Tiling) -> Lattice:
    """The published deployment's patches: the scene in the middle of zeros, up to the next multiple of a patch.

    An exact multiple grows by a whole patch too; only complete patches, half a patch apart.
    """
    side = tiling.patch_px
    rows, cols = (_reference_starts(size, side) for size in shape_yx)
    return Lattice(shape_yx, side, rows, cols, "gaussian", reflects=False)


def _reference_starts(size: int, side: int) -> tuple[int, ...]:
    padded = side * (size // side + 1)
    offset, last = (padded - size) // 2, padded - side
    return tuple(start - offset for start in (*range(0, last, max(1, side // 2)), last))
