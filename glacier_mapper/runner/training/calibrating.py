"""The job calibrate: a package whose probabilities are frequencies, fitted on tiles that it did not learn from.

Temperature scaling divides the logits by one number, vector scaling gives each class a factor and an offset (Guo et
al. 2017, section 4.2); by region a temperature is fitted for each region with enough pixels, drawn towards the common
one. Fits minimise the mean logarithmic loss over a histogram of logits, which holds all pixels in a few thousand bins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...core.branches import REGION_CODES
from ...core.errors import Cancelled, InvalidParameterError
from ...core.model_card import Calibration, CalibrationKind, Location, ModelCard
from ...core.package_files import CARD_FILE, files_of
from ...core.package_folder import check_target
from ...core.package_names import check_new_name, name_of_folder
from ...core.progress import Controls, Progress, Stage
from ..mapping.classes import glacier_classes, glacier_of
from ..models.checking import mean_of, run_each
from ..models.package import Package, write_package
from ..models.session import load
from ..models.store import find_package
from .evaluation.reliability import Reliability, reliability
from .learn.inputs import Recipe, placed, scaled
from .tiles import TRAIN, UNKNOWN, VALIDATION, Tile, TileStore, open_tiles
from .tiles.checking import identity

Array = npt.NDArray[np.float64]

BINS, REACH = 4096, 20.0
"""Bins of the histogram, and the logit at its ends."""
TEMPERATURES = (0.05, 20.0)
PRIOR_PX = 50_000
"""A region's own temperature counts by its pixels beside so many of the common one: few tiles make no region."""
FITTED_BIAS = 10.0
"""The largest offset of a class that vector scaling may choose."""


class Kind(str, Enum):
    """What is fitted."""

    TEMPERATURE = "temperature"
    VECTOR = "vector"
    REGION = "region"


@dataclass(frozen=True)
class CalibrateOrder:
    """Fit `model`, a name or the folder of a package, on part `split` of the data set `data`; write the package `out`.

    Raises InvalidParameterError.
    """

    model: str
    data: str
    out: str
    kind: Kind = Kind.TEMPERATURE
    split: str = VALIDATION
    overwrite: bool = False

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> CalibrateOrder:
        """From the params of the method. Raises InvalidParameterError, TypeError."""
        try:
            kind = Kind(data.get("kind", Kind.TEMPERATURE.value))
        except ValueError as exc:
            expected = ", ".join(one.value for one in Kind)
            raise InvalidParameterError(name="kind", value=data["kind"], expected=expected) from exc
        return cls(**{**data, "kind": kind})


@dataclass
class Logits:
    """How many pixels that are glacier, and that are not, have a logit in each bin."""

    glacier: Array = field(default_factory=lambda: np.zeros(BINS))
    other: Array = field(default_factory=lambda: np.zeros(BINS))

    def add(self, probability: npt.NDArray[np.float32], is_glacier: npt.NDArray[np.bool_]) -> None:
        """Count pixels, both (n,)."""
        p = np.clip(probability.astype(np.float64), 1e-12, 1 - 1e-12)
        z = np.clip(np.log(p) - np.log1p(-p), -REACH, REACH)
        places = np.minimum(((z + REACH) * (BINS / (2 * REACH))).astype(np.intp), BINS - 1)
        self.glacier += np.bincount(places[is_glacier], minlength=BINS)
        self.other += np.bincount(places[~is_glacier], minlength=BINS)

    @property
    def pixels(self) -> float:
        """All of them."""
        return float(self.glacier.sum() + self.other.sum())

    def loss(self, logits: Array) -> float:
        """The mean logarithmic loss when the bins' logits become `logits` (BINS,)."""
        surprise = np.logaddexp(0.0, -logits) @ self.glacier + np.logaddexp(0.0, logits) @ self.other
        return float(surprise / max(1.0, self.pixels))

    def reliability(self, logits: Array) -> Reliability:
        """How far probabilities of these logits are frequencies."""
        p = (1 / (1 + np.exp(-logits))).astype(np.float32)
        parts = [np.repeat(p, counts.astype(np.int64)) for counts in (self.glacier, self.other)]
        true = np.repeat([True, False], [len(one) for one in parts])
        return reliability(np.concatenate(parts), true)


