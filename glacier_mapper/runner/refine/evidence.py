"""What the strokes teach about the ground: how much each pixel looks like inside, from its own features.

A quadratic logistic regression, fitted anew after each stroke in milliseconds: pixels under strokes are examples, and
so is, with less weight, what the outline says of the ground away from them. To its log odds come a little of the
model's opinion, the shape of the valley (ground that rises from the strokes like a wall is none of the tongue, but for
clean ice, which may hang there), and far from the stroke the outline as it was.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from .levels import Level

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Vector = npt.NDArray[np.float64]

MOST_SAMPLES = 1500
"""Of each kind of example."""
OUTLINE_WEIGHT = 0.5
"""All that the outline says counts this much beside all strokes of the same side."""
NEAREST_WEIGHT, GAIN_POWER = 0.05, 3
"""Of an example of the outline's right beside a stroke, where the outline is in doubt; it grows to 1 within a reach,
by this power of the distance."""
RIDGE = 1.0
STEPS = 12
MOST_ODDS = 4.0
"""Log odds from features alone are kept within this."""
MODEL_WEIGHT = 0.3
"""Log odds for one spread of the model's own: a strong one would pull every fix back to the model."""
MOST_MODEL = 2.0
WALL_ODDS, WALL_RISE, WALL_SPAN = 2.0, 0.25, 0.25
"""Log odds against ground that rises from the nearest stroke by more than this, and the span until it counts whole."""
FIRST_ODDS = 0.5
"""Log odds for the ground all round a first stroke: the examples outside hold much that is inside."""
OUTLINE_ODDS = 2.0
"""Log odds for the outline as it was, from two reaches of a stroke away on."""
LEAST_REACH_PX = 12.0


@dataclass(frozen=True)
class Scene:
    """What is known of a window at one level when a stroke has been drawn; all (rows, cols) of squares.

    `inside`, `outside` are the strokes' marks, `stroke` the newest one, `outline` the outline before it. `reach` is how
    far a stroke speaks for the ground around, in squares. `settled`: the outline is no empty beginning.
    """

    level: Level
    inside: Mask
    outside: Mask
    stroke: Mask
    outline: Mask
    reach: float
    square_m: float
    settled: bool


def own_opinion(scene: Scene) -> tuple[Vector, Image]:
    """The regression's coefficients, and log odds (rows, cols) of all that is not the features: model, valley, outline.

    For `evidence_at`.
    """
    level = scene.level
    away = ndimage.distance_transform_edt(~(scene.inside | scene.outside))
    coefficients = _learn(scene, np.clip((away / scene.reach) ** GAIN_POWER, NEAREST_WEIGHT, 1.0))
    odds = MODEL_WEIGHT * np.clip(level.odds, -MOST_MODEL, MOST_MODEL)
    if level.elevation_m is not None and scene.inside.any():
        odds = odds - WALL_ODDS * _walls(scene)
    if scene.settled:
        far = np.clip(ndimage.distance_transform_edt(~scene.stroke) / scene.reach - 1.0, 0.0, 1.0)
        odds = odds + OUTLINE_ODDS * far * np.where(scene.outline, 1.0, -1.0)
    else:
        odds = odds + FIRST_ODDS
    return coefficients, odds.astype(np.float32)


def evidence_at(values: Image, coefficients: Vector, odds: Image) -> Image:
    """How much pixels look like inside, float32 (n,) 0..1, from their features (features, n) and `odds` (n,)."""
    linear, square = (part.astype(np.float32) for part in np.split(coefficients[1:], 2))
    total = linear @ values + square @ (values * values) + np.float32(coefficients[0] - square.sum() * _SQUARE_MEAN)
    np.clip(total, -MOST_ODDS, MOST_ODDS, out=total)
    total += odds
    return 1.0 / (1.0 + np.exp(-total))


_SQUARE_MEAN, _SQUARE_SCALE = 1.0, 0.25
"""Squares of features are taken less their mean, and smaller, so that the ridge treats both alike."""


def _walls(scene: Scene) -> Image:
    """How much each square lies on a wall above the nearest stroke inside, 0..1; clean ice may lie there."""
    height = scene.level.elevation_m
    distance, (rows, cols) = ndimage.distance_transform_edt(~scene.inside, return_indices=True)
    rise = (height - height[rows, cols]) / (np.maximum(distance, 1.0) * scene.square_m)
    steep = np.clip((rise - WALL_RISE) / WALL_SPAN, 0.0, 1.0)
    return np.nan_to_num(steep) * (1.0 - scene.level.icy)


def _learn(scene: Scene, certain: npt.NDArray[np.float64]) -> Vector:
    """Coefficients [constant, features, squares] from examples of both sides, each side of the same weight in all."""
    free = ~(scene.inside | scene.outside)
    alone = 1.0 if not scene.outside.any() else OUTLINE_WEIGHT
    groups = (
        (scene.inside, 1.0, 1.0, False), (scene.outside, 0.0, 1.0, False),
        (scene.outline & free, 1.0, OUTLINE_WEIGHT, True), (~scene.outline & free, 0.0, alone, True),
    )  # fmt: skip
    at, side, weight = [], [], []
    for mask, label, share, doubted in groups:
        picked = _spread_sample(mask)
        if picked.size:
            one = certain.ravel()[picked] if doubted else np.ones(picked.size)
            at.append(picked)
            side.append(np.full(picked.size, label))
            weight.append(share * one / one.sum())
    places, labels, weights = (np.concatenate(parts) for parts in (at, side, weight))
    for label in (0.0, 1.0):
        of_side = labels == label
        if of_side.any():
            weights[of_side] *= 0.5 / weights[of_side].sum()
    flat = scene.level.values.reshape(scene.level.values.shape[0], -1)
    return _regression(flat[:, places].T.astype(np.float64), labels, weights)


def _spread_sample(mask: Mask) -> npt.NDArray[np.intp]:
    """At most `MOST_SAMPLES` of a mask's pixels, evenly through the rows."""
    at = np.flatnonzero(mask)
    return at if at.size <= MOST_SAMPLES else at[np.linspace(0, at.size - 1, MOST_SAMPLES).astype(np.intp)]


def _regression(features: Vector, labels: Vector, weights: Vector) -> Vector:
    """Ridge logistic regression on features (n, m) and their squares by Newton's method; weights add up to 1.

    The coefficients returned are those of [1, features, squares - 1].
    """
    squares = (features * features - _SQUARE_MEAN) * _SQUARE_SCALE
    design = np.column_stack([np.ones(len(features)), features, squares])
    ridge = np.full(design.shape[1], RIDGE / len(features))
    ridge[0] = 1e-6
    coefficients = np.zeros(design.shape[1])
    for _ in range(STEPS):
        chance = 1.0 / (1.0 + np.exp(-np.clip(design @ coefficients, -30.0, 30.0)))
        curvature = np.maximum(chance * (1.0 - chance), 1e-3) * weights
        hessian = (design * curvature[:, None]).T @ design + np.diag(ridge)
        step = np.linalg.solve(hessian, design.T @ (weights * (chance - labels)) + ridge * coefficients)
        coefficients -= step
        if np.abs(step).max() < 1e-3:
            break
    coefficients[1 + features.shape[1] :] *= _SQUARE_SCALE
    return coefficients
