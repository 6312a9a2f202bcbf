"""Metadata files that lie beside a raster: Landsat's MTL, Sentinel-2's MTD, a STAC item."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...core import names
from .edge import is_plain_path

_LARGEST_BYTES = 8 * 2**20
_MTL_LINE = re.compile(r'^\s*([A-Z0-9_]+)\s*=\s*"?([^"\r\n]*?)"?\s*$', re.MULTILINE)
_MTD_VALUE = re.compile(
    r"<(PROCESSING_BASELINE|PRODUCT_URI|SPACECRAFT_NAME|PROCESSING_LEVEL|PRODUCT_START_TIME|\w*QUANTIFICATION_VALUE"
    r"|RADIO_ADD_OFFSET|BOA_ADD_OFFSET)\b([^>]*)>([^<]*)<"
)
_S2_BAND_IDS = {"0": "1", "1": "2", "2": "3", "3": "4", "4": "5", "5": "6", "6": "7", "7": "8", "8": "8A", "9": "9",
                "10": "10", "11": "11", "12": "12"}  # fmt: skip
_STAC_KEYS = ("datetime", "platform", "s2:processing_baseline", "earthsearch:boa_offset_applied", "s2:product_uri")


def sidecar_tags(path: str) -> dict[str, str]:
    """Tags from the files beside `path`, empty when there are none. A file that can't be read is passed over."""
    if not is_plain_path(path):
        return {}
    tags: dict[str, str] = {}
    for file, read in _files_beside(Path(path)):
        try:
            if file.stat().st_size <= _LARGEST_BYTES:
                tags.update(read(file.read_text(encoding="utf-8", errors="replace"), Path(path).name))
        except (OSError, ValueError):
            continue
    return tags


def _files_beside(raster: Path) -> Iterator[tuple[Path, Any]]:
    folder, stem = raster.parent, raster.stem
    product = re.match(r"(L[COTEM]\w?\d\d_L\w{3}_\d{6}_\d{8}_\d{8}_\d\d_\w\d|L[COTEM]\d{14}[A-Z]{3}\d\d)", stem)
    if product:
        yield from ((file, read_mtl) for file in (folder / f"{product[1]}_MTL.txt",) if file.is_file())
    elif re.search(r"_MTL\b|^L[COTEM]", stem) is None and (folder / "MTL.txt").is_file():
        yield folder / "MTL.txt", read_mtl
    for parent in list(raster.parents)[:5]:
        if parent.suffix.upper() == ".SAFE" or parent == folder:
            yield from ((f, read_mtd) for f in (parent / "MTD_MSIL1C.xml", parent / "MTD_MSIL2A.xml") if f.is_file())
    items = (folder / f"{stem}.json", folder / f"{folder.name}.json", folder / "item.json")
    yield from ((file, read_stac) for file in items if file.is_file())


def read_mtl(text: str, name: str = "") -> dict[str, str]:
    """The values of Landsat's MTL.txt, groups left out.

    The first of two equal keys wins, as the Level 2 file repeats Level 1's groups after its own.
    """
    tags: dict[str, str] = {}
    for key, value in _MTL_LINE.findall(text):
        if key not in ("GROUP", "END_GROUP"):
            tags.setdefault(key, value)
    return tags


def read_mtd(text: str, name: str) -> dict[str, str]:
    """Baseline, quantification and the offset of the band that `name` is, from Sentinel-2's product metadata.

    Read by pattern: the file is trusted for a few numbers, not as XML.
    """
    number = names.band_id_in_file(name)[0]
    tags: dict[str, str] = {}
    for key, attributes, value in _MTD_VALUE.findall(text):
        if key.endswith("ADD_OFFSET"):
            found = re.search(r'band_id="(\d+)"', attributes)
            if not found or (number and _S2_BAND_IDS.get(found[1]) != number):
                continue
        tags.setdefault(key, value.strip())
    return tags


def read_stac(text: str, name: str) -> dict[str, str]:
    """What a STAC item says of scaling and date; of the asset `name` its raster:offset, as an offset in numbers."""
    item = json.loads(text)
    properties = item.get("properties") if isinstance(item, dict) else None
    if not isinstance(properties, dict):
        return {}
    tags = {key: str(properties[key]) for key in _STAC_KEYS if properties.get(key) is not None}
    for asset in (item.get("assets") or {}).values():
        if isinstance(asset, dict) and str(asset.get("href", "")).split("?")[0].endswith(name):
            bands = asset.get("raster:bands") or asset.get("bands") or [asset]
            tags.update(_stac_offset(bands[0]))
    return tags


def _stac_offset(band: dict[str, Any]) -> dict[str, str]:
    scale, offset = (band.get(k, band.get(f"raster:{k}")) for k in ("scale", "offset"))
    if not isinstance(scale, (int, float)) or not isinstance(offset, (int, float)) or scale <= 0:
        return {}
    return {"QUANTIFICATION_VALUE": repr(1.0 / scale), "BOA_ADD_OFFSET": repr(round(offset / scale, 6))}
