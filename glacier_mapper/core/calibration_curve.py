"""A calibration as a curve, to look at: what the network says against what is made of it."""

from __future__ import annotations

import math

from .model_card import Calibration, CalibrationKind

POINTS = 201
SMALLEST = 1e-6


def curve(calibration: Calibration, ice_class: int = 1, points: int = POINTS) -> list[tuple[float, float]]:
    """(raw, calibrated) at equal steps of raw from 0 to 1, both 0..1; empty where nothing is calibrated.

    For a confidence kernel both are confidences, else the probability of glacier against one other class.
    """
    if calibration.kind is CalibrationKind.NONE:
        return []
    raw = [step / (points - 1) for step in range(points)]
    if calibration.kind is CalibrationKind.CONFIDENCE_KERNEL:
        return [(x, _kernel(calibration, x)) for x in raw]
    return [(x, _logistic(calibration, ice_class, x)) for x in raw]


def is_monotone(points: list[tuple[float, float]]) -> bool:
    """Whether the curve never falls: more confidence before is more confidence after."""
    return all(later[1] >= earlier[1] - SMALLEST for earlier, later in zip(points, points[1:]))


def _kernel(calibration: Calibration, x: float) -> float:
    """clip(sum_i c_i exp(-gamma |x - s_i|), 0, 1), as `CalibrationKind` says."""
    pairs = zip(calibration.coefficients, calibration.support)
    total = sum(weight * math.exp(-calibration.gamma * abs(x - place)) for weight, place in pairs)
    return min(1.0, max(0.0, total))


def _logistic(calibration: Calibration, ice_class: int, x: float) -> float:
    """softmax(log(p) scale + bias) of two classes, p = (1 - x, x)."""
    logs = [math.log(max(SMALLEST, 1.0 - x)), math.log(max(SMALLEST, x))]
    if calibration.kind is CalibrationKind.TEMPERATURE:
        scaled = [one / calibration.temperature for one in logs]
    else:
        other = 1 - ice_class if ice_class in (0, 1) else 0
        places = (other, ice_class)
        scaled = [one * calibration.scale[n] + calibration.bias[n] for one, n in zip(logs, places)]
    return 1.0 / (1.0 + math.exp(min(700.0, scaled[0] - scaled[1])))
