"""What a network can be computed on, as the dock offers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

AUTOMATIC = "auto"


@dataclass(frozen=True)
class Device:
    """A device of this machine: `name` as a request names it, `title` for people ("" for the name's own words).

    `reason` says why it can't be used where it is not `available`.
    """

    name: str
    title: str
    available: bool = True
    reason: str = ""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Device:
        """From an item of the runner's answer to `devices`."""
        return cls(
            name=str(data["name"]),
            title=str(data.get("title") or data["name"]),
            available=bool(data.get("available", True)),
            reason=str(data.get("reason") or ""),
        )


CPU = Device("cpu", "")
"""What is always there, also before any runner has said so."""
