"""The random-forest baseline: a forest fitted to pixels of tiles.

    forest = fit(store.tiles("train"), ForestSettings((Branch.OPTICAL, Branch.DEM)))
    write_forest(forest, ForestPackage(out="models/forest", title="Random forest"))    # forest_package

scikit-learn, skl2onnx and onnx are needed here alone and imported when a job starts.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...core.branches import BRANCH_ROLES, LOGARITHMIC, Branch
from ...core.errors import Cancelled, InvalidParameterError
from ...core.messages import QT_TRANSLATE_NOOP
from ...core.model_card import BandScaling, Scaler
from ...core.model_errors import MissingPythonPackageError
from ...core.progress import Controls, Progress, Stage
from ...core.roles import SECOND_ORBIT, Role
from ..models.network import scale
from .forest_features import TABLE, feature_graph, feature_names
from .tiles import DEBRIS, GLACIER, UNKNOWN, Tile

JOB = QT_TRANSLATE_NOOP("jobs", "Training a random forest")
NEEDS = ("sklearn", "skl2onnx", "onnx")
GOLDEN_PX = 48
PLAIN = BandScaling(Scaler.NONE)

Rows = npt.NDArray[np.float32]


@dataclass(frozen=True)
class ForestSettings:
    """`pixels` are drawn over all tiles, alike from each; `threads` -1 takes all cores.

    Trees are bounded in depth and leaves, so that a package has a few MB.
    """

    branches: tuple[Branch, ...] = (Branch.OPTICAL,)
    trees: int = 60
    max_depth: int = 16
    max_leaves: int = 600
    least_px: int = 10
    pixels: int = 120_000
    seed: int = 0
    threads: int = -1

    def __post_init__(self) -> None:
        if not self.branches or len(set(self.branches)) < len(self.branches):
            expected = "one branch or more, each once"
            raise InvalidParameterError(name="branches", value=", ".join(self.branches) or "empty", expected=expected)
        for name in ("trees", "max_depth", "max_leaves", "least_px", "pixels"):
            if getattr(self, name) < (2 if name in ("max_leaves", "pixels") else 1):
                raise InvalidParameterError(name=name, value=getattr(self, name), expected="a number above 1")


@dataclass(frozen=True)
class Forest:
    """A fitted forest, its graph of features, and a piece of a tile to check its package with.

    `roles` are the bands that any tile has; the others are always missing to it.
    """

    settings: ForestSettings
    classifier: Any
    features: Any
    sample: dict[str, Rows]
    roles: frozenset[Role]
    pixels: int
    tiles: int

    @property
    def importances(self) -> dict[str, float]:
        """How much each feature lessens impurity, the most important first."""
        named = zip(feature_names(self.settings.branches), self.classifier.feature_importances_)
        return dict(sorted(((name, round(float(one), 4)) for name, one in named), key=lambda item: -item[1]))


def fit(tiles: Sequence[Tile], settings: ForestSettings, controls: Controls | None = None) -> Forest:
    """Fit a forest of two classes, other and glacier, to pixels of the tiles whose label is known.

    Raises InvalidParameterError without pixels of both classes or without a branch, MissingPythonPackageError,
    Cancelled.
    """
    need_packages()
    from sklearn.ensemble import RandomForestClassifier

    controls = controls or Controls()
    if not len(tiles):
        raise InvalidParameterError(name="tiles", value=0, expected="one or more")
    first = inputs_of(tiles[0], settings.branches)
    graph = feature_graph(settings.branches, _centres(tiles, settings.branches))
    table, truth, roles = _drawn(tiles, settings, graph, controls)
    if len(np.unique(truth)) < 2:
        raise InvalidParameterError(name="tiles", value=len(tiles), expected="tiles with glacier and other ground")
    classifier = RandomForestClassifier(
        n_estimators=settings.trees, max_depth=settings.max_depth, max_leaf_nodes=settings.max_leaves,
        min_samples_leaf=settings.least_px, random_state=settings.seed, n_jobs=settings.threads,
    )  # fmt: skip
    classifier.fit(table, truth)
    sample = {name: one[:, :, :GOLDEN_PX, :GOLDEN_PX] for name, one in first.items()}
    return Forest(settings, classifier, graph, sample, roles, len(truth), len(tiles))


def need_packages() -> None:
    """Raises MissingPythonPackageError."""
    for package in NEEDS:
        if importlib.util.find_spec(package) is None:
            raise MissingPythonPackageError(package=package, job=JOB)


def inputs_of(tile: Tile, branches: Sequence[Branch]) -> dict[str, Rows]:
    """A tile as a package hands it to its graph: (1, bands, rows, cols), backscatter as log10, NaN = no data.

    The first orbit stands in for a second that is not there. Raises InvalidParameterError for a branch that the
    tile lacks.
    """
    found: dict[str, Rows] = {}
    for branch in branches:
        if branch not in tile.inputs:
            expected = f"among those of the tiles ({', '.join(one.value for one in tile.inputs)})"
            raise InvalidParameterError(name="branches", value=branch.value, expected=expected)
        bands = tile.inputs[branch].astype(np.float32, copy=True)
        roles = BRANCH_ROLES[branch]
        for at, role in enumerate(roles):
            if role in SECOND_ORBIT and np.isnan(bands[at]).all():
                bands[at] = bands[roles.index(SECOND_ORBIT[role])]
        for band in bands:
            scale(band.copy(), PLAIN, branch in LOGARITHMIC, band)
        found[branch.value] = bands[None]
    return found


def _centres(tiles: Sequence[Tile], branches: Sequence[Branch]) -> dict[Branch, list[float]]:
    """About the mean of each band, from the first tiles that have it; 0 for a band that none has."""
    found: dict[Branch, list[float]] = {branch: [] for branch in branches}
    some = [inputs_of(tiles[at], branches) for at in range(0, len(tiles), max(1, len(tiles) // 8))]
    for branch in branches:
        for at in range(len(BRANCH_ROLES[branch])):
            values = np.concatenate([one[branch.value][0, at].ravel() for one in some])
            values = values[np.isfinite(values)]
            found[branch].append(round(float(values.mean()), 4) if values.size else 0.0)
    return found


def _drawn(
    tiles: Sequence[Tile], settings: ForestSettings, graph: Any, controls: Controls
) -> tuple[Rows, npt.NDArray[np.uint8], frozenset[Role]]:
    """Features and classes of pixels drawn by chance from every tile, and the bands that any of them has."""
    session, roles = session_of(graph), set()
    random = np.random.default_rng(settings.seed)
    share = max(1, settings.pixels // len(tiles))
    tables, truths = [], []
    for at, tile in enumerate(tiles):
        if controls.should_stop():
            raise Cancelled()
        controls.on_progress(Progress(Stage.READING, at, len(tiles), at / len(tiles)))
        inputs = inputs_of(tile, settings.branches)
        roles |= _roles(inputs)
        places = np.flatnonzero((tile.label != UNKNOWN).ravel() & _seen(inputs).ravel())
        if len(places):
            chosen = random.choice(places, min(share, len(places)), replace=False)
            tables.append(session.run([TABLE], inputs)[0][chosen])
            truths.append(np.isin(tile.label.ravel()[chosen], (GLACIER, DEBRIS)).astype(np.uint8))
    if not tables:
        return np.empty((0, 1), np.float32), np.empty(0, np.uint8), frozenset(roles)
    return np.concatenate(tables), np.concatenate(truths), frozenset(roles)


def _roles(inputs: dict[str, Rows]) -> set[Role]:
    """The bands that have data anywhere."""
    return {
        role for name, image in inputs.items()
        for role, band in zip(BRANCH_ROLES[Branch(name)], image[0]) if np.isfinite(band).any()
    }  # fmt: skip


def _seen(inputs: dict[str, Rows]) -> npt.NDArray[np.bool_]:
    """Where a package's map has data: where any image has, terrain being none."""
    images = [one for name, one in inputs.items() if name != Branch.DEM.value] or list(inputs.values())
    return np.any([np.isfinite(one[0]).any(axis=0) for one in images], axis=0)


def session_of(model: Any) -> Any:
    """What computes an ONNX model on the processor."""
    import onnxruntime

    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
