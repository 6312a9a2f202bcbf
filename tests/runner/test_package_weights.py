"""The weights that a package keeps to learn on from: in the card, copied with it, and verified."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from tiny_networks import tiny_card, tiny_package

from glacier_mapper.core.errors import InvalidParameterError
from glacier_mapper.core.file_errors import MissingNamedFileError
from glacier_mapper.core.model_card import ModelFile
from glacier_mapper.core.model_card_json import card_from_json, card_to_json
from glacier_mapper.core.model_errors import ChecksumError, InvalidPackageError
from glacier_mapper.core.package_files import files_of
from glacier_mapper.core.package_folder import install_package
from glacier_mapper.core.progress import Controls
from glacier_mapper.runner.models import check_package
from glacier_mapper.runner.models.package import (
    GOLDEN_FILE,
    MODEL_FILE,
    WEIGHTS_FILE,
    file_sha256,
    open_package,
    write_package,
)

TRAINING = {"plan": {"seed": 3}, "data": {"sha256": "ab"}, "steps": 40}


@pytest.fixture
def package(tmp_path):
    """A package with weights and a record of its training."""
    plain = tiny_package(tmp_path / "plain")
    weights = tmp_path / "w.npz"
    np.savez(weights, a=np.arange(6, dtype="f2"))
    card = replace(tiny_card(name="taught"), weights=ModelFile(WEIGHTS_FILE), training=TRAINING)
    files = {MODEL_FILE: plain.model_path, GOLDEN_FILE: plain.golden_path, WEIGHTS_FILE: weights}
    return write_package(tmp_path / "taught", card, files)


def test_size_and_checksum_are_those_of_the_file(package):
    path = package.folder / WEIGHTS_FILE
    assert package.card.weights == ModelFile(WEIGHTS_FILE, path.stat().st_size, file_sha256(path))
    assert open_package(package.folder).checked_weights() == path
    assert files_of(package.card) == ("model.json", MODEL_FILE, GOLDEN_FILE, WEIGHTS_FILE)


def test_the_card_keeps_weights_and_training(package):
    again = card_from_json(json.loads(json.dumps(card_to_json(package.card))), "again")
    assert again == package.card
    assert again.training == TRAINING


def test_a_card_without_them_says_nothing_of_them(tmp_path):
    card = tiny_package(tmp_path / "plain").card
    data = card_to_json(card)
    assert "weights" not in data["assets"]
    assert "glacier:training" not in data["properties"]
    assert card_from_json(data, "plain").weights == ModelFile("")
    assert open_package(tmp_path / "plain").checked_weights() is None


def test_changed_and_missing_weights_are_named(package):
    path = package.folder / WEIGHTS_FILE
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    with pytest.raises(ChecksumError) as caught:
        open_package(package.folder).checked_weights()
    assert caught.value.details["path"] == str(path)
    with pytest.raises(ChecksumError, match=WEIGHTS_FILE):
        check_package(str(package.folder), Controls())
    path.unlink()
    with pytest.raises(MissingNamedFileError, match=WEIGHTS_FILE):
        check_package(str(package.folder), Controls())
    with pytest.raises(MissingNamedFileError, match=WEIGHTS_FILE):
        open_package(package.folder).checked_weights()


def test_the_network_runs_without_its_weights(package):
    """They are for learning alone: a lost file costs no map."""
    (package.folder / WEIGHTS_FILE).unlink()
    assert open_package(package.folder).card.name == "taught"


def test_a_package_that_is_added_brings_them(package, tmp_path):
    added = install_package(package.folder, tmp_path / "models")
    copied = tmp_path / "models" / "taught" / WEIGHTS_FILE
    assert added
    assert copied.read_bytes() == (package.folder / WEIGHTS_FILE).read_bytes()


@pytest.mark.parametrize("spoil", ["changed", "longer"])
def test_a_package_with_other_weights_is_not_added(package, tmp_path, spoil):
    copy = tmp_path / "copy"
    shutil.copytree(package.folder, copy)
    raw = bytearray((copy / WEIGHTS_FILE).read_bytes())
    if spoil == "changed":
        raw[len(raw) // 2] ^= 1
    else:
        raw += b"more"
    (copy / WEIGHTS_FILE).write_bytes(raw)
    with pytest.raises((ChecksumError, InvalidPackageError)):
        install_package(copy, tmp_path / "models")
    assert not (tmp_path / "models" / "taught").exists()


def test_files_and_card_must_agree(package, tmp_path):
    files = {MODEL_FILE: package.model_path, GOLDEN_FILE: package.golden_path}
    with pytest.raises(InvalidParameterError, match=WEIGHTS_FILE):
        write_package(tmp_path / "other", package.card, files)


def test_the_network_can_not_be_its_own_weights(package):
    data = card_to_json(package.card)
    data["assets"]["weights"]["href"] = MODEL_FILE
    with pytest.raises(InvalidPackageError, match="another file of the package"):
        card_from_json(data, "twice")
