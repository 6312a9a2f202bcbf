"""One mapping from the click to the products."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from ...core.errors import Cancelled
from ...core.messages import Message
from ...core.outline_meta import OutlineMeta
from ...core.progress import Controls, Progress, Stage
from ...core.request import MapRequest
from ...core.result import (
    CLASSES_FILE,
    CONFIDENCE_FILE,
    MODEL_UNCERTAINTY_FILE,
    OUTLINES_FILE,
    PROBABILITY_FILE,
    REPORT_FILE,
    MapResult,
)
from ..models import Model, NetworkModel, load_model
from ..outlines import OutlineSummary, trace_outlines
from ..scene import Scene, open_scene
from .classes import ClassKey, key_of
from .disk import bytes_needed, check_room
from .model_of import model_of
from .pace import Pace
from .patch_plan import rasters_of
from .patches import Patches
from .pixelwise import Pixelwise
from .producers import Asked, Producer
from .rasters import ProductWriter, Wanted, product_writer, thread_count
from .report import build_report, notes_json, outline_meta, write_report
from .staging import check_target, folder_of, staged

log = logging.getLogger(__name__)

PRODUCTS = (
    PROBABILITY_FILE, CONFIDENCE_FILE, CLASSES_FILE, MODEL_UNCERTAINTY_FILE, OUTLINES_FILE, REPORT_FILE,
)  # fmt: skip
"""Also those that this run does not make, so that none of an earlier one stays beside another probability."""


def map_glaciers(
    request: MapRequest, on_progress: Callable[[Progress], None], should_stop: Callable[[], bool]
) -> MapResult:
    """Map the glaciers of `request.extent` and write the products into `request.out_dir`.

    Everything is written to a temporary folder first and moved only when all is done. Raises InputError kinds
    before anything is written, OutputError kinds, UnreadableRasterError for a damaged file, NoValidPixelsError,
    MemoryLimitError when the memory limit is too small for the width, ModelError and ServerError kinds, Cancelled.
    """
    out_dir = folder_of(request.out_dir)
    load_model(request.model, request)  # what it lacks is said before a file is opened
    check_target(out_dir, PRODUCTS, request.overwrite)
    with open_scene(request) as scene:
        scene.notes[:0] = map(Message.from_json, request.notes)
        for note in scene.notes:
            log.log(logging.WARNING if note.to_check else logging.INFO, "%s", note)
        model = model_of(request, scene)
        check_room(out_dir, bytes_needed(scene.grid, request.classes, rasters_of(model)))
        producer = producer_of(model, scene, request, should_stop)
        run = _Run(request, scene, model, producer, Controls(on_progress, should_stop))
        with staged(out_dir, PRODUCTS, request.overwrite) as folder, closing(producer):
            return run.into(folder, out_dir)


def producer_of(model: Model | NetworkModel, scene: Scene, request: MapRequest, should_stop: Asked) -> Producer:
    """What makes the model's probability of the scene."""
    if isinstance(model, NetworkModel):
        return Patches(model, scene, request, should_stop)
    return Pixelwise(model, scene, request, should_stop)


