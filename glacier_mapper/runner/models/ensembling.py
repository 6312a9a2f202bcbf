"""The job ensemble: packages of one network each to one package of several, whose mean counts (a deep ensemble)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np

from ...core.branches import BRANCH_ROLES
from ...core.errors import Cancelled, InvalidParameterError
from ...core.model_card import (
    FULL_PRECISION,
    BandScaling,
    Calibration,
    CalibrationKind,
    Description,
    Ensemble,
    ModelCard,
    ModelFile,
    Scaler,
)
from ...core.model_card_files import MOST_NETWORKS, member_key
from ...core.model_errors import UnlikeNetworksError
from ...core.package_folder import check_target
from ...core.package_names import check_new_name, name_of_folder
from ...core.progress import Controls, Progress, Stage
from .checking import check_interfaces, mean_of, read_golden, run_each
from .devices import make_session
from .input_shapes import sample_feeds
from .package import GOLDEN_FILE, MODEL_FILE, Package, write_package
from .store import find_package

TOLERANCE = 1e-4
"""Of a probability, where none of the packages says more."""
MIXED = "ensemble"
"""The architecture of networks that have several."""


@dataclass(frozen=True)
class EnsembleOrder:
    """Join `packages`, names or folders in this order, to the package `out`.

    Without a `name` it is made of the folder's, without a `title` of the first one's.
    """

    packages: tuple[str, ...]
    out: str
    name: str = ""
    title: str = ""
    overwrite: bool = False

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> EnsembleOrder:
        """From the params of the method. Raises KeyError, TypeError."""
        return cls(**{**data, "packages": tuple(str(one) for one in data["packages"])})


def make_ensemble(order: EnsembleOrder, controls: Controls) -> dict[str, Any]:
    """Join the packages; says what was made of what. A calibration of theirs is left out: it fits the one network.

    Raises InvalidParameterError, UnlikeNetworksError naming all differences, what `find_package` raises, and
    ModelOutputError for a network that gives no probabilities; OutputError kinds; Cancelled.
    """
    _tell(controls, Stage.OPENING, 0.0)
    target = Path(order.out).absolute()
    check_target(target, order.overwrite)
    if not 2 <= len(order.packages) <= MOST_NETWORKS:
        expected = f"2 to {MOST_NETWORKS} packages"
        raise InvalidParameterError(name="packages", value=len(order.packages), expected=expected)
    packages = [find_package(one) for one in order.packages]
    check_alike(packages)
    card = _card(order, packages)
    check_new_name(card.name, card.architecture)
    with tempfile.TemporaryDirectory(prefix="glacier-mapper-ensemble-") as folder:
        _tell(controls, Stage.CHECKING, 0.3)
        sample = Path(folder) / GOLDEN_FILE
        tolerance = _write_sample(sample, packages)
        _tell(controls, Stage.PACKAGING, 0.8)
        networks = zip(card.networks, (package.model_path for package in packages))
        files = {GOLDEN_FILE: sample, **{file.name: path for file, path in networks}}
        made = write_package(target, card, files, order.overwrite)
    controls.on_progress(Progress(Stage.DONE, 1, 1, 1.0))
    left_out = [one.card.name for one in packages if one.card.calibration.kind is not CalibrationKind.NONE]
    return {
        "package": str(made.folder), "name": card.name, "architecture": card.architecture,
        "networks": list(card.ensemble.made_of), "sha256": made.card.checksum, "bytes": made.card.network_bytes,
        "tolerance": tolerance, "calibrations_left_out": left_out,
    }  # fmt: skip


def _tell(controls: Controls, stage: Stage, done: float) -> None:
    if controls.should_stop():
        raise Cancelled()
    controls.on_progress(Progress(stage, 0, 1, done))


def check_alike(packages: Sequence[Package]) -> None:
    """Raise UnlikeNetworksError for the first package that can't be joined with the first one, with all that differs.

    Raises InvalidParameterError for an ensemble, and for a package of reduced precision: what that costs was measured
    for the one network.
    """
    first, seen = packages[0], dict[str, str]()
    for package in packages:
        card = package.card
        if card.is_ensemble:
            expected = f"packages of one network; it is an ensemble of {len(card.networks)}"
            raise InvalidParameterError(name="packages", value=card.name, expected=expected)
        if card.precision != FULL_PRECISION:
            expected = f"packages in {FULL_PRECISION}; it is in {card.precision}"
            raise InvalidParameterError(name="packages", value=card.name, expected=expected)
        faults = differences(first.card, card)
        if card.file.sha256 in seen:
            faults.append(f"its network is the very same as that of {seen[card.file.sha256]}")
        seen[card.file.sha256] = str(package.folder)
        if faults:
            shown = card.name if card.name != first.card.name else str(package.folder)
            raise UnlikeNetworksError(model=first.card.name, other=shown, reason=f"{'; '.join(faults)}.")


def differences(first: ModelCard, other: ModelCard) -> list[str]:
    """What of `other` is not as in `first`, in words: inputs, scaling, gaps, place, tiles, classes, what is needed."""
    pairs = (
        ("its inputs are", _inputs(first), _inputs(other)),
        ("it is told", first.location.value or "no place", other.location.value or "no place"),
        ("where a band has no data it gets", first.no_data.value, other.no_data.value),
        ("its classes are", ", ".join(first.classes), ", ".join(other.classes)),
        ("glacier is", first.classes[first.ice_class], other.classes[other.ice_class]),
        *_tilings(first, other),
        ("it needs", _needs(first), _needs(other)),
    )
    found = [f"{what} {new}, not {old}" for what, old, new in pairs if old != new]
    return found + (_scalings(first, other) if _inputs(first) == _inputs(other) else [])


def _inputs(card: ModelCard) -> str:
    return ", ".join(sorted(spec.branch.value for spec in card.branches))


def _needs(card: ModelCard) -> str:
    return " or ".join(sorted(" + ".join(sorted(role.value for role in need)) for need in card.needs))


def _tilings(first: ModelCard, other: ModelCard) -> list[tuple[str, Any, Any]]:
    words = {
        "patch_px": "the side of its patches is", "stride_px": "the step of its patches is", "window": "its window is",
        "multiple_px": "its side must be a multiple of",
    }  # fmt: skip
    found = [(text, getattr(first.tiling, key), getattr(other.tiling, key)) for key, text in words.items()]
    return [*found, ("its side is", *("fixed" if card.tiling.fixed else "free" for card in (first, other)))]


def _scalings(first: ModelCard, other: ModelCard) -> list[str]:
    """Bands that are scaled otherwise."""
    there = {spec.branch: spec for spec in first.branches}
    found = []
    for spec in other.branches:
        old = there[spec.branch]
        if spec.log10 != old.log10:
            found.append(f"{spec.branch.value} is {'' if spec.log10 else 'not '}taken as logarithm")
        for role, own, wanted in zip(BRANCH_ROLES[spec.branch], spec.scalings, old.scalings):
            if own != wanted:
                found.append(f"{role.value} is scaled by {_words(own)}, not {_words(wanted)}")
    return found


def _words(scaling: BandScaling) -> str:
    return "nothing" if scaling.kind is Scaler.NONE else f"{scaling.kind.value} {scaling.a:g}, {scaling.b:g}"


def _write_sample(path: Path, packages: Sequence[Package]) -> float:
    """Write the golden sample: inputs of the first package's, the mean output; gives the tolerance."""
    samples = [read_golden(package) for package in packages]
    first = next((one for one in samples if one is not None), None)
    feeds = sample_feeds(packages[0], 1) if first is None else first.inputs
    outputs = []
    for package in packages:
        session = make_session(package.model_path, "cpu")[0]
        check_interfaces([session], package)
        outputs += run_each([session], feeds, package)
    tolerance = max([TOLERANCE, *(one.tolerance for one in samples if one is not None)])
    inputs = {f"input_{name}": values for name, values in feeds.items()}
    np.savez_compressed(path, **inputs, output=mean_of(outputs), tolerance=np.float64(tolerance))
    return tolerance


