"""A scene: every source of a request on one metric grid, read block by block."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from types import TracebackType

import numpy as np

from ...core.errors import NoValidPixelsError
from ...core.grid import Grid
from ...core.messages import Message
from ...core.request import BandSource, MapRequest
from ...core.roles import Role
from ...core.scaling import Scaling


@dataclass(frozen=True)
class Block:
    """A full-width strip of the grid: first row and number of rows."""

    row: int
    rows: int


class Scene:
    """Every source of a request on one grid. Made by `open_scene`; a context manager.

    `sources` are the request's, with scale, offset, nodata and date filled in as they were found, so that
    a report of them repeats the run. SLOPE is among `roles` when there is an elevation.
    """

    grid: Grid
    roles: frozenset[Role]
    scalings: dict[Role, Scaling]
    sources: dict[Role, BandSource]
    notes: list[Message]

    def blocks(self, rows: int = 0) -> list[Block]:
        """The grid in full-width strips of about `rows` rows from north to south.

        0 takes the scene's own choice. Strips end at block borders of the files where that is possible.
        """
        raise NotImplementedError

    def read(self, row: int, rows: int, roles: Collection[Role], halo_px: int = 0) -> dict[Role, np.ndarray]:
        """Rows `row` to `row + rows` of each role, float32 (rows + 2 halo, cols + 2 halo), NaN = no data.

        Physical units: reflectance, metres, degrees, kelvin. The halo holds neighbouring pixels of the
        grid, beyond its edge the edge pixel. Thread-safe. Raises UnreadableRasterError, MissingRoleError.
        """
        raise NotImplementedError

    def read_coarse(self, roles: Collection[Role], max_px: int) -> tuple[Grid, dict[Role, np.ndarray]]:
        """The whole grid at a coarser pixel, at most `max_px` on the longer side, from overviews where there are.

        Returns the coarse grid and float32 (rows, cols) arrays as `read` does; for previews and samples.
        """
        raise NotImplementedError

    def no_valid_pixels(self) -> NoValidPixelsError:
        """The error to raise when a pass over all blocks met no valid pixel."""
        raise NotImplementedError

    def release(self) -> None:
        """Close every file, of every thread. A second call does nothing."""

    def __enter__(self) -> Scene:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def open_scene(request: MapRequest) -> Scene:
    """Open every source, check it, choose the grid and the scalings. Reads no pixel.

    Raises MissingFileError, UnreadableRasterError, MissingCrsError, NoOverlapError, InvalidExtentError.
    """
    raise NotImplementedError
