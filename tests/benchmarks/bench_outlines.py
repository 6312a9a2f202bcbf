"""Outlines: CPU time as ratios to GDAL's ways of doing it, error against analytic shapes, memory.

Run by `make bench`, or alone: `.venv/bin/python tests/benchmarks/bench_outlines.py [--quick]`.
Writes build/bench/outlines.json.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import rasterio
import shapely
from affine import Affine
from pyproj import CRS
from rasterio import features
from rasterio.transform import from_origin
from scipy import ndimage

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from glacier_mapper.core.outline_meta import OutlineMeta  # noqa: E402
from glacier_mapper.core.request import OutlineSettings  # noqa: E402
from glacier_mapper.runner.outlines import trace_outlines  # noqa: E402
from glacier_mapper.runner.outlines.crossings import Rule, find_crossings  # noqa: E402
from glacier_mapper.runner.outlines.lines import lines_of  # noqa: E402
from glacier_mapper.runner.outlines.placing import place_of  # noqa: E402
from glacier_mapper.runner.outlines.service import outline_rings  # noqa: E402

LIMITS = {
    "trace_to_shapes": 4.0, "trace_to_gdal_contour": 0.25, "full_to_gdal_contour": 0.25,
    "boundary_px": 0.02, "area_relative": 1e-5, "extra_mb": 1024.0,
}
STRIP_ROWS = 512
TRANSFORM = from_origin(600_000, 5_200_000, 10, 10)
CRS_WKT = CRS.from_epsg(32632).to_wkt()
NOTHING_SMALL = OutlineSettings(min_area_km2=0.0, smoothing=0.0)


def noise_field(size: int, grain_px: float = 12.5) -> np.ndarray:
    """Probability of about 2,000 glaciers of many forms in 4096², float32."""
    field = ndimage.gaussian_filter(np.random.default_rng(0).standard_normal((size, size), dtype="float32"), grain_px)
    return (1 / (1 + np.exp(-4 * (field / field.std() - 1.25)))).astype("float32")


def write(path: Path, probability: np.ndarray) -> Path:
    """A tiled, deflated GeoTIFF with NaN as no data."""
    rows, cols = probability.shape
    profile = {"driver": "GTiff", "dtype": "float32", "count": 1, "height": rows, "width": cols, "nodata": np.nan,
               "crs": "EPSG:32632", "transform": TRANSFORM, "tiled": True, "compress": "deflate",
               "blockxsize": 512, "blockysize": 512}
    with rasterio.open(path, "w", **profile) as raster:
        raster.write(probability, 1)
    return path


def polygons_of(probability: np.ndarray, settings: OutlineSettings) -> np.ndarray:
    """Outlines of a field in memory, without attributes."""
    rows, cols = probability.shape
    place = place_of(Affine(*TRANSFORM[:6]), CRS_WKT, (rows, cols))
    strips = (probability[row : row + STRIP_ROWS] for row in range(0, rows, STRIP_ROWS))
    crossings = find_crossings(strips, cols, Rule(settings.threshold, measure=False))
    return lines_of(outline_rings(crossings, place, settings), crossings, place, settings.threshold).polygons()


def cpu_seconds(action) -> float:
    """CPU seconds of this process and of what it started."""
    def used() -> float:
        return sum(resource.getrusage(who).ru_utime + resource.getrusage(who).ru_stime
                   for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))

    begun = used()
    action()
    return used() - begun


def measure_speed(folder: Path, size: int, repeats: int) -> dict:
    """Medians of interleaved repeats, CPU seconds, and their ratios."""
    probability = noise_field(size)
    path, out = write(folder / "probability.tif", probability), folder / "outlines.gpkg"
    mask = (probability >= 0.5).astype("uint8")
    contour = ["gdal_contour", "-q", "-p", "-fl", "0.5", "-amin", "low", str(path), str(folder / "contour.gpkg")]
    kinds = {
        "shapes": lambda: list(features.shapes(mask, mask=mask.astype(bool), transform=TRANSFORM)),
        "trace": lambda: polygons_of(probability, OutlineSettings()),
        "full": lambda: trace_outlines(path, OutlineSettings(), OutlineMeta(model="bench"), out),
        "gdal_contour": lambda: (folder / "contour.gpkg").unlink(missing_ok=True)
        or subprocess.run(contour, check=True, capture_output=True),
    }
    if shutil.which("gdal_contour") is None:
        del kinds["gdal_contour"]
    runs = {name: [] for name in kinds}
    for _ in range(repeats):
        for name, action in kinds.items():
            runs[name].append(cpu_seconds(action))
    seconds = {name: statistics.median(values) for name, values in runs.items()}
    ratios = {f"{name}_to_shapes": seconds[name] / seconds["shapes"] for name in ("trace", "full")}
    if "gdal_contour" in seconds:
        ratios["trace_to_gdal_contour"] = seconds["trace"] / seconds["gdal_contour"]
        ratios["full_to_gdal_contour"] = seconds["full"] / seconds["gdal_contour"]
    count = len(polygons_of(probability, NOTHING_SMALL))
    return {"size_px": size, "pieces": count, "cpu_seconds": seconds, "runs": runs, "ratios": ratios}


def ellipse_errors(axes_px: tuple[float, float], ramp) -> dict:
    """Error of the outline of an ellipse whose 0.5 level is known: largest distance in pixels, relative area.

    `ramp` gives probability from the distance inwards in pixels (exact at the edge, near enough beside it).
    """
    a, b = axes_px
    size = int(2 * max(axes_px) + 60)
    centre_x, centre_y = size / 2 + 0.37, size / 2 - 0.19
    y, x = np.mgrid[:size, :size] + 0.5
    inwards = (1 - np.hypot((x - centre_x) / a, (y - centre_y) / b)) * min(axes_px)
    polygon = polygons_of(ramp(inwards).astype("float32"), NOTHING_SMALL)[0]
    corners = np.asarray(polygon.exterior.coords)
    points = np.concatenate([corners, 0.5 * (corners[1:] + corners[:-1])])
    u, v = (points[:, 0] - 600_000) / 10 - centre_x, (5_200_000 - points[:, 1]) / 10 - centre_y
    level = np.hypot(u / a, v / b)
    distance = np.abs(level - 1) * level / np.hypot(u / a**2, v / b**2)
    true_area = np.pi * a * b * 100
    stairs = max((shapely.geometry.shape(g) for g, _ in features.shapes((inwards >= 0).astype("uint8"),
                 mask=inwards >= 0)), key=lambda shape: shape.area)
    su, sv = (np.asarray(stairs.exterior.coords) - [centre_x, centre_y]).T
    far = np.abs(np.hypot(su / a, sv / b) - 1) / np.hypot(su / a**2, sv / b**2)
    return {"axes_px": axes_px, "boundary_px": float(distance.max()), "stairs_px": float(far.max()),
            "area_relative": abs(polygon.area / true_area - 1)}


def measure_accuracy() -> dict:
    """Errors on discs and ellipses with logistic and linear edges of several widths."""
    shapes = {"disc": (300.0, 300.0), "ellipse": (420.0, 170.0)}
    ramps = {f"logistic {width} px": lambda d, w=width: 1 / (1 + np.exp(np.clip(-d / w, -80, 80)))
             for width in (0.5, 1.0, 3.0)}
    ramps |= {f"linear {width} px": lambda d, w=width: np.clip(0.5 + d / w, 0, 1) for width in (2.0, 4.0, 8.0)}
    cases = {f"{shape}, {ramp}": ellipse_errors(axes, function)
             for shape, axes in shapes.items() for ramp, function in ramps.items()}
    return {"cases": cases, **{name: max(case[name] for case in cases.values())
                               for name in ("boundary_px", "area_relative")},
            "stairs_px": min(case["stairs_px"] for case in cases.values())}


def measure_memory(folder: Path, size: int) -> dict:
    """Peak resident memory over what the imports take, MB, for a raster of `size`²."""
    tile = noise_field(2048)
    repeat = -(-size // 2048)
    path = write(folder / "large.tif", np.tile(tile, (repeat, repeat))[:size, :size])
    code = (
        "import sys, time; sys.path.insert(0, sys.argv[3])\n"
        "from glacier_mapper.core.outline_meta import OutlineMeta\n"
        "from glacier_mapper.core.request import OutlineSettings\n"
        "from glacier_mapper.runner.outlines import trace_outlines\n"
        "peak = lambda: next(int(l.split()[1]) for l in open('/proc/self/status') if l.startswith('VmHWM')) / 1024\n"
        "base, begun = peak(), time.process_time()\n"
        "done = trace_outlines(sys.argv[1], OutlineSettings(), OutlineMeta(), sys.argv[2])\n"
        "print(base, peak(), time.process_time() - begun, done.count)\n"
    )
    command = [sys.executable, "-c", code, str(path), str(folder / "large.gpkg"), str(ROOT)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    base, peak, seconds, count = (float(value) for value in answer)
    return {"size_px": size, "outlines": int(count), "extra_mb": peak - base, "cpu_seconds": seconds}


def main() -> None:
    """Measure all and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small raster, once; writes no file")
    quick = parser.parse_args().quick
    begun = time.time()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        speed = measure_speed(folder, 1024 if quick else 4096, 1 if quick else 3)
        memory = measure_memory(folder, 2048 if quick else 10_980)
    accuracy = measure_accuracy()
    found = {**speed["ratios"], **accuracy, "extra_mb": memory["extra_mb"]}
    targets = {name: {"value": found[name], "limit": limit, "met": found[name] <= limit}
               for name, limit in LIMITS.items() if name in found}
    result = {"targets": targets, "speed": speed, "accuracy": accuracy, "memory": memory,
              "seconds": time.time() - begun}
    out = ROOT / "build" / "bench" / "outlines.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    if not quick:
        out.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps({"targets": targets, "ratios": speed["ratios"], "cpu_seconds": speed["cpu_seconds"],
                      "pieces": speed["pieces"], "memory": memory, "stairs_px": accuracy["stairs_px"]}, indent=2))


if __name__ == "__main__":
    main()
