"""Which scaling, no-data number and date a source has: said by hand, by the file, by its product, or assumed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...core.guess import BandDescription
from ...core.messages import QT_TRANSLATE_NOOP, Message
from ...core.request import BandSource
from ...core.roles import OPTICAL_ROLES, Role
from ...core.scaling import AS_CHOSEN, Scaling, acquisition_date, chosen_scaling, known_scaling
from ...core.scaling_choice import AUTO_SCALING
from .plausible import Odd, Sample, no_kelvin, odd_reflectance
from .raster_file import RasterFile

BY_HAND = QT_TRANSLATE_NOOP("scaling", "{layer}: scale {scale} and offset {offset}, as set.")
FROM_FILE = QT_TRANSLATE_NOOP("scaling", "{layer}: scale {scale} and offset {offset}, as the file says.")
AS_STORED = QT_TRANSLATE_NOOP("scaling", "{layer}: the numbers are taken as they are.")
EIGHT_BIT = QT_TRANSLATE_NOOP(
    "scaling", "{layer} has 8 bits a band: 0 to 255 is taken for reflectance 0 to 1. Thresholds may need your hand."
)
TEN_THOUSANDTHS = QT_TRANSLATE_NOOP(
    "scaling",
    "{layer} does not say how it is scaled: its numbers are taken for reflectance × 10000. If that is wrong, choose "
    "its scaling.",
)
PERCENT = QT_TRANSLATE_NOOP(
    "scaling",
    "{layer} does not say how it is scaled: its numbers are taken for reflectance in percent. If that is wrong, choose "
    "its scaling.",
)
CELSIUS = QT_TRANSLATE_NOOP("scaling", "{layer}: degrees Celsius + 273.15.")
FEET = QT_TRANSLATE_NOOP("scaling", "{layer}: feet × 0.3048.")
NO_KELVIN = QT_TRANSLATE_NOOP(
    "scaling",
    "{layer} is not used: nothing says how its numbers become kelvin. For Landsat Level 1, put the MTL file beside it.",
)
TO_CHECK = (EIGHT_BIT, TEN_THOUSANDTHS, PERCENT)
"""Assumptions: only the analyst can know."""

_GUESSED = (EIGHT_BIT, TEN_THOUSANDTHS, PERCENT, AS_STORED)


@dataclass(frozen=True)
class Resolved:
    """A source with all its blanks filled. `scaling` None when it can't be used; then `note` says why."""

    source: BandSource
    scaling: Scaling | None
    note: Message | None = None
    odd: Odd | None = None


def resolve(source: BandSource, file: RasterFile) -> Resolved:
    """Scaling, no-data number and date of a source. Looks at a few pixels only where nothing else tells.

    A file's own scaling of reflectance is believed: a look would cost a second run the time in which it starts.
    """
    band, sample = file.describe(source.band, source.label), Sample(source, file)
    scaling = _scaling(source, file, sample)
    if scaling is None:
        return Resolved(source, None, Message(NO_KELVIN, {"layer": source.label}, to_check=True))
    nodata = source.nodata if source.nodata is not None else file.nodatas[source.band - 1]
    scaling = replace(scaling, nodata=scaling.nodata if nodata is None else nodata)
    plain = scaling.planck_k1_k2 is None
    no_use = no_kelvin(sample, scaling) if source.role is Role.THERMAL and plain else None
    if no_use:
        return Resolved(source, None, no_use)
    full = replace(
        source,
        scale=scaling.scale if plain else None,
        offset=scaling.offset if plain else None,
        nodata=scaling.nodata if scaling.nodata is None or np.isfinite(scaling.nodata) else None,
        date=source.date or acquisition_date(band),
    )
    return Resolved(full, scaling, _note(scaling), _odd(sample, scaling))


def _odd(sample: Sample, scaling: Scaling) -> Odd | None:
    """Of reflectance whose scaling no file tells."""
    source = sample.source
    by_hand = source.scale is not None or source.offset is not None or source.scaling != AUTO_SCALING
    if source.role not in OPTICAL_ROLES or not (by_hand or scaling.reason.template in _GUESSED):
        return None
    return odd_reflectance(sample, scaling, by_hand)


