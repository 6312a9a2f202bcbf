"""A scene strip by strip: read ahead in a thread while the strip before is worked on."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from ...core.errors import Cancelled
from ...core.grid import Grid
from ...core.model_errors import MemoryLimitError
from ...core.roles import Role
from ..models.base import BandReader, Bands, Block, FloatImage
from .cog import TILE_PX, TILES_IN_FLIGHT

DEFAULT_MEMORY_MB = 1200
BASE_MB = 150
"""An interpreter with its packages."""
BLOCK_CACHE_MB = 268
"""What GDAL may keep of decoded blocks, so that rows shared by two strips are decoded once (scene/edge.py)."""
READ_AHEAD = 1
STRIPS_ALIVE = READ_AHEAD + 2
"""Strips in memory at once: one in work, those read ahead, and what reading one takes besides itself."""
BYTES = 4
MIN_ROWS, MAX_ROWS = 16, 1024


class _Named(Protocol):
    roles: frozenset[Role]
    halo_px: int


def strip_rows(grid: Grid, bands: int, memory_limit_mb: int, classes: bool = False) -> int:
    """The height of a strip within the memory limit; with `classes` they are written too. Raises MemoryLimitError."""
    limit_mb = memory_limit_mb or DEFAULT_MEMORY_MB
    per_row = _row_bytes(grid, bands, classes)
    fixed = fixed_bytes(grid, bands, classes)
    rows = int((limit_mb * 1e6 - fixed) / per_row)
    if rows < MIN_ROWS:
        needed_mb = math.ceil((fixed + MIN_ROWS * per_row) / 1e6)
        raise MemoryLimitError(needed_mb=needed_mb, limit_mb=limit_mb)
    return min(rows, MAX_ROWS)


def _row_bytes(grid: Grid, bands: int, classes: bool) -> int:
    """What a row of a strip takes: bands, what is made of them, and the classes with what they are found by."""
    return grid.shape_yx[1] * (BYTES * (bands * STRIPS_ALIVE + 3) + 2 * classes)


def fixed_bytes(grid: Grid, bands: int, classes: bool = False, rasters: int = 2) -> int:
    """What a mapping to so many rasters holds besides its strips: cached blocks, the writers' rows of tiles, tiles
    under way.
    """
    cached = min(BLOCK_CACHE_MB * 1e6, grid.pixel_count * bands * BYTES)
    written = rasters * BYTES + classes
    rows_of_tiles = 2 * min(TILE_PX, grid.shape_yx[0]) * grid.shape_yx[1] * written
    tiles = TILES_IN_FLIGHT * TILE_PX * TILE_PX * written
    return int(BASE_MB * 1e6 + cached + rows_of_tiles + tiles)


def memory_bytes(grid: Grid, bands: int, rows: int, classes: bool = False) -> int:
    """The most memory that a mapping in strips of `rows` rows takes, roughly."""
    return fixed_bytes(grid, bands, classes) + rows * _row_bytes(grid, bands, classes)


class LowStrips:
    """A scene whose strips are at most `highest` rows high where a height is asked for, within the memory limit.

    `blocks(0)` stays the scene's own choice, so that a model's sample is the same under every limit.
    """

    def __init__(self, scene: BandReader, highest: int) -> None:
        self._scene = scene
        self._highest = highest

    @property
    def grid(self) -> Grid:
        """The scene's."""
        return self._scene.grid

    def blocks(self, rows: int = 0) -> list[Block]:
        """The scene's strips, of at most `rows` and at most `highest` rows; with 0 as the scene likes."""
        return self._scene.blocks(min(rows, self._highest))

    def read(self, row: int, rows: int, roles: Collection[Role], halo_px: int = 0) -> dict[Role, FloatImage]:
        """As the scene."""
        return self._scene.read(row, rows, roles, halo_px)


def read_strips(
    scene: BandReader, blocks: Collection[Block], model: _Named, should_stop: Callable[[], bool]
) -> Iterator[tuple[Block, Bands]]:
    """Each block with its bands and the model's halo, in order; the next one is read meanwhile. Raises Cancelled."""
    waiting: deque[tuple[Block, Future[dict[Role, FloatImage]]]] = deque()
    ahead = iter(blocks)
    with ThreadPoolExecutor(1, thread_name_prefix="reader") as reader:

        def submit() -> None:
            block = next(ahead, None)
            if block is not None:
                future = reader.submit(scene.read, block.row, block.rows, model.roles, model.halo_px)
                waiting.append((block, future))

        try:
            for _ in range(READ_AHEAD):
                submit()
            while waiting:
                if should_stop():
                    raise Cancelled()
                block, future = waiting.popleft()
                bands = future.result()
                submit()
                yield block, bands
                del bands, future
        finally:
            for _, future in waiting:
                future.cancel()
