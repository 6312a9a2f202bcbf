"""A quick look at the view while sliders move."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.transform import Affine

from ...core.errors import InvalidParameterError
from ...core.grid import Grid
from ...core.progress import never
from ...core.request import MapRequest
from ...core.result import Preview
from ...core.roles import Role
from ..models.band_ratio import BandRatioModel
from ..models.registry import load_model
from ..models.threshold import scene_key
from ..scene import open_scene
from .disk import translate_os_error
from .rasters import thread_count
from .staging import is_running

FloatImage = npt.NDArray[np.float32]
HALO_PX = 3
"""Enough for the largest median window."""
FILES_KEPT = 3
MOST_THREADS = 4
"""Each keeps a row of the file's blocks decoded, and GDAL's cache of them has a bound."""
MIN_PX, MAX_PX = 16, 8192
PREFIX = "glacier-mapper-preview-"


@dataclass(frozen=True)
class _View:
    """The bands of a view at a coarse pixel, each HALO_PX larger on every side."""

    key: Hashable
    grid: Grid
    roles: frozenset[Role]
    """Of the sources that the scene uses."""
    bands: dict[Role, FloatImage]


class Previewer:
    """Keeps the bands of the last view, so that moving a slider reads no file. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._view: _View | None = None
        self._folder: Path | None = None
        self._files: list[Path] = []
        self._count = 0

    def preview(self, request: MapRequest, max_px: int, should_stop: Callable[[], bool] = never) -> Preview:
        """As the module's `preview`."""
        if not MIN_PX <= max_px <= MAX_PX:
            raise InvalidParameterError(name="max_px", value=max_px, expected=f"between {MIN_PX} and {MAX_PX}")
        start = time.perf_counter()
        if not isinstance(load_model(request.model, request), BandRatioModel):
            raise InvalidParameterError(name="model", value=request.model, expected="band-ratio for a preview")
        with self._lock:
            view = self._view_of(request, max_px, should_stop)
            model = BandRatioModel(request.band_ratio, request.only(view.roles).by_role)
            inner = {role: band[HALO_PX:-HALO_PX, HALO_PX:-HALO_PX] for role, band in view.bands.items()}
            model.prepare_from(inner)
            probability = model.predict(view.bands, HALO_PX)
            path = self._write(probability, view.grid)
        histogram = model.histogram(inner)
        return Preview(
            path=str(path),
            threshold=model.threshold.value,
            index=model.index.name,
            histogram=histogram.counts,
            histogram_range=(histogram.low, histogram.high),
            seconds=round(time.perf_counter() - start, 4),
        )

    def forget(self) -> None:
        """Drop the bands and the files."""
        with self._lock:
            self._view = None
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
            self._folder, self._files = None, []

    def _view_of(self, request: MapRequest, max_px: int, should_stop: Callable[[], bool]) -> _View:
        key = view_key(request, max_px)
        if self._view is None or self._view.key != key:
            self._view = None
            self._view = _read_view(request, max_px, key, should_stop)
        return self._view

    def _write(self, probability: FloatImage, grid: Grid) -> Path:
        """A new file each time, as a program may hold the last one open."""
        if self._folder is None:
            _sweep(Path(tempfile.gettempdir()))
            self._folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        self._count += 1
        path = self._folder / f"preview{self._count}.tif"
        try:
            _write_geotiff(path, probability, grid)
        except OSError as exc:
            raise translate_os_error(exc, path) from exc
        self._files.append(path)
        while len(self._files) > FILES_KEPT:
            self._drop(self._files.pop(0))
        return path

    @staticmethod
    def _drop(path: Path) -> None:
        try:
            path.unlink(missing_ok=True)
        except OSError:  # a program on Windows has it open; it goes with the folder
            return


def view_key(request: MapRequest, max_px: int) -> Hashable:
    """What must be the same for the bands in memory to be those of `request`: files, their state, view, size."""
    return (scene_key(request), max_px)


def _read_view(request: MapRequest, max_px: int, key: Hashable, should_stop: Callable[[], bool]) -> _View:
    uses = load_model(request.model, request).info.uses
    with open_scene(request) as scene:
        roles = [role for role in Role if role in scene.roles and role in uses and role is not Role.ELEVATION]
        threads = min(thread_count(request.threads), MOST_THREADS)
        grid, bands = scene.read_coarse(roles, max_px, should_stop, threads)
        if not np.isfinite(bands[Role.SWIR1]).any():
            raise scene.no_valid_pixels()
        used = frozenset(scene.sources)
    padded = {role: np.pad(band, HALO_PX, mode="edge") for role, band in bands.items()}
    return _View(key, grid, used, padded)


def _write_geotiff(path: Path, image: FloatImage, grid: Grid) -> None:
    rows, cols = image.shape
    profile = {
        "driver": "GTiff", "width": cols, "height": rows, "count": 1, "dtype": "float32", "nodata": float("nan"),
        "crs": rasterio.crs.CRS.from_user_input(grid.crs), "transform": Affine.from_gdal(*grid.geotransform),
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as dataset:
        dataset.write(image, 1)


def _sweep(home: Path) -> None:
    """Remove the folders of runners that have been killed."""
    for entry in home.glob(f"{PREFIX}*"):
        found = re.match(rf"{PREFIX}(\d+)-", entry.name)
        if found and not is_running(int(found[1])):
            shutil.rmtree(entry, ignore_errors=True)


_PREVIEWER = Previewer()
atexit.register(_PREVIEWER.forget)


def preview(request: MapRequest, max_px: int = 1024, should_stop: Callable[[], bool] = never) -> Preview:
    """The probability of the view at a coarser pixel, at most `max_px` on the longer side.

    The bands of the last view stay in memory, so a call that changes only `request.band_ratio` reads no file.
    An automatic threshold is that of the coarse view. The GeoTIFF lies in a temporary folder that ends with the
    process. Raises InputError kinds.
    """
    return _PREVIEWER.preview(request, max_px, should_stop)
