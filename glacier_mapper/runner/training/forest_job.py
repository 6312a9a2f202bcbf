"""The job train for the architecture random-forest: the published comparison's first row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...core.branches import Branch
from ...core.errors import InvalidParameterError
from ...core.package_folder import check_target
from ...core.package_names import FOREST, check_new_name
from ...core.progress import Controls
from .forest import ForestSettings, fit, need_packages
from .forest_package import ForestPackage, write_forest
from .learn.order import TrainOrder
from .tiles import TRAIN, TileStore, open_tiles
from .tiles.checking import identity


def train_forest(order: TrainOrder, controls: Controls) -> dict[str, Any]:
    """Fit a forest to the training tiles and write it as a package; says what was made.

    The plan gives inputs and seed; all inputs means those that the data set has. Raises as `fit` and `write_forest`.
    """
    need_packages()
    check_new_name(order.package_name, FOREST)
    check_target(Path(order.out).absolute(), order.overwrite)
    store = open_tiles(order.data)
    branches = _branches(order, store)
    forest = fit(store.tiles(TRAIN), ForestSettings(branches, seed=order.plan.seed), controls)
    words = ForestPackage(
        out=order.out, name=order.package_name, title=order.title or "Random forest", licence=order.licence,
        citation=order.citation, overwrite=order.overwrite,
        provenance=f"trained on {store.path.name}, SHA-256 {identity(store)}",
    )  # fmt: skip
    package = write_forest(forest, words)
    return {
        "package": str(package.folder), "name": package.card.name, "architecture": FOREST,
        "inputs": [one.value for one in branches], "parameters": package.card.parameters,
        "pixels": forest.pixels, "tiles": forest.tiles, "bytes": package.card.file.bytes,
    }  # fmt: skip


def _branches(order: TrainOrder, store: TileStore) -> tuple[Branch, ...]:
    asked = order.plan.inputs
    if set(asked) == set(Branch):
        return store.branches
    lacking = [one.value for one in asked if one not in store.branches]
    if lacking:
        raise InvalidParameterError(name="inputs", value=", ".join(lacking), expected="branches that the data set has")
    return asked
