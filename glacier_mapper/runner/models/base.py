"""What the mapping asks of a model, and what a model asks of a scene."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Callable, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from ...core.grid import Grid
from ...core.messages import Message
from ...core.models import ModelInfo
from ...core.roles import Role

FloatImage = npt.NDArray[np.float32]
Bands = Mapping[Role, FloatImage]
"""Band images by role: float32, axes (row, column), physical units, NaN = no data."""


class Block(Protocol):
    """A full-width strip of the grid."""

    row: int
    rows: int


class BandReader(Protocol):
    """The part of an opened scene that a model may use."""

    @property
    def grid(self) -> Grid:
        """The grid that the strips lie on."""

    def blocks(self, rows: int) -> list[Any]:
        """Full-width strips of at most `rows` rows, in order."""

    def read(self, row: int, rows: int, roles: Collection[Role], halo_px: int = 0) -> dict[Role, FloatImage]:
        """The roles' images of a strip, `halo_px` pixels larger on each side."""


class Histogram(NamedTuple):
    """Counts of an index in equal bins from `low` to `high`."""

    counts: list[int]
    low: float
    high: float


class Model(Protocol):
    """Turns bands into the probability that a pixel is glacier."""

    info: ModelInfo
    halo_px: int
    roles: frozenset[Role]

    def prepare(self, scene: BandReader, should_stop: Callable[[], bool]) -> list[Message]:
        """Look at a sample of the scene once before predicting; gives notes for the user. Raises Cancelled."""

    def predict(self, bands: Bands, halo_px: int) -> FloatImage:
        """Probability 0..1 without the halo, float32 (rows, columns), NaN = no data.

        The bands carry `halo_px` pixels on each side, at least `Model.halo_px`.
        """

    def settings_used(self) -> dict[str, Any]:
        """Everything that is needed to repeat the prediction, as JSON."""


Feeds = Mapping[str, FloatImage]
"""A batch for a network by input name: float32 (batch, bands, rows, columns), `location` (batch, length)."""


class Predictor(Protocol):
    """Computes a network's batches: a session on this machine, or a model server.

    `device` says in words what computes. `slots` batches of up to `batch` patches may be under way at once, each
    `infer` in a thread of the caller's. `notes` are for the user: what was chosen, and what was fallen back from.
    """

    device: str
    slots: int
    batch: int
    notes: list[Message]

    def infer(self, feeds: Feeds) -> FloatImage:
        """Class probabilities, float32 (batch, classes, rows, columns), of an ensemble those of its networks one after
        the other: (batch, networks * classes, rows, columns). Thread-safe.

        Raises ModelOutputError for a wrong shape, OutOfMemoryError where even one patch does not fit,
        ServerError kinds.
        """

    def close(self) -> None:
        """Free what was taken. A second call does nothing."""
