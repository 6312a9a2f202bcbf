"""How far off an outline may be, from how steeply the probability falls across it.

Let the true margin lie, along the normal n of the outline, at a random place X that is normally distributed
about n0 with standard deviation sigma. A point is glacier when it lies on the inner side of the margin, so a
calibrated probability is p(n) = Phi((n0 - n) / sigma), and the outline at p = t lies where Phi^-1(t) is. There

    |dp/dn| = phi(Phi^-1(t)) / sigma,   so   sigma = phi(Phi^-1(t)) / |grad p|,

which is 1 / (sqrt(2 pi) |grad p|) at t = 0.5. A jump from 0 to 1 between two pixels gives 0.4 pixels.

Areas: moving every section outwards by its sigma sweeps, to first order, the sum of sigma times length. Errors
along one outline come from one threshold, one image and one kind of ground, so they are taken as perfectly
correlated: the whole line moves out or in together. That is the widest that the area can be at one sigma;
independent sections would shrink it with the square root of their number, which is far too sure.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from scipy.special import erf

FLOOR_PX, CAP_PX = 0.1, 10.0
"""No line is placed better than a tenth of a pixel; above ten pixels the line says nothing."""


def sigma_m(slope: np.ndarray, pixel_m: np.ndarray, threshold: float) -> np.ndarray:
    """Standard deviation of the outline's place in metres; `slope` is |grad p| per metre, `pixel_m` the pixel size."""
    normal = NormalDist()
    height = normal.pdf(normal.inv_cdf(threshold))
    with np.errstate(divide="ignore"):
        return np.clip(height / slope, FLOOR_PX * pixel_m, CAP_PX * pixel_m)


def line_confidence(sigma: np.ndarray, pixel_m: float) -> np.ndarray:
    """Probability that the true margin lies within one pixel of the line, 0..1."""
    return erf(pixel_m / (np.sqrt(2.0) * np.maximum(sigma, 1e-9)))
