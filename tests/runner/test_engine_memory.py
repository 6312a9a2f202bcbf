"""A network over a view far too large for memory: the peak depends on a scene's width, not on its height.

Each mapping is a process of its own, whose largest resident size the kernel has counted. GDAL's cache of blocks, which
grows up to its bound, is held at 16 MiB, and both scenes are mapped from north to south.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.windows import Window
from tiny_networks import tiny_package

ROOT = Path(__file__).resolve().parents[2]
WIDTH, LOW, HIGH = 1024, 3072, 12288
MIB = 2**20
BANDS = ("blue", "green", "red", "nir", "swir1", "swir2")

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="peak memory is read from /proc")

CHILD = """
import json, sys
from pathlib import Path
from glacier_mapper.core.request import BandSource, MapRequest, OutlineSettings
from glacier_mapper.core.roles import Role
from glacier_mapper.runner.mapping import map_glaciers, patch_plan
from glacier_mapper.runner.models import tuning
from glacier_mapper.runner.outlines import field
from glacier_mapper.runner.scene import edge

edge.BLOCK_CACHE_BYTES = field._BLOCK_CACHE_BYTES = 16 * 2**20
patch_plan.IN_MEMORY_MB, tuning.BUDGET_S = 0, 0.1
scene, out, package, bands = json.loads(sys.argv[1])
sources = tuple(BandSource(Role(name), scene, band) for band, name in enumerate(bands, 1))
request = MapRequest(
    sources, out, model=package, outlines=OutlineSettings(min_area_km2=0.5), threads=2, device="cpu",
    live=str(Path(out).with_suffix(".live.tif")),
)
result = map_glaciers(request, lambda _: None, lambda: False)
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
report = json.loads(Path(result.report).read_text())
print(json.dumps({"peak": int(peak.split()[1]) * 1024, "area": result.area_km2, "tiles": report["tiles"]}))
"""


def write_scene(path: Path, rows: int) -> Path:
    """A round glacier of 260 pixels in each 1024 rows, all the way down."""
    rng = np.random.default_rng(3)
    row, col = np.mgrid[:1024, :WIDTH]
    ice = np.hypot(row - 500, col - 512) < 260
    bands = [
        (np.where(ice, bright, rock) + rng.integers(-40, 40, ice.shape)).astype("uint16")
        for bright, rock in zip((7000, 7000, 6500, 5500, 600, 500), (1200, 1500, 1600, 2000, 3000, 2500))
    ]
    profile = {
        "driver": "GTiff", "width": WIDTH, "height": rows, "count": 6, "dtype": "uint16", "nodata": 0,
        "crs": "EPSG:32632", "transform": rasterio.Affine(10, 0, 600_000, 0, -10, 5_400_000), "tiled": True,
        "blockxsize": 256, "blockysize": 256, "interleave": "band", "compress": "deflate", "zlevel": 1,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as scene:
        scene.scales = (1e-4,) * 6
        for top in range(0, rows, 1024):
            scene.write(np.stack(bands), window=Window(0, top, WIDTH, 1024))
    return path


@pytest.fixture(scope="module")
def figures(tmp_path_factory):
    """Figures of the low and the four times higher scene."""
    folder = tmp_path_factory.mktemp("memory")
    weights = {"optical": (0.0, 20.0, 0.0, 0.0, -20.0, 0.0)}
    package = tiny_package(folder / "tiny", ("optical",), side=128, weights=weights, card={"golden": ""})
    found = {}
    for rows in (LOW, HIGH):
        scene = write_scene(folder / f"{rows}.tif", rows)
        argument = json.dumps([str(scene), str(folder / f"out {rows}"), str(package.folder), BANDS])
        done = subprocess.run(
            [sys.executable, "-c", CHILD, argument], cwd=ROOT, capture_output=True, text=True, timeout=250, check=False
        )
        assert done.returncode == 0, done.stderr
        found[rows] = json.loads(done.stdout.splitlines()[-1])
        scene.unlink()
    return found


def test_four_times_the_height_takes_no_more_memory(figures):
    """The higher scene has 216 MiB more of scaled bands, and 72 MiB more of products."""
    more = figures[HIGH]["peak"] - figures[LOW]["peak"]
    assert more < 0.15 * figures[LOW]["peak"], {rows: round(one["peak"] / MIB) for rows, one in figures.items()}


def test_the_whole_height_was_mapped(figures):
    for rows, one in figures.items():
        # pi 2.6^2 km2 each
        assert one["area"] == pytest.approx(rows / 1024 * np.pi * 2.6**2, rel=0.01)
        assert one["tiles"]["order"] == "southward"
        # 15 patches across: every 64 pixels from 0 to 896
        assert one["tiles"]["tiles"] == one["tiles"]["tiles_computed"] == 15 * (rows // 64 - 1)
