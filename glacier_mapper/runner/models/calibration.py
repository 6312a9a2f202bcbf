"""Calibration: a network's output made a probability that is right as often as it says, and so its confidence.

Temperature and vector scaling: Guo et al. 2017 (ICML, "On calibration of modern neural networks"). The confidence
kernel is a kernel regression of accuracy over raw confidence, fitted for one network and of use with no other; the
curves of the published networks are not monotone.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...core.branches import REGION_CODES
from ...core.model_card import Calibration, CalibrationKind
from .base import FloatImage

FloatArray = npt.NDArray[np.float64]
STEPS = 1 << 16
"""A map keeps probabilities in steps of 1 / 65536."""
CHUNK_PX = 1 << 18
SMALLEST = np.float32(np.finfo(np.float32).tiny)
"""A probability of 0 is taken for this (a logit of -87), so that no weight makes it a NaN."""
KERNEL_FLOOR = 1e-6
"""Probabilities are clipped to 1e-6 .. 1 - 1e-6 before the confidence that the kernel was fitted on."""


def temperature(calibration: Calibration, location: npt.ArrayLike | None) -> float:
    """The temperature at a place: the regions' own, weighted with the region vector; a region without one has the
    calibration's common temperature, which also holds without a region vector.
    """
    weights = np.asarray([] if location is None else location, np.float64).ravel()
    if not calibration.by_region or weights.size != len(REGION_CODES) or not weights.sum() > 0:
        return calibration.temperature
    own = [calibration.by_region.get(code, calibration.temperature) for code in REGION_CODES]
    return float(np.dot(weights, own) / weights.sum())


def calibrate(probabilities: FloatImage, calibration: Calibration, location: npt.ArrayLike | None = None) -> FloatImage:
    """Calibrated class probabilities, float32 (classes, rows, cols), of those of a network; they sum to 1.

    `location` is the region vector. NaN stays NaN. The input is left as it is, and returned itself where the
    calibration changes no probability (none, and the confidence kernel).
    """
    if calibration.kind is CalibrationKind.TEMPERATURE:
        scale = np.full(len(probabilities), 1.0 / temperature(calibration, location))
        bias = np.zeros(len(probabilities))
    elif calibration.kind is CalibrationKind.VECTOR:
        scale, bias = np.asarray(calibration.scale), np.asarray(calibration.bias)
    else:
        return probabilities
    if np.all(scale == 1.0) and np.all(bias == 0.0):
        return probabilities
    result = np.empty(probabilities.shape, np.float32)
    flat_in, flat_out = probabilities.reshape(len(probabilities), -1), result.reshape(len(probabilities), -1)
    for start in range(0, flat_in.shape[1], CHUNK_PX):
        part = slice(start, start + CHUNK_PX)
        flat_out[:, part] = _scaled(flat_in[:, part], scale.astype(np.float32), bias.astype(np.float32))
    return result


def _scaled(probabilities: FloatImage, scale: FloatImage, bias: FloatImage) -> FloatImage:
    """softmax(log(p) * scale + bias) over the first axis."""
    logits = np.log(np.maximum(probabilities, SMALLEST))
    logits *= scale[:, None]
    logits += bias[:, None]
    logits -= logits.max(axis=0)
    np.exp(logits, out=logits)
    logits /= logits.sum(axis=0)
    return logits


def raw_confidence(probability: npt.ArrayLike, floor: float = 0.0) -> FloatArray:
    """1 - H2(p): the entropy in bits of (p, 1 - p) taken off one; NaN stays NaN.

    With `floor` both are first clipped to floor .. 1 - floor (standards: 5.5, Maslov et al. 2025).
    """
    p = np.asarray(probability, np.float64)
    entropy = np.zeros(p.shape)
    for share in (p, 1.0 - p):
        q = np.clip(share, floor, 1.0 - floor)
        entropy -= q * np.log2(np.where(q > 0, q, 1.0))
    return 1.0 - entropy


def confidence_curve(confidence: npt.ArrayLike, calibration: Calibration) -> FloatArray:
    """The calibrated confidence for each raw confidence, 0..1, float64 of the same shape; NaN stays NaN.

    The confidence itself, clipped, unless the calibration is a confidence kernel.
    """
    raw = np.asarray(confidence, np.float64)
    if calibration.kind is not CalibrationKind.CONFIDENCE_KERNEL:
        return np.clip(raw, 0.0, 1.0)
    kernel = _Kernel(calibration)
    flat = raw.ravel()
    parts = [kernel.at(flat[start : start + CHUNK_PX]) for start in range(0, flat.size, CHUNK_PX)]
    return np.clip(np.concatenate(parts or [flat]).reshape(raw.shape), 0.0, 1.0)


class _Kernel:
    """sum_i c_i exp(-gamma |x - s_i|), in two exponentials a pixel however many support points there are.

    Between two neighbouring supports the points to the left add up to one exponential that falls to the right, those
    to the right to one that falls to the left. Both amplitudes are anchored at the neighbouring support and built up
    from one support to the next, so nothing overflows for any gamma.
    """

    def __init__(self, calibration: Calibration) -> None:
        support, weight = np.asarray(calibration.support), np.asarray(calibration.coefficients)
        order = np.argsort(support, kind="stable")
        self.gamma = calibration.gamma
        self.support, weight = support[order], weight[order]
        fall = np.exp(-self.gamma * np.diff(self.support))
        self.left = _running(weight, fall)
        self.right = _running(weight[::-1], fall[::-1])[::-1]

    def at(self, x: FloatArray) -> FloatArray:
        """The sum at each x (1-D)."""
        place = np.searchsorted(self.support, x, side="right")  # supports [0, place) are at or left of x
        before, after = np.maximum(place - 1, 0), np.minimum(place, len(self.support) - 1)
        left = np.where(place > 0, self.left[before], 0.0)
        right = np.where(place < len(self.support), self.right[after], 0.0)
        gap_left, gap_right = np.abs(x - self.support[before]), np.abs(self.support[after] - x)
        return left * np.exp(-self.gamma * gap_left) + right * np.exp(-self.gamma * gap_right)


def _running(weight: FloatArray, fall: FloatArray) -> FloatArray:
    """Amplitude at each support of it and all before it."""
    sums = weight.copy()
    for at in range(1, len(sums)):
        sums[at] += sums[at - 1] * fall[at - 1]
    return sums


def confidence_table(calibration: Calibration) -> FloatImage:
    """Calibrated confidence of each step of probability that a map keeps: float32 (65538,).

    Entry k is that of p = k / 65536, the last one is NaN for no data. It is exact for the probability that is written,
    which differs by up to 1/131072 from the network's: in confidence at most 1.3e-4 (at p = 0 and 1), times the
    slope of the curve where there is a kernel (368 at most in the published ones, for confidence above 0.9997).
    """
    steps = np.append(np.arange(STEPS + 1) / STEPS, np.nan)
    with_kernel = calibration.kind is CalibrationKind.CONFIDENCE_KERNEL
    raw = raw_confidence(steps, KERNEL_FLOOR if with_kernel else 0.0)
    return confidence_curve(raw, calibration).astype(np.float32)
