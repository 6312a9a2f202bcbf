"""A session: an outline in a window of a scene, fixed stroke by stroke, with all that it needs kept ready."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ...core.errors import NoValidPixelsError
from ...core.grid import Grid
from ...core.messages import QT_TRANSLATE_NOOP, Message
from ...core.refine import RefinedOutline, RefineRequest, Stroke
from ...core.refine_errors import NothingToUndoError, StrokeOutsideError, WindowTooLargeError
from ...core.roles import Role
from ..scene import open_scene
from .features import Features, compute_features
from .levels import Levels, levels_of
from .outline import Outliner, area_km2, pixels_of, read_outline
from .probability import read_probability
from .solving import walk
from .stepping import FREE, IN, NEVER, OUT, Box, Drawn, Solver, State, after_stroke
from .strokes import lies_outside, stroke_mask

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Marks = npt.NDArray[np.int8]

MOST_PX = 3072
"""Along a side of a window, as a mean of both."""

PARTLY_OUTSIDE = QT_TRANSLATE_NOOP("refine", "A part of the stroke lies outside of the image; only the rest counts.")
CONTRADICTS = QT_TRANSLATE_NOOP(
    "refine", "The stroke crosses earlier ones that say the opposite. Where they meet, the last one counts."
)
NO_DATA = QT_TRANSLATE_NOOP(
    "refine",
    "The image has no data under a part of the stroke: only the line itself counts there. Draw the edge by hand.",
)
ON_NEIGHBOUR = QT_TRANSLATE_NOOP(
    "refine", "A part of the stroke lies on a neighbouring outline, which stays as it is. Change that one itself."
)
NOTHING_LEFT = QT_TRANSLATE_NOOP("refine", "Nothing is left of the outline. Undo the stroke, or mark ice inside of it.")


@dataclass(frozen=True)
class Window:
    """The ground of a session.

    `features` and the `levels` made of them; `outline` and `neighbours` are the pixels, bool (rows, cols), that the
    outline to begin with and the ones beside it take.
    """

    grid: Grid
    features: Features
    levels: Levels
    outliner: Outliner
    neighbours: Mask

    @property
    def seen(self) -> Mask:
        """Where the image has data."""
        return self.features.seen


@dataclass(frozen=True)
class _Past:
    """What a stroke took the place of."""

    stroke: Stroke
    box: Box
    field: Image
    marks: Marks
    notes: tuple[Message, ...]


@dataclass
class Session:
    """An outline that is being fixed. The same window and strokes give the same outline, however often.

    Not safe for several threads at once.
    """

    window: Window
    solve: Solver = walk
    _field: Image = field(init=False)
    _marks: Marks = field(init=False)
    _past: list[_Past] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._field = self.window.outliner.began.astype(np.float32)
        self._marks = np.where(self.window.neighbours, NEVER, FREE).astype(np.int8)

    @property
    def mask(self) -> Mask:
        """The pixels inside, bool (rows, cols)."""
        return self._field >= 0.5

    @property
    def marks(self) -> Marks:
        """int8 (rows, cols): 1 under a stroke inside, 0 under one outside, 2 a neighbour's, -1 else."""
        return self._marks.copy()

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """All strokes that hold, in their order."""
        return tuple(past.stroke for past in self._past)

    @property
    def notes(self) -> tuple[Message, ...]:
        """What is to be said of the last stroke."""
        return self._past[-1].notes if self._past else ()

    def stroke(self, stroke: Stroke) -> None:
        """Draw a stroke. Raises StrokeOutsideError, and then nothing changes."""
        drawn = stroke_mask(stroke, self.window.grid)
        if not drawn.any():
            raise StrokeOutsideError()
        taken = drawn & (self._marks != NEVER)
        notes = self._notes_on(stroke, drawn)
        if not taken.any():
            self._past.append(_Past(stroke, (slice(0, 0), slice(0, 0)), *_NOTHING, tuple(notes)))
            return
        marks = np.where(taken, IN if stroke.inside else OUT, self._marks).astype(np.int8)
        state, settled = State(self._field, marks), bool(self.mask.any())
        given = bool(self.window.outliner.began.any())
        pixel_m = self.window.grid.pixel_size_m
        step = Drawn(taken, stroke.inside, settled, given)
        new = after_stroke(self.window.levels, state, step, pixel_m, self.solve)
        if not (new >= 0.5).any():
            notes.append(Message(NOTHING_LEFT))
        box = _changed((new != self._field) | (marks != self._marks))
        self._past.append(_Past(stroke, box, self._field[box].copy(), self._marks[box].copy(), tuple(notes)))
        self._field, self._marks = new, marks

    def undo(self) -> Stroke:
        """Take the last stroke back: all is as before it, to the last bit. Raises NothingToUndoError."""
        if not self._past:
            raise NothingToUndoError()
        past = self._past.pop()
        self._field, self._marks = self._field.copy(), self._marks.copy()
        self._field[past.box], self._marks[past.box] = past.field, past.marks
        return past.stroke

    def outline(self, started: float = 0.0) -> RefinedOutline:
        """The outline as it is now; `started` is the time (perf_counter) from which its seconds count."""
        shape = self.window.outliner.outline(self._field)
        seconds = round(time.perf_counter() - started, 4) if started else 0.0
        area = area_km2(shape, self.window.grid)
        return RefinedOutline(shape.wkt, area, len(self._past), self.notes, seconds)

    def _notes_on(self, stroke: Stroke, drawn: Mask) -> list[Message]:
        opposite = OUT if stroke.inside else IN
        told = (
            (PARTLY_OUTSIDE, lies_outside(stroke, self.window.grid)),
            (ON_NEIGHBOUR, bool((self._marks[drawn] == NEVER).any())),
            (CONTRADICTS, bool((self._marks[drawn] == opposite).any())),
            (NO_DATA, not self.window.seen[drawn].all()),
        )
        return [Message(text, to_check=True) for text, holds in told if holds]


