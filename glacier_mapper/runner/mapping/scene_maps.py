"""Scenes of a folder mapped for measuring: by the same way as an analyst's, into a folder that is thrown away."""

from __future__ import annotations

from pathlib import Path

from ...core.progress import Controls
from ...core.request import MapRequest
from ...core.result import MapResult
from ..scene import SceneFiles
from .engine import map_glaciers


def map_scene(scene: SceneFiles, model: str, folder: Path, controls: Controls, device: str = "cpu") -> MapResult:
    """Map the scene with a model, by name or folder of its package, into `folder`, over what is there.

    Raises as `map_glaciers`.
    """
    request = MapRequest(scene.sources(), str(folder), model=model, device=device, overwrite=True)
    return map_glaciers(request, controls.on_progress, controls.should_stop)
