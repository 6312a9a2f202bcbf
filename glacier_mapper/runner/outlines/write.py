"""The GeoPackage: three layers, written under a temporary name and renamed when whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from pyogrio.errors import CRSError, DataLayerError, DataSourceError, FieldError, GeometryError

from ...core.errors import DiskFullError, OutputNotWritableError
from ...core.messages import in_one_line

_PYOGRIO_ERRORS = (CRSError, DataLayerError, DataSourceError, FieldError, GeometryError, OSError, RuntimeError)
_BYTES_PER_VERTEX = 16 * 3
_BYTES_PER_FEATURE = 600
_SPARE_BYTES = 1_000_000


@dataclass(frozen=True)
class Layer:
    """A vector layer: geometries (n,), and columns by name, each (n,), of one geometry type."""

    name: str
    geometry_type: str
    geometries: np.ndarray
    columns: dict[str, np.ndarray]


def write_layers(path: str | Path, layers: list[Layer], crs_wkt: str) -> None:
    """Write layers to a GeoPackage; a file of that name is replaced only when the new one is whole.

    Raises OutputNotWritableError, DiskFullError; then nothing is left behind.
    """
    target = Path(path)
    with _renamed_when_whole(target) as temporary:
        _check_room(target, layers)
        try:
            for layer in layers:
                _write(temporary, layer, crs_wkt)
                _check_whole(temporary, layer, target)
        except _PYOGRIO_ERRORS as exc:
            raise _translated(exc, target, layers) from exc


@contextmanager
def _renamed_when_whole(target: Path) -> Iterator[Path]:
    """A temporary path beside the target that takes its name at the end, or goes."""
    temporary = target.with_name(f".{target.stem}.{os.getpid()}.part.gpkg")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove(temporary)
        yield temporary
        os.replace(temporary, target)
        # A journal of the file that was there before must not be applied to the new one.
        _remove_journals(target)
    except OSError as exc:
        raise OutputNotWritableError(path=str(target), reason=in_one_line(exc.strerror or str(exc))) from exc
    finally:
        _remove(temporary)


def _remove(path: Path) -> None:
    """Remove a GeoPackage and its journals, as far as they are there."""
    with suppress(OSError):
        path.unlink(missing_ok=True)
    _remove_journals(path)


def _remove_journals(path: Path) -> None:
    for ending in ("-journal", "-wal", "-shm"):
        with suppress(OSError):
            path.with_name(path.name + ending).unlink(missing_ok=True)


_DATASET_OPTIONS = {"VERSION": "1.2"}
"""What QGIS 3.22 with an older GDAL reads without a warning; 1.3 and 1.4 add nothing that is used here."""


def _write(path: Path, layer: Layer, crs_wkt: str) -> None:
    """Write one layer; a second one goes into the same file."""
    pyogrio.raw.write(
        path, shapely.to_wkb(layer.geometries, byte_order=1), list(layer.columns.values()), list(layer.columns),
        layer=layer.name, driver="GPKG", geometry_type=layer.geometry_type, crs=crs_wkt, promote_to_multi=False,
        layer_options={"GEOMETRY_NAME": "geom", "FID": "fid"}, dataset_options=_DATASET_OPTIONS,
    )


def _check_whole(path: Path, layer: Layer, target: Path) -> None:
    """Read back how many features are there: a full disk does not always say so."""
    count = pyogrio.read_info(path, layer=layer.name, force_feature_count=True)["features"]
    if count != len(layer.geometries):
        raise OutputNotWritableError(
            path=str(target), reason=f"{count} of {len(layer.geometries)} features of “{layer.name}” were written."
        )


def _needed_bytes(layers: list[Layer]) -> int:
    vertices = sum(int(shapely.get_num_coordinates(layer.geometries).sum()) for layer in layers)
    return vertices * _BYTES_PER_VERTEX // 2 + sum(len(layer.geometries) for layer in layers) * _BYTES_PER_FEATURE


def _check_room(target: Path, layers: list[Layer]) -> None:
    """Raise DiskFullError where the disk can't take the file."""
    needed, free = _needed_bytes(layers), shutil.disk_usage(target.parent).free
    if free < needed + _SPARE_BYTES:
        raise _disk_full(target, needed + _SPARE_BYTES, free)


def _disk_full(target: Path, needed: int, free: int) -> DiskFullError:
    return DiskFullError(path=str(target), needed_mb=-(-needed // 1_000_000), free_mb=free // 1_000_000)


def _translated(exc: Exception, target: Path, layers: list[Layer]) -> DiskFullError | OutputNotWritableError:
    """A foreign error as one of ours."""
    free = shutil.disk_usage(target.parent).free
    if free < _SPARE_BYTES:
        return _disk_full(target, _needed_bytes(layers), free)
    return OutputNotWritableError(path=str(target), reason=in_one_line(str(exc)))
