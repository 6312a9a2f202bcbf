"""Cards of several networks: written, read again, and refused where a network could be left out unseen."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from card_maker import CARD  # noqa: E402

from glacier_mapper.core.model_card import Ensemble, EnsembleKind, ModelFile  # noqa: E402
from glacier_mapper.core.model_card_json import card_from_json, card_to_json  # noqa: E402
from glacier_mapper.core.model_errors import InvalidPackageError  # noqa: E402
from glacier_mapper.core.package_files import files_of  # noqa: E402

OTHERS = (ModelFile("member-2.onnx", 1300, "cd" * 32), ModelFile("member-3.onnx", 1400, "ef" * 32))
MADE_OF = ({"name": "first", "sha256": "ab" * 32}, {"name": "second"}, {})
THREE = replace(CARD, ensemble=Ensemble(OTHERS, EnsembleKind.NETWORKS, MADE_OF))


def three():
    """The JSON of a card of three networks."""
    return json.loads(json.dumps(card_to_json(THREE)))


@pytest.mark.parametrize("kind", EnsembleKind)
def test_an_ensemble_comes_back_as_it_was(kind):
    card = replace(THREE, ensemble=replace(THREE.ensemble, kind=kind))
    assert card_from_json(json.loads(json.dumps(card_to_json(card))), "x") == card


def test_only_an_ensembles_card_is_of_version_2():
    """A reader of version 1 would take the field for one that it need not know, and run the first network alone."""
    assert card_to_json(CARD)["properties"]["glacier:card_version"] == 1
    assert card_to_json(THREE)["properties"]["glacier:card_version"] == 2
    assert "glacier:ensemble" not in card_to_json(CARD)["properties"]


def test_each_network_is_an_asset_with_its_seal():
    data = three()
    assert data["properties"]["glacier:ensemble"]["members"] == ["model", "member-2", "member-3"]
    assert data["assets"]["member-2"]["href"] == "member-2.onnx"
    assert data["assets"]["member-2"]["file:size"] == 1300
    assert data["assets"]["member-2"]["file:checksum"] == "1220" + "cd" * 32
    assert data["assets"]["member-2"]["roles"] == data["assets"]["model"]["roles"]
    assert data["properties"]["mlm:memory_size"] == 1234 + 1300 + 1400


def test_what_tells_an_ensemble_from_others():
    assert CARD.checksum == CARD.file.sha256
    joined = "\n".join(("ab" * 32, "cd" * 32, "ef" * 32))
    assert THREE.checksum == hashlib.sha256(joined.encode()).hexdigest()
    assert THREE.network_bytes == 3934
    assert files_of(THREE) == ("model.json", "model.onnx", "member-2.onnx", "member-3.onnx", "golden.npz")


def old_version(data):
    data["properties"]["glacier:card_version"] = 1


def members(*keys):
    def change(data):
        data["properties"]["glacier:ensemble"]["members"] = list(keys)

    return change


def member(key, value):
    def change(data):
        data["assets"]["member-2"][key] = value

    return change


FAULTS = {
    "an older version": (old_version, "glacier:ensemble needs the card version 2"),
    "no list": (lambda data: data["properties"]["glacier:ensemble"].pop("members"), "members is missing"),
    "one alone": (members("model"), "must name 2 to 64 assets, 'model' first"),
    "another first": (members("member-2", "model"), "'model' first"),
    "one twice": (members("model", "member-2", "member-2"), "must be assets with a file each of their own"),
    "no asset": (members("model", "member-9"), "assets.member-9 is missing"),
    "the golden sample": (members("model", "golden"), "golden.file:checksum is missing"),
    "no checksum": (member("file:checksum", "ab"), "assets.member-2.file:checksum is no SHA2-256 multihash"),
    "the first file": (member("href", "model.onnx"), "which is another file of the package"),
    "another's file": (member("href", "Member-3.onnx"), "must be assets with a file each of their own"),
    "the golden file": (member("href", "golden.npz"), "must be assets with a file each of their own"),
    "outside": (member("href", "../x.onnx"), "not the name of a file beside model.json"),
    "an unknown kind": (
        lambda data: data["properties"]["glacier:ensemble"].update(kind="boosted"),
        "glacier:ensemble.kind is 'boosted', none of 'networks', 'dropout-masks'",
    ),
}


@pytest.mark.parametrize(("change", "said"), FAULTS.values(), ids=FAULTS)
def test_what_is_wrong_is_named(change, said):
    data = three()
    change(data)
    with pytest.raises(InvalidPackageError) as caught:
        card_from_json(data, "the package")
    assert said in str(caught.value)
