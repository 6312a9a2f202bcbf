"""A virtual mosaic whose bands have no names takes what its files say, where all of them agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from ...core.errors import InputError
from ...core.mosaic import BandFacts, SourceBand, agreed, source_bands
from .edge import is_plain_path

if TYPE_CHECKING:
    from .raster_file import RasterFile


def with_facts_of_its_files(file: RasterFile, xml: str, inspect: Callable[[str], RasterFile]) -> RasterFile:
    """`file`, which is a VRT `xml`, with the facts that `inspect` finds in the files behind it.

    A file that can't be read is none of this module's business: whoever reads pixels says so.
    """
    if any(file.descriptions) or not is_plain_path(file.path):
        return file
    bands = source_bands(xml, file.path)
    if len(bands) != file.count:
        return file
    try:
        facts = _facts(bands, inspect)
    except InputError:
        return file
    plain = [pair == (1.0, 0.0) for pair in zip(file.scales, file.offsets)]
    full = [fact.added_to(file.describe(band)) for band, fact in enumerate(facts, 1)]
    return replace(
        file,
        descriptions=tuple(band.description for band in full),
        units=tuple(band.unit for band in full),
        scales=tuple(fact.scale if blank else own for fact, blank, own in zip(facts, plain, file.scales)),
        offsets=tuple(fact.offset if blank else own for fact, blank, own in zip(facts, plain, file.offsets)),
        band_tags=tuple(band.metadata for band in full),
    )


def _facts(bands: list[list[SourceBand]], inspect: Callable[[str], RasterFile]) -> list[BandFacts]:
    """Raises InputError kinds."""
    paths = dict.fromkeys(source.path for sources in bands for source in sources if is_plain_path(source.path))
    files = {path: inspect(path) for path in paths}
    return [_of_band(sources, files) for sources in bands]


def _of_band(sources: list[SourceBand], files: dict[str, RasterFile]) -> BandFacts:
    found = []
    for source in sources:
        file = files.get(source.path)
        if file is None or not 1 <= source.band <= file.count:
            return BandFacts()
        number = source.band
        found.append(BandFacts.of(file.describe(number), file.scales[number - 1], file.offsets[number - 1]))
    return agreed(found, sources)
