"""A tile data set of simulated scenes, made without rasters on the way: `dataset simulate`.

Each place is simulated once and seen several times (another season, sky, sensor); all views of a place belong to one
part, so nothing of a place that a network learns from comes back when it is judged.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ...core.branches import BRANCH_ROLES, Branch
from ...core.errors import Cancelled, InvalidParameterError
from ...core.grid import Grid
from ...core.progress import Controls, Progress, Stage
from .simulate import SceneArrays, SceneSettings, simulate_views
from .simulate.files import CRS, ORIGIN_XY_M
from .tiles.building import appearing, check_store_target
from .tiles.checking import describe_tiles
from .tiles.cutting import Window, record_of
from .tiles.order import shares_of
from .tiles.statistics import gather, statistics_to_json
from .tiles.store import FORMAT_VERSION, TileStore, need_zarr
from .tiles.tile import CLASSES, DEBRIS, TRAIN, UNKNOWN, FloatImage, LabelImage, TileRecord, class_counts
from .tiles.writing import TileWriter

REGION = "simulated"
LICENCE = "CC0-1.0"
MADE = 0.95
"""How far the job is when all tiles are written."""


@dataclass(frozen=True)
class SimulatedOrder:
    """What to make: `places` seen `views` times each, in tiles of `tile_px`, the first place by `seed`.

    `without_ice` is the share of places without a glacier; `split` shares the places out. `workers` are processes, 0
    for one a core. Raises InvalidParameterError.
    """

    out: str
    places: int = 500
    views: int = 3
    tile_px: int = 256
    seed: int = 1
    without_ice: float = 0.2
    split: str = "90/5/5"
    workers: int = 0
    overwrite: bool = False

    def __post_init__(self) -> None:
        for name, least, most in (("places", 1, 10**6), ("views", 1, 20), ("tile_px", 64, 1024), ("seed", 0, 2**31)):
            if not least <= getattr(self, name) <= most:
                raise InvalidParameterError(name=name, value=getattr(self, name), expected=f"from {least} to {most}")
        if not 0 <= self.without_ice <= 1:
            raise InvalidParameterError(name="without_ice", value=self.without_ice, expected="from 0 to 1")
        shares_of(self.split)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> SimulatedOrder:
        """From the params of the method. Raises InvalidParameterError, TypeError."""
        return cls(**data)

    def parts(self) -> list[str]:
        """The part of each place, drawn by `seed`."""
        shares = shares_of(self.split)
        ends = np.cumsum(list(shares.values())) * self.places
        names = [list(shares)[int(np.searchsorted(ends, at, "right").clip(0, len(shares) - 1))]
                 for at in np.arange(self.places) + 0.5]  # fmt: skip
        return [names[at] for at in np.random.default_rng([self.seed, 9]).permutation(self.places)]


def simulate_tiles(order: SimulatedOrder, controls: Controls) -> dict[str, Any]:
    """Make the data set and say what was made, as `describe_tiles` does. It appears when it is whole.

    Raises OutputExistsError, OutputNotWritableError, DiskFullError, MissingPythonPackageError, Cancelled.
    """
    need_zarr()
    target = Path(order.out).absolute()
    check_store_target(target, order.overwrite)
    count = order.places * order.views
    needed = count * order.tile_px**2 * 4 * sum(len(BRANCH_ROLES[one]) for one in Branch) // 2
    with appearing(target, needed) as folder:
        _Making(order, controls, TileWriter(folder, tuple(Branch), order.tile_px, count)).go(folder)
    controls.on_progress(Progress(Stage.DONE, count, count, 1.0))
    return describe_tiles(str(target))


class _Making:
    """One making and what its steps share."""

    def __init__(self, order: SimulatedOrder, controls: Controls, writer: TileWriter) -> None:
        self._order, self._controls, self._writer = order, controls, writer
        self._records: list[TileRecord] = []
        self._sources: list[dict[str, Any]] = []

    def go(self, folder: Path) -> None:
        """Write all of it. Raises what `simulate_tiles` does."""
        order, parts = self._order, self._order.parts()
        settings = [
            SceneSettings.drawn(order.seed + place, order.tile_px, order.without_ice) for place in range(order.places)
        ]
        with _mapped(partial(_views, views=order.views), settings, order.workers) as made:
            for place, scenes in enumerate(made):
                self._tell(place)
                for view, (one, scene) in enumerate(scenes):
                    self._add(f"sim_{one.seed}_{view}", one, scene, parts[place])
        tables = self._tables()
        train = (tile for tile in TileStore(folder, tables).tiles(TRAIN) if not self._is_stopped())
        tables["statistics"] = statistics_to_json(gather(tuple(Branch), train))
        self._writer.finish(tables, self._controls.should_stop)

    def _add(self, name: str, settings: SceneSettings, scene: SceneArrays, part: str) -> None:
        inputs, label = arrays_of(scene)
        self._writer.add(inputs, label)
        side = self._order.tile_px
        grid = Grid(CRS, ORIGIN_XY_M, scene.pixel_m, (side, side))
        record = record_of(name, grid, Window(0, 0, side, side), side)
        world = f"sim_{settings.seed}"
        told = {"region": REGION, "split": part, "class_px": class_counts(label), "world": world, "name": name}
        self._records.append(TileRecord(**{**vars(record), **told}))
        self._sources.append({
            "scene": name, "files": [], "date": "", "sensor": f"simulated {settings.sensor}", "licence": LICENCE,
            "label": {"files": [], "kind": "simulated"},
            "settings": {"kind": settings.kind.value, "season": settings.season.value, "seed": settings.seed},
        })  # fmt: skip

    def _tables(self) -> dict[str, Any]:
        order, shares = self._order, shares_of(self._order.split)
        split = {"parts": list(shares), "guard_km": 0.0, "seed": order.seed, "neighbours": 0}
        return {
            "version": FORMAT_VERSION,
            "tile_px": order.tile_px,
            "branches": {branch.value: [role.value for role in BRANCH_ROLES[branch]] for branch in Branch},
            "classes": [{"value": value, "name": name} for value, name in CLASSES.items()],
            "split": {**split, "by": "places", "shares": shares},
            "sources": self._sources,
            "tiles": [record.to_json() for record in self._records],
            "statistics": {},
        }

    def _tell(self, place: int) -> None:
        self._is_stopped()
        total = self._order.places
        self._controls.on_progress(Progress(Stage.SIMULATING, place, total, MADE * place / total))

    def _is_stopped(self) -> bool:
        """False. Raises Cancelled."""
        if self._controls.should_stop():
            raise Cancelled()
        return False


def arrays_of(scene: SceneArrays) -> tuple[dict[Branch, FloatImage], LabelImage]:
    """A simulated scene as a tile: inputs by branch, and the label with debris told apart."""
    label = scene.label.copy()
    label[(scene.label == 1) & (scene.debris == 1)] = DEBRIS
    label[scene.label == UNKNOWN] = UNKNOWN
    return {
        Branch.OPTICAL: scene.optical,
        Branch.DEM: np.stack([scene.elevation, scene.slope]),
        Branch.CO_POL_SAR: scene.co_pol,
        Branch.CROSS_POL_SAR: scene.cross_pol,
        Branch.IN_SAR: scene.coherence,
        Branch.THERMAL: scene.thermal[None],
    }, label


def _views(settings: SceneSettings, views: int) -> list[tuple[SceneSettings, SceneArrays]]:
    seen = [settings, *(settings.seen_again(number) for number in range(1, views))]
    return [(SceneSettings(**{**vars(one), "seed": settings.seed}), scene)
            for one, scene in zip(seen, simulate_views(settings, views))]  # fmt: skip


@contextmanager
def _mapped(work: Any, items: list[Any], workers: int) -> Iterator[Iterator[Any]]:
    """`work` of each item in order, in processes where the system can fork them cheaply; they end with the block."""
    count = min(workers or os.cpu_count() or 1, len(items))
    if count < 2 or sys.platform != "linux":
        yield map(work, items)
        return
    # Held back until the process has its own handlers: one that came before would be lost, and the pool wait for ever.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        pool = multiprocessing.get_context("fork").Pool(count, _mortal)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    with pool:
        yield pool.imap(work, items)


def _mortal() -> None:
    """A forked process has the command's handlers, which only ask to stop: with them it would outlive the pool."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all of a terminal's processes; the first one ends us
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