def _card(order: EnsembleOrder, packages: Sequence[Package]) -> ModelCard:
    cards = [package.card for package in packages]
    first, architectures = cards[0], {card.architecture for card in cards}
    made_of = tuple({"name": one.name, "version": one.version, "sha256": one.file.sha256} for one in cards)
    others = tuple(ModelFile(f"{member_key(number)}.onnx") for number in range(2, len(cards) + 1))
    alike = len(architectures) == 1
    return replace(
        first,
        name=order.name or name_of_folder(Path(order.out).absolute().name),
        version="1",
        architecture=first.architecture if alike else MIXED,
        description=_description(order, cards),
        file=ModelFile(MODEL_FILE),
        calibration=Calibration(),
        parameters=sum(card.parameters for card in cards),
        created=datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        hyperparameters=first.hyperparameters if alike else {},
        golden=GOLDEN_FILE,
        weights=ModelFile(""),
        training=_training(cards),
        ensemble=Ensemble(others, made_of=made_of),
        extra={},
    )


def _training(cards: Sequence[ModelCard]) -> dict[str, Any]:
    """That of each network, in their order, where any says how it was trained."""
    told = [card.training for card in cards]
    return {"networks": told} if any(told) else {}


def _description(order: EnsembleOrder, cards: Sequence[ModelCard]) -> Description:
    """The words of all; figures of accuracy are those of single networks and are left out."""
    words = [card.description for card in cards]
    regions = [region for region in words[0].regions if all(region in one.regions for one in words)]
    every = list(dict.fromkeys(region for one in words for region in one.regions))
    made_of = "; ".join(f"{card.name} {card.version}, SHA-256 {card.file.sha256}" for card in cards)
    return Description(
        title=order.title or f"{words[0].title} (ensemble of {len(cards)})",
        summary=words[0].summary,
        licence=_joined(one.licence for one in words),
        citation=_joined(one.citation for one in words),
        regions=tuple(regions or every),
        limits=_joined(one.limits for one in words),
        provenance=f"Mean of {len(cards)} networks: {made_of}.",
    )


def _joined(texts: Iterable[str]) -> str:
    """Different texts after one another."""
    return "; ".join(dict.fromkeys(text for text in texts if text))
