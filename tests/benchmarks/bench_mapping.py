"""Band-ratio mapping of a large scene against the floor: reading the blocks, the bare ratio, writing the rasters.

    python tests/benchmarks/bench_mapping.py [--size 10980] [--repeats 3] [--out build/bench]

The scene is made once: six bands, uint16, tiled, deflated, with relief, snow, rock and sensor noise. The floor is
what one would write with rasterio and numpy in an hour: it reads, of the same blocks, the bands that the model
reads, divides, and writes both rasters as cloud-optimised GeoTIFF with GDAL's own driver on all cores. A ramp of the
ratio around 2, so that what it writes deflates as well as what we write: the bare ratio would be 13 times as large
and the floor twice as slow. Each run is a process of its own; runs are interleaved, and medians and ratios are
written to mapping.json.

A view far too large for memory must stream, so a second pair of scenes differs in height alone: twice the rows may
not take more memory. Both fill GDAL's cache of blocks, which is bounded at 256 MiB.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
BANDS = ("blue", "green", "red", "nir", "swir1", "swir2")
READ = (1, 2, 3, 4, 5)
TILE = 512
ROCK = (1200, 1400, 1600, 2000, 2400, 2100)
ICE = (7000, 6800, 6500, 5500, 700, 500)
PEAK_LIMIT_MB = 1536
WALL_LIMIT = 1.5
TALL_COLS, TALL_ROWS = 2048, (16384, 32768)
FLAT_LIMIT = 1.1


def make_scene(path: Path, shape_yx: tuple[int, int]) -> None:
    """Write the scene strip by strip, seeded; noise of one per cent and more makes it deflate as real ones do."""
    import numpy as np
    import rasterio
    from scipy import ndimage

    rng, (height, width) = np.random.default_rng(20), shape_yx
    coarse = ndimage.gaussian_filter(rng.standard_normal((height // 16 + 3, width // 16 + 3)), 6)
    coarse /= coarse.std()
    texture = rng.standard_normal((4096, 4096), dtype=np.float32)
    profile = {
        "driver": "GTiff", "width": width, "height": height, "count": 6, "dtype": "uint16", "nodata": 0, "tiled": True,
        "blockxsize": TILE, "blockysize": TILE, "compress": "deflate", "predictor": 2, "interleave": "band",
        "crs": "EPSG:32632", "transform": rasterio.Affine(10, 0, 600000, 0, -10, 5200020), "num_threads": 2,
        "bigtiff": "yes",
    }  # fmt: skip
    partial = path.with_suffix(".part.tif")
    with rasterio.open(partial, "w", **profile) as scene:
        scene.scales, scene.offsets = (1e-4,) * 6, (0.0,) * 6
        for band, name in enumerate(BANDS, start=1):
            scene.set_band_description(band, name)
        for row in range(0, height, TILE):
            rows = min(TILE, height - row)
            window = rasterio.windows.Window(0, row, width, rows)
            for band, pixels in enumerate(strip(coarse, texture, row, (rows, width)), start=1):
                scene.write(pixels, band, window=window)
    partial.rename(path)


def strip(coarse, texture, row: int, shape: tuple[int, int]):
    """Six bands of `shape` from `row` on: snow above a line of the relief, rock below, light, noise, a corner empty."""
    import numpy as np
    from scipy import ndimage

    ys = (row + np.arange(shape[0])) / 16.0
    xs = np.arange(shape[1]) / 16.0
    relief = ndimage.map_coordinates(coarse, np.meshgrid(ys, xs, indexing="ij"), order=1).astype(np.float32)
    at_y = (row + np.arange(shape[0])) % texture.shape[0]
    for band in range(6):
        grain = texture[at_y][:, (np.arange(shape[1]) * 1 + 577 * band) % texture.shape[1]]
        snow = np.clip((relief - 0.8) * 12 + 0.5 + 0.1 * grain, 0, 1)
        light = 0.75 + 0.2 * np.sin(relief * 9)
        value = (ROCK[band] + (ICE[band] - ROCK[band]) * snow) * light * (1 + 0.02 * grain) + 15 * grain
        pixels = np.clip(value, 1, 20000).astype(np.uint16)
        pixels[:, : max(0, shape[1] // 6 - row // 3)] = 0
        yield pixels


def run_floor(scene: Path, out: Path) -> None:
    """Read, divide, write: strips of block rows, one loop, then GDAL's COG driver on both rasters."""
    import numpy as np
    import rasterio
    from rasterio.shutil import copy
    from rasterio.windows import Window

    out.mkdir(parents=True)
    with rasterio.open(scene) as source:
        profile = {
            "driver": "GTiff", "width": source.width, "height": source.height, "count": 1, "dtype": "float32",
            "nodata": float("nan"), "crs": source.crs, "transform": source.transform, "tiled": True,
            "blockxsize": TILE, "blockysize": TILE, "bigtiff": "if_safer",
        }  # fmt: skip
        paths = [out / "first.tmp.tif", out / "second.tmp.tif"]
        with rasterio.open(paths[0], "w", **profile) as first, rasterio.open(paths[1], "w", **profile) as second:
            for row in range(0, source.height, TILE):
                window = Window(0, row, source.width, min(TILE, source.height - row))
                bands = source.read(READ, window=window)
                red, swir1 = bands[2].astype(np.float32), bands[4].astype(np.float32)
                with np.errstate(divide="ignore", invalid="ignore"):
                    ratio = red / swir1
                glacier = np.clip(ratio - 1.5, 0, 1)
                first.write(glacier, 1, window=window)
                second.write(np.abs(2 * glacier - 1), 1, window=window)
    options = {"driver": "COG", "compress": "deflate", "predictor": "yes", "resampling": "average"}
    for path, name in zip(paths, ("probability.tif", "confidence.tif")):
        copy(path, out / name, num_threads="all_cpus", bigtiff="if_safer", **options)
        path.unlink()


