"""The runner's environment, made by a click in the real program from a folder of tiny wheels."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "tools"), str(ROOT / "tests" / "runner")]

import package  # noqa: E402
from harness import RUNNER_PYTHON, DesktopOptions, run_qgis  # noqa: E402
from tiny_wheels import make_wheel  # noqa: E402

LOCK = "glacier_mapper/requirements/runner.txt"


def with_lock(archive: Path, target: Path, lock: str) -> Path:
    """The plugin's zip with other packages for the runner."""
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(target, "w") as made:
        assert LOCK in source.namelist()
        for name in source.namelist():
            made.writestr(name, lock if name == LOCK else source.read(name))
    return target


def test_a_click_installs_the_runner_without_a_network(scenario, tmp_path):
    wheels = tmp_path / "wheels ü"
    make_wheel(wheels, "tiny-ice", requires=["tiny-rock"])
    make_wheel(wheels, "tiny-rock", "2.0")
    plain = package.build_zip(tmp_path / "plain.zip")
    plugin = with_lock(plain, tmp_path / "tiny.zip", "tiny-ice==1.0\ntiny-rock==2.0\n")
    options = DesktopOptions(plugin=plugin, environment={RUNNER_PYTHON: None}, timeout_s=200)
    run = run_qgis(scenario("install_runner"), tmp_path / "run", {"wheels": str(wheels)}, options)
    assert run.ok, run.report()
    assert run.results["error"] == ""
    assert run.results["condition"] == "ready"
    assert "model runner" not in run.results["obstacle"]
    installed = {path.name for path in (tmp_path / "run").rglob("tiny_*.dist-info")}
    assert installed == {"tiny_ice-1.0.dist-info", "tiny_rock-2.0.dist-info"}
