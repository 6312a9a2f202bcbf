"""The sessions that are open in this process, by name; what the service's methods come to."""

from __future__ import annotations

import threading
import time
import uuid
from collections import OrderedDict
from dataclasses import dataclass, field

from ...core.refine import LivewirePath, RefinedOutline, RefineOpened, RefineRequest, Stroke
from ...core.refine_errors import NoSuchSessionError
from .livewire import Livewire, edge_cost
from .session import Session, open_session

MOST_OPEN = 2
"""Windows are large: of more sessions the one that was used least recently is closed."""


@dataclass
class _Open:
    """A session and, once it is wanted, its live-wire."""

    session: Session
    wire: Livewire | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def livewire(self) -> Livewire:
        """The live-wire, made when it is first wanted."""
        if self.wire is None:
            window = self.session.window
            self.wire = Livewire(window.grid, edge_cost(window.features))
        return self.wire


class Desk:
    """Opens, keeps and closes sessions. Thread-safe."""

    def __init__(self, most_open: int = MOST_OPEN) -> None:
        self._most_open = most_open
        self._lock = threading.Lock()
        self._open: OrderedDict[str, _Open] = OrderedDict()

    def open(self, request: RefineRequest) -> RefineOpened:
        """As `open_session`."""
        started = time.perf_counter()
        session = open_session(request)
        name, window = uuid.uuid4().hex, session.window
        with self._lock:
            self._open[name] = _Open(session)
            while len(self._open) > self._most_open:
                self._open.popitem(last=False)
        return RefineOpened(name, window.grid, window.features.names, session.outline(started))

    def stroke(self, name: str, stroke: Stroke) -> RefinedOutline:
        """Draw a stroke. Raises NoSuchSessionError, StrokeOutsideError."""
        started, one = time.perf_counter(), self._of(name)
        with one.lock:
            one.session.stroke(stroke)
            return one.session.outline(started)

    def undo(self, name: str) -> RefinedOutline:
        """Take the last stroke back. Raises NoSuchSessionError, NothingToUndoError."""
        started, one = time.perf_counter(), self._of(name)
        with one.lock:
            one.session.undo()
            return one.session.outline(started)

    def livewire_start(self, name: str, xy: tuple[float, float], snap: bool) -> LivewirePath:
        """Fix an anchor. Raises NoSuchSessionError, PointOutsideError."""
        one = self._of(name)
        with one.lock:
            return one.livewire().start(*xy, snap)

    def livewire_move(self, name: str, xy: tuple[float, float], snap: bool) -> LivewirePath:
        """The path to the mouse. Raises NoSuchSessionError, NoAnchorError, PointOutsideError."""
        one = self._of(name)
        with one.lock:
            return one.livewire().move(*xy, snap)

    def close(self, name: str) -> None:
        """Forget a session; one that is not open is no error."""
        with self._lock:
            self._open.pop(name, None)

    def _of(self, name: str) -> _Open:
        with self._lock:
            if name not in self._open:
                raise NoSuchSessionError(session=name)
            self._open.move_to_end(name)
            return self._open[name]


DESK = Desk()
"""This process's."""
