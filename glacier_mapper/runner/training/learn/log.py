"""The log of a training run: lines of JSON for people and scripts, and TensorBoard's files where it is installed."""

from __future__ import annotations

import json
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from torch import Tensor

LOOKS, STEPS = "looks.jsonl", "steps.jsonl"
EVERY = 20
"""Steps whose mean loss makes a line."""


class RunLog:
    """Appends to a run's files; `active` False writes nothing, as in all processes but the first."""

    def __init__(self, folder: Path, active: bool = True) -> None:
        self._folder, self._active = folder, active
        self._losses: list[Tensor] = []
        self._board: Any = None
        self._started = time.monotonic()

    def __enter__(self) -> RunLog:
        if self._active:
            self._board = _board(self._folder)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._board is not None:
            self._board.close()

    def step(self, step: int, loss: Tensor, rate: float) -> None:
        """Note a step; every so many become a line."""
        self._losses.append(loss)
        if not self._active or step % EVERY:
            return
        mean = float(sum(self._losses) / len(self._losses))
        self._losses.clear()
        seconds = round(time.monotonic() - self._started, 1)
        self._write(STEPS, {"step": step, "loss": round(mean, 5), "rate": rate, "seconds": seconds})
        self._chart(step, {"loss": mean, "rate": rate})

    def look(self, figures: dict[str, Any]) -> None:
        """Note a look at the validation tiles."""
        if self._active:
            self._write(LOOKS, {**figures, "seconds": round(time.monotonic() - self._started, 1)})
            self._chart(figures["step"], {f"validation/{k}": v for k, v in figures.items() if k != "step"})

    def _write(self, name: str, line: dict[str, Any]) -> None:
        with (self._folder / name).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def _chart(self, step: int, values: dict[str, float]) -> None:
        if self._board is not None:
            for name, value in values.items():
                self._board.add_scalar(name, value, step)


def _board(folder: Path) -> Any:
    """TensorBoard's writer, None where it is not installed."""
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        return None
    return SummaryWriter(str(folder / "tensorboard"))
