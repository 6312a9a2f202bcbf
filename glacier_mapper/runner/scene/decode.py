"""From stored numbers to physical units, float32 with NaN for no data, without a float64 in between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...core.scaling import Scaling

_CHUNK_BYTES = 2**20
"""Of stored numbers: what stays in a core's cache between the few passes over it."""

_NAN = np.float32(np.nan)

FLOAT_LIMIT = 1.0e30
"""Beyond it no measurement lies, only what programs write for no data (1e38, the lowest float)."""


@dataclass(frozen=True)
class Decoder:
    """How a band's stored numbers become physical. `nodata` None where the data type can't hold it."""

    scale: np.float32
    offset: np.float32
    nodata: np.number | None
    planck_k1_k2: tuple[float, float] | None = None

    @classmethod
    def of(cls, scaling: Scaling, dtype: str) -> Decoder:
        """For numbers stored as `dtype`; those beyond 16 bits are read as float32."""
        kind = np.dtype(dtype if reads_as_stored(dtype) else "float32")
        scale, offset = np.float32(scaling.scale), np.float32(scaling.offset)
        return cls(scale, offset, _nodata(scaling.nodata, kind), scaling.planck_k1_k2)

    def decode(self, stored: np.ndarray, out: np.ndarray) -> None:
        """Fill `out` (float32) from `stored` (same shape, (rows, cols)); both may be the same array."""
        step = max(1, _CHUNK_BYTES // max(1, stored.shape[1] * stored.itemsize))
        for row in range(0, stored.shape[0], step):
            self._decode_chunk(stored[row : row + step], out[row : row + step])

    def _decode_chunk(self, stored: np.ndarray, out: np.ndarray) -> None:
        invalid = None if self.nodata is None else stored == self.nodata
        if stored.dtype == np.float32:
            beyond = np.abs(stored) > FLOAT_LIMIT  # infinities among them
            invalid = beyond if invalid is None else np.logical_or(invalid, beyond, out=invalid)
        if self.scale != 1:
            with np.errstate(over="ignore"):  # where there is no data
                np.multiply(stored, self.scale, out=out, dtype=np.float32, casting="unsafe")
        elif out is not stored:
            np.copyto(out, stored, casting="unsafe")
        if self.offset != 0:
            np.add(out, self.offset, out=out)
        if self.planck_k1_k2 is not None:
            _to_kelvin(out, *self.planck_k1_k2)
        if invalid is not None and invalid.any():
            np.copyto(out, _NAN, where=invalid)


def reads_as_stored(dtype: str) -> bool:
    """Whether numbers are read in their own type: small integers are, at half the memory of float32."""
    return dtype in ("uint8", "int8", "uint16", "int16")


def _nodata(value: float | None, kind: np.dtype) -> np.number | None:
    if value is None or not np.isfinite(value):
        return None
    if kind.kind == "f":
        return np.float32(np.clip(value, -3.4028235e38, 3.4028235e38))
    limits = np.iinfo(kind)
    return kind.type(int(value)) if limits.min <= value <= limits.max and value == int(value) else None


def _to_kelvin(radiance: np.ndarray, k1: float, k2: float) -> None:
    """T = K2 / ln(K1 / L + 1), in place (standards 7.3); NaN where there is no radiance."""
    np.copyto(radiance, _NAN, where=radiance <= 0)
    np.divide(np.float32(k1), radiance, out=radiance)
    np.log1p(radiance, out=radiance)
    np.divide(np.float32(k2), radiance, out=radiance)
