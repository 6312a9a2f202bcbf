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
from .store import CHECKSUMS, CREATED, LABEL_ARRAY, TABLES, array_name, bands_of, need_zarr
from .tile import UNKNOWN, FloatImage, LabelImage

METADATA = ("zarr.json", ".zarray", ".zattrs", ".zgroup")
COMPRESSION_LEVEL = 3
FLAT = {"name": "default", "separator": "."}
"""Chunks are files of one folder, not folders in folders."""


class TileWriter:
    """Writes tiles into the folder `path`, which it makes; `capacity` is the largest number of tiles."""

    def __init__(self, path: Path, branches: Sequence[Branch], tile_px: int, capacity: int) -> None:
        zarr = need_zarr()
        from zarr.codecs import BloscCodec

        self.path = path
        self.count = 0
        self._group = zarr.open_group(str(path), mode="w")
        self._arrays: dict[str, Any] = {}
        packed = BloscCodec(cname="zstd", clevel=COMPRESSION_LEVEL, shuffle="shuffle")
        side = (tile_px, tile_px)
        for branch in branches:
            shape = (bands_of(branch), *side)
            self._arrays[array_name(branch)] = self._group.create_array(
                array_name(branch), shape=(capacity, *shape), chunks=(1, *shape), dtype="float32", fill_value=np.nan,
                compressors=packed, dimension_names=("tile", "band", "row", "col"), chunk_key_encoding=FLAT,
            )  # fmt: skip
        self._arrays[LABEL_ARRAY] = self._group.create_array(
            LABEL_ARRAY, shape=(capacity, *side), chunks=(1, *side), dtype="uint8", fill_value=UNKNOWN,
            compressors=packed, dimension_names=("tile", "row", "col"), chunk_key_encoding=FLAT,
        )  # fmt: skip

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
        metadata = {name: file_sha256(metadata_file(self.path / name)) for name in self._arrays}
        checksums = {"tables": json_checksum(tables), "arrays": metadata}
        created = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._group.attrs.update({CREATED: created, TABLES: tables, CHECKSUMS: checksums})


def chunk_checksums(array: Path, should_stop: Callable[[], bool] = never) -> dict[str, str]:
    """The SHA-256 of each chunk of an array's folder, by its path in there. Raises OSError, Cancelled."""
    chunks = sorted(path for path in array.rglob("*") if path.is_file() and path.name not in METADATA)
    return {path.relative_to(array).as_posix(): file_sha256(path, should_stop) for path in chunks}


def metadata_file(array: Path) -> Path:
    """The file that says how an array is stored."""
    return next((array / name for name in METADATA if (array / name).is_file()), array / METADATA[0])


def json_checksum(value: dict[str, Any]) -> str:
    """The SHA-256 of a value as JSON with sorted keys."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
