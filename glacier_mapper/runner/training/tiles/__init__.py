"""Tile data sets: scenes with known glaciers, cut to tiles, split in spatial blocks, with checksums, for training.

    build_tiles(BuildOrder(out="set.zarr", scenes="scenes/"), controls)
    store = open_tiles("set.zarr")
    for tile in store.tiles("train"):
        tile.inputs[Branch.OPTICAL], tile.label

zarr is needed by these jobs alone and imported when one starts.
"""

from __future__ import annotations

from .building import build_tiles
from .checking import check_tiles, describe_tiles
from .order import BuildOrder
from .statistics import BandStatistics
from .store import TileList, TileStore, open_tiles
from .tile import DEBRIS, GLACIER, OTHER, TEST, TRAIN, UNKNOWN, VALIDATION, Tile, TileRecord

__all__ = [
    "DEBRIS", "GLACIER", "OTHER", "TEST", "TRAIN", "UNKNOWN", "VALIDATION", "BandStatistics", "BuildOrder", "Tile",
    "TileList", "TileRecord", "TileStore", "build_tiles", "check_tiles", "describe_tiles", "open_tiles",
]  # fmt: skip
