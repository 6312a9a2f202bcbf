"""The figures of a benchmark, as the field of interactive segmentation tells them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .playing import GOALS, LIMIT, Played

AFTER = (1, 3, 5)

DEFINITIONS = {
    "NoC": f"strokes until the IoU is reached, mean of the cases; where {LIMIT} do not reach it, {LIMIT}",
    "failures": f"share of the cases in which {LIMIT} strokes do not reach the IoU",
    "IoU after": "mean of the cases after so many strokes, 0 being what it begins with",
    "vertices": "of a polygon drawn by hand: the true outline simplified as far as the same IoU allows",
    "fewer": "vertices over strokes, sums over the cases",
    "seconds": "of a stroke without its outline",
}


def figures_of(played: Mapping[str, Mapping[str, Sequence[Played]]], cases: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Figures by start and method, those of polygons, and the cases."""
    vertices = {f"{goal:.2f}": [case["vertices"][f"{goal:.2f}"] for case in cases] for goal in GOALS}
    found = {
        start: {name: _of_method(games, vertices) for name, games in by_method.items()}
        for start, by_method in played.items()
    }
    outline = [game.ious[0] for game in played["from_model"]["walk"]]
    return {
        **found, "model_alone": {"iou": float(np.mean(outline)), **_reached(outline)},
        "polygon": {goal: float(np.mean(counts)) for goal, counts in vertices.items()},
        "cases": list(cases), "definitions": DEFINITIONS,
    }  # fmt: skip


def _reached(ious: Sequence[float]) -> dict[str, Any]:
    """The share of cases that have each goal without a stroke."""
    return {"reached": {f"{goal:.2f}": float(np.mean([value >= goal for value in ious])) for goal in GOALS}}


def _of_method(games: Sequence[Played], vertices: Mapping[str, Sequence[int]]) -> dict[str, Any]:
    noc, failures, fewer = {}, {}, {}
    for goal in GOALS:
        key, needed = f"{goal:.2f}", [game.strokes_to(goal) for game in games]
        counted = [LIMIT if one is None else one for one in needed]
        noc[key] = float(np.mean(counted))
        failures[key] = float(np.mean([one is None for one in needed]))
        fewer[key] = float(sum(vertices[key]) / max(1, sum(counted)))
    seconds = [second for game in games for second in game.seconds]
    return {
        "noc": noc, "failures": failures, "fewer": fewer,
        "iou_after": {str(count): float(np.mean([game.after(count) for game in games])) for count in (0, *AFTER)},
        "seconds_p50": float(np.percentile(seconds, 50)) if seconds else None,
        "seconds_p95": float(np.percentile(seconds, 95)) if seconds else None,
    }  # fmt: skip
