"""The demo's correction: one line through a neck parts a snow patch, none is drawn where the map is right."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import corrections
import numpy as np
import pyogrio
import pytest
import rasterio
import scenes
import shapely

PIXEL_M = 30.0
SIZE = 160
GLACIER = shapely.box(600, 600, 2400, 4200)
PATCH = shapely.box(2400, 1800, 4200, 3000)


def written(folder: Path, *outlines: shapely.Polygon, gap: bool = False) -> tuple[Path, Path]:
    """Outlines and a label with one glacier, on a grid from (0, 4800) to (4800, 0)."""
    transform = rasterio.transform.from_origin(0, SIZE * PIXEL_M, PIXEL_M, PIXEL_M)
    label = rasterio.features.rasterize([(GLACIER, 1)], out_shape=(SIZE, SIZE), transform=transform, dtype="uint8")
    if gap:
        label[70:75, 76:84] = 255
    profile = {"driver": "GTiff", "width": SIZE, "height": SIZE, "count": 1, "dtype": "uint8", "crs": "EPSG:32632"}
    with rasterio.open(folder / "label.tif", "w", transform=transform, **profile) as raster:
        raster.write(label, 1)
    names = np.array([f"outline {number}" for number in range(len(outlines))], object)
    pyogrio.raw.write(
        folder / "outlines.gpkg", shapely.to_wkb(np.array(outlines, object)), [names], ["outline_id"],
        layer="outlines", crs="EPSG:32632", geometry_type="Polygon",
    )
    return folder / "outlines.gpkg", folder / "label.tif"


def test_a_line_parts_the_patch_at_the_glaciers_margin(tmp_path):
    both = GLACIER.union(PATCH)
    cut = corrections.best_cut(*written(tmp_path, shapely.box(60, 60, 400, 400), both))
    assert cut.outline_id == "outline 1"
    line = shapely.LineString(cut.line)
    assert line.length == pytest.approx(1200 + 2 * corrections.BEYOND_PX * PIXEL_M, rel=0.2)
    assert {both.contains(shapely.Point(end)) for end in (line.coords[0], line.coords[-1])} == {False}
    assert np.abs(np.array(cut.line)[:, 0] - 2400).max() < 5 * PIXEL_M
    assert cut.bounds == pytest.approx(PATCH.bounds, abs=4 * PIXEL_M)
    assert len(cut.line) <= corrections.MOST_VERTICES
    # the patch is a third of the glacier, the small box is wrong throughout
    assert cut.iou_before == pytest.approx(6.48 / (6.48 + 2.16 + 0.1156), abs=0.01)
    assert cut.iou_after == pytest.approx(6.48 / (6.48 + 0.1156), abs=0.03)


def test_the_iou_is_that_of_the_demos_own_comparison(tmp_path):
    outlines, label = written(tmp_path, GLACIER.union(PATCH), gap=True)
    cut = corrections.best_cut(outlines, label)
    assert cut.iou_before == pytest.approx(scenes.iou(outlines, label))
    rest = max(shapely.ops.split(GLACIER.union(PATCH), shapely.LineString(cut.line)).geoms, key=lambda one: one.area)
    after, _ = written(tmp_path, rest, gap=True)
    assert cut.iou_after == pytest.approx(scenes.iou(after, label))


def test_holes_beside_the_line_make_no_scraps(tmp_path):
    holes = shapely.union_all([shapely.box(2380, y, 2440, y + 60) for y in (2100, 2500)])
    holed = GLACIER.union(PATCH).difference(holes)
    cut = corrections.best_cut(*written(tmp_path, holed))
    pieces = corrections.parted(holed, shapely.LineString(cut.line), PIXEL_M)
    assert sum(one.area for one in pieces[1:]) < 0.01 * pieces[0].area
    assert pieces[0].area == pytest.approx(PATCH.area, rel=0.1)


def test_where_the_map_is_right_there_is_no_line(tmp_path):
    with pytest.raises(LookupError, match="no outline"):
        corrections.best_cut(*written(tmp_path, GLACIER))


def test_as_a_command_it_prints_what_the_scenario_reads(tmp_path):
    files = written(tmp_path, GLACIER.union(PATCH))
    done = subprocess.run(
        [sys.executable, corrections.__file__, *map(str, files)], capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    assert found["outline_id"] == "outline 0"
    assert found["iou_after"] > found["iou_before"] + 0.1
    assert all(len(point) == 2 for point in found["line"])
