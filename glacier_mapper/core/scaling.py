"""From stored numbers to physical units: the scalings that are known by product, and acquisition dates.

Landsat Collection 2 and Sentinel-2 after standards 7.3. What a product's name leaves open is assumed and
said in the reason, so that a user can put it right.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from . import names
from .guess import BandDescription
from .messages import QT_TRANSLATE_NOOP, Message
from .roles import Role
from .sensors import BANDS, STACKS, Product, Sensor, baseline_of, is_optical

LANDSAT_L2 = QT_TRANSLATE_NOOP("scaling", "Landsat Collection 2 Level 2: reflectance is number × 2.75e-5 - 0.2.")
LANDSAT_ST = QT_TRANSLATE_NOOP("scaling", "Landsat Collection 2 Level 2: kelvin is number × 0.00341802 + 149.")
LANDSAT_L1 = QT_TRANSLATE_NOOP(
    "scaling", "Landsat Level 1: top-of-atmosphere reflectance with the sun {sun_deg}° high, from the metadata."
)
LANDSAT_L1_NO_SUN = QT_TRANSLATE_NOOP(
    "scaling",
    "Landsat Level 1 without its MTL file: reflectance is not corrected for the height of the sun and comes out too "
    "dark. Ratios are right; put the MTL file beside the image to mend the rest.",
)
LANDSAT_L1_THERMAL = QT_TRANSLATE_NOOP("scaling", "Landsat Level 1: kelvin with K1 and K2 of the metadata.")
S2_OFFSET_APPLIED = QT_TRANSLATE_NOOP("scaling", "Sentinel-2: the offset was taken off already, as the metadata says.")
S2_METADATA = QT_TRANSLATE_NOOP("scaling", "Sentinel-2: offset {offset} from the metadata.")
S2_BASELINE = QT_TRANSLATE_NOOP("scaling", "Sentinel-2, processing baseline {baseline}: offset {offset}.")
S2_EARTH_SEARCH = QT_TRANSLATE_NOOP("scaling", "Sentinel-2 from Earth Search: the offset was taken off already.")
S2_BY_DATE = QT_TRANSLATE_NOOP(
    "scaling", "Sentinel-2 of {date}, processing baseline unknown: offset {offset} assumed from the date. Please check."
)
S2_UNKNOWN = QT_TRANSLATE_NOOP(
    "scaling", "Sentinel-2 with unknown processing baseline and date: no offset taken. Please check."
)
AS_CHOSEN = QT_TRANSLATE_NOOP("scaling", "Reflectance, as chosen.")

_BASELINE_4_SINCE = "2022-01-25"


@dataclass(frozen=True)
class Scaling:
    """physical = stored * scale + offset; `nodata` is a stored number. `reason` says where they are from.

    With `planck_k1_k2`, stored * scale + offset is a radiance L, and physical = K2 / ln(K1 / L + 1) in kelvin.
    """

    scale: float
    offset: float
    nodata: float | None
    reason: Message
    planck_k1_k2: tuple[float, float] | None = None

    @property
    def is_identity(self) -> bool:
        """Whether stored numbers are physical already."""
        return self.scale == 1.0 and self.offset == 0.0 and self.planck_k1_k2 is None


def chosen_scaling(choice: str, band: BandDescription, role: Role) -> Scaling | None:
    """The scaling that a word of `SCALINGS` means for a band; None where it needs metadata that are not there.

    Numbers of a product are scaled by its metadata as far as the file has them.
    """
    tags = {key.upper(): str(value) for key, value in band.metadata.items()}
    product = band.product()
    if choice in _PLAIN:
        return Scaling(_PLAIN[choice], 0.0, None, Message(AS_CHOSEN))
    if choice == "landsat-c2-l2":
        return _landsat_l2(role)
    if choice == "landsat-c2-l1":
        known = product if product and product.sensor is not Sensor.MSI else Product(Sensor.OLI, "L1")
        number = sensor_band(band, known.sensor, role)
        return _landsat_l1(known, number, tags) if is_optical(role) else _landsat_l1_thermal(number, tags)
    known = product if product and product.sensor is Sensor.MSI else Product(Sensor.MSI)
    return _sentinel2(known, band, tags)


_PLAIN = {"reflectance": 1.0, "reflectance-10000": 1e-4}


def known_scaling(band: BandDescription, role: Role) -> Scaling | None:
    """The scaling of a known product (standards 7.3), None when the product isn't known.

    Floating-point bands have none: whoever wrote them has scaled them.
    """
    if band.dtype.lower().startswith("float") or not (is_optical(role) or role is Role.THERMAL):
        return None
    tags = {key.upper(): str(value) for key, value in band.metadata.items()}
    product = band.product()
    if product is None:
        return _by_description(band, role)
    if product.sensor is Sensor.MSI:
        return _sentinel2(product, band, tags) if is_optical(role) else None
    if product.level == "L2":
        return _landsat_l2(role)
    if product.level == "L1":
        number = sensor_band(band, product.sensor, role)
        return _landsat_l1(product, number, tags) if is_optical(role) else _landsat_l1_thermal(number, tags)
    return _by_description(band, role)


def sensor_band(band: BandDescription, sensor: Sensor, role: Role) -> str:
    """The sensor's own number of a band: from its description, its file, its place in a stack, or its role."""
    number = names.band_id(names.plain_description(band.description))
    if not number and band.band_count == 1:
        number = names.band_id_in_file(band.name)[0]
    if not number and not band.description and band.band_count in STACKS[sensor]:
        number = STACKS[sensor][band.band_count][band.band - 1]
    return number or next((key for key, known in BANDS[sensor].items() if known is role), "")


