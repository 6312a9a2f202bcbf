"""A simulated scene in memory: optical, thermal, terrain and radar, with the truth about glaciers and debris."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from ...scene.terrain import slope_deg
from .flow import Flow, flow_of
from .light import facing, shadow_edge, sky_view
from .noise import fractal
from .place import Ground, ground_of, make_place
from .radar import Radar, radar
from .sensors import (
    BRIGHTEST,
    SENSORS,
    THERMAL_OFFSET,
    THERMAL_SCALE,
    Sensor,
    detect,
    edge_gap,
    mask_gaps,
    rounded,
    stripes,
)
from .settings import Kind, SceneSettings, Season
from .sky import PASSED, SKYLIGHT, Air, Clouds, air_of, clouds_of, corrected, no_clouds, path_reflectance
from .spectra import FROZEN, palette
from .surface import Cover, cover

NOT_KNOWN = 255
"""In `label` and `debris`: no data in the image, or ice under a thick cloud."""

RISE_M = 55.0
"""How much the equilibrium line rises from one date to the next, on the whole."""


@dataclass(frozen=True)
class SceneArrays:
    """One date of a scene, row 0 = north, all float32 but the two of truth.

    `optical` (6, n, n) reflectance, blue to swir2, NaN = no data; `thermal` (n, n) kelvin; `elevation` (n, n) metres
    and `slope` (n, n) degrees, as a terrain model has them; `co_pol`, `cross_pol` (2, n, n) linear sigma nought of
    the ascending and the descending orbit; `coherence` (2, n, n) 0..1; `label` (n, n) uint8 glacier 1, other 0,
    255 not known; `debris` (n, n) uint8 likewise, 1 where glacier lies under debris. `glacier_km2` is all ice in the
    scene, whatever hides it.
    """

    optical: np.ndarray
    thermal: np.ndarray
    elevation: np.ndarray
    slope: np.ndarray
    co_pol: np.ndarray
    cross_pol: np.ndarray
    coherence: np.ndarray
    label: np.ndarray
    debris: np.ndarray
    glacier_km2: float
    debris_km2: float
    pixel_m: float


def simulate(settings: SceneSettings) -> SceneArrays:
    """One scene. The same settings give the same arrays. Raises InvalidParameterError for an unfit `terrain`."""
    return simulate_dates(settings, 1)[0]


def simulate_dates(settings: SceneSettings, dates: int) -> list[SceneArrays]:
    """The same place at several dates, each with a higher equilibrium line and no more ice anywhere than before.

    The rises are drawn about `RISE_M`; the ice is in balance at each date. Ground, rock and moraines stay; sun, air
    and clouds differ.
    """
    place, rng = make_place(settings), settings.rng(5)
    scenes, ice, warming = [], None, 0.0
    for date in range(dates):
        ground, ice = ground_of(place, warming, ice)
        scenes.append(_taken(settings, ground, date))
        warming += RISE_M * float(rng.uniform(0.6, 1.5))
    return scenes


def simulate_views(settings: SceneSettings, views: int) -> list[SceneArrays]:
    """The same place seen `views` times: another season, rock, sky and sensor of the same pixel each time.

    The first is the scene of `settings` itself. A place takes three quarters of a scene's time, so a training set
    grows faster with a few views of each.
    """
    ground, _ = ground_of(make_place(settings))
    scenes = [_taken(settings, ground, 0)]
    for number in range(1, views):
        scenes.append(_taken(settings.seen_again(number), ground, 0))
    return scenes


def _taken(settings: SceneSettings, ground: Ground, date: int) -> SceneArrays:
    """All that the satellites bring home of `ground` at one date."""
    n, sensor = settings.size_px, SENSORS[settings.sensor]
    rng = settings.rng(20 + date)
    flow = flow_of(settings.rng(2), ground)
    laid = cover(settings, ground, flow)
    air = air_of(rng, settings)
    clouds = clouds_of(rng, n, ground.pixel_m, air.sun) if settings.clouds else no_clouds(n)
    direct = sunlight(ground, air) * (1.0 - 0.85 * clouds.before_sun)
    rough = _relit((ground, laid, flow), air, settings.rng(6))
    optical = _optical(rng, settings, (ground, laid, rough * direct), (air, clouds))
    thermal = _thermal(rng, settings.season, (ground, laid, direct), clouds)
    missing = _missing(rng, settings, optical)
    optical[:, missing] = np.nan
    thermal[missing] = np.nan
    elevation = _terrain_model(settings.rng(7), ground)
    echoes = radar(settings.rng(40 + date), ground, laid, flow, settings.season)
    hidden = missing | (laid.glacier & (clouds.seen > 0.7))
    return _arranged(laid, hidden, sensor, (optical, thermal, elevation, echoes))


def _arranged(
    laid: Cover, hidden: np.ndarray, sensor: Sensor, layers: tuple[np.ndarray, np.ndarray, np.ndarray, Radar]
) -> SceneArrays:
    optical, thermal, elevation, echoes = layers
    under = laid.debris > 0.5
    pixel_km2 = (sensor.pixel_m / 1000.0) ** 2
    return SceneArrays(
        optical, thermal, elevation, slope_deg(elevation, sensor.pixel_m), echoes.co_pol, echoes.cross_pol,
        echoes.coherence, np.where(hidden, NOT_KNOWN, laid.glacier).astype("uint8"),
        np.where(hidden, NOT_KNOWN, under).astype("uint8"),
        float(laid.glacier.sum() * pixel_km2), float(under.sum() * pixel_km2), sensor.pixel_m,
    )


def sunlight(ground: Ground, air: Air) -> np.ndarray:
    """Direct sunlight relative to flat ground, (n, n) float32, in the shadow of the wide field's mountains too."""
    near = shadow_edge(ground.height_m, ground.pixel_m, air.sun)
    far = shadow_edge(ground.far_m, ground.far_cell_m, air.sun, 2.0)
    far = ground.window.of(np.maximum(far, ground.far_m.min() - 1.0))
    lit = np.maximum(near, far - 0.15 * ground.far_cell_m) <= ground.height_m + 0.5
    cosine = np.maximum(facing(ground.height_m, ground.pixel_m, air.sun), 0.0)
    cosine[ground.lakes_m > 0.5] = air.sun.sine
    return (cosine / air.sun.sine * ndimage.gaussian_filter(lit.astype("float32"), 0.5)).astype("float32")


