"""Layers handed to the runner: files by their path, everything else as a temporary GeoTIFF of the view.

Two steps, because layers belong to the main thread and reading takes time: `plan_hand_over` looks at the
layers and clones their providers (main thread), `HandOver.fetch` reads (any thread).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsRasterLayer

from ..core.choice import BandChoice, check_choices
from ..core.errors import LayerGoneError, MissingCrsError, MissingFileError, UnreadableRasterError
from ..core.extent import Extent
from ..core.guess import BandDescription
from ..core.request import BandSource
from ..core.scaling import acquisition_date
from .bands import describe_layer, local_path, open_quietly
from .provider_read import ProviderRead, plan_read
from .vrt import Correction, write_vrt

NeverCancelled: Callable[[], bool] = bool
"""`bool()` is False: the answer of a caller that never cancels."""


@dataclass(frozen=True)
class HandOver:
    """What the runner gets: `sources` in the order of the choices, `reads` still to be made in the thread."""

    sources: tuple[BandSource, ...]
    reads: tuple[ProviderRead, ...]

    def fetch(self, is_cancelled: Callable[[], bool] = NeverCancelled) -> tuple[BandSource, ...]:
        """Write the temporary files and return the sources. Raises Cancelled, UnreadableRasterError, OutputError."""
        for read in self.reads:
            read.write(is_cancelled)
        return self.sources

    @property
    def on_disk(self) -> tuple[BandSource, ...]:
        """The sources that are there without `fetch`."""
        pending = {read.path for read in self.reads}
        return tuple(source for source in self.sources if source.path not in pending)

    def clean(self) -> None:
        """Remove the temporary files; call it when the run has ended, whatever its end was."""
        for source in self.sources:
            if source.temporary:
                Path(source.path).unlink(missing_ok=True)


def hand_over(
    project: QgsProject, choices: Sequence[BandChoice], extent: Extent | None, folder: Path
) -> tuple[BandSource, ...]:
    """Plan and fetch in one go, for scripts and tests."""
    return plan_hand_over(project, choices, extent, folder).fetch()


def plan_hand_over(
    project: QgsProject, choices: Sequence[BandChoice], extent: Extent | None, folder: Path
) -> HandOver:
    """Look at the chosen layers; on the main thread, quick. Temporary files will go into `folder`.

    Raises NoLayersError, DuplicateRoleError, LayerGoneError, MissingFileError, UnreadableRasterError,
    MissingCrsError, NoOverlapError.
    """
    check_choices(choices, {layer_id: layer.name() for layer_id, layer in project.mapLayers().items()})
    return plan_layers([(choice, _layer(project, choice)) for choice in choices], extent, folder)


def plan_layers(
    chosen: Sequence[tuple[BandChoice, QgsRasterLayer]], extent: Extent | None, folder: Path
) -> HandOver:
    """The same for layers that need not be in a project."""
    layers = {layer.id(): layer for _, layer in chosen}
    looked = {layer_id: _look(layer) for layer_id, layer in layers.items()}
    pixel = _finest_pixel(list(layers.values()))
    sources: list[BandSource] = []
    reads: list[ProviderRead] = []
    for number, (choice, layer) in enumerate(chosen):
        bands = looked[layer.id()].bands
        if not 1 <= choice.band <= len(bands):
            raise UnreadableRasterError(path=layer.name(), reason=f"it has no band {choice.band}.")
        vrt = folder / f"{number:02d}_{choice.role.value}.vrt"
        source = _file_source(choice, looked[layer.id()], vrt)
        if source is None:
            read = plan_read(layer, choice, (extent, pixel), vrt.with_suffix(".tif"))
            reads.append(read)
            source = read.source(bands[choice.band - 1])
        sources.append(source)
    return HandOver(tuple(sources), tuple(reads))


@dataclass(frozen=True)
class _Looked:
    """A layer that was opened once: its file ("" for none), its bands, and GDAL's dataset of it."""

    layer: QgsRasterLayer
    path: str
    bands: list[BandDescription]
    dataset: gdal.Dataset | None


def _layer(project: QgsProject, choice: BandChoice) -> QgsRasterLayer:
    layer = project.mapLayer(choice.layer_id)
    if not isinstance(layer, QgsRasterLayer):
        raise LayerGoneError(layer=_readable(choice.layer_id))
    return layer


def _look(layer: QgsRasterLayer) -> _Looked:
    """Raises MissingFileError, UnreadableRasterError, MissingCrsError."""
    path = local_path(layer)
    if not layer.isValid():
        if path and not path.startswith("/vsi") and not Path(path).exists():
            raise MissingFileError(path=path)
        raise UnreadableRasterError(path=layer.name(), reason=layer.error().summary() or "the layer is not valid.")
    if not layer.crs().isValid():
        raise MissingCrsError(path=layer.name())
    dataset = open_quietly(layer.source()) if path else None
    if path and dataset is None:
        if not path.startswith("/vsi") and not Path(path).exists():
            raise MissingFileError(path=path)
        raise UnreadableRasterError(path=layer.name(), reason="GDAL can't open it.")
    return _Looked(layer, path, describe_layer(layer, dataset), dataset)


def _readable(layer_id: str) -> str:
    """The name in a layer id that QGIS made ("scene_1a2b..."): what is left of a layer that is gone."""
    name, _, tail = layer_id.partition("_")
    head = layer_id[: -len("_00000000_0000_0000_0000_000000000000")]
    return head or name or tail or layer_id


def _finest_pixel(layers: Sequence[QgsRasterLayer]) -> tuple[float, str]:
    """The smallest pixel among the layers that have one, with its CRS as WKT; (0, "") where none has."""
    sized = [layer for layer in layers if layer.dataProvider().xSize() > 0 and layer.rasterUnitsPerPixelX() > 0]
    metric = [layer for layer in sized if not layer.crs().isGeographic()] or sized
    best = min(metric, key=QgsRasterLayer.rasterUnitsPerPixelX, default=None)
    return (best.rasterUnitsPerPixelX(), best.crs().toWkt()) if best is not None else (0.0, "")


def _file_source(choice: BandChoice, looked: _Looked, vrt: Path) -> BandSource | None:
    """The file itself, or a small VRT over it where QGIS knows better (CRS, no data); None: read the provider."""
    correction = _correction(looked, choice.band)
    if correction is None:
        return None
    path = write_vrt(looked.path, choice.band, correction, vrt) if correction.needed else looked.path
    return BandSource(
        role=choice.role,
        path=path,
        band=1 if correction.needed else choice.band,
        layer=looked.layer.name(),
        date=acquisition_date(looked.bands[choice.band - 1]),
        temporary=correction.needed,
        by_hand=choice.by_hand,
    )


def _correction(looked: _Looked, band: int) -> Correction | None:
    """What the user said in the layer's properties that the file does not say; None: no file, or too much for a VRT."""
    if looked.dataset is None:
        return None
    layer, provider = looked.layer, looked.layer.dataProvider()
    ranges = provider.userNoDataValues(band)
    single = len(ranges) == 1 and ranges[0].min() == ranges[0].max()
    own = provider.sourceHasNoDataValue(band)
    ignored = own and not provider.useSourceNoDataValue(band)
    if ranges and (not single or (own and not ignored)):
        return None
    in_file = QgsCoordinateReferenceSystem.fromWkt(looked.dataset.GetProjection() or "")
    wkt = "" if in_file.isValid() and in_file == layer.crs() else layer.crs().toWkt()
    if wkt and looked.dataset.GetGCPCount():  # QGIS warps such a file on the fly; the provider knows how
        return None
    return Correction(wkt, ranges[0].min() if single else None, ignored)
