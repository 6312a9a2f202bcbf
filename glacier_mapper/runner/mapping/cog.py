"""A cloud-optimised GeoTIFF written in one pass from strips of rows, north to south.

Tiles and the averaged overviews above them are deflated in a pool while the next strip is computed, kept
compressed beside the target, and put behind the header at the end: nothing is written uncompressed, compressed
twice or held in memory, a full disk shows at once, and the same rows give the same bytes.
"""

from __future__ import annotations

import zlib
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from ...core.errors import Cancelled
from ...core.grid import Grid
from .tiff import PROBABILITIES, Image, Pixels, geo_tags, header_of

FloatImage = npt.NDArray[np.float32]
Rows = npt.NDArray[Any]
"""float32, or uint8 of classes."""
TILE_PX = 512
DEFLATE_LEVEL = 1
TILES_IN_FLIGHT = 24
COPY_BYTES = 1 << 22


class CogWriter:
    """Writes one band of `pixels`, by default float32 with NaN as no data. All of it belongs to one thread."""

    def __init__(
        self, path: Path, grid: Grid, description: str, pool: ThreadPoolExecutor, pixels: Pixels = PROBABILITIES
    ) -> None:
        self._path = path
        self._geo_tags = geo_tags(grid, description, pixels)
        self._halve = nearest if pixels.names else halve
        self._levels: list[_Level] = []
        shape = grid.shape_yx
        while not self._levels or max(self._levels[-1].shape_yx) > TILE_PX:
            spool = path.with_name(f"{path.name}.{len(self._levels)}")
            self._levels.append(_Level(shape, spool, pool, pixels))
            shape = ((shape[0] + 1) // 2, (shape[1] + 1) // 2)

    def write(self, rows: Rows) -> None:
        """Append `rows`, (any number, columns of the grid). Raises OSError."""
        self._feed(0, rows)

    def _feed(self, number: int, rows: Rows) -> None:
        for full in self._levels[number].add(rows):
            if number + 1 < len(self._levels):
                self._feed(number + 1, self._halve(full))

    def finish(self, should_stop: Callable[[], bool]) -> None:
        """Write what is pending, then the file. Raises Cancelled, OSError."""
        for number, level in enumerate(self._levels):
            rest = level.flush()
            if rest is not None and number + 1 < len(self._levels):
                self._feed(number + 1, self._halve(rest))
            level.drain()
        images = [level.image() for level in self._levels]
        with self._path.open("wb") as target:
            target.write(header_of(images, self._geo_tags))
            for level in reversed(self._levels):
                level.copy_to(target, should_stop)
        self.close()

    def close(self) -> None:
        """Forget what is pending and remove the intermediate files; also after a failure."""
        for level in self._levels:
            level.close()


class _Level:
    """One image of the pyramid: rows in, compressed tiles in a file."""

    def __init__(self, shape_yx: tuple[int, int], spool: Path, pool: ThreadPoolExecutor, pixels: Pixels) -> None:
        self.shape_yx = shape_yx
        self._pixels = pixels
        self._spool_path = spool
        self._spool: BinaryIO = spool.open("w+b")
        self._pool = pool
        self._buffer = np.empty((min(TILE_PX, shape_yx[0]), shape_yx[1]), pixels.dtype)
        self._filled = 0
        self._sizes: list[int] = []
        self._in_flight: deque[Future[bytes]] = deque()

    def add(self, rows: Rows) -> Iterator[Rows]:
        """Take rows; gives each row of tiles when it is full, to be used before the next is asked for."""
        while len(rows):
            take = min(len(rows), len(self._buffer) - self._filled)
            self._buffer[self._filled : self._filled + take] = rows[:take]
            self._filled += take
            rows = rows[take:]
            if self._filled == TILE_PX:
                yield self._emit()

    def flush(self) -> Rows | None:
        """The last, lower row of tiles, if there is one."""
        return self._emit() if self._filled else None

    def _emit(self) -> Rows:
        full = self._buffer[: self._filled]
        encode = encode_classes if self._pixels.names else encode_tile
        for left in range(0, full.shape[1], TILE_PX):
            tile = _whole_tile(full[:, left : left + TILE_PX], self._pixels.no_data)
            self._in_flight.append(self._pool.submit(encode, tile))
            while len(self._in_flight) > TILES_IN_FLIGHT or (self._in_flight and self._in_flight[0].done()):
                self._store()  # what is done is stored at once: small levels would hold theirs for thousands of rows
        self._filled = 0
        return full

    def _store(self) -> None:
        data = self._in_flight.popleft().result()
        self._spool.write(len(data).to_bytes(4, "little") + data + data[-4:])
        self._sizes.append(len(data))

    def drain(self) -> None:
        """Wait for the tiles under way and store them."""
        while self._in_flight:
            self._store()
        self._spool.flush()

    def image(self) -> Image:
        """What the header must know of this level."""
        return Image(self.shape_yx, TILE_PX, self._sizes, self._pixels)

    def copy_to(self, target: BinaryIO, should_stop: Callable[[], bool]) -> None:
        """Append all tiles to `target`. Raises Cancelled, OSError."""
        self._spool.seek(0)
        while True:
            if should_stop():
                raise Cancelled()
            data = self._spool.read(COPY_BYTES)
            if not data:
                return
            target.write(data)

    def close(self) -> None:
        while self._in_flight:
            self._in_flight.pop().cancel()
        if not self._spool.closed:
            try:
                self._spool.close()
            finally:
                self._spool_path.unlink(missing_ok=True)


def _whole_tile(part: Rows, no_data: float) -> Rows:
    """A copy of `part`, filled up with no data to the size of a tile."""
    if part.shape == (TILE_PX, TILE_PX):
        return part.copy()
    tile = np.full((TILE_PX, TILE_PX), no_data, part.dtype)
    tile[: part.shape[0], : part.shape[1]] = part
    return tile


def encode_tile(tile: FloatImage) -> bytes:
    """A tile, float32 (rows, columns), deflated after the floating-point predictor.

    The predictor puts the bytes of a row in planes, the highest first, and takes differences of neighbouring
    bytes (Adobe Photoshop TIFF Technical Note 3, 2005).
    """
    bits = np.ascontiguousarray(tile).view(np.uint32)
    planes = np.empty((tile.shape[0], 4, tile.shape[1]), np.uint8)
    for plane in range(4):
        np.right_shift(bits, 24 - 8 * plane, out=planes[:, plane], casting="unsafe")
    row_bytes = planes.reshape(tile.shape[0], -1)
    predicted = row_bytes.copy()
    np.subtract(row_bytes[:, 1:], row_bytes[:, :-1], out=predicted[:, 1:])
    return zlib.compress(predicted, DEFLATE_LEVEL)


def encode_classes(tile: Rows) -> bytes:
    """A tile of classes, uint8 (rows, columns), deflated as it is: neighbours are mostly equal."""
    return zlib.compress(np.ascontiguousarray(tile), DEFLATE_LEVEL)


def nearest(rows: Rows) -> Rows:
    """One of each 2 x 2 pixels, as there is no mean of classes."""
    return rows[::2, ::2]


def halve(rows: FloatImage) -> FloatImage:
    """Mean of each 2 x 2 pixels over the valid ones, NaN where none is; an odd last row or column stands alone."""
    odd_y, odd_x = rows.shape[0] % 2, rows.shape[1] % 2
    if odd_y or odd_x:
        rows = np.pad(rows, ((0, odd_y), (0, odd_x)), mode="edge")
    pairs = rows[0::2] + rows[1::2]
    mean = pairs[:, 0::2] + pairs[:, 1::2]
    mean *= np.float32(0.25)
    holes = np.isnan(mean)
    if holes.any():
        values = np.stack([rows[y::2, x::2][holes] for y in (0, 1) for x in (0, 1)])
        valid = ~np.isnan(values)
        count = np.count_nonzero(valid, axis=0).astype(np.float32)
        total = np.where(valid, values, np.float32(0.0)).sum(axis=0, dtype=np.float32)
        mean[holes] = np.where(count > 0, total / np.maximum(count, 1), np.float32(np.nan))
    return mean
