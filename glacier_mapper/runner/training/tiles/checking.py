"""What a tile data set holds, and whether it is what was built."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from ....core.errors import Cancelled
from ....core.model_errors import ChecksumError, InvalidDataSetError
from ....core.progress import Controls, Progress, Stage
from .blocks import neighbours
from .statistics import statistics_to_json
from .store import CHECKSUMS, CREATED, LABEL_ARRAY, TABLES, TileStore, array_name, open_tiles
from .tile import CLASSES, GUARD, class_counts
from .writing import chunk_checksums, json_checksum, metadata_checksum


def describe_tiles(path: str) -> dict[str, Any]:
    """What `dataset info` prints, as a JSON object. Raises as `open_tiles`."""
    store = open_tiles(path)
    tables = store.tables
    return {
        "store": str(store.path),
        "sha256": identity(store),
        "created": store.group.attrs.get(CREATED, ""),
        "tiles": len(store.records),
        "tile_px": store.tile_px,
        "pixel_size_m": sorted({record.pixel_size_m for record in store.records}),
        "bytes": sum(file.stat().st_size for file in store.path.rglob("*") if file.is_file()),
        "branches": tables["branches"],
        "splits": {name: _part(store, name) for name in store.splits},
        "split": tables["split"],
        "sources": tables["sources"],
        "statistics": statistics_to_json(store.statistics),
    }


def identity(store: TileStore) -> str:
    """The SHA-256 of all of the data set's checksums: the same for the same tiles in the same parts."""
    return json_checksum(_checksums(store))


def _checksums(store: TileStore) -> dict[str, Any]:
    said = dict(store.group.attrs).get(CHECKSUMS)
    if not isinstance(said, dict) or not isinstance(said.get("arrays"), dict):
        raise InvalidDataSetError(path=str(store.path), reason="it has no checksums.")
    return said


def _part(store: TileStore, name: str) -> dict[str, Any]:
    records = store.tiles(name).records
    pixels = np.sum([record.class_px for record in records], axis=0) if records else np.zeros(len(CLASSES))
    return {
        "tiles": len(records),
        "regions": dict(sorted(Counter(record.region for record in records).items())),
        "pixels": {label: int(count) for label, count in zip(CLASSES.values(), pixels)},
    }


def check_tiles(path: str, controls: Controls) -> dict[str, Any]:
    """Verify every checksum, the labels and the distance between the parts; gives what was looked at.

    Raises as `open_tiles`; ChecksumError for a changed file, InvalidDataSetError for one that is missing or does not
    belong there, for labels that are none, and for neighbours in different parts; Cancelled.
    """
    store = open_tiles(path)
    _check_tables(store)
    arrays = [*(array_name(branch) for branch in store.branches), LABEL_ARRAY]
    checked = 0
    for at, name in enumerate(arrays):
        controls.on_progress(Progress(Stage.READING, at, len(arrays), at / (len(arrays) + 1)))
        checked += _check_chunks(store, name, controls)
    _check_labels(store, controls)
    _check_parts(store)
    controls.on_progress(Progress(Stage.DONE, len(arrays), len(arrays), 1.0))
    return {
        "store": str(store.path), "sha256": identity(store), "tiles": len(store.records),
        "chunks": checked, "passed": True,
    }  # fmt: skip


def _check_tables(store: TileStore) -> None:
    said = _checksums(store)
    _compare(store.path / TABLES, str(said.get("tables")), json_checksum(store.tables))
    for name in (*(array_name(branch) for branch in store.branches), LABEL_ARRAY):
        try:
            found = metadata_checksum(store.path / name)
        except OSError as exc:
            raise InvalidDataSetError(path=str(store.path), reason=f"{name} can't be read: {exc}.") from exc
        _compare(store.path / name, str(said["arrays"].get(name)), found)


def _compare(file: Path, expected: str, found: str) -> None:
    if expected != found:
        raise ChecksumError(path=str(file), expected=expected, found=found, model=file.name, reason="")


def _check_chunks(store: TileStore, name: str, controls: Controls) -> int:
    """Verify the chunks of an array; how many there are."""
    said = dict(store.group[name].attrs).get(CHECKSUMS) or {}
    found = chunk_checksums(store.path / name, controls.should_stop)
    missing, strange = sorted(set(said) - set(found)), sorted(set(found) - set(said))
    if missing:
        raise InvalidDataSetError(path=str(store.path), reason=f"{name}/{missing[0]} is missing.")
    if strange:
        raise InvalidDataSetError(path=str(store.path), reason=f"{name}/{strange[0]} does not belong to it.")
    for chunk, expected in said.items():
        _compare(store.path / name / chunk, expected, found[chunk])
    return len(found)


def _check_labels(store: TileStore, controls: Controls) -> None:
    for place, record in enumerate(store.records):
        if controls.should_stop():
            raise Cancelled()
        if class_counts(store.label(place)) != record.class_px:
            reason = f"the label of {record.name} is not what its table says."
            raise InvalidDataSetError(path=str(store.path), reason=reason)


def _check_parts(store: TileStore) -> None:
    """Where the parts are spatial blocks, none may know the ground of another."""
    split = store.tables["split"]
    kept = [record for record in store.records if record.split != GUARD]
    if split["by"] != "blocks" or not kept:
        return
    for a, b in neighbours(kept, split["guard_km"] * 1000):
        if kept[a].split != kept[b].split:
            names = f"{kept[a].name} ({kept[a].split}) and {kept[b].name} ({kept[b].split})"
            raise InvalidDataSetError(path=str(store.path), reason=f"{names} are neighbours.")
