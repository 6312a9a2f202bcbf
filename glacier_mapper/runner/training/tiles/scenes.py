"""What a data set is made from: scenes to open, and the label of each on its grid."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import rasterio
from rasterio.enums import Resampling
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.transform import Affine
from rasterio.vrt import WarpedVRT

from ....core.errors import InvalidParameterError, UnreadableRasterError
from ....core.grid import Grid
from ....core.request import BandSource, MapRequest
from ....core.roles import OPTICAL_ROLES
from ....core.sensors import product_of
from ...scene import SceneFiles, find_scenes
from .order import BuildOrder
from .outlines import Outlines, read_outlines
from .tile import DEBRIS, GLACIER, OTHER, UNKNOWN, LabelImage

SIMULATED_TAG = "SIMULATED"
DATE_TAIL = r"_\d{4}-\d{2}-\d{2}$"
"""What the names of a simulated scene's dates end with."""


class Truth(Protocol):
    """What is known of a scene's ground."""

    def burned(self, grid: Grid) -> LabelImage:
        """The label on a grid, uint8 (rows, cols), UNKNOWN where nothing is known."""

    def to_json(self) -> dict[str, Any]:
        """Where it comes from: a row of the source table."""


@dataclass(frozen=True)
class SceneInput:
    """A scene by name: its bands, and its label."""

    name: str
    sources: tuple[BandSource, ...]
    truth: Truth

    @property
    def world(self) -> str:
        """The ground that a simulated scene shows, the same for its dates; "" for the Earth."""
        return re.sub(DATE_TAIL, "", self.name) if SIMULATED_TAG in _tags(self.sources[0].path) else ""

    def request(self) -> MapRequest:
        """What opens the scene."""
        return MapRequest(self.sources, "")

    def to_json(self, used: dict[Any, BandSource], licence: str) -> dict[str, Any]:
        """The scene's row of the source table, with the sources as they were found."""
        paths = list(dict.fromkeys(source.path for source in used.values()))
        optical = [source for source in used.values() if source.role in OPTICAL_ROLES] or list(used.values())
        return {
            "scene": self.name,
            "files": [{"name": Path(path).name, "bytes": _size(path)} for path in paths],
            "date": next((source.date for source in optical if source.date), ""),
            "sensor": _sensor(optical[0].path),
            "licence": licence,
            "label": self.truth.to_json(),
        }


def _size(path: str) -> int:
    return Path(path).stat().st_size if Path(path).is_file() else 0


def _tags(path: str) -> dict[str, str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path) as raster:
            return raster.tags()


def _sensor(path: str) -> str:
    """The sensor that the file's name and tags speak of, "simulated" for made scenes, "" when unknown."""
    tags = _tags(path)
    product = product_of(" ".join(Path(path).parts[-2:]), tags)
    made = ["simulated"] if tags.get(SIMULATED_TAG) else []
    return " ".join([*made, product.sensor.value] if product else made)


@dataclass(frozen=True)
class LabelRaster:
    """A raster of labels: 0 other, 1 glacier, 2 debris-covered glacier, else not known; `debris` 1 where covered."""

    path: Path
    debris: Path | None = None

    def burned(self, grid: Grid) -> LabelImage:
        """The label on a grid, nearest neighbour. Raises UnreadableRasterError."""
        label = read_nearest(self.path, grid)
        label[~np.isin(label, (OTHER, GLACIER, DEBRIS))] = UNKNOWN
        if self.debris:
            label[(label == GLACIER) & (read_nearest(self.debris, grid) == 1)] = DEBRIS
        return label

    def to_json(self) -> dict[str, Any]:
        """A row of the source table."""
        return {"files": [path.name for path in (self.path, self.debris) if path], "kind": "raster"}


@dataclass(frozen=True)
class OutlinesTruth:
    """Outlines, everything outside of which is known to be no glacier."""

    outlines: Outlines
    licence: str

    def burned(self, grid: Grid) -> LabelImage:
        """The outlines' classes on a grid. Raises InvalidOutlinesError."""
        return self.outlines.burned(grid)

    def to_json(self) -> dict[str, Any]:
        """A row of the source table."""
        first, last = self.outlines.dates
        return {
            "files": [Path(self.outlines.path).name], "kind": self.outlines.convention or "outlines",
            "outlines": len(self.outlines.geometries), "first_date": first, "last_date": last,
            "licence": self.licence or self.outlines.licence,
        }  # fmt: skip


def read_nearest(path: Path, grid: Grid) -> LabelImage:
    """Band 1 of a raster of classes on a grid, uint8 (rows, cols), UNKNOWN outside. Raises UnreadableRasterError."""
    rows, cols = grid.shape_yx
    affine = Affine.from_gdal(*grid.geotransform)
    onto = {"crs": grid.crs, "transform": affine, "width": cols, "height": rows, "resampling": Resampling.nearest}
    try:
        with rasterio.open(path) as raster, WarpedVRT(raster, **onto, src_nodata=UNKNOWN, nodata=UNKNOWN) as view:
            values = view.read(1)
    except RasterioError as exc:
        raise UnreadableRasterError(path=str(path), reason=f"{exc}.") from exc
    if values.dtype == np.uint8:
        return values
    known = np.isin(values, (OTHER, GLACIER, DEBRIS))
    return np.where(known, values, UNKNOWN).astype(np.uint8)


def scene_inputs(order: BuildOrder) -> list[SceneInput]:
    """The scenes that an order names. Raises InputError kinds."""
    if not order.scenes:
        outlines = read_outlines(order.outlines, order.outlines_layer, order.debris)
        name = Path(order.sources[0].path).stem.removesuffix("_img")
        return [SceneInput(name, order.sources, OutlinesTruth(outlines, order.licence))]
    found = [scene for scene in find_scenes(order.scenes) if scene.label]
    if not found:
        expected = "a folder whose files *_img.tif have a *_label.tif beside them"
        raise InvalidParameterError(name="scenes", value=order.scenes, expected=expected)
    return [_labelled(scene) for scene in found]


def _labelled(scene: SceneFiles) -> SceneInput:
    return SceneInput(scene.name, scene.sources(), LabelRaster(scene.label or scene.image, scene.debris))