def _relit(below: tuple[Ground, Cover, Flow], air: Air, rng: np.random.Generator) -> np.ndarray:
    """Light and shade too fine for the terrain, (n, n) about 1: moraines and crevasses along the ice, stones, drifts.

    The lower the sun, the more a small slope matters.
    """
    ground, laid, flow = below
    n = ground.height_m.shape[0]
    broken = np.clip(flow.speed / 120.0, 0.0, 1.0) * fractal(rng, n, 1.2)
    on_ice = 0.028 * flow.stripes + 0.04 * broken
    on_land = 0.06 * fractal(rng, n, 1.5) * np.where(laid.snow > 0.5, 0.6, 1.0)
    return np.clip(1.0 + np.where(laid.glacier, on_ice, on_land) / air.sun.sine, 0.3, 2.0).astype("float32")


def _optical(
    rng: np.random.Generator, settings: SceneSettings, below: tuple[Ground, Cover, np.ndarray],
    above: tuple[Air, Clouds],
) -> np.ndarray:
    """(6, n, n) reflectance as the product stores it."""
    (ground, laid, direct), (air, clouds) = below, above
    sensor = SENSORS[settings.sensor]
    bottom = _bottom(settings, laid, sensor)
    thin = 0.25 + 0.75 * np.exp(-float(ground.height_m.mean()) / 8000.0)  # less air above high ground, less skylight
    sky = np.clip(SKYLIGHT * (0.45 + 0.35 / air.sun.sine) * (0.7 + 0.3 * air.thick) * thin, 0.0, 0.5)[:, None, None]
    view = sky_view(ground.height_m, ground.pixel_m)
    # Slopes light one another: a white valley is bright in its shadows too.
    round_about = np.stack([ndimage.gaussian_filter(band * np.minimum(direct, 1.5), 6.0) for band in bottom])
    light = (1.0 - sky) * direct + sky * view + round_about * (1.0 - view) * 0.7
    path = path_reflectance(rng, ground.height_m, air)
    seen = bottom * light * PASSED[:, None, None] + path
    seen = seen * (1.0 - clouds.seen) + clouds.seen * clouds.spectrum[:, None, None] * (0.85 + 0.3 * clouds.seen)
    seen = detect(rng, seen, sensor, air.sun.sine)
    if not settings.top_of_atmosphere:
        seen = corrected(rng, seen, path, air)
    return rounded(np.clip(seen, sensor.offset + sensor.scale, BRIGHTEST), sensor.scale, sensor.offset)


