"""Whether any window makes GlaViTU's seams disappear: the patches of bench_seams.py, blended in eleven ways.

    python tests/benchmarks/seam_windows.py

GlaViTU has the seeded weights of the golden fixture: neighbouring patches disagree everywhere, by much the same. Every
patch of the dense lattice is computed once; from them the map with a stride of half a patch is blended by windows from
flat to steep, and compared with the dense map of the raised cosine. A window has to leave a patch by its border, so on
a seam only the neighbour counts, while elsewhere up to four patches average their errors: between patches whose errors
were independent and everywhere alike the ratio of both is the one under "independent", for no network at all.
Written to build/bench/seam_windows.json.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "runner"), str(ROOT / "tests" / "benchmarks")]

from bench_seams import DENSE, PATCH, SIDES, STRIDE, seams  # noqa: E402

from glacier_mapper.runner.mapping.lattice import axis_weights  # noqa: E402

SIDE = SIDES["glavitu"]
PLACES = [(row, col) for row in range(0, SIDE - PATCH + 1, DENSE) for col in range(0, SIDE - PATCH + 1, DENSE)]
NEAR = (np.arange(PATCH) + 0.5) / PATCH
EDGE = np.minimum(NEAR, 1 - NEAR)
TRIES = 100


def ramp(width: float) -> np.ndarray:
    """1 in the middle, half at a quarter of a patch, falling like a raised cosine over `width` of the patch."""
    return np.clip(0.5 - 0.5 * np.cos(np.pi * np.clip((EDGE - 0.25 + width / 2) / width, 0, 1)), 1e-6, 1)


WINDOWS = {
    "gaussian": axis_weights("gaussian", PATCH),
    **{f"sine to the power of {power}": np.sin(np.pi * NEAR) ** power for power in (1, 2, 3, 4, 6, 8)},
    **{f"ramp over {width:g} of a patch": ramp(width) for width in (0.1, 0.2, 0.3, 0.4)},
}
"""A factor along an axis, (patch,); the square of the sine is the raised cosine that blends here."""


def patches(folder: Path) -> dict[tuple[int, int], np.ndarray]:
    """What the network says of each patch of the dense lattice, by its first row and column."""
    import rasterio
    from bench_engine import make_scene, map_it, packages, request_for

    from glacier_mapper.core.extent import Extent

    package, paths, out = packages(folder, ["glavitu"])["glavitu"], make_scene(folder, (4096, 4096)), folder / "out"
    found = {}
    for row, col in PLACES:
        west, north = 6e5 + 10 * col, 5.2e6 - 10 * row
        extent = Extent(west, north - 10 * PATCH, west + 10 * PATCH, north, "EPSG:32632")
        map_it(replace(request_for(paths, package, out), extent=extent))
        with rasterio.open(out / "probability.tif") as raster:
            found[row, col] = raster.read(1).astype(float)
    return found


def blended(of: Callable[[int, int], Any], stride: int, window: np.ndarray) -> np.ndarray:
    """The map of the patches (or one number for each) whose places are multiples of `stride`, (side, side)."""
    total, weights, weight = np.zeros((SIDE, SIDE)), np.zeros((SIDE, SIDE)), np.outer(window, window) + 1e-12
    for row, col in PLACES:
        if row % stride == 0 and col % stride == 0:
            total[row : row + PATCH, col : col + PATCH] += of(row, col) * weight
            weights[row : row + PATCH, col : col + PATCH] += weight
    return total / weights


def at_seams() -> np.ndarray:
    """Where patches half a patch apart have a border, bool (side, side)."""
    near = seams(range(0, SIDE - PATCH + 1, STRIDE), SIDE, PATCH)
    return near[:, None] | near[None]


def compared(difference: np.ndarray) -> dict[str, float]:
    """The mean at seams, elsewhere and everywhere, and the ratio of the first two."""
    near = at_seams()
    on, off = float(difference[near].mean()), float(difference[~near].mean())
    return {"at_seams": on, "elsewhere": off, "everywhere": float(difference.mean()), "ratio": on / off}


def independent(window: np.ndarray) -> float:
    """The ratio for patches of independent errors, one number each: the mean of `TRIES` draws."""
    rng, total = np.random.default_rng(1), np.zeros((SIDE, SIDE))
    for _ in range(TRIES):
        errors = dict(zip(PLACES, rng.standard_normal(len(PLACES)), strict=True))
        total += np.abs(blended(lambda row, col, drawn=errors: drawn[row, col], STRIDE, window))
    return compared(total / TRIES)["ratio"]


def main() -> int:
    folder = ROOT / "build" / "bench" / "engine"
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["GLACIER_MAPPER_CACHE"] = str(folder / "cache")
    found = patches(folder)
    reference = blended(lambda row, col: found[row, col], DENSE, WINDOWS["sine to the power of 2"])
    rows = {}
    for name, window in WINDOWS.items():
        own = blended(lambda row, col: found[row, col], STRIDE, window)
        rows[name] = {**compared(np.abs(own - reference)), "independent": independent(window)}
        print(name, {key: round(value, 4) for key, value in rows[name].items()}, flush=True)
    (folder.parent / "seam_windows.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
