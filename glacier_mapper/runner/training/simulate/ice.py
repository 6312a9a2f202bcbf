"""Glaciers that lie in a relief as ice does: snow gathers high, flows down the valleys and melts below."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

from .noise import resized

GLEN = 2.0 / 5.0 * 7.57e-17 * (910.0 * 9.81) ** 3
"""2 A (rho g)^3 / (n + 2) for n = 3 and A = 2.4e-24 Pa-3 s-1 (Cuffey and Paterson 2010, table 3.4), in m-3 a-1."""

SLIDING = 6.0
"""How many times faster than by its own deformation the ice goes: valley glaciers slide, and are thinner for it."""

STABLE = 0.085
"""Diffusivity times time over cell width squared of a step: a third of the 0.25 beyond which an explicit scheme of
two dimensions swings, for the flux grows with the third power of the slope."""

LONGEST_A = 6.0
"""Years of the longest step."""


@dataclass(frozen=True)
class Climate:
    """What the ice lives on: equilibrium line (metres, as the bed), balance gradients (per year) and limits (m/a).

    Under debris melt does not grow downwards without end (Oestrem 1959), which a low `most_melt_m` stands for.
    `water_m`: level of the water that a front calves into, -inf where there is none. `steepest`: tangent of the slope
    beyond which no snow stays: dry cold snow slides off at 40 degrees, wet maritime snow clings to walls of 50.
    """

    line_m: np.ndarray
    melt: float = 0.0065
    gain: float = 0.006
    most_m: float = 2.5
    most_melt_m: float = 6.0
    water_m: float = -np.inf
    steepest: float = 0.8


def glaciers(bed_m: np.ndarray, cell_m: float, climate: Climate) -> np.ndarray:
    """Ice thickness in metres, shape of `bed_m`, in balance with `climate`.

    The shallow-ice equation dh/dt = b + div(D grad s), D = G h^5 |grad s|^2 (Hutter 1983; G from Glen's law with
    n = 3), until nothing changes. Only the balance is wanted, so each cell takes the longest step that is stable for
    it: the state where b + div(D grad s) = 0 does not depend on the steps. The thickness in D is that of the upper
    cell of each pair, which keeps ice off the edges of steep beds (Jarosch et al. 2013, The Cryosphere 7, 229). A
    coarse solution starts the finer one. `bed_m` is square.
    """
    thickness = np.zeros((1, 1), dtype="float32")
    size = bed_m.shape[0]
    for shrink, steps in ((4, 480), (2, 220), (1, 110)):
        n = max(size // shrink, 8)
        bed, line = resized(bed_m, n, 1), resized(climate.line_m, n, 1)
        if shrink > 1:
            bed = resized(ndimage.gaussian_filter(bed_m, shrink / 2.0), n, 1)
        start = np.maximum(resized(thickness, n, 1), 0.0)
        thickness = settled(start, bed.astype("float32"), _at(climate, line), (cell_m * size / n, steps))
    return thickness


def _at(climate: Climate, line: np.ndarray) -> Climate:
    return replace(climate, line_m=line.astype("float32"))


def settled(ice: np.ndarray, bed: np.ndarray, climate: Climate, run: tuple[float, int]) -> np.ndarray:
    """Let `ice` flow and melt for `run` = (cell size in metres, steps)."""
    cell_m, steps = run
    holds = snow_held(bed, cell_m, climate.steepest)
    for _ in range(steps):
        change, fastest = _flow(ice, bed + ice, cell_m)
        balance = _balance(bed + np.minimum(ice, 80.0), climate, holds)
        step = np.minimum(STABLE * cell_m**2 / (fastest + 1e-6), LONGEST_A)
        ice = np.maximum(ice + step * (change + balance), 0.0)
        # The field's border is open: what comes there has left.
        ice[[0, -1], :] = ice[:, [0, -1]] = 0.0
        if np.isfinite(climate.water_m):
            ice = _calved(ice, bed, climate.water_m)
    return ice


def snow_held(bed: np.ndarray, cell_m: float, steepest: float = 0.8) -> np.ndarray:
    """Snow that stays in each cell relative to what falls, shape of `bed`, about 1 in the mean.

    It slides off steep rock and is blown off ridges; what has left lies on the gentle ground within a few hundred
    metres.
    """
    steep = np.hypot(*np.gradient(bed, cell_m))
    hollow = ndimage.gaussian_filter(bed, 250.0 / cell_m) - bed
    stays = np.clip((steepest - steep) / 0.4, 0.0, 1.0) * np.clip(1.0 + hollow / 40.0, 0.1, 2.0)
    reach = 450.0 / cell_m
    left = ndimage.gaussian_filter(np.maximum(1.0 - stays, 0.0), reach)
    return np.minimum(stays * (1.0 + left / (ndimage.gaussian_filter(stays, reach) + 0.15)), 4.0).astype("float32")


def _balance(surface: np.ndarray, climate: Climate, holds: np.ndarray) -> np.ndarray:
    """Mass balance in metres of ice a year; ice raises its surface and so feeds itself, within bounds."""
    above = surface - climate.line_m
    fed = np.minimum(above * climate.gain, climate.most_m) * holds
    return np.where(above > 0, fed, np.maximum(above * climate.melt, -climate.most_melt_m))


def _flow(ice: np.ndarray, surface: np.ndarray, cell_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Gain by flow from neighbours (metres a year), and the largest diffusivity round each cell (m2 a year)."""
    change, fastest = np.zeros_like(ice), np.zeros_like(ice)
    for axis in (0, 1):
        low, high = _halves(axis, slice(None, -1)), _halves(axis, slice(1, None))
        across = _slope_along(surface, 1 - axis, cell_m) ** 2
        fall = surface[low] - surface[high]
        thick = np.where(fall > 0, ice[low], ice[high])
        slope = np.sqrt((fall / cell_m) ** 2 + 0.5 * (across[low] + across[high]))
        speed = GLEN * SLIDING * thick**5 * np.minimum(slope, 0.8) ** 2
        # Icefalls break rather than flow ever faster.
        speed = np.minimum(speed, 900.0 * thick / np.maximum(slope, 0.05))
        flux = speed * fall / cell_m**2
        change[low] -= flux
        change[high] += flux
        # Thin steep ice is carried more than spread: a step must not carry it beyond the next cell.
        speed *= 1.0 + 2.0 * slope * cell_m / (thick + 1.0)
        fastest[low] = np.maximum(fastest[low], speed)
        fastest[high] = np.maximum(fastest[high], speed)
    return change, fastest


def _slope_along(surface: np.ndarray, axis: int, cell_m: float) -> np.ndarray:
    """Slope along one axis by central differences, 0 on the border."""
    slope = np.zeros_like(surface)
    inner, ahead, behind = (_halves(axis, part) for part in (slice(1, -1), slice(2, None), slice(None, -2)))
    slope[inner] = (surface[ahead] - surface[behind]) * np.float32(0.5 / cell_m)
    return slope


def _calved(ice: np.ndarray, bed: np.ndarray, water_m: float) -> np.ndarray:
    """Ice without what would float: a front stands where it is thick enough to rest on the bottom."""
    return np.where((water_m - bed) * (1028.0 / 910.0) > ice, 0.0, ice)


def _halves(axis: int, part: slice) -> tuple[slice, slice]:
    """An index that takes `part` along `axis` and everything along the other."""
    return (part, slice(None)) if axis == 0 else (slice(None), part)
