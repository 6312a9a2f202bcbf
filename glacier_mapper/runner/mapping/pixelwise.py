"""A model of single pixels over a scene: strip by strip, the next one read meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ...core.messages import Message
from ...core.request import MapRequest
from ..models import Model
from ..models.base import FloatImage
from ..scene import Scene
from .estimating import device_text, learn_speed
from .live import LiveRaster
from .producers import Asked, Spans, Told
from .rasters import thread_count
from .strips import LowStrips, read_strips, strip_rows


class Pixelwise:
    """A `Producer` over strips of rows."""

    spans = Spans((0.0, 0.04), (0.04, 0.75), (0.75, 0.8), (0.8, 1.0))
    confidence = classes = uncertainty = None
    waits = False

    def __init__(self, model: Model, scene: Scene, request: MapRequest, should_stop: Asked) -> None:
        self._model, self._scene, self._request, self._should_stop = model, scene, request, should_stop
        self._rows = strip_rows(scene.grid, len(model.roles), request.memory_limit_mb, request.classes)
        self._blocks = scene.blocks(self._rows)
        self.tiles = len(self._blocks)
        self.device = device_text(thread_count(request.threads))

    def prepare(self, on_server: Callable[[], None]) -> list[Message]:
        """Let the model look at a sample; no server is asked."""
        return self._model.prepare(LowStrips(self._scene, self._rows), self._should_stop)

    def strips(self, on_tile: Told) -> Iterator[FloatImage]:
        """As `Producer.strips`."""
        live = LiveRaster(self._request.live, self._scene.grid)
        on_tile(0, self.tiles)
        read = read_strips(self._scene, self._blocks, self._model, self._should_stop)
        for done, (block, bands) in enumerate(read, start=1):
            probability = self._model.predict(bands, self._model.halo_px)
            del bands
            live.add_rows(block.row, probability)
            yield probability
            live.show(at_once=done == self.tiles)
            on_tile(done, self.tiles)

    def notes(self) -> list[Message]:
        """None."""
        return []

    def report(self) -> dict[str, Any]:
        """The strips."""
        return {"tiles": self.tiles}

    def learn(self, seconds: float) -> None:
        """Remember the pixels a second."""
        learn_speed(self._model, thread_count(self._request.threads), self._scene.grid.pixel_count, seconds)

    def close(self) -> None:
        """Nothing is kept."""