CENTRES: Array = (np.arange(BINS) + 0.5) * (2 * REACH / BINS) - REACH
"""The logit of each bin."""


def calibrate_package(order: CalibrateOrder, controls: Controls) -> dict[str, Any]:
    """Fit and write the package; says the calibration, and ECE, Brier score and loss before and after it.

    Raises InputError kinds, InvalidDataSetError, ModelOutputError, OutputError kinds, Cancelled.
    """
    target = Path(order.out).absolute()
    name = name_of_folder(target.name)
    check_target(target, order.overwrite)
    package = find_package(order.model)
    check_new_name(name, package.card.architecture)
    store = open_tiles(order.data)
    tiles = store.tiles(order.split)
    if not len(tiles):
        raise InvalidParameterError(name="split", value=order.split, expected="a part of the data set that has tiles")
    _check_unseen(package, store, order.split)
    found = logits_by_region(package, tiles, controls)
    calibration = fitted(order.kind, found, package.card)
    told = {"kind": order.kind.value, "split": order.split, "tiles": len(tiles), **before_and_after(found, calibration)}
    card = replace(
        package.card, name=name, calibration=calibration, training={**package.card.training, "calibration": told}
    )
    files = {one: package.folder / one for one in files_of(card) if one != CARD_FILE}
    made = write_package(target, card, files, order.overwrite)
    controls.on_progress(Progress(Stage.DONE, len(tiles), len(tiles), 1.0))
    return {"package": str(made.folder), "name": name, "calibration": _told(calibration), **told}


def _check_unseen(package: Package, store: TileStore, split: str) -> None:
    """Raise InvalidParameterError for tiles that the package says it learnt from, also of a refit."""
    training = package.card.training
    data, seen = training.get("data"), {TRAIN, VALIDATION} if training.get("refit") else {TRAIN}
    if split in seen and isinstance(data, dict) and data.get("sha256") == identity(store):
        done = "; a refit has calibrated it on those held back before" if training.get("refit") else ""
        expected = f"tiles that “{package.card.name}” did not learn from{done}"
        raise InvalidParameterError(name="split", value=split, expected=expected)


def logits_by_region(package: Package, tiles: Any, controls: Controls) -> dict[str, Logits]:
    """The network's own logits over tiles, before any calibration; of an ensemble those of the mean probability.

    Raises ModelOutputError, Cancelled.
    """
    sessions = load(package, "cpu", 0).sessions
    recipe = Recipe(package.card.branches, package.card.no_data, package.card.location)
    return gathered(tiles, lambda tile: _probability(sessions, package, recipe, tile), controls)


def gathered(
    tiles: Any, probability: Callable[[Tile], npt.NDArray[np.float32]], controls: Controls
) -> dict[str, Logits]:
    """The logits of tiles by region; `probability` is of glacier, (rows, cols). Raises Cancelled."""
    found: dict[str, Logits] = {}
    for at, tile in enumerate(tiles):
        if controls.should_stop():
            raise Cancelled()
        controls.on_progress(Progress(Stage.CALIBRATING, at, len(tiles), at / len(tiles)))
        known = tile.label != UNKNOWN
        found.setdefault(tile.region, Logits()).add(probability(tile)[known], tile.label[known] > 0)
    return found


def _probability(sessions: Any, package: Package, recipe: Recipe, tile: Tile) -> npt.NDArray[np.float32]:
    """Of glacier, (rows, cols); the tile is filled up to what the network takes by repeating its edge."""
    card = package.card
    rows, cols = tile.label.shape
    side = card.tiling.patch_px if card.tiling.fixed else card.tiling.multiple_px
    if card.tiling.fixed and max(rows, cols) > side:
        raise InvalidParameterError(name="data", value=f"{max(rows, cols)} px", expected=f"tiles of at most {side} px")
    lacking = ((0, 0), (0, -rows % side), (0, -cols % side))
    named = zip((spec.branch.value for spec in card.branches), scaled(tile.inputs, (rows, cols), recipe), strict=True)
    feeds = {name: np.pad(bands, lacking, mode="edge")[None] for name, bands in named}
    if recipe.location is not Location.NONE:
        feeds["location"] = placed(tile, recipe)[0][None]
    return glacier_of(mean_of(run_each(sessions, feeds, package))[0, :, :rows, :cols], glacier_classes(card))


