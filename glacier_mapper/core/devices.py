"""What a network can be computed on, as the dock offers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .messages import Message

AUTOMATIC = "auto"


@dataclass(frozen=True)
class Device:
    """A device of this machine: `name` as a request names it, `title` for people ("" for the name's own words).

    `reason` says why it can't be used where it is not `available`; `chosen` marks what automatic takes.
    """

    name: str
    title: str
    available: bool = True
    reason: Message | None = None
    chosen: bool = False

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Device:
        """From an item of the runner's answer to `devices`."""
        reason = data.get("reason")
        return cls(
            name=str(data["name"]),
            title=str(data.get("title") or data["name"]),
            available=bool(data.get("available", True)),
            reason=Message.from_json(reason) if isinstance(reason, Mapping) else None,
            chosen=bool(data.get("chosen", False)),
        )


CPU = Device("cpu", "", chosen=True)
"""What is always there, also before any runner has said so."""
