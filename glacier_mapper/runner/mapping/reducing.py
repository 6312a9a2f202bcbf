"""A package of reduced precision, made only together with what that costs on real scenes.

The scenes are mapped with both packages. What differs is counted on the maps, as an analyst would get them: pixels
that change sides of 0.5, how far probabilities move, and the IoU with labels where there are any.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from dataclasses import asdict, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from ...core.errors import Cancelled, InvalidParameterError
from ...core.model_card import FULL_PRECISION, PRECISIONS, ModelCard, ModelFile
from ...core.package_folder import check_target
from ...core.progress import Controls, Progress, Stage
from ..models.checking import check_interface, check_probabilities, read_golden, run_once
from ..models.devices import make_session
from ..models.package import GOLDEN_FILE, MODEL_FILE, Package, measuring, open_package, write_package
from ..models.store import find_package
from ..scene import SceneFiles, find_scenes
from .pace import Pace
from .reduced_networks import to_float16, to_int8
from .reducing_scenes import Comparison, compare_maps, sample_patches
from .scene_maps import map_scene

NAME_LENGTH = 64
TIMED_S = 20.0
TIMED_RUNS = 9
CONVERTED, MEASURED, MAPPED = (0.0, 0.2), (0.2, 0.3), (0.3, 0.99)
"""The share of the whole that each step takes."""


def reduce_precision(package: str, precision: str, scenes: str, out: str, controls: Controls) -> dict[str, Any]:
    """Write to the folder `out` the package in "float16" or "int8", with what that costs on the scenes in its card.

    `scenes` is a folder of *_img.tif, where known beside *_dem.tif and *_label.tif (1 glacier, 0 other, 255 no data).
    Returns {"package", "folder", "precision", "bytes", "bytes_float32", "check": the card's precision_check}; nothing
    is written where any scene can't be mapped with both. Raises InvalidParameterError, OutputExistsError; what
    `find_package`, `map_glaciers` and `write_package` raise; MissingPythonPackageError without onnx; Cancelled.
    """
    if precision not in PRECISIONS or precision == FULL_PRECISION:
        raise InvalidParameterError(name="precision", value=precision, expected=" or ".join(PRECISIONS[1:]))
    controls.on_progress(Progress(Stage.OPENING, 0, 1, 0.0))
    full = find_package(package)
    if full.card.precision != FULL_PRECISION:
        expected = f"a package in {FULL_PRECISION}; this one is in {full.card.precision}"
        raise InvalidParameterError(name="package", value=full.card.name, expected=expected)
    if full.card.is_ensemble:
        expected = f"a package of one network; this one is an ensemble of {len(full.card.networks)}"
        raise InvalidParameterError(name="package", value=full.card.name, expected=expected)
    check_target(Path(out).absolute(), overwrite=False)
    with tempfile.TemporaryDirectory(prefix="glacier-mapper-reduce-") as folder:
        return _Reduction(full, precision, find_scenes(scenes), Path(folder), controls).into(out)

TOLERANCES = {"float16": 5e-3, "int8": 5e-2}
"""What one processor's probabilities may be off another's: products of 8 bits are summed in different widths."""


class _Reduction:
    """The making of one package."""

    def __init__(
        self, full: Package, precision: str, scenes: list[SceneFiles], folder: Path, controls: Controls
    ) -> None:
        self.full, self.precision, self.scenes = full, precision, scenes
        self.folder, self.controls = folder, controls
        self.pace = Pace(controls.on_progress)

    def into(self, out: str) -> dict[str, Any]:
        """Convert, check, write."""
        files = self._convert()
        staged = write_package(self.folder / "reduced", self._card(), files)
        self._stop_if_asked()
        speed_ratio = self._speed_ratio(staged)
        comparison = self._compare(staged)
        check = {
            **asdict(comparison.totals()),
            "against": self.full.card.file.sha256,
            "scenes": comparison.names,
            "created": _now(),
            "speed_ratio": speed_ratio,
            "onnxruntime": onnxruntime.__version__,
        }
        made = write_package(out, replace(staged.card, precision_check=check), files)
        self.pace.finish(len(self.scenes))
        return {
            "package": made.card.name, "folder": str(made.folder), "precision": self.precision,
            "bytes": made.card.file.bytes, "bytes_float32": self.full.card.file.bytes, "check": check,
        }  # fmt: skip

    def _card(self) -> ModelCard:
        """The card without the figures of accuracy, which are the full network's, and without weights to learn on from.

        The calibration stays, as it is applied in the comparison; so does the record of the training.
        """
        own = self.full.card
        tail = f"-{self.precision}"
        words = replace(
            own.description,
            title=f"{own.description.title} ({self.precision})",
            provenance=f"{own.name} {own.version} in {self.precision}. {own.description.provenance}".strip(),
            accuracy=(),
        )
        name = own.name[: NAME_LENGTH - len(tail)].rstrip("._-") + tail
        golden = GOLDEN_FILE if own.golden else ""
        return replace(
            own, name=name, description=words, precision=self.precision, created=_now(), golden=golden,
            weights=ModelFile(""),
        )  # fmt: skip

    def _convert(self) -> dict[str, Path]:
        """The files of the new package: its network, and the golden sample with a tolerance of its own."""
        self.pace.step(Stage.PACKAGING, 0, 1, CONVERTED)
        network = self.folder / MODEL_FILE
        self.patches = sample_patches(self.full, self.scenes, self._stop_if_asked)
        if self.precision == "int8":
            to_int8(self.full.model_path, network, self.patches)
        else:
            to_float16(self.full.model_path, network)
        files = {MODEL_FILE: network}
        if self.full.golden_path:
            files[GOLDEN_FILE] = self._golden(network)
        self.pace.step(Stage.PACKAGING, 1, 1, CONVERTED)
        return files

    def _golden(self, network: Path) -> Path:
        """The float32 network's sample with the new network's own answer, and what other processors may be off it."""
        golden = read_golden(self.full)
        path = self.folder / GOLDEN_FILE
        if golden is None:
            raise InvalidParameterError(name="package", value=self.full.card.name, expected="one with a golden sample")
        session, _, _ = make_session(network, "cpu")
        output = run_once(session, golden.inputs, self.full.card.name)
        check_probabilities(output, self.full.card.name)
        tolerance = max(golden.tolerance, TOLERANCES[self.precision])
        arrays = {f"input_{name}": value for name, value in golden.inputs.items()}
        np.savez_compressed(path, **arrays, output=output, tolerance=np.float64(tolerance))
        return path

    def _speed_ratio(self, staged: Package) -> float:
        """Seconds of the float32 network over those of the new one for a patch on this CPU, run by turns."""
        self.pace.step(Stage.TIMING, 0, 1, MEASURED)
        name = self.full.card.name
        sessions = [make_session(one.model_path, "cpu")[0] for one in (self.full, staged)]
        check_interface(sessions[1], staged)
        seconds: tuple[list[float], list[float]] = ([], [])
        started, patch = time.perf_counter(), self.patches[0]
        for session in sessions:
            run_once(session, patch, name)
        while len(seconds[0]) < TIMED_RUNS and (not seconds[0] or time.perf_counter() - started < TIMED_S):
            self._stop_if_asked()
            for session, times in zip(sessions, seconds):
                before = time.perf_counter()
                run_once(session, patch, name)
                times.append(time.perf_counter() - before)
        self.pace.step(Stage.TIMING, 1, 1, MEASURED)
        return round(statistics.median(seconds[0]) / statistics.median(seconds[1]), 3)

    def _compare(self, staged: Package) -> Comparison:
        """Map every scene with both packages."""
        comparison = Comparison()
        with measuring(staged.folder):
            open_package(staged.folder)
            count = 2 * len(self.scenes)
            step = (MAPPED[1] - MAPPED[0]) / count
            for at, scene in enumerate(self.scenes):
                maps = []
                for turn, package in enumerate((self.full, staged)):
                    done = 2 * at + turn
                    low = MAPPED[0] + done * step
                    listen = self.pace.within((low, low + step), (Stage.COMPARING, done, count))
                    told = Controls(listen, self.controls.should_stop)
                    mapped = map_scene(scene, str(package.folder), self.folder / f"map_{turn}", told)
                    maps.append(Path(mapped.probability))
                comparison.add(scene, compare_maps(maps[0], maps[1], scene.label))
        return comparison

    def _stop_if_asked(self) -> None:
        if self.controls.should_stop():
            raise Cancelled()


def _now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
