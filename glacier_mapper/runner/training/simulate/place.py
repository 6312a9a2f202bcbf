"""A place: the bed of a wide field, its climate, and the window of it that the scene shows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage
from skimage.morphology import reconstruction

from .ice import Climate, glaciers
from .noise import fractal, resized, sampled, smoothstep
from .relief import glaciated, gullies, mountains
from .sensors import SENSORS
from .settings import WITHOUT_ICE, Kind, SceneSettings
from .terrain import real_relief

FIELD_CELLS = (112, 320)
CARVED_PX = 448
"""Up to this many pixels gullies are carved at the scene's own resolution; beyond, on a grid of so many cells."""

NO_WATER = -1e4

STEEP_DEG = {
    Kind.LOWLAND: (0.7, 4.0), Kind.DESERT: (1.5, 9.0), Kind.COAST: (1.5, 9.0), Kind.ICE_CAP: (7.0, 13.0),
    Kind.CALVING: (20.0, 28.0),
}
"""The median slope of a field of each kind; of high mountains, 24 to 34 (the Alps and the Himalaya at 60 m)."""

TROUGH_M = (130.0, 550.0)
"""Radius of the round floors of valleys and cirques that ice has left."""

STEEPEST = (0.8, 1.35)
"""Tangents of 39 and 53 degrees: where no snow stays, see `Climate`."""


@dataclass(frozen=True)
class Window:
    """Where a scene lies in its field: first row and column in cells, pixels on a side, pixels per cell."""

    row: float
    col: float
    size_px: int
    per_cell: float

    def of(self, field: np.ndarray, order: int = 1) -> np.ndarray:
        """`field` at the scene's pixels, (size_px, size_px) float32."""
        step = (np.arange(self.size_px) + 0.5) / self.per_cell - 0.5
        return sampled(field, *np.meshgrid(self.row + step, self.col + step, indexing="ij"), order)


@dataclass(frozen=True)
class Place:
    """What stays from date to date.

    `field_m` is the bed of the wide field with cells of `cell_m`, `ice_m` its ice in balance with `climate`,
    `detail_m` (size_px, size_px) what the scene's pixels add to the bed; `water_m` is the level of the sea (`salt`)
    or of a wide lake, `NO_WATER` where there is none.
    """

    kind: Kind
    field_m: np.ndarray
    cell_m: float
    climate: Climate
    ice_m: np.ndarray
    window: Window
    detail_m: np.ndarray
    pixel_m: float
    water_m: float
    salt: bool


@dataclass(frozen=True)
class Ground:
    """The bare facts of a scene at one date, every array (n, n) float32.

    `height_m` is the surface with ice and water, `ice_m` the ice's thickness, `line_m` the equilibrium line,
    `lakes_m` the depth of water. `far_m` is the surface of the wide field, which throws shadows too, with cells of
    `far_cell_m`; `window` finds the scene in it. `salt` tells whether the water is the sea.
    """

    height_m: np.ndarray
    ice_m: np.ndarray
    line_m: np.ndarray
    lakes_m: np.ndarray
    pixel_m: float
    far_m: np.ndarray
    far_cell_m: float
    window: Window
    salt: bool = False


def make_place(settings: SceneSettings) -> Place:
    """The place that `settings` ask for. Raises InputError kinds where a terrain of the user's can not be read."""
    rng, pixel_m = settings.rng(1), SENSORS[settings.sensor].pixel_m
    wide_m = max(settings.size_px * pixel_m * 1.3, float(rng.uniform(8500, 14500)))
    cells = int(np.clip(wide_m / 70.0, *FIELD_CELLS))
    cell_m = wide_m / cells
    field = _field(rng, settings, cells, cell_m)
    climate, water = _climate(rng, settings.kind, field, cell_m)
    climate = replace(climate, steepest=float(settings.rng(9).uniform(*STEEPEST)))
    field, climate, water, salt = _levelled(rng, settings.kind, field, (climate, water))
    spare = cells - settings.size_px * pixel_m / cell_m
    ice = _ice(settings.kind, field, cell_m, climate)
    row, col = _view(rng, settings.kind, ice, spare)
    window = Window(row, col, settings.size_px, cell_m / pixel_m)
    detail = _detail(rng, field, window, pixel_m)
    return Place(settings.kind, field, cell_m, climate, ice, window, detail, pixel_m, water, salt)


