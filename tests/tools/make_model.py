"""`make model`: the bundled model from nothing, by the runner's own commands, each step left out once it is done.

    build/model/simulated.zarr     the data set of simulated scenes
    build/model/trained            the package as it was trained, beside the run's checkpoints and logs
    resources/models/compact       the package that is bundled: calibrated, with its card
    docs/bundled-model/            the run's logs

A run that was stopped goes on where it was. `--quick` makes a small one in build/model-quick, to see that it works.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from evaluation.card import describe  # noqa: E402

PLAN = Path(__file__).with_name("compact_plan.json")
NAME, TITLE, LICENCE = "compact", "Glacier Mapper compact", "CC0-1.0"
LOGS = ("training.json", "looks.jsonl", "steps.jsonl")
SCENES = {"places": 1200, "views": 3, "tile-px": 256, "seed": 1, "without-ice": 0.25, "split": "96/2/2"}
QUICK = {**SCENES, "places": 12, "tile-px": 128, "split": "60/20/20"}


def command(*words: object) -> None:
    """Run a command of the model runner; ends here where it fails."""
    line = [sys.executable, "-m", "glacier_mapper.runner", *map(str, words)]
    print("$ python -m glacier_mapper.runner", *map(str, words), flush=True)
    done = subprocess.run(line, cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def main() -> None:
    """Make it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a small one in build/model-quick")
    parser.add_argument("--data-only", action="store_true", help="stop after the data set")
    given = parser.parse_args()
    build = ROOT / "build" / ("model-quick" if given.quick else "model")
    store, trained = build / "simulated.zarr", build / "trained"
    bundled = build / NAME if given.quick else ROOT / "resources" / "models" / NAME
    started = time.monotonic()
    if not store.exists():
        sizes = [word for key, value in (QUICK if given.quick else SCENES).items() for word in (f"--{key}", value)]
        command("dataset", "simulate", *sizes, "-o", store)
    if given.data_only:
        return
    if not trained.exists():
        short = ("--steps", 30, "--batch", 2, "--look-every", 15) if given.quick else ()
        words = ("--title", TITLE, "--licence", LICENCE, "--name", NAME)
        command("train", "--data", store, "--config", PLAN, *short, *words, "-o", trained)
    command("calibrate", "--model", trained, "--data", store, "--overwrite", "-o", bundled)
    describe(bundled, {})  # `make evaluate` adds the figures
    if not given.quick:
        keep_logs(trained.with_name(f"{trained.name}.run"))
    card = json.loads((bundled / "model.json").read_text(encoding="utf-8"))
    print(f"{card['id']} in {bundled}, {time.monotonic() - started:.0f} s")


def keep_logs(run: Path) -> None:
    """Copy the run's plan and figures into the repository."""
    folder = ROOT / "docs" / "bundled-model"
    folder.mkdir(parents=True, exist_ok=True)
    for name in LOGS:
        shutil.copyfile(run / name, folder / name)


if __name__ == "__main__":
    main()