def _by_description(band: BandDescription, role: Role) -> Scaling | None:
    """Earth Engine's and others' exports keep the band's name, and with it the product."""
    text = names.plain_description(band.description).upper()
    return _landsat_l2(role) if re.match(r"(SR|ST)_B\d+$", text) else None


def _landsat_l2(role: Role) -> Scaling:
    if role is Role.THERMAL:
        return Scaling(0.00341802, 149.0, 0.0, Message(LANDSAT_ST))
    return Scaling(2.75e-5, -0.2, 0.0, Message(LANDSAT_L2))


def _landsat_l1(product: Product, number: str, tags: Mapping[str, str]) -> Scaling | None:
    mult, add = _number(tags, f"REFLECTANCE_MULT_BAND_{number}"), _number(tags, f"REFLECTANCE_ADD_BAND_{number}")
    if mult is None or add is None:
        if product.sensor is not Sensor.OLI:
            return None  # TM's and ETM+'s depend on the date and the gain
        mult, add = 2e-5, -0.1
    sun_deg = _number(tags, "SUN_ELEVATION")
    if sun_deg is None or sun_deg <= 0:
        return Scaling(mult, add, 0.0, Message(LANDSAT_L1_NO_SUN, to_check=True))
    sine = math.sin(math.radians(sun_deg))
    return Scaling(mult / sine, add / sine, 0.0, Message(LANDSAT_L1, {"sun_deg": f"{sun_deg:.1f}"}))


def _landsat_l1_thermal(number: str, tags: Mapping[str, str]) -> Scaling | None:
    keys = ("RADIANCE_MULT_BAND_", "RADIANCE_ADD_BAND_", "K1_CONSTANT_BAND_", "K2_CONSTANT_BAND_")
    mult, add, k1, k2 = (_number(tags, f"{key}{number}") for key in keys)
    if mult is None or add is None or k1 is None or k2 is None:
        return None
    return Scaling(mult, add, 0.0, Message(LANDSAT_L1_THERMAL), (k1, k2))


def _sentinel2(product: Product, band: BandDescription, tags: Mapping[str, str]) -> Scaling:
    full = next((v for v in (_number(tags, k) for k in _QUANTIFICATION) if v), 10_000.0)
    offset, reason = _sentinel2_offset(product, band, tags)
    return Scaling(1.0 / full, offset / full, 0.0, reason)


_QUANTIFICATION = ("QUANTIFICATION_VALUE", "BOA_QUANTIFICATION_VALUE", "L1C_QUANTIFICATION_VALUE")


def _sentinel2_offset(product: Product, band: BandDescription, tags: Mapping[str, str]) -> tuple[float, Message]:
    """Added to the stored number before division: -1000 since processing baseline 04.00.

    Earth Search's flag outweighs all: its images have the offset taken off while other tags still name it.
    """
    if tags.get("EARTHSEARCH:BOA_OFFSET_APPLIED", "").lower() in ("true", "1", "yes"):
        return 0.0, Message(S2_OFFSET_APPLIED)
    told = next((_number(tags, k) for k in sorted(tags) if re.match(r"(RADIO|BOA)_ADD_OFFSET", k)), None)
    if told is not None:
        return told, Message(S2_METADATA, {"offset": f"{told:.0f}"})
    baseline = product.baseline if product.baseline is not None else baseline_of(tags)
    if baseline is not None:
        offset = -1000.0 if baseline >= 4.0 else 0.0
        return offset, Message(S2_BASELINE, {"baseline": f"{baseline:05.2f}", "offset": f"{offset:.0f}"})
    if re.search(r"S2[A-D]_\d\d[A-Z]{3}_\d{8}_\d_L2A", f"{band.path} {band.layer}"):
        return 0.0, Message(S2_EARTH_SEARCH)
    day = acquisition_date(band)
    if not day:
        return 0.0, Message(S2_UNKNOWN, to_check=True)
    offset = -1000.0 if day >= _BASELINE_4_SINCE else 0.0
    return offset, Message(S2_BY_DATE, {"date": day, "offset": f"{offset:.0f}"}, to_check=True)


def _number(tags: Mapping[str, str], key: str) -> float | None:
    try:
        value = float(tags[key])
    except (KeyError, ValueError):
        return None
    return value if math.isfinite(value) else None


_DATE_TAGS = (
    "DATE_ACQUIRED", "DATETIME", "ACQUISITION_DATE", "ACQUISITIONDATETIME", "SENSING_TIME", "SENSING_START",
    "PRODUCT_START_TIME", "DATATAKE_1_DATATAKE_SENSING_START", "SYSTEM:TIME_START", "DATE",
)  # fmt: skip
_DATE_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d\d)([-_.]?)(\d\d)\2(\d\d)(?!\d)|(?<!\d)((?:19|20)\d{6})T\d{6}")


def acquisition_date(band: BandDescription) -> str:
    """The day of acquisition as given by hand, else from metadata or the product's name, ISO 8601, or ""."""
    if band.date:
        return band.date
    product = band.product()
    if product and product.date:
        return product.date
    tags = {key.upper(): str(value) for key, value in band.metadata.items()}
    for text in (*(tags.get(key, "") for key in _DATE_TAGS), band.name, band.layer):
        day = _date_in(text)
        if day:
            return day
    return ""


def _date_in(text: str) -> str:
    for found in _DATE_IN_NAME.finditer(text):
        year, month, day = (found[1], found[3], found[4]) if found[1] else (found[5][:4], found[5][4:6], found[5][6:])
        try:
            return date(int(year), int(month), int(day)).isoformat()
        except ValueError:
            continue
    return ""
