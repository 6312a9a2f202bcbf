"""Teaching in the real program: mapped, reviewed, taught, looked at, kept, and mapped with."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from harness import DesktopOptions, run_qgis  # noqa: E402

SCREENS = ROOT / "build" / "teach"
TRAIN = """
import sys
sys.path[:0] = sys.argv[1:2]
from glacier_mapper.core.progress import Controls
from glacier_mapper.runner.training.learn import Plan, TrainOrder, train
from glacier_mapper.runner.training.learn.plan import Augmentation, Steps
from glacier_mapper.runner.training.simulated_tiles import SimulatedOrder, simulate_tiles
data, out = sys.argv[2:4]
order = SimulatedOrder(out=data, places=6, views=1, tile_px=96, without_ice=0.0, split="50/25/25", workers=1)
simulate_tiles(order, Controls())
steps = Steps(count=60, batch=4, crop_px=64, rate=3e-3, warm_up=5, look_every=60, keep_every=60, average=0.9)
plan = Plan(seed=5, loaders=0, steps=steps, augmentation=Augmentation(zoom=1.0))
train(TrainOrder(data=data, out=out, plan=plan, name="young", title="Young network"), Controls())
"""


@pytest.fixture(scope="module")
def young(tmp_path_factory):
    """A folder of models with a network that has seen six places for a minute."""
    pytest.importorskip("torch")
    folder = tmp_path_factory.mktemp("models")
    paths = [str(ROOT), str(folder / "set.zarr"), str(folder / "shelf" / "young")]
    done = subprocess.run([sys.executable, "-c", TRAIN, *paths], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "shelf" / "young"


@pytest.mark.timeout(1200)
def test_a_model_is_taught_by_what_was_reviewed(simulated, scenario, young, tmp_path):
    run_folder = tmp_path / "run"
    shelf = run_folder / "qgis" / "profiles" / "default" / "glacier_mapper" / "models"
    shelf.parent.mkdir(parents=True)
    shutil.copytree(young.parent, shelf, ignore=shutil.ignore_patterns("*.run"))
    arguments = {
        "scene": str(simulated.image), "dem": str(simulated.elevation), "model": "young", "minutes": 2,
    }  # fmt: skip
    run = run_qgis(scenario("teach"), run_folder, arguments, DesktopOptions(timeout_s=900))
    SCREENS.mkdir(parents=True, exist_ok=True)
    for picture in run_folder.glob("*.png"):
        shutil.copy(picture, SCREENS / picture.name)
    assert run.ok, run.report()
    assert "is no network" in run.results["band_ratio_said"]
    assert "No outline in the view is reviewed" in run.results["nothing_said"]
    assert "1 rejected" in run.results["facts"]
    assert "left" in run.results["running"]
    assert run.results["cancelled"].startswith("Cancelled")
    assert run.results["minutes"] == 2
    assert run.results["pictures"] == [True, True]
    assert any("Taught in the valley" in text for text in run.results["bar"])
    assert run.results["mapped_with"] == ["taught-in-the-valley"]
    before, after = (float(text) if text != "–" else 0.0 for text in run.results["figures"]["iou"])
    assert 0 <= before <= 1
    assert after > 0.3
    card = json.loads((shelf / "taught-in-the-valley" / "model.json").read_text(encoding="utf-8"))
    assert "Taught in the valley" in json.dumps(card)
