"""How fast a mapping computed, measured from its own progress."""

from __future__ import annotations

from dataclasses import dataclass

from .progress import Progress, Stage

LEAST_S = 0.2
"""A shorter span measures the clock, not the device."""


@dataclass(frozen=True)
class Speed:
    """`tiles_per_s` over the stage that predicts, `device` in words, "" where nobody said."""

    tiles_per_s: float
    device: str = ""


class TileClock:
    """Watches the tiles of one run go by; `device` is what the estimate said."""

    def __init__(self, device: str = "") -> None:
        self.device = device
        self._first: tuple[float, int] | None = None
        self._last: tuple[float, int] | None = None

    def note(self, progress: Progress, now_s: float) -> None:
        """A step of the run, at `now_s` of a clock that never goes back."""
        if progress.stage is not Stage.PREDICTING:
            return
        self._first = self._first or (now_s, progress.done)
        self._last = (now_s, progress.done)

    def speed(self) -> Speed | None:
        """Tiles a second between the first and the last word, None where there was too little to measure."""
        if self._first is None or self._last is None:
            return None
        span_s, tiles = self._last[0] - self._first[0], self._last[1] - self._first[1]
        return Speed(tiles / span_s, self.device) if span_s >= LEAST_S and tiles > 0 else None
