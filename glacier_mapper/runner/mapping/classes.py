"""Classes beside the probability: what a pixel is called, by the most likely class or by the outlines' threshold.

The probability stays the product. Classes throw away how sure a pixel is; they are for programs that take nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...core.grid import Grid
from ...core.model_card import ModelCard
from ...core.result import CLASSES_FILE
from ..models import Model, NetworkModel
from ..models.base import FloatImage
from .cog import CogWriter
from .tiff import NO_CLASS, class_pixels

ClassImage = npt.NDArray[np.uint8]
OTHER, GLACIER, DEBRIS = 0, 1, 2
DEBRIS_WORD = "debris"
NO_DEBRIS = re.compile(r"\b(debris[\s_-]*free|(no|non|without|free of)[\s_-]+debris)", re.IGNORECASE)
PLAIN_NAMES = ("other", "glacier")
"""Of the values 0 and 1 where a model has no names of its own for them."""
CHUNK_PX = 1 << 18


@dataclass(frozen=True)
class ClassKey:
    """What the values of the classes mean: `names` by value. `threshold` is None where the most likely class counts."""

    names: tuple[str, ...]
    threshold: float | None

    def to_json(self) -> dict[str, Any]:
        """As the report says it."""
        rule = "the most likely class" if self.threshold is None else f"probability of glacier above {self.threshold:g}"
        values = {str(value): name for value, name in enumerate(self.names)}
        return {"values": {**values, str(NO_CLASS): "no data"}, "rule": rule}


def key_of(model: Model | NetworkModel, threshold: float) -> ClassKey:
    """The classes of a model; `threshold` is that of its outlines, and counts for models of two classes."""
    if not isinstance(model, NetworkModel):
        return ClassKey(PLAIN_NAMES, threshold)
    return ClassKey(class_names(model.card), threshold if len(model.card.classes) == 2 else None)


def class_values(card: ModelCard) -> tuple[int, ...]:
    """The value of each of the network's classes: glacier, debris where a class is called so, else other.

    A network of two classes tells glacier from all else, whatever that is called.
    """
    tells_debris = len(card.classes) > 2
    values = [DEBRIS if tells_debris and is_debris(name) else OTHER for name in card.classes]
    values[card.ice_class] = GLACIER
    return tuple(values)


def is_debris(name: str) -> bool:
    """Whether a class of that name is debris-covered ice: it speaks of debris, and not of ground without it."""
    return DEBRIS_WORD in NO_DEBRIS.sub("", name).lower()


def class_names(card: ModelCard) -> tuple[str, ...]:
    """What the values are called, after the network's own classes; none is empty."""
    values = class_values(card)
    joined = (", ".join(name for name, value in zip(card.classes, values) if value == kind) for kind in range(3))
    names = [name or plain for name, plain in zip(joined, (*PLAIN_NAMES, ""))]
    return tuple(names[: max(values) + 1])


def glacier_classes(card: ModelCard) -> tuple[int, ...]:
    """The network's classes whose probabilities add up to that of glacier: clean ice and, if told apart, covered ice.

    The first is `ice_class`. It stands alone where nothing else were left to be no glacier.
    """
    values = class_values(card)
    covered = [number for number, value in enumerate(values) if value == DEBRIS]
    return (card.ice_class, *covered) if OTHER in values else (card.ice_class,)


def glacier_of(values: FloatImage, classes: Sequence[int]) -> FloatImage:
    """The sum of those `classes` of values (classes, ...); of a single one the values themselves."""
    if len(classes) == 1:
        return values[classes[0]]
    return np.asarray(values[list(classes)].sum(axis=0, dtype=np.float32))


def most_likely(probabilities: FloatImage, values: tuple[int, ...]) -> ClassImage:
    """The value of the most likely class, uint8 (rows, columns), of probabilities (classes, rows, columns).

    Of equal ones the first counts, as in the published deployment.
    """
    table = np.asarray(values, np.uint8)
    flat = probabilities.reshape(len(probabilities), -1)
    found = np.empty(flat.shape[1], np.uint8)
    for start in range(0, len(found), CHUNK_PX):
        part = slice(start, start + CHUNK_PX)
        found[part] = table[flat[:, part].argmax(axis=0)]
    return found.reshape(probabilities.shape[1:])


class ClassWriter:
    """Writes classes.tif from north to south, and counts its pixels by value."""

    def __init__(self, folder: Path, grid: Grid, key: ClassKey, pool: ThreadPoolExecutor) -> None:
        self._key = key
        self._file = CogWriter(folder / CLASSES_FILE, grid, "Class", pool, class_pixels(key.names))
        self.counts = dict.fromkeys(range(len(key.names)), 0)

    def write(self, probability: FloatImage, found: ClassImage | None) -> None:
        """Append rows: `found` for models of more than two classes, else what the written `probability` says."""
        if found is None:
            found = (probability > np.float32(self._key.threshold or 0.0)).astype(np.uint8)
        found[np.isnan(probability)] = NO_CLASS
        for value in self.counts:
            self.counts[value] += int(np.count_nonzero(found == value))
        self._file.write(found)

    def finish(self, should_stop: Any) -> None:
        """Complete the file. Raises Cancelled, OSError."""
        self._file.finish(should_stop)

    def close(self) -> None:
        """Let go of everything; also after a failure."""
        self._file.close()
