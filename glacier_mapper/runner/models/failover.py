"""When a model server dies during a run: its patches are computed here, or the run ends."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from typing import TYPE_CHECKING

import numpy as np

from ...core.errors import Cancelled
from ...core.messages import QT_TRANSLATE_NOOP, Message
from ...core.model_errors import ServerError, ServerModelError
from .base import Feeds, FloatImage, Predictor

if TYPE_CHECKING:
    from .remote import RemotePredictor

POLL_S = 0.05
"""How often who waits for the local predictor looks whether it was closed meanwhile."""
GONE_ON_HERE = QT_TRANSLATE_NOOP(
    "models", "The model server {url} was lost ({reason}). The rest was computed on this machine: {device}."
)


class FailoverPredictor:
    """A server's predictor that goes on with one of this machine, or ends with the server (`make_local` None).

    Each call of `infer` gives its batch once: the server's answer where a whole one came, else the local one. From
    the first loss on nothing is sent any more. The local predictor is made when it is first needed, in a thread of its
    own, as loading and measuring a network can't be interrupted: `close` waits for neither. As many batches at once
    are computed on it as it has slots, each no larger than it wants.
    """

    def __init__(self, remote: RemotePredictor, make_local: Callable[[], Predictor] | None) -> None:
        self.slots, self.batch, self.notes = remote.slots, remote.batch, remote.notes
        self._remote = remote
        self._make_local = make_local
        self._local: Predictor | None = None
        self._making: Future[Predictor] | None = None
        self._loss: ServerError | None = None
        self._turns = threading.Semaphore(1)
        self._lock = threading.Lock()
        self._closed = False

    @property
    def device(self) -> str:
        """What computes, in words; after a loss, both."""
        local = self._local
        return self._remote.device if local is None else f"{self._remote.device}; {local.device}"

    @property
    def waits(self) -> bool:
        """Whether the server takes much longer than usual; not once it is lost."""
        return self._loss is None and self._remote.waits

    def infer(self, feeds: Feeds) -> FloatImage:
        """Class probabilities, float32 (batch, classes, rows, columns). Thread-safe.

        What is no probability loses the server like any odd answer; where the layers are to blame, the local network
        says so. Raises ServerModelError where the server has other weights, Cancelled after `close`, and after a loss
        what the local predictor raises (ModelOutputError); without one ServerError kinds, from the loss on at once.
        """
        if self._loss is None:
            try:
                return self._remote.infer(feeds)
            except ServerError as exc:
                if self._closed:
                    raise Cancelled() from exc
                if isinstance(exc, ServerModelError):
                    raise
                self._lose(exc)
        return self._infer_here(self._local_predictor(), feeds)

    def close(self) -> None:
        """Close the server's connections and the local predictor; one that is being made closes when it is there."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._remote.close()
            making = self._making
        if making is not None:
            making.add_done_callback(_close_made)

    def _lose(self, error: ServerError) -> None:
        """Send nothing any more; the first error is the one that is told."""
        with self._lock:
            if self._loss is None:
                self._loss = error
                self._remote.give_up()

    def _local_predictor(self) -> Predictor:
        """The local predictor, made once and said so to the user. Raises the loss where there shall be none."""
        making = self._made()
        while True:
            try:
                local = making.result(POLL_S)
            except NotYet:
                if self._closed:
                    raise Cancelled() from None
                continue
            break
        with self._lock:
            if self._closed:
                raise Cancelled()
            if self._local is None:
                self._take_over(local)
        return local

    def _made(self) -> Future[Predictor]:
        """The local predictor to come."""
        with self._lock:
            if self._closed:
                raise Cancelled()
            if self._make_local is None:
                loss = self._told_loss()
                raise type(loss)(**loss.details) from loss
            if self._making is None:
                pool = ThreadPoolExecutor(1, thread_name_prefix="make-local")
                self._making = pool.submit(self._make_local)
                pool.shutdown(wait=False)
            return self._making

    def _told_loss(self) -> ServerError:
        return self._loss or ServerError(url="", reason="")

    def _take_over(self, local: Predictor) -> None:
        self._turns = threading.Semaphore(max(1, local.slots))
        details = {**loss_details(self._told_loss()), "device": local.device}
        self.notes.append(Message(GONE_ON_HERE, details))
        self.notes.extend(local.notes)
        self._local = local

    def _infer_here(self, local: Predictor, feeds: Feeds) -> FloatImage:
        count, size = len(next(iter(feeds.values()))), max(1, local.batch)
        with self._turns:
            parts = [
                local.infer({name: array[start : start + size] for name, array in feeds.items()})
                for start in range(0, count, size)
            ]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)


def loss_details(loss: ServerError) -> dict[str, str]:
    """The details of a note on a server that was lost: which, and why."""
    reason = str(loss.details.get("reason", "")).rstrip(".") or type(loss).__name__
    return {"url": str(loss.details.get("url", "")), "reason": reason}


def _close_made(making: Future[Predictor]) -> None:
    if not making.cancelled() and making.exception() is None:
        making.result().close()
