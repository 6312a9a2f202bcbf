"""The raster layers of a project, band by band, as the rules that guess roles want them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from osgeo import gdal
from qgis.core import Qgis, QgsProject, QgsProviderRegistry, QgsRasterLayer

from ..core.guess import BandDescription
from .mosaic import band_tags, mosaic_facts

DATE_PROPERTY = "glacier_mapper/source_date"
"""The layer's custom property that holds the acquisition date given by hand; it is saved with the project."""
_LOCAL_ARCHIVES = ("/vsizip/", "/vsitar/", "/vsigzip/")
_RGB = ("Red", "Green", "Blue")
_DTYPES = {
    Qgis.DataType.Byte: "uint8",
    Qgis.DataType.UInt16: "uint16",
    Qgis.DataType.Int16: "int16",
    Qgis.DataType.UInt32: "uint32",
    Qgis.DataType.Int32: "int32",
    Qgis.DataType.Float32: "float32",
    Qgis.DataType.Float64: "float64",
}


def describe_bands(project: QgsProject) -> list[BandDescription]:
    """Every band of every valid raster layer, layers in the order of the layer tree (top first)."""
    ordered = project.layerTreeRoot().layerOrder()
    layers = [layer for layer in ordered if isinstance(layer, QgsRasterLayer) and layer.isValid()]
    return [band for layer in layers if not is_ours(layer) for band in describe_layer(layer)]


def is_ours(layer: QgsRasterLayer) -> bool:
    """Whether the layer is a product or a preview of this plugin, which must never become its input."""
    return bool(layer.customProperty("glacier_mapper/product"))


def set_source_date(layer: QgsRasterLayer, date: str) -> None:
    """Keep the acquisition date of a layer, ISO 8601, in the project; "" goes back to what the file says."""
    if date:
        layer.setCustomProperty(DATE_PROPERTY, date)
    else:
        layer.removeCustomProperty(DATE_PROPERTY)


def describe_layer(layer: QgsRasterLayer, dataset: gdal.Dataset | None = None) -> list[BandDescription]:
    """The bands of one layer; the three colours of a layer that is only a picture (WMS).

    `dataset` is GDAL's of the layer where the caller has opened it already.
    """
    if is_picture(layer):
        return [_picture_band(layer, number) for number in (1, 2, 3)]
    if dataset is None and layer.providerType() == "gdal":
        dataset = open_quietly(layer.source())
    bands = list(_bands(layer, dataset))
    if dataset is None or dataset.GetDriver().ShortName != "VRT" or any(band.description for band in bands):
        return bands
    return [fact.added_to(band) for fact, band in zip(mosaic_facts(dataset), bands)] or bands


def is_picture(layer: QgsRasterLayer) -> bool:
    """Whether the provider gives colours instead of measured values."""
    picture = (Qgis.DataType.ARGB32, Qgis.DataType.ARGB32_Premultiplied)
    return layer.dataProvider().dataType(1) in picture


def local_path(layer: QgsRasterLayer) -> str:
    """The file that the runner can open by itself, "" where the layer must be read through its provider.

    Only plain files and local archives count. Remote files go through the provider, which knows QGIS's
    proxy, certificates and logins; so do sources with open options, subdatasets and files in memory.
    A relative path is one below the working folder of this process, which is not the runner's.
    """
    if layer.providerType() != "gdal":
        return ""
    parts = QgsProviderRegistry.instance().decodeUri("gdal", layer.source())
    path = str(parts.get("path") or "")
    if any(parts.get(key) for key in ("authcfg", "openOptions", "layerName", "credentialOptions")):
        return ""
    prefix = str(parts.get("vsiPrefix") or "")
    if prefix:
        inside = str(parts.get("vsiSuffix") or "")
        return f"{prefix}{_absolute(path)}{inside}" if prefix in _LOCAL_ARCHIVES else ""
    drive = len(path) > 2 and path[1] == ":" and path[2] in "/\\"
    named = path.startswith(("/", "\\", ".")) or drive or Path(path).is_file()
    return _absolute(path) if named and not path.startswith("/vsi") else ""


def _absolute(path: str) -> str:
    """The same file by its whole path; one that is not there keeps the name that was given."""
    return str(Path(path).absolute()) if Path(path).is_file() else path


def open_quietly(source: str) -> gdal.Dataset | None:
    """The raster behind a GDAL source, None where GDAL can't open it; says nothing on the console."""
    parts = QgsProviderRegistry.instance().decodeUri("gdal", source)
    options = [str(option) for option in parts.get("openOptions") or []]
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        return gdal.OpenEx(source.split("|option:", maxsplit=1)[0], gdal.OF_RASTER, open_options=options)
    except RuntimeError:  # only where another plugin has switched GDAL's exceptions on
        return None
    finally:
        gdal.PopErrorHandler()


def _bands(layer: QgsRasterLayer, dataset: gdal.Dataset | None) -> Iterator[BandDescription]:
    provider, path = layer.dataProvider(), local_path(layer)
    tags = dict(dataset.GetMetadata() or {}) if dataset is not None else {}
    for number in range(1, layer.bandCount() + 1):
        band = dataset.GetRasterBand(number) if dataset is not None else None
        all_tags = {**tags, **(band_tags(band) if band is not None else {})}
        yield BandDescription(
            layer_id=layer.id(),
            layer=layer.name(),
            path=path,
            band=number,
            band_count=layer.bandCount(),
            description=band.GetDescription() if band is not None else _plain_name(layer, number),
            wavelength_nm=_wavelength_nm(all_tags),
            unit=band.GetUnitType() or "" if band is not None else "",
            dtype=_DTYPES.get(provider.sourceDataType(number), ""),
            metadata=all_tags,
            date=str(layer.customProperty(DATE_PROPERTY) or ""),
        )


def _plain_name(layer: QgsRasterLayer, number: int) -> str:
    """QGIS's name of the band, without the "Band 1" that it puts before."""
    name = layer.bandName(number)
    return name.split(":", maxsplit=1)[1].strip() if ":" in name else ""


def _wavelength_nm(tags: dict[str, str]) -> float:
    """Centre wavelength in nanometres from ENVI's or GDAL's tags, 0 when there is none."""
    lower = {key.lower(): value for key, value in tags.items()}
    for key in ("central_wavelength_um", "wavelength", "center_wavelength"):
        try:
            value = float(lower.get(key, ""))
        except ValueError:
            continue
        unit = lower.get("wavelength_units", lower.get("wavelength_unit", "")).lower()
        micrometres = key.endswith("_um") or unit.startswith(("micro", "um", "µm")) or value < 50
        return value * 1000.0 if micrometres else value
    return 0.0


def _picture_band(layer: QgsRasterLayer, number: int) -> BandDescription:
    return BandDescription(
        layer_id=layer.id(),
        layer=layer.name(),
        path="",
        band=number,
        band_count=3,
        description=_RGB[number - 1],
        dtype="uint8",
        date=str(layer.customProperty(DATE_PROPERTY) or ""),
    )
