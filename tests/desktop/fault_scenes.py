"""Scenes with something wrong or unusual, made from the first corner of a simulated one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rasterio.shutil
from rasterio.windows import Window

SIZE_PX = 192
POLAR_NORTH, POLAR_SOUTH, UTM_1_NORTH = "EPSG:3413", "EPSG:3031", "EPSG:32601"


@dataclass(frozen=True)
class Crop:
    """A square of the scene: `values` (band, row, column) as stored, and what a file of them needs."""

    values: np.ndarray
    profile: dict[str, Any]
    descriptions: tuple[str, ...]
    scales: tuple[float, ...]
    offsets: tuple[float, ...]

    @classmethod
    def of(cls, image: Path) -> Crop:
        """The square with the most snow and ice (large green/SWIR1) of a coarse lattice."""
        with rasterio.open(image) as source:
            names = source.descriptions
            whole = source.read().astype("float64")
            green, swir = whole[names.index("green")], whole[names.index("swir1")]
            corners = [
                (row, col)
                for row in range(0, source.height - SIZE_PX + 1, 64)
                for col in range(0, source.width - SIZE_PX + 1, 64)
            ]
            bright = green / np.maximum(swir, 1) > 2
            row, col = max(corners, key=lambda at: bright[at[0]:at[0] + SIZE_PX, at[1]:at[1] + SIZE_PX].sum())
            window = Window(col, row, SIZE_PX, SIZE_PX)
            profile = {
                "driver": "GTiff", "width": SIZE_PX, "height": SIZE_PX, "count": source.count,
                "dtype": source.dtypes[0], "crs": source.crs, "nodata": source.nodata,
                "transform": source.window_transform(window), "compress": "deflate",
            }
            return cls(source.read(window=window), profile, names, source.scales, source.offsets)

    def write(self, path: Path, values: np.ndarray | None = None, **changes: Any) -> str:
        """Write `values` (default: as they are) with parts of the profile changed; returns the path."""
        values = self.values if values is None else values
        profile = {**self.profile, "count": values.shape[0], "dtype": values.dtype.name, **changes}
        with rasterio.open(path, "w", **profile) as target:
            target.write(values)
            if values.shape[0] == len(self.descriptions):
                target.descriptions = self.descriptions
                if values.dtype.kind == "u":
                    target.scales, target.offsets = self.scales, self.offsets
        return str(path)

    def physical(self) -> np.ndarray:
        """Values in physical units, float32."""
        shape = (-1, 1, 1)
        scaled = self.values * np.reshape(self.scales, shape) + np.reshape(self.offsets, shape)
        return scaled.astype("float32")


def make_fault_scenes(image: Path, folder: Path) -> dict[str, str]:
    """One file a fault, by the fault's name."""
    crop = Crop.of(image)
    odd = folder / "Gletscher „Öztal“ d'été & co"
    odd.mkdir()
    made = {
        "good": crop.write(folder / "good_img.tif"),
        "odd_path": crop.write(odd / "Szene 1 – 'März' \"a\".tif"),
        "no_data": crop.write(folder / "nodata_img.tif", np.zeros_like(crop.values), nodata=0),
        "visible_only": _visible_only(crop, folder / "visible_img.tif"),
        "truncated": _truncated(crop, folder / "truncated_img.tif"),
        "not_finite": _not_finite(crop, folder / "notfinite_img.tif"),
    }
    places = {
        "arctic": (POLAR_NORTH, -250_000.0, -1_200_000.0),
        "antarctic": (POLAR_SOUTH, -2_400_000.0, 1_500_000.0),
        "antimeridian": (UTM_1_NORTH, 196_500.0, 7_960_000.0),
    }
    for name, (crs, x, y) in places.items():
        transform = rasterio.transform.from_origin(x, y, 30, 30)
        made[name] = crop.write(folder / f"{name}_img.tif", crs=crs, transform=transform)
    degrees = rasterio.transform.from_origin(10.7, 46.9, 0.00013, 0.00009)
    made["degrees"] = crop.write(folder / "degrees_img.tif", crs="EPSG:4326", transform=degrees)
    return made


def _visible_only(crop: Crop, path: Path) -> str:
    """Blue, green and red, and nothing at 1.6 µm."""
    keep = [crop.descriptions.index(name) for name in ("blue", "green", "red")]
    text = crop.write(path, crop.values[keep])
    with rasterio.open(path, "r+") as target:
        target.descriptions = ("blue", "green", "red")
    return text


def _truncated(crop: Crop, path: Path) -> str:
    """A cloud-optimised file, whose header comes first, so that it opens; a third of its pixels is missing."""
    noise = np.random.default_rng(5).integers(0, 200, crop.values.shape).astype(crop.values.dtype)
    whole = crop.write(path.with_suffix(".whole.tif"), crop.values + noise)
    rasterio.shutil.copy(whole, path, driver="COG", blocksize=128, overviews="none")
    with path.open("r+b") as file:
        file.truncate(2 * path.stat().st_size // 3)
    return str(path)


def _not_finite(crop: Crop, path: Path) -> str:
    """Reflectance with infinite and undefined numbers among the good ones."""
    values = crop.physical()
    values[:, 10:20, :] = np.inf
    values[:, :, 10:20] = -np.inf
    values[0, 40:60, 40:60] = np.nan
    return crop.write(path, values, nodata=None)
