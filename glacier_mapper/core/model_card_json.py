"""`model.json`: a model card as a STAC item of the machine-learning-model extension (MLM 1.5.2), and back.

What the extension has a name for stands under that name; the project's own fields begin with `glacier:`.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

from .branches import BRANCH_ROLES, LOCATION_INPUT, REGION_CODES
from .model_card import ENSEMBLE_VERSION, BandScaling, BranchSpec, Location, ModelCard, ModelFile, Scaler
from .model_card_calibration import calibration_json
from .model_card_files import ensemble_json, member_key
from .model_card_read import LOG10, card_from_json, card_from_text
from .roles import ROLE_LABELS

__all__ = ["card_from_json", "card_from_text", "card_to_json"]

MLM_SCHEMA = "https://stac-extensions.github.io/mlm/v1.5.2/schema.json"
FILE_SCHEMA = "https://stac-extensions.github.io/file/v2.1.0/schema.json"
CLASSIFICATION_SCHEMA = "https://stac-extensions.github.io/classification/v2.0.0/schema.json"
VERSION_SCHEMA = "https://stac-extensions.github.io/version/v1.2.0/schema.json"
CITATION_SCHEMA = "https://stac-extensions.github.io/scientific/v1.0.0/schema.json"
STAC_VERSION = "1.1.0"
SHA2_256 = "1220"
"""The multihash prefix: SHA2-256, 32 bytes."""
DEFAULT_CREATED = "1970-01-01T00:00:00Z"
SPDX_PATTERN = re.compile(r"[\w.+-]+")
"""What STAC takes for a licence; the word "other" stands for all that has no such name."""


def card_to_json(card: ModelCard) -> dict[str, Any]:
    """The card as the JSON object of `model.json`."""
    schemas = [MLM_SCHEMA, FILE_SCHEMA, CLASSIFICATION_SCHEMA, VERSION_SCHEMA]
    return {
        "type": "Feature",
        "stac_version": STAC_VERSION,
        "stac_extensions": [*schemas, CITATION_SCHEMA] if card.description.citation else schemas,
        "id": card.name,
        "geometry": None,
        "properties": {**card.extra, **_common_json(card), **_mlm_json(card), **_own_json(card)},
        "links": [],
        "assets": _assets_json(card),
    }


def _common_json(card: ModelCard) -> dict[str, Any]:
    """STAC's own fields; it wants none to be empty."""
    words = card.description
    licence = words.licence if not words.licence or SPDX_PATTERN.fullmatch(words.licence) else "other"
    texts = {
        "created": card.created,
        "title": words.title,
        "description": words.summary,
        "license": licence,
        "version": card.version,
        "sci:citation": words.citation,
    }
    filled = {key: text for key, text in texts.items() if text}
    return {"datetime": card.created or DEFAULT_CREATED, **filled, "bands": _bands_json(card)}


def _bands_json(card: ModelCard) -> list[dict[str, Any]]:
    """Every band that an input names: MLM looks for them in the properties, STAC then wants them in an asset too."""
    roles = [role for spec in card.branches for role in BRANCH_ROLES[spec.branch]]
    return [{"name": role.value, "description": ROLE_LABELS[role]} for role in roles]


def _mlm_json(card: ModelCard) -> dict[str, Any]:
    return {
        "mlm:name": card.name,
        "mlm:architecture": card.architecture,
        "mlm:tasks": ["semantic-segmentation"],
        "mlm:framework": "ONNX",
        **({"mlm:total_parameters": card.parameters} if card.parameters else {}),
        "mlm:memory_size": card.network_bytes,
        "mlm:pretrained": True,
        "mlm:accelerator": None,
        "mlm:accelerator_constrained": False,
        "mlm:hyperparameters": {**card.hyperparameters, **asdict(card.tiling)},
        "mlm:input": [_input_json(spec, card) for spec in card.branches] + _location_json(card),
        "mlm:output": [_output_json(card)],
    }


