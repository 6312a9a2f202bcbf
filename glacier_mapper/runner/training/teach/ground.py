"""What is known of a view's ground, from outlines that somebody reviewed, and the pieces of it that are learnt from.

Inside an accepted outline is glacier. Outside of all outlines, up to a distance from a reviewed one, there is none:
an analyst who went round an outline has looked there. Outlines that nobody has reviewed are not known, nor is the rim
of pixels round them, as their lines may be wrong either way. What lies farther off is not known.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from ....core.branches import BRANCH_ROLES, Branch
from ....core.errors import Cancelled
from ....core.progress import Controls
from ....core.roles import SECOND_ORBIT
from ....core.teach_errors import NothingReviewedError
from ...scene import Scene
from ..tiles import OTHER, UNKNOWN, Tile
from ..tiles.cutting import Window, record_of, strip_of
from ..tiles.outlines import REVIEWED, Outlines, burn
from ..tiles.tile import FloatImage, LabelImage

RIM_PX = 2.0
"""How far from an outline that nobody reviewed other ground is not known."""
COARSE_PX = 1024
LEAST_KNOWN = 0.02
"""The share of a tile that must be known; emptier ones are left out."""


def known_ground(scene: Scene, outlines: Outlines, around_m: float) -> LabelImage:
    """The label of a view, uint8 (rows, cols) of `tile.CLASSES`. Raises NothingReviewedError, InvalidOutlinesError."""
    grid = scene.grid
    reviewed = outlines.shapes(grid, REVIEWED)
    if not len(reviewed):
        raise NothingReviewedError()
    label = outlines.burned(grid)
    near, doubtful = np.zeros(grid.shape_yx, np.uint8), np.zeros(grid.shape_yx, np.uint8)
    burn(shapely.buffer(reviewed, around_m), 1, grid, near)
    burn(shapely.buffer(outlines.shapes(grid, (UNKNOWN,)), RIM_PX * grid.pixel_size_m), 1, grid, doubtful)
    label[(label == OTHER) & ((near == 0) | (doubtful == 1))] = UNKNOWN
    label[~_seen(scene)] = UNKNOWN
    return label


def _seen(scene: Scene) -> npt.NDArray[np.bool_]:
    """Where the image has data, told from a coarse look; what that leaves out at the edges counts as seen."""
    image = {role for branch, roles in BRANCH_ROLES.items() if branch is not Branch.DEM for role in roles}
    grid, bands = scene.read_coarse(sorted(scene.roles & image or scene.roles), COARSE_PX)
    factor = round(grid.pixel_size_m / scene.grid.pixel_size_m)
    coarse = np.isfinite(np.stack(list(bands.values()))).any(axis=0)
    fine = coarse.repeat(factor, axis=0).repeat(factor, axis=1)
    rows, cols = scene.grid.shape_yx
    return np.pad(fine, ((0, rows - fine.shape[0]), (0, cols - fine.shape[1])), constant_values=True)


def tiles_of(
    scene: Scene, label: LabelImage, windows: list[Window], branches: tuple[Branch, ...], controls: Controls
) -> list[Tile]:
    """The windows' pixels with their label, UNKNOWN where the image has no data; emptied ones are left out.

    Raises Cancelled, UnreadableRasterError.
    """
    tiles = []
    for top in sorted({(window.row, window.rows) for window in windows}):
        if controls.should_stop():
            raise Cancelled()
        strips = {branch: _with_stand_ins(scene, branch, strip_of(scene, branch, *top)) for branch in branches}
        for window in (one for one in windows if (one.row, one.rows) == top):
            tile = _tile(scene, label, window, strips)
            if (tile.label != UNKNOWN).mean() >= LEAST_KNOWN:
                tiles.append(tile)
    return tiles


def _with_stand_ins(scene: Scene, branch: Branch, strip: FloatImage) -> FloatImage:
    """One orbit's radar also as the other's, as a mapping takes it."""
    roles = BRANCH_ROLES[branch]
    for at, role in enumerate(roles):
        first = SECOND_ORBIT.get(role)
        if first in roles and role not in scene.roles:
            strip[at] = strip[roles.index(first)]
    return strip


def _tile(scene: Scene, label: LabelImage, window: Window, strips: dict[Branch, FloatImage]) -> Tile:
    columns = slice(window.col, window.col + window.cols)
    inputs = {branch: strip[:, :, columns].copy() for branch, strip in strips.items()}
    known = label[window.row : window.row + window.rows, columns].copy()
    images = [bands for branch, bands in inputs.items() if branch is not Branch.DEM] or list(inputs.values())
    known[~np.any([np.isfinite(bands).any(axis=0) for bands in images], axis=0)] = UNKNOWN
    record = record_of("view", scene.grid, window, max(window.rows, window.cols))
    return Tile(record.name, record.region, inputs, known, record)


def windows_in(box: Window, label: LabelImage, side: int, most: int) -> list[Window]:
    """Squares of `side` pixels that cover a part of the view, as far as it is known; at most `most`, spread evenly.

    Smaller ones where the part is; near its far edges they overlap.
    """
    rows, cols = min(side, box.rows), min(side, box.cols)
    found = [
        Window(row, col, rows, cols)
        for row in _starts(box.row, box.rows, rows)
        for col in _starts(box.col, box.cols, cols)
        if (label[row : row + rows, col : col + cols] != UNKNOWN).mean() >= LEAST_KNOWN
    ]
    if len(found) <= most:
        return found
    return [found[at] for at in np.unique(np.linspace(0, len(found) - 1, most).round().astype(int))]


def _starts(first: int, size: int, side: int) -> list[int]:
    count = -(-size // side)
    return [first + round(at * (size - side) / max(1, count - 1)) for at in range(count)]
