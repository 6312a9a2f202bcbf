"""The building of a tile data set: scenes are opened, cut, written, split and described, all or nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ....core.branches import BRANCH_ROLES, Branch
from ....core.errors import (
    Cancelled,
    InvalidParameterError,
    NoValidPixelsError,
    OutputExistsError,
    OutputNotWritableError,
)
from ....core.grid import Grid
from ....core.package_files import check_room, partial_folder, put_in_place, sweep, write_error
from ....core.progress import Controls, Progress, Stage
from ....core.roles import Role
from ...scene import Scene, open_scene
from .cutting import Window, record_of, strip_of, windows_of
from .order import BuildOrder
from .scenes import SceneInput, scene_inputs
from .splitting import Splitting, splitting_of
from .statistics import gather, statistics_to_json
from .store import FORMAT_VERSION, TileStore, need_zarr
from .tile import CLASSES, TRAIN, UNKNOWN, FloatImage, LabelImage, TileRecord, class_counts
from .writing import TileWriter

LEAST_KNOWN = 0.05
"""The share of a tile that must be known and seen; emptier ones are left out."""
GROUP_FILE = ".zgroup"
"""What a Zarr group has."""
MULTIPLE_PX = 32
"""Tiles whose side is told in km have one that networks like."""
WRITTEN, DESCRIBED = 0.85, 0.95
"""How far the job is when the tiles are written, and when they are described."""


class _Header(NamedTuple):
    """What is known of a scene before its pixels are read."""

    input: SceneInput
    grid: Grid
    roles: frozenset[Role]
    world: str


def build_tiles(order: BuildOrder, controls: Controls) -> dict[str, Any]:
    """Build the data set that `order` asks for and say what was made, as `describe_tiles` does.

    It appears under its name when it is whole. Raises InputError kinds, OutputExistsError, OutputNotWritableError,
    DiskFullError, MissingPythonPackageError, Cancelled; after any of them what was there is as it was.
    """
    need_zarr()
    target = Path(order.out).absolute()
    check_store_target(target, order.overwrite)
    inputs = scene_inputs(order)
    splitting = splitting_of(order, [one.name for one in inputs])
    headers = [_header(one) for one in inputs if splitting.wants(one.name)]
    build = _Build(order, headers, splitting, controls)
    with appearing(target, build.bytes_at_most) as folder:
        build.into(folder)
    controls.on_progress(Progress(Stage.DONE, build.done, build.total, 1.0))
    from .checking import describe_tiles

    return describe_tiles(str(target))


def check_store_target(target: Path, overwrite: bool) -> None:
    """Raise OutputExistsError, or OutputNotWritableError for what is no data set and is never replaced."""
    if not target.exists():
        return
    if not overwrite:
        raise OutputExistsError(path=str(target))
    if not (target / GROUP_FILE).is_file():
        raise OutputNotWritableError(path=str(target), reason="it is there already and is no tile data set.")


def _header(one: SceneInput) -> _Header:
    with open_scene(one.request()) as scene:
        return _Header(one, scene.grid, scene.roles, one.world)


@contextmanager
def appearing(target: Path, needed: int) -> Iterator[Path]:
    """A folder that takes the name `target` at the end of the block, or goes. Raises OutputError kinds."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        sweep(target.parent)
        check_room(target.parent, needed)
        partial = partial_folder(target)
        try:
            yield partial
            put_in_place(partial, target)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    except OSError as exc:
        raise write_error(exc, target) from exc


def tile_side(order: BuildOrder, grids: list[Grid]) -> int:
    """The side of a tile in pixels: at most that of the largest scene. Raises InvalidParameterError."""
    largest = max(max(grid.shape_yx) for grid in grids)
    if order.tile_px:
        return min(order.tile_px, largest)
    sizes = sorted({round(grid.pixel_size_m, 3) for grid in grids})
    if len(sizes) > 1:
        expected = f"left out, and --tile-px given, as the scenes have pixels of {', '.join(map(str, sizes))} m"
        raise InvalidParameterError(name="tile_km", value=order.tile_km, expected=expected)
    side = max(1, round(order.tile_km * 1000 / sizes[0] / MULTIPLE_PX)) * MULTIPLE_PX
    return min(side, largest)


