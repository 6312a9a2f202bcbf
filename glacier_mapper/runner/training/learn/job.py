"""The jobs train and finetune: from a data set, and a package to go on from, to a package."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import torch

from ....core.branches import Branch
from ....core.errors import InvalidParameterError
from ....core.model_card import Calibration, Location
from ....core.progress import Controls, never
from ....core.teach_errors import EnsembleNotTaughtError, NoWeightsError
from ...architectures.base import Network
from ...architectures.orders import WeightsExport
from ...architectures.packaging import Contents, Steps, check_names, make_card, write
from ...architectures.registry import architecture, build
from ...architectures.weights_file import load_weights, save_weights
from ...models.package import Package
from ...models.store import find_package
from ..calibrating import Logits
from ..tiles import TRAIN, VALIDATION, TileStore, open_tiles
from ..tiles.checking import identity
from ..tiles.tile import DEBRIS, GLACIER, OTHER
from . import refitting
from .adapters import merge, mix, prepare, trainable
from .checkpoint import State
from .inputs import Recipe
from .keeping import Kept, free_mb
from .order import TrainOrder
from .plan import Plan
from .recipes import recipe_of
from .run import Run, Tiles, copied, read_looks

PLAN_FILE, WEIGHTS = "training.json", "weights.npz"


def train(order: TrainOrder, controls: Controls) -> dict[str, Any]:
    """Train and write the package; says what was made. A run that was stopped goes on where it was.

    Raises InputError kinds, InvalidDataSetError, OutputError kinds, MissingPythonPackageError, Cancelled.
    """
    check_names(_export(order, order.plan, ""))
    store = open_tiles(order.data)
    start = find_package(order.plan.start) if order.plan.start else None
    plan, network, recipe = _begun(order.plan, store, start)
    _check_tiles(store, plan, network)
    _keep_plan(order, plan)
    tiles = _tiles(order, store, plan)
    learnt = _learn_twice if plan.refit else _learn
    found = learnt(_Order(order, plan, recipe), network, tiles, controls)
    weights = order.run_folder / WEIGHTS
    save_weights(network, weights)
    told = {
        "plan": plan.to_json(),
        "data": {"sha256": identity(store), "name": store.path.name, "tiles": store.splits},
        "start": _told_start(start),
        **found.steps(), "looks": read_looks(order.run_folder), **found.told,
    }  # fmt: skip
    export = replace(_export(order, plan, str(weights)), no_data=recipe.no_data)
    calibration = Calibration()
    if found.held_back:
        card = make_card(export, Contents(network, recipe.branches))
        calibration, told["calibration"] = refitting.calibrated(found.held_back, card, len(tiles.validation))
    made = write(export, Contents(network, recipe.branches, calibration, told), Steps(controls))
    best = {key: value for key, value in found.state.best.items() if key != "average"}
    return {**made, **found.steps(), "best": best, "run": str(order.run_folder)}


class _Order(NamedTuple):
    """The order with the plan as it will be, and how the network takes its inputs."""

    order: TrainOrder
    plan: Plan
    recipe: Recipe


class _Learnt(NamedTuple):
    """What a training came to; `changed` parameters were free to change.

    Of a refit `held_back` are the first network's logits over the tiles that it had not seen, `told` is for the card.
    """

    state: State
    changed: int
    held_back: Mapping[str, Logits] = MappingProxyType({})
    told: Mapping[str, Any] = MappingProxyType({})

    def steps(self) -> dict[str, int]:
        """What the card and the result both say."""
        return {"steps": self.state.step, "trained_parameters": self.changed}


def _learn(given: _Order, network: Network, tiles: Tiles, controls: Controls, last: int = 0) -> _Learnt:
    """Train the network in place; with `last` end after so many steps, in a run of its own."""
    plan, folder = given.plan, given.order.run_folder
    before = copied(network) if plan.keep_start else {}
    torch.manual_seed(plan.seed)
    prepare(network, plan.tuned, plan.rank)
    changed = sum(value.numel() for value in trainable(network))
    run = Run(network, tiles, given.recipe, plan)
    is_enough = (lambda: run.state.step >= last) if last else never
    state = run.go(folder / refitting.FOLDER if last else folder, controls, is_enough)
    merge(network)
    if plan.keep_start:
        mix(network, before, plan.keep_start)
    return _Learnt(state, changed)


def _learn_twice(given: _Order, network: Network, tiles: Tiles, controls: Controls) -> _Learnt:
    """Train, calibrate by the tiles held back, and train again with them, for as many rounds as were best."""
    before = copied(network)
    share = 1 / (1 + refitting.growth(tiles))
    first = _learn(given, network, tiles, refitting.part(controls, 0.0, share))
    seen = refitting.held_back(network, tiles, given.recipe, refitting.part(controls, share, share))
    plan, everything, last = refitting.again(given.plan, tiles, first.state.best["step"])
    network.load_state_dict(before)
    second = _learn(given._replace(plan=plan), network, everything, refitting.part(controls, share, 1.0), last)
    refit = {"steps": second.state.step, "tiles": len(everything.train)}
    return first._replace(held_back=seen, told={"refit": refit})


def _begun(plan: Plan, store: TileStore, start: Package | None) -> tuple[Plan, Network, Recipe]:
    """The plan as it will be, the network before training, and how it takes its inputs."""
    if start is not None:
        return from_package(plan, start)
    if architecture(plan.architecture).every_branch:
        plan = replace(plan, inputs=tuple(Branch))
    torch.manual_seed(plan.seed)
    network = build(plan.architecture, plan.inputs, plan.location)
    return _sized(plan, network), network, recipe_of(plan.architecture, plan.inputs, plan.location, store.statistics)


def from_package(plan: Plan, start: Package) -> tuple[Plan, Network, Recipe]:
    """The plan as it will be, a package's network with its weights, and how it takes its inputs.

    Raises NoWeightsError, EnsembleNotTaughtError, WrongArchitectureError, ChecksumError.
    """
    card, weights = start.card, start.checked_weights()
    if weights is None:
        if card.is_ensemble:
            raise EnsembleNotTaughtError(model=card.name)
        raise NoWeightsError(model=card.name, reason="")
    branches = tuple(spec.branch for spec in card.branches)
    network = build(card.architecture, branches, card.location)
    load_weights(network, str(weights), card.architecture)
    plan = replace(plan, architecture=card.architecture, inputs=branches, location=card.location)
    return _sized(plan, network), network, Recipe(card.branches, card.no_data, card.location)


def _sized(plan: Plan, network: Network) -> Plan:
    """The plan with crops of a side that the network takes."""
    side = network.fixed_px or max(1, round(plan.steps.crop_px / network.multiple_px)) * network.multiple_px
    return plan.with_values(crop_px=side)


def _check_tiles(store: TileStore, plan: Plan, network: Network) -> None:
    """Raise InvalidParameterError for a data set that this network can't learn from."""
    if not len(store.tiles(TRAIN)):
        raise InvalidParameterError(name="data", value=str(store.path), expected="a data set with tiles for training")
    if plan.refit:
        _check_held_back(store)
    needed, there = set(plan.inputs), set(store.branches)
    lacking = needed - there
    every = architecture(plan.architecture).every_branch
    if (lacking and not every) or not needed & there:
        names = ", ".join(sorted(one.value for one in lacking))
        raise InvalidParameterError(name="inputs", value=names, expected="branches that the data set has")
    if network.fixed_px and store.tile_px > network.fixed_px:
        expected = f"tiles of at most {network.fixed_px} px, as {plan.architecture} takes them (--tile-px)"
        raise InvalidParameterError(name="data", value=f"{store.tile_px} px", expected=expected)
    if plan.location is Location.REGION and not any(record.region for record in store.records):
        raise InvalidParameterError(name="data", value="no regions", expected="tiles whose region is known")


