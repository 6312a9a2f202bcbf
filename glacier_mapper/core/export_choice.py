"""What the analyst chose for an export, and what a format can do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from .outline_fields import Review

SHORT_NAME_BYTES = 10
"""dBASE, and with it the shapefile, has no longer column names; in bytes of UTF-8, as the files are written."""


class Scope(str, Enum):
    """Which outlines are exported."""

    ACCEPTED = "accepted"
    NOT_REJECTED = "not_rejected"
    ALL = "all"

    def includes(self, review: str) -> bool:
        """Whether an outline with this review belongs to it."""
        if self is Scope.ACCEPTED:
            return review == Review.ACCEPTED.value
        return self is Scope.ALL or review != Review.REJECTED.value


@dataclass(frozen=True)
class FormatInfo:
    """A format as the dialog offers it.

    `suffix` begins with a dot. `fixed_crs` is the only CRS that the format knows, empty where any will do.
    `short_names` says that column names are cut, `max_text` how many bytes a text may have (0: any number).
    """

    key: str
    label: str
    suffix: str
    fixed_crs: str = ""
    short_names: bool = False
    max_text: int = 0


@dataclass(frozen=True)
class ExportChoice:
    """One export: `fields` are column names in order, `crs` an authority code or a WKT text.

    `anyway` writes in spite of errors that the check found.
    """

    format_key: str
    path: str
    crs: str
    scope: Scope = Scope.ACCEPTED
    fields: tuple[str, ...] = field(default=())
    anyway: bool = False


@dataclass(frozen=True)
class LayerFace:
    """What the dialog shows of a layer: `fields` are (name, label), `counts` the outlines of each scope."""

    name: str
    crs: str
    fields: tuple[tuple[str, str], ...]
    counts: Mapping[Scope, int]
    folder: str


_SHORT = {
    "area_min_km2": "area_min",
    "area_max_km2": "area_max",
    "perimeter_m": "perimeter",
    "model_version": "model_ver",
    "edited_with": "edit_with",
}


def short_names(names: Iterable[str]) -> Mapping[str, str]:
    """A column name of at most ten bytes for each, all different: the project's own, or cut between letters."""
    found: dict[str, str] = {}
    for name in names:
        short = _cut(_SHORT.get(name, name), SHORT_NAME_BYTES)
        number = 1
        while short.casefold() in {other.casefold() for other in found.values()}:
            number += 1
            short = f"{_cut(name, SHORT_NAME_BYTES - 1 - len(str(number)))}_{number}"
        found[name] = short
    return found


def _cut(name: str, most: int) -> str:
    """As many whole letters as fit into `most` bytes of UTF-8."""
    return name.encode()[:most].decode(errors="ignore")
