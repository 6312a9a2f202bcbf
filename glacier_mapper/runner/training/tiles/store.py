"""A tile data set on the disk: a Zarr group whose arrays have one chunk a tile.

    inputs/<branch>      float32 (tile, band, row, col), NaN = no data; a tile without the branch has no chunk
    label                uint8 (tile, row, col), the values of `tile.CLASSES`

The group's attribute `glacier_mapper_tiles` holds the tables (tiles, classes, sources, statistics, split), its
attribute `sha256` their checksum and those of each array's own metadata, and each array's attribute `sha256` those of
its chunks. The same sources and order give the same bytes, but for the attribute `created`.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ....core.branches import BRANCH_ROLES, Branch
from ....core.errors import MissingFileError
from ....core.messages import QT_TRANSLATE_NOOP
from ....core.model_errors import InvalidDataSetError, MissingPythonPackageError
from .statistics import Statistics, statistics_from_json
from .tile import LabelImage, Tile, TileRecord

TABLES, CHECKSUMS, CREATED = "glacier_mapper_tiles", "sha256", "created"
FORMAT_VERSION = 1
LABEL_ARRAY = "label"
JOB = QT_TRANSLATE_NOOP("jobs", "Working with tile data sets")


def need_zarr() -> Any:
    """The package zarr. Raises MissingPythonPackageError."""
    if importlib.util.find_spec("zarr") is None:
        raise MissingPythonPackageError(package="zarr", job=JOB)
    import zarr

    return zarr


def open_group(path: Path, mode: str) -> Any:
    """The Zarr group in a folder, of format 2, which all releases of zarr and most other programs read."""
    return need_zarr().open_group(str(path), mode=mode, **({"zarr_format": 2} if _is_new() else {}))


def _is_new() -> bool:
    return not need_zarr().__version__.startswith("2.")


def array_name(branch: Branch) -> str:
    """The array of a branch."""
    return f"inputs/{branch.value}"


class TileList(Sequence[Tile]):
    """The tiles of a part, read when they are asked for."""

    def __init__(self, store: TileStore, places: Sequence[int]) -> None:
        self._store, self._places = store, tuple(places)

    @property
    def records(self) -> tuple[TileRecord, ...]:
        """Where the tiles lie; reads no pixel."""
        return tuple(self._store.records[place] for place in self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return TileList(self._store, self._places[at])
        return self._store.read(self._places[at])

    def __iter__(self) -> Iterator[Tile]:
        return (self._store.read(place) for place in self._places)


class TileStore:
    """A tile data set that was opened; can be handed to other processes.

    `tables` are those of the group, `records` and `statistics` (of the training tiles) read from them.
    """

    def __init__(self, path: Path, tables: dict[str, Any]) -> None:
        self.path, self.tables = path, tables
        self.branches = tuple(branch for branch in Branch if branch.value in tables["branches"])
        self.records = tuple(TileRecord.from_json(one) for one in tables["tiles"])
        self.statistics: Statistics = statistics_from_json(tables["statistics"])
        self.tile_px = int(tables["tile_px"])
        self._group: Any = None
        self._arrays: dict[str, Any] = {}

    @property
    def splits(self) -> dict[str, int]:
        """The number of tiles of each part."""
        names = [record.split for record in self.records]
        return {name: names.count(name) for name in dict.fromkeys((*self.tables["split"]["parts"], *names))}

    def tiles(self, split: str) -> TileList:
        """The tiles of a part, "" for all; empty for a part that is not there."""
        return TileList(self, [at for at, one in enumerate(self.records) if split in ("", one.split)])

    def read(self, place: int) -> Tile:
        """The tile at a place of `records`. Raises InvalidDataSetError where its chunks can't be read."""
        record = self.records[place]
        try:
            inputs = {branch: np.asarray(self.array(array_name(branch))[place]) for branch in self.branches}
            label = self.label(place)
        except (OSError, KeyError, ValueError, RuntimeError) as exc:
            reason = f"tile {record.name} can't be read: {exc}."
            raise InvalidDataSetError(path=str(self.path), reason=reason) from exc
        return Tile(record.name, record.region, inputs, label, record)

    def label(self, place: int) -> LabelImage:
        """The label alone of the tile at a place of `records`."""
        return np.asarray(self.array(LABEL_ARRAY)[place])

    def array(self, name: str) -> Any:
        """A Zarr array by name, opened when it is first asked for."""
        if name not in self._arrays:
            self._arrays[name] = self.group[name]
        return self._arrays[name]

    @property
    def group(self) -> Any:
        """The Zarr group, opened when it is first asked for."""
        if self._group is None:
            self._group = open_group(self.path, "r")
        return self._group

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_group": None, "_arrays": {}}


def open_tiles(path: str | Path) -> TileStore:
    """The tile data set at `path`; reads its tables and no tile.

    Raises MissingFileError, InvalidDataSetError, MissingPythonPackageError.
    """
    need_zarr()
    folder = Path(path).absolute()
    if not folder.exists():
        raise MissingFileError(path=str(folder))
    try:
        tables = dict(open_group(folder, "r").attrs).get(TABLES)
    except (OSError, KeyError, ValueError, TypeError, RuntimeError) as exc:
        raise InvalidDataSetError(path=str(folder), reason=f"{exc}.") from exc
    if not isinstance(tables, dict):
        raise InvalidDataSetError(path=str(folder), reason="it has no tables of tiles.")
    if tables.get("version") != FORMAT_VERSION:
        reason = f"it is of version {tables.get('version')}; this release reads version {FORMAT_VERSION}."
        raise InvalidDataSetError(path=str(folder), reason=reason)
    try:
        return TileStore(folder, tables)
    except (KeyError, TypeError, ValueError) as exc:
        raise InvalidDataSetError(path=str(folder), reason=f"its tables can't be read: {exc!r}.") from exc


def bands_of(branch: Branch) -> int:
    """The number of a branch's bands."""
    return len(BRANCH_ROLES[branch])
