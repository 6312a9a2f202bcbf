"""The runner's environment, made by a click in the real program from a folder of tiny wheels."""

from __future__ import annotations

import shutil
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), *(str(ROOT / "tests" / name) for name in ("", "tools", "runner"))]

import package  # noqa: E402
from card_maker import published_card, write_package  # noqa: E402
from harness import RUNNER_PYTHON, DesktopOptions, run_qgis  # noqa: E402
from tiny_wheels import make_wheel  # noqa: E402

SCREENS = ROOT / "build" / "windows"
RUNNER = "tiny-ice==1.0\ntiny-rock==2.0\n"
TRAINING = {"training.txt": "h5py==1.0\nonnx==1.0\n", "torch.txt": "torch==1.0\n"}


def plugin_of_tiny_packages(folder: Path) -> tuple[Path, Path]:
    """The plugin's zip with other packages for the runner, and the folder of their wheels."""
    wheels = folder / "wheels ü"
    make_wheel(wheels, "tiny-ice", requires=["tiny-rock"])
    make_wheel(wheels, "tiny-rock", "2.0")
    for name in ("h5py", "onnx", "torch"):
        make_wheel(wheels, name)
    locks = {f"glacier_mapper/requirements/{name}": text for name, text in {"runner.txt": RUNNER, **TRAINING}.items()}
    plain, target = package.build_zip(folder / "plain.zip"), folder / "tiny.zip"
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(target, "w") as made:
        assert set(locks) <= set(source.namelist())
        for name in source.namelist():
            made.writestr(name, locks.get(name) or source.read(name))
    return target, wheels


def test_a_click_installs_the_runner_without_a_network(scenario, tmp_path):
    plugin, wheels = plugin_of_tiny_packages(tmp_path)
    options = DesktopOptions(plugin=plugin, environment={RUNNER_PYTHON: None}, timeout_s=200)
    run = run_qgis(scenario("install_runner"), tmp_path / "run", {"wheels": str(wheels)}, options)
    assert run.ok, run.report()
    assert run.results["error"] == ""
    assert run.results["condition"] == "ready"
    assert "model runner" not in run.results["obstacle"]
    installed = {path.name for path in (tmp_path / "run").rglob("tiny_*.dist-info")}
    assert installed == {"tiny_ice-1.0.dist-info", "tiny_rock-2.0.dist-info"}


def test_every_window_opens_and_training_is_added_by_a_click_in_the_form_for_keras_weights(
    simulated, scenario, tmp_path
):
    plugin, wheels = plugin_of_tiny_packages(tmp_path)
    models = tmp_path / "run" / "qgis" / "profiles" / "default" / "glacier_mapper" / "models"
    write_package(models, published_card())
    arguments = {
        "wheels": str(wheels), "scene": str(simulated.image), "dem": str(simulated.elevation),
        "model": "glavitu-global",
    }  # fmt: skip
    options = DesktopOptions(plugin=plugin, environment={RUNNER_PYTHON: None}, timeout_s=280)
    run = run_qgis(scenario("look_around"), tmp_path / "run", arguments, options)
    SCREENS.mkdir(parents=True, exist_ok=True)
    for picture in run.folder.glob("*.png"):
        shutil.copy(picture, SCREENS / picture.name)
    assert run.ok, run.report()
    assert run.results["add_on"] == "added"
    installed = {path.name for path in (tmp_path / "run").rglob("*-1.0.dist-info")}
    assert {"torch-1.0.dist-info", "h5py-1.0.dist-info", "onnx-1.0.dist-info"} <= installed
