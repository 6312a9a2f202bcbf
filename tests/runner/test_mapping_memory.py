"""A view far too large for memory streams: the peak of a mapping depends on a scene's width, not on its height.

Each mapping is a process of its own, whose largest resident size the kernel has counted (VmHWM, Linux). GDAL's
cache of blocks grows with a scene up to a bound of 256 MiB, which would hide whether anything else grows; here its
bound is 16 MiB, which both scenes fill.
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

ROOT = Path(__file__).resolve().parents[2]
WIDTH, LOW, HIGH = 1024, 4096, 16384
LIMIT_MB = 500
ROLES = ("red", "nir", "swir1")
MIB = 2**20

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="peak memory is read from /proc")

CHILD = """
import json, sys
from pathlib import Path
from glacier_mapper.core.request import BandSource, MapRequest, OutlineSettings
from glacier_mapper.core.roles import Role
from glacier_mapper.runner.mapping import map_glaciers
from glacier_mapper.runner.outlines import field
from glacier_mapper.runner.scene import edge

edge.BLOCK_CACHE_BYTES = field._BLOCK_CACHE_BYTES = 16 * 2**20

scene, out, roles, limit = json.loads(sys.argv[1])
sources = tuple(BandSource(Role(name), scene, band) for band, name in enumerate(roles, 1))
request = MapRequest(sources, out, outlines=OutlineSettings(min_area_km2=0.5), threads=1, memory_limit_mb=limit)
told = []
result = map_glaciers(request, told.append, lambda: False)
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(json.dumps({"peak": int(peak.split()[1]) * 1024, "count": result.outline_count, "area": result.area_km2,
                  "tiles": max(progress.total for progress in told)}))
"""


def write_scene(path: Path, rows: int) -> Path:
    """Ice of 20 km2 and rock of the same reflectance all the way down, some noise, in tiles of 256 pixels."""
    rng = np.random.default_rng(3)
    row, col = np.mgrid[:1024, :WIDTH]
    ice = np.hypot(row - 500, col - 512) < 260
    bands = [
        (np.where(ice, bright, rock) + rng.integers(-40, 40, ice.shape)).astype("uint16")
        for bright, rock in ((6500, 1600), (5500, 2000), (700, 2400))
    ]
    profile = {
        "driver": "GTiff", "width": WIDTH, "height": rows, "count": len(bands), "dtype": "uint16", "nodata": 0,
        "crs": "EPSG:32632", "transform": rasterio.Affine(10, 0, 600_000, 0, -10, 5_400_000), "tiled": True,
        "blockxsize": 256, "blockysize": 256, "interleave": "band", "compress": "deflate", "zlevel": 1,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as scene:
        scene.scales = (1e-4,) * len(bands)
        for top in range(0, rows, 1024):
            scene.write(np.stack(bands), window=Window(0, top, WIDTH, 1024))
    return path


def mapped(scene: Path, out: Path, limit_mb: int) -> dict[str, float]:
    """What a process of its own tells of mapping the scene."""
    argument = json.dumps([str(scene), str(out), ROLES, limit_mb])
    done = subprocess.run(
        [sys.executable, "-c", CHILD, argument], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def figures(tmp_path_factory):
    """Figures of the low and the four times higher scene, under one memory limit."""
    folder = tmp_path_factory.mktemp("memory")
    found = {}
    for rows in (LOW, HIGH):
        scene = write_scene(folder / f"{rows}.tif", rows)
        found[rows] = mapped(scene, folder / f"out {rows}", LIMIT_MB)
        scene.unlink()
    return found


def test_four_times_the_height_takes_no_more_memory(figures):
    """The higher scene has 144 MiB more of bands as they are computed with, and 96 MiB more of products.

    Who kept either would take 96 MiB more; what threads leave free differs by some 50 from run to run.
    """
    more = figures[HIGH]["peak"] - figures[LOW]["peak"]
    assert more < 80 * MIB, {rows: round(one["peak"] / MIB) for rows, one in figures.items()}


def test_the_whole_height_was_mapped(figures):
    assert figures[LOW]["count"] == 4
    assert figures[HIGH]["count"] == 16
    # pi 2.6^2 km2 each
    assert figures[HIGH]["area"] == pytest.approx(16 * np.pi * 2.6**2, rel=0.01)
    assert figures[HIGH]["area"] == pytest.approx(4 * figures[LOW]["area"], rel=1e-3)


def test_the_limit_that_was_asked_for_is_kept(figures):
    assert figures[HIGH]["peak"] < LIMIT_MB * 1e6
