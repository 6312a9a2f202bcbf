"""A simulated satellite scene on disk, for trying out and testing the plugin where no real scene is at hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import rasterio
from rasterio.errors import RasterioError
from rasterio.transform import from_origin
from scipy import ndimage
from skimage.morphology import reconstruction

from ...core.errors import InvalidParameterError, OutputNotWritableError
from .ice import glaciers
from .light import Sun, illumination
from .noise import fractal, resized, smoothstep
from .relief import mountains
from .surface import Ground, cover, debris_cover, glacier_mask, reflectance

BAND_NAMES = ("blue", "green", "red", "nir", "swir1", "swir2", "thermal")
CRS = "EPSG:32632"
ORIGIN_XY_M = (630_000.0, 5_200_020.0)
SIZES_PX = (64, 4096)
_COARSE_CELLS = 192


@dataclass(frozen=True)
class Sensor:
    """How a sensor's product stores what it saw: physical = stored * scale + offset, 0 is no data."""

    pixel_m: float
    scale: float
    offset: float
    noise: float


SENSORS = {
    "S2": Sensor(10.0, 1e-4, -0.1, 0.0015),
    "L8": Sensor(30.0, 2.75e-5, -0.2, 0.0015),
    "L7": Sensor(30.0, 2.75e-5, -0.2, 0.005),
    "L5": Sensor(30.0, 2.75e-5, -0.2, 0.006),
}
"""Scale and offset of Sentinel-2 from baseline 04.00 on, and of Landsat Collection 2 level 2."""

THERMAL_SCALE, THERMAL_OFFSET = 0.00341802, 149.0
"""Kelvin, as Landsat Collection 2 level 2 stores it."""


SKYLIGHT = (0.16, 0.12, 0.09, 0.06, 0.03, 0.02)
"""Share of light from the sky, blue to swir2: it fills shadows, bluest most."""

HAZE = (0.030, 0.018, 0.011, 0.006, 0.001, 0.0005)
"""Reflectance of the haze that lies in the valleys."""


class SimulatedScene(NamedTuple):
    """Paths of the four rasters of a scene, all on one grid (and so a list of paths too)."""

    image: str
    elevation: str
    label: str
    debris: str


def simulate_scene(seed: int, size_px: int, out_dir: str | Path, sensor: str = "S2") -> SimulatedScene:
    """Make a late-summer scene of glacierised mountains and write its four rasters into `out_dir`.

    `*_img.tif`: uint16, bands blue to swir2 (reflectance) and thermal (kelvin) with scale, offset and names,
    0 = no data; `*_dem.tif`: surface elevation in metres, float32; `*_label.tif`: glacier 1, else 0;
    `*_debris.tif`: debris-covered glacier 1, else 0. EPSG:32632, 10 m pixels for "S2", 30 m for "L5", "L7" and
    "L8". The same seed, size and sensor give the same bytes.

    Raises InvalidParameterError (sensor, size_px from 64 to 4096, seed), OutputNotWritableError.
    """
    if sensor not in SENSORS:
        raise InvalidParameterError(name="sensor", value=sensor, expected=", ".join(sorted(SENSORS)))
    if not SIZES_PX[0] <= size_px <= SIZES_PX[1]:
        raise InvalidParameterError(name="size_px", value=size_px, expected=f"from {SIZES_PX[0]} to {SIZES_PX[1]}")
    if seed < 0:
        raise InvalidParameterError(name="seed", value=seed, expected="0 or more")
    rng = np.random.default_rng([seed, size_px])
    ground = _landscape(rng, size_px, SENSORS[sensor].pixel_m)
    debris = debris_cover(rng, ground)
    rasters = {
        "img": _image(rng, ground, debris, SENSORS[sensor]), "dem": ground.height_m,
        "label": glacier_mask(ground).astype("uint8"), "debris": (debris > 0.5).astype("uint8"),
    }
    folder, stem = Path(out_dir), f"sim_{sensor.lower()}_{seed}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return SimulatedScene(*(_write(folder / f"{stem}_{kind}.tif", kind, array, SENSORS[sensor])
                                for kind, array in rasters.items()))
    except (OSError, RasterioError) as exc:
        raise OutputNotWritableError(path=str(folder), reason=str(exc)) from exc


def _landscape(rng: np.random.Generator, size_px: int, pixel_m: float) -> Ground:
    """Relief, ice and lakes at the scene's resolution."""
    cells = min(_COARSE_CELLS, size_px)
    cell_m = size_px * pixel_m / cells
    bed = mountains(rng, cells, cell_m)
    bed *= np.clip(0.22 * size_px * pixel_m, 420.0, 2600.0) / np.ptp(bed)
    line = np.percentile(bed, 72) + 60.0 * fractal(rng, cells, 3.5)
    # Ice has worn the high hollows into bowls.
    worn = ndimage.gaussian_filter(bed, 2.0)
    bed = np.where(worn > bed, bed + (worn - bed) * smoothstep(bed - line, -500, 0), bed)
    ice = glaciers(bed.astype("float32"), cell_m, line.astype("float32"))
    rough = fractal(rng, size_px, 2.3) * np.clip(pixel_m * 0.22, 1.0, 7.0)
    coarse_slope = np.hypot(*np.gradient(bed, cell_m))
    detail = resized(bed, size_px) + rough * resized(np.clip(coarse_slope * 1.6, 0.15, 1.4), size_px, 1)
    top = resized(ndimage.gaussian_filter(np.where(ice > 6, bed + ice, bed - 6.0), 0.5), size_px)
    thickness = np.clip(top - detail, 0.0, None) * (resized((ice > 6).astype(float), size_px, 1) > 0.05)
    height = detail + thickness
    lakes = _lakes(height, cells) * (thickness <= 3.0)
    height = height + lakes + 1500.0
    layers = (height, thickness, resized(line, size_px, 1) + 1500.0, lakes)
    return Ground(*(layer.astype("float32") for layer in layers), pixel_m)


