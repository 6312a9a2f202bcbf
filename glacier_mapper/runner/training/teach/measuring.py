"""The part of the view that was kept aside, mapped before and after, by the same way as any mapping."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import rasterio

from ....core.errors import OutputNotWritableError
from ....core.extent import Extent
from ....core.grid import Grid
from ....core.progress import Controls
from ....core.request import MapRequest
from ....core.teach import FIGURES, TeachRequest
from ...mapping import map_glaciers
from ..evaluation import score
from ..evaluation.pictures import flat_picture
from ..tiles.cutting import Window
from ..tiles.tile import LabelImage


@dataclass(frozen=True)
class Measured:
    """How a model maps the part: figures by name, the probability (rows, cols), and how long it took."""

    figures: dict[str, float | None]
    probability: npt.NDArray[np.float32]
    seconds: float


class Aside:
    """The part, with what is known of it."""

    def __init__(self, request: TeachRequest, grid: Grid, label: LabelImage, box: Window) -> None:
        (left, top), size = grid.origin_xy_m, grid.pixel_size_m
        self.grid = Grid(grid.crs, (left + box.col * size, top - box.row * size), size, (box.rows, box.cols))
        self.label = label[box.row : box.row + box.rows, box.col : box.col + box.cols]
        self._request = request

    def measured(self, model: str, folder: Path, controls: Controls) -> Measured:
        """Map the part with a model, by name or folder, into `folder`, and measure. Raises as `map_glaciers`."""
        started = time.monotonic()
        mapped = map_glaciers(self._mapping(model, folder), controls.on_progress, controls.should_stop)
        with rasterio.open(mapped.probability) as raster:
            probability = on_grid(raster.read(1), mapped.grid, self.grid)
        figures = score(probability, self.label, self.grid.pixel_size_m, tells_debris=False).figures()
        told = {name: None if figures[name] is None else float(figures[name]) for name in FIGURES}
        return Measured(told, probability, time.monotonic() - started)

    def picture(self, measured: Measured, path: Path) -> str:
        """Write what was right and wrong over the image as a PNG. Raises OutputNotWritableError."""
        picture = flat_picture(self._mapping("", path.parent), self.grid, measured.probability, self.label)
        try:
            path.write_bytes(picture)
        except OSError as exc:
            raise OutputNotWritableError(path=str(path), reason=f"{exc.strerror or exc}.") from exc
        return str(path)

    def _mapping(self, model: str, folder: Path) -> MapRequest:
        request = self._request
        return MapRequest(
            request.sources, str(folder), model=model, extent=Extent(*self.grid.bounds_m, crs=self.grid.crs),
            device="cpu", threads=request.threads, overwrite=True,
        )  # fmt: skip


def on_grid(values: npt.NDArray[np.float32], found: Grid, wanted: Grid) -> npt.NDArray[np.float32]:
    """Values on a grid moved to another of the same pixels, NaN where there are none."""
    moved = np.full(wanted.shape_yx, np.nan, np.float32)
    top = round((wanted.origin_xy_m[1] - found.origin_xy_m[1]) / wanted.pixel_size_m)
    left = round((found.origin_xy_m[0] - wanted.origin_xy_m[0]) / wanted.pixel_size_m)
    rows, cols = wanted.shape_yx
    first, last = max(0, top), min(rows, top + values.shape[0])
    west, east = max(0, left), min(cols, left + values.shape[1])
    if first < last and west < east:
        moved[first:last, west:east] = values[first - top : last - top, west - left : east - left]
    return moved
