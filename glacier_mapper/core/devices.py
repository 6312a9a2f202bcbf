"""What a network can be computed on, as the dock offers it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .messages import QT_TRANSLATE_NOOP, Message

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

WITH_ONE_THREAD = QT_TRANSLATE_NOOP("gui", "{device}, 1 thread")
WITH_THREADS = QT_TRANSLATE_NOOP("gui", "{device}, {count} threads")
_THREADS = re.compile(r"(.+), (\d+) threads?")


def device_words(title: str, translate: Callable[[str], str]) -> str:
    """What computes, which the runner says in English, in another language: a name, and perhaps how many threads."""
    found = _THREADS.fullmatch(title)
    if found is None:
        return translate(title)
    template = translate(WITH_ONE_THREAD if found[2] == "1" else WITH_THREADS)
    return template.format(device=translate(found[1]), count=found[2])
