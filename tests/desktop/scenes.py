"""Scenes for the desktop tests, the demo and the benchmarks of the dock: real ones where present, else simulated."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Scene:
    """Files of a scene; elevation and label may be missing."""

    image: Path
    elevation: Path | None = None
    label: Path | None = None


def simulate(folder: Path, seed: int, size_px: int) -> Scene:
    """Have the runner simulate a scene with its own command."""
    subprocess.run(
        [sys.executable, "-m", "glacier_mapper.runner", "simulate", "--seed", str(seed), "--size", str(size_px),
         "-o", str(folder), "--overwrite"],
        cwd=ROOT, check=True, capture_output=True,
    )
    return Scene(*(next(folder.glob(f"*_{part}.tif")) for part in ("img", "dem", "label")))


def repeat(image: Path, target: Path, times: int) -> Path:
    """Write the image `times` x `times` beside itself, tiled, with descriptions and scaling kept."""
    with rasterio.open(image) as source:
        size = source.width * times
        profile = {
            **source.profile, "width": size, "height": source.height * times, "tiled": True, "blockxsize": 256,
            "blockysize": 256, "compress": "lzw", "BIGTIFF": "IF_SAFER", "num_threads": 2,
        }
        with rasterio.open(target, "w", **profile) as raster:
            raster.descriptions = source.descriptions
            raster.scales, raster.offsets = source.scales, source.offsets
            raster.update_tags(**source.tags())
            row = np.tile(source.read(), (1, 1, times))
            for number in range(times):
                window = rasterio.windows.Window(0, number * source.height, size, source.height)
                raster.write(row, window=window)
    return target


def iou(outlines: Path, label: Path, layer: str = "outlines") -> float:
    """Intersection over union of outlines and a label raster (1 glacier, 0 other, 255 not known), in its pixels.

    A file with one layer of another name, as an export is, is read all the same.
    """
    import pyogrio
    from rasterio.features import rasterize

    with rasterio.open(label) as raster:
        truth, transform, crs = raster.read(1), raster.transform, raster.crs
    layers = [name for name, _ in pyogrio.list_layers(outlines)]
    layer = layer if layer in layers else layers[0]
    _, _, shapes, _ = pyogrio.raw.read(outlines, layer=layer)
    with_crs = pyogrio.read_info(outlines, layer=layer)["crs"]
    if rasterio.crs.CRS.from_user_input(with_crs) != crs:
        raise ValueError(f"outlines are in {with_crs}, the label in {crs}")
    import shapely

    mapped = rasterize(
        [(shape, 1) for shape in shapely.from_wkb(shapes)] or [(shapely.box(0, 0, 0, 0), 0)],
        out_shape=truth.shape, transform=transform, dtype="uint8",
    )
    known = truth != 255
    both = ((mapped == 1) & (truth == 1) & known).sum()
    either = (((mapped == 1) | (truth == 1)) & known).sum()
    return float(both / either) if either else 1.0
