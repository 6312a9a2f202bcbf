"""A network with its weights as a model package: card, ONNX file and golden sample."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...core.branches import BRANCH_ROLES, DERIVED, Branch
from ...core.errors import Cancelled, InternalError, InvalidParameterError
from ...core.model_card import (
    BranchSpec,
    Calibration,
    Description,
    Ensemble,
    EnsembleKind,
    ModelCard,
    ModelFile,
    NoData,
    Tiling,
)
from ...core.model_card_files import member_key
from ...core.model_errors import WrongArchitectureError
from ...core.package_folder import check_target
from ...core.package_names import check_new_name
from ...core.progress import Controls, Progress, Stage
from ...core.roles import Role
from ..models.package import GOLDEN_FILE, WEIGHTS_FILE, Package, file_sha256, write_package
from .base import Network, parameter_count
from .describing import describe
from .dropout import masked
from .export import export_onnx, run_onnx
from .golden import Golden, make_golden
from .orders import WeightsExport
from .registry import Architecture, architecture
from .weights_file import save_weights

VERSION = "1"
PATCH_PX, STRIDE_PX = 384, 192
OPTICAL_LEAST = tuple(map(frozenset, (
    (Role.GREEN, Role.SWIR1), (Role.RED, Role.SWIR1), (Role.NIR, Role.SWIR1), (Role.BLUE, Role.GREEN, Role.RED),
    (Role.GREEN, Role.RED, Role.NIR),
)))  # fmt: skip
"""Optical bands any one set of which is worth mapping from, for a network that takes what there is."""
STEPS, STEPS_A_NETWORK = 5, 3
"""Of a package of one network, and of each more."""


@dataclass
class Steps:
    """Tells how far a job of `total` steps is, and ends it when the user has cancelled."""

    controls: Controls
    done: int = 0
    total: int = STEPS

    def step(self, stage: Stage) -> None:
        """One more step begins. Raises Cancelled."""
        if self.controls.should_stop():
            raise Cancelled()
        self.controls.on_progress(Progress(stage, self.done, self.total, self.done / self.total))
        self.done += 1


@dataclass(frozen=True)
class Contents:
    """What a package is made of besides the order: network with weights, inputs' scalings, calibration.

    `training` is how the weights came about, for weights of our own training.
    """

    network: Network
    branches: tuple[BranchSpec, ...]
    calibration: Calibration = Calibration()
    training: dict[str, Any] = field(default_factory=dict)


def check_names(order: WeightsExport) -> None:
    """Look at the package's name and place before any work is done.

    Raises InvalidParameterError for a name or a way of gaps that it can't have, OutputExistsError for a folder that is
    there already, OutputNotWritableError for one that may not be replaced.
    """
    folder = Path(order.out).absolute().name
    hint = "" if order.name else f"; the folder “{folder}” gives none that will do, so say one with --name"
    check_new_name(order.package_name, order.architecture, hint)
    no_data(order, architecture(order.architecture))
    check_target(Path(order.out).absolute(), order.overwrite)


def write(order: WeightsExport, contents: Contents, steps: Steps) -> dict[str, Any]:
    """Write the package and say what was made.

    Raises InternalError when ONNX Runtime does not compute what the network does, WrongArchitectureError for weights
    that are far too large, OutputError kinds, Cancelled.
    """
    network, kind = contents.network, architecture(order.architecture)
    card = make_card(order, contents)
    networks = masked(network, order.seed, order.mc_dropout) if order.mc_dropout else iter([network])
    with tempfile.TemporaryDirectory(prefix="glacier-mapper-") as folder:
        names = [*(one.name for one in card.networks), GOLDEN_FILE, WEIGHTS_FILE]
        files = {name: Path(folder) / name for name in names}
        parts: list[_Part] = []
        for file, one in zip(card.networks, networks, strict=True):
            steps.step(Stage.PACKAGING)
            golden = make_golden(one, with_gaps=kind.every_branch)
            _check_sample(golden, order)
            parts.append(_exported(one, golden, files[file.name], steps))
        difference, tolerance = (max(values) for values in zip(*(part[1:] for part in parts), strict=True))
        mean = np.mean([part.golden.output for part in parts], axis=0)
        Golden(parts[0].golden.inputs, mean).save(files[GOLDEN_FILE], tolerance)
        save_weights(network, files[WEIGHTS_FILE], half=True)
        steps.step(Stage.PACKAGING)
        package = write_package(order.out, card, files, order.overwrite)
    return {**_summary(package, order), "onnx_difference": difference, "tolerance": tolerance}


class _Part(NamedTuple):
    """A network's sample, how far its file is off it, and may be."""

    golden: Golden
    difference: float
    tolerance: float


