"""What covers the ground: rock, plants, water, ice, debris and snow, as shares of each pixel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from .flow import Flow
from .lowland import land_use, rivers
from .noise import fractal, smoothstep
from .place import Ground
from .settings import Kind, SceneSettings, Season

SMALLEST_M2 = 50_000.0
"""Ice below five hectares counts as none: inventories begin at one to ten (Paul et al. 2009, Ann. Glaciol. 50, 119)."""

NARROWEST_M = 100.0
"""Ice in gullies narrower than this is no glacier: inventories leave couloirs and ice aprons out (Raup and Khalsa 2010,
GLIMS Analysis Tutorial)."""

Layers = list[tuple[str, np.ndarray]]


@dataclass(frozen=True)
class Shape:
    """What the form of the ground says, every array (n, n) float32.

    `above_m`: height over the equilibrium line; `slope`: tangent; `south`: how steeply it falls to the south.
    `patch` and `fine` are noise of standard deviation 1, of wide and of narrow patches.
    """

    above_m: np.ndarray
    slope: np.ndarray
    south: np.ndarray
    patch: np.ndarray
    fine: np.ndarray


@dataclass(frozen=True)
class Cover:
    """Shares of each ground in each pixel, (n, n) each and in sum 1; glacier, and debris on it by share."""

    shares: dict[str, np.ndarray]
    glacier: np.ndarray
    debris: np.ndarray
    snow: np.ndarray


def shape_of(rng: np.random.Generator, ground: Ground) -> Shape:
    """Slopes at the scale of a few pixels, and two fields of noise."""
    n = ground.height_m.shape[0]
    down, right = np.gradient(ndimage.gaussian_filter(ground.height_m, 1.0), ground.pixel_m)
    above = ground.height_m - ground.line_m
    return Shape(above, np.hypot(down, right), -down, fractal(rng, n, 2.6), fractal(rng, n, 1.7))


def glacier_mask(ground: Ground) -> np.ndarray:
    """Where ice lies as an inventory has it, bool: without specks and without what only fills gullies."""
    ice = ground.ice_m > 3.0
    reach = 0.5 * NARROWEST_M / ground.pixel_m
    core = ndimage.distance_transform_edt(ice) > reach
    if not core.any():
        return core
    ice &= ndimage.distance_transform_edt(~core) <= reach + 1.0
    parts, count = ndimage.label(ice)
    least = max(SMALLEST_M2 / ground.pixel_m**2, 9.0)
    return (np.bincount(parts.ravel(), minlength=count + 1) >= least)[parts] & ice


def cover(settings: SceneSettings, ground: Ground, flow: Flow) -> Cover:
    """Lay the grounds of the scene one over the other; the last one laid on hides the others."""
    rng = settings.rng(3)
    shape, glacier = shape_of(rng, ground), glacier_mask(ground)
    debris = debris_cover(rng, ground, flow, glacier)
    layers = _land(rng, settings, ground, shape)
    layers += _ice(rng, shape, flow, glacier.astype("float32"), debris)
    snow = seasonal_snow(rng, settings.season, shape, glacier)
    water = smoothstep(ground.lakes_m, 0.3, 1.5)
    frozen = _frozen_water(rng, settings, ground)
    snow_kind = {Season.SUMMER: "wet_snow", Season.EARLY: "snow", Season.WINTER: "fresh_snow"}[settings.season]
    fresh = (100, 600) if settings.season is Season.SUMMER else (-600, 300)
    high = smoothstep(shape.above_m + 60 * shape.patch, *fresh)
    on_land = snow * (1.0 - water * (1.0 - frozen))
    layers += [("lake_ice", water * frozen), (snow_kind, on_land), ("snow", on_land * high * 0.8)]
    if settings.kind in (Kind.LOWLAND, Kind.COAST) or settings.season is not Season.SUMMER:
        layers.append(("forest", _trees(rng, shape) * (1.0 - glacier) * (1.0 - water) * 0.55))
    return Cover(laid(layers), glacier, debris, on_land)


def laid(layers: Layers) -> dict[str, np.ndarray]:
    """Shares that are in sum 1, where the first layer covers all."""
    shares: dict[str, np.ndarray] = {}
    seen = np.ones(layers[0][1].shape, "float32")
    for name, share in reversed(layers):
        shares[name] = shares.get(name, 0.0) + seen * share
        seen = seen * (1.0 - share)
    return shares


def debris_cover(rng: np.random.Generator, ground: Ground, flow: Flow, glacier: np.ndarray) -> np.ndarray:
    """Share of glacier under rock debris, (n, n): margins, medial moraines and ends of tongues, below the line alone.

    What fell on the ice above the line is buried and melts out below it (Kirkbride and Deline 2013, Earth Surf.
    Process. Landforms 38, 1779), so the load that the ice carries shows the more, the more ice has melted.
    """
    rich, reach = float(rng.uniform(0.15, 1.0)) ** 1.5, float(np.exp(rng.uniform(np.log(50), np.log(400))))
    below = ground.line_m - ground.height_m
    melted = np.clip(below / reach, 0.0, 3.0)
    wish = melted * (0.25 + rich * (1.5 * np.minimum(flow.load, 1.0) + 0.35))
    wish += 0.16 * flow.stripes * np.minimum(melted, 1.0)
    wish = ndimage.gaussian_filter(wish + 0.1 * fractal(rng, below.shape[0], 2.0), 12.0 / ground.pixel_m + 0.3)
    return (smoothstep(wish, 0.8, 1.05) * (glacier & (below > 0))).astype("float32")


def seasonal_snow(rng: np.random.Generator, season: Season, shape: Shape, glacier: np.ndarray) -> np.ndarray:
    """Share of this year's snow, (n, n): above a snowline, less on sunny and steep slopes, more in hollows and on ice.

    In late summer the line stands near the equilibrium line on ice and some 200 m higher beside it, where the ground
    is warm and rough; in winter only walls and low sunny slopes are bare.
    """
    line, sunny, spread = {
        Season.SUMMER: (float(rng.uniform(20, 220)), 190.0, 60.0),
        Season.EARLY: (float(rng.uniform(-900, -60)), float(rng.uniform(150, 400)), 140.0),
        Season.WINTER: (float(rng.uniform(-3000, -700)), float(rng.uniform(200, 900)), 200.0),
    }[season]
    off_ice = 0.0 if season is Season.WINTER else float(rng.uniform(60, 260))
    sun = sunny * np.clip(shape.south, -1.0, 1.0)
    rough = 110 * shape.patch + 90 * shape.fine
    land = shape.above_m - line - off_ice - sun + rough - 240 * (shape.slope - 0.5)
    ice = shape.above_m - line - 0.4 * sun + 55 * shape.patch + 25 * shape.fine
    # Walls shed their snow.
    least = float(rng.uniform(0.8, 1.25))
    clinging = smoothstep(shape.slope + 0.10 * shape.fine + 0.05 * shape.patch, least + 0.45, least)
    share = np.where(glacier, smoothstep(ice, -spread, spread), smoothstep(land, -spread, spread) * clinging)
    # Stones stand out of the snow on land.
    most = 1.0 if season is not Season.WINTER else float(rng.uniform(0.88, 1.0))
    return (np.where(glacier, 1.0, most) * share).astype("float32")


def _land(rng: np.random.Generator, settings: SceneSettings, ground: Ground, shape: Shape) -> Layers:
    """Rock, rubble, plants, and what people have made of the plains; rivers and lakes."""
    n, green = ground.height_m.shape[0], float(rng.uniform(0.0, 1.2))
    layers: Layers = [
        ("rock", np.ones((n, n), "float32")),
        ("other_rock", smoothstep(fractal(rng, n, 3.0), 0.4, 0.9)),
        ("scree", smoothstep(shape.slope + 0.15 * shape.patch, 0.8, 0.4) * 0.8),
    ]
    top = ground.line_m.mean() if settings.kind not in (Kind.LOWLAND, Kind.COAST, Kind.DESERT) else 4000.0
    dry = settings.kind is Kind.DESERT
    if dry:
        layers += [("sand", smoothstep(shape.slope + 0.1 * shape.patch, 0.3, 0.1)),
                   ("salt", smoothstep(fractal(rng, n, 3.4) - 6.0 * shape.slope, 0.3, 0.7) * 0.9)]
    below = np.clip(-(ground.height_m - top), -5000, 5000)
    limit = float(rng.uniform(250, 700))
    wide, gentle = 90 * shape.patch + 60 * shape.fine, smoothstep(shape.slope + 0.1 * shape.fine, 1.0, 0.55)
    grass = "dry_grass" if green < 0.4 else "meadow"
    if not dry:
        layers += [("dry_grass", smoothstep(below + wide, limit - 150, limit + 150) * gentle * 0.6),
                   (grass, smoothstep(below + wide, limit, limit + 250) * gentle * min(green + 0.2, 0.95)),
                   ("forest", smoothstep(below + wide, limit + 400, limit + 560) * gentle * min(green, 1.0) * 0.95)]
    if settings.kind in (Kind.LOWLAND, Kind.COAST):
        layers += land_use(rng, ground, shape.slope)
    stream = rivers(ground)
    layers += [("scree", stream[1] * 0.8), ("milky_lake", stream[0])]
    water = smoothstep(ground.lakes_m, 0.3, 1.5)
    clear, milk = ("sea", "turbid_sea") if ground.salt else ("lake", "milky_lake")
    murk = smoothstep(shape.above_m / 300 + shape.patch * 0.8, -1.5, 0.5) if not ground.salt else smoothstep(
        shape.patch + 1.5 * fractal(rng, n, 3.6) + rng.normal(0, 0.8), -0.3, 1.2)
    return [*layers, (clear, water), (milk, water * murk)]


def _ice(rng: np.random.Generator, shape: Shape, flow: Flow, glacier: np.ndarray, debris: np.ndarray) -> Layers:
    """Bare ice, dirty ice, firn and debris with its ponds and cliffs."""
    n = glacier.shape[0]
    dirt = smoothstep(-shape.above_m / 450 + 0.2 * shape.fine + 0.3 * flow.stripes + 0.5 * flow.load, 0.3, 0.9)
    hollows = fractal(rng, n, 1.5) - 6.0 * np.maximum(shape.slope - 0.15, 0.0)
    pond = smoothstep(hollows, 2.0, 2.4) * debris
    cliff = smoothstep(hollows, 1.7, 2.0) * debris * (1.0 - pond) * (shape.south < 0.05)
    wide = 35 * shape.patch + 22 * shape.fine
    return [
        ("ice", glacier),
        ("dirty_ice", glacier * np.clip(0.75 * dirt + 0.1 * np.abs(shape.fine), 0, 1)),
        ("firn", glacier * smoothstep(shape.above_m + wide, -40, 60)),
        ("debris", debris * 0.95),
        ("other_debris", debris * 0.95 * smoothstep(flow.stripes, 0.6, 1.4)),
        ("dirty_ice", cliff), ("milky_lake", pond * 0.9),
    ]


def _frozen_water(rng: np.random.Generator, settings: SceneSettings, ground: Ground) -> np.ndarray:
    """Where water is frozen, 0 or 1; the sea where it is winter and by chance."""
    chance = {Season.SUMMER: 0.0, Season.EARLY: 0.45, Season.WINTER: 0.85}[settings.season]
    frozen = rng.random() < chance * (0.3 if ground.salt else 1.0)
    return np.full(ground.height_m.shape, float(frozen), "float32")


def _trees(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """Trees that stand out of the snow, far below the line."""
    limit = float(rng.uniform(-1600, -800))
    return smoothstep(shape.above_m + 90 * shape.patch, limit + 120, limit) * smoothstep(shape.slope, 1.0, 0.6)
