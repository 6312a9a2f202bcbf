"""Networks on this machine: ONNX Runtime as a `Predictor`, run in the way that is fastest here."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import onnxruntime

from ...core.errors import Cancelled, OutOfMemoryError
from ...core.messages import QT_TRANSLATE_NOOP, Message
from ...core.model_errors import ModelError, ModelOutputError
from ...core.progress import never
from ..memory import available_mb, resident_mb
from . import tuning
from .base import Feeds, FloatImage
from .checking import ROUGHLY, check_interfaces, probability_fault
from .devices import CPU_PROVIDER, ORT_ERRORS, choose_providers, cpu_count, first_line, make_session, one_at_a_time
from .input_shapes import sample_feeds
from .package import Package
from .tuning import Config

KEPT = 2
"""Packages whose sessions stay loaded, so that the next run starts at once."""
SHARE_OF_MEMORY = 0.5
"""Of what is free: what the runs side by side may take."""
OOM_WORDS = (
    "out of memory", "failed to allocate", "bad alloc", "bad_alloc", "available memory of", "not enough memory",
)  # fmt: skip

HALVED = QT_TRANSLATE_NOOP(
    "models", "The memory of the device did not hold {batch} patches at once; it was gone on with {half}."
)
IN_TURN = QT_TRANSLATE_NOOP(
    "models", "The memory of the device did not hold several patches at once; they were computed in turn."
)
FEWER = QT_TRANSLATE_NOOP(
    "models", "The memory does not hold {batch} patches at once, so {fewer} are computed at a time."
)


class Loaded(NamedTuple):
    """A session a network with what computes, in words, and what is to be said of the choice."""

    sessions: tuple[onnxruntime.InferenceSession, ...]
    title: str
    notes: list[Message]

    @property
    def session(self) -> onnxruntime.InferenceSession:
        """That of the first network."""
        return self.sessions[0]


_warm: OrderedDict[tuple[str, str, int], Loaded] = OrderedDict()
_warm_lock = threading.Lock()
_measuring = threading.Lock()
"""Held by who measures, so that an estimate and the run after it don't measure side by side."""


def load(package: Package, device: str, intra: int) -> Loaded:
    """The package's sessions on a device at `intra` threads a run, from those that are loaded or anew.

    Raises InvalidPackageError, InvalidParameterError.
    """
    key = (package.card.checksum, device, intra)
    with _warm_lock:
        if key in _warm:
            _warm.move_to_end(key)
            return _warm[key]
    made = [make_session(path, device, intra, package.card.is_ensemble) for path in package.model_paths]
    notes = {str(note): note for one in made for note in one[2]}
    loaded = Loaded(tuple(one[0] for one in made), "; ".join(dict.fromkeys(one[1] for one in made)), [*notes.values()])
    with _warm_lock:
        _warm[key] = loaded
        while len(_warm) > KEPT:
            _warm.popitem(last=False)
    return loaded


def forget(package: Package, device: str, keep: int) -> None:
    """Drop the package's sessions on a device, but for those at `keep` threads."""
    with _warm_lock:
        for key in [key for key in _warm if key[:2] == (package.card.checksum, device) and key[2] != keep]:
            del _warm[key]


