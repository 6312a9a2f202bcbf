"""A network computed by a model server that speaks the Open Inference Protocol v2 over HTTP.

Triton, OpenVINO Model Server, KServe and MLServer do. Tensors travel as binary; a server that refuses them is asked
in JSON as a last resort, and the user is told. Protocol: github.com/kserve/open-inference-protocol, and Triton's
binary tensor extension.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from ...core.errors import Cancelled
from ...core.messages import Message
from ...core.model_errors import (
    ServerAnswerError,
    ServerError,
    ServerModelError,
    ServerUnreachableError,
)
from ...core.progress import never
from ...core.request import MapRequest
from .base import Feeds, FloatImage, Predictor
from .checking import ROUGHLY, probability_fault
from .failover import FailoverPredictor, loss_details
from .input_shapes import served_shapes
from .package import Package
from .remote_about import describe_server, title_of
from .remote_access import ServerAddress, remember_credentials
from .remote_http import Answer, Connection, Patience, Question
from .remote_models import RemoteModel, find_model
from .remote_notes import JSON_ONLY, NOT_QUITE, NOT_THERE, OPEN_SECRETS, SILENT, SILENT_FOR_A_WHILE
from .remote_probe import PROBE_TOLERANCE, Probe, probe_of
from .remote_pulse import LOOKS, Doctor, Pulse
from .remote_tuning import BUDGET_S, LEAST_SLOTS, Pace, measure
from .remote_wire import Expected, read_answer, request_body
from .tuning import ended_by

__all__ = ["RemotePredictor", "describe_server", "open_remote", "remember_credentials"]

FIRST_LIMIT_S = 120.0
"""A server's first answer may wait for the model to be loaded."""
LEAST_LIMIT_S, MOST_LIMIT_S, SLACK = 10.0, 600.0, 10.0
PATIENCE = {"local": Patience(tries=5), "stop": Patience(tries=9)}
"""A run that would stop waits longer, about half a minute: long enough for a server that is started anew."""
MOST_BYTES = 64 << 20
"""Of requests under way at once."""
REFUSES_BINARY = frozenset({400, 415, 422, 500, 501})
TOO_LARGE = frozenset({400, 413, 500})
"""Statuses after which half of the batch is tried: 500 is what a server has no memory for, 400 what it may not take."""

KNOWN_S = 600.0
"""So long a server's pace is believed; its answer to the package's own sample is compared in every run."""


@dataclass(frozen=True)
class Known:
    """How a server's model is asked best, and what the user was told of it; `at_s` on the monotonic clock."""

    pace: Pace
    binary: bool
    notes: tuple[Message, ...]
    at_s: float


_known: dict[tuple[str, str, int], Known] = {}
_known_lock = threading.Lock()


