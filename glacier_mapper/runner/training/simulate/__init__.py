"""Simulated scenes: mountains with glaciers whose true outlines are known.

    scene = simulate_scene(seed=7, size_px=1024, out_dir="build/scene")     paths of four GeoTIFFs on one grid
    arrays = simulate(SceneSettings.drawn(seed=7, size_px=256))             the same in memory, of any kind, with radar
"""

from __future__ import annotations

from .files import SimulatedScene, WriteOptions, simulate_scene, write_scenes
from .scene import SceneArrays, simulate, simulate_dates, simulate_views
from .settings import Kind, SceneSettings, Season

__all__ = [
    "Kind", "SceneArrays", "SceneSettings", "Season", "SimulatedScene", "WriteOptions", "simulate", "simulate_dates",
    "simulate_scene", "simulate_views", "write_scenes",
]
