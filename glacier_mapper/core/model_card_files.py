"""The files that a `model.json` names, among them the networks of an ensemble."""

from __future__ import annotations

import re
from typing import Any

from .model_card import ENSEMBLE_VERSION, Ensemble, EnsembleKind, ModelFile
from .model_card_fields import Fields, shown

ENSEMBLE = "glacier:ensemble"
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Names that Windows keeps for itself."""
FILE_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
CHECKSUM_PATTERN = re.compile(r"1220([0-9a-f]{64})")
"""A multihash of SHA2-256: its code 12, its length 20 (32 bytes), then the digest."""
MAX_BYTES = 1 << 36
FIRST = "model"
"""The asset of the first network, which every package has."""
MOST_NETWORKS = 64


def network_file(assets: Fields, key: str) -> ModelFile:
    """A network's file with its size and checksum. Raises WrongField."""
    return _sealed(assets.inner(key))


def weights_file(assets: Fields, file: ModelFile) -> ModelFile:
    """The weights' file, its name "" where there is none. Raises WrongField."""
    return _sealed(_other(assets, "weights", file)) if "weights" in assets.data else ModelFile("")


def golden_file(assets: Fields, file: ModelFile) -> str:
    """The golden sample's file, "" where there is none. Raises WrongField."""
    return _file_name(_other(assets, "golden", file)) if "golden" in assets.data else ""


def golden_seal(assets: Fields, file: ModelFile) -> ModelFile:
    """The golden sample's file with size and checksum; its name "" where the card has neither. Raises WrongField."""
    if not {"file:size", "file:checksum"} & Fields(assets.data.get("golden") or {}, assets.at("golden")).data.keys():
        return ModelFile("")
    return _sealed(_other(assets, "golden", file))


def read_ensemble(own: Fields, assets: Fields, file: ModelFile) -> Ensemble:
    """The other networks of an ensemble, none for a package of one. Raises WrongField."""
    if own.data.get(ENSEMBLE) is None:
        return Ensemble()
    if own.data["glacier:card_version"] < ENSEMBLE_VERSION:
        what = f"needs the card version {ENSEMBLE_VERSION}, as a reader of older ones would run one network alone"
        raise own.wrong(ENSEMBLE, what)
    fields = own.inner(ENSEMBLE)
    keys = [str(one) for one in fields.listed("members")]
    if keys[0] != FIRST or not 2 <= len(keys) <= MOST_NETWORKS:
        raise fields.wrong("members", f"must name 2 to {MOST_NETWORKS} assets, {FIRST!r} first")
    others = [_other(assets, key, file) for key in keys[1:]]
    names = [_file_name(assets.inner(key)).lower() for key in {*keys, *({"golden", "weights"} & set(assets.data))}]
    if len(set(keys)) < len(keys) or len(set(names)) < len(names):
        raise fields.wrong("members", "must be assets with a file each of their own")
    made_of = tuple(Fields(one, fields.at("made_of")).data for one in fields.listed("made_of", ()))
    kind = fields.one_of("kind", EnsembleKind, EnsembleKind.NETWORKS)
    return Ensemble(tuple(_sealed(one) for one in others), kind, made_of)


def member_key(number: int) -> str:
    """The asset of the `number`-th network, counted from 1; that of a file is called so with .onnx."""
    return FIRST if number == 1 else f"member-{number}"


def ensemble_json(ensemble: Ensemble) -> dict[str, Any]:
    """The field of a card; nothing for a package of one network."""
    if not ensemble.others:
        return {}
    members = [member_key(number) for number in range(1, len(ensemble.others) + 2)]
    return {ENSEMBLE: {"kind": ensemble.kind.value, "members": members, "made_of": list(ensemble.made_of)}}


def _sealed(asset: Fields) -> ModelFile:
    checksum = CHECKSUM_PATTERN.fullmatch(asset.text("file:checksum"))
    if checksum is None:
        raise asset.wrong("file:checksum", "is no SHA2-256 multihash (1220, then 64 digits of hexadecimal)")
    return ModelFile(_file_name(asset), asset.whole("file:size", 1, MAX_BYTES), checksum[1])


def _file_name(asset: Fields) -> str:
    name = asset.text("href").removeprefix("./")
    if not FILE_PATTERN.fullmatch(name) or name.endswith(".") or RESERVED.fullmatch(name):
        raise asset.wrong("href", f"is {shown(name)}, not the name of a file beside model.json")
    return name


def _other(assets: Fields, key: str, file: ModelFile) -> Fields:
    """An asset whose file is another than the card and the first network."""
    asset = assets.inner(key)
    name = _file_name(asset)
    if name.lower() in ("model.json", file.name.lower()):
        raise asset.wrong("href", f"is {shown(name)}, which is another file of the package")
    return asset
