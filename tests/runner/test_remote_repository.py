"""Model packages as a repository of Triton and OpenVINO Model Server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from remote_helpers import PYTHON
from tiny_networks import tiny_package

from glacier_mapper.core.errors import OutputNotWritableError
from glacier_mapper.core.file_errors import OtherModelError
from glacier_mapper.core.model_card import Location
from glacier_mapper.core.model_errors import ChecksumError, InvalidPackageError
from glacier_mapper.runner.models.package import file_sha256, read_card
from glacier_mapper.runner.models.repository import MAX_BATCH, export_repository

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def package(tmp_path):
    return tiny_package(tmp_path / "tiny", side=32)


@pytest.fixture
def out(tmp_path):
    return tmp_path / "repository"


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def export(out, *packages):
    return [str(Path(one).relative_to(out)) for one in export_repository([str(p.folder) for p in packages], str(out))]


def test_a_repository_holds_what_both_servers_read(package, out):
    written = export(out, package)
    names = ["tiny/config.pbtxt", "tiny/1/model.onnx", "tiny/1/model.json", "config.json"]
    assert written == names
    assert files(out) == sorted(names)
    assert file_sha256(out / "tiny/1/model.onnx") == package.card.file.sha256
    assert read_card(out / "tiny/1") == package.card
    listed = json.loads((out / "config.json").read_text())
    assert listed == {"model_config_list": [{"config": {"name": "tiny", "base_path": "tiny"}}]}


def test_the_configuration_in_full(package, out):
    export(out, package)
    assert (out / "tiny/config.pbtxt").read_text() == (
        'name: "tiny"\n'
        'platform: "onnxruntime_onnx"\n'
        'backend: "onnxruntime"\n'
        'default_model_filename: "model.onnx"\n'
        "max_batch_size: 8\n"
        'input [ { name: "optical" data_type: TYPE_FP32 dims: [ 6, 32, 32 ] } ]\n'
        'input [ { name: "dem" data_type: TYPE_FP32 dims: [ 2, 32, 32 ] } ]\n'
        'output [ { name: "probabilities" data_type: TYPE_FP32 dims: [ 2, 32, 32 ] } ]\n'
        "dynamic_batching { max_queue_delay_microseconds: 2000 }\n"
    )


@pytest.mark.skipif(not PYTHON.exists() and not os.environ.get("CI"), reason="no .venv-servers (make setup)")
def test_triton_s_own_definition_reads_the_configuration(out, tmp_path):
    package = tiny_package(tmp_path / "free", ("optical", "thermal"), location=Location.REGION)
    export(out, package)
    done = subprocess.run(
        [str(PYTHON), str(ROOT / "tests/servers/read_config.py"), str(out / "free/config.pbtxt")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    config = json.loads(done.stdout)
    assert (config["name"], config["max_batch_size"], config["backend"]) == ("free", MAX_BATCH, "onnxruntime")
    dims = {one["name"]: [int(size) for size in one["dims"]] for one in [*config["input"], *config["output"]]}
    assert dims == {
        "optical": [6, -1, -1], "thermal": [1, -1, -1], "location": [12], "probabilities": [2, -1, -1],
    }  # fmt: skip
    assert {one["data_type"] for one in [*config["input"], *config["output"]]} == {"TYPE_FP32"}


def test_a_repository_is_extended_and_the_same_network_is_not_written_again(package, out, tmp_path):
    export(out, package)
    before = (out / "tiny/1/model.onnx").stat().st_mtime_ns
    other = tiny_package(tmp_path / "other", ("optical",))
    export(out, other, package)
    assert [one["config"]["name"] for one in json.loads((out / "config.json").read_text())["model_config_list"]] == [
        "tiny", "other",
    ]  # fmt: skip
    assert not (out / "tiny/2").exists()
    assert (out / "tiny/1/model.onnx").stat().st_mtime_ns == before


def test_another_network_of_a_name_becomes_the_next_version_and_the_old_one_stays(package, out, tmp_path):
    export(out, package)
    newer = tiny_package(tmp_path / "newer" / "tiny", side=32, bias=0.5)
    assert "tiny/2/model.onnx" in export(out, newer)
    assert file_sha256(out / "tiny/1/model.onnx") == package.card.file.sha256
    assert file_sha256(out / "tiny/2/model.onnx") == newer.card.file.sha256
    assert len(json.loads((out / "config.json").read_text())["model_config_list"]) == 1
    (out / "tiny/10").mkdir()
    assert "tiny/11/model.onnx" in export(out, package)


def test_two_packages_of_one_name_are_refused_and_both_are_named(package, out, tmp_path):
    other = tiny_package(tmp_path / "other" / "tiny", side=32, bias=0.5)
    with pytest.raises(OtherModelError) as caught:
        export(out, package, other)
    assert f"{package.folder} and {other.folder} are two packages of that name" in str(caught.value)
    assert not out.exists()
    assert export(out, package, package).count("tiny/1/model.onnx") == 1
    assert not (out / "tiny/2").exists()


OTHERS = {
    "architecture": ({"card": {"architecture": "glavitu"}}, "its architecture is logistic there and glavitu in"),
    "inputs": ({"branches": ("optical",)}, "its inputs are optical [-1, 6, 32, 32], dem [-1, 2, 32, 32] there and"),
    "side": ({"side": 64}, "and optical [-1, 6, 64, 64], dem [-1, 2, 64, 64] in"),
    "classes": ({"card": {"classes": ("rock", "glacier")}}, "its classes are other, glacier there and rock, glacier"),
}


@pytest.mark.parametrize(("changes", "said"), OTHERS.values(), ids=OTHERS)
def test_another_model_is_no_version_of_the_one_that_is_there(package, out, tmp_path, changes, said):
    export(out, package)
    before = {name: (out / name).read_bytes() for name in files(out)}
    other = tiny_package(tmp_path / "other" / "tiny", **{"side": 32, "bias": 0.5, **changes})
    beside = tiny_package(tmp_path / "beside", ("optical",))
    with pytest.raises(OtherModelError) as caught:
        export(out, beside, other)
    assert said in str(caught.value)
    assert str(other.folder) in str(caught.value)
    assert {name: (out / name).read_bytes() for name in files(out)} == before


def test_a_version_without_a_card_is_somebody_else_s_and_says_nothing(package, out):
    (out / "tiny" / "3").mkdir(parents=True)
    assert "tiny/4/model.onnx" in export(out, package)


def test_a_list_of_somebody_else_keeps_its_settings(package, out):
    out.mkdir()
    own = {"model_config_list": [{"config": {"name": "x", "base_path": "/x", "nireq": 4}}], "monitoring": {}}
    (out / "config.json").write_text(json.dumps(own))
    export(out, package)
    found = json.loads((out / "config.json").read_text())
    assert found["model_config_list"][0] == own["model_config_list"][0]
    assert found["monitoring"] == {}


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"a": 1}', '{"model_config_list": [1]}', '{"model_config_list": [{"config": {"name": 3}}]}'],
)
def test_a_config_that_lists_no_models_is_left_alone(package, out, text):
    out.mkdir()
    (out / "config.json").write_text(text)
    with pytest.raises(OutputNotWritableError, match=r"config\.json"):
        export(out, package)
    assert files(out) == ["config.json"]
    assert (out / "config.json").read_text() == text


def test_nothing_is_written_where_one_of_the_packages_is_broken(package, out, tmp_path):
    broken = tiny_package(tmp_path / "broken")
    broken.model_path.write_bytes(b"\0" * broken.card.file.bytes)
    with pytest.raises(ChecksumError):
        export(out, package, broken)
    assert not out.exists()


def test_a_network_that_is_not_what_its_card_says_is_refused(tmp_path, out):
    renamed = tiny_package(tmp_path / "renamed", ("optical",), card={"golden": ""}, rename={"optical": "image"})
    with pytest.raises(InvalidPackageError, match="the input optical is missing"):
        export(out, renamed)
    assert not out.exists()


def test_a_file_in_the_way_is_named(package, out):
    out.write_text("a file")
    with pytest.raises(OutputNotWritableError, match="repository"):
        export(out, package)


def test_a_disk_that_breaks_leaves_no_half_a_version(package, out, monkeypatch):
    from glacier_mapper.runner.models import repository

    def breaks(source, target):
        Path(target).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(repository.shutil, "copyfile", breaks)
    with pytest.raises(OutputNotWritableError, match="No space left"):
        export(out, package)
    assert files(out) == []


def test_the_command_line_writes_it(package, out):
    done = subprocess.run(
        [sys.executable, "-m", "glacier_mapper.runner", "export-repository", str(package.folder), str(out), "--json"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert str(out / "tiny/1/model.onnx") in json.loads(done.stdout)["paths"]
