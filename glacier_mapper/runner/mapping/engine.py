"""One mapping from the click to the products."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...core.errors import Cancelled
from ...core.progress import Controls, Progress, Stage
from ...core.request import MapRequest
from ...core.result import CONFIDENCE_FILE, OUTLINES_FILE, PROBABILITY_FILE, REPORT_FILE, MapResult
from ..models import Model, load_model
from ..outlines import OutlineSummary, trace_outlines
from ..scene import Scene, open_scene
from .disk import bytes_needed, check_room
from .estimating import learn_speed
from .model_of import model_of
from .pace import Pace
from .rasters import ProductWriter, product_writer, thread_count
from .report import build_report, notes_json, outline_meta, write_report
from .staging import check_target, staged
from .strips import LowStrips, read_strips, strip_rows

PRODUCTS = (PROBABILITY_FILE, CONFIDENCE_FILE, OUTLINES_FILE, REPORT_FILE)
SAMPLING, PREDICTING, WRITING, TRACING = (0.0, 0.04), (0.04, 0.75), (0.75, 0.8), (0.8, 1.0)
"""The share of the whole that each stage takes."""


def map_glaciers(
    request: MapRequest, on_progress: Callable[[Progress], None], should_stop: Callable[[], bool]
) -> MapResult:
    """Map the glaciers of `request.extent` and write the four products into `request.out_dir`.

    Everything is written to a temporary folder first and moved only when all is done. Raises InputError kinds
    before anything is written, OutputError kinds, UnreadableRasterError for a damaged file, NoValidPixelsError,
    OutOfMemoryError when the memory limit is too small for the width, Cancelled.
    """
    out_dir = Path(request.out_dir).absolute()
    pace = Pace(on_progress)
    load_model(request.model, request)  # what it lacks is said before a file is opened
    check_target(out_dir, PRODUCTS, request.overwrite)
    with open_scene(request) as scene:
        model = model_of(request, scene)
        check_room(out_dir, bytes_needed(scene.grid))
        run = _Run(request, scene, model, pace, should_stop)
        with staged(out_dir, PRODUCTS, request.overwrite) as folder:
            return run.into(folder, out_dir)


@dataclass
class _Run:
    """What the steps of one mapping share."""

    request: MapRequest
    scene: Scene
    model: Model
    pace: Pace
    should_stop: Callable[[], bool]

    def into(self, folder: Path, out_dir: Path) -> MapResult:
        """Write all products into `folder`; they will be in `out_dir`."""
        self.pace.step(Stage.READING, 0, 1, SAMPLING)
        self._stop_if_asked()
        rows = strip_rows(self.scene.grid, len(self.model.roles), self.request.memory_limit_mb)
        model_notes = self.model.prepare(LowStrips(self.scene, rows), self.should_stop)
        self.pace.step(Stage.READING, 1, 1, SAMPLING)
        timings = {"prepare_s": self.pace.elapsed()}
        blocks = self.scene.blocks(rows)
        threads = thread_count(self.request.threads)
        self.pace.step(Stage.PREDICTING, 0, len(blocks), PREDICTING)
        with product_writer(folder, self.scene.grid, threads) as writer:
            for done, (_, bands) in enumerate(read_strips(self.scene, blocks, self.model, self.should_stop), start=1):
                writer.write(self.model.predict(bands, self.model.halo_px))
                del bands
                self.pace.step(Stage.PREDICTING, done, len(blocks), PREDICTING)
            if writer.valid_px == 0:
                raise self.scene.no_valid_pixels()
            self.pace.step(Stage.WRITING, 0, 1, WRITING)
            writer.finish(self.should_stop)
        timings["rasters_s"] = self.pace.elapsed()
        self.pace.step(Stage.WRITING, 1, 1, WRITING)
        summary = self._trace(folder)
        timings["total_s"] = self.pace.elapsed()
        outcome = {
            "counts": self._counts(writer, summary),
            "timings": {name: round(seconds, 3) for name, seconds in timings.items()},
            "notes": notes_json([*self.scene.notes, *model_notes, *summary.notes]),
        }
        write_report(folder / REPORT_FILE, build_report(self.request, self.scene, self.model, outcome))
        self._stop_if_asked()
        learn_speed(self.model, threads, self.scene.grid.pixel_count, self.pace.elapsed())
        self.pace.finish(len(blocks))
        return self._result(out_dir, summary, outcome["notes"])

    def _trace(self, folder: Path) -> OutlineSummary:
        sources = [self.scene.sources.get(source.role, source) for source in self.request.sources]
        return trace_outlines(
            folder / PROBABILITY_FILE,
            self.request.outlines,
            outline_meta(self.request, sources, self.model),
            folder / OUTLINES_FILE,
            Controls(self.pace.within(TRACING), self.should_stop),
        )

    def _counts(self, writer: ProductWriter, summary: OutlineSummary) -> dict[str, float]:
        return {
            "pixels": self.scene.grid.pixel_count,
            "valid_pixels": writer.valid_px,
            "pixels_above_half": writer.likely_px,
            "outlines": summary.count,
            "outlines_area_km2": summary.area_km2,
        }

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
        )

    def _stop_if_asked(self) -> None:
        if self.should_stop():
            raise Cancelled()
