"""Confidence calibrations of the published networks: which of a file's tables belongs to a network, and its values.

The names of the tables say what they were fitted for: `glavitu_global_softmax` (optical and dem),
`glavitu_global_insar_softmax` (with in_sar), `glavitu_regionencoding_softmax` (optical and dem, with the region
vector). The curves are not monotone and fit no other network, so one that was fitted for another is refused, also
where it is asked for by name. A table whose name says nothing of a network is taken by name only.
"""

from __future__ import annotations

import math
from typing import Any

from ...core.branches import Branch
from ...core.errors import InvalidParameterError
from ...core.model_card import Calibration, CalibrationKind, Location
from .json_file import numbers, read_object
from .orders import KerasImport

STRATEGIES = {
    Location.NONE: "global", Location.REGION: "regionencoding", Location.COORDINATES: "coordinateencoding",
}  # fmt: skip
BASIC = {Branch.OPTICAL, Branch.DEM}
CHECK_TOLERANCE = 1e-6
"""Largest difference between a table's own check values and what its support points give."""


def read_calibration(order: KerasImport) -> Calibration:
    """The calibration that `order` names, or the one that belongs to its network; none without a file.

    Raises MissingFileError; InvalidParameterError when no table belongs to the network, a named one is not there or was
    fitted for another network, or its values are wrong.
    """
    if not order.calibration:
        if order.calibration_name:
            name = order.calibration_name
            raise InvalidParameterError(name="calibration", value="left out", expected=f"the file that holds {name}")
        return Calibration()
    data = read_object(order.calibration, "calibration")
    tables = data.get("models")
    if data.get("kernel") != "laplacian" or not isinstance(tables, dict) or not tables:
        wanted = 'an object with "kernel": "laplacian" and "models"'
        raise InvalidParameterError(name=f"calibration {order.calibration}", value="used", expected=wanted)
    name = order.calibration_name or belonging_table(tuple(tables), order)
    if name not in tables:
        raise InvalidParameterError(name="calibration-name", value=name, expected=f"one of {', '.join(tables)}")
    if says_network(name) and not _belongs(name, order):
        expected = f"one that was fitted for this network, {_network(order)}: its curve fits no other. Leave it out"
        raise InvalidParameterError(name="calibration-name", value=name, expected=expected)
    where = f"{name} in {order.calibration}"
    (gamma,) = numbers([data.get("gamma")], f"gamma of {where}")
    return _calibration(tables[name], gamma, name, where)


def belonging_table(names: tuple[str, ...], order: KerasImport) -> str:
    """The one name of `names` that belongs to the network of `order`. Raises InvalidParameterError when none does."""
    found = [name for name in names if _belongs(name, order)]
    if len(found) == 1:
        return found[0]
    others = [name for name in names if not says_network(name)]
    named = f", or named with calibration-name: {', '.join(others)}" if others else ""
    raise InvalidParameterError(
        name=f"the calibration of {_network(order)}",
        value=f"any of {', '.join(names)}",
        expected=f"left out, as none of them was fitted for this network{named}",
    )


def _network(order: KerasImport) -> str:
    encoding = f" with {order.location.value} encoding" if order.location is not Location.NONE else ""
    return f"{order.architecture} on {', '.join(one.value for one in order.inputs)}{encoding}"


def says_network(name: str) -> bool:
    """Whether the name of a table says what it was fitted for, as those of the published file do."""
    return bool(set(name.split("_")) & set(STRATEGIES.values()))


def _belongs(name: str, order: KerasImport) -> bool:
    words = set(name.split("_"))
    inputs = set(order.inputs)
    radar = "insar" in words
    fits = Branch.IN_SAR in inputs and Branch.THERMAL not in inputs if radar else inputs == BASIC
    return order.architecture in words and STRATEGIES[order.location] in words and fits


def _calibration(table: Any, gamma: float, name: str, where: str) -> Calibration:
    if not isinstance(table, dict):
        raise InvalidParameterError(name=where, value=repr(table), expected="an object")
    support, coefficients = (numbers(table.get(key), f"{key} of {where}") for key in ("x_fit", "dual_coef"))
    if not support or len(support) != len(coefficients) or not gamma > 0:
        found = f"{len(support)} points, {len(coefficients)} coefficients, gamma {gamma}"
        raise InvalidParameterError(name=where, value=found, expected="as many points as coefficients, gamma above 0")
    found = Calibration(
        CalibrationKind.CONFIDENCE_KERNEL, gamma=gamma, support=support, coefficients=coefficients, title=name
    )
    _check(found, table, where)
    return found


def _check(calibration: Calibration, table: dict[str, Any], where: str) -> None:
    """Compare with the check values that the table may carry."""
    if "check_confidence" not in table or "check_calibrated" not in table:
        return
    points, wanted = (numbers(table[key], f"{key} of {where}") for key in ("check_confidence", "check_calibrated"))
    worst = max((abs(kernel_value(calibration, x) - y) for x, y in zip(points, wanted, strict=False)), default=0.0)
    if worst > CHECK_TOLERANCE or len(points) != len(wanted):
        expected = "support points that give the file's own check values"
        raise InvalidParameterError(name=where, value=f"off by {worst:.2g}", expected=expected)


def kernel_value(calibration: Calibration, confidence: float) -> float:
    """The calibrated value of one raw confidence, both 0..1."""
    pairs = zip(calibration.support, calibration.coefficients, strict=True)
    total = sum(weight * math.exp(-calibration.gamma * abs(confidence - point)) for point, weight in pairs)
    return min(max(total, 0.0), 1.0)
