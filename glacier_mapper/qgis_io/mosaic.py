"""A virtual mosaic in QGIS whose bands have no names takes what its files say, where all of them agree."""

from __future__ import annotations

from pathlib import Path

from osgeo import gdal

from ..core.guess import BandDescription
from ..core.mosaic import DEEPEST, BandFacts, SourceBand, agreed, source_bands


def mosaic_facts(dataset: gdal.Dataset, depth: int = DEEPEST) -> list[BandFacts]:
    """What the files behind a VRT say of each of its bands; empty where that can't be told."""
    xml = (dataset.GetMetadata("xml:VRT") or [""])[0]
    bands = source_bands(xml, dataset.GetDescription())
    if len(bands) != dataset.RasterCount:
        return []
    files: dict[str, list[BandFacts]] = {}
    for path in dict.fromkeys(source.path for sources in bands for source in sources):
        files[path] = _file_facts(path, depth - 1)
    return [_of_band(sources, files) for sources in bands]


def band_tags(band: gdal.Band) -> dict[str, str]:
    """GDAL's metadata of a band."""
    return {**(band.GetMetadata("IMAGERY") or {}), **(band.GetMetadata() or {})}


def _of_band(sources: list[SourceBand], files: dict[str, list[BandFacts]]) -> BandFacts:
    found = [files[source.path][source.band - 1] for source in sources if 1 <= source.band <= len(files[source.path])]
    return agreed(found, sources) if len(found) == len(sources) else BandFacts()


def _file_facts(path: str, depth: int) -> list[BandFacts]:
    """Of each band of a file of this machine; empty where GDAL can't open it."""
    if path.startswith("/vsi") or not Path(path).is_file():
        return []
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        dataset = gdal.OpenEx(path, gdal.OF_RASTER)
    except RuntimeError:  # only where another plugin has switched GDAL's exceptions on
        dataset = None
    finally:
        gdal.PopErrorHandler()
    if dataset is None:
        return []
    bands = [_described(dataset, path, number) for number in range(1, dataset.RasterCount + 1)]
    own = [BandFacts.of(described, *_scaling(dataset, described.band)) for described in bands]
    is_blank = dataset.GetDriver().ShortName == "VRT" and not any(fact.description for fact in own)
    return (mosaic_facts(dataset, depth) if is_blank and depth else []) or own


def _described(dataset: gdal.Dataset, path: str, number: int) -> BandDescription:
    band = dataset.GetRasterBand(number)
    return BandDescription(
        layer_id=path,
        layer=Path(path).stem,
        path=path,
        band=number,
        band_count=dataset.RasterCount,
        description=band.GetDescription(),
        unit=band.GetUnitType() or "",
        metadata={**(dataset.GetMetadata() or {}), **band_tags(band)},
    )


def _scaling(dataset: gdal.Dataset, number: int) -> tuple[float, float]:
    band = dataset.GetRasterBand(number)
    scale, offset = band.GetScale(), band.GetOffset()
    return 1.0 if scale is None else scale, 0.0 if offset is None else offset
