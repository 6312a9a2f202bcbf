"""What an analyst sees of the ground, as numbers: a window's features, computed once and kept.

    features = compute_features(bands, probability, pixel_size_m=30.0)
    features.values      float32 (features, rows, cols), robustly normalised, 0 where not known
    features.known       bool (features, rows, cols)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from ...core.roles import OPTICAL_ROLES, Role

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

LIMIT = 4.0
"""Normalised values are cut here: what lies farther off is as unusual as it can be."""
SAMPLE = 65_536
"""Pixels from which the middle and the spread of a feature are taken, on a regular lattice."""
SPREAD = 1.4826
"""Of a normal distribution: standard deviations in a median absolute deviation."""
PLAIN_M = 90.0
"""Curvature is that of the ground smoothed over this many metres: a moraine's, not a boulder's."""
TEXTURE_PX = 2
"""Texture is the spread in squares of twice this and one pixels."""
RADAR_ROLES = (Role.CO_POL, Role.CROSS_POL, Role.CO_POL_2, Role.CROSS_POL_2)
COHERENCE_ROLES = (Role.COHERENCE, Role.COHERENCE_2)
PROBABILITY = "probability"


@dataclass(frozen=True)
class Features:
    """A window's features on its grid, row 0 = north.

    `values` is float32 (features, rows, cols): (value - median) / spread of the window, within -4 and 4, 0 in gaps;
    `known` is bool of that shape. `elevation_m` (rows, cols) float32 and `slope_deg` are in their own units, NaN =
    not known, None without a terrain model. `seen` (rows, cols) says where anything at all but the model's probability
    is known.
    """

    names: tuple[str, ...]
    values: Image
    known: Mask
    pixel_size_m: float
    elevation_m: Image | None = None
    slope_deg: Image | None = None

    @property
    def shape_yx(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.values.shape[1], self.values.shape[2]

    @property
    def seen(self) -> Mask:
        """Where a layer tells anything, bool (rows, cols)."""
        return self.known[self.ground].any(axis=0)

    @property
    def ground(self) -> list[int]:
        """The places of all features but the model's probability."""
        return [place for place, name in enumerate(self.names) if name != PROBABILITY]

    def of(self, name: str) -> Image:
        """One feature by its name, (rows, cols). Raises KeyError."""
        if name not in self.names:
            raise KeyError(name)
        return self.values[self.names.index(name)]


def compute_features(bands: Mapping[Role, Image], probability: Image | None, pixel_size_m: float) -> Features:
    """The features of a window whose `bands` are in physical units, float32 (rows, cols), NaN = no data.

    Bands, NDSI, red over SWIR1, slope, curvature, texture of the brightest optical band, temperature, backscatter in
    decibel, coherence, and `probability` (0..1, NaN = not known), each where it is there. Raises ValueError when there
    is no band at all.
    """
    named = [(name, make()) for name, make in _wanted(bands, probability, pixel_size_m)]
    if not named:
        raise ValueError("features need at least one band")
    shape = named[0][1].shape
    values, known = np.empty((len(named), *shape), np.float32), np.empty((len(named), *shape), bool)
    for place, (_, raw) in enumerate(named):
        np.isfinite(raw, out=known[place])
        values[place] = normalised(raw, known[place])
    return Features(
        tuple(name for name, _ in named), values, known, pixel_size_m, bands.get(Role.ELEVATION), bands.get(Role.SLOPE)
    )


def _wanted(
    bands: Mapping[Role, Image], probability: Image | None, pixel_size_m: float
) -> Iterator[tuple[str, Callable[[], Image]]]:
    """Name and maker of each feature that the bands allow."""
    for role in (*OPTICAL_ROLES, Role.THERMAL, *COHERENCE_ROLES, Role.SLOPE):
        if role in bands:
            yield role.value, lambda role=role: bands[role]
    if Role.GREEN in bands and Role.SWIR1 in bands:
        yield "ndsi", lambda: _ndsi(bands[Role.GREEN], bands[Role.SWIR1])
    if Role.RED in bands and Role.SWIR1 in bands:
        yield "red_swir1", lambda: _log_ratio(bands[Role.RED], bands[Role.SWIR1])
    if Role.ELEVATION in bands:
        yield "curvature", lambda: _curvature(bands[Role.ELEVATION], pixel_size_m)
    textured = next((role for role in (Role.NIR, Role.RED, Role.GREEN, Role.BLUE, Role.SWIR1) if role in bands), None)
    if textured is not None:
        yield "texture", lambda: _texture(bands[textured])
    for role in RADAR_ROLES:
        if role in bands:
            yield role.value, lambda role=role: _decibel(bands[role])
    if probability is not None:
        yield PROBABILITY, lambda: _log_odds(probability)


