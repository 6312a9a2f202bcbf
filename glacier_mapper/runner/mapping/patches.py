"""A network over a scene: patches cut from rows that are read ahead, computed side by side, blended, calibrated."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from ...core.messages import Message
from ...core.model_card import CalibrationKind
from ...core.model_errors import ModelOutputError
from ...core.request import MapRequest, is_server
from ..models import NetworkModel
from ..models.base import FloatImage, Predictor
from ..models.calibration import calibrate, confidence_table
from ..models.network_notes import empty_notes
from ..models.predictors import open_predictor
from ..scene import Scene
from .blending import Blender
from .classes import ClassImage, class_values, glacier_classes, glacier_of, most_likely
from .ensembles import Uncertainty, entropy
from .feature_rows import FeatureRows
from .live import LiveRaster
from .pace import remember_speed
from .patch_plan import plan_patches
from .patch_queue import Batch, PatchQueue
from .patch_speed import network_mb, room_mb, runs_per_patch, speed_key
from .producers import Asked, Spans, Told

ROWS_OUT = 256
"""Rows that are handed on at a time where the whole scene was blended in memory."""
LEAST_TELLING = 4
"""Runs over fewer patches say nothing of the speed."""


class Patches:
    """A `Producer` over the patches of a network."""

    spans = Spans((0.0, 0.02), (0.02, 0.94), (0.94, 0.96), (0.96, 1.0))

    def __init__(self, network: NetworkModel, scene: Scene, request: MapRequest, should_stop: Asked) -> None:
        self._network, self._scene, self._request, self._should_stop = network, scene, request, should_stop
        self._rows: FeatureRows | None = None
        self._queue: PatchQueue | None = None
        self.tiles = self.computed = self._done = 0
        self.seconds = 0.0
        self._predictor: Predictor | None = None
        card = network.card
        kind = card.calibration.kind
        self._calibrates = kind in (CalibrationKind.TEMPERATURE, CalibrationKind.VECTOR)
        self.confidence = confidence_table(card.calibration) if kind is CalibrationKind.CONFIDENCE_KERNEL else None
        glacier = glacier_classes(card)
        self._own = list(range(len(card.classes))) if network.keeps_every_class else list(glacier)
        self._glacier = [self._own.index(number) for number in glacier]
        self._channels = [*self._own, len(card.classes)] if card.is_ensemble else self._own
        self.classes: ClassImage | None = None
        self.uncertainty: Uncertainty | None = None

    def prepare(self, on_server: Callable[[], None]) -> list[Message]:
        """As `Producer.prepare`: load the network while the first rows are read."""
        notes = self._network.prepare(self._scene, self._should_stop)
        network, request, grid = self._network, self._request, self._scene.grid
        self.plan = plan_patches(self._scene, network, request.memory_limit_mb, network_mb(network, request, slots=1))
        self.tiles = self.plan.lattice.count
        self._rows = FeatureRows(self._scene, self._network, self.plan, self._should_stop)
        if is_server(request.device):
            on_server()
        self._predictor = open_predictor(
            network.package, request, room_mb(self.plan, grid, network, request), self._should_stop
        )
        self._queue = PatchQueue(self._network, self._rows, self._predictor, self._should_stop)
        return notes

    @property
    def device(self) -> str:
        """What computes, "" before `prepare`; it changes where a server is lost."""
        return "" if self._predictor is None else self._predictor.device

    @property
    def waits(self) -> bool:
        """Whether a server keeps the run waiting."""
        return self._queue is not None and self._queue.waits

    def strips(self, on_tile: Told) -> Iterator[FloatImage]:
        """As `Producer.strips`."""
        if self._queue is None or self._rows is None:
            return
        self._told, self._row, self._down, self._saw_data = on_tile, 0, 0, False
        self._blender = Blender(self.plan.lattice, len(self._channels), self.plan.buffer_rows)
        self._live = LiveRaster(self._request.live, self._scene.grid, self._ice)
        self._queue.on_wait = lambda: on_tile(self._done, self.tiles)
        on_tile(0, self.tiles)
        started = time.perf_counter()
        for batch in self._queue.answers(self.plan.patches):
            yield from self._blend(batch)
        self.seconds = time.perf_counter() - started
        if not self._saw_data:
            raise self._scene.no_valid_pixels()
        yield from self._rest()
        self._live.show(at_once=True)

    def _blend(self, batch: Batch) -> Iterator[FloatImage]:
        """Add a batch; gives the rows that are finished by then."""
        for number, patch in enumerate(batch.patches):
            if not self.plan.outward:
                yield from self._finished_above(patch.down)
            values = batch.answer[number, self._channels]
            piece = self._blender.piece(patch)
            self._blender.add(piece, values)
            self._live.add_patch(piece, values, batch.valid[number])
            self._saw_data = self._saw_data or bool(batch.valid[number].any())
        if not self.plan.outward:
            yield from self._finished_above(batch.down)
        self.computed += len(batch.patches)
        self._done += len(batch.patches) + batch.skipped
        self._live.show()
        self._told(self._done, self.tiles)

    def _finished_above(self, down: int) -> Iterator[FloatImage]:
        """The rows that no patch of the `down`-th row of patches and below covers."""
        for number in range(self._down, down):
            yield from self._take(self.plan.lattice.finished_row(number))
        self._down = max(self._down, down)

    def _rest(self) -> Iterator[FloatImage]:
        """All rows that have not been given out."""
        height = self.plan.lattice.shape_yx[0]
        if not self.plan.outward:
            yield from self._finished_above(len(self.plan.lattice.rows))
        while self._row < height:
            yield from self._take(min(self._row + ROWS_OUT, height))

    def _take(self, row: int) -> Iterator[FloatImage]:
        """The rows up to `row`, calibrated, NaN where there is no data."""
        first, self._row = self._row, row
        if row <= first or self._rows is None:
            return
        blended = self._blender.take(row)
        calibrated = self._calibrated(blended)
        self.classes = self._most_likely(calibrated)
        probability = glacier_of(calibrated, self._glacier)
        np.clip(probability, 0, 1, out=probability)
        valid = self._rows.take_valid(first, row - first)
        self._check_calibrated(probability, valid)
        if not self._network.is_reference:
            probability[~valid] = np.nan
        self.uncertainty = self._uncertainty_of(blended, valid)
        self._live.add_rows(first, probability)
        yield probability

    def _ice(self, values: FloatImage) -> FloatImage:
        """The calibrated probability of glacier (rows, cols) of what was blended, (channels, rows, cols)."""
        return glacier_of(self._calibrated(values), self._glacier)

    def _calibrated(self, values: FloatImage) -> FloatImage:
        """The classes of what was blended after the calibration, (classes that are kept, rows, cols)."""
        card, values = self._network.card, values[: len(self._own)]
        if not self._calibrates:
            return values
        alone = len(values) == 1  # of two classes: the other one is what is left
        if alone:
            other = 1 - values[0]
            values = np.stack([other, values[0]] if card.ice_class == 1 else [values[0], other])
        calibrated = calibrate(values, card.calibration, self._network.calibration_vector)
        return calibrated[card.ice_class][None] if alone else calibrated

    def _check_calibrated(self, probability: FloatImage, valid: npt.NDArray[np.bool_]) -> None:
        """Raise ModelOutputError where a calibration leaves no number of what the network gave.

        What the network itself gives was looked at before.
        """
        broken = int(np.count_nonzero(np.isnan(probability) & valid)) if self._calibrates else 0
        if broken:
            reason = f"NaN after its calibration in {broken} of {np.count_nonzero(valid)} pixels with data"
            raise ModelOutputError(model=self._network.card.name, reason=reason)

    def _most_likely(self, calibrated: FloatImage) -> ClassImage | None:
        """The classes of a strip, where they were asked for and are more than two."""
        if not self._request.classes or len(calibrated) == 1:
            return None
        return most_likely(calibrated, class_values(self._network.card))

    def _uncertainty_of(self, values: FloatImage, valid: npt.NDArray[np.bool_]) -> Uncertainty | None:
        """That of what was blended, where there are several networks; the part of the model is at most all of it."""
        if not self._network.card.is_ensemble:
            return None
        total = entropy(glacier_of(values, self._glacier))
        total[~valid] = np.nan
        return Uncertainty(total, np.minimum(values[-1], total))

    def notes(self) -> list[Message]:
        """Bands without data; the choice of the device, memory that was short, a server that was lost."""
        network, layers = self._network, {role: one.label for role, one in self._scene.sources.items()}
        empty = network.roles - network.with_data
        return [*empty_notes(network.info, network.roles, empty, layers), *self._predictor.notes]

    def report(self) -> dict[str, Any]:
        """The patches and how fast they were."""
        rate = self.computed / self.seconds if self.seconds else 0.0
        return {
            "tiles": self.tiles,
            "tiles_computed": self.computed,
            "tiles_per_s": round(rate, 3),
            "order": "outward" if self.plan.outward else "southward",
            "at_once": {"slots": self._predictor.slots, "batch": self._predictor.batch},
        }

    def learn(self, seconds: float) -> None:
        """Remember the patches a second."""
        if self.computed >= LEAST_TELLING and self.seconds > 0:
            runs = self.computed * runs_per_patch(self._request)
            remember_speed(speed_key(self._network, self._request), runs / self.seconds)

    def close(self) -> None:
        """End what is under way; also after a failure. A second call does nothing."""
        if self._queue is not None:
            self._queue.close()
        if self._rows is not None:
            self._rows.close()
