"""How a data set is split: in spatial blocks by shares, or by scene as a split.json says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ....core.errors import InvalidParameterError
from ...scene import read_split
from ...scene.scene_folder import SPLIT_FILE, Split
from .blocks import SplitRule, assign_splits, neighbours
from .order import SHARES, BuildOrder, shares_of
from .tile import GUARD, TileRecord

BLOCK_TILES = 5
"""Tiles along the side of a block whose size is not told."""


@dataclass(frozen=True)
class Splitting:
    """By `shares`, or where those are empty by `scenes`. `told` is what was asked for, for messages."""

    order: BuildOrder
    told: str
    shares: dict[str, float] = field(default_factory=dict)
    scenes: Split = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The parts."""
        return list(self.shares or self.scenes)

    def wants(self, scene: str) -> bool:
        """Whether the scene belongs to any part."""
        return bool(self.shares) or scene in self._part_of

    @property
    def _part_of(self) -> dict[str, str]:
        return {scene: part for part, names in self.scenes.items() for scene in names}

    def parts(self, records: Sequence[TileRecord], side: int) -> list[str]:
        """The part of each tile."""
        if self.shares:
            return assign_splits(records, self._rule(records, side))
        return [self._part_of[record.scene] for record in records]

    def _rule(self, records: Sequence[TileRecord], side: int) -> SplitRule:
        block_m = self.order.block_km * 1000 or BLOCK_TILES * side * max(record.pixel_size_m for record in records)
        return SplitRule(self.shares, block_m, self.order.guard_km * 1000, self.order.seed)

    def to_json(self, side: int, records: Sequence[TileRecord]) -> dict[str, Any]:
        """What the tables say of the split; `neighbours` counts pairs of tiles of two parts within the guard."""
        guard_m = self.order.guard_km * 1000
        kept = [record for record in records if record.split != GUARD]
        pairs = neighbours(kept, guard_m) if kept else []
        across = sum(kept[a].split != kept[b].split for a, b in pairs)
        said = {"parts": self.names, "guard_km": self.order.guard_km, "seed": self.order.seed, "neighbours": across}
        if self.shares:
            return {**said, "by": "blocks", "shares": self.shares, "block_km": self._rule(records, side).block_m / 1000}
        return {**said, "by": "scenes"}


def splitting_of(order: BuildOrder, scenes: Sequence[str]) -> Splitting:
    """The splitting that an order asks for. Raises InvalidParameterError, MissingFileError."""
    beside = Path(order.scenes) / SPLIT_FILE if order.scenes else None
    if order.split.endswith(".json") or (not order.split and beside and beside.is_file()):
        path = order.split or str(beside)
        split = read_split(path)
        if not set(scenes) & {name for part in split.values() for name in part}:
            raise InvalidParameterError(name="split", value=path, expected="one that names scenes of the folder")
        return Splitting(order, path, scenes=split)
    told = order.split or SHARES
    return Splitting(order, told, shares=shares_of(told))
