"""Training steps with the loader against the same steps on batches that lie ready in memory.

    python tests/benchmarks/bench_training.py

The plan is that of the bundled model (`tests/tools/compact_plan.json`), on a data set of simulated scenes that is read
from the disk as a training reads it: once, then its tiles stay unpacked in memory. Rounds of both take turns. At most
1 / 0.9: reading, cropping and changing tiles leave the processor at least 90 % of the bare step's throughput. Written
to build/bench/training.json.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]
PLACES, VIEWS, TILE_PX = 8, 3, 256
WARM, STEPS, ROUNDS = 2, 12, 4


def data_set(folder: Path) -> Path:
    """Simulated tiles on the disk, made once."""
    store = folder / "tiles.zarr"
    if not store.exists():
        words = ("--places", PLACES, "--views", VIEWS, "--tile-px", TILE_PX, "--split", "100/0/0", "-o", store)
        line = [sys.executable, "-m", "glacier_mapper.runner", "dataset", "simulate", *map(str, words)]
        subprocess.run(line, cwd=ROOT, check=True)
    return store


def main() -> int:
    from figures import target, write_figures

    from glacier_mapper.core.branches import Branch
    from glacier_mapper.core.model_card import Location
    from glacier_mapper.core.progress import Controls
    from glacier_mapper.runner.architectures.registry import build
    from glacier_mapper.runner.training.learn.batches import Crops
    from glacier_mapper.runner.training.learn.keeping import Kept, free_mb
    from glacier_mapper.runner.training.learn.plan import Plan
    from glacier_mapper.runner.training.learn.recipes import recipe_of
    from glacier_mapper.runner.training.learn.run import Run, Tiles
    from glacier_mapper.runner.training.tiles import open_tiles

    folder = ROOT / "build" / "bench" / "training"
    folder.mkdir(parents=True, exist_ok=True)
    tiles = Kept(open_tiles(str(data_set(folder))).tiles("train"), free_mb())
    told = json.loads((ROOT / "tests" / "tools" / "compact_plan.json").read_text(encoding="utf-8"))
    plan = Plan.from_json(told)
    steps = replace(plan.steps, count=WARM + STEPS, look_every=10**6, keep_every=10**6)
    plan = replace(plan, steps=steps)
    recipe = recipe_of("compact", tuple(Branch), Location.NONE, {})
    ready = [Crops(tiles, recipe, plan)[at] for at in range(WARM + STEPS)]
    controls = Controls(lambda _: None, lambda: False)

    def bare() -> float:
        run = Run(build("compact", tuple(Branch)), Tiles(tiles, ()), recipe, plan)
        for at, batch in enumerate(ready):
            if at == WARM:
                started = time.perf_counter()
            run._step(batch)
            run.state.step += 1
        return (time.perf_counter() - started) / STEPS

    def loaded() -> float:
        run = Run(build("compact", tuple(Branch)), Tiles(tiles, ()), recipe, plan)
        times = []
        told = replace(controls, on_progress=lambda _: times.append(time.perf_counter()))
        with tempfile.TemporaryDirectory() as place:
            run.go(Path(place), told)
        return (times[-1] - times[WARM - 1]) / STEPS

    rounds = [(bare(), loaded()) for _ in range(ROUNDS)]
    ratio = statistics.median(full / alone for alone, full in rounds)
    write_figures("training", {
        "cores": len(os.sched_getaffinity(0)), "bare_s": [one for one, _ in rounds],
        "loaded_s": [one for _, one in rounds], "targets": {"loaded step / bare step": target(ratio, 1 / 0.9)},
    })  # fmt: skip
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
