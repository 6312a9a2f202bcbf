"""Names of new packages, looked at before any weight is read: refused ones, folders of any letters, folders in use."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from keras_files import light_resunet_layers, write_h5

from glacier_mapper.core.branches import Branch
from glacier_mapper.core.errors import (
    InvalidParameterError,
    MissingFileError,
    OutputExistsError,
    OutputNotWritableError,
)
from glacier_mapper.core.progress import Controls
from glacier_mapper.runner.architectures import KerasImport, WeightsExport, export_package, import_keras
from glacier_mapper.runner.architectures.registry import build
from glacier_mapper.runner.architectures.weights_file import save_weights
from glacier_mapper.runner.models import check_package

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = {"weights": "no-such-file", "stats": "no-such-file.json"}
"""Whoever reads a file of these first has looked at the name too late."""


def import_nothing(**order):
    given = {**NOWHERE, "architecture": "glavitu", "inputs": ["optical", "dem"], **order}
    return import_keras(KerasImport.from_json(given), Controls())


def export_nothing(**order):
    given = {**NOWHERE, "architecture": "unet", "inputs": ["dem"], **order}
    return export_package(WeightsExport.from_json(given), Controls())


both = pytest.mark.parametrize("make", [import_nothing, export_nothing], ids=["import-keras", "export"])


@both
@pytest.mark.parametrize(
    "name", ["ab", "-abc", "1abc", "a b", "a/b", "../up", "Größe", "x" * 65, "abc-", "NUL", "com1"]
)
def test_a_name_that_no_folder_may_have(make, name, tmp_path):
    with pytest.raises(InvalidParameterError, match="3 to 64 letters") as caught:
        make(name=name, out=str(tmp_path / "package"))
    assert caught.value.details["value"] == name


@both
@pytest.mark.parametrize("name", ["band-ratio", "Band-Ratio", "random-forest", "compact", "COMPACT"])
@pytest.mark.parametrize("by_folder", [False, True], ids=["by name", "by folder"])
def test_a_name_of_the_projects_own_models(make, name, by_folder, tmp_path):
    where = {"out": str(tmp_path / name)} if by_folder else {"out": str(tmp_path / "package"), "name": name}
    with pytest.raises(InvalidParameterError, match="are the project's own models"):
        make(**where)


@both
def test_a_folder_of_no_letters_at_all_needs_a_name(make, tmp_path):
    with pytest.raises(InvalidParameterError, match="name can't be empty") as caught:
        make(out=str(tmp_path / "冰川"))
    assert "the folder “冰川” gives none that will do, so say one with --name" in str(caught.value)


@both
def test_a_folder_of_one_letter_needs_a_name_and_the_option_is_said(make, tmp_path):
    with pytest.raises(InvalidParameterError, match="name can't be m") as caught:
        make(out=str(tmp_path / "m"))
    assert "3 to 64 letters" in str(caught.value)
    assert "the folder “m” gives none that will do, so say one with --name" in str(caught.value)
    with pytest.raises(InvalidParameterError) as caught:
        make(out=str(tmp_path / "m"), name="m")
    assert "--name" not in str(caught.value)


@both
def test_weights_that_are_not_there_are_no_layer(make, tmp_path):
    with pytest.raises(MissingFileError, match="no-such-file") as caught:
        make(out=str(tmp_path / "package"))
    assert "layer" not in str(caught.value)


@both
def test_a_folder_in_use(make, tmp_path):
    (tmp_path / "package").mkdir()
    with pytest.raises(OutputExistsError, match="package exists already"):
        make(out=str(tmp_path / "package"))
    with pytest.raises(OutputNotWritableError, match="no model package"):
        make(out=str(tmp_path / "package"), overwrite=True)


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("Gletscher Übung", "gletscher-ubung"),
        ("große Höhe (2)", "grosse-hohe-2"),
        ("2024 été", "ete"),
        ("GlaViTU_v1.2", "GlaViTU_v1.2"),
        ("mein modell ", "mein-modell"),
    ],
)
def test_the_name_is_made_of_the_folders(folder, name, tmp_path):
    order = {**NOWHERE, "architecture": "unet", "inputs": ["dem"], "out": str(tmp_path / folder)}
    assert WeightsExport.from_json(order).package_name == name


def test_an_import_into_a_folder_with_umlauts_and_spaces(own_stats, tmp_path):
    home = tmp_path / "Übung 1 – Eis"
    home.mkdir()
    weights = write_h5(home / "schöne gewichte.h5", light_resunet_layers(("thermal",)))
    words = ("--architecture", "light-fusion-resunet", "--inputs", "thermal", "--stats", own_stats)
    out = home / "Mein größtes Netz"
    command = [sys.executable, "-m", "glacier_mapper.runner", "import-keras", weights, *words, "-o", out, "--json"]
    done = subprocess.run(
        [*map(str, command)], cwd=ROOT, capture_output=True, text=True, timeout=280, check=False, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["name"], Path(told["package"])) == ("mein-grosstes-netz", out)
    assert check_package(str(out), Controls())["passed"]


def test_the_projects_own_network_may_have_its_name(own_stats, tmp_path):
    torch.manual_seed(2)
    save_weights(build("compact", tuple(Branch)), tmp_path / "w.npz")
    order = {"weights": str(tmp_path / "w.npz"), "stats": str(own_stats), "architecture": "compact"}
    told = export_package(WeightsExport.from_json({**order, "out": str(tmp_path / "compact")}), Controls())
    assert told["name"] == "compact"
