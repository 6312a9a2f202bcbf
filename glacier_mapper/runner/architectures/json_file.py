"""Small JSON files that a user hands over, read with errors that name the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ...core.errors import InvalidParameterError
from ...core.file_errors import MissingNamedFileError
from ...core.model_card_fields import is_number, shown


def read_object(path: str, name: str) -> dict[str, Any]:
    """The JSON object in the file at `path`; `name` is what the file is for.

    Raises MissingFileError, InvalidParameterError.
    """
    if not Path(path).is_file():
        raise MissingNamedFileError(path=path)
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as exc:
        raise InvalidParameterError(name=f"{name} {path}", value="read", expected=f"JSON in UTF-8: {exc}") from exc
    if not isinstance(data, dict):
        raise InvalidParameterError(name=f"{name} {path}", value=type(data).__name__, expected="a JSON object")
    return data


def numbers(values: Any, name: str) -> tuple[float, ...]:
    """A list of finite numbers. Raises InvalidParameterError; `name` says where they stand."""
    wanted = "a list of finite numbers"
    if not isinstance(values, list):
        raise InvalidParameterError(name=name, value=shown(values), expected=wanted)
    for value in values:
        if not is_number(value):
            raise InvalidParameterError(name=name, value=shown(value), expected=wanted)
    return tuple(float(value) for value in values)
