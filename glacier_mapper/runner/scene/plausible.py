"""A look at a few pixels: whether a scaling makes of them what a layer of that role can hold."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from rasterio.windows import Window

from ...core.errors import InputError
from ...core.messages import QT_TRANSLATE_NOOP, Message
from ...core.request import BandSource
from ...core.scaling import Scaling
from .edge import open_raster, translated
from .raster_file import RasterFile

ODD_REFLECTANCE = QT_TRANSLATE_NOOP(
    "scaling",
    "{layer}: reflectance looks wrong with the scaling given: the median of a band is {median}, where 0 to 1 is usual. "
    "Check scale and offset.",
)
ODD_GUESS = QT_TRANSLATE_NOOP(
    "scaling",
    "{layer}: reflectance looks wrong with the scaling that was assumed: the median of a band is {median}, where 0 to "
    "1 is usual. Choose its scaling.",
)
NOT_KELVIN = QT_TRANSLATE_NOOP(
    "scaling",
    "{layer} is not used: its numbers, about {median}, are no temperatures in kelvin. Choose the thermal band, or give "
    "the file the scale and offset that make kelvin of them.",
)
LOOKS_CELSIUS = QT_TRANSLATE_NOOP(
    "scaling",
    "{layer} is not used: its numbers, about {median}, look like degrees Celsius, and nothing in the file says so. "
    "Give the file the offset 273.15, for example with gdal_edit.py -offset 273.15.",
)

_SAMPLE_PX = 64
_USUAL_MEDIANS = (-0.2, 2.0)
_USUAL_KELVIN = (180.0, 345.0)
_USUAL_CELSIUS = (-80.0, 65.0)


@dataclass(frozen=True)
class Sample:
    """A few pixels of a source, read once, when they are first asked for."""

    source: BandSource
    file: RasterFile

    @cached_property
    def _stored(self) -> np.ndarray:
        rows, cols = self.file.shape_yx
        height, width = min(rows, _SAMPLE_PX), min(cols, _SAMPLE_PX)
        values = []
        with closing(open_raster(self.file.path)) as dataset, translated(self.file.path):
            for down in (1, 3, 5):
                for right in (1, 3, 5):
                    top = min(max(rows * down // 6 - height // 2, 0), rows - height)
                    left = min(max(cols * right // 6 - width // 2, 0), cols - width)
                    window = Window(left, top, width, height)
                    values.append(dataset.read(self.source.band, window=window, out_dtype="float64").ravel())
        return np.concatenate(values)

    def numbers(self, nodata: float | None = None) -> np.ndarray:
        """The stored numbers, float64, of nine small windows, without those that stand for no data.

        That is `nodata`, else what the source or the file says. Raises MissingFileError, UnreadableRasterError.
        """
        told = (nodata, self.source.nodata, self.file.nodatas[self.source.band - 1], 0.0)
        numbers = self._stored[np.isfinite(self._stored) & (np.abs(self._stored) < 1e30)]
        return numbers[numbers != next(number for number in told if number is not None)]

    def median(self, scaling: Scaling) -> float | None:
        """In physical units. None where there are no numbers, or none that can be read: whoever needs them says so."""
        try:
            numbers = self.numbers(scaling.nodata)
        except InputError:
            return None
        return float(np.median(numbers)) * scaling.scale + scaling.offset if numbers.size else None


class Odd(NamedTuple):
    """A median reflectance out of all measure, and whether the analyst gave the scaling that makes it."""

    median: float
    by_hand: bool

    def note(self, layer: str) -> Message:
        """What to say of it."""
        template = ODD_REFLECTANCE if self.by_hand else ODD_GUESS
        return Message(template, {"layer": layer, "median": f"{self.median:.3g}"}, to_check=True)


def odd_reflectance(sample: Sample, scaling: Scaling, by_hand: bool) -> Odd | None:
    """None where a few pixels have a usual reflectance in the median."""
    median = sample.median(scaling)
    return None if median is None or _USUAL_MEDIANS[0] <= median <= _USUAL_MEDIANS[1] else Odd(median, by_hand)


def no_kelvin(sample: Sample, scaling: Scaling) -> Message | None:
    """Why a thermal source can't be used, None where its numbers can be temperatures in kelvin."""
    median = sample.median(scaling)
    if median is None or _USUAL_KELVIN[0] <= median <= _USUAL_KELVIN[1]:
        return None
    celsius = scaling.is_identity and _USUAL_CELSIUS[0] <= median <= _USUAL_CELSIUS[1]
    details = {"layer": sample.source.label, "median": f"{median:.4g}"}
    return Message(LOOKS_CELSIUS if celsius else NOT_KELVIN, details, to_check=True)
