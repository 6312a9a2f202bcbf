"""What scene to simulate: place, season, sensor, sky."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from ....core.errors import InvalidParameterError
from .sensors import SENSORS

SIZES_PX = (64, 4096)


class Kind(str, Enum):
    """What kind of place; the last four have no glacier."""

    VALLEY = "valley"
    CIRQUE = "cirque"
    ICE_CAP = "ice_cap"
    CALVING = "calving"
    SNOW_PATCHES = "snow_patches"
    LOWLAND = "lowland"
    COAST = "coast"
    DESERT = "desert"


WITHOUT_ICE = (Kind.SNOW_PATCHES, Kind.LOWLAND, Kind.COAST, Kind.DESERT)


class Season(str, Enum):
    """How far down the snow lies: to the equilibrium line, half way, or everywhere under a low sun."""

    SUMMER = "summer"
    EARLY = "early"
    WINTER = "winter"


@dataclass(frozen=True)
class SceneSettings:
    """A scene to simulate; the same settings give the same scene.

    `clouds`: clouds and their shadows, or cirrus; `gaps`: no data where a product's cloud mask took bright snow for
    cloud, beyond the scene's edge, and along the stripes of Landsat 7; `top_of_atmosphere`: reflectance before the
    atmosphere is corrected; `terrain`: a raster of elevations to take the relief from, "" for a simulated relief.
    Raises InvalidParameterError.
    """

    seed: int
    size_px: int
    sensor: str = "S2"
    kind: Kind = Kind.VALLEY
    season: Season = Season.SUMMER
    clouds: bool = False
    gaps: bool = False
    top_of_atmosphere: bool = False
    terrain: str = ""

    def __post_init__(self) -> None:
        if self.sensor not in SENSORS:
            raise InvalidParameterError(name="sensor", value=self.sensor, expected=", ".join(sorted(SENSORS)))
        if not SIZES_PX[0] <= self.size_px <= SIZES_PX[1]:
            expected = f"from {SIZES_PX[0]} to {SIZES_PX[1]}"
            raise InvalidParameterError(name="size_px", value=self.size_px, expected=expected)
        if self.seed < 0:
            raise InvalidParameterError(name="seed", value=self.seed, expected="0 or more")
        object.__setattr__(self, "kind", _member(Kind, "kind", self.kind))
        object.__setattr__(self, "season", _member(Season, "season", self.season))

    @classmethod
    def drawn(cls, seed: int, size_px: int, without_ice: float = 0.2) -> SceneSettings:
        """Settings drawn by chance as a training set needs them; a share `without_ice` has no glacier."""
        rng = np.random.default_rng([seed, size_px, 77])
        if rng.random() < without_ice:
            kind = WITHOUT_ICE[rng.choice(4, p=(0.5, 0.2, 0.15, 0.15))]  # of snow without ice most is to be learnt
        else:
            kind = (Kind.VALLEY, Kind.CIRQUE, Kind.ICE_CAP, Kind.CALVING)[rng.choice(4, p=(0.6, 0.2, 0.1, 0.1))]
        season = tuple(Season)[rng.choice(3, p=(0.45, 0.2, 0.35))]
        sensor = sorted(SENSORS)[rng.choice(5, p=(0.1, 0.12, 0.23, 0.2, 0.35))]
        gaps = rng.random() < (0.7 if season is Season.WINTER and sensor != "S2" else 0.2)
        return cls(seed, size_px, sensor, kind, season, rng.random() < 0.4, gaps, rng.random() < 0.3)

    def seen_again(self, number: int) -> SceneSettings:
        """The same place another time: season, sky, product and, among those of the same pixel, sensor are drawn."""
        other = SceneSettings.drawn(self.seed + 1_000_003 * number, self.size_px)
        same_pixel = SENSORS[other.sensor].pixel_m == SENSORS[self.sensor].pixel_m
        return replace(other, kind=self.kind, sensor=other.sensor if same_pixel else self.sensor, terrain=self.terrain)

    def rng(self, part: int) -> np.random.Generator:
        """A generator for one part of the scene, so that no part depends on how much another drew."""
        return np.random.default_rng([self.seed, self.size_px, part])


def _member(enum: type[Enum], name: str, value: object) -> Enum:
    try:
        return enum(value)
    except ValueError as exc:
        raise InvalidParameterError(name=name, value=value, expected=", ".join(one.value for one in enum)) from exc
