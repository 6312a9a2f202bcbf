"""A look into an ONNX file without the package `onnx`: does it hold all of its weights.

ONNX is protocol buffers (onnx.proto3): fields of (number, wire type), nested messages with their length before them.
Only messages that can lead to a tensor are entered, so that weights are stepped over and never read.
"""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Union

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
EXTERNAL_DATA = 13
"""The field of a tensor that names the file which holds its values."""
MAX_DEPTH, MAX_FIELDS = 64, 3_000_000
Buffer = Union[bytes, mmap.mmap]


def keeps_weights_elsewhere(path: Path) -> bool:
    """Whether a tensor of the network lies in another file. Raises OSError, ValueError for what is no such file."""
    if path.stat().st_size == 0:
        return False
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return _Walk(data).finds_external(0, len(data), ("model", 0))


class _Walk:
    """A walk through the messages of a file, ended where there are more fields or levels than a network has."""

    def __init__(self, data: Buffer) -> None:
        self.data = data
        self.fields = 0

    def finds_external(self, start: int, end: int, place: tuple[str, int]) -> bool:
        """Whether the message in data[start:end] has an external tensor in it; `place` is its kind and depth."""
        kind, depth = place
        at = start
        while at < end:
            key, at = _varint(self.data, at, end)
            number, wire = key >> 3, key & 7
            self.fields += 1
            if number == 0 or depth > MAX_DEPTH or self.fields > MAX_FIELDS:
                raise ValueError("it is no ONNX file")
            if wire != BYTES:
                at = _step_over(self.data, at, end, wire)
                continue
            length, at = _varint(self.data, at, end)
            if at + length > end:
                raise ValueError("it is cut short")
            if kind == "tensor" and number == EXTERNAL_DATA:
                return True
            inner = LEADS_TO[kind].get(number)
            if inner and self.finds_external(at, at + length, (inner, depth + 1)):
                return True
            at += length
        return False


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