def fitted(kind: Kind, found: Mapping[str, Logits], card: ModelCard) -> Calibration:
    """The calibration of that kind which loses least. Raises InvalidParameterError without both classes."""
    everything = _sum(found.values())
    if not everything.glacier.sum() or not everything.other.sum():
        raise InvalidParameterError(name="split", value=card.name, expected="tiles with glacier and with other ground")
    if kind is Kind.VECTOR:
        return _vector(everything, card)
    common = _temperature(everything)
    if kind is Kind.TEMPERATURE:
        return Calibration(CalibrationKind.TEMPERATURE, temperature=common)
    own = {region: drawn(logits, common) for region, logits in found.items() if region in REGION_CODES}
    return Calibration(CalibrationKind.TEMPERATURE, temperature=common, by_region=own)


def _temperature(logits: Logits) -> float:
    from scipy.optimize import minimize_scalar

    low, high = np.log(TEMPERATURES)
    best = minimize_scalar(lambda log_t: logits.loss(CENTRES / np.exp(log_t)), bounds=(low, high), method="bounded")
    return round(float(np.exp(best.x)), 4)


def drawn(logits: Logits, common: float) -> float:
    """The temperature of a region or a view, drawn towards the common one the fewer its pixels are (geometric mean)."""
    share = logits.pixels / (logits.pixels + PRIOR_PX)
    return round(float(np.exp(share * np.log(_temperature(logits)) + (1 - share) * np.log(common))), 4)


def _vector(logits: Logits, card: ModelCard) -> Calibration:
    from scipy.optimize import minimize

    start = np.array([1.0, 1.0, 0.0])
    bounds = [(0.02, 20.0), (0.02, 20.0), (-FITTED_BIAS, FITTED_BIAS)]
    best = minimize(lambda x: logits.loss(_vector_logits(x)), start, bounds=bounds, method="L-BFGS-B").x
    scale, bias = [float(best[0])] * len(card.classes), [0.0] * len(card.classes)
    for number in glacier_classes(card):
        scale[number], bias[number] = float(best[1]), float(best[2])
    return Calibration(
        CalibrationKind.VECTOR, scale=tuple(round(one, 4) for one in scale), bias=tuple(round(one, 4) for one in bias)
    )


def _vector_logits(x: Array) -> Array:
    """The bins' logits after vector scaling: x = (factor of other, factor of glacier, offset of glacier)."""
    return x[1] * -np.logaddexp(0.0, -CENTRES) + x[2] - x[0] * -np.logaddexp(0.0, CENTRES)


def calibrated_logits(calibration: Calibration, region: str, ice_class: int = 1) -> Array:
    """What the bins' logits become in a region."""
    if calibration.kind is CalibrationKind.VECTOR:
        x = (calibration.scale[1 - ice_class], calibration.scale[ice_class], calibration.bias[ice_class])
        return _vector_logits(np.array(x))
    return CENTRES / calibration.by_region.get(region, calibration.temperature)


def before_and_after(found: Mapping[str, Logits], calibration: Calibration) -> dict[str, dict[str, float | None]]:
    """ECE, Brier score and mean logarithmic loss over all regions, before a calibration and after it."""
    return {"before": _figures(found, Calibration()), "after": _figures(found, calibration)}


def _figures(found: Mapping[str, Logits], calibration: Calibration) -> dict[str, float | None]:
    parts = [(logits, calibrated_logits(calibration, region)) for region, logits in found.items()]
    total, pixels = Reliability(), sum(logits.pixels for logits, _ in parts)
    for logits, z in parts:
        total = total + logits.reliability(z)
    loss = sum(logits.loss(z) * logits.pixels for logits, z in parts) / max(1.0, pixels)
    return {"ece": total.ece, "brier": total.brier, "cross_entropy": loss}


def _sum(parts: Iterable[Logits]) -> Logits:
    total = Logits()
    for one in parts:
        total.glacier += one.glacier
        total.other += one.other
    return total


def _told(calibration: Calibration) -> dict[str, Any]:
    plain = {key: value for key, value in vars(calibration).items() if value not in ((), {}, "")}
    return {**plain, "kind": calibration.kind.value}
