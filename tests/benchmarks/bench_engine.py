"""Scenes mapped with networks against the bare network: what reading, scaling, blending and writing cost beside it.

    python tests/benchmarks/bench_engine.py [--patches 80] [--repeats 3] [--only glavitu compact memory start]

*Overhead.* A scene is mapped whole (read, scale, cut with 50 % overlap, predict, blend, write both rasters; outlines
are not traced) and its time divided by that of bare ONNX Runtime on the same patches, cut and scaled before the clock
starts, run by the same number of workers on the same session. Both run in one process, in turn, several rounds; the
ratio is the median over rounds. GlaViTU has the golden fixture's random weights, imported; `compact` seeded ones.

*Memory.* A tiny network over 10980 x 10980 pixels of 8 bands, and over scenes that differ in height alone, each in a
process of its own; GlaViTU over the full width with the least height that is not held whole, as memory does not grow
with the height, and once more computed: the tiny network's peak with what GlaViTU's session takes in place of its own.

*Start.* In a process that has mapped a view once, the time from the second request to the first patch on its way into
the network.

Written to build/bench/engine.json.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT.parent / "shared" / "golden"
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "runner")]
OPTICAL = ("blue", "green", "red", "nir", "swir1", "swir2")
LIMITS = {"glavitu": 1.05, "compact": 1.15, "peak_mb": 2000, "flat": 1.1, "start_s": 0.3}
TILE = 512
HEIGHTS, TALL_COLS = (8192, 32768), 2048
"""Both too large to be held whole, and enough to fill GDAL's cache of blocks."""
WIDE_ROWS = 1152
"""At 10980 columns and 8 bands more than is held whole."""