def ground_of(
    place: Place, warming_m: float = 0.0, before: np.ndarray | None = None
) -> tuple[Ground, np.ndarray]:
    """The ground with the equilibrium line `warming_m` higher, and the field's ice; no more than `before`."""
    climate = replace(place.climate, line_m=place.climate.line_m + np.float32(warming_m))
    ice = _ice(place.kind, place.field_m, place.cell_m, climate) if warming_m else place.ice_m
    if before is not None:
        ice = np.minimum(ice, before)
    thickness, height = _surface(place, ice)
    lakes = _water(place, height, thickness)
    line = place.window.of(climate.line_m)
    far = place.field_m + ice
    layers = (layer.astype("float32") for layer in (height + lakes, thickness, line, lakes))
    return Ground(*layers, place.pixel_m, far, place.cell_m, place.window, place.salt), ice


def _field(rng: np.random.Generator, settings: SceneSettings, cells: int, cell_m: float) -> np.ndarray:
    """The bed of the wide field in metres, (cells, cells) float32."""
    kind, wide_m = settings.kind, cells * cell_m
    if settings.terrain:
        return real_relief(rng, settings.terrain, cells, cell_m)
    plain = kind in (Kind.LOWLAND, Kind.DESERT, Kind.COAST)
    bed = mountains(rng, cells, cell_m, 0.45 if plain or kind is Kind.ICE_CAP else float(rng.uniform(0.1, 0.3)))
    bed *= 0.15 * wide_m / np.ptp(bed)
    if not plain:
        share, radius_m = float(rng.uniform(40, 75)), float(np.exp(rng.uniform(*np.log(TROUGH_M))))
        form = radius_m / cell_m, float(rng.uniform(0.1, 0.45))
        if kind is Kind.ICE_CAP:
            share, form = float(rng.uniform(50, 70)), (3.0, 0.8)
        bed = glaciated(bed, float(np.percentile(bed, share)), form)
    usual = np.median(np.hypot(*np.gradient(bed, cell_m)))
    bed *= np.tan(np.deg2rad(float(rng.uniform(*STEEP_DEG.get(kind, (24.0, 34.0)))))) / max(float(usual), 0.01)
    return (bed + (0.0 if kind is Kind.CALVING else rng.uniform(20, 900 if plain else 3500))).astype("float32")


def _climate(rng: np.random.Generator, kind: Kind, field: np.ndarray, cell_m: float) -> tuple[Climate, float]:
    """Equilibrium line over the field, melt and gain, and the level of the water."""
    shares = {Kind.VALLEY: (42, 74), Kind.CIRQUE: (75, 92), Kind.ICE_CAP: (45, 75), Kind.CALVING: (35, 60)}
    cells = field.shape[0]
    # Less sun falls on the side towards the pole, and less melts there; the sun stands in the south.
    north = ndimage.gaussian_filter(-np.gradient(field, cell_m)[0], 250.0 / cell_m)
    line = 70.0 * fractal(rng, cells, 3.5) - float(rng.uniform(150, 900)) * np.clip(north, -0.6, 0.6)
    if kind in shares:
        line = line + np.percentile(field, rng.uniform(*shares[kind]))
    elif kind is Kind.SNOW_PATCHES:
        line = line + np.percentile(field, rng.uniform(80, 100)) + float(rng.uniform(0, 150))
    else:
        line = line + field.max() + 400.0
    water = NO_WATER
    if kind is Kind.CALVING:
        water = float(np.percentile(field, rng.uniform(8, 25)))
    elif kind is Kind.COAST:
        water = float(np.percentile(field, rng.uniform(30, 75)))
    melt = float(rng.choice([1.6, 2.5, 4.0, 7.0]))
    climate = Climate(line.astype("float32"), float(rng.uniform(0.005, 0.008)), float(rng.uniform(0.004, 0.008)),
                      float(rng.uniform(1.5, 3.5)), melt, water if water > NO_WATER else -np.inf)
    return climate, water


def _levelled(
    rng: np.random.Generator, kind: Kind, field: np.ndarray, known: tuple[Climate, float]
) -> tuple[np.ndarray, Climate, float, bool]:
    """All of it raised or sunk until the sea lies at 0, or a lake as high as lakes lie; and whether it is the sea."""
    climate, water = known
    if water <= NO_WATER:
        return field, climate, water, False
    salt = kind is Kind.COAST or rng.random() < 0.6
    rise = np.float32((0.0 if salt else rng.uniform(300, 3000)) - water)
    level = float(water + rise)
    shifted = replace(climate, line_m=climate.line_m + rise, water_m=climate.water_m + float(rise))
    return field + rise, shifted, level, salt


def _ice(kind: Kind, field: np.ndarray, cell_m: float, climate: Climate) -> np.ndarray:
    """The field's ice; none where the kind has none, for snow on the highest ground alone makes no glacier."""
    return np.zeros_like(field) if kind in WITHOUT_ICE else glaciers(field, cell_m, climate)


