"""Connected pieces of a mask."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

Mask = npt.NDArray[np.bool_]

SIDES, CORNERS = ndimage.generate_binary_structure(2, 1), ndimage.generate_binary_structure(2, 2)
"""What hangs together: pixels with a common side, or those with a common corner too."""


def pieces_with(mask: Mask, seeds: Mask, structure: Mask = SIDES) -> Mask:
    """The connected pieces of `mask` that hold any of `seeds`, all bool (rows, cols)."""
    pieces, count = ndimage.label(mask, structure)
    is_held = np.zeros(count + 1, bool)
    is_held[pieces[seeds]] = True
    is_held[0] = False
    return is_held[pieces]


def largest_piece(mask: Mask) -> Mask | None:
    """The connected piece of most pixels; None where there is none."""
    pieces, count = ndimage.label(mask, SIDES)
    if not count:
        return None
    sizes = np.bincount(pieces.ravel())
    sizes[0] = 0
    return pieces == sizes.argmax()