class _Run:
    """One mapping: its steps and what they share."""

    def __init__(
        self, request: MapRequest, scene: Scene, model: Model | NetworkModel, producer: Producer, controls: Controls
    ) -> None:
        self.request, self.scene, self.model, self.producer = request, scene, model, producer
        self.should_stop = controls.should_stop
        self.pace = Pace(controls.on_progress)
        self.timings: dict[str, float] = {}
        self.key: ClassKey | None = key_of(model, request.outlines.threshold) if request.classes else None

    def into(self, folder: Path, out_dir: Path) -> MapResult:
        """Write all products into `folder`; they will be in `out_dir`."""
        spans = self.producer.spans
        self.pace.step(Stage.READING, 0, 1, spans.preparing)
        self._stop_if_asked()
        notes = self.producer.prepare(lambda: self.pace.step(Stage.WAITING, 0, 1, spans.preparing))
        self.pace.step(Stage.READING, 1, 1, spans.preparing)
        self._took("prepare_s")
        writer = self._write(folder)
        self._took("rasters_s")
        self.pace.step(Stage.WRITING, 1, 1, spans.writing)
        summary = self._trace(folder)
        self._took("total_s")
        outcome = {
            "provenance": self._meta().to_json(),
            "device": self.producer.device,
            "tiles": self.producer.report(),
            "counts": self._counts(writer, summary),
            "timings": self.timings,
            **self._classes(writer),
            **self._uncertainty(writer),
            "notes": notes_json([*self.scene.notes, *notes, *self.producer.notes(), *summary.notes]),
        }
        write_report(folder / REPORT_FILE, build_report(self.request, self.scene, self.model, outcome))
        self._stop_if_asked()
        self.producer.learn(self.pace.elapsed())
        self.pace.finish(self.producer.tiles)
        return self._result(out_dir, summary, outcome["notes"])

    def _write(self, folder: Path) -> ProductWriter:
        """The rasters, as the producer makes them."""
        producer, spans = self.producer, self.producer.spans
        threads = thread_count(self.request.threads)
        wanted = Wanted(producer.confidence, self.key, self.is_ensemble)
        with product_writer(folder, self.scene.grid, threads, wanted) as writer:
            self.pace.anchor()
            for probability in producer.strips(self._tell_tile):
                writer.write(probability, producer.classes, producer.uncertainty)
            if writer.valid_px == 0:
                raise self.scene.no_valid_pixels()
            self.pace.step(Stage.WRITING, 0, 1, spans.writing)
            writer.finish(self.should_stop)
        return writer

    @property
    def is_ensemble(self) -> bool:
        """Whether the model is several networks."""
        return isinstance(self.model, NetworkModel) and self.model.card.is_ensemble

    def _tell_tile(self, done: int, total: int) -> None:
        stage = Stage.WAITING if self.producer.waits else Stage.PREDICTING
        self.pace.step(stage, done, total, self.producer.spans.predicting)

    def _took(self, name: str) -> None:
        self.timings[name] = round(self.pace.elapsed(), 3)

    def _trace(self, folder: Path) -> OutlineSummary:
        return trace_outlines(
            folder / PROBABILITY_FILE,
            self.request.outlines,
            self._meta(),
            folder / OUTLINES_FILE,
            Controls(self.pace.within(self.producer.spans.tracing), self.should_stop),
        )

    def _meta(self) -> OutlineMeta:
        sources = [self.scene.sources.get(source.role, source) for source in self.request.sources]
        return outline_meta(self.request, sources, self.model)

    def _counts(self, writer: ProductWriter, summary: OutlineSummary) -> dict[str, float]:
        return {
            "pixels": self.scene.grid.pixel_count,
            "valid_pixels": writer.valid_px,
            "pixels_above_half": writer.likely_px,
            "outlines": summary.count,
            "outlines_area_km2": summary.area_km2,
        }

    def _classes(self, writer: ProductWriter) -> dict[str, Any]:
        """What the report says of the classes; nothing where none were asked for."""
        if self.key is None or writer.classes is None:
            return {}
        pixels = {str(value): count for value, count in writer.classes.counts.items()}
        return {"classes": {"file": CLASSES_FILE, **self.key.to_json(), "pixels": pixels}}

    def _uncertainty(self, writer: ProductWriter) -> dict[str, Any]:
        """What the report says of what the networks disagree about; nothing for a single one."""
        if not isinstance(self.model, NetworkModel) or writer.uncertainty is None:
            return {}
        told = {"file": MODEL_UNCERTAINTY_FILE, "networks": len(self.model.card.networks), "unit": "bit"}
        return {"uncertainty": {**told, **writer.uncertainty.means(), "of": "probabilities before calibration"}}

    def _result(self, out_dir: Path, summary: OutlineSummary, notes: list[dict[str, Any]]) -> MapResult:
        return MapResult(
            out_dir=str(out_dir),
            probability=str(out_dir / PROBABILITY_FILE),
            confidence=str(out_dir / CONFIDENCE_FILE),
            outlines=str(out_dir / OUTLINES_FILE),
            report=str(out_dir / REPORT_FILE),
            grid=self.scene.grid,
            outline_count=summary.count,
            area_km2=summary.area_km2,
            seconds=round(self.pace.elapsed(), 3),
            threshold=self.model.settings_used().get("threshold"),
            notes=notes,
            classes=str(out_dir / CLASSES_FILE) if self.request.classes else "",
            model_uncertainty=str(out_dir / MODEL_UNCERTAINTY_FILE) if self.is_ensemble else "",
        )

    def _stop_if_asked(self) -> None:
        if self.should_stop():
            raise Cancelled()
