"""Packages written at once and opened verified: checksum, size, precision, and no second reading of what is known."""

from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import replace

import numpy as np
import onnx
import pytest
from tiny_networks import tiny_card, tiny_package, write_deep_network, write_network

from glacier_mapper.core.errors import (
    InvalidParameterError,
    MissingFileError,
    OutputExistsError,
    OutputNotWritableError,
)
from glacier_mapper.core.model_errors import ChecksumError, InvalidPackageError, UncheckedPrecisionError
from glacier_mapper.runner.models import package as package_module
from glacier_mapper.runner.models.package import (
    GOLDEN_FILE,
    MODEL_FILE,
    file_sha256,
    measuring,
    open_package,
    read_card,
    write_package,
)


@pytest.fixture
def network(tmp_path):
    return write_network(tmp_path / "net.onnx")


@pytest.fixture
def plain_card():
    return tiny_card(golden="")


def varint(number):
    low = number & 0x7F
    return bytes([low | 0x80]) + varint(number >> 7) if number > 0x7F else bytes([low])


def names(folder):
    return sorted(entry.name for entry in folder.iterdir())


def test_what_is_written_can_be_opened(tmp_path):
    made = tiny_package(tmp_path / "models" / "tiny")
    opened = open_package(tmp_path / "models" / "tiny")
    assert opened == made
    assert names(opened.folder) == [GOLDEN_FILE, "model.json", MODEL_FILE]
    assert opened.card.file.sha256 == file_sha256(opened.model_path)
    assert opened.card.file.bytes == opened.model_path.stat().st_size
    assert opened.golden_path == opened.folder / GOLDEN_FILE


def test_the_network_must_be_the_cards(tmp_path):
    made = tiny_package(tmp_path / "tiny")
    data = bytearray(made.model_path.read_bytes())
    data[100] ^= 1
    made.model_path.write_bytes(bytes(data))
    with pytest.raises(ChecksumError) as caught:
        open_package(made.folder)
    assert made.card.file.sha256 in str(caught.value)
    assert str(made.model_path) in str(caught.value)


def test_a_change_after_the_first_opening_is_seen(tmp_path):
    made = tiny_package(tmp_path / "tiny")
    open_package(made.folder)
    data = made.model_path.read_bytes()
    made.model_path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(ChecksumError):
        open_package(made.folder)
    made.model_path.write_bytes(data)
    assert open_package(made.folder).card == made.card


def test_a_network_that_was_verified_is_not_read_again(tmp_path, monkeypatch):
    made = tiny_package(tmp_path / "tiny")
    read = []
    monkeypatch.setattr(package_module, "file_sha256", lambda path: read.append(path) or file_sha256(path))
    for _ in range(3):
        open_package(made.folder)
    assert read == [made.model_path]
    os.utime(made.model_path)
    open_package(made.folder)
    assert len(read) == 2


def test_the_second_opening_of_a_large_network_takes_a_hundredth_of_a_second(tmp_path):
    """400 MB as SETR-B/16 has: the first click reads them, the second starts computing within 0.3 s."""
    path, size = tmp_path / "large.onnx", 400_000_000
    head = b""
    for tag in (0x4A, 0x2A, 0x3A):  # raw data of a tensor of a graph of a model
        head = bytes([tag]) + varint(size + len(head)) + head
    with path.open("wb") as stream:
        stream.write(head)
        stream.truncate(size + len(head))
    made = write_package(tmp_path / "large", tiny_card(golden=""), {MODEL_FILE: path})
    started = time.perf_counter()
    open_package(made.folder)
    first = time.perf_counter() - started
    started = time.perf_counter()
    open_package(made.folder)
    second = time.perf_counter() - started
    assert second < min(0.1, first / 3)


def test_a_network_of_another_length_needs_no_reading(tmp_path):
    made = tiny_package(tmp_path / "tiny")
    made.model_path.write_bytes(made.model_path.read_bytes() + b"x")
    with pytest.raises(InvalidPackageError, match="model.json says"):
        open_package(made.folder)


