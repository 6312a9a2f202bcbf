"""What `dataset build` asks for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ....core.errors import InvalidParameterError, UsageError
from ....core.request import BandSource
from .tile import TEST, TRAIN, VALIDATION

SHARES = "60/20/20"
TILE_PX = (16, 4096)


@dataclass(frozen=True)
class BuildOrder:
    """A data set to build, from a folder of scenes or from layers with outlines.

    `split` is "60/20/20" (shares of train, validation and test), the path of a split.json, or "" for the one in the
    folder of scenes, else for shares. `tile_px` 0 takes `tile_km`. `block_km` 0 takes five tiles. `guard_km` is what
    must lie between tiles of different parts. `region` "" is found from each tile's place. `licence` is that of the
    scenes' and outlines' data, "" where it is not stated.
    """

    out: str
    scenes: str = ""
    sources: tuple[BandSource, ...] = ()
    outlines: str = ""
    outlines_layer: str = ""
    debris: str = ""
    tile_px: int = 0
    tile_km: float = 10.0
    split: str = ""
    block_km: float = 0.0
    guard_km: float = 1.0
    seed: int = 0
    region: str = ""
    licence: str = ""
    overwrite: bool = False

    def __post_init__(self) -> None:
        if bool(self.scenes) == bool(self.sources or self.outlines):
            raise UsageError(command="dataset build", reason="give either --scenes, or layers and --outlines")
        if self.sources and not self.outlines:
            raise UsageError(command="dataset build", reason="layers need --outlines")
        if self.outlines and not self.sources:
            raise UsageError(command="dataset build", reason="--outlines need layers, such as --optical")
        if self.tile_px and not TILE_PX[0] <= self.tile_px <= TILE_PX[1]:
            raise InvalidParameterError(name="tile_px", value=self.tile_px, expected=f"{TILE_PX[0]} to {TILE_PX[1]}")
        for name, least in (("tile_km", 0.1), ("block_km", 0.0), ("guard_km", 0.0), ("seed", 0)):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= least):
                raise InvalidParameterError(name=name, value=value, expected=f"a number from {least:g} on")

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> BuildOrder:
        """From the params of the method. Raises InputError kinds, KeyError, TypeError, ValueError."""
        sources = tuple(BandSource.from_json(one) for one in data.get("sources") or ())
        return cls(**{**data, "sources": sources})


def shares_of(text: str) -> dict[str, float]:
    """The shares of 1 that a text such as "60/20/20" gives to train, validation and test; two numbers: no test.

    Raises InvalidParameterError.
    """
    try:
        parts = [float(part) for part in text.split("/")]
    except ValueError:
        parts = []
    total = sum(parts)
    good = len(parts) in (2, 3) and all(math.isfinite(part) and part >= 0 for part in parts) and parts[0] > 0
    if not good or abs(total - 100.0) > 0.5:
        expected = f"shares of train, validation and test that make 100, such as {SHARES}, or a split.json"
        raise InvalidParameterError(name="split", value=text, expected=expected)
    return {name: part / total for name, part in zip((TRAIN, VALIDATION, TEST), parts)}
