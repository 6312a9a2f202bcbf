"""What `evaluate` asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ....core.request import check_device


@dataclass(frozen=True)
class EvaluateOrder:
    """A model, by name or the folder of its package, and scenes with labels to measure it on.

    `split` is the part of the folder's split.json to take, "" for all scenes.
    """

    model: str
    scenes: str
    out: str
    split: str = ""
    device: str = "auto"
    overwrite: bool = False

    def __post_init__(self) -> None:
        check_device(self.device)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> EvaluateOrder:
        """From the params of the method. Raises InputError kinds, TypeError."""
        return cls(**data)
