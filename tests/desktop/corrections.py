"""Find the one line that puts most of a map right: where it parts what is no glacier from an outline.

    python tests/desktop/corrections.py OUTLINES.gpkg LABEL.tif

The label (1 glacier, 0 other, 255 not known) stands for what an analyst sees in the image. The line, the outline that
it parts and what is gained are printed as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyogrio
import rasterio
import shapely
from rasterio.features import rasterize, shapes
from scipy import ndimage
from shapely.ops import split

LARGEST_OUTLINES, LARGEST_LOBES = 3, 8
MOST_VERTICES = 25
FOUND_PX = 5
"""A lobe is nowhere narrower than about twice this, and the line no more crooked: what the eye sees at a glance."""
BEYOND_PX = 4.0
SURE = 0.8
"""Least share of what is parted, in known pixels, that is no glacier."""
MOST_SCRAPS, SCRAP_PX = 12, 100
"""A line through the gaps of an outline parts scraps, too; more or larger ones are not what a line is drawn for."""


@dataclass(frozen=True)
class Cut:
    """A line and the bounds of what it parts from an outline, in map units, and the IoU before and after."""

    outline_id: str
    line: list[tuple[float, float]]
    bounds: tuple[float, float, float, float]
    iou_before: float
    iou_after: float


class Ground:
    """The label on its grid, and outlines on the same grid."""

    def __init__(self, label: Path) -> None:
        with rasterio.open(label) as raster:
            values, self.transform = raster.read(1), raster.transform
        self.pixel_m = abs(self.transform.a)
        self.known, self.glacier = values != 255, values == 1
        self.plainly_glacier = eroded(dilated(self.glacier, FOUND_PX), FOUND_PX)
        self.frame = shapely.box(*rasterio.transform.array_bounds(*values.shape, self.transform))

    def mask(self, *geometries: shapely.Geometry) -> np.ndarray:
        """Where geometries are, as booleans of the label's shape."""
        if not geometries:
            return np.zeros(self.known.shape, bool)
        pairs = [(one, 1) for one in geometries]
        return rasterize(pairs, out_shape=self.known.shape, transform=self.transform, dtype="uint8").astype(bool)

    def iou(self, mapped: np.ndarray) -> float:
        """Intersection over union in what is known."""
        either = ((mapped | self.glacier) & self.known).sum()
        return float((mapped & self.glacier & self.known).sum() / either) if either else 1.0

    def lobes(self, outline: shapely.Polygon) -> Iterator[shapely.Polygon]:
        """The broad parts of an outline, holes included, that are no glacier; the largest first."""
        wrong = self.mask(shapely.Polygon(outline.exterior)) & ~self.plainly_glacier
        broad = dilated(eroded(wrong, FOUND_PX), FOUND_PX)
        traced = shapes(broad.astype("uint8"), broad, transform=self.transform)
        found = [shapely.geometry.shape(one) for one, _ in traced]
        yield from sorted(found, key=lambda one: -one.area)[:LARGEST_LOBES]


def eroded(mask: np.ndarray, radius_px: float) -> np.ndarray:
    """A mask without what is nearer to its edge than a radius; beyond the raster it goes on."""
    return ndimage.distance_transform_edt(mask) > radius_px if not mask.all() else mask


def dilated(mask: np.ndarray, radius_px: float) -> np.ndarray:
    """A mask with what is within a radius of it."""
    return ndimage.distance_transform_edt(~mask) <= radius_px if mask.any() else mask


def lines_round(lobe: shapely.Polygon, outline: shapely.Polygon, pixel_m: float) -> Iterator[shapely.LineString]:
    """What of a lobe's edge lies within the outline, as a line that ends beyond the outline at both sides."""
    edge = outline.exterior.buffer(FOUND_PX * pixel_m)
    within = shapely.line_merge(lobe.exterior.difference(edge))
    for part in shapely.get_parts(within):
        for tolerance in (1.5, 2.5, 4.0):
            line = drawn(part, outline, tolerance * pixel_m, pixel_m)
            if line is not None and len(line.coords) <= MOST_VERTICES:
                yield line


def drawn(
    part: shapely.LineString, outline: shapely.Polygon, tolerance_m: float, pixel_m: float
) -> shapely.LineString | None:
    """A line with few vertices, led on at both ends over the nearest place of the outline's edge; None for none."""
    points = list(part.simplify(tolerance_m).coords)
    if len(points) < 2 or points[0] == points[-1]:
        return None
    ends = []
    for end in (points[0], points[-1]):
        near = shapely.ops.nearest_points(outline.exterior, shapely.Point(end))[0]
        away = np.subtract((near.x, near.y), end)
        ends.append(tuple(np.array((near.x, near.y)) + away / (np.hypot(*away) or 1.0) * BEYOND_PX * pixel_m))
    line = shapely.LineString([ends[0], *points, ends[1]])
    return line if line.is_simple else None


def parted(outline: shapely.Polygon, line: shapely.LineString, pixel_m: float) -> list[shapely.Polygon]:
    """What a line parts from the rest of an outline: the largest piece, then scraps; empty where it makes a mess."""
    _, *pieces = sorted(shapely.get_parts(split(outline, line)), key=lambda one: -one.area)
    scraps = pieces[1:]
    is_mess = len(scraps) > MOST_SCRAPS or any(one.area > SCRAP_PX * pixel_m**2 for one in scraps)
    return [] if is_mess else pieces


def cuts(outlines: dict[str, shapely.Polygon], ground: Ground) -> Iterator[Cut]:
    """Every line that parts what is plainly no glacier, for the largest outlines."""
    mapped = ground.mask(*outlines.values())
    before = ground.iou(mapped)
    for name, outline in sorted(outlines.items(), key=lambda pair: -pair[1].area)[:LARGEST_OUTLINES]:
        for lobe in ground.lobes(outline):
            for line in lines_round(lobe, outline, ground.pixel_m):
                pieces = parted(outline, line, ground.pixel_m)
                if pieces and is_plain(pieces[0], line, ground):
                    after = ground.iou(mapped & ~ground.mask(*pieces))
                    yield Cut(name, list(line.coords), pieces[0].bounds, before, after)


def is_plain(piece: shapely.Polygon, line: shapely.LineString, ground: Ground) -> bool:
    """Whether a piece is no glacier nearly throughout, and its line ends inside the scene."""
    inside = ground.mask(piece) & ground.known
    wrong = (inside & ~ground.glacier).sum()
    reach = ground.frame.buffer(2 * BEYOND_PX * ground.pixel_m)
    return bool(inside.any() and wrong >= SURE * inside.sum() and reach.contains(line))


def best_cut(outlines: Path, label: Path) -> Cut:
    """The line that gains most. Raises LookupError where there is none."""
    meta, _, geometries, columns = pyogrio.raw.read(outlines, layer="outlines", columns=["outline_id"])
    polygons = dict(zip(columns[0], shapely.from_wkb(geometries)))
    found = max(cuts(polygons, Ground(label)), key=lambda cut: cut.iou_after, default=None)
    if found is None:
        raise LookupError("no outline was found that one line could put right")
    return found


if __name__ == "__main__":
    print(json.dumps(asdict(best_cut(Path(sys.argv[1]), Path(sys.argv[2])))))
