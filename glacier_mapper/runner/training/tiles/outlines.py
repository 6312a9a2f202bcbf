"""Outlines from any vector source that OGR reads, and what their columns say of each polygon.

Known are the columns of RGI 6 and 7, of GLIMS downloads, and of this project's own outlines:

    line_type   GLIMS: glac_bound is glacier, intrnl_rock and pro_lake are not, debris_cov is covered by debris
    Status      RGI 6: 2 is a nominal glacier, a circle: what is in it is not known
    Form        RGI 6: 3 is a seasonal snowfield: not known, too
    review      this project: accepted is glacier, rejected is not; what nobody has reviewed is not known
    debris …    any source: a column so called that is true, 1 or yes marks debris-covered glacier
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyogrio
import shapely
from pyogrio.errors import CRSError, DataLayerError, DataSourceError, FieldError, GeometryError
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError
from rasterio.features import rasterize
from rasterio.transform import Affine

from ....core.errors import InvalidOutlinesError, MissingFileError
from ....core.grid import Grid
from ....core.outline_fields import Review
from .tile import DEBRIS, GLACIER, OTHER, UNKNOWN, LabelImage

LINE_TYPES = {
    "glac_bound": GLACIER, "intrnl_rock": OTHER, "pro_lake": OTHER, "supra_lake": GLACIER, "debris_cov": DEBRIS,
}  # fmt: skip
"""Classes of GLIMS' kinds of lines; others are no areas and left out."""
LEFT_OUT, REJECTED = -1, -2
"""What is no area, and what an analyst found to be no glacier: neither is drawn into a label."""
REVIEWED = (GLACIER, OTHER, DEBRIS, REJECTED)
"""Classes of outlines that somebody stands for."""
DEBRIS_COLUMNS = ("debris", "debris_covered", "debris_cov", "debriscov", "is_debris")
YES = ("1", "true", "t", "yes", "y", "debris", "debris-covered", "debris_covered")
DATE_COLUMNS = ("src_date", "bgndate", "acq_time")
DEBRIS_LAYER = "debris"
READ_ERRORS = (CRSError, DataLayerError, DataSourceError, FieldError, GeometryError, OSError, RuntimeError, ValueError)
BURNING_ORDER = (UNKNOWN, GLACIER, OTHER, DEBRIS)
"""Glaciers go over what is not known, rock and lakes over glaciers, covered outlines over all."""

Columns = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Outlines:
    """Polygons in `crs` with the class of each; `convention` is whose columns they have, `dates` the first and last.

    `debris` are polygons, also in `crs`, that mark what is covered of the glaciers.
    """

    path: str
    geometries: np.ndarray
    values: npt.NDArray[np.int16]
    crs: str
    convention: str
    dates: tuple[str, str]
    debris: np.ndarray

    @property
    def licence(self) -> str:
        """Of the inventories whose licence is known; else "", not stated."""
        return "CC-BY-4.0" if self.convention.startswith(("RGI", "GLIMS")) else ""

    def shapes(self, grid: Grid, values: Collection[int]) -> np.ndarray:
        """The polygons of some classes in the grid's reference system, near the grid. Raises InvalidOutlinesError."""
        found = _onto(self.crs, grid.crs, self.path)(self.geometries[np.isin(self.values, list(values))])
        return found[shapely.intersects(found, shapely.box(*grid.bounds_m))]

    def burned(self, grid: Grid) -> LabelImage:
        """The class of each pixel whose middle lies in a polygon, OTHER elsewhere. Raises InvalidOutlinesError."""
        onto = _onto(self.crs, grid.crs, self.path)
        label = np.full(grid.shape_yx, OTHER, np.uint8)
        for value in BURNING_ORDER:
            burn(onto(self.geometries[self.values == value]), value, grid, label)
        covered = np.zeros(grid.shape_yx, np.uint8)
        burn(onto(self.debris), DEBRIS, grid, covered)
        label[(covered == DEBRIS) & (label == GLACIER)] = DEBRIS
        return label


def burn(polygons: np.ndarray, value: int, grid: Grid, image: LabelImage) -> None:
    """Give `value` to the pixels whose middle lies in a polygon, in place."""
    there = polygons[shapely.intersects(polygons, shapely.box(*grid.bounds_m))]
    if len(there):
        rasterize(((one, value) for one in there), out=image, transform=Affine.from_gdal(*grid.geotransform))


def _onto(source: str, target: str, path: str) -> Callable[[np.ndarray], np.ndarray]:
    """What carries polygons from one reference system to another; those that can't be carried are left out."""
    try:
        transformer = Transformer.from_crs(CRS.from_user_input(source), CRS.from_user_input(target), always_xy=True)
    except ProjError as exc:
        raise InvalidOutlinesError(layer=Path(path).name, reason=f"its reference system is not usable: {exc}.") from exc

    def carry(geometries: np.ndarray) -> np.ndarray:
        if not len(geometries):
            return geometries
        carried = shapely.transform(geometries, lambda xy: np.stack(transformer.transform(*xy.T), axis=1))
        good = np.isfinite(shapely.bounds(carried)).all(axis=1)
        return carried[good]

    return carry


