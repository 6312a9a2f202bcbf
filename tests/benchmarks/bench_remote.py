"""A patch on a model server against the same patch in this process: a real Triton on loopback, binary tensors.

    python tests/benchmarks/bench_remote.py [--rounds 4] [--patches 4] [--only glavitu|small] [--out build/bench]

Both sides run the network in the same way (as many ONNX Runtime sessions side by side, as many threads each), and
client and server share this machine's cores, so that the ratio is what the way costs: packing, sending, Triton's Python
backend, and back. Rounds are interleaved, ours first in one, the server's in the next; the ratio is that of the
medians over rounds, and the median of the rounds' own ratios stands beside it. GlaViTU is imported from the golden
weights in ../shared where they are; else a plain convolutional network of similar cost stands in, and the figures say
so. The small network is there for information: it has next to nothing to compute, so that the way is all that is
measured.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
for folder in (ROOT, ROOT / "tests" / "runner", ROOT / "tests" / "servers"):
    sys.path.insert(0, str(folder))
GOLDEN = ROOT.parent / "shared" / "golden"
LIMIT = 1.15
SIDE = 384


def glavitu(folder: Path):
    """GlaViTU as a package, and what it is; a network of similar cost without the golden weights."""
    from tiny_networks import tiny_package

    from glacier_mapper.runner.models.package import open_package

    package = folder / "glavitu"
    if not (GOLDEN / "make_h5.py").is_file():
        return tiny_package(package, side=SIDE, deep=True, filters=96, layers=6), "convolutions instead of GlaViTU"
    weights = folder / "glavitu.h5"
    layout, stats = GOLDEN / "global_layout.json", GOLDEN / "stats.json"
    subprocess.run([sys.executable, str(GOLDEN / "make_h5.py"), str(layout), str(weights)], check=True, stdout=2)
    subprocess.run(
        [sys.executable, "-m", "glacier_mapper.runner", "import-keras", str(weights), "--architecture", "glavitu",
         "--inputs", "optical,dem", "--stats", str(stats), "-o", str(package), "--json"],
        check=True, cwd=ROOT, stdout=2,
    )  # fmt: skip
    return open_package(package), "GlaViTU, optical and dem, golden weights"


def small(folder: Path):
    """Three small convolutions."""
    from tiny_networks import tiny_package

    return tiny_package(folder / "small", side=SIDE, deep=True, filters=8, layers=3), "three convolutions of 8 filters"


def patches_of(package, count: int):
    """`count` patches of random values, one a batch."""
    import numpy as np

    rng = np.random.default_rng(1)
    bands = {spec.branch.value: len(spec.scalings) for spec in package.card.branches}
    return [
        {name: rng.random((1, length, SIDE, SIDE), np.float32) for name, length in bands.items()} for _ in range(count)
    ]


def seconds(predictor, patches, slots: int) -> float:
    """Wall time of all patches, `slots` at once."""
    started = time.perf_counter()
    with ThreadPoolExecutor(slots) as pool:
        for done in [pool.submit(predictor.infer, feeds) for feeds in patches]:
            done.result()
    return time.perf_counter() - started


def compare(name: str, make, options, folder: Path) -> dict:
    """The figures of one network."""
    import numpy as np
    from real_servers import triton

    from glacier_mapper.core.request import BandSource, MapRequest, NetworkSettings
    from glacier_mapper.core.roles import Role
    from glacier_mapper.runner.models.remote import open_remote
    from glacier_mapper.runner.models.session import Wanted, open_session

    package, title = make(folder)
    cores = os.cpu_count() or 1
    here = open_session(package, "cpu", Wanted(cores, 1))
    slots, threads = here.slots, max(1, cores // here.slots)
    patches = patches_of(package, options.patches if name == "glavitu" else 20 * options.patches)
    way = ("--instances", str(slots), "--threads", str(threads), "--batch", "1")
    with triton({package.card.name: package.model_path}, folder, *way) as server:
        settings = NetworkSettings(batch=1, on_server_loss="stop")
        request = MapRequest((BandSource(Role.RED, "none"),), "none", device=server.url, network=settings)
        there = open_remote(package, request, lambda: here)
        difference = max(float(np.abs(here.infer(one) - there.infer(one)).max()) for one in patches[:2])
        rounds = {"here": [], "there": []}
        for turn in range(options.rounds):
            order = ("here", "there") if turn % 2 == 0 else ("there", "here")
            for side in order:
                predictor, at_once = (here, slots) if side == "here" else (there, there.slots)
                rounds[side].append(seconds(predictor, patches, at_once) / len(patches))
                print(f"{name} {side}: {1000 * rounds[side][-1]:.1f} ms a patch", flush=True)
        there_slots = there.slots
        there.close()
    return {
        "network": title,
        "sessions_side_by_side": slots,
        "threads_each": threads,
        "requests_at_once": there_slots,
        "patch_ms": {side: [round(1000 * one, 2) for one in rounds[side]] for side in rounds},
        "ratio": statistics.median(rounds["there"]) / statistics.median(rounds["here"]),
        "ratio_of_rounds": statistics.median(b / a for a, b in zip(rounds["here"], rounds["there"])),
        "overhead_ms_a_patch": 1000 * (statistics.median(rounds["there"]) - statistics.median(rounds["here"])),
        "largest_difference": difference,
    }


def main() -> int:
    """Measure, print and write remote.json."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--patches", type=int, default=4)
    parser.add_argument("--only", choices=("glavitu", "small"))
    parser.add_argument("--out", default=str(ROOT / "build" / "bench"))
    options = parser.parse_args()
    if not (ROOT / ".venv-servers" / "bin" / "python").exists():
        print("There is no .venv-servers here: nothing to measure against.", file=sys.stderr)
        return 1
    networks = {"small": small, "glavitu": glavitu}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GLACIER_MAPPER_CACHE"] = folder
        found = {
            name: compare(name, make, options, Path(folder))
            for name, make in networks.items()
            if options.only in (None, name)
        }
    targets = {}
    if "glavitu" in found:
        value = found["glavitu"]["ratio"]
        targets["glavitu_remote_over_in_process"] = {"value": value, "limit": LIMIT, "met": value <= LIMIT}
    figures = {"targets": targets, "load_average": os.getloadavg(), **found}
    Path(options.out).mkdir(parents=True, exist_ok=True)
    (Path(options.out) / "remote.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
