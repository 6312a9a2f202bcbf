"""Open files, one set for each thread: GDAL's datasets must not be shared between threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

import numpy as np

from ...core.errors import InternalError

Opener = Callable[[ExitStack], Any]
"""Opens a dataset and puts whatever must be closed on the stack."""


class Handles:
    """Datasets by key, opened in each thread when it first asks, all closed by `release`."""

    def __init__(self, openers: Mapping[str, Opener]) -> None:
        self._openers = dict(openers)
        self._local = threading.local()
        self._lock = threading.Lock()
        self._stacks: list[ExitStack] | None = []

    def get(self, key: str) -> Any:
        """This thread's dataset. Raises what opening raises, InternalError after `release`."""
        datasets = self._local.__dict__.setdefault("datasets", {})
        if self._stacks is None:
            raise InternalError(reason="the scene was closed before it was read.")
        if key not in datasets:
            with ExitStack() as stack:
                dataset = self._openers[key](stack)
                self._keep(stack.pop_all())
            datasets[key] = dataset
        return datasets[key]

    def scratch(self, shape: tuple[int, ...], dtype: str) -> np.ndarray:
        """This thread's buffer for stored numbers, used anew by each read: fresh memory costs more than filling it."""
        buffers = self._local.__dict__.setdefault("buffers", {})
        size = int(np.prod(shape))
        if buffers.get(dtype) is None or buffers[dtype].size < size:
            buffers[dtype] = np.empty(size, dtype)
        return buffers[dtype][:size].reshape(shape)

    def _keep(self, stack: ExitStack) -> None:
        with self._lock:
            if self._stacks is not None:
                self._stacks.append(stack)
                return
        stack.close()
        raise InternalError(reason="the scene was closed while it was read.")

    def release(self) -> None:
        """Close every dataset of every thread. A second call does nothing."""
        with self._lock:
            stacks, self._stacks = self._stacks or [], None
        for stack in stacks:
            stack.close()