def read_outlines(path: str, layer: str = "", debris: str = "") -> Outlines:
    """The polygons of a vector source; `layer` "" is its first, `debris` another source of debris-covered areas.

    Without `debris` a layer so called in the same source is taken. Raises MissingFileError, InvalidOutlinesError.
    """
    if not Path(path).exists():
        raise MissingFileError(path=path)
    names = _layers(path)
    chosen = layer or next((name for name in names if name != DEBRIS_LAYER), names[0])
    if chosen not in names:
        reason = f"it has no layer {chosen}, but {', '.join(names)}."
        raise InvalidOutlinesError(layer=Path(path).name, reason=reason)
    geometries, columns, crs = _read(path, chosen)
    convention = convention_of(columns)
    values = classes_of(columns, len(geometries))
    covered = np.empty(0, object)
    if debris or (DEBRIS_LAYER in names and chosen != DEBRIS_LAYER):
        other, _, other_crs = _read(debris or path, _layers(debris)[0] if debris else DEBRIS_LAYER)
        covered = _onto(other_crs, crs, debris or path)(other)
    return Outlines(path, geometries, values, crs, convention, dates_of(columns), covered)


def _layers(path: str) -> list[str]:
    if not Path(path).exists():
        raise MissingFileError(path=path)
    try:
        return [str(name) for name, _ in pyogrio.list_layers(path)]
    except READ_ERRORS as exc:
        raise InvalidOutlinesError(layer=Path(path).name, reason=f"{exc}.") from exc


def _read(path: str, layer: str) -> tuple[np.ndarray, dict[str, np.ndarray], str]:
    """The polygons of a layer, its columns by lower-case name, and its reference system."""
    try:
        meta, _, shapes, data = pyogrio.raw.read(path, layer=layer, force_2d=True)
        geometries = shapely.from_wkb(np.asarray(shapes))
    except READ_ERRORS as exc:
        raise InvalidOutlinesError(layer=Path(path).name, reason=f"{exc}.") from exc
    if not meta["crs"]:
        raise InvalidOutlinesError(layer=Path(path).name, reason="it has no coordinate reference system.")
    polygons = np.isin(shapely.get_type_id(geometries), (3, 6)) & ~shapely.is_empty(geometries)
    if not polygons.any():
        raise InvalidOutlinesError(layer=Path(path).name, reason="there is no polygon in it.")
    columns = {str(name).lower(): values[polygons] for name, values in zip(meta["fields"], data)}
    return geometries[polygons], columns, str(meta["crs"])


def convention_of(columns: Columns) -> str:
    """Whose columns they are: "RGI 7", "RGI 6", "GLIMS", "Glacier Mapper" or ""."""
    marks = {"RGI 7": ("rgi_id",), "RGI 6": ("rgiid",), "Glacier Mapper": ("outline_id", "review"),
             "GLIMS": ("line_type", "glac_id")}  # fmt: skip
    return next((name for name, needed in marks.items() if set(needed) <= set(columns)), "")


def classes_of(columns: Columns, count: int) -> npt.NDArray[np.int16]:
    """The class of each of `count` polygons, LEFT_OUT for those that are no areas; int16 (count,)."""
    values = np.full(count, GLACIER, np.int16)
    if "line_type" in columns:
        values[:] = [LINE_TYPES.get(str(kind).strip().lower(), LEFT_OUT) for kind in columns["line_type"]]
    if "rgiid" in columns:
        for name, code in (("status", 2), ("form", 3)):
            if name in columns:
                values[[_number(one) == code for one in columns[name]]] = UNKNOWN
    if "review" in columns:
        review = np.array([str(one) for one in columns["review"]], object)
        values[(review != Review.ACCEPTED.value) & (values != LEFT_OUT)] = UNKNOWN
        values[review == Review.REJECTED.value] = REJECTED
    for name in DEBRIS_COLUMNS:
        if name in columns:
            values[[_is_yes(one) for one in columns[name]] & (values == GLACIER)] = DEBRIS
    return values


def _number(value: object) -> float:
    try:
        return float(str(value))
    except ValueError:
        return float("nan")


def _is_yes(value: object) -> bool:
    return str(value).strip().lower() in YES or _number(value) > 0


def dates_of(columns: Columns) -> tuple[str, str]:
    """The first and the last date that the columns tell, ISO 8601; ("", "") where they tell none."""
    found: list[str] = []
    for name in DATE_COLUMNS:
        for value in columns.get(name, ()):
            match = re.match(r"(\d{4})-?(\d\d)?-?(\d\d)?", str(value))
            if match and match[1] != "9999":
                month_day = [part for part in match.groups()[1:] if part and part not in ("99", "00")]
                found.append("-".join([match[1], *month_day]))
    return (min(found), max(found)) if found else ("", "")
