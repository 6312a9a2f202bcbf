"""`make model`: the bundled model from nothing, by the runner's own commands, each step left out once it is done.

    build/model/simulated.zarr     the data set of simulated scenes
    build/model/trained            the package as it was trained first, beside the run's checkpoints and logs
    build/model/trained-on         the package after it was trained on, from a high rate once more
    resources/models/compact       the package that is bundled: calibrated, with its card
    docs/bundled-model/            the run's logs

A run that was stopped goes on where it was. `--quick` makes a small one in build/model-quick, to see that it works.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from evaluation.card import describe  # noqa: E402

PLAN, PLAN_ON = (Path(__file__).with_name(name) for name in ("compact_plan.json", "compact_plan_on.json"))
NAME, TITLE, LICENCE = "compact", "Glacier Mapper compact", "CC0-1.0"
LOGS = ("training.json", "looks.jsonl", "steps.jsonl")
SCENES = {"places": 1200, "views": 3, "tile-px": 256, "seed": 1, "without-ice": 0.25, "split": "96/2/2"}
QUICK = {**SCENES, "places": 12, "tile-px": 128, "split": "60/20/20"}


def command(*words: object) -> None:
    """Run a command of the model runner; ends here where it fails."""
    line = [sys.executable, "-m", "glacier_mapper.runner", *map(str, words)]
    print("$ python -m glacier_mapper.runner", *map(str, words), flush=True)
    done = subprocess.run(line, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def main() -> None:
    """Make it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a small one in build/model-quick")
    parser.add_argument("--data-only", action="store_true", help="stop after the data set")
    given = parser.parse_args()
    os.chdir(ROOT)  # paths from here on, so that the plan names none of this machine
    build = Path("build", "model-quick" if given.quick else "model")
    store, trained, trained_on = (build / name for name in ("simulated.zarr", "trained", "trained-on"))
    bundled = build / NAME if given.quick else Path("resources", "models", NAME)
    started = time.monotonic()
    if not store.exists():
        sizes = [word for key, value in (QUICK if given.quick else SCENES).items() for word in (f"--{key}", value)]
        command("dataset", "simulate", *sizes, "-o", store)
    if given.data_only:
        return
    short = ("--steps", 30, "--batch", 2, "--look-every", 15) if given.quick else ()
    words = ("--title", TITLE, "--licence", LICENCE, "--name", NAME)
    if not trained.exists():
        command("train", "--data", store, "--config", PLAN, *short, *words, "-o", trained)
    if not trained_on.exists():
        start = ("--model", trained, "--config", PLAN_ON)
        command("finetune", *start, "--data", store, *short, *words, "-o", trained_on)
    command("calibrate", "--model", trained_on, "--data", store, "--overwrite", "-o", bundled)
    describe(bundled, {})  # `make evaluate` adds the figures
    if not given.quick:
        keep_logs((trained, trained_on))
    card = json.loads((bundled / "model.json").read_text(encoding="utf-8"))
    print(f"{card['id']} in {bundled}, {time.monotonic() - started:.0f} s")


def keep_logs(packages: tuple[Path, ...]) -> None:
    """Copy the runs' plans and figures into the repository, a folder for each."""
    for package in packages:
        folder = ROOT / "docs" / "bundled-model" / package.name
        folder.mkdir(parents=True, exist_ok=True)
        for name in LOGS:
            shutil.copyfile(package.with_name(f"{package.name}.run") / name, folder / name)


if __name__ == "__main__":
    main()
