"""A simulated satellite scene on disk."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class SimulatedScene(NamedTuple):
    """Paths of the four rasters of a scene, all on one grid (and so a list of paths too)."""

    image: Path
    elevation: Path
    label: Path
    debris: Path


def simulate_scene(seed: int, size_px: int, out_dir: str | Path, sensor: str = "S2") -> SimulatedScene:
    """Make a scene and write its four rasters."""
    raise NotImplementedError
