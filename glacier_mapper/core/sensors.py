"""Bands of the sensors that glacier inventories are made from, and how their products are named.

Tables after standards 7.3: Landsat 4/5 TM, 7 ETM+, 8/9 OLI and Sentinel-2 MSI, with STAC common names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

from .roles import OPTICAL_ROLES, Role


class Sensor(str, Enum):
    """An instrument with its own numbering of bands; the value is its name for a reader."""

    TM = "Landsat 4-5 TM"
    ETM = "Landsat 7 ETM+"
    OLI = "Landsat 8-9 OLI"
    MSI = "Sentinel-2 MSI"

    @property
    def is_landsat(self) -> bool:
        """Whether the band is scaled as Landsat's are."""
        return self is not Sensor.MSI


_TM = {"1": Role.BLUE, "2": Role.GREEN, "3": Role.RED, "4": Role.NIR, "5": Role.SWIR1, "6": Role.THERMAL,
       "7": Role.SWIR2}  # fmt: skip
BANDS: dict[Sensor, dict[str, Role]] = {
    Sensor.TM: _TM,
    Sensor.ETM: {**_TM, "6_VCID_1": Role.THERMAL, "6_VCID_2": Role.THERMAL},
    Sensor.OLI: {"2": Role.BLUE, "3": Role.GREEN, "4": Role.RED, "5": Role.NIR, "6": Role.SWIR1, "7": Role.SWIR2,
                 "10": Role.THERMAL, "11": Role.THERMAL},
    Sensor.MSI: {"2": Role.BLUE, "3": Role.GREEN, "4": Role.RED, "8": Role.NIR, "8A": Role.NIR, "11": Role.SWIR1,
                 "12": Role.SWIR2},
}  # fmt: skip
"""Role by band number without leading zeros."""

SECOND_CHOICE = {(Sensor.MSI, "8A"), (Sensor.OLI, "11"), (Sensor.ETM, "6_VCID_2")}
"""Bands that serve a role only where the usual one is missing."""

_ALL_MSI = ("1", "2", "3", "4", "5", "6", "7", "8", "8A", "9", "10", "11", "12")
STACKS: dict[Sensor, dict[int, tuple[str, ...]]] = {
    Sensor.TM: {6: ("1", "2", "3", "4", "5", "7"), 7: ("1", "2", "3", "4", "5", "6", "7")},
    Sensor.ETM: {6: ("1", "2", "3", "4", "5", "7"), 7: ("1", "2", "3", "4", "5", "6", "7"),
                 8: ("1", "2", "3", "4", "5", "6", "7", "8"),
                 9: ("1", "2", "3", "4", "5", "6_VCID_1", "6_VCID_2", "7", "8")},
    Sensor.OLI: {6: ("2", "3", "4", "5", "6", "7"), 7: ("1", "2", "3", "4", "5", "6", "7"),
                 8: ("1", "2", "3", "4", "5", "6", "7", "10"), 11: tuple(str(n) for n in range(1, 12))},
    Sensor.MSI: {4: ("2", "3", "4", "8"), 6: ("2", "3", "4", "8", "11", "12"),
                 10: ("2", "3", "4", "5", "6", "7", "8", "8A", "11", "12"),
                 12: tuple(b for b in _ALL_MSI if b != "10"), 13: _ALL_MSI},
}  # fmt: skip
"""Band numbers, in order, of the stacks that people make of each sensor, by their count."""

