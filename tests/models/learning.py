"""Tiny tiles and plans for the tests of training: bright squares are glacier, in the DEM they are high."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from glacier_mapper.core.branches import BRANCH_ROLES, Branch
from glacier_mapper.core.model_card import BandScaling, BranchSpec, NoData, Scaler
from glacier_mapper.runner.training.learn.inputs import Recipe
from glacier_mapper.runner.training.learn.plan import Augmentation, Loss, Plan, Steps

PLAIN = BandScaling(Scaler.NONE)
RECIPE = Recipe(tuple(BranchSpec(one, (PLAIN,) * len(BRANCH_ROLES[one])) for one in Branch), NoData.NAN)
GENTLE = Augmentation(zoom=1.0, light=0.02, gain=0.0, haze=0.0, noise=0.01, drop_branch=0.0, drop_radar=0.0,
                      drop_band=0.0, drop_hole=0.0)  # fmt: skip


@dataclass(frozen=True)
class Square:
    """A tile as a data set gives it."""

    name: str
    inputs: dict[Branch, np.ndarray]
    label: np.ndarray


def squares(count: int, side: int = 48, seed: int = 0) -> list[Square]:
    """Tiles with one bright square each, its left half debris (dark, but high), an unknown strip at the top."""
    rng, found = np.random.default_rng(seed), []
    for number in range(count):
        label = np.zeros((side, side), np.uint8)
        top, left = rng.integers(6, side // 2, 2)
        label[top : top + 16, left : left + 16] = 1
        label[top : top + 16, left : left + 8] = 2
        bands = np.full((6, side, side), 0.2, np.float32) + 0.02 * rng.standard_normal((6, side, side), np.float32)
        bands[:4, label == 1] += 0.5
        height = np.where(label > 0, 1.0, 0.0) + 0.02 * rng.standard_normal((side, side))
        dem = np.stack([height, np.zeros_like(height)]).astype(np.float32)
        label[:4] = 255
        found.append(Square(f"tile {number}", {Branch.OPTICAL: bands, Branch.DEM: dem}, label))
    return found


def tiny_plan(**changes) -> Plan:
    """A few small steps."""
    steps = Steps(count=12, batch=2, crop_px=32, rate=5e-3, warm_up=2, look_every=6, keep_every=3, average=0.8)
    plan = Plan(seed=3, loaders=0, steps=steps, augmentation=GENTLE)
    return replace(plan, **changes)


__all__ = ["GENTLE", "RECIPE", "Augmentation", "Loss", "Plan", "Square", "Steps", "squares", "tiny_plan"]