class SessionPredictor:
    """Sessions that several threads share; those of an ensemble are run in turn on each batch.

    `close` ends what is under way and leaves the sessions loaded.
    """

    def __init__(self, package: Package, loaded: Loaded, config: Config) -> None:
        self._name, self._classes = package.card.description.title or package.card.name, len(package.card.classes)
        self._files = [file.name for file in package.card.networks]
        self._sessions = loaded.sessions
        self._outputs = [session.get_outputs()[0].name for session in loaded.sessions]
        in_turn = any(map(one_at_a_time, loaded.sessions))
        self.device, self.notes = loaded.title, list(loaded.notes)
        self.slots, self.batch = (1 if in_turn else config.slots), config.batch
        self._allowed, self._active = self.slots, 0
        self._turn = threading.Condition()
        self._runs: set[onnxruntime.RunOptions] = set()
        self._closed = False

    def infer(self, feeds: Feeds) -> FloatImage:
        """As `Predictor.infer`. Raises ModelOutputError, ModelError, OutOfMemoryError, Cancelled after `close`."""
        try:
            answer = self._run(feeds)
        except (*ORT_ERRORS, MemoryError) as exc:
            if self._closed:
                raise Cancelled() from exc
            if not is_out_of_memory(exc):
                raise ModelError(model=self._name, reason=first_line(exc)) from exc
            answer = self._with_less(feeds, exc)
        self._check(answer, feeds)
        return answer

    def _run(self, feeds: Feeds) -> FloatImage:
        with self._turn_taken() as options:
            return self.compute(dict(feeds), options)

    def compute(self, feeds: dict[str, FloatImage], options: Any) -> FloatImage:
        """One run of each network; raises what ONNX Runtime raises, ModelOutputError for an odd shape."""
        if len(self._sessions) == 1:
            return self._sessions[0].run(self._outputs, feeds, options)[0]
        each = []
        for session, name in zip(self._sessions, self._outputs):  # copies: answers lie in the memory of the next run
            each.append(session.run([name], feeds, options)[0].copy())
            self._check_shape(each[-1], feeds, self._classes)
        return np.concatenate(each, axis=1)

    @contextmanager
    def _turn_taken(self) -> Iterator[onnxruntime.RunOptions]:
        options = onnxruntime.RunOptions()
        with self._turn:
            self._turn.wait_for(lambda: self._active < self._allowed or self._closed)
            if self._closed:
                raise Cancelled()
            self._active += 1
            self._runs.add(options)
        try:
            yield options
        finally:
            with self._turn:
                self._active -= 1
                self._runs.discard(options)
                self._turn.notify_all()

    def _with_less(self, feeds: Feeds, cause: BaseException) -> FloatImage:
        """The answer in two halves, then with nothing beside it. Raises OutOfMemoryError."""
        count = len(next(iter(feeds.values())))
        if count > 1:
            half = count // 2
            self._say(Message(HALVED, {"batch": count, "half": half}))
            self.batch = min(self.batch, half)
            return self._halves(feeds, half)
        if self._allowed > 1:
            self._say(Message(IN_TURN))
            self._allowed = 1
            return self.infer(feeds)
        raise OutOfMemoryError(needed_mb="more", limit_mb="free") from cause

    def _halves(self, feeds: Feeds, half: int) -> FloatImage:
        both = slice(half), slice(half, None)
        parts = [self.infer({name: one[part] for name, one in feeds.items()}) for part in both]
        try:
            return np.concatenate(parts)
        except MemoryError as exc:
            raise OutOfMemoryError(needed_mb="more", limit_mb="free") from exc

    def _say(self, note: Message) -> None:
        if note not in self.notes:
            self.notes.append(note)

    def _check(self, answer: FloatImage, feeds: Feeds) -> None:
        self._check_shape(answer, feeds, self._classes * len(self._files))
        for number, file in enumerate(self._files):
            part = answer[:, number * self._classes : (number + 1) * self._classes]
            of_file = f" in its network {file}" if len(self._files) > 1 else ""
            fault = probability_fault(part, ROUGHLY)
            if fault:
                raise ModelOutputError(model=self._name, reason=f"{fault}{of_file}")

    def _check_shape(self, answer: FloatImage, feeds: Feeds, channels: int) -> None:
        image = next(value for value in feeds.values() if value.ndim == 4)
        expected = (len(image), channels, *image.shape[2:])
        if answer.shape != expected:
            shapes = [" × ".join(map(str, shape)) for shape in (answer.shape, expected)]
            raise ModelOutputError(model=self._name, reason=f"an array of {shapes[0]} values (not {shapes[1]})")

    def close(self) -> None:
        """End the runs under way; the session stays loaded for the next run. A second call does nothing."""
        with self._turn:
            self._closed = True
            for options in self._runs:
                options.terminate = True
            self._turn.notify_all()


def is_out_of_memory(error: BaseException) -> bool:
    """Whether ONNX Runtime's words speak of memory."""
    text = str(error).lower()
    return isinstance(error, MemoryError) or any(word in text for word in OOM_WORDS)


