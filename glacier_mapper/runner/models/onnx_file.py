"""A look into an ONNX file without the package `onnx`: does it hold all of its weights, and in which precision.

ONNX is protocol buffers (onnx.proto3): fields of (number, wire type), nested messages with their length before them.
Only messages that can lead to a tensor are entered, so that weights are stepped over and never read.
"""

from __future__ import annotations

import math
import mmap
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Union

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
LEADS_TO: dict[str, dict[int, str]] = {
    "model": {7: "graph", 25: "function"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "function": {7: "node", 11: "attribute"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {},
}
"""For each message: which of its fields lead to tensors."""
DIMENSIONS, DATA_TYPE, EXTERNAL_DATA = 1, 2, 13
"""Fields of a tensor: its shape, the type of its values, and the file that holds them where it is another one."""
MAX_DEPTH, MAX_FIELDS = 64, 3_000_000
FULL_TYPES, HALF_TYPES = (1, 11), (10, 16)
"""float32 and float64; float16 and bfloat16."""
EIGHT_BIT_TYPES = (2, 3, 17, 18, 19, 20, 21, 22)
"""Whole numbers and floats of 8 bits and less."""
NOTABLE = 0.01
"""The share of the weights from which on a type is no mere constant: of a mask, of a zero point."""
Buffer = Union[bytes, mmap.mmap]


class Weights(NamedTuple):
    """What a network's tensors are: whether any lies in another file, and values by type."""

    elsewhere: bool
    values: dict[int, int]

    @property
    def precision(self) -> str:
        """As `model_card.PRECISIONS`; "" for a network without weights."""
        counts = [sum(self.values.get(one, 0) for one in types) for types in (EIGHT_BIT_TYPES, HALF_TYPES, FULL_TYPES)]
        notable = [count > NOTABLE * sum(counts) for count in counts]
        return next((name for name, there in zip(("int8", "float16", "float32"), notable) if there), "")


def weights_of(path: Path) -> Weights:
    """A look at the tensors of a network. Raises OSError, ValueError for what is no such file."""
    if path.stat().st_size == 0:
        return Weights(False, {})
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        walk = _Walk(data)
        walk.enter(0, len(data), ("model", 0))
        return Weights(walk.elsewhere, dict(walk.values))


class _Walk:
    """A walk through the messages of a file, ended where there are more fields or levels than a network has."""

    def __init__(self, data: Buffer) -> None:
        self.data = data
        self.fields = 0
        self.elsewhere = False
        self.values: Counter[int] = Counter()

    def enter(self, start: int, end: int, place: tuple[str, int]) -> None:
        """Note the tensors of the message in data[start:end]; `place` is its kind and depth."""
        kind, depth = place
        numbers: list[tuple[int, int]] = []
        at = start
        while at < end:
            key, at = _varint(self.data, at, end)
            number, wire = key >> 3, key & 7
            self.fields += 1
            if number == 0 or depth > MAX_DEPTH or self.fields > MAX_FIELDS:
                raise ValueError("it is no ONNX file")
            first, at = self._bounds(at, end, wire)
            if kind == "tensor":
                self.elsewhere = self.elsewhere or (number == EXTERNAL_DATA and wire == BYTES)
                if number in (DIMENSIONS, DATA_TYPE) and wire in (VARINT, BYTES):
                    numbers += [(number, value) for value in self._numbers(first, at)]
            elif wire == BYTES and number in LEADS_TO[kind]:
                self.enter(first, at, (LEADS_TO[kind][number], depth + 1))
        if kind == "tensor":
            count = math.prod(value for number, value in numbers if number == DIMENSIONS)
            if count > 1:
                self.values[next((value for number, value in numbers if number == DATA_TYPE), 0)] += count

    def _bounds(self, at: int, end: int, wire: int) -> tuple[int, int]:
        """Where the value at `at` begins and ends."""
        if wire != BYTES:
            return at, _step_over(self.data, at, end, wire)
        length, first = _varint(self.data, at, end)
        if first + length > end:
            raise ValueError("it is cut short")
        return first, first + length

    def _numbers(self, at: int, end: int) -> Iterator[int]:
        """The numbers that stand from `at` to `end`, one after the other."""
        while at < end:
            value, at = _varint(self.data, at, end)
            yield value


def _step_over(data: Buffer, at: int, end: int, wire: int) -> int:
    """The place behind a value of fixed or variable length."""
    if wire == VARINT:
        return _varint(data, at, end)[1]
    if wire in (FIXED64, FIXED32):
        return at + (8 if wire == FIXED64 else 4)
    raise ValueError("it is no ONNX file")


def _varint(data: Buffer, at: int, end: int) -> tuple[int, int]:
    """A number of 7 bits a byte, the lowest first, and the place behind it."""
    value = 0
    for shift in range(0, 64, 7):
        if at >= end:
            raise ValueError("it is cut short")
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
    raise ValueError("it is no ONNX file")
