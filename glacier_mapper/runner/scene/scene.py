"""A scene: every source of a request on one metric grid, read block by block."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from types import TracebackType

import numpy as np

from ...core.errors import InternalError, NoValidPixelsError
from ...core.grid import Grid
from ...core.messages import Message
from ...core.progress import never
from ...core.request import BandSource, MapRequest
from ...core.roles import OPTICAL_ROLES, Role
from ...core.scaling import Scaling
from . import terrain
from .assemble import Parts, assemble
from .bands import Coarse
from .handles import Handles

_STRIP_BYTES = 64 * 2**20
_LARGEST_STRIP_BYTES = 160 * 2**20
"""Of float32 for all roles of a strip: what the scene chooses, and what one row of a file's blocks may take."""


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

    def __init__(self, parts: Parts) -> None:
        self.grid: Grid = parts.grid
        self.sources: dict[Role, BandSource] = parts.sources
        self.scalings: dict[Role, Scaling] = parts.scalings
        self.notes: list[Message] = parts.notes
        self._computes_slope = Role.ELEVATION in parts.sources and Role.SLOPE not in parts.sources
        self.roles = frozenset(parts.sources) | ({Role.SLOPE} if self._computes_slope else frozenset())
        self._groups = parts.groups
        self._handles = Handles({key: opener for group in parts.groups for key, opener in group.openers.items()})

    def blocks(self, rows: int = 0) -> list[Block]:
        """The grid in full-width strips of about `rows` rows from north to south.

        0 takes the scene's own choice, 64 to 160 MiB of float32 for all its sources. Strips end at block
        borders of the files where that is possible, so that no block is decoded twice.
        """
        total, (height, phase) = self.grid.shape_yx[0], self._file_blocks()
        step = self._strip_rows(rows, height)
        end = step - phase % step if step % height == 0 else step
        edges = [0, *range(min(end, total), total, step), total]
        return [Block(top, bottom - top) for top, bottom in zip(edges, edges[1:]) if bottom > top]

    def _file_blocks(self) -> tuple[int, int]:
        """Rows of the highest blocks among files read as they lie, and how far into one the grid starts."""
        direct = [g for g in self._groups if g.offset_yx and g.file.block_shape_yx[0] <= self.grid.shape_yx[0]]
        if not direct:
            return 128, 0  # a warped dataset's own
        tallest = max(direct, key=lambda g: g.file.block_shape_yx[0])
        height = tallest.file.block_shape_yx[0]
        return height, (tallest.offset_yx or (0, 0))[0] % height

    def _strip_rows(self, rows: int, height: int) -> int:
        row_bytes = self.grid.shape_yx[1] * 4 * len(self.roles)
        wanted = rows or max(1, _STRIP_BYTES // row_bytes)
        if wanted >= height:
            return wanted // height * height
        if rows == 0 and height * row_bytes <= _LARGEST_STRIP_BYTES:
            return height
        return max(1, wanted)

    def read(self, row: int, rows: int, roles: Collection[Role], halo_px: int = 0) -> dict[Role, np.ndarray]:
        """Rows `row` to `row + rows` of each role, float32 (rows + 2 halo, cols + 2 halo), NaN = no data.

        Physical units: reflectance, metres, degrees, kelvin. The halo holds neighbouring pixels of the
        grid, beyond its edge the edge pixel. Thread-safe. Raises UnreadableRasterError; InternalError for
        a role that is not in `roles` and rows that are not in the grid.
        """
        self._check(row, rows, roles)
        span = _Span(row, rows, halo_px, self.grid.shape_yx)
        result: dict[Role, np.ndarray] = {}
        rest = set(roles)
        if self._computes_slope and Role.SLOPE in rest:
            result.update(self._read_terrain(span, rest))
            rest -= {Role.SLOPE, Role.ELEVATION}
        for group in self._groups:
            picked = group.pick(rest)
            if picked:
                out = span.empty(len(picked))
                group.read(self._handles, picked, span.first, span.inner(out))
                span.pad(out)
                result.update({group.roles[place]: out[i] for i, place in enumerate(picked)})
        return result

    def _check(self, row: int, rows: int, roles: Collection[Role]) -> None:
        unknown = set(roles) - self.roles
        if unknown:
            raise InternalError(reason=f"the scene has no {', '.join(sorted(role.value for role in unknown))}.")
        if row < 0 or rows < 1 or row + rows > self.grid.shape_yx[0]:
            raise InternalError(reason=f"rows {row} to {row + rows} are not in the scene.")

    def _read_terrain(self, span: _Span, roles: Collection[Role]) -> dict[Role, np.ndarray]:
        """Slope, and elevation if it is wanted too, from one reading of elevation."""
        top = max(0, span.first - terrain.HALO_PX)
        bottom = min(self.grid.shape_yx[0], span.last + terrain.HALO_PX)
        group = next(g for g in self._groups if Role.ELEVATION in g.roles)
        wide = np.empty((1, bottom - top, self.grid.shape_yx[1]), np.float32)
        group.read(self._handles, group.pick([Role.ELEVATION]), top, wide)
        own = slice(span.first - top, span.last - top)
        values = {Role.SLOPE: terrain.slope_deg(wide[0], self.grid.pixel_size_m)[own], Role.ELEVATION: wide[0, own]}
        return {role: span.padded(values[role]) for role in values if role in roles}

    def read_coarse(
        self, roles: Collection[Role], max_px: int, should_stop: Callable[[], bool] = never, threads: int = 1
    ) -> tuple[Grid, dict[Role, np.ndarray]]:
        """The whole grid at a coarser pixel, at most `max_px` on the longer side, from overviews where there are.

        Returns the coarse grid, which leaves out what is less than a pixel of it at the right and bottom
        edge, and float32 (rows, cols) arrays as `read` does: means of the pixels. Slope is that of the coarse
        surface, so gentler. For previews and samples. `threads` share the decoding. Raises Cancelled.
        """
        grid = coarsened(self.grid, max_px)
        if grid == self.grid:
            return grid, self.read(0, grid.shape_yx[0], roles)
        self._check(0, 1, roles)
        factor = round(grid.pixel_size_m / self.grid.pixel_size_m)
        wanted = set(roles) | ({Role.ELEVATION} if self._computes_slope and Role.SLOPE in roles else set())
        result: dict[Role, np.ndarray] = {}
        for group in self._groups:
            picked = group.pick(wanted)
            if picked:
                out = np.empty((len(picked), *grid.shape_yx), np.float32)
                group.read_coarse(self._handles, picked, Coarse(factor, should_stop, threads), out)
                result.update({group.roles[place]: out[i] for i, place in enumerate(picked)})
        if self._computes_slope and Role.SLOPE in roles:
            result[Role.SLOPE] = terrain.slope_deg(result[Role.ELEVATION], grid.pixel_size_m)
        return grid, {role: result[role] for role in roles}

    def no_valid_pixels(self) -> NoValidPixelsError:
        """The error to raise when a pass over all blocks met no valid pixel."""
        return NoValidPixelsError(layers=labels_of(self.sources.values()))

    def release(self) -> None:
        """Close every file, of every thread. A second call does nothing."""
        self._handles.release()

    def __enter__(self) -> Scene:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def labels_of(sources: Collection[BandSource]) -> str:
    """The names of the optical sources, or of all where none is optical, each once."""
    optical: Sequence[BandSource] = [s for s in sources if s.role in OPTICAL_ROLES] or list(sources)
    return ", ".join(dict.fromkeys(source.label for source in optical))


def coarsened(grid: Grid, max_px: int) -> Grid:
    """The grid with pixels a whole number of times as large, at most `max_px` of them along a side."""
    rows, cols = grid.shape_yx
    factor = min(-(-max(rows, cols) // max(1, max_px)), rows, cols)
    if factor <= 1:
        return grid
    return Grid(grid.crs, grid.origin_xy_m, grid.pixel_size_m * factor, (rows // factor, cols // factor))


@dataclass(frozen=True)
class _Span:
    """Rows of a grid with a halo: which of them exist, and where they lie in the array that is handed out."""

    row: int
    rows: int
    halo_px: int
    shape_yx: tuple[int, int]

    @property
    def first(self) -> int:
        """The first row of the grid that is read."""
        return max(0, self.row - self.halo_px)

    @property
    def last(self) -> int:
        """One past the last row of the grid that is read."""
        return min(self.shape_yx[0], self.row + self.rows + self.halo_px)

    def empty(self, count: int) -> np.ndarray:
        """Room for `count` bands with their halo."""
        halo = 2 * self.halo_px
        return np.empty((count, self.rows + halo, self.shape_yx[1] + halo), np.float32)

    def inner(self, out: np.ndarray) -> np.ndarray:
        """The part of `out` (bands, rows, cols) that lies in the grid."""
        start = self.first - (self.row - self.halo_px)
        return out[:, start : start + self.last - self.first, self.halo_px : self.halo_px + self.shape_yx[1]]

    def pad(self, out: np.ndarray) -> None:
        """Repeat the edge of the inner part outwards, in place."""
        if not self.halo_px:
            return
        halo, start = self.halo_px, self.first - (self.row - self.halo_px)
        stop = start + self.last - self.first
        out[:, :start] = out[:, start : start + 1]
        out[:, stop:] = out[:, stop - 1 : stop]
        out[:, :, :halo] = out[:, :, halo : halo + 1]
        out[:, :, -halo:] = out[:, :, -halo - 1 : -halo]

    def padded(self, values: np.ndarray) -> np.ndarray:
        """One band (rows read, cols) with its halo."""
        out = self.empty(1)
        self.inner(out)[0] = values
        self.pad(out)
        return out[0]


def open_scene(request: MapRequest) -> Scene:
    """Open every source, check it, choose the grid and the scalings. Reads no pixel but to tell a scaling.

    Raises MissingFileError, UnreadableRasterError, MissingCrsError, NoOverlapError, InvalidExtentError.
    """
    return Scene(assemble(request))
