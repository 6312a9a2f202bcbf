"""Adding training and import to the runner's environment, for real: with venv and with uv, from tiny wheels."""

from __future__ import annotations

import functools
import http.server
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from stand_in import PACKAGE
from tiny_wheels import make_wheel

from glacier_mapper.core.errors import Cancelled, RunnerMissingError, SetupError
from glacier_mapper.runner_client import add_on
from glacier_mapper.runner_client.add_on import build_of, index_of
from glacier_mapper.runner_client.diagnostics import DiagnosticsFacts, collect
from glacier_mapper.runner_client.environment import Environment
from glacier_mapper.runner_client.process import ProcessRunner
from glacier_mapper.runner_client.setup_values import Accelerator, EnvironmentStatus, SetupOptions, SetupStep

pytestmark = pytest.mark.usefixtures("nothing_leaks")

UV = Path(sys.executable).parent / "uv"
BOTH = pytest.mark.parametrize("maker", ["uv", "venv"])


@pytest.fixture
def wheels(tmp_path):
    folder = tmp_path / "wheels"
    make_wheel(folder, "tiny-ice")
    make_wheel(folder, "tiny-weights", "3.0", requires=["tiny-ice"])
    make_wheel(folder, "tiny-graph")
    make_wheel(folder, "torch", "0.0.7+cpu", requires=["tiny-graph"])
    return folder


@pytest.fixture
def lock(tmp_path):
    path = tmp_path / "runner.txt"
    path.write_text("tiny-ice==1.0\n")
    (tmp_path / "training.txt").write_text("tiny-weights==3.0\n    # via -r training.in\ntiny-ice==1.0\n")
    (tmp_path / "torch.txt").write_text("# by hand\ntorch==0.0.7\n")
    return path


@pytest.fixture
def make(tmp_path, wheels, lock):
    def build(maker="uv", **options):
        if maker == "uv" and not UV.is_file():
            pytest.skip("no uv in the developer's environment")
        options = {"wheel_folder": wheels, "python": Path(sys.executable), **options}
        return Environment(tmp_path / "profile ü" / "runner", lock, SetupOptions(maker=maker, uv=UV, **options))

    return build


def packages_in(environment):
    code = "import json, importlib.metadata as m; print(json.dumps({d.name: d.version for d in m.distributions()}))"
    done = subprocess.run([environment.python_path(), "-I", "-c", code], capture_output=True, check=True)
    return json.loads(done.stdout)


