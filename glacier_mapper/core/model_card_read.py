"""`model.json` read into a card, every field checked and the first wrong one named.

Fields that this version does not know are kept in the card's `extra` and written again; what a newer version of the
card changes in meaning raises its version, and then the card is refused.
"""

from __future__ import annotations

import json
import re
from typing import Any

from .branches import BRANCH_ROLES, LOCATION_INPUT, REGION_CODES, Branch
from .model_card import (
    CARD_VERSION,
    PRECISIONS,
    WINDOWS,
    BandScaling,
    BranchSpec,
    Description,
    Location,
    ModelCard,
    NoData,
    Scaler,
    Tiling,
)
from .model_card_calibration import read_calibration
from .model_card_fields import Fields, WrongField, check_content, ice_class, shown
from .model_card_files import RESERVED, golden_file, golden_seal, network_file, read_ensemble, weights_file
from .model_errors import InvalidPackageError, PackageVersionError
from .roles import Role

MLM_PATTERN = re.compile(r"https://stac-extensions\.github\.io/mlm/v1\.\d+\.\d+/schema\.json")
NAME_PATTERN = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{1,62}[A-Za-z0-9]")
"""What MLM asks of a name, without spaces: it is a folder's name, and that of a model on a server."""
DATE_PATTERN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
LOG10 = "log10(x + 1e-6)"
MAX_SIDE_PX = 8192
KNOWN = frozenset({
    "datetime", "created", "title", "description", "license", "version", "bands", "sci:citation",
    "mlm:name", "mlm:architecture", "mlm:tasks", "mlm:framework", "mlm:total_parameters", "mlm:memory_size",
    "mlm:pretrained", "mlm:accelerator", "mlm:accelerator_constrained", "mlm:hyperparameters", "mlm:input",
    "mlm:output", "glacier:card_version", "glacier:needs", "glacier:location", "glacier:no_data",
    "glacier:calibration", "glacier:ice_class", "glacier:precision", "glacier:precision_check", "glacier:regions",
    "glacier:limits", "glacier:accuracy", "glacier:provenance", "glacier:licence", "glacier:training",
    "glacier:ensemble",
})  # fmt: skip
"""The properties that a card has a place for."""


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
        item = Fields(data, "")
        if item.text("type") != "Feature":
            raise item.wrong("type", f"is {shown(item.data['type'])}, and should be 'Feature'")
        if not any(MLM_PATTERN.fullmatch(str(one)) for one in item.listed("stac_extensions")):
            raise item.wrong("stac_extensions", "does not name the machine-learning-model extension (mlm) 1.x")
        own = item.inner("properties")
        version = own.whole("glacier:card_version", 1, 10**6)
        if version > CARD_VERSION:
            raise PackageVersionError(model=where, found=version, known=CARD_VERSION, reason="")
        card = _card(own, item.inner("assets"))
        check_content(own)  # also of what is free to hold anything
    except WrongField as exc:
        raise InvalidPackageError(model=where, reason=f"in model.json, {exc}.") from exc
    return card


def _card(own: Fields, assets: Fields) -> ModelCard:
    tiling, hyperparameters = _tiling(own)
    location = own.one_of("glacier:location", Location, Location.NONE)
    classes = _classes(own, tiling)
    branches = _branches(own, tiling, location)
    file = network_file(assets, "model")
    return ModelCard(
        name=_name(own),
        version=own.text("version"),
        architecture=own.text("mlm:architecture"),
        branches=branches,
        description=_description(own),
        needs=_needs(own, branches),
        file=file,
        tiling=tiling,
        location=location,
        no_data=own.one_of("glacier:no_data", NoData, NoData.ZERO),
        calibration=read_calibration(own, len(classes)),
        classes=classes,
        ice_class=ice_class(own, classes),
        parameters=own.whole("mlm:total_parameters", 0, 10**12, 0),
        created=_created(own),
        precision=_precision(own),
        precision_check=own.free("glacier:precision_check"),
        hyperparameters=hyperparameters,
        golden=golden_file(assets, file),
        golden_seal=golden_seal(assets, file),
        weights=weights_file(assets, file),
        training=own.free("glacier:training"),
        ensemble=read_ensemble(own, assets, file),
        extra={key: value for key, value in own.data.items() if key not in KNOWN},
    )


