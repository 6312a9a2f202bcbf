"""A simulated scene on disk, for learning and for trying out the plugin where no real scene is at hand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import rasterio
from rasterio.errors import RasterioError
from rasterio.transform import from_origin

from ....core.errors import InvalidParameterError, OutputNotWritableError
from .scene import NOT_KNOWN, SceneArrays, simulate_dates
from .sensors import BAND_NAMES, SENSORS, THERMAL_OFFSET, THERMAL_SCALE, stored
from .settings import SceneSettings, Season

CRS = "EPSG:32632"
ORIGIN_XY_M = (630_000.0, 5_200_020.0)
LAST_YEAR, YEARS_APART, MOST_DATES = 2023, 8, 12
DAY = {Season.SUMMER: "08-28", Season.EARLY: "06-12", Season.WINTER: "01-22"}

NAMES = {
    "img": BAND_NAMES, "dem": ("elevation",), "label": ("label",), "debris": ("debris",),
    "co_pol": ("co_pol", "co_pol_2"), "cross_pol": ("cross_pol", "cross_pol_2"),
    "coherence": ("coherence", "coherence_2"),
}
"""Descriptions of the bands of each raster, by the end of its file's name."""


class SimulatedScene(NamedTuple):
    """Paths of the four rasters of a scene, all on one grid (and so a list of paths too)."""

    image: str
    elevation: str
    label: str
    debris: str


@dataclass(frozen=True)
class WriteOptions:
    """`dates` of the same place with less and less ice, 1 to 12; `radar`: backscatter and coherence too."""

    dates: int = 1
    radar: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.dates <= MOST_DATES:
            raise InvalidParameterError(name="dates", value=self.dates, expected=f"from 1 to {MOST_DATES}")


def simulate_scene(seed: int, size_px: int, out_dir: str | Path, sensor: str = "S2") -> SimulatedScene:
    """Make a late-summer scene of valley glaciers under a clear sky and write its four rasters into `out_dir`.

    See `write_scenes`. Raises InvalidParameterError (sensor, size_px from 64 to 4096, seed), OutputNotWritableError.
    """
    return SimulatedScene(*write_scenes(SceneSettings(seed, size_px, sensor), out_dir))


def write_scenes(settings: SceneSettings, out_dir: str | Path, options: WriteOptions | None = None) -> list[str]:
    """Make the scene that `settings` ask for, write its rasters into `out_dir` and return their paths.

    `*_img.tif`: uint16, bands blue to swir2 (reflectance) and thermal (kelvin) with scale, offset and names,
    0 = no data; `*_dem.tif`: surface elevation in metres, float32; `*_label.tif`: glacier 1, else 0, 255 not known;
    `*_debris.tif`: debris-covered glacier 1, else 0. With radar also `*_co_pol.tif` and `*_cross_pol.tif` (linear
    sigma nought, ascending and descending) and `*_coherence.tif`. With several dates each file's stem has the date,
    and `*_truth.json` tells the areas. EPSG:32632, 10 m pixels for "S2", else 30 m. The same settings give the same
    bytes. Raises InvalidParameterError, OutputNotWritableError.
    """
    options = options or WriteOptions()
    scenes = simulate_dates(settings, options.dates)
    folder, stem = Path(out_dir), f"sim_{settings.sensor.lower()}_{settings.seed}"
    days = [f"{LAST_YEAR - YEARS_APART * back}-{DAY[settings.season]}" for back in range(options.dates - 1, -1, -1)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for day, scene in zip(days, scenes):
            name = f"{stem}_{day}" if options.dates > 1 else stem
            rasters = _rasters(scene, settings, options.radar)
            for kind, raster in rasters.items():
                paths.append(_write(folder / f"{name}_{kind}.tif", raster, (settings, day)))
        if options.dates > 1:
            paths.append(_write_truth(folder / f"{stem}_truth.json", dict(zip(days, scenes))))
    except (OSError, RasterioError) as exc:
        raise OutputNotWritableError(path=str(folder), reason=str(exc)) from exc
    return paths


def _rasters(scene: SceneArrays, settings: SceneSettings, with_radar: bool) -> dict[str, np.ndarray]:
    """What each file holds, (bands, n, n), by the end of its name."""
    sensor = SENSORS[settings.sensor]
    image = np.concatenate([
        stored(scene.optical, sensor.scale, sensor.offset), stored(scene.thermal[None], THERMAL_SCALE, THERMAL_OFFSET)
    ])
    rasters = {"img": image, "dem": scene.elevation[None], "label": scene.label[None], "debris": scene.debris[None]}
    if with_radar:
        rasters |= {"co_pol": scene.co_pol, "cross_pol": scene.cross_pol, "coherence": scene.coherence}
    return rasters


def _write(path: Path, bands: np.ndarray, made: tuple[SceneSettings, str]) -> str:
    """One raster; a file of that name is replaced."""
    settings, day = made
    sensor, kind = SENSORS[settings.sensor], next(kind for kind in NAMES if path.stem.endswith(f"_{kind}"))
    nodata = {"img": 0, "label": NOT_KNOWN, "debris": NOT_KNOWN}.get(kind, -9999.0)
    profile = {
        "driver": "GTiff", "dtype": bands.dtype.name, "count": len(bands), "height": bands.shape[1],
        "width": bands.shape[2], "crs": CRS, "compress": "deflate", "zlevel": 1, "tiled": True,
        "transform": from_origin(*ORIGIN_XY_M, sensor.pixel_m, sensor.pixel_m),
        "predictor": 3 if bands.dtype.kind == "f" else 2, "interleave": "band", "nodata": nodata,
    }
    with rasterio.open(path, "w", **profile) as raster:
        raster.write(bands)
        raster.descriptions = NAMES[kind]
        if kind == "img":
            raster.scales = (sensor.scale,) * 6 + (THERMAL_SCALE,)
            raster.offsets = (sensor.offset,) * 6 + (THERMAL_OFFSET,)
            raster.update_tags(ACQUISITION_DATE=day, SIMULATED="yes", KIND=settings.kind.value)
    return str(path)


def _write_truth(path: Path, scenes: dict[str, SceneArrays]) -> str:
    areas = {
        day: {"glacier_km2": round(one.glacier_km2, 4), "debris_km2": round(one.debris_km2, 4)}
        for day, one in scenes.items()
    }
    path.write_text(json.dumps({"dates": areas}, indent=2) + "\n", encoding="utf-8")
    return str(path)
