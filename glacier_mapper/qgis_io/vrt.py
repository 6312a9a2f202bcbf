"""A small VRT that carries what the user corrected in QGIS's layer properties to another program."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from osgeo import gdal

from ..core.errors import OutputNotWritableError


@dataclass(frozen=True)
class Correction:
    """`crs_wkt` "" and `nodata` None leave what the file says; `ignore_nodata` takes its value as data."""

    crs_wkt: str = ""
    nodata: float | None = None
    ignore_nodata: bool = False

    @property
    def needed(self) -> bool:
        """Whether there is anything to correct."""
        return bool(self.crs_wkt) or self.nodata is not None or self.ignore_nodata


def write_vrt(path: str, band: int, correction: Correction, target: Path) -> str:
    """One band of the file `path` as `target`, corrected; scale, offset, tags and description are kept.

    Raises OutputNotWritableError.
    """
    options: dict[str, object] = {"format": "VRT", "bandList": [band]}
    if correction.crs_wkt:
        options["outputSRS"] = correction.crs_wkt
    if correction.nodata is not None:
        options["noData"] = correction.nodata
    elif correction.ignore_nodata:
        options["noData"] = "none"
    source = path if path.startswith("/vsi") else str(Path(path).resolve())
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        made = gdal.Translate(str(target), source, **options)
        reason = gdal.GetLastErrorMsg()
    except (RuntimeError, ValueError) as exc:  # no such file; or another plugin has switched GDAL's exceptions on
        made, reason = None, gdal.GetLastErrorMsg() or str(exc)
    finally:
        gdal.PopErrorHandler()
    if made is None:
        raise OutputNotWritableError(path=str(target), reason=reason)
    made.FlushCache()
    return str(target)
