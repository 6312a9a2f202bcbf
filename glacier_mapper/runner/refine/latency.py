"""How long an analyst waits: opening, the first stroke, each stroke with its preview, each move of the live-wire."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from ...core.grid import Grid
from ...core.roles import Role
from ..training.simulate import SceneArrays, SceneSettings, simulate
from .analyst import Known, next_stroke
from .livewire import Livewire, edge_cost
from .outline import NOTHING
from .session import Session, make_window

SIZES_PX = (1024, 2048)
ROLES = {Role.GREEN: 1, Role.RED: 2, Role.SWIR1: 4}
"""Bands of the scene that is timed: with terrain they make eight features."""
STROKES = 24
MOVES = 200
PLACE = ("EPSG:32632", (630_000.0, 5_200_020.0))


def latencies(seed: int) -> dict[str, Any]:
    """Times in seconds by the side of the window in pixels; the scene is simulated, and mirrored for larger windows."""
    scene = simulate(SceneSettings(seed, SIZES_PX[0]))
    return {str(size): _timed(scene, size) for size in SIZES_PX}


def _timed(scene: SceneArrays, size: int) -> dict[str, Any]:
    bands = {role: _enlarged(scene.optical[place], size) for role, place in ROLES.items()}
    bands |= {Role.ELEVATION: _enlarged(scene.elevation, size), Role.SLOPE: _enlarged(scene.slope, size)}
    known = Known(_enlarged(scene.label, size) == 1, np.ones((size, size), bool))
    grid = Grid(*PLACE, scene.pixel_m, (size, size))
    started = time.perf_counter()
    session = Session(make_window(grid, bands, None, [NOTHING, NOTHING]))
    opening = time.perf_counter() - started
    strokes = _strokes(session, known)
    moves, anchor = _moves(session)
    return {
        "features": len(session.window.features.names), "opening": opening, "first_stroke": opening + strokes[0],
        "preview_p50": float(np.percentile(strokes, 50)), "preview_p95": float(np.percentile(strokes, 95)),
        "strokes": len(strokes), "livewire_anchor": anchor, "livewire_p50": float(np.percentile(moves, 50)),
        "livewire_p95": float(np.percentile(moves, 95)), "livewire_worst": max(moves),
    }  # fmt: skip


def _strokes(session: Session, known: Known) -> list[float]:
    """Seconds of each stroke with its outline."""
    seconds = []
    for _ in range(STROKES):
        stroke = next_stroke(session.mask, known, session.window.grid)
        if stroke is None:
            break
        started = time.perf_counter()
        session.stroke(stroke)
        session.outline()
        seconds.append(time.perf_counter() - started)
    return seconds


def _moves(session: Session) -> tuple[list[float], float]:
    """Seconds of each move over the whole window, and of fixing the anchor in its middle."""
    grid = session.window.grid
    wire = Livewire(grid, edge_cost(session.window.features))
    west, south, east, north = grid.bounds_m
    started = time.perf_counter()
    wire.start((west + east) / 2.0, (south + north) / 2.0)
    anchor = time.perf_counter() - started
    seconds = []
    for share in np.linspace(0.001, 0.999, MOVES):
        turn = 9.0 * np.pi * share
        x = (west + east) / 2.0 + 0.499 * (east - west) * share * np.cos(turn)
        y = (south + north) / 2.0 + 0.499 * (north - south) * share * np.sin(turn)
        started = time.perf_counter()
        wire.move(float(x), float(y))
        seconds.append(time.perf_counter() - started)
    return seconds, anchor


def _enlarged(image: np.ndarray, size: int) -> np.ndarray:
    """An image mirrored at its right and lower edge until it is `size` wide."""
    missing = size - image.shape[0]
    return np.pad(image, ((0, missing), (0, missing)), mode="symmetric") if missing else image
