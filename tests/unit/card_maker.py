"""A small model card, and its JSON to break field by field."""

from __future__ import annotations

import json
from typing import Any

from glacier_mapper.core.branches import Branch
from glacier_mapper.core.model_card import (
    BandScaling,
    BranchSpec,
    Description,
    Location,
    ModelCard,
    ModelFile,
    Scaler,
    Tiling,
)
from glacier_mapper.core.model_card_json import card_to_json
from glacier_mapper.core.roles import Role

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
