"""The job teach: from the view's layers and reviewed outlines to a package that was measured before and after."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ....core.model_card import Calibration, CalibrationKind, ModelCard
from ....core.package_files import CARD_FILE, files_of
from ....core.package_folder import check_target
from ....core.package_names import check_new_name
from ....core.progress import Controls, Progress, Stage
from ....core.request import MapRequest
from ....core.teach import AFTER_PICTURE, BEFORE_PICTURE, TeachRequest, TeachResult
from ....core.teach_errors import NotTeachableError, TooLittleReviewedError
from ...architectures.orders import WeightsExport
from ...architectures.packaging import Contents, Steps, write
from ...architectures.weights_file import save_weights
from ...models.package import Package, open_package, write_package
from ...models.store import find_package
from ...scene import Scene, open_scene
from ..calibrating import Logits, drawn, logits_by_region
from ..learn import FOREST
from ..learn.job import from_package
from ..learn.keeping import free_mb
from ..learn.plan import Plan
from ..learn.run import Run, Tiles, fastest_precision
from ..tiles import Tile
from ..tiles.cutting import Window
from ..tiles.outlines import read_outlines
from ..tiles.tile import LabelImage
from .ground import known_ground, tiles_of, windows_in
from .measuring import Aside, Measured
from .pacing import OVER, PACKAGING_S, PLAN, Clock, Pacer
from .parts import LEAST_PX, Parts, cut, known_px

TILE_PX = 256
MOST_TILES = 400
LEAST_TILES = 8
"""As many are kept in memory whatever is free."""
KM2 = 1e-6


@dataclass(frozen=True)
class _Ground:
    """What was read of the view; `ice_km2`, `taught_km2` and `aside_km2` are known ground."""

    taught: Sequence[Tile]
    calibrating: Sequence[Tile]
    aside: Aside
    ice_km2: float
    taught_km2: float
    aside_km2: float


def teach(request: TeachRequest, controls: Controls) -> TeachResult:
    """Teach a model by reviewed outlines and write the new package, all or nothing.

    A part of the view stays aside: nothing is learnt from it, no weights are chosen by it, and what is told of before
    and after is measured there. Raises as `teach.teach` says.
    """
    clock = Clock(request.settings.minutes, controls)
    start = find_package(request.model)
    if start.card.architecture == FOREST:
        raise NotTeachableError(model=start.card.name)
    check_new_name(request.package_name, start.card.architecture)
    check_target(Path(request.out).absolute(), request.overwrite)
    with tempfile.TemporaryDirectory(prefix="glacier-mapper-teach-") as folder:
        job = _Teaching(request, start, clock, Path(folder))
        result = job.done()
    clock.finish(result.steps)
    return result


class _Teaching:
    """One teaching and what its steps share."""

    def __init__(self, request: TeachRequest, start: Package, clock: Clock, folder: Path) -> None:
        self.request, self.start, self.clock, self.folder = request, start, clock, folder
        own = {"start": start.card.name, "seed": request.seed, "threads": request.threads}
        plan = replace(PLAN, precision=fastest_precision(), **own)
        self.plan, self.network, self.recipe = from_package(plan, start)

    def done(self) -> TeachResult:
        """All of it. Raises what `teach` does."""
        ground = self._read()
        before = ground.aside.measured(str(self.start.folder), self.folder / "map", self.clock.part())
        plan, steps = self._learn(ground, before.seconds)
        package, calibrated = self._packaged(ground, plan, steps)
        self.clock.after_s = 0.0
        told = self.clock.part(before.seconds, Stage.COMPARING)
        after = ground.aside.measured(str(package.folder), self.folder / "map", told)
        pictures = self._pictures(ground.aside, before, after)
        made = self._kept(package, before, after)
        return TeachResult(
            str(made.folder), made.card.name, made.card.description.title, self.start.card.name,
            before.figures, after.figures, _round(ground.taught_km2), _round(ground.ice_km2),
            _round(ground.aside_km2), steps, round(self.clock.elapsed_s(), 1), calibrated, pictures,
        )  # fmt: skip

    def _read(self) -> _Ground:
        """Find what is known, cut it in parts and read the tiles. Raises TooLittleReviewedError."""
        request = self.request
        outlines = read_outlines(request.outlines, request.outlines_layer)
        told = self.clock.part(stage=Stage.READING)
        told.on_progress(Progress(Stage.READING, 0, 1, 0.0))
        with open_scene(MapRequest(request.sources, "", extent=request.extent)) as scene:
            label = known_ground(scene, outlines, request.settings.around_m)
            area = (scene.grid.pixel_size_m**2) * KM2
            parts = cut(label, scene.grid.pixel_size_m)
            if parts is None:
                raise _too_little(label, area)
            ice, other = known_px(label, parts.taught)
            return _Ground(
                self._tiles(scene, label, parts, told),
                self._calibrating(scene, label, parts, told),
                Aside(request, scene.grid, label, parts.aside),
                ice * area, (ice + other) * area, sum(known_px(label, parts.aside)) * area,
            )  # fmt: skip

    def _tiles(self, scene: Scene, label: LabelImage, parts: Parts, told: Controls) -> list[Tile]:
        side = max(TILE_PX, self.plan.steps.crop_px)
        windows = windows_in(parts.taught, label, side, self._most(side))
        found = tiles_of(scene, label, windows, self.plan.inputs, told)
        if not found:
            raise _too_little(label, scene.grid.pixel_size_m**2 * KM2)
        return found

    def _calibrating(self, scene: Scene, label: LabelImage, parts: Parts, told: Controls) -> list[Tile]:
        if parts.calibrated is None:
            return []
        side = self.start.card.tiling.patch_px if self.start.card.tiling.fixed else TILE_PX
        windows = windows_in(parts.calibrated, label, side, self._most(side) // 4)
        return tiles_of(scene, label, windows, self.plan.inputs, told)

    def _most(self, side: int) -> int:
        """Tiles that fit into half of the free memory."""
        bands = sum(len(spec.scalings) for spec in self.recipe.branches)
        return min(MOST_TILES, max(LEAST_TILES, int(free_mb() * 1e6 / (side**2 * (4 * bands + 1)))))

    def _learn(self, ground: _Ground, mapping_s: float) -> tuple[Plan, int]:
        """Fine-tune the network in place; the plan, and the steps that it came to."""
        tiles = Tiles(ground.taught, ())
        plan, step_s = Pacer(self.network, tiles, self.recipe, self.folder).fitted(self.plan, self.clock, mapping_s)
        self.clock.after_s = mapping_s + PACKAGING_S
        planned = plan.steps.count * step_s
        end = time.monotonic() + OVER * planned
        run = Run(self.network, tiles, self.recipe, plan)
        told = self.clock.part(planned)
        state = run.go(self.folder / "run", told, is_enough=lambda: time.monotonic() > end)
        return plan, state.step

    def _packaged(self, ground: _Ground, plan: Plan, steps: int) -> tuple[Package, bool]:
        """The package with the new weights, not yet in its place, and whether its confidence was fitted anew."""
        self.clock.after_s = self.clock.after_s or 0.0
        self.clock.after_s = max(0.0, self.clock.after_s - PACKAGING_S)
        told = self.clock.part(PACKAGING_S)
        weights = self.folder / "weights.npz"
        save_weights(self.network, weights)
        card = self.start.card
        order = WeightsExport(
            str(weights), card.architecture, str(self.folder / "taught"), plan.inputs, plan.location,
            name=self.request.package_name, no_data=self.recipe.no_data,
        )  # fmt: skip
        contents = Contents(self.network, self.recipe.branches, card.calibration, self._told(plan, steps, ground))
        write(order, contents, Steps(told))
        made = open_package(self.folder / "taught")
        card = replace(made.card, description=_description(self.start.card, self.request.title, made.card))
        fitted = self._calibration(made, ground)
        if fitted is not None:
            card = replace(card, calibration=fitted)
        return _rewritten(made, card, self.folder / "fitted"), fitted is not None

    def _calibration(self, made: Package, ground: _Ground) -> Calibration | None:
        """A temperature drawn towards the one before the fewer the pixels are; None where there are none to fit on."""
        if not ground.calibrating:
            return None
        found = logits_by_region(made, ground.calibrating, self.clock.part(1.0, Stage.CALIBRATING))
        total = Logits()
        for one in found.values():
            total.glacier += one.glacier
            total.other += one.other
        if not (total.glacier.sum() and total.other.sum()):
            return None
        before = self.start.card.calibration
        usual = before.temperature if before.kind is CalibrationKind.TEMPERATURE else 1.0
        return Calibration(CalibrationKind.TEMPERATURE, temperature=drawn(total, usual))

    def _told(self, plan: Plan, steps: int, ground: _Ground) -> dict[str, Any]:
        """How the weights came about, for the card."""
        outlines = Path(self.request.outlines)
        return {
            "plan": plan.to_json(),
            "start": {"name": self.start.card.name, "sha256": self.start.card.file.sha256},
            "steps": steps,
            "taught": {
                "outlines_sha256": hashlib.sha256(outlines.read_bytes()).hexdigest() if outlines.is_file() else "",
                "layers": sorted({Path(source.label).name for source in self.request.sources}),
                "around_m": self.request.settings.around_m, "tiles": len(ground.taught),
                "known_km2": _round(ground.taught_km2), "glacier_km2": _round(ground.ice_km2),
            },
        }  # fmt: skip

    def _pictures(self, aside: Aside, before: Measured, after: Measured) -> tuple[str, ...]:
        if not self.request.pictures:
            return ()
        folder = Path(self.request.pictures)
        folder.mkdir(parents=True, exist_ok=True)
        named = ((before, BEFORE_PICTURE), (after, AFTER_PICTURE))
        return tuple(aside.picture(measured, folder / name) for measured, name in named)

    def _kept(self, package: Package, before: Measured, after: Measured) -> Package:
        """The package in its place, with what was measured in its card."""
        taught = {**package.card.training["taught"], "before": before.figures, "after": after.figures}
        card = replace(package.card, training={**package.card.training, "taught": taught})
        return _rewritten(package, card, Path(self.request.out), self.request.overwrite)


def _rewritten(package: Package, card: ModelCard, out: Path, overwrite: bool = False) -> Package:
    files = {name: package.folder / name for name in files_of(card) if name != CARD_FILE}
    return write_package(out, card, files, overwrite)


def _description(start: ModelCard, title: str, made: ModelCard) -> Any:
    """The start's own words under a new title; what was measured of the start is not true of the new one."""
    words = start.description
    title = title or f"{words.title}, taught"
    return replace(words, title=title, accuracy=(), provenance=made.description.provenance)


def _too_little(label: LabelImage, area: float) -> TooLittleReviewedError:
    ice, other = (count * area for count in known_px(label, Window(0, 0, *label.shape)))
    return TooLittleReviewedError(ice_km2=_round(ice), other_km2=_round(other), needed_km2=_round(4 * LEAST_PX * area))


def _round(value: float) -> float:
    """Three significant digits."""
    return float(f"{value:.3g}")
