"""What the fixing of one outline by strokes asks of the runner, and what it answers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .errors import InvalidParameterError
from .grid import Grid
from .messages import Message
from .request import MapRequest

MOST_POINTS = 20_000
Points = tuple[tuple[float, float], ...]
"""Coordinates (x, y) in metres of the session's grid."""


@dataclass(frozen=True)
class Stroke:
    """A line that the analyst drew: what lies under it is inside of the glacier, or it is not.

    `points` are (x, y) in the CRS of the session's grid, one for a click; `width_m` is the width of the line in metres,
    0 for a line as thin as a pixel.
    """

    points: Points
    inside: bool
    width_m: float = 0.0

    def __post_init__(self) -> None:
        if not 1 <= len(self.points) <= MOST_POINTS:
            expected = f"a line of 1 to {MOST_POINTS} points"
            raise InvalidParameterError(name="stroke", value=f"{len(self.points)} points", expected=expected)
        if not all(math.isfinite(value) for point in self.points for value in point):
            raise InvalidParameterError(name="stroke", value="not finite", expected="a line of finite coordinates")
        if not (math.isfinite(self.width_m) and self.width_m >= 0):
            raise InvalidParameterError(name="width_m", value=self.width_m, expected="0 or more, in metres")

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {"points": [list(point) for point in self.points], "inside": self.inside, "width_m": self.width_m}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Stroke:
        """Back from `to_json`. Raises InvalidParameterError, KeyError, TypeError, ValueError."""
        return cls(points_of(data["points"]), bool(data["inside"]), float(data.get("width_m", 0.0)))


def points_of(data: Any) -> Points:
    """Coordinates from JSON. Raises TypeError, ValueError."""
    return tuple((float(x), float(y)) for x, y in data)


@dataclass(frozen=True)
class RefineRequest:
    """Open a session on the window `scene.extent` of the layers `scene.sources`.

    `outline` is the outline to begin with as WKT (Polygon or MultiPolygon) in `outline_crs`, "" for none;
    `neighbours` likewise are the outlines beside it, which the session neither takes ground from nor runs over.
    `probability` is the probability.tif of a mapping, "" for none. `strokes` are drawn at once, as they were before:
    a session that was lost is the same again.
    """

    scene: MapRequest
    outline: str = ""
    outline_crs: str = ""
    neighbours: str = ""
    probability: str = ""
    strokes: tuple[Stroke, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "scene": self.scene.to_json(), "outline": self.outline, "outline_crs": self.outline_crs,
            "neighbours": self.neighbours, "probability": self.probability,
            "strokes": [stroke.to_json() for stroke in self.strokes],
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> RefineRequest:
        """Back from `to_json`. Raises InputError kinds, KeyError, TypeError, ValueError."""
        scene = MapRequest.from_json(data["scene"])
        strokes = tuple(Stroke.from_json(one) for one in data.get("strokes", ()))
        return cls(**{**data, "scene": scene, "strokes": strokes})


@dataclass(frozen=True)
class RefineOpened:
    """A session that is open: its name, its grid, the features that it goes by, and the outline as it begins."""

    session: str
    grid: Grid
    features: tuple[str, ...]
    outline: RefinedOutline

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "session": self.session, "grid": self.grid.to_json(), "features": list(self.features),
            "outline": self.outline.to_json(),
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> RefineOpened:
        """Back from `to_json`."""
        grid, outline = Grid.from_json(data["grid"]), RefinedOutline.from_json(data["outline"])
        return cls(str(data["session"]), grid, tuple(data["features"]), outline)


@dataclass(frozen=True)
class RefinedOutline:
    """The outline after so many `strokes`.

    `wkt` is a MultiPolygon in the CRS of the session's grid, "MULTIPOLYGON EMPTY" for none: just what is to be saved.
    `area_km2` is its area on the ellipsoid. `notes` say what the analyst should know of the last stroke. `seconds` is
    the time that it took.
    """

    wkt: str
    area_km2: float
    strokes: int
    notes: tuple[Message, ...] = ()
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {**asdict(self), "notes": [note.to_json() for note in self.notes]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> RefinedOutline:
        """Back from `to_json`. Raises TypeError for unknown keys."""
        return cls(**{**data, "notes": tuple(Message.from_json(note) for note in data.get("notes", ()))})


@dataclass(frozen=True)
class LivewirePath:
    """The path from the anchor to the mouse along edges, points (x, y) in the CRS of the session's grid."""

    points: Points

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {"points": [list(point) for point in self.points]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> LivewirePath:
        """Back from `to_json`. Raises TypeError, ValueError."""
        return cls(points_of(data["points"]))
