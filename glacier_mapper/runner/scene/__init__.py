"""Sources onto one grid: what to read, where it lies, in physical units.

    with open_scene(request) as scene:
        for block in scene.blocks():
            bands = scene.read(block.row, block.rows, scene.roles, halo_px=1)
"""

from __future__ import annotations

from .describe import describe_file, guess_sources, metric_grid, notes_on_unused
from .scene import Block, Scene, open_scene
from .scene_folder import SceneFiles, find_scenes, read_split, scenes_of_part

__all__ = [
    "Block", "Scene", "SceneFiles", "describe_file", "find_scenes", "guess_sources", "metric_grid", "notes_on_unused",
    "open_scene", "read_split", "scenes_of_part",
]  # fmt: skip
