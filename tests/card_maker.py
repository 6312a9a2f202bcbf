"""Model cards and packages for tests that never run a network: a small card to break, and whole packages."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

from glacier_mapper.core.branches import BRANCH_ROLES, Branch
from glacier_mapper.core.model_card import (
    BandScaling,
    BranchSpec,
    Calibration,
    CalibrationKind,
    Description,
    Ensemble,
    Location,
    ModelCard,
    ModelFile,
    NoData,
    Scaler,
    Tiling,
)
from glacier_mapper.core.model_card_json import card_to_json
from glacier_mapper.core.roles import Role

NETWORK = b"not a network, but bytes with a checksum" * 50
OPTICAL = BRANCH_ROLES[Branch.OPTICAL]
ACCURACY = (
    {"region": "ALP", "iou": 0.894, "precision": 0.95, "source": "Table 2"},
    {"region": "SC", "iou": 0.871, "source": "Table 2"},
)

CARD = ModelCard(
    name="tiny-net",
    version="1.2",
    architecture="compact",
    branches=(
        BranchSpec(Branch.DEM, (BandScaling(Scaler.MIN_MAX, -100.0, 8300.0), BandScaling(Scaler.Z_SCORE, 20.0, 12.5))),
        BranchSpec(Branch.IN_SAR, (BandScaling(Scaler.NONE), BandScaling(Scaler.MIN_MAX, 0.0, 1.0)), log10=True),
    ),
    description=Description(
        "Tiny", "What it is.", "CC0-1.0", "Nobody (2026)", ("ALP", "SC"), "None.", ({"iou": 0.9},), "made"
    ),
    needs=(frozenset({Role.ELEVATION}),),
    file=ModelFile("model.onnx", 1234, "ab" * 32),
    tiling=Tiling(64, 32, "gaussian", True, 16),
    location=Location.REGION,
    parameters=7,
    created="2026-11-27T02:03:04Z",
    hyperparameters={"filters": 8},
    golden="golden.npz",
)


def card_json() -> dict[str, Any]:
    """The card's JSON as it stands in a file."""
    return json.loads(json.dumps(card_to_json(CARD)))


def make_card(name="glavitu-test", **more) -> ModelCard:
    """The card of a network with an optical and a terrain branch; `more` replaces fields of the card."""
    words = Description(
        title=more.pop("title", "GlaViTU (test)"),
        summary="Maps clean and debris-covered ice.",
        licence="CC-BY-4.0",
        citation="Maslov, K. et al. (2025) Nature Communications 16, 43",
        regions=more.pop("regions", ()),
        limits="Late-summer scenes.",
        accuracy=more.pop("accuracy", ()),
        provenance="weights.h5, SHA-256 00ff",
    )
    scaled = BandScaling(Scaler.MIN_MAX, -0.01, 2.1)
    values = {
        "version": "1.2",
        "architecture": "glavitu",
        "branches": (BranchSpec(Branch.OPTICAL, (scaled,) * 6), BranchSpec(Branch.DEM, (scaled,) * 2)),
        "needs": (frozenset({*OPTICAL, Role.ELEVATION}),),
        "tiling": Tiling(384, 192, "cosine", fixed=True),
        "parameters": 10_032_068,
        "created": "2026-01-02T03:04:05Z",
        "file": ModelFile("model.onnx", len(NETWORK), hashlib.sha256(NETWORK).hexdigest()),
        **more,
    }
    return ModelCard(name=name, description=words, **values)


def published_card(name="glavitu-global") -> ModelCard:
    """As an import of the published weights is: no data as in their deployment, a kernel that is not monotone."""
    kernel = Calibration(
        CalibrationKind.CONFIDENCE_KERNEL, gamma=1.0, support=(0.0, 0.2, 1.0), coefficients=(-3.0, 4.0, 0.1),
        title="glavitu_global_softmax",
    )
    return make_card(
        name, title="GlaViTU (global)", no_data=NoData.RAW_ZERO, calibration=kernel, accuracy=ACCURACY,
        location=Location.REGION, regions=("ALP", "SC"),
    )


def ensemble_card(name="three-networks", count=3, **more) -> ModelCard:
    """The card of an ensemble, its networks as long as that of the others."""
    seal = (len(NETWORK), hashlib.sha256(NETWORK).hexdigest())
    others = tuple(ModelFile(f"member-{number}.onnx", *seal) for number in range(2, count + 1))
    return make_card(name, title="Three networks", ensemble=Ensemble(others, **more))


def write_package(home, card: ModelCard, network=NETWORK) -> Path:
    """The package's folder in `home`."""
    folder = Path(home) / card.name
    folder.mkdir(parents=True)
    (folder / "model.json").write_text(json.dumps(card_to_json(card)), encoding="utf-8")
    (folder / "model.onnx").write_bytes(network)
    return folder


def zip_package(path, card: ModelCard, network=NETWORK) -> Path:
    """The package as a zip."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model.json", json.dumps(card_to_json(card)))
        archive.writestr("model.onnx", network)
    return Path(path)
