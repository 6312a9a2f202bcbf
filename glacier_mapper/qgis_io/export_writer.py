"""Writes outlines to a file: whole and under its final name, or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from osgeo import ogr
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsFeature,
    QgsField,
    QgsFields,
    QgsGeometry,
    QgsVectorFileWriter,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QVariant

from ..core.errors import (
    DiskFullError,
    InvalidOutlinesError,
    InvalidParameterError,
    OutputExistsError,
    OutputNotWritableError,
)
from ..core.export_choice import ExportChoice
from ..core.file_errors import FolderInTheWayError, OutlineWithoutShapeError
from .export_formats import VectorFormat, format_of
from .export_source import ExportSource, Step, text_of

LOW_DISK_MB = 2


def target_path(choice: ExportChoice, folder: str = "") -> Path:
    """The file that a choice names, whole and with the format's suffix. Raises InvalidParameterError without a name.

    "~" is the user's own folder; a name alone, or a path that does not begin at the root, lies in `folder`.
    """
    suffix = format_of(choice.format_key).info.suffix
    path = Path(choice.path.strip())
    if not choice.path.strip() or not path.name:
        raise InvalidParameterError(name="file", value="empty", expected="a file name")
    with suppress(RuntimeError):  # no such user
        path = path.expanduser()
    path = (Path(folder) / path).absolute()
    return path if path.suffix.lower() == suffix else path.with_name(path.name + suffix)


def write_outlines(source: ExportSource, choice: ExportChoice, overwrite: bool, step: Step) -> Path:
    """Write the outlines in scope and return the file.

    Raises OutputExistsError where the file is there and `overwrite` is False, FolderInTheWayError,
    OutputNotWritableError, DiskFullError, InvalidOutlinesError where a shape has no coordinates in the CRS, Cancelled.
    Whatever is raised, neither a new nor a changed file is left behind.
    """
    path, kind = target_path(choice), format_of(choice.format_key)
    if is_there(path) and not overwrite:
        raise OutputExistsError(path=str(path))
    with _scratch(path) as folder:
        draft = folder / path.name
        for option in [(f"COORDINATE_PRECISION={number}",) for number in kind.decimals] or [()]:
            written = _write(source, choice, replace(kind, layer_options=kind.layer_options + option), draft, step)
            if _verify(draft, written, path) <= written.invalid:
                break
        _move(folder, path)
    return path


@dataclass
class Written:
    """What went into a draft: how many outlines, and how many shapes among them were invalid before."""

    count: int = 0
    invalid: int = 0


def is_there(path: Path) -> bool:
    """Whether a file exists.

    Raises FolderInTheWayError where it is a folder, which is never replaced, OutputNotWritableError where nobody can
    tell: no access, a name too long.
    """
    try:
        if path.is_dir():
            raise FolderInTheWayError(path=str(path))
        return path.exists()
    except OSError as exc:
        raise OutputNotWritableError(path=str(path), reason=exc.strerror or str(exc)) from exc


@contextmanager
def _scratch(path: Path) -> Iterator[Path]:
    """A folder beside the target, on the same disk; gone at the end, whatever happens."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=".glacier_mapper_", dir=path.parent))
    except OSError as exc:
        raise OutputNotWritableError(path=str(path.parent), reason=exc.strerror or str(exc)) from exc
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write(source: ExportSource, choice: ExportChoice, kind: VectorFormat, draft: Path, step: Step) -> Written:
    features = list(source.features(choice.scope))
    bare = [text_of(feature["outline_id"]) for feature in features if feature.geometry().isEmpty()]
    if bare and kind.needs_shapes:
        raise OutlineWithoutShapeError(outlines=", ".join(bare), format=kind.driver)
    names = tuple(name for name in choice.fields if source.fields.lookupField(name) >= 0)
    columns = _columns(source.fields, kind, names)
    crs = QgsCoordinateReferenceSystem(kind.info.fixed_crs or choice.crs)
    if not crs.isValid():
        raise InvalidParameterError(name="CRS", value=choice.crs, expected="a known coordinate reference system")
    to_crs = QgsCoordinateTransform(source.crs, crs, source.context)
    writer = QgsVectorFileWriter.create(
        str(draft), columns, _wkb_type(features), crs, source.context, _options(kind, draft)
    )
    if writer.hasError() != QgsVectorFileWriter.WriterError.NoError:
        raise _write_error(draft, writer.errorMessage())
    written = Written(len(features))
    for place, feature in enumerate(features):
        step(place, len(features))
        made = QgsFeature(columns)
        shape = _moved(feature, to_crs)
        written.invalid += not (shape.isEmpty() or shape.isGeosValid())
        made.setGeometry(shape)
        made.setAttributes([_fitting(feature[name], kind.info.max_text) for name in names])
        if not writer.addFeature(made):
            raise _write_error(draft, writer.errorMessage())
    step(len(features), len(features))
    del writer
    return written


