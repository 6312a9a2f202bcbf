"""The formats that an export can write: one registry, so that a new one touches neither dialog nor workflow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Callable

from ..core.errors import InvalidParameterError
from ..core.export_choice import FormatInfo, short_names
from ..core.messages import QT_TRANSLATE_NOOP


def _same_names(names: tuple[str, ...]) -> Mapping[str, str]:
    return {name: name for name in names}


@dataclass(frozen=True)
class VectorFormat:
    """How GDAL writes a format, and what the dialog shows of it.

    `rename` maps the layer's column names to those of the file. `needs_shapes` says that the format leaves out
    an outline without a shape. `decimals` is for formats that write coordinates as text: numbers of decimals,
    fewest first, of which the first is taken that keeps every valid shape valid.
    """

    info: FormatInfo
    driver: str
    layer_options: tuple[str, ...] = ()
    dataset_options: tuple[str, ...] = ()
    rename: Callable[[tuple[str, ...]], Mapping[str, str]] = field(default=_same_names)
    needs_shapes: bool = False
    decimals: tuple[int, ...] = ()


_formats: dict[str, VectorFormat] = {}


def register(one: VectorFormat) -> None:
    """Offer a format from now on; the same key again replaces it."""
    _formats[one.info.key] = one


def formats() -> list[VectorFormat]:
    """All formats in the order in which they are offered."""
    return list(_formats.values())


def format_of(key: str) -> VectorFormat:
    """The format with this key. Raises InvalidParameterError for an unknown one."""
    if key not in _formats:
        raise InvalidParameterError(name="format", value=key, expected=", ".join(_formats))
    return _formats[key]


register(VectorFormat(FormatInfo("gpkg", QT_TRANSLATE_NOOP("export", "GeoPackage (.gpkg)"), ".gpkg"), "GPKG"))
register(
    VectorFormat(
        FormatInfo("shp", QT_TRANSLATE_NOOP("export", "ESRI Shapefile (.shp)"), ".shp", short_names=True, max_text=254),
        "ESRI Shapefile",
        ("ENCODING=UTF-8",),
        rename=short_names,
    )
)
register(
    VectorFormat(
        FormatInfo("geojson", QT_TRANSLATE_NOOP("export", "GeoJSON (.geojson)"), ".geojson", fixed_crs="EPSG:4326"),
        "GeoJSON",
        ("RFC7946=YES",),
        decimals=(9, 11, 13, 15),
    )
)
register(
    VectorFormat(
        FormatInfo("fgb", QT_TRANSLATE_NOOP("export", "FlatGeobuf (.fgb)"), ".fgb"),
        "FlatGeobuf",
        ("SPATIAL_INDEX=YES",),
        needs_shapes=True,
    )
)