@dataclass
class _Build:
    """One building and what its steps share."""

    order: BuildOrder
    headers: list[_Header]
    splitting: Splitting
    controls: Controls

    def __post_init__(self) -> None:
        self.side = tile_side(self.order, [one.grid for one in self.headers])
        roles = frozenset().union(*(one.roles for one in self.headers))
        self.branches = tuple(branch for branch in Branch if set(BRANCH_ROLES[branch]) & roles)
        self.windows = [windows_of(one.grid, self.side) for one in self.headers]
        self.total = sum(len(windows) for windows in self.windows)
        self.done = 0
        self.records: list[TileRecord] = []
        self.sources: list[dict[str, Any]] = []

    @property
    def bytes_at_most(self) -> int:
        """Half of what the tiles take before they are packed."""
        bands = sum(len(BRANCH_ROLES[branch]) for branch in self.branches)
        return self.total * self.side**2 * (4 * bands + 1) // 2

    def into(self, folder: Path) -> None:
        """Write all of the data set. Raises what `build_tiles` does."""
        writer = TileWriter(folder, self.branches, self.side, self.total)
        for header, windows in zip(self.headers, self.windows):
            with open_scene(header.input.request()) as scene:
                self._cut(scene, header, windows, writer)
                self.sources.append(header.input.to_json(scene.sources, self.order.licence))
        if not self.records:
            raise NoValidPixelsError(layers=", ".join(header.input.name for header in self.headers[:5]))
        writer.trim()
        parts = self.splitting.parts(self.records, self.side)
        self.records = [replace(record, split=part) for record, part in zip(self.records, parts)]
        if TRAIN not in parts:
            expected = "a split that leaves tiles for training: take smaller tiles, blocks or guard, or more scenes"
            raise InvalidParameterError(name="split", value=self.splitting.told, expected=expected)
        tables = self._tables()
        self._tell(WRITTEN)
        tables["statistics"] = self._statistics(folder, tables)
        self._tell(DESCRIBED)
        writer.finish(tables, self.controls.should_stop)

    def _cut(self, scene: Scene, header: _Header, windows: list[Window], writer: TileWriter) -> None:
        """Write the tiles of a scene, row by row of tiles."""
        label = header.input.truth.burned(scene.grid)
        for top in sorted({window.row for window in windows}):
            row = [window for window in windows if window.row == top]
            strip = {branch: strip_of(scene, branch, top, row[0].rows) for branch in self.branches}
            for window in row:
                self._tell(WRITTEN * self.done / self.total)
                self._add(header, window, self._tile(strip, label, window), writer)
                self.done += 1

    def _tile(
        self, strip: dict[Branch, FloatImage], label: LabelImage, window: Window
    ) -> tuple[dict[Branch, FloatImage], LabelImage]:
        """A tile's inputs and label, filled up with no data and UNKNOWN to its side."""
        columns = slice(window.col, window.col + window.cols)
        inputs = {}
        for branch, bands in strip.items():
            inputs[branch] = np.full((len(bands), self.side, self.side), np.nan, np.float32)
            inputs[branch][:, : window.rows, : window.cols] = bands[:, :, columns]
        known = np.full((self.side, self.side), UNKNOWN, np.uint8)
        known[: window.rows, : window.cols] = label[window.row : window.row + window.rows, columns]
        return inputs, known

    def _add(
        self, header: _Header, window: Window, tile: tuple[dict[Branch, FloatImage], LabelImage], writer: TileWriter
    ) -> None:
        """Write a tile, unless hardly anything is known and seen in it."""
        inputs, label = tile
        images = [image for branch, image in inputs.items() if branch is not Branch.DEM] or list(inputs.values())
        seen = np.any([np.isfinite(image).any(axis=0) for image in images], axis=0)
        if (seen & (label != UNKNOWN)).mean() < LEAST_KNOWN:
            return
        writer.add(inputs, label)
        record = record_of(header.input.name, header.grid, window, self.side)
        region = self.order.region or record.region
        counts = class_counts(label)
        self.records.append(replace(record, region=region, class_px=counts, world=header.world))

    def _tables(self) -> dict[str, Any]:
        return {
            "version": FORMAT_VERSION,
            "tile_px": self.side,
            "branches": {branch.value: [role.value for role in BRANCH_ROLES[branch]] for branch in self.branches},
            "classes": [{"value": value, "name": name} for value, name in CLASSES.items()],
            "split": self.splitting.to_json(self.side, self.records),
            "sources": self.sources,
            "tiles": [record.to_json() for record in self.records],
            "statistics": {},
        }

    def _statistics(self, folder: Path, tables: dict[str, Any]) -> dict[str, Any]:
        """Over the training tiles, read back one after another."""
        train = TileStore(folder, tables).tiles(TRAIN)

        def watched() -> Iterator[Any]:
            for at in range(len(train)):
                self._tell(WRITTEN + (DESCRIBED - WRITTEN) * at / len(train))
                yield train[at]

        return statistics_to_json(gather(self.branches, watched()))

    def _tell(self, fraction: float) -> None:
        """Say how far the job is. Raises Cancelled."""
        if self.controls.should_stop():
            raise Cancelled()
        stage = Stage.READING if fraction < WRITTEN else Stage.WRITING
        self.controls.on_progress(Progress(stage, self.done, self.total, round(fraction, 4)))
