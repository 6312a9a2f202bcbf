"""Installed packages by name: which folders, which of two, what is broken, what is unknown."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from tiny_networks import tiny_package

from glacier_mapper.core.errors import InvalidParameterError, MissingFileError, UnknownModelError
from glacier_mapper.core.model_errors import ChecksumError, InvalidPackageError, UncheckedPrecisionError
from glacier_mapper.runner.models import store
from glacier_mapper.runner.models.store import (
    MODELS_VARIABLE,
    find_package,
    installed,
    installed_infos,
    model_folders,
)


@pytest.fixture
def homes(tmp_path, monkeypatch):
    """Two folders of models that are searched in this order, and a plugin that ships a third one."""
    folders = [tmp_path / "user", tmp_path / "group"]
    plugin = tmp_path / "plugins" / "glacier_mapper"
    monkeypatch.setattr(store, "PLUGIN", plugin)
    monkeypatch.setenv(MODELS_VARIABLE, os.pathsep.join(map(str, folders)))
    return [*folders, plugin / "resources" / "models"]


def test_folders_are_the_variables_then_the_plugins_of_both_layouts(homes, tmp_path):
    beside = tmp_path / "plugins" / "resources" / "models"  # a checkout keeps resources beside the package
    assert model_folders() == [*homes, beside]


def test_an_empty_variable_and_doubled_folders(homes, tmp_path, monkeypatch):
    monkeypatch.setenv(MODELS_VARIABLE, os.pathsep.join(["", str(homes[0]), str(homes[0]) + os.sep, ""]))
    assert model_folders()[:2] == [homes[0], homes[2]]
    monkeypatch.delenv(MODELS_VARIABLE)
    assert model_folders()[0] == homes[2]


def test_the_projects_own_folder_is_searched():
    root = Path(__file__).resolve().parents[2]
    assert root / "resources" / "models" in model_folders()


def test_packages_of_all_folders_by_name(homes):
    for home, name in zip(homes, ("zebra", "alpha", "middle")):
        tiny_package(home / name)
    assert [package.card.name for package in installed()] == ["alpha", "middle", "zebra"]
    infos, notes = installed_infos()
    assert [info.name for info in infos] == ["alpha", "middle", "zebra"]
    assert infos[0].title == "Tiny alpha"
    assert notes == []


def test_nothing_is_installed(homes):
    assert installed() == []


def test_of_two_of_one_name_the_first_folder_wins_and_a_note_says_so(homes):
    tiny_package(homes[1] / "tiny", card={"version": "2.0"})
    tiny_package(homes[0] / "tiny", card={"version": "1.0"})
    assert [package.card.version for package in installed()] == ["1.0"]
    assert find_package("tiny").folder == homes[0] / "tiny"
    (note,) = installed_infos()[1]
    assert str(note) == f"“tiny” is installed twice: {homes[0] / 'tiny'} is used, {homes[1] / 'tiny'} is not."


def test_the_name_is_the_cards_not_the_folders(homes):
    made = tiny_package(homes[0] / "tiny")
    made.folder.rename(homes[0] / "downloaded (1)")
    assert find_package("tiny").folder.name == "downloaded (1)"


def test_a_package_with_the_name_of_a_built_in_model_is_not_taken_for_it(homes):
    tiny_package(homes[0] / "other", card={"name": "band-ratio"})
    infos, notes = installed_infos()
    assert infos == []
    assert [str(note) for note in notes] == [
        f"The package in {homes[0] / 'other'} was left out: “band-ratio” is a built-in model."
    ]
    assert find_package(str(homes[0] / "other")).card.name == "band-ratio"


def test_a_broken_package_does_not_break_the_list(homes):
    tiny_package(homes[0] / "good")
    bad = tiny_package(homes[0] / "bad")
    bad.model_path.write_bytes(b"cut")
    (homes[1] / "worse").mkdir(parents=True)
    (homes[1] / "worse" / "model.json").write_text("{")
    infos, notes = installed_infos()
    assert [info.name for info in infos] == ["good"]
    assert [str(note).split(". ")[0] for note in notes] == [
        f"The package in {homes[0] / 'bad'} was left out", f"The package in {homes[1] / 'worse'} was left out",
    ]  # fmt: skip
    assert "has 3 bytes" in str(notes[0])


def test_asking_for_a_broken_package_says_what_is_wrong_with_it(homes):
    bad = tiny_package(homes[0] / "bad")
    bad.model_path.write_bytes(b"cut")
    with pytest.raises(InvalidPackageError, match="has 3 bytes"):
        find_package("bad")


def test_listing_reads_no_network_but_finding_verifies_it(homes):
    made = tiny_package(homes[0] / "tiny")
    data = made.model_path.read_bytes()
    made.model_path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert [package.card.name for package in installed()] == ["tiny"]
    with pytest.raises(ChecksumError):
        find_package("tiny")


def test_an_unchecked_precision_is_refused_by_name_too(homes):
    tiny_package(homes[0] / "tiny-int8", card={"precision": "int8"}, stored="int8")
    with pytest.raises(UncheckedPrecisionError):
        find_package("tiny-int8")


def test_an_unknown_name_lists_what_is_known(homes):
    tiny_package(homes[0] / "tiny")
    with pytest.raises(UnknownModelError) as caught:
        find_package("glavitu")
    assert "There is no model “glavitu”. Choose one of: " in str(caught.value)
    assert "band-ratio" in str(caught.value)
    assert "tiny" in str(caught.value)


@pytest.mark.parametrize("spelling", ["{}", "{}/", "{}/../{name}"])
def test_a_folder_is_a_package_wherever_it_lies(homes, tmp_path, spelling):
    made = tiny_package(tmp_path / "elsewhere" / "mine")
    assert find_package(spelling.format(made.folder, name="mine")).card == made.card


def test_a_folder_that_is_no_package(homes, tmp_path):
    with pytest.raises(MissingFileError, match=r"model\.json"):
        find_package(str(tmp_path))


def test_a_bare_word_is_a_name_before_it_is_a_folder_here(homes, tmp_path, monkeypatch):
    tiny_package(homes[0] / "tiny", card={"version": "1.0"})
    here = tiny_package(tmp_path / "here" / "tiny", card={"version": "2.0"})
    monkeypatch.chdir(tmp_path / "here")
    assert find_package("tiny").card.version == "1.0"
    assert find_package("./tiny").card.version == "2.0"
    shutil.rmtree(homes[0] / "tiny")
    assert find_package("tiny").card == here.card
    assert find_package("tiny").folder.is_absolute()


def test_a_home_folder_is_understood(homes, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    tiny_package(tmp_path / "own" / "tiny")
    assert find_package("~/own/tiny").card.name == "tiny"


def test_a_model_that_is_built_in_is_no_package_and_what_is_one_is_listed(homes):
    tiny_package(homes[0] / "alpine", ("optical",), side=16)
    with pytest.raises(InvalidParameterError, match="band-ratio is built in and is none .*alpine"):
        find_package("band-ratio")
