"""When a model server dies during a run: its patches are computed here, or the run ends."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from ...core.messages import QT_TRANSLATE_NOOP, Message
from ...core.model_errors import ServerError
from .base import Feeds, FloatImage, Predictor

if TYPE_CHECKING:
    from .remote import RemotePredictor

GONE_ON_HERE = QT_TRANSLATE_NOOP(
    "models", "The model server {url} was lost ({reason}). The rest was computed on this machine: {device}."
)


class FailoverPredictor:
    """A server's predictor that goes on with one of this machine.

    Each call of `infer` gives its batch once: the server's answer where a whole one came, else the local one. From
    the first loss on nothing is sent any more. The local predictor is made when it is first needed, by one thread;
    as many batches at once are computed on it as it has slots, each no larger than it wants.
    """

    def __init__(self, remote: RemotePredictor, make_local: Callable[[], Predictor]) -> None:
        self.slots, self.batch, self.notes = remote.slots, remote.batch, remote.notes
        self._remote = remote
        self._make_local = make_local
        self._local: Predictor | None = None
        self._turns = threading.Semaphore(1)
        self._lock = threading.Lock()
        self._closed = False

    @property
    def device(self) -> str:
        """What computes, in words; after a loss, both."""
        local = self._local
        return self._remote.device if local is None else f"{self._remote.device}; {local.device}"

    def infer(self, feeds: Feeds) -> FloatImage:
        """Class probabilities, float32 (batch, classes, rows, columns). Thread-safe.

        Raises what the local predictor raises, after a loss.
        """
        if self._local is None:
            try:
                return self._remote.infer(feeds)
            except ServerError as exc:
                self._switch(exc)
        return self._infer_here(feeds)

    def close(self) -> None:
        """Close the server's connections and the local predictor."""
        with self._lock:
            self._closed = True
            self._remote.close()
            if self._local is not None:
                self._local.close()

    def _switch(self, error: ServerError) -> None:
        """Make the local predictor, once, and say so to the user. Raises `error` where all is closed already."""
        with self._lock:
            if self._local is not None:
                return
            if self._closed:
                raise error
            self._remote.give_up()
            local = self._make_local()
            self._turns = threading.Semaphore(max(1, local.slots))
            reason = str(error.details.get("reason", "")).rstrip(".") or type(error).__name__
            details = {"url": error.details.get("url", ""), "reason": reason, "device": local.device}
            self.notes.append(Message(GONE_ON_HERE, details))
            self.notes.extend(local.notes)
            self._local = local

    def _infer_here(self, feeds: Feeds) -> FloatImage:
        local = self._local
        if local is None:
            raise ValueError("no local predictor was made")
        count, size = len(next(iter(feeds.values()))), max(1, local.batch)
        with self._turns:
            parts = [
                local.infer({name: array[start : start + size] for name, array in feeds.items()})
                for start in range(0, count, size)
            ]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)
