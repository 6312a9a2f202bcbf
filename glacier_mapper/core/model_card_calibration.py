"""The calibration in a `model.json`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from .branches import REGION_CODES
from .model_card import Calibration, CalibrationKind
from .model_card_fields import Fields

FIELD = "glacier:calibration"
STRENGTH = (0.01, 100.0)
"""What temperatures and the scales of classes may be: beyond these no probability is left but 0, 1 and NaN."""
MOST_BIAS = 1000.0
"""The most that a class may be shifted by, in logits."""
MOST_CURVE = 1e9
"""The most that a support point or coefficient of a curve may be, whatever its sign."""


def calibration_json(calibration: Calibration) -> dict[str, Any]:
    """The kind, and of the other fields those that are not as they always are."""
    default = asdict(Calibration())
    values = {key: value for key, value in asdict(calibration).items() if value != default[key]}
    return {**values, "kind": calibration.kind.value}


def read_calibration(own: Fields, classes: int) -> Calibration:
    """The calibration of a network of so many classes. Raises WrongField."""
    fields = Fields(own.data.get(FIELD) or {}, own.at(FIELD))
    unknown = sorted(fields.data.keys() - Calibration.__dataclass_fields__.keys())
    if unknown:
        raise fields.wrong(unknown[0], "is no field of a calibration")
    calibration = Calibration(
        kind=fields.one_of("kind", CalibrationKind, CalibrationKind.NONE),
        temperature=_held(fields, "temperature", fields.positive("temperature", 1.0), *STRENGTH),
        by_region=_by_region(fields),
        scale=_all_held(fields, "scale", *STRENGTH),
        bias=_all_held(fields, "bias", -MOST_BIAS, MOST_BIAS),
        gamma=_held(fields, "gamma", fields.positive("gamma", 1.0), 0.0, MOST_CURVE),
        support=_all_held(fields, "support", -MOST_CURVE, MOST_CURVE),
        coefficients=_all_held(fields, "coefficients", -MOST_CURVE, MOST_CURVE),
        title=fields.text("title", ""),
    )
    _check(fields, calibration, classes)
    return calibration


def _by_region(fields: Fields) -> dict[str, float]:
    own = Fields(fields.data.get("by_region") or {}, fields.at("by_region"))
    unknown = sorted(own.data.keys() - set(REGION_CODES))
    if unknown:
        raise own.wrong(unknown[0], f"is no region; known are {', '.join(REGION_CODES)}")
    return {code: _held(own, code, own.positive(code), *STRENGTH) for code in own.data}


def _held(fields: Fields, key: str, value: float, low: float, high: float) -> float:
    """The value of a field, within its bounds. Raises WrongField."""
    if not low <= value <= high:
        raise fields.wrong(key, f"is {value:g}, not from {low:g} to {high:g}")
    return value


def _all_held(fields: Fields, key: str, low: float, high: float) -> tuple[float, ...]:
    values = fields.numbers(key)
    return tuple(_held(fields, f"{key}[{at}]", value, low, high) for at, value in enumerate(values))


def _check(fields: Fields, calibration: Calibration, classes: int) -> None:
    if calibration.kind is CalibrationKind.VECTOR:
        for key in ("scale", "bias"):
            if len(getattr(calibration, key)) != classes:
                raise fields.wrong(key, f"has {len(getattr(calibration, key))} numbers for {classes} classes")
    if calibration.kind is CalibrationKind.CONFIDENCE_KERNEL:
        points, weights = len(calibration.support), len(calibration.coefficients)
        if points == 0 or points != weights:
            raise fields.wrong("support", f"has {points} points, and there are {weights} coefficients")
        if not calibration.title:
            raise fields.wrong("title", "must say which network the curve belongs to: it fits no other")
