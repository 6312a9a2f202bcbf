"""The rasters of a mapping, written strip by strip: probability, confidence, and what else is wanted of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...core.grid import Grid
from ...core.result import CONFIDENCE_FILE, PROBABILITY_FILE
from .classes import ClassImage, ClassKey, ClassWriter
from .cog import CogWriter
from .ensembles import Uncertainty, UncertaintyWriter

FloatImage = npt.NDArray[np.float32]
STEPS = 1 << 16
"""Probabilities are kept in steps of 1 / 65536, exact in float32: finer than any calibration can tell, and sure
ground becomes exactly 0 or 1, so files are a third of the size and the bytes do not hang on how a processor rounds."""
NO_DATA_STEP = STEPS + 1
CHUNK_PX = 1 << 16


def certainty(probability: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """1 - H2(p), the binary entropy in bits taken off one: 0 at p = 0.5, 1 at p = 0 and 1; NaN stays NaN.

    Shannon confidence as of Maslov et al. 2025 (standards: 5.5).
    """
    p = np.asarray(probability, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = [np.where(q > 0, q * np.log2(q), 0.0) for q in (p, 1.0 - p)]
    return np.where(np.isnan(p), np.nan, 1.0 + terms[0] + terms[1])


def _tables() -> tuple[FloatImage, FloatImage]:
    """Probability and confidence of each step; the last entry is no data."""
    steps = np.append(np.arange(NO_DATA_STEP) / STEPS, np.nan)
    confidence = np.rint(certainty(steps) * STEPS) / STEPS
    return steps.astype(np.float32), confidence.astype(np.float32)


PROBABILITY_OF, CONFIDENCE_OF = _tables()


@dataclass(frozen=True)
class Wanted:
    """What is written besides the probability: `confidence_of` is the confidence of each step of probability, None for
    the plain one (`CONFIDENCE_OF`); classes as in the key, where there is one; what networks disagree about.
    """

    confidence_of: FloatImage | None = None
    classes: ClassKey | None = None
    uncertainty: bool = False


PLAIN = Wanted()


class ProductWriter:
    """Takes probability from north to south, writes probability and confidence, counts what is valid and ice.

    `confidence_of` is the confidence of each step of probability, as `CONFIDENCE_OF`.
    """

    def __init__(
        self, folder: Path, grid: Grid, pool: ThreadPoolExecutor, confidence_of: FloatImage = CONFIDENCE_OF
    ) -> None:
        self._confidence_of = confidence_of
        self._probability = CogWriter(folder / PROBABILITY_FILE, grid, "Glacier probability", pool)
        self._confidence = CogWriter(folder / CONFIDENCE_FILE, grid, "Confidence", pool)
        self.classes: ClassWriter | None = None
        self.uncertainty: UncertaintyWriter | None = None
        self.valid_px = 0
        self.likely_px = 0

    def write(
        self, probability: FloatImage, found: ClassImage | None = None, unsure: Uncertainty | None = None
    ) -> None:
        """Append rows of probability, 0..1, NaN = no data; they are overwritten. Raises OSError.

        `found` are the classes of these rows where a model of more than two gives them, `unsure` is their uncertainty
        where several networks give it.
        """
        confidence = np.empty_like(probability)
        step = max(1, CHUNK_PX // probability.shape[1])
        for row in range(0, len(probability), step):
            part = probability[row : row + step]
            levels = _levels(part)
            np.take(PROBABILITY_OF, levels, out=part, mode="clip")
            np.take(self._confidence_of, levels, out=confidence[row : row + step], mode="clip")
            self.valid_px += int(np.count_nonzero(levels != NO_DATA_STEP))
            self.likely_px += int(np.count_nonzero(part > 0.5))
        self._probability.write(probability)
        self._confidence.write(confidence)
        if self.classes is not None:
            self.classes.write(probability, found)
        if self.uncertainty is not None and unsure is not None:
            self.uncertainty.write(unsure)

    def finish(self, should_stop: Callable[[], bool]) -> None:
        """Complete the files. Raises Cancelled, OSError."""
        for file in self._files():
            file.finish(should_stop)

    def close(self) -> None:
        """Let go of everything; also after a failure."""
        for file in self._files():
            file.close()

    def _files(self) -> list[CogWriter | ClassWriter | UncertaintyWriter]:
        more = [one for one in (self.classes, self.uncertainty) if one is not None]
        return [self._probability, self._confidence, *more]


def _levels(probability: FloatImage) -> npt.NDArray[np.intp]:
    scaled = probability * np.float32(STEPS)
    np.rint(scaled, out=scaled)
    np.fmin(scaled, np.float32(NO_DATA_STEP), out=scaled)
    invalid = np.isnan(probability)
    if invalid.any():
        scaled[invalid] = NO_DATA_STEP
    return scaled.astype(np.intp)


@contextmanager
def product_writer(folder: Path, grid: Grid, threads: int, wanted: Wanted = PLAIN) -> Iterator[ProductWriter]:
    """A `ProductWriter` over a pool of `threads` that ends with the block, whatever happens in it."""
    with ThreadPoolExecutor(threads, thread_name_prefix="deflate") as pool:
        writer = ProductWriter(
            folder, grid, pool, CONFIDENCE_OF if wanted.confidence_of is None else wanted.confidence_of
        )
        try:
            if wanted.classes is not None:
                writer.classes = ClassWriter(folder, grid, wanted.classes, pool)
            if wanted.uncertainty:
                writer.uncertainty = UncertaintyWriter(folder, grid, pool)
            yield writer
        finally:
            writer.close()


def thread_count(wanted: int) -> int:
    """Threads to compute with: those asked for, else every core that this process may use."""
    if wanted > 0:
        return wanted
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