def _exported(network: Network, golden: Golden, path: Path, steps: Steps) -> _Part:
    """Write a network's file and look whether it computes what the network does. Raises InternalError."""
    steps.step(Stage.PACKAGING)
    export_onnx(network, network.branches, network.location, path)
    steps.step(Stage.CHECKING)
    found = run_onnx(path, golden.inputs)
    difference, tolerance = float(np.abs(found - golden.output).max()), golden.tolerance(network, found)
    if not difference <= tolerance:
        raise InternalError(reason=f"the exported network differs by {difference:.2g} from the original.")
    return _Part(golden, difference, tolerance)


def _check_sample(golden: Golden, order: WeightsExport) -> None:
    """Raise WrongArchitectureError for weights that no check could tell from others."""
    if golden.fault:
        reason = f"with its weights {golden.fault}"
        raise WrongArchitectureError(
            path=order.weights, architecture=order.architecture, reason=reason, model=order.architecture
        )


def _summary(package: Package, order: WeightsExport) -> dict[str, Any]:
    card = package.card
    return {
        "package": str(package.folder),
        "name": card.name,
        "architecture": card.architecture,
        "inputs": [spec.branch.value for spec in card.branches],
        "location": card.location.value,
        "parameters": card.parameters,
        "weights_sha256": file_sha256(Path(order.weights)),
        "file": {"name": card.file.name, "bytes": card.file.bytes, "sha256": card.file.sha256},
        "calibration": card.calibration.title,
    }


def make_card(order: WeightsExport, contents: Contents) -> ModelCard:
    """The card of the package, its file not yet known."""
    network, kind = contents.network, architecture(order.architecture)
    hyperparameters = asdict(network.shape)
    return ModelCard(
        name=order.package_name,
        version=VERSION,
        architecture=kind.name,
        branches=contents.branches,
        description=_description(order, kind),
        needs=needs(kind, network.branches),
        tiling=_tiling(network),
        location=network.location,
        no_data=no_data(order, kind),
        calibration=contents.calibration,
        parameters=parameter_count(network),
        created=datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        hyperparameters=json.loads(json.dumps(hyperparameters)),
        golden=GOLDEN_FILE,
        weights=ModelFile(WEIGHTS_FILE),
        training=contents.training,
        ensemble=_masks(order),
    )


def _masks(order: WeightsExport) -> Ensemble:
    """The networks of MC dropout beside the first one; none where it was not asked for."""
    if not order.mc_dropout:
        return Ensemble()
    numbers = range(1, order.mc_dropout + 1)
    others = tuple(ModelFile(f"{member_key(number)}.onnx") for number in numbers if number > 1)
    return Ensemble(others, EnsembleKind.DROPOUT, tuple({"seed": order.seed, "member": number} for number in numbers))


def no_data(order: WeightsExport, kind: Architecture) -> NoData:
    """How the network is shown gaps. Raises InvalidParameterError for a way that it can't be."""
    usual = NoData.NAN if kind.every_branch else NoData.RAW_ZERO if order.is_published else NoData.ZERO
    found = order.no_data or usual
    if (found is NoData.NAN) != kind.every_branch:
        ways = [one.value for one in NoData if (one is NoData.NAN) == kind.every_branch]
        expected = f"{' or '.join(ways)} for {kind.name}"
        raise InvalidParameterError(name="--no-data", value=found.value, expected=expected)
    return found


def _tiling(network: Network) -> Tiling:
    """Raised cosine for published networks too: their deployment's Gaussian, which parity keeps, shows more seams."""
    return Tiling(PATCH_PX, STRIDE_PX, "cosine", bool(network.fixed_px), network.multiple_px)


def _description(order: WeightsExport, kind: Architecture) -> Description:
    words = describe(kind, order)
    given = {key: getattr(order, key) for key in ("title", "licence", "citation") if getattr(order, key)}
    if order.mc_dropout:
        words = replace(words, title=f"{words.title} (ensemble of {order.mc_dropout})")
    source = f"{Path(order.weights).name}, SHA-256 {file_sha256(Path(order.weights))}"
    return replace(words, **given, provenance=source)


def needs(kind: Architecture, branches: tuple[Branch, ...]) -> tuple[frozenset[Role], ...]:
    """The sets of roles any one of which is enough: those of all branches, or of any one where gaps are allowed."""
    each = {branch: frozenset(BRANCH_ROLES[branch]) - DERIVED for branch in branches}
    if not kind.every_branch:
        return (frozenset().union(*each.values()),)
    others = tuple(roles for branch, roles in each.items() if branch is not Branch.OPTICAL)
    return (*OPTICAL_LEAST, *others) if Branch.OPTICAL in each else others
