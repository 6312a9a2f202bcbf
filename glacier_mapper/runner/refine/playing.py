"""A case played by a method: strokes until the outline is right, or the limit is reached."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt
import shapely

from ...core.refine import Stroke
from ...core.roles import Role
from .analyst import iou, next_stroke
from .cases import Case, outline_of
from .outline import NOTHING, pixels_of
from .rivals import SOLVERS, nearest_stroke, plain_walker
from .session import Session, make_window
from .strokes import stroke_mask

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

GOALS = (0.85, 0.90, 0.95)
LIMIT = 20
"""A goal that so many strokes do not reach counts as this many, and as a failure."""
TOLERANCES = np.geomspace(0.05, 60.0, 40)
"""In pixels: how far a simplified outline may lie from the true one; the coarsest that is good enough is taken."""


class Player(Protocol):
    """What turns strokes into a mask."""

    mask: Mask

    def stroke(self, stroke: Stroke) -> None:
        """Take a stroke."""


@dataclass
class Simple:
    """A method that goes by all strokes at once."""

    case: Case
    method: Callable[[Case, Mask, Mask], Mask]
    mask: Mask = field(init=False)
    _told: tuple[Mask, Mask] = field(init=False)

    def __post_init__(self) -> None:
        shape = self.case.grid.shape_yx
        self.mask, self._told = np.zeros(shape, bool), (np.zeros(shape, bool), np.zeros(shape, bool))

    def stroke(self, stroke: Stroke) -> None:
        """Take a stroke; the last one counts where it crosses others."""
        drawn = stroke_mask(stroke, self.case.grid)
        inside, outside = (told & ~drawn for told in self._told)
        self._told = (inside | drawn, outside) if stroke.inside else (inside, outside | drawn)
        self.mask = self.method(self.case, *self._told)


@dataclass(frozen=True)
class Played:
    """How a case went: `ious` from before the first stroke on, `seconds` a stroke."""

    case: str
    ious: tuple[float, ...]
    seconds: tuple[float, ...]

    def strokes_to(self, goal: float) -> int | None:
        """The number of strokes until `goal`; None where the limit came first."""
        return next((number for number, value in enumerate(self.ious) if value >= goal), None)

    def after(self, strokes: int) -> float:
        """IoU after so many strokes."""
        return self.ious[min(strokes, len(self.ious) - 1)]


def play(case: Case, player: Player, click: bool = False) -> Played:
    """Let the simulated analyst correct `player`'s mask until the last goal or the limit is reached."""
    ious, seconds = [iou(player.mask, case.known)], list[float]()
    while len(seconds) < LIMIT and ious[-1] < GOALS[-1]:
        stroke = next_stroke(player.mask, case.known, case.grid, click)
        if stroke is None:
            break
        started = time.perf_counter()
        player.stroke(stroke)
        seconds.append(time.perf_counter() - started)
        ious.append(iou(player.mask, case.known))
    return Played(case.name, tuple(ious), tuple(seconds))


def session_of(case: Case, from_model: bool, solver: str = "walk") -> Session:
    """A session as the plugin opens it, on the case's window."""
    window = make_window(case.grid, case.bands, case.probability, [case.start(from_model), NOTHING])
    return Session(window, SOLVERS[solver])


def by_nearest(_: Case, inside: Mask, outside: Mask) -> Mask:
    """Euclidean nearest stroke."""
    return nearest_stroke(inside, outside)


def by_plain_walker(case: Case, inside: Mask, outside: Mask) -> Mask:
    """Random walker on red, green and blue, or on what there is of them."""
    roles = [role for role in (Role.RED, Role.GREEN, Role.BLUE) if role in case.bands]
    rgb = np.stack([_grey(case.bands[role]) for role in roles])
    return plain_walker(rgb, inside, outside)


def _grey(band: Image) -> Image:
    """A band stretched as a canvas shows it, 2 to 98 %, 0..1; gaps as its middle."""
    low, high = np.nanpercentile(band, (2.0, 98.0)) if np.isfinite(band).any() else (0.0, 1.0)
    grey = (band - low) / max(float(high - low), 1e-6)
    return np.nan_to_num(np.clip(grey, 0.0, 1.0), nan=0.5).astype(np.float32)


def vertices_needed(case: Case) -> dict[float, int]:
    """Vertices of a polygon drawn by hand for each goal: of the true outline, simplified as far as the goal allows.

    The better of Douglas and Peucker's and Visvalingam and Whyatt's simplification, with small pieces and holes left
    out first; IoU is that of the pixels, as everywhere.
    """
    truth, pixel_m = outline_of(case.known.truth, case.grid), case.grid.pixel_size_m
    found = {goal: shapely.get_num_coordinates(truth) for goal in GOALS}
    for tolerance in TOLERANCES * pixel_m:
        large = _without_specks(truth, tolerance**2)
        ways = (large.simplify(tolerance), shapely.coverage_simplify(large, tolerance))
        for simple in (way for way in ways if not way.is_empty):
            valid = simple if simple.is_valid else shapely.make_valid(simple)
            value = iou(pixels_of(valid, case.grid), case.known)
            vertices = _vertices(simple)
            found.update({goal: min(found[goal], vertices) for goal in GOALS if value >= goal})
    return found


def _without_specks(shape: shapely.Geometry, least_m2: float) -> shapely.Geometry:
    """The polygons that are larger, with the holes that are larger."""
    kept = [
        shapely.Polygon(part.exterior, [hole for hole in part.interiors if shapely.Polygon(hole).area >= least_m2])
        for part in shapely.get_parts(shape) if part.area >= least_m2
    ]
    return shapely.MultiPolygon(kept)


def _vertices(shape: shapely.Geometry) -> int:
    """Clicks that a shape takes: the vertices of its rings, each once."""
    rings = [ring for part in shapely.get_parts(shape) for ring in (part.exterior, *part.interiors)]
    return sum(len(ring.coords) - 1 for ring in rings)
