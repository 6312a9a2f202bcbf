"""Seams: half-overlapping patches against a dense lattice, at the pixels where patches meet and elsewhere.

    python tests/benchmarks/bench_seams.py [--only compact glavitu]

One scene is mapped with a stride of 192 and with one of 48 (patches of 384, the dense reference), by `compact` with
seeded weights and by GlaViTU with those of the golden fixture: both answer differently near a patch's border, where
they see padding, and attention makes neighbouring patches disagree everywhere. At seam pixels (within 2 px of a
patch's first or last row or column) the mean difference between both may be no larger than elsewhere: the ratio is at
most 1, for the raised cosine, which is what blends here. The published deployment's Gaussian is measured beside it,
and a run without overlap shows that the measure sees seams. Written to
build/bench/seams.json.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "runner"), str(ROOT / "tests" / "benchmarks")]
PATCH, STRIDE, DENSE, WIDTH = 384, 192, 48, 2
SIDES = {"compact": 1152, "glavitu": 768}
WINDOWS = ("cosine", "gaussian")


def seams(starts, size: int, patch: int) -> np.ndarray:
    """Where an axis of `size` pixels is within WIDTH pixels of the border of a patch that lies inside."""
    near = np.zeros(size, bool)
    for start in starts:
        for border in (start, start + patch):
            if 0 < border < size:
                near[max(0, border - WIDTH) : border + WIDTH] = True
    return near


def mapped(paths, package: Path, out: Path, options: dict) -> np.ndarray:
    """The probability of the scene's upper left part."""
    from dataclasses import replace

    import rasterio
    from bench_engine import map_it, request_for

    from glacier_mapper.core.request import NetworkSettings

    side = options.pop("side")
    map_it(replace(request_for(paths, package, out, (side, side)), network=NetworkSettings(**options)))
    with rasterio.open(out / "probability.tif") as raster:
        return raster.read(1).astype(np.float64)


def measure(package: Path, side: int, folder: Path) -> dict:
    """Ratios of the mean difference at seams to that elsewhere, for both windows and without overlap."""
    from bench_engine import make_scene

    from glacier_mapper.core.model_card import Tiling
    from glacier_mapper.runner.mapping.lattice import lattice_over

    paths = make_scene(folder, (4096, 4096))
    results = {}
    for window in WINDOWS:
        dense = mapped(paths, package, folder / "out", {"side": side, "overlap": 1 - DENSE / PATCH, "window": window})
        for name, overlap in (("half", 0.5), ("none", 0.0)):
            own = mapped(paths, package, folder / "out", {"side": side, "overlap": overlap, "window": window})
            starts = lattice_over((side, side), Tiling(PATCH, round(PATCH * (1 - overlap)), window)).rows
            near = seams(starts, side, PATCH)
            at_seams = near[:, None] | near[None]
            difference = np.abs(own - dense)
            results[f"{window}, {name}"] = {
                "at_seams": float(difference[at_seams].mean()), "elsewhere": float(difference[~at_seams].mean()),
                "most": float(difference.max()),
                "ratio": float(difference[at_seams].mean() / difference[~at_seams].mean()),
            }  # fmt: skip
            print(package.name, window, name, results[f"{window}, {name}"], file=sys.stderr, flush=True)
    return results


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=list(SIDES), default=list(SIDES))
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench")
    given = parser.parse_args()
    folder = given.out / "engine"
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["GLACIER_MAPPER_CACHE"] = str(folder / "cache")
    from bench_engine import packages

    found = packages(folder, given.only)
    results = {name: measure(package, SIDES[name], folder) for name, package in found.items()}
    ratios = {
        f"{name}_cosine": one["cosine, half"]["ratio"] for name, one in results.items()
    }
    targets = {
        f"seams_over_elsewhere_{name}": {"value": ratio, "limit": 1.0, "met": ratio <= 1.0}
        for name, ratio in ratios.items()
    }
    written = {"side_px": SIDES, **results, "targets": targets}
    (given.out / "seams.json").write_text(json.dumps(written, indent=2), encoding="utf-8")
    print(json.dumps(targets, indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
