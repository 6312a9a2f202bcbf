"""Several networks as one: their mean, and how much of the uncertainty is that they disagree.

With p_m the probability of glacier of network m, p their mean and H2 the binary entropy in bits, the uncertainty is
split as in Depeweg et al. 2018 (ICML, "Decomposition of uncertainty in Bayesian deep learning"), for ensembles as in
Lakshminarayanan et al. 2017 (NeurIPS), for masks of dropout as in Gal & Ghahramani 2016 (ICML):

    total = H2(p)    data part = mean of H2(p_m)    model part = total - data part, the mutual information, >= 0

All of it is of the probabilities before calibration. A calibration is fitted to the mean: networks that disagree make
the mean less sure than each of them, so averaging members that were calibrated by themselves would come out too unsure
(Rahaman & Thiery 2021, NeurIPS). And H2(c(p)) - mean of H2(c(p_m)) is no such split for a calibration c: it can fall
below 0.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...core.grid import Grid
from ...core.model_card import ModelCard
from ...core.result import MODEL_UNCERTAINTY_FILE
from ..models.base import FloatImage
from .classes import glacier_classes, glacier_of
from .cog import CogWriter

SMALLEST = np.float32(np.finfo(np.float32).tiny)
STEPS = np.float32(1 << 16)
"""As the probability, the map keeps steps of 1 / 65536."""


class Uncertainty(NamedTuple):
    """Of a strip, in bits, float32 (rows, cols), NaN = no data: all of it, and the part of the model."""

    total: FloatImage
    model: FloatImage


def entropy(probability: FloatImage) -> FloatImage:
    """H2(p) in bits, float32 of the same shape; NaN stays NaN."""
    p = np.clip(probability, np.float32(0), np.float32(1))
    q = np.float32(1) - p
    found = p * np.log2(np.maximum(p, SMALLEST))
    found += q * np.log2(np.maximum(q, SMALLEST))
    return np.asarray(np.negative(found, out=found), np.float32)


def joined(answer: FloatImage, card: ModelCard) -> FloatImage:
    """The networks' mean and the model part of the uncertainty, (batch, classes + 1, rows, cols), of their answers.

    `answer` is (batch, networks * classes, rows, cols); that of a single network is returned as it is.
    """
    if not card.is_ensemble:
        return answer
    count, classes = len(card.networks), len(card.classes)
    each = answer.reshape(len(answer), count, classes, *answer.shape[2:])
    result = np.empty((len(answer), classes + 1, *answer.shape[2:]), np.float32)
    mean, model, glacier = result[:, :classes], result[:, classes], glacier_classes(card)
    np.mean(each, axis=1, dtype=np.float32, out=mean)
    model[:] = 0
    for number in range(count):
        model -= entropy(glacier_of(each[:, number].swapaxes(0, 1), glacier))
    model /= np.float32(count)
    model += entropy(glacier_of(mean.swapaxes(0, 1), glacier))
    np.maximum(model, np.float32(0), out=model)
    return result


class UncertaintyWriter:
    """Writes model_uncertainty.tif from north to south, and the means of both parts over all pixels with data."""

    def __init__(self, folder: Path, grid: Grid, pool: ThreadPoolExecutor) -> None:
        self._file = CogWriter(folder / MODEL_UNCERTAINTY_FILE, grid, "Model uncertainty (bit)", pool)
        self._total = self._model = 0.0
        self._pixels = 0

    def write(self, found: Uncertainty) -> None:
        """Append rows. Raises OSError."""
        self._total += float(np.nansum(found.total, dtype=np.float64))
        self._model += float(np.nansum(found.model, dtype=np.float64))
        self._pixels += int(np.count_nonzero(~np.isnan(found.total)))
        self._file.write(np.rint(found.model * STEPS) / STEPS)

    def means(self) -> dict[str, float]:
        """Of all pixels with data, in bits, as the report says it."""
        total, model = (round(value / max(1, self._pixels), 6) for value in (self._total, self._model))
        return {"mean_total": total, "mean_data_part": round(total - model, 6), "mean_model_part": model}

    def finish(self, should_stop: Any) -> None:
        """Complete the file. Raises Cancelled, OSError."""
        self._file.finish(should_stop)

    def close(self) -> None:
        """Let go of everything; also after a failure."""
        self._file.close()
