"""What each step of an undo stack did to which outline: pure bookkeeping, without Qt.

An undo stack is a list of steps and an index: steps below the index are done, those from it on were
undone and can be redone. A new step at position p throws away every step from p on. The journal keeps
the same order, so that at commit it can say of an outline which of the steps still done was the last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Flag, auto


class Change(Flag):
    """What a step did to an outline."""

    NONE = 0
    GEOMETRY = auto()
    ADDED = auto()
    REVIEWED = auto()
    MERGED = auto()
    RESTORED = auto()


@dataclass(frozen=True)
class Step:
    """One step of the stack: its text as the undo menu shows it, and the changes by feature id."""

    text: str
    changes: Mapping[int, Change]


@dataclass
class EditJournal:
    """The steps of one layer's undo stack, by position."""

    _steps: dict[int, Step] = field(default_factory=dict)

    def clear(self) -> None:
        """Forget everything: the edits were committed or rolled back."""
        self._steps.clear()

    def record(self, position: int, step: Step) -> None:
        """A new step at `position`; the undone steps from there on are gone."""
        for later in [p for p in self._steps if p >= position]:
            del self._steps[later]
        self._steps[position] = step

    def text_at(self, position: int) -> str | None:
        """The text of the step at `position`, None where nothing is recorded."""
        step = self._steps.get(position)
        return None if step is None else step.text

    def is_redo(self, position: int, step: Step) -> bool:
        """Whether `step`, just done at `position`, can be the one recorded there, done again.

        A restore that is done again does not look like one, so that is not compared.
        """
        known = self._steps.get(position)
        return known is not None and known.text == step.text and _shapes(known) == _shapes(step)

    def touched(self, index: int) -> dict[int, Change]:
        """The outlines whose shape the steps still done changed, and all that happened to each."""
        found: dict[int, Change] = {}
        for position, step in self._steps.items():
            if position < index:
                for fid, change in step.changes.items():
                    found[fid] = found.get(fid, Change.NONE) | change
        return {fid: change for fid, change in found.items() if change & (Change.GEOMETRY | Change.ADDED)}

    def last_edit(self, fid: int, index: int) -> str:
        """The text of the last done step that changed the outline's shape, empty when there is none."""
        for step, change in self._history(fid, index):
            if change & (Change.GEOMETRY | Change.ADDED):
                return step.text
        return ""

    def is_restored(self, fid: int, index: int) -> bool:
        """Whether the shape is the model's own again: its last change was a restore."""
        for _, change in self._history(fid, index):
            if change & Change.RESTORED:
                return True
            if change & (Change.GEOMETRY | Change.ADDED):
                return False
        return False

    def review_is_stale(self, fid: int, index: int) -> bool:
        """Whether the review was copied from another outline: a split, merge or paste, and no verdict since."""
        for _, change in self._history(fid, index):
            if change & (Change.REVIEWED | Change.RESTORED):
                return False
            if change & (Change.ADDED | Change.MERGED):
                return True
        return False

    def _history(self, fid: int, index: int) -> list[tuple[Step, Change]]:
        """The steps still done that touched the outline, newest first."""
        done = [self._steps[p] for p in sorted(self._steps, reverse=True) if p < index]
        return [(step, step.changes[fid]) for step in done if fid in step.changes]


def _shapes(step: Step) -> dict[int, Change]:
    return {fid: change & ~Change.RESTORED for fid, change in step.changes.items()}
