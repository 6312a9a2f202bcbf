"""The scenes that a package of reduced precision is checked on: sampled and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.errors import RasterioError
from rasterio.windows import Window

from ...core.branches import LOCATION_INPUT
from ...core.errors import InvalidParameterError, NoValidPixelsError, UnreadableRasterError
from ...core.messages import in_one_line
from ...core.request import MapRequest
from ..models import NetworkModel
from ..models.package import Package
from ..scene import Scene, SceneFiles, open_scene

FloatImage = npt.NDArray[np.float32]
NO_LABEL = 255
PATCHES = 16
"""Patches that set the ranges of 8-bit tensors, over all scenes."""
LEAST_VALID = 0.2
"""The share of a patch that must have data to say something of ranges."""
ROWS = 256


def sample_patches(
    package: Package, scenes: list[SceneFiles], stop_if_asked: Callable[[], None]
) -> list[dict[str, FloatImage]]:
    """Batches of one patch, evenly spread over the scenes, scaled as the package's network takes them.

    Raises InputError kinds for a scene that the package can't map, NoValidPixelsError without data anywhere.
    """
    share = max(1, PATCHES // len(scenes))
    patches: list[dict[str, FloatImage]] = []
    for at, scene in enumerate(scenes[:PATCHES]):
        stop_if_asked()
        request = MapRequest(scene.sources(), "", model=str(package.folder), device="cpu")
        with open_scene(request) as opened:
            patches += _scene_patches(NetworkModel(package, request), opened, share, at)
    if not patches:
        raise NoValidPixelsError(layers=", ".join(scene.name for scene in scenes))
    return patches


def _scene_patches(model: NetworkModel, scene: Scene, count: int, seed: int) -> list[dict[str, FloatImage]]:
    """At most `count` patches at places drawn by chance, the same ones for the same seed."""
    model.prepare(scene, lambda: False)
    side, (rows, cols) = model.card.tiling.patch_px, scene.grid.shape_yx
    random = np.random.default_rng(seed)
    found: list[dict[str, FloatImage]] = []
    for _ in range(4 * count):
        row, col = (int(random.integers(0, max(0, size - side) + 1)) for size in (rows, cols))
        bands = scene.read(row, min(side, rows - row), model.roles)
        features = model.features({role: band[:, col : col + side] for role, band in bands.items()})
        if features.valid.mean() >= LEAST_VALID:
            patch = {name: _filled(value, side)[None] for name, value in features.inputs.items()}
            location = model.location(row + side / 2, col + side / 2)
            found.append(patch if location is None else {**patch, LOCATION_INPUT: location[None]})
        if len(found) == count:
            break
    return found


def _filled(image: FloatImage, side: int) -> FloatImage:
    """(bands, rows, cols) enlarged to a whole patch by repeating its edge."""
    lacking = [(0, 0), *((0, side - size) for size in image.shape[1:])]
    return np.ascontiguousarray(np.pad(image, lacking, mode="edge"))


class Counts(NamedTuple):
    """Of the pixels that have a probability in both maps; `hits`, `false` and `missed` with labels, a pair each."""

    valid: int = 0
    flipped: int = 0
    total_change: float = 0.0
    largest_change: float = 0.0
    labelled: int = 0
    hits: tuple[int, int] = (0, 0)
    wrong: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Totals:
    """Shares of 1; the IoUs and their loss are None without labels."""

    pixels_flipped: float
    iou_lost: float | None
    iou: float | None
    iou_float32: float | None
    mean_change: float
    largest_change: float
    pixels: int


@dataclass
class Comparison:
    """What differs between the maps of two packages, over all scenes."""

    counts: list[Counts] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def add(self, scene: SceneFiles, counts: Counts) -> None:
        """Take in a scene."""
        self.counts.append(counts)
        self.names.append(scene.name)

    def totals(self) -> Totals:
        """Over all scenes, pixels counted alike."""
        pixels = sum(one.valid for one in self.counts)
        before, after = (self._iou(side) for side in (0, 1))
        return Totals(
            pixels_flipped=sum(one.flipped for one in self.counts) / pixels,
            iou_lost=None if before is None or after is None else before - after,
            iou=after,
            iou_float32=before,
            mean_change=sum(one.total_change for one in self.counts) / pixels,
            largest_change=max(one.largest_change for one in self.counts),
            pixels=pixels,
        )

    def _iou(self, side: int) -> float | None:
        hits = sum(one.hits[side] for one in self.counts)
        union = hits + sum(one.wrong[side] for one in self.counts)
        if not any(one.labelled for one in self.counts):
            return None
        return hits / union if union else 1.0


def compare_maps(before: Path, after: Path, label: Path | None) -> Counts:
    """Count where two probability rasters of one grid differ, and how each agrees with the label.

    Raises InvalidParameterError for a label on another grid, UnreadableRasterError.
    """
    try:
        with rasterio.open(before) as first, rasterio.open(after) as second:
            if label is None:
                return _summed(_strips(first, second, None))
            with rasterio.open(label) as truth:
                _check_grid(first, truth, label)
                return _summed(_strips(first, second, truth))
    except RasterioError as exc:
        raise UnreadableRasterError(path=str(label or before), reason=in_one_line(str(exc))) from exc


def _check_grid(first: rasterio.DatasetReader, truth: rasterio.DatasetReader, label: Path) -> None:
    same = first.shape == truth.shape and first.transform.almost_equals(truth.transform, precision=1e-3)
    if not same:
        expected = f"on the grid of its image ({first.height} x {first.width} pixels)"
        raise InvalidParameterError(name="label", value=label.name, expected=expected)


def _strips(
    first: rasterio.DatasetReader, second: rasterio.DatasetReader, truth: rasterio.DatasetReader | None
) -> Iterator[Counts]:
    for row in range(0, first.height, ROWS):
        window = Window(0, row, first.width, min(ROWS, first.height - row))
        pair = [one.read(1, window=window) for one in (first, second)]
        yield count(pair[0], pair[1], None if truth is None else truth.read(1, window=window))


def count(before: FloatImage, after: FloatImage, label: npt.NDArray[np.uint8] | None) -> Counts:
    """What differs between two images of probability (rows, cols), NaN = no data."""
    both = np.isfinite(before) & np.isfinite(after)
    ice = [one[both] > 0.5 for one in (before, after)]
    change = np.abs(before[both].astype(np.float64) - after[both])
    hits, wrong, labelled = [0, 0], [0, 0], 0
    if label is not None:
        known = label[both] != NO_LABEL
        glacier, labelled = label[both][known] == 1, int(np.count_nonzero(known))
        hits = [int(np.count_nonzero(one[known] & glacier)) for one in ice]
        wrong = [int(np.count_nonzero(one[known] != glacier)) for one in ice]
    flipped = int(np.count_nonzero(ice[0] != ice[1]))
    largest = float(change.max()) if change.size else 0.0
    return Counts(
        int(both.sum()), flipped, float(change.sum()), largest, labelled, (hits[0], hits[1]), (wrong[0], wrong[1])
    )


def _summed(parts: Iterator[Counts]) -> Counts:
    total = Counts()
    for one in parts:
        total = Counts(
            valid=total.valid + one.valid,
            flipped=total.flipped + one.flipped,
            total_change=total.total_change + one.total_change,
            largest_change=max(total.largest_change, one.largest_change),
            labelled=total.labelled + one.labelled,
            hits=(total.hits[0] + one.hits[0], total.hits[1] + one.hits[1]),
            wrong=(total.wrong[0] + one.wrong[0], total.wrong[1] + one.wrong[1]),
        )
    return total
