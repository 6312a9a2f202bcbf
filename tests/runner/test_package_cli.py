"""`check`, `devices`, `models` and `reduce` through the real process: exit codes, one line, one JSON document."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess

import pytest
from stand_in import PACKAGE, PYTHON
from tiny_networks import tiny_package, write_network

from glacier_mapper.core.model_card import Description
from glacier_mapper.core.package_folder import install_package
from glacier_mapper.runner.models.package import write_package
from glacier_mapper.runner.training import simulate_scene
from glacier_mapper.runner_client.process import ProcessRunner
from glacier_mapper.runner_client.runner import RunnerCommand

pytestmark = pytest.mark.usefixtures("nothing_leaks")
SCRIPT = str(PACKAGE / "runner" / "__main__.py")


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "Modelle ü"
    folder.mkdir()
    return folder


@pytest.fixture
def cli(home):
    """cli("check", "tiny") -> (exit code, stdout, stderr) of the runner, which knows the packages in `home`."""

    def run(*arguments):
        environment = {**os.environ, "GLACIER_MAPPER_MODELS": str(home)}
        command = [str(PYTHON), "-I", SCRIPT, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, timeout=120, check=False, env=environment)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    return run


def test_models_lists_what_is_installed(cli, home):
    tiny_package(home / "tiny")
    code, out, _ = cli("models", "--json")
    assert code == 0
    listed = {model["name"]: model for model in json.loads(out)}
    assert set(listed) >= {"band-ratio", "tiny"}
    tiny = listed["tiny"]
    assert (tiny["title"], tiny["version"], tiny["licence"]) == ("Tiny tiny", "1.0", "CC0-1.0")
    assert tiny["needs"] == [
        sorted(["blue", "green", "red", "nir", "swir1", "swir2", "elevation", "slope"]),
    ]  # fmt: skip
    code, out, _ = cli("models")
    assert code == 0
    assert "tiny 1.0\n  Tiny tiny\n" in out


def test_what_a_card_says_can_not_steer_the_terminal(cli, home):
    """Colours, titles of windows, lines that look like those of another model, and text that runs backwards."""
    said = "\x1b]0;mine\x07\x1b[31mRed\x9b2J\nband-ratio 9.9\r\u202etxt"
    words = Description(title=said, summary=said)
    tiny_package(home / "tiny", card={"description": words, "version": "1\x1b[2J\n2"})
    code, out, _ = cli("models")
    assert code == 0
    assert [one for one in out if one != "\n" and not one.isprintable()] == []
    shown = "]0;mine [31mRed 2J band-ratio 9.9 txt"
    assert f"tiny 1 [2J 2\n  {shown}\n  {shown}\n" in out
    code, _, err = cli("check", "no\x1b[31m such")
    assert code == 2
    assert "\x1b" not in err


def test_a_broken_package_is_told_of_and_does_not_break_the_list(cli, home):
    tiny_package(home / "good")
    tiny_package(home / "bad").model_path.write_bytes(b"cut")
    code, out, err = cli("models", "--json")
    assert code == 0
    assert {"good"} == {model["name"] for model in json.loads(out)} - {"band-ratio", "random-forest", "compact"}
    assert "bad was left out" in err
    assert "has 3 bytes" in err


def test_check_passes_by_name_and_by_folder(cli, home):
    package = tiny_package(home / "tiny")
    for named in ("tiny", package.folder):
        code, out, err = cli("check", named, "--json")
        assert (code, json.loads(out)["passed"]) == (0, True), err
        assert json.loads(out)["max_difference"] <= 1e-5
    code, out, _ = cli("check", "tiny")
    assert code == 0
    assert "passed: True" in out


def test_check_of_an_installed_zip(cli, home, tmp_path):
    made = tiny_package(tmp_path / "made" / "tiny")
    archive = shutil.make_archive(str(tmp_path / "tiny"), "zip", made.folder)
    install_package(archive, home)
    assert cli("check", "tiny")[0] == 0


def changed(package):
    data = package.model_path.read_bytes()
    package.model_path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


def another_network(package):
    network = write_network(package.folder.parent / "other.onnx", bias=0.5)
    golden = package.folder.parent / "golden.npz"
    golden.write_bytes(package.golden_path.read_bytes())
    write_package(package.folder, package.card, {"model.onnx": network, "golden.npz": golden}, overwrite=True)
    network.unlink()
    golden.unlink()


def later_version(package):
    path = package.folder / "model.json"
    path.write_text(path.read_text().replace('"glacier:card_version": 1', '"glacier:card_version": 7'))


def no_json(package):
    (package.folder / "model.json").write_text("{")


def lost_network(package):
    package.model_path.unlink()


@pytest.mark.parametrize(
    ("breaks", "kind", "said"),
    [
        (changed, "ChecksumError", "damaged or was changed"),
        (another_network, "OffSampleError", "off the golden sample"),
        (later_version, "PackageVersionError", "of version 7"),
        (no_json, "InvalidPackageError", "no JSON"),
        (lost_network, "MissingPackageFileError", "model.onnx does not exist"),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_a_check_that_fails_ends_with_2_and_says_why(cli, home, breaks, kind, said):
    package = tiny_package(home / "tiny")
    breaks(package)
    code, out, err = cli("check", package.folder, "--json")
    assert code == 2
    assert json.loads(out)["error"]["type"] == kind
    assert said in err.splitlines()[-1]


def test_an_unknown_package_lists_what_is_known(cli, home):
    tiny_package(home / "tiny")
    code, out, err = cli("check", "glavitu", "--json")
    assert code == 2
    assert json.loads(out)["error"]["type"] == "UnknownModelError"
    assert "Choose one of: " in err
    assert "tiny" in err


def test_unchecked_precision_can_not_be_mapped_with(cli, home, tmp_path):
    tiny_package(home / "tiny-int8", card={"precision": "int8"}, stored="int8")
    code, out, err = cli("map", "--band", "red=r.tif", "--model", "tiny-int8", "--out", tmp_path / "o", "--json")
    assert code == 2
    assert json.loads(out)["error"]["type"] == "UncheckedPrecisionError"
    assert "nobody checked what that costs" in err


def test_check_notices_a_precision_that_was_edited(cli, home):
    package = tiny_package(home / "tiny")
    path = package.folder / "model.json"
    edited = {"glacier:precision": "int8", "glacier:precision_check": {"pixels_flipped": 0.0, "scenes": ["a"]}}
    data = json.loads(path.read_text())
    data["properties"].update(edited)
    path.write_text(json.dumps(data))
    code, out, err = cli("check", "tiny", "--json")
    assert (code, json.loads(out)["error"]["type"]) == (2, "InvalidPackageError")
    assert "says that its weights are int8, and those in model.onnx are float32" in err


def test_devices_are_listed(cli):
    code, out, _ = cli("devices", "--json")
    assert code == 0
    listed = json.loads(out)
    assert [one["name"] for one in listed] == ["cpu", "cuda", "directml", "openvino", "coreml"]
    assert listed[0]["available"] is True
    code, out, _ = cli("devices")
    assert code == 0
    assert "Processor (CPU)" in out
    assert "was built without it" in out or all(one["available"] for one in listed)


def test_a_device_that_is_not_here_is_told_in_the_notes_of_a_map(cli, home, tmp_path):
    listed = json.loads(cli("devices", "--json")[1])
    absent = next(one["name"] for one in listed if not one["available"])
    scene = simulate_scene(4, 96, str(tmp_path / "s"), "S2")
    tiny_package(home / "tiny", ("optical",), side=32)
    code, out, err = cli(
        "map", "--optical", scene.image, "--model", "tiny", "--device", absent, "--out", tmp_path / "o", "--json"
    )
    assert code == 0, err
    assert any("can't be used, so the processor computes" in note["template"] for note in json.loads(out)["notes"])


@pytest.mark.parametrize("command", ["check", "devices", "models", "reduce"])
def test_every_command_has_help(cli, command):
    code, out, err = cli(command, "--help")
    assert (code, err) == (0, "")
    assert out.startswith("usage: ")
    assert "--json" in out


# reduce


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scenes")
    simulate_scene(5, 96, str(folder), "S2")
    return folder


def test_reduce_writes_a_package_that_can_be_used(cli, home, scenes):
    tiny_package(home / "deep", ("optical",), deep=True, side=32)
    code, out, err = cli(
        "reduce", "deep", "--precision", "int8", "--scenes", scenes, "-o", home / "deep-int8", "--json"
    )
    assert code == 0, err
    result = json.loads(out)
    assert result["package"] == "deep-int8"
    assert result["check"]["pixels"] == 96 * 96
    assert "100 %" in err
    assert cli("check", "deep-int8")[0] == 0
    assert "deep-int8" in cli("models")[1]


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (["--precision", "int8", "--scenes", "{empty}"], "InvalidParameterError"),
        (["--precision", "float64", "--scenes", "{empty}"], "UsageError"),
        (["--precision", "int8"], "UsageError"),
    ],
    ids=["no scenes", "precision", "no folder"],
)
def test_reduce_refuses_with_2_and_writes_nothing(cli, home, tmp_path, arguments, kind):
    tiny_package(home / "deep", ("optical",), deep=True, side=32)
    given = [word.format(empty=tmp_path) for word in arguments]
    found, out, _ = cli("reduce", "deep", *given, "-o", tmp_path / "o", "--json")
    assert (found, json.loads(out)["error"]["type"]) == (2, kind)
    assert not (tmp_path / "o").exists()


def test_ctrl_c_while_reducing_ends_with_3_and_leaves_nothing(home, scenes, tmp_path):
    package = tiny_package(home / "deep", ("optical",), deep=True, side=32, filters=64, layers=8)
    arguments = ["reduce", package.folder, "--precision", "float16", "--scenes", scenes, "-o", tmp_path / "o"]
    command = [str(PYTHON), "-I", SCRIPT, *map(str, arguments)]
    child = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    for line in child.stderr:
        if b"Comparing the maps" in line:
            break
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=60)
    assert child.returncode == 3, err
    assert not (tmp_path / "o").exists()
    assert not [entry for entry in tmp_path.iterdir() if ".part-" in entry.name]


# the service


@pytest.fixture
def service(home, tmp_path, monkeypatch):
    monkeypatch.setenv("GLACIER_MAPPER_MODELS", str(home))
    runner = ProcessRunner(RunnerCommand(PYTHON, PACKAGE, log_folder=tmp_path / "logs"))
    yield runner
    runner.stop()


def test_the_service_answers_the_same(service, home):
    tiny_package(home / "tiny")
    assert "tiny" in [model["name"] for model in service.call("models", {})]
    for _ in range(2):  # also after ONNX Runtime has been loaded
        assert service.call("devices", {})[0]["name"] == "cpu"
        result = service.call("check", {"package": "tiny"})
        assert result["passed"] is True


def test_a_package_that_was_added_is_seen_at_once(service, home):
    names = [model["name"] for model in service.call("models", {})]
    tiny_package(home / "new-one")
    assert [model["name"] for model in service.call("models", {}) if model["name"] not in names] == ["new-one"]
