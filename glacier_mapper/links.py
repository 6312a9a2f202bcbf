"""Signals that are connected together and let go together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Links:
    """Remembers connections, so that unloading leaves none behind."""

    def __init__(self) -> None:
        self._made: list[tuple[Any, Callable[..., Any]]] = []

    def connect(self, signal: Any, slot: Callable[..., Any]) -> None:
        """Connect and remember."""
        signal.connect(slot)
        self._made.append((signal, slot))

    def connect_all(self, pairs: list[tuple[Any, Callable[..., Any]]]) -> None:
        """Connect several."""
        for signal, slot in pairs:
            self.connect(signal, slot)

    def release(self) -> None:
        """Disconnect all, the last first. A sender that is gone already has nothing to disconnect."""
        while self._made:
            signal, slot = self._made.pop()
            try:
                signal.disconnect(slot)
            except (TypeError, RuntimeError):
                continue