def _lakes(height: np.ndarray, cells: int) -> np.ndarray:
    """Depth of the water in hollows without an outlet, metres, shape of `height`; shallow puddles left dry."""
    n = height.shape[0]
    coarse = resized(height, 2 * cells if n > 2 * cells else n, 1)
    seed = np.full_like(coarse, coarse.max())
    seed[[0, -1], :], seed[:, [0, -1]] = coarse[[0, -1], :], coarse[:, [0, -1]]
    level = reconstruction(seed, coarse, method="erosion")
    parts, _ = ndimage.label(ndimage.binary_opening(level - coarse > 2.5, iterations=2))
    # The widest hollows are valleys whose outlet the relief has lost; water stays in the small ones.
    wet = (parts > 0) & (np.bincount(parts.ravel()) < 0.006 * parts.size)[parts]
    reach = ndimage.grey_dilation(np.where(wet, level, -np.inf), size=5)
    return np.clip(resized(np.where(np.isfinite(reach), reach, -1e4), n, 0) - height, 0.0, None)


def _image(rng: np.random.Generator, ground: Ground, debris: np.ndarray, sensor: Sensor) -> np.ndarray:
    """(7, n, n) uint16 as the sensor's product stores it."""
    n = ground.height_m.shape[0]
    sun = Sun(float(rng.uniform(135, 165)), float(rng.uniform(40, 48)))
    shares = cover(rng, ground, debris)
    direct = illumination(ground.height_m, ground.pixel_m, sun).astype("float32")
    direct[ground.lakes_m > 0.5] = 1.0
    low = np.exp(-(ground.height_m - ground.height_m.min()) / 900.0) * np.exp(np.float32(0.3) * fractal(rng, n, 3.2))
    stored = np.empty((len(BAND_NAMES), n, n), "uint16")
    for band, bottom in enumerate(reflectance(shares, rng)):
        seen = bottom * ((1.0 - SKYLIGHT[band]) * direct + SKYLIGHT[band]) + HAZE[band] * low
        seen = ndimage.gaussian_filter(seen, 0.5)
        seen += rng.standard_normal((n, n), dtype="float32") * (sensor.noise + 0.004 * seen)
        stored[band] = np.clip(np.rint((seen - sensor.offset) / sensor.scale), 1, 65535)
    kelvin = _temperature(ground, shares, direct) + rng.standard_normal((n, n), dtype="float32") * 0.4
    stored[-1] = np.clip(np.rint((kelvin - THERMAL_OFFSET) / THERMAL_SCALE), 1, 65535)
    return stored


def _temperature(ground: Ground, shares: dict[str, np.ndarray], direct: np.ndarray) -> np.ndarray:
    """Surface temperature in kelvin, (n, n): ice melts, rock warms in the sun, debris stays between them."""
    air = 283.0 - 0.0065 * (ground.height_m - ground.line_m)
    frozen = sum((shares[name] for name in ("snow", "firn", "ice", "dirty_ice") if name in shares), np.zeros_like(air))
    rock = air + 12.0 * (direct - 0.35)
    land = np.where(shares["debris"] > 0.5, 0.45 * rock + 0.55 * 275.0, rock)
    return ndimage.gaussian_filter(frozen * np.minimum(273.1, air) + (1.0 - frozen) * land, 1.5)


def _write(path: Path, kind: str, array: np.ndarray, sensor: Sensor) -> str:
    """One raster; a file of that name is replaced."""
    bands = array if array.ndim == 3 else array[None]
    profile = {
        "driver": "GTiff", "dtype": bands.dtype.name, "count": len(bands), "height": bands.shape[1],
        "width": bands.shape[2], "crs": CRS, "compress": "deflate", "zlevel": 1, "tiled": True,
        "transform": from_origin(*ORIGIN_XY_M, sensor.pixel_m, sensor.pixel_m), "predictor": 3 if kind == "dem" else 2,
        "interleave": "band", "nodata": {"img": 0, "dem": -9999.0}.get(kind),
    }
    with rasterio.open(path, "w", **profile) as raster:
        raster.write(bands)
        raster.descriptions = BAND_NAMES if kind == "img" else ({"dem": "elevation"}.get(kind, kind),)
        if kind == "img":
            raster.scales = (sensor.scale,) * 6 + (THERMAL_SCALE,)
            raster.offsets = (sensor.offset,) * 6 + (THERMAL_OFFSET,)
            raster.update_tags(ACQUISITION_DATE="2023-08-28", SIMULATED="yes")
    return str(path)
