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
    """Times in seconds by the side of the window in pixels; the scene is simulated, and mirrored for larger windows.

    "waited" on the clock, and "processor", what the process had of it: on a machine that has nothing else to do both
    are alike.
    """
    scene = simulate(SceneSettings(seed, SIZES_PX[0]))
    return {str(size): _timed(scene, size) for size in SIZES_PX}


def _timed(scene: SceneArrays, size: int) -> dict[str, Any]:
    bands = {role: _enlarged(scene.optical[place], size) for role, place in ROLES.items()}
    bands |= {Role.ELEVATION: _enlarged(scene.elevation, size), Role.SLOPE: _enlarged(scene.slope, size)}
    known = Known(_enlarged(scene.label, size) == 1, np.ones((size, size), bool))
    grid = Grid(*PLACE, scene.pixel_m, (size, size))
    watch = _Watch()
    session = Session(make_window(grid, bands, None, [NOTHING, NOTHING]))
    opening = watch.read()
    strokes = np.array(_strokes(session, known))
    moves, anchor = _moves(session)
    told = {
        "opening": opening, "first_stroke": opening + strokes[0], "preview_p50": np.percentile(strokes, 50, axis=0),
        "preview_p95": np.percentile(strokes, 95, axis=0), "livewire_anchor": anchor,
        "livewire_p50": np.percentile(moves, 50, axis=0), "livewire_p95": np.percentile(moves, 95, axis=0),
        "livewire_worst": np.max(moves, axis=0),
    }  # fmt: skip
    return {
        "features": len(session.window.features.names), "strokes": len(strokes),
        "waited": {name: float(both[0]) for name, both in told.items()},
        "processor": {name: float(both[1]) for name, both in told.items()},
    }  # fmt: skip


class _Watch:
    """Seconds from its making: on the clock, and of the processor's time that this process had."""

    def __init__(self) -> None:
        self._started = self._now()

    @staticmethod
    def _now() -> np.ndarray:
        return np.array([time.perf_counter(), time.process_time()])

    def read(self) -> np.ndarray:
        """Both."""
        return self._now() - self._started


def _strokes(session: Session, known: Known) -> list[np.ndarray]:
    """Seconds of each stroke with its outline, on the clock and of the processor."""
    seconds = []
    for _ in range(STROKES):
        stroke = next_stroke(session.mask, known, session.window.grid)
        if stroke is None:
            break
        watch = _Watch()
        session.stroke(stroke)
        session.outline()
        seconds.append(watch.read())
    return seconds


def _moves(session: Session) -> tuple[list[np.ndarray], np.ndarray]:
    """Seconds of each move over the whole window, and of fixing the anchor in its middle; likewise."""
    grid = session.window.grid
    wire = Livewire(grid, edge_cost(session.window.features))
    west, south, east, north = grid.bounds_m
    watch = _Watch()
    wire.start((west + east) / 2.0, (south + north) / 2.0)
    anchor = watch.read()
    seconds = []
    for share in np.linspace(0.001, 0.999, MOVES):
        turn = 9.0 * np.pi * share
        x = (west + east) / 2.0 + 0.499 * (east - west) * share * np.cos(turn)
        y = (south + north) / 2.0 + 0.499 * (north - south) * share * np.sin(turn)
        watch = _Watch()
        wire.move(float(x), float(y))
        seconds.append(watch.read())
    return seconds, anchor


def _enlarged(image: np.ndarray, size: int) -> np.ndarray:
    """An image mirrored at its right and lower edge until it is `size` wide."""
    missing = size - image.shape[0]
    return np.pad(image, ((0, missing), (0, missing)), mode="symmetric") if missing else image
