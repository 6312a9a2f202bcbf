"""Peers that a network has to beat on the real tiles: fixed thresholds, and gradient boosting pixel by pixel.

The boosting is that of the field notes, by scikit-learn's histogram boosting: 19 features made by hand (five bands,
their means and deviations over 5 x 5 pixels, NDSI, red/SWIR1, brightness and blue - red) and a 5 x 5 median of the
result.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from scipy import ndimage

from glacier_mapper.core.branches import Branch

BANDS = (0, 1, 2, 4)
"""Of the optical branch: blue, green, red, SWIR1, those of the real tiles."""
SAMPLE, SEED, WINDOW = 400_000, 7, 5
LEAST = 1e-3
THRESHOLDS = {"NDSI > 0.4": ("ndsi", 0.4), "red/SWIR1 > 2.0": ("ratio", 2.0), "red/SWIR1 > 1.6": ("ratio", 1.6)}
"""Thresholds of the literature, none of them tuned on these scenes."""


def images(tile: Any) -> list[np.ndarray]:
    """Blue, green, red, SWIR1, thermal of a tile, float32 (rows, columns), NaN = no data."""
    return [*tile.inputs[Branch.OPTICAL][list(BANDS)], tile.inputs[Branch.THERMAL][0]]


def indices(bands: list[np.ndarray]) -> dict[str, np.ndarray]:
    """The two classical indices of blue, green, red, SWIR1."""
    green, red, swir = bands[1], bands[2], bands[3]
    return {
        "ndsi": (green - swir) / np.where(np.abs(green + swir) < LEAST, LEAST, green + swir),
        "ratio": red / np.maximum(swir, LEAST),
    }


def features(tile: Any) -> np.ndarray:
    """The 19 features of each pixel, float32 (rows, columns, 19)."""
    bands = images(tile)
    known = [np.nan_to_num(band, nan=0.0) for band in bands]
    means = [ndimage.uniform_filter(band, WINDOW) for band in known]
    squares = [ndimage.uniform_filter(band * band, WINDOW) for band in known]
    spreads = [np.sqrt(np.maximum(square - mean * mean, 0)) for square, mean in zip(squares, means, strict=True)]
    found = indices(bands)
    more = [found["ndsi"], found["ratio"], (bands[0] + bands[1] + bands[2]) / 3, bands[0] - bands[2]]
    return np.stack([*bands, *means, *spreads, *more], axis=-1).astype(np.float32)


def iou(hits: int, wrong: int, missed: int) -> float:
    """Intersection over union of counts."""
    return hits / max(1, hits + wrong + missed)


def counts(mapped: np.ndarray, tile: Any) -> np.ndarray:
    """Hits, false positives and misses on a tile's known pixels."""
    known = tile.label != 255
    mapped, true = mapped[known], tile.label[known] > 0
    return np.array([(mapped & true).sum(), (mapped & ~true).sum(), (~mapped & true).sum()])


def thresholds(tiles: Any) -> dict[str, float]:
    """Pooled IoU of each fixed threshold, and of one chosen by Otsu's method on each tile."""
    from skimage.filters import threshold_otsu

    totals = {name: np.zeros(3, int) for name in (*THRESHOLDS, "NDSI, Otsu", "everything")}
    for tile in tiles:
        found = indices(images(tile))
        for name, (index, least) in THRESHOLDS.items():
            totals[name] += counts(found[index] > least, tile)
        ndsi = found["ndsi"]
        finite = np.clip(ndsi[np.isfinite(ndsi)], -1, 1)
        totals["NDSI, Otsu"] += counts(ndsi > (threshold_otsu(finite) if finite.size else 0.4), tile)
        totals["everything"] += counts(np.ones(tile.label.shape, bool), tile)
    return {name: iou(*total) for name, total in totals.items()}


def boosting(train: Any, validation: Any) -> dict[str, Any]:
    """Pooled IoU of gradient boosting on the validation tiles, with and without the median, and its minutes."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    started, rng = time.monotonic(), np.random.default_rng(SEED)
    rows, labels = [], []
    for tile in train:
        known = np.flatnonzero(tile.label.ravel() != 255)
        some = rng.choice(known, min(len(known), SAMPLE // len(train)), replace=False)
        rows.append(features(tile).reshape(-1, 19)[some])
        labels.append(tile.label.ravel()[some] > 0)
    model = HistGradientBoostingClassifier(max_iter=300, learning_rate=0.05, max_leaf_nodes=63, random_state=SEED)
    model.fit(np.concatenate(rows), np.concatenate(labels))
    plain, smooth = np.zeros(3, int), np.zeros(3, int)
    for tile in validation:
        chance = model.predict_proba(features(tile).reshape(-1, 19))[:, 1].reshape(tile.label.shape)
        mapped = chance > 0.5
        plain += counts(mapped, tile)
        smooth += counts(ndimage.median_filter(mapped.astype(np.uint8), WINDOW) > 0, tile)
    minutes = (time.monotonic() - started) / 60
    return {"iou": iou(*plain), "iou_median": iou(*smooth), "minutes": minutes, "pixels": sum(map(len, labels))}
