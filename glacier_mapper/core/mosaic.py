"""What a virtual mosaic leaves unsaid and its files say: GDAL before 3.7 drops the names of the bands."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree import ElementTree

from .guess import BandDescription
from .scaling import acquisition_date

MOST_FILES = 64
"""A mosaic of more files is taken as it is: each of them would have to be opened."""
DEEPEST = 3
"""Mosaics of mosaics that are looked into."""
_CHANGED = ("ScaleOffset", "ScaleRatio", "LUT", "Exponent", "ColorTableComponent")


@dataclass(frozen=True)
class SourceBand:
    """A band of a file that a mosaic's band shows; `as_stored` where its numbers are not changed on the way."""

    path: str
    band: int
    as_stored: bool = True


@dataclass(frozen=True)
class BandFacts:
    """What a file says of a band: its words, how numbers become values, its day (ISO 8601) and GDAL's metadata."""

    description: str = ""
    unit: str = ""
    scale: float = 1.0
    offset: float = 0.0
    date: str = ""
    tags: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, band: BandDescription, scale: float, offset: float) -> BandFacts:
        """From a band as it is described, and its scale and offset."""
        return cls(band.description, band.unit, scale, offset, acquisition_date(band), band.metadata)

    def added_to(self, band: BandDescription) -> BandDescription:
        """The band with these facts where it says nothing itself."""
        tags = {**self.tags, **band.metadata}
        full = replace(
            band, description=band.description or self.description, unit=band.unit or self.unit, metadata=tags
        )
        if self.date and not acquisition_date(full):
            full = replace(full, metadata={**tags, "DATE_ACQUIRED": self.date})
        return full


def source_bands(xml: str, path: str) -> list[list[SourceBand]]:
    """For each band of the VRT `xml` at `path` the bands that it shows; empty where that can't be told."""
    try:
        root = ElementTree.fromstring(xml)
    except ElementTree.ParseError:
        return []
    bands = [list(_sources(band, str(Path(path).parent))) for band in root.iterfind("VRTRasterBand")]
    files = {source.path for band in bands for source in band}
    return bands if len(files) <= MOST_FILES else []


def _sources(band: ElementTree.Element, folder: str) -> Iterator[SourceBand]:
    if band.get("subClass", "VRTSourcedRasterBand") != "VRTSourcedRasterBand":
        return
    for source in band:
        name, number = source.find("SourceFilename"), source.findtext("SourceBand", "1")
        if name is None or not name.text or not number.isdecimal():
            continue
        path = os.path.join(folder, name.text) if name.get("relativeToVRT") == "1" else name.text
        yield SourceBand(path, int(number), not any(source.find(tag) is not None for tag in _CHANGED))


def agreed(facts: Sequence[BandFacts], sources: Sequence[SourceBand]) -> BandFacts:
    """What all say alike; scale and offset only where the numbers are those of the files."""
    if not facts:
        return BandFacts()
    first = facts[0]
    same = {
        name: getattr(first, name)
        for name in ("description", "unit", "date")
        if all(getattr(one, name) == getattr(first, name) for one in facts)
    }
    if all(source.as_stored for source in sources) and len({(one.scale, one.offset) for one in facts}) == 1:
        same.update(scale=first.scale, offset=first.offset)
    tags = {key: value for key, value in first.tags.items() if all(one.tags.get(key) == value for one in facts)}
    return BandFacts(**same, tags=tags)