class RemotePredictor:
    """Batches computed by a server's model. `infer` may be called from `slots` threads at once and more."""

    def __init__(self, connection: Connection, model: RemoteModel, package: Package, loss: str) -> None:
        self.slots, self.batch = 1, 1
        self.notes: list[Message] = []
        self.device = f"model server {connection.address.url}"
        self._connection = connection
        self._model = model
        self._card = package.card
        self._binary = True
        self._limit_s = FIRST_LIMIT_S
        self._patience, self._ends_with_it = PATIENCE[loss], loss == "stop"
        self._numbers = itertools.count(1)
        doctor = Doctor(connection.is_alive, connection.close, self._say_back)
        self._pulse = Pulse(doctor, LOOKS[loss])
        self._proof: Future[None] | None = None

    def infer(self, feeds: Feeds) -> FloatImage:
        """Class probabilities, float32 (batch, classes, rows, columns). Thread-safe.

        Nothing is given out before the server has shown that it has the package's weights. Raises ServerModelError
        where they are others, ServerError kinds, ServerAnswerError too for NaN and for what is no probability.
        """
        try:
            return self._computed(feeds)
        finally:
            if self._proof is not None:
                self._proof.result()

    def _computed(self, feeds: Feeds) -> FloatImage:
        answer, expected = self._ask(feeds)
        count = len(next(iter(feeds.values())))
        if answer.status in TOO_LARGE and count > 1:
            half = count // 2
            parts = [{name: one[:half] for name, one in feeds.items()}, {n: one[half:] for n, one in feeds.items()}]
            return np.concatenate([self._computed(part) for part in parts])
        if answer.status != 200:
            raise self._connection.failed(answer)
        return self._checked(read_answer(answer.headers, answer.body, expected))

    def _checked(self, answer: FloatImage) -> FloatImage:
        """`answer`, where it holds probabilities. Raises ServerAnswerError."""
        fault = probability_fault(answer, ROUGHLY)
        if fault:
            raise ServerAnswerError(url=self._connection.address.url, reason=f"{fault} instead of probabilities.")
        return answer

    @property
    def waits(self) -> bool:
        """Whether the server takes much longer than usual."""
        return self._pulse.waits

    def give_up(self) -> None:
        """Wait for the server no longer."""
        self._pulse.close()
        self._connection.give_up()

    def close(self) -> None:
        """Close the connections. A second call does nothing."""
        self._pulse.close()
        self._connection.close()

    def start(self, probe: Probe, batch: int) -> None:
        """Ask the first question, find out how the server is asked best, and how well it answers the sample.

        `batch` 0 leaves the size of batches to a measurement. Where the pace is known, the sample's answer is waited
        for by `infer`, while the run's first patches are computed. Raises ServerModelError where the server's model
        gives another shape or other numbers than the package's.
        """
        key = (self._connection.address.url, self._card.file.sha256, batch)
        with _known_lock:
            known = _known.get(key)
        is_new = known is None or time.monotonic() - known.at_s > KNOWN_S
        if known is None or is_new:
            known = self._find_out(probe, batch)
            with _known_lock:
                _known[key] = known
        self._binary = known.binary
        self.notes.extend(known.notes)
        self._take(known.pace, probe)
        if not is_new and probe.answer is not None:
            pool = ThreadPoolExecutor(1, thread_name_prefix="prove")
            self._proof = pool.submit(self._prove, probe, key)
            pool.shutdown(wait=False)

    def _take(self, pace: Pace, probe: Probe) -> None:
        in_flight = max(1, MOST_BYTES // (probe.bytes_each * pace.batch))
        self.slots, self.batch = max(1, min(pace.slots, in_flight)), pace.batch
        self._limit_s = min(MOST_LIMIT_S, max(LEAST_LIMIT_S, SLACK * pace.request_s))
        self._pulse.expect(pace.request_s)

    def _prove(self, probe: Probe, key: tuple[str, str, int]) -> None:
        """Compare the sample's answer as in the first run; a server that fails at it is lost, and no longer known."""
        try:
            answer, expected = self._ask(probe.feeds)
            if answer.status != 200:
                raise self._connection.failed(answer)
            notes = self._compared(probe, read_answer(answer.headers, answer.body, expected))
        except ServerError:
            with _known_lock:
                _known.pop(key, None)
            raise
        self.notes.extend(note for note in notes if note not in self.notes)

    def _say_back(self) -> None:
        note = Message(SILENT_FOR_A_WHILE, {"url": self._connection.address.url})
        if note not in self.notes:
            self.notes.append(note)

    def _find_out(self, probe: Probe, batch: int) -> Known:
        """Ask; no measurement where the first answer took longer than measuring may."""
        started = time.monotonic()
        notes = self._first_answer(probe)
        first_s, sizes = time.monotonic() - started, self._sizes(probe, batch)
        if first_s > BUDGET_S:
            pace = Pace(LEAST_SLOTS, sizes[0], first_s * sizes[0])
        else:
            pace = measure(lambda count: self._measured(probe.repeated(count)), sizes)
        return Known(pace, self._binary, tuple(notes), time.monotonic())

    def _sizes(self, probe: Probe, batch: int) -> tuple[int, ...]:
        most = max(1, min(self._model.most_patches, MOST_BYTES // (4 * probe.bytes_each)))
        if batch:
            return (min(batch, most),)
        return tuple(size for size in (1, 2, 4, 8, 16) if size <= most)

    def _measured(self, feeds: Feeds) -> None:
        """Its first answer was right, so one that fails or makes no sense now is of a server that is being lost."""
        try:
            self.infer(feeds)
        except (ServerUnreachableError, ServerModelError):
            raise
        except ServerError as exc:
            if self._ends_with_it:
                raise
            raise ServerUnreachableError(url=exc.details["url"], reason=exc.details["reason"]) from exc

    def _first_answer(self, probe: Probe) -> list[Message]:
        """Binary first, then JSON; the shape, then the numbers; what the user should know of it."""
        answer, expected = self._ask(probe.feeds)
        if answer.status in REFUSES_BINARY:
            self._binary = False
            answer, expected = self._ask(probe.feeds)
        url = self._connection.address.url
        if answer.status != 200:
            reason = f"its first answer is {self._connection.redact(answer.reason())}."
            raise ServerModelError(url=url, model=self._card.name, reason=reason)
        found = read_answer(answer.headers, answer.body, expected)
        notes = [] if self._binary else [Message(JSON_ONLY, {"url": url})]
        return notes + self._compared(probe, found)

    def _compared(self, probe: Probe, found: FloatImage) -> list[Message]:
        """What the user should know of the sample's answer. Raises ServerModelError where it is too far off."""
        url, difference = self._connection.address.url, probe.difference(found)
        fault = "" if probe.answer is not None else probability_fault(found, ROUGHLY)
        if fault:
            raise ServerModelError(url=url, model=self._card.name, reason=f"{fault} instead of probabilities.")
        if difference > PROBE_TOLERANCE:
            reason = f"its numbers differ by {difference:.2g} from the package's own sample: these are other weights."
            raise ServerModelError(url=url, model=self._card.name, reason=reason)
        if difference > probe.tolerance:
            return [Message(NOT_QUITE, {"url": url, "difference": f"{difference:.1g}"})]
        return []

    def _ask(self, feeds: Feeds) -> tuple[Answer, Expected]:
        image = next(array for array in feeds.values() if array.ndim == 4)
        shape = (image.shape[0], len(self._card.classes), *image.shape[2:])
        expected = Expected(self._connection.address.url, self._model.output, shape, self._connection.redact)
        body = request_body(feeds, self._model.output, str(next(self._numbers)), self._binary)
        question = Question("POST", f"{self._model.path}/infer", body, expected.most_bytes, self._limit_s)
        try:
            with self._pulse.watched():
                return self._connection.ask(question, self._patience), expected
        except ServerError as exc:
            if self._pulse.lost:
                raise self._connection.unreachable(SILENT) from exc
            raise


def open_remote(
    package: Package, request: MapRequest, make_local: Callable[[], Predictor], should_stop: Callable[[], bool] = never
) -> Predictor:
    """The package's network on the server that `request.device` is the address of, probed and measured.

    A server that dies later, or is not there at all, is replaced by `make_local()`, or ends the run, as
    `request.network.on_server_loss` says. One that is there and can't be used (no access, another model, a certificate
    that is not trusted) is an error in both cases. Raises ServerError kinds, InvalidParameterError, Cancelled.
    """
    may_go_on = request.network.on_server_loss == "local"
    connection = Connection(ServerAddress.parse(request.device))
    try:
        with ended_by(should_stop, connection.close):
            predictor = _probed(connection, package, request)
    except ServerError as exc:
        connection.close()
        if should_stop():
            raise Cancelled() from exc
        if not may_go_on or not isinstance(exc, ServerUnreachableError):
            raise
        return _instead(make_local(), exc)
    except BaseException:
        connection.close()
        raise
    return FailoverPredictor(predictor, make_local if may_go_on else None)


def _probed(connection: Connection, package: Package, request: MapRequest) -> RemotePredictor:
    model = find_model(connection, package.card, Patience(tries=3))
    predictor = RemotePredictor(connection, model, package, request.network.on_server_loss)
    predictor.device = title_of(connection)
    if connection.sends_secrets_openly:
        predictor.notes.append(Message(OPEN_SECRETS, {"url": connection.address.url}))
    try:
        predictor.start(probe_of(package, served_shapes(package.card)), request.network.batch)
    except BaseException:
        predictor.close()
        raise
    return predictor


def _instead(local: Predictor, loss: ServerError) -> Predictor:
    local.notes.insert(0, Message(NOT_THERE, {**loss_details(loss), "device": local.device}))
    return local
