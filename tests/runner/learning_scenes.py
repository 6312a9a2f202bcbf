"""Small scenes on disk with pixels that can be told by hand, and places of tiles."""

from __future__ import annotations

import numpy as np

from glacier_mapper.runner.training.tiles import TileRecord

OPTICAL = ("blue", "green", "red", "nir", "swir1", "swir2")
NORTH = 5_200_000.0
EAST = 600_000.0


def ramp(rows, cols, bands=6):
    """(bands, rows, cols): 1e-6 x (row x cols + col) + 0.1 x band, reflectance that tells its place."""
    plane = 1e-6 * np.arange(rows * cols, dtype=np.float32).reshape(rows, cols)
    return np.stack([plane + np.float32(0.1 * band) for band in range(bands)])


def write_scene(make_raster, folder, name, *, label, image=None, debris=None, dem=None, east=EAST, north=NORTH, **more):
    """NAME_img.tif with NAME_label.tif and what else there is, on one grid of 10 m pixels."""
    label = np.asarray(label, np.uint8)
    image = ramp(*label.shape) if image is None else np.asarray(image, np.float32)
    place = {"origin_xy": (east, north), "folder": folder, **more}
    make_raster(f"{name}_img.tif", image, descriptions=OPTICAL[: len(image)], nodata=float("nan"), **place)
    if label is not None:
        make_raster(f"{name}_label.tif", label, **place)
    if debris is not None:
        make_raster(f"{name}_debris.tif", np.asarray(debris, np.uint8), **place)
    if dem is not None:
        make_raster(f"{name}_dem.tif", np.asarray(dem, np.float32), descriptions=("elevation",), **place)
    return folder


def checked_label(rows, cols, value=1):
    """Half glacier, half not, in stripes of two rows."""
    label = np.zeros((rows, cols), np.uint8)
    label[np.arange(rows) % 4 < 2] = value
    return label


def record(name, x_km, y_km, *, side_km=10.0, crs="EPSG:32632", region="ALP", split=""):
    """A tile of UTM zone 32 whose lower left corner lies so far from (500 km, 5200 km); 1 km is 1 km everywhere."""
    left, bottom = 500_000 + x_km * 1000, 5_200_000 + y_km * 1000
    bounds = (left, bottom, left + side_km * 1000, bottom + side_km * 1000)
    north = bottom + side_km * 500
    latitude = 46.95 + (north - 5_200_000) / 111_170
    longitude = 9.0 + (left + side_km * 500 - 500_000) / (111_320 * np.cos(np.radians(46.95)))
    return TileRecord(name, name, region, split, 0, 0, bounds, crs, 10.0, float(longitude), float(latitude))


def gap_m(first, second):
    """What lies between two tiles of one reference system."""
    a, b = first.bounds_m, second.bounds_m
    dx = max(0.0, max(a[0], b[0]) - min(a[2], b[2]))
    dy = max(0.0, max(a[1], b[1]) - min(a[3], b[3]))
    return float(np.hypot(dx, dy))
