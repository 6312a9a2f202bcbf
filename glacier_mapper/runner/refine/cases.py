"""What the benchmark is played on: tongues whose outline is known, simulated and real."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import rasterio
import shapely
from scipy import ndimage
from shapely.geometry.base import BaseGeometry

from ...core.branches import Branch
from ...core.errors import NoValidPixelsError
from ...core.grid import Grid
from ...core.progress import Controls
from ...core.request import MapRequest
from ...core.roles import Role
from ..mapping.scene_maps import map_scene
from ..outlines import place_of_grid, polygons_of_field
from ..scene import SceneFiles, find_scenes, open_scene, scenes_of_part
from ..training.simulate import SceneSettings, write_scenes
from .analyst import Known
from .outline import NOTHING, TRACING
from .pieces import largest_piece, pieces_with

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

SIZE_PX = 512
SENSORS = ("L8", "S2")
"""Of simulated scenes, in turn: 30 m and 10 m a pixel."""
LEAST_PX = 600
"""A tongue has at least this many pixels; smaller ones are quicker drawn than marked."""
TONGUES = 2
"""At most so many are taken from a scene: those with most debris."""
AROUND = 0.25
"""A window is larger than its tongue by this share of the longer side, on every side."""
LEAST_AROUND_PX = 32
NOT_KNOWN = 255


@dataclass(frozen=True)
class Case:
    """A glacier whose tongue is to be outlined in the window round it.

    `bands` in physical units, float32 (rows, cols); `mapped` what the model takes for this glacier, bool likewise.
    """

    name: str
    grid: Grid
    bands: dict[Role, Image]
    probability: Image
    known: Known
    mapped: Mask

    def start(self, from_model: bool) -> BaseGeometry:
        """The outline to begin with: the model's, or none."""
        return outline_of(self.mapped, self.grid) if from_model else NOTHING


@dataclass(frozen=True)
class CaseSource:
    """Scenes to take cases from; the model sees `branches` of them, the strokes see all."""

    model: str
    branches: tuple[Branch, ...]


def outline_of(mask: Mask, grid: Grid) -> BaseGeometry:
    """The outline of a mask, as a mapping would trace it, unsmoothed stairs and all smoothed alike."""
    return shapely.union_all(polygons_of_field(mask.astype(np.float32), place_of_grid(grid), TRACING))


def simulated_cases(source: CaseSource, seeds: range, controls: Controls) -> Iterator[Case]:
    """The tongues of simulated valleys in late summer, one scene a seed. Raises what mapping raises."""
    for seed in seeds:
        with tempfile.TemporaryDirectory(prefix="glacier-mapper-refine-") as folder:
            write_scenes(SceneSettings(seed, SIZE_PX, SENSORS[seed % 2]), folder)
            yield from _cases_of(find_scenes(folder)[0], source, controls)


def real_cases(source: CaseSource, folder: str, part: str, controls: Controls) -> Iterator[Case]:
    """The glaciers of the labelled scenes of a folder, of one part of its split.json, "" for all."""
    for scene in scenes_of_part(folder, part):
        if scene.label:
            yield from _cases_of(scene, source, controls)


def _cases_of(scene: SceneFiles, source: CaseSource, controls: Controls) -> Iterator[Case]:
    """A scene's cases."""
    shown = replace(scene, branches=source.branches)
    with tempfile.TemporaryDirectory(prefix="glacier-mapper-refine-") as folder:
        try:
            mapped = map_scene(shown, source.model, Path(folder) / "map", Controls(should_stop=controls.should_stop))
        except NoValidPixelsError:
            return
        probability = _read(Path(mapped.probability))
    with open_scene(MapRequest(scene.sources(), "")) as opened:
        grid = opened.grid
        bands = opened.read(0, grid.shape_yx[0], opened.roles)
    label = _read(scene.label or scene.image)
    debris = _read(scene.debris) == 1 if scene.debris else label == 1
    for number, (rows, cols, glacier) in enumerate(_tongues(label, debris), 1):
        known = Known(glacier[rows, cols], (label != NOT_KNOWN)[rows, cols])
        ice = probability[rows, cols] >= 0.5
        yield Case(
            f"{scene.name} {number}", _cut(grid, rows, cols), {role: band[rows, cols] for role, band in bands.items()},
            probability[rows, cols], known, pieces_with(ice, ice & known.truth),
        )  # fmt: skip


def _read(path: Path) -> npt.NDArray:
    with rasterio.open(path) as raster:
        return raster.read(1)


def _tongues(label: npt.NDArray, debris: Mask) -> Iterator[tuple[slice, slice, Mask]]:
    """Rows, columns and all of the glacier, of the tongues with most debris, each a glacier of its own."""
    glaciers, count = ndimage.label(label == 1)
    covered = np.bincount(glaciers[debris], minlength=count + 1)
    covered[0] = 0
    for number in np.argsort(-covered, kind="stable")[:TONGUES]:
        tongue = largest_piece(debris & (glaciers == number))
        if tongue is not None and np.count_nonzero(tongue) >= LEAST_PX:
            yield (*_around(tongue), glaciers == number)


def _around(tongue: Mask) -> tuple[slice, slice]:
    rows, cols = ndimage.find_objects(tongue.astype(np.int8))[0]
    margin = max(LEAST_AROUND_PX, int(AROUND * max(rows.stop - rows.start, cols.stop - cols.start)))
    (height, width) = tongue.shape
    return (
        slice(max(0, rows.start - margin), min(height, rows.stop + margin)),
        slice(max(0, cols.start - margin), min(width, cols.stop + margin)),
    )  # fmt: skip


def _cut(grid: Grid, rows: slice, cols: slice) -> Grid:
    (x, y), size = grid.origin_xy_m, grid.pixel_size_m
    shape = rows.stop - rows.start, cols.stop - cols.start
    return Grid(grid.crs, (x + cols.start * size, y - rows.start * size), size, shape)
