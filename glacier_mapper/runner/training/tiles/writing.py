"""The writing of a tile data set: tile by tile into its arrays, then the tables and the checksums."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np

from ....core.branches import Branch
from ....core.package_files import file_sha256, never
from .store import CHECKSUMS, CREATED, LABEL_ARRAY, TABLES, array_name, bands_of, open_group
from .tile import UNKNOWN, FloatImage, LabelImage

METADATA = (".zarray", ".zattrs")
DIMENSIONS = "_ARRAY_DIMENSIONS"
"""The attribute that names the dimensions of an array, as xarray reads it."""
COMPRESSION_LEVEL = 3


class TileWriter:
    """Writes tiles into the folder `path`, which it makes; `capacity` is the largest number of tiles."""

    def __init__(self, path: Path, branches: Sequence[Branch], tile_px: int, capacity: int) -> None:
        self.path, self.count = path, 0
        self._group = open_group(path, "w")
        self._arrays: dict[str, Any] = {}
        for branch in branches:
            dimensions = {"tile": capacity, "band": bands_of(branch), "row": tile_px, "col": tile_px}
            self._make(array_name(branch), dimensions, "float32", np.nan)
        self._make(LABEL_ARRAY, {"tile": capacity, "row": tile_px, "col": tile_px}, "uint8", UNKNOWN)

    def _make(self, name: str, dimensions: dict[str, int], kind: str, nothing: float) -> None:
        """An array with a chunk a tile; chunks of nothing else are not written."""
        from numcodecs import Blosc

        shape = tuple(dimensions.values())
        packed = Blosc(cname="zstd", clevel=COMPRESSION_LEVEL, shuffle=Blosc.SHUFFLE)
        values = {"shape": shape, "chunks": (1, *shape[1:]), "dtype": kind, "fill_value": nothing}
        if hasattr(self._group, "create_array"):
            array = self._group.create_array(name, **values, compressors=packed)
        else:  # zarr 2
            array = self._group.create_dataset(name, **values, compressor=packed)
        array.attrs[DIMENSIONS] = list(dimensions)
        self._arrays[name] = array

    def add(self, inputs: dict[Branch, FloatImage], label: LabelImage) -> None:
        """Append a tile. Raises OSError."""
        for branch, image in inputs.items():
            if np.isfinite(image).any():
                self._arrays[array_name(branch)][self.count] = image
        self._arrays[LABEL_ARRAY][self.count] = label
        self.count += 1

    def trim(self) -> None:
        """Give the arrays the length of what was added."""
        for array in self._arrays.values():
            array.resize((self.count, *array.shape[1:]))

    def finish(self, tables: dict[str, Any], should_stop: Callable[[], bool] = never) -> None:
        """Write the tables and all checksums. Raises OSError, Cancelled."""
        for name, array in self._arrays.items():
            array.attrs[CHECKSUMS] = chunk_checksums(self.path / name, should_stop)
        metadata = {name: metadata_checksum(self.path / name) for name in self._arrays}
        checksums = {"tables": json_checksum(tables), "arrays": metadata}
        created = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._group.attrs.update({CREATED: created, TABLES: tables, CHECKSUMS: checksums})


def chunk_checksums(array: Path, should_stop: Callable[[], bool] = never) -> dict[str, str]:
    """The SHA-256 of each chunk of an array's folder, by its path in there. Raises OSError, Cancelled."""
    chunks = sorted(path for path in array.rglob("*") if path.is_file() and path.name not in METADATA)
    return {path.relative_to(array).as_posix(): file_sha256(path, should_stop) for path in chunks}


def metadata_checksum(array: Path) -> str:
    """The SHA-256 of the files that say how an array is stored and what its chunks' checksums are. Raises OSError."""
    return hashlib.sha256(b"".join((array / name).read_bytes() for name in METADATA)).hexdigest()


def json_checksum(value: dict[str, Any]) -> str:
    """The SHA-256 of a value as JSON with sorted keys."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
