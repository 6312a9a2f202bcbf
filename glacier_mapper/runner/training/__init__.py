"""Simulated scenes: mountains with glaciers whose true outlines are known.

    scene = simulate_scene(seed=7, size_px=1024, out_dir="build/scene")
    scene.image, scene.elevation, scene.label, scene.debris     paths of four GeoTIFFs on one grid
"""

from __future__ import annotations

from .simulate import SimulatedScene, simulate_scene

__all__ = ["SimulatedScene", "simulate_scene"]
