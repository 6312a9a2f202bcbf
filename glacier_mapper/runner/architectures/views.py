"""What the compact network looks at of a branch: fixed combinations of its bands that light and height change little.

A sun-lit slope and a shaded one differ in every band by much the same factor, so logarithms of reflectance and their
differences (band ratios) say what lies there; glaciers lie at 0 m and at 6000 m, so height counts only against its
surroundings. All views are pixel by pixel or over a box that is small beside a patch. What is missing is NaN in the
bands and 0 in the views, whose presence is told beside them.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...core.branches import Branch
from .base import band_count
from .blocks import stack

PAIRS = ((0, 2), (1, 2), (2, 3), (1, 4), (2, 4), (3, 4), (4, 5))
"""Optical bands whose ratio is looked at: blue/red, green/red, red/nir, green/swir1, red/swir1, nir/swir1,
swir1/swir2."""
GREEN = 1
DARKEST, BRIGHTEST, FLOOR = -0.2, 1.6, 0.02
"""Reflectance that sensors' products reach, and what is added before the logarithm, so that shadow stays finite."""
LOG_MEAN, LOG_SPREAD = -1.8, 1.2
NEAR_PX, WIDE_PX = 15, 60
COARSE_PX = 4
"""Boxes that are a multiple of it are taken of an image so many times as coarse, and drawn smooth again: a tenth of the
work, and nothing so wide has finer detail. A patch's sides are a multiple of it."""
FLAT = 1e-4
"""Kilometres a pixel: below that a slope faces nowhere."""


class View(nn.Module):
    """The bands as they are: (batch, bands, rows, columns) to the same, 0 where missing."""

    def __init__(self, branch: Branch) -> None:
        super().__init__()
        self.bands = band_count(branch)
        self.channels = self.bands

    def forward(self, bands: Tensor) -> tuple[Tensor, Tensor]:
        """(batch, channels, rows, columns), and the presence of each band, 0 or 1, (batch, bands, rows, columns)."""
        missing = self.missing(bands)
        filled, present = torch.where(missing, 0.0, bands), 1.0 - missing.to(bands.dtype)
        return self.seen(filled, present), present

    def missing(self, bands: Tensor) -> Tensor:
        """Where there is nothing to look at, bool (batch, bands, rows, columns)."""
        return torch.isnan(bands)

    def seen(self, filled: Tensor, present: Tensor) -> Tensor:
        """The channels of bands without gaps, 0 where one that they need is missing."""
        return filled * present


class OpticalView(View):
    """Reflectance, its logarithm, and the logarithms of ratios.

    Where the green band lies below nothing, in deep shadow, the correction of the air has taken off more light than
    came: what is left says nothing of the ground, in no band, and counts as missing.
    """

    def __init__(self, branch: Branch) -> None:
        super().__init__(branch)
        self.channels = 2 * self.bands + len(PAIRS)

    def missing(self, bands: Tensor) -> Tensor:
        """As `View.missing`; the comparison is false where green itself is missing."""
        return torch.isnan(bands) | (bands[:, GREEN : GREEN + 1] < 0.0)

    def seen(self, filled: Tensor, present: Tensor) -> Tensor:
        """As `View.seen`, of reflectance."""
        bright = filled.clamp(DARKEST, BRIGHTEST)
        logs = ((bright.clamp(min=0.0) + FLOOR).log() - LOG_MEAN) / LOG_SPREAD
        one, two = [first for first, _ in PAIRS], [second for _, second in PAIRS]
        ratios = (logs[:, one] - logs[:, two]) * present[:, one] * present[:, two]
        return stack([bright * present, logs * present, ratios])


class TerrainView(View):
    """Height above the mean of two surroundings, slope, and the way the slope faces (east, south) times the slope.

    Height in km, slope in any unit.
    """

    def __init__(self, branch: Branch) -> None:
        super().__init__(branch)
        self.channels = 5

    def seen(self, filled: Tensor, present: Tensor) -> Tensor:
        """As `View.seen`."""
        (height, slope), (known, sloping) = filled.split(1, 1), present.split(1, 1)
        near, wide = (height - box_mean(height, known, side) for side in (NEAR_PX, WIDE_PX))
        padded = functional.pad(height, (1, 1, 1, 1), mode="replicate")
        east = padded[:, :, 1:-1, 2:] - padded[:, :, 1:-1, :-2]
        south = padded[:, :, 2:, 1:-1] - padded[:, :, :-2, 1:-1]
        steep = (east * east + south * south + FLAT * FLAT).sqrt()
        facing = stack([east / steep, south / steep]) * slope * known
        return stack([10.0 * near * known, 4.0 * wide * known, slope * sloping, facing * sloping])


class SmoothedView(View):
    """The bands, and their means over a box in which speckle and noise fade."""

    side_px = 5

    def __init__(self, branch: Branch) -> None:
        super().__init__(branch)
        self.channels = 2 * self.bands

    def seen(self, filled: Tensor, present: Tensor) -> Tensor:
        """As `View.seen`."""
        return stack([filled * present, box_mean(filled, present, self.side_px) * present])


class ThermalView(View):
    """Temperature, and how much it is above the mean of the surroundings."""

    def __init__(self, branch: Branch) -> None:
        super().__init__(branch)
        self.channels = 2 * self.bands

    def seen(self, filled: Tensor, present: Tensor) -> Tensor:
        """As `View.seen`."""
        return stack([filled, filled - box_mean(filled, present, WIDE_PX)]) * stack([present, present])


VIEWS: dict[Branch, type[View]] = {
    Branch.OPTICAL: OpticalView,
    Branch.DEM: TerrainView,
    Branch.CO_POL_SAR: SmoothedView,
    Branch.CROSS_POL_SAR: SmoothedView,
    Branch.IN_SAR: SmoothedView,
    Branch.THERMAL: ThermalView,
}


def box_mean(filled: Tensor, present: Tensor, side_px: int) -> Tensor:
    """The mean of what is present in a box of `side_px` round each pixel; 0 where nothing is.

    `side_px` is odd, or an odd multiple of `COARSE_PX`.
    """
    return _box(filled * present, side_px) / (_box(present, side_px) + 1e-6)


def _box(values: Tensor, side_px: int) -> Tensor:
    if side_px % COARSE_PX == 0:
        coarse = _box(functional.avg_pool2d(values, COARSE_PX), side_px // COARSE_PX)
        return functional.interpolate(coarse, scale_factor=COARSE_PX, mode="bilinear", align_corners=False)
    half = side_px // 2
    rows = functional.avg_pool2d(values, (side_px, 1), 1, (half, 0))
    return functional.avg_pool2d(rows, (1, side_px), 1, (0, half))