class Wanted(NamedTuple):
    """How a network is to be run: threads (0: all cores), patches a run (0: as measured), memory that its runs may
    take (0: a share of what is free); `should_stop` ends a measurement."""

    threads: int = 0
    batch: int = 0
    room_mb: int = 0
    should_stop: Callable[[], bool] = never


def open_session(package: Package, device: str, wanted: Wanted) -> SessionPredictor:
    """The package on a device of this machine, in the way that was measured to be fastest and fits in the memory.

    Raises InvalidPackageError, InvalidParameterError, ModelError, OutOfMemoryError, Cancelled.
    """
    threads = min(wanted.threads or cpu_count(), cpu_count())
    measured = measured_config(package, device, threads, wanted.should_stop)
    asked = replace(measured, batch=wanted.batch or measured.batch)
    config = tuning.fitting(asked, wanted.room_mb or free_room_mb())
    loaded = load(package, device, config.intra)
    check_interfaces(loaded.sessions, package)
    predictor = SessionPredictor(package, loaded, config)
    if config.batch < wanted.batch:
        predictor.notes.append(Message(FEWER, {"batch": wanted.batch, "fewer": config.batch}))
    return predictor


def measured_config(package: Package, device: str, threads: int, should_stop: Callable[[], bool] = never) -> Config:
    """The way that was measured to be fastest, now or earlier. Raises as `open_session`."""
    key = tuning_key(package, device, threads)
    with _measuring:
        config = tuning.remembered(key)
        if config is None:
            config, short = _measure(package, device, threads, should_stop)
            if not short:
                tuning.remember(key, config)
    return config


def tuning_key(package: Package, device: str, threads: int) -> str:
    """Under what the measurement is remembered."""
    return f"{package.card.checksum[:16]}, {device}, {threads} threads, ONNX Runtime {onnxruntime.__version__}"


def _measure(package: Package, device: str, threads: int, should_stop: Callable[[], bool]) -> tuple[Config, bool]:
    """Try the package: once or twice where it is slow, else for about two seconds.

    The second value says that memory was too short just now to try all ways.
    """
    on_cpu = choose_providers(device)[0][0][0] == CPU_PROVIDER[0]
    first = tuning.default(threads, on_cpu)
    loaded = load(package, device, first.intra)
    check_interfaces(loaded.sessions, package)
    feeds = sample_feeds(package, 1)
    before = resident_mb()
    predictor = SessionPredictor(package, loaded, first)
    with tuning.ended_by(should_stop, predictor.close):
        tuning.rate_of(lambda: _ignore(predictor.infer(feeds)), replace(first, slots=1), 0.0)
        slot_mb = max(0, resident_mb() - before)
        one_s = 1.0 / tuning.rate_of(lambda: _ignore(predictor.infer(feeds)), replace(first, slots=1), 0.0)
    candidates = [replace(way, slot_mb=slot_mb) for way in tuning.candidates(threads, on_cpu)]
    if one_s > tuning.SLOW_S:
        return replace(candidates[0], patch_s=one_s / candidates[0].slots), False
    ways = [tuning.fitting(way, free_room_mb()) for way in candidates]

    def rate(way: Config, seconds: float) -> float:
        predictor = SessionPredictor(package, load(package, device, way.intra), way)
        feeds = sample_feeds(package, way.batch)
        way = replace(way, slots=predictor.slots)
        with tuning.ended_by(should_stop, predictor.close):
            return tuning.rate_of(lambda: _ignore(predictor.infer(feeds)), way, seconds)

    best, patches_per_s = tuning.fastest(list(dict.fromkeys(ways)), rate)
    forget(package, device, best.intra)
    return replace(best, patch_s=1.0 / patches_per_s), ways != candidates


def _ignore(_: FloatImage) -> None:
    """The answer to a measurement."""


def free_room_mb() -> int:
    """What runs side by side may take of the memory that is free now; 0 where the system does not say."""
    return int(available_mb() * SHARE_OF_MEMORY)
