"""The methods that fix an outline by strokes and along edges, JSON in and JSON out."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..core.progress import Controls
from ..core.protocol import Method
from ..core.refine import RefineRequest, Stroke
from .params import read


def _open(params: dict[str, Any], _: Controls) -> Any:
    request = read("RefineRequest", lambda: RefineRequest.from_json(params))
    from .refine.desk import DESK

    return DESK.open(request).to_json()


def _stroke(params: dict[str, Any], _: Controls) -> Any:
    stroke = read("stroke", lambda: Stroke.from_json(params["stroke"]))
    from .refine.desk import DESK

    return DESK.stroke(_session(params), stroke).to_json()


def _undo(params: dict[str, Any], _: Controls) -> Any:
    from .refine.desk import DESK

    return DESK.undo(_session(params)).to_json()


def _livewire_start(params: dict[str, Any], _: Controls) -> Any:
    from .refine.desk import DESK

    return DESK.livewire_start(_session(params), *_point(params)).to_json()


def _livewire_move(params: dict[str, Any], _: Controls) -> Any:
    from .refine.desk import DESK

    return DESK.livewire_move(_session(params), *_point(params)).to_json()


def _close(params: dict[str, Any], _: Controls) -> Any:
    from .refine.desk import DESK

    DESK.close(_session(params))
    return {}


def _benchmark(params: dict[str, Any], controls: Controls) -> Any:
    from .refine.benchmark import BenchmarkOrder, benchmark

    return benchmark(read("refine_benchmark", lambda: BenchmarkOrder(**params)), controls)


def _session(params: dict[str, Any]) -> str:
    return read("session", lambda: str(params["session"]))


def _point(params: dict[str, Any]) -> tuple[tuple[float, float], bool]:
    """A point's coordinates in the CRS of the session's grid, and whether it is drawn to an edge."""
    return read("point", lambda: _pair(*params["point"])), bool(params.get("snap", True))


def _pair(x: Any, y: Any) -> tuple[float, float]:
    """Two finite coordinates. Raises TypeError, ValueError."""
    if not (math.isfinite(x) and math.isfinite(y)):
        raise ValueError("not finite")
    return float(x), float(y)


HANDLERS: dict[Method, Callable[[dict[str, Any], Controls], Any]] = {
    Method.REFINE_OPEN: _open,
    Method.REFINE_STROKE: _stroke,
    Method.REFINE_UNDO: _undo,
    Method.REFINE_CLOSE: _close,
    Method.LIVEWIRE_START: _livewire_start,
    Method.LIVEWIRE_MOVE: _livewire_move,
    Method.REFINE_BENCHMARK: _benchmark,
}
