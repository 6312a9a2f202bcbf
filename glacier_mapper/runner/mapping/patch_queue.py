"""Patches to a predictor and back: cut, computed side by side, given out in the order in which they were cut."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ...core.branches import BRANCH_ROLES, LOCATION_INPUT
from ...core.errors import Cancelled
from ..models import NetworkModel
from ..models.base import Feeds, FloatImage, Predictor
from .ensembles import joined
from .feature_rows import FeatureRows
from .lattice import Patch
from .producers import Asked
from .symmetries import averaged

POLL_S = 0.05
"""How often a cancel is looked for while patches are computed."""
AHEAD = 2
"""Batches that are cut or computed for each one that can be computed at once."""
MOST_SKIPPED = 32
"""Patches without data after which a batch is given out as it is: progress goes on, and rows are let go."""


@dataclass
class Batch:
    """Patches that are computed in one run.

    `arrays` hold what they were cut into, `valid` where each has data (side, side), `skipped` how many patches
    without data came between, `down` the row of patches that was reached. `answer` is (batch, classes, side, side),
    with a last channel for the model's uncertainty where there are several networks; None where all were skipped.
    """

    arrays: dict[str, FloatImage]
    patches: list[Patch] = field(default_factory=list)
    valid: list[npt.NDArray[np.bool_]] = field(default_factory=list)
    skipped: int = 0
    down: int = 0
    answer: FloatImage | None = None

    def feeds(self) -> Feeds:
        """The arrays as far as they are filled."""
        return {name: array[: len(self.patches)] for name, array in self.arrays.items()}


class PatchQueue:
    """Keeps a predictor's slots busy. Belongs to one thread; `infer` runs in threads of its own."""

    def __init__(self, network: NetworkModel, rows: FeatureRows, predictor: Predictor, should_stop: Asked) -> None:
        self._network, self._rows, self._predictor, self._should_stop = network, rows, predictor, should_stop
        self._workers = ThreadPoolExecutor(predictor.slots, thread_name_prefix="predict")
        self._waiting: deque[tuple[Batch, Future[FloatImage] | None]] = deque()
        self._spare: list[dict[str, FloatImage]] = []
        self.on_wait: Callable[[], None] | None = None
        self.waits = False
        """Whether the predictor waits for a server that is late; `on_wait` is called when that changes."""

    def answers(self, patches: Sequence[Patch]) -> Iterator[Batch]:
        """The patches' batches in order. A batch's arrays are used anew when the next one is asked for.

        Raises Cancelled, UnreadableRasterError, ModelError kinds, OutOfMemoryError, ServerError kinds.
        """
        batch = self._new_batch()
        for patch in patches:
            if self._should_stop():
                raise Cancelled()
            self._cut(patch, batch)
            if len(batch.patches) >= min(self._predictor.batch, self._room(batch)) or batch.skipped >= MOST_SKIPPED:
                self._submit(batch)
                batch = self._new_batch()
            while len(self._waiting) >= AHEAD * self._predictor.slots:
                yield from self._next()
        self._submit(batch)
        while self._waiting:
            yield from self._next()

    def _cut(self, patch: Patch, batch: Batch) -> None:
        place, batch.down = len(batch.patches), patch.down
        valid = self._rows.cut(patch, {name: array[place] for name, array in batch.arrays.items() if array.ndim == 4})
        if not valid.any() and not self._network.is_reference:
            batch.skipped += 1
            return
        middle = self._network.tiling.patch_px / 2
        told = self._network.location(patch.row + middle, patch.col + middle)
        if told is not None:
            batch.arrays[LOCATION_INPUT][place] = told
        batch.patches.append(patch)
        batch.valid.append(valid)

    def _submit(self, batch: Batch) -> None:
        future = self._workers.submit(self._compute, batch.feeds()) if batch.patches else None
        self._waiting.append((batch, future))

    def _compute(self, feeds: Feeds) -> FloatImage:
        infer = self._predictor.infer
        answer = averaged(infer, feeds) if self._network.settings.symmetries else infer(feeds)
        return joined(answer, self._network.card)

    def _next(self) -> Iterator[Batch]:
        batch, future = self._waiting.popleft()
        if future is not None:
            batch.answer = self._wait(future)
        yield batch
        self._spare.append(batch.arrays)

    def _wait(self, future: Future[FloatImage]) -> FloatImage:
        while True:
            try:
                return future.result(POLL_S)
            except NotYet:
                if self._should_stop():
                    raise Cancelled() from None
            finally:
                self._look()

    def _look(self) -> None:
        """See whether the predictor waits for a server."""
        waits = bool(getattr(self._predictor, "waits", False))
        if waits != self.waits:
            self.waits = waits
            if self.on_wait is not None:
                self.on_wait()

    def _room(self, batch: Batch) -> int:
        return len(next(iter(batch.arrays.values())))

    def _new_batch(self) -> Batch:
        return Batch(self._spare.pop() if self._spare else self._new_arrays())

    def _new_arrays(self) -> dict[str, FloatImage]:
        count, side = self._predictor.batch, self._network.tiling.patch_px
        arrays = {
            spec.branch.value: np.empty((count, len(BRANCH_ROLES[spec.branch]), side, side), np.float32)
            for spec in self._network.card.branches
        }
        told = self._network.location(0, 0)
        if told is not None:
            arrays[LOCATION_INPUT] = np.empty((count, len(told)), np.float32)
        return arrays

    def close(self) -> None:
        """End what is under way; also after a failure. A second call does nothing."""
        for _, future in self._waiting:
            if future is not None:
                future.cancel()
        self._predictor.close()
        self._workers.shutdown(wait=True)
        self._waiting.clear()