def test_weights_in_another_file_are_refused(tmp_path):
    """No checksum covers them, so they could be changed unseen."""
    model = onnx.load(str(write_deep_network(tmp_path / "whole.onnx", ("optical",), filters=64)))
    (tmp_path / "split").mkdir()
    split = tmp_path / "split" / MODEL_FILE
    onnx.save(model, str(split), save_as_external_data=True, location="weights.bin", size_threshold=64)
    made = write_package(tmp_path / "p", tiny_card(("optical",), golden=""), {MODEL_FILE: split})
    shutil.copy(tmp_path / "split" / "weights.bin", made.folder)
    with pytest.raises(InvalidPackageError, match="keeps weights in another file"):
        open_package(made.folder)


def test_a_lost_network(tmp_path):
    made = tiny_package(tmp_path / "tiny")
    made.model_path.unlink()
    with pytest.raises(MissingFileError, match=MODEL_FILE) as caught:
        open_package(made.folder)
    assert "get the package anew" in str(caught.value)
    assert "layer" not in str(caught.value)


@pytest.mark.parametrize("folder", ["", "nowhere"])
def test_a_folder_without_a_card(tmp_path, folder):
    with pytest.raises(MissingFileError, match=r"model\.json"):
        open_package(tmp_path / folder)


def test_a_card_that_can_not_be_read(tmp_path):
    (tmp_path / "model.json").write_bytes(b"{")
    with pytest.raises(InvalidPackageError, match="no JSON"):
        read_card(tmp_path)


def test_a_card_that_goes_on_for_ever(tmp_path):
    with (tmp_path / "model.json").open("wb") as stream:
        stream.truncate(5 << 20)
    with pytest.raises(InvalidPackageError, match="more than 4 MB"):
        read_card(tmp_path)


def test_the_folders_name_may_differ_from_the_cards(tmp_path):
    made = tiny_package(tmp_path / "tiny")
    made.folder.rename(tmp_path / "Renamed by somebody")
    assert open_package(tmp_path / "Renamed by somebody").card.name == "tiny"


# reduced precision

CHECKED = {"pixels_flipped": 0.002, "iou_lost": 0.001, "scenes": ["alps"], "against": "0" * 64}

def test_reduced_precision_that_nobody_checked_is_refused(tmp_path):
    made = tiny_package(tmp_path / "tiny-int8", card={"precision": "int8"}, stored="int8")
    with pytest.raises(UncheckedPrecisionError) as caught:
        open_package(made.folder)
    assert "int8" in str(caught.value)
    assert "reduce" in str(caught.value)


def test_reduced_precision_with_its_check_is_taken(tmp_path):
    check = CHECKED
    made = tiny_package(tmp_path / "tiny-int8", card={"precision": "int8", "precision_check": check}, stored="int8")
    assert open_package(made.folder).card.precision_check == check


def test_only_while_it_is_measured_an_unchecked_one_is_opened(tmp_path):
    made = tiny_package(tmp_path / "tiny-int8", card={"precision": "int8"}, stored="int8")
    with measuring(made.folder):
        assert open_package(made.folder).card.precision == "int8"
    with pytest.raises(UncheckedPrecisionError):
        open_package(made.folder)


@pytest.mark.parametrize("stored", ["float32", "float16", "int8"])
@pytest.mark.parametrize("said", ["float32", "float16", "int8"])
def test_the_card_must_say_the_precision_of_the_weights(tmp_path, stored, said):
    """A card that was edited by hand; the checksum is the network's, and that was not changed."""
    made = tiny_package(tmp_path / "tiny", card={"precision": stored, "precision_check": CHECKED}, stored=stored)
    path = made.folder / "model.json"
    path.write_text(path.read_text().replace(f'"glacier:precision": "{stored}"', f'"glacier:precision": "{said}"'))
    if said == stored:
        assert open_package(made.folder).card.precision == stored
        return
    with pytest.raises(InvalidPackageError) as caught:
        open_package(made.folder)
    assert f"says that its weights are {said}, and those in model.onnx are {stored}" in str(caught.value)


# writing


def test_nothing_is_overwritten_unasked(tmp_path, network, plain_card):
    write_package(tmp_path / "p", plain_card, {MODEL_FILE: network})
    with pytest.raises(OutputExistsError, match="p exists already"):
        write_package(tmp_path / "p", plain_card, {MODEL_FILE: network})


def test_overwriting_replaces_the_whole_package(tmp_path, network, plain_card):
    tiny_package(tmp_path / "tiny")
    made = write_package(tmp_path / "tiny", plain_card, {MODEL_FILE: network}, overwrite=True)
    assert names(made.folder) == ["model.json", MODEL_FILE]
    assert names(tmp_path) == ["net.onnx", "tiny", "tiny parts"]


