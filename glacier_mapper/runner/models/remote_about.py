"""What a model server says of itself, for the options and the command `server`."""

from __future__ import annotations

import time
from typing import Any

from ...core.model_errors import ServerError
from .remote_access import ServerAddress
from .remote_http import Connection, Question
from .remote_wire import json_body


def describe_server(url: str) -> dict[str, Any]:
    """What a server says of itself: url, live, ready, name, version, extensions, models, seconds.

    `models` are {"name", "version", "ready"}, where the server lists them (Triton's repository index), else [].
    `seconds` is the time of the quickest answer. Raises ServerError kinds, InvalidParameterError.
    """
    connection = Connection(ServerAddress.parse(url))
    try:
        started = time.monotonic()
        live = connection.ask(Question("GET", "/v2/health/live")).status == 200
        seconds = time.monotonic() - started
        ready = connection.ask(Question("GET", "/v2/health/ready")).status == 200
        said = connection.ask_json("/v2")
        if said is None:
            raise connection.wrong("nothing at /v2.")
        extensions = said.get("extensions")
        return {
            "url": connection.address.url,
            "live": live,
            "ready": ready,
            "name": connection.redact(str(said.get("name", ""))),
            "version": connection.redact(str(said.get("version", ""))),
            "extensions": [connection.redact(str(one)) for one in extensions] if isinstance(extensions, list) else [],
            "models": _models(connection),
            "seconds": round(seconds, 4),
        }
    finally:
        connection.close()


def title_of(connection: Connection) -> str:
    """A server as what computes: its address, with its own name and version. Raises ServerError kinds."""
    said = connection.ask_json("/v2") or {}
    words = " ".join(str(said.get(key, "")) for key in ("name", "version")).strip()
    where = connection.address.url
    return f"model server {where} ({connection.redact(words)})" if words else f"model server {where}"


def _models(connection: Connection) -> list[dict[str, Any]]:
    try:
        answer = connection.ask(Question("POST", "/v2/repository/index", json_body({})))
    except ServerError:  # many servers keep the list to their owners, also where they serve everyone
        return []
    listed = answer.json() if answer.status == 200 else None
    rows = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return [
        {
            "name": connection.redact(str(one.get("name", ""))),
            "version": connection.redact(str(one.get("version", ""))),
            "ready": one.get("state", "READY") == "READY",
        }
        for one in rows
    ]
