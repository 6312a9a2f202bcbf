"""What a raster file says of itself, read once; no pixel is read."""

from __future__ import annotations

import math
import re
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import rasterio
from affine import Affine
from rasterio.crs import CRS
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.errors import NotGeoreferencedWarning

from ...core.errors import MissingCrsError, UnreadableRasterError
from ...core.file_errors import ContainerRasterError, MissingBandError, UnusableCrsError
from ...core.guess import BandDescription
from ...core.model_errors import ComplexRasterError
from ...core.mosaic import DEEPEST
from .edge import open_raster, some_of, translated
from .mosaic import with_facts_of_its_files
from .projections import is_on_earth
from .sidecar import sidecar_tags


@dataclass(frozen=True)
class RasterFile:
    """The header of a raster. Tuples run over its bands; `shape_yx` is rows and columns.

    `alpha` is the number of the alpha band, 0 without one; `has_mask` says whether a mask of the whole
    file tells valid pixels from others. `south_up` files have their southern row first; `transform` is that of the
    same raster the usual way round, and whoever reads pixels turns them. `tags` and `band_tags` hold GDAL's
    metadata, `tags` with what a file beside it adds (MTL, MTD, STAC).
    """

    path: str
    driver: str
    crs: CRS | None
    transform: Affine
    shape_yx: tuple[int, int]
    dtypes: tuple[str, ...]
    nodatas: tuple[float | None, ...]
    scales: tuple[float, ...]
    offsets: tuple[float, ...]
    units: tuple[str, ...]
    descriptions: tuple[str, ...]
    block_shape_yx: tuple[int, int]
    alpha: int = 0
    has_mask: bool = False
    south_up: bool = False
    tags: dict[str, str] = field(default_factory=dict)
    band_tags: tuple[dict[str, str], ...] = ()

    @property
    def count(self) -> int:
        """Number of bands."""
        return len(self.dtypes)

    @property
    def data_bands(self) -> list[int]:
        """Numbers of the bands without the alpha band."""
        return [band for band in range(1, self.count + 1) if band != self.alpha]

    @property
    def stored_transform(self) -> Affine:
        """From the columns and rows as they are stored."""
        return _turned(self.transform, self.shape_yx[0]) if self.south_up else self.transform

    def need_crs(self) -> CRS:
        """The coordinate reference system.

        Raises MissingCrsError, UnusableCrsError, UnreadableRasterError for an impossible place.
        """
        if self.crs is None:
            raise MissingCrsError(path=self.path)
        if not is_on_earth(self.crs):
            name = re.match(r'\w+\["([^"]*)"', self.crs.to_wkt())
            raise UnusableCrsError(path=self.path, crs=f"“{name[1] if name else self.crs.to_wkt()[:40]}”")
        t = self.transform
        edges = math.hypot(t.a, t.d), math.hypot(t.b, t.e)
        farthest = max(abs(t.c), abs(t.f), 1.0)
        if not (all(1e-12 * farthest < edge < 1e12 for edge in edges) and abs(t.determinant) > 0 and farthest < 1e15):
            raise UnreadableRasterError(path=self.path, reason="its georeference makes no sense.")
        return self.crs

    def need_band(self, band: int) -> None:
        """Raises MissingBandError when there is no such band, UnreadableRasterError where it has no real numbers."""
        if not 1 <= band <= self.count:
            raise MissingBandError(path=self.path, band=band, count=self.count)
        if self.dtypes[band - 1].startswith("complex"):
            raise ComplexRasterError(path=self.path, reason=f"band {band} holds complex numbers.")

    def describe(self, band: int, layer: str = "") -> BandDescription:
        """A band as the guessing of roles and of scalings wants it."""
        return BandDescription(
            layer_id=self.path,
            layer=layer or Path(self.path).stem,
            path=self.path,
            band=band,
            band_count=self.count,
            description=self.descriptions[band - 1],
            unit=self.units[band - 1],
            dtype=self.dtypes[band - 1],
            metadata={**self.tags, **self.band_tags[band - 1]},
        )


def inspect(path: str, depth: int = DEEPEST) -> RasterFile:
    """The header of `path`; of a virtual mosaic with what its files say.

    `depth` is how many mosaics of mosaics are looked into. Raises MissingFileError, UnreadableRasterError.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)  # said by need_crs, where it matters
        dataset = open_raster(path)
    with dataset, translated(path):
        if dataset.count == 0 and dataset.subdatasets:
            raise ContainerRasterError(path=path, inside=some_of(dataset.subdatasets))
        if dataset.count == 0:
            raise UnreadableRasterError(path=path, reason="it has no bands.")
        file = _header(path, dataset)
        xml = dataset.tags(ns="xml:VRT").get("xml:VRT", "") if dataset.driver == "VRT" and depth else ""
    return with_facts_of_its_files(file, xml, lambda source: inspect(source, depth - 1)) if xml else file


def _header(path: str, dataset: rasterio.DatasetReader) -> RasterFile:
    alphas = [i for i, kind in enumerate(dataset.colorinterp, 1) if kind is ColorInterp.alpha]
    flags = dataset.mask_flag_enums[0]
    t = dataset.transform
    south_up = t.b == t.d == 0 and t.e > 0
    return RasterFile(
        path=path,
        driver=dataset.driver,
        crs=dataset.crs or None,
        transform=_turned(t, dataset.height) if south_up else t,
        shape_yx=(dataset.height, dataset.width),
        dtypes=tuple(dataset.dtypes),
        nodatas=tuple(dataset.nodatavals),
        scales=tuple(dataset.scales),
        offsets=tuple(dataset.offsets),
        units=tuple(unit or "" for unit in dataset.units),
        descriptions=tuple(text or "" for text in dataset.descriptions),
        block_shape_yx=dataset.block_shapes[0],
        alpha=alphas[0] if alphas else 0,
        has_mask=bool(alphas) or (MaskFlags.per_dataset in flags and MaskFlags.nodata not in flags),
        south_up=south_up,
        tags={**sidecar_tags(path), **dataset.tags(ns="IMD"), **dataset.tags(ns="IMAGERY"), **dataset.tags()},
        band_tags=tuple(dataset.tags(i) for i in dataset.indexes),
    )


def _turned(t: Affine, rows: int) -> Affine:
    """The transform of the same raster with its rows in the other order."""
    return Affine(t.a, t.b, t.c, t.d, -t.e, t.f + t.e * rows)