def make_scene(folder: Path, shape_yx: tuple[int, int]) -> dict[str, Path]:
    """Optical bands, uint16 with 2 % noise, and elevation, float32, tiled and deflated as such files come."""
    import numpy as np
    import rasterio
    from scipy import ndimage

    rng, (height, width) = np.random.default_rng(4), shape_yx
    paths = {"optical": folder / f"optical_{height}x{width}.tif", "elevation": folder / f"dem_{height}x{width}.tif"}
    if all(path.exists() for path in paths.values()):
        return paths
    shared = {
        "driver": "GTiff", "width": width, "height": height, "tiled": True, "blockxsize": TILE, "blockysize": TILE,
        "compress": "deflate", "crs": "EPSG:32632", "transform": rasterio.Affine(10, 0, 6e5, 0, -10, 5.2e6),
        "interleave": "band", "num_threads": 2,
    }  # fmt: skip
    relief = ndimage.zoom(ndimage.gaussian_filter(rng.standard_normal((TILE // 8, width // 8 + 2)), 4), 8, order=1)
    relief = (relief[:TILE, :width] / relief.std()).astype(np.float32)
    grain = rng.standard_normal((TILE, width), dtype=np.float32)
    profiles = {
        "optical": {"count": 6, "dtype": "uint16", "nodata": 0, "predictor": 2},
        "elevation": {"count": 1, "dtype": "float32", "predictor": 3},
    }
    for name, path in paths.items():
        with rasterio.open(path.with_suffix(".part.tif"), "w", **shared, **profiles[name]) as raster:
            if name == "optical":
                raster.scales, raster.offsets = (1e-4,) * 6, (0.0,) * 6
                raster.descriptions = OPTICAL
            for row in range(0, height, TILE):
                rows = min(TILE, height - row)
                turned = np.roll(relief, row // TILE * 37, axis=1)[:rows]
                window = rasterio.windows.Window(0, row, width, rows)
                if name == "elevation":
                    raster.write((2500 + 400 * turned + grain[:rows]).astype(np.float32), 1, window=window)
                    continue
                for band in range(6):
                    bright = np.where(turned > 0.5, 6500 - 1000 * band, 1500 + 150 * band)
                    pixels = np.clip(bright * (1 + 0.02 * np.roll(grain[:rows], 91 * band, axis=1)), 1, 65000)
                    raster.write(pixels.astype(np.uint16), band + 1, window=window)
        path.with_suffix(".part.tif").rename(path)
    return paths


def packages(folder: Path, names: list[str]) -> dict[str, Path]:
    """The networks to measure, made once."""
    found = {}
    if "glavitu" in names:
        found["glavitu"] = folder / "glavitu"
        if not found["glavitu"].exists():
            weights = folder / "glavitu.h5"
            run_python(GOLDEN / "make_h5.py", GOLDEN / "global_layout.json", weights)
            words = ("--architecture", "glavitu", "--inputs", "optical,dem", "--stats", GOLDEN / "stats.json")
            run_python("-m", "glacier_mapper.runner", "import-keras", weights, *words, "-o", found["glavitu"])
    if "compact" in names:
        found["compact"] = folder / "compact"
        if not found["compact"].exists():
            export_compact(found["compact"])
    if "tiny" in names:
        from tiny_networks import tiny_package

        found["tiny"] = folder / "tiny"
        if not found["tiny"].exists():
            tiny_package(found["tiny"], ("optical", "dem"), side=384, card={"golden": ""})
    return found


def export_compact(out: Path) -> None:
    """`compact` with seeded weights; no one has trained it for this."""
    import torch

    from glacier_mapper.core.branches import Branch
    from glacier_mapper.core.model_card import Location
    from glacier_mapper.runner.architectures.registry import build
    from glacier_mapper.runner.architectures.weights_file import save_weights

    torch.manual_seed(1)
    weights = out.with_suffix(".npz")
    save_weights(build("compact", tuple(Branch), Location.NONE), weights)
    words = ("--architecture", "compact", "--stats", GOLDEN / "stats.json")
    run_python("-m", "glacier_mapper.runner", "export", weights, *words, "-o", out)


def run_python(*words: object) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path[:2])}
    command = [sys.executable, *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    return done.stdout


def request_for(paths: dict[str, Path], package: Path, out: Path, shape_yx: tuple[int, int] | None = None):
    """A mapping of the scene, or of its upper left part."""
    from glacier_mapper.core.extent import Extent
    from glacier_mapper.core.request import BandSource, MapRequest, NetworkSettings
    from glacier_mapper.core.roles import Role

    sources = [BandSource(Role(name), str(paths["optical"]), band) for band, name in enumerate(OPTICAL, start=1)]
    sources.append(BandSource(Role.ELEVATION, str(paths["elevation"])))
    extent = None
    if shape_yx:
        rows, cols = shape_yx
        extent = Extent(6e5, 5.2e6 - 10 * rows, 6e5 + 10 * cols, 5.2e6, "EPSG:32632")
    network = NetworkSettings(overlap=0.5)
    return MapRequest(
        tuple(sources), str(out), model=str(package), extent=extent, device="cpu", overwrite=True, network=network
    )


def map_it(request) -> float:
    """Seconds of a mapping without the tracing."""
    from glacier_mapper.runner.mapping import engine

    engine.trace_outlines = lambda *_: engine.OutlineSummary(0, 0.0)
    started = time.perf_counter()
    engine.map_glaciers(request, lambda _: None, lambda: False)
    return time.perf_counter() - started


def timed(work: Callable[[], float]) -> dict[str, float]:
    """Wall and processor seconds of `work`, which gives its wall seconds."""
    cpu = time.process_time()
    wall_s = work()
    return {"wall_s": wall_s, "cpu_s": time.process_time() - cpu}


def preloaded(request):
    """Every batch of the request's scene, cut and scaled, and the session that the mapping runs, with its slots."""
    from glacier_mapper.runner.mapping.feature_rows import FeatureRows
    from glacier_mapper.runner.mapping.patch_plan import plan_patches
    from glacier_mapper.runner.models import load_model
    from glacier_mapper.runner.models.predictors import open_predictor
    from glacier_mapper.runner.scene import open_scene

    network = load_model(request.model, request)
    predictor = open_predictor(network.package, request)
    import numpy as np

    batches = []
    with open_scene(request) as scene:
        network.prepare(scene, lambda: False)
        plan = plan_patches(scene, network, 0)
        rows = FeatureRows(scene, network, plan, lambda: False)
        for first in range(0, len(plan.patches), predictor.batch):
            group = plan.patches[first : first + predictor.batch]
            side = plan.lattice.side
            arrays = {
                spec.branch.value: np.empty((len(group), len(spec.scalings), side, side), np.float32)
                for spec in network.card.branches
            }
            for place, patch in enumerate(group):
                rows.cut(patch, {name: array[place] for name, array in arrays.items()})
            batches.append(arrays)
        rows.close()
    return batches, predictor


def bare(batches, predictor) -> float:
    """Seconds of the network alone: the session run by as many threads as the mapping uses, nothing kept."""
    (session,) = predictor._sessions
    name = session.get_outputs()[0].name
    started = time.perf_counter()
    with ThreadPoolExecutor(predictor.slots) as pool:
        list(pool.map(lambda feeds: session.run([name], feeds)[0].shape, batches))
    return time.perf_counter() - started


def overhead(name: str, package: Path, folder: Path, options) -> dict:
    """Rounds of the whole mapping and the bare network in turn."""
    across = max(2, round(options.patches[name] ** 0.5))
    side = 384 + 192 * (across - 1)
    paths = make_scene(folder, (4096, 4096))
    request = request_for(paths, package, folder / f"out_{name}", (side, side))
    map_it(request)  # measures how to run it, fills caches
    batches, predictor = preloaded(request)
    rounds = []
    for _ in range(options.repeats):
        before = timed(lambda: bare(batches, predictor))
        whole = timed(lambda: map_it(request))
        after = timed(lambda: bare(batches, predictor))
        ratios = {key: 2 * whole[key] / (before[key] + after[key]) for key in whole}
        rounds.append({"bare": [before, after], "whole": whole, "ratio": ratios["wall_s"], "cpu": ratios["cpu_s"]})
        print(name, rounds[-1], file=sys.stderr, flush=True)
    shutil.rmtree(folder / f"out_{name}", ignore_errors=True)
    return {
        "side_px": side, "patches": sum(len(batch["optical"]) for batch in batches), "rounds": rounds,
        "slots": predictor.slots, "batch": predictor.batch, "outlines": "not traced",
        "ratio": statistics.median(one["ratio"] for one in rounds),
        "cpu_ratio": statistics.median(one["cpu"] for one in rounds),
    }  # fmt: skip


def peak_mb() -> float:
    """The most this process has held, MB."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024 / 1e6


def child(case: str, folder: Path, package: Path, shape_yx: tuple[int, int]) -> None:
    """One case in a process of its own; prints its figures."""
    if case == "map":
        request = request_for(make_scene(folder, shape_yx), package, folder / "out_memory")
        seconds = map_it(request)
        report = json.loads((folder / "out_memory" / "report.json").read_text())
        figures = {"seconds": seconds, "order": report["tiles"]["order"], "tiles": report["tiles"]["tiles"]}
    elif case == "session":
        figures = session_memory(package)
    else:
        figures = second_start(folder, package)
    shutil.rmtree(folder / "out_memory", ignore_errors=True)
    print(json.dumps({**figures, "peak_mb": round(peak_mb())}))


def session_memory(package: Path) -> dict:
    """What a network's session takes with all its slots at work, above a process that has imported everything."""
    from glacier_mapper.runner.memory import resident_mb
    from glacier_mapper.runner.models.session import Wanted, open_session, sample_feeds
    from glacier_mapper.runner.models.store import find_package

    found = find_package(str(package))
    before = resident_mb()
    predictor = open_session(found, "cpu", Wanted())
    with ThreadPoolExecutor(predictor.slots) as pool:
        feeds = sample_feeds(found, predictor.batch)
        list(pool.map(lambda _: predictor.infer(feeds).shape, range(2 * predictor.slots)))
    return {"session_mb": round(peak_mb() - before), "slots": predictor.slots, "batch": predictor.batch}


def second_start(folder: Path, package: Path) -> dict:
    """Seconds from the second request for a view to its first patch going into the network."""
    from glacier_mapper.runner.mapping import patch_queue

    paths = make_scene(folder, (4096, 4096))
    request = request_for(paths, package, folder / "out_memory", (768, 768))
    begun: list[float] = []
    compute: Callable = patch_queue.PatchQueue._compute

    def watched(self, feeds):
        begun.append(time.perf_counter())
        return compute(self, feeds)

    patch_queue.PatchQueue._compute = watched
    map_it(request)
    starts = []
    for _ in range(3):
        begun.clear()
        started = time.perf_counter()
        map_it(request)
        starts.append(min(begun) - started)
    return {"starts_s": starts, "start_s": statistics.median(starts)}


def in_child(case: str, folder: Path, package: Path, shape_yx: tuple[int, int] = (0, 0)) -> dict:
    words = ("--child", case, "--out", folder, "--package", package, "--shape", *shape_yx)
    figures = json.loads(run_python(Path(__file__), *words).splitlines()[-1])
    print(case, package.name, shape_yx, figures, file=sys.stderr, flush=True)
    return figures


def memory(folder: Path, found: dict[str, Path], size: int) -> dict:
    """Peaks of the tiny network by size, and what GlaViTU's session would add."""
    tall = [in_child("map", folder, found["tiny"], (rows, TALL_COLS)) for rows in HEIGHTS]
    large = in_child("map", folder, found["tiny"], (size, size))
    sessions = {name: in_child("session", folder, found[name]) for name in ("tiny", "glavitu") if name in found}
    result = {"by_height": dict(zip(map(str, HEIGHTS), tall)), "large": large, "sessions": sessions, "size_px": size}
    result["flat"] = tall[1]["peak_mb"] / tall[0]["peak_mb"]
    result["peak_mb"] = large["peak_mb"]
    if "glavitu" in sessions:
        added = sessions["glavitu"]["session_mb"] - sessions["tiny"]["session_mb"]
        result["peak_mb_glavitu_computed"] = large["peak_mb"] + added
        result["wide"] = in_child("map", folder, found["glavitu"], (WIDE_ROWS, size))
        result["peak_mb_glavitu"] = result["wide"]["peak_mb"]
    return result


def targets(results: dict) -> dict:
    """What was measured against what is asked."""
    measured = {
        "glavitu_over_bare": (results.get("glavitu", {}).get("ratio"), LIMITS["glavitu"]),
        "compact_over_bare": (results.get("compact", {}).get("ratio"), LIMITS["compact"]),
        "peak_mb": (results.get("memory", {}).get("peak_mb"), LIMITS["peak_mb"]),
        "peak_mb_glavitu": (results.get("memory", {}).get("peak_mb_glavitu"), LIMITS["peak_mb"]),
        "peak_tall_over_low": (results.get("memory", {}).get("flat"), LIMITS["flat"]),
        "second_start_s": (results.get("start", {}).get("start_s"), LIMITS["start_s"]),
    }
    return {
        name: {"value": value, "limit": limit, "met": value <= limit}
        for name, (value, limit) in measured.items()
        if value is not None
    }


def keep(written: Path, results: dict) -> None:
    """Write what is known so far."""
    results["targets"] = targets(results)
    written.write_text(json.dumps(results, indent=2) + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--patches-glavitu", type=int, default=25)
    parser.add_argument("--patches-compact", type=int, default=196)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--size", type=int, default=10980, help="side of the large scene, pixels")
    parser.add_argument("--only", nargs="+", default=["glavitu", "compact", "memory", "start"])
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--package", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--shape", nargs=2, type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    given.patches = {"glavitu": given.patches_glavitu, "compact": given.patches_compact}
    folder = given.out / "engine"
    if given.child:
        child(given.child, given.out, given.package, tuple(given.shape))
        return 0
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["GLACIER_MAPPER_CACHE"] = str(folder / "cache")
    names = ["glavitu"] if {"glavitu", "start", "memory"} & set(given.only) and GOLDEN.is_dir() else []
    names += ["compact"] if "compact" in given.only else []
    found = packages(folder, [*names, "tiny"])
    written = given.out / "engine.json"
    results = json.loads(written.read_text()) if written.exists() else {}
    for name in ("glavitu", "compact"):
        if name in given.only and name in found:
            results[name] = overhead(name, found[name], folder, given)
            keep(written, results)
    if "start" in given.only and "glavitu" in found:
        results["start"] = in_child("start", folder, found["glavitu"])
        keep(written, results)
    if "memory" in given.only:
        results["memory"] = memory(folder, found, given.size)
    keep(written, results)
    print(json.dumps(results["targets"], indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
