"""`model.json`: a model card as a STAC item of the machine-learning-model extension (MLM 1.5.2), and back.

What the extension has a name for stands under that name; the project's own fields begin with `glacier:`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from .branches import BRANCH_ROLES, LOCATION_INPUT, REGION_CODES, Branch
from .model_card import (
    CARD_VERSION,
    BandScaling,
    BranchSpec,
    Calibration,
    CalibrationKind,
    Description,
    Location,
    ModelCard,
    ModelFile,
    NoData,
    Scaler,
    Tiling,
)
from .model_errors import InvalidPackageError, PackageVersionError
from .roles import Role

MLM_SCHEMA = "https://stac-extensions.github.io/mlm/v1.5.2/schema.json"
FILE_SCHEMA = "https://stac-extensions.github.io/file/v2.1.0/schema.json"
STAC_VERSION = "1.1.0"
SHA2_256 = "1220"
"""The multihash prefix: SHA2-256, 32 bytes."""
LOG10 = "log10(x + 1e-6)"
DEFAULT_CREATED = "1970-01-01T00:00:00Z"


def card_to_json(card: ModelCard) -> dict[str, Any]:
    """The card as the JSON object of `model.json`."""
    created = card.created or DEFAULT_CREATED
    properties: dict[str, Any] = {
        "datetime": created,
        "created": created,
        "title": card.description.title,
        "description": card.description.summary,
        "license": card.description.licence,
        "version": card.version,
        "mlm:name": card.name,
        "mlm:architecture": card.architecture,
        "mlm:tasks": ["semantic-segmentation"],
        "mlm:framework": "ONNX",
        "mlm:total_parameters": card.parameters,
        "mlm:memory_size": card.file.bytes,
        "mlm:pretrained": True,
        "mlm:accelerator": None,
        "mlm:accelerator_constrained": False,
        "mlm:hyperparameters": {**card.hyperparameters, **_tiling_json(card.tiling)},
        "mlm:input": [_input_json(spec, card) for spec in card.branches] + _location_json(card),
        "mlm:output": [_output_json(card)],
        "glacier:card_version": CARD_VERSION,
        "glacier:needs": [sorted(role.value for role in need) for need in card.needs],
        "glacier:location": card.location.value,
        "glacier:no_data": card.no_data.value,
        "glacier:calibration": {**asdict(card.calibration), "kind": card.calibration.kind.value},
        "glacier:ice_class": card.ice_class,
        "glacier:precision": card.precision,
        "glacier:precision_check": card.precision_check,
        "glacier:regions": list(card.description.regions),
        "glacier:limits": card.description.limits,
        "glacier:accuracy": list(card.description.accuracy),
        "glacier:provenance": card.description.provenance,
        "sci:citation": card.description.citation,
        **card.extra,
    }
    return {
        "type": "Feature",
        "stac_version": STAC_VERSION,
        "stac_extensions": [MLM_SCHEMA, FILE_SCHEMA],
        "id": card.name,
        "geometry": None,
        "properties": properties,
        "links": [],
        "assets": _assets_json(card),
    }


def _tiling_json(tiling: Tiling) -> dict[str, Any]:
    return {**asdict(tiling)}


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
        "value_scaling": [_scaling_json(scaling) for scaling in spec.scalings],
        "resize_type": None,
        "pre_processing_function": function,
    }


def _scaling_json(scaling: BandScaling) -> dict[str, Any] | None:
    if scaling.kind is Scaler.MIN_MAX:
        return {"type": "min-max", "minimum": scaling.a, "maximum": scaling.b}
    if scaling.kind is Scaler.Z_SCORE:
        return {"type": "z-score", "mean": scaling.a, "stddev": scaling.b}
    return None


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
    return [{"name": LOCATION_INPUT, "bands": [], "input": shape, "value_scaling": None, "description": text}]


def _output_json(card: ModelCard) -> dict[str, Any]:
    classes = [{"value": value, "name": name} for value, name in enumerate(card.classes)]
    shape = [-1, len(card.classes), _side(card), _side(card)]
    result = {"shape": shape, "dim_order": ["batch", "class", "height", "width"], "data_type": "float32"}
    return {
        "name": "probabilities",
        "tasks": ["semantic-segmentation"],
        "result": result,
        "classification:classes": classes,
    }


def _assets_json(card: ModelCard) -> dict[str, Any]:
    assets: dict[str, Any] = {
        "model": {
            "href": card.file.name,
            "type": "application/octet-stream; framework=onnx",
            "roles": ["mlm:model", "mlm:weights", "data"],
            "mlm:artifact_type": "onnx",
            "file:size": card.file.bytes,
            "file:checksum": f"{SHA2_256}{card.file.sha256}",
        }
    }
    if card.golden:
        assets["golden"] = {"href": card.golden, "type": "application/x-npz", "roles": ["data"]}
    return assets


def card_from_text(raw: bytes, where: str) -> ModelCard:
    """The card in the bytes of a `model.json`. Raises InvalidPackageError, PackageVersionError."""
    try:
        data = json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as exc:
        raise InvalidPackageError(model=where, reason=f"model.json is no JSON: {exc}.") from exc
    return card_from_json(data, where)


def _refuse_constant(text: str) -> float:
    """JSON knows neither NaN nor infinities."""
    raise ValueError(f"{text} is no number of JSON")


def card_from_json(data: Any, where: str) -> ModelCard:
    """The card in the JSON of a `model.json`; `where` names the package in messages.

    Raises InvalidPackageError naming the field, PackageVersionError.
    """
    try:
        properties = data["properties"]
        version = properties.get("glacier:card_version")
    except (TypeError, KeyError, AttributeError) as exc:
        raise InvalidPackageError(model=where, reason=f"model.json is no STAC item: {_what(exc)}.") from exc
    if not isinstance(version, int) or not 1 <= version <= CARD_VERSION:
        raise PackageVersionError(model=where, found=version, known=CARD_VERSION, reason="")
    try:
        return _card(properties, data["assets"])
    except (TypeError, KeyError, ValueError, AttributeError, IndexError) as exc:
        raise InvalidPackageError(model=where, reason=f"a field of model.json is wrong: {_what(exc)}.") from exc


def _what(error: Exception) -> str:
    return f"{type(error).__name__} {error}"


def _card(own: dict[str, Any], assets: dict[str, Any]) -> ModelCard:
    hyper = dict(own.get("mlm:hyperparameters") or {})
    tiling = Tiling(**{key: hyper.pop(key) for key in Tiling.__dataclass_fields__ if key in hyper})
    return ModelCard(
        name=str(own["mlm:name"]),
        version=str(own["version"]),
        architecture=str(own["mlm:architecture"]),
        branches=tuple(_spec(one) for one in own["mlm:input"] if one["name"] != LOCATION_INPUT),
        description=_description(own),
        needs=tuple(frozenset(Role(role) for role in need) for need in own["glacier:needs"]),
        file=_file(assets["model"]),
        tiling=tiling,
        location=Location(own.get("glacier:location", "")),
        no_data=NoData(own.get("glacier:no_data", "zero")),
        calibration=_calibration(own.get("glacier:calibration") or {}),
        classes=tuple(str(one["name"]) for one in own["mlm:output"][0]["classification:classes"]),
        ice_class=int(own.get("glacier:ice_class", 1)),
        parameters=int(own.get("mlm:total_parameters", 0)),
        created=str(own.get("created", "")),
        precision=str(own.get("glacier:precision", "float32")),
        precision_check=dict(own.get("glacier:precision_check") or {}),
        hyperparameters=hyper,
        golden=str(assets["golden"]["href"]) if "golden" in assets else "",
        extra={key: value for key, value in own.items() if key.startswith("glacier:x_")},
    )


def _spec(data: dict[str, Any]) -> BranchSpec:
    branch = Branch(data["name"])
    count = len(BRANCH_ROLES[branch])
    listed = data.get("value_scaling") or [None] * count
    if len(listed) != count:
        raise ValueError(f"{branch.value} has {count} bands and {len(listed)} scalings")
    function = data.get("pre_processing_function")
    if function is not None and function.get("expression") != LOG10:
        raise ValueError(f"{branch.value} has the unknown pre-processing {function.get('expression')!r}")
    return BranchSpec(branch, tuple(_scaling(one) for one in listed), function is not None)


def _scaling(data: dict[str, Any] | None) -> BandScaling:
    if data is None:
        return BandScaling(Scaler.NONE)
    kind = Scaler(data["type"])
    names = {Scaler.MIN_MAX: ("minimum", "maximum"), Scaler.Z_SCORE: ("mean", "stddev")}[kind]
    scaling = BandScaling(kind, float(data[names[0]]), float(data[names[1]]))
    spread = scaling.b - scaling.a if kind is Scaler.MIN_MAX else scaling.b
    if not spread > 0:
        raise ValueError(f"a scaling of {kind.value} from {scaling.a} to {scaling.b}")
    return scaling


def _description(own: dict[str, Any]) -> Description:
    text: Callable[[str], str] = lambda key: str(own.get(key) or "")  # noqa: E731 (said eight times below)
    return Description(
        title=text("title") or text("mlm:name"),
        summary=text("description"),
        licence=text("license"),
        citation=text("sci:citation"),
        regions=tuple(str(one) for one in own.get("glacier:regions", ())),
        limits=text("glacier:limits"),
        accuracy=tuple(dict(row) for row in own.get("glacier:accuracy", ())),
        provenance=text("glacier:provenance"),
    )


def _file(asset: dict[str, Any]) -> ModelFile:
    checksum = str(asset["file:checksum"])
    if not checksum.startswith(SHA2_256) or len(checksum) != len(SHA2_256) + 64:
        raise ValueError(f"the checksum {checksum!r} is no SHA2-256 multihash")
    name = str(asset["href"])
    if "/" in name or "\\" in name or name in ("", ".", ".."):
        raise ValueError(f"{name!r} is no file beside model.json")
    return ModelFile(name, int(asset["file:size"]), checksum[len(SHA2_256) :])


def _calibration(data: dict[str, Any]) -> Calibration:
    values = dict(data)
    for key in ("scale", "bias", "support", "coefficients"):
        values[key] = tuple(float(one) for one in values.get(key, ()))
    return Calibration(**{**values, "kind": CalibrationKind(values.get("kind", "none"))})