def _own_json(card: ModelCard) -> dict[str, Any]:
    words = card.description
    return {
        "glacier:card_version": ENSEMBLE_VERSION if card.is_ensemble else 1,
        "glacier:needs": [sorted(role.value for role in need) for need in card.needs],
        "glacier:location": card.location.value,
        "glacier:no_data": card.no_data.value,
        "glacier:calibration": calibration_json(card.calibration),
        "glacier:ice_class": card.ice_class,
        "glacier:precision": card.precision,
        "glacier:precision_check": card.precision_check,
        "glacier:regions": list(words.regions),
        "glacier:limits": words.limits,
        "glacier:accuracy": list(words.accuracy),
        "glacier:provenance": words.provenance,
        "glacier:licence": words.licence,
        **({"glacier:training": card.training} if card.training else {}),
        **ensemble_json(card.ensemble),
    }


def _side(card: ModelCard) -> int:
    return card.tiling.patch_px if card.tiling.fixed else -1


def _input_json(spec: BranchSpec, card: ModelCard) -> dict[str, Any]:
    roles = BRANCH_ROLES[spec.branch]
    function = {"format": "text", "expression": LOG10} if spec.log10 else None
    return {
        "name": spec.branch.value,
        "bands": [role.value for role in roles],
        "input": {
            "shape": [-1, len(roles), _side(card), _side(card)],
            "dim_order": ["batch", "bands", "height", "width"],
            "data_type": "float32",
        },
        "value_scaling": _scalings_json(spec.scalings),
        "resize_type": None,
        "pre_processing_function": function,
    }


def _scalings_json(scalings: tuple[BandScaling, ...]) -> list[dict[str, Any]] | None:
    """None where no band is scaled: in a list, the extension takes no null."""
    return None if all(one.kind is Scaler.NONE for one in scalings) else [_scaling_json(one) for one in scalings]


def _scaling_json(scaling: BandScaling) -> dict[str, Any]:
    if scaling.kind is Scaler.MIN_MAX:
        return {"type": "min-max", "minimum": scaling.a, "maximum": scaling.b}
    if scaling.kind is Scaler.Z_SCORE:
        return {"type": "z-score", "mean": scaling.a, "stddev": scaling.b}
    return {"type": "scale", "value": 1}


def _location_json(card: ModelCard) -> list[dict[str, Any]]:
    if card.location is Location.NONE:
        return []
    region = card.location is Location.REGION
    length = len(REGION_CODES) if region else 4
    text = (
        f"weights of the regions {', '.join(REGION_CODES)}; they sum to 1"
        if region
        else "sine and cosine of the latitude, then of the longitude, in radians"
    )
    shape = {"shape": [-1, length], "dim_order": ["batch", "class"], "data_type": "float32"}
    return [{"name": LOCATION_INPUT, "description": text, "bands": [], "input": shape, "value_scaling": None}]


def _output_json(card: ModelCard) -> dict[str, Any]:
    classes = [{"value": value, "name": name, "description": name} for value, name in enumerate(card.classes)]
    shape = [-1, len(card.classes), _side(card), _side(card)]
    result = {"shape": shape, "dim_order": ["batch", "class", "height", "width"], "data_type": "float32"}
    return {
        "name": "probabilities",
        "tasks": ["semantic-segmentation"],
        "result": result,
        "classification:classes": classes,
    }


def _assets_json(card: ModelCard) -> dict[str, Any]:
    networks = {
        member_key(number): {
            "href": file.name,
            "type": "application/octet-stream; framework=onnx",
            "roles": ["mlm:model", "mlm:weights", "data"],
            "mlm:artifact_type": "onnx",
            **_seal_json(file),
            "bands": _bands_json(card),
        }
        for number, file in enumerate(card.networks, start=1)
    }
    assets: dict[str, Any] = {**networks}
    if card.golden:
        seal = _seal_json(card.golden_seal) if card.is_golden_sealed else {}
        assets["golden"] = {"href": card.golden, "type": "application/x-npz", "roles": ["data"], **seal}
    if card.weights.name:
        weights = {"href": card.weights.name, "type": "application/x-npz", "roles": ["mlm:weights", "data"]}
        assets["weights"] = {**weights, **_seal_json(card.weights)}
    return assets


def _seal_json(file: ModelFile) -> dict[str, Any]:
    return {"file:size": file.bytes, "file:checksum": f"{SHA2_256}{file.sha256}"}
