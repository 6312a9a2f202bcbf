"""The bytes of an inference in the Open Inference Protocol v2: JSON, then the tensors as they lie in memory.

With the binary tensor extension a body is a JSON object of `Inference-Header-Content-Length` bytes, followed by the
tensors of `binary_data_size` bytes each, little-endian, in the order of the object. Without it numbers stand in the
JSON, row by row, and NaN as null.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...core.model_errors import ServerAnswerError
from .base import Feeds, FloatImage

HEADER_LENGTH = "Inference-Header-Content-Length"
DATATYPE = "FP32"
SEND_BYTES = 1 << 20
JSON_ROOM_BYTES = 1 << 16
"""What an answer may take beside its numbers."""
NUMBER_BYTES = 32
"""What a number may take in JSON, blanks included."""


class Body:
    """A request's body: its parts are sent one after the other and never joined, so that no tensor is copied."""

    def __init__(self, parts: list[memoryview], headers: dict[str, str]) -> None:
        self.headers = headers
        self._parts = parts

    def __len__(self) -> int:
        return sum(part.nbytes for part in self._parts)

    def __iter__(self) -> Iterator[memoryview]:
        for part in self._parts:
            for start in range(0, part.nbytes, SEND_BYTES):
                yield part[start : start + SEND_BYTES]


def json_body(message: dict[str, Any]) -> Body:
    """A body of JSON alone."""
    text = json.dumps(message, separators=(",", ":"), allow_nan=False).encode()
    return Body([memoryview(text)], {"Content-Type": "application/json"})


@dataclass(frozen=True)
class Expected:
    """The answer that a request must get: one output of a shape, from the server at `url`."""

    url: str
    output: str
    shape: tuple[int, ...]
    redact: Callable[[str], str] = str
    """Makes what the server said fit to be shown."""

    @property
    def most_bytes(self) -> int:
        """No right answer is longer."""
        return math.prod(self.shape) * NUMBER_BYTES + JSON_ROOM_BYTES

    def wrong(self, reason: str) -> ServerAnswerError:
        """The error that says how an answer is not the one expected."""
        return ServerAnswerError(url=self.url, reason=self.redact(reason))


def request_body(feeds: Feeds, output: str, identity: str, binary: bool) -> Body:
    """The body that asks for `output` (the server's first one when "") of `feeds`, float32 arrays by input name."""
    arrays = {name: np.ascontiguousarray(array, dtype="<f4") for name, array in feeds.items()}
    wanted: dict[str, Any] = {"parameters": {"binary_data": True}} if binary else {}
    message: dict[str, Any] = {
        "id": identity,
        "inputs": [
            {"name": name, "shape": list(array.shape), "datatype": DATATYPE, **_values(array, binary)}
            for name, array in arrays.items()
        ],
    }
    if output:
        message["outputs"] = [{"name": output, **wanted}]
    elif binary:
        message["parameters"] = {"binary_data_output": True}
    if not binary:
        return json_body(message)
    text = json.dumps(message, separators=(",", ":"), allow_nan=False).encode()
    tensors = [memoryview(array.reshape(-1).view(np.uint8)) for array in arrays.values()]
    headers = {"Content-Type": "application/octet-stream", HEADER_LENGTH: str(len(text))}
    return Body([memoryview(text), *tensors], headers)


def _values(array: npt.NDArray[np.float32], binary: bool) -> dict[str, Any]:
    if binary:
        return {"parameters": {"binary_data_size": array.nbytes}}
    flat = array.reshape(-1).astype(np.float64)
    values: list[Any] = flat.tolist()
    for place in np.flatnonzero(~np.isfinite(flat)).tolist():
        values[place] = None
    return {"data": values}


def read_answer(headers: Mapping[str, str], body: bytearray, expected: Expected) -> FloatImage:
    """The output in an answer's body, float32 of the shape that was expected. Raises ServerAnswerError."""
    length = _header_length(headers, len(body), expected)
    try:
        message = json.loads(bytes(body[:length]))
    except (ValueError, RecursionError) as exc:
        raise expected.wrong("no JSON where the protocol has it.") from exc
    outputs = message.get("outputs") if isinstance(message, dict) else None
    if not isinstance(outputs, list) or not all(isinstance(one, dict) for one in outputs):
        raise expected.wrong("an answer without outputs.")
    start = length
    for one in outputs:
        size = _binary_size(one, len(body) - start, expected)
        if one.get("name") == expected.output or not expected.output:
            _check_kind(one, expected)
            found = _from_bytes(body, start, size, expected) if size is not None else _from_json(one, expected)
            return found.reshape(expected.shape)
        start += size or 0
    raise expected.wrong(f"no output “{expected.output}”.")


def _header_length(headers: Mapping[str, str], total: int, expected: Expected) -> int:
    text = headers.get(HEADER_LENGTH)
    if text is None:
        return total
    if not text.isascii() or not text.isdigit() or len(text) > 12 or int(text) > total:
        raise expected.wrong("a length of its JSON that its body does not have.")
    return int(text)


def _binary_size(output: dict[str, Any], rest: int, expected: Expected) -> int | None:
    parameters = output.get("parameters")
    size = parameters.get("binary_data_size") if isinstance(parameters, dict) else None
    if size is None:
        return None
    if type(size) is not int or not 0 <= size <= rest:
        raise expected.wrong("a tensor that is longer than its answer.")
    return size


def _check_kind(output: dict[str, Any], expected: Expected) -> None:
    datatype, shape = output.get("datatype"), output.get("shape")
    if datatype != DATATYPE:
        raise expected.wrong(f"values of the type {str(datatype)} instead of {DATATYPE}.")
    if not isinstance(shape, list) or shape != list(expected.shape):
        raise expected.wrong(f"the shape {str(shape)} instead of {list(expected.shape)}.")


def _from_bytes(body: bytearray, start: int, size: int, expected: Expected) -> FloatImage:
    count = math.prod(expected.shape)
    if size != 4 * count:
        raise expected.wrong(f"{size} bytes for {count} values of 4 bytes.")
    return np.frombuffer(body, dtype="<f4", count=count, offset=start).astype(np.float32)


def _from_json(output: dict[str, Any], expected: Expected) -> FloatImage:
    try:
        found = np.asarray(output.get("data"))
        values = found.astype(np.float64) if found.dtype == object else found
    except (TypeError, ValueError, OverflowError) as exc:
        raise expected.wrong("values that are no numbers.") from exc
    if values.dtype.kind not in "fiu" or values.size != math.prod(expected.shape):
        raise expected.wrong(f"{values.size} values of another kind or number than {list(expected.shape)}.")
    with np.errstate(over="ignore"):
        return values.astype(np.float32)