COMMON_NAMES: dict[str, Role] = {
    "blue": Role.BLUE, "azul": Role.BLUE, "blau": Role.BLUE, "bleu": Role.BLUE,
    "green": Role.GREEN, "verde": Role.GREEN, "gruen": Role.GREEN, "grün": Role.GREEN, "vert": Role.GREEN,
    "red": Role.RED, "rojo": Role.RED, "rot": Role.RED, "rouge": Role.RED,
    "nir": Role.NIR, "nir08": Role.NIR, "nir1": Role.NIR, "nearinfrared": Role.NIR,
    "swir1": Role.SWIR1, "swir16": Role.SWIR1, "shortwaveinfrared1": Role.SWIR1, "mir1": Role.SWIR1,
    "swir2": Role.SWIR2, "swir22": Role.SWIR2, "shortwaveinfrared2": Role.SWIR2, "mir2": Role.SWIR2,
    "lwir": Role.THERMAL, "lwir11": Role.THERMAL, "thermal": Role.THERMAL, "tir": Role.THERMAL,
    "tirs1": Role.THERMAL, "surfacetemperature": Role.THERMAL, "brightnesstemperature": Role.THERMAL,
    "elevation": Role.ELEVATION, "dem": Role.ELEVATION, "dtm": Role.ELEVATION, "dsm": Role.ELEVATION,
    "altitude": Role.ELEVATION, "slope": Role.SLOPE,
    "vv": Role.CO_POL, "hh": Role.CO_POL, "vh": Role.CROSS_POL, "hv": Role.CROSS_POL,
    "copol": Role.CO_POL, "crosspol": Role.CROSS_POL, "coherence": Role.COHERENCE,
}  # fmt: skip
"""Role by name: STAC common names and what users write, lower case, letters and digits only."""

WAVELENGTHS_NM: tuple[tuple[float, float, Role], ...] = (
    (455, 520, Role.BLUE), (520, 605, Role.GREEN), (620, 690, Role.RED), (790, 900, Role.NIR),
    (1550, 1750, Role.SWIR1), (2080, 2350, Role.SWIR2), (10_000, 12_500, Role.THERMAL),
)  # fmt: skip
"""Centre wavelengths that serve a role; Sentinel-2's red edge (704 to 783 nm) and coastal bands do not."""


@dataclass(frozen=True)
class Product:
    """What a name and metadata tell of a product.

    `level` is "L1", "L2" (Landsat), "L1C", "L2A" (Sentinel-2) or "". `date` is ISO 8601 or "".
    `baseline` is Sentinel-2's processing baseline (4.0 for N0400), None when unknown. `key` names one
    acquisition, so that single-band files of one scene are known to belong together.
    """

    sensor: Sensor
    level: str = ""
    date: str = ""
    baseline: float | None = None
    key: str = ""


_LANDSAT = re.compile(r"L([COTEM])0?([4-9])_L([12])[A-Z]{2}_(\d{6})_(\d{4})(\d\d)(\d\d)(?=_|\b)", re.IGNORECASE)
_LANDSAT_OLD = re.compile(r"\bL([COTEM])([4-9])(\d{6})(\d{4})(\d{3})[A-Z]{3}\d\d", re.IGNORECASE)
_S2_PRODUCT = re.compile(r"S2[A-D]_MSI(L1C|L2A)_(\d{8})T\d{6}_N(\d{4})_R\d{3}_(T\w{5})", re.IGNORECASE)
_S2_TILE = re.compile(r"(?<![A-Z0-9])(T\d\d[A-Z]{3})_(\d{8})T(\d{6})", re.IGNORECASE)
_S2_EARTH_SEARCH = re.compile(r"S2[A-D]_(?:T?)(\d\d[A-Z]{3})_(\d{8})(?:T\d{6})?_\d?_?(L1C|L2A)", re.IGNORECASE)
_S2_OLD = re.compile(r"S2[A-D]_(?:OPER|USER)_(?:MSI|PRD)_(?:MSI)?(L1C|L2A)\w*?_(\d{8})T\d{6}(\w*)", re.IGNORECASE)


def product_of(name: str, metadata: Mapping[str, str]) -> Product | None:
    """The product that a layer's name and path (one text) and its metadata speak of, None when unknown."""
    product = _landsat_of(name) or _sentinel2_of(name)
    told = _from_metadata(metadata)
    if product is None:
        return told
    if told is None or told.sensor is not product.sensor:
        return product
    return replace(
        product,
        level=product.level or told.level,
        date=product.date or told.date,
        baseline=told.baseline if told.baseline is not None else product.baseline,
    )


def _landsat_sensor(number: int) -> Sensor:
    return Sensor.TM if number <= 5 else Sensor.ETM if number == 7 else Sensor.OLI


