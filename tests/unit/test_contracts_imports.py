"""Who may import what: the arrows by import-linter, foreign packages by the list below."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from source_tree import ROOT, imports, modules  # noqa: E402

SHIPPED_WITH_QGIS = {"numpy", "qgis", "osgeo", "processing"}
RUNNER_PACKAGES = {
    "numpy", "scipy", "rasterio", "affine", "pyogrio", "pyproj", "shapely", "skimage", "contourpy", "onnxruntime",
    "requests", "urllib3",
}
NETWORK_PACKAGES = {
    "torch", "onnx", "onnxscript", "h5py", "zarr", "numcodecs", "sklearn", "skl2onnx", "accelerate",
}  # fmt: skip
"""Of requirements/training.txt: large, not installed by the click, so imported by these places alone."""
NETWORK_PLACES = {
    "glacier_mapper/runner/architectures/": NETWORK_PACKAGES,
    "glacier_mapper/runner/mapping/reduced_networks.py": {"onnx"},
    "glacier_mapper/runner/mapping/plain_networks.py": {"onnx"},
    "glacier_mapper/runner/training/tiles/": {"zarr", "numcodecs"},
    "glacier_mapper/runner/training/learn/": {"torch", "accelerate"},
    "glacier_mapper/runner/training/forest": {"onnx", "sklearn", "skl2onnx"},
}
PLUGIN_SIDE = ("plugin.py", "workflow", "gui", "qgis_io", "processing", "runner_client")


def foreign(part: str) -> set[tuple[str, str]]:
    """(place, package) of every import below `part` that is neither ours nor Python's own."""
    found = {(place, name) for place, name in imports() if place.startswith(f"glacier_mapper/{part}")}
    return {(place, name) for place, name in found if name not in sys.stdlib_module_names}


def test_the_arrows_point_down():
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_core_needs_nothing_but_numpy():
    assert {hit for hit in foreign("core") if hit[1] != "numpy"} == set()


def test_the_plugin_side_needs_nothing_that_qgis_does_not_ship():
    hits = set().union(*(foreign(part) for part in PLUGIN_SIDE))
    assert {hit for hit in hits if hit[1] not in SHIPPED_WITH_QGIS} == set()


def test_qt_is_imported_through_qgis():
    assert {hit for hit in imports() if hit[1] in ("PyQt5", "PyQt6", "sip", "PySide2", "PySide6")} == set()


def test_the_runner_uses_only_what_its_lock_file_pins():
    hits = {hit for hit in foreign("runner/") if hit[1] not in RUNNER_PACKAGES}
    places = NETWORK_PLACES.items()
    allowed = {hit for hit in hits for place, names in places if hit[0].startswith(place) and hit[1] in names}
    assert hits - allowed == set()


def test_a_network_package_is_never_imported_with_the_runner():
    """Jobs import `runner/architectures` when they start; what lies at its top needs nothing large."""
    script = (
        "import sys, glacier_mapper.runner.jobs, glacier_mapper.runner.cli, glacier_mapper.runner.architectures\n"
        f"print(sorted({NETWORK_PACKAGES} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_package_itself_imports_nothing():
    assert {hit for hit in imports() if hit[0].startswith("glacier_mapper/__init__.py")} == set()


def test_nobody_uses_modules_that_the_plugin_repository_blocks():
    blocked = {"pickle", "marshal", "shelve", "dill", "telnetlib", "ftplib"}
    assert {hit for hit in imports() if hit[1] in blocked} == set()


def test_only_the_composition_root_sees_iface():
    found = set()
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if getattr(node, "id", getattr(node, "arg", getattr(node, "attr", ""))) in ("iface", "_iface"):
                found.add(name)
    assert found <= {"glacier_mapper/plugin.py", "glacier_mapper/__init__.py"}
