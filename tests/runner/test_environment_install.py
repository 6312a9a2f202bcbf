"""Making the runner's environment for real: with venv and with uv, offline from a folder of wheels."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from stand_in import PACKAGE
from tiny_wheels import make_wheel

from glacier_mapper.core.errors import (
    Cancelled,
    DiskFullError,
    MissingFileError,
    NoNetworkError,
    NoPythonError,
    OutputNotWritableError,
    SetupError,
)
from glacier_mapper.runner_client import install_run
from glacier_mapper.runner_client.environment import Environment
from glacier_mapper.runner_client.process import ProcessRunner
from glacier_mapper.runner_client.setup_values import (
    Accelerator,
    EnvironmentStatus,
    ProxySettings,
    SetupOptions,
    SetupStep,
)

pytestmark = pytest.mark.usefixtures("nothing_leaks")

UV = Path(sys.executable).parent / "uv"
LOCK = (
    "tiny-ice==1.0\n    # via -r runner.in\ntiny-rock==2.0 ; python_full_version >= '3.10'\n"
    "tiny-sea==9 ; python_full_version < '3'\n"
)


@pytest.fixture
def wheels(tmp_path):
    folder = tmp_path / "wheels"
    make_wheel(folder, "tiny-ice", requires=["tiny-rock"])
    make_wheel(folder, "tiny-rock", "2.0")
    return folder


@pytest.fixture
def lock(tmp_path):
    path = tmp_path / "runner.txt"
    path.write_text(LOCK)
    return path


@pytest.fixture
def make(tmp_path, wheels, lock):
    """A factory of environments in a folder with a difficult name."""

    def build(maker="uv", **options):
        if maker == "uv" and not UV.is_file():
            pytest.skip("no uv in the developer's environment")
        options = {"wheel_folder": wheels, "python": Path(sys.executable), **options}
        options = SetupOptions(maker=maker, uv=UV, plugin_version="9.8", **options)
        return Environment(tmp_path / "profile ü" / "runner", lock, options)

    return build


def packages_in(environment):
    code = "import json, importlib.metadata as m; print(json.dumps({d.name: d.version for d in m.distributions()}))"
    done = subprocess.run([environment.python_path(), "-I", "-c", code], capture_output=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("maker", ["uv", "venv"])
def test_an_environment_is_made_used_and_removed(make, maker):
    environment = make(maker)
    assert environment.status() is EnvironmentStatus.MISSING
    seen = []
    environment.install(seen.append)
    assert environment.status() is EnvironmentStatus.READY
    assert packages_in(environment)["tiny-ice"] == "1.0"
    assert packages_in(environment)["tiny-rock"] == "2.0"
    assert "tiny-sea" not in packages_in(environment)

    fractions = [progress.fraction for progress in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert [step for step in SetupStep if step in {p.step for p in seen}] == list(SetupStep)

    runner = ProcessRunner(environment.runner_command())
    runner.start()
    assert runner.hello["python"] == environment.stamp().python_version
    runner.stop()
    assert (environment.log_folder() / "runner.log").is_file()

    environment.remove()
    assert environment.status() is EnvironmentStatus.MISSING
    assert not environment.folder.exists()


def test_the_plan_says_what_where_and_how_large(make, wheels):
    plan = make("venv").plan()
    assert list(plan.packages) == [("tiny-ice", "1.0"), ("tiny-rock", "2.0")]
    assert plan.folder.name == "runner"
    assert plan.source == str(wheels)
    assert plan.download_mb == 0
    assert plan.disk_mb >= 1
    assert plan.free_mb > 0
    assert plan.maker.kind == "venv"
    assert plan.maker.python_version.startswith("3.")
    assert plan.accelerator is Accelerator.CPU


def test_the_plan_of_the_real_lock_has_the_measured_size(tmp_path):
    lock = PACKAGE.parent / "requirements" / "runner.txt"
    options = SetupOptions(maker="venv", python=Path(sys.executable), index_url="https://me:hidden@mirror.example/simple")
    plan = Environment(tmp_path / "runner", lock, options).plan()
    assert {"numpy", "rasterio", "onnxruntime"} <= {name for name, _ in plan.packages}
    assert 150 < plan.download_mb < 250
    assert 550 < plan.disk_mb < 800
    assert plan.source == "https://***@mirror.example/simple"


def test_a_plan_and_a_status_write_nothing(make, tmp_path):
    environment = make("venv")
    environment.plan()
    environment.status()
    environment.describe()
    assert not (tmp_path / "profile ü").exists()


def test_installing_again_keeps_what_is_there(make):
    environment = make()
    environment.install()
    before = (environment.folder / "venv" / "pyvenv.cfg").stat().st_mtime_ns
    environment.install()
    assert (environment.folder / "venv" / "pyvenv.cfg").stat().st_mtime_ns == before
    assert environment.status() is EnvironmentStatus.READY


def test_another_lock_makes_it_outdated_and_installing_updates_it(make, wheels, lock):
    environment = make()
    environment.install()
    make_wheel(wheels, "tiny-rock", "3.0")
    lock.write_text("# a comment\n" + LOCK)
    assert environment.status() is EnvironmentStatus.READY
    lock.write_text(LOCK.replace("tiny-rock==2.0", "tiny-rock==3.0"))
    assert environment.status() is EnvironmentStatus.OUTDATED
    environment.install()
    assert environment.status() is EnvironmentStatus.READY
    assert packages_in(environment)["tiny-rock"] == "3.0"


@pytest.mark.parametrize("damage", ["python", "pyvenv.cfg", "stamp", "garbled stamp"])
def test_what_is_broken_is_seen_and_repaired(make, damage):
    environment = make()
    environment.install()
    if damage == "python":
        environment.python_path().unlink()
    elif damage == "pyvenv.cfg":
        (environment.folder / "venv" / "pyvenv.cfg").unlink()
    elif damage == "stamp":
        (environment.folder / "environment.json").unlink()
    else:
        (environment.folder / "environment.json").write_text("{")
    assert environment.status() is EnvironmentStatus.BROKEN
    assert "Repair" in str(environment.describe())
    environment.install()
    assert environment.status() is EnvironmentStatus.READY


def test_a_damaged_package_is_laid_down_anew(make):
    environment = make()
    environment.install()
    info = next((environment.folder / "venv").rglob("tiny_rock-2.0.dist-info"))
    (info / "METADATA").write_text("")
    environment.install()
    assert packages_in(environment)["tiny-rock"] == "2.0"


def test_cancel_at_each_step_leaves_it_unfinished_and_the_next_try_completes_it(make):
    environment = make()
    for step in list(SetupStep)[:-1]:
        reached = threading.Event()

        def watch(progress, step=step, reached=reached):
            if progress.step is step:
                reached.set()

        with pytest.raises(Cancelled):
            environment.install(watch, reached.is_set)
        assert environment.status() in (EnvironmentStatus.BROKEN, EnvironmentStatus.MISSING), step
    environment.install()
    assert environment.status() is EnvironmentStatus.READY


def test_cancel_kills_the_installer_at_once(make):
    environment = make("venv")
    start = time.monotonic()
    with pytest.raises(Cancelled):
        environment.install(is_cancelled=lambda: time.monotonic() - start > 1.0)
    assert time.monotonic() - start < 3.0


def test_a_missing_wheel_is_a_setup_error_that_names_it(make, wheels):
    next(wheels.glob("tiny_rock*")).unlink()
    with pytest.raises(SetupError) as caught:
        make().install()
    assert "tiny-rock" in str(caught.value)
    assert make().status() is EnvironmentStatus.BROKEN


def test_no_network_is_told_from_other_failures_and_the_password_stays_hidden(make, tmp_path):
    proxy = ProxySettings("127.0.0.1", 9, "analyst", "s3cr&t/word")
    environment = make("uv", wheel_folder=None, proxy=proxy, index_url="https://packages.example/simple")
    seen = []
    with pytest.raises(NoNetworkError) as caught:
        environment.install(seen.append)
    texts = [str(caught.value), repr(caught.value.details), repr(seen), repr(environment.options), repr(proxy)]
    texts += [path.read_text() for path in environment.log_folder().iterdir()]
    for text in texts:
        assert "s3cr" not in text


def test_a_broken_runner_after_the_installation_is_a_setup_error(make, wheels, lock):
    make_wheel(wheels, "requests", "99.0", body="raise ImportError('damaged on purpose')")
    lock.write_text(LOCK + "requests==99.0\n")
    with pytest.raises(SetupError) as caught:
        make().install()
    assert "damaged on purpose" in str(caught.value)
    assert caught.value.details["step"] == "test"
    assert make().status() is EnvironmentStatus.BROKEN


@pytest.mark.parametrize("name", ["wheel_folder", "ca_bundle"])
def test_a_file_of_the_options_that_is_missing_is_named(make, tmp_path, name):
    with pytest.raises(MissingFileError) as caught:
        make(**{name: tmp_path / "not there"}).install()
    assert "not there" in str(caught.value)


def test_a_folder_that_can_not_be_written_is_named(tmp_path, lock, wheels):
    (tmp_path / "file").write_text("in the way")
    options = SetupOptions(maker="venv", python=Path(sys.executable), wheel_folder=wheels)
    with pytest.raises(OutputNotWritableError):
        Environment(tmp_path / "file" / "runner", lock, options).install()


def test_too_little_room_is_said_before_anything_is_made(make, monkeypatch):
    usage = type("Usage", (), {"free": 1_000_000})
    monkeypatch.setattr(install_run.shutil, "disk_usage", lambda _: usage)
    environment = make("venv")
    with pytest.raises(DiskFullError) as caught:
        environment.install()
    assert caught.value.details["free_mb"] == 1
    assert not environment.python_path().exists()


def test_no_python_at_all_says_what_was_tried(make, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("glacier_mapper.runner_client.makers._of_this_process", lambda: iter(()))
    with pytest.raises(NoPythonError) as caught:
        make("venv", python=Path("/nowhere/python3")).plan()
    assert "/nowhere/python3" in str(caught.value)


def test_removing_leaves_what_was_not_made_here(make, tmp_path):
    environment = make()
    environment.install()
    mine = environment.folder / "my notes.txt"
    mine.write_text("keep")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "data.tif").write_text("keep")
    os.symlink(outside, environment.folder / "cache")
    environment.remove()
    assert [path.name for path in environment.folder.iterdir()] == ["my notes.txt"]
    assert (outside / "data.tif").exists()
    environment.remove()


def test_another_accelerator_starts_from_an_empty_environment(make, lock, wheels):
    make_wheel(wheels, "onnxruntime", "1.0")
    make_wheel(wheels, "onnxruntime-directml", "1.24.4", module="onnxruntime")
    lock.write_text("onnxruntime==1.0\n")
    make().install()
    other = make(accelerator=Accelerator.DIRECTML)
    assert other.status() is EnvironmentStatus.READY
    other.install()
    assert "onnxruntime" not in packages_in(other)
    assert packages_in(other)["onnxruntime-directml"] == "1.24.4"
    assert other.stamp().accelerator == "directml"
