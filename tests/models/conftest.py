"""Fixtures of the tests that need torch: golden files beside the project, Keras files, imported packages."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

torch = pytest.importorskip("torch")
pytest.importorskip("h5py")

from glacier_mapper.core.progress import Controls  # noqa: E402
from glacier_mapper.runner.architectures import KerasImport, import_keras  # noqa: E402

GOLDEN = Path(__file__).resolve().parents[3] / "shared" / "golden"


@dataclass(frozen=True)
class Fixture:
    """A golden file: which network made it."""

    name: str
    architecture: str
    location: str = ""

    @property
    def order(self):
        """The params of an import, paths aside."""
        return {"architecture": self.architecture, "inputs": ["optical", "dem"], "location": self.location}


FIXTURES = {
    one.name: one
    for one in (
        Fixture("global", "glavitu"),
        Fixture("regionenc", "glavitu", "region"),
        Fixture("fusionresunet", "light-fusion-resunet"),
        Fixture("fusionsetr", "fusion-setr-ln16"),
    )
}


@pytest.fixture(scope="session")
def golden_folder():
    """The folder of golden files; the test is skipped where it is absent."""
    if not GOLDEN.is_dir():
        pytest.skip(f"no golden files in {GOLDEN}")
    return GOLDEN


@pytest.fixture(scope="session")
def golden_h5(golden_folder, tmp_path_factory):
    """golden_h5("global") -> the Keras file of that fixture, made once."""
    folder = tmp_path_factory.mktemp("h5")

    def make(name):
        path = folder / f"{name}.h5"
        if not path.exists():
            command = [sys.executable, golden_folder / "make_h5.py", golden_folder / f"{name}_layout.json", path]
            subprocess.run([str(part) for part in command], check=True, capture_output=True)
        return path

    return make


@pytest.fixture(scope="session")
def golden_file(golden_folder):
    """golden_file("global") -> its arrays by name."""
    return lambda name: np.load(golden_folder / f"{name}_golden.npz", allow_pickle=False)


@pytest.fixture(scope="session")
def stats(golden_folder):
    """The reference's statistics."""
    return golden_folder / "stats.json"


@pytest.fixture(scope="session")
def imported(golden_h5, golden_folder, tmp_path_factory):
    """imported("global") -> what the import of that fixture said, its package made once."""
    folder, known = tmp_path_factory.mktemp("packages"), {}

    def make(name):
        if name not in known:
            files = {"weights": golden_h5(name), "stats": golden_folder / "stats.json", "out": folder / name}
            order = {**FIXTURES[name].order, **{key: str(path) for key, path in files.items()}}
            if FIXTURES[name].architecture == "glavitu":
                order["calibration"] = str(golden_folder / "calibration.json")
            known[name] = import_keras(KerasImport.from_json(order), Controls())
        return known[name]

    return make


@pytest.fixture
def own_stats(tmp_path):
    """Made-up statistics of all features: min-max, backscatter between -4 and 1 in its logarithm."""
    features = {
        "optical": {"min": [0.0] * 6, "max": [1.0, 2.0, 1.0, 1.0, 1.0, 4.0]},
        "elevation": {"min": [-100.0], "max": [8900.0]},
        "slope": {"min": [0.0], "max": [90.0]},
        "co_pol_sar": {"min": [-4.0, -4.0], "max": [1.0, 1.0]},
        "cross_pol_sar": {"min": [-4.0, -4.0], "max": [1.0, 1.0]},
        "in_sar": {"min": [0.0, 0.0], "max": [1.0, 1.0]},
        "thermal": {"mean": [270.0], "std": [12.0]},
    }
    path = tmp_path / "own_stats.json"
    path.write_text(json.dumps({"features": features}))
    return path


def patch_inputs(golden):
    """A golden file's patch as network inputs: (batch, bands, 384, 384) float32 by name, and the location."""
    names = [key.removeprefix("input_") for key in golden.files if key.startswith("input_")]
    rows = golden["input_location"] if "input_location" in golden.files else None
    batch = 1 if rows is None else len(rows)
    feeds = {}
    for name in names:
        if name != "location":
            scaled = golden[f"input_{name}"].astype(np.float32) / np.float32(255)
            feeds[name] = np.repeat(scaled.transpose(2, 0, 1)[None], batch, axis=0)
    if rows is not None:
        feeds["location"] = rows
    return feeds


def sampled(output):
    """Probabilities (batch, classes, 384, 384) as the golden files keep them: every fourth pixel, channels last."""
    return np.asarray(output)[:, :, ::4, ::4].transpose(0, 2, 3, 1)
