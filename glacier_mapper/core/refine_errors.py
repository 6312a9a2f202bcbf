"""The part of the exception tree that speaks of fixing an outline by strokes.

    GlacierMapperError
    └── InputError
        ├── WindowTooLargeError         ├── NoSuchSessionError      ├── NothingToUndoError
        ├── StrokeOutsideError          └── PointOutsideError
        └── NoAnchorError
"""

from __future__ import annotations

from .errors import InputError
from .messages import QT_TRANSLATE_NOOP


class WindowTooLargeError(InputError):
    """A window has too many pixels to be kept ready. Details: rows, cols, most (pixels along a side)."""

    message = QT_TRANSLATE_NOOP("errors", "The view has {rows} × {cols} pixels, too many to be fixed by strokes.")
    remedy = QT_TRANSLATE_NOOP("errors", "Zoom in to the glacier, to at most {most} × {most} pixels of the image.")


class NoSuchSessionError(InputError):
    """A session is not open: never, no longer, or in a model runner that has ended. Details: session."""

    message = QT_TRANSLATE_NOOP("errors", "The fixing of this outline is not open in the model runner any more.")
    remedy = QT_TRANSLATE_NOOP("errors", "Open it again with the strokes that were kept: they give the same outline.")


class NothingToUndoError(InputError):
    """There is no stroke to take back. Details: none."""

    message = QT_TRANSLATE_NOOP("errors", "There is no stroke to undo.")
    remedy = QT_TRANSLATE_NOOP("errors", "The outline is as it was when its fixing began.")


class StrokeOutsideError(InputError):
    """A stroke lies outside of the image. Details: none."""

    message = QT_TRANSLATE_NOOP("errors", "The stroke lies outside of the part of the image that is being fixed.")
    remedy = QT_TRANSLATE_NOOP("errors", "Draw inside of it, or leave the tool, move the map, and begin again there.")


class PointOutsideError(InputError):
    """A point of a boundary lies outside of the image. Details: none."""

    message = QT_TRANSLATE_NOOP("errors", "The point lies outside of the part of the image that is being fixed.")
    remedy = QT_TRANSLATE_NOOP("errors", "Stay inside of it, or leave the tool, move the map, and begin again there.")


class NoAnchorError(InputError):
    """A boundary is to be followed from nowhere. Details: none."""

    message = QT_TRANSLATE_NOOP("errors", "The line that follows edges has no beginning yet.")
    remedy = QT_TRANSLATE_NOOP("errors", "Click on the outline where the line should begin.")