def _name(own: Fields) -> str:
    name = own.text("mlm:name")
    if not NAME_PATTERN.fullmatch(name) or RESERVED.fullmatch(name):
        rule = "3 to 64 letters, digits and ._-, with a letter first and no mark last"
        raise own.wrong("mlm:name", f"is {shown(name)}; a name has {rule}, and is none that Windows keeps for itself")
    return name


def _created(own: Fields) -> str:
    created = own.text("created", "")
    if created and not DATE_PATTERN.fullmatch(created):
        raise own.wrong("created", f"is {shown(created)}, not a time such as 2026-01-31T12:00:00Z")
    return created


def _precision(own: Fields) -> str:
    precision = own.text("glacier:precision", PRECISIONS[0])
    if precision not in PRECISIONS:
        raise own.wrong("glacier:precision", f"is {shown(precision)}, none of {', '.join(PRECISIONS)}")
    return precision


def _tiling(own: Fields) -> tuple[Tiling, dict[str, Any]]:
    """The tiling, and the hyper-parameters that are not of it."""
    fields, default = Fields(own.need("mlm:hyperparameters"), own.at("mlm:hyperparameters")), Tiling()
    patch_px = fields.whole("patch_px", 1, MAX_SIDE_PX)
    window = fields.text("window", default.window)
    if window not in WINDOWS:
        raise fields.wrong("window", f"is {shown(window)}, none of {', '.join(WINDOWS)}")
    tiling = Tiling(
        patch_px=patch_px,
        stride_px=fields.whole("stride_px", 1, patch_px),
        window=window,
        fixed=fields.flag("fixed", default.fixed),
        multiple_px=fields.whole("multiple_px", 1, patch_px, default.multiple_px),
    )
    if patch_px % tiling.multiple_px:
        raise fields.wrong("patch_px", f"is {patch_px}, not a multiple of multiple_px, {tiling.multiple_px}")
    rest = {key: value for key, value in fields.data.items() if key not in Tiling.__dataclass_fields__}
    return tiling, rest


def _branches(own: Fields, tiling: Tiling, location: Location) -> tuple[BranchSpec, ...]:
    specs: list[BranchSpec] = []
    told: list[Fields] = []
    for one in own.objects("mlm:input"):
        if one.text("name") == LOCATION_INPUT:
            told.append(one)
        else:
            specs.append(_branch(one, tiling))
    if not specs or len({spec.branch for spec in specs}) != len(specs):
        raise own.wrong("mlm:input", "must name one branch at least, and each once")
    if len(told) != (0 if location is Location.NONE else 1):
        what = f"has {len(told)} inputs named {LOCATION_INPUT}, and glacier:location is {location.value!r}"
        raise own.wrong("mlm:input", what)
    for one in told:
        _check_shape(one.inner("input"), [-1, len(REGION_CODES) if location is Location.REGION else 4])
    return tuple(specs)


def _branch(data: Fields, tiling: Tiling) -> BranchSpec:
    branch = data.word("name", Branch, data.text("name"))
    roles = [role.value for role in BRANCH_ROLES[branch]]
    if data.listed("bands") != roles:
        raise data.wrong("bands", f"must be {', '.join(roles)}, in this order")
    side = tiling.patch_px if tiling.fixed else -1
    _check_shape(data.inner("input"), [-1, len(roles), side, side])
    listed = data.data.get("value_scaling")
    if listed is None:
        return BranchSpec(branch, (BandScaling(Scaler.NONE),) * len(roles), _has_log10(data))
    if not isinstance(listed, list) or len(listed) != len(roles):
        raise data.wrong("value_scaling", f"must be null or a list of {len(roles)}, one for each band")
    scalings = tuple(_scaling(one, data.at(f"value_scaling[{at}]")) for at, one in enumerate(listed))
    return BranchSpec(branch, scalings, _has_log10(data))


