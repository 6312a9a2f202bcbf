"""The calibration in a `model.json`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from .branches import REGION_CODES
from .model_card import Calibration, CalibrationKind
from .model_card_fields import Fields

FIELD = "glacier:calibration"


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
        temperature=fields.positive("temperature", 1.0),
        by_region=_by_region(fields),
        scale=fields.numbers("scale"),
        bias=fields.numbers("bias"),
        gamma=fields.positive("gamma", 1.0),
        support=fields.numbers("support"),
        coefficients=fields.numbers("coefficients"),
        title=fields.text("title", ""),
    )
    _check(fields, calibration, classes)
    return calibration


def _by_region(fields: Fields) -> dict[str, float]:
    own = Fields(fields.data.get("by_region") or {}, fields.at("by_region"))
    unknown = sorted(own.data.keys() - set(REGION_CODES))
    if unknown:
        raise own.wrong(unknown[0], f"is no region; known are {', '.join(REGION_CODES)}")
    return {code: own.positive(code) for code in own.data}


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
