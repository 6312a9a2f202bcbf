"""Tiles kept unpacked in memory, so that the second epoch is not busy with unpacking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...memory import available_mb

MEGABYTE = 1 << 20


class Kept(Sequence[Any]):
    """The same tiles in the same order; the first ones that are asked for stay, up to `limit_mb`.

    Every process that reads them keeps its own.
    """

    def __init__(self, tiles: Sequence[Any], limit_mb: float) -> None:
        self._tiles, self._left = tiles, limit_mb * MEGABYTE
        self._kept: dict[int, Any] = {}

    def __len__(self) -> int:
        return len(self._tiles)

    def __getitem__(self, at: Any) -> Any:
        if at in self._kept:
            return self._kept[at]
        tile = self._tiles[at]
        size = tile.label.nbytes + sum(bands.nbytes for bands in tile.inputs.values())
        if size <= self._left:
            self._left -= size
            self._kept[at] = tile
        return tile


def free_mb() -> float:
    """Half of the memory that is free now."""
    return available_mb() / 2