def _check_shape(structure: Fields, wanted: list[int]) -> None:
    if structure.listed("shape") != wanted:
        raise structure.wrong("shape", f"is {shown(structure.data['shape'])}, and should be {wanted}")
    if structure.text("data_type") != "float32":
        raise structure.wrong("data_type", "must be float32")


def _has_log10(data: Fields) -> bool:
    if data.data.get("pre_processing_function") is None:
        return False
    expression = data.inner("pre_processing_function").need("expression")
    if expression != LOG10:
        raise data.wrong("pre_processing_function.expression", f"is {shown(expression)}; only {LOG10!r} is known")
    return True


def _scaling(data: Any, path: str) -> BandScaling:
    if data is None:
        return BandScaling(Scaler.NONE)
    fields = Fields(data, path)
    kind = fields.text("type")
    if kind == "scale" and fields.number("value") == 1:
        return BandScaling(Scaler.NONE)
    if kind == Scaler.MIN_MAX.value:
        low, high = fields.number("minimum"), fields.number("maximum")
        if not high > low:
            raise fields.wrong("maximum", f"is {high}, not above the minimum, {low}")
        return _usable(BandScaling(Scaler.MIN_MAX, low, high), fields, "maximum")
    if kind == Scaler.Z_SCORE.value:
        return _usable(BandScaling(Scaler.Z_SCORE, fields.number("mean"), fields.positive("stddev")), fields, "stddev")
    raise fields.wrong("type", f"is {shown(kind)}; known are min-max, z-score, and null or a scale of 1 for none")


def _usable(scaling: BandScaling, fields: Fields, key: str) -> BandScaling:
    if not scaling.is_usable:
        what = f"is {scaling.b:g}: with {scaling.a:g} it makes a scale that numbers of 32 bits can't hold"
        raise fields.wrong(key, what)
    return scaling


def _classes(own: Fields, tiling: Tiling) -> tuple[str, ...]:
    output = next(own.objects("mlm:output"))
    names = []
    for at, one in enumerate(output.objects("classification:classes")):
        if one.whole("value", 0, 255) != at:
            raise one.wrong("value", f"is {one.data['value']}; classes are listed in the order of the output, from 0")
        names.append(one.text("name"))
    if len(names) < 2 or len(set(names)) != len(names):
        raise output.wrong("classification:classes", "must name two classes at least, each once")
    side = tiling.patch_px if tiling.fixed else -1
    _check_shape(output.inner("result"), [-1, len(names), side, side])
    return tuple(names)


def _needs(own: Fields, branches: tuple[BranchSpec, ...]) -> tuple[frozenset[Role], ...]:
    uses = {role for spec in branches for role in BRANCH_ROLES[spec.branch]}
    needs = []
    for at, listed in enumerate(own.listed("glacier:needs")):
        key = f"glacier:needs[{at}]"
        if not isinstance(listed, list) or not listed:
            raise own.wrong(key, "is not a list of roles")
        need = frozenset(own.word(key, Role, role) for role in listed)
        if need - uses:
            unused = ", ".join(sorted(role.value for role in need - uses))
            raise own.wrong(key, f"asks for {unused}, which no input takes")
        needs.append(need)
    return tuple(needs)


def _description(own: Fields) -> Description:
    return Description(
        title=own.text("title", "") or own.text("mlm:name"),
        summary=own.text("description", ""),
        licence=own.text("glacier:licence", "") or own.text("license", ""),
        citation=own.text("sci:citation", ""),
        regions=tuple(str(one) for one in own.listed("glacier:regions", ())),
        limits=own.text("glacier:limits", ""),
        accuracy=tuple(Fields(row, own.at("glacier:accuracy")).data for row in own.listed("glacier:accuracy", ())),
        provenance=own.text("glacier:provenance", ""),
    )