def _landsat_of(name: str) -> Product | None:
    found = _LANDSAT.search(name)
    if found:
        _, number, level, path_row, year, month, day = found.groups()
        sensor = _landsat_sensor(int(number))
        key = f"{number}_{path_row}_{year}{month}{day}_{level}"
        return Product(sensor, f"L{level}", f"{year}-{month}-{day}", key=key)
    found = _LANDSAT_OLD.search(name)
    if found:
        _, number, path_row, year, day_of_year = found.groups()
        date = day_of(int(year), int(day_of_year))
        return Product(_landsat_sensor(int(number)), "", date, key=f"{path_row}_{date}")
    return None


def _sentinel2_of(name: str) -> Product | None:
    found = _S2_PRODUCT.search(name)
    if found:
        level, date, baseline, tile = found.groups()
        return Product(Sensor.MSI, level.upper(), iso_date(date), int(baseline) / 100, f"{tile}_{date}_{level}".upper())
    found = _S2_EARTH_SEARCH.search(name)
    if found:
        tile, date, level = found.groups()
        return Product(Sensor.MSI, level.upper(), iso_date(date), None, f"T{tile}_{date}_{level}".upper())
    found = _S2_TILE.search(name)
    if found:
        tile, date, _ = found.groups()
        level = "L2A" if re.search(r"_B\w\w_[126]0m|L2A", name) else "L1C" if "L1C" in name.upper() else ""
        return Product(Sensor.MSI, level, iso_date(date), None, f"{tile}_{date}_{level}".upper())
    found = _S2_OLD.search(name)
    if found:
        tile = re.search(r"_(T\d\d[A-Z]{3})", found[3], re.IGNORECASE)
        key = f"{tile[1] if tile else ''}_{found[2]}_{found[1]}".upper()
        return Product(Sensor.MSI, found[1].upper(), iso_date(found[2]), None, key)
    return None


def _from_metadata(metadata: Mapping[str, str]) -> Product | None:
    """From tags that GDAL's drivers, STAC items and exporters write."""
    tags = {key.upper(): str(value) for key, value in metadata.items()}
    for key in ("PRODUCT_URI", "LANDSAT_PRODUCT_ID", "PRODUCT_ID", "SYSTEM:INDEX"):
        product = _landsat_of(tags.get(key, "")) or _sentinel2_of(tags.get(key, ""))
        if product:
            return replace(product, baseline=baseline_of(tags) or product.baseline)
    keys = ("SPACECRAFT_ID", "SPACECRAFT_NAME", "DATATAKE_1_SPACECRAFT_NAME", "PLATFORM", "SATELLITE")
    craft = " ".join(tags.get(key, "") for key in keys).upper().replace("-", "_").replace(" ", "_")
    found = re.search(r"LANDSAT_?([4-9])", craft)
    level = tags.get("PROCESSING_LEVEL", tags.get("PROCESSING:LEVEL", tags.get("LANDSAT:CORRECTION", ""))).upper()
    if found:
        return Product(_landsat_sensor(int(found[1])), level[:2] if level[:2] in ("L1", "L2") else "")
    if re.search(r"SENTINEL_?2|\bS2[A-D]", craft) or "S2:PROCESSING_BASELINE" in tags:
        kind = "L2A" if "2A" in level or "BOA_ADD_OFFSET" in tags else "L1C" if "1C" in level else ""
        return Product(Sensor.MSI, kind, baseline=baseline_of(tags))
    return None


def baseline_of(tags: Mapping[str, str]) -> float | None:
    """Sentinel-2's processing baseline from tags with upper-case keys: "04.00" is 4.0, "N0400" too."""
    text = tags.get("S2:PROCESSING_BASELINE") or tags.get("PROCESSING_BASELINE") or ""
    found = re.search(r"N?(\d\d)\.?(\d\d)", text)
    return int(found[1]) + int(found[2]) / 100 if found else None


def iso_date(digits: str) -> str:
    """ "20200927" as "2020-09-27"."""
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}"


def day_of(year: int, day_of_year: int) -> str:
    """The ISO 8601 date of a day of the year, 1 being the first of January; "" where the year has no such day."""
    from datetime import date, timedelta

    try:
        day = date(year, 1, 1) + timedelta(days=day_of_year - 1)
    except (ValueError, OverflowError):
        return ""
    return day.isoformat() if day.year == year else ""


def is_optical(role: Role) -> bool:
    """Whether the role is one of the six reflective bands."""
    return role in OPTICAL_ROLES