@BOTH
def test_the_add_on_comes_into_the_same_environment_while_the_runner_runs_and_goes_with_it(make, maker):
    environment = make(maker)
    environment.install()
    assert not environment.has_training()
    runner = ProcessRunner(environment.runner_command())
    runner.start()
    seen = []
    environment.install_training(seen.append)
    assert environment.has_training()
    assert environment.status() is EnvironmentStatus.READY
    found = packages_in(environment)
    assert (found["torch"], found["tiny-weights"], found["tiny-graph"]) == ("0.0.7+cpu", "3.0", "1.0")
    fractions = [progress.fraction for progress in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    steps = {progress.step for progress in seen}
    assert steps == set(SetupStep) - {SetupStep.CREATE}
    assert runner.call("hello", {"protocol": runner.hello["protocol"]})["packages"]["torch"] == "0.0.7+cpu"
    runner.stop()
    environment.remove()
    assert not environment.folder.exists()


def test_one_click_makes_both(make):
    environment = make(training=True)
    seen = []
    environment.install(seen.append)
    assert environment.has_training()
    fractions = [progress.fraction for progress in seen]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    assert not (environment.folder / "cache").exists()


def test_it_needs_the_runner_first(make):
    with pytest.raises(RunnerMissingError):
        make().install_training()


def test_the_plan_says_what_from_where_and_how_large(make, wheels):
    make().install()
    plan = make().add_on_plan()
    assert list(plan.packages) == [("tiny-ice", "1.0"), ("tiny-weights", "3.0"), ("torch", "0.0.7")]
    assert plan.sources == (str(wheels),)
    assert plan.download_mb == 0
    assert plan.disk_mb > 700
    assert plan.free_mb > 0


@pytest.mark.parametrize(
    ("accelerator", "version", "sizes_mb"),
    [(Accelerator.CPU, "+cpu", (190, 240, 780, 1000)), (Accelerator.CUDA, "+cu130", (2000, 3500, 5000, 8000))],
)
def test_the_plan_of_the_real_locks_for_each_device(tmp_path, monkeypatch, accelerator, version, sizes_mb):
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    lock = PACKAGE.parent / "requirements" / "runner.txt"
    options = SetupOptions(maker="venv", python=Path(sys.executable), accelerator=accelerator)
    plan = Environment(tmp_path / "runner", lock, options).add_on_plan()
    versions = dict(plan.packages)
    assert {"torch", "h5py", "onnx"} <= set(versions)
    assert versions["torch"].endswith(version)
    assert plan.sources == (
        "https://pypi.org/simple", f"https://download.pytorch.org/whl/{version[1:]}",
    )  # fmt: skip
    assert sizes_mb[0] < plan.download_mb < sizes_mb[1]
    assert sizes_mb[2] < plan.disk_mb < sizes_mb[3]


@pytest.mark.parametrize(
    ("options", "build"),
    [
        ({}, "cpu"),
        ({"accelerator": Accelerator.CUDA}, "cu130"),
        ({"accelerator": Accelerator.DIRECTML}, "cpu"),
        ({"index_url": "https://mirror.example/simple"}, ""),
        ({"wheel_folder": Path("/media/stick")}, ""),
    ],
    ids=["processor", "nvidia", "directml", "mirror", "folder"],
)
def test_which_build_and_from_which_index(monkeypatch, options, build):
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    monkeypatch.setattr(add_on.sys, "platform", "linux")
    assert build_of(SetupOptions(**options)) == build
    assert index_of(SetupOptions(**options)) == (f"https://download.pytorch.org/whl/{build}" if build else "")
    monkeypatch.setattr(add_on.sys, "platform", "darwin")
    assert index_of(SetupOptions(**options)) == ""


class Indexes:
    """Package indexes over HTTP: `whl/cpu` has PyTorch for the processor, `simple` the large build and the rest."""

    def __init__(self, folder):
        self.folder, self.asked = folder, []
        asked = self.asked

        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *_):
                asked.append(self.path)

        serve = functools.partial(Handler, directory=str(folder))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def add(self, index, wheel):
        name = wheel.name.split("-")[0].replace("_", "-")
        page = self.folder / index / name
        page.mkdir(parents=True, exist_ok=True)
        wheel.rename(page / wheel.name)
        links = "".join(f'<a href="{one.name.replace("+", "%2B")}">{one.name}</a>' for one in page.glob("*.whl"))
        (page / "index.html").write_text(f"<html><body>{links}</body></html>")

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def indexes(tmp_path):
    found = Indexes(tmp_path / "served")
    yield found
    found.stop()


@BOTH
def test_the_build_for_the_processor_comes_from_its_own_index_and_not_the_large_one(
    make, tmp_path, indexes, monkeypatch, maker
):
    built = tmp_path / "built"
    for name, version in (("tiny-ice", "1.0"), ("tiny-weights", "3.0"), ("tiny-graph", "1.0"), ("torch", "0.0.7")):
        indexes.add("simple", make_wheel(built, name, version))
    indexes.add("whl/cpu", make_wheel(built, "torch", "0.0.7+cpu", requires=["tiny-graph"]))
    indexes.add("whl/cpu", make_wheel(built, "tiny-ice", "0.5"))  # an old one there must not win
    monkeypatch.setattr(add_on, "has_own_place", lambda _: False)
    monkeypatch.setattr(add_on, "TORCH_INDEX", f"{indexes.url}/whl/{{build}}")
    monkeypatch.setenv("PIP_TRUSTED_HOST", "127.0.0.1")
    environment = make(maker, wheel_folder=None, index_url=f"{indexes.url}/simple")
    environment.install()
    environment.install_training()
    found = packages_in(environment)
    assert (found["torch"], found["tiny-ice"], found["tiny-weights"]) == ("0.0.7+cpu", "1.0", "3.0")
    assert any(path.startswith("/whl/cpu/torch/torch-0.0.7") for path in indexes.asked)


