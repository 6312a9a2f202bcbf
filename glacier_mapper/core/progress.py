"""How far a job is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

from .messages import QT_TRANSLATE_NOOP


class Stage(str, Enum):
    """The stages of a mapping in order; those of work on model packages and of learning between them."""

    READING = "reading"
    OPENING = "opening"
    WEIGHTS = "weights"
    PACKAGING = "packaging"
    CHECKING = "checking"
    TIMING = "timing"
    COMPARING = "comparing"
    PREDICTING = "predicting"
    WAITING = "waiting"
    WRITING = "writing"
    TRACING = "tracing"
    ATTRIBUTES = "attributes"
    SIMULATING = "simulating"
    TRAINING = "training"
    CALIBRATING = "calibrating"
    DONE = "done"


STAGE_LABELS: dict[Stage, str] = {
    Stage.READING: QT_TRANSLATE_NOOP("progress", "Reading the layers"),
    Stage.OPENING: QT_TRANSLATE_NOOP("progress", "Reading the package"),
    Stage.WEIGHTS: QT_TRANSLATE_NOOP("progress", "Reading the weights"),
    Stage.PACKAGING: QT_TRANSLATE_NOOP("progress", "Making the package"),
    Stage.CHECKING: QT_TRANSLATE_NOOP("progress", "Checking the model"),
    Stage.TIMING: QT_TRANSLATE_NOOP("progress", "Measuring the speed"),
    Stage.COMPARING: QT_TRANSLATE_NOOP("progress", "Comparing the maps"),
    Stage.PREDICTING: QT_TRANSLATE_NOOP("progress", "Mapping glaciers"),
    Stage.WAITING: QT_TRANSLATE_NOOP("progress", "Waiting for the model server"),
    Stage.WRITING: QT_TRANSLATE_NOOP("progress", "Writing the maps"),
    Stage.TRACING: QT_TRANSLATE_NOOP("progress", "Tracing outlines"),
    Stage.ATTRIBUTES: QT_TRANSLATE_NOOP("progress", "Measuring outlines"),
    Stage.SIMULATING: QT_TRANSLATE_NOOP("progress", "Simulating scenes"),
    Stage.CALIBRATING: QT_TRANSLATE_NOOP("progress", "Calibrating the model"),
    Stage.TRAINING: QT_TRANSLATE_NOOP("progress", "Training the model"),
    Stage.DONE: QT_TRANSLATE_NOOP("progress", "Done"),
}


@dataclass(frozen=True)
class Progress:
    """A step of a job: `done` of `total` tiles in this stage, `fraction` 0..1 of the whole job."""

    stage: Stage
    done: int
    total: int
    fraction: float
    seconds_left: float | None = None

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {**asdict(self), "stage": self.stage.value}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Progress:
        """Back from `to_json`."""
        return cls(**{**data, "stage": Stage(data["stage"])})


def _ignore(_: Progress) -> None:
    """Nobody listens."""


def never() -> bool:
    """Nobody cancels."""
    return False


@dataclass(frozen=True)
class Controls:
    """How a job tells how far it is, and learns that it should stop."""

    on_progress: Callable[[Progress], None] = _ignore
    should_stop: Callable[[], bool] = never