def _columns(fields: QgsFields, kind: VectorFormat, names: tuple[str, ...]) -> QgsFields:
    renamed = kind.rename(names)
    columns = QgsFields()
    for name in names:
        column = QgsField(fields.field(name))
        column.setName(renamed[name])
        column.setAlias("")
        if kind.info.max_text and column.type() == QVariant.Type.String:
            column.setLength(kind.info.max_text)
        columns.append(column)
    return columns


def _fitting(value: object, max_bytes: int) -> object:
    """A text cut between two letters where the format holds no more; GDAL would cut inside one."""
    if not max_bytes or not isinstance(value, str):
        return value
    return value.encode()[:max_bytes].decode(errors="ignore")


def _options(kind: VectorFormat, draft: Path) -> QgsVectorFileWriter.SaveVectorOptions:
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = kind.driver
    options.layerName = draft.stem
    options.fileEncoding = "UTF-8"
    options.layerOptions = list(kind.layer_options)
    options.datasourceOptions = list(kind.dataset_options)
    return options


def _wkb_type(features: list[QgsFeature]) -> QgsWkbTypes.Type:
    """Polygons where every outline is one; multi-polygons only where that is not so."""
    several = any(len(feature.geometry().asGeometryCollection()) > 1 for feature in features)
    return QgsWkbTypes.Type.MultiPolygon if several else QgsWkbTypes.Type.Polygon


def _moved(feature: QgsFeature, to_crs: QgsCoordinateTransform) -> QgsGeometry:
    geometry = QgsGeometry(feature.geometry())
    if geometry.isMultipart() and len(geometry.asGeometryCollection()) == 1:
        geometry.convertToSingleType()
    try:
        geometry.transform(to_crs)
    except QgsCsException as exc:
        raise InvalidOutlinesError(layer=text_of(feature["outline_id"]), reason=str(exc)) from exc
    return geometry


def _verify(draft: Path, written: Written, path: Path) -> int:
    """Read the draft back, and count the invalid shapes; a full disk shows only when everything has been flushed."""
    try:
        dataset = ogr.Open(str(draft))
    except RuntimeError:  # only where another plugin has switched GDAL's exceptions on
        dataset = None
    found = -1 if dataset is None else 0
    invalid = 0
    for feature in () if dataset is None else dataset.GetLayer(0):
        found += 1
        invalid += _is_invalid(feature.GetGeometryRef())
    dataset = None
    if found != written.count:
        raise _write_error(draft, f"{max(0, found)} / {written.count}", path)
    return invalid


def _is_invalid(shape: ogr.Geometry | None) -> bool:
    """Asked through QGIS: GDAL would write every flaw to the console."""
    if shape is None or shape.IsEmpty():
        return False
    geometry = QgsGeometry()
    geometry.fromWkb(bytes(shape.ExportToIsoWkb()))
    return not geometry.isGeosValid()


def _write_error(draft: Path, reason: str, path: Path | None = None) -> OutputNotWritableError | DiskFullError:
    """A full disk where hardly anything is free, else what the writer says."""
    free_mb = shutil.disk_usage(draft.parent).free / 1e6
    target = path or draft.parent.parent / draft.name
    if free_mb < LOW_DISK_MB:
        written = sum(file.stat().st_size for file in draft.parent.iterdir()) / 1e6
        return DiskFullError(path=str(target), needed_mb=max(LOW_DISK_MB, round(written) + 1), free_mb=round(free_mb))
    return OutputNotWritableError(path=str(target), reason=reason or "?")


def _move(folder: Path, path: Path) -> None:
    """Put all files of the draft in place; when one of them fails, what was there before is there again."""
    new = sorted(file.name for file in folder.iterdir())
    new.sort(key=lambda name: name == path.name)  # the main file last: a reader never finds it without the others
    old = [file for file in path.parent.glob(_escaped(path.stem) + ".*") if _belongs(file, path)]
    aside = Path(tempfile.mkdtemp(prefix="before_", dir=folder))
    moved: list[Path] = []
    try:
        for file in old:
            os.replace(file, aside / file.name)
        for name in new:
            os.replace(folder / name, path.parent / name)
            moved.append(path.parent / name)
    except OSError as exc:
        for file in moved:
            file.unlink(missing_ok=True)
        for file in aside.iterdir():
            os.replace(file, path.parent / file.name)
        raise OutputNotWritableError(path=str(path), reason=exc.strerror or str(exc)) from exc


_SIDECARS = {
    ".shp": {".shp", ".shx", ".dbf", ".prj", ".cpg", ".qix", ".qpj", ".sbn", ".sbx"},
    ".gpkg": {".gpkg", ".gpkg-wal", ".gpkg-shm", ".gpkg-journal"},
}


def _belongs(file: Path, path: Path) -> bool:
    """Whether an existing file is part of the dataset that is being replaced; a folder never is."""
    if file.is_dir():
        return False
    return file.suffix.lower() in _SIDECARS.get(path.suffix.lower(), {path.suffix.lower()})


def _escaped(stem: str) -> str:
    """A stem for glob, its brackets taken as letters."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in stem)