def _note(scaling: Scaling) -> Message | None:
    return None if scaling.reason.template in (AS_STORED, BY_HAND, AS_CHOSEN) else scaling.reason


def _scaling(source: BandSource, file: RasterFile, sample: Sample) -> Scaling | None:
    band = file.describe(source.band, source.label)
    if source.date:  # the analyst's own word, which tells Sentinel-2's offset too
        band = replace(band, metadata={**band.metadata, "DATE_ACQUIRED": source.date})
    chosen = _chosen(source, band)
    if chosen:
        return chosen
    known = known_scaling(band, source.role)
    nodata = known.nodata if known else None
    if source.scale is not None or source.offset is not None:
        scale = 1.0 if source.scale is None else source.scale
        return _said(BY_HAND, source, (scale, source.offset or 0.0), nodata)
    told = (file.scales[source.band - 1], file.offsets[source.band - 1])
    if told != (1.0, 0.0):
        return _said(FROM_FILE, source, told, nodata)
    if known:
        return replace(known, reason=_named(source, known.reason))
    if source.role in OPTICAL_ROLES:
        return _reflectance(source, file, sample)
    return _other(source, file)


def _chosen(source: BandSource, band: BandDescription) -> Scaling | None:
    """What the analyst's choice means for this band, None where it says nothing of it."""
    by_number = source.scale is not None or source.offset is not None
    is_meant = source.role in OPTICAL_ROLES or (source.role is Role.THERMAL and source.scaling.startswith("landsat"))
    if source.scaling == AUTO_SCALING or by_number or not is_meant:
        return None
    found = chosen_scaling(source.scaling, band, source.role)
    return None if found is None else replace(found, reason=_named(source, found.reason))


def _named(source: BandSource, reason: Message) -> Message:
    """The same reason with the layer's name among its details, for reports."""
    return replace(reason, details={**reason.details, "layer": source.label})


def _said(template: str, source: BandSource, numbers: tuple[float, float], nodata: float | None = None) -> Scaling:
    scale, offset = numbers
    details = {"layer": source.label, "scale": f"{scale:.10g}", "offset": f"{offset:.10g}"}
    return Scaling(scale, offset, nodata, Message(template, details, template in TO_CHECK))


def _other(source: BandSource, file: RasterFile) -> Scaling | None:
    unit = file.units[source.band - 1].strip().lower()
    stored_as_integer = not file.dtypes[source.band - 1].startswith("float")
    if source.role is Role.THERMAL:
        if unit in ("c", "°c", "degc", "celsius", "degrees celsius"):
            return _said(CELSIUS, source, (1.0, 273.15))
        if stored_as_integer and unit not in ("k", "kelvin"):
            return None
    if source.role is Role.ELEVATION and unit in ("ft", "foot", "feet", "us survey foot"):
        return _said(FEET, source, (0.3048, 0.0))
    if source.role is Role.COHERENCE and file.dtypes[source.band - 1] == "uint8":
        return _said(EIGHT_BIT, source, (1.0 / 255.0, 0.0))
    return _said(AS_STORED, source, (1.0, 0.0))


def _reflectance(source: BandSource, file: RasterFile, sample: Sample) -> Scaling:
    """Of an image that no one has described: by its type and by how large its numbers are."""
    if file.dtypes[source.band - 1] == "uint8":
        return _said(EIGHT_BIT, source, (1.0 / 255.0, 0.0))
    numbers = sample.numbers()
    bright = float(np.percentile(numbers, 95)) if numbers.size else 0.0
    if bright <= 3.0:
        return _said(AS_STORED, source, (1.0, 0.0))
    if bright <= 150.0:
        return _said(PERCENT, source, (0.01, 0.0))
    return _said(TEN_THOUSANDTHS, source, (1e-4, 0.0))
