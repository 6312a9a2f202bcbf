"""JSON-RPC 2.0, one message a line, between the plugin (client) and the runner (server).

The first request must be `hello`; a client and a runner of different `PROTOCOL_VERSION` part with a
ProtocolMismatchError. Progress and cancel are notifications that carry the request's id:

    -> {"jsonrpc":"2.0","id":7,"method":"map","params":{...}}
    <- {"jsonrpc":"2.0","method":"progress","params":{"id":7,"stage":"predicting","done":3,...}}
    -> {"jsonrpc":"2.0","method":"cancel","params":{"id":7}}
    <- {"jsonrpc":"2.0","id":7,"error":{"code":-32000,"message":"...","data":{"type":"Cancelled",...}}}
"""

from __future__ import annotations

import json
from enum import Enum
from typing import Any

from .errors import GlacierMapperError, InternalError, from_json

PROTOCOL_VERSION = 2

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
APPLICATION_ERROR = -32000


class Method(str, Enum):
    """What the runner can be asked. Params and results are the JSON of the values named.

    `hello` also takes "warm_up" (true: import what the first mapping needs, after the answer) and "check" (a list
    of distributions that must be there and load). The long jobs (`map`, `outlines`, `simulate`, `check`,
    `import_keras`, `export`, `export_repository`, `reduce`, `dataset_build`, `dataset_simulate`, `dataset_check`,
    `evaluate`, `train`, `calibrate`, `ensemble`, `teach`, `refine_benchmark`) run one at a time, a second one is
    refused with RunnerBusyError; all others are answered meanwhile, in turn. `credentials` are kept in memory alone,
    never written or logged; "headers" {} forgets them. A session that `refine_open` opened is kept ready until
    `refine_close`, until two younger ones are open, or until the runner ends; then NoSuchSessionError answers, and
    opening it again with its strokes brings it back.
    """

    HELLO = "hello"  # {"protocol", "plugin_version"} -> {"protocol", "version", "python", "packages", "device", "pid"}
    MODELS = "models"  # {} -> [ModelInfo]
    INFO = "info"  # {"path"} -> {"path", "bands": [...], "crs", ...}
    ESTIMATE = "estimate"  # MapRequest -> Estimate
    MAP = "map"  # MapRequest -> MapResult, with progress
    PREVIEW = "preview"  # {"request": MapRequest, "max_px": int} -> Preview
    OUTLINES = "outlines"  # {"probability", "out_dir", "outlines", ...} -> MapResult-like, with progress
    SIMULATE = "simulate"  # {"seed", "size_px", "out_dir", "sensor", "kind", "season", "dates", ...} -> {"paths"}
    DEVICES = "devices"  # {} -> [{"name", "title", "available", "reason"}]
    SERVER = "server"  # {"url"} -> {"url", "live", "name", "version", "extensions", "models"}
    CREDENTIALS = "credentials"  # {"url", "headers": {...}, "ca_file"} -> {}
    CHECK = "check"  # {"package"} -> {"package", "max_difference", "tolerance", "passed", ...}
    IMPORT_KERAS = "import_keras"  # {"weights", "architecture", "inputs", "location", "stats", ...} -> {"package", ...}
    EXPORT = "export"  # {"weights", "architecture", "inputs", ..., "out"} -> {"package", ...}
    EXPORT_REPOSITORY = "export_repository"  # {"packages": [...], "out"} -> {"paths"}
    REDUCE = "reduce"  # {"package", "precision", "scenes", "out"} -> {"package", "pixels_flipped", "iou_lost", ...}
    DATASET_BUILD = "dataset_build"  # {"out", "scenes" or "sources" and "outlines", ...} -> {"store", "splits", ...}
    DATASET_SIMULATE = "dataset_simulate"  # {"out", "places", "views", "tile_px", ...} -> as dataset_build
    DATASET_INFO = "dataset_info"  # {"store"} -> {"store", "tiles", "branches", "splits", "statistics", ...}
    DATASET_CHECK = "dataset_check"  # {"store"} -> {"store", "chunks", "passed"}
    EVALUATE = "evaluate"  # {"model", "scenes", "out", "split", ...} -> {"pooled", "scenes", "regions", "files", ...}
    TRAIN = "train"  # {"data", "out", "config", "changes": {"start", "architecture", ...}} -> {"package", "best", ...}
    CALIBRATE = "calibrate"  # {"model", "data", "kind", "split", "out"} -> {"package", "before", "after", ...}
    ENSEMBLE = "ensemble"  # {"packages": [...], "out", "name", ...} -> {"package", "networks", "sha256", ...}
    TEACH = "teach"  # TeachRequest -> TeachResult, with progress
    REFINE_OPEN = "refine_open"  # RefineRequest -> RefineOpened
    REFINE_STROKE = "refine_stroke"  # {"session", "stroke": Stroke} -> RefinedOutline
    REFINE_UNDO = "refine_undo"  # {"session"} -> RefinedOutline
    REFINE_CLOSE = "refine_close"  # {"session"} -> {}
    LIVEWIRE_START = "livewire_start"  # {"session", "point": [x, y], "snap"} -> LivewirePath
    LIVEWIRE_MOVE = "livewire_move"  # {"session", "point": [x, y], "snap"} -> LivewirePath
    REFINE_BENCHMARK = "refine_benchmark"  # {"out", "scenes", "model", ...} -> {"figures", "latency", "files", ...}
    SHUTDOWN = "shutdown"  # {} -> {}


def encode(message: dict[str, Any]) -> bytes:
    """One message as one UTF-8 line. Non-finite numbers are refused (ValueError): JSON has none."""
    return json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=True, allow_nan=False).encode() + b"\n"


def request(number: int, method: str, params: dict[str, Any]) -> bytes:
    """A request line."""
    return encode({"id": number, "method": method, "params": params})


def notification(method: str, params: dict[str, Any]) -> bytes:
    """A notification line."""
    return encode({"method": method, "params": params})


def response(number: int | None, result: Any) -> bytes:
    """A success line."""
    return encode({"id": number, "result": result})


def error_response(number: int | None, error: GlacierMapperError, code: int = APPLICATION_ERROR) -> bytes:
    """An error line that keeps the error's type."""
    return encode({"id": number, "error": {"code": code, "message": str(error), "data": error.to_json()}})


def decode(line: bytes) -> dict[str, Any]:
    """A line as a message. Raises ValueError when it is no JSON-RPC 2.0 object."""
    message = json.loads(line)
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        raise ValueError("not a JSON-RPC 2.0 message")
    return message


def error_of(message: dict[str, Any]) -> GlacierMapperError:
    """The typed error in an error response."""
    error = message["error"]
    data = error.get("data")
    if isinstance(data, dict) and "type" in data:
        return from_json(data)
    return InternalError(reason=str(error.get("message", error)))