def normalised(raw: Image, known: Mask) -> Image:
    """(value - median) / spread of the known pixels, within -4 and 4; 0 in gaps and where all is one value."""
    step = max(1, int(np.sqrt(raw.size / SAMPLE)))
    sample = raw[::step, ::step][known[::step, ::step]]
    if not sample.size:
        sample = raw[known][:SAMPLE]
    if not sample.size:
        return np.zeros(raw.shape, np.float32)
    middle = np.median(sample)
    spread = SPREAD * np.median(np.abs(sample - middle))
    if not spread > 0:  # more than half of the window has one value
        spread = sample.std()
    if not spread > 0:
        return np.zeros(raw.shape, np.float32)
    scaled = (raw - np.float32(middle)) * np.float32(1.0 / spread)
    np.clip(scaled, -LIMIT, LIMIT, out=scaled)
    scaled[~known] = 0.0
    return scaled


def _ndsi(green: Image, swir1: Image) -> Image:
    """(green - SWIR1) / (green + SWIR1), NaN where there is hardly any light."""
    total = green + swir1
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total > 0.01, np.clip((green - swir1) / total, -1.0, 1.0), np.float32(np.nan))


def _log_ratio(red: Image, swir1: Image) -> Image:
    """The logarithm of red over SWIR1, both at least one hundredth."""
    return np.log(np.maximum(red, np.float32(0.01)) / np.maximum(swir1, np.float32(0.01)))


def _log_odds(probability: Image) -> Image:
    inside = np.clip(probability, 0.01, 0.99)
    return np.log(inside / (1.0 - inside)).astype(np.float32)


def _decibel(sigma_nought: Image) -> Image:
    return (10.0 * np.log10(np.maximum(sigma_nought, np.float32(1e-4)))).astype(np.float32)


def smooth(values: Image, sigma_px: float) -> Image:
    """A Gaussian mean of the known pixels alone, NaN where none is near."""
    known = np.isfinite(values)
    if known.all():
        return ndimage.gaussian_filter(values, sigma_px, mode="nearest")
    total = ndimage.gaussian_filter(np.where(known, values, np.float32(0.0)), sigma_px, mode="nearest")
    weight = ndimage.gaussian_filter(known.astype(np.float32), sigma_px, mode="nearest")
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(known, total / weight, np.float32(np.nan))


def _curvature(elevation_m: Image, pixel_size_m: float) -> Image:
    """How much the ground bends, 1/m: positive in hollows, negative on crests, after some smoothing."""
    ground = smooth(elevation_m, max(1.0, PLAIN_M / pixel_size_m / 2.0))
    gap = ~np.isfinite(ground)
    bent = ndimage.laplace(np.where(gap, np.float32(0.0), ground), mode="nearest") / np.float32(pixel_size_m**2)
    bent[ndimage.binary_dilation(gap)] = np.nan
    return bent


def _texture(band: Image) -> Image:
    """The logarithm of the spread relative to the mean in small squares, of the known pixels."""
    size = 2 * TEXTURE_PX + 1
    known = np.isfinite(band)
    filled = np.where(known, band, np.float32(0.0))
    if known.all():
        mean, square = (ndimage.uniform_filter(one, size, mode="nearest") for one in (filled, filled * filled))
    else:
        share = np.maximum(ndimage.uniform_filter(known.astype(np.float32), size, mode="nearest"), 1e-6)
        mean, square = (ndimage.uniform_filter(one, size, mode="nearest") / share for one in (filled, filled * filled))
    spread = np.sqrt(np.maximum(square - mean * mean, 0.0)) / np.maximum(np.abs(mean), np.float32(0.02))
    # The least of the squares that hold a pixel: one across an edge tells of the edge, not of the ground.
    least = ndimage.minimum_filter(np.where(known, spread, np.float32(np.inf)), size, mode="nearest")
    return np.where(known, np.log(least + np.float32(0.005)), np.float32(np.nan))