_NOTHING = (np.zeros((0, 0), np.float32), np.zeros((0, 0), np.int8))


def _changed(where: Mask) -> Box:
    """The smallest rectangle round what is true."""
    spans = [np.flatnonzero(where.any(axis=axis)) for axis in (1, 0)]
    return tuple(slice(int(at[0]), int(at[-1]) + 1) if at.size else slice(0, 0) for at in spans)


def open_session(request: RefineRequest) -> Session:
    """Read the window, compute what is kept ready, and draw the strokes that were kept.

    Raises WindowTooLargeError, NoValidPixelsError, InvalidOutlinesError, StrokeOutsideError, and as `open_scene`.
    """
    with open_scene(request.scene) as scene:
        rows, cols = scene.grid.shape_yx
        if rows * cols > MOST_PX**2:
            raise WindowTooLargeError(rows=rows, cols=cols, most=MOST_PX)
        bands = scene.read(0, rows, scene.roles)
        if not any(np.isfinite(band).any() for band in bands.values()):
            raise scene.no_valid_pixels()
        grid = scene.grid
    probability = read_probability(request.probability, grid) if request.probability else None
    outlines = [read_outline(text, request.outline_crs, grid) for text in (request.outline, request.neighbours)]
    session = Session(make_window(grid, bands, probability, outlines))
    draw(session, request.strokes)
    return session


def draw(session: Session, strokes: Sequence[Stroke]) -> None:
    """Draw strokes one after the other. Raises StrokeOutsideError."""
    for stroke in strokes:
        session.stroke(stroke)


def make_window(grid: Grid, bands: Mapping[Role, Image], probability: Image | None, outlines: Sequence) -> Window:
    """The ground of a session from `bands` in physical units, float32 (rows, cols), NaN = no data.

    `outlines` are the outline to begin with and the ones beside it, in the grid's CRS. Raises NoValidPixelsError.
    """
    if not bands:
        raise NoValidPixelsError(layers="")
    features = compute_features(bands, probability, grid.pixel_size_m)
    ndsi = None
    if Role.GREEN in bands and Role.SWIR1 in bands:
        total = np.maximum(bands[Role.GREEN] + bands[Role.SWIR1], np.float32(0.01))
        ndsi = (bands[Role.GREEN] - bands[Role.SWIR1]) / total
    own, beside = (pixels_of(shape, grid) for shape in outlines)
    outliner = Outliner(grid, outlines[0], own, outlines[1])
    return Window(grid, features, levels_of(features, ndsi), outliner, beside & ~own)
