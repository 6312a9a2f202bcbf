"""The params of a method, read with one error for all that can be wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.errors import InvalidParameterError


def read(name: str, build: Callable[[], Any]) -> Any:
    """What `build` makes of params. Raises InvalidParameterError about `name`, and InputError kinds as they are."""
    try:
        return build()
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        reason = f"{type(exc).__name__}: {exc}"
        raise InvalidParameterError(name=name, value=reason, expected="as docs/architecture.md says") from exc