def _check_held_back(store: TileStore) -> None:
    """Raise InvalidParameterError where a refit would have nothing to calibrate by."""
    counts = np.sum([one.class_px for one in store.tiles(VALIDATION).records] or [[0] * 4], axis=0)
    if not (counts[OTHER] and counts[GLACIER] + counts[DEBRIS]):
        expected = "a data set whose part validation has glaciers and other ground"
        raise InvalidParameterError(name="refit", value="used", expected=expected)


def _tiles(order: TrainOrder, store: TileStore, plan: Plan) -> Tiles:
    limit = (order.memory_mb or free_mb()) / max(1, plan.loaders)
    return Tiles(Kept(store.tiles(TRAIN), limit), store.tiles(VALIDATION), identity(store))


def _keep_plan(order: TrainOrder, plan: Plan) -> None:
    folder = order.run_folder
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{PLAN_FILE}.part"
    part.write_text(json.dumps(plan.to_json(), indent=2) + "\n", encoding="utf-8")
    part.replace(folder / PLAN_FILE)


def _told_start(start: Package | None) -> dict[str, str]:
    return {"name": start.card.name, "sha256": start.card.checksum} if start else {}


def _export(order: TrainOrder, plan: Plan, weights: str) -> WeightsExport:
    return WeightsExport(
        weights, plan.architecture, order.out, plan.inputs, plan.location, name=order.package_name,
        title=order.title, licence=order.licence, citation=order.citation, overwrite=order.overwrite,
    )  # fmt: skip
