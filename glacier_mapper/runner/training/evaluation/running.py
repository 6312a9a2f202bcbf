"""The evaluation: each scene is mapped as an analyst's would be, measured, and its map thrown away."""

from __future__ import annotations

import json
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import rasterio

from ....core.errors import Cancelled, InvalidParameterError, NoValidPixelsError
from ....core.grid import Grid
from ....core.progress import Controls
from ....core.request import MapRequest
from ....core.result import MapResult
from ...mapping.pace import Pace
from ...mapping.scene_maps import map_scene
from ...mapping.staging import check_target, staged
from ...models.places import Places, region_at
from ...scene import SceneFiles, scenes_of_part
from ..tiles.scenes import LabelRaster
from ..tiles.tile import DEBRIS
from .order import EvaluateOrder
from .pictures import Picture, picture_of
from .report import PRODUCTS, write_reports
from .scoring import FIGURES, Score, pooled, score, spread

PICTURES = 24
"""Scenes with a map of their errors in the report, those with the lowest IoU first."""
MAPPED = 0.97
"""How far the job is when all scenes are measured."""


@dataclass(frozen=True)
class Measured:
    """A scene that was measured."""

    name: str
    region: str
    score: Score
    seconds: float
    picture: Picture


def evaluate(order: EvaluateOrder, controls: Controls) -> dict[str, Any]:
    """Map the scenes and measure the maps; write the reports into the folder `out`; give all figures, as JSON.

    Raises InvalidParameterError for a folder or a part without labelled scenes, OutputError kinds, what `map_glaciers`
    raises, Cancelled; then `out` is as it was.
    """
    out = Path(order.out).absolute()
    check_target(out, PRODUCTS, order.overwrite)
    scenes = scenes_of_part(order.scenes, order.split)
    labelled = [replace(scene, branches=order.branches) for scene in scenes if scene.label]
    if not labelled:
        expected = "a folder whose files *_img.tif have a *_label.tif beside them"
        raise InvalidParameterError(name="scenes", value=order.scenes, expected=expected)
    with tempfile.TemporaryDirectory(prefix="glacier-mapper-evaluate-") as folder:
        run = _Run(order, controls, Path(folder))
        for at, scene in enumerate(labelled):
            run.measure(scene, (MAPPED * at / len(labelled), MAPPED * (at + 1) / len(labelled)))
    run.left_out += [{"scene": one.name, "reason": "it has no label"} for one in scenes if not one.label]
    if not run.done:
        raise NoValidPixelsError(layers=", ".join(one["scene"] for one in run.left_out[:5]))
    result = run.result()
    worst = sorted(run.done, key=lambda one: (one.score.counts.iou is None, one.score.counts.iou or 0.0))[:PICTURES]
    with staged(out, PRODUCTS, order.overwrite) as staging:
        write_reports(staging, result, {one.name: one.picture for one in worst})
    run.pace.finish(len(labelled))
    return {**result, "files": [str(out / name) for name in PRODUCTS]}


@dataclass
class _Run:
    """What the scenes share."""

    order: EvaluateOrder
    controls: Controls
    folder: Path
    done: list[Measured] = field(default_factory=list)
    left_out: list[dict[str, str]] = field(default_factory=list)
    model: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pace = Pace(self.controls.on_progress)

    def measure(self, scene: SceneFiles, span: tuple[float, float]) -> None:
        """Map a scene and measure it. Raises Cancelled and what mapping raises."""
        if self.controls.should_stop():
            raise Cancelled()
        told = Controls(self.pace.within(span), self.controls.should_stop)
        started = time.perf_counter()
        try:
            mapped = map_scene(scene, self.order.model, self.folder / "map", told, self.order.device)
        except NoValidPixelsError:
            self.left_out.append({"scene": scene.name, "reason": "it has no valid pixel"})
            return
        seconds = time.perf_counter() - started
        self.model = self.model or _model_of(mapped)
        self.done.append(_measured(scene, mapped, seconds))

    def result(self) -> dict[str, Any]:
        """All figures, as JSON."""
        scenes = {one.name: self._row(one) for one in self.done}
        regions = {one.region: [other for other in self.done if other.region == one.region] for one in self.done}
        total = pooled(one.score for one in self.done)
        by_region = {
            name: {"scenes": len(members), "pooled": pooled(one.score for one in members).figures(),
                   **spread([one.score.figures() for one in members])}
            for name, members in sorted(regions.items())
        }  # fmt: skip
        negative = [one for one in self.done if one.score.is_negative]
        return {
            "model": self.model, "branches": [one.value for one in self.order.branches],
            "scenes_folder": str(Path(self.order.scenes).absolute()), "split": self.order.split,
            "pooled": total.figures(), **spread([one.score.figures() for one in self.done]),
            "scenes": scenes, "regions": by_region,
            "over_regions": spread([one["pooled"] for one in by_region.values()]),
            "negatives": {
                "scenes": [one.name for one in negative],
                "false_positive_share": pooled(one.score for one in negative).counts.false_positive_share,
            },
            "reliability": total.calibration.table(), "left_out": self.left_out, "definitions": FIGURES,
        }  # fmt: skip

    @staticmethod
    def _row(one: Measured) -> dict[str, Any]:
        return {"region": one.region, **one.score.figures(), "seconds": round(one.seconds, 2)}


def _model_of(mapped: MapResult) -> dict[str, Any]:
    """The model as the report of a mapping names it."""
    report = json.loads(Path(mapped.report).read_text(encoding="utf-8"))
    model = report["model"]
    package = model.get("settings_used", {}).get("package", {})
    return {
        "name": model["name"], "version": model["version"], "title": model["title"],
        "sha256": package.get("sha256", ""), "device": report.get("device", ""),
    }  # fmt: skip


def _measured(scene: SceneFiles, mapped: MapResult, seconds: float) -> Measured:
    """A mapped scene against its label. Raises UnreadableRasterError."""
    label = LabelRaster(scene.label or scene.image, scene.debris).burned(mapped.grid)
    with rasterio.open(mapped.probability) as raster:
        probability = raster.read(1)
    tells_debris = scene.debris is not None or bool((label == DEBRIS).any())
    found = score(probability, label, mapped.grid.pixel_size_m, tells_debris)
    picture = picture_of(MapRequest(scene.sources(), ""), mapped.grid, probability, label)
    return Measured(scene.name, _region(mapped.grid), found, seconds, picture)


def _region(grid: Grid) -> str:
    return region_at(*Places(grid).centre())
