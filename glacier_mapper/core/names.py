"""What a word in a description or in a file's name tells of a band."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import PurePath

from .roles import Role
from .sensors import BANDS, COMMON_NAMES, Sensor

_QGIS_PREFIX = re.compile(r"^\s*band\s*0*(\d+)\s*(?::\s*(.*)|\((.*)\)\s*)?$", re.IGNORECASE)
_COLOR_INTERPRETATIONS = {"gray", "grey", "undefined", "alpha", "palette"}
_NUMBER = r"(?:SR_|ST_|TOA_|BOA_)?B(?:AND)?_?0*(\d\d?)(A?)(_VCID_[12])?(?:_([126])0M)?"
_BAND_ID = re.compile(rf"^{_NUMBER}$", re.IGNORECASE)
_BAND_IN_FILE = re.compile(rf"(?:^|[_\-. ]){_NUMBER}(?:[_\-. ](?:TOA|SR|REFL\w*))?$", re.IGNORECASE)
_PADDED = re.compile(r"(?:^|[_\-. ])B(0\d|8A)(?:_[126]0M)?$", re.IGNORECASE)

_FILE_WORDS: tuple[tuple[Role, frozenset[str], float], ...] = (
    (Role.SLOPE, frozenset({"slope", "slp", "hangneigung", "pendiente"}), 0.9),
    (Role.ELEVATION, frozenset({"dem", "dtm", "dsm", "dhm", "dgm", "mde", "mnt", "srtm", "copdem", "nasadem",
                                "elevation", "elev", "astgtm", "gdem", "arcticdem", "rema", "hgt"}), 0.9),
    (Role.COHERENCE, frozenset({"coherence", "coh"}), 0.9),
    (Role.COHERENCE, frozenset({"cc", "corr"}), 0.6),
    (Role.CO_POL, frozenset({"vv", "hh", "copol"}), 0.9),
    (Role.CROSS_POL, frozenset({"vh", "hv", "crosspol"}), 0.9),
)  # fmt: skip
_OTHER_DATA = frozenset({
    "label", "labels", "mask", "qa", "scl", "cloud", "clouds", "probability", "confidence", "outlines", "hillshade",
    "aspect", "shadow", "relief", "thickness", "classification", "tci", "aot", "wvp", "pan", "incidence", "layover",
})  # fmt: skip


def plain_description(text: str) -> str:
    """A band's description without QGIS's "Band 3: " or "Band 1 (Gray)"; empty when nothing else is there."""
    found = _QGIS_PREFIX.match(text)
    if not found:
        return text.strip()
    rest = (found[2] or found[3] or "").strip()
    return "" if rest.lower() in _COLOR_INTERPRETATIONS else rest


def role_of_word(text: str) -> Role | None:
    """The role that a common name stands for ("nir08", "SWIR 1", "Near-Infrared"), None otherwise."""
    word = re.sub(r"[\W_]+", "", text.lower())
    for ending in ("reflectance", "band"):
        word = word[: -len(ending)] if word.endswith(ending) and word != ending else word
    return COMMON_NAMES.get(word)


def band_id(text: str) -> str:
    """The sensor's band number in a description: "B04" is "4", "SR_B8A" "8A", "B6_VCID_1" "6_VCID_1", else ""."""
    found = _BAND_ID.match(text.strip())
    return _join(found[1], found[2], found[3]) if found else ""


def band_id_in_file(name: str) -> tuple[str, int]:
    """The band number at the end of a file's name, and the resolution in metres that follows it (0 if none)."""
    found = _BAND_IN_FILE.search(stem_of(name))
    return (_join(found[1], found[2], found[3]), int(found[4] or 0) * 10) if found else ("", 0)


def _join(number: str, letter: str | None, vcid: str | None) -> str:
    return f"{int(number)}{(letter or '').upper()}{(vcid or '').upper()}"


def is_padded(text: str) -> bool:
    """Whether a band is numbered Sentinel-2's way ("B04", "B8A"), as Landsat's never are."""
    return bool(_PADDED.search(stem_of(text)))


def stem_of(name: str) -> str:
    """A file's or layer's name without a raster's ending."""
    last = PurePath(name.replace("\\", "/")).name
    return re.sub(r"\.(tiff?|jp2|vrt|img|hgt|asc|cog|nc)$", "", last, flags=re.IGNORECASE)


def sensor_of_ids(ids: Collection[str], names: Collection[str]) -> Sensor | None:
    """The sensor whose numbering a whole layer's band numbers can only be, None when they leave it open.

    `ids` are numbers as `band_id` gives them, `names` the descriptions as written.
    """
    if any(is_padded(name) for name in names) or "8A" in ids or "12" in ids:
        return Sensor.MSI
    if any(number.startswith("6_VCID") for number in ids):
        return Sensor.ETM
    if any(re.match(r"ST_B6$", name, re.IGNORECASE) for name in names):
        return Sensor.TM
    upper = {name.upper() for name in names}
    if {"10", "11"} & set(ids) or ({"SR_B6"} & upper):
        return Sensor.OLI
    return Sensor.TM if {"SR_B5", "SR_B7"} <= upper else None


def role_of_band(sensor: Sensor, number: str) -> Role | None:
    """The role of a sensor's band, None for those that no model uses."""
    return BANDS[sensor].get(number)


def words_of(name: str) -> list[str]:
    """The words of a name in lower case: letters only, split at digits, signs and changes of case."""
    spaced = re.sub(r"([a-z])([A-Z])", r"\1 \2", stem_of(name))
    return re.findall(r"[^\W\d_]+", spaced.lower())


def is_other_data(name: str) -> bool:
    """Whether the name is that of a mask, label or product, which plays no role."""
    return bool(_OTHER_DATA & set(words_of(name)))


def role_of_file(name: str) -> tuple[Role, str, float] | None:
    """The role in a single-band file's name, the word that tells it and how sure that is, 0..1."""
    words = words_of(name)
    for role, known, certainty in _FILE_WORDS:
        for word in words:
            if word in known:
                return role, word, certainty
    parts = [part for part in re.split(r"[_\-. ]+", stem_of(name)) if part]
    for part in reversed(parts):
        role = role_of_word(part)
        if role:
            return role, part, 0.85
    return None