def run_map(scene: Path, out: Path, outlines: bool) -> None:
    """The project's own mapping, with or without the tracing at its end."""
    from glacier_mapper.core.request import BandSource, MapRequest
    from glacier_mapper.core.roles import Role
    from glacier_mapper.runner.mapping import engine

    sources = tuple(BandSource(Role(name), str(scene), band) for band, name in enumerate(BANDS, start=1))
    if not outlines:
        engine.trace_outlines = lambda *_: engine.OutlineSummary(0, 0.0)
    engine.map_glaciers(MapRequest(sources, str(out)), lambda _: None, lambda: False)


CASES = {
    "floor": run_floor,
    "rasters": lambda scene, out: run_map(scene, out, outlines=False),
    "all_products": lambda scene, out: run_map(scene, out, outlines=True),
}


def child(case: str, scene: Path, out: Path) -> None:
    """Run one case and print its wall and CPU seconds, without imports, and the peak memory of the process."""
    import numpy  # noqa: F401
    import rasterio  # noqa: F401

    start, cpu = time.perf_counter(), time.process_time()
    CASES[case](scene, out)
    wall_s, cpu_s = time.perf_counter() - start, time.process_time() - cpu
    figures = {"wall_s": round(wall_s, 3), "cpu_s": round(cpu_s, 3), "peak_mb": round(peak_mb(), 1)}
    print(json.dumps({**figures, "output_mb": sum(p.stat().st_size for p in out.glob("*.tif")) / 1e6}))


def peak_mb() -> float:
    """The most memory this process has held, MiB; from /proc where it is, as getrusage counts the parent's too."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)


def measure(case: str, scene: Path, out: Path) -> dict[str, float]:
    """One case in a process of its own."""
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, __file__, "--child", case, "--scene", str(scene), "--out", str(out)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    shutil.rmtree(out, ignore_errors=True)
    return json.loads(done.stdout.splitlines()[-1])


def peak_by_height(folder: Path) -> dict:
    """Peak memory of mapping scenes that differ in height alone, and whether it is flat."""
    peaks = []
    for rows in TALL_ROWS:
        scene = folder / f"scene_{rows}x{TALL_COLS}.tif"
        make_scene(scene, (rows, TALL_COLS))
        peaks.append(measure("rasters", scene, folder / "mapping_run")["peak_mb"])
        scene.unlink()
        print("height", rows, "peak_mb", peaks[-1], file=sys.stderr)
    ratio = round(peaks[-1] / peaks[0], 3)
    return {
        "cols": TALL_COLS, "rows": TALL_ROWS, "peak_mb": peaks, "ratio": ratio, "limit": FLAT_LIMIT,
        "flat": ratio <= FLAT_LIMIT,
    }  # fmt: skip


def summary(size: int, runs: dict[str, list[dict[str, float]]]) -> dict:
    """Medians of each case, the ratio to the floor as the median over rounds, and whether the targets are met."""
    medians = {
        case: {key: round(statistics.median(run[key] for run in found), 3) for key in found[0]}
        for case, found in runs.items()
    }
    ratios, cpu_ratios = (
        {
            case: round(statistics.median(a[key] / b[key] for a, b in zip(found, runs["floor"])), 3)
            for case, found in runs.items()
            if case != "floor"
        }
        for key in ("wall_s", "cpu_s")
    )
    met = ratios["rasters"] <= WALL_LIMIT and medians["rasters"]["peak_mb"] <= PEAK_LIMIT_MB
    return {
        "size_px": size,
        "medians": medians,
        "wall_over_floor": ratios,
        "cpu_over_floor": cpu_ratios,
        "targets": {"wall_over_floor": WALL_LIMIT, "peak_mb": PEAK_LIMIT_MB},
        "met": met,
        "runs": runs,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=10980)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--cases", nargs="+", default=list(CASES), choices=list(CASES))
    parser.add_argument("--skip-height", action="store_true", help="leave out the pair of scenes of unequal height")
    parser.add_argument("--child", choices=list(CASES), help=argparse.SUPPRESS)
    parser.add_argument("--scene", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(given.child, given.scene, given.out)
        return 0
    given.out.mkdir(parents=True, exist_ok=True)
    scene = given.out / f"scene_{given.size}.tif"
    if not scene.exists():
        print(f"making {scene} ...", file=sys.stderr)
        make_scene(scene, (given.size, given.size))
    runs: dict[str, list[dict[str, float]]] = {case: [] for case in given.cases}
    for _ in range(given.repeats):
        for case, found in runs.items():
            found.append(measure(case, scene, given.out / "mapping_run"))
            print(case, found[-1], file=sys.stderr)
    result = summary(given.size, runs)
    if not given.skip_height:
        result["peak_by_height"] = peak_by_height(given.out)
        result["met"] = result["met"] and result["peak_by_height"]["flat"]
    (given.out / "mapping.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps({key: result[key] for key in ("wall_over_floor", "cpu_over_floor", "targets", "met")}))
    return 0 if result["met"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