def test_overwriting_spares_what_is_no_package(tmp_path, network, plain_card):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "thesis.docx").write_text("mine")
    with pytest.raises(OutputNotWritableError, match="no model package"):
        write_package(tmp_path / "docs", plain_card, {MODEL_FILE: network}, overwrite=True)
    assert names(tmp_path / "docs") == ["thesis.docx"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "two words"}, "mlm:name is 'two words'"),
        ({"name": "../up"}, "mlm:name"),
        ({"version": ""}, "version"),
        ({"golden": "../golden.npz"}, "golden"),
        ({"hyperparameters": {"rate": float("nan")}}, "JSON"),
        ({"extra": {"glacier:x": {1, 2}}}, "JSON"),
    ],
)
def test_a_card_that_could_not_be_read_again_is_not_written(tmp_path, network, plain_card, changes, said):
    card = replace(plain_card, **changes)
    files = {MODEL_FILE: network, **({card.golden: network} if card.golden else {})}
    with pytest.raises(InvalidParameterError) as caught:
        write_package(tmp_path / "p", card, files)
    assert said in str(caught.value)
    assert names(tmp_path) == ["net.onnx"]


@pytest.mark.parametrize("given", [(), (MODEL_FILE, "readme.txt"), ("network.onnx",)])
def test_the_files_must_be_those_that_the_card_names(tmp_path, network, plain_card, given):
    with pytest.raises(InvalidParameterError, match=MODEL_FILE):
        write_package(tmp_path / "p", plain_card, dict.fromkeys(given, network))


def test_a_file_that_is_not_there(tmp_path, plain_card):
    with pytest.raises(MissingFileError, match=r"none\.onnx"):
        write_package(tmp_path / "p", plain_card, {MODEL_FILE: tmp_path / "none.onnx"})
    assert names(tmp_path) == []


def test_a_folder_in_the_place_of_a_file(tmp_path, network, plain_card):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputNotWritableError):
        write_package(tmp_path / "file" / "p", plain_card, {MODEL_FILE: network})


def test_a_failure_half_way_leaves_what_was_there(tmp_path, network, plain_card, monkeypatch):
    made = write_package(tmp_path / "p", plain_card, {MODEL_FILE: network})
    before = {name: (made.folder / name).read_bytes() for name in names(made.folder)}

    def fail(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(package_module.os, "fsync", fail)
    with pytest.raises(OutputNotWritableError, match="Input/output error"):
        write_package(tmp_path / "p", replace(plain_card, version="2"), {MODEL_FILE: network}, overwrite=True)
    assert {name: (made.folder / name).read_bytes() for name in names(made.folder)} == before
    assert names(tmp_path) == ["net.onnx", "p"]


def test_a_rename_that_fails_brings_the_old_one_back(tmp_path, network, plain_card, monkeypatch):
    made = write_package(tmp_path / "p", plain_card, {MODEL_FILE: network})
    real = type(tmp_path).rename

    def rename(self, target):
        if ".part-" in self.name and ".old" not in self.name:
            raise OSError(13, "Permission denied")
        return real(self, target)

    monkeypatch.setattr(type(tmp_path), "rename", rename)
    with pytest.raises(OutputNotWritableError, match="Permission denied"):
        write_package(tmp_path / "p", replace(plain_card, version="2"), {MODEL_FILE: network}, overwrite=True)
    assert open_package(made.folder).card.version == "1.0"
    assert names(tmp_path) == ["net.onnx", "p"]


def test_the_file_is_json_that_a_person_can_read(tmp_path):
    made = tiny_package(tmp_path / "tiny", card={"created": "2026-01-02T03:04:05Z"})
    text = (made.folder / "model.json").read_text(encoding="utf-8")
    assert text.endswith("}\n")
    assert '\n  "type": "Feature",\n' in text
    assert json.loads(text)["properties"]["mlm:name"] == "tiny"


def test_golden_samples_hold_no_pickles(tmp_path):
    made = tiny_package(tmp_path / "tiny")
    with np.load(made.golden_path, allow_pickle=False) as stored:
        assert {name: stored[name].dtype.name for name in stored.files} == {
            "input_optical": "float32", "input_dem": "float32", "output": "float32", "tolerance": "float64",
        }  # fmt: skip