def _bottom(settings: SceneSettings, laid: Cover, sensor: Sensor) -> np.ndarray:
    """(6, n, n) reflectance of the mixture, with the texture that every ground has."""
    rng = settings.rng(4)
    colours = palette(rng, sensor)
    n = settings.size_px
    fine, coarse = fractal(rng, n, 1.3), fractal(rng, n, 2.2)
    total = np.zeros((6, n, n), "float32")
    for name, share in laid.shares.items():
        if not share.any():
            continue
        strength = 0.02 if name in FROZEN else 0.09
        textured = share * np.clip(1.0 + strength * (fine + coarse), 0.5, 1.6)
        for band, value in enumerate(colours[name]):
            total[band] += value * textured
    return np.minimum(total, 0.99)


def _thermal(
    rng: np.random.Generator, season: Season, below: tuple[Ground, Cover, np.ndarray], clouds: Clouds
) -> np.ndarray:
    """Surface temperature in kelvin, (n, n): ice melts at most, rock warms in the sun, debris stays between them."""
    ground, laid, direct = below
    at_line = {Season.SUMMER: (278.0, 285.0), Season.EARLY: (274.0, 281.0), Season.WINTER: (255.0, 268.0)}[season]
    above = np.clip(ground.height_m - ground.line_m, -3500.0, 3500.0)
    air = float(rng.uniform(*at_line)) - float(rng.uniform(0.0055, 0.0085)) * above
    heat = float(rng.uniform(8.0, 16.0))
    # Dry snow insulates and radiates: under a clear winter sky it is far colder than the air, bare rock is not.
    colder = float(rng.uniform(3.0, 9.0)) if season is Season.WINTER else 2.0
    rock = air + heat * (np.minimum(direct, 2.0) - (0.15 if season is Season.WINTER else 0.35))
    frozen = sum((laid.shares[name] for name in FROZEN if name in laid.shares), np.zeros_like(air))
    water = sum(
        (laid.shares[name] for name in ("lake", "milky_lake", "sea", "turbid_sea") if name in laid.shares),
        np.zeros_like(air),
    )
    # The ground's own heat comes through thin snow and by the stones that stand out of it; a glacier keeps it off.
    warmed = float(rng.uniform(0.0, 4.0)) * ~laid.glacier if season is not Season.SUMMER else 0.0
    rubble = np.where(laid.debris > 0.5, 0.5 * rock + 0.5 * np.minimum(275.0, air), rock)
    icy = np.minimum(273.1, air - colder + warmed + 0.25 * heat * (np.minimum(direct, 2.0) - 0.5))
    kelvin = frozen * icy + water * np.clip(air, 272.0, 290.0) + (1.0 - frozen - water) * rubble
    kelvin = kelvin * (1.0 - clouds.seen) + clouds.seen * (air.mean() - 15.0)
    kelvin = ndimage.gaussian_filter(kelvin, float(rng.uniform(35, 60)) / ground.pixel_m)
    kelvin = kelvin + rng.standard_normal(air.shape, dtype="float32") * 0.35
    return rounded(np.clip(kelvin, 200.0, 350.0), THERMAL_SCALE, THERMAL_OFFSET)


def _missing(rng: np.random.Generator, settings: SceneSettings, optical: np.ndarray) -> np.ndarray:
    """Where the product has no data, (n, n) bool."""
    n = settings.size_px
    missing = np.zeros((n, n), bool)
    if not settings.gaps:
        return missing
    if settings.sensor == "L7":
        missing |= stripes(rng, n)
    if rng.random() < 0.15:
        missing |= edge_gap(rng, n)
    if settings.kind not in (Kind.DESERT,) and rng.random() < 0.85:
        blue = np.clip(optical[0], 0.0, 1.2)
        contrast = ndimage.gaussian_gradient_magnitude(blue, 1.5)
        confusing = np.clip(contrast / 0.15, 0.0, 1.0) + 0.4 * ndimage.gaussian_filter(blue, 2.0)
        missing |= mask_gaps(rng, confusing, float(rng.uniform(0.03, 0.35)))
    return missing


def _terrain_model(rng: np.random.Generator, ground: Ground) -> np.ndarray:
    """The surface as a terrain model has it: smoothed to some 30 m, and off by a metre or three, softly."""
    n = ground.height_m.shape[0]
    smooth = ndimage.gaussian_filter(ground.height_m, float(rng.uniform(8, 25)) / ground.pixel_m)
    return (smooth + float(rng.uniform(0.3, 2.5)) * fractal(rng, n, 1.8)).astype("float32")