def test_cancel_at_each_step_leaves_the_runner_ready_and_the_next_try_completes_it(make):
    environment = make("venv")
    environment.install()
    for step in (SetupStep.CHECK, SetupStep.DOWNLOAD, SetupStep.INSTALL, SetupStep.TEST):
        reached = threading.Event()

        def watch(progress, step=step, reached=reached):
            if progress.step is step:
                reached.set()

        with pytest.raises(Cancelled):
            environment.install_training(watch, reached.is_set)
        assert environment.status() is EnvironmentStatus.READY, step
        assert not environment.has_training(), step
    environment.install_training()
    assert environment.has_training()


def test_cancel_kills_the_installer_at_once(make):
    environment = make("venv")
    environment.install()
    start = time.monotonic()
    with pytest.raises(Cancelled):
        environment.install_training(is_cancelled=lambda: time.monotonic() - start > 0.3)
    assert time.monotonic() - start < 3.0


def test_a_missing_wheel_is_named_and_the_runner_stays_ready(make, wheels):
    environment = make()
    environment.install()
    [torch] = wheels.glob("torch-*")
    away = torch.rename(wheels.parent / torch.name)
    with pytest.raises(SetupError) as caught:
        environment.install_training()
    assert "torch" in str(caught.value)
    assert environment.status() is EnvironmentStatus.READY
    away.rename(torch)
    environment.install_training()
    assert environment.has_training()


def test_one_that_does_not_load_is_told(make, wheels):
    make_wheel(wheels, "torch", "0.0.7+cpu", body="raise ImportError('damaged on purpose')", requires=["tiny-graph"])
    environment = make()
    environment.install()
    with pytest.raises(SetupError) as caught:
        environment.install_training()
    assert "damaged on purpose" in str(caught.value)
    assert environment.status() is EnvironmentStatus.READY
    assert not environment.has_training()


def test_another_lock_of_the_add_on_makes_it_outdated_and_repair_brings_both_up(make, wheels, lock):
    environment = make(training=True)
    environment.install()
    make_wheel(wheels, "torch", "0.0.8", requires=["tiny-graph"])
    lock.with_name("torch.txt").write_text("torch==0.0.8\n")
    assert environment.status() is EnvironmentStatus.OUTDATED
    again = make()
    again.install()
    assert again.has_training()
    assert packages_in(again)["torch"] == "0.0.8"


def test_without_the_add_on_its_lock_does_not_matter(make, lock):
    environment = make()
    environment.install()
    lock.with_name("torch.txt").write_text("torch==0.0.9\n")
    assert environment.status() is EnvironmentStatus.READY


def test_a_stamp_of_an_older_version_says_that_there_is_no_add_on(make):
    environment = make()
    environment.install()
    path = environment.folder / "environment.json"
    data = json.loads(path.read_text())
    del data["training_hash"]
    path.write_text(json.dumps(data))
    assert environment.status() is EnvironmentStatus.READY
    assert not environment.has_training()


def test_diagnostics_say_whether_it_is_there(make):
    environment = make()
    environment.install()
    line = "training and import (PyTorch): "
    assert f"{line}not installed" in collect(DiagnosticsFacts(environment=environment))
    environment.install_training()
    assert f"{line}installed" in collect(DiagnosticsFacts(environment=environment))