def _view(rng: np.random.Generator, kind: Kind, ice: np.ndarray, spare: float) -> tuple[float, float]:
    """First row and column of a window with some ice and some ground in it, if the field has one."""
    cells = ice.shape[0]
    width = max(int(cells - spare), 1)
    share = ndimage.uniform_filter((ice > 12).astype("float32"), width)
    wish = float(rng.uniform(0.12, 0.65))
    half, most = cells - spare, max(spare, 0.0)
    tries = rng.uniform(0.1, 0.9, (40, 2)) * most
    middle = np.clip((tries + half / 2).astype(int), 0, cells - 1)
    miss = np.abs(share[middle[:, 0], middle[:, 1]] - wish)
    best = tries[int(np.argmin(miss))] if kind not in (Kind.LOWLAND, Kind.DESERT, Kind.COAST) else tries[0]
    return float(best[0]), float(best[1])


def _detail(rng: np.random.Generator, field: np.ndarray, window: Window, pixel_m: float) -> np.ndarray:
    """Gullies, ledges and boulders, metres, (n, n): strong on slopes, weak on flats."""
    n, margin = window.size_px, 12
    grid = min(n, CARVED_PX)
    cell_m = pixel_m * n / grid
    wide = Window(window.row - margin * cell_m / pixel_m / window.per_cell,
                  window.col - margin * cell_m / pixel_m / window.per_cell,
                  grid + 2 * margin, window.per_cell * grid / n)
    base = wide.of(field, 3).astype("float64")
    carved = gullies(rng, base, cell_m)
    steep = np.hypot(*np.gradient(ndimage.gaussian_filter(base, 2.0), cell_m))
    carved = (carved * np.clip(0.3 + 1.7 * steep, 0.3, 1.6))[margin:-margin, margin:-margin]
    if grid == n:
        return carved.astype("float32")
    return (resized(carved, n, 1) + fractal(rng, n, 2.2) * np.clip(pixel_m * 0.1, 0.5, 3.0)).astype("float32")


def _surface(place: Place, ice: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Thickness of the ice and height of the surface at the scene's pixels."""
    soft = place.window.of(ndimage.gaussian_filter((ice > 6.0).astype("float32"), 1.0))
    # What ice has lain on is smoother, and stays so when the ice has gone.
    worn = place.window.of(ndimage.gaussian_filter((place.ice_m > 6.0).astype("float32"), 1.0))
    rock = place.window.of(place.field_m, 3) + place.detail_m * (1.0 - 0.6 * worn)
    top = place.window.of(ndimage.gaussian_filter(np.where(ice > 6, place.field_m + ice, place.field_m - 8.0), 0.6), 3)
    steep = np.hypot(*np.gradient(ndimage.gaussian_filter(rock, max(45.0 / place.pixel_m, 1.0)), place.pixel_m))
    # Thin ice does not stay on a wall: it breaks off.
    steepest = place.climate.steepest
    least = 5.0 + 40.0 * smoothstep(steep, steepest - 0.15, steepest + 0.25)
    thickness = np.where(soft > 0.04, np.clip(top - rock - least, 0.0, None), 0.0)
    afloat = (place.water_m - rock) * 1.13 > thickness
    thickness = np.where(afloat, 0.0, thickness)
    return thickness, rock + thickness


def _water(place: Place, height: np.ndarray, thickness: np.ndarray) -> np.ndarray:
    """Depth of the water, metres: the sea, and hollows without an outlet; shallow puddles left dry."""
    n, cells = height.shape[0], place.field_m.shape[0]
    sea = np.clip(place.water_m - height, 0.0, None) * (thickness <= 0)
    coarse = resized(height, min(2 * cells, n), 1) if n > 2 * cells else height
    seed = np.full_like(coarse, coarse.max())
    seed[[0, -1], :], seed[:, [0, -1]] = coarse[[0, -1], :], coarse[:, [0, -1]]
    level = reconstruction(seed, coarse, method="erosion")
    parts, _ = ndimage.label(ndimage.binary_opening(level - coarse > 2.5, iterations=2))
    # The widest hollows are valleys whose outlet the relief has lost; water stays in the small ones.
    wet = (parts > 0) & (np.bincount(parts.ravel()) < 0.012 * parts.size)[parts]
    reach = ndimage.grey_dilation(np.where(wet, level, NO_WATER), size=5)
    filled = reach if reach.shape[0] == n else resized(reach, n, 0)
    return np.maximum(np.clip(filled - height, 0.0, None) * (thickness <= 3.0), sea)
