"""The two ways to a scene's probability: pixel by pixel in strips, and patch by patch with a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol

from ...core.messages import Message
from ..models.base import FloatImage
from .classes import ClassImage
from .ensembles import Uncertainty

Span = tuple[float, float]
Told = Callable[[int, int], None]
"""Told how many of how many tiles are done."""
Asked = Callable[[], bool]
"""Asked whether to stop."""


class Spans(NamedTuple):
    """The shares of a whole job that its stages take, from and to."""

    preparing: Span
    predicting: Span
    writing: Span
    tracing: Span


class Producer(Protocol):
    """Makes the probability of a scene from north to south. Belongs to one thread.

    `tiles` counts its steps and `device` says what computes, both once `prepare` has returned. `confidence` is the
    confidence of each step of probability (as rasters.CONFIDENCE_OF), None for the plain one. `classes` and
    `uncertainty` are those of the strip that was given last: of a network of more than two classes, of several
    networks. `waits` is whether a server keeps the run waiting.
    """

    tiles: int
    device: str
    confidence: FloatImage | None
    classes: ClassImage | None
    uncertainty: Uncertainty | None
    waits: bool
    spans: Spans

    def prepare(self, on_server: Callable[[], None]) -> list[Message]:
        """Get ready; gives notes for the user. `on_server` is called before a model server is first asked.

        Raises Cancelled, ModelError kinds, ServerError kinds.
        """

    def strips(self, on_tile: Told) -> Iterator[FloatImage]:
        """Probability (rows, columns), NaN = no data, from north to south, each the caller's to overwrite.

        Raises Cancelled, UnreadableRasterError, NoValidPixelsError, ModelError kinds, OutOfMemoryError, ServerError
        kinds.
        """

    def notes(self) -> list[Message]:
        """What the run taught, for the user; complete after the last strip."""

    def report(self) -> dict[str, Any]:
        """How the tiles were computed, as JSON."""

    def learn(self, seconds: float) -> None:
        """Remember how fast it was, after a whole job of that many seconds."""

    def close(self) -> None:
        """End what is under way and free it; also after a failure."""
